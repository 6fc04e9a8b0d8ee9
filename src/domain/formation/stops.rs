//! Why somebody has no seat and what would help: typed, with plain words.
//!
//! Invariant: obstacles are counts of groups or mentors by rule; they name no other person.

use super::reasons::counted;
use serde::{Deserialize, Serialize};

/// The rule that stops somebody from joining a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barrier {
    /// The person already has the other role in that group.
    SamePerson,
    /// No language in common.
    Language,
    /// Too few common hours.
    Hours,
    /// A member is above or below in the reporting line.
    ReportingLine,
    /// A pair that must not meet.
    KeptApart,
    /// A conflict of interest; the reason stays secret.
    Conflict,
    /// Somebody with the same direct manager.
    SameManager,
    /// Zones too far apart.
    Zones,
    /// The unit already has all the places it may have.
    Unit,
    /// The organisation already has all the places it may have.
    Organisation,
    /// The department already has all the places it may have.
    Department,
    /// Somebody who must come along cannot.
    Together,
    /// All seats of the role are taken.
    Full,
}

/// What stood in the way of a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// This many groups were closed by this rule (the first that applies is counted).
    Groups {
        /// The rule.
        barrier: Barrier,
        /// Number of groups.
        groups: usize,
    },
    /// No group was formed near the person: this many mentors could not lead one for this reason.
    Mentors {
        /// The rule.
        barrier: Barrier,
        /// Number of mentors.
        mentors: usize,
    },
    /// No group was formed near the mentor: this many participants could not be led for this reason.
    Participants {
        /// The rule.
        barrier: Barrier,
        /// Number of participants.
        participants: usize,
    },
    /// Groups that the person could still join; a step by hand is enough.
    Open {
        /// Number of groups.
        groups: usize,
    },
    /// Nobody in the pool mentors.
    NoMentor,
    /// Fewer mentors' places than one group needs.
    TooFewMentors {
        /// Mentors there are.
        have: usize,
        /// Mentors a group needs.
        need: usize,
    },
    /// Fewer participants than one group needs.
    TooFewParticipants {
        /// Participants there are.
        have: usize,
        /// Participants a group needs.
        need: usize,
    },
    /// The people are there, but no set of them keeps every rule at once.
    NoGroupFits,
}

impl Stop {
    /// The obstacle as a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Groups { barrier, groups } => barrier.words(&counted(*groups, "group", "groups")),
            Self::Mentors { barrier, mentors } => barrier.words(&counted(*mentors, "mentor", "mentors")),
            Self::Participants { barrier, participants } => {
                barrier.words(&counted(*participants, "participant", "participants"))
            }
            Self::Open { groups } => {
                format!("{} could still take this person.", counted(*groups, "group", "groups"))
            }
            Self::NoMentor => "There is no mentor yet.".to_owned(),
            Self::TooFewMentors { have, need } => {
                format!("A group needs {need} mentors and there are {have}.")
            }
            Self::TooFewParticipants { have, need } => {
                format!("A group needs {need} participants and there are {have}.")
            }
            Self::NoGroupFits => "No set of people keeps every rule at once.".to_owned(),
        }
    }
}

impl Barrier {
    fn words(self, where_: &str) -> String {
        let what = match self {
            Self::SamePerson => "the person is already there in the other role",
            Self::Language => "no language in common",
            Self::Hours => "too few common hours",
            Self::ReportingLine => "a reporting line to somebody there",
            Self::KeptApart => "somebody there whom this person should not meet",
            Self::Unit => "enough people of the same organisation or unit already",
            Self::Conflict => "somebody there with whom this person cannot share a group",
            Self::SameManager => "somebody there with the same manager",
            Self::Zones => "time zones too far apart",
            Self::Organisation => "enough people of the same organisation already",
            Self::Department => "enough people of the same department already",
            Self::Together => "no room for everybody who must stay together",
            Self::Full => "every seat taken",
        };
        let mut words = format!("{where_}: {what}.");
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        words
    }
}

/// One change that would give a person a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relaxation {
    /// Allow groups of this size.
    LargerGroups {
        /// Most participants.
        max_participants: usize,
    },
    /// Allow this many mentors in a group.
    MoreMentors {
        /// Most mentors.
        max_mentors: usize,
    },
    /// Ask for this many common hours only.
    FewerHours {
        /// Common hours; 0 switches the rule off.
        min_common_hours: u32,
    },
    /// Allow this many people of one unit.
    MorePerUnit {
        /// Most people of one unit.
        per_unit: u8,
    },
    /// Allow this many people of one organisation.
    MorePerOrganisation {
        /// Most people of one organisation.
        per_organisation: u8,
    },
    /// Allow this many people of one department.
    MorePerDepartment {
        /// Most people of one department.
        per_department: u8,
    },
    /// Allow zones this many hours apart.
    WiderZones {
        /// Most hours between zones.
        hours: u8,
    },
    /// Let people with one manager share a group.
    SameManager,
    /// Let this share of a group be enough for a meeting.
    LowerQuorum {
        /// Percent of the participants.
        percent: u8,
    },
    /// Allow groups this small.
    SmallerGroups {
        /// Fewest participants.
        min_participants: usize,
    },
    /// Ask for one more mentor.
    AnotherMentor,
}

impl Relaxation {
    /// The change as advice.
    pub fn words(&self) -> String {
        match self {
            Self::LargerGroups { max_participants } => {
                format!("Allow groups of {max_participants} participants.")
            }
            Self::MoreMentors { max_mentors } => format!("Allow {max_mentors} mentors in a group."),
            Self::FewerHours { min_common_hours: 0 } => {
                "Form groups without asking for common hours.".to_owned()
            }
            Self::FewerHours { min_common_hours } => {
                let hours = usize::try_from(*min_common_hours).unwrap_or(usize::MAX);
                format!("Ask for only {}.", counted(hours, "common hour", "common hours"))
            }
            Self::MorePerUnit { per_unit } => {
                format!("Allow {per_unit} people of one organisation or unit in a group.")
            }
            Self::SmallerGroups { min_participants } => {
                format!("Allow groups of {}.", counted(*min_participants, "participant", "participants"))
            }
            Self::MorePerOrganisation { per_organisation } => {
                format!("Allow {per_organisation} people of one organisation in a group.")
            }
            Self::MorePerDepartment { per_department } => {
                format!("Allow {per_department} people of one department in a group.")
            }
            Self::WiderZones { hours } => format!("Allow time zones up to {hours} hours apart."),
            Self::SameManager => "Let people with the same manager share a group.".to_owned(),
            Self::LowerQuorum { percent } => {
                format!("Let a meeting take place when {percent} percent of a group are free.")
            }
            Self::AnotherMentor => "Ask one more person to mentor.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_and_advice_read_as_plain_sentences() {
        let stop = Stop::Groups { barrier: Barrier::Unit, groups: 3 };
        assert_eq!(stop.words(), "3 groups: enough people of the same organisation or unit already.");
        assert_eq!(
            Relaxation::FewerHours { min_common_hours: 0 }.words(),
            "Form groups without asking for common hours."
        );
    }
}
