//! Starters: three choices with reasons, and a group that is led into depth.

use roundtable::domain::starters::{AnsweredBy, Choice, Phase, Reason, Stance, Starter};

use super::PARTICIPANTS;
use crate::harness::{Bot, days, has, lacks, library, scenarios};

const CHOICES: &str = "SELECT o.choices FROM starter_offers o JOIN meetups m ON m.id = o.meetup_id ORDER BY m.starts_at, o.meetup_id";

fn choices(json: &str) -> Vec<Choice> {
    serde_json::from_str(json).expect("choices")
}

fn starter(choice: &Choice) -> Starter {
    library().library.starter(&choice.starter).expect("on the shelf").clone()
}

scenarios! {
    /// Rows: F3, D13
    async fn before_each_meetup_the_mentor_chooses_among_three_with_reasons_and_a_hint(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(7)).await;
        let offer = bot.inbox("grace").await.into_iter().find(|m| m.contains("Starters for your next meetup")).expect("an offer");
        for part in ["1. ", "2. ", "3. ", "[Pick 1]", "[Pick 3]", "[My own question]", "[None this time]", "elongs to this stage"] {
            has(&offer, part);
        }
        let made = choices(&bot.texts(CHOICES, &[]).await[0]);
        assert_eq!(made.len(), 3);
        for choice in &made {
            has(&offer, starter(choice).stance.hint());
            has(&offer, &starter(choice).text);
            assert!(!choice.reasons.is_empty());
        }
        for who in PARTICIPANTS {
            lacks(&bot.inbox(who).await.join("\n"), "Starters for");
        }
        let second = starter(&made[1]).text;
        has(&bot.press("grace", "Pick 2").await, &second);
        bot.advance(days(1)).await;
        let room = bot.group_room("ben").await;
        has(&bot.room("ben", &room).await.join("\n"), &second);
        has(&bot.press("grace", "Pick 1").await, "Your group has the question already");
    }

    /// Rows: F3
    async fn silence_means_the_first_one_and_none_means_none(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(8)).await;
        let first = starter(&choices(&bot.texts(CHOICES, &[]).await[0])[0]).text;
        let room = bot.group_room("ben").await;
        has(&bot.room("ben", &room).await.join("\n"), &first);
        bot.advance(days(20)).await;
        has(&bot.press("grace", "None this time").await, "No starter this time");
        bot.advance(days(3)).await;
        lacks(&bot.room("ben", &room).await.join("\n"), "A question to think about");
    }

    /// Rows: F3
    async fn a_mentor_may_bring_an_own_question_and_ban_a_starter_for_good(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(7)).await;
        let banned = choices(&bot.texts(CHOICES, &[]).await[0])[0].starter.clone();
        bot.says("grace", "/mentor starter never 1").await;
        bot.press("grace", "My own question").await;
        bot.fill("grace", &[("question", "What did you learn last week?")]).await;
        has(&bot.says("grace", "/mentor starter show").await, "You bring your own question");
        bot.advance(days(1)).await;
        let room = bot.group_room("ben").await;
        has(&bot.room("ben", &room).await.join("\n"), "What did you learn last week?");
        bot.advance(days(356)).await;
        let later = bot.texts(CHOICES, &[]).await;
        assert!(later.len() > 10);
        assert!(later.iter().flat_map(|json| choices(json)).all(|choice| choice.starter != banned));
        has(&bot.says("grace", "/mentor starter pick 9").await, "/mentor");
    }

    /// Rows: A28, F3, D11
    async fn the_first_questions_are_light_and_depth_comes_with_time_and_nothing_is_heard_twice(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(364)).await;
        let offers: Vec<Vec<Starter>> = bot.texts(CHOICES, &[]).await.iter().map(|json| choices(json).iter().map(starter).collect()).collect();
        assert!(offers.len() >= 11, "{}", offers.len());
        assert!(offers[0].iter().all(|s| s.phase == Phase::Acquaint && s.depth.level() == 1), "{:?}", offers[0]);
        let depth = |part: &[Vec<Starter>]| {
            let all: Vec<f64> = part.iter().flatten().map(|s| f64::from(s.depth.level())).collect();
            all.iter().sum::<f64>() / f64::from(u32::try_from(all.len()).expect("a few"))
        };
        let third = offers.len() / 3;
        let (early, late) = (depth(&offers[..third]), depth(&offers[offers.len() - third..]));
        let each: Vec<f64> = offers.iter().map(|offer| depth(std::slice::from_ref(offer))).collect();
        assert!(late > early + 0.2, "early {early:.2}, late {late:.2}: {each:.1?}");
        assert!(offers[..2].iter().flatten().all(|s| s.depth.level() < 3), "nothing raw before people know each other");
        assert!(offers.iter().flatten().any(|s| s.depth.level() == 3));
        assert!(offers.last().expect("a last one").iter().any(|s| s.phase == Phase::Closing));
        assert!(offers.iter().flatten().any(|s| s.stance == Stance::Tell), "a mentor is asked for stories");
        let heard = bot.texts("SELECT starter_id FROM starters_heard ORDER BY starter_id", &[]).await;
        let distinct: std::collections::BTreeSet<&String> = heard.iter().collect();
        assert!(heard.len() >= 11 && distinct.len() == heard.len(), "{heard:?}");
    }

    /// Rows: C31
    async fn what_members_need_bends_the_choice(engine) {
        let mut bot = Bot::small_group(engine).await;
        // The fourth meetup: challenges are open by then.
        let fourth = bot.numbers("SELECT starts_at FROM meetups ORDER BY starts_at", &[]).await[3];
        bot.advance_to(roundtable::domain::civil::Instant::from_micros(fourth).minus_hours(54)).await;
        let asked = bot.inbox("ben").await.join("\n");
        has(&asked, "What do you need this time?");
        has(&asked, "Your mentor sees topics, not names");
        for who in ["ben", "cleo", "eva"] {
            has(&bot.press(who, "Pick a topic: Workload and priorities").await, "Noted");
        }
        bot.press("dev", "Nothing special").await;
        assert_eq!(bot.texts("SELECT DISTINCT theme FROM meetup_needs", &[]).await, ["workload"]);
        bot.inbox("grace").await;
        bot.advance(days(2)).await;
        let offer = bot.inbox("grace").await.join("\n");
        has(&offer, "its 3 recent challenges: workload and priorities");
        let made = choices(bot.texts(CHOICES, &[]).await.last().expect("an offer"));
        assert!(made.iter().any(|c| c.reasons.iter().any(|r| matches!(r, Reason::FitsChallenge { .. })) && starter(c).themes.iter().any(|t| t == "workload")));
        for name in ["Ben", "Cleo", "Eva"] {
            lacks(&offer, name);
        }
    }

    /// Rows: C31
    async fn a_need_is_noted_for_the_meetup_it_was_asked_about(engine) {
        let mut bot = Bot::demo(engine).await;
        // Gideon mentors one group and learns in another; the question comes from the one he learns in.
        bot.says("marta", "/mentor program settings pathways smallest=3 largest=3").await;
        bot.says("marta", "/mentor groups preview pathways").await;
        bot.says("marta", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        let asked = bot.texts("SELECT g.id FROM groups g JOIN members m ON m.group_id = g.id JOIN persons p ON p.id = m.person_id WHERE p.name = 'Gideon Marsh' AND m.role = 'participant'", &[]).await;
        // His other group meets sooner.
        bot.meddle("UPDATE meetups SET starts_at = starts_at + 172800000000 WHERE number = 1 AND group_id = $1", &[&asked[0]]).await;
        let meetup = bot.texts("SELECT id FROM meetups WHERE number = 1 AND group_id = $1", &[&asked[0]]).await.remove(0);
        bot.says("gideon", &format!("/mentor meetup need meetup={meetup}")).await;
        bot.press("gideon", "Pick a topic: Isolation and support").await;
        assert_eq!(bot.texts("SELECT m.group_id FROM meetup_needs n JOIN meetups m ON m.id = n.meetup_id", &[]).await, asked);
    }

    /// Rows: D10, D12
    async fn a_group_in_coach_mode_gets_questions_and_no_advice(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(120)).await;
        has(&bot.says("grace", "/mentor meetup schedule mode=coach").await, "Saved");
        assert_eq!(bot.texts("SELECT mode FROM groups", &[]).await, ["coach"]);
        let before = bot.texts(CHOICES, &[]).await.len();
        bot.advance(days(240)).await;
        let offers: Vec<Starter> = bot.texts(CHOICES, &[]).await[before..].iter().flat_map(|json| choices(json)).map(|c| starter(&c)).collect();
        assert!(offers.len() >= 15, "{}", offers.len());
        for starter in &offers {
            assert_eq!(starter.stance, Stance::Ask, "{}", starter.text);
            assert!(starter.text.trim_end().ends_with('?'), "{}", starter.text);
            assert_ne!(starter.answered_by, AnsweredBy::Mentor, "{}", starter.text);
        }
    }
}
