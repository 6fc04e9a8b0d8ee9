//! One table of commands, three ways in: typing, pressing, filing.

use crate::harness::{Bot, days, has, lacks, scenarios};

scenarios! {
    /// Rows: F1
    async fn the_same_command_gives_the_same_reply_typed_pressed_and_filed(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let typed = bot.says("ben", "/mentor snooze 1 week").await;
        bot.says("ben", "/mentor snooze").await;
        assert_eq!(bot.press("ben", "1 week").await, typed);
        assert_eq!(bot.submit("ben", "snooze", &[("until", "1 week")]).await, typed);
        bot.says("ben", "/mentor snooze off").await;

        let typed = bot.says("ben", "/mentor meetup rsvp yes").await;
        assert_eq!(bot.press("ben", "I will come").await, typed);
        assert_eq!(bot.submit("ben", "meetup rsvp", &[("answer", "yes")]).await, typed);

        // The second time nothing is different.
        has(&bot.says("cleo", "/mentor profile industry=rail").await, "nothing → rail");
        let typed = bot.says("cleo", "/mentor profile industry=rail").await;
        lacks(&typed, "→");
        bot.says("cleo", "/mentor profile").await;
        assert_eq!(bot.fill("cleo", &[("industry", "rail")]).await, typed);

        let typed = bot.says("dev", "/mentor join pathways mentor").await;
        bot.add("Finn Oak", "Hill Works", "Europe/Berlin").await;
        bot.says("finn", "/mentor program show pathways").await;
        assert_eq!(bot.press("finn", "Join as a mentor").await, typed);
        assert_eq!(bot.submit("finn", "join", &[("program", "pathways"), ("role", "mentor")]).await, typed);

        // In the bot's own conversation the root may be left out.
        let whole = bot.says("ben", "/mentor zone").await;
        assert_eq!(bot.says_in("ben", "dm-ben", "zone").await, whole);
        assert_eq!(bot.says("ben", "/mentor   zone  ").await, whole);
    }

    /// Rows: F1
    async fn a_word_that_is_refused_when_typed_is_refused_when_filed(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let typed = bot.says("ben", "/mentor meetup rsvp banana").await;
        has(&typed, "does not fit answer");
        assert_eq!(bot.submit("ben", "meetup rsvp", &[("answer", "banana")]).await, typed);
        assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 0, "nothing was answered");
        let typed = bot.says("ben", "/mentor mute banana").await;
        assert_eq!(bot.submit("ben", "mute", &[("topic", "banana")]).await, typed);
        let typed = bot.says("ada", "/mentor role grant king ben pathways").await;
        assert_eq!(bot.submit("ada", "role grant", &[("role", "king"), ("person", "ben"), ("program", "pathways")]).await, typed);
        let typed = bot.says("ada", "/mentor program settings pathways industry=cheese").await;
        assert_eq!(bot.submit("ada", "program settings pathways", &[("industry", "cheese")]).await, typed);
    }

    /// Rows: F1, F5
    async fn a_missing_word_a_wrong_word_and_an_unknown_command_are_answered_with_help(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        has(&bot.says("ben", "/mentor metup next").await, "/mentor meetup next");
        has(&bot.says("ben", "/mentor pulse").await, "/mentor pulse answer");
        has(&bot.says("ben", "/mentor xyzzy").await, "/mentor help");
        has(&bot.says("ben", "/mentor meetup rsvp").await, "/mentor meetup rsvp <answer> [meetup]");
        has(&bot.says("ben", "/mentor meetup rsvp yess").await, "Did you mean yes?");
        has(&bot.says("ben", "/mentor glossary mentr").await, "/mentor glossary mentor");
        has(&bot.says("ben", "/mentor about extra").await, "I did not expect \"extra\"");
        has(&bot.says("ada", "/mentor program show pathway").await, "Use one of: pathways");
        has(&bot.says("ada", "/mentor role grant staff Nobody pathways").await, "I do not know anybody called");
        has(&bot.says("ben", "/mentor help join").await, "/mentor join [program] [role]");
        let asked = bot.says("ben", "/mentor profile name").await;
        has(&asked, "What should name be (your name)?");
        has(&asked, "/mentor profile name=…");
        assert_eq!(bot.number("SELECT count(*) FROM persons WHERE name = $1", &["Ben Brook"]).await, 1);
        let unknown = bot.says("ada", "/mentor program settings pathways larges=3").await;
        has(&unknown, "/mentor program settings has nothing called \"larges\". Did you mean largest?");
        has(&bot.says("ada", "/mentor program settings nonsense=3").await, "It takes program, smallest,");
        let near = bot.says("ada", "/mentor groups previw").await;
        has(&near, "I do not know \"groups previw\".");
        has(&near, "/mentor groups preview");
        lacks(&near, "/mentor groups circles");
        has(&bot.says("ada", "/mentor groups preview seed=99999999999999999999").await, "The largest number I can use is");
        has(&bot.says("ben", "/mentor help nonsense").await, "/mentor help");
        has(&bot.says("ben", "/mentor").await, "What you can do here");
    }

    /// Rows: F1
    async fn a_saved_profile_says_what_is_different_and_staff_name_somebody_alone(engine) {
        let mut bot = Bot::small(engine).await;
        let saved = bot.says("ben", "/mentor profile level=6 need=coach needs=\"Culture and politics\"").await;
        has(&saved, "Career level: Manager → CIO or equal");
        has(&saved, "Topics you want help with: Persuading stakeholders → Culture and politics");
        has(&saved, "What would help you most? Changed.");
        lacks(&saved, "Your employer");
        for words in ["ben", "\"Ben Brook\"", "ben pathways", "pathways ben"] {
            has(&bot.says("ada", &format!("/mentor role record {words}")).await, "The record of Ben Brook in Pathways");
        }
        has(&bot.says("ben", "/mentor role record ada").await, "There is no programme called \"ada\" here.");
    }

    /// Rows: D1
    async fn the_glossary_tells_mentor_and_coach_apart(engine) {
        let mut bot = Bot::small(engine).await;
        let all = bot.says("ben", "/mentor glossary").await;
        for word in ["mentor", "coach", "starter", "pulse"] {
            has(&all, &format!("/mentor glossary {word}"));
        }
        let (mentor, coach) = (bot.says("ben", "/mentor glossary mentor").await, bot.says("ben", "/mentor glossary coach").await);
        assert_ne!(mentor, coach);
        has(&mentor, "experience");
        has(&coach, "125 hours");
        has(&bot.says("ben", "/mentor glossary Coach").await, "125 hours");
    }

    /// Rows: F1
    async fn a_button_that_was_never_shown_cannot_be_pressed(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ben", "/mentor snooze").await;
        let (room, post, _) = bot.button("ben", "1 day").await.expect("a button");
        let refused = bot.press_at("ben", &room, &post, "leave pathways yes").await;
        has(&refused, "Look at the message again");
        assert_eq!(bot.number("SELECT count(*) FROM roles WHERE role = 'participant'", &[]).await, 4);
    }

    /// Rows: F5
    async fn the_inbox_lists_what_waits_and_empties_as_it_is_answered(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.add("Finn Oak", "Hill Works", "Europe/Berlin").await;
        has(&bot.says("finn", "/mentor inbox").await, "Nothing waits for you");
        bot.advance(days(1)).await;
        let waits = bot.says("ben", "/mentor inbox").await;
        has(&waits, "Meetup 1 of Group 1: will you come?");
        bot.press("ben", "I will come").await;
        lacks(&bot.says("ben", "/mentor inbox").await, "will you come?");
        bot.says("ada", "/mentor pulse open pathways").await;
        has(&bot.says("ben", "/mentor inbox").await, "Pulse 1 of Pathways waits for your answer");
        bot.press("ben", "Answer").await;
        bot.fill("ben", &[("p1", "4")]).await;
        has(&bot.says("ben", "/mentor inbox").await, "Nothing waits for you");
    }

    /// Rows: D1
    async fn what_the_texts_promise_is_a_command_that_exists(engine) {
        let mut bot = Bot::empty(engine).await;
        bot.add("Ada Stone", "Council", "Europe/Berlin").await;
        let about = bot.says("ada", "/mentor about").await;
        for (at, _) in about.match_indices(" command") {
            let word = about[..at].rsplit(' ').next().unwrap_or_default().trim_matches('"');
            if ["the", "a", "each", "any", "one"].contains(&word) {
                continue;
            }
            lacks(&bot.says("ada", &format!("/mentor {word}")).await, "I do not know");
        }
        has(&about, "Pulse answers");
    }
}
