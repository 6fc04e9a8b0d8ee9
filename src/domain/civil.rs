//! Civil time and instants: what a wall clock shows, and the point in time it stands for.
//!
//! Invariant: every step from a wall clock to an instant goes through [`resolve`], so one policy holds
//! everywhere: a time inside a gap moves on by the length of the gap, a repeated time means its first
//! occurrence, and a date that a zone left out has no instant at all.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

// The paths are spelled out so that the file can also be mounted from another crate.
#[path = "civil/suggest.rs"]
mod suggest;
#[path = "civil/words.rs"]
pub mod words;
#[path = "civil/zone.rs"]
mod zone;

pub use zone::{Source, UnknownZone, Zone, bundled_version, tzdb_version};

/// A point in time: microseconds of UTC since 1970. Arithmetic saturates instead of overflowing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

const SECOND: i64 = 1_000_000;

impl Instant {
    /// The first instant of 1970 in UTC.
    pub const EPOCH: Instant = Instant(0);

    /// From microseconds since 1970 (UTC).
    pub const fn from_micros(micros: i64) -> Instant {
        Instant(micros)
    }

    /// Microseconds since 1970 (UTC).
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// From whole seconds since 1970 (UTC).
    pub const fn from_secs(secs: i64) -> Instant {
        Instant(secs.saturating_mul(SECOND))
    }

    /// Whole seconds since 1970 (UTC), rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Later by this many seconds (earlier when negative).
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Instant {
        Instant(self.0.saturating_add(secs.saturating_mul(SECOND)))
    }

    /// Later by this many minutes of elapsed time.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Instant {
        self.plus_secs(minutes.saturating_mul(60))
    }

    /// Later by this many hours of elapsed time.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Instant {
        self.plus_secs(hours.saturating_mul(3_600))
    }

    /// Later by this many times 24 hours; for civil days, add to the date and [`resolve`].
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Instant {
        self.plus_secs(days.saturating_mul(86_400))
    }

    /// Earlier by this many seconds.
    #[must_use]
    pub const fn minus_secs(self, secs: i64) -> Instant {
        self.plus_secs(secs.saturating_neg())
    }

    /// Earlier by this many minutes of elapsed time.
    #[must_use]
    pub const fn minus_minutes(self, minutes: i64) -> Instant {
        self.plus_minutes(minutes.saturating_neg())
    }

    /// Earlier by this many hours of elapsed time.
    #[must_use]
    pub const fn minus_hours(self, hours: i64) -> Instant {
        self.plus_hours(hours.saturating_neg())
    }

    /// Earlier by this many times 24 hours.
    #[must_use]
    pub const fn minus_days(self, days: i64) -> Instant {
        self.plus_days(days.saturating_neg())
    }

    /// Seconds from here to `later`, rounded down; negative when `later` is earlier.
    pub const fn secs_until(self, later: Instant) -> i64 {
        later.0.saturating_sub(self.0).div_euclid(SECOND)
    }

    /// The same instant for jiff, held inside the years jiff knows.
    pub fn timestamp(self) -> Timestamp {
        let nearest = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_microsecond(self.0).unwrap_or(nearest)
    }
}

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Instant {
        Instant(at.as_microsecond())
    }
}

impl From<Instant> for Timestamp {
    fn from(at: Instant) -> Timestamp {
        at.timestamp()
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, by: Duration) -> Instant {
        Instant(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;
    fn sub(self, by: Duration) -> Instant {
        Instant(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// RFC 3339 in UTC, such as `2027-03-14T15:00:00Z`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

/// Reads RFC 3339 with any offset.
impl FromStr for Instant {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Instant, jiff::Error> {
        text.parse::<Timestamp>().map(Instant::from)
    }
}

/// What a wall-clock time in a zone stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// The time exists once.
    Exact(Instant),
    /// The clock jumped over it; this is the same time moved on by the length of the jump.
    Moved(Instant),
    /// The time happens twice; this is the first.
    First(Instant),
    /// The zone left the whole date out: there is no slot.
    NoSuchDate,
}

impl Resolved {
    /// The instant, or nothing when the date does not exist in the zone.
    pub fn instant(self) -> Option<Instant> {
        match self {
            Resolved::Exact(at) | Resolved::Moved(at) | Resolved::First(at) => Some(at),
            Resolved::NoSuchDate => None,
        }
    }
}

/// The instant of a wall-clock time in a zone, by the policy at the head of this file.
pub fn resolve(civil: DateTime, zone: &Zone) -> Resolved {
    let zoned = zone.rules();
    match zoned.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => Resolved::Exact(at_offset(civil, offset)),
        AmbiguousOffset::Fold { before, .. } => Resolved::First(at_offset(civil, before)),
        AmbiguousOffset::Gap { before, after } => {
            // A date is missing only when one jump swallows both its ends: comparing resolved dates
            // instead would lose 23:30 in a zone whose clock jumps from 23:00 to midnight.
            let gap = AmbiguousOffset::Gap { before, after };
            let swallowed =
                |time| zoned.to_ambiguous_timestamp(civil.date().to_datetime(time)).offset() == gap;
            if swallowed(Time::midnight()) && swallowed(Time::MAX) {
                Resolved::NoSuchDate
            } else {
                Resolved::Moved(at_offset(civil, before))
            }
        }
    }
}

/// A wall-clock time read at a fixed offset, held inside the years jiff knows.
fn at_offset(civil: DateTime, offset: Offset) -> Instant {
    let nearest = if civil.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Instant::from(offset.to_timestamp(civil).unwrap_or(nearest))
}

/// The first instant of a date and the first instant of the next date that exists (half-open), or
/// nothing when the zone left the date out. A day may have 23, 24, 25 or other numbers of hours.
pub fn day_bounds(date: Date, zone: &Zone) -> Option<(Instant, Instant)> {
    let start = day_start(date, zone)?;
    let mut next = date;
    for _ in 0..3 {
        next = next.checked_add(1.day()).ok()?;
        if let Some(end) = day_start(next, zone) {
            return Some((start, end));
        }
    }
    None
}

/// The first instant of a date. A gap over midnight starts the date where the jump ends.
fn day_start(date: Date, zone: &Zone) -> Option<Instant> {
    match resolve(date.to_datetime(Time::midnight()), zone) {
        Resolved::Moved(inside) => {
            let jump = zone.rules().preceding(inside.plus_secs(1).timestamp()).next();
            jump.map(|jump| Instant::from(jump.timestamp())).or(Some(inside))
        }
        other => other.instant(),
    }
}

/// The civil identity of one nudge or meetup: date and minute without a zone, such as
/// `2027-03-14T15:00`. It stays the same when zone rules, and so the instant, change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot(DateTime);

impl Slot {
    /// The slot of a wall-clock time; seconds are dropped.
    pub fn new(civil: DateTime) -> Slot {
        let minute = Time::constant(civil.hour(), civil.minute(), 0, 0);
        Slot(civil.date().to_datetime(minute))
    }

    /// Its wall-clock time.
    pub fn civil(self) -> DateTime {
        self.0
    }

    /// Its date.
    pub fn date(self) -> Date {
        self.0.date()
    }

    /// Its instant in a zone, or nothing when the zone left the date out.
    pub fn instant(self, zone: &Zone) -> Option<Instant> {
        resolve(self.0, zone).instant()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}", self.0.date(), self.0.hour(), self.0.minute())
    }
}

/// A text that is not a slot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a slot; write it as 2027-03-14T15:00")]
pub struct BadSlot(pub String);

impl FromStr for Slot {
    type Err = BadSlot;
    fn from_str(text: &str) -> Result<Slot, BadSlot> {
        let bad = || BadSlot(text.to_owned());
        let slot = Slot(text.parse::<DateTime>().map_err(|_| bad())?);
        // Only the one spelling is accepted, so equal slots are equal keys.
        if slot.to_string() == text { Ok(slot) } else { Err(bad()) }
    }
}

impl TryFrom<String> for Slot {
    type Error = BadSlot;
    fn try_from(text: String) -> Result<Slot, BadSlot> {
        text.parse()
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> String {
        slot.to_string()
    }
}
