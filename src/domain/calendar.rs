//! Calendar files after RFC 5545, as calendars everywhere read them: UTC instants, so that no zone table is needed;
//! one name for a meetup for good; a sequence that grows with each change. No line is longer than 75 octets, and no
//! outside text can begin a line of its own.

use super::civil::{Instant, Zone};

/// The most octets in a line, its break not counted.
const LINE: usize = 75;
const BREAK: &str = "\r\n";

/// Something in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name for good, the same in every file.
    pub uid: String,
    /// Grows with each change; the highest counts.
    pub sequence: i64,
    /// When this file was made.
    pub stamp: Instant,
    /// When it begins.
    pub starts: Instant,
    /// When it ends.
    pub ends: Instant,
    /// One line.
    pub summary: String,
    /// More words; line breaks are kept.
    pub description: String,
    /// Room, address or call link; may be empty.
    pub place: String,
    /// Whether it is off.
    pub cancelled: bool,
}

/// A calendar file with these entries, in UTF-8.
pub fn file(entries: &[Entry]) -> String {
    let mut out = String::new();
    for line in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Roundtable//Roundtable//EN", "CALSCALE:GREGORIAN"]
    {
        push(&mut out, line);
    }
    // A publication: nobody is asked for an answer by mail, for answers are given where people talk.
    push(&mut out, "METHOD:PUBLISH");
    for entry in entries {
        event(&mut out, entry);
    }
    push(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, entry: &Entry) {
    push(out, "BEGIN:VEVENT");
    push(out, &format!("UID:{}", escaped(&entry.uid)));
    push(out, &format!("DTSTAMP:{}", utc(entry.stamp)));
    push(out, &format!("SEQUENCE:{}", entry.sequence));
    push(out, &format!("DTSTART:{}", utc(entry.starts)));
    push(out, &format!("DTEND:{}", utc(entry.ends.max(entry.starts))));
    push(out, &format!("SUMMARY:{}", escaped(&entry.summary)));
    for (name, text) in [("DESCRIPTION", &entry.description), ("LOCATION", &entry.place)] {
        if !text.is_empty() {
            push(out, &format!("{name}:{}", escaped(text)));
        }
    }
    if let Some(link) = link(&entry.place) {
        push(out, &format!("URL:{link}"));
    }
    push(out, if entry.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    push(out, if entry.cancelled { "TRANSP:TRANSPARENT" } else { "TRANSP:OPAQUE" });
    push(out, "END:VEVENT");
}

/// A place that is a web address and nothing else. The value of a URL is not escaped, so it must be plain.
fn link(place: &str) -> Option<&str> {
    let plain = place.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\'));
    (place.starts_with("https://") && plain).then_some(place)
}

/// `20270314T150000Z`.
fn utc(at: Instant) -> String {
    Zone::utc().civil(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value: what has a meaning is escaped, line breaks become `\n`, other control characters go.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded between characters: what follows a fold begins with a space, which counts.
fn push(out: &mut String, line: &str) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LINE {
            out.push_str(BREAK);
            out.push(' ');
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str(BREAK);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            uid: "01m@roundtable".into(),
            sequence: 2,
            stamp: Instant::from_secs(1_799_053_200),
            starts: "2027-03-14T15:00:00Z".parse().expect("an instant"),
            ends: "2027-03-14T16:15:00Z".parse().expect("an instant"),
            summary: "Group 1, meetup 3".into(),
            description: "Theme: how we came to lead.".into(),
            place: "https://meet.example/p".into(),
            cancelled: false,
        }
    }

    /// The lines as a reader sees them, folds undone.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_entry_is_written_as_the_standard_says() {
        assert_eq!(
            unfolded(&file(&[entry()])),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Roundtable//Roundtable//EN",
                "CALSCALE:GREGORIAN",
                "METHOD:PUBLISH",
                "BEGIN:VEVENT",
                "UID:01m@roundtable",
                "DTSTAMP:20270104T090000Z",
                "SEQUENCE:2",
                "DTSTART:20270314T150000Z",
                "DTEND:20270314T161500Z",
                "SUMMARY:Group 1\\, meetup 3",
                "DESCRIPTION:Theme: how we came to lead.",
                "LOCATION:https://meet.example/p",
                "URL:https://meet.example/p",
                "STATUS:CONFIRMED",
                "TRANSP:OPAQUE",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn what_is_off_keeps_its_name_and_says_so() {
        let off = Entry { cancelled: true, sequence: 3, ..entry() };
        let lines = unfolded(&file(&[off]));
        for line in ["UID:01m@roundtable", "SEQUENCE:3", "STATUS:CANCELLED"] {
            assert!(lines.iter().any(|l| l == line), "{line} in {lines:?}");
        }
    }

    #[test]
    fn outside_text_cannot_begin_a_line_and_is_read_back_as_it_was() {
        let place = "Room 4; second floor, left\nEND:VEVENT\r\nX:\\y\u{7}".to_owned();
        let text = file(&[Entry { place, ..entry() }]);
        assert_eq!(text.matches("END:VEVENT\r\n").count(), 1);
        let lines = unfolded(&text);
        assert!(
            lines.contains(&"LOCATION:Room 4\\; second floor\\, left\\nEND:VEVENT\\nX:\\\\y".to_owned()),
            "{lines:?}"
        );
        assert!(!text.contains("URL:"));
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_longer_than_75_octets_and_folds_lose_nothing(words in "\\PC{0,300}") {
            let text = file(&[Entry { summary: words.clone(), ..entry() }]);
            proptest::prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE));
            proptest::prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
            let line = format!("SUMMARY:{}", escaped(&words));
            proptest::prop_assert!(unfolded(&text).contains(&line));
        }
    }
}
