//! The meaning of typed words, gathered one by one.
//!
//! Invariant: each part of a cadence is said at most once; a second, different wish is refused.

use jiff::civil::{Date, Time, Weekday};

use super::read::{LAST, adverb, next, number_of, unit, within_month};
use super::{CadenceError, Days, Months, Nth, Rule};
use crate::domain::civil::words::{clock, month, weekday};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Day,
    Week,
    Month,
    Quarter,
    HalfYear,
    Year,
}

/// What has been understood so far.
#[derive(Debug, Default)]
pub(super) struct Typed {
    span: Option<Span>,
    pub(super) every: Option<u32>,
    nth: Option<Nth>,
    days: Days,
    month_day: Option<u8>,
    months: Months,
    pub(super) at: Option<Time>,
    pub(super) minutes: Option<u32>,
    pub(super) from: Option<Date>,
}

impl Typed {
    /// Understands one word, with as many of the following ones as belong to it; gives back the rest.
    pub(super) fn take<'w>(&mut self, word: &str, after: &'w [String]) -> Result<&'w [String], CadenceError> {
        match word {
            "on" | "the" | "of" | "each" | "and" | "in" | "a" | "an" | "day" | "days" | "per" => {}
            "every" => return self.take_every(after),
            "at" => {
                let (typed, after) = next(after)?;
                set(&mut self.at, clock(typed).ok_or_else(|| CadenceError::Time(typed.to_owned()))?)?;
                return Ok(after);
            }
            "for" => return self.take_length(after),
            "from" | "starting" => {
                let (typed, after) = next(after)?;
                let date = typed.parse().map_err(|_| CadenceError::Date(typed.to_owned()))?;
                set(&mut self.from, date)?;
                return Ok(after);
            }
            "twice" => {
                let year = after.iter().position(|word| word.starts_with("year"));
                let year = year.filter(|at| *at <= 1).ok_or_else(|| CadenceError::Word(word.to_owned()))?;
                set(&mut self.span, Span::HalfYear)?;
                return Ok(&after[year + 1..]);
            }
            _ => self.take_plain(word, after)?,
        }
        Ok(after)
    }

    /// Words that stand alone; the words after are only looked at.
    fn take_plain(&mut self, word: &str, after: &[String]) -> Result<(), CadenceError> {
        if let Some((span, every)) = adverb(word) {
            set(&mut self.span, span)?;
            return every.map_or(Ok(()), |every| set(&mut self.every, every));
        }
        if let Some(span) = unit(word) {
            return if self.span == Some(span) { Ok(()) } else { set(&mut self.span, span) };
        }
        if word == "weekday" || word == "weekdays" {
            self.days = Days::WORKDAYS;
        } else if let Some(day) = weekday(word) {
            self.days = self.days.with(day);
        } else if let Some(month) = month(word) {
            self.months = self.months.with(month);
        } else if let Some(number) = number_of(word) {
            return self.take_number(word, number, after);
        } else if let Some(at) = clock(word).filter(|_| word.contains([':', 'm'])) {
            return set(&mut self.at, at);
        } else {
            return Err(CadenceError::Word(word.to_owned()));
        }
        Ok(())
    }

    /// `first` before a weekday counts weekdays; otherwise it is a day of the month.
    fn take_number(&mut self, word: &str, number: u32, after: &[String]) -> Result<(), CadenceError> {
        let before_weekday = after.first().is_some_and(|word| weekday(word).is_some());
        if before_weekday {
            let nth = match number {
                1 => Nth::First,
                2 => Nth::Second,
                3 => Nth::Third,
                4 => Nth::Fourth,
                5 => Nth::Fifth,
                LAST => Nth::Last,
                _ => return Err(CadenceError::Word(word.to_owned())),
            };
            return set(&mut self.nth, nth);
        }
        let day = match number {
            LAST if after.first().is_some_and(|word| word == "day") => 31,
            1..=31 => u8::try_from(number).unwrap_or(31),
            LAST => return Err(CadenceError::Word(word.to_owned())),
            _ => return Err(CadenceError::Day(word.to_owned())),
        };
        set(&mut self.month_day, day)
    }

    /// `every tuesday`, `every 3 weeks`, `every other week`, `every second tuesday`.
    fn take_every<'w>(&mut self, after: &'w [String]) -> Result<&'w [String], CadenceError> {
        let (word, rest) = next(after)?;
        if word == "day" {
            set(&mut self.span, Span::Day)?;
            return Ok(rest);
        }
        let every = if word == "other" { Some(2) } else { number_of(word).filter(|n| *n != LAST) };
        let Some(every) = every else {
            return Ok(after);
        };
        let (counted, behind) = next(rest)?;
        if weekday(counted).is_some() {
            // "Every second tuesday of the month" counts within the month, "every second tuesday" does not.
            if word != "other" && (every == 1 || within_month(behind)) {
                return Ok(after);
            }
            set(&mut self.span, Span::Week)?;
        } else if unit(counted).is_none() {
            return Err(CadenceError::Word(counted.to_owned()));
        }
        set(&mut self.every, every)?;
        Ok(rest)
    }

    /// `for 90 minutes`, `for 2 hours`.
    fn take_length<'w>(&mut self, after: &'w [String]) -> Result<&'w [String], CadenceError> {
        let (typed, rest) = next(after)?;
        let bad = || CadenceError::Minutes(typed.to_owned());
        let (number, unit, rest) = match typed.find(|c: char| !c.is_ascii_digit()) {
            Some(end) if end > 0 => (&typed[..end], &typed[end..], rest),
            Some(_) => (typed, "", rest),
            None => match rest.split_first() {
                Some((unit, rest)) => (typed, unit.as_str(), rest),
                None => (typed, "minutes", rest),
            },
        };
        let number: u32 = number.parse().map_err(|_| bad())?;
        let factor = match unit {
            "minutes" | "minute" | "min" | "mins" | "m" => 1,
            "hours" | "hour" | "h" => 60,
            _ => return Err(bad()),
        };
        set(&mut self.minutes, number.saturating_mul(factor))?;
        Ok(rest)
    }

    /// The rule, with gaps filled from the anchor date.
    pub(super) fn rule(&self, anchor: Date) -> Result<Rule, CadenceError> {
        if self.every.is_some_and(|n| n > 1) && !matches!(self.span, Some(Span::Week | Span::Month)) {
            return Err(CadenceError::EveryRule(self.every.unwrap_or(1)));
        }
        let several = self.days.iter().count() > 1;
        if self.nth.is_some() && (several || self.month_day.is_some()) {
            return Err(CadenceError::Conflict("One weekday at a time works with first, second or last."));
        }
        if self.month_day.is_some() && self.days != Days::default() {
            return Err(CadenceError::Conflict("A day of the month and a weekday do not go together."));
        }
        let monthly = self.nth.is_some() || self.month_day.is_some() || self.months != Months::default();
        match self.span {
            Some(Span::Day | Span::Week) if monthly => {
                Err(CadenceError::Conflict("Days of a month do not go together with weeks."))
            }
            Some(Span::Day) if self.days == Days::default() => Ok(Rule::Weekly { days: Days::ALL }),
            Some(Span::Day) => Err(CadenceError::Conflict("Either every day or some weekdays.")),
            Some(Span::Week) if self.days == Days::default() => {
                Ok(Rule::Weekly { days: Days::default().with(anchor.weekday()) })
            }
            Some(Span::Week) => Ok(Rule::Weekly { days: self.days }),
            None if !monthly && self.days != Days::default() => Ok(Rule::Weekly { days: self.days }),
            None if !monthly => Err(CadenceError::Empty),
            _ if several => Err(CadenceError::Conflict("One weekday at a time works with months.")),
            _ => Ok(self.monthly_rule(anchor)),
        }
    }

    fn monthly_rule(&self, anchor: Date) -> Rule {
        let given = self.days.iter().next();
        let yearly = self.span == Some(Span::Year) && self.months == Months::default();
        let same_date = self.month_day.is_none() && given.is_none() && self.nth.is_none();
        if yearly && same_date {
            let months = Months::default().with(anchor.month().unsigned_abs());
            return Rule::MonthlyDay { day: anchor.day().unsigned_abs(), months };
        }
        if let Some(day) = self.month_day {
            return Rule::MonthlyDay { day, months: self.month_set(false, anchor) };
        }
        let nth = self.nth.unwrap_or(if given.is_some() { Nth::First } else { nth_of(anchor) });
        let weekday: Weekday = given.unwrap_or_else(|| anchor.weekday());
        Rule::NthWeekday { nth, weekday, months: self.month_set(nth == Nth::Last, anchor) }
    }

    fn month_set(&self, last: bool, anchor: Date) -> Months {
        if self.months != Months::default() {
            return self.months;
        }
        match self.span {
            Some(Span::Quarter) if last => Months::QUARTER_ENDS,
            Some(Span::Quarter) => Months::QUARTER_STARTS,
            Some(Span::HalfYear) => Months::HALF_YEARS,
            Some(Span::Year) => Months::default().with(anchor.month().unsigned_abs()),
            _ => Months::ALL,
        }
    }
}

/// Fills a place once; a second, different wish is refused.
fn set<T: PartialEq>(place: &mut Option<T>, wish: T) -> Result<(), CadenceError> {
    if place.as_ref().is_some_and(|there| *there != wish) {
        return Err(CadenceError::Conflict("This says two different things about the same part."));
    }
    *place = Some(wish);
    Ok(())
}

/// Which weekday of its month a date is; a fifth counts as the last, so that every month has one.
fn nth_of(date: Date) -> Nth {
    match (date.day() - 1) / 7 {
        0 => Nth::First,
        1 => Nth::Second,
        2 => Nth::Third,
        3 => Nth::Fourth,
        _ => Nth::Last,
    }
}
