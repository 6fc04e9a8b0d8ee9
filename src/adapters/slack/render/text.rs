//! Words for Slack: spans as rich text (never parsed as markup), as mrkdwn where only that is allowed, and the plain
//! text that notifications and screen readers get. No word from outside can become markup, a mention or a link.

use serde_json::{Value, json};

use super::{Look, limits};
use crate::chat::plain::clean;
use crate::chat::{Action, Block, Message, Span, TimeStyle};
use crate::domain::civil::{Instant, Zone};

/// `&`, `<` and `>` as Slack wants them in text objects.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The reverse of [`escape`], for texts that Slack sends back.
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A plain text object of at most `max` characters; Slack refuses empty ones, so they become a dash.
pub fn plain(text: &str, max: usize) -> Value {
    let text = clean(text);
    let text = if text.trim().is_empty() { "–" } else { text.trim() };
    json!({"type": "plain_text", "text": escape(&limits::cut(text, max)), "emoji": true})
}

/// A time as Slack shows it to each reader, in the reader's zone.
const fn format(style: TimeStyle) -> &'static str {
    match style {
        TimeStyle::Date => "{date_long_pretty}",
        TimeStyle::Time => "{time}",
        // Slack's own relative form looks back only, so a distance is said as the moment itself.
        TimeStyle::DateTime | TimeStyle::Relative => "{date_long_pretty} at {time}",
    }
}

/// A time where Slack cannot show it.
fn in_utc(at: Instant, style: TimeStyle) -> String {
    let civil = Zone::utc().civil(at);
    match style {
        TimeStyle::Date => civil.strftime("%a %-d %b %Y").to_string(),
        TimeStyle::Time => civil.strftime("%H:%M UTC").to_string(),
        TimeStyle::DateTime | TimeStyle::Relative => civil.strftime("%a %-d %b %Y, %H:%M UTC").to_string(),
    }
}

fn date_token(at: Instant, style: TimeStyle) -> String {
    format!("<!date^{}^{}|{}>", at.as_secs(), format(style), in_utc(at, style))
}

/// Whether an address may become a link.
fn is_link(url: &str) -> bool {
    let known = ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
    known
        && limits::escaped(url) <= limits::URL
        && !url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '|')
}

/// A link whose address cannot be followed, in words.
fn as_words(label: &str, url: &str) -> String {
    format!("{} ({})", clean(label), clean(url))
}

fn or_somebody(name: &str) -> String {
    let name = clean(name);
    if name.trim().is_empty() { "somebody".to_owned() } else { name }
}

/// A rich text element in one style.
fn styled(text: &str, style: Option<&str>) -> Option<Value> {
    let text = clean(text);
    if text.is_empty() {
        return None;
    }
    Some(match style {
        Some(style) => json!({"type": "text", "text": text, "style": {style: true}}),
        None => json!({"type": "text", "text": text}),
    })
}

fn rich_span(span: &Span, look: &Look<'_>) -> Option<Value> {
    match span {
        Span::Plain { text } => styled(text, None),
        Span::Bold { text } => styled(text, Some("bold")),
        Span::Italic { text } => styled(text, Some("italic")),
        Span::Code { text } => styled(text, Some("code")),
        Span::Command { text } => styled(&format!("{} {text}", look.root), Some("code")),
        Span::Time { at, style } => Some(json!({
            "type": "date", "timestamp": at.as_secs(), "format": format(*style), "fallback": in_utc(*at, *style),
        })),
        Span::Person { id, name } => match look.mention(id) {
            Some(account) => Some(json!({"type": "user", "user_id": account})),
            None => styled(&or_somebody(name), None),
        },
        Span::Link { label, url } if is_link(url) => {
            let label = clean(label);
            Some(if label.trim().is_empty() {
                json!({"type": "link", "url": url})
            } else {
                json!({"type": "link", "url": url, "text": label})
            })
        }
        Span::Link { label, url } => styled(&as_words(label, url), None),
    }
}

/// Spans as rich text elements, which Slack never parses. Empty when there is nothing to see.
pub fn rich(spans: &[Span], look: &Look<'_>) -> Vec<Value> {
    let elements: Vec<Value> = spans.iter().filter_map(|span| rich_span(span, look)).collect();
    let seen =
        |e: &Value| e["type"] != "text" || e["text"].as_str().is_some_and(|text| !text.trim().is_empty());
    if elements.iter().any(seen) { elements } else { Vec::new() }
}

/// Spans as mrkdwn, or nothing when some of them could be read as markup there; then rich text says it as it is.
pub fn mrkdwn(spans: &[Span], look: &Look<'_>) -> Option<String> {
    let mut out = String::new();
    for (i, span) in spans.iter().enumerate() {
        match span {
            Span::Plain { text } => out.push_str(&harmless(&clean(text), out.is_empty())?),
            Span::Time { at, style } => out.push_str(&date_token(*at, *style)),
            Span::Person { id, name } => match look.mention(id) {
                Some(account) => out.push_str(&format!("<@{account}>")),
                None => out.push_str(&harmless(&or_somebody(name), out.is_empty())?),
            },
            Span::Command { text } => {
                let text = format!("{} {}", look.root, clean(text));
                let open = out.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
                let shut = spans.get(i + 1).is_none_or(ends_word);
                if !open || !shut || text.contains('`') {
                    return None;
                }
                out.push_str(&format!("`{}`", escape(&text)));
            }
            Span::Link { label, url } if is_link(url) && !label.trim().is_empty() => {
                let label = harmless(&clean(label), false).filter(|label| !label.contains('|'))?;
                out.push_str(&format!("<{}|{label}>", escape(url)));
            }
            Span::Link { .. } | Span::Bold { .. } | Span::Italic { .. } | Span::Code { .. } => return None,
        }
    }
    let out = out.trim();
    (!out.is_empty()).then(|| out.to_owned())
}

/// Whether what follows ends a word, as mrkdwn demands after a closing mark.
fn ends_word(span: &Span) -> bool {
    matches!(span, Span::Plain { text } if text.starts_with(|c: char| c.is_whitespace() || ".,;:!?)".contains(c)))
}

/// Text without anything that mrkdwn gives a meaning, escaped.
fn harmless(text: &str, at_start: bool) -> Option<String> {
    let marks = text.contains(['*', '_', '~', '`']);
    let quote = at_start && text.trim_start().starts_with('>');
    (!marks && !quote).then(|| escape(text))
}

/// The whole message in words, for notifications and screen readers: every block in reading order, cut with `…`
/// where Slack would split the message.
pub fn fallback(message: &Message, look: &Look<'_>) -> String {
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
            Block::List { items } => items.iter().for_each(|item| self.line_of("• ", item)),
            Block::Fields { fields } => {
                for field in fields {
                    self.line("");
                    self.words(&format!("{}: ", field.name));
                    self.spans(&field.value);
                }
            }
            Block::Table { columns, rows } => {
                self.cells(columns);
                rows.iter().for_each(|row| self.cells(row));
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

/// The words on an action.
pub fn label(action: &Action) -> &str {
    match action {
        Action::Button { label, .. } | Action::Select { label, .. } | Action::DateTime { label, .. } => label,
    }
}
