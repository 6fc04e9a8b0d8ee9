//! Windows: a form to fill in, date and time to pick, "Saving…" and the closing word. A form that comes back with
//! errors shows everything that was typed, and says at the top which fields to look at.

use serde_json::{Value, json};

use super::blocks::{fit, number, paragraph, print_of, render, warning};
use super::limits::{Cost, Surface};
use super::state::{FORM, PICK, field_id};
use super::{Look, fields, limits, split, text};
use crate::chat::{Block, Field, FieldKind, Form, Message};

/// A form as a window for `views.open`, `views.update` or `response_action: update`. `metadata` comes back with
/// every delivery of the window; more than 3,000 characters of it are not sent at all.
pub fn modal(form: &Form, metadata: &str, look: &Look<'_>) -> Value {
    window_of(form, FORM, metadata, look)
}

/// A window that asks for date and time; what is filed there is `command` with both after it. `zone` is the zone
/// they are read in, if it is known.
pub fn picker(label: &str, command: &str, zone: Option<&str>, metadata: &str, look: &Look<'_>) -> Value {
    let hint = zone.map_or("In your own time zone.".to_owned(), |zone| format!("In your time zone, {zone}."));
    let form = Form {
        title: label.to_owned(),
        command: command.to_owned(),
        intro: Vec::new(),
        submit: label.to_owned(),
        fields: vec![
            Field::new("date", "Date", FieldKind::Date).required(),
            Field::new("time", "Time", FieldKind::Time).required().hint(hint),
        ],
    };
    window_of(&form, PICK, metadata, look)
}

/// What is shown while a form is worked on.
pub fn saving(title: &str) -> Value {
    let words = paragraph("Saving… This takes a moment. You can wait here or close the window.");
    bare(title, &number(vec![words]))
}

/// The last word of a window.
pub fn closing(title: &str, message: &Message, look: &Look<'_>) -> Value {
    bare(title, &super::fitted(message, look, limits::VIEW, super::CUT))
}

fn bare(title: &str, blocks: &[Value]) -> Value {
    json!({
        "type": "modal", "callback_id": "word", "title": text::plain(title, limits::TITLE),
        "close": text::plain("Close", limits::TITLE), "blocks": blocks,
    })
}

fn window_of(form: &Form, kind: &str, metadata: &str, look: &Look<'_>) -> Value {
    let callback = format!("{kind}:{}", form.command);
    let carried = limits::units(&callback) <= limits::ID;
    let mut left = limits::VIEW;
    let mut blocks = number(opening(form, look));
    left = left.less(Cost::of_all(&blocks)).unwrap_or(left);
    let (inputs, missing) = if carried { inputs(form, left) } else { (Vec::new(), form.fields.len()) };
    let any = inputs.iter().any(|block| block["type"] == "input");
    blocks.extend(inputs);
    if missing > 0 {
        blocks.push(rest_of(form, missing, look));
    }
    if blocks.is_empty() {
        blocks.extend(number(vec![paragraph(super::NOTHING)]));
    }
    let mut window = json!({
        "type": "modal", "callback_id": if carried { callback.as_str() } else { "word" },
        "title": text::plain(&form.title, limits::TITLE), "blocks": blocks,
        "close": text::plain(if carried { "Cancel" } else { "Close" }, limits::TITLE),
    });
    // Without a field Slack needs no button, but a form that only asks "sure?" is filed all the same.
    if carried && (any || form.fields.is_empty()) {
        let submit = if form.submit.trim().is_empty() { "Send" } else { &form.submit };
        window["submit"] = text::plain(submit, limits::TITLE);
    }
    if !metadata.is_empty() && limits::units(metadata) <= limits::METADATA {
        window["private_metadata"] = json!(metadata);
    }
    window
}

/// The whole title where the bar above cuts it, the introduction, and which fields to look at again.
fn opening(form: &Form, look: &Look<'_>) -> Vec<Value> {
    let mut pieces = Vec::new();
    if limits::escaped(form.title.trim()) > limits::TITLE {
        pieces.push(Block::Heading { text: form.title.clone() });
    }
    pieces.push(Block::Text { spans: form.intro.clone() });
    let mut opening = render(&split::pieces(&Message { blocks: pieces }), look);
    let wrong: Vec<String> = form
        .fields
        .iter()
        .filter(|field| field.error.is_some())
        .map(|field| format!("“{}”", field.label))
        .collect();
    if !wrong.is_empty() {
        opening.push(warning("Please look again at: ", &crate::chat::plain::clean(&wrong.join(", "))));
    }
    // At most a fifth of the window, so that there is room for what is asked.
    let share = Surface { blocks: 20, weight: limits::VIEW.weight / 5, bytes: limits::VIEW.bytes / 5 };
    fit(opening, share, "The introduction is longer than Slack can show here, so some of it is left out.")
}

/// The fields that fit, with their errors, and how many do not.
fn inputs(form: &Form, room: Surface) -> (Vec<Value>, usize) {
    let print = print_of(&serde_json::to_string(form).unwrap_or_default());
    let notice = Cost::of(&paragraph(&"x".repeat(limits::PIECE)));
    let mut left = room.less(notice).unwrap_or(room);
    let focus = form.fields.iter().position(|field| field.error.is_some());
    let mut blocks = Vec::new();
    for (i, field) in form.fields.iter().enumerate() {
        let block = block_of(field, i, &print, focus == Some(i));
        let mut both = vec![block];
        if let Some(error) = field.error.as_deref().filter(|error| !error.trim().is_empty()) {
            let error = crate::chat::plain::clean(error);
            let mut block = warning("Please look again: ", &limits::cut(error.trim(), limits::ERROR));
            block["block_id"] = json!(format!("e{i}.{print}"));
            both.push(block);
        }
        match left.less(Cost::of_all(&both)) {
            Some(less) => left = less,
            None => return (blocks, form.fields.len() - i),
        }
        blocks.extend(both);
    }
    (blocks, 0)
}

fn block_of(field: &Field, index: usize, print: &str, focus: bool) -> Value {
    let element = fields::input(field);
    let (Some(mut element), Some(id)) = (element, field_id(index, print, &field.name)) else {
        let label = if field.label.trim().is_empty() { &field.name } else { &field.label };
        let mut block = warning(
            &limits::cut(&crate::chat::plain::clean(label), limits::HEADER),
            ": there is nothing to choose from here yet.",
        );
        block["block_id"] = json!(format!("n{index}.{print}"));
        return block;
    };
    if focus {
        element["focus_on_load"] = json!(true);
    }
    // A toggle always has an answer, so calling it optional would only puzzle.
    let optional = !field.required && field.kind != FieldKind::Toggle;
    let mut block = json!({
        "type": "input", "block_id": id, "label": text::plain(&field.label, limits::LABEL),
        "element": element, "optional": optional,
    });
    let hint = fields::hint(field);
    if !hint.trim().is_empty() {
        block["hint"] = text::plain(&hint, limits::LABEL);
    }
    block
}

/// Says that a form is longer than Slack allows, and how to answer the rest.
fn rest_of(form: &Form, missing: usize, look: &Look<'_>) -> Value {
    let them = if missing == 1 { "One more question does" } else { "Some more questions do" };
    let names: Vec<&str> =
        form.fields[form.fields.len() - missing..].iter().map(|field| field.name.as_str()).take(20).collect();
    let mut block = paragraph(&crate::chat::plain::clean(&format!(
        "{them} not fit into one Slack window. Send what is here first, then give the rest by typing {} {} with \
         name=value for each. Left: {}.",
        look.root,
        form.command,
        names.join(", ")
    )));
    block["block_id"] = json!("rest");
    block
}
