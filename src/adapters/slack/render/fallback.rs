//! A message in words alone, for notifications and screen readers. It is never empty, never so long that Slack would
//! split the message, and holds no `<` but those of our own times.

use super::text::{as_words, date_token, escape, label, or_somebody};
use super::{Look, limits};
use crate::chat::plain::clean;
use crate::chat::{Block, Message, Span};

/// The whole message in words, for notifications and screen readers: every block in reading order, cut with `…`
/// where Slack would split the message.
pub fn words_of(message: &Message, look: &Look<'_>) -> String {
    let mut out = Fallback { look, out: String::new(), left: limits::TEXT - 1, full: false };
    for block in &message.blocks {
        out.block(block);
    }
    let Fallback { mut out, full, .. } = out;
    if full {
        out.push('…');
    }
    if out.trim().is_empty() { super::NOTHING.to_owned() } else { out }
}

struct Fallback<'a> {
    look: &'a Look<'a>,
    out: String,
    left: usize,
    full: bool,
}

impl Fallback<'_> {
    /// Outside text, which may be cut.
    fn words(&mut self, text: &str) {
        if self.full {
            return;
        }
        let text = clean(text);
        let fits = limits::escaped(&text) <= self.left;
        let part = if fits { text.as_str() } else { limits::split(&text, self.left).0 };
        let part = if limits::escaped(part) <= self.left { part } else { "" };
        self.left -= limits::escaped(part);
        self.out.push_str(&escape(part));
        self.full = !fits;
    }

    /// Markup of ours, which goes in whole or not at all.
    fn token(&mut self, token: &str) {
        match self.left.checked_sub(limits::units(token)) {
            Some(left) if !self.full => {
                self.left = left;
                self.out.push_str(token);
            }
            _ => self.full = true,
        }
    }

    fn line(&mut self, start: &str) {
        let start = if self.out.is_empty() { start.to_owned() } else { format!("\n{start}") };
        self.token(&start);
    }

    fn spans(&mut self, spans: &[Span]) {
        for span in spans {
            match span {
                Span::Plain { text } | Span::Bold { text } | Span::Italic { text } | Span::Code { text } => {
                    self.words(text);
                }
                Span::Time { at, style } => self.token(&date_token(*at, *style)),
                Span::Person { name, .. } => self.words(&or_somebody(name)),
                Span::Command { text } => self.words(&format!("{} {text}", self.look.root)),
                Span::Link { label, url } => self.words(&as_words(label, url)),
            }
        }
    }

    fn line_of(&mut self, start: &str, spans: &[Span]) {
        self.line(start);
        self.spans(spans);
    }

    fn cells(&mut self, cells: &[String]) {
        self.line("");
        self.words(&cells.join(" | "));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { text } => {
                self.line("");
                self.words(text);
            }
            Block::Text { spans } | Block::Note { spans } => self.line_of("", spans),
            Block::List { items } => {
                for item in items {
                    self.line_of("• ", item);
                }
            }
            Block::Fields { fields } => {
                for field in fields {
                    self.line("");
                    self.words(&format!("{}: ", field.name));
                    self.spans(&field.value);
                }
            }
            Block::Table { columns, rows } => {
                self.cells(columns);
                for row in rows {
                    self.cells(row);
                }
            }
            Block::Code { text } => {
                for line in text.lines() {
                    self.line("");
                    self.words(line);
                }
            }
            Block::File { name, alt, .. } => {
                self.line("File: ");
                self.words(&if alt.is_empty() { name.clone() } else { format!("{name} ({alt})") });
            }
            Block::Divider => {}
            Block::Actions { actions } => {
                self.line("Buttons: ");
                let labels: Vec<&str> = actions.iter().map(label).collect();
                self.words(&labels.join(", "));
            }
        }
    }
}
