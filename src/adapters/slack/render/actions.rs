//! Buttons, lists and pickers, and the way back from a press to a command. A command travels whole or not at all:
//! what does not fit is not shown, and nothing is ever shortened that is run later.

use serde_json::{Value, json};

use super::{fields, limits, text};
use crate::chat::{Action, ButtonStyle};

/// What a press asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// To run a command.
    Command(String),
    /// To choose date and time first: open [`super::picker`] with these.
    Pick {
        /// The words on the button.
        label: String,
        /// The command without the time.
        command: String,
    },
}

const RUN: &str = "run";
const CHOOSE: &str = "choose";
const PICK: &str = "pick";

/// One row of actions. `about` gives what a button is about when its label alone does not tell.
pub fn block(actions: &[Action], about: &dyn Fn(&str) -> Option<String>) -> Value {
    let elements: Vec<Value> =
        actions.iter().take(limits::ELEMENTS).filter_map(|action| element(action, about)).collect();
    if elements.is_empty() {
        return super::blocks::note(
            "The buttons that were here do not fit into Slack. Type the command instead.",
        );
    }
    json!({"type": "actions", "elements": elements})
}

fn element(action: &Action, about: &dyn Fn(&str) -> Option<String>) -> Option<Value> {
    match action {
        Action::Button { label, command, style } => {
            let mut button = button(RUN, label, command)?;
            match style {
                ButtonStyle::Default => {}
                ButtonStyle::Primary => button["style"] = json!("primary"),
                ButtonStyle::Danger => button["style"] = json!("danger"),
            }
            if let Some(about) = about(label) {
                let words = crate::chat::plain::clean(&format!("{label}: {about}"));
                button["accessibility_label"] = json!(limits::cut(words.trim(), limits::ACCESSIBLE));
            }
            Some(button)
        }
        Action::Select { label, command, options } => {
            let (key, entries) = fields::menu(&fields::entries(options))?;
            let id = format!("{CHOOSE}:{command}");
            // The id gets a number of at most twenty characters in front.
            (limits::units(&id) + 20 <= limits::ID).then(|| {
                json!({
                    "type": "static_select", "action_id": id, key: entries,
                    "placeholder": text::plain(label, limits::PLACEHOLDER),
                })
            })
        }
        // Slack's own picker reports every change of date or time at once, and a half-made choice must not run.
        Action::DateTime { label, command } => {
            let label = limits::cut(label.trim(), limits::BUTTON - 1);
            button(PICK, &format!("{}…", label.trim_end_matches('…')), command)
        }
    }
}

fn button(id: &str, label: &str, command: &str) -> Option<Value> {
    let mut button = json!({"type": "button", "action_id": id, "text": text::plain(label, limits::BUTTON)});
    if !command.is_empty() {
        button["value"] = json!(command);
    }
    (limits::units(command) <= limits::VALUE).then_some(button)
}

/// Puts block and position in front of each action's id.
pub fn number(block: usize, actions: &mut Value) {
    let elements = actions["elements"].as_array_mut().into_iter().flatten();
    for (n, element) in elements.enumerate() {
        let id = element["action_id"].as_str().unwrap_or_default();
        element["action_id"] = json!(format!("{block}-{n}.{id}"));
    }
}

/// Reads one entry of `actions` of a `block_actions` delivery; nothing when it is not one of ours.
pub fn read_action(action: &Value) -> Option<Press> {
    let (_, id) = action["action_id"].as_str()?.split_once('.')?;
    let value = || action["value"].as_str().unwrap_or_default().to_owned();
    if let Some(command) = id.strip_prefix(CHOOSE).and_then(|rest| rest.strip_prefix(':')) {
        let chosen = action["selected_option"]["value"].as_str()?;
        return Some(Press::Command(format!("{command} {chosen}")));
    }
    match id {
        RUN => Some(Press::Command(value())),
        PICK => {
            let label = text::unescape(action["text"]["text"].as_str().unwrap_or_default());
            Some(Press::Pick { label: label.trim_end_matches('…').to_owned(), command: value() })
        }
        _ => None,
    }
}
