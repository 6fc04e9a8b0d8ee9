//! Zone names that somebody may have meant: cities, abbreviations and slips of the keyboard.
//!
//! Invariant: every suggestion is a name that [`Zone::parse`] accepts.

use std::collections::BTreeSet;

use super::zone::{Zone, is_fixed_offset};

/// Names people type that no zone name contains, and the zone they stand for.
const HINTS: &[(&str, &str)] = &[
    ("amsterdam", "Europe/Amsterdam"),
    ("atlanta", "America/New_York"),
    ("austin", "America/Chicago"),
    ("bangalore", "Asia/Kolkata"),
    ("barcelona", "Europe/Madrid"),
    ("beijing", "Asia/Shanghai"),
    ("bengaluru", "Asia/Kolkata"),
    ("boston", "America/New_York"),
    ("bst", "Europe/London"),
    ("cet", "Europe/Berlin"),
    ("cest", "Europe/Berlin"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("dallas", "America/Chicago"),
    ("delhi", "Asia/Kolkata"),
    ("edinburgh", "Europe/London"),
    ("edt", "America/New_York"),
    ("est", "America/New_York"),
    ("frankfurt", "Europe/Berlin"),
    ("geneva", "Europe/Zurich"),
    ("hamburg", "Europe/Berlin"),
    ("hst", "Pacific/Honolulu"),
    ("hyderabad", "Asia/Kolkata"),
    ("ist", "Asia/Kolkata"),
    ("manchester", "Europe/London"),
    ("mdt", "America/Denver"),
    ("milan", "Europe/Rome"),
    ("montreal", "America/Toronto"),
    ("mst", "America/Denver"),
    ("mumbai", "Asia/Kolkata"),
    ("munich", "Europe/Berlin"),
    ("osaka", "Asia/Tokyo"),
    ("ottawa", "America/Toronto"),
    ("pdt", "America/Los_Angeles"),
    ("philadelphia", "America/New_York"),
    ("pst", "America/Los_Angeles"),
    ("rio", "America/Sao_Paulo"),
    ("san francisco", "America/Los_Angeles"),
    ("seattle", "America/Los_Angeles"),
    ("washington", "America/New_York"),
];

/// Up to five likely names: a known hint, then names that contain the text, then near misses.
pub(super) fn suggest(given: &str) -> Vec<String> {
    let typed = given.trim().to_lowercase().replace('_', " ");
    let hinted = HINTS.iter().filter(|(hint, _)| *hint == typed).map(|(_, name)| (*name).to_owned());
    let mut found: Vec<String> = hinted.collect();
    let city = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase().replace('_', " ");
    if typed.len() >= 3 && !is_fixed_offset(&typed) {
        let mut near: Vec<(u8, u32, &String)> = Vec::new();
        for name in Zone::all().iter().filter(|name| name.contains('/')) {
            let whole = name.to_lowercase().replace('_', " ");
            let exact = u8::from(city(name) != typed);
            let score = strsim::jaro_winkler(&city(name), &typed).max(strsim::jaro_winkler(&whole, &typed));
            if whole.contains(&typed) {
                near.push((exact, 0, name));
            } else if score > 0.88 {
                near.push((2, distance(score), name));
            }
        }
        near.sort();
        found.extend(near.into_iter().map(|(_, _, name)| name.clone()));
    }
    let mut seen = BTreeSet::new();
    found.retain(|name| seen.insert(name.clone()));
    found.truncate(5);
    found
}

/// A likeness of 0 to 1 as a whole number to sort by, nearest first.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn distance(likeness: f64) -> u32 {
    ((1.0 - likeness) * 1_000.0).max(0.0) as u32
}
