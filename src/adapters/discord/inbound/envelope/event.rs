//! Reading gateway events. Invariant: a guild that Discord itself cannot reach just now is never taken for one that
//! the bot was removed from.

use serde_json::Value;

use super::{
    DIRECT, Delivery, Errand, MOST_NAME, MOST_TEXT, What, clipped, id, is_bot, member, some, string, unknown,
    who,
};

/// The events that mean something here; the others are not even looked at.
pub const KINDS: [&str; 18] = [
    "READY",
    "RESUMED",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_UPDATE",
    "GUILD_MEMBER_REMOVE",
    "GUILD_BAN_ADD",
    "CHANNEL_DELETE",
    "THREAD_DELETE",
    "THREAD_MEMBERS_UPDATE",
    "THREAD_UPDATE",
    "CHANNEL_UPDATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE",
];

/// More than this many accounts leave no thread at once.
const MOST_LEAVERS: usize = 1_000;

impl Delivery {
    /// Reads an event by its name.
    pub fn from_event(kind: &str, value: &Value) -> Self {
        if kind == "INTERACTION_CREATE" {
            return Self::from_interaction(value);
        }
        let (workspace, key, what) = match kind {
            "READY" => (String::new(), String::new(), ready(value)),
            "RESUMED" => (String::new(), String::new(), What::Resumed),
            "MESSAGE_CREATE" => message(value),
            "GUILD_CREATE" | "GUILD_UPDATE" | "GUILD_DELETE" => {
                (id(value, "/id"), String::new(), guild(kind, value))
            }
            // An archived thread is reopened by the next message, so it is not lost.
            "THREAD_UPDATE" => (id(value, "/guild_id"), String::new(), What::Nothing),
            "CHANNEL_UPDATE" | "GUILD_ROLE_UPDATE" | "GUILD_ROLE_DELETE" => {
                (id(value, "/guild_id"), String::new(), What::Rights)
            }
            _ => (id(value, "/guild_id"), String::new(), inside(kind, value)),
        };
        Self { workspace, key, what }
    }
}

fn ready(value: &Value) -> What {
    let guilds = value.get("guilds").and_then(Value::as_array).into_iter().flatten();
    What::Ready {
        guilds: guilds.map(|guild| id(guild, "/id")).filter(|id| !id.is_empty()).collect(),
        own: id(value, "/user/id"),
    }
}

/// Only what people write to the bot itself: an answer or a plain message, no notice of the platform's.
fn message(value: &Value) -> (String, String, What) {
    let nothing = || (DIRECT.to_owned(), String::new(), What::Nothing);
    let plain = matches!(value.get("type").and_then(Value::as_u64).unwrap_or(0), 0 | 19);
    let in_guild = value.get("guild_id").is_some_and(|guild| !guild.is_null());
    let author = value.get("author").unwrap_or(&Value::Null);
    let by_hook = value.get("webhook_id").is_some_and(|hook| !hook.is_null());
    let (message, room) = (id(value, "/id"), id(value, "/channel_id"));
    let text: String = string(value, "/content").chars().take(MOST_TEXT).collect();
    if in_guild || !plain || by_hook || is_bot(author) || message.is_empty() || text.trim().is_empty() {
        return nothing();
    }
    let Some(who) = who(author, None) else { return nothing() };
    let key = format!("m:{message}");
    (DIRECT.to_owned(), key, What::Errand(Box::new(Errand::Typed { who, text, room, message })))
}

fn guild(kind: &str, value: &Value) -> What {
    let unreachable = value.get("unavailable").and_then(Value::as_bool).unwrap_or(false);
    if id(value, "/id").is_empty() {
        return unknown(kind);
    }
    if unreachable {
        return What::Nothing;
    }
    if kind == "GUILD_DELETE" {
        return errand(Errand::Removed);
    }
    errand(Errand::Joined { name: clipped(string(value, "/name"), MOST_NAME) })
}

fn inside(kind: &str, value: &Value) -> What {
    let Some(_guild) = some(id(value, "/guild_id")) else {
        // A direct conversation is deleted, or something that belongs to no guild.
        return if KINDS.contains(&kind) { What::Nothing } else { unknown(kind) };
    };
    let user = value.get("user").unwrap_or(&Value::Null);
    match kind {
        "GUILD_MEMBER_REMOVE" | "GUILD_BAN_ADD" => match some(id(user, "/id")) {
            Some(account) => errand(Errand::Left { account }),
            None => unknown(kind),
        },
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" if is_bot(user) => What::Nothing,
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => match member(value) {
            Some(who) => errand(Errand::Renamed { who }),
            None => unknown(kind),
        },
        "CHANNEL_DELETE" | "THREAD_DELETE" => match some(id(value, "/id")) {
            Some(room) => errand(Errand::RoomDeleted { room, parent: kind == "CHANNEL_DELETE" }),
            None => unknown(kind),
        },
        "THREAD_MEMBERS_UPDATE" => {
            let removed = value.get("removed_member_ids").and_then(Value::as_array).into_iter().flatten();
            let accounts: Vec<String> = removed
                .map(|account| id(account, ""))
                .filter(|id| !id.is_empty())
                .take(MOST_LEAVERS)
                .collect();
            let room = id(value, "/id");
            if room.is_empty() || accounts.is_empty() {
                return What::Nothing;
            }
            errand(Errand::LeftRoom { room, accounts })
        }
        _ => unknown(kind),
    }
}

fn errand(errand: Errand) -> What {
    What::Errand(Box::new(errand))
}
