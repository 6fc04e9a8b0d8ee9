//! With whom members would like to be in a group, and with whom rather not: kept where possible, and in confidence.

use super::groups::{ONLY, together, two_pairs, weigh};
use crate::harness::{Bot, days, has, lacks, scenarios};

scenarios! {
    /// Rows: A10, C46
    async fn a_wish_is_kept_and_the_reason_is_told_to_the_one_who_had_it(engine) {
        let mut bot = two_pairs(engine).await;
        let wishes = format!("weights=\"{ONLY}, wishes 500\"");
        lacks(&weigh(&mut bot, &wishes).await, "wish to sit together");
        for mate in ["Eva Lind", "Dev Rao", "Cleo Marsh"] {
            has(&bot.says("ben", "/mentor wish list").await, "Your wishes in Pathways");
            let noted = bot.says("ben", &format!("/mentor wish with \"{mate}\"")).await;
            has(&noted, &format!("Noted: you would like to be in a group with {mate}."));
            let plan = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
            assert!(together(&plan, "Ben Brook", mate), "{plan}");
            has(&plan, "Members gave 1 wish to sit together.");
            has(&plan, "Wishes of the members");
            lacks(&plan, "wished");
            if mate != "Cleo Marsh" {
                has(&bot.says("ben", &format!("/mentor wish drop \"{mate}\"")).await, "is not on your list any more");
            }
        }
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        has(&bot.inbox("ben").await.join("\n"), "You wished to be with Cleo Marsh.");
        for who in ["ada", "cleo", "dev", "eva", "grace", "hugo"] {
            lacks(&bot.inbox(who).await.join("\n"), "wished");
        }
        has(&bot.says("ada", "/mentor groups replay pathways").await, "2 groups alike");
    }

    /// Rows: C46
    async fn whom_a_member_would_rather_not_meet_is_known_to_that_member_alone(engine) {
        let mut bot = two_pairs(engine).await;
        let wishes = format!("weights=\"{ONLY}, wishes 500\"");
        for mate in ["Cleo Marsh", "Dev Rao", "Eva Lind"] {
            let noted = bot.says("ben", &format!("/mentor wish not \"{mate}\"")).await;
            has(&noted, "Nobody else is told, staff of the programme included.");
            let plan = weigh(&mut bot, &wishes).await;
            assert!(!together(&plan, "Ben Brook", mate), "{plan}");
            has(&plan, "Members gave 1 wish not to sit together.");
            has(&plan, "whose they are stays with their members");
            if mate != "Eva Lind" {
                bot.says("ben", &format!("/mentor wish drop \"{mate}\"")).await;
            }
        }
        let listed = bot.says("ben", "/mentor wish list").await;
        has(&listed, "Rather not with Eva Lind");
        lacks(&listed, "Cleo Marsh");
        bot.says("eva", "/mentor wish with \"Dev Rao\"").await;
        lacks(&bot.says("eva", "/mentor wish list").await, "Rather not");
        let plan = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
        has(&plan, "Members gave 1 wish to sit together and 1 wish not to.");
        has(&bot.says("ada", "/mentor wish list").await, "not in");
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        for who in ["ada", "ben", "cleo", "dev", "eva", "grace", "hugo"] {
            lacks(&bot.inbox(who).await.join("\n"), "ather not");
        }
        lacks(&bot.says("ada", "/mentor admin health pathways").await, "wish");
        assert_eq!(bot.number("SELECT count(*) FROM audit WHERE act LIKE '%wish%' OR reason LIKE '%wish%'", &[]).await, 0);
        // Who leaves takes these wishes along.
        bot.says("eva", "/mentor leave pathways yes").await;
        assert_eq!(bot.number("SELECT count(*) FROM wishes", &[]).await, 0);
    }

    /// Rows: C46
    async fn whom_a_member_would_rather_not_meet_costs_no_other_group_anything(engine) {
        let mut bot = Bot::demo(engine).await;
        let mean = |plan: &str| -> i64 {
            let figure = plan.split("The mean fit is ").nth(1).and_then(|rest| rest.split(' ').next());
            figure.and_then(|number| number.parse().ok()).expect("a mean fit")
        };
        let before = bot.says("marta", "/mentor groups preview pathways").await;
        assert!(together(&before, "Ivo Tarn", "Dalia Moor"), "{before}");
        bot.says("ivo", "/mentor wish not \"Dalia Moor\"").await;
        let after = bot.says("marta", "/mentor groups preview pathways").await;
        assert!(!together(&after, "Ivo Tarn", "Dalia Moor"), "{after}");
        assert!(mean(&after) > mean(&before) - 5, "{after}");
        has(&after, "Members gave 1 wish not to sit together.");
    }

    /// Rows: C46
    async fn wishes_have_an_end_and_every_refusal_says_what_to_do(engine) {
        let mut bot = two_pairs(engine).await;
        has(&bot.says("ben", "/mentor wish with \"Ben Brook\"").await, "That is you. Name somebody else");
        has(&bot.says("ben", "/mentor wish with \"Ada Stone\"").await, "Name somebody who does.");
        has(&bot.says("ben", "/mentor wish drop \"Dev Rao\"").await, "You have no wish about Dev Rao");
        has(&bot.says("ada", "/mentor wish with \"Ben Brook\"").await, "not");
        for mate in ["Cleo Marsh", "Dev Rao", "Eva Lind"] {
            has(&bot.says("ben", &format!("/mentor wish with \"{mate}\"")).await, "Noted");
        }
        let refused = bot.says("ben", "/mentor wish with \"Grace Hill\"").await;
        has(&refused, "You have 3 wishes to be with somebody, which is as many as count.");
        // The same person again is no fourth, and a change of mind takes the place of the wish.
        has(&bot.says("ben", "/mentor wish with \"Dev Rao\"").await, "Noted");
        has(&bot.says("ben", "/mentor wish not \"Dev Rao\"").await, "rather not");
        has(&bot.says("ben", "/mentor wish with \"Grace Hill\"").await, "Noted");
        assert_eq!(bot.number("SELECT count(*) FROM wishes", &[]).await, 4);
    }

    /// Rows: C46
    async fn after_the_end_of_a_programme_no_wish_is_taken(engine) {
        let mut bot = two_pairs(engine).await;
        has(&bot.says("ben", "/mentor wish with \"Eva Lind\"").await, "Groups are formed with your wish in mind.");
        bot.says("ada", "/mentor program close pathways yes").await;
        for kind in ["with", "not"] {
            let refused = bot.says("ben", &format!("/mentor wish {kind} \"Dev Rao\"")).await;
            has(&refused, "Pathways has ended, so nothing was changed.");
            lacks(&refused, "formed");
        }
        assert_eq!(bot.number("SELECT count(*) FROM wishes", &[]).await, 1);
        // What was said before can still be seen and taken back.
        has(&bot.says("ben", "/mentor wish drop \"Eva Lind\"").await, "is not on your list any more");
    }
}
