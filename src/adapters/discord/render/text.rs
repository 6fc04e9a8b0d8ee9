//! Words for Discord: spans as its markdown. No word from outside can become markup, a mention, an emoji or a link:
//! whatever could is escaped, and a mention of everybody is broken by a joiner that nobody sees.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Look, limits};
use crate::adapters::discord::commands;
use crate::chat::plain::clean;
use crate::chat::{Span, TimeStyle};
use crate::domain::civil::{Instant, Zone};

/// Takes no room and joins nothing: put where two marks must not touch.
const BREAK: char = '\u{200b}';
/// The latest second that Discord can show.
const LAST_SECOND: i64 = 8_640_000_000_000;

/// One line of markdown as it is written.
struct Line<'a> {
    look: &'a Look<'a>,
    mentions: &'a mut BTreeSet<String>,
    out: String,
    /// Whether the last character closes a mark of ours.
    closed: bool,
}

/// Spans as one line of markdown; empty when there is nothing to see. The accounts that it mentions are added.
pub fn line(spans: &[Span], look: &Look<'_>, mentions: &mut BTreeSet<String>) -> String {
    let mut line = Line { look, mentions, out: String::new(), closed: false };
    for span in spans {
        line.span(span);
    }
    let out = line.out.trim();
    if out.chars().all(|c| c.is_whitespace() || c == BREAK) { String::new() } else { out.to_owned() }
}

/// Plain words as markdown that shows them letter by letter.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    escape_after(&mut out, &clean(text));
    out
}

/// Text in a fixed-width face with its line breaks kept; nothing in it can end the block.
pub fn fenced(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(clean).collect();
    format!("```\n{}\n```", lines.join("\n").replace("``", "`\u{200b}`"))
}

/// Writes `text`, escaped for its place after what `out` holds already. `out` begins where a line begins.
fn escape_after(out: &mut String, text: &str) {
    let mut rest = text.chars().peekable();
    let mut number = out.trim().chars().all(|c| c.is_ascii_digit());
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let first = out.trim().is_empty();
        let escaped = match c {
            '\\' | '`' | '*' | '_' | '~' | '|' | '<' | '[' | ']' => true,
            '#' | '>' | '-' | '+' => first,
            // An ordered list is a number at the start.
            '.' | ')' => number && !first,
            // An address, or the name of an emoji.
            ':' => next.is_none_or(|next| !next.is_whitespace()),
            // An invitation is a link without the scheme.
            '/' => out.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains('.')),
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
        if c == '@' && may_call(rest.clone()) {
            out.push(BREAK);
        }
        number &= c.is_ascii_digit() || c.is_whitespace();
    }
}

/// Whether what follows an `@` could make a mention of it.
fn may_call(rest: impl Iterator<Item = char>) -> bool {
    let word: String = rest.take(8).collect();
    let sign = |c: char| c == '&' || c == '!' || c.is_ascii_digit();
    word.is_empty() || word.starts_with("everyone") || word.starts_with("here") || word.starts_with(sign)
}

impl Line<'_> {
    fn span(&mut self, span: &Span) {
        match span {
            Span::Plain { text } => self.plain(text),
            Span::Bold { text } => self.marked("**", text),
            Span::Italic { text } => self.marked("*", text),
            Span::Code { text } => self.code(&clean(text)),
            Span::Command { text } => self.code(&clean(&commands::typed(self.look.root, text))),
            Span::Time { at, style } => self.time(*at, *style),
            Span::Person { id, name } => self.person(id, name),
            Span::Link { label, url } => self.link(label, url),
        }
    }

    fn plain(&mut self, text: &str) {
        escape_after(&mut self.out, &clean(text));
        self.closed &= text.is_empty();
    }

    /// Markup of ours; `open` when it begins with a mark that must not touch another.
    fn ours(&mut self, text: &str, open: bool) {
        if open && self.closed {
            self.out.push(BREAK);
        }
        self.out.push_str(text);
        self.closed = open;
    }

    /// Words between two marks, with blanks kept outside, where Discord wants them.
    fn marked(&mut self, mark: &str, text: &str) {
        let text = clean(text);
        let words = text.trim();
        if words.is_empty() {
            return self.plain(&text);
        }
        let (before, after) = text.split_once(words).unwrap_or(("", ""));
        self.plain(before);
        self.ours(&format!("{mark}{}{mark}", escape(words)), true);
        self.plain(after);
    }

    fn code(&mut self, text: &str) {
        if text.contains('`') || text.trim().is_empty() {
            return self.plain(text);
        }
        self.ours(&format!("`{text}`"), true);
    }

    fn time(&mut self, at: Instant, style: TimeStyle) {
        let seconds = at.as_secs();
        if seconds.abs() > LAST_SECOND {
            return self.plain(&Zone::utc().civil(at).strftime("%a %-d %b %Y, %H:%M UTC").to_string());
        }
        let style = match style {
            TimeStyle::Date => 'D',
            TimeStyle::Time => 't',
            TimeStyle::DateTime => 'f',
            TimeStyle::Full => 'F',
            TimeStyle::Relative => 'R',
        };
        self.ours(&format!("<t:{seconds}:{style}>"), false);
    }

    fn person(&mut self, id: &str, name: &str) {
        match self.look.account_of(id) {
            Some(account) => {
                self.ours(&format!("<@{account}>"), false);
                self.mentions.insert(account);
            }
            None if clean(name).trim().is_empty() => self.plain("somebody"),
            None => self.plain(name),
        }
    }

    fn link(&mut self, label: &str, url: &str) {
        match address(url) {
            Some(url) => {
                let label = if clean(label).trim().is_empty() { "link" } else { label.trim() };
                self.ours(&format!("[{}](<{url}>)", escape(label)), true);
                self.closed = false;
            }
            None => self.plain(&format!("{} ({})", clean(label), clean(url))),
        }
    }
}

/// An address that may become a link, with everything escaped that could end it or mean something else.
fn address(url: &str) -> Option<String> {
    let known = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    if !known || url.contains(|c: char| c.is_whitespace() || c.is_control()) || clean(url) != url {
        return None;
    }
    let mut out = String::new();
    for c in url.chars() {
        match c {
            '(' | ')' | '<' | '>' | '"' | '\'' | '`' | '\\' | '@' | '*' | '[' | ']' | '|' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    (limits::units(&out) <= limits::URL).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{bold, code, command, time};

    fn shown(spans: &[Span]) -> String {
        let look = Look { root: "/mentor", names: &|id| id.strip_prefix('p').map(str::to_owned), home: None };
        line(spans, &look, &mut BTreeSet::new())
    }

    #[test]
    fn words_from_outside_keep_their_letters_and_lose_their_meaning() {
        let cases = [
            ("*a* _b_ ~~c~~ ||d|| `e`", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`"),
            ("# title", "\\# title"),
            ("- item", "\\- item"),
            ("> said", "\\> said"),
            ("12. twelve", "12\\. twelve"),
            ("a. b - c # d", "a. b - c # d"),
            ("<@&1> <#2> <:e:3> <t:4:R>", "\\<@\u{200b}&1> \\<#2> \\<\\:e\\:3> \\<t\\:4\\:R>"),
            ("@everyone and @here", "@\u{200b}everyone and @\u{200b}here"),
            ("ada@example.org", "ada@example.org"),
            (":tada: at 15:00", "\\:tada: at 15\\:00"),
            ("https://evil.example/x", "https\\://evil.example\\/x"),
            ("join discord.gg/abc now", "join discord.gg\\/abc now"),
            ("[bank](https://evil.example)", "\\[bank\\](https\\://evil.example)"),
            ("either/or: both", "either/or: both"),
            ("back\\slash", "back\\\\slash"),
            ("a\nb", "a b"),
        ];
        for (given, wanted) in cases {
            assert_eq!(shown(&[given.into()]), wanted);
        }
    }

    #[test]
    fn meaning_cannot_be_put_together_from_two_runs_of_words() {
        let pair = |a: &str, b: &str| shown(&[a.into(), b.into()]);
        assert_eq!(pair("@", "everyone"), "@\u{200b}everyone");
        assert_eq!(pair("https:", "//evil.example"), "https\\://evil.example");
        assert_eq!(pair("discord.gg", "/abc"), "discord.gg\\/abc");
        assert_eq!(pair("1", ". one"), "1\\. one");
        assert_eq!(pair(" ", "# x"), "\\# x");
        assert_eq!(pair(":ta", "da:"), "\\:tada\\:");
    }

    #[test]
    fn marks_of_ours_close_before_the_next_opens() {
        assert_eq!(
            shown(&[bold("a "), bold("b"), crate::chat::message::italic("c")]),
            "**a** **b**\u{200b}*c*"
        );
        assert_eq!(shown(&[code("x"), code("y")]), "`x`\u{200b}`y`");
        assert_eq!(shown(&[code("a`b")]), "a\\`b");
        assert_eq!(shown(&[bold(" ")]), "");
    }

    #[test]
    fn times_people_and_commands_are_discords_own() {
        let at = Instant::from_secs(1_800_000_000);
        assert_eq!(shown(&[time(at, TimeStyle::DateTime)]), "<t:1800000000:f>");
        assert!(!shown(&[time(Instant::from_micros(i64::MAX), TimeStyle::Date)]).contains('<'));
        let person = |id: &str, name: &str| Span::Person { id: id.into(), name: name.into() };
        assert_eq!(shown(&[person("p7", "Ada")]), "<@7>");
        assert_eq!(shown(&[person("x7", "*Ada*")]), "\\*Ada\\*");
        assert_eq!(shown(&[person("p7> @everyone", "Ada")]), "Ada", "no account is made of such an id");
        assert_eq!(shown(&[person("x", " ")]), "somebody");
        assert_eq!(shown(&[command("meetup next")]), "`/mentor meetup next`");
    }

    #[test]
    fn only_addresses_of_the_web_become_links_and_cannot_be_left() {
        let link = |label: &str, url: &str| shown(&[Span::Link { label: label.into(), url: url.into() }]);
        assert_eq!(link("here", "https://a.example/x?(y)"), "[here](<https://a.example/x?%28y%29>)");
        assert_eq!(link("a](b", "https://a.example"), "[a\\](b](<https://a.example>)");
        assert_eq!(link("mail", "mailto:ada@example.org"), "mail (mailto\\:ada@example.org)");
        assert_eq!(link("x", "javascript:alert(1)"), "x (javascript\\:alert(1))");
        assert_eq!(link("", "https://a.example>"), "[link](<https://a.example%3E>)");
    }

    #[test]
    fn fixed_width_text_cannot_end_its_block() {
        assert_eq!(fenced("a ``` b"), "```\na `\u{200b}`` b\n```");
        assert_eq!(fenced("one\n  two").lines().count(), 4);
    }
}
