//! What Discord delivers, read from raw JSON: the same reader for what came over a connection and by request.
//! Invariant: reading never fails and never panics; what cannot be understood says so and has no effect, and neither
//! a token nor anything that somebody typed is ever shown by `Debug`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod event;
mod interaction;
#[cfg(test)]
mod tests;

pub use event::KINDS;

/// The workspace of what was done in a direct conversation, which belongs to no guild.
pub const DIRECT: &str = "@me";

/// `ADMINISTRATOR` and `MANAGE_GUILD`: whoever has one of them runs the guild.
pub const RUNS_THE_GUILD: u64 = (1 << 3) | (1 << 5);
/// Longest id that is kept: a snowflake has at most twenty digits.
const MOST_ID: usize = 20;
/// Longest name that is kept, in characters.
const MOST_NAME: usize = 80;
/// Longest typed text that is kept, in characters: one more than the core reads, so that it can refuse it.
const MOST_TEXT: usize = crate::core::parse::MAX_TEXT + 1;

/// One delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The guild, or [`DIRECT`].
    pub workspace: String,
    /// What a second delivery of the same would be told by; empty where Discord gives none.
    pub key: String,
    /// What it is.
    pub what: What,
}

/// What a delivery is.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Discord looks whether we are there.
    Ping,
    /// Somebody asked for something and waits for the answer.
    Asked(Box<Asked>),
    /// Something to carry out.
    Errand(Box<Errand>),
    /// A connection stands, and these are the guilds on it.
    Ready {
        /// Guild ids.
        guilds: Vec<String>,
        /// The bot's own account.
        own: String,
    },
    /// A connection stands again and nothing was missed.
    Resumed,
    /// What the bot may in the guild may have changed.
    Rights,
    /// Known, and nothing to do.
    Nothing,
    /// Never heard of, or not to be read.
    Unknown(String),
}

/// Who did something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The account.
    pub account: String,
    /// The unique short name.
    pub handle: String,
    /// The name shown in the guild, else everywhere.
    pub name: String,
    /// Whether the account runs the guild, as far as the delivery says.
    pub admin: bool,
    /// Roles in the guild, as far as the delivery says.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// What answers are given with for a quarter of an hour. Whoever has it can speak, so it is never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyToken(pub String);

impl std::fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyToken")
    }
}

/// An interaction.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The interaction's id; it holds the time of the act.
    pub id: String,
    /// The application that was meant.
    pub application: String,
    /// For answers.
    pub token: ReplyToken,
    /// The guild; `None` in a direct conversation.
    pub guild: Option<String>,
    /// The channel, thread or direct conversation.
    pub room: String,
    /// Who.
    pub who: Who,
    /// The language of the person's client, such as `de` or `pt-BR`.
    pub locale: String,
    /// Whether it was done where the bot itself is: in a guild that added it, or in its own conversation.
    pub at_home: bool,
    /// How.
    pub how: How,
}

/// Without what was typed.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how = self.how.kind();
        f.debug_struct("Asked")
            .field("id", &self.id)
            .field("guild", &self.guild)
            .field("how", &how)
            .finish_non_exhaustive()
    }
}

/// How something was asked for.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum How {
    /// A slash command.
    Command {
        /// Name and options as Discord sent them.
        data: Value,
    },
    /// Somebody types a slash command and wants to see what could follow.
    Suggest {
        /// As for a command, with the option that has the focus.
        data: Value,
    },
    /// A button or list.
    Press {
        /// The interaction, cut down to the id, type, values and label of what was pressed.
        data: Value,
        /// The message it stands on.
        message: String,
        /// Whether only the person sees that message.
        private: bool,
    },
    /// A window that was filed.
    Filed {
        /// The interaction, cut down to its id and what was typed.
        data: Value,
        /// Whether it was opened from a message, which it may then change.
        over: bool,
    },
}

impl How {
    /// A word for the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Command { .. } => "command",
            Self::Suggest { .. } => "suggest",
            Self::Press { .. } => "press",
            Self::Filed { .. } => "filed",
        }
    }
}

/// Something to carry out after it was kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Errand {
    /// A command or a press.
    Act {
        /// All of it.
        asked: Box<Asked>,
    },
    /// Words typed to the bot in its direct conversation.
    Typed {
        /// Who.
        who: Who,
        /// The words.
        text: String,
        /// The direct conversation.
        room: String,
        /// The message.
        message: String,
    },
    /// The bot is in a guild, or the guild has a new name.
    Joined {
        /// The guild's name; empty when it was not said.
        name: String,
    },
    /// The bot was taken out of the guild, or the guild is no more.
    Removed,
    /// Somebody left the guild, or was made to.
    Left {
        /// The account.
        account: String,
    },
    /// Somebody came to the guild, is called otherwise now or has other roles.
    Renamed {
        /// Who; `admin` is not known.
        who: Who,
    },
    /// A channel or thread was deleted.
    RoomDeleted {
        /// The room.
        room: String,
        /// Whether threads may have gone with it.
        parent: bool,
    },
    /// People left a thread, or were taken out.
    LeftRoom {
        /// The thread.
        room: String,
        /// The accounts.
        accounts: Vec<String>,
    },
}

impl Errand {
    /// What it is called in the inbox and the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Act { asked } => asked.how.kind(),
            Self::Typed { .. } => "typed",
            Self::Joined { .. } => "joined",
            Self::Removed => "removed",
            Self::Left { .. } => "left",
            Self::Renamed { .. } => "renamed",
            Self::RoomDeleted { .. } => "room_deleted",
            Self::LeftRoom { .. } => "left_room",
        }
    }

    /// What must not overlap: what one person does, or what happens to one room or guild.
    pub fn about(&self) -> &str {
        match self {
            Self::Act { asked } => &asked.who.account,
            Self::Typed { who, .. } | Self::Renamed { who } => &who.account,
            Self::Left { account } => account,
            Self::RoomDeleted { room, .. } | Self::LeftRoom { room, .. } => room,
            Self::Joined { .. } | Self::Removed => "",
        }
    }
}

/// Without what was typed.
impl std::fmt::Debug for Errand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Errand").field("is", &self.kind()).finish_non_exhaustive()
    }
}

/// The text at a JSON pointer; empty when there is none.
fn string<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// An id at a JSON pointer, written as text or as a number; empty when there is no such id.
fn id(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) if is_id(text) => text.clone(),
        Some(Value::Number(number)) => number.as_u64().map(|id| id.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= MOST_ID && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn clipped(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

fn unknown(kind: &str) -> What {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    What::Unknown(kind.chars().filter(plain).take(40).collect())
}

/// Whoever a `user` object names, called as the guild calls them; `None` without an id.
fn who(user: &Value, nick: Option<&str>) -> Option<Who> {
    let account = some(id(user, "/id"))?;
    let handle = some(clipped(string(user, "/username"), MOST_NAME)).unwrap_or_else(|| account.clone());
    let names = [nick.unwrap_or_default(), string(user, "/global_name"), handle.as_str()];
    let name = names.into_iter().map(|name| clipped(name, MOST_NAME)).find(|name| !name.is_empty());
    Some(Who { name: name.unwrap_or_else(|| handle.clone()), handle, account, ..Who::default() })
}

/// A member of a guild as Discord shows them, with their roles. Whether they run the guild is not in it.
pub fn member(member: &Value) -> Option<Who> {
    let who = who(member.get("user")?, member.get("nick").and_then(Value::as_str))?;
    Some(Who { roles: roles(member), ..who })
}

/// The roles of a member.
fn roles(member: &Value) -> Vec<String> {
    let roles = member.get("roles").and_then(Value::as_array).into_iter().flatten();
    roles.filter_map(|role| role.as_str().map(str::to_owned)).collect()
}

fn is_bot(user: &Value) -> bool {
    user.get("bot") == Some(&json!(true)) || user.get("system") == Some(&json!(true))
}
