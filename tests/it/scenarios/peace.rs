//! Peace of mind: everything that is sent can be held back or stopped, and nothing comes at a bad hour.

use roundtable::domain::civil::{Instant, Zone};
use roundtable::domain::nudges::is_muted;
use roundtable::domain::words::{NudgeKind, Topic};

use crate::harness::{Bot, days, has, hours, scenarios};

const SENT: &str = "SELECT count(*) FROM nudges n JOIN persons p ON p.id = n.person_id WHERE n.state = 'done' AND n.remote_id IS NOT NULL AND p.name = $1 AND n.kind = $2";

#[test]
fn every_kind_of_message_to_a_person_can_be_stopped_but_a_moved_or_cancelled_meetup() {
    for kind in NudgeKind::ALL.iter().filter(|kind| !kind.is_internal()) {
        let urgent = matches!(kind, NudgeKind::MeetupMoved | NudgeKind::MeetupCancelled);
        assert_eq!(is_muted("all", *kind), !urgent, "{kind}");
        if let Some(topic) = kind.topic() {
            assert!(is_muted(topic.as_str(), *kind), "{kind}");
        }
    }
    let topics: Vec<Topic> = NudgeKind::ALL.iter().filter_map(|kind| kind.topic()).collect();
    assert!(
        Topic::ALL.iter().all(|topic| *topic == Topic::All || topics.contains(topic)),
        "each topic stops something"
    );
}

scenarios! {
    /// Rows: F5
    async fn each_kind_of_nudge_stops_for_whoever_stopped_it_and_comes_back_when_taken_back(engine) {
        let mut bot = Bot::small_group(engine).await;
        for (who, topic) in [("ben", "check-ins"), ("cleo", "reminders"), ("dev", "pulses"), ("eva", "all"), ("grace", "starters")] {
            has(&bot.says(who, &format!("/mentor mute {topic}")).await, &format!("You stopped: {topic}"));
        }
        bot.advance(days(21)).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(20)).await;
        for (name, kind, some) in [
            ("Ben Brook", "meetup.need", false),
            ("Ben Brook", "meetup.reminder", true),
            ("Cleo Marsh", "meetup.reminder", false),
            ("Cleo Marsh", "meetup.need", true),
            ("Dev Rao", "pulse.invite", false),
            ("Dev Rao", "pulse.reminder", false),
            ("Dev Rao", "meetup.reminder", true),
            ("Eva Lind", "group.match", false),
            ("Eva Lind", "meetup.reminder", false),
            ("Eva Lind", "pulse.invite", false),
            ("Grace Hill", "starter.offer", false),
            ("Grace Hill", "meetup.reminder", true),
        ] {
            assert_eq!(bot.number(SENT, &[name, kind]).await > 0, some, "{name} {kind}");
        }
        // What moved still reaches somebody who stopped everything.
        bot.inbox("eva").await;
        bot.says("grace", "/mentor meetup cancel reason=travel").await;
        bot.advance(hours(12)).await;
        has(&bot.inbox("eva").await.join("\n"), "is called off");
        has(&bot.says("eva", "/mentor unmute all").await, "You stopped: nothing");
        bot.advance(days(60)).await;
        assert!(bot.number(SENT, &["Eva Lind", "meetup.reminder"]).await > 0);
    }

    /// Rows: C15, F5
    async fn a_snooze_holds_everything_ordinary_back_and_the_stale_is_never_sent(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        bot.inbox("ben").await;
        has(&bot.says("ben", "/mentor snooze").await, "No reason needed");
        has(&bot.press("ben", "4 weeks").await, "Ordinary messages wait until Tue 2 Feb 2027, 10:00");
        has(&bot.says("ben", "/mentor snooze").await, "You are snoozed until");
        bot.advance(days(27)).await;
        assert_eq!(bot.inbox("ben").await, Vec::<String>::new());
        assert!(bot.number("SELECT count(*) FROM nudges WHERE state = 'skipped' AND reason LIKE '%the person snoozed%'", &[]).await > 0);
        bot.says("grace", "/mentor meetup move when=\"2027-02-04 14:00\"").await;
        has(&bot.inbox("ben").await.join("\n"), "has moved");
        has(&bot.says("ben", "/mentor snooze off").await, "I write to you: 10:00 to 16:00");
        bot.advance(days(3)).await;
        assert!(!bot.inbox("ben").await.is_empty());
    }

    /// Rows: C15
    async fn quiet_hours_hold_even_a_moved_meetup_and_sending_hours_hold_the_rest(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for who in ["ben", "cleo"] {
            bot.inbox(who).await;
        }
        has(&bot.says("ben", "/mentor quiet 9:00-18:00").await, "Quiet hours: 09:00 to 18:00");
        // Tuesday 09:00 UTC is 10:00 for Ben and 9:00 for Cleo.
        bot.says("grace", "/mentor meetup move when=\"2027-01-14 14:00\"").await;
        has(&bot.inbox("cleo").await.join("\n"), "has moved");
        bot.advance(hours(7)).await;
        assert_eq!(bot.inbox("ben").await, Vec::<String>::new());
        bot.advance(hours(2)).await;
        has(&bot.inbox("ben").await.join("\n"), "has moved");
        has(&bot.says("ben", "/mentor quiet off").await, "Quiet hours: none");
        for wrong in ["always", "25:00-8:00", "9-9"] {
            has(&bot.says("ben", &format!("/mentor quiet {wrong}")).await, "Write it as 18:00-08:00, or off");
        }
    }

    /// Rows: C15, F5
    async fn ordinary_messages_come_in_each_persons_own_working_hours(engine) {
        let mut bot = Bot::published(engine).await;
        bot.advance(days(60)).await;
        let rows = bot.pairs(
            "SELECT p.zone || ' ' || n.kind, n.done_at FROM nudges n JOIN persons p ON p.id = n.person_id WHERE n.state = 'done' AND n.remote_id IS NOT NULL",
            &[],
        ).await;
        assert!(rows.len() > 100, "{}", rows.len());
        for (zone, at) in rows {
            let (zone, kind) = zone.split_once(' ').expect("two words");
            let local = Zone::parse(zone).expect("a zone").civil(Instant::from_micros(at));
            let hour = local.hour();
            assert!((10..16).contains(&hour) && local.weekday().to_monday_zero_offset() < 5, "{kind} at {local} in {zone}");
        }
    }

    /// Rows: C15
    async fn what_was_held_back_says_why_to_staff(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.says("ben", "/mentor mute reminders").await;
        bot.says("cleo", "/mentor snooze 4 weeks").await;
        bot.advance(days(12)).await;
        let health = bot.says("ada", "/mentor admin health").await;
        has(&health, "the person stopped messages of this kind");
        has(&health, "the person snoozed");
        has(&health, "Nothing is late");
        // Staff learn what was held back, not whose it was.
        assert!(health.lines().filter(|line| line.contains(" | ")).all(|line| !line.contains("Ben") && !line.contains("Cleo")), "{health}");
    }

    /// Rows: C15, C32
    async fn hours_that_make_no_sense_are_refused_with_an_example(engine) {
        let mut bot = Bot::small(engine).await;
        for (field, value, words) in [
            ("availability", "25:00", "  ! "),
            ("availability", "mon-fri 25:00-26:00", "  ! "),
            ("availability", "mon 12:00-9:00", "  ! "),
            ("zone", "Mars/Olympus", "  ! "),
            ("zone", "Europe/Berln", "Europe/Berlin"),
            ("languages", "klingonian", "Use two letters"),
            ("manager", "Nobody At All", "I know nobody by the name"),
            ("manager", "Ben Brook", "You cannot be your own manager"),
        ] {
            let form = bot.says("ben", &format!("/mentor profile {field}=\"{value}\"")).await;
            has(&form, words);
            has(&form, value);
        }
        has(&bot.says("ben", "/mentor zone Europe/Berln").await, "Europe/Berlin");
        has(&bot.says("ben", "/mentor snooze someday").await, "Type something like");
        has(&bot.says("ben", "/mentor snooze 2026-01-01").await, "Choose a later day");
        assert_eq!(bot.texts("SELECT zone FROM persons WHERE name = 'Ben Brook'", &[]).await, ["Europe/Berlin"]);
    }

    /// Rows: C15
    async fn whoever_moves_to_another_zone_is_written_to_in_the_new_one(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        has(&bot.says("ben", "/mentor zone America/Los_Angeles").await, "It is Tuesday, 01:00 there now");
        let after = bot.now().as_micros();
        bot.advance(days(30)).await;
        let sent = bot.numbers("SELECT n.done_at FROM nudges n JOIN persons p ON p.id = n.person_id WHERE p.name = 'Ben Brook' AND n.state = 'done' AND n.remote_id IS NOT NULL ORDER BY n.done_at", &[]).await;
        let zone = Zone::parse("America/Los_Angeles").expect("a zone");
        let later: Vec<i8> = sent.iter().filter(|at| **at > after).map(|at| zone.civil(Instant::from_micros(*at)).hour()).collect();
        assert!(later.len() >= 3 && later.iter().all(|hour| (10..16).contains(hour)), "{later:?}");
    }
}
