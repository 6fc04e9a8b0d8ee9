//! Posting, changing and finding again.

use serde_json::json;

use super::{Desk, refusal, words};
use crate::chat::Message;
use crate::chat::message::{Block, Span};
use crate::chat::messenger::{Found, Gone, Messenger as _, Outcome, Place};
use crate::domain::civil::Instant;

fn direct() -> Place {
    Place::Direct("U1".to_owned())
}

fn room() -> Place {
    Place::Room("C1".to_owned())
}

fn sent(id: &str) -> Outcome {
    Outcome::Sent { remote_id: id.to_owned() }
}

#[tokio::test]
async fn a_first_direct_message_needs_one_call_and_teaches_where_the_next_one_goes() {
    let desk = Desk::new().await;
    let outcome = desk.messenger.send("T1", &direct(), "m1", &words()).await;
    assert_eq!(outcome, sent("DU1/1700000000.000100"));
    desk.messenger.send("T1", &direct(), "m2", &words()).await;
    let posts = desk.args("chat.postMessage");
    assert_eq!((&posts[0]["channel"], &posts[1]["channel"]), (&json!("U1"), &json!("DU1")));
    assert_eq!(desk.names().len(), 2);
    let mut tx = desk.courier.store.read().await.unwrap();
    let kept = tx.find_contact("slack", "T1", "U1").await.unwrap().unwrap();
    assert_eq!(kept.direct.as_deref(), Some("DU1"));
}

#[tokio::test]
async fn a_post_carries_its_marker_its_words_and_no_previews() {
    let desk = Desk::new().await;
    let message = Message::new().text([Span::Person { id: "u7".to_owned(), name: "Ada".to_owned() }]);
    desk.messenger.send("T1", &room(), "m1", &message).await;
    let post = &desk.args("chat.postMessage")[0];
    assert_eq!(post["metadata"], json!({ "event_type": "roundtable_mark", "event_payload": { "id": "m1" } }));
    assert_eq!(post["unfurl_links"], false);
    assert!(!post["text"].as_str().unwrap().is_empty());
    assert!(post["blocks"].to_string().contains("U7"), "people are linked: {}", post["blocks"]);
}

#[tokio::test]
async fn where_an_account_is_no_place_to_post_the_conversation_is_opened_first() {
    let desk = Desk::with(|method, args| {
        let by_account = method == "chat.postMessage" && args["channel"] == "U1";
        if by_account { refusal("channel_not_found") } else { None }
    })
    .await;
    let outcome = desk.messenger.send("T1", &direct(), "m1", &words()).await;
    assert_eq!(outcome, sent("DU1/1700000000.000100"));
    assert_eq!(desk.names(), ["chat.postMessage", "conversations.open", "chat.postMessage"]);
}

#[tokio::test]
async fn who_cannot_be_written_to_and_what_is_not_there_is_reported_as_gone() {
    for (code, place, what) in [
        ("user_disabled", direct(), Gone::Person),
        ("is_archived", room(), Gone::Room),
        ("account_inactive", direct(), Gone::Workspace),
    ] {
        let desk = Desk::with(move |_, _| refusal(code)).await;
        let outcome = desk.messenger.send("T1", &place, "m1", &words()).await;
        assert!(matches!(outcome, Outcome::Gone { what: told, .. } if told == what), "{code}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_update_names_the_message_and_carries_no_second_marker() {
    let desk = Desk::new().await;
    let outcome = desk.messenger.update("T1", &direct(), "D9/1.5", &words()).await;
    assert_eq!(outcome, sent("D9/1.5"));
    let update = &desk.args("chat.update")[0];
    assert_eq!((&update["channel"], &update["ts"]), (&json!("D9"), &json!("1.5")));
    let unreadable = desk.messenger.update("T1", &room(), "nonsense", &words()).await;
    assert!(matches!(unreadable, Outcome::Refused { .. }), "{unreadable:?}");
}

fn page(marker: &str, next: &str) -> serde_json::Value {
    json!({
        "ok": true,
        "has_more": !next.is_empty(),
        "response_metadata": { "next_cursor": next },
        "messages": [
            { "ts": "1.1", "text": "somebody's words" },
            { "ts": "1.2", "metadata": { "event_type": "other", "event_payload": { "id": "m1", "n": 3 } } },
            { "ts": "1.3", "metadata": { "event_type": "roundtable_mark", "event_payload": { "id": marker } } },
        ],
    })
}

#[tokio::test]
async fn a_message_is_found_by_its_marker_on_a_later_page() {
    let desk = Desk::with(|method, args| {
        let second = args["cursor"] == "two";
        (method == "conversations.history").then(|| if second { page("m1", "") } else { page("m0", "two") })
    })
    .await;
    let since = Instant::from_micros(1_699_999_999_000_050);
    let found = desk.messenger.find("T1", &room(), "m1", since).await;
    assert_eq!(found, Found::Yes { remote_id: "C1/1.3".to_owned() });
    let asked = &desk.args("conversations.history")[0];
    assert_eq!(asked["oldest"], "1699999999.000050");
    assert_eq!(asked["include_all_metadata"], "true");
    assert_eq!(desk.messenger.find("T1", &room(), "m9", since).await, Found::No);
}

#[tokio::test]
async fn a_history_that_may_not_be_read_or_has_no_end_settles_nothing() {
    let since = Instant::from_secs(0);
    let closed = Desk::with(|_, _| refusal("missing_scope")).await;
    assert_eq!(closed.messenger.find("T1", &room(), "m1", since).await, Found::Unreadable);
    let endless = Desk::with(|_, _| Some(page("m0", "more"))).await;
    assert_eq!(endless.messenger.find("T1", &room(), "m1", since).await, Found::Unreadable);
    assert_eq!(endless.names().len(), 10);
}

#[tokio::test]
async fn a_direct_message_is_looked_for_in_the_conversation_with_the_person() {
    let desk = Desk::with(|method, _| (method == "conversations.history").then(|| page("m1", ""))).await;
    let found = desk.messenger.find("T1", &direct(), "m1", Instant::from_secs(0)).await;
    assert_eq!(found, Found::Yes { remote_id: "DU1/1.3".to_owned() });
}

fn with_file() -> Message {
    let mut message = words();
    message.blocks.push(Block::File {
        name: "meetup.ics".to_owned(),
        media_type: "text/calendar".to_owned(),
        alt: "The meetup".to_owned(),
        base64: "QkVHSU4=".to_owned(),
    });
    message
}

#[tokio::test]
async fn a_file_is_handed_over_before_the_message_and_shared_after_it() {
    let desk = Desk::new().await;
    desk.messenger.send("T1", &direct(), "m1", &with_file()).await;
    let order = ["files.getUploadURLExternal", "upload", "chat.postMessage", "files.completeUploadExternal"];
    assert_eq!(desk.names(), order);
    assert_eq!(desk.args("upload")[0]["bytes"], 5);
    assert_eq!(desk.args("files.completeUploadExternal")[0]["channel_id"], "DU1");
}

#[tokio::test]
async fn a_file_that_slack_does_not_take_holds_back_no_message() {
    let desk = Desk::with(|method, _| match method {
        "files.getUploadURLExternal" => refusal("missing_scope"),
        _ => None,
    })
    .await;
    let outcome = desk.messenger.send("T1", &room(), "m1", &with_file()).await;
    assert_eq!(outcome, sent("C1/1700000000.000100"));
}

#[tokio::test]
async fn a_file_that_has_to_wait_holds_back_its_message_before_anybody_sees_it() {
    let desk = Desk::with(|method, _| match method {
        "files.getUploadURLExternal" => Some(json!({ "ok": false, "_status": 429, "_after": 20 })),
        _ => None,
    })
    .await;
    let outcome = desk.messenger.send("T1", &room(), "m1", &with_file()).await;
    let Outcome::NotYet { retry_at: Some(at), .. } = outcome else { panic!("{outcome:?}") };
    assert!(at >= Instant::from_secs(1_700_000_020), "{at:?}");
    assert_eq!(desk.names(), ["files.getUploadURLExternal"]);
}
