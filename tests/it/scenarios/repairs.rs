//! What people read when groups are put right or end, and when staff take a role: nobody loses a place in silence.

use super::groups::two_pairs;
use crate::harness::{Bot, Stage, days, has, hours, lacks, scenarios};

/// How people are called who are in a group with somebody, by name.
const MATES: &str = "SELECT p.name FROM members m JOIN persons p ON p.id = m.person_id WHERE m.role = 'participant' \
                     AND m.left_at IS NULL AND m.group_id = (SELECT m.group_id FROM members m JOIN persons p ON \
                     p.id = m.person_id WHERE p.name = $1 AND m.left_at IS NULL) ORDER BY p.name";
const GROUP_OF: &str = "SELECT g.name FROM groups g JOIN members m ON m.group_id = g.id JOIN persons p ON \
                        p.id = m.person_id WHERE p.name = $1 AND m.left_at IS NULL";

fn handle(name: &str) -> String {
    name.split(' ').next().expect("a name").to_lowercase()
}

async fn group_of(bot: &Bot, name: &str) -> String {
    bot.texts(GROUP_OF, &[name]).await.remove(0)
}

/// Two published groups of two, of which that of Hugo loses somebody, so that it has to end; and who is left in it.
async fn one_too_few(engine: Stage) -> (Bot, String) {
    let mut bot = two_pairs(engine).await;
    bot.says("ada", "/mentor groups preview pathways").await;
    bot.says("ada", "/mentor groups publish pathways yes").await;
    bot.advance(days(15)).await;
    has(&bot.says("ada", "/mentor program settings pathways largest=3").await, "saved");
    let mates = bot.texts(MATES, &["Hugo Fern"]).await;
    bot.says(&handle(&mates[0]), "/mentor leave pathways yes").await;
    bot.advance(days(1)).await;
    (bot, mates[1].clone())
}

scenarios! {
    /// Rows: C46, B14
    async fn whose_group_ends_or_changes_hears_it_with_the_reason_and_staff_read_it_before(engine) {
        let (mut bot, mate) = one_too_few(engine).await;
        let (ended, kept) = (group_of(&bot, "Hugo Fern").await, group_of(&bot, "Grace Hill").await);
        let room = bot.group_room("grace").await;
        bot.room("grace", &room).await;
        let moved = handle(&mate);
        for who in ["hugo", "grace", moved.as_str()] {
            bot.inbox(who).await;
        }
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        has(&plan, "1 person moves, 1 person loses a place.");
        has(&plan, &format!("{mate}: from {ended} to {kept}"));
        has(&plan, &format!("{ended} ends."));
        has(&plan, "Every participant has a place; 1 mentor has no group. Left without a place: Hugo Fern as a mentor. Nobody has been told yet.");
        let sure = bot.says("ada", "/mentor groups publish pathways").await;
        has(&sure, &format!("{ended} ends. Left without a place: Hugo Fern as a mentor. Those who move, and those who lose their place, are told"));
        let done = bot.press("ada", "Publish now").await;
        has(&done, &format!("1 person comes into a group. {ended} ends. Left without a place: Hugo Fern as a mentor. They hear from me why"));
        bot.advance(days(2)).await;
        let told = bot.inbox("hugo").await.join("\n");
        has(&told, &format!("{ended} has ended, for too few people were left in it. Thank you for being its mentor."));
        has(&told, "For now you have no group, through no fault of yours. You stay in Pathways: the staff look for a place for you");
        has(&told, "/mentor home");
        // On Slack the room of a small group is a group message, and nobody can be taken out of one.
        let is_in = bot.rooms("hugo").await.iter().any(|name| name.contains("-group-"));
        assert_eq!(is_in, engine == Stage::Slack);
        let told = bot.inbox(&moved).await.join("\n");
        has(&told, &format!("You are in {kept} of Pathways"));
        has(&told, &format!("you have moved here from {ended}, which has ended. You are no longer in its room."));
        // The group has met before.
        has(&told, "Your next meetup: ");
        lacks(&told, "first meetup");
        lacks(&bot.inbox("grace").await.join("\n"), "You are in");
        has(&bot.room("grace", &room).await.join("\n"), &format!("Please welcome {mate} ("));
    }

    /// Rows: C46
    async fn a_group_that_has_ended_is_shown_and_counted_as_such(engine) {
        let (mut bot, _) = one_too_few(engine).await;
        let (ended, kept) = (group_of(&bot, "Hugo Fern").await, group_of(&bot, "Grace Hill").await);
        has(&bot.says("ada", "/mentor program show pathways").await, "2 groups");
        bot.says("ada", "/mentor groups repair pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        let shown = bot.says("ada", "/mentor groups show pathways").await;
        has(&shown, &format!("{ended} ended on "));
        has(&shown, &kept);
        assert_eq!(shown.matches("Next meetup: ").count(), 1, "{shown}");
        has(&bot.says("ada", "/mentor program show pathways").await, "1 group, and 1 that ended");
        let number = ended.trim_start_matches("Group ");
        let refused = bot.says("ada", &format!("/mentor meetup schedule {number} cadence=weekly")).await;
        has(&refused, &format!("{ended} has ended, so nothing was changed."));
        has(&bot.says("ada", &format!("/mentor groups name {number} name=Bridge")).await, "has ended, so nothing was changed.");
    }

    /// Rows: C46
    async fn who_is_put_out_of_a_group_that_goes_on_hears_why_and_so_does_the_room(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        has(&bot.says("ada", "/mentor program settings pathways smallest=3").await, "saved");
        bot.says("eva", "/mentor profile availability=\"sun 3:00-4:00\"").await;
        let room = bot.group_room("ben").await;
        bot.room("ben", &room).await;
        bot.inbox("eva").await;
        let plan = bot.says("ada", "/mentor groups repair pathways").await;
        has(&plan, "1 participant is without a place. Left without a place: Eva Lind.");
        has(&plan, "Eva Lind: out of Group 1");
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "Left without a place: Eva Lind. They hear from me why");
        bot.advance(days(2)).await;
        let told = bot.inbox("eva").await.join("\n");
        has(&told, "You are no longer in Group 1: the hours that you have in common with the others have become too few. For now you have no group");
        has(&told, "[Check my profile]");
        let said = bot.room("ben", &room).await.join("\n");
        has(&said, "Eva Lind is no longer in Group 1.");
        lacks(&said, "Please welcome");
        // When she fits again and comes back, she is told her group anew, and the room welcomes her.
        bot.says("eva", "/mentor profile availability=\"mon-fri 8:00-20:00\"").await;
        has(&bot.says("ada", "/mentor groups repair pathways").await, "Eva Lind: new in Group 1");
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(2)).await;
        let told = bot.inbox("eva").await.join("\n");
        has(&told, "You are in Group 1 of Pathways");
        lacks(&told, "moved here");
        has(&bot.room("ben", &room).await.join("\n"), "Please welcome Eva Lind (Centre Health).");
    }

    /// Rows: C46
    async fn the_room_learns_who_its_new_mentor_is(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        let hugo = bot.add("Hugo Fern", "Far Steel", "Europe/Berlin").await;
        bot.says(&hugo, "/mentor profile level=6 offers=\"stakeholders\" availability=\"mon-fri 8:00-20:00\"").await;
        bot.join(&hugo, "mentor").await;
        let room = bot.group_room("ben").await;
        bot.says("grace", "/mentor leave pathways yes").await;
        bot.advance(hours(1)).await;
        bot.room("ben", &room).await;
        bot.says("ada", "/mentor groups repair pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        has(&bot.room("ben", &room).await.join("\n"), "Please welcome Hugo Fern (Far Steel, your mentor from now on).");
    }

    /// Rows: A2
    async fn taking_a_role_with_a_place_is_confirmed_and_everybody_concerned_hears_the_truth(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(2)).await;
        let room = bot.group_room("cleo").await;
        bot.room("cleo", &room).await;
        for who in ["ada", "ben", "grace"] {
            bot.inbox(who).await;
        }
        let sure = bot.says("ada", "/mentor role revoke participant ben pathways").await;
        has(&sure, "Take from Ben Brook the role of a participant in Pathways? Ben Brook is then no longer in Group 1.");
        has(&bot.says("ben", "/mentor groups show").await, "Ben Brook");
        let taken = bot.press("ada", "Take the role").await;
        has(&taken, "Ben Brook is no longer a participant in Pathways, and so no longer in Group 1.");
        bot.advance(days(2)).await;
        let told = bot.inbox("ben").await.join("\n");
        has(&told, "The staff of Pathways have taken back a role: you are no longer a participant there. So you are no longer in Group 1 and its room.");
        has(&told, "If this is a surprise, please ask them");
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Ben Brook is no longer a participant, and so no longer in Group 1.");
        lacks(&told, "has left");
        has(&bot.room("cleo", &room).await.join("\n"), "Ben Brook is no longer in Group 1.");
        // The same for who leads the group.
        has(&bot.says("ada", "/mentor role revoke mentor grace pathways").await, "Grace Hill is then no longer in Group 1.");
        bot.says("ada", "/mentor role revoke mentor grace pathways yes").await;
        bot.advance(days(3)).await;
        has(&bot.inbox("grace").await.join("\n"), "you are no longer a mentor there. So you are no longer in Group 1");
        has(&bot.inbox("ada").await.join("\n"), "Group 1 has no mentor now.");
        has(&bot.room("cleo", &room).await.join("\n"), "Grace Hill is no longer in Group 1.");
    }

    /// Rows: A2
    async fn who_is_given_a_role_hears_what_they_can_do_now_and_without_a_place_nothing_is_asked(engine) {
        let mut bot = Bot::small(engine).await;
        for (role, words) in [
            ("staff", "You are one of the staff in Pathways now. You can form groups"),
            ("sponsor", "You are a sponsor in Pathways now. You can see the results of its pulses"),
            ("mentor", "You are a mentor in Pathways now. The staff form the groups"),
        ] {
            bot.inbox("cleo").await;
            has(&bot.says("ada", &format!("/mentor role grant {role} cleo pathways")).await, "Cleo Marsh is now");
            bot.advance(days(1)).await;
            has(&bot.inbox("cleo").await.join("\n"), words);
        }
        has(&bot.says("ada", "/mentor role revoke sponsor cleo pathways").await, "Cleo Marsh is no longer a sponsor in Pathways.");
        bot.advance(days(1)).await;
        let told = bot.inbox("cleo").await.join("\n");
        has(&told, "you are no longer a sponsor there. Thank you for what you have given.");
        has(&told, "You are still a mentor, a participant and one of the staff.");
        // Who applied hears the answer to that, and nothing twice.
        has(&bot.says("ada", "/mentor program settings pathways new_mentors=apply").await, "saved");
        bot.says("ben", "/mentor role apply pathways experience=Steel strengths=steel why=Joy hours=2").await;
        bot.inbox("ben").await;
        bot.says("ada", "/mentor role grant mentor ben pathways").await;
        bot.advance(days(1)).await;
        assert_eq!(bot.inbox("ben").await.join("\n").matches("You are a mentor in Pathways now").count(), 1);
        // Who gives a role to themselves knows it.
        bot.inbox("ada").await;
        bot.says("ada", "/mentor role grant sponsor ada pathways").await;
        bot.advance(days(1)).await;
        lacks(&bot.inbox("ada").await.join("\n"), "You are a sponsor");
    }
}
