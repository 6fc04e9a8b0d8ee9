//! One step of a form as an answer: what it is about, the lists or what was typed so far, and where to go. Every text is
//! cut to its share, so that any step fits into one message.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::plan::{Step, options};
use crate::adapters::discord::render::actions::{button, entry, row};
use crate::adapters::discord::render::ids::{self, Act};
use crate::adapters::discord::render::text::{self, escape};
use crate::adapters::discord::render::{ACCENT, Look, Rendered, Shape, limits};
use crate::chat::{Block, Field, FieldKind, Form};

/// What each text may take, once escaped.
const TITLE: usize = 100;
const INTRO: usize = 700;
const QUESTION: usize = 200;
const HINT: usize = 120;
const ERROR: usize = 180;
const VALUE: usize = 80;
const WORDS: usize = 30;

/// The step as an answer.
pub fn panel(form: &Form, steps: &[Step], at: usize, id: &str, look: &Look<'_>) -> Rendered {
    let at = at.min(steps.len().saturating_sub(1));
    let step = &steps[at];
    let mut inner = vec![words(&opening(form, steps.len(), at, look))];
    for i in &step.fields {
        let field = &form.fields[*i];
        inner.push(words(&question(field, step.typed)));
        if !step.typed {
            inner.extend(lists(field, *i, at, id));
        }
    }
    inner.push(ways(form, step, steps.len(), at, id));
    let components = vec![json!({"type": 17, "accent_color": ACCENT, "components": inner})];
    Rendered { shape: Shape::Answer { components }, files: Vec::new(), mentions: Vec::new() }
}

fn words(text: &str) -> Value {
    json!({"type": 10, "content": text})
}

/// Words of people within their share.
fn short(text: &str, most: usize) -> String {
    let text = crate::chat::plain::clean(text);
    escape(&crate::adapters::common::clip::cut(text.trim(), most, limits::escaped_char))
}

fn opening(form: &Form, count: usize, at: usize, look: &Look<'_>) -> String {
    let title = short(&form.title, TITLE);
    let mut lines = vec![format!("### {}", if title.is_empty() { "Form" } else { &title })];
    if count > 1 {
        lines.push(format!("-# Step {} of {count}. What you enter is kept until you send it.", at + 1));
    }
    if at == 0 {
        lines.extend(intro(form, look));
    }
    let wrong = form.fields.iter().filter(|field| field.error.is_some()).count();
    if wrong > 0 {
        lines.push("**Please look again at what is marked below.**".to_owned());
    }
    lines.join("\n")
}

/// The introduction; as much as fits, with a sentence where the rest is missing.
fn intro(form: &Form, look: &Look<'_>) -> Vec<String> {
    let measure = crate::adapters::common::split::Measure { piece: INTRO, ..limits::PIECE };
    let pieces = measure.pieces_of(&Block::Text { spans: form.intro.clone() });
    let Some(Block::Text { spans }) = pieces.first() else { return Vec::new() };
    let line = text::line(spans, look, &mut BTreeSet::new());
    let missing = pieces.len() > 1 || limits::units(&line) > 2 * INTRO;
    let mut lines = if limits::units(&line) > 2 * INTRO { Vec::new() } else { vec![line] };
    if missing {
        lines.push("-# The introduction is longer than Discord can show here.".to_owned());
    }
    lines
}

/// The question with its hint and its error; for what is typed also what it holds so far.
fn question(field: &Field, typed: bool) -> String {
    let label = if field.label.trim().is_empty() { &field.name } else { &field.label };
    let label = short(label, QUESTION);
    let mut first = format!("**{}**", if label.is_empty() { "–" } else { &label });
    if field.required && field.value.trim().is_empty() {
        first.push_str(" (needed)");
    }
    if typed {
        let value = short(&field.value, VALUE);
        first = format!("{first}: {}", if value.is_empty() { "–" } else { &value });
    }
    let mut lines = vec![first];
    if !typed && options(field).is_empty() {
        lines.push("There is nothing to choose from here yet.".to_owned());
    }
    let hint = short(&field.hint, HINT);
    if !hint.is_empty() {
        lines.push(format!("-# {hint}"));
    }
    if let Some(error) = field.error.as_deref() {
        let error = short(error, ERROR);
        lines.push(format!("**Please look again.** {error}").trim_end().to_owned());
    }
    lines.join("\n")
}

/// The lists of a field, 25 entries each, with what is chosen. Entries carry their positions, which always fit.
fn lists(field: &Field, index: usize, step: usize, id: &str) -> Vec<Value> {
    let all = options(field);
    let several = matches!(field.kind, FieldKind::Multi { .. });
    let wanted: Vec<&str> =
        if several { field.value.split(',').map(str::trim).collect() } else { vec![field.value.as_str()] };
    let mut chosen = 0;
    let parts = all.chunks(limits::OPTIONS).enumerate().map(|(part, some)| {
        let mut entries = Vec::new();
        for (i, choice) in some.iter().enumerate() {
            let place = (part * limits::OPTIONS + i).to_string();
            let label = if choice.label.trim().is_empty() { &choice.value } else { &choice.label };
            let mut entry = entry(&place, label);
            // Two entries with one value would both be chosen, and a list of one may show only one.
            let taken = wanted.contains(&choice.value.as_str()) && (several || chosen == 0);
            if taken {
                chosen += 1;
                entry["default"] = json!(true);
            }
            entries.push(entry);
        }
        let holder = Act::Choose { field: index, part, picked: Vec::new() };
        let most = if several { entries.len() } else { 1 };
        let placeholder = match (all.len() > limits::OPTIONS, several) {
            (true, _) => format!("{} – {}", ends(some.first()), ends(some.last())),
            (false, true) => "Choose any".to_owned(),
            (false, false) => "Choose one".to_owned(),
        };
        row(&[json!({
            "type": 3, "custom_id": ids::control(id, step, &holder), "options": entries,
            "placeholder": limits::bare(&placeholder, limits::PLACEHOLDER), "min_values": 0, "max_values": most,
        })])
    });
    parts.collect()
}

fn ends(choice: Option<&crate::chat::Choice>) -> String {
    choice.map(|choice| limits::bare(&choice.label, 60)).unwrap_or_default()
}

/// The buttons: fill in, on or send, back, and away.
fn ways(form: &Form, step: &Step, count: usize, at: usize, id: &str) -> Value {
    let press = |label: &str, act: &Act, style: u8| button(label, &ids::control(id, at, act), style);
    let last = at + 1 == count;
    let submit = if form.submit.trim().is_empty() { "Send" } else { form.submit.trim() };
    let submit = limits::cut(submit, WORDS);
    let mut buttons = Vec::new();
    if step.typed {
        let filled = step.fields.iter().any(|i| !form.fields[*i].value.trim().is_empty());
        buttons.push(press(if filled { "Change…" } else { "Fill in…" }, &Act::Open, 1));
    }
    buttons.push(press(if last { &submit } else { "Continue" }, &Act::Next, if step.typed { 2 } else { 1 }));
    if at > 0 {
        buttons.push(press("Back", &Act::Back, 2));
    }
    buttons.push(press("Discard", &Act::Discard, 4));
    row(&buttons)
}
