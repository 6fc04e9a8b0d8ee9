//! The columns of a list of people: their names, and the first line of a file.
//!
//! Invariant: a column is known by one name or an alias of it, or it is a fault; none is passed over in silence unless
//! the rules say so.

use std::collections::BTreeMap;

use super::fault::{Fault, Faults, meant};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is said by `Column::NAMES`")]
pub enum Column {
    Id,
    Name,
    Email,
    Role,
    Capacity,
    Organisation,
    Unit,
    Department,
    Industry,
    NewTo,
    Region,
    Level,
    Needs,
    Offers,
    Interests,
    Goals,
    Languages,
    Zone,
    Availability,
    GoodHours,
    Manager,
    Wishes,
    Vetoes,
    LeftOut,
    BadHour,
    InOffice,
    OfficeYears,
    Coach,
    WantsCoach,
    LeadsElsewhere,
}

impl Column {
    /// Each column with its name and other names for it, spelt as [`plain`] leaves them.
    pub const NAMES: [(Self, &'static str, &'static [&'static str]); 30] = [
        (Self::Id, "id", &["person", "person id", "employee id"]),
        (Self::Name, "name", &["full name"]),
        (Self::Email, "email", &["e mail", "mail", "email address"]),
        (Self::Role, "role", &["takes part as"]),
        (Self::Capacity, "capacity", &["mentor capacity", "groups"]),
        (Self::Organisation, "organisation", &["organization", "company", "employer"]),
        (Self::Unit, "unit", &["business unit", "division"]),
        (Self::Department, "department", &["function"]),
        (Self::Industry, "industry", &["sector"]),
        (Self::NewTo, "new to industry", &["new to"]),
        (Self::Region, "region", &["country"]),
        (Self::Level, "level", &["career level", "grade"]),
        (Self::Needs, "needs", &["wants help with"]),
        (Self::Offers, "offers", &["can help with", "expertise", "strengths"]),
        (Self::Interests, "interests", &["topics"]),
        (Self::Goals, "goals", &["goal"]),
        (Self::Languages, "languages", &["language"]),
        (Self::Zone, "zone", &["time zone", "timezone"]),
        (Self::Availability, "availability", &["hours", "available"]),
        (Self::GoodHours, "good hours", &["best hours"]),
        (Self::Manager, "manager", &["boss", "reports to", "line manager", "supervisor"]),
        (Self::Wishes, "wishes", &["would like to meet"]),
        (Self::Vetoes, "vetoes", &["would rather not meet"]),
        (Self::LeftOut, "left out before", &["left out"]),
        (Self::BadHour, "bad hour before", &["bad hour"]),
        (Self::InOffice, "in office", &["current"]),
        (Self::OfficeYears, "years in office", &["office years", "cio years"]),
        (Self::Coach, "coach", &["verified coach"]),
        (Self::WantsCoach, "wants coach", &["coach wanted"]),
        (Self::LeadsElsewhere, "leads elsewhere", &["groups elsewhere"]),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    fn read(text: &str) -> Option<Self> {
        let text = plain(text);
        let known = |row: &&(Self, &str, &[&str])| row.1 == text || row.2.contains(&text.as_str());
        Self::NAMES.iter().find(known).map(|row| row.0)
    }
}

/// Lower case, with single spaces instead of hyphens, underscores and the like.
pub(super) fn plain(text: &str) -> String {
    let spaced = text.to_lowercase().replace(['-', '_', '.', '/'], " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where each column stands.
pub(super) type Places = BTreeMap<Column, usize>;

/// Reads the first line of a file. Columns named in `ignored` are passed over.
pub(super) fn places<'a>(
    header: impl IntoIterator<Item = &'a str>,
    ignored: &[String],
    line: u64,
) -> Result<Places, Faults> {
    let ignored: Vec<String> = ignored.iter().map(|name| plain(name)).collect();
    let (mut found, mut faults) = (Places::new(), Faults::default());
    for (at, text) in header.into_iter().enumerate() {
        if ignored.contains(&plain(text)) {
            continue;
        }
        match Column::read(text) {
            Some(column) => {
                if found.insert(column, at).is_some() {
                    faults.add(Fault::at(
                        line,
                        format!("There are two columns for {}. Keep one of them.", column.name()),
                    ));
                }
            }
            None => faults.add(Fault::at(line, unknown(text, at))),
        }
    }
    if ![Column::Id, Column::Email, Column::Name].iter().any(|column| found.contains_key(column)) {
        faults.add(Fault::at(
            line,
            "Nothing here tells people apart. The first line names the columns, and one of them is \
             id, email or name.",
        ));
    }
    faults.unless(found)
}

fn unknown(text: &str, at: usize) -> String {
    if text.trim().is_empty() {
        return format!("Column {} has no name. Name it, or take it out.", at + 1);
    }
    let names = Column::NAMES.iter().map(|row| row.1);
    let hint = match meant(&plain(text), names.clone()) {
        Some(name) => format!("Did you mean \"{name}\"?"),
        None => format!("Columns I know: {}.", names.collect::<Vec<_>>().join(", ")),
    };
    let shown: String = text.trim().chars().take(40).collect();
    format!(
        "I do not know the column \"{shown}\". {hint} To leave it out of account, put \
         ignore_columns = [\"{shown}\"] on top of the rules."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_names_and_by_what_others_call_them() {
        let header = ["E-Mail", "Time_Zone", "Company", "notes"];
        let found = places(header, &["Notes".to_owned()], 1).unwrap();
        assert_eq!(found[&Column::Email], 0);
        assert_eq!(found[&Column::Zone], 1);
        assert_eq!(found[&Column::Organisation], 2);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn no_name_stands_for_two_columns() {
        let mut seen = std::collections::BTreeSet::new();
        for (_, name, others) in Column::NAMES {
            for text in others.iter().chain([&name]) {
                assert!(seen.insert(*text) && plain(text) == **text, "{text}");
            }
        }
    }

    #[test]
    fn unknown_double_and_missing_columns_are_named() {
        let faults = places(["Availabilty", "zone", "time zone", "", "shoe size"], &[], 1).unwrap_err();
        let told = faults.told("people.csv");
        for part in [
            "Did you mean \"availability\"?",
            "two columns for zone",
            "Column 4 has no name",
            "I do not know the column \"shoe size\". Columns I know: id, name, email",
            "Nothing here tells people apart",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
