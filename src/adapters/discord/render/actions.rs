//! Buttons, lists and pickers as rows of components, and the way back from a press to a command. Ids come only from
//! [`Ids`], so that none can be in a message twice.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::ids::{self, Control, Kind};
use super::limits;
use crate::chat::plain::clean;
use crate::chat::{Action, ButtonStyle, Choice};

/// What a press asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// To run a command.
    Command(String),
    /// To choose date and time first: answer with [`super::picker`] of these.
    Pick {
        /// The words on the button, as far as they are known.
        label: String,
        /// The command without the time.
        command: String,
    },
    /// Something in a form that is asked in steps.
    Form {
        /// The form's id.
        form: String,
        /// What was pressed.
        control: Control,
    },
}

/// A press with the guild it was made on behalf of, which only a press in a direct message needs to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// The guild's id, if the component carries it.
    pub home: Option<String>,
    /// What it asks for.
    pub press: Press,
}

/// Hands out the ids of one message.
#[derive(Debug, Default)]
pub struct Ids {
    used: HashSet<String>,
    home: Option<String>,
}

impl Ids {
    /// Ids that carry the guild `home`.
    pub fn new(home: Option<&str>) -> Self {
        Self { used: HashSet::new(), home: home.map(str::to_owned) }
    }

    fn next(&mut self, kind: Kind, command: &str) -> Option<String> {
        for nth in 1.. {
            let id = ids::write(kind, command, nth, self.home.as_deref())?;
            if self.used.insert(id.clone()) {
                return Some(id);
            }
        }
        None
    }
}

/// The actions in rows, and whether some of them did not fit. `about` gives what a button is about when its label alone
/// does not tell.
pub fn rows(actions: &[Action], ids: &mut Ids, about: &dyn Fn(&str) -> Option<String>) -> (Vec<Value>, bool) {
    let (mut rows, mut buttons, mut lost) = (Vec::new(), Vec::new(), false);
    for action in actions {
        match action {
            Action::Button { label, command, style } => {
                let label = about(label).map_or_else(|| label.clone(), |about| format!("{label}: {about}"));
                let style = match style {
                    ButtonStyle::Default => 2,
                    ButtonStyle::Primary => 1,
                    ButtonStyle::Danger => 4,
                };
                match ids.next(Kind::Run, command) {
                    Some(id) => buttons.push(button(&label, &id, style)),
                    None => lost = true,
                }
            }
            Action::DateTime { label, command } => {
                let label = format!("{}…", label.trim().trim_end_matches('…'));
                match ids.next(Kind::Pick, command) {
                    Some(id) => buttons.push(button(&label, &id, 2)),
                    None => lost = true,
                }
            }
            Action::Select { label, command, options } => {
                rows.extend(buttons.chunks(limits::BUTTONS).map(row));
                buttons.clear();
                let entries = entries(options);
                lost |= entries.is_empty();
                for some in entries.chunks(limits::OPTIONS) {
                    match ids.next(Kind::Run, command) {
                        Some(id) => rows.push(row(&[list(label, &id, some)])),
                        None => lost = true,
                    }
                }
            }
        }
    }
    rows.extend(buttons.chunks(limits::BUTTONS).map(row));
    (rows, lost)
}

/// A row of components.
pub fn row(components: &[Value]) -> Value {
    json!({"type": 1, "components": components})
}

/// A button.
pub fn button(label: &str, id: &str, style: u8) -> Value {
    json!({"type": 2, "style": style, "label": limits::bare(label, limits::LABEL), "custom_id": id})
}

fn list(label: &str, id: &str, entries: &[Value]) -> Value {
    json!({
        "type": 3, "custom_id": id, "placeholder": limits::bare(label, limits::PLACEHOLDER),
        "options": entries, "min_values": 1, "max_values": 1,
    })
}

/// Entries that can travel, each value once.
fn entries(options: &[Choice]) -> Vec<Value> {
    let mut seen = HashSet::new();
    let fits = |option: &&Choice| {
        let value = option.value.as_str();
        !value.trim().is_empty() && limits::units(value) <= limits::OPTION && seen.insert(value.to_owned())
    };
    options.iter().filter(fits).map(|option| entry(&option.value, &option.label)).collect()
}

/// One entry; a long label goes on in the second line.
pub fn entry(value: &str, label: &str) -> Value {
    let label = clean(label);
    let label = if label.trim().is_empty() { value } else { label.trim() };
    let (first, rest) = crate::adapters::common::clip::split(label, limits::OPTION, char::len_utf16);
    let mut entry = json!({"label": limits::bare(first, limits::OPTION), "value": value});
    if !rest.trim().is_empty() {
        entry["description"] = json!(limits::bare(rest, limits::OPTION));
    }
    entry
}

/// Reads an interaction of type 3; nothing when its component is not of our making.
pub fn read_component(interaction: &Value) -> Option<Pressed> {
    let data = &interaction["data"];
    let id = data["custom_id"].as_str()?;
    let values = data["values"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if id.starts_with('!') {
        let picked: Vec<usize> = values.filter_map(|value| value.parse().ok()).collect();
        let (form, control) = ids::read_control(id, &picked)?;
        return Some(Pressed { home: None, press: Press::Form { form, control } });
    }
    let carried = ids::read(id)?;
    let command = carried.command;
    let press = match (carried.kind, data["component_type"].as_u64()?) {
        (Kind::Run, 2) => Press::Command(command),
        (Kind::Run, 3) => Press::Command(format!("{command} {}", { values }.next()?)),
        (Kind::Pick, 2) => Press::Pick { label: label_of(&interaction["message"], id), command },
        _ => return None,
    };
    Some(Pressed { home: carried.home, press })
}

/// The words on a button of a message, where the message came along.
fn label_of(message: &Value, id: &str) -> String {
    fn find<'a>(value: &'a Value, id: &str) -> Option<&'a str> {
        if value["custom_id"] == id {
            return value["label"].as_str();
        }
        value["components"].as_array()?.iter().find_map(|inner| find(inner, id))
    }
    find(message, id).unwrap_or_default().trim_end_matches('…').to_owned()
}
