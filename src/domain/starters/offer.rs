//! What the mentor gets: up to three choices with reasons, and a plain word when the shelf ran low.
//! Invariant: reasons speak of themes and phases, never of pulse answers or of one person.

use serde::{Deserialize, Serialize};

use super::kinds::Mode;

/// Which rule filled a place in the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Slot {
    /// From the phase that leads this meetup.
    LeadPhase,
    /// The best fit of everything allowed.
    BestFit,
}

/// Why a starter is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// From the phase that leads this meetup.
    LeadPhase {
        /// Title of the phase.
        phase: String,
    },
    /// From a phase next to those that are open.
    Neighbour {
        /// Title of the phase.
        phase: String,
    },
    /// Fits the booked theme.
    FitsTheme {
        /// Title of the meetup theme.
        theme: String,
    },
    /// Fits goals of the group.
    FitsGoals {
        /// Titles of tags.
        themes: Vec<String>,
    },
    /// Fits challenges that were raised lately.
    FitsChallenge {
        /// Title of the tag.
        theme: String,
        /// How many challenges carried it.
        raised: u32,
    },
    /// The group has had little of this phase.
    FillsPhase {
        /// Title of the phase.
        phase: String,
    },
    /// A core theme the group has not met.
    NewTheme {
        /// Title of the tag.
        theme: String,
    },
    /// Another way of talking than the other choices.
    OtherMode {
        /// The mode.
        mode: Mode,
    },
    /// Helps whoever comes from another industry.
    MovedIndustry,
    /// Invites a story from the mentor.
    Story,
    /// Asks what the business thinks of IT.
    FeedbackOnIt,
    /// Liked in five groups or more.
    LikedElsewhere,
    /// Nothing special: the group has not heard it.
    Fresh,
}

impl Reason {
    /// The reason in words, without a full stop.
    pub fn words(&self) -> String {
        match self {
            Self::LeadPhase { phase } => format!("belongs to this stage: {}", lower_first(phase)),
            Self::Neighbour { phase } => format!("close to this stage: {}", lower_first(phase)),
            Self::FitsTheme { theme } => format!("fits your theme: {theme}"),
            Self::FitsGoals { themes } => format!("fits your group's goals: {}", list(themes)),
            Self::FitsChallenge { theme, raised: 1 } => {
                format!("fits a recent challenge: {}", lower_first(theme))
            }
            Self::FitsChallenge { theme, raised } => {
                format!("fits {raised} recent challenges: {}", lower_first(theme))
            }
            Self::FillsPhase { phase } => {
                format!("your group has had little of this: {}", lower_first(phase))
            }
            Self::NewTheme { theme } => format!("a theme your group has not met: {}", lower_first(theme)),
            Self::OtherMode { mode } => format!("a change of style: {}", lower_first(mode.title())),
            Self::MovedIndustry => "helps with a move to another industry".to_owned(),
            Self::Story => "invites a story from the mentor".to_owned(),
            Self::FeedbackOnIt => "asks what the business thinks of IT".to_owned(),
            Self::LikedElsewhere => "other groups liked it".to_owned(),
            Self::Fresh => "your group has not heard it yet".to_owned(),
        }
    }
}

/// One starter in an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Id of the starter.
    pub starter: String,
    /// Which rule put it here.
    pub slot: Slot,
    /// Points, for logs and tests; higher fits better.
    pub score: f64,
    /// Why, the strongest first; never empty.
    pub reasons: Vec<Reason>,
}

impl Choice {
    /// The two strongest reasons, one sentence each.
    pub fn why(&self) -> String {
        let sentence = |reason: &Reason| format!("{}.", upper_first(&reason.words()));
        self.reasons.iter().take(2).map(sentence).collect::<Vec<_>>().join(" ")
    }
}

/// How far the rules had to be widened to fill the offer; later values include the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Widening {
    /// Neighbouring phases were opened.
    NeighbourPhases,
    /// Half the members or more may have met a starter in another group.
    MemberHistory,
    /// Fewer than three starters are left; the mentor should write one, and staff should know.
    ShelfLow,
}

impl Widening {
    /// What to tell the mentor.
    pub fn words(self) -> &'static str {
        match self {
            Self::NeighbourPhases => {
                "Few starters are left for this stage, so some come from the stage next to it."
            }
            Self::MemberHistory => {
                "Few starters are left, so some members may know one of these from another group."
            }
            Self::ShelfLow => {
                "Fewer than three starters are left for this meetup. You can write your own below; the people who run the programme have been told."
            }
        }
    }

    /// True when staff should hear that new starters are needed.
    pub fn tell_staff(self) -> bool {
        self == Self::ShelfLow
    }
}

/// The offer for one meetup.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Up to three choices, the proposal first; fewer only with `Widening::ShelfLow`.
    pub choices: Vec<Choice>,
    /// Set when the usual rules did not leave enough.
    pub widened: Option<Widening>,
}

/// Lower-cases the first letter unless the word is an abbreviation such as "IT".
pub fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => words.to_owned(),
    }
}

fn upper_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| lower_first(word)).collect::<Vec<_>>().join(", ")
}
