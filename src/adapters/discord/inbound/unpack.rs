//! From the client's decoded events back to raw JSON, so that one reader serves both ways in. Invariant: an event that
//! the client knows and could not decode is read all the same, and counted.

use serde_json::{Value, json};
use serenity::model::application::Interaction;
use serenity::model::event::Event;

use super::envelope::KINDS;

/// An event in raw form.
#[derive(Debug, Clone, PartialEq)]
pub enum Unpacked {
    /// Its name and its content.
    Event(String, Value),
    /// The same, though the client could not decode it.
    Undecoded(String, Value),
    /// Nothing that anybody here waits for.
    Other,
}

/// Takes an event apart; only what somebody waits for costs anything.
pub fn unpack(event: &Event) -> Unpacked {
    if let Event::Unknown(unknown) = event {
        let (kind, value) = (unknown.kind.clone(), unknown.value.clone());
        return if KINDS.contains(&kind.as_str()) {
            Unpacked::Undecoded(kind, value)
        } else {
            Unpacked::Other
        };
    }
    if !is_awaited(event) {
        return Unpacked::Other;
    }
    let Ok(Value::Object(mut frame)) = serde_json::to_value(event) else { return Unpacked::Other };
    let (Some(Value::String(kind)), Some(mut value)) = (frame.remove("t"), frame.remove("d")) else {
        return Unpacked::Other;
    };
    if let (Event::InteractionCreate(created), Some(fields)) = (event, value.as_object_mut()) {
        // The client writes everything back but what kind of interaction it is.
        fields.insert("type".to_owned(), json!(kind_of(&created.interaction)));
    }
    Unpacked::Event(kind, value)
}

fn kind_of(interaction: &Interaction) -> u8 {
    match interaction {
        Interaction::Ping(_) => 1,
        Interaction::Command(_) => 2,
        Interaction::Component(_) => 3,
        Interaction::Autocomplete(_) => 4,
        Interaction::Modal(_) => 5,
        _ => 0,
    }
}

const fn is_awaited(event: &Event) -> bool {
    matches!(
        event,
        Event::Ready(_)
            | Event::Resumed(_)
            | Event::InteractionCreate(_)
            | Event::MessageCreate(_)
            | Event::GuildCreate(_)
            | Event::GuildUpdate(_)
            | Event::GuildDelete(_)
            | Event::GuildMemberAdd(_)
            | Event::GuildMemberUpdate(_)
            | Event::GuildMemberRemove(_)
            | Event::GuildBanAdd(_)
            | Event::GuildRoleUpdate(_)
            | Event::GuildRoleDelete(_)
            | Event::ChannelUpdate(_)
            | Event::ChannelDelete(_)
            | Event::ThreadDelete(_)
            | Event::ThreadMembersUpdate(_)
    )
}
