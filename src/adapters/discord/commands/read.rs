//! From what somebody chose and typed in Discord to the line that the core reads, and what to offer while they type.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::path;
use crate::chat::Choice;
use crate::core::command::Spec;
use crate::domain::text::one_line;

/// Entries of an answer to typing.
const CHOICES: usize = 25;
/// Name and value of an entry.
const CHOICE: usize = 100;

/// An argument that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focused {
    /// The command's path in the core's table.
    pub command: &'static str,
    /// The argument.
    pub arg: &'static str,
    /// What is there so far.
    pub typed: String,
}

/// The `data` of an interaction of type 2 as a line for the core, every value under its argument's name; nothing when
/// it names no command of ours.
pub fn read(data: &Value) -> Option<String> {
    let (spec, options) = found(data)?;
    let mut line = spec.path.to_owned();
    for option in options {
        let arg = spec.arg(option["name"].as_str()?)?;
        let value = one_line(&value_of(option));
        if !value.trim().is_empty() {
            let _ = write!(line, " {}={}", arg.name, quoted(value.trim()));
        }
    }
    Some(line)
}

/// What is being typed, from the `data` of an interaction of type 4; nothing when it names no argument of ours.
pub fn focused(data: &Value) -> Option<Focused> {
    let (spec, options) = found(data)?;
    let option = options.iter().find(|option| option["focused"] == true)?;
    let arg = spec.arg(option["name"].as_str()?)?;
    Some(Focused { command: spec.path, arg: arg.name, typed: value_of(option) })
}

/// What to offer, as the `data` of an answer of type 8. What is too long to be sent back whole is not offered.
pub fn choices(all: &[Choice]) -> Value {
    let fits = |choice: &&Choice| {
        let length = choice.value.encode_utf16().count();
        !choice.value.trim().is_empty() && length <= CHOICE
    };
    let entry = |choice: &Choice| {
        let label = if choice.label.trim().is_empty() { &choice.value } else { &choice.label };
        json!({"name": crate::adapters::discord::render::limits::bare(label, CHOICE), "value": choice.value})
    };
    json!({"choices": all.iter().filter(fits).take(CHOICES).map(entry).collect::<Vec<_>>()})
}

/// The command, and the options given to it.
fn found(data: &Value) -> Option<(&'static Spec, &[Value])> {
    let first = data["options"].as_array()?.first()?;
    let name = first["name"].as_str()?;
    match first["type"].as_u64()? {
        1 => Some((path::at(None, name)?, options_of(first))),
        2 => {
            let second = options_of(first).first()?;
            Some((path::at(Some(name), second["name"].as_str()?)?, options_of(second)))
        }
        _ => None,
    }
}

fn options_of(value: &Value) -> &[Value] {
    value["options"].as_array().map_or(&[], Vec::as_slice)
}

fn value_of(option: &Value) -> String {
    match &option["value"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        _ => String::new(),
    }
}

/// A value as one word of a line: as it is, or between quotation marks that do not end within it.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,+".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    let pairs = [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“')];
    match pairs.iter().find(|(_, close)| !value.contains(*close)) {
        Some((open, close)) => format!("{open}{value}{close}"),
        // With every closing mark in it, its straight ones become apostrophes.
        None => format!("\"{}\"", value.replace('"', "'")),
    }
}
