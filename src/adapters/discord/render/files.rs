//! Files of a message. What cannot be attached is said in words instead, so nothing disappears without a trace.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::limits;

/// A file to send along, as part `files[n]` of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// File name: letters, digits, `.`, `-` and `_`; each name once in a message.
    pub name: String,
    /// Such as `text/calendar`.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it shows, in words.
    pub alt: String,
}

impl Attached {
    /// Whether Discord can show it as a picture.
    pub fn is_picture(&self) -> bool {
        ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&self.media_type.as_str())
    }

    /// The address by which a component or an embed of the same message shows it.
    pub fn address(&self) -> String {
        format!("attachment://{}", self.name)
    }
}

/// Takes the files of a message as long as they fit.
#[derive(Debug, Default)]
pub struct Files {
    /// The files so far.
    pub taken: Vec<Attached>,
    names: BTreeSet<String>,
    bytes: usize,
}

impl Files {
    /// Takes a file and gives its position; nothing when it cannot be sent.
    pub fn take(&mut self, name: &str, media_type: &str, alt: &str, base64: &str) -> Option<usize> {
        let bytes = STANDARD.decode(base64.trim()).ok()?;
        let room = self.bytes + bytes.len() <= limits::ALL_FILES_BYTES && bytes.len() <= limits::FILE_BYTES;
        if !room || self.taken.len() >= limits::FILES {
            return None;
        }
        self.bytes += bytes.len();
        let name = self.free(&safe(name));
        let alt = crate::chat::plain::clean(alt);
        let alt = limits::cut(alt.trim(), limits::ALT);
        self.taken.push(Attached { name, media_type: media_type.to_owned(), bytes, alt });
        Some(self.taken.len() - 1)
    }

    fn free(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut n = 2;
        while !self.names.insert(free.to_lowercase()) {
            free = format!("{n}-{name}");
            n += 1;
        }
        free
    }
}

/// A name that means the same everywhere.
fn safe(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches(|c| c == '.' || c == '-');
    // The ending says what it is, so a long name loses its beginning.
    let name = &name[name.len().saturating_sub(80)..];
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

/// The files as a message names them.
pub fn listed(files: &[Attached]) -> Vec<Value> {
    let each = files.iter().enumerate().map(|(i, file)| {
        let mut entry = json!({"id": i.to_string(), "filename": file.name});
        if !file.alt.is_empty() {
            entry["description"] = json!(file.alt);
        }
        entry
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_each_is_there_once() {
        let mut files = Files::default();
        for name in ["meetup.ics", "Meetup.ics", "../a b\u{202e}.png", "", "…"] {
            files.take(name, "text/calendar", " when ", "aGk=").expect("taken");
        }
        let names: Vec<&str> = files.taken.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["meetup.ics", "2-Meetup.ics", "a-b-.png", "file", "2-file"]);
        assert_eq!(
            listed(&files.taken)[0],
            json!({"id": "0", "filename": "meetup.ics", "description": "when"})
        );
        assert_eq!(files.taken[0].bytes, b"hi");
    }

    #[test]
    fn what_cannot_be_sent_is_not_taken() {
        let mut files = Files::default();
        assert_eq!(files.take("a", "image/png", "", "not base64!"), None);
        let large = STANDARD.encode(vec![0; limits::FILE_BYTES + 1]);
        assert_eq!(files.take("a", "image/png", "", &large), None);
        for _ in 0..limits::FILES {
            assert!(files.take("a", "image/png", "", "aGk=").is_some());
        }
        assert_eq!(files.take("a", "image/png", "", "aGk="), None, "ten are the most");
    }
}
