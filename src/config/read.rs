//! Reads the configuration file key by key. Invariant: every fault of the file is found in one go, and a key
//! that nobody knows is a fault.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::ConfigFault;
use super::secret::{is_secret_key, variable_for};

/// Every key there is, by section; the keys of the section "" stand at the head of the file.
pub(super) const KEYS: [(&str, &[&str]); 8] = [
    ("", &["mode"]),
    ("database", &["url"]),
    ("playground", &["listen"]),
    ("operations", &["listen"]),
    ("content", &["folder"]),
    ("logging", &["filter"]),
    (
        "discord",
        &[
            "admins",
            "api",
            "application_id",
            "gateway",
            "listen",
            "member_intent",
            "mode",
            "new_direct_per_day",
            "public_key",
            "rooms",
        ],
    ),
    ("slack", &["admins", "api", "listen", "mode", "public_url", "workspaces"]),
];

/// A value and the line it stands on.
pub(super) struct Placed<T> {
    pub(super) line: usize,
    pub(super) value: T,
}

/// A file being read, with the faults found so far.
pub(super) struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    table: DeTable<'a>,
    bad_lines: Vec<usize>,
    faults: Vec<ConfigFault>,
}

impl<'a> Reader<'a> {
    /// Parses the text, and complains about what is no TOML and about keys that do not belong.
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader =
            Self { file, text, table: table.into_inner(), bad_lines: Vec::new(), faults: Vec::new() };
        for error in &errors {
            let line = reader.line(error.span().map_or(0, |span| span.start));
            if !reader.bad_lines.contains(&line) {
                let what = format!("this is not valid TOML: {}. {}", one_line(error.message()), SYNTAX_HINT);
                reader.fault(line, "", what);
                reader.bad_lines.push(line);
            }
        }
        reader.check_keys();
        reader
    }

    /// The text under a key; `None` when it is not there, and a fault when it is something else.
    pub(super) fn text(&mut self, section: &str, key: &str) -> Option<Placed<String>> {
        let wanted = |found: &DeValue<'_>| match found {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        };
        self.value(section, key, wanted, "Please write a text in quotes.")
    }

    /// The yes or no under a key, as [`Reader::text`].
    pub(super) fn flag(&mut self, section: &str, key: &str) -> Option<Placed<bool>> {
        let wanted = |found: &DeValue<'_>| match found {
            DeValue::Boolean(yes) => Some(*yes),
            _ => None,
        };
        self.value(section, key, wanted, "Please write true or false, without quotes.")
    }

    /// The whole number under a key, as [`Reader::text`]; digits as somebody wrote them, without `_`.
    pub(super) fn number(&mut self, section: &str, key: &str) -> Option<Placed<String>> {
        let wanted = |found: &DeValue<'_>| match found {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().replace('_', "")),
            _ => None,
        };
        self.value(section, key, wanted, "Please write a whole number, without quotes.")
    }

    fn value<T>(
        &mut self,
        section: &str,
        key: &str,
        wanted: impl Fn(&DeValue<'_>) -> Option<T>,
        hint: &str,
    ) -> Option<Placed<T>> {
        let found = if section.is_empty() {
            self.table.get(key)
        } else {
            self.table.get(section)?.get_ref().as_table()?.get(key)
        }?;
        let line = self.line(found.span().start);
        if let Some(value) = wanted(found.get_ref()) {
            return Some(Placed { line, value });
        }
        let what = format!("this is {}. {hint}", kind(found.get_ref()));
        self.fault(line, &path(section, key), what);
        None
    }

    /// Notes a fault, unless the line could not be read anyway.
    pub(super) fn fault(&mut self, line: usize, key: &str, what: impl Into<String>) {
        if !self.bad_lines.contains(&line) {
            let file = Some(self.file.to_owned());
            self.faults.push(ConfigFault { file, line, key: printable(key), what: what.into() });
        }
    }

    /// All faults found.
    pub(super) fn into_faults(self) -> Vec<ConfigFault> {
        self.faults
    }

    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or(self.text).matches('\n').count() + 1
    }

    fn check_keys(&mut self) {
        let table = self.table.clone();
        for (key, value) in &table {
            let name = key.get_ref().as_ref();
            let line = self.line(key.span().start);
            let known = KEYS.iter().find(|(section, _)| *section == name && !section.is_empty());
            match (known, value.get_ref()) {
                (Some((section, keys)), DeValue::Table(inner)) => self.check_section(section, keys, inner),
                (Some((section, _)), other) => {
                    let what = format!("this is {}. Please write it as a section, [{section}].", kind(other));
                    self.fault(line, section, what);
                }
                (None, DeValue::Table(inner)) => {
                    self.fault(line, name, format!("there is no such section. {}", near_section(name)));
                    self.check_strange(name, inner);
                }
                (None, _) if KEYS[0].1.contains(&name) => {}
                (None, _) => self.strange_key("", key, KEYS[0].1),
            }
        }
    }

    fn check_section(&mut self, section: &str, keys: &[&str], table: &DeTable<'_>) {
        for (key, value) in table {
            if !keys.contains(&key.get_ref().as_ref()) {
                self.strange_key(section, key, keys);
                if let DeValue::Table(inner) = value.get_ref() {
                    self.check_strange(&path(section, key.get_ref()), inner);
                }
            }
        }
    }

    /// Of a section that nobody knows, only its secrets are worth a word of their own.
    fn check_strange(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let place = path(section, key.get_ref());
            if is_secret_key(key.get_ref()) {
                self.strange_key(section, key, &[]);
            } else if let DeValue::Table(inner) = value.get_ref() {
                self.check_strange(&place, inner);
            }
        }
    }

    fn strange_key(&mut self, section: &str, key: &Spanned<std::borrow::Cow<'_, str>>, siblings: &[&str]) {
        let name = key.get_ref().as_ref();
        let place = path(section, name);
        let what = if is_secret_key(name) {
            let variable = variable_for(&place);
            format!(
                "secrets are never read from this file. Please remove the line and set the environment \
                 variable {variable}, or {variable}_FILE with the name of a file that holds the secret."
            )
        } else {
            format!("there is no such key. {}", near_key(section, name, siblings))
        };
        self.fault(self.line(key.span().start), &place, what);
    }
}

const SYNTAX_HINT: &str = "Please correct the line; texts stand in quotes, as in filter = \"info\".";

fn path(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

/// Keys in quotes may hold anything; control characters must not reach a terminal.
fn printable(key: &str) -> String {
    key.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What somebody wrote, in words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// The likeliest of the words that somebody may have meant, if one is near: much alike, or one slip away.
pub(super) fn nearest<'a>(typed: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    words
        .map(|word| (strsim::jaro_winkler(&typed, word), word))
        .filter(|(likeness, word)| *likeness > 0.8 || strsim::osa_distance(&typed, word) <= 1)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

fn near_section(name: &str) -> String {
    let sections = || KEYS.iter().map(|(section, _)| *section).filter(|section| !section.is_empty());
    match nearest(name, sections()) {
        Some(section) => format!("Did you mean [{section}]?"),
        None => format!("Please remove it; the sections are {}.", sections().collect::<Vec<_>>().join(", ")),
    }
}

fn near_key(section: &str, name: &str, siblings: &[&str]) -> String {
    if let Some(key) = nearest(name, siblings.iter().copied()) {
        return format!("Did you mean {}?", path(section, key));
    }
    let homes: Vec<String> =
        KEYS.iter().filter(|(_, keys)| keys.contains(&name)).map(|(home, _)| path(home, name)).collect();
    if homes.is_empty() {
        format!("Please remove it; you can set {} here.", siblings.join(", "))
    } else {
        format!("Please move it to its own section: {}.", homes.join(" or "))
    }
}
