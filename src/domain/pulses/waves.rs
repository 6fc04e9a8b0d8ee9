//! One wave: its window, reminders and warnings. Invariant: a wave is open for fourteen days, has at
//! most two reminders, and touches neither the turn of the year nor a freeze.

use jiff::ToSpan;
use jiff::civil::Date;

/// Days a wave stays open, the first and the last one included.
pub const WINDOW_DAYS: i32 = 14;
/// Least days from the opening of one wave to the opening of the next.
pub const MIN_DAYS_APART: i32 = 120;
/// Days after the opening on which people who have not answered are reminded.
pub const REMINDER_DAYS: [i32; 2] = [5, 11];
/// Days before the opening on which staff are warned.
pub const WARNING_DAYS: [i32; 2] = [60, 30];
/// Calendar days after the closing by which results are due: ten working days.
pub const RESULTS_WITHIN_DAYS: i32 = 14;
/// Days on either side of 31 December in which no wave may be open.
const YEAR_END_DAYS: i32 = 14;

/// One wave of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wave {
    /// 1 for the first.
    pub number: u32,
    /// First day on which people can answer.
    pub opens_on: Date,
    /// Last day on which people can answer.
    pub closes_on: Date,
    /// The last day on which this wave could open without breaking a rule, if the others stay put.
    pub open_no_later_than: Date,
}

impl Wave {
    /// The wave in words, for plans and warnings.
    pub fn words(&self) -> String {
        format!(
            "Pulse wave {} opens on {} and closes on {}. It can open on {} at the latest.",
            self.number, self.opens_on, self.closes_on, self.open_no_later_than
        )
    }
}

/// The two days on which people who have not answered get a reminder; stop after an answer.
pub fn reminder_days(wave: &Wave) -> [Date; 2] {
    REMINDER_DAYS.map(|days| shift(wave.opens_on, days))
}

/// The days on which staff hear that a wave is coming, 60 and 30 days ahead.
pub fn warning_days(wave: &Wave) -> [Date; 2] {
    WARNING_DAYS.map(|days| shift(wave.opens_on, -days))
}

/// True within two weeks of 31 December, on either side.
pub fn is_year_end(day: Date) -> bool {
    year_end_around(day).is_some()
}

/// The first and last day of the turn of the year that `day` falls into.
pub(super) fn year_end_around(day: Date) -> Option<(Date, Date)> {
    [day.year() - 1, day.year()].into_iter().find_map(|year| {
        let last = Date::new(year, 12, 31).ok()?;
        let block = (shift(last, -YEAR_END_DAYS), shift(last, YEAR_END_DAYS));
        (block.0 <= day && day <= block.1).then_some(block)
    })
}

/// The last day of a window that opens on `opens_on`.
pub(super) fn closing(opens_on: Date) -> Date {
    shift(opens_on, WINDOW_DAYS - 1)
}

/// A day moved by some days; stays put at the ends of the calendar.
pub(super) fn shift(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// Days from one date to a later one, negative when it is earlier.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
