//! Why a cadence is refused.
//!
//! Invariant: each text ends with what to type instead.

use crate::domain::civil::UnknownZone;

/// Why a cadence was refused. Each text says what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CadenceError {
    /// Nothing was typed.
    #[error("How often? Type something like \"fortnightly on tuesday at 15:00\".")]
    Empty,
    /// A word that has no meaning here.
    #[error("I do not understand \"{0}\" here. Type something like \"monthly on the 15th at 10:00\".")]
    Word(String),
    /// Words that do not go together.
    #[error("{0} Type something like \"first tuesday of each quarter at 15:00\".")]
    Conflict(&'static str),
    /// Not a time of day.
    #[error("\"{0}\" is not a time of day. Type it as 15:00 or 3pm.")]
    Time(String),
    /// Not a day of a month.
    #[error("\"{0}\" is not a day of a month. Type a day from 1st to 31st, or \"last day\".")]
    Day(String),
    /// Every n-th is outside 1 to 52.
    #[error("\"Every {0}\" is out of range. Choose a number from 1 to 52.")]
    Every(u32),
    /// Every n-th cannot be counted with this rule.
    #[error("Counting every {0} works with whole weeks or all months. Type \"every {0} weeks on tuesday\".")]
    EveryRule(u32),
    /// A length outside 5 minutes to 12 hours.
    #[error("\"{0}\" is not a length I can use. Type between 5 and 720 minutes, such as \"for 75 minutes\".")]
    Minutes(String),
    /// Not a date.
    #[error("\"{0}\" is not a date. Type it as 2027-01-31.")]
    Date(String),
    /// No date in five years.
    #[error("This would not fall on any date in the next five years. Choose a day that exists.")]
    Never,
    /// More than once a day.
    #[error(
        "This would happen more than once a day. Use one hour and one minute, such as \"cron: 0 0 15 * * Tue\"."
    )]
    TooOften,
    /// The cron expression cannot be used.
    #[error("This cron rule cannot be used: {0} Type six fields such as \"cron: 0 0 15 1-7 * Tue\".")]
    Cron(String),
    /// Not the key of a calendar.
    #[error("\"{0}\" is not a calendar key. Use lower-case letters, digits and hyphens, such as uk-england.")]
    Calendar(String),
    /// The zone in a stored text is not known.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}
