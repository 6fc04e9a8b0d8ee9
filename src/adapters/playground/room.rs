//! The playground as a platform: posting, changing, opening rooms, looking back. The marker is unique in the tables,
//! so a repeated post finds the first one.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::broadcast;

use super::{BOT, Event};
use crate::chat::messenger::{Found, Gone, Messenger, Outcome, Place, RoomRequest};
use crate::chat::{Message, message::Block};
use crate::clock::{Clock, IdSource};
use crate::domain::civil::Instant;
use crate::store::playground::PostRow;
use crate::store::{Store, StoreError};

/// The playground's side of the `Messenger` port.
pub struct PlaygroundMessenger {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    events: broadcast::Sender<Event>,
}

/// Id of a person's direct conversation with the bot.
pub(super) fn direct_room(account: &str) -> String {
    format!("dm-{account}")
}

pub(super) fn encode(message: &Message) -> String {
    serde_json::to_string(message).expect("a message holds nothing that JSON cannot say")
}

/// Reads a stored body; what cannot be read is shown as text.
pub(super) fn decode(body: &str) -> Message {
    serde_json::from_str(body).unwrap_or_else(|_| Message {
        blocks: vec![Block::Text { spans: vec!["This message cannot be shown.".into()] }],
    })
}

impl PlaygroundMessenger {
    /// A messenger on these tables.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self { store, clock, ids, events }
    }

    async fn post(&self, place: &Place, marker: &str, message: &Message) -> Result<String, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let room = match place {
            Place::Room(room) => room.clone(),
            Place::Direct(account) => {
                let room = direct_room(account);
                let topic = "Only you and the bot see this.";
                tx.insert_playground_room(&room, "dm", "Roundtable", topic, None, now).await?;
                tx.insert_playground_member(&room, account).await?;
                room
            }
        };
        let row = PostRow {
            id: self.ids.next(now),
            room_id: room.clone(),
            author: BOT.to_owned(),
            visible_to: None,
            sent_at: now,
            edited: 0,
            marker: Some(marker.to_owned()),
            body: encode(message),
        };
        let posted = tx.insert_playground_message(&row).await?;
        let id = if posted {
            row.id
        } else {
            tx.find_playground_message(marker).await?.map_or(row.id, |first| first.id)
        };
        tx.commit().await?;
        let _ = self.events.send(Event::Room(room));
        Ok(id)
    }

    /// Writes on the card that is there, or posts one; the room says its topic either way.
    async fn show_card(
        &self,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Result<String, StoreError> {
        let mut tx = self.store.begin().await?;
        let known = match card {
            Some(card) if tx.mark_playground_message(card, &encode(message)).await? => Some(card.to_owned()),
            _ => None,
        };
        tx.mark_playground_topic(room, topic).await?;
        tx.commit().await?;
        let _ = self.events.send(Event::Room(room.to_owned()));
        let _ = self.events.send(Event::State);
        match known {
            Some(card) => Ok(card),
            None => self.post(&Place::Room(room.to_owned()), marker, message).await,
        }
    }

    async fn open(&self, request: &RoomRequest) -> Result<String, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let id = if let Some(id) = tx.find_playground_room(&request.marker).await? {
            id
        } else {
            let id = self.ids.next(now);
            let marker = Some(request.marker.as_str());
            tx.insert_playground_room(&id, "group", &request.name, &request.topic, marker, now).await?;
            id
        };
        for member in &request.members {
            tx.insert_playground_member(&id, member).await?;
        }
        tx.commit().await?;
        let _ = self.events.send(Event::State);
        Ok(id)
    }

    async fn replace_members(&self, room: &str, members: &[String]) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        for account in tx.list_playground_members(room).await? {
            if !members.contains(&account) {
                tx.delete_playground_member(room, &account).await?;
            }
        }
        for account in members {
            tx.insert_playground_member(room, account).await?;
        }
        tx.commit().await?;
        let _ = self.events.send(Event::State);
        Ok(())
    }
}

/// A fault of our own database: nothing was committed, so it may be tried again.
fn not_yet(error: &StoreError) -> Outcome {
    Outcome::NotYet { retry_at: None, reason: error.to_string() }
}

#[async_trait]
impl Messenger for PlaygroundMessenger {
    async fn send(&self, _workspace: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        match self.post(place, marker, message).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(StoreError::Constraint(_)) => Outcome::Refused { reason: "there is no such room".to_owned() },
            Err(error) => not_yet(&error),
        }
    }

    async fn update(&self, _workspace: &str, place: &Place, remote_id: &str, message: &Message) -> Outcome {
        let changed = async {
            let mut tx = self.store.begin().await?;
            let changed = tx.mark_playground_message(remote_id, &encode(message)).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(changed)
        };
        match changed.await {
            Ok(true) => {
                if let Place::Room(room) = place {
                    let _ = self.events.send(Event::Room(room.clone()));
                }
                Outcome::Sent { remote_id: remote_id.to_owned() }
            }
            Ok(false) => Outcome::Refused { reason: "there is no such message".to_owned() },
            Err(error) => not_yet(&error),
        }
    }

    async fn open_room(&self, _workspace: &str, request: &RoomRequest) -> Outcome {
        match self.open(request).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(error) => not_yet(&error),
        }
    }

    async fn set_members(&self, _workspace: &str, room: &str, members: &[String]) -> Outcome {
        match self.replace_members(room, members).await {
            Ok(()) => Outcome::Sent { remote_id: room.to_owned() },
            Err(error) => not_yet(&error),
        }
    }

    async fn set_card(
        &self,
        _workspace: &str,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Outcome {
        match self.show_card(room, card, marker, topic, message).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(StoreError::Constraint(_)) => {
                Outcome::Gone { what: Gone::Room, reason: "there is no such room".to_owned() }
            }
            Err(error) => not_yet(&error),
        }
    }

    async fn find(&self, _workspace: &str, _place: &Place, marker: &str, _since: Instant) -> Found {
        let found = async { self.store.read().await?.find_playground_message(marker).await };
        match found.await {
            Ok(Some(post)) => Found::Yes { remote_id: post.id },
            Ok(None) => Found::No,
            Err(_) => Found::Unreadable,
        }
    }
}
