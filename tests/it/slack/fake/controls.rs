//! What a person can press on the screen, and what a filled-in form holds: the part of Slack's client that keeps
//! people from sending what a field does not take.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::acts::Spot;
use super::read::{label_of, words};
use super::world::World;

/// Something to press, choose from or pick with.
#[derive(Debug, Clone)]
pub struct Control {
    /// Where it is.
    pub spot: Spot,
    /// When it came into sight; the largest is the newest.
    pub seen: u64,
    /// Its block.
    pub block_id: String,
    /// The element as the bot sent it.
    pub element: Value,
    /// Words on it, or beside it.
    pub label: String,
}

/// Everything that somebody can press now, the newest first.
pub fn all(world: &World, team: &str, user: &str) -> Vec<Control> {
    let t = world.team(team);
    let mut found = Vec::new();
    for channel in t.channels.values().filter(|c| c.members.contains(user) || c.kind == super::Kind::Public) {
        for post in &channel.posts {
            if post.deleted || post.only.as_deref().is_some_and(|only| only != user) {
                continue;
            }
            let spot = Spot::Message { channel: channel.id.clone(), ts: post.ts.clone() };
            of_blocks(&post.blocks, &spot, post.seen, &mut found);
        }
    }
    if let Some(home) = t.homes.get(user) {
        of_blocks(
            home.value["blocks"].as_array().map_or(&[], Vec::as_slice),
            &Spot::Home,
            home.seen,
            &mut found,
        );
    }
    if let Some(view) = t.top(user) {
        let spot = Spot::View(view.id.clone());
        of_blocks(view.value["blocks"].as_array().map_or(&[], Vec::as_slice), &spot, view.seen, &mut found);
    }
    found.sort_by_key(|control| std::cmp::Reverse(control.seen));
    found
}

fn of_blocks(blocks: &[Value], spot: &Spot, seen: u64, found: &mut Vec<Control>) {
    for block in blocks {
        let elements = match block["type"].as_str() {
            Some("actions") => block["elements"].as_array().cloned().unwrap_or_default(),
            Some("section") => block.get("accessory").cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        for element in elements.into_iter().filter(|e| e["type"] != "image") {
            let beside = if block["type"] == "section" { words(&block["text"]) } else { String::new() };
            let own = label_of(&element);
            let label = if own.is_empty() { beside } else { own };
            let block_id = block["block_id"].as_str().unwrap_or_default().to_owned();
            found.push(Control { spot: spot.clone(), seen, block_id, element, label });
        }
    }
}

/// What an element holds when `entry` was chosen in it; nothing when it cannot be.
pub fn chosen(element: &Value, entry: &str) -> Option<Value> {
    match element["type"].as_str()? {
        "button" => Some(json!({ "value": element["value"] })),
        "static_select" | "radio_buttons" => option(element, entry).map(|o| json!({ "selected_option": o })),
        "overflow" => option(element, entry).map(|o| json!({ "selected_option": o })),
        "datepicker" => Some(json!({ "selected_date": entry })),
        "timepicker" => Some(json!({ "selected_time": entry })),
        "datetimepicker" => Some(json!({ "selected_date_time": entry.parse::<i64>().ok()? })),
        _ => None,
    }
}

/// The option with this label or value.
pub fn option(element: &Value, entry: &str) -> Option<Value> {
    let groups = element["option_groups"].as_array().into_iter().flatten();
    let mut all = element["options"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(groups.filter_map(|group| group["options"].as_array()).flatten());
    all.find(|o| o["value"] == entry || words(&o["text"]) == entry).cloned()
}

/// The state of a form with these words put in, over what stood in it at the beginning. What the client itself would
/// not let through is an error.
pub fn state_of(view: &Value, typed: &BTreeMap<String, String>) -> Result<Value, String> {
    let mut state = Map::new();
    for block in view["blocks"].as_array().into_iter().flatten().filter(|b| b["type"] == "input") {
        let (id, element) = (block["block_id"].as_str().unwrap_or_default(), &block["element"]);
        let label = words(&block["label"]);
        let held = match typed.get(id) {
            Some(text) => held(element, text).map_err(|why| format!("{label}: {why}"))?,
            None => initially(element),
        };
        let empty =
            held.as_object().is_some_and(|h| h.iter().all(|(key, value)| key == "type" || is_empty(value)));
        if empty && block["optional"] != true {
            return Err(format!("{label}: please fill in this field"));
        }
        state.insert(id.to_owned(), json!({ (element["action_id"].as_str().unwrap_or_default()): held }));
    }
    let unknown = typed.keys().find(|id| !state.contains_key(*id));
    unknown.map_or(Ok(Value::Object(state)), |id| Err(format!("the form has no field {id}")))
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value == ""
}

fn initially(element: &Value) -> Value {
    let of = element["type"].as_str().unwrap_or_default();
    let initial = |key: &str| element.get(key).cloned().unwrap_or(Value::Null);
    match of {
        "static_select" | "external_select" | "radio_buttons" => {
            json!({ "type": of, "selected_option": initial("initial_option") })
        }
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            let options = element.get("initial_options").cloned().unwrap_or_else(|| json!([]));
            json!({ "type": of, "selected_options": options })
        }
        "datepicker" => json!({ "type": of, "selected_date": initial("initial_date") }),
        "timepicker" => json!({ "type": of, "selected_time": initial("initial_time") }),
        "datetimepicker" => json!({ "type": of, "selected_date_time": initial("initial_date_time") }),
        _ => json!({ "type": of, "value": initial("initial_value") }),
    }
}

fn held(element: &Value, text: &str) -> Result<Value, String> {
    let of = element["type"].as_str().unwrap_or_default();
    let of_options =
        |text: &str| option(element, text).ok_or_else(|| format!("{text:?} is not among the options"));
    Ok(match of {
        "static_select" | "radio_buttons" if text.is_empty() => {
            json!({ "type": of, "selected_option": null })
        }
        "static_select" | "radio_buttons" => json!({ "type": of, "selected_option": of_options(text)? }),
        "external_select" => {
            json!({ "type": of, "selected_option": { "text": { "type": "plain_text", "text": text }, "value": text } })
        }
        "multi_static_select" | "checkboxes" => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let options: Result<Vec<Value>, String> = parts.map(of_options).collect();
            json!({ "type": of, "selected_options": options? })
        }
        "multi_external_select" => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let options: Vec<Value> =
                parts.map(|p| json!({ "text": { "type": "plain_text", "text": p }, "value": p })).collect();
            json!({ "type": of, "selected_options": options })
        }
        "datepicker" => json!({ "type": of, "selected_date": none_if_empty(text) }),
        "timepicker" => json!({ "type": of, "selected_time": none_if_empty(text) }),
        "number_input" => {
            let number: i64 = match text {
                "" => return Ok(json!({ "type": of, "value": null })),
                text => text.parse().map_err(|_| "not a number".to_owned())?,
            };
            let bound = |key: &str| element[key].as_str().and_then(|v| v.parse::<i64>().ok());
            if bound("min_value").is_some_and(|least| number < least)
                || bound("max_value").is_some_and(|m| number > m)
            {
                return Err("out of range".into());
            }
            json!({ "type": of, "value": text })
        }
        _ => {
            let most = element["max_length"].as_u64().unwrap_or(3_000);
            if u64::try_from(text.chars().count()).is_ok_and(|count| count > most) {
                return Err(format!("more than {most} characters"));
            }
            if text.contains('\n') && element["multiline"] != true {
                return Err("one line only".into());
            }
            json!({ "type": of, "value": none_if_empty(text) })
        }
    })
}

fn none_if_empty(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}
