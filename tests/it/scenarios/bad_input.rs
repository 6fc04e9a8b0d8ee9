//! Hostile words in every argument of every command: always an answer, never a fault.

use std::fmt::Write as _;

use roundtable::core::Input;
use roundtable::core::command::{Arg, Kind, TABLE};

use crate::harness::{Bot, days, has, lacks, scenarios};

/// What is put into every argument.
fn nasty() -> Vec<String> {
    vec![
        String::new(),
        "x".repeat(3_900),
        "שלום \u{202e}gnp.exe\u{2066} 👩‍👩‍👧‍👦 🏳️‍🌈 '; DROP TABLE persons; -- \\ %s {} $1 <@U1> *b* `c`".into(),
        "a\u{0}b\u{7}\u{1b}[31mred\u{8}\u{85}\u{9b} -9223372036854775809 25:00".into(),
    ]
}

fn plausible(arg: &Arg) -> &'static str {
    match arg.kind {
        Kind::Choice(options) => options[0],
        Kind::Number(..) | Kind::Group => "1",
        Kind::Program => "pathways",
        Kind::Person => "ben",
        Kind::Date => "2027-06-01",
        Kind::When => "2027-06-01 10:00",
        _ => "1",
    }
}

#[track_caller]
fn fair(line: &str, reply: &str) {
    let line: String = line.chars().take(80).collect();
    assert!(!reply.trim().is_empty(), "no answer to {line:?}");
    lacks(reply, "Something broke");
    let wild = reply.chars().find(|c| {
        (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(wild, None, "{line:?} was answered with a control character");
    assert!(reply.chars().count() < 12_000, "{line:?} was answered at length");
}

scenarios! {
    /// Rows: F1
    async fn every_argument_of_every_command_survives_hostile_words(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.says("ada", "/mentor role grant staff grace pathways").await;
        bot.advance(days(1)).await;
        let mut deliveries = 0;
        for spec in TABLE {
            let who = if spec.path.starts_with("program") || spec.path.starts_with("admin") { "ada" } else { "grace" };
            for arg in spec.args {
                for words in nasty() {
                    let mut line = spec.path.to_owned();
                    for other in spec.args.iter().filter(|a| a.required && a.name != arg.name) {
                        let _ = write!(line, " {}=\"{}\"", other.name, plausible(other));
                    }
                    let _ = write!(line, " {}=\"{words}\"", arg.name);
                    deliveries += 1;
                    let input = Input::Text(line.clone());
                    let reply = bot.core().handle(bot.request(who, &deliveries.to_string(), input)).await;
                    fair(&line, &bot.plain(&reply));
                }
                // The same through a form, where line breaks are possible too.
                let mut values: Vec<(&str, &str)> = spec.args.iter().filter(|a| a.required).map(|a| (a.name, plausible(a))).collect();
                values.retain(|(name, _)| *name != arg.name);
                values.push((arg.name, "two\nlines\u{0} \u{202e}and more"));
                fair(spec.path, &bot.submit(who, spec.path, &values).await);
            }
        }
        // The bot is well and nothing was taken away.
        has(&bot.says("ada", "/mentor program show pathways").await, "State: open");
        assert_eq!(bot.number("SELECT count(*) FROM persons", &[]).await, 6);
        for field in ["availability=25:00", "zone=-9223372036854775809", "level=-9223372036854775809"] {
            let reply = bot.says("ben", &format!("/mentor profile {field}")).await;
            fair(field, &reply);
            lacks(&reply, "saved");
        }
    }

    /// Rows: F1
    async fn lines_that_are_no_commands_are_answered_too(engine) {
        let mut bot = Bot::small(engine).await;
        for words in nasty() {
            for line in [format!("/mentor {words}"), format!("/mentor \"{words}"), format!("/mentor help {words}"), format!("/mentor {words}={words}")] {
                fair(&line, &bot.says("ben", &line).await);
            }
        }
        let long = "x".repeat(100_000);
        for line in [format!("/mentor {long}"), format!("/mentor profile name={long}"), format!("/mentor glossary {long}")] {
            has(&bot.says("ben", &line).await, "Please shorten it");
        }
        has(&bot.submit("ben", "profile", &[("name", &long)]).await, "Please shorten it");
        has(&bot.submit("ben", "no such command", &[("name", "x")]).await, "I do not know");
        has(&bot.says_in("ben", "dm-ben", &long).await, "shorten it");
        has(&bot.says("ben", "   ").await, "Type something first");
    }

    /// Rows: F1
    async fn a_name_with_line_breaks_or_marks_is_tidied_before_it_is_kept(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ben", "/mentor profile").await;
        bot.fill("ben", &[("name", "Ben\nBrook \u{202e}ecila")]).await;
        let name = bot.texts("SELECT p.name FROM persons p JOIN accounts a ON a.person_id = p.id WHERE a.handle = 'ben'", &[]).await.remove(0);
        assert!(!name.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')), "{name:?}");
    }
    /// Rows: F1
    async fn what_nobody_sees_is_in_no_profile_and_is_no_name(engine) {
        let mut bot = Bot::small(engine).await;
        let name = "SELECT p.name FROM persons p JOIN accounts a ON a.person_id = p.id WHERE a.handle = 'ben'";
        let before = bot.texts(name, &[]).await;
        bot.says("ben", "/mentor profile").await;
        let reply = bot.fill("ben", &[("name", "\u{3164}\u{200d}")]).await;
        assert_eq!(bot.texts(name, &[]).await, before, "what nobody sees is no name: {reply}");
        let written = "\u{200b}Ben\u{202e} \u{2066}Hes\u{ad}ter\u{200d}";
        bot.says("ben", &format!("/mentor profile name=\"{written}\" unit=\"{written}\" interests=\"{written}\"")).await;
        let kept = "SELECT p.name || '/' || p.unit || '/' || p.interests FROM persons p JOIN accounts a ON a.person_id = p.id \
                    WHERE a.handle = 'ben'";
        assert_eq!(bot.texts(kept, &[]).await, ["Ben Hester/Ben Hester/ben hester"]);
        let joined = "\u{1f469}\u{200d}\u{1f467} \u{645}\u{6cc}\u{200c}\u{62e}";
        bot.says("ben", &format!("/mentor profile name=\"{joined}\"")).await;
        assert_eq!(bot.texts(name, &[]).await, [joined], "what joins stays");
    }
}
