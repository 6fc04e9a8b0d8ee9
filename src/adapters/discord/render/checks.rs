//! A checker of what Discord accepts and of what its markdown would make of a text, for tests. It shares no number and
//! no code with what builds the messages: all limits are written down here a second time, from Discord's documentation.

mod components;
mod markdown;

use serde_json::Value;

pub use markdown::{seen, text_faults};

/// What is wrong, in words.
#[derive(Default)]
pub struct Faults {
    found: Vec<String>,
    ids: std::collections::HashSet<String>,
    count: usize,
    units: usize,
}

/// Checks a new post or answer; empty when Discord would take it.
pub fn of_body(body: &Value) -> Vec<String> {
    let mut faults = Faults::default();
    faults.keys(body, &["content", "embeds", "components", "attachments", "flags"]);
    let flags = body["flags"].as_u64().unwrap_or(0);
    faults.expect(flags & !(64 | 32_768) == 0, "flags");
    let attachments = faults.attachments(&body["attachments"]);
    if flags & 32_768 == 0 {
        faults.post(body, &attachments);
    } else {
        faults.answer(body, &attachments);
    }
    faults.found
}

/// Checks the data of a modal.
pub fn of_modal(data: &Value) -> Vec<String> {
    let mut faults = Faults::default();
    faults.keys(data, &["custom_id", "title", "components"]);
    faults.id(&data["custom_id"]);
    faults.text(&data["title"], 45, "title");
    for row in faults.list(&data["components"], 1, 5, "rows of a modal") {
        faults.keys(row, &["type", "components"]);
        faults.expect(row["type"] == 1, "a modal has rows");
        for input in faults.list(&row["components"], 1, 1, "inputs of a row") {
            faults.input(input);
        }
    }
    faults.found
}

pub fn len(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Faults {
    fn expect(&mut self, good: bool, what: &str) {
        if !good {
            self.found.push(what.to_owned());
        }
    }

    fn keys(&mut self, value: &Value, known: &[&str]) {
        self.expect(value.is_object(), &format!("no object: {value}"));
        for key in value.as_object().into_iter().flat_map(|map| map.keys()) {
            self.expect(known.contains(&key.as_str()), &format!("unknown key {key} in {value}"));
        }
    }

    fn list<'a>(&mut self, value: &'a Value, least: usize, most: usize, what: &str) -> &'a [Value] {
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        self.expect((least..=most).contains(&items.len()), &format!("{what}: {} of them", items.len()));
        items
    }

    fn text(&mut self, value: &Value, most: usize, what: &str) {
        let text = value.as_str().unwrap_or_default();
        self.expect(!text.trim().is_empty() && len(text) <= most, &format!("{what}: {} units", len(text)));
        self.expect(!text.contains(|c: char| c.is_control()), &format!("{what}: control characters"));
    }

    fn id(&mut self, value: &Value) {
        let id = value.as_str().unwrap_or_default();
        self.expect((1..=100).contains(&len(id)), &format!("custom_id {id:?}"));
        let new = self.ids.insert(id.to_owned());
        self.expect(new, &format!("custom_id {id:?} twice"));
    }

    fn markdown(&mut self, value: &Value, most: usize, what: &str) {
        let text = value.as_str().unwrap_or_default();
        self.expect(!text.trim().is_empty() && len(text) <= most, &format!("{what}: {} units", len(text)));
        self.units += len(text);
        self.found.extend(text_faults(text));
    }

    fn attachments(&mut self, value: &Value) -> Vec<String> {
        if value.is_null() {
            return Vec::new();
        }
        let mut names = Vec::new();
        for (i, file) in self.list(value, 1, 10, "attachments").iter().enumerate() {
            self.keys(file, &["id", "filename", "description"]);
            self.expect(file["id"].as_str() == Some(&i.to_string()), "id of an attachment");
            let name = file["filename"].as_str().unwrap_or_default().to_owned();
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
            self.expect(plain && !name.is_empty() && !names.contains(&name), "name of a file");
            self.expect(file["description"].as_str().is_none_or(|alt| len(alt) <= 1_024), "alt");
            names.push(name);
        }
        names
    }

    fn post(&mut self, body: &Value, files: &[String]) {
        let content = body["content"].as_str().unwrap_or_default();
        if !body["content"].is_null() {
            self.markdown(&body["content"], 1_970, "content");
        }
        let embeds = self.list(&body["embeds"], 0, 10, "embeds");
        self.units = 0;
        for embed in embeds {
            self.keys(embed, &["description", "color", "image"]);
            self.expect(embed["color"].as_u64().is_some_and(|color| color <= 0xff_ff_ff), "colour");
            self.markdown(&embed["description"], 4_096, "description");
            if !embed["image"].is_null() {
                self.file_address(&embed["image"]["url"], files);
            }
        }
        self.expect(self.units <= 6_000, "embeds together");
        self.expect(!content.is_empty() || !embeds.is_empty() || !files.is_empty(), "an empty message");
        for row in self.list(&body["components"], 0, 5, "rows") {
            self.row(row);
        }
    }

    fn file_address(&mut self, value: &Value, files: &[String]) {
        let name = value.as_str().and_then(|url| url.strip_prefix("attachment://"));
        let there = name.is_some_and(|name| files.iter().any(|file| file == name));
        self.expect(there, &format!("no such file: {value}"));
    }
}
