//! Stopping, starting and being away for long.

use std::collections::BTreeMap;

use roundtable::adapters::playground::LOBBY;

use crate::harness::{Bot, days, has, hours, scenarios};

scenarios! {
    /// Rows: F2, F5
    async fn after_a_month_away_nobody_gets_a_flood(engine) {
        let mut bot = Bot::published(engine).await;
        bot.advance(days(5)).await;
        let before = bot.now().as_micros();
        bot.away(days(30)).await;
        let back = bot.now();
        assert!(back.as_micros() - before >= days(30) * 1_000_000);
        bot.advance(0).await;
        let sent = |rows: Vec<(String, i64)>| rows.into_iter().fold(BTreeMap::new(), |mut all: BTreeMap<String, i64>, (key, n)| {
            *all.entry(key).or_default() += n;
            all
        });
        let since = "SELECT COALESCE(person_id, room_id) || ' ' || kind, count(*) FROM nudges WHERE state = 'done' AND remote_id IS NOT NULL \
                     AND done_at >= (SELECT max(CAST(value AS BIGINT)) FROM settings WHERE name = 'playground.clock') GROUP BY person_id, room_id, kind";
        let at_once = sent(bot.pairs(since, &[]).await);
        assert!(at_once.values().all(|n| *n <= 1), "{at_once:?}");
        bot.advance(days(1)).await;
        let day = bot.pairs(
            "SELECT person_id || ' ' || kind, count(*) FROM nudges WHERE state = 'done' AND remote_id IS NOT NULL AND person_id IS NOT NULL AND done_at >= CAST($1 AS BIGINT) GROUP BY person_id, kind",
            &[&back.as_micros().to_string()],
        ).await;
        assert!(day.iter().all(|(_, n)| *n <= 1), "{day:?}");
        let people = bot.pairs(
            "SELECT person_id, count(*) FROM nudges WHERE state = 'done' AND remote_id IS NOT NULL AND person_id IS NOT NULL AND kind NOT IN ('meetup.moved', 'meetup.cancelled') AND done_at >= CAST($1 AS BIGINT) GROUP BY person_id",
            &[&back.as_micros().to_string()],
        ).await;
        assert!(people.iter().all(|(_, n)| *n <= 1), "{people:?}");
        // What is stale is skipped with its reason, and life goes on.
        assert!(bot.number("SELECT count(*) FROM nudges WHERE state = 'skipped' AND reason = 'too late to be of use'", &[]).await > 0);
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE state IN ('leased', 'sending', 'in_doubt')", &[]).await, 0);
        bot.inbox("nadia").await;
        bot.advance(days(35)).await;
        has(&bot.inbox("nadia").await.join("\n"), "Will you come?");
    }

    /// Rows: F5
    async fn a_stop_and_a_start_in_the_middle_lose_nothing_and_repeat_nothing(engine) {
        let mut bot = Bot::small_group(engine).await;
        for _ in 0..12 {
            bot.advance(days(2) + hours(7)).await;
            bot.restart().await;
        }
        let cards = bot.pairs("SELECT kind, count(*) FROM nudges WHERE state = 'done' GROUP BY kind ORDER BY kind", &[]).await;
        let posts = bot.sent().await;
        let sent = bot.number("SELECT count(DISTINCT remote_id) FROM nudges WHERE state = 'done' AND remote_id IS NOT NULL AND kind NOT IN ('room.open', 'room.members')", &[]).await;
        assert_eq!(posts, sent, "{cards:?}");
        let mut straight = Bot::small_group(engine).await;
        straight.advance(12 * (days(2) + hours(7))).await;
        assert_eq!(straight.pairs("SELECT kind, count(*) FROM nudges WHERE state = 'done' GROUP BY kind ORDER BY kind", &[]).await, cards);
    }

    /// Rows: F5
    async fn after_a_restart_new_messages_still_come_last(engine) {
        let mut bot = Bot::small(engine).await;
        for round in 0..6 {
            bot.restart().await;
            let words = format!("round {round}");
            bot.playground().say("ben", LOBBY, &words).await.expect("said");
            let (posts, _) = bot.playground().messages("ben", LOBBY, None).await.expect("messages");
            let last = bot.plain(&roundtable::core::Reply::Private(posts.last().expect("a message").message.clone()));
            assert_eq!(last, words);
        }
    }

    /// Rows: F5
    async fn forms_and_buttons_from_before_a_restart_still_work(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        bot.says("cleo", "/mentor profile").await;
        bot.restart().await;
        has(&bot.press("ben", "I will come").await, "You will come");
        has(&bot.fill("cleo", &[("industry", "food")]).await, "Your profile is saved");
        bot.restart().await;
        has(&bot.says("ben", "/mentor meetup next").await, "Your answer: you will come");
    }
}
