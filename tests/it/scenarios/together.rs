//! Two things at once, and one thing twice: one effect, and a fair answer to everybody.

use std::collections::BTreeMap;

use roundtable::core::{Input, Reply};

use crate::harness::{Bot, days, has, lacks, scenarios};

fn text(words: &str) -> Input {
    Input::Text(words.into())
}

scenarios! {
    /// Rows: F1
    async fn a_delivery_that_comes_twice_gets_the_same_reply_and_has_one_effect(engine) {
        let mut bot = Bot::small(engine).await;
        let core = bot.core();
        for (who, command) in [
            ("ada", "program create name=Second slug=second goal=G starts=2027-01-04 ends=2028-01-03 zone=Europe/Berlin"),
            ("ada", "role grant sponsor ben pathways"),
            ("ada", "groups preview pathways"),
            ("ada", "groups publish pathways yes"),
            ("eva", "leave pathways yes"),
        ] {
            let delivery = format!("delivery {command}");
            let first = core.handle(bot.request(who, &delivery, text(command))).await;
            let acts = bot.number("SELECT count(*) FROM audit", &[]).await;
            let again = core.handle(bot.request(who, &delivery, text(command))).await;
            assert_eq!(first, again, "{command}");
            assert_eq!(bot.number("SELECT count(*) FROM audit", &[]).await, acts, "{command}");
        }
        assert_eq!(bot.number("SELECT count(*) FROM groups", &[]).await, 1);
        bot.advance(days(1)).await;
        let values: BTreeMap<String, String> = [("industry".to_owned(), "rail".to_owned())].into();
        let form = Input::Form { command: "profile".into(), values };
        let core = bot.core();
        let first = core.handle(bot.request("ben", "one form", form.clone())).await;
        assert_eq!(core.handle(bot.request("ben", "one form", form)).await, first);
    }

    /// Rows: F1
    async fn one_delivery_that_arrives_twice_at_the_same_moment_has_one_effect(engine) {
        let bot = Bot::small(engine).await;
        let version = crate::harness::library().texts.charter.version;
        for round in 0..4 {
            let command = format!("charter accept pathways both {version}");
            let delivery = format!("round {round}");
            let core = bot.core();
            let before = bot.number("SELECT count(*) FROM audit", &[]).await;
            let (a, b) = tokio::join!(
                core.handle(bot.request("ben", &delivery, text(&command))),
                core.handle(bot.request("ben", &delivery, text(&command))),
            );
            assert_eq!(a, b);
            assert_eq!(bot.number("SELECT count(*) FROM audit", &[]).await, before + 1);
        }
    }

    /// Rows: F1
    async fn two_people_who_press_one_button_at_once_are_both_answered_and_one_wins(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor role grant staff cleo pathways").await;
        bot.says("ada", "/mentor groups preview pathways").await;
        let publish = "groups publish pathways yes";
        let core = bot.core();
        let (a, b) = tokio::join!(core.handle(bot.request("ada", "d1", text(publish))), core.handle(bot.request("cleo", "d2", text(publish))));
        let both = [bot.plain(&a), bot.plain(&b)];
        assert_eq!(both.iter().filter(|reply| reply.contains("are real")).count(), 1, "{both:?}");
        assert_eq!(bot.number("SELECT count(*) FROM groups", &[]).await, 1);
        for reply in &both {
            lacks(reply, "Something broke");
        }
        let loser = both.iter().find(|reply| !reply.contains("are real")).expect("a loser");
        assert!(loser.contains("Look at it anew") || loser.contains("There is no proposal yet"), "{loser}");
        // The meetup's buttons: everybody may press at once.
        bot.advance(days(1)).await;
        let core = bot.core();
        let (a, b, c, d) = tokio::join!(
            core.handle(bot.request("ben", "r1", text("meetup rsvp yes"))),
            core.handle(bot.request("cleo", "r2", text("meetup rsvp no"))),
            core.handle(bot.request("dev", "r3", text("meetup rsvp maybe"))),
            core.handle(bot.request("grace", "r4", text("meetup move when=\"2027-01-14 14:00\""))),
        );
        for reply in [&a, &b, &c, &d] {
            lacks(&bot.plain(reply), "Something broke");
        }
        has(&bot.plain(&d), "Moved to");
    }

    /// Rows: F1
    async fn a_pulse_answered_on_two_devices_at_once_counts_once(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(1)).await;
        let values: BTreeMap<String, String> = [("p1".to_owned(), "4".to_owned())].into();
        let form = || Input::Form { command: "pulse answer".into(), values: values.clone() };
        let core = bot.core();
        let (a, b) = tokio::join!(core.handle(bot.request("ben", "x", form())), core.handle(bot.request("ben", "y", form())));
        let mut both = [bot.plain(&a), bot.plain(&b)];
        both.sort();
        has(&both[0], "Thank you");
        has(&both[1], "You have answered this pulse already");
        assert_eq!(bot.number("SELECT count(*) FROM pulse_answers", &[]).await, 1);
    }

    /// Rows: F1
    async fn somebody_new_who_does_two_things_at_once_becomes_one_person(engine) {
        let bot = Bot::small(engine).await;
        let core = bot.core();
        let (a, b, c) = tokio::join!(
            core.handle(bot.request("newcomer", "n1", text("zone Europe/Paris"))),
            core.handle(bot.request("newcomer", "n2", text("snooze 1 week"))),
            core.handle(bot.request("newcomer", "n3", text("help"))),
        );
        for reply in [&a, &b, &c] {
            assert!(matches!(reply, Reply::Private(_)));
            lacks(&bot.plain(reply), "Something broke");
        }
        assert_eq!(bot.number("SELECT count(*) FROM accounts WHERE handle = 'newcomer'", &[]).await, 1);
        assert_eq!(bot.number("SELECT count(*) FROM persons WHERE name = 'newcomer'", &[]).await, 1);
    }
}
