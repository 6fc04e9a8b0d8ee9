//! The standing card.

use serde_json::json;

use super::{Desk, refusal, words};
use crate::chat::messenger::{Messenger as _, Outcome};

async fn set(desk: &Desk, card: Option<&str>) -> Outcome {
    desk.messenger.set_card("T1", "C1", card, "m1", "Next meetup on Monday", &words()).await
}

#[tokio::test]
async fn a_first_card_is_posted_and_pinned_under_the_topic_and_then_only_changes() {
    let desk = Desk::with(|method, _| match method {
        "conversations.info" => Some(json!({ "ok": true, "channel": { "is_mpim": false } })),
        _ => None,
    })
    .await;
    let Outcome::Sent { remote_id } = set(&desk, None).await else { panic!("it is posted") };
    assert_eq!(desk.names(), ["conversations.setTopic", "chat.postMessage", "pins.add"]);
    assert_eq!(desk.args("pins.add")[0], json!({ "channel": "C1", "timestamp": "1700000000.000100" }));
    desk.forget();
    assert_eq!(set(&desk, Some(&remote_id)).await, Outcome::Sent { remote_id });
    assert_eq!(desk.names(), ["chat.update"], "the topic is as it was");
}

#[tokio::test]
async fn a_card_that_somebody_deleted_is_posted_anew() {
    let desk = Desk::with(|method, _| match method {
        "chat.update" => refusal("message_not_found"),
        _ => None,
    })
    .await;
    let outcome = set(&desk, Some("C1/1.5")).await;
    assert_eq!(outcome, Outcome::Sent { remote_id: "C1/1700000000.000100".to_owned() });
}

#[tokio::test]
async fn what_may_have_to_wait_comes_before_the_post() {
    let desk = Desk::with(|method, _| match method {
        "conversations.setTopic" => Some(json!({ "ok": false, "_status": 429, "_after": 30 })),
        _ => None,
    })
    .await;
    let outcome = set(&desk, None).await;
    assert!(matches!(outcome, Outcome::NotYet { retry_at: Some(_), .. }), "{outcome:?}");
    assert_eq!(desk.names(), ["conversations.setTopic"]);
}

#[tokio::test]
async fn a_card_stands_even_where_it_cannot_be_pinned_and_the_topic_not_set() {
    let desk = Desk::with(|method, _| match method {
        "conversations.setTopic" | "pins.add" => refusal("missing_scope"),
        _ => None,
    })
    .await;
    assert!(matches!(set(&desk, None).await, Outcome::Sent { .. }));
}
