//! What a person reads on the screen, as plain text: Discord's markdown, cards and components, read as its client
//! does. Lines look as the playground's transcripts do, so that one story fits both.

use roundtable::chat::message::TimeStyle;
use roundtable::chat::plain::{Reader, clean};
use roundtable::domain::civil::{Instant, Zone};
use serde_json::Value;

use super::controls::{inputs, label_of};
use super::rights;
use super::world::{APP, Message, World};

/// Somebody's eyes: their zone, their time, the names they see.
pub struct Eyes<'a> {
    world: &'a World,
    reader: Reader,
}

impl<'a> Eyes<'a> {
    /// The eyes of somebody.
    pub fn of(world: &'a World, user: &str, now: Instant) -> Self {
        let zone = world.users.get(user).map_or("UTC", |user| user.zone.as_str());
        let zone = Zone::parse(zone).unwrap_or_else(|_| Zone::utc());
        Self { world, reader: Reader { zone, now, root: "/mentor".into() } }
    }

    fn name(&self, id: &str) -> String {
        let known = self.world.users.get(id.trim_start_matches('!'));
        known.map_or_else(
            || "@unknown-user".into(),
            |user| format!("@{}", user.shown.as_ref().unwrap_or(&user.name)),
        )
    }

    /// A message with everything in it.
    pub fn message(&self, message: &Message) -> String {
        let mut lines = self.lines(&message.content);
        for embed in &message.embeds {
            self.embed(embed, &mut lines);
        }
        self.components(&message.components, &mut lines);
        for file in &message.files {
            lines.push(format!("[{}: {}]", file.name, file.description.clone().unwrap_or_default()));
        }
        lines.join("\n")
    }

    fn embed(&self, embed: &Value, lines: &mut Vec<String>) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(author) = embed["author"]["name"].as_str() {
            lines.push(author.to_owned());
        }
        if let Some(title) = embed["title"].as_str() {
            lines.push(format!("# {}", self.inline(title)));
        }
        lines.extend(self.lines(&text(&embed["description"])));
        for field in embed["fields"].as_array().into_iter().flatten() {
            let value = self.lines(&text(&field["value"])).join("\n");
            lines.push(format!("{}: {value}", self.inline(&text(&field["name"]))));
        }
        if let Some(footer) = embed["footer"]["text"].as_str() {
            // Nothing in a footer is markup.
            lines.push(format!("({footer})"));
        }
    }

    fn components(&self, components: &[Value], lines: &mut Vec<String>) {
        for part in components {
            let inner = part["components"].as_array().map_or(&[][..], Vec::as_slice);
            match part["type"].as_u64() {
                Some(1) => lines.push(inner.iter().map(control).collect::<Vec<_>>().join("  ")),
                Some(10) => lines.extend(self.lines(part["content"].as_str().unwrap_or_default())),
                Some(14) if part["divider"] != false => lines.push("---".into()),
                Some(12) => {
                    let items = part["items"].as_array().into_iter().flatten();
                    lines.extend(items.map(|item| {
                        format!("[picture: {}]", item["description"].as_str().unwrap_or_default())
                    }));
                }
                Some(9) => {
                    self.components(inner, lines);
                    if part["accessory"]["type"] == 2 {
                        lines.push(control(&part["accessory"]));
                    }
                }
                _ => self.components(inner, lines),
            }
        }
    }

    /// Markdown as lines.
    pub fn lines(&self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for (n, part) in text.split("```").enumerate() {
            if n % 2 == 1 {
                lines.extend(
                    part.trim_matches('\n').lines().map(|line| line.trim_end().replace('\u{200b}', "")),
                );
                continue;
            }
            let part = if n == 0 { part } else { part.trim_start_matches('\n') };
            lines.extend(part.lines().filter(|line| !line.trim().is_empty()).map(|line| self.line(line)));
        }
        lines
    }

    fn line(&self, line: &str) -> String {
        for (mark, before, after) in [
            ("### ", "# ", ""),
            ("## ", "# ", ""),
            ("# ", "# ", ""),
            ("-# ", "(", ")"),
            ("> ", "", ""),
            ("* ", "- ", ""),
        ] {
            if let Some(rest) = line.strip_prefix(mark) {
                return format!("{before}{}{after}", self.inline(rest));
            }
        }
        self.inline(line)
    }

    /// Markdown within a line.
    pub fn inline(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            match first {
                '\\' => {
                    let next = after.chars().next();
                    out.extend(next);
                    rest = next.map_or("", |c| &after[c.len_utf8()..]);
                }
                '\u{200b}' => rest = after,
                '`' => {
                    let (code, left) = after.split_once('`').unwrap_or(("`", after));
                    (out, rest) = (out + code, left);
                }
                '<' => {
                    let (said, left) = self.token(rest).unwrap_or_else(|| ("<".to_owned(), after));
                    (out, rest) = (out + &said, left);
                }
                '[' => {
                    let link = link(rest)
                        .map(|(label, url, left)| (format!("{} <{url}>", self.inline(label)), left));
                    let (said, left) = link.unwrap_or_else(|| ("[".to_owned(), after));
                    (out, rest) = (out + &said, left);
                }
                '*' | '~' | '_' | '|' => {
                    let doubled = after.starts_with(first);
                    let single = matches!(first, '*' | '_') && !doubled;
                    if single && first == '_' && !boundary(&out, after) {
                        out.push(first);
                    }
                    rest = if doubled { &after[1..] } else { after };
                    if !single && !doubled {
                        out.push(first);
                    }
                }
                other => (out, rest) = (out + &other.to_string(), after),
            }
        }
        out
    }

    /// What stands between angle brackets, where it means something.
    fn token<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let (inside, left) = text[1..].split_once('>')?;
        if let Some(user) = inside.strip_prefix('@').filter(|id| !id.starts_with('&')) {
            return Some((self.name(user), left));
        }
        if let Some(time) = inside.strip_prefix("t:") {
            let (at, style) = time.split_once(':').unwrap_or((time, "f"));
            let style = match style {
                "t" | "T" => TimeStyle::Time,
                "d" | "D" => TimeStyle::Date,
                "R" => TimeStyle::Relative,
                "F" => TimeStyle::Full,
                _ => TimeStyle::DateTime,
            };
            return Some((self.reader.time(Instant::from_secs(at.parse().ok()?), style), left));
        }
        if let Some(command) = inside.strip_prefix('/') {
            return Some((format!("/{}", command.rsplit_once(':')?.0), left));
        }
        if let Some(channel) = inside.strip_prefix('#') {
            let known = self.world.channels.get(channel);
            return Some((format!("#{}", known.map_or("unknown", |c| c.name.as_str())), left));
        }
        inside.starts_with("http").then(|| (format!("<{inside}>"), left))
    }

    /// A form: its title and fields with what stands in them.
    pub fn modal(&self, modal: &Value) -> String {
        let mut lines = vec![format!("# {}", modal["title"].as_str().unwrap_or_default())];
        for input in inputs(modal) {
            let needed = if input["required"] == false { "" } else { " (needed)" };
            let text = |key: &str| clean(input[key].as_str().unwrap_or_default());
            let mut line = format!("{} [{}]{needed}: {}", text("label"), text("custom_id"), text("value"));
            if !text("placeholder").is_empty() {
                line = format!("{line}  {{{}}}", text("placeholder"));
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.push("[Submit]".into());
        lines.join("\n")
    }
}

fn boundary(out: &str, after: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !(letter(out.chars().next_back()) && letter(after.chars().next()))
}

fn link(text: &str) -> Option<(&str, &str, &str)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == ']' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })?;
    let rest = text[end + 1..].strip_prefix('(')?;
    let (url, left) = rest.split_once(')')?;
    Some((&text[1..end], url.trim_matches(['<', '>']), left))
}

fn control(element: &Value) -> String {
    let label = label_of(element);
    let options = element["options"].as_array().into_iter().flatten();
    let shown: Vec<&str> = options.filter_map(|o| o["label"].as_str()).collect();
    match element["url"].as_str() {
        Some(url) => format!("[{label}] <{url}>"),
        None if shown.is_empty() => format!("[{label}]"),
        None => format!("[{label}: {}]", shown.join(" | ")),
    }
}

/// Something that came into a person's sight.
#[derive(Debug, Clone)]
pub struct Sight {
    /// When, among all that was to be seen.
    pub seen: u64,
    /// Where.
    pub place: Place,
    /// In plain text.
    pub text: String,
}

/// Where something is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A message for all in a channel.
    Post {
        /// The channel.
        channel: String,
        /// The message.
        id: String,
        /// Whether it was sent by itself, not in reply to anything.
        marked: bool,
    },
    /// A message that only this person sees.
    Private {
        /// The channel.
        channel: String,
        /// The message.
        id: String,
    },
    /// The form before them.
    Modal,
}

/// Everything that the bot brought into somebody's sight since a mark, in order. What still says "thinking" is not
/// read yet.
pub fn since(world: &World, user: &str, mark: u64, now: Instant) -> Vec<Sight> {
    let eyes = Eyes::of(world, user, now);
    let mut found = Vec::new();
    for channel in world.channels.values() {
        if rights::in_channel(world, &channel.id, user) & rights::VIEW == 0 {
            continue;
        }
        let bot =
            channel.messages.iter().filter(|m| m.seen > mark && !m.deleted && m.author == APP && m.kind != 6);
        for message in bot.filter(|m| m.flags & 128 == 0) {
            if message.only.as_deref().is_some_and(|only| only != user) {
                continue;
            }
            let (channel, id) = (channel.id.clone(), message.id.clone());
            let place = if message.only.is_some() {
                Place::Private { channel, id }
            } else {
                Place::Post { channel, id, marked: message.nonce.is_some() }
            };
            found.push(Sight { seen: message.seen, place, text: eyes.message(message) });
        }
    }
    if let Some(screen) = world.screens.get(user).filter(|screen| screen.seen > mark) {
        found.push(Sight { seen: screen.seen, place: Place::Modal, text: eyes.modal(&screen.modal) });
    }
    found.sort_by_key(|sight| sight.seen);
    found
}
