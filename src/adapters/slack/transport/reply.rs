//! Private answers to what somebody just did: by the address that came with it, then as a message only they see, then
//! by direct message. Invariant: an address is used at most five times within its thirty minutes, and an answer that
//! may have arrived is not sent by another way.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::super::render::Rendered;
use super::api::{Token, Urgency};
use super::courier::Courier;
use super::fault::CallError;
use super::files;
use crate::chat::message::{Block, Message};
use crate::chat::messenger::{Outcome, Place};
use crate::domain::civil::Instant;

/// Slack's limit.
const MOST_USES: u8 = 5;
/// Slack's limit of thirty minutes, less what a call may take.
const LIVES_SECS: i64 = 29 * 60;

/// Whom to answer, and by which ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// The platform's id of the workspace.
    pub workspace: String,
    /// Who did something.
    pub account: String,
    /// Where, if that was a conversation.
    pub channel: Option<String>,
    /// The address that came with it.
    pub response_url: Option<String>,
    /// When it came.
    pub asked_at: Instant,
    /// Marks the answer when it goes out as a direct message.
    pub marker: String,
}

/// Sends private answers.
pub struct Replies {
    courier: Arc<Courier>,
    used: Mutex<HashMap<u64, (u8, Instant)>>,
}

/// What to do with the message that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Original {
    Keep,
    Replace,
}

impl Replies {
    /// Answers over this courier.
    pub fn new(courier: Arc<Courier>) -> Self {
        Self { courier, used: Mutex::default() }
    }

    /// Shows a message to one person only.
    pub async fn private(&self, to: &ReplyTo, message: &Message) -> Outcome {
        self.answer(to, message, Original::Keep).await
    }

    /// Puts a message in the place of the one that was pressed, which only that person saw.
    pub async fn replace(&self, to: &ReplyTo, message: &Message) -> Outcome {
        self.answer(to, message, Original::Replace).await
    }

    async fn answer(&self, to: &ReplyTo, message: &Message, original: Original) -> Outcome {
        match self.in_parts(to, message, original).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(error) => error.outcome(&Place::Direct(to.account.clone()), self.courier.now()),
        }
    }

    async fn in_parts(
        &self,
        to: &ReplyTo,
        message: &Message,
        mut original: Original,
    ) -> Result<String, CallError> {
        let token = self.courier.api.token(&to.workspace).await?;
        let parts = self.courier.render_parts(&to.workspace, message).await;
        let mut last = String::new();
        if message.blocks.iter().any(|block| matches!(block, Block::File { .. })) {
            // A file cannot be shown to one person in a conversation of several.
            for (index, words) in parts.iter().enumerate() {
                let with_files = (index + 1 == parts.len()).then_some(message);
                last = self.direct(&token, to, words, with_files).await?;
            }
            return Ok(last);
        }
        for words in &parts {
            last = self.by_any_way(&token, to, words, original).await?;
            original = Original::Keep;
        }
        Ok(last)
    }

    async fn by_any_way(
        &self,
        token: &Token,
        to: &ReplyTo,
        words: &Rendered,
        original: Original,
    ) -> Result<String, CallError> {
        if let Some(address) = self.address(to) {
            match self.courier.api.respond(address, &response(words, original)).await {
                Ok(()) => return Ok(String::new()),
                Err(error @ CallError::InDoubt { .. }) => return Err(error),
                Err(_) => self.use_up(address),
            }
        }
        match self.ephemeral(token, to, words).await? {
            Some(id) => Ok(id),
            None => self.direct(token, to, words, None).await,
        }
    }

    async fn direct(
        &self,
        token: &Token,
        to: &ReplyTo,
        words: &Rendered,
        with_files: Option<&Message>,
    ) -> Result<String, CallError> {
        let api = &self.courier.api;
        let place = Place::Direct(to.account.clone());
        let files = match with_files {
            Some(message) => files::prepare(api, token, &to.marker, message, Urgency::Reply).await?,
            None => Vec::new(),
        };
        let posted = self.courier.post(token, &place, &to.marker, words, Urgency::Reply).await?;
        files::share(api, token, &posted.channel, &files, Urgency::Reply).await;
        Ok(posted.text())
    }

    /// Only the asker sees it, and only while they are in the conversation; `None` when they are not.
    async fn ephemeral(
        &self,
        token: &Token,
        to: &ReplyTo,
        words: &Rendered,
    ) -> Result<Option<String>, CallError> {
        // In their own conversation with the bot nobody else reads, and an ordinary message stays.
        let Some(channel) = to.channel.as_deref().filter(|channel| !channel.starts_with('D')) else {
            return Ok(None);
        };
        let args = json!({
            "channel": channel,
            "user": to.account,
            "text": words.text,
            "blocks": words.blocks,
        });
        match self.courier.api.call(token, "chat.postEphemeral", args, Urgency::Reply).await {
            Ok(answer) => Ok(Some(answer["message_ts"].as_str().unwrap_or_default().to_owned())),
            Err(error @ CallError::InDoubt { .. }) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The address, when it can be used once more; counts the use.
    fn address<'a>(&self, to: &'a ReplyTo) -> Option<&'a str> {
        let address = to.response_url.as_deref()?;
        let now = self.courier.now();
        if to.asked_at.secs_until(now) >= LIVES_SECS {
            return None;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, (_, asked_at)| asked_at.secs_until(now) < LIVES_SECS);
        let (count, _) = used.entry(print_of(address)).or_insert((0, to.asked_at));
        if *count >= MOST_USES {
            return None;
        }
        *count += 1;
        Some(address)
    }

    /// Slack did not take it: it was used before a restart, or it ran out.
    fn use_up(&self, address: &str) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((count, _)) = used.get_mut(&print_of(address)) {
            *count = MOST_USES;
        }
    }
}

fn print_of(address: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    hasher.finish()
}

fn response(words: &Rendered, original: Original) -> Value {
    json!({
        "response_type": "ephemeral",
        "replace_original": original == Original::Replace,
        "text": words.text,
        "blocks": words.blocks,
    })
}
