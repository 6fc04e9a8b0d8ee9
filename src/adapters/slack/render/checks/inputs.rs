//! What Slack accepts of buttons, lists and fields.

use std::collections::HashSet;

use serde_json::Value;

use super::{Faults, len};

impl Faults {
    pub(super) fn actions(&mut self, block: &Value) {
        self.keys(block, &["type", "block_id", "elements"]);
        for element in self.list(&block["elements"], 25, "actions") {
            self.id("action_id", &element["action_id"]);
            if element["type"] == "button" {
                self.keys(element, &["type", "action_id", "text", "value", "style", "accessibility_label"]);
                self.plain(&element["text"], 75);
                for (key, most) in [("value", 2_000), ("accessibility_label", 75)] {
                    self.expect(
                        element[key].as_str().is_none_or(|text| (1..=most).contains(&len(text))),
                        key,
                    );
                }
            } else {
                self.expect(element["type"] == "static_select", "action type");
                self.plain(&element["placeholder"], 150);
                self.menu(element, 100);
            }
        }
    }

    pub(super) fn input(&mut self, block: &Value) {
        self.keys(block, &["type", "block_id", "label", "hint", "element", "optional"]);
        self.plain(&block["label"], 2_000);
        if !block["hint"].is_null() {
            self.plain(&block["hint"], 2_000);
        }
        self.expect(block["optional"].is_boolean(), "optional");
        let element = &block["element"];
        self.focused += usize::from(element["focus_on_load"] == true);
        self.expect(
            element["action_id"].as_str().is_some_and(|id| (1..=255).contains(&len(id))),
            "action_id",
        );
        if !element["placeholder"].is_null() {
            self.plain(&element["placeholder"], 150);
        }
        match element["type"].as_str().unwrap_or_default() {
            "plain_text_input" => {
                let most = usize::try_from(element["max_length"].as_u64().unwrap_or(0)).unwrap_or(0);
                self.expect((1..=3_000).contains(&most), "max_length");
                self.expect(
                    element["initial_value"].as_str().is_none_or(|text| len(text) <= most),
                    "initial",
                );
            }
            "number_input" => {
                let number = |key: &str| element[key].as_str().and_then(|text| text.parse::<i64>().ok());
                let value = number("initial_value").or(number("min_value"));
                self.expect(value >= number("min_value"), "below the minimum");
                self.expect(number("max_value").is_none_or(|most| value.is_none_or(|v| v <= most)), "above");
            }
            "static_select" | "multi_static_select" => self.menu(element, 100),
            "radio_buttons" | "checkboxes" => self.menu(element, 10),
            "external_select" => {
                self.expect(element["min_query_length"].is_u64(), "query length");
                if !element["initial_option"].is_null() {
                    self.option(&element["initial_option"]);
                }
            }
            "datepicker" => {
                self.expect(element["initial_date"].as_str().is_none_or(|d| d.len() == 10), "date");
            }
            "timepicker" => {
                self.expect(element["initial_time"].as_str().is_none_or(|t| t.len() == 5), "time");
            }
            other => self.expect(false, &format!("input {other}")),
        }
    }

    fn option(&mut self, option: &Value) {
        self.keys(option, &["text", "value", "description"]);
        self.plain(&option["text"], 75);
        if !option["description"].is_null() {
            self.plain(&option["description"], 75);
        }
        self.expect(option["value"].as_str().is_some_and(|v| (1..=150).contains(&len(v))), "option value");
    }

    fn menu(&mut self, element: &Value, most: usize) {
        let mut all: Vec<Value> = Vec::new();
        if element["option_groups"].is_array() {
            for group in self.list(&element["option_groups"], 100, "groups") {
                self.plain(&group["label"], 75);
                all.extend_from_slice(self.list(&group["options"], most, "options of a group"));
            }
        } else {
            all.extend_from_slice(self.list(&element["options"], most, "options"));
        }
        let mut values = HashSet::new();
        for option in &all {
            self.option(option);
            self.expect(values.insert(option["value"].clone()), "option twice");
        }
        let initial = element["initial_options"].as_array().cloned().unwrap_or_default();
        for chosen in
            initial.iter().chain((!element["initial_option"].is_null()).then_some(&element["initial_option"]))
        {
            self.expect(all.contains(chosen), "initial option is not an option");
        }
    }
}
