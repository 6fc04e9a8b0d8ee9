//! What a person reads on the screen, as plain text: always from the blocks, never from the `text` for
//! notifications. Lines look as the playground's transcripts do, so that one story fits both.

use roundtable::chat::message::TimeStyle;
use roundtable::chat::plain::{Reader, clean};
use roundtable::domain::civil::{Instant, Zone};
use serde_json::Value;

use super::world::{Team, View, World};

/// With this begins what is wrong with the field above.
const AGAIN: &str = "Please look again: ";

/// Somebody's eyes: their zone, their time, the names they see.
pub struct Eyes<'a> {
    team: Option<&'a Team>,
    reader: Reader,
}

/// A text object in plain words, without anybody's eyes: for labels.
pub fn words(text: &Value) -> String {
    Eyes { team: None, reader: reader("UTC", Instant::from_secs(0)) }.text(text)
}

/// The words on a control.
pub fn label_of(element: &Value) -> String {
    let own = words(&element["text"]);
    if own.is_empty() { words(&element["placeholder"]) } else { own }
}

fn reader(zone: &str, now: Instant) -> Reader {
    Reader { zone: Zone::parse(zone).unwrap_or_else(|_| Zone::utc()), now, root: "/mentor".into() }
}

impl<'a> Eyes<'a> {
    /// The eyes of somebody in a workspace.
    pub fn of(world: &'a World, team: &str, user: &str, now: Instant) -> Self {
        let team = world.team(team);
        let zone = team.users.get(user).map_or("UTC", |user| user.tz.as_str());
        Self { team: Some(team), reader: reader(zone, now) }
    }

    fn name(&self, user: &str) -> String {
        let known = self.team.and_then(|team| team.users.get(user));
        known.map_or_else(|| format!("@{user}"), |user| format!("@{}", user.real_name))
    }

    fn time(&self, at: i64, format: &str) -> String {
        let style = match (format.contains("{date"), format.contains("{time")) {
            (true, true) if format.contains("{date_long}") => TimeStyle::Full,
            (true, true) => TimeStyle::DateTime,
            (false, true) => TimeStyle::Time,
            (true, false) => TimeStyle::Date,
            (false, false) => TimeStyle::Relative,
        };
        self.reader.time(Instant::from_secs(at), style)
    }

    /// A text object.
    pub fn text(&self, text: &Value) -> String {
        let own = text["text"].as_str().unwrap_or_default();
        if text["type"] == "mrkdwn" { self.mrkdwn(own) } else { unescaped(own) }
    }

    /// Text with Slack's marks.
    pub fn mrkdwn(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        let mut before = ' ';
        while let Some(first) = rest.chars().next() {
            let (said, left) = match first {
                '<' => match rest.find('>') {
                    Some(end) => (self.token(&rest[1..end]), &rest[end + 1..]),
                    None => ("<".to_owned(), &rest[1..]),
                },
                '*' | '_' | '~' | '`' if !before.is_alphanumeric() => match closing(rest, first) {
                    Some(end) if first == '`' => (unescaped(&rest[1..end]), &rest[end + 1..]),
                    Some(end) => (self.mrkdwn(&rest[1..end]), &rest[end + 1..]),
                    None => (first.to_string(), &rest[1..]),
                },
                _ => (first.to_string(), &rest[first.len_utf8()..]),
            };
            before = said.chars().next_back().unwrap_or(before);
            out.push_str(&said);
            rest = left;
        }
        unescaped(&out)
    }

    fn token(&self, inside: &str) -> String {
        if let Some(user) = inside.strip_prefix('@') {
            return self.name(user.split('|').next().unwrap_or_default());
        }
        if let Some(date) = inside.strip_prefix("!date^") {
            let mut parts = date.split('|').next().unwrap_or_default().split('^');
            let at = parts.next().and_then(|at| at.parse().ok()).unwrap_or(0);
            return self.time(at, parts.next().unwrap_or_default());
        }
        match inside.split_once('|') {
            Some((url, label)) if !inside.starts_with('!') => {
                format!("{} <{}>", unescaped(label), unescaped(url))
            }
            _ => format!("<{inside}>"),
        }
    }

    /// Blocks from top to bottom.
    pub fn blocks(&self, blocks: &[Value]) -> String {
        let mut lines = Vec::new();
        for block in blocks {
            self.block(block, &mut lines);
        }
        lines.join("\n")
    }

    fn block(&self, block: &Value, lines: &mut Vec<String>) {
        match block["type"].as_str().unwrap_or_default() {
            "header" => lines.push(format!("# {}", self.text(&block["text"]))),
            "divider" => lines.push("---".into()),
            "context" => {
                let parts = block["elements"].as_array().into_iter().flatten();
                lines.push(format!("({})", parts.map(|part| self.text(part)).collect::<Vec<_>>().join(" ")));
            }
            "section" => self.section(block, lines),
            "rich_text" => {
                for part in block["elements"].as_array().into_iter().flatten() {
                    self.rich(part, lines);
                }
            }
            "actions" => {
                let elements = block["elements"].as_array().into_iter().flatten();
                lines.push(elements.map(|e| self.control(e)).collect::<Vec<_>>().join("  "));
            }
            "table" => {
                for row in block["rows"].as_array().into_iter().flatten() {
                    let cells = row.as_array().into_iter().flatten();
                    let cells: Vec<&str> = cells.map(|c| c["text"].as_str().unwrap_or_default()).collect();
                    lines.push(cells.join(" | "));
                }
            }
            "image" => lines.push(format!("[picture: {}]", block["alt_text"].as_str().unwrap_or_default())),
            "markdown" => lines.push(block["text"].as_str().unwrap_or_default().to_owned()),
            _ => {}
        }
    }

    fn section(&self, block: &Value, lines: &mut Vec<String>) {
        if block.get("text").is_some() {
            lines.push(self.text(&block["text"]));
        }
        for field in block["fields"].as_array().into_iter().flatten() {
            let text = self.text(field);
            lines.push(match text.split_once('\n') {
                Some((name, value)) => format!("{name}: {value}"),
                None => text,
            });
        }
        if let Some(accessory) = block.get("accessory") {
            lines.push(self.control(accessory));
        }
    }

    fn rich(&self, part: &Value, lines: &mut Vec<String>) {
        let runs = |part: &Value| -> String {
            part["elements"].as_array().into_iter().flatten().map(|run| self.run(run)).collect()
        };
        match part["type"].as_str().unwrap_or_default() {
            "rich_text_list" => {
                let items = part["elements"].as_array().into_iter().flatten();
                lines.extend(items.map(|item| format!("- {}", runs(item))));
            }
            _ => lines.extend(runs(part).lines().map(str::to_owned)),
        }
    }

    fn run(&self, run: &Value) -> String {
        match run["type"].as_str().unwrap_or_default() {
            "user" => self.name(run["user_id"].as_str().unwrap_or_default()),
            "date" => {
                let at = run["timestamp"].as_i64().unwrap_or(0);
                self.time(at, run["format"].as_str().unwrap_or_default())
            }
            "link" => {
                let url = run["url"].as_str().unwrap_or_default();
                run["text"].as_str().map_or_else(|| format!("<{url}>"), |label| format!("{label} <{url}>"))
            }
            _ => run["text"].as_str().unwrap_or_default().to_owned(),
        }
    }

    fn control(&self, element: &Value) -> String {
        let label = label_of(element);
        if element.get("options").is_some() || element.get("option_groups").is_some() {
            return format!("[{label}: {}]", options(element).join(" | "));
        }
        format!("[{label}]")
    }

    /// A modal: its title, words, fields with what stands in them, errors.
    pub fn view(&self, view: &View) -> String {
        let blocks = view.value["blocks"].as_array().cloned().unwrap_or_default();
        let title = unescaped(view.value["title"]["text"].as_str().unwrap_or_default());
        let mut lines = Vec::new();
        if blocks.first().is_none_or(|block| block["type"] != "header") {
            lines.push(format!("# {title}"));
        }
        for block in &blocks {
            if block["type"] != "input" {
                let before = lines.len();
                self.block(block, &mut lines);
                if let Some(error) = lines.get(before).and_then(|line| line.strip_prefix(AGAIN)) {
                    lines[before] = format!("  ! {error}");
                }
                continue;
            }
            let id = block["block_id"].as_str().unwrap_or_default();
            lines.push(self.field(block, id, &view.state[id]));
            lines.extend(view.errors.get(id).map(|error| format!("  ! {error}")));
        }
        if let Some(submit) = view.value.get("submit").filter(|s| s.is_object()) {
            lines.push(format!("[{}]", words(submit)));
        }
        lines.join("\n")
    }

    fn field(&self, block: &Value, id: &str, typed: &Value) -> String {
        let element = &block["element"];
        let needed = if block["optional"] == true { "" } else { " (needed)" };
        let held = typed.as_object().and_then(|actions| actions.values().next());
        let value = clean(&held.map_or_else(|| standing(element), standing_in_state));
        let mut line = format!("{} [{}]{needed}: {value}", self.text(&block["label"]), field_name(id));
        let options = options(element);
        if !options.is_empty() {
            line = format!("{line}  {{{}}}", options.join(" | "));
        }
        line.trim_end().to_owned()
    }
}

/// The name of the field that a block asks for: the last part of the block's id.
pub fn field_name(block_id: &str) -> &str {
    block_id.splitn(3, '.').nth(2).unwrap_or(block_id)
}

fn options(element: &Value) -> Vec<String> {
    let groups = element["option_groups"].as_array().into_iter().flatten();
    let all = element["options"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(groups.filter_map(|group| group["options"].as_array()).flatten());
    all.map(|option| {
        let more = option.get("description").map(words).unwrap_or_default();
        let (value, label) = (option["value"].as_str().unwrap_or_default(), words(&option["text"]) + &more);
        if value == label { label } else { format!("{value} = {label}") }
    })
    .collect()
}

fn standing(element: &Value) -> String {
    let one = |key: &str| element[key].as_str().map(str::to_owned);
    let option = element["initial_option"]["value"].as_str().map(str::to_owned);
    let several = element["initial_options"]
        .as_array()
        .map(|list| list.iter().filter_map(|o| o["value"].as_str()).collect::<Vec<_>>().join(","));
    one("initial_value")
        .or_else(|| one("initial_date"))
        .or_else(|| one("initial_time"))
        .or(option)
        .or(several)
        .unwrap_or_default()
}

fn standing_in_state(held: &Value) -> String {
    let one = |key: &str| held[key].as_str().map(str::to_owned);
    let option = held["selected_option"]["value"].as_str().map(str::to_owned);
    let several = held["selected_options"]
        .as_array()
        .map(|list| list.iter().filter_map(|o| o["value"].as_str()).collect::<Vec<_>>().join(","));
    one("value")
        .or_else(|| one("selected_date"))
        .or_else(|| one("selected_time"))
        .or(option)
        .or(several)
        .unwrap_or_default()
}

fn closing(text: &str, mark: char) -> Option<usize> {
    if text[1..].starts_with([' ', mark]) {
        return None;
    }
    text.char_indices().skip(1).take_while(|(_, c)| *c != '\n').find_map(|(at, c)| {
        let after = text[at + c.len_utf8()..].chars().next();
        let word_ends = after.is_none_or(|c| !c.is_alphanumeric());
        (c == mark && word_ends && !text[..at].ends_with(' ')).then_some(at)
    })
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
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
    /// A message for all in a conversation; its id, and whether it carries one of the bot's marks.
    Post {
        /// The conversation.
        channel: String,
        /// Its time stamp.
        ts: String,
        /// Whether it was sent by itself, not in reply to anything.
        marked: bool,
        /// Whether it came as an answer to this person's act.
        answer: bool,
    },
    /// A message that only this person sees.
    Private {
        /// The conversation.
        channel: String,
        /// Its time stamp.
        ts: String,
    },
    /// The modal on top.
    Modal(String),
    /// The home tab.
    Home,
}

/// Everything that the bot brought into somebody's sight since a mark, in order.
pub fn since(world: &World, team: &str, user: &str, mark: u64, now: Instant) -> Vec<Sight> {
    let t = world.team(team);
    let eyes = Eyes::of(world, team, user, now);
    let mut found = Vec::new();
    for channel in t.channels.values().filter(|c| c.members.contains(user) || c.kind == super::Kind::Public) {
        for post in channel.posts.iter().filter(|p| p.seen > mark && !p.deleted && p.user == t.bot_user) {
            if post.only.as_deref().is_some_and(|only| only != user) {
                continue;
            }
            let (channel, ts) = (channel.id.clone(), post.ts.clone());
            let place = if post.only.is_some() {
                Place::Private { channel, ts }
            } else {
                let answer = post.through.as_deref() == Some(user);
                Place::Post { channel, ts, marked: post.metadata.is_some(), answer }
            };
            let files = post.files.iter().filter_map(|id| t.files.get(id));
            let files = files.map(|file| format!("[file: {} ({})]", file.name, file.alt));
            let parts =
                std::iter::once(eyes.blocks(&post.blocks)).chain(files).filter(|part| !part.is_empty());
            found.push(Sight { seen: post.seen, place, text: parts.collect::<Vec<_>>().join("\n") });
        }
    }
    if let Some(view) = t.top(user).filter(|view| view.seen > mark) {
        found.push(Sight { seen: view.seen, place: Place::Modal(view.id.clone()), text: eyes.view(view) });
    }
    if let Some(home) = t.homes.get(user).filter(|home| home.seen > mark) {
        let blocks = home.value["blocks"].as_array().cloned().unwrap_or_default();
        found.push(Sight { seen: home.seen, place: Place::Home, text: eyes.blocks(&blocks) });
    }
    found.sort_by_key(|sight| sight.seen);
    found
}
