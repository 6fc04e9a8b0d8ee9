//! What comes back from a window: values by field name, and the input they make. Nothing here trusts an id: one that
//! is not of our making is passed over.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::limits;
use crate::chat::Choice;
use crate::core::Input;
use crate::domain::civil::Zone;

/// What a window is for, at the head of its `callback_id`.
pub const FORM: &str = "form";
/// See [`FORM`].
pub const PICK: &str = "pick";

/// The `block_id` of a field. The name comes last, because it is what must survive whole.
pub fn field_id(index: usize, print: &str, name: &str) -> Option<String> {
    let id = format!("f{index}.{print}.{name}");
    (limits::units(&id) <= limits::ID).then_some(id)
}

/// Position and field name of a `block_id`.
pub fn field_of(block_id: &str) -> Option<(usize, &str)> {
    let mut parts = block_id.strip_prefix('f')?.splitn(3, '.');
    let index = parts.next()?.parse().ok()?;
    parts.next()?;
    Some((index, parts.next()?))
}

/// The values of `view.state.values` by field name; what is empty or not chosen is an empty text.
pub fn read_state(form_values: &Value) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (block, actions) in form_values.as_object().into_iter().flatten() {
        let Some((_, name)) = field_of(block) else { continue };
        for (id, given) in actions.as_object().into_iter().flatten() {
            let value = value_of(given);
            let value = if id == "tags" { tidy(&value) } else { value };
            values.insert(name.to_owned(), value);
        }
    }
    values
}

fn value_of(given: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    match given["type"].as_str().unwrap_or_default() {
        "static_select" | "radio_buttons" | "external_select" => text(&given["selected_option"]["value"]),
        "multi_static_select" | "checkboxes" => {
            let chosen = given["selected_options"].as_array().into_iter().flatten();
            chosen.map(|option| text(&option["value"])).collect::<Vec<_>>().join(",")
        }
        "datepicker" => text(&given["selected_date"]),
        "timepicker" => text(&given["selected_time"]),
        _ => text(&given["value"]),
    }
}

fn tidy(words: &str) -> String {
    words.split(',').map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(",")
}

/// What a filed window asks for, from the `view` of a `view_submission`; nothing when it is not one of ours. A
/// picker becomes a command with ` YYYY-MM-DD HH:MM` after it, in the zone of who filed it.
pub fn submission(view: &Value) -> Option<Input> {
    let (kind, command) = view["callback_id"].as_str()?.split_once(':')?;
    let values = read_state(&view["state"]["values"]);
    match kind {
        FORM => Some(Input::Form { command: command.to_owned(), values }),
        PICK => Some(Input::Text(format!("{command} {} {}", values.get("date")?, values.get("time")?))),
        _ => None,
    }
}

/// The answer to a `block_suggestion`: zones that begin with or contain what was typed, a city before a region.
pub fn suggest(delivery: &Value) -> Value {
    if delivery["action_id"] != "zone" {
        return json!({"options": []});
    }
    let typed = delivery["value"].as_str().unwrap_or_default().trim().to_lowercase().replace(' ', "_");
    let rank = |zone: &str| {
        let zone = zone.to_lowercase();
        let city = zone.rsplit('/').next().unwrap_or_default();
        if city.starts_with(&typed) {
            Some(0)
        } else if zone.starts_with(&typed) {
            Some(1)
        } else {
            zone.contains(&typed).then_some(2)
        }
    };
    let mut found: Vec<(u8, &str)> =
        Zone::all().iter().filter_map(|zone| Some((rank(zone)?, zone.as_str()))).collect();
    found.sort_unstable();
    let choices: Vec<Choice> =
        found.iter().take(limits::OPTIONS).map(|(_, zone)| Choice::new(*zone, *zone)).collect();
    json!({"options": super::fields::entries(&choices)})
}

/// Errors in the shape of `response_action: errors`, for the window whose values these are. Empty when none of its
/// fields can carry one; then show [`super::modal`] again.
pub fn modal_errors(form: &crate::chat::Form, form_values: &Value) -> BTreeMap<String, String> {
    let shown = form_values.as_object().into_iter().flatten().map(|(block, _)| block);
    let mut blocks: Vec<(usize, &str, &String)> =
        shown.filter_map(|block| field_of(block).map(|(index, name)| (index, name, block))).collect();
    blocks.sort_unstable();
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for field in &form.fields {
        let Some(error) = &field.error else { continue };
        let own = blocks.iter().find(|(_, name, _)| *name == field.name);
        let Some((_, _, block)) = own.or(blocks.first()) else { break };
        let error = if own.is_some() { error.clone() } else { format!("{}: {error}", field.label) };
        let sum = match errors.get(*block) {
            Some(before) => format!("{before} {error}"),
            None => error,
        };
        errors.insert((*block).clone(), limits::cut(&crate::chat::plain::clean(&sum), limits::ERROR));
    }
    errors.retain(|_, error| !error.trim().is_empty());
    errors
}
