//! What a person can press on the screen, and what a filled-in form holds: the part of Discord's client that keeps
//! people from sending what a field does not take.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::rights;
use super::world::World;

/// Something to press or choose from.
#[derive(Debug, Clone)]
pub struct Control {
    /// The channel of its message.
    pub channel: String,
    /// Its message.
    pub message: String,
    /// When it came into sight; the largest is the newest.
    pub seen: u64,
    /// The element as the bot sent it.
    pub element: Value,
    /// Words on it.
    pub label: String,
}

/// Everything that somebody can press now, the newest first.
pub fn all(world: &World, user: &str) -> Vec<Control> {
    let mut found = Vec::new();
    for channel in world.channels.values() {
        if rights::in_channel(world, &channel.id, user) & rights::VIEW == 0 {
            continue;
        }
        for message in &channel.messages {
            if message.deleted || message.only.as_deref().is_some_and(|only| only != user) {
                continue;
            }
            for element in elements(&message.components) {
                if element["disabled"] == true || !element["url"].is_null() {
                    continue;
                }
                let label = label_of(&element);
                let (id, seen) = (message.id.clone(), message.seen);
                found.push(Control { channel: channel.id.clone(), message: id, seen, element, label });
            }
        }
    }
    found.sort_by_key(|control| std::cmp::Reverse(control.seen));
    found
}

/// Buttons and lists among components, wherever they stand.
pub fn elements(components: &[Value]) -> Vec<Value> {
    let mut found = Vec::new();
    for part in components {
        if let Some(2 | 3 | 5..=8) = part["type"].as_u64() {
            found.push(part.clone());
            continue;
        }
        found.extend(elements(part["components"].as_array().map_or(&[], Vec::as_slice)));
        if part["accessory"].is_object() {
            found.extend(elements(std::slice::from_ref(&part["accessory"])));
        }
    }
    found
}

/// The words on a control.
pub fn label_of(element: &Value) -> String {
    let own = element["label"].as_str().or_else(|| element["placeholder"].as_str());
    own.unwrap_or_default().to_owned()
}

/// The value of the option with this label or value.
pub fn option(element: &Value, entry: &str) -> Option<String> {
    let mut all = element["options"].as_array().into_iter().flatten();
    let found = all.find(|o| o["value"] == entry || o["label"] == entry)?;
    found["value"].as_str().map(str::to_owned)
}

/// Text inputs of a form.
pub fn inputs(modal: &Value) -> Vec<Value> {
    let rows = modal["components"].as_array().into_iter().flatten();
    rows.flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()).collect()
}

/// The rows of a form with these words put in, over what stood in it at the beginning.
pub fn filled(modal: &Value, typed: &BTreeMap<String, String>) -> Result<Vec<Value>, String> {
    let inputs = inputs(modal);
    if let Some(stray) = typed.keys().find(|id| inputs.iter().all(|input| input["custom_id"] != id.as_str()))
    {
        return Err(format!("the form has no field {stray}"));
    }
    let mut rows = Vec::new();
    for input in inputs {
        let id = input["custom_id"].as_str().unwrap_or_default();
        let standing = input["value"].as_str().unwrap_or_default();
        let text = typed.get(id).map_or(standing, String::as_str);
        let label = input["label"].as_str().unwrap_or_default();
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        if text.is_empty() && input["required"] != false {
            return Err(format!("{label}: please fill in this field"));
        }
        if length > input["max_length"].as_u64().unwrap_or(4_000) {
            return Err(format!("{label}: too long"));
        }
        if !text.is_empty() && length < input["min_length"].as_u64().unwrap_or(0) {
            return Err(format!("{label}: too short"));
        }
        // A field of one line takes no others.
        let text = if input["style"] == 1 { text.replace('\n', " ") } else { text.to_owned() };
        rows.push(json!({ "type": 1, "id": rows.len() + 1, "components": [{ "type": 4, "id": 10, "custom_id": id, "value": text }] }));
    }
    Ok(rows)
}
