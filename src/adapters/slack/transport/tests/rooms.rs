//! Rooms and their members.

use serde_json::{Value, json};

use super::{Desk, refusal};
use crate::chat::messenger::{Gone, Messenger as _, Outcome, RoomRequest};

fn people(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("U{n}")).collect()
}

fn request(marker: &str, count: usize) -> RoomRequest {
    RoomRequest {
        marker: marker.to_owned(),
        name: "Owls".to_owned(),
        topic: "Meets on Mondays".to_owned(),
        members: people(count),
    }
}

fn sent(id: &str) -> Outcome {
    Outcome::Sent { remote_id: id.to_owned() }
}

#[tokio::test]
async fn a_small_group_gets_a_group_message_and_asking_again_finds_it() {
    let desk = Desk::new().await;
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm1", 3)).await, sent("G-U1,U2,U3"));
    assert_eq!(desk.names(), ["conversations.open"]);
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm1", 3)).await, sent("G-U1,U2,U3"));
    assert_eq!(desk.names().len(), 1, "nothing was asked again");
}

#[tokio::test]
async fn two_groups_of_the_same_people_do_not_share_a_room() {
    let desk = Desk::new().await;
    desk.messenger.open_room("T1", &request("abcdefm1", 3)).await;
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm2", 3)).await, sent("C-new"));
}

#[tokio::test]
async fn nine_people_get_a_private_channel_with_all_of_them_and_its_topic() {
    let desk = Desk::new().await;
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm1", 9)).await, sent("C-new"));
    assert_eq!(desk.names(), ["conversations.create", "conversations.invite", "conversations.setTopic"]);
    assert_eq!(desk.args("conversations.create")[0], json!({ "name": "owls-cdefm1", "is_private": true }));
    let invited = &desk.args("conversations.invite")[0];
    assert_eq!(invited["users"], "U1,U2,U3,U4,U5,U6,U7,U8,U9");
    assert_eq!(invited["force"], true);
}

#[tokio::test]
async fn a_taken_name_is_ours_when_the_bot_is_in_that_channel_and_is_numbered_otherwise() {
    let ours = Desk::with(|method, _| match method {
        "conversations.create" => refusal("name_taken"),
        "users.conversations" => {
            Some(json!({ "ok": true, "channels": [{ "id": "C-lost", "name": "owls-cdefm1" }] }))
        }
        _ => None,
    })
    .await;
    assert_eq!(ours.messenger.open_room("T1", &request("abcdefm1", 9)).await, sent("C-lost"));
    let theirs = Desk::with(|method, args| match method {
        "conversations.create" if args["name"] == "owls-cdefm1" => refusal("name_taken"),
        "users.conversations" => refusal("missing_scope"),
        _ => None,
    })
    .await;
    assert_eq!(theirs.messenger.open_room("T1", &request("abcdefm1", 9)).await, sent("C-new"));
    assert_eq!(theirs.args("conversations.create")[1]["name"], "owls-cdefm1-2");
}

#[tokio::test]
async fn where_channels_are_forbidden_staff_hear_what_an_admin_can_do() {
    let desk = Desk::with(|method, _| match method {
        "conversations.create" => refusal("restricted_action"),
        _ => None,
    })
    .await;
    let outcome = desk.messenger.open_room("T1", &request("abcdefm1", 9)).await;
    let Outcome::Refused { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("restricted_action") && reason.contains("admin"), "{reason}");
    let alone = desk.messenger.open_room("T1", &request("abcdefm2", 1)).await;
    assert_eq!(alone, sent("DU1"), "one person can be written to directly");
}

#[tokio::test]
async fn where_group_messages_are_forbidden_a_channel_is_opened() {
    let desk = Desk::with(|method, _| match method {
        "conversations.open" => refusal("missing_scope"),
        _ => None,
    })
    .await;
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm1", 3)).await, sent("C-new"));
}

#[tokio::test]
async fn one_who_left_does_not_keep_the_others_from_their_room() {
    let desk = Desk::with(|method, args| match method {
        "conversations.open" if args["users"].as_str().is_some_and(|users| users.contains("U2")) => {
            refusal("user_disabled")
        }
        "users.info" if args["user"] == "U2" => {
            Some(json!({ "ok": true, "user": { "deleted": true, "is_bot": false } }))
        }
        _ => None,
    })
    .await;
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm1", 3)).await, sent("G-U1,U3"));
}

#[tokio::test]
async fn one_who_cannot_be_invited_does_not_keep_the_others_out() {
    let desk = Desk::with(|method, args| match method {
        "conversations.invite" if args["users"].as_str().is_some_and(|users| users.contains("U2")) => {
            refusal("user_is_restricted")
        }
        _ => None,
    })
    .await;
    assert_eq!(desk.messenger.open_room("T1", &request("abcdefm1", 9)).await, sent("C-new"));
    let single: Vec<Value> =
        desk.args("conversations.invite").iter().skip(1).map(|args| args["users"].clone()).collect();
    assert_eq!(single.len(), 9);
}

#[tokio::test]
async fn a_room_that_was_half_made_is_finished_when_it_is_asked_for_again() {
    let desk = Desk::with(|method, args| match method {
        "conversations.setTopic" if args["topic"] == "Meets on Mondays" => {
            Some(json!({ "ok": false, "_status": 429, "_after": 60 }))
        }
        _ => None,
    })
    .await;
    let outcome = desk.messenger.open_room("T1", &request("abcdefm1", 9)).await;
    assert!(matches!(outcome, Outcome::NotYet { retry_at: Some(_), .. }), "{outcome:?}");
    desk.forget();
    let later = RoomRequest { topic: String::new(), ..request("abcdefm1", 9) };
    assert_eq!(desk.messenger.open_room("T1", &later).await, sent("C-new"));
    assert_eq!(desk.names(), ["conversations.invite"], "no second channel");
}

#[tokio::test]
async fn a_group_message_gets_new_members_by_becoming_another_one() {
    let desk = Desk::new().await;
    desk.messenger.open_room("T1", &request("abcdefm1", 3)).await;
    let moved = desk.messenger.set_members("T1", "G-U1,U2,U3", &people(4)).await;
    assert_eq!(moved, sent("G-U1,U2,U3,U4"));
    let back = desk.messenger.set_members("T1", "G-U1,U2,U3,U4", &people(3)).await;
    assert_eq!(back, sent("G-U1,U2,U3"), "it is the same group's");
    let ended = desk.messenger.set_members("T1", "G-U1,U2,U3", &[]).await;
    assert_eq!(ended, sent("G-U1,U2,U3"), "who is in a group message stays in it");
    let grown = desk.messenger.set_members("T1", "G-U1,U2,U3", &people(9)).await;
    assert_eq!(grown, sent("C-new"));
}

#[tokio::test]
async fn a_channel_is_brought_up_to_date_without_removing_other_apps() {
    let desk = Desk::with(|method, args| match method {
        "conversations.members" => Some(json!({ "ok": true, "members": ["U1", "U7", "UBOT"] })),
        "users.info" if args["user"] == "UBOT" => {
            Some(json!({ "ok": true, "user": { "deleted": false, "is_bot": true } }))
        }
        _ => None,
    })
    .await;
    desk.messenger.open_room("T1", &request("abcdefm1", 9)).await;
    desk.forget();
    assert_eq!(desk.messenger.set_members("T1", "C-new", &people(2)).await, sent("C-new"));
    assert_eq!(desk.args("conversations.invite")[0]["users"], "U2");
    let kicked: Vec<Value> =
        desk.args("conversations.kick").iter().map(|args| args["user"].clone()).collect();
    assert_eq!(kicked, ["U7"]);
}

#[tokio::test]
async fn an_archived_channel_is_reported_as_gone() {
    let desk = Desk::with(|method, _| match method {
        "conversations.members" => refusal("is_archived"),
        _ => None,
    })
    .await;
    desk.messenger.open_room("T1", &request("abcdefm1", 9)).await;
    let outcome = desk.messenger.set_members("T1", "C-new", &people(2)).await;
    assert!(matches!(outcome, Outcome::Gone { what: Gone::Room, .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_group_of_nobody_is_refused_with_what_to_do() {
    let desk = Desk::new().await;
    let outcome = desk.messenger.open_room("T1", &request("abcdefm1", 0)).await;
    assert!(matches!(&outcome, Outcome::Refused { reason } if reason.contains("Add members")), "{outcome:?}");
    assert!(desk.names().is_empty());
}
