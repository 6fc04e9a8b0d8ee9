//! Components of messages and forms: every published limit, and nothing that is not published.

use std::collections::BTreeSet;

use serde_json::Value;

use super::refuse::{Check, join};

/// The flag of a message whose components are its only content.
pub const V2: u64 = 1 << 15;

/// Looks at the components of a message.
pub fn of_message(check: &mut Check, place: &str, components: &Value, flags: u64) {
    let mut seen = Seen::default();
    if flags & V2 == 0 {
        for (n, row) in check.list(place, components, 0, 5).iter().enumerate() {
            if row["type"] == 1 {
                action_row(check, &join(place, n), row, &mut seen);
            } else {
                check.add(
                    &join(&join(place, n), "type"),
                    "UNION_TYPE_CHOICES",
                    "Value of field \"type\" must be one of (1,).",
                );
            }
        }
        return;
    }
    for (n, part) in check.list(place, components, 1, 40).iter().enumerate() {
        part_of_v2(check, &join(place, n), part, &mut seen, true);
    }
    if seen.count > 40 {
        check.add(
            place,
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            "The total number of components is over 40",
        );
    }
    if seen.characters > 4_000 {
        check.add(place, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Displayable text is over 4000");
    }
}

/// What has been counted on the way.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<String>,
    count: usize,
    characters: usize,
}

impl Seen {
    fn custom_id(&mut self, check: &mut Check, place: &str, value: &Value) {
        check.needs_text(&join(place, "custom_id"), &value["custom_id"], 100);
        let id = value["custom_id"].as_str().unwrap_or_default();
        if !id.is_empty() && !self.ids.insert(id.to_owned()) {
            let place = join(place, "custom_id");
            check.add(&place, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
        }
    }
}

fn action_row(check: &mut Check, place: &str, row: &Value, seen: &mut Seen) {
    seen.count += 1;
    check.keys(place, row, "type components id");
    let inner = join(place, "components");
    let parts = check.list(&inner, &row["components"], 1, 5);
    let width: usize = parts.iter().map(|part| if part["type"] == 2 { 1 } else { 5 }).sum();
    if width > 5 {
        check.add(
            &inner,
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        );
    }
    for (n, part) in parts.iter().enumerate() {
        let place = join(&inner, n);
        match part["type"].as_u64() {
            Some(2) => button(check, &place, part, seen),
            Some(3 | 5..=8) => select(check, &place, part, seen),
            _ => check.add(
                &join(&place, "type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).",
            ),
        }
    }
}

fn button(check: &mut Check, place: &str, value: &Value, seen: &mut Seen) {
    seen.count += 1;
    check.keys(place, value, "type id style label emoji custom_id url disabled");
    check.number(&join(place, "style"), &value["style"], 1, 5);
    check.text(&join(place, "label"), &value["label"], 0, 80);
    check.truth(&join(place, "disabled"), &value["disabled"]);
    let empty = value["label"].as_str().is_none_or(str::is_empty) && value["emoji"].is_null();
    if empty {
        check.add(place, "BUTTON_COMPONENT_EMPTY", "A button must have a label or an emoji");
    }
    match value["style"].as_u64() {
        None => check.required(&join(place, "style")),
        Some(5) => {
            check.needs_text(&join(place, "url"), &value["url"], 512);
            let url = value["url"].as_str().unwrap_or_default();
            if !["http://", "https://", "discord://"].iter().any(|scheme| url.starts_with(scheme)) {
                check.add(
                    &join(place, "url"),
                    "URL_TYPE_INVALID_SCHEME",
                    "Scheme must be one of ('http', 'https', 'discord').",
                );
            }
            if !value["custom_id"].is_null() {
                check.add(
                    place,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
        }
        Some(_) => {
            seen.custom_id(check, place, value);
            if !value["url"].is_null() {
                check.add(
                    place,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
        }
    }
}

fn select(check: &mut Check, place: &str, value: &Value, seen: &mut Seen) {
    seen.count += 1;
    let of_texts = value["type"] == 3;
    let known = if of_texts {
        "type id custom_id options placeholder min_values max_values disabled required"
    } else {
        "type id custom_id channel_types placeholder default_values min_values max_values disabled required"
    };
    check.keys(place, value, known);
    seen.custom_id(check, place, value);
    check.text(&join(place, "placeholder"), &value["placeholder"], 0, 150);
    check.number(&join(place, "min_values"), &value["min_values"], 0, 25);
    check.number(&join(place, "max_values"), &value["max_values"], 1, 25);
    let (least, most) =
        (value["min_values"].as_u64().unwrap_or(1), value["max_values"].as_u64().unwrap_or(1));
    if least > most {
        check.add(&join(place, "min_values"), "BASE_TYPE_MAX", "min_values must not be above max_values");
    }
    if !of_texts {
        return;
    }
    let inner = join(place, "options");
    let options = check.list(&inner, &value["options"], 1, 25);
    if most > options.len() as u64 {
        check.add(
            &join(place, "max_values"),
            "SELECT_COMPONENT_MAX_VALUES_BIGGER_THAN_OPTIONS",
            "More than there are options",
        );
    }
    let (mut values, mut chosen) = (BTreeSet::new(), 0);
    for (n, option) in options.iter().enumerate() {
        let place = join(&inner, n);
        check.keys(&place, option, "label value description emoji default");
        check.needs_text(&join(&place, "label"), &option["label"], 100);
        check.needs_text(&join(&place, "value"), &option["value"], 100);
        check.text(&join(&place, "description"), &option["description"], 1, 100);
        chosen += u64::from(option["default"] == true);
        if !values.insert(option["value"].to_string()) {
            check.add(
                &join(&place, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            );
        }
    }
    if chosen > most {
        check.add(&inner, "SELECT_COMPONENT_TOO_MANY_DEFAULT_OPTIONS", "More options are chosen than may be");
    }
}

/// A component of a message that is made of components. `top` is false inside a container.
fn part_of_v2(check: &mut Check, place: &str, part: &Value, seen: &mut Seen, top: bool) {
    match part["type"].as_u64() {
        Some(1) => action_row(check, place, part, seen),
        Some(9) => {
            seen.count += 1;
            check.keys(place, part, "type id components accessory");
            let inner = join(place, "components");
            for (n, text) in check.list(&inner, &part["components"], 1, 3).iter().enumerate() {
                words(check, &join(&inner, n), text, seen);
            }
            let accessory = &part["accessory"];
            match accessory["type"].as_u64() {
                Some(2) => button(check, &join(place, "accessory"), accessory, seen),
                Some(11) => thumbnail(check, &join(place, "accessory"), accessory, seen),
                _ => check.required(&join(place, "accessory")),
            }
        }
        Some(10) => words(check, place, part, seen),
        Some(12) => {
            seen.count += 1;
            check.keys(place, part, "type id items");
            let inner = join(place, "items");
            for (n, item) in check.list(&inner, &part["items"], 1, 10).iter().enumerate() {
                check.keys(&join(&inner, n), item, "media description spoiler");
            }
        }
        Some(13) => {
            seen.count += 1;
            check.keys(place, part, "type id file spoiler");
        }
        Some(14) => {
            seen.count += 1;
            check.keys(place, part, "type id divider spacing");
            check.number(&join(place, "spacing"), &part["spacing"], 1, 2);
        }
        Some(17) if top => {
            seen.count += 1;
            check.keys(place, part, "type id components accent_color spoiler");
            check.number(&join(place, "accent_color"), &part["accent_color"], 0, 0xFF_FF_FF);
            let inner = join(place, "components");
            for (n, part) in check.list(&inner, &part["components"], 1, 40).iter().enumerate() {
                part_of_v2(check, &join(&inner, n), part, seen, false);
            }
        }
        _ => check.add(&join(place, "type"), "UNION_TYPE_CHOICES", "No such component here"),
    }
}

fn words(check: &mut Check, place: &str, part: &Value, seen: &mut Seen) {
    seen.count += 1;
    check.keys(place, part, "type id content");
    if part["type"] != 10 {
        check.add(
            &join(place, "type"),
            "UNION_TYPE_CHOICES",
            "Value of field \"type\" must be one of (10,).",
        );
    }
    check.needs_text(&join(place, "content"), &part["content"], 4_000);
    seen.characters += part["content"].as_str().map_or(0, |text| text.chars().count());
}

fn thumbnail(check: &mut Check, place: &str, part: &Value, seen: &mut Seen) {
    seen.count += 1;
    check.keys(place, part, "type id media description spoiler");
    check.needs_text(&join(place, "media.url"), &part["media"]["url"], 2_048);
}

/// Looks at a form: classic ones only, for what stands under a label is lost on its way through the gateway's library.
pub fn of_modal(check: &mut Check, place: &str, modal: &Value) {
    check.keys(place, modal, "custom_id title components");
    check.needs_text(&join(place, "custom_id"), &modal["custom_id"], 100);
    check.needs_text(&join(place, "title"), &modal["title"], 45);
    let mut seen = Seen::default();
    let inner = join(place, "components");
    for (n, row) in check.list(&inner, &modal["components"], 1, 5).iter().enumerate() {
        let place = join(&inner, n);
        check.keys(&place, row, "type id components");
        if row["type"] != 1 {
            check.add(
                &join(&place, "type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1,).",
            );
        }
        for (n, input) in check.list(&join(&place, "components"), &row["components"], 1, 1).iter().enumerate()
        {
            text_input(check, &join(&join(&place, "components"), n), input, &mut seen);
        }
    }
}

fn text_input(check: &mut Check, place: &str, input: &Value, seen: &mut Seen) {
    check.keys(
        place,
        input,
        "type id custom_id style label min_length max_length required value placeholder",
    );
    if input["type"] != 4 {
        check.add(&join(place, "type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (4,).");
    }
    seen.custom_id(check, place, input);
    check.needs_text(&join(place, "label"), &input["label"], 45);
    check.text(&join(place, "placeholder"), &input["placeholder"], 0, 100);
    check.number(&join(place, "style"), &input["style"], 1, 2);
    check.number(&join(place, "min_length"), &input["min_length"], 0, 4_000);
    check.number(&join(place, "max_length"), &input["max_length"], 1, 4_000);
    let most = input["max_length"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(4_000);
    check.text(&join(place, "value"), &input["value"], 0, most);
    if input["style"].is_null() {
        check.required(&join(place, "style"));
    }
}
