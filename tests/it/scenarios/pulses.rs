//! Pulses: planned on the first day, asked kindly, shown only when closed and only in numbers.

use super::PARTICIPANTS;
use crate::harness::{Bot, days, has, hours, lacks, scenarios};

const INVITED: &str = "SELECT count(*) FROM nudges WHERE kind = 'pulse.invite' AND state = 'done'";

scenarios! {
    /// Rows: B39
    async fn a_program_with_fewer_than_two_pulses_a_year_or_too_short_for_them_is_refused(engine) {
        let mut bot = Bot::empty(engine).await;
        bot.add("Ada Stone", "Council", "Europe/Berlin").await;
        let create = "/mentor program create name=P slug=pp goal=G starts=2027-01-04 zone=Europe/Berlin";
        let one = bot.says("ada", &format!("{create} ends=2028-01-03 waves=1")).await;
        has(&one, "asks for feedback at least twice a year. Set waves to 2 or more.");
        let many = bot.says("ada", &format!("{create} ends=2028-01-03 waves=9")).await;
        has(&many, "Set waves to 2 or 3");
        let short = bot.says("ada", &format!("{create} ends=2027-03-31 waves=2")).await;
        has(&short, "need a programme of at least");
        has(&short, "2027-");
        let backwards = bot.says("ada", &format!("{create} ends=2026-12-31 waves=2")).await;
        has(&backwards, "before the first");
        assert_eq!(bot.number("SELECT count(*) FROM programs", &[]).await, 0);
        bot.fill("ada", &[("ends", "2028-01-03")]).await;
        assert_eq!(bot.number("SELECT count(*) FROM programs", &[]).await, 1);
        has(&bot.says("ada", "/mentor program settings pp waves=1").await, "  ! ");
        has(&bot.says("ada", "/mentor program settings pp ends=2027-02-01").await, "  ! ");
    }

    /// Rows: B39, F4
    async fn the_dates_stand_on_the_first_day_and_staff_are_warned_twice_for_each(engine) {
        let mut bot = Bot::small(engine).await;
        assert_eq!(bot.number("SELECT count(*) FROM waves", &[]).await, 2);
        let opens = bot.numbers("SELECT opens_at FROM waves ORDER BY number", &[]).await;
        bot.advance(days(366)).await;
        let warned = bot.numbers("SELECT done_at FROM nudges WHERE kind = 'pulse.warning' AND state = 'done' ORDER BY done_at", &[]).await;
        assert_eq!(warned.len(), 4);
        for (wave, warning, ahead) in [(0, 0, 60), (0, 1, 30), (1, 2, 60), (1, 3, 30)] {
            let before = (opens[wave] - warned[warning]) / 86_400_000_000;
            assert!((ahead - 4..=ahead).contains(&before), "{before} days, not {ahead}: only a weekend may lie between");
        }
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Pulse 1 of Pathways is coming");
        has(&told, "It must open by");
    }

    /// Rows: B39
    async fn dates_that_are_changed_and_changed_back_still_open_the_pulse(engine) {
        let mut bot = Bot::small(engine).await;
        let before = bot.texts("SELECT opens_on FROM waves ORDER BY number", &[]).await;
        has(&bot.says("ada", "/mentor program settings pathways ends=2027-11-30").await, "saved");
        assert_ne!(bot.texts("SELECT opens_on FROM waves ORDER BY number", &[]).await, before);
        has(&bot.says("ada", "/mentor program settings pathways ends=2028-01-03").await, "saved");
        assert_eq!(bot.texts("SELECT opens_on FROM waves ORDER BY number", &[]).await, before);
        bot.advance(days(366)).await;
        assert_eq!(bot.texts("SELECT state FROM waves ORDER BY number", &[]).await, ["closed", "closed"]);
    }

    /// Rows: B39
    async fn fewer_pulses_take_the_third_one_away(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor program settings pathways waves=3").await, "saved");
        has(&bot.says("ada", "/mentor program show pathways").await, "Pulse 3:");
        has(&bot.says("ada", "/mentor program settings pathways waves=2").await, "saved");
        lacks(&bot.says("ada", "/mentor program show pathways").await, "Pulse 3:");
    }

    /// Rows: F4
    async fn an_answer_stops_the_reminders_and_nobody_gets_more_than_two(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(1)).await;
        assert_eq!(bot.number(INVITED, &[]).await, 5);
        has(&bot.inbox("ben").await.join("\n"), "I know that you answered, but not what");
        bot.press("ben", "Answer").await;
        has(&bot.fill("ben", &[("p1", "4"), ("o1", "Longer meetups")]).await, "Thank you");
        has(&bot.press("cleo", "Not this time").await, "I will not ask again in this pulse");
        bot.advance(days(20)).await;
        let reminded = |name: &'static str| ("SELECT count(*) FROM nudges n JOIN persons p ON p.id = n.person_id WHERE n.kind = 'pulse.reminder' AND n.state = 'done' AND p.name = $1", name);
        for (name, times) in [("Ben Brook", 0..=0), ("Cleo Marsh", 0..=0), ("Dev Rao", 1..=2), ("Eva Lind", 1..=2), ("Grace Hill", 2..=2)] {
            let (sql, name) = reminded(name);
            let got = bot.number(sql, &[name]).await;
            assert!(times.contains(&got), "{name} got {got}");
        }
        assert_eq!(bot.texts("SELECT state FROM waves WHERE number = 1", &[]).await, ["closed"]);
        has(&bot.says("dev", "/mentor pulse answer").await, "No pulse is open for you");
        has(&bot.press("dev", "Answer").await, "No pulse is open for you");
    }

    /// Rows: F4
    async fn a_form_filed_twice_counts_once(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(1)).await;
        bot.press("ben", "Answer").await;
        let command = bot.form("ben").expect("a form").command.clone();
        has(&bot.fill("ben", &[("p1", "5"), ("p2", "2")]).await, "Thank you");
        let again = bot.submit("ben", &command, &[("p1", "1")]).await;
        has(&again, "You have answered this pulse already");
        assert_eq!(bot.number("SELECT count(*) FROM pulse_answers", &[]).await, 2);
        has(&bot.submit("cleo", &command, &[]).await, "Nothing was filled in");
        has(&bot.submit("cleo", &command, &[("p1", "99")]).await, "  ! ");
        assert_eq!(bot.number("SELECT count(*) FROM pulse_answers", &[]).await, 2);
        // Someone who was not asked cannot answer.
        has(&bot.submit("ada", &command, &[("p1", "1")]).await, "No pulse is open for you");
    }

    /// Rows: F4
    async fn nothing_is_shown_before_it_closes_nor_for_fewer_than_five(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(1)).await;
        for who in PARTICIPANTS {
            bot.press(who, "Answer").await;
            bot.fill(who, &[("p1", "5"), ("o1", "A very telling sentence")]).await;
        }
        has(&bot.says("ada", "/mentor pulse results pathways").await, "nothing is shown before one closes");
        has(&bot.says("ada", "/mentor pulse close pathways").await, "is closed");
        let results = bot.says("ada", "/mentor pulse results pathways").await;
        lacks(&results, "A very telling sentence");
        lacks(&results, "5 answers");
        has(&results, "Scores are shown from five answers on");
        bot.says("ada", "/mentor role grant sponsor eva pathways").await;
        has(&bot.says("eva", "/mentor pulse results pathways").await, "Pulse 1 of Pathways");
        has(&bot.says("ben", "/mentor pulse results pathways").await, "Only the staff");
    }

    /// Rows: F4
    async fn who_answered_and_what_was_answered_share_no_key(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(1)).await;
        for who in PARTICIPANTS {
            bot.press(who, "Answer").await;
            bot.fill(who, &[("p1", "5"), ("p2", "4"), ("o1", "Something to find again")]).await;
        }
        let answers = bot.texts("SELECT id FROM pulse_answers ORDER BY id", &[]).await;
        assert_eq!(answers.len(), 12);
        let mut prefixes: Vec<&str> = answers.iter().map(|id| &id[..6]).collect();
        prefixes.dedup();
        assert_eq!(prefixes.len(), 12, "the names of answers hold no time");
        for sql in [
            "SELECT count(*) FROM inbound WHERE reply LIKE '%find again%'",
            "SELECT count(*) FROM playground_messages WHERE body LIKE '%find again%'",
            "SELECT count(*) FROM inbox WHERE body LIKE '%find again%'",
            "SELECT count(*) FROM audit WHERE reason LIKE '%find again%'",
            "SELECT count(*) FROM nudges WHERE note LIKE '%find again%'",
            "SELECT count(*) FROM pulse_answers a JOIN persons p ON p.id = a.item OR p.id = a.body OR p.id = a.id",
            "SELECT count(*) FROM pulse_answers a JOIN nudges n ON n.id = a.id",
            "SELECT count(*) FROM pulse_answers a JOIN inbound i ON i.delivery_id = a.id",
        ] {
            assert_eq!(bot.number(sql, &[]).await, 0, "{sql}");
        }
    }

    /// Rows: F4
    async fn a_pulse_asked_early_moves_nothing_twice_and_needs_distance(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor pulse close pathways").await, "No pulse is open");
        has(&bot.says("ada", "/mentor pulse open pathways").await, "Pulse 1 is open until");
        has(&bot.says("ada", "/mentor pulse open pathways").await, "A pulse is open already");
        bot.advance(days(15)).await;
        has(&bot.says("ada", "/mentor pulse open pathways").await, "less than 60 days ago");
        bot.advance(days(350)).await;
        assert_eq!(bot.number(INVITED, &[]).await, 10, "two waves, five people, once each");
    }

    /// Rows: F4
    async fn the_questions_can_be_looked_at_by_anybody_and_nothing_is_kept(engine) {
        let mut bot = Bot::small(engine).await;
        let form = bot.says("ben", "/mentor pulse preview").await;
        has(&form, "How satisfied are you with the way the programme is run?");
        has(&bot.fill("ben", &[("p1", "1")]).await, "Nothing was kept");
        has(&bot.says("ben", "/mentor pulse preview mentor").await, "Preview");
        assert_eq!(bot.number("SELECT count(*) FROM pulse_answers", &[]).await, 0);
    }

    /// Rows: F4, B39
    async fn a_pause_or_a_stop_over_a_whole_window_does_not_lose_the_pulse_silently(engine) {
        let mut bot = Bot::small(engine).await;
        let opens = bot.numbers("SELECT opens_at FROM waves ORDER BY number", &[]).await[0];
        bot.advance_to(roundtable::domain::civil::Instant::from_micros(opens).minus_hours(48)).await;
        bot.inbox("ada").await;
        bot.says("ada", "/mentor program pause pathways").await;
        bot.advance(days(30)).await;
        bot.says("ada", "/mentor program resume pathways").await;
        bot.advance(days(3) + hours(1)).await;
        let opened = bot.number("SELECT count(*) FROM waves WHERE number = 1 AND state <> 'planned'", &[]).await == 1;
        let told = bot.inbox("ada").await.join("\n");
        assert!(opened || told.contains("Pulse 1"), "it opens late, or staff hear that it did not: {told}");
    }
}
