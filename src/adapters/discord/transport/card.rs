//! The standing card of a group: one pinned message that changes. Invariant: a room never gets a second card while the
//! first one can still be changed.

use serde_json::json;
use serenity::model::id::{ChannelId, MessageId};

use super::super::PLATFORM;
use super::call::{Call, Route};
use super::courier::{Courier, Post, id};
use super::fault::{CallError, code};
use super::limiter::Urgency;
use super::rooms::CHANNEL;
use crate::chat::message::Message;
use crate::chat::messenger::Place;

/// Discord's limit of a topic, in characters.
const LONGEST_TOPIC: usize = 1_024;

/// Changes the card that was posted before, or posts one and pins it; then sets the topic of a room that has one.
pub async fn set(
    courier: &Courier,
    guild: &str,
    room: &str,
    card: Option<Post>,
    marker: &str,
    topic: &str,
    message: &Message,
) -> Result<Post, CallError> {
    let place = Place::Room(room.to_owned());
    let drawn = courier.draw(guild, &place, message).await;
    if let Some(card) = card.filter(|card| card.channel == room) {
        match courier.change(&card, drawn.clone(), Urgency::Ordinary).await {
            Err(error) if error.is_any(&[code::UNKNOWN_MESSAGE]) => {}
            Err(error) => return Err(error),
            Ok(()) => {
                set_topic(courier, guild, room, topic).await;
                return Ok(card);
            }
        }
    }
    let card = courier.post(room, marker, drawn, Urgency::Ordinary).await?;
    pin(courier, guild, &card).await;
    set_topic(courier, guild, room, topic).await;
    Ok(card)
}

/// The card is out: without its pin it is only harder to find.
async fn pin(courier: &Courier, guild: &str, card: &Post) {
    let (Ok(channel_id), Ok(message_id)) = (id::<ChannelId>(&card.channel), id::<MessageId>(&card.message))
    else {
        return;
    };
    let call = Call::pin(channel_id, message_id);
    if let Err(error) = courier.awake(&card.channel, call).await {
        told(guild, &error, "discord.card_not_pinned");
    }
}

/// Sets the line under a channel's name, unless it was set so before. Discord allows few changes of it, and a room
/// without it works as well.
async fn set_topic(courier: &Courier, guild: &str, room: &str, topic: &str) {
    let topic: String = topic.chars().take(LONGEST_TOPIC).collect();
    if topic.is_empty() || !courier.is_new_topic(room, &topic) || !is_channel(courier, guild, room).await {
        return;
    }
    let Ok(channel_id) = id::<ChannelId>(room) else { return };
    let call = Call::patch(Route::Channel { channel_id }, json!({ "topic": topic }));
    match courier.rest.call(call).await {
        Ok(_) => courier.learn_topic(room, &topic),
        Err(error) => told(guild, &error, "discord.topic_not_set"),
    }
}

/// Threads have no topic.
async fn is_channel(courier: &Courier, guild: &str, room: &str) -> bool {
    let found = async {
        let mut tx = courier.store.read().await?;
        tx.find_opened_room_by_id(PLATFORM, guild, room).await
    };
    matches!(found.await, Ok(Some(opened)) if opened.kind == CHANNEL)
}

fn told(guild: &str, error: &CallError, what: &'static str) {
    tracing::warn!(discord.guild = %guild, error.reason = %error, "{what}");
}
