//! Why a problem has no plan at all: contradictions in rules, people and locks, in typed form.
//!
//! Invariant: a fault names the people and the rule, and its words end with what to do.

use super::rules::RulesFault;
use super::stops::Barrier;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A problem that cannot be solved as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Infeasible {
    /// The rules contradict each other.
    Rules(RulesFault),
    /// Two people of the pool have one id.
    DuplicatePerson {
        /// The id.
        person: String,
    },
    /// The locks contradict the rules or each other; at least one.
    Locks(Vec<LockFault>),
    /// People who must stay together cannot; at least one, each with the fewest ties that show it.
    Together(Vec<Tie>),
}

/// The smallest set of ties between people that some rule contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// Pairs of ids that must stay together; without any one of them the contradiction is gone.
    pub ties: Vec<(String, String)>,
    /// Ids of the people whom the rule keeps apart, or who are too many.
    pub people: Vec<String>,
    /// What stands against them.
    pub clash: Clash,
}

/// What keeps people who must stay together out of any group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// A rule about pairs or groups.
    Rule(Barrier),
    /// More people than a group may have.
    TooMany,
    /// Somebody who neither wants a seat nor mentors.
    NoRole,
}

impl Tie {
    /// The contradiction as sentences; `name_of` turns an id into a name.
    pub fn words(&self, name_of: &dyn Fn(&str) -> String) -> String {
        let names = self.people.iter().map(|id| name_of(id)).collect::<Vec<_>>().join(", ");
        let why = match self.clash {
            Clash::TooMany => "are more people than a group may have",
            Clash::NoRole => "takes no part in this round",
            Clash::Rule(Barrier::ReportingLine) => "are in one reporting line",
            Clash::Rule(Barrier::Language) => "have no language in common",
            Clash::Rule(Barrier::Hours) => "have too few common hours",
            Clash::Rule(Barrier::Zones) => "live in time zones too far apart",
            Clash::Rule(Barrier::Unit) => "come from one organisation or unit",
            Clash::Rule(Barrier::Organisation) => "come from one organisation",
            Clash::Rule(Barrier::Department) => "come from one department",
            Clash::Rule(Barrier::SameManager) => "have the same manager",
            Clash::Rule(_) => "cannot share a group",
        };
        let ties: Vec<String> =
            self.ties.iter().map(|(a, b)| format!("{} with {}", name_of(a), name_of(b))).collect();
        format!(
            "{names} should stay together but {why}. Remove one of these ties or ease the rule: {}.",
            ties.join("; ")
        )
    }
}

/// Two people who must not share a group, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Apart {
    /// One is above the other.
    ReportingLine,
    /// Somebody asked to keep them apart.
    KeptApart,
    /// A conflict of interest; the reason stays secret.
    Conflict,
    /// They have the same direct manager.
    SameManager,
}

impl From<Barrier> for Apart {
    fn from(barrier: Barrier) -> Self {
        match barrier {
            Barrier::ReportingLine => Self::ReportingLine,
            Barrier::Conflict => Self::Conflict,
            Barrier::SameManager => Self::SameManager,
            _ => Self::KeptApart,
        }
    }
}

/// A lock, or some locks together, that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockFault {
    /// The person is not in the pool.
    Unknown {
        /// The id.
        person: String,
    },
    /// The person did not ask for this role.
    Role {
        /// The id.
        person: String,
        /// The role of the lock.
        as_mentor: bool,
    },
    /// A participant is locked into several groups.
    Twice {
        /// The id.
        person: String,
        /// Keys of the groups.
        groups: Vec<usize>,
    },
    /// A mentor is locked into more groups than the person may mentor.
    Capacity {
        /// The id.
        person: String,
        /// Keys of the groups.
        groups: Vec<usize>,
        /// Groups the person may mentor.
        capacity: u8,
    },
    /// One person is locked into both roles of a group.
    BothRoles {
        /// The id.
        person: String,
        /// Key of the group.
        group: usize,
    },
    /// More people of a role are locked into a group than it may have.
    TooMany {
        /// Key of the group.
        group: usize,
        /// The role.
        as_mentor: bool,
        /// Ids of the people.
        people: Vec<String>,
        /// Most people of the role.
        limit: usize,
    },
    /// Two people who must not meet are locked into one group.
    Apart {
        /// Key of the group.
        group: usize,
        /// Ids of the two.
        people: [String; 2],
        /// Why they must not meet.
        why: Apart,
    },
    /// Too many people of one unit are locked into a group.
    Unit {
        /// Key of the group.
        group: usize,
        /// Ids of the people of that unit.
        people: Vec<String>,
        /// Most people of one unit.
        limit: usize,
    },
    /// The people locked into a group have no language in common.
    Language {
        /// Key of the group.
        group: usize,
        /// Ids of the people.
        people: Vec<String>,
    },
    /// The people locked into a group live in zones too far apart.
    Zones {
        /// Key of the group.
        group: usize,
        /// Ids of the people.
        people: Vec<String>,
    },
    /// The people locked into a group have too few common hours.
    Hours {
        /// Key of the group.
        group: usize,
        /// Ids of the people.
        people: Vec<String>,
        /// Hours they have in common.
        have: u32,
        /// Hours the rules ask for.
        need: u32,
    },
    /// The locks hold, but nobody was found to fill the group up to the fewest people.
    Incomplete {
        /// Key of the group.
        group: usize,
        /// Ids of the people locked into it.
        people: Vec<String>,
    },
}

impl LockFault {
    /// The fault as sentences; `name_of` turns an id into a name.
    pub fn words(&self, name_of: &dyn Fn(&str) -> String) -> String {
        let names = |people: &[String]| people.iter().map(|id| name_of(id)).collect::<Vec<_>>().join(", ");
        let keys = |groups: &[usize]| groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Unknown { person } => {
                format!("{} is fixed to a group but is not taking part. Remove the lock.", name_of(person))
            }
            Self::Role { person, as_mentor } => format!(
                "{} did not sign up as {}. Remove the lock or change the role.",
                name_of(person),
                if *as_mentor { "a mentor" } else { "a participant" }
            ),
            Self::Twice { person, groups } => format!(
                "{} is fixed to groups {} at once. Keep one of these locks.",
                name_of(person),
                keys(groups)
            ),
            Self::Capacity { person, groups, capacity } => format!(
                "{} is fixed as mentor of groups {} but may mentor {capacity}. Remove a lock.",
                name_of(person),
                keys(groups)
            ),
            Self::BothRoles { person, group } => format!(
                "{} cannot be mentor and participant of group {group}. Keep one of these locks.",
                name_of(person)
            ),
            Self::TooMany { group, as_mentor, people, limit } => format!(
                "Group {group} may have {limit} {}, but {} are fixed to it. Remove a lock or allow more.",
                if *as_mentor { "mentors" } else { "participants" },
                names(people)
            ),
            Self::Apart { group, people: [a, b], why: Apart::ReportingLine } => format!(
                "{} and {} are in one reporting line and fixed to group {group}. Remove one of the locks.",
                name_of(a),
                name_of(b)
            ),
            Self::Apart { group, people: [a, b], why: Apart::KeptApart } => format!(
                "{} and {} should not meet and are fixed to group {group}. Remove one of the locks.",
                name_of(a),
                name_of(b)
            ),
            Self::Apart { group, people: [a, b], why: Apart::Conflict } => format!(
                "{} and {} cannot share a group and are fixed to group {group}. Remove one of the locks.",
                name_of(a),
                name_of(b)
            ),
            Self::Apart { group, people: [a, b], why: Apart::SameManager } => format!(
                "{} and {} have the same manager and are fixed to group {group}. Remove one of the locks.",
                name_of(a),
                name_of(b)
            ),
            Self::Zones { group, people } => format!(
                "{}, fixed to group {group}, live in time zones too far apart. Remove a lock.",
                names(people)
            ),
            Self::Unit { group, people, limit } => format!(
                "Group {group} may have {limit} of one unit, but {} are fixed to it. Remove a lock.",
                names(people)
            ),
            Self::Language { group, people } => format!(
                "{}, fixed to group {group}, have no language in common. Remove a lock.",
                names(people)
            ),
            Self::Hours { group, people, have, need } => format!(
                "{}, fixed to group {group}, share {have} of the {need} hours needed. \
                 Remove a lock or ask for fewer hours.",
                names(people)
            ),
            Self::Incomplete { group, people } => format!(
                "Nobody was found to complete group {group} around {}. Remove a lock or ease a rule.",
                names(people)
            ),
        }
    }
}

impl Infeasible {
    /// The explanation as sentences; `name_of` turns an id into a name.
    pub fn words(&self, name_of: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Rules(fault) => fault.to_string(),
            Self::DuplicatePerson { person } => {
                format!("{} is on the list twice. Remove one of the entries.", name_of(person))
            }
            Self::Locks(faults) => {
                faults.iter().map(|fault| fault.words(name_of)).collect::<Vec<_>>().join(" ")
            }
            Self::Together(ties) => ties.iter().map(|tie| tie.words(name_of)).collect::<Vec<_>>().join(" "),
        }
    }
}

impl fmt::Display for Infeasible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(&str::to_owned))
    }
}

impl std::error::Error for Infeasible {}

impl From<RulesFault> for Infeasible {
    fn from(fault: RulesFault) -> Self {
        Self::Rules(fault)
    }
}
