//! A message in plain text, for consoles, transcripts, snapshots and fall-back texts. Every word of the message is
//! in it; control characters from outside are not.

use std::fmt::Write as _;

use super::form::{FieldKind, Form};
use super::message::{Action, Block, Message, Span, TimeStyle};
use crate::domain::civil::{Instant, Zone};

/// How times are written.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The reader's zone.
    pub zone: Zone,
    /// The present, for relative times.
    pub now: Instant,
    /// The root command, such as `/mentor`.
    pub root: String,
}

impl Reader {
    /// A time in the reader's zone.
    pub fn time(&self, at: Instant, style: TimeStyle) -> String {
        let civil = self.zone.civil(at);
        let zone = self.zone.name();
        match style {
            TimeStyle::Date => civil.strftime("%a %-d %b %Y").to_string(),
            TimeStyle::Time => format!("{} ({zone})", civil.strftime("%H:%M")),
            TimeStyle::Full => format!("{} ({zone})", civil.strftime("%A %-d %B %Y, %H:%M")),
            TimeStyle::DateTime => format!("{} ({zone})", civil.strftime("%a %-d %b %Y, %H:%M")),
            TimeStyle::Relative => relative(at, self.now),
        }
    }

    fn span(&self, span: &Span, out: &mut String) {
        match span {
            Span::Plain { text } | Span::Bold { text } | Span::Code { text } => out.push_str(&clean(text)),
            Span::Italic { text } => {
                out.push_str(&clean(text));
            }
            Span::Time { at, style } => out.push_str(&self.time(*at, *style)),
            Span::Person { name, .. } => {
                out.push('@');
                out.push_str(&clean(name));
            }
            Span::Command { text } => {
                let _ = write!(out, "{} {}", self.root, clean(text));
            }
            Span::Link { label, url } => {
                let _ = write!(out, "{} <{}>", clean(label), clean(url));
            }
        }
    }

    /// A run of spans on one line.
    pub fn spans(&self, spans: &[Span]) -> String {
        let mut out = String::new();
        for span in spans {
            self.span(span, &mut out);
        }
        out
    }

    /// The whole message, lines separated by `\n`, no trailing line break.
    pub fn message(&self, message: &Message) -> String {
        let mut lines: Vec<String> = Vec::new();
        for block in &message.blocks {
            self.block(block, &mut lines);
        }
        lines.join("\n")
    }

    fn block(&self, block: &Block, lines: &mut Vec<String>) {
        match block {
            Block::Heading { text } => lines.push(format!("# {}", clean(text))),
            Block::Text { spans } => lines.push(self.spans(spans)),
            Block::Note { spans } => lines.push(format!("({})", self.spans(spans))),
            Block::List { items } => {
                lines.extend(items.iter().map(|item| format!("- {}", self.spans(item))));
            }
            Block::Fields { fields } => {
                lines.extend(
                    fields
                        .iter()
                        .map(|field| format!("{}: {}", clean(&field.name), self.spans(&field.value))),
                );
            }
            Block::Table { columns, rows } => lines.extend(table(columns, rows)),
            Block::Code { text } => lines.extend(text.lines().map(clean)),
            Block::File { name, alt, .. } => lines.push(format!("[{}: {}]", clean(name), clean(alt))),
            Block::Divider => lines.push("---".to_owned()),
            Block::Actions { actions } => {
                let shown: Vec<String> = actions.iter().map(action).collect();
                lines.push(shown.join("  "));
            }
        }
    }

    /// A form, with its values and errors.
    pub fn form(&self, form: &Form) -> String {
        let mut lines = vec![format!("# {}", clean(&form.title))];
        if !form.intro.is_empty() {
            lines.push(self.spans(&form.intro));
        }
        for field in &form.fields {
            let mark = if field.required { " (needed)" } else { "" };
            let mut line = format!("{} [{}]{mark}: {}", clean(&field.label), field.name, clean(&field.value));
            let options = match &field.kind {
                FieldKind::Select { options }
                | FieldKind::Multi { options }
                | FieldKind::Scale { options } => options.as_slice(),
                _ => &[],
            };
            if !options.is_empty() {
                let shown: Vec<String> = options
                    .iter()
                    .map(|o| {
                        if o.value == o.label {
                            o.value.clone()
                        } else {
                            format!("{} = {}", o.value, o.label)
                        }
                    })
                    .collect();
                let _ = write!(line, "  {{{}}}", clean(&shown.join(" | ")));
            }
            lines.push(line.trim_end().to_owned());
            if let Some(error) = &field.error {
                lines.push(format!("  ! {}", clean(error)));
            }
        }
        lines.push(format!("[{}]", clean(&form.submit)));
        lines.join("\n")
    }
}

fn action(action: &Action) -> String {
    match action {
        Action::Button { label, .. } => format!("[{}]", clean(label)),
        Action::Select { label, options, .. } => {
            let labels: Vec<String> = options.iter().map(|o| clean(&o.label)).collect();
            format!("[{}: {}]", clean(label), labels.join(" | "))
        }
        Action::DateTime { label, .. } => format!("[{} …]", clean(label)),
    }
}

fn table(columns: &[String], rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<String>> = std::iter::once(columns.to_vec())
        .chain(rows.iter().cloned())
        .map(|row| row.iter().map(|cell| clean(cell)).collect())
        .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|i| rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| {
                    format!("{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count())))
                })
                .collect();
            cells.join(" | ").trim_end().to_owned()
        })
        .collect()
}

/// "in 3 days", "2 hours ago", "now".
pub fn relative(at: Instant, now: Instant) -> String {
    let seconds = (at.as_micros() - now.as_micros()) / 1_000_000;
    let size = seconds.abs();
    let (count, unit) = match size {
        0..60 => return "now".to_owned(),
        60..3_600 => (size / 60, "minute"),
        3_600..86_400 => (size / 3_600, "hour"),
        _ => (size / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 { format!("in {count} {unit}{plural}") } else { format!("{count} {unit}{plural} ago") }
}

/// Text without control characters (line breaks become spaces) and without marks that turn the writing direction
/// of what follows.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\t' | '\r' => Some(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_text_loses_control_characters_and_direction_overrides() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\nd"), "a[31mbc d");
    }

    #[test]
    fn relative_times_are_said_in_the_largest_whole_unit() {
        let now = Instant::from_micros(0);
        assert_eq!(relative(now.plus_secs(59), now), "now");
        assert_eq!(relative(now.plus_secs(3 * 86_400), now), "in 3 days");
        assert_eq!(relative(now.plus_secs(-3_600), now), "1 hour ago");
    }
}
