//! Meetups: booked, answered, moved, called off, held.

use roundtable::domain::civil::{Instant, Zone};

use super::PARTICIPANTS;
use crate::harness::{Bot, days, has, hours, lacks, scenarios, start};

const TIMES: &str = "SELECT starts_at FROM meetups WHERE state = 'planned' ORDER BY starts_at";

fn berlin(at: i64) -> jiff::civil::DateTime {
    Zone::parse("Europe/Berlin").expect("a zone").civil(Instant::from_micros(at))
}

scenarios! {
    /// Rows: F2, B34
    async fn all_meetups_are_booked_on_day_one_the_first_within_two_weeks_and_the_last_closes(engine) {
        let bot = Bot::small_group(engine).await;
        let times = bot.numbers(TIMES, &[]).await;
        assert!((11..=13).contains(&times.len()), "{}", times.len());
        let first = Instant::from_micros(times[0]);
        assert!(first > start() && first <= start().plus_days(14), "{first}");
        assert_eq!(bot.numbers("SELECT closing FROM meetups ORDER BY starts_at DESC", &[]).await[..2], [1, 0]);
        // A wall clock in Berlin, whatever summer time does.
        assert!(times.iter().all(|at| berlin(*at).hour() == berlin(times[0]).hour()));
        let utc: std::collections::BTreeSet<i64> = times.iter().map(|at| at / 3_600_000_000 % 24).collect();
        assert_eq!(utc.len(), 2, "summer time moves the instant");
    }

    /// Rows: F2
    async fn each_member_reads_the_time_in_the_own_zone(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        has(&bot.says("ben", "/mentor meetup next").await, "14:00 (Europe/Berlin)");
        has(&bot.says("cleo", "/mentor meetup next").await, "13:00 (Europe/London)");
        has(&bot.says("dev", "/mentor meetup next").await, "18:30 (Asia/Kolkata)");
        has(&bot.says("eva", "/mentor meetup next").await, "08:00 (America/New_York)");
        bot.advance(days(9)).await;
        has(&bot.inbox("dev").await.join("\n"), "18:30 (Asia/Kolkata)");
    }

    /// Rows: F2
    async fn answers_show_on_the_card_and_can_be_changed(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        has(&bot.press("ben", "I will come").await, "You will come");
        bot.press("cleo", "Maybe").await;
        bot.press("dev", "I cannot come").await;
        bot.advance(days(2)).await;
        let room = bot.group_room("ben").await;
        let card = bot.room("ben", &room).await.pop().expect("a card");
        for part in ["Will come: Ben Brook", "Maybe: Cleo Marsh", "Cannot come: Dev Rao", "Theme: How we came to lead", "Led by: Grace Hill"] {
            has(&card, part);
        }
        bot.press("dev", "I will come").await;
        has(&bot.says("dev", "/mentor meetup next").await, "Your answer: you will come");
        assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 3);
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'meetup.card' AND state = 'done'", &[]).await, 1, "the card is redrawn, not posted again");
    }

    /// Rows: F2
    async fn a_moved_meetup_is_told_to_all_at_once_and_asked_again(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for who in PARTICIPANTS {
            bot.press(who, "I will come").await;
            bot.inbox(who).await;
        }
        let moved = bot.says("grace", "/mentor meetup move when=\"2027-01-14 14:00\"").await;
        has(&moved, "Moved to Thu 14 Jan 2027, 14:00");
        for who in PARTICIPANTS {
            let told = bot.inbox(who).await.join("\n");
            has(&told, "has moved");
            has(&told, "I will come");
        }
        assert_eq!(bot.inbox("grace").await.iter().filter(|m| m.contains("has moved")).count(), 0);
        assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 0);
        bot.press("ben", "I will come").await;
        bot.advance(days(9)).await;
        has(&bot.inbox("cleo").await.join("\n"), "Thu 14 Jan 2027");
        let reminders = "SELECT count(*) FROM nudges WHERE kind = 'meetup.reminder' AND state = 'done'";
        assert_eq!(bot.number(reminders, &[]).await, 5, "one reminder each, for the new time only");
    }

    /// Rows: F2
    async fn a_meetup_moved_away_and_back_still_has_its_reminders_card_and_starter(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let (slot, back) = (bot.texts("SELECT slot FROM meetups ORDER BY starts_at LIMIT 1", &[]).await.remove(0), bot.number(TIMES, &[]).await);
        bot.says("grace", "/mentor meetup move when=\"2027-01-14 14:00\"").await;
        bot.advance(hours(1)).await;
        bot.says("grace", &format!("/mentor meetup move when=\"{}\"", slot.replace('T', " "))).await;
        assert_eq!(bot.number(TIMES, &[]).await, back);
        for who in PARTICIPANTS {
            bot.inbox(who).await;
        }
        let room = bot.group_room("ben").await;
        bot.room("ben", &room).await;
        bot.advance_to(Instant::from_micros(back).plus_hours(3)).await;
        // Who heard of both moves is not reminded on top of it; the mentor, who made them, is.
        has(&bot.inbox("grace").await.join("\n"), "Will you come?");
        let owed = "SELECT count(*) FROM nudges WHERE kind = 'meetup.reminder' AND (reason IS NULL OR reason NOT LIKE '%moved%')";
        assert_eq!(bot.number(owed, &[]).await, 5);
        let said = bot.room("ben", &room).await.join("\n");
        has(&said, "A question to think about");
        has(&said, "Our meetup starts");
        has(&said, "take place?");
    }

    /// Rows: F2
    async fn a_meetup_called_off_is_told_with_the_reason_and_not_reminded_of(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for who in PARTICIPANTS {
            bot.inbox(who).await;
        }
        has(&bot.says("grace", "/mentor meetup cancel reason=\"I am travelling\"").await, "is called off");
        for who in PARTICIPANTS {
            let told = bot.inbox(who).await.join("\n");
            has(&told, "is called off");
            has(&told, "Reason given: I am travelling");
        }
        bot.advance(days(13)).await;
        for who in PARTICIPANTS {
            lacks(&bot.inbox(who).await.join("\n"), "Meetup 1");
        }
        lacks(&bot.says("ben", "/mentor meetup next").await, "Meetup 1 ");
        // Without a reason the bot asks once more, in a form.
        has(&bot.says("grace", "/mentor meetup cancel").await, "Call the meetup off?");
        has(&bot.fill("grace", &[]).await, "is called off");
        let told = bot.inbox("ben").await.join("\n");
        has(&told, "is called off");
        lacks(&told, "Reason given");
    }

    /// Rows: F2
    async fn a_button_of_a_meetup_that_is_over_or_off_says_so_and_changes_nothing(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let (room, post, command) = bot.button("ben", "I will come").await.expect("a button");
        bot.says("grace", "/mentor meetup cancel reason=x").await;
        // The card has lost its buttons; a screen that still has them is answered by the front or by the core.
        let stale = bot.press_at("ben", &room, &post, &command).await;
        assert!(stale.contains("Look at the message again") || stale.contains("nothing was changed"), "{stale}");
        let refused = bot.says("ben", &format!("/mentor {command}")).await;
        has(&refused, "nothing was changed");
        has(&refused, "/mentor meetup next");
        assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 0);
    }

    /// Rows: F2
    async fn the_mentor_hears_when_too_few_can_come_and_decides(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for who in ["ben", "cleo", "dev"] {
            bot.press(who, "I cannot come").await;
        }
        bot.advance(days(8)).await;
        let told = bot.inbox("grace").await.join("\n");
        has(&told, "may be too small");
        has(&told, "At most 2 of 5 can come; 3 are needed.");
        bot.press("grace", "Call it off").await;
        has(&bot.fill("grace", &[("reason", "Too few of us")]).await, "is called off");
    }

    /// Rows: F2
    async fn afterwards_the_room_is_asked_whether_it_took_place_and_leaders_answer(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        has(&bot.says("grace", "/mentor meetup held yes").await, "cannot find");
        bot.advance(days(9)).await;
        let room = bot.group_room("ben").await;
        has(&bot.room("ben", &room).await.join("\n"), "take place?");
        has(&bot.press("ben", "Yes, it did").await, "Only the mentor");
        has(&bot.press("grace", "Yes, it did").await, "Noted: it took place");
        assert_eq!(bot.texts("SELECT state FROM meetups ORDER BY starts_at LIMIT 1", &[]).await, ["held"]);
        has(&bot.says("ben", "/mentor meetup next").await, "Meetup 2 of Group 1");
    }

    /// Rows: F2
    async fn a_past_or_far_date_is_refused_with_what_to_do(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for (when, words) in [
            ("2026-01-01 10:00", "Choose"),
            ("2029-01-01 10:00", "Choose"),
            ("2028-02-01 10:00", "The programme ends on 2028-01-03"),
            ("tomorrow", "What time on that day?"),
            ("someday", "Type"),
            ("tomorrow 25:00", "Type it as 15:00"),
        ] {
            has(&bot.says("grace", &format!("/mentor meetup move when=\"{when}\"")).await, words);
        }
        has(&bot.says("grace", "/mentor meetup move").await, "When should it be instead?");
        has(&bot.press("grace", "New date and time: 2027-01-15 10:00").await, "Moved to Fri 15 Jan 2027, 10:00");
    }
}
