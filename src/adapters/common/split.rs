//! A message in pieces that each fit where a platform puts one. Nothing is lost here: text is split between words,
//! lists between entries, tables between rows, and what is only a file goes another way.

use super::clip::{self, Length};
use super::table;
use crate::chat::message::NamedValue;
use crate::chat::{Block, Message, Span, bold};

/// What a time, or the frame of a name or link, counts for.
const TOKEN: usize = 90;

/// How much one piece may hold.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Room for the text of one piece.
    pub piece: usize,
    /// What the markup around a run of words, an entry or a named value takes.
    pub frame: usize,
    /// Room for a heading; a longer one becomes a paragraph of strong words.
    pub heading: usize,
    /// Entries in one list.
    pub entries: usize,
    /// Named values together.
    pub fields: usize,
    /// Actions together.
    pub elements: usize,
    /// The widest table that is drawn as one, in columns of a fixed-width face.
    pub widest: usize,
    /// The room a character takes.
    pub of: Length,
}

/// The message as blocks that each fit; empty ones and files are not among them.
pub fn pieces(message: &Message, measure: &Measure) -> Vec<Block> {
    message.blocks.iter().flat_map(|block| measure.pieces_of(block)).collect()
}

impl Measure {
    fn length(&self, text: &str) -> usize {
        clip::length(text, self.of)
    }

    fn cut(&self, text: &str, max: usize) -> String {
        clip::cut(text, max, self.of)
    }

    fn split<'t>(&self, text: &'t str, max: usize) -> (&'t str, &'t str) {
        clip::split(text, max, self.of)
    }

    /// One block in pieces that each fit; a file has none.
    pub fn pieces_of(&self, block: &Block) -> Vec<Block> {
        match block {
            Block::Heading { text } if text.trim().is_empty() => Vec::new(),
            Block::Heading { text } if self.length(text.trim()) > self.heading => {
                self.in_parts(&[bold(text.as_str())]).into_iter().map(|spans| Block::Text { spans }).collect()
            }
            Block::Text { spans } => {
                self.in_parts(spans).into_iter().map(|spans| Block::Text { spans }).collect()
            }
            Block::Note { spans } => {
                self.in_parts(spans).into_iter().map(|spans| Block::Note { spans }).collect()
            }
            Block::List { items } => self.lists(items),
            Block::Fields { fields } => self.named(fields),
            Block::Table { columns, rows } => {
                table::blocks(columns, rows, self).iter().flat_map(|block| self.pieces_of(block)).collect()
            }
            Block::Code { text } => self.lines(text),
            Block::Actions { actions } => {
                actions.chunks(self.elements).map(|some| Block::Actions { actions: some.to_vec() }).collect()
            }
            Block::File { .. } => Vec::new(),
            Block::Heading { .. } | Block::Divider => vec![block.clone()],
        }
    }

    /// What a span counts for, at most.
    fn weight(&self, span: &Span) -> usize {
        match span {
            Span::Plain { text } | Span::Bold { text } | Span::Italic { text } | Span::Code { text } => {
                self.length(text) + if text.is_empty() { 0 } else { self.frame }
            }
            Span::Time { .. } => TOKEN,
            Span::Person { name, .. } => self.length(name) + TOKEN,
            Span::Command { text } => self.length(text) + TOKEN,
            Span::Link { label, url } => self.length(label) + self.length(url) + TOKEN,
        }
    }

    /// Spans in runs that each fit into one block.
    fn in_parts(&self, spans: &[Span]) -> Vec<Vec<Span>> {
        let mut parts = vec![Vec::new()];
        let mut left = self.piece;
        for span in spans {
            let mut rest = Some(span.clone());
            while let Some(span) = rest.take() {
                let (first, more) = self.divided(span, left);
                // A span that could begin here only in shreds begins the next part instead.
                if self.weight(&first) > left && left < self.piece {
                    parts.push(Vec::new());
                    left = self.piece;
                    rest = Some(joined(first, more));
                    continue;
                }
                left = left.saturating_sub(self.weight(&first));
                parts.last_mut().expect("begins with one").push(first);
                rest = more;
                if rest.is_some() {
                    parts.push(Vec::new());
                    left = self.piece;
                }
            }
        }
        parts.retain(|part| part.iter().any(|span| self.weight(span) > 0));
        parts
    }

    /// A span cut at `room`, with what is left of it. Only bare text can be divided; the rest is shortened to fit.
    fn divided(&self, span: Span, room: usize) -> (Span, Option<Span>) {
        let text = |text: String, make: fn(String) -> Span| {
            let (first, rest) = self.split(&text, room.saturating_sub(self.frame));
            let rest = (!rest.is_empty()).then(|| make(rest.to_owned()));
            (make(first.to_owned()), rest)
        };
        match span {
            Span::Plain { text: words } => text(words, |text| Span::Plain { text }),
            Span::Bold { text: words } => text(words, |text| Span::Bold { text }),
            Span::Italic { text: words } => text(words, |text| Span::Italic { text }),
            Span::Code { text: words } => text(words, |text| Span::Code { text }),
            Span::Person { id, name } => {
                (Span::Person { id, name: self.cut(&name, self.piece - TOKEN) }, None)
            }
            Span::Command { text } => (Span::Command { text: self.cut(&text, self.piece - TOKEN) }, None),
            Span::Link { label, url } if self.length(&label) + self.length(&url) + TOKEN <= self.piece => {
                (Span::Link { label, url }, None)
            }
            Span::Link { label, url } => text(format!("{label} ({url})"), |text| Span::Plain { text }),
            time @ Span::Time { .. } => (time, None),
        }
    }

    /// A list in as many lists as it takes; an entry too long for one goes on as the next.
    fn lists(&self, items: &[Vec<Span>]) -> Vec<Block> {
        let entries = items.iter().flat_map(|item| self.in_parts(item));
        let size = |entry: &Vec<Span>| self.frame + entry.iter().map(|span| self.weight(span)).sum::<usize>();
        self.gathered(entries, size, self.entries).into_iter().map(|items| Block::List { items }).collect()
    }

    /// Names with values, ten at a time; a value too long for one block goes on under the same name.
    fn named(&self, fields: &[NamedValue]) -> Vec<Block> {
        let rows = fields.iter().flat_map(|field| {
            let mut spans = vec![bold(format!("{}: ", field.name.trim()))];
            spans.extend(field.value.iter().cloned());
            if spans.iter().map(|span| self.weight(span)).sum::<usize>() <= self.piece {
                return vec![field.clone()];
            }
            let name = self.cut(field.name.trim(), self.heading);
            let rows = self.in_parts(&field.value).into_iter();
            rows.map(|value| NamedValue { name: name.clone(), value }).collect()
        });
        let size = |field: &NamedValue| {
            self.frame
                + self.length(&field.name)
                + field.value.iter().map(|span| self.weight(span)).sum::<usize>()
        };
        self.gathered(rows, size, self.fields).into_iter().map(|fields| Block::Fields { fields }).collect()
    }

    /// Fixed-width text in as many blocks as it takes, split between lines.
    fn lines(&self, text: &str) -> Vec<Block> {
        let rows = text.lines().flat_map(|mut line| {
            let mut rows = Vec::new();
            loop {
                let (first, rest) = self.split(line, self.piece);
                rows.push(first);
                if rest.is_empty() {
                    return rows;
                }
                line = rest;
            }
        });
        self.gathered(rows, |row| self.length(row) + 1, usize::MAX)
            .into_iter()
            .map(|rows| Block::Code { text: rows.join("\n") })
            .filter(|block| matches!(block, Block::Code { text } if !text.trim().is_empty()))
            .collect()
    }

    /// Entries in runs of at most `most` that together fit into one block.
    fn gathered<T>(
        &self,
        entries: impl Iterator<Item = T>,
        size: impl Fn(&T) -> usize,
        most: usize,
    ) -> Vec<Vec<T>> {
        let mut runs: Vec<Vec<T>> = Vec::new();
        let mut used = 0;
        for entry in entries {
            let size = size(&entry);
            if let Some(run) = runs.last_mut().filter(|run| run.len() < most && used + size <= self.piece) {
                run.push(entry);
            } else {
                runs.push(vec![entry]);
                used = 0;
            }
            used += size;
        }
        runs
    }
}

/// The reverse of [`Measure::divided`] for bare text.
fn joined(first: Span, rest: Option<Span>) -> Span {
    match (first, rest) {
        (Span::Plain { text: a }, Some(Span::Plain { text: b })) => Span::Plain { text: a + &b },
        (Span::Bold { text: a }, Some(Span::Bold { text: b })) => Span::Bold { text: a + &b },
        (Span::Italic { text: a }, Some(Span::Italic { text: b })) => Span::Italic { text: a + &b },
        (Span::Code { text: a }, Some(Span::Code { text: b })) => Span::Code { text: a + &b },
        (first, _) => first,
    }
}
