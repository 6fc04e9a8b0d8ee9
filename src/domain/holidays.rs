//! Holiday calendars, computed from rules for any year.
//!
//! Invariant: a calendar says "holiday" only for a rule it can name. Days that are moved to a weekday by
//! custom ("observed") are not computed; each calendar's title says what it covers.
//!
//! The TOML form is one `[[calendar]]` with `key`, `title` and a list `days` of
//! `{ name = "...", fixed = "12-25" }`,
//! `{ name = "...", weekday = "first monday", month = 9 }` (first to fifth, or last),
//! `{ name = "...", easter = 1 }` (days after Easter Sunday, negative before) or
//! `{ name = "...", date = "2027-01-03" }`. Any rule may have `from` and `until`, the first and the last
//! year in which it holds. A weekday rule may have `start`, the day of the month to count from.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::civil::words;

/// All calendars of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendars {
    /// In the order of the file.
    #[serde(rename = "calendar", default)]
    pub calendars: Vec<Calendar>,
}

impl Calendars {
    /// The calendar with a key.
    pub fn get(&self, key: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.key == key)
    }

    /// The name of the holiday on a date in the first of these calendars that has one. Keys that are not
    /// known count as calendars without holidays.
    pub fn holiday<'c, S: AsRef<str>>(&'c self, keys: &[S], date: Date) -> Option<&'c str> {
        keys.iter().filter_map(|key| self.get(key.as_ref())).find_map(|calendar| calendar.is_holiday(date))
    }
}

/// The days off of one place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Lower-case key such as `uk-england`.
    pub key: String,
    /// What people see; says what is covered.
    pub title: String,
    /// The rules.
    pub days: Vec<Holiday>,
}

impl Calendar {
    /// The name of the holiday on a date, if there is one.
    pub fn is_holiday(&self, date: Date) -> Option<&str> {
        self.days.iter().find(|day| day.falls_on(date)).map(|day| day.name.as_str())
    }

    /// The holidays of a year with their dates, in order.
    pub fn year(&self, year: i16) -> Vec<(Date, &str)> {
        let first = Date::new(year, 1, 1).ok();
        let dates = std::iter::successors(first, |date| date.tomorrow().ok().filter(|d| d.year() == year));
        dates.filter_map(|date| self.is_holiday(date).map(|name| (date, name))).collect()
    }
}

/// A rule with its name and the years in which it holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Typed")]
pub struct Holiday {
    /// What people see.
    pub name: String,
    /// Which date of a year.
    pub rule: HolidayRule,
    /// First year, when the holiday is younger than the calendar.
    pub from: Option<i16>,
    /// Last year, when it has ended.
    pub until: Option<i16>,
}

/// Which date of a year a holiday falls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayRule {
    /// The same date every year; 29 February only in leap years.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// A weekday of a month, counted from a day of it (the first Monday from the 18th on).
    NthWeekday {
        /// 1 to 12.
        month: i8,
        /// 1 to 5, or -1 for the last.
        n: i8,
        /// The weekday.
        weekday: Weekday,
        /// Day of the month to count from, 1 as a rule; the last weekday is counted from the end.
        start: i8,
    },
    /// So many days after Easter Sunday of the western churches.
    EasterOffset {
        /// Negative before Easter.
        days: i16,
    },
    /// One date of one year.
    Date {
        /// The date.
        date: Date,
    },
}

impl Holiday {
    fn falls_on(&self, date: Date) -> bool {
        let year = date.year();
        let holds = self.from.is_none_or(|from| from <= year) && self.until.is_none_or(|until| year <= until);
        holds && self.rule.date_in(year) == Some(date)
    }
}

impl HolidayRule {
    /// The date in a year, if there is one.
    pub fn date_in(&self, year: i16) -> Option<Date> {
        match *self {
            HolidayRule::Fixed { month, day } => Date::new(year, month, day).ok(),
            HolidayRule::NthWeekday { month, n: -1, weekday, .. } => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(-1, weekday).ok()
            }
            HolidayRule::NthWeekday { month, n, weekday, start } => {
                let start = Date::new(year, month, start).ok()?;
                let gap = weekday.to_monday_zero_offset() - start.weekday().to_monday_zero_offset();
                let days = i64::from(gap.rem_euclid(7)) + 7 * i64::from(n - 1);
                start.checked_add(days.days()).ok().filter(|date| date.month() == month)
            }
            HolidayRule::EasterOffset { days } => easter(year)?.checked_add(i64::from(days).days()).ok(),
            HolidayRule::Date { date } => (date.year() == year).then_some(date),
        }
    }
}

/// Easter Sunday of a year in the Gregorian calendar (the anonymous computus).
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let golden = y.rem_euclid(19);
    let (century, rest) = (y.div_euclid(100), y.rem_euclid(100));
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15).rem_euclid(30);
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

/// A rule as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    name: String,
    fixed: Option<String>,
    weekday: Option<String>,
    month: Option<i8>,
    start: Option<i8>,
    easter: Option<i16>,
    date: Option<String>,
    from: Option<i16>,
    until: Option<i16>,
}

impl TryFrom<Typed> for Holiday {
    type Error = String;

    fn try_from(typed: Typed) -> Result<Holiday, String> {
        let bad = |what: &str| format!("the holiday \"{}\" {what}", typed.name);
        let weekday = match (&typed.weekday, typed.month) {
            (Some(text), Some(month)) => Some((text, month)),
            (None, None) if typed.start.is_none() => None,
            _ => {
                return Err(bad(
                    "needs both weekday and month, such as weekday = \"first monday\", month = 9",
                ));
            }
        };
        let rule = match (&typed.fixed, weekday, typed.easter, &typed.date) {
            (Some(text), None, None, None) => {
                fixed(text).ok_or_else(|| bad("needs fixed as month and day, such as \"12-25\""))?
            }
            (None, Some((text, month)), None, None) => nth_weekday(text, month, typed.start.unwrap_or(1))
                .ok_or_else(|| bad("needs a weekday such as \"first monday\", a month from 1 to 12, a start from 1 to 28"))?,
            (None, None, Some(days), None) if (-100..=100).contains(&days) => HolidayRule::EasterOffset { days },
            (None, None, None, Some(text)) => {
                let date = text.parse().map_err(|_| bad("needs date such as \"2027-01-03\""))?;
                HolidayRule::Date { date }
            }
            _ => return Err(bad("needs exactly one of fixed, weekday, easter (-100 to 100) or date")),
        };
        Ok(Holiday { name: typed.name, rule, from: typed.from, until: typed.until })
    }
}

fn fixed(text: &str) -> Option<HolidayRule> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year knows every date that can exist.
    Date::new(2024, month, day).ok().map(|_| HolidayRule::Fixed { month, day })
}

fn nth_weekday(text: &str, month: i8, start: i8) -> Option<HolidayRule> {
    let (nth, weekday) = text.split_once(' ')?;
    let n = match nth {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fourth" => 4,
        "fifth" => 5,
        "last" => -1,
        _ => return None,
    };
    let weekday = words::weekday(weekday)?;
    let counted = (1..=12).contains(&month) && (1..=28).contains(&start);
    counted.then_some(HolidayRule::NthWeekday { month, n, weekday, start })
}

#[cfg(test)]
#[path = "holidays/tests.rs"]
mod tests;
