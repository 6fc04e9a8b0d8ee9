//! The stretches of a programme between clock changes.
//!
//! Invariant: people's clocks stand to each other in one way within a stretch, and every way in which they stand to
//! each other between the two dates has a stretch, unless it lasts less than a week.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::Availability;
use crate::domain::civil::{Instant, Zone};
use crate::domain::week::WeekMask;

/// Weeks looked at most: five years.
const WEEKS: i64 = 260;
const WEEK_SECS: i64 = 7 * 24 * 3_600;

/// The instant at which the UTC week of a date begins.
fn monday(date: Date) -> Instant {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    let midnight = Offset::UTC.to_timestamp(date.to_datetime(Time::midnight()));
    midnight.map_or(Instant::EPOCH, Instant::from).minus_days(back)
}

/// The Monday of one week for each stretch, at least one: weeks in which no clock changes, as far as there are such.
/// The first is the first week that stands still, from the week of `from` on.
fn stretches(zones: &BTreeSet<Zone>, from: Date, to: Date) -> Vec<Date> {
    let first = monday(from);
    let weeks = (first.secs_until(monday(to)).max(0) / WEEK_SECS).min(WEEKS);
    let utc = Zone::utc();
    let offsets = |at: Instant| zones.iter().map(|zone| zone.offset_secs(at)).collect::<Vec<i32>>();
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for week in 0..=weeks {
        let start = first.plus_secs(week * WEEK_SECS);
        let clocks = offsets(start);
        if clocks == offsets(start.plus_secs(WEEK_SECS - 1)) && seen.insert(clocks) {
            found.push(utc.date(start));
        }
    }
    if found.is_empty() {
        found.push(utc.date(first));
    }
    found
}

/// People's hours and offsets in each stretch, worked out once for hours that are written alike.
#[derive(Debug)]
pub struct Weeks {
    mondays: Vec<Date>,
    known: BTreeMap<(Availability, Zone), Vec<WeekMask>>,
}

impl Weeks {
    /// For people of these zones, in a programme between two days.
    pub fn new(zones: &BTreeSet<Zone>, from: Date, to: Date) -> Self {
        Self { mondays: stretches(zones, from, to), known: BTreeMap::new() }
    }

    /// Hours in each stretch, at least one.
    pub fn hours(&mut self, hours: &Availability, zone: &Zone) -> &[WeekMask] {
        let fresh = || self.mondays.iter().map(|monday| hours.to_week_mask(zone, *monday)).collect();
        self.known.entry((hours.clone(), zone.clone())).or_insert_with(fresh)
    }

    /// Every hour, in each stretch.
    pub fn all_hours(&self) -> Vec<WeekMask> {
        vec![WeekMask::ALL; self.mondays.len()]
    }

    /// Minutes east of UTC in each stretch.
    pub fn offsets(&self, zone: &Zone) -> Vec<i16> {
        let minutes = |date: &Date| i16::try_from(zone.offset_secs(monday(*date)) / 60).unwrap_or(0);
        self.mondays.iter().map(minutes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn zones(names: &[&str]) -> BTreeSet<Zone> {
        names.iter().map(|name| Zone::parse(name).unwrap()).collect()
    }

    #[test]
    fn two_continents_that_change_their_clocks_on_different_days_have_three_stretches_a_year() {
        let both = zones(&["Europe/Berlin", "America/New_York"]);
        let found = stretches(&both, date(2027, 1, 4), date(2027, 12, 17));
        // Winter; the fortnight of spring in which only New York has changed; summer.
        assert_eq!(found, [date(2027, 1, 4), date(2027, 3, 15), date(2027, 3, 29)]);
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let mut weeks = Weeks::new(&both, date(2027, 1, 4), date(2027, 12, 17));
        assert_eq!(weeks.offsets(&berlin), [60, 60, 120]);
        let hours = "mon 9-10".parse().unwrap();
        let first: Vec<_> = weeks.hours(&hours, &berlin).iter().map(|week| week.iter().next()).collect();
        assert_eq!(first, [Some(8), Some(8), Some(7)]);
    }

    #[test]
    fn a_zone_without_clock_changes_has_one_stretch_and_dates_in_the_wrong_order_too() {
        let utc = zones(&["UTC"]);
        assert_eq!(stretches(&utc, date(2027, 1, 6), date(2028, 1, 6)), [date(2027, 1, 4)]);
        assert_eq!(stretches(&utc, date(2027, 1, 6), date(2020, 1, 6)), [date(2027, 1, 4)]);
        assert_eq!(stretches(&zones(&[]), date(2027, 1, 6), date(2027, 1, 6)), [date(2027, 1, 4)]);
    }

    #[test]
    fn a_week_in_which_clocks_change_stands_for_itself_only_when_there_is_no_other() {
        let berlin = zones(&["Europe/Berlin"]);
        // The clocks go forward on Sunday 28 March.
        assert_eq!(stretches(&berlin, date(2027, 3, 22), date(2027, 3, 26)), [date(2027, 3, 22)]);
        assert_eq!(stretches(&berlin, date(2027, 3, 22), date(2027, 4, 9)), [date(2027, 3, 29)]);
    }
}
