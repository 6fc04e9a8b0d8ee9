//! What Slack delivers, read by hand from JSON: a key that is missing or of another type is left out, and nothing
//! that arrives can make the reader fail. Invariant: what was typed into a modal is never part of an [`Errand`],
//! which is kept; it stays in a [`Submit`], which is not.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::profile::Profile;
use crate::core::Input;

mod event;
mod frame;
mod interaction;
mod text;

#[cfg(test)]
mod tests;

pub use frame::Frame;
pub use text::plain;

/// The longest id that is believed, in bytes.
const MOST_ID: usize = 200;

/// One delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The workspace whose installation it is for; empty when it names none.
    pub workspace: String,
    /// The same for every redelivery of the same thing; empty when there is nothing to tell it by.
    pub key: String,
    /// What it is.
    pub what: What,
}

/// What was delivered.
#[derive(Debug, Clone)]
pub enum What {
    /// To be kept and carried out.
    Errand(Box<Errand>),
    /// A form filed; answered at once and never kept.
    Submit(Box<Submit>),
    /// A list asks what to offer; the answer, which goes back at once.
    Suggest(Value),
    /// Slack checks the address; the word to say back.
    Challenge(String),
    /// Slack holds events back because there were too many.
    Throttled,
    /// Known, and nothing to do.
    Nothing,
    /// Never heard of; its type, shortened.
    Unknown(String),
}

/// Who did it, as Slack says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The account.
    pub account: String,
    /// The short name, where the delivery has it.
    pub handle: String,
    /// The account's own workspace, where the delivery has it.
    pub team: Option<String>,
}

/// An address for up to five replies. Whoever has it can speak, so it is never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResponseUrl(pub String);

impl std::fmt::Debug for ResponseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResponseUrl")
    }
}

/// Something to carry out after it was acknowledged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Errand {
    /// A slash command.
    Command {
        /// Who.
        who: Who,
        /// The words after the root.
        text: String,
        /// Where.
        room: String,
        /// For replies.
        response_url: Option<ResponseUrl>,
        /// For opening a form.
        trigger: Option<String>,
    },
    /// A button, list or picker.
    Press {
        /// Who.
        who: Who,
        /// The action as Slack sent it, without what else is on the screen.
        action: Value,
        /// Where.
        surface: Surface,
        /// For replies.
        response_url: Option<ResponseUrl>,
        /// For opening a form.
        trigger: Option<String>,
    },
    /// Words typed to the bot in its direct conversation.
    Typed {
        /// Who.
        who: Who,
        /// The words.
        text: String,
        /// The direct conversation.
        room: String,
    },
    /// Somebody looks at the bot's home.
    HomeOpened {
        /// The account.
        account: String,
        /// Whether Slack still shows a view that was published before.
        shown: bool,
    },
    /// Somebody's profile changed, or somebody is new.
    Person {
        /// The new profile.
        profile: Box<Profile>,
    },
    /// The app was taken out of the workspace.
    Uninstalled {
        /// When, in seconds.
        at: i64,
    },
    /// Tokens were revoked; the bot accounts they belonged to.
    Revoked {
        /// When, in seconds.
        at: i64,
        /// Account ids of bots.
        bots: Vec<String>,
    },
    /// The workspace has a new name.
    Renamed {
        /// The name.
        name: String,
    },
    /// Somebody left a room.
    Left {
        /// The room.
        room: String,
        /// The account.
        account: String,
    },
    /// A room is of no use any more.
    RoomLost {
        /// The room.
        room: String,
        /// How.
        loss: Loss,
    },
}

/// How a room was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Archived.
    Archived,
    /// The bot was removed.
    Removed,
    /// Deleted.
    Deleted,
}

/// Where something was pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum Surface {
    /// A message.
    Message {
        /// The room.
        room: String,
    },
    /// A modal that shows what came of a form.
    Modal {
        /// The view.
        view: String,
        /// The room the form was asked for in.
        room: Option<String>,
    },
    /// The bot's home.
    Home,
}

/// A form filed.
#[derive(Clone)]
pub struct Submit {
    /// Who.
    pub who: Who,
    /// The view.
    pub view: String,
    /// The window's title.
    pub title: String,
    /// The room it was opened from.
    pub room: Option<String>,
    /// What it asks for.
    pub input: Input,
    /// What was entered, in Slack's shape.
    pub values: Value,
}

/// Without what was entered.
impl std::fmt::Debug for Submit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submit").field("who", &self.who).field("view", &self.view).finish_non_exhaustive()
    }
}

impl Delivery {
    /// Reads a slash command: the fields of its form as a JSON object.
    pub fn from_command(fields: &Value) -> Self {
        let who = Who {
            account: id(fields, "/user_id"),
            handle: string(fields, "/user_name").to_owned(),
            team: None,
        };
        let (workspace, trigger) = (id(fields, "/team_id"), id(fields, "/trigger_id"));
        let key = key("c", &[&trigger]);
        if who.account.is_empty() || key.is_empty() {
            return Self { workspace, key, what: unknown("command") };
        }
        let errand = Errand::Command {
            who,
            text: plain(string(fields, "/text")),
            room: id(fields, "/channel_id"),
            response_url: response_url(fields),
            trigger: some(trigger),
        };
        Self { workspace, key, what: What::Errand(Box::new(errand)) }
    }
}

/// The text at a JSON pointer; empty when there is none.
fn string<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// An id at a JSON pointer: of plain characters and not too long, otherwise empty.
fn id(value: &Value, pointer: &str) -> String {
    let text = string(value, pointer);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if text.len() <= MOST_ID && text.chars().all(plain) { text.to_owned() } else { String::new() }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn response_url(value: &Value) -> Option<ResponseUrl> {
    some(string(value, "/response_url").to_owned()).filter(|url| url.len() <= 2_000).map(ResponseUrl)
}

/// A key of parts; empty when a part is missing.
fn key(kind: &str, parts: &[&str]) -> String {
    if parts.iter().any(|part| part.is_empty()) {
        return String::new();
    }
    format!("{kind}:{}", parts.join(":"))
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')).take(40).collect()
}

fn unknown(kind: &str) -> What {
    What::Unknown(shortened(kind))
}
