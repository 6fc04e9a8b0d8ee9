//! Facts about pairs that bind or steer the groups: conflicts of interest and earlier meetings.
//!
//! Invariant: the kind of a conflict serves those who keep the list; no explanation, violation or
//! reason ever repeats it.

use serde::{Deserialize, Serialize};

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A person, by id.
    Person(String),
    /// Everybody of an organisation, by its name; case and outer spaces do not matter.
    Organisation(String),
}

/// Why two parties must not meet. It stays secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// They compete for the same customers.
    Competitor,
    /// One buys from the other.
    ClientVendor,
    /// One audits the other.
    Auditor,
    /// A private matter.
    Personal,
    /// Anything else.
    #[default]
    Other,
}

/// Two parties whose people must not share a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// One side.
    pub first: Party,
    /// The other side; the same organisation twice keeps its people apart from each other.
    pub second: Party,
    /// The secret reason.
    #[serde(default)]
    pub kind: ConflictKind,
}

/// An earlier meeting of two people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Meeting {
    /// Id of one.
    pub first: String,
    /// Id of the other.
    pub second: String,
    /// Rounds since then; 0 and 1 are the last round.
    pub rounds_ago: u16,
}

impl Meeting {
    /// Weight of a meeting of the last round.
    pub(super) const FRESH: u32 = 16;

    /// How much the meeting still counts: half as much with each round, but never nothing.
    pub(super) fn weight(&self) -> u32 {
        (Self::FRESH >> self.rounds_ago.saturating_sub(1).min(4)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_fades_but_is_never_forgotten() {
        let weight = |rounds_ago| Meeting { first: "a".into(), second: "b".into(), rounds_ago }.weight();
        assert_eq!([0, 1, 2, 3, 5, 60].map(weight), [16, 16, 8, 4, 1, 1]);
    }
}
