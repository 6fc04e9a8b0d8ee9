//! Words for Slack: spans as rich text (never parsed as markup) and as mrkdwn where only that is allowed. No word from
//! outside can become markup, a mention or a link.

use serde_json::{Value, json};

use super::{Look, limits};
use crate::chat::plain::clean;
use crate::chat::{Action, Span, TimeStyle};
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
        // Without words such as "today": it is to be compared.
        TimeStyle::Full => "{date_long} at {time}",
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
        TimeStyle::DateTime | TimeStyle::Full | TimeStyle::Relative => {
            civil.strftime("%a %-d %b %Y, %H:%M UTC").to_string()
        }
    }
}

/// A time as mrkdwn.
pub fn date_token(at: Instant, style: TimeStyle) -> String {
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
pub fn as_words(label: &str, url: &str) -> String {
    format!("{} ({})", clean(label), clean(url))
}

/// A name that is never empty.
pub fn or_somebody(name: &str) -> String {
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
            Span::Plain { text } => out.push_str(&harmless(&clean(text), out.trim().is_empty())?),
            Span::Time { at, style } => out.push_str(&date_token(*at, *style)),
            Span::Person { id, name } => match look.mention(id) {
                Some(account) => out.extend(["<@", &account, ">"]),
                None => out.push_str(&harmless(&or_somebody(name), out.trim().is_empty())?),
            },
            Span::Command { text } => {
                let text = format!("{} {}", look.root, clean(text));
                let open = out.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
                let shut = spans.get(i + 1).is_none_or(ends_word);
                if !open || !shut || text.contains('`') {
                    return None;
                }
                out.extend(["`", &escape(&text), "`"]);
            }
            Span::Link { label, url } if is_link(url) && !label.trim().is_empty() => {
                let label = harmless(&clean(label), false).filter(|label| !label.contains('|'))?;
                out.extend(["<", &escape(url), "|", &label, ">"]);
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

/// The words on an action.
pub fn label(action: &Action) -> &str {
    match action {
        Action::Button { label, .. } | Action::Select { label, .. } | Action::DateTime { label, .. } => label,
    }
}
