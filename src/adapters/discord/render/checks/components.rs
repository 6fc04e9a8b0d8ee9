//! Components: rows, buttons, lists, and those of the second version.

use serde_json::Value;

use super::{Faults, len};

impl Faults {
    /// An answer: components alone, no content.
    pub(super) fn answer(&mut self, body: &Value, files: &[String]) {
        self.expect(body["content"].is_null() && body["embeds"].is_null(), "content beside Components V2");
        for component in self.list(&body["components"], 1, 40, "components") {
            if component["type"] == 17 {
                self.count += 1;
                self.keys(component, &["type", "accent_color", "components"]);
                self.expect(component["accent_color"].as_u64().is_some_and(|c| c <= 0xff_ff_ff), "colour");
                for inner in self.list(&component["components"], 1, 39, "components of a container") {
                    self.part(inner, files);
                }
            } else {
                self.part(component, files);
            }
        }
        let (count, units) = (self.count, self.units);
        self.expect(count <= 40, &format!("{count} components"));
        self.expect(units <= 4_000, &format!("{units} units of text"));
        for file in files {
            let shown = body["components"].to_string().contains(&format!("attachment://{file}"));
            self.expect(shown, &format!("{file} is not shown"));
        }
    }

    fn part(&mut self, part: &Value, files: &[String]) {
        match part["type"].as_u64() {
            Some(1) => self.row(part),
            Some(10) => {
                self.count += 1;
                self.keys(part, &["type", "content"]);
                self.markdown(&part["content"], 4_000, "text");
            }
            Some(12) => {
                self.count += 1;
                self.keys(part, &["type", "items"]);
                for item in self.list(&part["items"], 1, 10, "pictures") {
                    self.keys(item, &["media", "description"]);
                    self.expect(item["description"].as_str().is_none_or(|alt| len(alt) <= 1_024), "alt");
                    self.file_address(&item["media"]["url"], files);
                }
            }
            Some(13) => {
                self.count += 1;
                self.keys(part, &["type", "file"]);
                self.file_address(&part["file"]["url"], files);
            }
            Some(14) => {
                self.count += 1;
                self.keys(part, &["type", "divider", "spacing"]);
            }
            other => self.expect(false, &format!("component {other:?}")),
        }
    }

    pub(super) fn row(&mut self, row: &Value) {
        self.count += 1;
        self.keys(row, &["type", "components"]);
        self.expect(row["type"] == 1, "a row");
        let inner = self.list(&row["components"], 1, 5, "components of a row");
        let lists = inner.iter().filter(|component| component["type"] == 3).count();
        self.expect(lists == 0 || inner.len() == 1, "a list beside something else");
        for component in inner {
            self.count += 1;
            self.id(&component["custom_id"]);
            match component["type"].as_u64() {
                Some(2) => {
                    self.keys(component, &["type", "style", "label", "custom_id"]);
                    self.expect(component["style"].as_u64().is_some_and(|s| (1..=4).contains(&s)), "style");
                    self.text(&component["label"], 80, "label of a button");
                }
                Some(3) => self.select(component),
                other => self.expect(false, &format!("component {other:?} in a row")),
            }
        }
    }

    fn select(&mut self, select: &Value) {
        self.keys(select, &["type", "custom_id", "placeholder", "options", "min_values", "max_values"]);
        self.text(&select["placeholder"], 150, "placeholder");
        let options = self.list(&select["options"], 1, 25, "entries");
        let (least, most) = (select["min_values"].as_u64(), select["max_values"].as_u64());
        let bounds = least <= most && most.is_some_and(|most| (1..=options.len() as u64).contains(&most));
        self.expect(bounds, &format!("{least:?} to {most:?} of {}", options.len()));
        let mut values = std::collections::HashSet::new();
        let mut chosen = 0;
        for option in options {
            self.keys(option, &["label", "value", "description", "default"]);
            self.text(&option["label"], 100, "label of an entry");
            if !option["description"].is_null() {
                self.text(&option["description"], 100, "description of an entry");
            }
            let value = option["value"].as_str().unwrap_or_default();
            self.expect((1..=100).contains(&len(value)), "value of an entry");
            self.expect(values.insert(value), "a value twice");
            chosen += u64::from(option["default"] == true);
        }
        self.expect(Some(chosen) <= most, "more chosen than allowed");
    }

    /// A text input of a modal.
    pub(super) fn input(&mut self, input: &Value) {
        let known = ["type", "custom_id", "style", "label", "required", "max_length", "value", "placeholder"];
        self.keys(input, &known);
        self.expect(input["type"] == 4, "a text input");
        self.id(&input["custom_id"]);
        self.expect(input["style"] == 1 || input["style"] == 2, "style of an input");
        self.text(&input["label"], 45, "label of an input");
        let most = input["max_length"].as_u64().unwrap_or(0);
        self.expect((1..=4_000).contains(&most), "max_length");
        if let Some(value) = input["value"].as_str() {
            self.expect(len(value) as u64 <= most && !value.is_empty(), "value of an input");
            self.expect(input["style"] == 2 || !value.contains('\n'), "line breaks in a short input");
        }
        if !input["placeholder"].is_null() {
            self.text(&input["placeholder"], 100, "placeholder of an input");
        }
    }
}
