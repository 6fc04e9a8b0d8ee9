//! Why a group looks the way it does: typed, with plain words.
//!
//! Invariant: a reason carries the facts, never a name; names come from the caller when the words
//! are made.

use serde::{Deserialize, Serialize};

/// What a group is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Participants' needs that a mentor can serve.
    Needs,
    /// Pairs of members with shared interests.
    Interests,
    /// Hours of the week in common.
    Hours,
    /// Mentors' industries compared with the participants'.
    MentorIndustry,
    /// Industries among the participants.
    Industry,
    /// Different units.
    Units,
    /// Steps between mentors and participants.
    Levels,
    /// Nearness to the middle of the allowed sizes.
    Size,
    /// Members new to each other.
    NewFaces,
}

impl Criterion {
    /// All criteria in the order of a plan.
    pub const ALL: [Self; 9] = [
        Self::Needs,
        Self::Interests,
        Self::Hours,
        Self::MentorIndustry,
        Self::Industry,
        Self::Units,
        Self::Levels,
        Self::Size,
        Self::NewFaces,
    ];

    /// A short name for tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Needs => "Needs the mentors can help with",
            Self::Interests => "Shared interests",
            Self::Hours => "Common hours",
            Self::MentorIndustry => "Mentor's industry",
            Self::Industry => "Industries",
            Self::Units => "Different units",
            Self::Levels => "Steps between mentor and participants",
            Self::Size => "Group size",
            Self::NewFaces => "New faces",
        }
    }
}

/// A fact that speaks for a group or for a person's place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A mentor offers what a participant needs.
    NeedsCovered {
        /// Id of the mentor.
        mentor: String,
        /// Id of the participant.
        person: String,
        /// Topics, at least one.
        needs: Vec<String>,
    },
    /// A mentor serves needs of several participants.
    MentorServes {
        /// Id of the mentor.
        mentor: String,
        /// How many participants have a need the mentor serves.
        people: usize,
        /// Topics, at least one.
        needs: Vec<String>,
    },
    /// Interests a person shares with others of the group.
    SharedInterests {
        /// Id of the person.
        person: String,
        /// Ids of those who share at least one of the interests.
        with: Vec<String>,
        /// The interests, at least one.
        interests: Vec<String>,
    },
    /// Interests that several members of a group have.
    CommonInterests {
        /// The interests, at least one, most shared first.
        interests: Vec<String>,
    },
    /// Hours of the week that the whole group has.
    CommonHours {
        /// Number of hours.
        hours: u32,
    },
    /// How many different units meet.
    DistinctUnits {
        /// Units, an unknown one counting as its own.
        units: usize,
        /// Members, mentors counted.
        people: usize,
    },
    /// Participants' industries differ.
    MixedIndustries {
        /// Number of different known industries, at least 2.
        industries: usize,
    },
    /// Several participants share an industry, as wished.
    SameIndustry {
        /// The industry.
        industry: String,
        /// Participants who work in it, at least 2.
        people: usize,
    },
    /// Nobody has been in a group with anybody here.
    NewFaces,
    /// Some pairs know each other from an earlier group.
    MetBefore {
        /// Number of pairs.
        pairs: usize,
    },
}

/// "a", "a and b", "a, b and c".
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// "1 hour", "2 hours".
pub(super) fn counted(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

impl Reason {
    /// The reason as a sentence; `name_of` turns an id into a name.
    pub fn words(&self, name_of: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::NeedsCovered { mentor, person, needs } => {
                format!("{} can help {} with {}.", name_of(mentor), name_of(person), listed(needs))
            }
            Self::MentorServes { mentor, people, needs } => format!(
                "{} can help {} with {}.",
                name_of(mentor),
                counted(*people, "participant", "participants"),
                listed(needs)
            ),
            Self::SharedInterests { person, with, interests } => {
                let with: Vec<String> = with.iter().map(|id| name_of(id)).collect();
                format!(
                    "{} shares an interest in {} with {}.",
                    name_of(person),
                    listed(interests),
                    listed(&with)
                )
            }
            Self::CommonInterests { interests } => {
                format!("Several members care about {}.", listed(interests))
            }
            Self::CommonHours { hours } => {
                let hours = usize::try_from(*hours).unwrap_or(usize::MAX);
                format!("Everybody shares {} in the week.", counted(hours, "hour", "hours"))
            }
            Self::DistinctUnits { units, people } if units == people => {
                format!("All {people} people come from different units.")
            }
            Self::DistinctUnits { units, people } => {
                format!("{people} people come from {}.", counted(*units, "unit", "different units"))
            }
            Self::MixedIndustries { industries } => {
                format!("Participants bring views from {industries} industries.")
            }
            Self::SameIndustry { industry, people } => {
                format!("{people} participants work in {industry}.")
            }
            Self::NewFaces => "Nobody here has been in a group together before.".to_owned(),
            Self::MetBefore { pairs } => format!(
                "{} from an earlier group.",
                counted(*pairs, "pair knows each other", "pairs know each other")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_plain_sentences() {
        let name = |id: &str| id.to_uppercase();
        let needs = vec!["budgets".to_owned(), "hiring".to_owned(), "talks".to_owned()];
        let reason = Reason::NeedsCovered { mentor: "a".into(), person: "b".into(), needs };
        assert_eq!(reason.words(&name), "A can help B with budgets, hiring and talks.");
        assert_eq!(Reason::CommonHours { hours: 1 }.words(&name), "Everybody shares 1 hour in the week.");
        let units = Reason::DistinctUnits { units: 5, people: 5 };
        assert_eq!(units.words(&name), "All 5 people come from different units.");
        let met = Reason::MetBefore { pairs: 2 };
        assert_eq!(met.words(&name), "2 pairs know each other from an earlier group.");
    }
}
