//! The parts of blocks: texts, buttons, lists, pickers, inputs, rich text.

use std::collections::BTreeSet;

use serde_json::Value;

use super::blocks::{Breaches, Surface};

/// A text object; `plain` when only plain text is allowed.
pub fn text_object(text: &Value, most: usize, plain: bool, b: &mut Breaches) {
    match text["type"].as_str() {
        Some("plain_text") => b.keys(text, &["!text", "emoji"]),
        Some("mrkdwn") if !plain => b.keys(text, &["!text", "verbatim"]),
        other => b.add(format!("a text of type {other:?}")),
    }
    if text.get("text").is_none() {
        return;
    }
    b.length(text, "text", most);
    if text["text"].as_str().is_some_and(|t| t.trim().is_empty()) {
        b.add("a text of blanks");
    }
}

/// An element of a block; its type must be allowed there.
pub fn element(part: &Value, allowed: &[&str], surface: Surface, b: &mut Breaches) {
    let of = part["type"].as_str().unwrap_or_default();
    if !allowed.contains(&of) {
        return b.add(format!("element {of:?} does not belong here"));
    }
    if of != "image" {
        b.length(part, "action_id", 255);
    }
    if let Some(text) = part.get("placeholder") {
        b.within("placeholder", |b| text_object(text, 150, true, b));
    }
    if let Some(confirm) = part.get("confirm") {
        b.within("confirm", |b| dialog(confirm, b));
    }
    match of {
        "button" => button(part, b),
        "image" => {
            b.keys(part, &["image_url", "slack_file", "!alt_text"]);
            b.length(part, "alt_text", 2_000);
        }
        "static_select" | "multi_static_select" => select(part, of, b),
        "external_select" | "multi_external_select" => {
            let more = if of == "external_select" { "initial_option" } else { "initial_options" };
            b.keys(
                part,
                &[
                    "action_id",
                    "placeholder",
                    "confirm",
                    "focus_on_load",
                    "min_query_length",
                    "max_selected_items",
                    more,
                ],
            );
        }
        "overflow" => {
            b.keys(part, &["action_id", "confirm", "!options"]);
            option_list(part, "options", 5, b);
        }
        "radio_buttons" | "checkboxes" => {
            let initial = if of == "checkboxes" { "initial_options" } else { "initial_option" };
            b.keys(part, &["action_id", "confirm", "focus_on_load", "!options", initial]);
            option_list(part, "options", 10, b);
            initial_is_among(part, b);
        }
        "datepicker" => picker(part, "initial_date", "%Y-%m-%d", b),
        "timepicker" => picker(part, "initial_time", "%H:%M", b),
        "datetimepicker" => {
            b.keys(part, &["action_id", "confirm", "focus_on_load", "initial_date_time"]);
        }
        "plain_text_input" => text_input(part, b),
        "number_input" => number_input(part, b),
        "email_text_input" | "url_text_input" => {
            b.keys(
                part,
                &["action_id", "initial_value", "placeholder", "focus_on_load", "dispatch_action_config"],
            );
        }
        "users_select"
        | "multi_users_select"
        | "conversations_select"
        | "multi_conversations_select"
        | "channels_select"
        | "multi_channels_select"
        | "rich_text_input"
        | "file_input" => {}
        other => b.add(format!("unknown element {other}")),
    }
    let _ = surface;
}

fn button(part: &Value, b: &mut Breaches) {
    b.keys(part, &["action_id", "!text", "value", "url", "style", "confirm", "accessibility_label"]);
    b.within("text", |b| text_object(&part["text"], 75, true, b));
    b.length(part, "value", 2_000);
    b.length(part, "url", 3_000);
    b.length(part, "accessibility_label", 75);
    if part.get("style").is_some_and(|s| s != "primary" && s != "danger") {
        b.add("an unknown style");
    }
}

fn dialog(confirm: &Value, b: &mut Breaches) {
    b.keys(confirm, &["!title", "!text", "!confirm", "!deny", "style"]);
    for (key, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
        b.within(key, |b| text_object(&confirm[key], most, true, b));
    }
}

fn select(part: &Value, of: &str, b: &mut Breaches) {
    let initial: &[&str] =
        if of == "static_select" { &["initial_option"] } else { &["initial_options", "max_selected_items"] };
    let keys = ["action_id", "placeholder", "confirm", "focus_on_load", "options", "option_groups"];
    b.keys(part, &[&keys[..], initial].concat());
    match (part.get("options"), part.get("option_groups")) {
        (Some(_), None) => option_list(part, "options", 100, b),
        (None, Some(_)) => {
            for (at, group) in b.list(part, "option_groups", 1, 100).iter().enumerate() {
                b.within(format!("option_groups[{at}]"), |b| {
                    b.keys(group, &["!label", "!options"]);
                    b.within("label", |b| text_object(&group["label"], 75, true, b));
                    option_list(group, "options", 100, b);
                });
            }
        }
        _ => b.add("either options or option_groups"),
    }
    initial_is_among(part, b);
}

/// Options of a list: not empty, values that differ, texts that fit.
fn option_list(part: &Value, key: &str, most: usize, b: &mut Breaches) {
    let mut values = BTreeSet::new();
    for (at, option) in b.list(part, key, 1, most).iter().enumerate() {
        b.within(format!("{key}[{at}]"), |b| {
            b.keys(option, &["!text", "!value", "description", "url"]);
            let plain = !matches!(part["type"].as_str(), Some("radio_buttons" | "checkboxes"));
            b.within("text", |b| text_object(&option["text"], 75, plain, b));
            b.length(option, "value", 150);
            if let Some(text) = option.get("description") {
                b.within("description", |b| text_object(text, 75, plain, b));
            }
        });
        if let Some(value) = option["value"].as_str()
            && !values.insert(value)
        {
            b.add(format!("{key}: two options have the value {value}"));
        }
    }
}

/// An initial option must be one of the options, to the letter.
fn initial_is_among(part: &Value, b: &mut Breaches) {
    let grouped = part["option_groups"].as_array().into_iter().flatten();
    let options: Vec<&Value> = part["options"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(grouped.filter_map(|group| group["options"].as_array()).flatten())
        .collect();
    let several = part["initial_options"].as_array().into_iter().flatten();
    for initial in part.get("initial_option").into_iter().chain(several) {
        if !options.contains(&initial) {
            b.add("an initial option that is not an option");
        }
    }
    if part["initial_options"].as_array().is_some_and(Vec::is_empty) {
        b.add("initial_options is empty");
    }
}

fn picker(part: &Value, initial: &str, format: &str, b: &mut Breaches) {
    b.keys(part, &["action_id", "placeholder", "confirm", "focus_on_load", initial, "timezone"]);
    if let Some(value) = part.get(initial) {
        let text = value.as_str().unwrap_or_default();
        let right = match format {
            "%H:%M" => text.parse::<jiff::civil::Time>().is_ok() && text.len() == 5,
            _ => text.parse::<jiff::civil::Date>().is_ok(),
        };
        if !right {
            b.add(format!("{initial} is {text:?}"));
        }
    }
}

fn text_input(part: &Value, b: &mut Breaches) {
    b.keys(
        part,
        &[
            "action_id",
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
            "focus_on_load",
            "placeholder",
        ],
    );
    let most = part["max_length"].as_u64().unwrap_or(3_000);
    if !(1..=3_000).contains(&most) || part["min_length"].as_u64().is_some_and(|least| least > most) {
        b.add("lengths that cannot be");
    }
    let typed = part["initial_value"].as_str().map_or(0, |text| text.chars().count());
    if u64::try_from(typed).is_ok_and(|typed| typed > most) {
        b.add("an initial value longer than the field");
    }
}

fn number_input(part: &Value, b: &mut Breaches) {
    b.keys(
        part,
        &[
            "action_id",
            "!is_decimal_allowed",
            "initial_value",
            "min_value",
            "max_value",
            "dispatch_action_config",
            "focus_on_load",
            "placeholder",
        ],
    );
    for key in ["initial_value", "min_value", "max_value"] {
        if part.get(key).is_some_and(|v| !v.is_string()) {
            b.add(format!("{key} is not a text"));
        }
    }
}

const STYLES: &[&str] =
    &["bold", "italic", "strike", "code", "highlight", "client_highlight", "unlink", "underline"];

/// Rich text: sections, lists, quotes, fixed-width parts.
pub fn rich_text(block: &Value, b: &mut Breaches) {
    for (at, part) in b.list(block, "elements", 1, 1_000).iter().enumerate() {
        b.within(format!("elements[{at}]"), |b| match part["type"].as_str() {
            Some("rich_text_section") => {
                b.keys(part, &["!elements"]);
                inline(part, b);
            }
            Some("rich_text_quote" | "rich_text_preformatted") => {
                b.keys(part, &["!elements", "border", "language"]);
                inline(part, b);
            }
            Some("rich_text_list") => {
                b.keys(part, &["!elements", "!style", "indent", "offset", "border"]);
                for item in b.list(part, "elements", 1, 1_000) {
                    if item["type"] != "rich_text_section" {
                        b.add("a list holds sections");
                    }
                    inline(item, b);
                }
            }
            other => b.add(format!("unknown rich text {other:?}")),
        });
    }
}

fn inline(part: &Value, b: &mut Breaches) {
    for (at, run) in b.list(part, "elements", 0, 1_000).iter().enumerate() {
        b.within(format!("elements[{at}]"), |b| {
            match run["type"].as_str() {
                Some("text") => {
                    b.keys(run, &["!text", "style"]);
                    if run["text"].as_str().is_none_or(str::is_empty) {
                        b.add("an empty run");
                    }
                }
                Some("link") => b.keys(run, &["!url", "text", "unsafe", "style"]),
                Some("user") => b.keys(run, &["!user_id", "style"]),
                Some("channel") => b.keys(run, &["!channel_id", "style"]),
                Some("emoji") => b.keys(run, &["!name", "unicode", "skin_tone", "style"]),
                Some("date") => b.keys(run, &["!timestamp", "!format", "url", "fallback", "style"]),
                Some("broadcast") => b.add("a broadcast"),
                other => b.add(format!("unknown run {other:?}")),
            }
            if let Some(style) = run.get("style") {
                b.keys(style, STYLES);
            }
        });
    }
}
