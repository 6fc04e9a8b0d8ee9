//! Pulse forms and single answers. Invariant: an `Answer` made by `PulseForm::read` fits its question,
//! and only the sponsor form, which few people receive, carries names.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FormId {
    /// Members of groups.
    Participant,
    /// Mentors.
    Mentor,
    /// Sponsors and peer leaders.
    Sponsor,
}

impl FormId {
    /// All forms.
    pub const ALL: [Self; 3] = [Self::Participant, Self::Mentor, Self::Sponsor];

    /// The word used in files and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Mentor => "mentor",
            Self::Sponsor => "sponsor",
        }
    }

    /// The form with this key; none for an unknown word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.key() == key)
    }

    /// True for the one form whose answers carry names; fixed here, so that no file can change it.
    pub fn is_named(self) -> bool {
        self == Self::Sponsor
    }
}

/// What a rated question is about; process and results are asked in every wave (row B39).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ItemDomain {
    /// How the programme is run.
    Process,
    /// What came of it.
    Results,
    /// How safe and open it feels.
    Climate,
    /// What people do differently.
    Behaviour,
}

impl ItemDomain {
    /// All domains.
    pub const ALL: [Self; 4] = [Self::Process, Self::Results, Self::Climate, Self::Behaviour];

    /// The word used in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Results => "results",
            Self::Climate => "climate",
            Self::Behaviour => "behaviour",
        }
    }

    /// The domain with this key; none for an unknown word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|domain| domain.key() == key)
    }
}

/// A rated question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Stable id, such as `p4`.
    pub id: String,
    /// What it is about.
    pub domain: ItemDomain,
    /// The question.
    pub text: String,
    /// Three to seven labels from low to high.
    pub scale: Vec<String>,
    /// True when it is asked in month 1 too, as a start value.
    pub baseline: bool,
}

/// The question about recommending, answered from 0 to 10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommend {
    /// The question.
    pub text: String,
    /// Words for 0.
    pub low: String,
    /// Words for 10.
    pub high: String,
}

/// A question answered in words, always optional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    /// Id within the form, such as `o1`.
    pub id: String,
    /// The question.
    pub text: String,
    /// Longest answer in characters.
    pub max_chars: usize,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulseForm {
    /// Who is asked.
    pub id: FormId,
    /// Shown before the first question: the rules of confidentiality, or that answers carry names.
    pub intro: String,
    /// Rated questions in fixed order.
    pub items: Vec<Item>,
    /// The question about recommending.
    pub recommend: Recommend,
    /// Questions answered in words.
    pub open: Vec<OpenQuestion>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Place on the scale, 1 for the lowest label.
    Score(u8),
    /// 0 to 10.
    Likelihood(u8),
    /// "I cannot say"; never counted.
    CannotSay,
    /// Free words.
    Text(String),
}

/// An answer as stored: without person, time or order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Id of the question: an item, `rec`, or an open question.
    pub item: String,
    /// Score of an item (from 1) or of `rec` (from 0).
    pub score: Option<u8>,
    /// Words of an open question.
    pub text: Option<String>,
}

/// Why an answer was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerFault {
    /// No such question.
    #[error("This form has no question called {0}. Please open the form again and answer there.")]
    NoSuchQuestion(String),
    /// Not a label or a number of the scale.
    #[error("That answer is not on the scale. Please choose one of: {0}.")]
    NotOnScale(String),
    /// Text is too long.
    #[error("That is {got} characters, and there is room for {most}. Please shorten it a little.")]
    TooLong {
        /// Characters given.
        got: usize,
        /// Characters allowed.
        most: usize,
    },
}

/// Words that mean "I cannot say".
const CANNOT_SAY: [&str; 3] = ["i cannot say", "cannot say", "-"];

impl PulseForm {
    /// Id of the question about recommending.
    pub const REC: &'static str = "rec";
    /// Label of the choice that is never counted.
    pub const CANNOT_SAY: &'static str = "I cannot say";

    /// The rated questions of the start wave in month 1.
    pub fn baseline_items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.baseline)
    }

    /// Reads what a person chose or typed: a label, its number, or words for an open question.
    ///
    /// An empty text for an open question is "I cannot say": open questions are optional.
    pub fn read(&self, question: &str, typed: &str) -> Result<Answer, AnswerFault> {
        let typed = typed.trim();
        if let Some(open) = self.open.iter().find(|open| open.id == question) {
            return read_text(typed, open.max_chars);
        }
        let is_rec = question == Self::REC;
        let item = self.items.iter().find(|item| item.id == question);
        if item.is_none() && !is_rec {
            return Err(AnswerFault::NoSuchQuestion(question.to_owned()));
        }
        let small = typed.to_lowercase();
        if CANNOT_SAY.contains(&small.as_str()) {
            return Ok(Answer::CannotSay);
        }
        let number = typed.parse::<u8>().ok();
        let Some(item) = item else {
            return number
                .filter(|n| *n <= 10)
                .map(Answer::Likelihood)
                .ok_or_else(|| AnswerFault::NotOnScale("a whole number from 0 to 10".to_owned()));
        };
        let by_label = (1u8..).zip(&item.scale).find(|(_, label)| label.to_lowercase() == small);
        by_label
            .map(|(place, _)| place)
            .or_else(|| number.filter(|n| (1..=item.scale.len()).contains(&usize::from(*n))))
            .map(Answer::Score)
            .ok_or_else(|| AnswerFault::NotOnScale(item.scale.join(", ")))
    }
}

fn read_text(typed: &str, most: usize) -> Result<Answer, AnswerFault> {
    let got = typed.chars().count();
    if got > most {
        return Err(AnswerFault::TooLong { got, most });
    }
    Ok(if typed.is_empty() { Answer::CannotSay } else { Answer::Text(typed.to_owned()) })
}

impl Answer {
    /// The row to store; none for "I cannot say", which leaves no trace.
    pub fn row(self, question: &str) -> Option<AnswerRow> {
        let item = question.to_owned();
        match self {
            Self::Score(score) | Self::Likelihood(score) => {
                Some(AnswerRow { item, score: Some(score), text: None })
            }
            Self::Text(text) => Some(AnswerRow { item, score: None, text: Some(text) }),
            Self::CannotSay => None,
        }
    }
}
