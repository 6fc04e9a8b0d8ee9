//! What every sender shares: the words in Slack's form, the direct conversation with a person, one post. Invariant:
//! a post always carries its marker, so that a doubtful one can be looked for.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::super::PLATFORM;
use super::super::render::{self, Look, Rendered};
use super::api::{SlackApi, Token, Urgency};
use super::fault::CallError;
use crate::adapters::common::mentions::people_in;
use crate::chat::message::Message;
use crate::chat::messenger::Place;
use crate::clock::Clock;
use crate::domain::civil::Instant;
use crate::store::{Store, StoreError};

/// The event type under which a marker hangs on a message.
pub const MARK: &str = "roundtable_mark";

/// Knows which account a person of the core has in a workspace.
#[async_trait]
pub trait Mentions: Send + Sync {
    /// Account by person, for those who have one here.
    async fn accounts(&self, workspace: &str, people: &BTreeSet<String>) -> HashMap<String, String>;
}

/// Where a message stands: its conversation and its time stamp, which together are its id to the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId {
    /// The conversation.
    pub channel: String,
    /// Its name there.
    pub ts: String,
}

impl MessageId {
    /// As the core keeps it.
    pub fn text(&self) -> String {
        format!("{}/{}", self.channel, self.ts)
    }

    /// Reads what [`Self::text`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let (channel, ts) = text.split_once('/')?;
        Some(Self { channel: channel.to_owned(), ts: ts.to_owned() })
    }

    /// From the answer to a post; without a time stamp nobody knows what was posted.
    fn from_answer(answer: &Value) -> Result<Self, CallError> {
        match (answer["channel"].as_str(), answer["ts"].as_str()) {
            (Some(channel), Some(ts)) => Ok(Self { channel: channel.to_owned(), ts: ts.to_owned() }),
            _ => Err(CallError::InDoubt { reason: "Slack's answer names no message".to_owned() }),
        }
    }
}

/// The shared part of all senders.
pub struct Courier {
    /// The client.
    pub api: Arc<SlackApi>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    mentions: Arc<dyn Mentions>,
    root: String,
    directs: Mutex<HashMap<(String, String), String>>,
    topics: Mutex<HashMap<(String, String), String>>,
}

impl Courier {
    /// A courier over this client; `root` is the slash command, such as `/mentor`.
    pub fn new(
        api: Arc<SlackApi>,
        store: Store,
        clock: Arc<dyn Clock>,
        mentions: Arc<dyn Mentions>,
        root: impl Into<String>,
    ) -> Self {
        let root = root.into();
        Self { api, store, clock, mentions, root, directs: Mutex::default(), topics: Mutex::default() }
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn accounts(&self, workspace: &str, message: &Message) -> HashMap<String, String> {
        let people = people_in(message);
        if people.is_empty() {
            return HashMap::new();
        }
        self.mentions.accounts(workspace, &people).await
    }

    /// A message in Slack's form, with people linked who have an account here.
    pub async fn render(&self, workspace: &str, message: &Message) -> Rendered {
        let accounts = self.accounts(workspace, message).await;
        let names = |person: &str| accounts.get(person).cloned();
        render::message(message, &Look { root: &self.root, names: &names })
    }

    /// The same in as many parts as it takes.
    pub async fn render_parts(&self, workspace: &str, message: &Message) -> Vec<Rendered> {
        let accounts = self.accounts(workspace, message).await;
        let names = |person: &str| accounts.get(person).cloned();
        render::parts(message, &Look { root: &self.root, names: &names })
    }

    fn directs(&self) -> MutexGuard<'_, HashMap<(String, String), String>> {
        self.directs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The direct conversation with an account, as far as it is known.
    pub async fn known_direct(&self, workspace: &str, account: &str) -> Option<String> {
        let key = (workspace.to_owned(), account.to_owned());
        if let Some(direct) = self.directs().get(&key) {
            return Some(direct.clone());
        }
        let found = async {
            let mut tx = self.store.read().await?;
            tx.find_contact(PLATFORM, workspace, account).await
        };
        let direct = logged(found.await)??.direct?;
        self.directs().insert(key, direct.clone());
        Some(direct)
    }

    /// Remembers a direct conversation.
    pub async fn learn_direct(&self, workspace: &str, account: &str, direct: &str) {
        let key = (workspace.to_owned(), account.to_owned());
        if self.directs().insert(key, direct.to_owned()).as_deref() == Some(direct) {
            return;
        }
        let kept = async {
            let mut tx = self.store.begin().await?;
            tx.mark_direct(PLATFORM, workspace, account, direct).await?;
            tx.commit().await
        };
        logged(kept.await);
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<(String, String), String>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a room's topic has to be set to show this one.
    pub fn is_new_topic(&self, workspace: &str, room: &str, topic: &str) -> bool {
        self.topics().get(&(workspace.to_owned(), room.to_owned())).is_none_or(|shown| shown != topic)
    }

    /// Remembers the topic that a room shows.
    pub fn learn_topic(&self, workspace: &str, room: &str, topic: &str) {
        self.topics().insert((workspace.to_owned(), room.to_owned()), topic.to_owned());
    }

    /// The direct conversation with an account; opens it when it is not known.
    pub async fn direct(&self, token: &Token, account: &str, urgency: Urgency) -> Result<String, CallError> {
        match self.known_direct(&token.workspace, account).await {
            Some(direct) => Ok(direct),
            None => self.open_direct(token, account, urgency).await,
        }
    }

    async fn open_direct(&self, token: &Token, account: &str, urgency: Urgency) -> Result<String, CallError> {
        let answer = self.api.call(token, "conversations.open", json!({ "users": account }), urgency).await?;
        let direct = answer["channel"]["id"].as_str().ok_or_else(|| CallError::InDoubt {
            reason: "Slack's answer names no conversation".to_owned(),
        })?;
        self.learn_direct(&token.workspace, account, direct).await;
        Ok(direct.to_owned())
    }

    /// Posts what was rendered. A person who was never written to is reached by account: Slack opens the
    /// conversation itself, which spares a call of a scarce kind.
    pub async fn post(
        &self,
        token: &Token,
        place: &Place,
        marker: &str,
        words: &Rendered,
        urgency: Urgency,
    ) -> Result<MessageId, CallError> {
        let account = match place {
            Place::Room(room) => return self.post_in(token, room, marker, words, urgency).await,
            Place::Direct(account) => account,
        };
        let known = self.known_direct(&token.workspace, account).await;
        let channel = known.as_deref().unwrap_or(account);
        let posted = match self.post_in(token, channel, marker, words, urgency).await {
            Err(error) if error.is_any(&["channel_not_found"]) => {
                let direct = self.open_direct(token, account, urgency).await?;
                self.post_in(token, &direct, marker, words, urgency).await?
            }
            other => other?,
        };
        if posted.channel.starts_with('D') {
            self.learn_direct(&token.workspace, account, &posted.channel).await;
        }
        Ok(posted)
    }

    async fn post_in(
        &self,
        token: &Token,
        channel: &str,
        marker: &str,
        words: &Rendered,
        urgency: Urgency,
    ) -> Result<MessageId, CallError> {
        let args = json!({
            "channel": channel,
            "text": words.text,
            "blocks": words.blocks,
            "unfurl_links": false,
            "unfurl_media": false,
            "metadata": { "event_type": MARK, "event_payload": { "id": marker } },
        });
        MessageId::from_answer(&self.api.call(token, "chat.postMessage", args, urgency).await?)
    }

    /// Changes a message in place. Harmless to repeat.
    pub async fn change(
        &self,
        token: &Token,
        id: &MessageId,
        words: &Rendered,
        urgency: Urgency,
    ) -> Result<(), CallError> {
        let args = json!({
            "channel": id.channel,
            "ts": id.ts,
            "text": words.text,
            "blocks": words.blocks,
        });
        self.api.call(token, "chat.update", args, urgency).await.map(drop)
    }
}

/// What can be learnt anew is not worth failing for.
fn logged<T>(done: Result<T, StoreError>) -> Option<T> {
    done.inspect_err(|error| tracing::warn!(error.reason = %error, "slack.contact_not_kept")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_is_read_as_it_was_written() {
        let id = MessageId { channel: "C1".to_owned(), ts: "1700000000.000100".to_owned() };
        assert_eq!(MessageId::read(&id.text()), Some(id));
        assert_eq!(MessageId::read("no-slash"), None);
    }
}
