//! Modals and what is filed in them. They are of the old kind, five text inputs in rows of their own, because the
//! gateway's reader loses the values of the new kind; what is chosen from a list is asked before, see
//! [`super::steps`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ids::{self, Kind};
use super::limits;
use crate::chat::plain::clean;
use crate::chat::{Field, FieldKind};

const PICK_TITLE: &str = "Choose date and time";

/// What a filed modal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// To run a command: a time was picked.
    Text(String),
    /// To file a whole form, whose fields were all in the modal.
    Form {
        /// The form's command.
        command: String,
        /// Values by field name.
        values: BTreeMap<String, String>,
    },
    /// To take in one step of a longer form.
    Step {
        /// The form's id.
        form: String,
        /// The step, from 0.
        step: usize,
        /// What was typed, by the field's position in the form.
        typed: BTreeMap<usize, String>,
    },
}

/// What was filed, with the guild it was filed on behalf of, which only a direct message needs to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledFor {
    /// The guild's id, if the modal carries it.
    pub home: Option<String>,
    /// What it asks for.
    pub filed: Filed,
}

/// A modal, the `data` of an answer of type 9.
pub fn modal(id: &str, title: &str, inputs: &[Value]) -> Value {
    let rows: Vec<Value> = inputs.iter().map(|input| json!({"type": 1, "components": [input]})).collect();
    json!({"custom_id": id, "title": limits::bare(title, limits::TITLE), "components": rows})
}

/// A modal that asks for date and time; what is filed there is `command` with both after it. `zone` is the zone they are
/// read in, if it is known. Nothing when the command is too long to be carried.
pub fn picker(label: &str, command: &str, zone: Option<&str>, home: Option<&str>) -> Option<Value> {
    let id = ids::write(Kind::Pick, command, 1, home)?;
    let label = if label.trim().is_empty() { PICK_TITLE } else { label };
    let zone = zone.map_or("In your own time zone".to_owned(), |zone| format!("In your time zone, {zone}"));
    let date = Field::new("date", "Date, such as 2027-03-14", FieldKind::Date).required();
    let time = Field::new("time", "Time, such as 15:00", FieldKind::Time).required().hint(zone);
    Some(modal(&id, label, &[input(&date, "date"), input(&time, "time")]))
}

/// The text input for a field.
pub fn input(field: &Field, id: &str) -> Value {
    let (long, most, example) = shape(field);
    let value = crate::adapters::common::clip::beginning(&field.value, limits::INPUT, char::len_utf16);
    let long = long || value.contains('\n');
    // A value that is already too long can still be shown, and then be made shorter.
    let most = most.clamp(1, limits::INPUT).max(limits::units(value));
    let label = if field.label.trim().is_empty() { &field.name } else { &field.label };
    let mut input = json!({
        "type": 4, "custom_id": id, "style": if long { 2 } else { 1 },
        "label": limits::bare(label, limits::TITLE), "required": field.required, "max_length": most,
    });
    if !value.trim().is_empty() {
        input["value"] = json!(value);
    }
    let hint = if field.hint.trim().is_empty() { example.as_str() } else { &field.hint };
    let hint = clean(hint);
    if !hint.trim().is_empty() {
        input["placeholder"] = json!(limits::bare(&hint, limits::HINT));
    }
    input
}

/// Whether a field is long, its most characters, and an example where the field itself gives no hint.
fn shape(field: &Field) -> (bool, usize, String) {
    match &field.kind {
        FieldKind::Text { max, multiline } => (*multiline, *max, String::new()),
        FieldKind::Number { min, max } if *min > i64::MIN && *max < 1_000_000 => {
            (false, 20, format!("A whole number from {min} to {max}"))
        }
        FieldKind::Number { .. } => (false, 20, "A whole number".to_owned()),
        FieldKind::Tags { suggestions } => {
            let some: Vec<&str> = suggestions.iter().take(5).map(String::as_str).collect();
            let words = if some.is_empty() { String::new() } else { format!("Such as {}", some.join(", ")) };
            (false, limits::INPUT, words)
        }
        FieldKind::Date => (false, 40, "YYYY-MM-DD".to_owned()),
        FieldKind::Time => (false, 40, "HH:MM".to_owned()),
        FieldKind::Zone { .. } => (false, 100, "Such as Europe/Berlin".to_owned()),
        FieldKind::Toggle => (false, 10, "yes or no".to_owned()),
        FieldKind::Select { options } | FieldKind::Scale { options } | FieldKind::Multi { options } => {
            let some: Vec<&str> = options.iter().take(3).map(|option| option.value.as_str()).collect();
            (false, limits::INPUT, format!("Such as {}", some.join(", ")))
        }
    }
}

/// Reads an interaction of type 5; nothing when the modal is not of our making.
pub fn read_modal(interaction: &Value) -> Option<FiledFor> {
    let data = &interaction["data"];
    let id = data["custom_id"].as_str()?;
    let typed = typed(&data["components"]);
    if id.starts_with('!') {
        let (form, step) = ids::read_step(id)?;
        let number = |(name, value): (String, String)| Some((name.parse().ok()?, value));
        let typed = typed.into_iter().filter_map(number).collect();
        return Some(FiledFor { home: None, filed: Filed::Step { form, step, typed } });
    }
    let carried = ids::read(id)?;
    let filed = match carried.kind {
        Kind::Run => return None,
        Kind::Form => Filed::Form { command: carried.command, values: typed },
        Kind::Pick => {
            let part = |name: &str| typed.get(name).map(|value| clean(value).trim().to_owned());
            Filed::Text(format!("{} {} {}", carried.command, part("date")?, part("time")?))
        }
    };
    Some(FiledFor { home: carried.home, filed })
}

/// What was typed, by the inputs' ids, whichever way Discord nests them.
fn typed(components: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for outer in components.as_array().into_iter().flatten() {
        let inner = outer["components"].as_array().map_or(&[][..], Vec::as_slice);
        for input in inner.iter().chain([&outer["component"]]) {
            if let (Some(id), Some(value)) = (input["custom_id"].as_str(), input["value"].as_str()) {
                found.insert(id.to_owned(), value.to_owned());
            }
        }
    }
    found
}
