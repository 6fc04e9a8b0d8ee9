//! Cadences as people type them, and as they are stored.
//!
//! Invariant: every word counts or the text is refused; nothing typed is silently passed over.

use std::str::FromStr;

use jiff::civil::Date;

use super::typed::{Span, Typed};
use super::{Cadence, CadenceError, DEFAULT_TIME, Rule};
use crate::domain::civil::Zone;
use crate::domain::civil::words::month;

impl Cadence {
    /// Reads typed words such as `fortnightly on tuesday at 15:00`, `last friday of each quarter`,
    /// `every 3 weeks on wed at 16:30 for 60 minutes` or `cron: 0 0 15 1-7 * Tue`. What is left out comes
    /// from `anchor` (its weekday, or its place in the month), [`DEFAULT_TIME`] and the default length.
    pub fn parse(text: &str, zone: Zone, anchor: Date) -> Result<Cadence, CadenceError> {
        let text = text.trim().trim_end_matches('.');
        if text.is_empty() {
            return Err(CadenceError::Empty);
        }
        if let Some((_, expr)) = text.split_once(':').filter(|(head, _)| head.eq_ignore_ascii_case("cron")) {
            return Cadence::new(Rule::Cron { expr: expr.trim().to_owned() }, zone, DEFAULT_TIME, anchor);
        }
        let mut typed = Typed::default();
        let words = split(text);
        let mut rest = words.as_slice();
        while let Some((word, after)) = rest.split_first() {
            rest = typed.take(word, after)?;
        }
        let anchor = typed.from.unwrap_or(anchor);
        let made = Cadence::new(typed.rule(anchor)?, zone, typed.at.unwrap_or(DEFAULT_TIME), anchor)?;
        let minutes = typed.minutes.unwrap_or(made.minutes());
        made.with_every(typed.every.unwrap_or(1))?.with_minutes(minutes)
    }
}

/// Lower-case words without commas; `3 pm` becomes one word.
fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.to_lowercase().replace(',', " ").split_whitespace() {
        match words.last_mut() {
            Some(hour) if (word == "am" || word == "pm") && hour.ends_with(|c: char| c.is_ascii_digit()) => {
                hour.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Stands for the word `last` among ordinals.
pub(super) const LAST: u32 = u32::MAX;

pub(super) fn next(words: &[String]) -> Result<(&str, &[String]), CadenceError> {
    let (word, rest) = words.split_first().ok_or(CadenceError::Conflict("The sentence stops early."))?;
    Ok((word, rest))
}

pub(super) fn adverb(word: &str) -> Option<(Span, Option<u32>)> {
    Some(match word {
        "daily" => (Span::Day, None),
        "weekly" => (Span::Week, None),
        "fortnightly" | "biweekly" | "bi-weekly" | "fortnight" => (Span::Week, Some(2)),
        "monthly" => (Span::Month, None),
        "quarterly" => (Span::Quarter, None),
        "yearly" | "annually" => (Span::Year, None),
        "half-yearly" => (Span::HalfYear, None),
        _ => return None,
    })
}

pub(super) fn unit(word: &str) -> Option<Span> {
    Some(match word {
        "week" | "weeks" => Span::Week,
        "month" | "months" => Span::Month,
        "quarter" | "quarters" => Span::Quarter,
        "year" | "years" => Span::Year,
        _ => return None,
    })
}

/// `third`, `3rd`, `3`, and `last`.
pub(super) fn number_of(word: &str) -> Option<u32> {
    let named = ["first", "second", "third", "fourth", "fifth"].iter().position(|name| *name == word);
    if let Some(index) = named {
        return u32::try_from(index + 1).ok();
    }
    if word == "last" {
        return Some(LAST);
    }
    let endings = ["st", "nd", "rd", "th"];
    let digits = endings.iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    digits.parse().ok().filter(|number| *number < 1_000 && digits.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn within_month(words: &[String]) -> bool {
    words.iter().any(|word| matches!(unit(word), Some(Span::Month | Span::Quarter)) || month(word).is_some())
}

impl FromStr for Cadence {
    type Err = CadenceError;

    /// Reads the stored line. It is also kind to lines typed by hand: the parts after the rule may come
    /// in any order, but zone and starting date must be there.
    fn from_str(text: &str) -> Result<Cadence, CadenceError> {
        let mut parts = text.split(';').map(str::trim);
        let rule = parts.next().unwrap_or_default();
        let (mut zone, mut anchor, mut minutes, mut skip) = (None, None, None, Vec::new());
        for part in parts {
            if let Some(date) = part.strip_prefix("from ") {
                anchor = Some(date.parse::<Date>().map_err(|_| CadenceError::Date(date.to_owned()))?);
            } else if let Some(number) = part.strip_suffix(" minutes") {
                minutes = Some(number.parse().map_err(|_| CadenceError::Minutes(number.to_owned()))?);
            } else if let Some(keys) = part.strip_prefix("skip ") {
                skip = keys.split(',').map(str::trim).collect();
            } else {
                zone = Some(Zone::parse(part)?);
            }
        }
        let (Some(zone), Some(anchor)) = (zone, anchor) else {
            return Err(CadenceError::Conflict("A stored cadence needs a zone and \"from\" with a date."));
        };
        let made = Cadence::parse(rule, zone, anchor)?;
        let minutes = minutes.unwrap_or(made.minutes());
        made.with_minutes(minutes)?.with_skip(&skip)
    }
}
