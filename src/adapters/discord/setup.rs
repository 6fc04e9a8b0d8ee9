//! `/mentor setup`, which is Discord's own: the core knows no channels. Invariant: nothing here begins like a command of
//! the core, so neither can be taken for the other.

use serde_json::{Value, json};

use super::arrange::rooms_called;
use super::commands;
use crate::config::DiscordRooms;

/// What the buttons and lists of the wizard send begins with this; no command of the core does.
pub const PREFIX: &str = "@setup";
/// The command's name below the root.
const NAME: &str = "setup";
/// Discord's kinds of a sub-command and of options that take a channel or a role.
const SUB_COMMAND: u8 = 1;
const CHANNEL: u8 = 7;
const ROLE: u8 = 8;
/// What the wizard's list says for no role.
pub const NO_ROLE: &str = "none";

/// What somebody who sets a server up asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To see how it stands.
    Show,
    /// This is to be the mentoring channel.
    Channel(String),
    /// Rooms are to be like this.
    Rooms(DiscordRooms),
    /// Whoever has this role runs programmes; nobody else does when there is none.
    Organisers(Option<String>),
    /// This is their own time zone.
    Zone(String),
    /// A test message in the mentoring channel.
    Test,
}

/// All commands that are registered: those of the core, and this one.
pub fn tree(root: &str) -> Value {
    let mut tree = commands::tree(root);
    if let Some(options) = tree[0]["options"].as_array_mut() {
        options.push(json!({
            "type": SUB_COMMAND, "name": NAME,
            "description": "Set the bot up in this server; for those who run it.",
            "options": [{
                "type": CHANNEL, "name": "channel", "channel_types": [0],
                "description": "The mentoring channel, in which groups get their rooms.",
            }, {
                "type": ROLE, "name": "organisers",
                "description": "The role of those who run programmes here.",
            }],
        }));
    }
    tree
}

/// The `data` of an interaction of type 2, when it is this command.
pub fn read(data: &Value) -> Option<Wish> {
    let command = data["options"].as_array()?.first()?;
    if command["name"] != NAME || command["type"] != SUB_COMMAND {
        return None;
    }
    let chosen = command["options"].as_array().into_iter().flatten().find_map(|one| {
        let id = one["value"].as_str().filter(|id| is_id(id))?.to_owned();
        if one["name"] == "organisers" { Some(Wish::Organisers(Some(id))) } else { Some(Wish::Channel(id)) }
    });
    Some(chosen.unwrap_or(Wish::Show))
}

/// What a button or list of the wizard sends, with the chosen value at the end.
pub fn pressed(text: &str) -> Option<Wish> {
    let mut words = text.strip_prefix(PREFIX)?.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("show"), None, None) => Some(Wish::Show),
        (Some("test"), None, None) => Some(Wish::Test),
        (Some("channel"), Some(id), None) if is_id(id) => Some(Wish::Channel(id.to_owned())),
        (Some("rooms"), Some(kind), None) => rooms_called(kind).map(Wish::Rooms),
        (Some("organisers"), Some(NO_ROLE), None) => Some(Wish::Organisers(None)),
        (Some("organisers"), Some(id), None) if is_id(id) => Some(Wish::Organisers(Some(id.to_owned()))),
        (Some("zone"), Some(zone), None) => Some(Wish::Zone(zone.to_owned())),
        _ => None,
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::command::{ROOT, TABLE};

    fn ran(options: &Value) -> Value {
        json!({"name": "mentor", "options": [{"type": 1, "name": "setup", "options": options}]})
    }

    #[test]
    fn the_tree_with_this_command_is_within_discords_limits() {
        let tree = tree(ROOT);
        let options = tree[0]["options"].as_array().unwrap();
        assert!(options.len() <= 25, "{}", options.len());
        assert!(commands::size(&tree[0]) <= 8_000, "{}", commands::size(&tree[0]));
        assert_eq!(options.iter().filter(|option| option["name"] == NAME).count(), 1);
        assert!(commands::differs(&tree, &commands::tree(ROOT)) && !commands::differs(&tree, &tree));
    }

    #[test]
    fn the_command_is_read_with_and_without_a_channel() {
        assert_eq!(read(&ran(&json!([]))), Some(Wish::Show));
        let channel = json!([{"name": "channel", "type": 7, "value": "600"}]);
        assert_eq!(read(&ran(&channel)), Some(Wish::Channel("600".to_owned())));
        let role = json!([{"name": "organisers", "type": 8, "value": "700"}]);
        assert_eq!(read(&ran(&role)), Some(Wish::Organisers(Some("700".to_owned()))));
        assert_eq!(read(&ran(&json!([{"name": "channel", "value": "x y"}]))), Some(Wish::Show));
        assert_eq!(read(&json!({"options": [{"type": 1, "name": "home"}]})), None);
        assert_eq!(read(&json!({"options": [{"type": 2, "name": "setup"}]})), None);
        assert_eq!(read(&json!("?")), None);
    }

    #[test]
    fn presses_are_read_and_what_nobody_knows_is_not() {
        for (text, wish) in [
            ("@setup show", Wish::Show),
            ("@setup test", Wish::Test),
            ("@setup channel 600", Wish::Channel("600".to_owned())),
            ("@setup rooms channels", Wish::Rooms(DiscordRooms::Channels)),
            ("@setup organisers 700", Wish::Organisers(Some("700".to_owned()))),
            ("@setup organisers none", Wish::Organisers(None)),
            ("@setup zone Europe/Berlin", Wish::Zone("Europe/Berlin".to_owned())),
        ] {
            assert_eq!(pressed(text), Some(wish), "{text}");
        }
        for text in [
            "@setup",
            "@setup channel",
            "@setup channel ../7",
            "@setup rooms cellars",
            "@setup organisers all",
            "setup test",
        ] {
            assert_eq!(pressed(text), None, "{text}");
        }
        assert!(TABLE.iter().all(|spec| !spec.path.starts_with(['@']) && spec.path != NAME));
    }
}
