//! Forming groups: what is never allowed, what staff may override, what everybody hears.

use crate::harness::{Bot, days, has, hours, lacks, scenarios};

const GROUP_OF: &str = "SELECT g.number FROM groups g JOIN members m ON m.group_id = g.id JOIN persons p ON p.id = m.person_id \
                        WHERE p.name = $1 AND m.left_at IS NULL ORDER BY g.number";

scenarios! {
    /// Rows: A3, A7, C4
    async fn every_group_has_a_mentor_and_peers_and_no_two_people_of_one_organisation(engine) {
        let mut bot = Bot::published(engine).await;
        bot.advance(days(1)).await;
        let doubles = bot.pairs(
            "SELECT p.organisation, count(*) FROM members m JOIN persons p ON p.id = m.person_id GROUP BY m.group_id, p.organisation HAVING count(*) > 1",
            &[],
        ).await;
        assert_eq!(doubles, []);
        let mentors = bot.numbers("SELECT count(*) FROM members WHERE role = 'mentor' GROUP BY group_id", &[]).await;
        let peers = bot.numbers("SELECT count(*) FROM members WHERE role = 'participant' GROUP BY group_id", &[]).await;
        let groups = usize::try_from(bot.number("SELECT count(*) FROM groups", &[]).await).expect("a count");
        assert!(groups >= 6, "{groups} groups");
        assert_eq!((mentors.len(), peers.len()), (groups, groups));
        assert!(mentors.iter().all(|n| *n == 1) && peers.iter().all(|n| (3..=5).contains(n)), "{mentors:?} {peers:?}");
        assert_eq!(peers.iter().sum::<i64>(), 24, "everybody has a place");
        let rooms = bot.room("nadia", &bot.group_room("nadia").await).await.join("\n");
        has(&rooms, "as mentor");
    }

    /// Rows: A7
    async fn staff_may_put_two_of_one_organisation_together_only_with_a_reason_that_is_kept(engine) {
        let mut bot = Bot::demo(engine).await;
        bot.says("marta", "/mentor program settings pathways smallest=2 largest=6").await;
        bot.says("marta", "/mentor groups preview pathways").await;
        // Ivo, Silas and Bram work for one bank; one of them moves to another's group.
        let before = bot.says("marta", "/mentor groups lock \"Silas Wake\" program=pathways").await;
        let target = group_with(&before, "Bram Holt");
        has(&before, "Silas Wake (Harbour Bank), kept");
        let free = bot.says("marta", "/mentor groups unlock \"Silas Wake\" pathways").await;
        has(&free, "Silas Wake (Harbour Bank)");
        lacks(&free, "Silas Wake (Harbour Bank), kept");
        bot.says("marta", "/mentor groups preview pathways fresh=yes").await;
        let refused = bot.says("marta", &format!("/mentor groups move \"Silas Wake\" {target} pathways")).await;
        has(&refused, "That would break a rule");
        has(&refused, "Choose another group");
        assert_eq!(bot.number("SELECT count(*) FROM audit WHERE act LIKE 'groups move%'", &[]).await, 0);
        let moved = bot.says("marta", &format!("/mentor groups move \"Silas Wake\" {target} pathways reason=\"They never worked together\"")).await;
        has(&moved, "Proposed groups");
        assert_eq!(group_with(&moved, "Silas Wake"), target);
        assert_eq!(bot.texts("SELECT reason FROM audit WHERE act LIKE 'groups move%'", &[]).await, ["They never worked together"]);
        has(&bot.says("marta", "/mentor admin health pathways").await, "Reason: They never worked together");
        has(&bot.says("marta", "/mentor groups publish pathways yes").await, "are real");
        bot.advance(days(1)).await;
        assert_eq!(bot.numbers(GROUP_OF, &["Silas Wake"]).await, bot.numbers(GROUP_OF, &["Bram Holt"]).await);
    }

    /// Rows: B12, A9
    async fn nobody_shares_a_group_with_somebody_of_their_reporting_line_not_even_with_a_reason(engine) {
        let mut bot = Bot::demo(engine).await;
        // Dario reports to Ivo, who reports to Anselm: a manager's manager.
        bot.says("dario", "/mentor profile manager=\"Ivo Tarn\"").await;
        let plan = bot.says("marta", "/mentor groups preview pathways").await;
        let (anselm, ivo, dario) = (group_with(&plan, "Anselm Brook"), group_with(&plan, "Ivo Tarn"), group_with(&plan, "Dario Lane"));
        assert_ne!(anselm, ivo);
        assert_ne!(anselm, dario);
        assert_ne!(ivo, dario);
        for (one, other) in [("Dario Lane", anselm), ("Anselm Brook", dario), ("Dario Lane", ivo)] {
            for reason in ["", " reason=\"We know better\""] {
                let refused = bot.says("marta", &format!("/mentor groups move \"{one}\" {other} pathways{reason}")).await;
                has(&refused, "That would break a rule");
                has(&refused, "in one reporting line");
            }
        }
        let locked = bot.says("marta", &format!("/mentor groups lock \"Dario Lane\" {anselm} pathways")).await;
        has(&locked, "in one reporting line");
        // A line that comes up after the proposal stops the publishing.
        let mate = bot.says("marta", "/mentor groups preview pathways").await;
        assert_eq!(group_with(&mate, "Anselm Brook"), anselm);
        bot.says("clara", "/mentor profile manager=\"Anselm Brook\"").await;
        let with_clara = group_with(&mate, "Clara Moss");
        let published = bot.says("marta", "/mentor groups publish pathways yes").await;
        if with_clara == anselm {
            has(&published, "in one reporting line");
        } else {
            has(&published, "are real");
        }
    }

    /// Rows: B12
    async fn staff_hear_of_a_reporting_line_that_appears_in_a_published_group(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        bot.inbox("ada").await;
        bot.says("ben", "/mentor profile manager=\"Grace Hill\"").await;
        bot.advance(days(2)).await;
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Ben Brook and Grace Hill are both in Group 1");
        has(&told, "find one of them another group");
        has(&told, "Propose a repair");
    }

    /// Rows: B12
    async fn staff_hear_of_a_line_over_a_manager_who_is_not_in_the_group(engine) {
        let mut bot = Bot::small(engine).await;
        bot.add("Mona Middle", "South Rail", "Europe/Berlin").await;
        bot.says("ben", "/mentor profile manager=\"Mona Middle\"").await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        bot.inbox("ada").await;
        // Now Grace, who mentors Ben, is his manager's manager.
        bot.says("mona", "/mentor profile manager=\"Grace Hill\"").await;
        bot.advance(days(2)).await;
        has(&bot.inbox("ada").await.join("\n"), "Ben Brook");
    }

    /// Rows: B12
    async fn staff_hear_of_a_line_again_when_it_comes_back(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        for round in 1..=2 {
            bot.inbox("ada").await;
            bot.says("ben", "/mentor profile manager=\"Grace Hill\"").await;
            bot.advance(days(3)).await;
            has(&(format!("round {round} ") + &bot.inbox("ada").await.join("\n")), "Ben Brook and Grace Hill");
            bot.says("ben", "/mentor profile manager=none").await;
            bot.advance(days(20)).await;
        }
    }

    /// Rows: C46
    async fn a_match_rests_on_interests_needs_and_hours_shows_its_reasons_and_waits_for_staff(engine) {
        let mut bot = Bot::demo(engine).await;
        let plan = bot.says("marta", "/mentor groups preview pathways").await;
        has(&plan, "Anselm Brook can help");
        has(&plan, "Several members care about");
        has(&plan, "hours a week");
        has(&plan, "Nobody has been told yet");
        bot.advance(days(2)).await;
        assert_eq!(bot.inbox("nadia").await, Vec::<String>::new());
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind LIKE 'group%'", &[]).await, 0);
        // The same seed gives the same groups; another one may give others.
        assert_eq!(bot.says("marta", "/mentor groups preview pathways 1").await, plan);
        has(&bot.says("marta", "/mentor groups publish pathways").await, "Publish 7 groups");
        assert_eq!(bot.number("SELECT count(*) FROM groups", &[]).await, 0, "asking is not publishing");
        bot.press("marta", "Publish now").await;
        bot.advance(days(1)).await;
        let told = bot.inbox("nadia").await.join("\n");
        has(&told, "You are in Group");
        has(&told, "Why this group");
        has(&told, "can help");
    }

    /// Rows: C47, A9, C32
    async fn on_match_day_the_room_has_guidelines_and_questions_and_is_closed_to_others(engine) {
        let mut bot = Bot::published(engine).await;
        bot.advance(hours(1)).await;
        let room = bot.group_room("nadia").await;
        assert!(room.starts_with("pathways-group-"));
        let said = bot.room("nadia", &room).await.join("\n");
        has(&said, "Welcome to Group");
        has(&said, "Start small");
        has(&said, "Questions before advice");
        has(&said, "First meetup:");
        has(&said, "To think about until then");
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'group.welcome' AND state = 'done'", &[]).await, 7);
        // Nobody else sees the room or can speak in it.
        let outsiders = ["marta", "xenia"];
        let id = bot.room_id("nadia", &room).await;
        for who in outsiders {
            assert!(!bot.rooms(who).await.contains(&room), "{who}");
            has(&bot.says_in(who, &id, "/mentor help").await, "You are not in that room");
            assert_eq!(bot.room(who, &id).await, Vec::<String>::new());
        }
        bot.advance(days(1)).await;
        let told = bot.inbox("nadia").await.join("\n");
        has(&told, "promises to answer within 48 hours");
    }

    /// Rows: C32, C46
    async fn meetups_fall_into_hours_that_every_member_gave(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("grace", "/mentor profile availability=\"wed 14:00-16:00\"").await;
        bot.says("ada", "/mentor groups preview pathways").await;
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "First meetup Wed");
        for at in bot.numbers("SELECT starts_at FROM meetups", &[]).await {
            let civil = roundtable::domain::civil::Zone::parse("Europe/Berlin").expect("a zone").civil(roundtable::domain::civil::Instant::from_micros(at));
            assert_eq!((civil.weekday(), civil.hour()), (jiff::civil::Weekday::Wednesday, 14), "{civil}");
        }
    }

    /// Rows: C46, A3
    async fn who_has_no_place_is_named_with_the_rule_that_stopped_them(engine) {
        let mut bot = Bot::small(engine).await;
        let alone = bot.says("ada", "/mentor program settings pathways smallest=5 largest=6").await;
        has(&alone, "saved");
        let plan = bot.says("ada", "/mentor groups preview pathways").await;
        has(&plan, "Ben Brook");
        let published = bot.says("ada", "/mentor groups publish pathways yes").await;
        lacks(&published, "are real");
        assert_eq!(bot.number("SELECT count(*) FROM groups", &[]).await, 0);
    }
}

/// Number of the group that a preview shows somebody in.
fn group_with(preview: &str, name: &str) -> usize {
    let mut group = 0;
    for line in preview.lines() {
        if let Some(rest) = line.strip_prefix("Group ") {
            group = rest.split(',').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        }
        let members = line.strip_prefix("Mentor: ").or_else(|| line.strip_prefix("Participants: "));
        if members.is_some_and(|members| members.contains(name)) {
            return group;
        }
    }
    panic!("{name} is in no group of\n{preview}")
}
