//! When a person may be written to, and when that person has time.
//!
//! Invariant: asking when a message may go always ends, never goes back in time, and never answers with a
//! moment inside quiet hours.

use std::time::Duration;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::civil::{Instant, Zone, day_bounds, resolve};

// The paths are spelled out so that the file can also be mounted from another crate.
#[path = "hours/availability.rs"]
mod availability;
#[path = "hours/stored.rs"]
mod stored;
mod stretches;
#[path = "hours/typed.rs"]
mod typed;

pub use availability::{Availability, HoursError, Window};
pub use stretches::Weeks;
pub use typed::{WhenError, parse_until, parse_when};

/// A message that found no opening is held no longer than this.
const HELD_AT_MOST_DAYS: i64 = 14;
/// More steps than 14 days of days off and quiet hours can need.
const STEPS: usize = 64;

/// How soon a message has to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Reminders, starters, check-ins: only in sending hours on working days.
    Ordinary,
    /// A meetup moved or was cancelled: any time but quiet hours.
    Urgent,
}

/// Why a message waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The person asked for silence until a later time.
    Snoozed,
    /// The person's quiet hours.
    QuietHours,
    /// Not a working day of the person, or a holiday.
    DayOff,
    /// A working day, outside sending hours.
    OutsideHours,
    /// The rules leave no opening in 14 days; the message goes then, outside quiet hours.
    NoOpening,
}

/// When a message may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// At the instant that was asked about.
    Now,
    /// Not before this later instant.
    Later(Instant, Why),
}

impl Allowed {
    /// The instant itself, given the one that was asked about.
    pub fn instant(self, asked: Instant) -> Instant {
        match self {
            Allowed::Now => asked,
            Allowed::Later(at, _) => at,
        }
    }
}

/// A person's rules for being written to. Times are wall-clock times in the person's own zone; spans are
/// half-open and may cross midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendingRules {
    /// Start of the sending hours.
    #[serde(with = "stored::clock")]
    pub from: Time,
    /// End of the sending hours; equal to `from` means no opening at all.
    #[serde(with = "stored::clock")]
    pub to: Time,
    /// Working days, Monday first.
    pub workdays: [bool; 7],
    /// Quiet hours; nothing is sent inside them. Equal times mean none.
    #[serde(with = "stored::span")]
    pub quiet: Option<(Time, Time)>,
    /// Ordinary messages wait at least until then.
    pub snooze_until: Option<Instant>,
}

impl Default for SendingRules {
    /// 10:00 to 16:00, Monday to Friday, no quiet hours, not snoozed.
    fn default() -> SendingRules {
        SendingRules {
            from: Time::constant(10, 0, 0, 0),
            to: Time::constant(16, 0, 0, 0),
            workdays: [true, true, true, true, true, false, false],
            quiet: None,
            snooze_until: None,
        }
    }
}

/// What stands in the way at one instant, and the next instant worth looking at.
struct Obstacle {
    why: Why,
    until: Instant,
}

impl SendingRules {
    /// When a message that is due at `at` may go, by the days of the week alone.
    pub fn next_allowed(&self, at: Instant, zone: &Zone, urgency: Urgency) -> Allowed {
        self.next_allowed_around(at, zone, urgency, &|_| false)
    }

    /// The same, with the person's holidays as further days off. The reason is the first one in the way.
    pub fn next_allowed_around(
        &self,
        at: Instant,
        zone: &Zone,
        urgency: Urgency,
        day_off: &dyn Fn(Date) -> bool,
    ) -> Allowed {
        let asleep_until = self.snooze_until.filter(|_| urgency == Urgency::Ordinary);
        // A snooze is the person's own wish, so the 14 days begin after it.
        let limit = at.max(asleep_until.unwrap_or(at)).plus_days(HELD_AT_MOST_DAYS);
        let (mut now, mut first) = (at, None);
        for _ in 0..STEPS {
            let Some(obstacle) = self.obstacle(now, zone, urgency, day_off) else {
                return first.map_or(Allowed::Now, |why| Allowed::Later(now, why));
            };
            first = first.or(Some(obstacle.why));
            now = obstacle.until.max(now.plus_secs(1));
            if now > limit {
                break;
            }
        }
        Allowed::Later(self.after_quiet(limit, zone), Why::NoOpening)
    }

    fn obstacle(
        &self,
        now: Instant,
        zone: &Zone,
        urgency: Urgency,
        day_off: &dyn Fn(Date) -> bool,
    ) -> Option<Obstacle> {
        let civil = zone.civil(now);
        if urgency == Urgency::Ordinary
            && let Some(until) = self.snooze_until.filter(|until| now < *until)
        {
            return Some(Obstacle { why: Why::Snoozed, until });
        }
        if let Some((from, to)) = self.quiet
            && within(civil.time(), from, to)
        {
            return Some(Obstacle { why: Why::QuietHours, until: next_time(now, to, zone) });
        }
        if urgency == Urgency::Urgent {
            return None;
        }
        let weekday = usize::from(civil.weekday().to_monday_zero_offset().unsigned_abs());
        if !self.workdays[weekday] || day_off(civil.date()) {
            let until = day_bounds(civil.date(), zone).map_or(now.plus_days(1), |(_, end)| end);
            return Some(Obstacle { why: Why::DayOff, until });
        }
        if !within(civil.time(), self.from, self.to) {
            return Some(Obstacle { why: Why::OutsideHours, until: next_time(now, self.from, zone) });
        }
        None
    }

    /// The instant itself, or the end of the quiet hours around it.
    fn after_quiet(&self, at: Instant, zone: &Zone) -> Instant {
        let mut now = at;
        if let Some((from, to)) = self.quiet {
            // Twice is enough: a clock change can set the hands back into quiet hours once.
            for _ in 0..3 {
                if within(zone.civil(now).time(), from, to) {
                    now = next_time(now, to, zone);
                }
            }
        }
        now
    }
}

/// Whether a time lies in `from..to`, which may cross midnight; equal ends mean an empty span.
fn within(time: Time, from: Time, to: Time) -> bool {
    if from <= to { from <= time && time < to } else { from <= time || time < to }
}

/// The first instant after `now` at which the zone's clock shows a time of day.
fn next_time(now: Instant, time: Time, zone: &Zone) -> Instant {
    let civil = zone.civil(now);
    let mut date = civil.date();
    if time <= civil.time() {
        date = date.tomorrow().unwrap_or(date);
    }
    for _ in 0..3 {
        match resolve(date.to_datetime(time), zone).instant() {
            Some(at) if at > now => return at,
            // In the second pass of a repeated hour the first pass is over: count elapsed time.
            Some(_) => {
                let ahead = civil.time().duration_until(time).as_secs().max(1);
                return now.plus_secs(ahead);
            }
            None => date = date.tomorrow().unwrap_or(date),
        }
    }
    now.plus_days(1)
}

/// A steady place inside a window for one key: the same for every run and every replica, so that many
/// messages due at once spread out and a restart does not move them. In `0..window`, whole milliseconds.
pub fn spread(key: &str, window: Duration) -> Duration {
    let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
    // FNV-1a with a final mix: keys that differ in the last letter only must not end up side by side.
    let mut hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^= hash >> 33;
    Duration::from_millis(if millis == 0 { 0 } else { hash % millis })
}

#[cfg(test)]
#[path = "hours/tests.rs"]
mod tests;
