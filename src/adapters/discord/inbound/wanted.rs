//! What an act asks for. Invariant: what this version does not know is outdated and never guessed.

use super::envelope::How;
use super::words;
use crate::adapters::discord::commands;
use crate::adapters::discord::render::{Press, read_component};
use crate::adapters::discord::setup::{self, Wish};

/// What is asked for, once it was read.
pub(super) enum Wanted {
    /// A command of the core.
    Command(String),
    /// A window for date and time.
    Pick { label: String, command: String },
    /// Another guild is meant from now on, and this is asked for there.
    Guild(String, String),
    /// Something for whoever sets the guild up.
    SetUp(Wish),
    /// Nothing that this version knows.
    Outdated,
}

/// What an act asks for, and the guild that the pressed component belongs to.
pub(super) fn wanted(how: &How) -> (Wanted, Option<String>) {
    match how {
        How::Command { data } => {
            let wish = || setup::read(data).map_or(Wanted::Outdated, Wanted::SetUp);
            (commands::read(data).map_or_else(wish, Wanted::Command), None)
        }
        How::Press { data, .. } => match read_component(data) {
            None => (Wanted::Outdated, None),
            Some(pressed) => (pressed_for(pressed.press), pressed.home),
        },
        How::Suggest { .. } | How::Filed { .. } => (Wanted::Outdated, None),
    }
}

fn pressed_for(press: Press) -> Wanted {
    match press {
        Press::Command(text) if text.starts_with(setup::PREFIX) => {
            setup::pressed(&text).map_or(Wanted::Outdated, Wanted::SetUp)
        }
        Press::Command(text) => match text.strip_prefix(words::CHOOSE) {
            // The chosen guild stands at the end, as with every list.
            Some(rest) => match rest.trim().rsplit_once(' ') {
                Some((text, guild)) => Wanted::Guild(guild.to_owned(), text.to_owned()),
                None => Wanted::Guild(rest.trim().to_owned(), String::new()),
            },
            None => Wanted::Command(text),
        },
        Press::Pick { label, command } => Wanted::Pick { label, command },
        // Forms are taken at the counter and never get here.
        Press::Form { .. } => Wanted::Outdated,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn press(custom_id: &str, values: &[&str]) -> How {
        let kind = if values.is_empty() { 2 } else { 3 };
        let data = json!({"custom_id": custom_id, "component_type": kind, "values": values});
        How::Press { data: json!({"data": data}), message: "1".into(), private: true }
    }

    #[test]
    fn the_choice_of_a_guild_names_it_and_what_is_asked_for_there() {
        let (Wanted::Guild(guild, text), _) = wanted(&press("@guild inbox", &["500"])) else {
            panic!("a guild")
        };
        assert_eq!((guild.as_str(), text.as_str()), ("500", "inbox"));
        let (Wanted::Guild(guild, text), _) = wanted(&press("@guild", &["500"])) else { panic!("a guild") };
        assert_eq!((guild.as_str(), text.as_str()), ("500", ""));
    }

    #[test]
    fn a_button_is_its_command_and_what_nobody_knows_is_outdated() {
        let (Wanted::Command(text), _) = wanted(&press("inbox", &[])) else { panic!("a command") };
        assert_eq!(text, "inbox");
        assert!(matches!(wanted(&press("~?:x", &[])).0, Wanted::Outdated));
        let unknown = How::Command { data: json!({"name": "other", "options": []}) };
        assert!(matches!(wanted(&unknown).0, Wanted::Outdated));
    }
}
