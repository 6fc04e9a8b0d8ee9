//! Broken rules of a plan: typed, with words that say what to do.
//!
//! Invariant: plain data; `verify` alone decides what is a violation.

use super::reasons::{counted, listed};
use serde::{Deserialize, Serialize};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields repeat the same few words: group key, person id, count, limit")]
pub enum Violation {
    /// The plan has no group with this key.
    NoSuchGroup { group: usize },
    /// Two groups have one key.
    DuplicateKey { group: usize },
    /// Somebody who is not in the pool.
    UnknownPerson { person: String },
    /// A role the person did not sign up for.
    NotAsked { person: String, group: usize, as_mentor: bool },
    /// Fewer participants than allowed.
    TooFewParticipants { group: usize, have: usize, need: usize },
    /// More participants than allowed.
    TooManyParticipants { group: usize, have: usize, limit: usize },
    /// Fewer mentors than allowed.
    TooFewMentors { group: usize, have: usize, need: usize },
    /// More mentors than allowed.
    TooManyMentors { group: usize, have: usize, limit: usize },
    /// More groups than the person may mentor.
    OverCapacity { person: String, groups: usize, capacity: u8 },
    /// A participant with several seats.
    SeatedTwice { person: String, groups: Vec<usize> },
    /// Somebody who is in a group more than once.
    TwiceInGroup { person: String, group: usize },
    /// Two people of one reporting line.
    ReportingLine { group: usize, first: String, second: String },
    /// Two people who must not meet.
    KeptApart { group: usize, first: String, second: String },
    /// Two people with a conflict of interest; its reason stays secret.
    Conflict { group: usize, first: String, second: String },
    /// Two people with the same direct manager.
    SameManager { group: usize, first: String, second: String },
    /// A member with somebody they vetoed, where vetoes bind.
    Vetoed { group: usize, first: String, second: String },
    /// Time zones too far apart.
    ZonesTooWide { group: usize, minutes: u32, limit: u8 },
    /// Too many people of one organisation.
    OrganisationCrowded { group: usize, organisation: String, people: Vec<String>, limit: u8 },
    /// Too many people of one department.
    DepartmentCrowded { group: usize, department: String, people: Vec<String>, limit: u8 },
    /// Two people who must stay together and do not.
    Separated { first: String, second: String },
    /// Too many people of one unit.
    UnitCrowded { group: usize, unit: String, people: Vec<String>, limit: u8 },
    /// No language in common.
    NoCommonLanguage { group: usize },
    /// Too few hours in common.
    TooFewHours { group: usize, have: u32, need: u32 },
    /// A locked seat that the plan does not have.
    LockBroken { person: String, group: usize, as_mentor: bool },
    /// Somebody without a seat whom the plan does not list as unplaced.
    Forgotten { person: String, as_mentor: bool },
    /// Somebody listed as unplaced who has a seat, is listed twice, or has no such wish.
    WronglyUnplaced { person: String, as_mentor: bool },
    /// Common hours in the plan that differ from the members' hours.
    HoursMisstated { group: usize },
}

/// Minutes as hours, such as "9 hours" or "9 hours 30 minutes".
fn spread(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} hours"),
        (hours, rest) => format!("{hours} hours {rest} minutes"),
    }
}

impl Violation {
    /// Whether it is about the number of people of one unit, the one rule that staff may override.
    pub const fn is_unit(&self) -> bool {
        matches!(self, Self::UnitCrowded { .. })
    }

    /// The violation as sentences; `name_of` turns an id into a name.
    pub fn words(&self, name_of: &dyn Fn(&str) -> String) -> String {
        let role = |as_mentor: bool| if as_mentor { "a mentor" } else { "a participant" };
        match self {
            Self::NoSuchGroup { group } => format!("There is no group {group}. Choose one of the plan."),
            Self::DuplicateKey { group } => {
                format!("Two groups are numbered {group}. Form the groups again.")
            }
            Self::UnknownPerson { person } => {
                format!("{} is not taking part in this round. Ask them to join first.", name_of(person))
            }
            Self::NotAsked { person, group, as_mentor } => format!(
                "{} did not sign up as {}, so group {group} is not open to them. Change the role first.",
                name_of(person),
                role(*as_mentor)
            ),
            Self::TooFewParticipants { group, have, need } => format!(
                "Group {group} would have {} and needs {need}. Move somebody there first.",
                counted(*have, "participant", "participants")
            ),
            Self::TooManyParticipants { group, have, limit } => format!(
                "Group {group} would have {have} participants and may have {limit}. Move somebody out first."
            ),
            Self::TooFewMentors { group, have, need } => format!(
                "Group {group} would have {} and needs {need}. Add a mentor first.",
                counted(*have, "mentor", "mentors")
            ),
            Self::TooManyMentors { group, have, limit } => format!(
                "Group {group} would have {have} mentors and may have {limit}. Move a mentor out first."
            ),
            Self::OverCapacity { person, groups, capacity } => format!(
                "{} would mentor {groups} groups and agreed to {capacity}. Choose another mentor.",
                name_of(person)
            ),
            Self::SeatedTwice { person, .. } => {
                format!("{} has more than one seat as a participant. Keep one of them.", name_of(person))
            }
            Self::TwiceInGroup { person, group } => {
                format!("{} is in group {group} twice. Keep one of the seats.", name_of(person))
            }
            Self::ReportingLine { group, first, second } => format!(
                "{} and {} are in one reporting line, so they cannot share group {group}. \
                 Choose another group.",
                name_of(first),
                name_of(second)
            ),
            Self::KeptApart { group, first, second } => format!(
                "{} and {} should not share a group, so group {group} does not work. Choose another group.",
                name_of(first),
                name_of(second)
            ),
            Self::Conflict { .. }
            | Self::Vetoed { .. }
            | Self::SameManager { .. }
            | Self::UnitCrowded { .. }
            | Self::OrganisationCrowded { .. }
            | Self::DepartmentCrowded { .. }
            | Self::ZonesTooWide { .. } => self.newer_words(name_of),
            Self::Separated { first, second } => format!(
                "{} and {} stay together or have no seat. Move both to one group.",
                name_of(first),
                name_of(second)
            ),
            Self::NoCommonLanguage { group } => {
                format!("Group {group} would have no language in common. Choose another group.")
            }
            Self::TooFewHours { group, have, need } => format!(
                "Group {group} would share {} of the week and needs {need}. Choose another group.",
                counted(usize::try_from(*have).unwrap_or(usize::MAX), "hour", "hours")
            ),
            Self::LockBroken { person, group, as_mentor } => format!(
                "{} is kept in group {group} as {}. Let them go first.",
                name_of(person),
                role(*as_mentor)
            ),
            Self::Forgotten { person, .. } => {
                format!("{} has no seat and is not listed. Score the plan again.", name_of(person))
            }
            Self::WronglyUnplaced { person, .. } => {
                format!("{} is listed without a seat by mistake. Score the plan again.", name_of(person))
            }
            Self::HoursMisstated { group } => {
                format!("The common hours of group {group} are out of date. Score the plan again.")
            }
        }
    }

    /// Words about crowds, and about rules that not every programme uses.
    fn newer_words(&self, name_of: &dyn Fn(&str) -> String) -> String {
        // The place itself is kept folded, so it is not named.
        let crowded = |group: usize, limit: u8, place: &str, people: &[String]| {
            let names: Vec<String> = people.iter().map(|id| name_of(id)).collect();
            format!(
                "Group {group} may have {} of one {place}, and {} come from the same one. Choose another group.",
                counted(usize::from(limit), "person", "people"),
                listed(&names)
            )
        };
        match self {
            Self::UnitCrowded { group, people, limit, .. } => {
                crowded(*group, *limit, "organisation or unit", people)
            }
            Self::OrganisationCrowded { group, people, limit, .. } => {
                crowded(*group, *limit, "organisation", people)
            }
            Self::DepartmentCrowded { group, people, limit, .. } => {
                crowded(*group, *limit, "department", people)
            }
            Self::Conflict { group, first, second } | Self::Vetoed { group, first, second } => format!(
                "{} and {} cannot share a group, so group {group} does not work. Choose another group.",
                name_of(first),
                name_of(second)
            ),
            Self::SameManager { group, first, second } => format!(
                "{} and {} have the same manager, so they cannot share group {group}. \
                 Choose another group.",
                name_of(first),
                name_of(second)
            ),
            Self::ZonesTooWide { group, minutes, limit } => format!(
                "The time zones of group {group} would be {} apart and may be {limit} hours apart. \
                 Choose another group.",
                spread(*minutes)
            ),
            _ => String::new(),
        }
    }
}
