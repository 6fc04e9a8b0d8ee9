//! How often groups meet, who leads, and about what.

use std::collections::BTreeSet;

use super::PARTICIPANTS;
use crate::harness::{Bot, days, has, lacks, scenarios};

const TIMES: &str = "SELECT starts_at FROM meetups WHERE state = 'planned' ORDER BY starts_at";

/// Whole days between neighbours, a changed clock rounded away.
fn gaps(times: &[i64]) -> BTreeSet<i64> {
    times.windows(2).map(|w| (w[1] - w[0] + 43_200_000_000) / 86_400_000_000).collect()
}

scenarios! {
    /// Rows: C35, F2
    async fn a_group_can_meet_fortnightly_monthly_or_quarterly(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for (words, count, least, most) in [
            ("fortnightly on tuesday at 14:00", 24..=27, 14, 14),
            ("first tuesday at 14:00", 11..=13, 28, 35),
            ("quarterly on the first tuesday at 14:00", 3..=5, 84, 98),
        ] {
            let set = bot.says("grace", &format!("/mentor meetup schedule cadence=\"{words}\"")).await;
            has(&set, "Group 1 meets");
            let times = bot.numbers(TIMES, &[]).await;
            assert!(count.contains(&times.len()), "{words}: {}", times.len());
            // The first one may come early, so that nobody waits for months.
            let regular = gaps(&times[1..]);
            assert!(regular.iter().all(|gap| (least..=most).contains(gap)), "{words}: {regular:?}");
            assert_eq!(bot.number("SELECT count(*) FROM meetups WHERE state = 'planned' AND closing = 1", &[]).await, 1);
        }
    }

    /// Rows: C35
    async fn the_bare_words_for_a_rhythm_work_wherever_a_rhythm_is_asked_for(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for words in ["weekly", "fortnightly", "monthly", "quarterly"] {
            has(&bot.says("ada", &format!("/mentor program settings pathways cadence={words}")).await, "saved");
            has(&bot.says("grace", &format!("/mentor meetup schedule cadence={words}")).await, "Group 1 meets");
        }
    }

    /// Rows: C35
    async fn a_rhythm_that_never_comes_or_has_no_date_left_is_refused(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let before = bot.numbers(TIMES, &[]).await;
        for words in ["on the 31st of february at 10:00", "fifth purpleday at 9:00", "every 0 weeks on monday at 9:00", "first tuesday at 25:00", ""] {
            let refused = bot.says("grace", &format!("/mentor meetup schedule minutes=60 cadence=\"{words}\"")).await;
            if words.is_empty() {
                continue;
            }
            lacks(&refused, "Group 1 meets");
            has(&refused, "  ! ");
            lacks(&bot.says("ada", &format!("/mentor program settings pathways cadence=\"{words}\"")).await, "saved");
        }
        bot.advance(days(361)).await;
        let late = bot.says("grace", "/mentor meetup schedule cadence=\"quarterly on the first tuesday at 14:00\"").await;
        has(&late, "no date left before the programme ends");
        has(&late, "Choose a denser one");
        assert_eq!(bot.numbers(TIMES, &[]).await, before, "a refusal takes nothing away");
    }

    /// Rows: F2
    async fn holidays_of_the_chosen_calendar_are_kept_free(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        // 2027: Easter Monday is 29 March, Whit Monday 17 May.
        let mondays = "/mentor meetup schedule cadence=\"weekly on monday at 14:00\" zone=Europe/Berlin";
        let held = |slots: Vec<String>, day: &str| slots.iter().any(|slot| slot.starts_with(day));
        let slots = "SELECT slot FROM meetups WHERE state = 'planned'";
        bot.says("grace", mondays).await;
        assert!(held(bot.texts(slots, &[]).await, "2027-03-29"));
        has(&bot.says("ada", "/mentor program settings pathways holidays=\"international, de\"").await, "saved");
        bot.says("grace", &mondays.replace("14:00", "15:00")).await;
        let planned = bot.texts(slots, &[]).await;
        assert!(!held(planned.clone(), "2027-03-29") && !held(planned.clone(), "2027-05-17"), "{planned:?}");
        assert!(held(planned, "2027-04-05"));
        let unknown = bot.says("ada", "/mentor program settings pathways holidays=atlantis").await;
        lacks(&unknown, "saved");
        has(&unknown, "atlantis");
    }

    /// Rows: F2
    async fn a_rhythm_set_again_takes_a_new_calendar_into_account(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let mondays = "/mentor meetup schedule cadence=\"weekly on monday at 14:00\" zone=Europe/Berlin";
        bot.says("grace", mondays).await;
        bot.says("ada", "/mentor program settings pathways holidays=de").await;
        bot.says("grace", mondays).await;
        let slots = bot.texts("SELECT slot FROM meetups WHERE state = 'planned'", &[]).await;
        assert!(slots.len() > 40 && !slots.iter().any(|slot| slot.starts_with("2027-03-29")), "Easter Monday is free");
    }

    /// Rows: C36
    async fn each_meetup_has_a_theme_of_its_own(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for words in ["first tuesday at 14:00", "every 3 weeks on tuesday at 14:00"] {
            bot.says("grace", &format!("/mentor meetup schedule cadence=\"{words}\"")).await;
            let themes = bot.texts("SELECT theme FROM meetups WHERE state = 'planned' ORDER BY starts_at", &[]).await;
            assert!(themes.len() >= 11 && themes.iter().all(|theme| !theme.is_empty()), "{themes:?}");
            assert_eq!(themes.iter().collect::<BTreeSet<_>>().len(), themes.len(), "no theme twice: {themes:?}");
        }
        has(&bot.says("ben", "/mentor meetup next").await, "Theme: ");
    }

    /// Rows: C37, C38
    async fn the_mentor_the_participants_in_turn_or_everybody_together_can_lead(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let hosts = "SELECT COALESCE(p.name, '-') FROM meetups m LEFT JOIN persons p ON p.id = m.host_id WHERE m.state = 'planned' ORDER BY m.starts_at";
        assert!(bot.texts(hosts, &[]).await.iter().all(|host| host == "-"));
        let set = "/mentor meetup schedule cadence=\"first tuesday at 14:00\" place=\"Room 4\" lead=";
        bot.says("grace", &format!("{set}rotating")).await;
        let rotating = bot.texts(hosts, &[]).await;
        let distinct: BTreeSet<&String> = rotating.iter().collect();
        assert_eq!(distinct.len(), PARTICIPANTS.len(), "{rotating:?}");
        assert!(rotating.windows(2).all(|w| w[0] != w[1]), "{rotating:?}");
        // Whoever hosts may decide about the own meetup, and only about that.
        let host = PARTICIPANTS.into_iter().find(|who| rotating[0].to_lowercase().starts_with(who)).expect("a host");
        let other = PARTICIPANTS.into_iter().find(|who| *who != host).expect("another");
        has(&bot.says(other, "/mentor starter show").await, "Only the mentor, this meetup's host");
        has(&bot.says(host, "/mentor starter show").await, "Starters for your next meetup");
        bot.advance(days(1)).await;
        let room = bot.group_room("ben").await;
        let card = bot.room("ben", &room).await.pop().expect("a card");
        has(&card, &format!("Led by: {}", rotating[0]));
        has(&card, "Place: Room 4");
        bot.says("grace", &format!("{set}shared")).await;
        assert!(bot.texts(hosts, &[]).await.iter().all(|host| host == "-"));
        bot.advance(days(20)).await;
        has(&bot.room("ben", &room).await.join("\n"), "everybody together");
    }
}
