//! Groups one can trust: rules that staff set, ties with secret reasons, changes by hand, repair, records of a run.

use crate::harness::{Bot, days, has, hours, lacks, scenarios};

/// Who sits in a proposal with whom: the names of each group, by its number.
pub(super) fn groups(preview: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut mentor = String::new();
    for line in preview.lines() {
        let plain = |names: &str| -> Vec<String> {
            let names = names.replace(" and ", ", ");
            names.split(", ").map(|name| name.split(" (").next().unwrap_or(name).to_owned()).collect()
        };
        if let Some(name) = line.strip_prefix("Mentor: ") {
            mentor.clone_from(&plain(name)[0]);
        }
        if let Some(names) = line.strip_prefix("Participants: ") {
            let mut group = vec![mentor.clone()];
            group.extend(plain(names));
            all.push(group);
        }
    }
    all
}

pub(super) fn together(preview: &str, one: &str, other: &str) -> bool {
    let has = |group: &Vec<String>, name: &str| group.iter().any(|member| member == name);
    assert!(groups(preview).iter().any(|group| has(group, one)), "{one} is in no group of\n{preview}");
    groups(preview).iter().any(|group| has(group, one) && has(group, other))
}

/// Two mentors and four participants for two groups of two: Grace and Hugo, Ben, Cleo, Dev and Eva.
pub(super) async fn two_pairs(engine: crate::harness::Stage) -> Bot {
    let mut bot = Bot::small(engine).await;
    let hugo = bot.add("Hugo Fern", "Far Steel", "Europe/Berlin").await;
    bot.says(&hugo, "/mentor profile level=6 offers=\"stakeholders\" interests=\"it-strategy\" availability=\"mon-fri 8:00-20:00\"").await;
    bot.join(&hugo, "mentor").await;
    has(&bot.says("ada", "/mentor program settings pathways smallest=2 largest=2 mentors=1").await, "saved");
    bot
}

pub(super) async fn weigh(bot: &mut Bot, rules: &str) -> String {
    weigh_in(bot, "pathways", rules).await
}

async fn weigh_in(bot: &mut Bot, program: &str, rules: &str) -> String {
    has(&bot.says("ada", &format!("/mentor program rules {program} {rules}")).await, "saved");
    bot.says("ada", &format!("/mentor groups preview {program} fresh=yes")).await
}

/// Weights of nothing, to be followed by what a story is about.
pub(super) const ONLY: &str =
    "needs 0, interests 0, hours 0, units 0, levels 0, size 0, new_faces 0, departments 0, regions 0";

scenarios! {
    /// Rows: A8, A23
    async fn staff_say_whether_industries_are_alike_or_mixed_for_mentors_and_peers_apart(engine) {
        let mut bot = two_pairs(engine).await;
        for (who, industry) in [("grace", "bank"), ("hugo", "health"), ("ben", "bank"), ("cleo", "bank"), ("dev", "health"), ("eva", "health")] {
            bot.says(who, &format!("/mentor profile industry={industry}")).await;
        }
        bot.says("ada", "/mentor program settings pathways industry=ignore").await;
        let same = weigh(&mut bot, &format!("mentor_industry=same weights=\"{ONLY}, mentor_industry 500\"")).await;
        assert!(together(&same, "Grace Hill", "Ben Brook") && together(&same, "Hugo Fern", "Dev Rao"), "{same}");
        let mixed = weigh(&mut bot, "mentor_industry=mixed").await;
        assert!(together(&mixed, "Hugo Fern", "Ben Brook") && together(&mixed, "Grace Hill", "Dev Rao"), "{mixed}");
        has(&mixed, "Mentor's industry");
        let rest = format!("mentor_industry=ignore weights=\"{ONLY}, industry 500\"");
        bot.says("ada", "/mentor program settings pathways industry=same").await;
        let alike = weigh(&mut bot, &rest).await;
        assert!(together(&alike, "Ben Brook", "Cleo Marsh") && together(&alike, "Dev Rao", "Eva Lind"), "{alike}");
        lacks(&alike, "Mentor's industry");
        bot.says("ada", "/mentor program settings pathways industry=mixed").await;
        let spread = weigh(&mut bot, &rest).await;
        assert!(!together(&spread, "Ben Brook", "Cleo Marsh"), "{spread}");
    }

    /// Rows: A21, B14
    async fn people_of_other_organisations_functions_and_regions_meet(engine) {
        let mut bot = two_pairs(engine).await;
        let regions = weigh(&mut bot, &format!("weights=\"{ONLY}, regions 500\"")).await;
        assert!(!together(&regions, "Ben Brook", "Cleo Marsh"), "Berlin and London are both in Europe: {regions}");
        has(&regions, "Different regions");
        for (who, unit) in [("ben", "finance"), ("dev", "finance"), ("cleo", "operations"), ("eva", "operations")] {
            bot.says(who, &format!("/mentor profile unit={unit}")).await;
        }
        let functions = weigh(&mut bot, &format!("weights=\"{ONLY}, departments 500\"")).await;
        assert!(!together(&functions, "Ben Brook", "Dev Rao"), "{functions}");
        // Of one organisation nobody meets, the mentor included.
        bot.says("ben", "/mentor profile organisation=\"North Bank\"").await;
        let organisations = weigh(&mut bot, "weights=usual").await;
        assert!(!together(&organisations, "Ben Brook", "Grace Hill"), "{organisations}");
    }

    /// Rows: A9
    async fn sides_in_conflict_never_share_a_group_and_only_staff_know_why(engine) {
        let mut bot = two_pairs(engine).await;
        let noted = bot.says("ada", "/mentor groups tie conflict \"North Bank\" \"south rail\" pathways why=\"They audit each other\"").await;
        has(&noted, "North Bank and South Rail have a conflict of interest");
        lacks(&noted, "audit");
        let plan = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
        assert!(!together(&plan, "Grace Hill", "Ben Brook"), "{plan}");
        let other = groups(&plan).into_iter().position(|group| group.contains(&"Grace Hill".to_owned())).expect("a group") + 1;
        let mate = groups(&plan)[other - 1][1].clone();
        let refused = bot.says("ada", &format!("/mentor groups swap \"Ben Brook\" \"{mate}\" pathways")).await;
        has(&refused, "That would break a rule");
        has(&refused, "cannot share a group");
        for text in [&plan, &refused] {
            lacks(text, "audit");
            lacks(text, "conflict");
        }
        let listed = bot.says("ada", "/mentor groups ties pathways").await;
        has(&listed, "North Bank and South Rail have a conflict of interest, so they never share a group (They audit each other).");
        has(&bot.says("ben", "/mentor groups ties pathways").await, "staff");
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        for who in ["grace", "ben", "cleo", "dev", "eva", "hugo"] {
            lacks(&bot.inbox(who).await.join("\n"), "audit");
        }
        lacks(&bot.says("ada", "/mentor admin health pathways").await, "audit each other");
        assert_eq!(bot.number("SELECT count(*) FROM plan_inputs WHERE problem LIKE '%udit each other%'", &[]).await, 0);
    }

    /// Rows: A9, C46
    async fn staff_keep_two_people_apart_or_together_and_free_them_again(engine) {
        let mut bot = two_pairs(engine).await;
        for (how, expected) in [("together", true), ("apart", false)] {
            let noted = bot.says("ada", &format!("/mentor groups tie {how} \"Ben Brook\" \"Eva Lind\" pathways")).await;
            has(&noted, "Noted: ");
            let plan = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
            assert_eq!(together(&plan, "Ben Brook", "Eva Lind"), expected, "{how}: {plan}");
        }
        has(&bot.says("ada", "/mentor groups tie none \"Eva Lind\" \"Ben Brook\" pathways").await, "are no longer kept apart or together");
        has(&bot.says("ada", "/mentor groups tie none \"Eva Lind\" \"Ben Brook\" pathways").await, "are neither kept apart nor together");
        has(&bot.says("ada", "/mentor groups ties pathways").await, "Nobody yet");
        let both = "/mentor groups tie conflict \"Nobody Known\" \"North Bank\" pathways";
        has(&bot.says("ada", both).await, "neither an organisation of this programme nor a person here");
    }

    /// Rows: A9
    async fn no_organisation_is_in_conflict_with_itself_and_only_people_are_tied_apart_or_together(engine) {
        let mut bot = two_pairs(engine).await;
        let twice = bot.says("ada", "/mentor groups tie conflict \"North Bank\" \"north bank\" pathways").await;
        has(&twice, "North Bank stands on both sides. Name two different organisations.");
        for how in ["apart", "together"] {
            let told = bot.says("ada", &format!("/mentor groups tie {how} \"North Bank\" \"Ben Brook\" pathways")).await;
            has(&told, &format!("\"North Bank\" is an organisation, and {how} is for people."));
            has(&told, "To keep organisations apart, use");
        }
        has(&bot.says("ada", "/mentor groups ties pathways").await, "Nobody yet");
    }

    /// Rows: C46
    async fn a_swap_is_scored_at_once_and_a_published_run_can_be_made_again(engine) {
        let mut bot = two_pairs(engine).await;
        let plan = bot.says("ada", "/mentor groups preview pathways 3").await;
        has(&plan, "How good is it?");
        has(&plan, "Drawing lots for the same places would give");
        has(&plan, "It is proven that no arrangement is better.");
        let picture = bot.press("ada", "As a picture").await;
        has(&picture, "The proposal for Pathways");
        has(&picture, "groups-pathways.png");
        has(&picture, "Mean fit ");
        has(&picture, "Needs the mentors can help with ");
        // Another arrangement either is one, or it is said that there is none.
        let another = bot.press("ada", "Try another arrangement").await;
        has(&another, "Seed 4.");
        let sorted = |text: &str| {
            let mut all = groups(text);
            for group in &mut all {
                group.sort();
            }
            all.sort();
            all
        };
        assert_eq!(sorted(&another) == sorted(&plan), another.contains("It is proven that none is better, so asking again changes nothing"));
        let plan = bot.says("ada", "/mentor groups preview pathways 3").await;
        let [one, other] = [groups(&plan)[0][1].clone(), groups(&plan)[1][1].clone()];
        let swapped = bot.says("ada", &format!("/mentor groups swap \"{one}\" \"{other}\" pathways")).await;
        has(&swapped, "The mean fit ");
        let shown = bot.says("ada", "/mentor groups proposal pathways").await;
        assert_eq!(groups(&shown), groups(&swapped));
        lacks(&shown, "goes from");
        assert_eq!(groups(&swapped)[0][0], groups(&plan)[0][0], "mentors stay");
        assert!(groups(&swapped)[0].contains(&other) && groups(&swapped)[1].contains(&one), "{swapped}");
        has(&bot.says("ada", &format!("/mentor groups swap \"{one}\" \"{one}\" pathways")).await, "one and the same");
        has(&bot.says("ada", "/mentor groups replay pathways").await, "has no groups yet");
        bot.says("ada", "/mentor groups publish pathways yes").await;
        // People change; what was kept does not.
        bot.says("ben", "/mentor profile needs=\"workload\" availability=\"tue 9:00-10:00\"").await;
        let again = bot.says("ada", "/mentor groups replay pathways").await;
        has(&again, "seed 3 and 1 change by hand");
        has(&again, "Everybody sits where they were published: 2 groups alike.");
    }

    /// Rows: C46, A3
    async fn a_late_comer_gets_a_seat_and_nobody_else_moves_or_hears_anything(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        let fina = bot.add("Fina Vale", "Green Works", "Europe/Berlin").await;
        bot.says(&fina, "/mentor profile needs=\"stakeholders\" availability=\"mon-fri 8:00-20:00\"").await;
        bot.join(&fina, "participant").await;
        for who in ["ben", "cleo", "dev", "eva", "fina", "ada"] {
            bot.inbox(who).await;
        }
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        has(&plan, "1 person gets a place. Nobody who has a place has to move. Everybody has a place.");
        has(&plan, "Fina Vale: new in Group 1");
        assert_eq!(bot.number("SELECT count(*) FROM members WHERE left_at IS NULL", &[]).await, 5, "asking changes nothing");
        has(&bot.says("ada", "/mentor groups publish pathways").await, "Make these changes");
        has(&bot.press("ada", "Publish now").await, "are put right: 1 person comes into a group.");
        bot.advance(days(1)).await;
        has(&bot.inbox("fina").await.join("\n"), "You are in Group 1");
        for who in ["ben", "cleo", "dev", "eva"] {
            lacks(&bot.inbox(who).await.join("\n"), "You are in Group");
        }
        let room = bot.group_room("fina").await;
        assert!(room.starts_with("pathways-group-"), "{room}");
        has(&bot.says("ada", "/mentor groups repair pathways").await, "Nothing needs to change.");
        // She is reminded of the next meetup like everybody else.
        bot.advance(days(60)).await;
        assert!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'meetup.reminder' AND person_id = (SELECT id FROM persons WHERE name = $1)", &["Fina Vale"]).await > 0);
        has(&bot.says("ada", "/mentor groups replay pathways").await, "1 group alike");
    }

    /// Rows: C46
    async fn a_repair_changed_by_hand_shows_what_changes_and_people_are_kept_and_let_go(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        has(&bot.says("ada", "/mentor program settings pathways largest=3").await, "saved");
        let fina = bot.add("Fina Vale", "Green Works", "Europe/Berlin").await;
        bot.says(&fina, "/mentor profile needs=\"stakeholders\" availability=\"mon-fri 8:00-20:00\"").await;
        bot.join(&fina, "participant").await;
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        let (here, there) = if plan.contains("Fina Vale: new in Group 1") { (1, 2) } else { (2, 1) };
        has(&plan, &format!("Fina Vale: new in Group {here}"));
        let moved = bot.says("ada", &format!("/mentor groups move \"Fina Vale\" {there} pathways")).await;
        has(&moved, "Proposed changes to the groups");
        has(&moved, &format!("Fina Vale: new in Group {there}"));
        has(&moved, "The mean fit ");
        lacks(&moved, "Participants: ");
        assert_eq!(bot.says("ada", "/mentor groups proposal pathways").await.matches("Fina Vale").count(), 1);
        has(&bot.says("ada", "/mentor groups lock \"Fina Vale\" program=pathways").await, &format!("new in Group {there}"));
        has(&bot.says("ada", "/mentor groups unlock \"Fina Vale\" pathways").await, &format!("new in Group {there}"));
        has(&bot.says("ada", "/mentor groups unlock \"Fina Vale\" pathways").await, "Nobody has kept Fina Vale");
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "1 person comes into a group");
        // What is kept in a first proposal is marked, and let go again.
        has(&bot.says("fina", "/mentor groups unlock \"Fina Vale\" pathways").await, "staff");
    }

    /// Rows: C46
    async fn two_people_of_one_name_are_told_apart_by_employer_or_handle(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("eva", "/mentor profile name=\"Ben Brook\"").await;
        bot.says("ada", "/mentor groups preview pathways").await;
        let unclear = bot.says("ada", "/mentor groups lock \"Ben Brook\" program=pathways").await;
        has(&unclear, "\"Ben Brook\" could be ");
        has(&unclear, "Ben Brook (South Rail");
        has(&unclear, "Ben Brook (Centre Health");
        has(&unclear, "Write the handle or the name with the employer, such as \"Ben Brook (");
        let kept = bot.says("ada", "/mentor groups lock \"ben brook (centre health)\" program=pathways").await;
        has(&kept, "Ben Brook (Centre Health), kept");
        lacks(&kept, "Ben Brook (South Rail), kept");
        has(&bot.says("ada", "/mentor groups lock \"Ben Brook (Nowhere)\" program=pathways").await, "I do not know anybody called");
    }

    /// Rows: A3
    async fn a_group_that_stays_without_a_mentor_is_not_forgotten(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(3)).await;
        let room = bot.group_room("ben").await;
        bot.says("grace", "/mentor leave pathways yes").await;
        bot.advance(hours(2)).await;
        has(&bot.inbox("ada").await.join("\n"), "has no mentor now.");
        // The card is redrawn where it stands, and what is said from now on names nobody who has gone.
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'meetup.update' AND state = 'done'", &[]).await, 1);
        bot.advance(days(5)).await;
        lacks(&bot.inbox("ada").await.join("\n"), "still has no mentor");
        // A quarter of an hour before the first meetup the room hears of it.
        bot.advance(days(5)).await;
        has(&bot.room("ben", &room).await.join("\n"), "Led by nobody yet.");
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Group 1 still has no mentor.");
        has(&told, "Propose a repair");
        bot.advance(days(5)).await;
        lacks(&bot.inbox("ada").await.join("\n"), "still has no mentor");
    }

    /// Rows: C46, B12
    async fn when_a_mentor_goes_the_fewest_people_move(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        has(&bot.says("ada", "/mentor program settings pathways largest=4").await, "saved");
        let gone = bot.says("hugo", "/mentor leave pathways yes").await;
        has(&gone, "left");
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        has(&plan, "2 people move. It is proven that fewer moves are not possible.");
        has(&plan, "ends.");
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "2 people come into a group");
        bot.advance(days(1)).await;
        assert_eq!(bot.numbers("SELECT count(*) FROM members m JOIN groups g ON g.id = m.group_id WHERE m.left_at IS NULL AND g.state = 'open' GROUP BY g.id", &[]).await, [5]);
        assert_eq!(bot.number("SELECT count(*) FROM groups WHERE state = 'closed'", &[]).await, 1);
    }

    /// Rows: A9, A7
    async fn staff_hear_within_a_day_that_a_group_breaks_a_rule_and_how_to_put_it_right(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(3)).await;
        bot.inbox("ada").await;
        let mates = bot.texts("SELECT p.organisation FROM members m JOIN persons p ON p.id = m.person_id WHERE p.name <> 'Ben Brook' AND m.role = 'participant' AND m.group_id = (SELECT m.group_id FROM members m JOIN persons p ON p.id = m.person_id WHERE p.name = $1)", &["Ben Brook"]).await;
        bot.says("ben", &format!("/mentor profile organisation=\"{}\"", mates[0])).await;
        bot.advance(days(1)).await;
        bot.advance(days(3)).await;
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "the groups no longer keep every rule");
        has(&told, "come from the same one");
        let at = bot.number("SELECT max(created_at) FROM nudges WHERE kind = 'staff.notice'", &[]).await;
        let changed = bot.number("SELECT max(updated_at) FROM persons", &[]).await;
        assert!(at - changed <= days(1) * 1_000_000, "{at} {changed}");
        let plan = bot.press("ada", "Propose a repair").await;
        has(&plan, "people move");
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "are put right");
        bot.advance(days(40)).await;
        lacks(&bot.inbox("ada").await.join("\n"), "no longer keep every rule");
    }

    /// Rows: C46
    async fn the_rules_for_meetings_and_zones_hold_in_every_proposal(engine) {
        let mut bot = two_pairs(engine).await;
        let near = weigh(&mut bot, "zones=5").await;
        has(&near, "Without a place");
        has(&near, "Allow time zones up to");
        has(&near, "What would help is set with");
        for group in groups(&near) {
            assert!(!(group.contains(&"Dev Rao".to_owned()) && group.contains(&"Eva Lind".to_owned())), "{near}");
        }
        let wrong = bot.says("ada", "/mentor program rules pathways weights=\"shoes 3\"").await;
        has(&wrong, "I know no weight called \"shoes\"");
        let slot = weigh(&mut bot, "zones=0 slot=8").await;
        has(&slot, "Without a place");
        let quorum = weigh(&mut bot, "slot=1 quorum=50").await;
        lacks(&quorum, "Without a place");
    }

    /// Rows: A10
    async fn old_companions_do_not_come_back_while_others_are_there(engine) {
        let mut bot = two_pairs(engine).await;
        let first = bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        bot.says("ada", "/mentor program close pathways yes").await;
        bot.says("ada", "/mentor program create name=\"Second\" slug=second goal=\"Go on\" starts=2027-03-01 ends=2028-02-28 zone=Europe/Berlin cadence=monthly waves=2").await;
        bot.says("ada", "/mentor program open second").await;
        bot.says("ada", "/mentor program settings second smallest=2 largest=2 mentors=1").await;
        for (who, role) in [("grace", "mentor"), ("hugo", "mentor"), ("ben", "participant"), ("cleo", "participant"), ("dev", "participant"), ("eva", "participant")] {
            bot.says(who, &format!("/mentor join second {role}")).await;
            bot.press(who, &crate::harness::accept()).await;
        }
        let second = bot.says("ada", "/mentor groups preview second").await;
        // Six people can hardly be all new to each other again; the same groups would hold three pairs each.
        lacks(&first, "from an earlier group");
        has(&second, "1 pair knows each other from an earlier group");
        lacks(&second, "pairs know each other");
        has(&second, "New faces");
        // Companions of the first groups who wish for each other count as new to each other.
        let known: Vec<String> = bot.texts("SELECT p.name FROM members m JOIN persons p ON p.id = m.person_id WHERE m.role = 'participant' AND m.group_id = (SELECT min(group_id) FROM members) ORDER BY p.name", &[]).await;
        let handle = |name: &str| name.split(' ').next().expect("a name").to_lowercase();
        bot.says(&handle(&known[0]), &format!("/mentor wish with \"{}\" second", known[1])).await;
        let wished = weigh_in(&mut bot, "second", &format!("weights=\"{ONLY}, new_faces 300, wishes 500\"")).await;
        assert!(together(&wished, &known[0], &known[1]), "{known:?}: {wished}");
        bot.says(&handle(&known[0]), &format!("/mentor wish drop \"{}\" second", known[1])).await;
        let again = bot.says("ada", "/mentor groups preview second").await;
        assert!(!together(&again, &known[0], &known[1]), "{known:?}: {again}");
    }

    /// Rows: C4
    async fn circles_of_peers_are_planned_for_all_rounds_and_nobody_meets_twice_while_counting_allows(engine) {
        let mut bot = Bot::demo(engine).await;
        let circles = bot.says("marta", "/mentor groups circles 3 4 pathways").await;
        has(&circles, "4 rounds of circles of 3. Everybody has a place in every round. Nobody meets anybody twice.");
        assert_eq!(circles.matches("Round ").count(), 4, "{circles}");
        assert_eq!(circles.matches("Nadia Firth").count(), 4, "{circles}");
        assert_eq!(bot.says("marta", "/mentor groups circles 3 4 pathways").await, circles);
        // Employers and reporting lines are kept apart in every round.
        for line in circles.lines().filter(|line| line.starts_with("- ")) {
            for (one, other) in [("Ivo Tarn", "Silas Wake"), ("Ivo Tarn", "Bram Holt"), ("Nadia Firth", "Xenia Lark")] {
                assert!(!(line.contains(one) && line.contains(other)), "{line}");
            }
        }
        let mut few = Bot::small(engine).await;
        let pairs = few.says("ada", "/mentor groups circles 2 5 pathways").await;
        has(&pairs, "5 rounds of pairs");
        has(&pairs, "counting shows that fewer is not possible");
        has(&pairs, "meetings are of pairs who met before");
        has(&pairs, "These rounds have seed 1;");
        // More rounds than fit into one message are shown one after the other.
        let many = few.says("ada", "/mentor groups circles 2 20 pathways 7").await;
        has(&many, "Round 12");
        lacks(&many, "Round 13");
        has(&many, "And 8 more rounds.");
        let rest = few.press("ada", "Show the next rounds").await;
        has(&rest, "These rounds have seed 7;");
        has(&rest, "Round 20");
        lacks(&rest, "Round 12");
    }

    /// Rows: E21, B12
    async fn who_wants_help_with_technology_meets_somebody_skilled_in_it_and_never_their_own_boss(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("hugo", "/mentor profile offers=\"technology-fluency\"").await;
        bot.says("dev", "/mentor profile needs=\"technology-fluency\"").await;
        bot.says("cleo", "/mentor profile needs=\"technology-fluency\"").await;
        let plan = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
        assert!(together(&plan, "Hugo Fern", "Dev Rao") && together(&plan, "Hugo Fern", "Cleo Marsh"), "{plan}");
        has(&plan, "Hugo Fern can help 2 participants with");
        bot.says("dev", "/mentor profile manager=\"Hugo Fern\"").await;
        let apart = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
        assert!(!together(&apart, "Hugo Fern", "Dev Rao") && together(&apart, "Hugo Fern", "Cleo Marsh"), "{apart}");
    }
}
