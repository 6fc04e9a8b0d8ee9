//! Pausing, resuming and ending a program.

use super::PARTICIPANTS;
use crate::harness::{Bot, days, has, hours, lacks, scenarios};

scenarios! {
    /// Rows: A1
    async fn a_pause_sends_nothing_and_resuming_sends_only_what_is_still_of_use(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        for who in PARTICIPANTS {
            bot.inbox(who).await;
        }
        let room = bot.group_room("ben").await;
        bot.room("ben", &room).await;
        has(&bot.says("ada", "/mentor program pause pathways reason=holidays").await, "is paused");
        bot.advance(days(40)).await;
        for who in PARTICIPANTS {
            assert_eq!(bot.inbox(who).await, Vec::<String>::new());
        }
        assert_eq!(bot.room("ben", &room).await, Vec::<String>::new());
        has(&bot.says("ada", "/mentor program pause pathways").await, "is paused, not open");
        has(&bot.says("ada", "/mentor program resume pathways").await, "goes on");
        bot.advance(days(1)).await;
        for who in PARTICIPANTS {
            let told = bot.inbox(who).await;
            assert!(told.len() <= 1, "{told:?}");
            lacks(&told.join("\n"), "Meetup 1 ");
        }
        bot.advance(days(25)).await;
        has(&bot.inbox("ben").await.join("\n"), "Will you come?");
        has(&bot.says("ada", "/mentor admin health").await, "Reason: holidays");
    }

    /// Rows: A1, F1
    async fn after_the_end_nothing_is_sent_and_every_button_says_so(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(7)).await;
        let buttons = [("ben", "I will come"), ("cleo", "Answer"), ("grace", "Pick 1"), ("dev", "Not this time")];
        let mut found = Vec::new();
        for (who, label) in buttons {
            found.push((who, label, bot.button(who, label).await.unwrap_or_else(|| panic!("{who} has no {label}"))));
        }
        for who in PARTICIPANTS {
            bot.inbox(who).await;
        }
        has(&bot.says("ada", "/mentor program close pathways").await, "This cannot be taken back");
        has(&bot.press("ada", "End the programme").await, "has ended");
        for (who, label, (room, post, command)) in &found {
            let reply = bot.press_at(who, room, post, command).await;
            for effect in ["You will come", "Noted", "# Pulse", "Your group gets", "Thank you"] {
                lacks(&format!("{who} {label}: {reply}"), effect);
            }
            lacks(&reply, "Something broke");
        }
        lacks(&bot.says("ben", "/mentor meetup need workload").await, "Noted");
        assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 0);
        assert_eq!(bot.number("SELECT count(*) FROM meetup_needs", &[]).await, 0);
        bot.advance(days(200)).await;
        for who in PARTICIPANTS {
            assert_eq!(bot.inbox(who).await, Vec::<String>::new());
        }
        has(&bot.says("ada", "/mentor program close pathways yes").await, "has ended already");
        has(&bot.says("ada", "/mentor program settings pathways minutes=30").await, "nothing was changed");
        has(&bot.says("ben", "/mentor join pathways").await, "has ended");
        let shown = bot.says("ada", "/mentor groups show pathways").await;
        has(&shown, "Mentor: Grace Hill");
        has(&shown, "Ended: ");
        lacks(&shown, "Next meetup");
        has(&bot.says("ada", "/mentor program show pathways").await, "0 groups, and 1 that ended");
    }

    /// Rows: F4
    async fn ending_a_program_closes_its_open_pulse_so_that_the_results_stay(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.advance(days(1)).await;
        bot.press("ben", "Answer").await;
        bot.fill("ben", &[("p1", "5")]).await;
        bot.says("ada", "/mentor program close pathways yes").await;
        bot.advance(days(30)).await;
        assert_eq!(bot.texts("SELECT state FROM waves WHERE number = 1", &[]).await, ["closed"]);
        has(&bot.says("ada", "/mentor pulse results pathways").await, "Pulse 1 of Pathways");
        lacks(&bot.says("cleo", "/mentor inbox").await, "waits for your answer");
    }

    /// Rows: A1
    async fn a_program_that_ends_earlier_loses_the_meetups_after_its_end(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        has(&bot.says("ada", "/mentor program settings pathways ends=2027-09-30").await, "saved");
        let last = jiff::civil::date(2027, 9, 30).at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp().as_microsecond();
        let after = bot.numbers("SELECT starts_at FROM meetups WHERE state = 'planned' ORDER BY starts_at DESC", &[]).await;
        assert!(after[0] <= last, "no meetup is booked after the last day");
        assert_eq!(bot.numbers("SELECT closing FROM meetups WHERE state = 'planned' ORDER BY starts_at DESC", &[]).await[0], 1);
    }

    /// Rows: A1
    async fn a_draft_is_open_to_nobody_and_opening_twice_is_told(engine) {
        let mut bot = Bot::empty(engine).await;
        bot.add("Ada Stone", "Council", "Europe/Berlin").await;
        bot.add("Ben Brook", "South Rail", "Europe/Berlin").await;
        bot.says("ada", "/mentor program create").await;
        let made = bot.fill("ada", &[("name", "Pathways"), ("slug", "pathways"), ("goal", "Fill two posts")]).await;
        has(&made, "It is a draft");
        has(&bot.says("ben", "/mentor join pathways").await, "is open here yet");
        has(&bot.says("ben", "/mentor program show").await, "is open here yet");
        has(&bot.says("ada", "/mentor groups preview").await, "nothing was changed");
        has(&bot.says("ada", "/mentor program create name=Other slug=pathways goal=G").await, "This short name is taken");
        has(&bot.says("ada", "/mentor program create name=Other slug=\"No Good\" goal=G").await, "small letters, digits and dashes");
        // On Slack the button went with the window that it was in.
        let opened = match bot.button("ada", "Open it").await {
            Some((room, post, command)) => bot.press_at("ada", &room, &post, &command).await,
            None => bot.says("ada", "/mentor program open pathways").await,
        };
        has(&opened, "is open");
        has(&bot.says("ada", "/mentor program open pathways").await, "already");
        has(&bot.says("ben", "/mentor join pathways").await, "Our charter");
        bot.advance(hours(1)).await;
    }
}
