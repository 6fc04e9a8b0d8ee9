//! The rules of a programme, as a TOML file.
//!
//! Invariant: a key that nobody knows is a fault with its line; names stay as written, with their lines, until they
//! are looked up in the list of people.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::fault::{Fault, Faults};
use super::slips;
use crate::domain::civil::Zone;
use crate::domain::formation::{ConflictKind, Rules};
use crate::domain::words::Difference;

/// Most bytes of a file of rules.
const MOST_BYTES: usize = 4 << 20;

/// A name as written, with where it stands.
pub(super) type Named = Spanned<String>;

/// Names between brackets, with where they stand.
pub(super) type Set = Spanned<Vec<Named>>;

/// The file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulesFile {
    /// Columns of the list of people that are left out of account.
    pub ignore_columns: Vec<String>,
    /// When and where.
    pub programme: Programme,
    /// Sizes, quotas, limits and weights.
    pub groups: Option<Spanned<Rules>>,
    /// Sets of people of whom no two share a group.
    pub(super) apart: Vec<Set>,
    /// Sets of people who share a group, such as a group that goes on.
    pub(super) together: Vec<Set>,
    /// Conflicts of interest.
    pub(super) conflicts: Vec<Spanned<Conflicting>>,
    /// Earlier groups.
    pub(super) met: Vec<Met>,
    /// Seats that are decided.
    pub(super) locks: Vec<Seat>,
    #[serde(skip)]
    text: String,
}

/// `[programme]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Programme {
    /// Name for the report.
    pub name: String,
    /// First day.
    pub starts: Option<Spanned<String>>,
    /// Last day.
    pub ends: Option<Spanned<String>>,
    /// In what the people of a group differ; the organisation unless it says otherwise.
    pub difference: Option<Difference>,
    /// Zone of people who name none.
    pub zone: Option<Spanned<String>>,
}

/// `[[conflicts]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conflicting {
    #[serde(default)]
    pub(super) organisations: Vec<String>,
    #[serde(default)]
    pub(super) people: Vec<Named>,
    #[serde(default)]
    pub(super) kind: ConflictKind,
}

/// `[[met]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Met {
    pub(super) people: Vec<Named>,
    #[serde(default)]
    pub(super) rounds_ago: u16,
}

/// `[[locks]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seat {
    pub(super) person: Named,
    pub(super) group: usize,
    #[serde(default)]
    pub(super) role: SeatRole,
}

/// As what somebody has a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SeatRole {
    #[default]
    Participant,
    Mentor,
}

/// Reads a file of rules.
pub fn read(bytes: &[u8]) -> Result<RulesFile, Faults> {
    if bytes.len() > MOST_BYTES {
        let what = "The file is too long to be a set of rules. Send the rules here and the people in their own file.";
        return Err(Faults::one(Fault::whole(what)));
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]), usize::MAX);
        Faults::one(Fault::at(line, "A letter here is not written in UTF-8. Save the file as UTF-8 text."))
    })?;
    let (file, slips) = slips::read::<RulesFile>(text);
    let mut faults = Faults::default();
    for slip in &slips {
        faults.add(Fault { line: slip.at.map(|at| line_at(text, at)), what: slip.what.clone() });
    }
    let file = RulesFile { text: text.to_owned(), ..file.unwrap_or_default() };
    // A part of which something was set aside says other things than its author meant.
    file.contradictions(&slips.iter().map(|slip| slip.key.as_str()).collect(), &mut faults);
    file.dates(&mut faults);
    faults.unless(file)
}

impl RulesFile {
    /// The line of a place of the file.
    pub(super) fn line(&self, at: &Range<usize>) -> u64 {
        line_at(&self.text, at.start)
    }

    /// A fault at a place of the file.
    pub(super) fn fault(&self, at: &Range<usize>, what: impl Into<String>) -> Fault {
        Fault::at(self.line(at), what)
    }

    /// The rules, or the usual ones.
    pub fn rules(&self) -> Rules {
        self.groups.as_ref().map(|groups| groups.get_ref().clone()).unwrap_or_default()
    }

    /// In what the people of a group differ.
    pub(super) fn difference(&self) -> Difference {
        self.programme.difference.unwrap_or(Difference::Organisation)
    }

    /// First and last day; the last one stands for the first where there is only one.
    pub(super) fn days(&self) -> Option<(Date, Date)> {
        let day = |text: &Option<Spanned<String>>| {
            text.as_ref().and_then(|text| text.get_ref().trim().parse().ok())
        };
        let (starts, ends): (Option<Date>, Option<Date>) =
            (day(&self.programme.starts), day(&self.programme.ends));
        Some((starts.or(ends)?, ends.or(starts)?))
    }

    /// Zone of people who name none.
    pub(super) fn zone(&self) -> Option<Zone> {
        self.programme.zone.as_ref().and_then(|zone| Zone::parse(zone.get_ref()).ok())
    }

    /// Tells what cannot be meant, except in the parts that could not be read whole.
    fn contradictions(&self, unread: &BTreeSet<&str>, faults: &mut Faults) {
        if let Some(groups) = self.groups.as_ref().filter(|_| !unread.contains("groups")) {
            for fault in groups.get_ref().faults() {
                faults.add(self.fault(&groups.span(), fault.to_string()));
            }
        }
        for (key, sets) in [("apart", &self.apart), ("together", &self.together)] {
            for set in sets.iter().filter(|set| set.get_ref().len() < 2 && !unread.contains(key)) {
                let what = "One name alone binds nobody. Put two or more people between the brackets.";
                faults.add(self.fault(&set.span(), what));
            }
        }
        for conflict in self.conflicts.iter().filter(|_| !unread.contains("conflicts")) {
            let sides = conflict.get_ref().organisations.len() + conflict.get_ref().people.len();
            if sides < 2 {
                let what = "A conflict has two sides. Name two organisations, two people, or one of each.";
                faults.add(self.fault(&conflict.span(), what));
            }
            let organisations = &conflict.get_ref().organisations;
            let sides: BTreeSet<String> =
                organisations.iter().map(|name| name.trim().to_lowercase()).collect();
            if sides.len() < organisations.len() {
                let what = "One organisation stands here twice. Name two that are different.";
                faults.add(self.fault(&conflict.span(), what));
            }
        }
    }

    fn dates(&self, faults: &mut Faults) {
        let Programme { starts, ends, zone, .. } = &self.programme;
        for day in [starts, ends].into_iter().flatten() {
            if day.get_ref().trim().parse::<Date>().is_err() {
                let what = format!("\"{}\" is no date. Write it as \"2027-01-31\".", day.get_ref());
                faults.add(self.fault(&day.span(), what));
            }
        }
        if let (Some((first, last)), Some(ends)) = (self.days(), ends)
            && last < first
        {
            let what = "The programme ends before it starts. Put one of the two dates right.";
            faults.add(self.fault(&ends.span(), what));
        }
        if let Some(zone) = zone
            && let Err(error) = Zone::parse(zone.get_ref())
        {
            faults.add(self.fault(&zone.span(), error.to_string()));
        }
    }
}

#[allow(clippy::naive_bytecount)] // Only where there is a fault to tell.
fn line_at(text: &str, offset: usize) -> u64 {
    let offset = offset.min(text.len());
    let before = text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(before).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str) -> String {
        read(file.as_bytes()).map_or_else(|faults| faults.told("rules.toml"), |_| String::new())
    }

    #[test]
    fn an_empty_file_means_the_usual_rules() {
        let file = read(b"").unwrap();
        assert_eq!(file.rules(), Rules::default());
        assert_eq!(file.days(), None);
    }

    #[test]
    fn the_whole_language_is_read() {
        let file = read(include_bytes!("example/rules.toml")).unwrap();
        assert_eq!(file.rules().max_zone_spread, Some(6));
        assert_eq!(file.rules().weights.needs, 50);
        assert_eq!((file.apart.len(), file.together.len(), file.conflicts.len()), (1, 1, 2));
        assert_eq!((file.met.len(), file.locks.len()), (1, 1));
        assert!(file.days().is_some_and(|(first, last)| first < last));
    }

    #[test]
    fn unknown_rules_are_told_with_their_line_and_the_likely_one() {
        assert_eq!(
            told("[groups]\nmin_partcipants = 3\n"),
            "rules.toml, line 2: I do not know the rule min_partcipants. Did you mean min_participants?\n"
        );
        assert!(
            told("shoes = 3\n")
                .contains("line 1: I do not know the rule shoes. Here may stand: ignore_columns")
        );
        assert!(told("[groups\n").contains("line 1: This is not a rule I can read"));
        assert!(
            told("[groups]\nper_unit = \"two\"\n").contains(
                "line 2: Here stands the text \"two\". Write a whole number from 0 to 255 instead."
            )
        );
    }

    #[test]
    fn all_faults_are_told_at_once_with_their_lines() {
        let told = told(
            "apart = [[\"ada\"], [\"ben\", 3]]\nshoes = 1\n[programme]\nstarts = \"soon\"\n\
             [groups]\nmin_participants = -1\nper_unit = 300\n\
             [[conflicts]]\norganisations = [\"Acme\"]\n[[conflicts]]\norganisations = []\n\
             [[locks]]\nperson = \"ada\"\ngroup = \"one\"\nrole = \"chief\"\n",
        );
        let lines: Vec<&str> = told.lines().collect();
        for (line, part) in [
            (1, "Here stands 3. Write a text in quotation marks instead."),
            (2, "I do not know the rule shoes."),
            (4, "\"soon\" is no date"),
            (6, "Here stands -1. Write a whole number, 0 or more, instead."),
            (7, "Here stands 300. Write a whole number from 0 to 255 instead."),
            (8, "A conflict has two sides."),
            (10, "A conflict has two sides."),
            (14, "Here stands the text \"one\". Write a whole number, 0 or more, instead."),
            (15, "I do not know the word \"chief\" here. Here may stand: participant, mentor."),
        ] {
            let start = format!("rules.toml, line {line}: {part}");
            assert!(lines.iter().any(|line| line.starts_with(&start)), "{start} in {told}");
        }
        assert_eq!(lines.len(), 9, "{told}");
        let several = self::told("[groups]\nmin_participants = 9\nper_unit = 0\nslot_hours = 0\n");
        assert_eq!(several.lines().count(), 3, "{several}");
    }

    #[test]
    fn contradictions_within_the_rules_are_told_with_their_line() {
        for (file, part) in [
            ("\n[groups]\nmin_participants = 9\n", "at least 9 and at most 8 participants. Lower"),
            ("apart = [[\"ada\"]]", "line 1: One name alone"),
            ("[[conflicts]]\norganisations = [\"Acme\"]", "line 1: A conflict has two sides"),
            (
                "[[conflicts]]\norganisations = [\"Acme\", \" ACME\"]",
                "line 1: One organisation stands here twice",
            ),
            ("[programme]\nstarts = \"soon\"", "line 2: \"soon\" is no date"),
            (
                "[programme]\nstarts = \"2027-02-01\"\nends = \"2027-01-01\"",
                "line 3: The programme ends before",
            ),
            ("[programme]\nzone = \"Atlantis\"", "line 2: "),
        ] {
            assert!(told(file).contains(part), "{part} in {}", told(file));
        }
    }
}
