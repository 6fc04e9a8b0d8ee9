//! What an organiser may ask of the groups: sizes, differences, wishes and their weights.
//!
//! Invariant: every number here has a default that makes a usable program, and [`Rules::check`]
//! names the first contradiction before anybody starts to form groups.

use super::reasons::Criterion;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether the industries in a group should be alike, different, or not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndustryWish {
    /// The more people of one industry, the better.
    Same,
    /// The more different industries, the better.
    #[default]
    Mixed,
    /// Industry plays no part.
    Ignore,
}

/// How much each criterion counts; only the proportions matter, and 0 switches one off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Needs of participants that a mentor of the group can serve.
    pub needs: u16,
    /// Interests that members share.
    pub interests: u16,
    /// Hours of the week that the whole group shares (five are enough for full marks).
    pub hours: u16,
    /// The mentor's industry compared with the participants', see [`Rules::mentor_industry`].
    pub mentor_industry: u16,
    /// Industries among the participants, see [`Rules::industry`].
    pub industry: u16,
    /// Different units in the group.
    pub units: u16,
    /// Mentors two or three levels above the participants.
    pub levels: u16,
    /// A size near the middle of the allowed range.
    pub size: u16,
    /// Members who have not been in a group together before.
    pub new_faces: u16,
    /// Goals that participants share; counts once somebody has stated one.
    pub goals: u16,
    /// Wishes met, less vetoes, on top of everything else; counts once somebody has stated one.
    pub wishes: u16,
    /// Mentors in office, and checked coaches for those who asked for one; counts once known.
    pub credentials: u16,
    /// Participants one or two levels apart; counts once weighted.
    pub spread: u16,
    /// Different departments among the participants; counts once known.
    pub departments: u16,
    /// Different regions among the participants; counts once known.
    pub regions: u16,
    /// Mentors who lead few groups elsewhere; counts once known.
    pub load: u16,
    /// Good hours for those who had a bad one last time; counts once known.
    pub fairness: u16,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            needs: 40,
            interests: 20,
            hours: 20,
            mentor_industry: 10,
            industry: 4,
            units: 3,
            levels: 3,
            size: 15,
            new_faces: 15,
            goals: 10,
            wishes: 15,
            credentials: 10,
            spread: 0,
            departments: 3,
            regions: 3,
            load: 4,
            fairness: 6,
        }
    }
}

/// The rules of one round of formation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Fewest participants of a group, mentors not counted; at least 1.
    pub min_participants: usize,
    /// Most participants of a group, mentors not counted.
    pub max_participants: usize,
    /// Fewest mentors of a group; at least 1.
    pub min_mentors: usize,
    /// Most mentors of a group.
    pub max_mentors: usize,
    /// Most people of one unit in a group, mentors counted; at least 1.
    pub per_unit: u8,
    /// Wish about the industries of the participants.
    pub industry: IndustryWish,
    /// Wish about the mentors' industries compared with the participants'.
    pub mentor_industry: IndustryWish,
    /// Hours of the week the whole group must share; 0 switches the rule off.
    pub min_common_hours: u32,
    /// Length of the weekly meeting in hours that must fit into the common hours without a break.
    pub slot_hours: u32,
    /// Share of the participants, in percent, who must be free beside all mentors; 100 is everybody.
    pub quorum_percent: u8,
    /// Most hours between the zones of a group, the short way round the globe; none is no limit.
    pub max_zone_spread: Option<u8>,
    /// Most people of one organisation in a group, mentors counted; 0 is no limit.
    pub per_organisation: u8,
    /// Most people of one department in a group, mentors counted; 0 is no limit.
    pub per_department: u8,
    /// Whether people with the same direct manager are kept apart.
    pub same_manager_apart: bool,
    /// Whether a member's veto is binding rather than a wish.
    pub forbid_vetoes: bool,
    /// How much each criterion counts.
    pub weights: Weights,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            min_participants: 4,
            max_participants: 8,
            min_mentors: 1,
            max_mentors: 2,
            per_unit: 1,
            industry: IndustryWish::Mixed,
            mentor_industry: IndustryWish::Mixed,
            min_common_hours: 1,
            slot_hours: 1,
            quorum_percent: 100,
            max_zone_spread: None,
            per_organisation: 0,
            per_department: 0,
            same_manager_apart: false,
            forbid_vetoes: false,
            weights: Weights::default(),
        }
    }
}

/// Most people of either role that a group may hold; larger ones are no groups any more.
pub const LARGEST_GROUP: usize = 60;

impl Rules {
    /// Whether the rules can be kept at all; the first contradiction otherwise.
    pub fn check(&self) -> Result<(), RulesFault> {
        self.faults().into_iter().next().map_or(Ok(()), Err)
    }

    /// All contradictions within the rules.
    pub fn faults(&self) -> Vec<RulesFault> {
        let (few, many) = (self.min_participants, self.max_participants);
        let none = (few == 0 || many == 0).then_some(RulesFault::NoParticipants);
        let reversed = (few > many).then_some(RulesFault::ParticipantsReversed { min: few, max: many });
        let (least, most) = (self.min_mentors, self.max_mentors);
        let nobody = (least == 0 || most == 0).then_some(RulesFault::NoMentors);
        let turned = (least > most).then_some(RulesFault::MentorsReversed { min: least, max: most });
        let size = many.max(most);
        let (hours, slot, percent) = (self.min_common_hours, self.slot_hours, self.quorum_percent);
        [
            none.or(reversed),
            nobody.or(turned),
            (size > LARGEST_GROUP).then_some(RulesFault::TooLarge { size, most: LARGEST_GROUP }),
            (self.per_unit == 0).then_some(RulesFault::NobodyPerUnit),
            (hours > 168).then_some(RulesFault::MoreHoursThanAWeek { hours }),
            (!(1..=24).contains(&slot)).then_some(RulesFault::SlotLength { hours: slot }),
            (!(1..=100).contains(&percent)).then_some(RulesFault::Quorum { percent }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The size in the middle of the allowed range, rounded down.
    pub(super) fn ideal(&self) -> usize {
        usize::midpoint(self.min_participants, self.max_participants)
    }

    /// The weight of a criterion, 0 when its wish is to ignore it.
    pub(super) fn weight(&self, criterion: Criterion) -> i64 {
        let w = &self.weights;
        i64::from(match criterion {
            Criterion::Needs => w.needs,
            Criterion::Interests => w.interests,
            Criterion::Hours => w.hours,
            Criterion::MentorIndustry if self.mentor_industry == IndustryWish::Ignore => 0,
            Criterion::MentorIndustry => w.mentor_industry,
            Criterion::Industry if self.industry == IndustryWish::Ignore => 0,
            Criterion::Industry => w.industry,
            Criterion::Units => w.units,
            Criterion::Levels => w.levels,
            Criterion::Size => w.size,
            Criterion::NewFaces => w.new_faces,
            Criterion::Goals => w.goals,
            Criterion::Wishes => w.wishes,
            Criterion::Credentials => w.credentials,
            Criterion::Spread => w.spread,
            Criterion::Departments => w.departments,
            Criterion::Regions => w.regions,
            Criterion::Load => w.load,
            Criterion::Fairness => w.fairness,
        })
    }

    /// Participants out of so many who must be free at the hour of the meeting.
    pub(super) fn quorum(&self, participants: usize) -> usize {
        (participants * usize::from(self.quorum_percent)).div_ceil(100)
    }
}

/// A contradiction within the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulesFault {
    /// A size of zero participants.
    NoParticipants,
    /// Fewest participants above most participants.
    ParticipantsReversed {
        /// Fewest participants asked for.
        min: usize,
        /// Most participants asked for.
        max: usize,
    },
    /// Zero mentors.
    NoMentors,
    /// Fewest mentors above most mentors.
    MentorsReversed {
        /// Fewest mentors asked for.
        min: usize,
        /// Most mentors asked for.
        max: usize,
    },
    /// A size beyond [`LARGEST_GROUP`].
    TooLarge {
        /// The size asked for.
        size: usize,
        /// The largest size there is.
        most: usize,
    },
    /// Zero people per unit.
    NobodyPerUnit,
    /// More common hours than a week has.
    MoreHoursThanAWeek {
        /// Hours asked for.
        hours: u32,
    },
    /// A meeting of no length, or longer than a day.
    SlotLength {
        /// Hours asked for.
        hours: u32,
    },
    /// A quorum of nobody, or of more than everybody.
    Quorum {
        /// Percent asked for.
        percent: u8,
    },
}

impl fmt::Display for RulesFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoParticipants => f.write_str("A group needs participants. Choose sizes of 1 or more."),
            Self::ParticipantsReversed { min, max } => write!(
                f,
                "A group cannot have at least {min} and at most {max} participants. \
                 Lower the first number or raise the second."
            ),
            Self::NoMentors => {
                f.write_str("A group needs a mentor. Choose 1 or more mentors for each group.")
            }
            Self::MentorsReversed { min, max } => write!(
                f,
                "A group cannot have at least {min} and at most {max} mentors. \
                 Lower the first number or raise the second."
            ),
            Self::TooLarge { size, most } => {
                write!(f, "{size} people are too many to talk together. Choose {most} or fewer.")
            }
            Self::NobodyPerUnit => {
                f.write_str("At least 1 person of a unit must be allowed in a group. Choose 1 or more.")
            }
            Self::MoreHoursThanAWeek { hours } => {
                write!(f, "A week has 168 hours, so {hours} cannot be shared. Choose a smaller number.")
            }
            Self::SlotLength { hours } => {
                write!(f, "A meeting cannot last {hours} hours. Choose 1 to 24.")
            }
            Self::Quorum { percent } => {
                write!(f, "{percent} percent is no quorum. Choose 1 to 100.")
            }
        }
    }
}

impl std::error::Error for RulesFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_rules_hold_together() {
        assert_eq!(Rules::default().check(), Ok(()));
        assert_eq!(Rules::default().ideal(), 6);
    }

    #[test]
    fn each_contradiction_is_named_and_says_what_to_do() {
        let base = Rules::default;
        let cases = [
            (Rules { min_participants: 0, ..base() }, RulesFault::NoParticipants),
            (Rules { min_participants: 9, ..base() }, RulesFault::ParticipantsReversed { min: 9, max: 8 }),
            (Rules { min_mentors: 0, ..base() }, RulesFault::NoMentors),
            (Rules { min_mentors: 3, ..base() }, RulesFault::MentorsReversed { min: 3, max: 2 }),
            (Rules { max_participants: 61, ..base() }, RulesFault::TooLarge { size: 61, most: 60 }),
            (Rules { per_unit: 0, ..base() }, RulesFault::NobodyPerUnit),
            (Rules { min_common_hours: 169, ..base() }, RulesFault::MoreHoursThanAWeek { hours: 169 }),
            (Rules { slot_hours: 0, ..base() }, RulesFault::SlotLength { hours: 0 }),
            (Rules { quorum_percent: 101, ..base() }, RulesFault::Quorum { percent: 101 }),
        ];
        for (rules, fault) in cases {
            assert_eq!(rules.check(), Err(fault.clone()));
            let words = fault.to_string();
            assert!(words.contains("Choose") || words.contains("Lower"), "{words}");
        }
    }

    #[test]
    fn all_contradictions_are_named_at_once() {
        let rules = Rules { min_participants: 9, min_mentors: 0, slot_hours: 0, ..Rules::default() };
        let expected = [
            RulesFault::ParticipantsReversed { min: 9, max: 8 },
            RulesFault::NoMentors,
            RulesFault::SlotLength { hours: 0 },
        ];
        assert_eq!(rules.faults(), expected);
    }

    #[test]
    fn ignoring_an_industry_takes_its_weight_away() {
        let rules = Rules { industry: IndustryWish::Ignore, ..Rules::default() };
        assert_eq!(rules.weight(Criterion::Industry), 0);
        assert_eq!(rules.weight(Criterion::MentorIndustry), 10);
    }
}
