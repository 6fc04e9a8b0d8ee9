//! Private answers.

use serde_json::json;

use super::{Desk, refusal, words};
use crate::adapters::slack::transport::{Replies, ReplyTo};
use crate::chat::messenger::Outcome;
use crate::domain::civil::Instant;

fn to(desk: &Desk) -> ReplyTo {
    ReplyTo {
        workspace: "T1".to_owned(),
        account: "U1".to_owned(),
        channel: Some("C1".to_owned()),
        response_url: Some(format!("{}/respond", desk.base)),
        asked_at: Instant::from_secs(1_700_000_000),
        marker: "m1".to_owned(),
    }
}

#[tokio::test]
async fn an_address_serves_five_times_and_then_the_answer_goes_another_way() {
    let desk = Desk::new().await;
    let replies = Replies::new(desk.courier.clone());
    for _ in 0..6 {
        assert!(matches!(replies.private(&to(&desk), &words()).await, Outcome::Sent { .. }));
    }
    let mut expected = vec!["respond"; 5];
    expected.push("chat.postEphemeral");
    assert_eq!(desk.names(), expected);
    assert_eq!(desk.args("respond")[0]["response_type"], "ephemeral");
    assert_eq!(desk.args("respond")[0]["replace_original"], false);
    let shown = &desk.args("chat.postEphemeral")[0];
    assert_eq!((&shown["channel"], &shown["user"]), (&json!("C1"), &json!("U1")));
}

#[tokio::test]
async fn an_address_is_not_used_after_its_thirty_minutes() {
    let desk = Desk::new().await;
    desk.clock.turn_to(Instant::from_secs(1_700_000_000).plus_minutes(30));
    Replies::new(desk.courier.clone()).private(&to(&desk), &words()).await;
    assert_eq!(desk.names(), ["chat.postEphemeral"]);
}

#[tokio::test]
async fn who_is_not_in_the_conversation_is_answered_directly() {
    let desk = Desk::with(|method, _| match method {
        "respond" => Some(json!({ "ok": false, "error": "used_url", "_status": 404 })),
        "chat.postEphemeral" => refusal("user_not_in_channel"),
        _ => None,
    })
    .await;
    let replies = Replies::new(desk.courier.clone());
    let outcome = replies.private(&to(&desk), &words()).await;
    assert_eq!(outcome, Outcome::Sent { remote_id: "DU1/1700000000.000100".to_owned() });
    replies.private(&to(&desk), &words()).await;
    assert_eq!(desk.args("respond").len(), 1, "an address that was refused is not tried again");
}

#[tokio::test]
async fn in_their_own_conversation_with_the_bot_the_answer_is_a_message_that_stays() {
    let desk = Desk::new().await;
    let to = ReplyTo { channel: Some("D1".to_owned()), response_url: None, ..to(&desk) };
    Replies::new(desk.courier.clone()).private(&to, &words()).await;
    assert_eq!(desk.names(), ["chat.postMessage"]);
}

#[tokio::test]
async fn an_answer_that_may_have_arrived_is_not_sent_by_another_way() {
    let desk = Desk::with(|method, _| (method == "respond").then(|| json!({ "_status": 502 }))).await;
    let outcome = Replies::new(desk.courier.clone()).private(&to(&desk), &words()).await;
    assert!(matches!(outcome, Outcome::InDoubt { .. }), "{outcome:?}");
    assert_eq!(desk.names(), ["respond"]);
}

#[tokio::test]
async fn what_only_the_asker_saw_can_be_replaced() {
    let desk = Desk::new().await;
    Replies::new(desk.courier.clone()).replace(&to(&desk), &words()).await;
    assert_eq!(desk.args("respond")[0]["replace_original"], true);
}
