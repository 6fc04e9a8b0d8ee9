//! Rooms: opened once, furnished, brought up to date.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::fault::code;
use super::*;
use crate::chat::messenger::{Messenger as _, Outcome, RoomRequest};

fn request(marker: &str, members: &[&str]) -> RoomRequest {
    RoomRequest {
        marker: marker.to_owned(),
        name: "Spring group 3".to_owned(),
        topic: "Private to this group.".to_owned(),
        members: members.iter().map(|&account| account.to_owned()).collect(),
    }
}

fn opened(outcome: Outcome) -> String {
    match outcome {
        Outcome::Sent { remote_id } => remote_id,
        other => panic!("{other:?}"),
    }
}

fn people(accounts: &[&str]) -> Vec<String> {
    accounts.iter().map(|&account| account.to_owned()).collect()
}

#[tokio::test]
async fn a_group_gets_one_private_thread_with_its_members_however_often_it_is_asked_for() {
    let desk = Desk::new().await;
    let first = opened(desk.messenger.open_room(GUILD, &request("m1", &["7", "8"])).await);
    let body = &desk.bodies("POST channels/500/threads")[0];
    let expected =
        json!({ "name": "Spring group 3", "type": 12, "invitable": false, "auto_archive_duration": 10_080 });
    assert_eq!(body, &expected);
    assert_eq!(desk.inside(&first), ["7", "8"]);
    let again = opened(desk.restarted().open_room(GUILD, &request("m1", &["7", "8", "9"])).await);
    assert_eq!((&again, desk.count("POST channels/500/threads")), (&first, 1));
    assert_eq!(desk.inside(&first), ["7", "8", "9"]);
    let other = opened(desk.messenger.open_room(GUILD, &request("m2", &["7"])).await);
    assert_ne!(other, first, "another group has another room, even of the same name");
}

#[tokio::test]
async fn a_thread_whose_answer_got_lost_is_found_again() {
    let tries = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, _| {
        let lost = asked.ends_with("/threads") && tries.fetch_add(1, Ordering::Relaxed) == 0;
        lost.then(|| (504, Value::Null))
    })
    .await;
    let outcome = desk.messenger.open_room(GUILD, &request("m1", &["7"])).await;
    assert!(matches!(outcome, Outcome::InDoubt { .. }), "{outcome:?}");
    let room = opened(desk.restarted().open_room(GUILD, &request("m1", &["7"])).await);
    assert_eq!(desk.count("POST channels/500/threads"), 1);
    assert_eq!(desk.inside(&room), ["7"]);
}

#[tokio::test]
async fn one_who_cannot_be_let_in_is_left_out_and_when_nobody_can_it_is_no_room() {
    let desk = Desk::with(|asked, _| match asked.rsplit_once("/thread-members/") {
        Some((_, "8")) => refusal(code::UNKNOWN_MEMBER),
        Some((_, "6")) => refusal(code::NO_PERMISSION),
        _ => None,
    })
    .await;
    let room = opened(desk.messenger.open_room(GUILD, &request("m1", &["7", "8", "9"])).await);
    assert_eq!(desk.inside(&room), ["7", "9"]);
    let outcome = desk.messenger.open_room(GUILD, &request("m2", &["6"])).await;
    assert!(matches!(outcome, Outcome::NotYet { .. }), "{outcome:?}");
    let outcome = desk.messenger.open_room(GUILD, &request("m3", &[])).await;
    assert!(matches!(&outcome, Outcome::Refused { reason } if reason.contains("Add members")), "{outcome:?}");
}

#[tokio::test]
async fn who_left_the_group_is_taken_out_and_who_is_in_it_is_let_in_even_after_a_restart() {
    let desk = Desk::new().await;
    let room = opened(desk.messenger.open_room(GUILD, &request("m1", &["7", "8"])).await);
    let messenger = desk.restarted();
    opened(messenger.set_members(GUILD, &room, &people(&["8", "9"])).await);
    assert_eq!(desk.inside(&room), ["8", "9"]);
    desk.forget();
    opened(messenger.set_members(GUILD, &room, &people(&["8", "9"])).await);
    assert!(desk.asked().iter().all(|asked| !asked.starts_with("DELETE")), "{:?}", desk.asked());
}

#[tokio::test]
async fn a_limit_that_cuts_letting_in_short_is_passed_by_the_next_run() {
    let calls = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, _| {
        let (method, rest) = asked.split_once(' ').unwrap();
        let is_full = method == "PUT"
            && rest.contains("/thread-members/")
            && calls.fetch_add(1, Ordering::Relaxed) % 3 == 2;
        is_full.then(|| (429, json!({ "retry_after": 30.0, "global": false })))
    })
    .await;
    let all = ["21", "22", "23", "24", "25"];
    let mut runs = 0;
    let room = loop {
        runs += 1;
        match desk.restarted().open_room(GUILD, &request("m1", &all)).await {
            Outcome::Sent { remote_id } => break remote_id,
            Outcome::NotYet { retry_at: Some(_), .. } if runs < 5 => {}
            other => panic!("{other:?} in run {runs}"),
        }
    };
    assert_eq!((runs, desk.inside(&room)), (3, people(&all)));
}

#[tokio::test]
async fn who_may_not_be_taken_out_now_is_taken_out_when_that_is_allowed() {
    let calls = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, _| {
        let is_first = asked.starts_with("DELETE") && calls.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| refusal(code::NO_PERMISSION)).flatten()
    })
    .await;
    let room = opened(desk.messenger.open_room(GUILD, &request("m1", &["7", "8"])).await);
    let outcome = desk.messenger.set_members(GUILD, &room, &people(&["8", "9"])).await;
    assert!(!matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert_eq!(desk.inside(&room), ["7", "8", "9"], "the others come in all the same");
    opened(desk.restarted().set_members(GUILD, &room, &people(&["8", "9"])).await);
    assert!(!desk.inside(&room).contains(&"7".to_owned()), "{:?}", desk.inside(&room));
}

#[tokio::test]
async fn in_a_channel_only_what_the_bot_granted_is_taken_away() {
    let plan = RoomPlan { channels: true, lists_members: false };
    let may = (1_u64 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16).to_string();
    let desk = Desk::planned(plan, move |asked, _| {
        let overwrites = json!([
            { "id": "5", "type": 1, "allow": may, "deny": "0" },
            { "id": "6", "type": 1, "allow": "0", "deny": "1024" },
            { "id": "4", "type": 1, "allow": "8589935616", "deny": "0" },
        ]);
        asked.starts_with("GET channels/").then(|| (200, json!({ "permission_overwrites": overwrites })))
    })
    .await;
    let room = opened(desk.messenger.open_room(GUILD, &request("m1", &["7"])).await);
    opened(desk.messenger.set_members(GUILD, &room, &people(&["7"])).await);
    let out: Vec<String> = desk.asked().into_iter().filter(|asked| asked.starts_with("DELETE")).collect();
    assert_eq!(out, [format!("DELETE channels/{room}/permissions/5")]);
}

#[tokio::test]
async fn with_the_members_intent_whoever_came_by_a_side_door_is_taken_out_but_no_bot() {
    let plan = RoomPlan { channels: false, lists_members: true };
    let desk = Desk::planned(plan, |asked, _| {
        let list = json!([
            { "user_id": "1", "member": { "user": { "id": "1", "bot": true } } },
            { "user_id": "2", "member": { "user": { "id": "2", "bot": true } } },
            { "user_id": "5", "member": { "user": { "id": "5" } } },
            { "user_id": "7", "member": { "user": { "id": "7" } } },
        ]);
        asked.contains("/thread-members?").then_some((200, list))
    })
    .await;
    let room = opened(desk.messenger.open_room(GUILD, &request("m1", &["7"])).await);
    desk.forget();
    opened(desk.messenger.set_members(GUILD, &room, &people(&["7"])).await);
    let out: Vec<String> = desk.asked().into_iter().filter(|asked| asked.starts_with("DELETE")).collect();
    assert_eq!(out, [format!("DELETE channels/{room}/thread-members/5")]);
}

#[tokio::test]
async fn where_channels_are_wanted_the_room_is_one_that_only_its_members_see() {
    let plan = RoomPlan { channels: true, lists_members: false };
    let desk = Desk::planned(plan, |_, _| None).await;
    let room = opened(desk.messenger.open_room(GUILD, &request("m1", &["7"])).await);
    let body = &desk.bodies(&format!("POST guilds/{GUILD}/channels"))[0];
    assert_eq!((&body["name"], &body["topic"]), (&json!("spring-group-3"), &json!("Private to this group.")));
    let overwrites = body["permission_overwrites"].as_array().unwrap();
    let of = |id: &str| overwrites.iter().find(|overwrite| overwrite["id"] == id).unwrap();
    assert_eq!(of(GUILD)["deny"], "1024");
    assert!(of("7")["allow"].as_str().unwrap().parse::<u64>().unwrap() & 1_024 != 0);
    assert_eq!(of("1")["type"], 1, "the bot must not shut itself out");
    opened(desk.messenger.set_card(GUILD, &room, None, "c1", "Next: Tuesday", &words()).await);
    opened(desk.messenger.set_card(GUILD, &room, None, "c2", "Next: Tuesday", &words()).await);
    assert_eq!(desk.bodies(&format!("PATCH channels/{room}")), [json!({ "topic": "Next: Tuesday" })]);
}

#[tokio::test]
async fn what_the_bot_may_not_do_is_told_with_what_to_change() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/500/threads" => refusal(code::NO_PERMISSION),
        _ => None,
    })
    .await;
    let outcome = desk.messenger.open_room(GUILD, &request("m1", &["7"])).await;
    let Outcome::Refused { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("Create Private Threads") && reason.contains("open the room again"), "{reason}");
    let full = Desk::with(|asked, _| match asked {
        "POST channels/500/threads" => refusal(code::TOO_MANY_THREADS),
        _ => None,
    })
    .await;
    let outcome = full.messenger.open_room(GUILD, &request("m1", &["7"])).await;
    let Outcome::Refused { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("as many open threads as Discord allows"), "{reason}");
}

#[tokio::test]
async fn a_mentoring_channel_that_was_deleted_is_looked_for_anew() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/501/threads" => refusal(code::UNKNOWN_CHANNEL),
        _ => None,
    })
    .await;
    super::super::home::remember(&desk.courier, GUILD, "501").await.unwrap();
    let outcome = desk.messenger.open_room(GUILD, &request("m1", &["7"])).await;
    assert!(matches!(outcome, Outcome::NotYet { .. }), "{outcome:?}");
    opened(desk.messenger.open_room(GUILD, &request("m1", &["7"])).await);
    assert_eq!(desk.count("POST channels/500/threads"), 1);
}
