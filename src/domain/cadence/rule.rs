//! The rules a cadence can follow, and their one common form: a cron expression over civil dates.
//!
//! Invariant: a compiled rule names exactly one time of day, on the whole minute.

use std::fmt;

use cron::{Schedule, TimeUnitSpec};
use jiff::civil::{Time, Weekday};

use super::CadenceError;
use crate::domain::civil::words;

/// A set of weekdays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Days(u8);

impl Days {
    /// Every day of the week.
    pub const ALL: Days = Days(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Days = Days(0b001_1111);

    /// The set with one more day.
    #[must_use]
    pub fn with(self, day: Weekday) -> Days {
        Days(self.0 | 1 << day.to_monday_zero_offset())
    }

    /// Whether a day is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// The days in order, from Monday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        (0..7).filter_map(|n| Weekday::from_monday_zero_offset(n).ok()).filter(move |day| self.contains(*day))
    }
}

/// A set of months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Months(u16);

impl Months {
    /// Every month.
    pub const ALL: Months = Months(0b1111_1111_1111);
    /// January, April, July, October: the month a quarter starts with.
    pub const QUARTER_STARTS: Months = Months(0b0010_0100_1001);
    /// March, June, September, December: the month a quarter ends with.
    pub const QUARTER_ENDS: Months = Months(0b1001_0010_0100);
    /// May and November, when half-yearly pulses go out.
    pub const HALF_YEARS: Months = Months(0b0100_0001_0000);

    /// The set with one more month, 1 to 12; other numbers change nothing.
    #[must_use]
    pub fn with(self, month: u8) -> Months {
        if (1..=12).contains(&month) { Months(self.0 | 1 << (month - 1)) } else { self }
    }

    /// Whether a month 1 to 12 is in the set.
    pub fn contains(self, month: u8) -> bool {
        (1..=12).contains(&month) && self.0 & (1 << (month - 1)) != 0
    }

    /// The months in order, 1 to 12.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=12).filter(move |month| self.contains(*month))
    }
}

/// Which of the same weekdays in a month. A month without a fifth is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Last,
}

/// Which dates a cadence falls on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// These weekdays of every week, or of every n-th week.
    Weekly {
        /// At least one day.
        days: Days,
    },
    /// One weekday of a month, such as the first Tuesday.
    NthWeekday {
        /// Which of them.
        nth: Nth,
        /// The weekday.
        weekday: Weekday,
        /// At least one month.
        months: Months,
    },
    /// A day of a month, 1 to 31. A month that is too short uses its last day, so that "the 31st" means
    /// one date in every month rather than seven a year.
    MonthlyDay {
        /// 1 to 31.
        day: u8,
        /// At least one month.
        months: Months,
    },
    /// A cron expression of six or seven fields, with one hour and one minute.
    Cron {
        /// The expression; weekdays are names.
        expr: String,
    },
}

impl fmt::Display for Nth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Nth::First => "first",
            Nth::Second => "second",
            Nth::Third => "third",
            Nth::Fourth => "fourth",
            Nth::Fifth => "fifth",
            Nth::Last => "last",
        })
    }
}

/// Checks a rule and turns it into a cron expression for its dates.
pub(super) fn compile(rule: Rule, at: Time) -> Result<(Rule, Schedule), CadenceError> {
    let short = |day: Weekday| words::capital(&words::weekday_name(day)[..3]);
    let listed = |months: Months| {
        if months == Months::ALL {
            return "*".to_owned();
        }
        months.iter().map(|month| month.to_string()).collect::<Vec<_>>().join(",")
    };
    let (rule, dates) = match rule {
        Rule::Weekly { days } => {
            let names: Vec<String> = days.iter().map(short).collect();
            let dates = format!("* * {}", names.join(","));
            (Rule::Weekly { days }, dates)
        }
        Rule::NthWeekday { nth, weekday, months } => {
            let range = match nth {
                Nth::First => "1-7",
                Nth::Second => "8-14",
                Nth::Third => "15-21",
                Nth::Fourth => "22-28",
                Nth::Fifth => "29-31",
                Nth::Last => "22-31",
            };
            let dates = format!("{range} {} {}", listed(months), short(weekday));
            (rule, dates)
        }
        Rule::MonthlyDay { day, months } => {
            if !(1..=31).contains(&day) {
                return Err(CadenceError::Day(day.to_string()));
            }
            // The 30th of February alone is a slip, not a wish for the last day.
            let longest = |month| {
                if month == 2 {
                    29
                } else if [4, 6, 9, 11].contains(&month) {
                    30
                } else {
                    31
                }
            };
            if months.iter().map(longest).max().is_none_or(|most| day > most) {
                return Err(CadenceError::Never);
            }
            let days = if day <= 28 { day.to_string() } else { "28-31".to_owned() };
            let dates = format!("{days} {} *", listed(months));
            (rule, dates)
        }
        Rule::Cron { expr } => return compile_cron(&expr),
    };
    let expr = format!("0 {} {} {dates} *", at.minute(), at.hour());
    let schedule =
        expr.parse().map_err(|_| CadenceError::Conflict("At least one day and month are needed."))?;
    Ok((rule, schedule))
}

/// A typed cron expression. Weekday numbers are refused: this dialect counts Sunday as 1 and most others
/// count it as 0, so a number would quietly move a meeting by a day.
fn compile_cron(expr: &str) -> Result<(Rule, Schedule), CadenceError> {
    let fields: Vec<&str> = expr.split_whitespace().collect();
    if !(6..=7).contains(&fields.len()) {
        return Err(CadenceError::Cron(format!("it has {} fields.", fields.len())));
    }
    if fields[5].bytes().any(|b| b.is_ascii_digit()) {
        return Err(CadenceError::Cron(
            "write weekdays as names, because numbers are read in two ways.".to_owned(),
        ));
    }
    let expr = fields.join(" ");
    let schedule =
        expr.parse().map_err(|_| CadenceError::Cron("one of its fields cannot be read.".to_owned()))?;
    Ok((Rule::Cron { expr }, schedule))
}

/// The one time of day of an expression.
pub(super) fn time_of(dates: &Schedule) -> Result<Time, CadenceError> {
    let one = |spec: &mut dyn Iterator<Item = u32>| match (spec.next(), spec.next()) {
        (Some(only), None) => i8::try_from(only).ok(),
        _ => None,
    };
    let seconds = one(&mut dates.seconds().iter());
    let (hour, minute) = (one(&mut dates.hours().iter()), one(&mut dates.minutes().iter()));
    let (Some(second), Some(hour), Some(minute)) = (seconds, hour, minute) else {
        return Err(CadenceError::TooOften);
    };
    if second != 0 {
        return Err(CadenceError::Cron("its first field, the second, must be 0.".to_owned()));
    }
    Time::new(hour, minute, 0, 0).map_err(|_| CadenceError::TooOften)
}
