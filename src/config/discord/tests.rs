//! The section `[discord]` and its token. Invariant: no test needs a real token, and none is ever shown.

use std::path::Path;

use super::super::{Config, ConfigFaults, Secret};
use super::{Discord, DiscordMode, DiscordRooms};

const TOKEN: &str = "Y2FuYXJ5.canary.canary-canary_canary";
const KEY: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

fn parse(text: &str, token: Option<&str>) -> Result<Discord, ConfigFaults> {
    let env = |name: &str| token.filter(|_| name == "ROUNDTABLE_DISCORD_TOKEN").map(str::to_owned);
    Config::parse(text, Path::new("roundtable.toml"), &env).map(|config| config.discord)
}

fn faults(text: &str, token: Option<&str>) -> Vec<(String, String)> {
    let faults = parse(text, token).expect_err("it has faults");
    let shown = faults.to_string();
    assert!(!shown.contains("canary"), "{shown}");
    faults.0.into_iter().map(|fault| (fault.key, fault.what)).collect()
}

fn keys(faults: &[(String, String)]) -> Vec<&str> {
    faults.iter().map(|(key, _)| key.as_str()).collect()
}

#[test]
fn switched_off_it_looks_at_no_token() {
    let discord = parse("[discord]\nmode = \"off\"\n", Some("xoxb-canary")).unwrap();
    assert_eq!(discord, Discord::default());
    assert!(!discord.is_on() && !discord.listens());
}

#[test]
fn a_connection_needs_a_token_and_nothing_else() {
    let discord = parse("[discord]\nmode = \"gateway\"\n", Some(TOKEN)).unwrap();
    assert_eq!(discord.mode, DiscordMode::Gateway);
    assert_eq!(discord.token, Secret::new(TOKEN));
    assert!(discord.is_on() && !discord.listens());
    assert!(!format!("{discord:?}").contains("canary"));
    let found = faults("[discord]\nmode = \"gateway\"\n", None);
    assert_eq!(keys(&found), ["ROUNDTABLE_DISCORD_TOKEN"]);
    assert!(found[0].1.contains("ROUNDTABLE_DISCORD_TOKEN_FILE") && found[0].1.contains("Reset Token"));
}

#[test]
fn the_token_may_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{TOKEN}\n")).unwrap();
    let env = |name: &str| (name == "ROUNDTABLE_DISCORD_TOKEN_FILE").then(|| path.display().to_string());
    let config =
        Config::parse("[discord]\nmode = \"gateway\"\n", Path::new("roundtable.toml"), &env).unwrap();
    assert_eq!(config.discord.token, Secret::new(TOKEN));
}

#[test]
fn requests_need_the_public_key_as_well() {
    let text = format!("[discord]\nmode = \"http\"\npublic_key = \"{}\"\n", KEY.to_uppercase());
    let discord = parse(&text, Some(TOKEN)).unwrap();
    assert_eq!(discord.public_key.as_deref(), Some(KEY));
    assert!(discord.listens());
    let found = faults("[discord]\nmode = \"http\"\n", Some(TOKEN));
    assert_eq!(keys(&found), ["discord.public_key"]);
    assert!(found[0].1.contains("General Information"), "{}", found[0].1);
    let found = faults("[discord]\nmode = \"http\"\npublic_key = \"12\"\n", Some(TOKEN));
    assert_eq!(keys(&found), ["discord.public_key"], "it is told once");
}

#[test]
fn what_is_no_bot_token_is_told_its_own_place() {
    for (token, words) in [
        ("Bot canary.canary.canary", "Please set the token alone"),
        (KEY, "belongs in public_key"),
        ("80351110224678912", "belongs in application_id"),
        ("xoxb-canary", "token of Slack's"),
        ("mfa.canary", "a person's account"),
        ("canary0123456789canary0123456789", "client secret"),
        ("canary.canary", "three parts"),
        ("canary..canary", "three parts"),
        ("canary.can ary.canary", "three parts"),
    ] {
        let found = faults("[discord]\nmode = \"gateway\"\n", Some(token));
        assert_eq!(keys(&found), ["ROUNDTABLE_DISCORD_TOKEN"]);
        assert!(found[0].1.contains(words) && found[0].1.contains("Reset Token"), "{}", found[0].1);
    }
}

#[test]
fn a_token_in_the_file_is_refused_with_the_name_of_its_variable() {
    let found = faults("[discord]\ntoken = \"canary\"\n", None);
    assert_eq!(keys(&found), ["discord.token"]);
    assert!(found[0].1.contains("ROUNDTABLE_DISCORD_TOKEN_FILE"), "{}", found[0].1);
}

#[test]
fn every_setting_is_taken() {
    let text = format!(
        "[discord]\napplication_id = \"80351110224678912\"\npublic_key = \"{KEY}\"\napi = \"http://127.0.0.1:33/\"\n\
         gateway = \"ws://127.0.0.1:34/\"\nlisten = \"0.0.0.0:81\"\nadmins = \"@ada.stone, 70\"\nrooms = \"channels\"\n\
         member_intent = true\nnew_direct_per_day = 1_0\n"
    );
    let expected = Discord {
        application_id: Some("80351110224678912".into()),
        public_key: Some(KEY.into()),
        api: "http://127.0.0.1:33".into(),
        gateway: Some("ws://127.0.0.1:34".into()),
        listen: ([0, 0, 0, 0], 81).into(),
        admins: vec!["ada.stone".into(), "70".into()],
        rooms: DiscordRooms::Channels,
        member_intent: true,
        new_direct_per_day: 10,
        ..Discord::default()
    };
    assert_eq!(parse(&text, None).unwrap(), expected);
}

#[test]
fn ids_and_keys_that_changed_places_are_told_so() {
    let text = format!("[discord]\napplication_id = \"{KEY}\"\npublic_key = \"80351110224678912\"\n");
    let found = faults(&text, None);
    assert!(found[0].1.contains("belongs in public_key") && found[1].1.contains("belongs in application_id"));
}

#[test]
fn values_of_another_kind_are_refused_with_what_to_write() {
    let text = "[discord]\nmember_intent = \"yes\"\nnew_direct_per_day = \"50\"\nrooms = \"thread\"\nmode = \"socket\"\n";
    let found = faults(text, None);
    let told =
        |key: &str| found.iter().find(|(found, _)| found == key).map(|(_, what)| what.as_str()).unwrap();
    assert!(told("discord.member_intent").contains("Please write true or false"));
    assert!(told("discord.new_direct_per_day").contains("whole number, without quotes"));
    assert!(told("discord.rooms").contains("Did you mean \"threads\"?"));
    assert!(told("discord.mode").contains("\"off\", \"gateway\" or \"http\""));
    for bad in ["5000", "-1"] {
        let found = faults(&format!("[discord]\nnew_direct_per_day = {bad}\n"), None);
        assert!(found[0].1.contains("from 0 to 1000"), "{}", found[0].1);
    }
    let found = faults("[discord]\nadmins = \"Ada Stone\"\n", None);
    assert!(found[0].1.contains("ada.stone, 80351110224678912"), "{}", found[0].1);
}

#[test]
fn addresses_that_would_carry_the_token_in_the_open_are_refused() {
    for bad in ["http://discord.com", "discord.com", "ftp://x", "https://"] {
        assert_eq!(keys(&faults(&format!("[discord]\napi = \"{bad}\"\n"), None)), ["discord.api"], "{bad}");
    }
    for bad in ["ws://gateway.discord.gg", "https://gateway.discord.gg", "gateway.discord.gg", "wss://"] {
        let found = faults(&format!("[discord]\ngateway = \"{bad}\"\n"), None);
        assert_eq!(keys(&found), ["discord.gateway"], "{bad}");
    }
    let text = "[discord]\napi = \"https://discord.com/api/\"\ngateway = \"wss://gateway.discord.gg\"\n";
    assert_eq!(parse(text, None).unwrap().api, "https://discord.com");
}

#[test]
fn requests_of_discord_need_an_address_of_their_own() {
    let text = format!(
        "[discord]\nmode = \"http\"\npublic_key = \"{KEY}\"\nlisten = \"127.0.0.1:9420\"\n\
         [operations]\nlisten = \"127.0.0.1:9420\"\n"
    );
    let found = faults(&text, Some(TOKEN));
    assert_eq!(keys(&found), ["discord.listen"]);
    assert!(
        parse(&text.replace("\"http\"", "\"gateway\""), Some(TOKEN)).is_ok(),
        "it does not listen at all"
    );
}
