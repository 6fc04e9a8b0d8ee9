//! Repeating dates: when a group meets, when a pulse goes out.
//!
//! Invariant: a [`Cadence`] that exists fires, at most once per civil date, and its slots rise strictly.
//! Every rule becomes one `cron` expression that is matched against civil dates only; the crate is never
//! asked about a zone, because it skips and repeats times at clock changes. Instants come from
//! [`resolve`](super::civil::resolve).

use cron::{Schedule, TimeUnitSpec};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::civil::{Instant, Slot, Zone};

// The paths are spelled out so that the file can also be mounted from another crate.
#[path = "cadence/read.rs"]
mod read;
#[path = "cadence/refused.rs"]
mod refused;
#[path = "cadence/rule.rs"]
mod rule;
#[path = "cadence/typed.rs"]
mod typed;
#[path = "cadence/write.rs"]
mod write;

pub use refused::CadenceError;
pub use rule::{Days, Months, Nth, Rule};
use rule::{compile, time_of};

/// Minutes a meetup takes when nothing is said.
pub const DEFAULT_MINUTES: u32 = 75;
/// The time of day when nothing is said.
pub const DEFAULT_TIME: Time = Time::constant(15, 0, 0, 0);
/// A cadence must fire at least once within so many days of its first possible date.
const MUST_FIRE_DAYS: i32 = 5 * 366;
/// Slots are looked for no further ahead than this, about twenty years.
const HORIZON_DAYS: i32 = 20 * 366;

/// A rule with its zone, time of day, length and starting date. `Display` and `FromStr` write and read
/// the one line of text that is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cadence {
    rule: Rule,
    zone: Zone,
    at: Time,
    minutes: u32,
    every: u32,
    anchor: Date,
    skip: Vec<String>,
    dates: Schedule,
    origin: Date,
}

impl Cadence {
    /// A cadence of [`DEFAULT_MINUTES`] from `anchor` on: no slot is earlier, and every n-th is counted
    /// from the first date that matches there. A cron rule brings its own time of day.
    pub fn new(rule: Rule, zone: Zone, at: Time, anchor: Date) -> Result<Cadence, CadenceError> {
        let at = at.with().second(0).subsec_nanosecond(0).build().unwrap_or(at);
        let (rule, dates) = compile(rule, at)?;
        let at = time_of(&dates)?;
        let (minutes, every, skip) = (DEFAULT_MINUTES, 1, Vec::new());
        let mut made = Cadence { rule, zone, at, minutes, every, anchor, skip, dates, origin: anchor };
        made.origin =
            days_from(anchor, MUST_FIRE_DAYS).find(|d| made.matches(*d)).ok_or(CadenceError::Never)?;
        Ok(made)
    }

    /// The same on every n-th week or month, 1 to 52.
    pub fn with_every(mut self, every: u32) -> Result<Cadence, CadenceError> {
        let countable = match &self.rule {
            Rule::Weekly { .. } => true,
            Rule::NthWeekday { months, .. } | Rule::MonthlyDay { months, .. } => *months == Months::ALL,
            Rule::Cron { .. } => false,
        };
        if !(1..=52).contains(&every) {
            return Err(CadenceError::Every(every));
        }
        if every > 1 && !countable {
            return Err(CadenceError::EveryRule(every));
        }
        self.every = every;
        // A fifth weekday can miss every n-th month for good.
        let fires = days_from(self.origin, MUST_FIRE_DAYS).any(|d| self.matches(d) && self.counts(d));
        if fires { Ok(self) } else { Err(CadenceError::Never) }
    }

    /// The same with another length, 5 to 720 minutes.
    pub fn with_minutes(mut self, minutes: u32) -> Result<Cadence, CadenceError> {
        if !(5..=720).contains(&minutes) {
            return Err(CadenceError::Minutes(minutes.to_string()));
        }
        self.minutes = minutes;
        Ok(self)
    }

    /// The same, passing over the days of these holiday calendars.
    pub fn with_skip<S: AsRef<str>>(mut self, calendars: &[S]) -> Result<Cadence, CadenceError> {
        let mut keys = Vec::new();
        for key in calendars.iter().map(AsRef::as_ref) {
            let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if key.is_empty() || !key.bytes().all(sound) {
                return Err(CadenceError::Calendar(key.to_owned()));
            }
            keys.push(key.to_owned());
        }
        keys.sort();
        keys.dedup();
        self.skip = keys;
        Ok(self)
    }

    /// The same wall-clock times in another zone; slots keep their names, instants move.
    #[must_use]
    pub fn with_zone(mut self, zone: Zone) -> Cadence {
        self.zone = zone;
        self
    }

    /// Which dates.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The zone its wall clock runs in.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The time of day.
    pub fn at(&self) -> Time {
        self.at
    }

    /// How long a meetup takes, in minutes.
    pub fn minutes(&self) -> u32 {
        self.minutes
    }

    /// Every n-th week or month; 1 for each.
    pub fn every(&self) -> u32 {
        self.every
    }

    /// No slot is before this date.
    pub fn anchor(&self) -> Date {
        self.anchor
    }

    /// Keys of the holiday calendars whose days are passed over, sorted.
    pub fn skip(&self) -> &[String] {
        &self.skip
    }

    /// The slots with `from <= instant < until`, in strict order, at most twenty years of them. `skip`
    /// says which dates to pass over (see [`Cadence::skip`]).
    pub fn slots(&self, from: Instant, until: Instant, skip: &dyn Fn(Date) -> bool) -> Vec<(Slot, Instant)> {
        let rising = self.walk(from, skip);
        rising.skip_while(|(_, at)| *at < from).take_while(|(_, at)| *at < until).collect()
    }

    /// The next `n` slots strictly after `after`; fewer when there are none within twenty years.
    pub fn next_slots(&self, after: Instant, n: usize, skip: &dyn Fn(Date) -> bool) -> Vec<(Slot, Instant)> {
        self.walk(after, skip).skip_while(|(_, at)| *at <= after).take(n).collect()
    }

    /// Slots in order from about two days before `from`: a gap can carry a slot into a later date.
    fn walk(&self, from: Instant, skip: &dyn Fn(Date) -> bool) -> impl Iterator<Item = (Slot, Instant)> {
        let start = self.zone.date(from).saturating_sub(2.days()).max(self.origin);
        let dates =
            days_from(start, HORIZON_DAYS).filter(|d| self.matches(*d) && self.counts(*d) && !skip(*d));
        let mut last: Option<Instant> = None;
        dates.filter_map(move |date| {
            let slot = Slot::new(date.to_datetime(self.at));
            let at = slot.instant(&self.zone)?;
            // Two dates can only meet in one instant where a zone jumped by most of a day.
            let rises = last.is_none_or(|last| last < at);
            last = last.max(Some(at));
            rises.then_some((slot, at))
        })
    }

    /// Whether the rule, without counting every n-th, falls on a date.
    fn matches(&self, date: Date) -> bool {
        let dates = &self.dates;
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        let listed = dates.days_of_month().includes(u32::from(day))
            && dates.months().includes(u32::from(month))
            && dates.days_of_week().includes(u32::from(date.weekday().to_sunday_one_offset().unsigned_abs()))
            && dates.years().includes(u32::from(date.year().unsigned_abs()));
        listed
            && match self.rule {
                Rule::NthWeekday { nth: Nth::Last, .. } => date.day() + 7 > date.days_in_month(),
                Rule::MonthlyDay { day: wanted, .. } => {
                    day == wanted.min(date.days_in_month().unsigned_abs())
                }
                _ => true,
            }
    }

    /// Whether a date lies in a week or month that every n-th counts.
    fn counts(&self, date: Date) -> bool {
        let passed = if matches!(self.rule, Rule::Weekly { .. }) {
            let week = |d: Date| {
                days_since_epoch(d).saturating_sub(i32::from(d.weekday().to_monday_zero_offset())) / 7
            };
            week(date) - week(self.origin)
        } else {
            let month = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month());
            month(date) - month(self.origin)
        };
        passed.unsigned_abs().is_multiple_of(self.every)
    }
}

/// Days since Monday 1 January 1900, so that whole weeks divide evenly.
fn days_since_epoch(date: Date) -> i32 {
    Date::constant(1900, 1, 1).until(date).map_or(0, |span| span.get_days())
}

/// So many dates from `start` on.
fn days_from(start: Date, days: i32) -> impl Iterator<Item = Date> {
    let days = usize::try_from(days).unwrap_or(0);
    std::iter::successors(Some(start), |date| date.tomorrow().ok()).take(days)
}

impl From<Cadence> for String {
    fn from(cadence: Cadence) -> String {
        cadence.to_string()
    }
}

impl TryFrom<String> for Cadence {
    type Error = CadenceError;
    fn try_from(text: String) -> Result<Cadence, CadenceError> {
        text.parse()
    }
}
