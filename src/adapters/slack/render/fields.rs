//! Fields of a form as the inputs that Slack has for them. A value that an input would refuse is kept: the field is
//! then shown as a line of text, with the value in it.

use std::collections::HashSet;

use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use super::{limits, text};
use crate::chat::{Choice, Field, FieldKind};

/// Entries of a list: each with a value that can travel, each value once.
pub fn entries(options: &[Choice]) -> Vec<Value> {
    let mut seen = HashSet::new();
    let fits = |option: &&Choice| {
        !option.value.is_empty()
            && limits::units(&option.value) <= limits::OPTION_VALUE
            && seen.insert(option.value.clone())
    };
    options.iter().filter(fits).map(entry).collect()
}

/// One entry; a long label goes on in the second line.
fn entry(option: &Choice) -> Value {
    let label = crate::chat::plain::clean(&option.label);
    let label = if label.trim().is_empty() { &option.value } else { label.trim() };
    let (first, rest) = limits::split(label, limits::OPTION);
    let mut entry = json!({"text": text::plain(first, limits::OPTION), "value": option.value});
    if !rest.trim().is_empty() {
        entry["description"] = text::plain(rest, limits::OPTION);
    }
    entry
}

/// Entries under the key that holds them: up to a hundred as a list, more as groups named after first and last.
pub fn menu(entries: &[Value]) -> Option<(&'static str, Value)> {
    if entries.is_empty() {
        return None;
    }
    if entries.len() <= limits::OPTIONS {
        return Some(("options", json!(entries)));
    }
    let short = |entry: Option<&Value>| {
        let label = entry.and_then(|entry| entry["text"]["text"].as_str()).unwrap_or_default();
        limits::cut(&text::unescape(label), limits::OPTION / 2 - 2)
    };
    let groups = entries.chunks(limits::OPTIONS).take(limits::OPTIONS).map(|some| {
        let label = format!("{} – {}", short(some.first()), short(some.last()));
        json!({"label": text::plain(&label, limits::OPTION), "options": some})
    });
    Some(("option_groups", groups.collect()))
}

/// The input for a field, or nothing when there is nothing to choose from.
pub fn input(field: &Field) -> Option<Value> {
    let value = field.value.as_str();
    Some(match &field.kind {
        FieldKind::Text { max, multiline } => line(value, *max, *multiline, "text"),
        FieldKind::Tags { .. } => line(value, limits::INPUT, false, "tags"),
        FieldKind::Number { min, max } => number(value, *min, *max),
        FieldKind::Select { options } => choice("static_select", "Choose one", options, value)?,
        FieldKind::Multi { options } => several(options, value)?,
        FieldKind::Scale { options } => {
            let radio = entries(options).len() <= limits::RADIOS;
            choice(if radio { "radio_buttons" } else { "static_select" }, "Choose one", options, value)?
        }
        FieldKind::Date => picker("datepicker", "initial_date", value, "YYYY-MM-DD", is_date(value)),
        FieldKind::Time => picker("timepicker", "initial_time", value, "HH:MM", is_time(value)),
        FieldKind::Zone { .. } => zone(value),
        FieldKind::Toggle => {
            let options = [Choice::new("yes", "Yes"), Choice::new("no", "No")];
            choice("radio_buttons", "", &options, if value == "yes" { "yes" } else { "no" })?
        }
    })
}

/// What else to know of a field, besides its own hint.
pub fn hint(field: &Field) -> String {
    let more = match &field.kind {
        FieldKind::Number { min, max } if field.hint.is_empty() && *min > i64::MIN && *max < 1_000_000 => {
            format!("From {min} to {max}.")
        }
        FieldKind::Tags { suggestions } if !suggestions.is_empty() => {
            let some: Vec<&str> = suggestions.iter().take(5).map(String::as_str).collect();
            format!("Others use: {}.", some.join(", "))
        }
        _ => String::new(),
    };
    let gap = match field.hint.trim().chars().next_back() {
        Some(c) if !more.is_empty() && c.is_alphanumeric() => ". ",
        Some(_) if !more.is_empty() => " ",
        _ => "",
    };
    format!("{}{gap}{more}", field.hint.trim())
}

fn line(value: &str, max: usize, multiline: bool, id: &str) -> Value {
    let value = limits::raw(value, limits::INPUT);
    // A value that is already too long can still be shown, and then be made shorter.
    let max = max.clamp(1, limits::INPUT).max(limits::units(value));
    let mut input = json!({
        "type": "plain_text_input", "action_id": id, "multiline": multiline, "max_length": max,
    });
    if !value.is_empty() {
        input["initial_value"] = json!(value);
    }
    input
}

fn number(value: &str, min: i64, max: i64) -> Value {
    let typed = value.trim().parse::<i64>();
    if !value.trim().is_empty() && !typed.is_ok_and(|n| (min..=max).contains(&n)) {
        return line(value, 20, false, "number");
    }
    let mut input = json!({"type": "number_input", "action_id": "number", "is_decimal_allowed": false});
    if min <= max {
        input["min_value"] = json!(min.to_string());
        input["max_value"] = json!(max.to_string());
    }
    if !value.trim().is_empty() {
        input["initial_value"] = json!(value.trim());
    }
    input
}

fn choice(kind: &str, placeholder: &str, options: &[Choice], value: &str) -> Option<Value> {
    let entries = entries(options);
    let (key, menu) = menu(&entries)?;
    let mut input = json!({"type": kind, "action_id": "choice", key: menu});
    if kind == "static_select" {
        input["placeholder"] = text::plain(placeholder, limits::PLACEHOLDER);
    }
    if let Some(chosen) = entries.iter().find(|entry| entry["value"] == value) {
        input["initial_option"] = chosen.clone();
    }
    Some(input)
}

fn several(options: &[Choice], value: &str) -> Option<Value> {
    let entries = entries(options);
    let (key, menu) = menu(&entries)?;
    let boxes = entries.len() <= limits::RADIOS;
    let kind = if boxes { "checkboxes" } else { "multi_static_select" };
    let mut input = json!({"type": kind, "action_id": "several", key: menu});
    if !boxes {
        input["placeholder"] = text::plain("Choose any", limits::PLACEHOLDER);
    }
    let wanted: Vec<&str> = value.split(',').map(str::trim).collect();
    let chosen: Vec<&Value> = entries
        .iter()
        .filter(|entry| entry["value"].as_str().is_some_and(|value| wanted.contains(&value)))
        .collect();
    if !chosen.is_empty() {
        input["initial_options"] = json!(chosen);
    }
    Some(input)
}

fn is_date(value: &str) -> bool {
    value.len() == 10 && Date::strptime("%Y-%m-%d", value).is_ok()
}

fn is_time(value: &str) -> bool {
    value.len() == 5 && Time::strptime("%H:%M", value).is_ok()
}

fn picker(kind: &str, initial: &str, value: &str, shape: &str, valid: bool) -> Value {
    if !value.is_empty() && !valid {
        let mut input = line(value, 40, false, kind);
        input["placeholder"] = text::plain(shape, limits::PLACEHOLDER);
        return input;
    }
    let mut input = json!({"type": kind, "action_id": kind});
    if valid {
        input[initial] = json!(value);
    }
    input
}

/// More zones than a list can hold: Slack asks for them as somebody types, see [`super::suggest`].
fn zone(value: &str) -> Value {
    let mut input = json!({
        "type": "external_select", "action_id": "zone", "min_query_length": 0,
        "placeholder": text::plain("Type a city, such as Berlin", limits::PLACEHOLDER),
    });
    if let Some(entry) = entries(&[Choice::new(value, value)]).first() {
        input["initial_option"] = entry.clone();
    }
    input
}
