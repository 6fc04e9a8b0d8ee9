//! Dates and times as people type them: for a snooze, and for a meetup.
//!
//! Invariant: a text either means one instant or is refused with what to type instead; nothing is guessed
//! across a year.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};

use crate::domain::civil::words::{clock, month, weekday};
use crate::domain::civil::{Instant, Zone, day_bounds, resolve};

/// Why a date or time was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// Not understood as a day or a length of time.
    #[error(
        "I do not understand \"{0}\" as a day. Type something like \"tomorrow\", \"3 days\" or \"2027-01-31\"."
    )]
    Day(String),
    /// A day without a time of day.
    #[error("What time on that day? Type the time after the day, such as \"2027-01-31 15:00\".")]
    NoTime,
    /// Not a time of day.
    #[error("\"{0}\" is not a time of day. Type it as 15:00 or 3pm.")]
    Time(String),
    /// Before the present.
    #[error("{0} is already over. Choose a later day.")]
    Past(Date),
    /// More than a year ahead.
    #[error("{0} is more than a year away. Choose a day within a year.")]
    TooFar(Date),
    /// The zone left the date out.
    #[error("There is no {0} in your time zone. Choose the day before or after.")]
    NoSuchDate(Date),
}

/// Reads the end of a snooze: a length (`12 hours`, `3 days`, `1 week`, `2 months`), a day (`tomorrow`,
/// `friday`, `next week`, `2027-01-03`, `3 january`) or a day and a time. A day means its first instant.
/// It is after `now` and at most a year ahead.
pub fn parse_until(text: &str, now: Instant, zone: &Zone) -> Result<Instant, WhenError> {
    let words = split(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        ["until" | "for" | "in", rest @ ..] => rest,
        all => all,
    };
    let today = zone.civil(now);
    let until = if let Some(span) = length(words) {
        after_span(&span, now, zone)?
    } else {
        match split_time(words) {
            (day, Some(time)) => at_time(day_of(day, today.date(), text)?, time, zone)?,
            (day, None) => {
                let date = day_of(day, today.date(), text)?;
                day_bounds(date, zone).ok_or(WhenError::NoSuchDate(date))?.0
            }
        }
    };
    if until <= now {
        return Err(WhenError::Past(zone.date(until)));
    }
    if until > now.plus_days(366) {
        return Err(WhenError::TooFar(zone.date(until)));
    }
    Ok(until)
}

/// Reads a day with a time of day, such as `2027-03-14 15:00`, `tomorrow at 9`, `friday 3pm`,
/// `14 march 2027 at 15:00`, or a length from now, such as `in 2 hours`. The past is not refused: what
/// already happened may be noted too. A weekday means the next one, today only while the time is ahead.
pub fn parse_when(text: &str, now: Instant, zone: &Zone) -> Result<Instant, WhenError> {
    if let Ok(slot) = text.trim().parse::<crate::domain::civil::Slot>() {
        return slot.instant(zone).ok_or(WhenError::NoSuchDate(slot.date()));
    }
    let words = split(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let ["in", rest @ ..] = words.as_slice()
        && let Some(span) = length(rest)
    {
        return after_span(&span, now, zone);
    }
    let today = zone.date(now);
    let (day, time) = split_time(&words);
    let time = match (time, day) {
        (Some(time), _) => time,
        (None, [.., "at", last]) => return Err(WhenError::Time((*last).to_owned())),
        (None, [.., last]) if last.contains(':') => return Err(WhenError::Time((*last).to_owned())),
        (None, _) => {
            day_of(day, today, text)?;
            return Err(WhenError::NoTime);
        }
    };
    if let [only] = day
        && weekday(only) == Some(today.weekday())
    {
        let this_one = at_time(today, time, zone)?;
        if this_one > now {
            return Ok(this_one);
        }
    }
    at_time(day_of(day, today, text)?, time, zone)
}

/// Lower-case words without commas; `2027-03-14t15:00` and `3 pm` keep their meaning.
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

/// `3 days`, `a week`, `12 hours`.
fn length(words: &[&str]) -> Option<Span> {
    let [number, unit] = words else {
        return None;
    };
    let number = match *number {
        "a" | "an" | "one" => 1,
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse::<i64>().ok().filter(|n| *n < 10_000)?
        }
        _ => return None,
    };
    match unit.trim_end_matches('s') {
        "minute" | "min" => Some(number.minutes()),
        "hour" => Some(number.hours()),
        "day" => Some(number.days()),
        "week" => Some(number.weeks()),
        "month" => Some(number.months()),
        _ => None,
    }
}

/// Hours elapse; days, weeks and months keep the time of day over clock changes.
fn after_span(span: &Span, now: Instant, zone: &Zone) -> Result<Instant, WhenError> {
    if span.get_hours() != 0 || span.get_minutes() != 0 {
        return Ok(now.plus_hours(i64::from(span.get_hours())).plus_minutes(span.get_minutes()));
    }
    let civil: DateTime = zone.civil(now).saturating_add(*span);
    resolve(civil, zone).instant().ok_or(WhenError::NoSuchDate(civil.date()))
}

/// Takes a time of day from the end: `... at 9`, `... 15:00`, `... 3pm`. A bare number needs `at`.
fn split_time<'a, 'w>(words: &'w [&'a str]) -> (&'w [&'a str], Option<Time>) {
    match words {
        [day @ .., "at", typed] => clock(typed).map_or((words, None), |time| (day, Some(time))),
        [day @ .., typed] if typed.bytes().any(|b| !b.is_ascii_digit()) => {
            clock(typed).map_or((words, None), |time| (day, Some(time)))
        }
        _ => (words, None),
    }
}

fn at_time(date: Date, time: Time, zone: &Zone) -> Result<Instant, WhenError> {
    resolve(date.to_datetime(time), zone).instant().ok_or(WhenError::NoSuchDate(date))
}

/// A day: relative, a weekday (the next one, never today), or a date. Without a year it is the next such
/// date, today included.
fn day_of(words: &[&str], today: Date, text: &str) -> Result<Date, WhenError> {
    let bad = || WhenError::Day(text.trim().to_owned());
    let ahead = |days: i64| today.checked_add(days.days()).map_err(|_| bad());
    let coming = |target: jiff::civil::Weekday| {
        let gap =
            i64::from(target.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset());
        ahead((gap - 1).rem_euclid(7) + 1)
    };
    let words: Vec<&str> =
        words.iter().copied().filter(|word| !matches!(*word, "on" | "the" | "of")).collect();
    match words.as_slice() {
        ["today"] => Ok(today),
        ["tomorrow"] => ahead(1),
        ["next", "week"] => coming(jiff::civil::Weekday::Monday),
        ["next", day] | [day] if weekday(day).is_some() => weekday(day).map_or_else(|| Err(bad()), coming),
        [date] => date.parse::<Date>().map_err(|_| bad()),
        [first, second] => {
            let (month, day) = month_and_day(first, second).ok_or_else(bad)?;
            let this_year = Date::new(today.year(), month, day).ok().filter(|date| *date >= today);
            // A leap day can be up to eight years away; further than a year is refused by the caller.
            let mut years =
                (today.year()..=today.year() + 8).filter_map(|year| Date::new(year, month, day).ok());
            this_year.or_else(|| years.find(|date| *date >= today)).ok_or_else(bad)
        }
        [first, second, year] if year.len() == 4 => {
            let (month, day) = month_and_day(first, second).ok_or_else(bad)?;
            Date::new(year.parse().map_err(|_| bad())?, month, day).map_err(|_| bad())
        }
        _ => Err(bad()),
    }
}

/// `3 january`, `january 3rd`.
fn month_and_day(first: &str, second: &str) -> Option<(i8, i8)> {
    let (name, day) = if month(first).is_some() { (first, second) } else { (second, first) };
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| day.strip_suffix(ending)).unwrap_or(day);
    Some((i8::try_from(month(name)?).ok()?, digits.parse().ok()?))
}
