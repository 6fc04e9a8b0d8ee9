//! What every sender shares: words in Discord's form, one post, one change, threads woken when they sleep. Invariant: a
//! post always carries its marker, so that sending it again does no harm and a doubtful one can be looked for.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};
use serenity::model::id::{ChannelId, MessageId};

use super::call::{Call, Route, Upload};
use super::fault::{CallError, code};
use super::limiter::Urgency;
use super::mark;
use super::rest::Rest;
use crate::chat::message::Message;
use crate::chat::messenger::Place;
use crate::clock::Clock;
use crate::domain::civil::Instant;
use crate::store::Store;

/// A message in Discord's form.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// For a new message, without nonce and allowed mentions.
    pub body: Value,
    /// For the change of an earlier message into this one.
    pub edit: Value,
    /// What goes along, as part `files[n]` each.
    pub files: Vec<Upload>,
    /// The accounts that are mentioned.
    pub mentions: Vec<String>,
}

/// Draws messages in Discord's form.
#[async_trait]
pub trait Draw: Send + Sync {
    /// A message for a place of a server.
    async fn draw(&self, guild: &str, place: &Place, message: &Message) -> Drawn;
}

/// Where a message stands: its channel and its own id, which together are its id to the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The channel or thread.
    pub channel: String,
    /// The message.
    pub message: String,
}

impl Post {
    /// As the core keeps it.
    pub fn text(&self) -> String {
        format!("{}/{}", self.channel, self.message)
    }

    /// Reads what [`Self::text`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let (channel, message) = text.split_once('/')?;
        Some(Self { channel: channel.to_owned(), message: message.to_owned() })
    }

    pub(super) fn route(&self) -> Result<Route<'static>, CallError> {
        let (channel_id, message_id) = (id::<ChannelId>(&self.channel)?, id::<MessageId>(&self.message)?);
        Ok(Route::ChannelMessage { channel_id, message_id })
    }
}

/// An id as the routes take it.
pub(super) fn id<T: From<NonZeroU64>>(text: &str) -> Result<T, CallError> {
    text.parse::<NonZeroU64>().map(T::from).map_err(|_| CallError::not_an_id())
}

/// The id that an answer names.
pub(super) fn id_in(answer: &Value, what: &'static str) -> Result<String, CallError> {
    answer["id"].as_str().map(str::to_owned).ok_or_else(|| CallError::unread(what))
}

/// The shared part of all senders.
pub struct Courier {
    /// The client.
    pub rest: Arc<Rest>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    draw: Arc<dyn Draw>,
    topics: Mutex<HashMap<String, String>>,
}

impl Courier {
    /// A courier over this client.
    pub fn new(rest: Arc<Rest>, store: Store, clock: Arc<dyn Clock>, draw: Arc<dyn Draw>) -> Self {
        Self { rest, store, clock, draw, topics: Mutex::default() }
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A message in Discord's form.
    pub async fn draw(&self, guild: &str, place: &Place, message: &Message) -> Drawn {
        self.draw.draw(guild, place, message).await
    }

    /// Posts in a channel; a thread that sleeps is woken first. Harmless to repeat within Discord's memory of nonces.
    pub async fn post(
        &self,
        channel: &str,
        marker: &str,
        drawn: Drawn,
        urgency: Urgency,
    ) -> Result<Post, CallError> {
        let route = Route::ChannelMessages { channel_id: id::<ChannelId>(channel)? };
        let mut body = drawn.body;
        mark::stamp(&mut body, marker, &drawn.mentions);
        let call = Call::post(route, body).files(drawn.files).urgency(urgency).repeatable();
        let answer = self.awake(channel, call).await?;
        Ok(Post { channel: channel.to_owned(), message: id_in(&answer, "message")? })
    }

    /// Changes a message in place. Harmless to repeat.
    pub async fn change(&self, post: &Post, drawn: Drawn, urgency: Urgency) -> Result<(), CallError> {
        let mut body = drawn.edit;
        // A change tells nobody anew.
        body["allowed_mentions"] = mark::allowed(&[]);
        let call = Call::patch(post.route()?, body).files(drawn.files).urgency(urgency);
        self.awake(&post.channel, call).await.map(drop)
    }

    /// Makes a call in a channel, once more after waking it when it is a thread that sleeps.
    pub async fn awake(&self, channel: &str, call: Call<'_>) -> Result<Value, CallError> {
        match self.rest.call(call.clone()).await {
            Err(error) if error.is_any(&[code::ARCHIVED]) => {
                let route = Route::Channel { channel_id: id::<ChannelId>(channel)? };
                let body = json!({ "archived": false, "locked": false });
                self.rest.call(Call::patch(route, body).urgency(call.urgency)).await?;
                self.rest.call(call).await
            }
            other => other,
        }
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a channel's topic has to be set to show this one.
    pub fn is_new_topic(&self, channel: &str, topic: &str) -> bool {
        self.topics().get(channel).is_none_or(|shown| shown != topic)
    }

    /// Remembers the topic that a channel shows.
    pub fn learn_topic(&self, channel: &str, topic: &str) {
        self.topics().insert(channel.to_owned(), topic.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_read_as_it_was_written() {
        let post = Post { channel: "11".to_owned(), message: "22".to_owned() };
        assert_eq!(Post::read(&post.text()), Some(post));
        assert_eq!(Post::read("no-slash"), None);
    }

    #[test]
    fn what_is_no_id_never_gets_into_an_address() {
        for text in ["", "0", "-1", "1/../2", "@me", "99999999999999999999999"] {
            assert!(id::<ChannelId>(text).is_err(), "{text}");
        }
        assert_eq!(id::<ChannelId>("175928847299117063"), Ok(ChannelId::new(175_928_847_299_117_063)));
    }
}
