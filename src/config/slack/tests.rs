//! The section `[slack]` and its secrets. Invariant: no test needs a real token, and none is ever shown.

use std::path::Path;

use super::super::{Config, ConfigFaults, Secret};
use super::{Slack, SlackMode, SlackOAuth};

const KEY: &str = "canary-0123456789abcdef0123456789";

fn parse(text: &str, env: &[(&str, &str)]) -> Result<Slack, ConfigFaults> {
    let env = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::parse(text, Path::new("roundtable.toml"), &env).map(|config| config.slack)
}

fn faults(text: &str, env: &[(&str, &str)]) -> Vec<(String, String)> {
    let faults = parse(text, env).expect_err("it has faults");
    let shown = faults.to_string();
    assert!(!shown.contains("canary"), "{shown}");
    faults.0.into_iter().map(|fault| (fault.key, fault.what)).collect()
}

fn keys(faults: &[(String, String)]) -> Vec<&str> {
    faults.iter().map(|(key, _)| key.as_str()).collect()
}

const BOT: (&str, &str) = ("SLACK_BOT_TOKEN", "xoxb-canary");
const APP: (&str, &str) = ("SLACK_APP_TOKEN", "xapp-canary");
const SIGNING: (&str, &str) = ("SLACK_SIGNING_SECRET", "canary");

#[test]
fn switched_off_it_looks_at_no_token() {
    let slack = parse("[slack]\nmode = \"off\"\n", &[("SLACK_BOT_TOKEN", "xapp-canary")]).unwrap();
    assert_eq!(slack, Slack::default());
    assert!(!slack.is_on() && !slack.listens() && slack.app_tokens().is_empty());
}

#[test]
fn a_connection_needs_a_bot_token_and_an_app_token() {
    let slack = parse("[slack]\nmode = \"socket\"\n", &[BOT, APP]).unwrap();
    assert_eq!(slack.mode, SlackMode::Socket);
    assert_eq!(slack.workspaces.len(), 1);
    assert_eq!(slack.workspaces[0].name, "");
    assert_eq!(slack.workspaces[0].bot_token, Secret::new(BOT.1));
    assert_eq!(slack.app_tokens(), [Secret::new(APP.1)]);
    assert!(!slack.listens());
    let found = faults("[slack]\nmode = \"socket\"\n", &[SIGNING]);
    assert_eq!(keys(&found), ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]);
    assert!(found[0].1.contains("SLACK_APP_TOKEN_FILE") && found[0].1.contains("connections:write"));
}

#[test]
fn requests_need_a_bot_token_and_a_signing_secret() {
    let slack = parse("[slack]\nmode = \"http\"\nlisten = \"0.0.0.0:80\"\n", &[BOT, SIGNING]).unwrap();
    assert_eq!(slack.signing_secrets(), [Secret::new(SIGNING.1)]);
    assert!(slack.listens() && slack.app_tokens().is_empty());
    assert_eq!(keys(&faults("[slack]\nmode = \"http\"\n", &[BOT, APP])), ["SLACK_SIGNING_SECRET"]);
}

#[test]
fn tokens_that_changed_places_are_each_told_where_they_belong() {
    let found = faults(
        "[slack]\nmode = \"socket\"\n",
        &[("SLACK_BOT_TOKEN", "xapp-canary"), ("SLACK_APP_TOKEN", "xoxb-canary")],
    );
    assert_eq!(keys(&found), ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]);
    assert!(
        found[0].1.contains("belongs in SLACK_BOT_TOKEN")
            && found[1].1.contains("belongs in SLACK_APP_TOKEN")
    );
}

#[test]
fn several_workspaces_have_variables_of_their_own_and_may_share_the_apps_own() {
    let text = "[slack]\nmode = \"socket\"\nworkspaces = \"acme, north-side,\"\n";
    let bots = [("SLACK_BOT_TOKEN_ACME", "xoxb-a"), ("SLACK_BOT_TOKEN_NORTH_SIDE", "xoxb-b")];
    let own =
        [bots[0], bots[1], ("SLACK_APP_TOKEN_ACME", "xapp-a"), ("SLACK_APP_TOKEN_NORTH_SIDE", "xapp-b")];
    let slack = parse(text, &own).unwrap();
    let names: Vec<&str> = slack.workspaces.iter().map(|w| w.name.as_str()).collect();
    assert_eq!(names, ["acme", "north-side"]);
    assert_eq!(slack.app_tokens(), [Secret::new("xapp-a"), Secret::new("xapp-b")]);
    let shared = parse(text, &[bots[0], bots[1], APP]).unwrap();
    assert_eq!(shared.app_tokens(), [Secret::new(APP.1)]);
    assert!(shared.workspaces.iter().all(|w| w.app_token.is_some()));

    let found = faults(text, &[bots[0], BOT]);
    assert_eq!(
        keys(&found),
        [
            "SLACK_APP_TOKEN_ACME",
            "SLACK_APP_TOKEN_NORTH_SIDE",
            "SLACK_BOT_TOKEN",
            "SLACK_BOT_TOKEN_NORTH_SIDE"
        ]
    );
    assert!(found[2].1.contains("SLACK_BOT_TOKEN_ACME"), "{}", found[2].1);
    let http = faults("[slack]\nmode = \"http\"\nworkspaces = \"acme\"\n", &[bots[0]]);
    assert_eq!(keys(&http), ["SLACK_SIGNING_SECRET_ACME"]);
}

#[test]
fn installing_from_a_page_needs_all_of_its_parts_and_no_bot_token() {
    let text = "[slack]\nmode = \"socket\"\npublic_url = \"https://mentoring.example.org/\"\n";
    let all = [("SLACK_CLIENT_ID", "1.2"), ("SLACK_CLIENT_SECRET", "canary"), ("ROUNDTABLE_KEY", KEY), APP];
    let slack = parse(text, &all).unwrap();
    assert!(slack.workspaces.is_empty() && slack.listens());
    let expected = SlackOAuth {
        client_id: "1.2".into(),
        client_secret: Secret::new("canary"),
        key: Secret::new(KEY),
        public_url: "https://mentoring.example.org".into(),
    };
    assert_eq!(slack.oauth, Some(expected));
    assert!(!format!("{slack:?}").contains("canary"));

    let found = faults("[slack]\nmode = \"socket\"\n", &[("SLACK_CLIENT_SECRET", "canary"), APP, BOT]);
    assert_eq!(keys(&found), ["ROUNDTABLE_KEY", "SLACK_CLIENT_ID", "SLACK_CLIENT_ID"]);
    assert!(found.iter().any(|(_, what)| what.contains("public_url under [slack]")));
}

#[test]
fn addresses_that_would_carry_tokens_in_the_open_are_refused() {
    for good in ["https://slack.com/api/", "https://slack-gov.com/api", "http://127.0.0.1:3300/api"] {
        let slack = parse(&format!("[slack]\napi = \"{good}\"\n"), &[]).unwrap();
        assert_eq!(slack.api, good.trim_end_matches('/'));
    }
    for bad in
        ["http://slack.com/api", "slack.com/api", "https://", "http://127.0.0.1.example.org/api", "ftp://x"]
    {
        let found = faults(&format!("[slack]\napi = \"{bad}\"\npublic_url = \"{bad}\"\n"), &[]);
        assert_eq!(keys(&found), ["slack.api", "slack.public_url"], "{bad}");
    }
    assert_eq!(keys(&faults("[slack]\npublic_url = \"https://a.example/?x\"\n", &[])), ["slack.public_url"]);
}

#[test]
fn names_of_workspaces_that_would_confuse_variables_are_refused() {
    for (bad, words) in [
        ("Acme Inc.", "small letters"),
        ("a-b, a_b", "same variables"),
        ("file", "ends in \\\"file\\\""),
        ("acme-file", "ends in"),
    ] {
        let found = faults(&format!("[slack]\nworkspaces = \"{bad}\"\n"), &[]);
        assert_eq!(keys(&found), ["slack.workspaces"]);
        assert!(found[0].1.contains(&words.replace('\\', "")), "{}", found[0].1);
    }
}

#[test]
fn a_way_that_is_misspelt_is_told_with_the_likely_one() {
    let found = faults("[slack]\nmode = \"sockets\"\n", &[]);
    assert!(found[0].1.contains("Did you mean \"socket\"?"), "{}", found[0].1);
    let found = faults("[slack]\nmode = \"rtm\"\n", &[]);
    assert!(found[0].1.contains("\"off\", \"socket\" or \"http\""), "{}", found[0].1);
}

#[test]
fn health_pages_and_slacks_requests_cannot_share_an_address() {
    let text =
        "[slack]\nmode = \"http\"\nlisten = \"127.0.0.1:9420\"\n[operations]\nlisten = \"127.0.0.1:9420\"\n";
    let found = faults(text, &[BOT, SIGNING]);
    assert_eq!(keys(&found), ["slack.listen"]);
    assert!(parse(&text.replace("http\"\n", "socket\"\n"), &[BOT, APP]).is_ok(), "it does not listen at all");
}

#[test]
fn more_administrators_are_named_by_address_or_member_id() {
    let text = "[slack]\nadmins = \"ada@example.org, U012AB3CD,\"\n";
    assert_eq!(parse(text, &[]).unwrap().admins, ["ada@example.org", "U012AB3CD"]);
    let found = faults("[slack]\nadmins = \"Ada Stone\"\n", &[]);
    assert_eq!(keys(&found), ["slack.admins"]);
    assert!(found[0].1.contains("ada@example.org, U012AB3CD"), "{}", found[0].1);
}
