//! The configuration as a whole. Invariant: the example file, the defaults and the list of keys never part.

use std::path::Path;

use super::read::KEYS;
use super::{Config, ConfigFaults, Environment, Mode, Secret};

const EXAMPLE: &str = include_str!("../../config/roundtable.example.toml");

fn nothing(_: &str) -> Option<String> {
    None
}

fn parse(text: &str) -> Result<Config, ConfigFaults> {
    Config::parse(text, Path::new("roundtable.toml"), &nothing)
}

fn faults(text: &str) -> Vec<(usize, String, String)> {
    let faults = parse(text).expect_err("the file has faults").0;
    faults.into_iter().map(|fault| (fault.line, fault.key, fault.what)).collect()
}

#[test]
fn the_example_file_is_equal_to_the_defaults() {
    assert_eq!(parse(EXAMPLE), Ok(Config::default()));
    assert_eq!(Config::load(None, &nothing), Ok(Config::default()));
}

#[test]
fn the_example_file_shows_every_key_and_what_it_leaves_out_is_good_too() {
    let settings =
        |line: &&str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| is_word(key));
    let plain: Vec<&str> =
        EXAMPLE.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).filter(settings).collect();
    let all = parse(&plain.join("\n")).expect("the file with every line switched on is good");
    assert!(all.operations.listen.is_some() && all.content.folder.is_some());
    let table: toml::Table = plain.join("\n").parse().unwrap();
    for (section, keys) in KEYS {
        let home = if section.is_empty() { Some(&table) } else { table[section].as_table() };
        let shown: Vec<&str> =
            home.unwrap().iter().filter(|(_, v)| !v.is_table()).map(|(k, _)| k.as_str()).collect();
        assert_eq!(shown, keys, "[{section}]");
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[test]
fn five_different_faults_are_told_at_once_with_their_keys_and_lines() {
    let text = "mode = 3\n\
                [plaground]\n\
                listen = \"127.0.0.1:7420\"\n\
                [playground]\n\
                listen = \"0.0.0.0:7420\"\n\
                [logging]\n\
                filtre = \"info\"\n\
                [database]\n\
                password = \"canary\"\n";
    let found = faults(text);
    let places: Vec<(usize, &str)> = found.iter().map(|(line, key, _)| (*line, key.as_str())).collect();
    assert_eq!(
        places,
        [
            (1, "mode"),
            (2, "plaground"),
            (5, "playground.listen"),
            (7, "logging.filtre"),
            (9, "database.password")
        ]
    );
    let whats: Vec<&str> = found.iter().map(|(_, _, what)| what.as_str()).collect();
    assert!(whats[0].contains("a whole number") && whats[0].contains("text in quotes"), "{}", whats[0]);
    assert!(whats[1].contains("Did you mean [playground]?"), "{}", whats[1]);
    assert!(whats[2].contains("can be reached from other machines"), "{}", whats[2]);
    assert!(whats[3].contains("Did you mean logging.filter?"), "{}", whats[3]);
    assert!(whats[4].contains("DATABASE_URL"), "{}", whats[4]);
    let shown = parse(text).unwrap_err().to_string();
    assert_eq!(shown.lines().count(), 5);
    assert!(shown.starts_with("roundtable.toml, line 1: mode: this is a whole number."), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn what_is_not_toml_is_told_with_its_line_beside_the_other_faults() {
    let found = faults("[playground]\nlisten = 127.0.0.1:7420\n[logging]\nfilter = \"inof\"\n");
    let places: Vec<(usize, &str)> = found.iter().map(|(line, key, _)| (*line, key.as_str())).collect();
    assert_eq!(places, [(2, ""), (4, "logging.filter")]);
    assert!(found[0].2.contains("not valid TOML") && found[0].2.contains("in quotes"), "{}", found[0].2);
}

#[test]
fn a_key_given_twice_is_told_once() {
    let found = faults("mode = \"run\"\nmode = \"playground\"\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, 2);
}

#[test]
fn a_key_in_the_wrong_place_is_shown_its_section() {
    let found = faults("listen = \"127.0.0.1:7420\"\n[content]\nmode = \"run\"\n");
    assert!(found[0].2.contains("playground.listen or operations.listen"), "{}", found[0].2);
    assert!(found[1].2.contains("its own section: mode"), "{}", found[1].2);
}

#[test]
fn a_section_that_is_no_section_and_a_table_where_a_text_belongs_are_refused() {
    let found = faults("content = \"texts\"\n[[logging]]\nfilter = \"info\"\n[database.url]\n");
    assert!(
        found[0].2.contains("this is a text. Please write it as a section, [content]."),
        "{}",
        found[0].2
    );
    assert!(found[1].2.contains("this is a list"), "{}", found[1].2);
    assert_eq!(found[2].1, "database.url");
    assert!(found[2].2.contains("this is a section"), "{}", found[2].2);
}

#[test]
fn a_token_in_any_section_is_refused_with_its_variable() {
    let found = faults(
        "app_token = \"canary\"\n[slack]\nbot_token = \"canary\"\n[slack.more]\nsecret = \"canary\"\n",
    );
    let tokens: Vec<&str> =
        found.iter().filter(|f| f.2.contains("environment variable")).map(|f| f.1.as_str()).collect();
    assert_eq!(tokens, ["app_token", "slack.bot_token", "slack.more.secret"]);
    assert!(found.iter().any(|fault| fault.2.contains("variable SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE")));
    assert!(found.iter().all(|fault| !fault.2.contains("canary")));
}

#[test]
fn two_endpoints_cannot_share_an_address() {
    let found = faults("[operations]\nlisten = \"127.0.0.1:7420\"\n");
    assert_eq!((found[0].0, found[0].1.as_str()), (2, "operations.listen"));
    assert!(
        parse("[playground]\nlisten = \"127.0.0.1:0\"\n[operations]\nlisten = \"127.0.0.1:0\"\n").is_ok()
    );
}

#[test]
fn the_environment_wins_over_the_file_and_its_faults_stand_beside_those_of_the_file() {
    let server = |name: &str| (name == "DATABASE_URL").then(|| "postgres://ann:canary@db/rt".to_owned());
    let file = Path::new("roundtable.toml");
    let config =
        Config::parse("mode = \"run\"\n[database]\nurl = \"sqlite://a.db\"\n", file, &server).unwrap();
    assert_eq!(config.database.url, Secret::new("postgres://ann:canary@db/rt"));
    assert_eq!(config.database.describe(), "postgres://db/rt");
    assert_eq!(config.mode, Mode::Run);
    assert!(!format!("{config:?}").contains("canary"));

    let bad: &Environment<'_> = &|name| (name == "DATABASE_URL").then(|| "mysql://canary".to_owned());
    let shown = Config::parse("mode = \"rnu\"\n", file, bad).unwrap_err().to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("environment: DATABASE_URL: "), "{shown}");
    assert!(
        lines[1].starts_with("roundtable.toml, line 1: mode: ") && lines[1].contains("\"run\"?"),
        "{shown}"
    );
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone.toml");
    let shown = Config::load(Some(&path), &nothing).unwrap_err().to_string();
    assert!(shown.contains("gone.toml") && shown.contains("could not be read"), "{shown}");
}

#[test]
fn a_file_on_disk_is_read_even_with_a_byte_order_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roundtable.toml");
    std::fs::write(&path, "\u{feff}mode = \"run\"\r\n[content]\r\nfolder = \"texts\"\r\n").unwrap();
    let config = Config::load(Some(&path), &nothing).unwrap();
    assert_eq!(config.mode, Mode::Run);
    assert_eq!(config.content.folder.as_deref(), Some(Path::new("texts")));
}

#[test]
fn what_was_swallowed_by_a_quote_left_open_is_not_repeated() {
    let shown = parse("mode = \"\"\"\n[slack]\nbot_token = \"canary\"\n").unwrap_err().to_string();
    assert!(shown.contains("this text is not a mode") && !shown.contains("canary"), "{shown}");
    let shown = parse("\"a\\u001b[2J\" = 1\n").unwrap_err().to_string();
    assert!(shown.contains("there is no such key") && !shown.contains('\u{1b}'), "{shown}");
}
