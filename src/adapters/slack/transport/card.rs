//! The standing card of a group: one pinned message that changes. Invariant: a room never gets a second card while
//! the first one can still be changed.

use serde_json::json;

use super::super::PLATFORM;
use super::api::{Token, Urgency};
use super::courier::{Courier, MessageId};
use super::fault::CallError;
use super::naming::shorten;
use super::rooms::CHANNEL;
use crate::chat::message::Message;
use crate::chat::messenger::Place;

/// Slack's limit of a topic, in characters.
const LONGEST_TOPIC: usize = 250;

/// Sets the room's topic, then changes the card that was posted before, or posts one and pins it. What may have to
/// wait comes before the post, so that nothing is posted twice.
pub async fn set(
    courier: &Courier,
    workspace: &str,
    room: &str,
    card: Option<MessageId>,
    marker: &str,
    topic: &str,
    message: &Message,
) -> Result<MessageId, CallError> {
    let token = courier.api.token(workspace).await?;
    let words = courier.render(workspace, message).await;
    if is_channel(courier, workspace, room).await {
        set_topic(courier, &token, room, topic).await?;
    }
    if let Some(card) = card.filter(|card| card.channel == room) {
        match courier.change(&token, &card, &words, Urgency::Ordinary).await {
            Err(error)
                if error.is_any(&["message_not_found", "cant_update_message", "edit_window_closed"]) => {}
            other => return other.map(|()| card),
        }
    }
    courier.api.reserve(&token, "pins.add", &json!({ "channel": room }), Urgency::Ordinary).await?;
    let place = Place::Room(room.to_owned());
    let card = courier.post(&token, &place, marker, &words, Urgency::Ordinary).await?;
    pin(courier, &token, &card).await;
    Ok(card)
}

/// The card is out: without its pin it is only harder to find.
async fn pin(courier: &Courier, token: &Token, card: &MessageId) {
    let args = json!({ "channel": card.channel, "timestamp": card.ts });
    match courier.api.call_reserved(token, "pins.add", args, Urgency::Ordinary).await {
        Err(error) if !error.is_any(&["already_pinned"]) => told(token, &error, "slack.card_not_pinned"),
        _ => {}
    }
}

/// Sets the line under a channel's name, unless it was set so before. A room without it works as well: only what
/// will pass by itself is an error.
pub(super) async fn set_topic(
    courier: &Courier,
    token: &Token,
    room: &str,
    topic: &str,
) -> Result<(), CallError> {
    let topic = shorten(topic, LONGEST_TOPIC);
    if topic.is_empty() || !courier.is_new_topic(&token.workspace, room, &topic) {
        return Ok(());
    }
    let args = json!({ "channel": room, "topic": topic });
    match courier.api.call(token, "conversations.setTopic", args, Urgency::Ordinary).await {
        Ok(_) => courier.learn_topic(&token.workspace, room, &topic),
        Err(error @ (CallError::Rate { .. } | CallError::NotSent { .. })) => return Err(error),
        Err(error) => told(token, &error, "slack.topic_not_set"),
    }
    Ok(())
}

/// Group messages have no topic.
async fn is_channel(courier: &Courier, workspace: &str, room: &str) -> bool {
    let found = async {
        let mut tx = courier.store.read().await?;
        tx.find_opened_room_by_id(PLATFORM, workspace, room).await
    };
    found.await.is_ok_and(|opened| opened.is_none_or(|opened| opened.kind == CHANNEL))
}

fn told(token: &Token, error: &CallError, what: &'static str) {
    tracing::warn!(slack.workspace = %token.workspace, error.reason = %error, "{what}");
}
