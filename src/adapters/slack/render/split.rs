//! A message in pieces that each fit into one Slack block. Nothing is lost here: text is split between words, lists
//! between entries, tables between rows, and what is only a file goes another way.

use super::{limits, table};
use crate::chat::message::NamedValue;
use crate::chat::{Block, Message, Span, bold};

/// What a time, or the frame of a name or link, counts for.
const TOKEN: usize = 90;

/// The message as blocks that each fit; empty ones and files are not among them.
pub fn pieces(message: &Message) -> Vec<Block> {
    message.blocks.iter().flat_map(of_block).collect()
}

fn of_block(block: &Block) -> Vec<Block> {
    match block {
        Block::Heading { text } if text.trim().is_empty() => Vec::new(),
        Block::Heading { text } if limits::escaped(text.trim()) > limits::HEADER => {
            in_parts(&[bold(text.as_str())]).into_iter().map(|spans| Block::Text { spans }).collect()
        }
        Block::Text { spans } => in_parts(spans).into_iter().map(|spans| Block::Text { spans }).collect(),
        Block::Note { spans } => in_parts(spans).into_iter().map(|spans| Block::Note { spans }).collect(),
        Block::List { items } => lists(items),
        Block::Fields { fields } => named(fields),
        Block::Table { columns, rows } => table::blocks(columns, rows).iter().flat_map(of_block).collect(),
        Block::Code { text } => lines(text),
        Block::Actions { actions } => {
            actions.chunks(limits::ELEMENTS).map(|some| Block::Actions { actions: some.to_vec() }).collect()
        }
        Block::File { .. } => Vec::new(),
        Block::Heading { .. } | Block::Divider => vec![block.clone()],
    }
}

/// What a span counts for, at most.
pub fn weight(span: &Span) -> usize {
    match span {
        Span::Plain { text } | Span::Bold { text } | Span::Italic { text } | Span::Code { text } => {
            limits::escaped(text)
        }
        Span::Time { .. } => TOKEN,
        Span::Person { name, .. } => limits::escaped(name) + TOKEN,
        Span::Command { text } => limits::escaped(text) + TOKEN,
        Span::Link { label, url } => limits::escaped(label) + limits::escaped(url) + TOKEN,
    }
}

/// Spans in runs that each fit into one block.
fn in_parts(spans: &[Span]) -> Vec<Vec<Span>> {
    let mut parts = vec![Vec::new()];
    let mut left = limits::PIECE;
    for span in spans {
        let mut rest = Some(span.clone());
        while let Some(span) = rest.take() {
            let (first, more) = divided(span, left);
            // A span that could begin here only in shreds begins the next part instead.
            if weight(&first) > left && left < limits::PIECE {
                parts.push(Vec::new());
                left = limits::PIECE;
                rest = Some(joined(first, more));
                continue;
            }
            left = left.saturating_sub(weight(&first));
            parts.last_mut().expect("begins with one").push(first);
            rest = more;
            if rest.is_some() {
                parts.push(Vec::new());
                left = limits::PIECE;
            }
        }
    }
    parts.retain(|part| part.iter().any(|span| weight(span) > 0));
    parts
}

/// A span cut at `room`, with what is left of it. Only bare text can be divided; the rest is shortened to fit.
fn divided(span: Span, room: usize) -> (Span, Option<Span>) {
    let text = |text: String, make: fn(String) -> Span| {
        let (first, rest) = limits::split(&text, room);
        let rest = (!rest.is_empty()).then(|| make(rest.to_owned()));
        (make(first.to_owned()), rest)
    };
    match span {
        Span::Plain { text: words } => text(words, |text| Span::Plain { text }),
        Span::Bold { text: words } => text(words, |text| Span::Bold { text }),
        Span::Italic { text: words } => text(words, |text| Span::Italic { text }),
        Span::Code { text: words } => text(words, |text| Span::Code { text }),
        Span::Person { id, name } => {
            (Span::Person { id, name: limits::cut(&name, limits::PIECE - TOKEN) }, None)
        }
        Span::Command { text } => (Span::Command { text: limits::cut(&text, limits::PIECE - TOKEN) }, None),
        Span::Link { label, url }
            if limits::escaped(&label) + limits::escaped(&url) + TOKEN <= limits::PIECE =>
        {
            (Span::Link { label, url }, None)
        }
        Span::Link { label, url } => text(format!("{label} ({url})"), |text| Span::Plain { text }),
        time @ Span::Time { .. } => (time, None),
    }
}

/// The reverse of [`divided`] for bare text.
fn joined(first: Span, rest: Option<Span>) -> Span {
    match (first, rest) {
        (Span::Plain { text: a }, Some(Span::Plain { text: b })) => Span::Plain { text: a + &b },
        (Span::Bold { text: a }, Some(Span::Bold { text: b })) => Span::Bold { text: a + &b },
        (Span::Italic { text: a }, Some(Span::Italic { text: b })) => Span::Italic { text: a + &b },
        (Span::Code { text: a }, Some(Span::Code { text: b })) => Span::Code { text: a + &b },
        (first, _) => first,
    }
}

/// A list in as many lists as it takes; an entry too long for one goes on as the next.
fn lists(items: &[Vec<Span>]) -> Vec<Block> {
    let entries = items.iter().flat_map(|item| in_parts(item));
    let size = |entry: &Vec<Span>| entry.iter().map(weight).sum::<usize>();
    gathered(entries, size, limits::ENTRIES).into_iter().map(|items| Block::List { items }).collect()
}

/// Names with values, ten at a time; a value too long for one block goes on under the same name.
fn named(fields: &[NamedValue]) -> Vec<Block> {
    let rows = fields.iter().flat_map(|field| {
        let mut spans = vec![bold(format!("{}: ", field.name.trim()))];
        spans.extend(field.value.iter().cloned());
        if spans.iter().map(weight).sum::<usize>() <= limits::PIECE {
            return vec![field.clone()];
        }
        let name = limits::cut(field.name.trim(), limits::HEADER);
        let rows = in_parts(&field.value).into_iter();
        rows.map(|value| NamedValue { name: name.clone(), value }).collect()
    });
    let size =
        |field: &NamedValue| limits::escaped(&field.name) + field.value.iter().map(weight).sum::<usize>();
    gathered(rows, size, limits::FIELDS).into_iter().map(|fields| Block::Fields { fields }).collect()
}

/// Fixed-width text in as many blocks as it takes, split between lines.
fn lines(text: &str) -> Vec<Block> {
    let rows = text.lines().flat_map(|mut line| {
        let mut rows = Vec::new();
        loop {
            let (first, rest) = limits::split(line, limits::PIECE);
            rows.push(first);
            if rest.is_empty() {
                return rows;
            }
            line = rest;
        }
    });
    gathered(rows, |row| limits::escaped(row) + 1, usize::MAX)
        .into_iter()
        .map(|rows| Block::Code { text: rows.join("\n") })
        .filter(|block| matches!(block, Block::Code { text } if !text.trim().is_empty()))
        .collect()
}

/// Entries in runs of at most `most` that together fit into one block.
fn gathered<T>(entries: impl Iterator<Item = T>, size: impl Fn(&T) -> usize, most: usize) -> Vec<Vec<T>> {
    let mut runs: Vec<Vec<T>> = Vec::new();
    let mut used = 0;
    for entry in entries {
        let size = size(&entry);
        if let Some(run) = runs.last_mut().filter(|run| run.len() < most && used + size <= limits::PIECE) {
            run.push(entry);
        } else {
            runs.push(vec![entry]);
            used = 0;
        }
        used += size;
    }
    runs
}
