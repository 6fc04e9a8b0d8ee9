//! What staff read of a proposal is true, also when people or rules have changed since it was made.

use super::groups::{groups, two_pairs};
use crate::harness::{Bot, days, has, lacks, scenarios};

scenarios! {
    /// Rows: C46
    async fn a_proposal_with_people_who_have_left_names_them_and_is_made_anew(engine) {
        let mut bot = Bot::demo(engine).await;
        has(&bot.says("marta", "/mentor groups preview pathways").await, "Mentor: Dalia Moor (Copperline Rail)");
        bot.says("marta", "/mentor groups lock \"Ivo Tarn\" program=pathways").await;
        for who in ["ivo", "dalia"] {
            has(&bot.says(who, "/mentor leave pathways yes").await, "left");
        }
        let shown = bot.says("marta", "/mentor groups proposal pathways").await;
        has(&shown, "This proposal is out of date: ");
        has(&shown, "have left since it was made. Propose again with");
        has(&shown, "Mentor: Dalia Moor (has left)");
        has(&shown, "Ivo Tarn (has left)");
        for untrue in ["somebody", ", ,", "24 participants", "The mean fit", "Move somebody"] {
            lacks(&shown, untrue);
        }
        for line in ["publish pathways", "publish pathways yes", "move \"Piet Garrow\" 1 pathways"] {
            let refused = bot.says("marta", &format!("/mentor groups {line}")).await;
            has(&refused, "This proposal is out of date: ");
            has(&refused, "Ivo Tarn");
            has(&refused, "Dalia Moor");
        }
        let again = bot.press("marta", "Propose again").await;
        has(&again, "Nobody has been told yet.");
        for gone in ["out of date", "Ivo Tarn", "Dalia Moor"] {
            lacks(&again, gone);
        }
    }

    /// Rows: A9, C46
    async fn a_proposal_that_breaks_a_rule_set_since_says_so(engine) {
        let mut bot = two_pairs(engine).await;
        let plan = bot.says("ada", "/mentor groups preview pathways").await;
        lacks(&bot.says("ada", "/mentor groups proposal pathways").await, "breaks a rule");
        let group = groups(&plan)[0].clone();
        bot.says("ada", &format!("/mentor groups tie apart \"{}\" \"{}\" pathways", group[1], group[2])).await;
        let shown = bot.says("ada", "/mentor groups proposal pathways").await;
        has(&shown, "By the people and rules of now, this proposal breaks a rule");
        has(&shown, "should not share a group");
        has(&bot.press("ada", "Propose again").await, "Proposed groups for Pathways");
    }

    /// Rows: C46
    async fn what_stands_in_the_way_is_named_with_the_way_out(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ben", "/mentor profile organisation=\"East Foods\"").await;
        bot.says("ada", "/mentor groups tie together \"Ben Brook\" \"Cleo Marsh\" pathways").await;
        let refused = bot.says("ada", "/mentor groups preview pathways").await;
        has(&refused, "come from one organisation or unit");
        has(&refused, " go with ");
        lacks(&refused, "locks");
        bot.says("ada", "/mentor groups tie none \"Ben Brook\" \"Cleo Marsh\" pathways").await;
        let plan = bot.says("ada", "/mentor groups preview pathways").await;
        let there = if groups(&plan)[0].contains(&"Ben Brook".to_owned()) { 2 } else { 1 };
        let missing = bot.says("ada", "/mentor groups lock \"Ben Brook\" 99 pathways").await;
        has(&missing, "There is no group 99: the proposal has groups 1 to 2.");
        has(&bot.says("ada", "/mentor groups lock \"Ben Brook\" program=pathways").await, "Ben Brook (East Foods), kept");
        let kept = bot.says("ada", &format!("/mentor groups lock \"Ben Brook\" {there} pathways")).await;
        has(&kept, "Let them go first.");
        has(&kept, "groups unlock");
    }

    /// Rows: C46
    async fn a_proposal_without_groups_offers_nothing_to_publish_and_advice_that_works(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ada", "/mentor program settings pathways smallest=30 largest=30").await;
        let plan = bot.says("ada", "/mentor groups preview pathways").await;
        has(&plan, "no group could be formed: 4 participants are without a place.");
        has(&plan, "Allow groups of ");
        for untrue in ["Allow groups of 1 participant.", "[Publish]", "As a picture", "0 groups"] {
            lacks(&plan, untrue);
        }
        for line in ["publish", "publish pathways yes", "picture"] {
            let refused = bot.says("ada", &format!("/mentor groups {line}")).await;
            has(&refused, "no group could be formed, so there is nothing to publish.");
            lacks(&refused, "There is nobody");
        }
        let advice = plan.split("Allow groups of ").nth(1).expect("advice");
        let size = advice.split(' ').next().expect("a size");
        bot.says("ada", &format!("/mentor program settings pathways smallest={size}")).await;
        has(&bot.says("ada", "/mentor groups preview pathways").await, "Mentor: ");
    }

    /// Rows: C46
    async fn a_member_reads_once_what_the_mentor_can_help_with(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        let told = bot.inbox("ben").await.join("\n");
        has(&told, "can help you with persuading stakeholders.");
        lacks(&told, "can help 2 participants");
        has(&bot.inbox("grace").await.join("\n"), "You can help 2 participants with persuading stakeholders.");
    }

    /// Rows: C46, A3
    async fn a_repair_counts_places_and_mentors_apart_and_says_nothing_twice(engine) {
        let mut bot = two_pairs(engine).await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        bot.says("hugo", "/mentor leave pathways yes").await;
        for name in ["Fina Vale", "Gil Sand"] {
            let who = bot.add(name, "Green Works", "Europe/Berlin").await;
            bot.says(&who, "/mentor profile level=6 offers=\"stakeholders\" availability=\"mon-fri 8:00-20:00\"").await;
            bot.join(&who, "mentor").await;
        }
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        has(&plan, "1 mentor gets a group. Nobody who has a place has to move. Every participant has a place; 1 mentor has no group.");
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "1 person comes into a group");
        bot.advance(days(1)).await;
        // Who comes back has no first place.
        bot.says("eva", "/mentor leave pathways yes").await;
        bot.join("eva", "participant").await;
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        has(&plan, "1 person gets a place. Nobody who has a place has to move.");
        lacks(&plan, "first place");
    }
}
