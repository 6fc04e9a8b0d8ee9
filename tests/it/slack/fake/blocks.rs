//! Block Kit as Slack publishes it: which blocks and elements there are, which keys they take, how much fits. Written
//! from the reference, never from what the bot sends; every breach is said in one line with its place.

use std::collections::BTreeSet;

use serde_json::Value;

use super::elements::{element, rich_text, text_object};

/// Where blocks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A message.
    Message,
    /// A modal.
    Modal,
    /// A home tab.
    Home,
}

/// Breaches found so far, with the place where the reader stands.
#[derive(Debug, Default)]
pub struct Breaches {
    /// What is wrong.
    pub found: Vec<String>,
    place: Vec<String>,
}

impl Breaches {
    /// Notes a breach here.
    pub fn add(&mut self, what: impl AsRef<str>) {
        self.found.push(format!("{}: {}", self.place.join("."), what.as_ref()));
    }

    /// Looks into a part.
    pub fn within(&mut self, part: impl Into<String>, look: impl FnOnce(&mut Self)) {
        self.place.push(part.into());
        look(self);
        self.place.pop();
    }

    /// Only these keys may be there, and those marked with `!` must be.
    pub fn keys(&mut self, object: &Value, allowed: &[&str]) {
        let Some(map) = object.as_object() else { return self.add("is not an object") };
        for key in map.keys() {
            if key != "type" && !allowed.iter().any(|a| a.trim_start_matches('!') == key) {
                self.add(format!("unknown key {key}"));
            }
        }
        for needed in allowed.iter().filter_map(|a| a.strip_prefix('!')) {
            if map.get(needed).is_none_or(Value::is_null) {
                self.add(format!("{needed} is missing"));
            }
        }
        for (key, value) in map {
            if value.is_null() {
                self.add(format!("{key} is null"));
            }
        }
    }

    /// A text of at least one and at most so many characters, if it is there.
    pub fn length(&mut self, object: &Value, key: &str, most: usize) {
        let Some(value) = object.get(key) else { return };
        let Some(text) = value.as_str() else { return self.add(format!("{key} is not a text")) };
        let count = text.chars().count();
        if count == 0 || count > most {
            self.add(format!("{key} has {count} characters, not 1 to {most}"));
        }
    }

    /// A list of at least `least` and at most `most` parts.
    pub fn list<'a>(&mut self, object: &'a Value, key: &str, least: usize, most: usize) -> &'a [Value] {
        let Some(value) = object.get(key) else { return &[] };
        let Some(list) = value.as_array() else {
            self.add(format!("{key} is not a list"));
            return &[];
        };
        if !(least..=most).contains(&list.len()) {
            self.add(format!("{key} has {} parts, not {least} to {most}", list.len()));
        }
        list
    }
}

/// Everything wrong with a list of blocks.
pub fn check_blocks(blocks: &Value, surface: Surface) -> Vec<String> {
    let mut breaches = Breaches::default();
    let most = if surface == Surface::Message { 50 } else { 100 };
    let Some(list) = blocks.as_array() else { return vec!["blocks are not a list".into()] };
    if list.len() > most || list.is_empty() {
        breaches.add(format!("{} blocks, not 1 to {most}", list.len()));
    }
    let (mut ids, mut tables) = (BTreeSet::new(), 0);
    for (at, block) in list.iter().enumerate() {
        breaches.within(format!("blocks[{at}]"), |b| check_block(block, surface, b));
        if let Some(id) = block.get("block_id").and_then(Value::as_str)
            && !ids.insert(id)
        {
            breaches.add(format!("two blocks are called {id}"));
        }
        tables += usize::from(block["type"] == "table");
    }
    if tables > 1 {
        breaches.add("more than one table");
    }
    let letters = list.iter().map(characters).sum::<usize>();
    if surface == Surface::Message && letters > 12_000 {
        breaches.add(format!("msg_blocks_too_long: {letters} characters in all blocks"));
    }
    breaches.found
}

/// Characters that people would read in a value.
fn characters(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(characters).sum(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) if key == "text" => text.chars().count(),
                Value::String(_) => 0,
                other => characters(other),
            })
            .sum(),
        _ => 0,
    }
}

const ACTION_ELEMENTS: &[&str] = &[
    "button",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "radio_buttons",
    "checkboxes",
];
const INPUT_ELEMENTS: &[&str] = &[
    "plain_text_input",
    "static_select",
    "multi_static_select",
    "external_select",
    "multi_external_select",
    "users_select",
    "multi_users_select",
    "conversations_select",
    "multi_conversations_select",
    "channels_select",
    "multi_channels_select",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "radio_buttons",
    "checkboxes",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
];
const ACCESSORIES: &[&str] = &[
    "button",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "overflow",
    "datepicker",
    "timepicker",
    "radio_buttons",
    "checkboxes",
    "image",
];

fn check_block(block: &Value, surface: Surface, b: &mut Breaches) {
    b.length(block, "block_id", 255);
    match block["type"].as_str().unwrap_or_default() {
        "divider" => b.keys(block, &["block_id"]),
        "header" => {
            b.keys(block, &["block_id", "!text"]);
            b.within("text", |b| text_object(&block["text"], 150, true, b));
        }
        "section" => section(block, surface, b),
        "context" => context(block, b),
        "actions" => {
            b.keys(block, &["block_id", "!elements"]);
            let elements = b.list(block, "elements", 1, 25);
            elements_of(elements, ACTION_ELEMENTS, surface, b);
        }
        "input" => input(block, surface, b),
        "image" => {
            b.keys(block, &["block_id", "image_url", "slack_file", "!alt_text", "title"]);
            b.length(block, "image_url", 3_000);
            b.length(block, "alt_text", 2_000);
            if let Some(title) = block.get("title") {
                b.within("title", |b| text_object(title, 2_000, true, b));
            }
        }
        "rich_text" => {
            b.keys(block, &["block_id", "!elements"]);
            rich_text(block, b);
        }
        "markdown" if surface == Surface::Message => {
            b.keys(block, &["block_id", "!text"]);
            b.length(block, "text", 12_000);
        }
        "table" if surface == Surface::Message => table(block, b),
        other => b.add(format!("unknown block {other:?} here")),
    }
}

fn section(block: &Value, surface: Surface, b: &mut Breaches) {
    b.keys(block, &["block_id", "text", "fields", "accessory", "expand"]);
    if block.get("text").is_none() && block.get("fields").is_none() {
        b.add("a section needs text or fields");
    }
    if let Some(text) = block.get("text") {
        b.within("text", |b| text_object(text, 3_000, false, b));
    }
    for (at, field) in b.list(block, "fields", 1, 10).iter().enumerate() {
        b.within(format!("fields[{at}]"), |b| text_object(field, 2_000, false, b));
    }
    if let Some(accessory) = block.get("accessory") {
        b.within("accessory", |b| element(accessory, ACCESSORIES, surface, b));
    }
}

fn context(block: &Value, b: &mut Breaches) {
    b.keys(block, &["block_id", "!elements"]);
    for (at, part) in b.list(block, "elements", 1, 10).iter().enumerate() {
        b.within(format!("elements[{at}]"), |b| match part["type"].as_str() {
            Some("image") => {
                b.keys(part, &["image_url", "slack_file", "!alt_text"]);
                b.length(part, "alt_text", 2_000);
            }
            _ => text_object(part, 3_000, false, b),
        });
    }
}

fn input(block: &Value, surface: Surface, b: &mut Breaches) {
    b.keys(block, &["block_id", "!label", "!element", "dispatch_action", "hint", "optional"]);
    b.within("label", |b| text_object(&block["label"], 2_000, true, b));
    if let Some(hint) = block.get("hint") {
        b.within("hint", |b| text_object(hint, 2_000, true, b));
    }
    b.within("element", |b| element(&block["element"], INPUT_ELEMENTS, surface, b));
}

fn table(block: &Value, b: &mut Breaches) {
    b.keys(block, &["block_id", "!rows", "column_settings"]);
    b.list(block, "column_settings", 1, 20);
    for (at, row) in b.list(block, "rows", 1, 100).iter().enumerate() {
        let Some(cells) = row.as_array() else {
            b.add(format!("rows[{at}] is not a list"));
            continue;
        };
        if cells.is_empty() || cells.len() > 20 {
            b.add(format!("rows[{at}] has {} cells, not 1 to 20", cells.len()));
        }
        for (place, cell) in cells.iter().enumerate() {
            b.within(format!("rows[{at}][{place}]"), |b| match cell["type"].as_str() {
                Some("raw_text") => {
                    b.keys(cell, &["!text"]);
                    if cell["text"].as_str().is_none_or(str::is_empty) {
                        b.add("an empty cell");
                    }
                }
                Some("rich_text") => {
                    b.keys(cell, &["!elements", "block_id"]);
                    rich_text(cell, b);
                }
                _ => b.add("a cell is raw_text or rich_text"),
            });
        }
    }
}

/// Elements of one block; their names must differ.
fn elements_of(elements: &[Value], allowed: &[&str], surface: Surface, b: &mut Breaches) {
    let mut names = BTreeSet::new();
    for (at, part) in elements.iter().enumerate() {
        b.within(format!("elements[{at}]"), |b| element(part, allowed, surface, b));
        if let Some(name) = part.get("action_id").and_then(Value::as_str)
            && !names.insert(name)
        {
            b.add(format!("two elements are called {name}"));
        }
    }
}

/// Everything wrong with a view.
pub fn check_view(view: &Value, surface: Surface) -> Vec<String> {
    let mut b = Breaches::default();
    let wanted = if surface == Surface::Home { "home" } else { "modal" };
    if view["type"] != wanted {
        b.add(format!("the view is not a {wanted}"));
    }
    if surface == Surface::Home {
        b.keys(view, &["!blocks", "private_metadata", "callback_id", "external_id"]);
    } else {
        b.keys(
            view,
            &[
                "!blocks",
                "!title",
                "close",
                "submit",
                "private_metadata",
                "callback_id",
                "clear_on_close",
                "notify_on_close",
                "external_id",
                "submit_disabled",
            ],
        );
        for key in ["title", "close", "submit"] {
            if let Some(text) = view.get(key) {
                b.within(key, |b| text_object(text, 24, true, b));
            }
        }
        let inputs =
            view["blocks"].as_array().is_some_and(|l| l.iter().any(|block| block["type"] == "input"));
        if inputs && view.get("submit").is_none() {
            b.add("inputs without submit");
        }
    }
    for (key, most) in [("callback_id", 255), ("external_id", 255), ("private_metadata", 3_000)] {
        // These may be empty.
        if view.get(key).and_then(Value::as_str).is_some_and(|t| !t.is_empty()) {
            b.length(view, key, most);
        }
    }
    if view.to_string().len() > 250_000 {
        b.add("the view is larger than 250 kB");
    }
    b.found.extend(check_blocks(&view["blocks"], surface));
    b.found
}
