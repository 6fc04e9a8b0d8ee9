//! Messages that stay: in rooms and in direct messages, edited in place. Short words are content; a card, or what is
//! longer, is one embed. All rows stand below. The form never asks for a flag, so any post can become any other.

use serde_json::{Value, json};

use super::actions::row;
use super::files::Attached;
use super::pieces::{Part, Parts, Words, WordsKind};
use super::{ACCENT, CUT, NOTHING, Rendered, Shape, limits};

const MORE: &str = "There are more buttons than Discord shows under one message. Type the command instead.";

/// Puts a post together.
pub fn post(parts: Parts) -> Rendered {
    let Parts { all: parts, files, mentions } = parts;
    let (rows, lost) = packed(&parts);
    let mut words: Vec<&Words> = parts.iter().filter_map(words_of).collect();
    let more = Words::note(MORE);
    if lost {
        words.push(&more);
    }
    let framed = |words: &&Words| !matches!(words.kind, WordsKind::Text | WordsKind::Note | WordsKind::List);
    let card = words.iter().any(framed);
    let whole = joined(&words);
    let length = limits::units(&whole);
    let (mut content, mut embeds) = (String::new(), Vec::new());
    if card || length > limits::CONTENT {
        embeds.push(embed(&fitted(&words), &files));
    } else if length > 0 {
        content = whole;
    } else if files.is_empty() {
        NOTHING.clone_into(&mut content);
    }
    Rendered { shape: Shape::Post { content, embeds, rows }, files, mentions }
}

const fn words_of(part: &Part) -> Option<&Words> {
    match part {
        Part::Words(words) => Some(words),
        _ => None,
    }
}

fn joined(words: &[&Words]) -> String {
    let mut out = String::new();
    for (i, next) in words.iter().enumerate() {
        if let Some(before) = i.checked_sub(1).map(|i| words[i]) {
            out.push_str(before.gap(next));
        }
        out.push_str(&next.text);
    }
    out
}

/// As many words as fit into an embed, with a sentence where the rest is missing.
fn fitted(words: &[&Words]) -> String {
    if limits::units(&joined(words)) <= limits::DESCRIPTION {
        return joined(words);
    }
    let notice = Words::note(CUT);
    let with = |count: usize| {
        let mut some = words[..count].to_vec();
        some.push(&notice);
        joined(&some)
    };
    let most = (0..words.len()).rev().map(with).find(|text| limits::units(text) <= limits::DESCRIPTION);
    most.unwrap_or_else(|| notice.text.clone())
}

fn embed(description: &str, files: &[Attached]) -> Value {
    let mut embed = json!({"description": description, "color": ACCENT});
    if let Some(picture) = files.iter().find(|file| file.is_picture()) {
        embed["image"] = json!({"url": picture.address()});
    }
    embed
}

/// All rows, or all components packed into five where there are more, and whether some are left out.
fn packed(parts: &[Part]) -> (Vec<Value>, bool) {
    let row_of = |part: &Part| match part {
        Part::Row(row) => Some(row.clone()),
        _ => None,
    };
    let rows: Vec<Value> = parts.iter().filter_map(row_of).collect();
    if rows.len() <= limits::ROWS {
        return (rows, false);
    }
    let mut packed: Vec<Vec<Value>> = Vec::new();
    for component in rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()) {
        let is_button = |component: &Value| component["type"] == 2;
        let room = |row: &&mut Vec<Value>| row.len() < limits::BUTTONS && row.iter().all(is_button);
        match packed.last_mut().filter(room).filter(|_| is_button(&component)) {
            Some(row) => row.push(component),
            None => packed.push(vec![component]),
        }
    }
    let lost = packed.len() > limits::ROWS;
    (packed.iter().take(limits::ROWS).map(|components| row(components)).collect(), lost)
}
