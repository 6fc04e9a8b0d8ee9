//! People who belong together: those new to an industry, peers who agreed to be found, groups with a name and a purpose.

use roundtable::domain::starters::{Choice, Reason};

use super::groups::{ONLY, groups, together, two_pairs, weigh};
use crate::harness::{Bot, days, has, lacks, library, scenarios};

scenarios! {
    /// Rows: A25
    async fn who_is_new_to_an_industry_gets_a_mentor_from_there_and_is_told_why(engine) {
        let mut bot = two_pairs(engine).await;
        for (who, industry) in [("grace", "bank"), ("hugo", "health"), ("ben", "health"), ("cleo", "rail"), ("dev", "media"), ("eva", "food")] {
            bot.says(who, &format!("/mentor profile industry={industry}")).await;
        }
        // Mentors otherwise come from another industry than the participants.
        let only = format!("mentor_industry=mixed weights=\"{ONLY}, industry 0, mentor_industry 500\"");
        let plan = weigh(&mut bot, &only).await;
        assert!(together(&plan, "Grace Hill", "Ben Brook"), "{plan}");
        has(&bot.says("ben", "/mentor profile new_to=Health").await, "saved");
        let plan = weigh(&mut bot, &only).await;
        assert!(together(&plan, "Hugo Fern", "Ben Brook"), "{plan}");
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        has(&bot.inbox("ben").await.join("\n"), "You are new to Health, and Hugo Fern works there.");
        for who in ["cleo", "dev", "eva"] {
            lacks(&bot.inbox(who).await.join("\n"), "new to Health");
        }
    }

    /// Rows: A25
    async fn a_group_with_somebody_new_to_an_industry_is_offered_questions_about_the_move(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.says("ben", "/mentor profile new_to=\"health care\"").await;
        bot.advance(days(200)).await;
        let offers = bot.texts("SELECT o.choices FROM starter_offers o JOIN meetups m ON m.id = o.meetup_id ORDER BY m.starts_at, o.meetup_id", &[]).await;
        let choices: Vec<Choice> = offers.iter().flat_map(|json| serde_json::from_str::<Vec<Choice>>(json).expect("choices")).collect();
        let moved = choices.iter().filter(|choice| choice.reasons.contains(&Reason::MovedIndustry));
        let about = |choice: &Choice| library().library.starter(&choice.starter).expect("on the shelf").has_theme("industry-change");
        assert!(choices.iter().filter(|choice| about(choice)).count() >= 3, "{choices:?}");
        assert!(moved.clone().count() >= 3 && moved.clone().all(about), "{choices:?}");
        // Nothing in an offer says who it is.
        lacks(&bot.inbox("grace").await.join("\n"), "Ben Brook is new");
    }

    /// Rows: A14
    async fn career_levels_are_kept_and_groups_mix_them(engine) {
        let mut bot = two_pairs(engine).await;
        for (who, level) in [("ben", 2), ("cleo", 2), ("dev", 4), ("eva", 4)] {
            has(&bot.says(who, &format!("/mentor profile level={level}")).await, "saved");
        }
        assert_eq!(bot.number("SELECT level FROM persons WHERE name = $1", &["Ben Brook"]).await, 2);
        let plan = weigh(&mut bot, &format!("weights=\"{ONLY}, spread 500\"")).await;
        has(&plan, "Levels among participants");
        assert!(!together(&plan, "Ben Brook", "Cleo Marsh") && !together(&plan, "Dev Rao", "Eva Lind"), "{plan}");
        // Mentors two or three steps higher fit best.
        bot.says("grace", "/mentor profile level=5").await;
        bot.says("hugo", "/mentor profile level=7").await;
        bot.says("ada", "/mentor program settings pathways smallest=2 largest=2").await;
        let plan = weigh(&mut bot, &format!("weights=\"{ONLY}, spread 0, levels 500\"")).await;
        assert!(together(&plan, "Grace Hill", "Ben Brook") && together(&plan, "Hugo Fern", "Dev Rao"), "{plan}");
        assert_eq!(groups(&plan).len(), 2, "{plan}");
    }

    /// Rows: C7
    async fn peers_who_agreed_are_found_by_stage_and_topic_with_name_employer_and_what_is_shared(engine) {
        let mut bot = Bot::small(engine).await;
        for (who, rest) in [
            ("ben", "level=4 needs=\"stakeholders, workload\""),
            ("cleo", "level=2 needs=\"workload\" found=yes"),
            ("dev", "level=4 needs=\"cloud\" found=yes"),
            ("eva", "level=2 needs=\"cloud\" found=yes"),
        ] {
            has(&bot.says(who, &format!("/mentor profile {rest}")).await, "saved");
        }
        let found = bot.says("ben", "/mentor groups peers").await;
        has(&found, "Cleo Marsh (East Foods): ");
        has(&found, "Dev Rao (West Media)");
        for hidden in ["Eva Lind", "Grace Hill", "cloud", "Cloud", "stakeholders", "Europe/London", "level"] {
            lacks(&found, hidden);
        }
        has(&found, "You are not found yourself.");
        has(&bot.says("cleo", "/mentor groups peers").await, "Eva Lind");
        lacks(&bot.says("cleo", "/mentor groups peers").await, "Ben Brook");
        // A topic of one's choice finds who wants help with it.
        let named = bot.says("ben", "/mentor groups peers workload").await;
        has(&named, "Cleo Marsh");
        lacks(&named, "Dev Rao");
        bot.says("ben", "/mentor profile found=yes").await;
        has(&bot.says("cleo", "/mentor groups peers").await, "Ben Brook (South Rail)");
        lacks(&bot.says("ben", "/mentor groups peers").await, "You are not found");
        // Whoever takes it back is found no more, and whoever is outside finds nobody.
        bot.says("cleo", "/mentor profile found=no").await;
        has(&bot.says("ben", "/mentor groups peers workload").await, "Nobody at your stage or with your topics");
        bot.add("Olga Outside", "Elsewhere", "Europe/Berlin").await;
        let refused = bot.says("olga", "/mentor groups peers pathways").await;
        has(&refused, "not part of");
        lacks(&refused, "Ben Brook");
        bot.says("dev", "/mentor leave pathways yes").await;
        lacks(&bot.says("ben", "/mentor groups peers").await, "Dev Rao");
    }

    /// Rows: C7, D14
    async fn topics_are_read_as_they_are_shown_and_unknown_ones_have_near_ones(engine) {
        let mut bot = Bot::small(engine).await;
        let needs = "Culture and politics, Moving industry, changing industry, cloud";
        has(&bot.says("ben", &format!("/mentor profile needs=\"{needs}\"")).await, "saved");
        let stored = bot.texts("SELECT needs FROM persons WHERE name = $1", &["Ben Brook"]).await;
        assert_eq!(stored, ["cloud, culture-politics, industry-change"]);
        bot.says("cleo", "/mentor profile needs=\"CULTURE and Politics, sailing\" found=yes").await;
        for topic in ["culture-politics", "\"Culture and politics\"", "sailing"] {
            has(&bot.says("ben", &format!("/mentor groups peers {topic}")).await, "Cleo Marsh (East Foods): ");
        }
        let unknown = bot.says("ben", "/mentor groups peers nonsense").await;
        has(&unknown, "I know no topic called \"nonsense\"");
        has(&unknown, "The topics are: ");
        has(&bot.says("ben", "/mentor groups peers stakeholder").await, "Did you mean \"Persuading stakeholders\"?");
        has(&bot.says("ben", "/mentor groups peers stakeholders").await, "Nobody at your stage or with your topics");
        // Staff read all strengths of an application, and which of them are asked for.
        bot.says("ben", "/mentor role apply pathways experience=Mills strengths=\"Culture and politics, nonsense\" why=Joy hours=3").await;
        let waiting = bot.says("ada", "/mentor role waiting pathways").await;
        has(&waiting, "Strengths: fits. Culture and politics; nonsense. 1 topic that participants ask for: Culture and politics.");
    }

    /// Rows: C4
    async fn a_group_has_a_name_and_a_purpose_of_its_own_and_welcomes_newcomers(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        has(&bot.says("ben", "/mentor groups name 1 name=\"The bridge\"").await, "Only the mentor");
        for wrong in ["7", "Group 9", "#3"] {
            has(&bot.says("grace", &format!("/mentor groups name 1 name=\"{wrong}\"")).await, "Choose another name.");
        }
        has(&bot.says("grace", &format!("/mentor groups name 1 name=\"{}\"", "x".repeat(41))).await, "at most 40 characters");
        bot.says("grace", "/mentor groups name").await;
        let values = [("name", "The bridge"), ("purpose", "Each of us leads a board talk by summer")];
        let saved = bot.fill("grace", &values).await;
        has(&saved, "your group is called The bridge.");
        has(&saved, "What we set out to do: Each of us leads a board talk by summer.");
        bot.advance(days(1)).await;
        has(&bot.says("ben", "/mentor groups show pathways").await, "Each of us leads a board talk by summer.");
        has(&bot.says("ada", "/mentor groups name \"The bridge\" purpose=\"Each of us leads a board talk by autumn\"").await, "The bridge");
        let fina = bot.add("Fina Vale", "Green Works", "Europe/Berlin").await;
        bot.says(&fina, "/mentor profile needs=\"stakeholders\" availability=\"mon-fri 8:00-20:00\"").await;
        bot.join(&fina, "participant").await;
        let room = bot.group_room("ben").await;
        bot.room("ben", &room).await;
        bot.advance(60).await;
        bot.says("ada", "/mentor groups repair pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        let told = bot.inbox(&fina).await.join("\n");
        has(&told, "You are in The bridge of Pathways");
        has(&told, "What we set out to do: Each of us leads a board talk by autumn.");
        let said = bot.room("ben", &room).await.join("\n");
        has(&said, "Please welcome Fina Vale (Green Works).");
        assert!(bot.rooms(&fina).await.contains(&room));
    }

    /// Rows: C4
    async fn who_takes_part_and_has_no_group_yet_is_not_asked_to_join(engine) {
        let mut bot = Bot::small(engine).await;
        for line in ["groups show", "groups name name=Bridge", "meetup next"] {
            let refused = bot.says("ben", &format!("/mentor {line}")).await;
            has(&refused, "You are in no group at the moment, and this is for the members of a group and for staff.");
            lacks(&refused, "Take part");
        }
        has(&bot.says("ada", "/mentor groups name name=Bridge").await, "You are in no group yourself. Name the one that you mean");
        bot.add("Olga Outside", "Elsewhere", "Europe/Berlin").await;
        has(&bot.says("olga", "/mentor groups show").await, "Take part with");
    }
}
