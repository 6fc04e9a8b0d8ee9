//! Pieces of a message as Slack blocks, cut to a surface and numbered. Ids come only from [`number`], by position
//! and print, so that none can be there twice.

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::limits::{Cost, Surface};
use super::{Look, actions, limits, text};
use crate::chat::message::NamedValue;
use crate::chat::{Action, Block, Span};

/// The most blocks of buttons that are kept when a message is cut.
const KEPT: usize = 20;

/// The pieces as blocks, in order; a piece with nothing to see has none.
pub fn render(pieces: &[Block], look: &Look<'_>) -> Vec<Value> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    let all = pieces.iter().flat_map(|piece| match piece {
        Block::Actions { actions } => actions.as_slice(),
        _ => &[],
    });
    for label in all.filter(|action| matches!(action, Action::Button { .. })).map(text::label) {
        *times.entry(label).or_default() += 1;
    }
    let mut about = String::new();
    pieces
        .iter()
        .map(|piece| {
            if let Some(words) = subject(piece) {
                words.clone_into(&mut about);
            }
            block(piece, look, &|label| {
                (times.get(label).copied().unwrap_or(0) > 1 && !about.is_empty()).then(|| about.clone())
            })
        })
        .collect()
}

/// What the buttons after a block are about, as far as it says.
fn subject(piece: &Block) -> Option<&str> {
    match piece {
        Block::Heading { text } => Some(text),
        Block::Text { spans } => match spans.first() {
            Some(Span::Bold { text }) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn block(piece: &Block, look: &Look<'_>, about: &dyn Fn(&str) -> Option<String>) -> Value {
    match piece {
        Block::Heading { text } => json!({"type": "header", "text": text::plain(text, limits::HEADER)}),
        Block::Text { spans } => section(text::rich(spans, look)),
        Block::Note { spans } => match text::mrkdwn(spans, look).filter(|text| limits::units(text) < 3_000) {
            Some(text) => json!({"type": "context", "elements": [mrkdwn(&text)]}),
            None => section(text::rich(spans, look)),
        },
        Block::List { items } => list(items, look),
        Block::Fields { fields } => named(fields, look),
        Block::Code { text } => preformatted(text),
        Block::Actions { actions } => actions::block(actions, about),
        Block::Divider | Block::Table { .. } | Block::File { .. } => json!({"type": "divider"}),
    }
}

/// A text object whose words were checked or made by us; Slack turns no bare address or name in it into a link.
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

fn rich_text(element: Value) -> Value {
    json!({"type": "rich_text", "elements": vec![element]})
}

fn section(mut elements: Vec<Value>) -> Value {
    if elements.is_empty() {
        elements.push(json!({"type": "text", "text": "–"}));
    }
    rich_text(json!({"type": "rich_text_section", "elements": elements}))
}

/// A paragraph of plain words.
pub fn paragraph(words: &str) -> Value {
    section(vec![json!({"type": "text", "text": limits::cut(words, limits::PIECE)})])
}

/// A paragraph that begins with strong words.
pub fn warning(strong: &str, words: &str) -> Value {
    section(vec![
        json!({"type": "text", "text": strong, "style": {"bold": true}}),
        json!({"type": "text", "text": limits::cut(words, limits::PIECE)}),
    ])
}

/// Small print of plain words.
pub fn note(words: &str) -> Value {
    json!({"type": "context", "elements": [text::plain(words, limits::PIECE)]})
}

fn list(items: &[Vec<Span>], look: &Look<'_>) -> Value {
    let entries: Vec<Value> = items
        .iter()
        .map(|item| text::rich(item, look))
        .filter(|elements| !elements.is_empty())
        .map(|elements| json!({"type": "rich_text_section", "elements": elements}))
        .collect();
    if entries.is_empty() {
        return section(Vec::new());
    }
    rich_text(json!({"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": entries}))
}

fn preformatted(text: &str) -> Value {
    let lines: Vec<String> = text.lines().map(crate::chat::plain::clean).collect();
    let text = json!({"type": "text", "text": lines.join("\n")});
    rich_text(json!({"type": "rich_text_preformatted", "elements": [text]}))
}

/// Names with values: in two columns while all are short and harmless, otherwise one under the other.
fn named(fields: &[NamedValue], look: &Look<'_>) -> Value {
    let columns: Option<Vec<Value>> = fields.iter().map(|field| column(field, look)).collect();
    match columns.filter(|columns| columns.len() > 1) {
        Some(columns) => json!({"type": "section", "fields": columns}),
        None => section(rows(fields, look)),
    }
}

fn column(field: &NamedValue, look: &Look<'_>) -> Option<Value> {
    let name = text::mrkdwn(&[field.name.trim().into()], look)?;
    let value = text::mrkdwn(&field.value, look)?;
    let text = format!("*{name}*\n{value}");
    // A value that begins with ">" would be a quotation there.
    (!value.starts_with("&gt;") && limits::units(&text) <= limits::FIELD).then(|| mrkdwn(&text))
}

fn rows(fields: &[NamedValue], look: &Look<'_>) -> Vec<Value> {
    let mut elements = Vec::new();
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            elements.push(json!({"type": "text", "text": "\n"}));
        }
        elements.extend(text::rich(&[crate::chat::bold(format!("{}: ", field.name.trim()))], look));
        elements.extend(text::rich(&field.value, look));
    }
    elements
}

/// As many blocks as fit, with a notice where the rest is missing. Buttons are kept before words, because a message
/// without its buttons cannot be acted on.
pub fn fit(all: Vec<Value>, surface: Surface, notice: &str) -> Vec<Value> {
    if surface.less(Cost::of_all(&all)).is_some() {
        return all;
    }
    let notice = note(notice);
    let Some(mut left) = surface.less(Cost::of(&notice)) else { return vec![notice] };
    let mut keep: Vec<bool> = vec![false; all.len()];
    let buttons = all.iter().enumerate().filter(|(_, block)| block["type"] == "actions");
    for (i, block) in buttons.take(KEPT) {
        match left.less(Cost::of(block)).filter(|less| less.weight >= surface.weight / 3) {
            Some(less) => left = less,
            None => break,
        }
        keep[i] = true;
    }
    let mut end = all.len();
    for (i, block) in all.iter().enumerate() {
        if keep[i] {
            continue;
        }
        let Some(less) = left.less(Cost::of(block)) else {
            end = i;
            break;
        };
        left = less;
        keep[i] = true;
    }
    let mut kept = Vec::new();
    for (i, block) in all.into_iter().enumerate() {
        if i == end {
            kept.push(notice.clone());
        }
        if keep[i] {
            kept.push(block);
        }
    }
    kept
}

/// Eight hex digits of what is shown.
pub fn print_of(shown: &str) -> String {
    let digest = Sha256::digest(shown.as_bytes());
    digest.iter().take(4).fold(String::new(), |print, byte| format!("{print}{byte:02x}"))
}

/// Gives each block an id of its position and the print of all, and each action one of its block and position.
pub fn number(mut blocks: Vec<Value>) -> Vec<Value> {
    let print = print_of(&Value::from(blocks.clone()).to_string());
    for (i, block) in blocks.iter_mut().enumerate() {
        block["block_id"] = json!(format!("b{i}.{print}"));
        if block["type"] == "actions" {
            actions::number(i, block);
        }
    }
    blocks
}
