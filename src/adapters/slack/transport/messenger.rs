//! Slack behind the core's port. Invariant: a call never repeats a post by itself; what is in doubt is found again by
//! its marker in the conversation's history.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::api::{Token, Urgency};
use super::card;
use super::courier::{Courier, MARK, MessageId};
use super::fault::CallError;
use super::{files, members, rooms};
use crate::chat::message::Message;
use crate::chat::messenger::{Found, Messenger, Outcome, Place, RoomRequest};
use crate::domain::civil::Instant;

/// Messages on one page of a history.
const PAGE: u32 = 100;
/// Pages that are looked through; a conversation that said more than this since then is not read on.
const MOST_PAGES: usize = 10;

/// Slack's side of the `Messenger` port. One serves all workspaces.
pub struct SlackMessenger {
    courier: Arc<Courier>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct History {
    messages: Vec<Entry>,
    has_more: bool,
    response_metadata: Cursor,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    ts: String,
    metadata: serde_json::Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cursor {
    next_cursor: String,
}

/// A room's posts do not stand behind a message to thousands of people.
const fn urgency(place: &Place) -> Urgency {
    match place {
        Place::Room(_) => Urgency::Ordinary,
        Place::Direct(_) => Urgency::Bulk,
    }
}

impl SlackMessenger {
    /// A messenger over this courier.
    pub const fn new(courier: Arc<Courier>) -> Self {
        Self { courier }
    }

    async fn post(
        &self,
        workspace: &str,
        place: &Place,
        marker: &str,
        message: &Message,
    ) -> Result<MessageId, CallError> {
        let api = &self.courier.api;
        let token = api.token(workspace).await?;
        let words = self.courier.render(workspace, message).await;
        let files = files::prepare(api, &token, marker, message, urgency(place)).await?;
        let posted = self.courier.post(&token, place, marker, &words, urgency(place)).await?;
        files::share(api, &token, &posted.channel, &files, Urgency::Ordinary).await;
        Ok(posted)
    }

    async fn change(
        &self,
        workspace: &str,
        place: &Place,
        remote_id: &str,
        message: &Message,
    ) -> Result<(), CallError> {
        let id = MessageId::read(remote_id).ok_or_else(|| CallError::refused("message_not_found"))?;
        let token = self.courier.api.token(workspace).await?;
        let words = self.courier.render(workspace, message).await;
        self.courier.change(&token, &id, &words, urgency(place)).await
    }

    /// Looks through a history, newest first. `None`: it is longer than we read.
    async fn look(
        &self,
        token: &Token,
        channel: &str,
        marker: &str,
        since: Instant,
    ) -> Result<Option<Found>, CallError> {
        let micros = since.as_micros().max(0);
        let oldest = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let mut args = json!({
                "channel": channel,
                "oldest": oldest,
                "inclusive": true,
                "include_all_metadata": true,
                "limit": PAGE,
            });
            if !cursor.is_empty() {
                args["cursor"] = cursor.into();
            }
            let answer =
                self.courier.api.call(token, "conversations.history", args, Urgency::Ordinary).await?;
            let page: History = serde_json::from_value(answer)
                .map_err(|_| CallError::InDoubt { reason: "the history could not be read".to_owned() })?;
            let found = page.messages.iter().find(|entry| {
                entry.metadata["event_type"] == MARK && entry.metadata["event_payload"]["id"] == marker
            });
            if let Some(entry) = found {
                let id = MessageId { channel: channel.to_owned(), ts: entry.ts.clone() };
                return Ok(Some(Found::Yes { remote_id: id.text() }));
            }
            cursor = page.response_metadata.next_cursor;
            if !page.has_more || cursor.is_empty() {
                return Ok(Some(Found::No));
            }
        }
        Ok(None)
    }

    async fn find_in(
        &self,
        workspace: &str,
        place: &Place,
        marker: &str,
        since: Instant,
    ) -> Result<Option<Found>, CallError> {
        let token = self.courier.api.token(workspace).await?;
        let channel = match place {
            Place::Room(room) => room.clone(),
            Place::Direct(account) => self.courier.direct(&token, account, Urgency::Ordinary).await?,
        };
        self.look(&token, &channel, marker, since).await
    }
}

#[async_trait]
impl Messenger for SlackMessenger {
    async fn send(&self, workspace: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        match self.post(workspace, place, marker, message).await {
            Ok(posted) => Outcome::Sent { remote_id: posted.text() },
            Err(error) => error.outcome(place, self.courier.now()),
        }
    }

    async fn update(&self, workspace: &str, place: &Place, remote_id: &str, message: &Message) -> Outcome {
        match self.change(workspace, place, remote_id, message).await {
            Ok(()) => Outcome::Sent { remote_id: remote_id.to_owned() },
            Err(error) => error.outcome(place, self.courier.now()),
        }
    }

    async fn open_room(&self, workspace: &str, request: &RoomRequest) -> Outcome {
        match rooms::open(&self.courier, workspace, request).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(failure) => failure.outcome(self.courier.now()),
        }
    }

    async fn set_members(&self, workspace: &str, room: &str, people: &[String]) -> Outcome {
        match members::set(&self.courier, workspace, room, people).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(failure) => failure.outcome(self.courier.now()),
        }
    }

    async fn set_card(
        &self,
        workspace: &str,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Outcome {
        let card = card.and_then(MessageId::read);
        match card::set(&self.courier, workspace, room, card, marker, topic, message).await {
            Ok(posted) => Outcome::Sent { remote_id: posted.text() },
            Err(error) => error.outcome(&Place::Room(room.to_owned()), self.courier.now()),
        }
    }

    async fn find(&self, workspace: &str, place: &Place, marker: &str, since: Instant) -> Found {
        match self.find_in(workspace, place, marker, since).await {
            Ok(Some(found)) => found,
            Ok(None) | Err(_) => Found::Unreadable,
        }
    }
}
