//! Sending hours, availability, typed times and the steady spread, on dates worked out by hand.

use super::*;
use jiff::civil::Weekday;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

fn clock(hour: i8, minute: i8) -> Time {
    Time::constant(hour, minute, 0, 0)
}

fn quiet(from: Time, to: Time) -> SendingRules {
    SendingRules { quiet: Some((from, to)), ..SendingRules::default() }
}

#[test]
fn ordinary_messages_wait_for_the_next_working_window() {
    let rules = SendingRules::default();
    let ask = |now: &str| rules.next_allowed(at(now), &berlin(), Urgency::Ordinary);
    // Friday 8 January 2027: 10:00 in Berlin is 09:00 UTC.
    assert_eq!(ask("2027-01-08T09:00:00Z"), Allowed::Now);
    assert_eq!(ask("2027-01-08T08:59:59Z"), Allowed::Later(at("2027-01-08T09:00:00Z"), Why::OutsideHours));
    assert_eq!(ask("2027-01-08T15:00:00Z"), Allowed::Later(at("2027-01-11T09:00:00Z"), Why::OutsideHours));
    assert_eq!(ask("2027-01-09T11:00:00Z"), Allowed::Later(at("2027-01-11T09:00:00Z"), Why::DayOff));
}

#[test]
fn holidays_and_a_week_from_sunday_to_thursday_are_kept() {
    let rules =
        SendingRules { workdays: [true, true, true, true, false, false, true], ..SendingRules::default() };
    let cairo = Zone::parse("Africa/Cairo").unwrap();
    let friday = at("2027-01-08T09:00:00Z");
    let sunday = Allowed::Later(at("2027-01-10T08:00:00Z"), Why::DayOff);
    assert_eq!(rules.next_allowed(friday, &cairo, Urgency::Ordinary), sunday);
    let closed = |date: Date| date == jiff::civil::date(2027, 1, 10);
    let monday = Allowed::Later(at("2027-01-11T08:00:00Z"), Why::DayOff);
    assert_eq!(rules.next_allowed_around(friday, &cairo, Urgency::Ordinary, &closed), monday);
}

#[test]
fn quiet_hours_hold_even_urgent_messages_over_midnight() {
    let rules = quiet(clock(20, 0), clock(7, 0));
    let ask = |now: &str| rules.next_allowed(at(now), &berlin(), Urgency::Urgent);
    assert_eq!(ask("2027-01-09T18:59:00Z"), Allowed::Now);
    let morning = Allowed::Later(at("2027-01-10T06:00:00Z"), Why::QuietHours);
    assert_eq!(ask("2027-01-09T19:00:00Z"), morning);
    assert_eq!(ask("2027-01-10T05:59:59Z"), morning);
    assert_eq!(ask("2027-01-10T06:00:00Z"), Allowed::Now);
}

#[test]
fn a_snooze_holds_ordinary_messages_and_lets_urgent_ones_through() {
    let rules = SendingRules { snooze_until: Some(at("2027-03-06T12:00:00Z")), ..SendingRules::default() };
    let now = at("2027-01-08T10:00:00Z");
    // The snooze ends on a Saturday, two months on; the next window is Monday.
    let monday = Allowed::Later(at("2027-03-08T09:00:00Z"), Why::Snoozed);
    assert_eq!(rules.next_allowed(now, &berlin(), Urgency::Ordinary), monday);
    assert_eq!(rules.next_allowed(now, &berlin(), Urgency::Urgent), Allowed::Now);
}

#[test]
fn rules_without_any_opening_hold_for_fourteen_days_and_still_respect_quiet_hours() {
    let now = at("2027-01-08T21:00:00Z");
    let never = SendingRules { workdays: [false; 7], ..quiet(clock(20, 0), clock(7, 0)) };
    let found = never.next_allowed(now, &berlin(), Urgency::Ordinary);
    assert_eq!(found, Allowed::Later(at("2027-01-23T06:00:00Z"), Why::NoOpening));
    let covered = quiet(clock(9, 0), clock(17, 0));
    let found = covered.next_allowed(now, &berlin(), Urgency::Ordinary);
    assert_eq!(found, Allowed::Later(at("2027-01-22T21:00:00Z"), Why::NoOpening));
    let empty = SendingRules { from: clock(10, 0), to: clock(10, 0), ..SendingRules::default() };
    let found = empty.next_allowed(now, &berlin(), Urgency::Ordinary);
    assert_eq!(found, Allowed::Later(at("2027-01-22T21:00:00Z"), Why::NoOpening));
}

#[test]
fn clock_changes_neither_trap_nor_shorten_quiet_hours() {
    // 25 October 2026: 03:00 becomes 02:00 again at 01:00 UTC. The second 02:30 is 01:30 UTC.
    let rules = quiet(clock(22, 0), clock(2, 45));
    let ask = |now: &str| rules.next_allowed(at(now), &berlin(), Urgency::Urgent);
    assert_eq!(ask("2026-10-25T00:10:00Z"), Allowed::Later(at("2026-10-25T00:45:00Z"), Why::QuietHours));
    assert_eq!(ask("2026-10-25T01:30:00Z"), Allowed::Later(at("2026-10-25T01:45:00Z"), Why::QuietHours));
    // 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC; 02:45 moves to 03:45.
    assert_eq!(ask("2026-03-29T00:30:00Z"), Allowed::Later(at("2026-03-29T01:45:00Z"), Why::QuietHours));
}

#[test]
fn every_answer_is_late_enough_and_outside_quiet_hours_all_year_round() {
    let zone = Zone::parse("Australia/Lord_Howe").unwrap();
    let rules = SendingRules {
        workdays: [true, false, true, false, true, false, true],
        ..quiet(clock(21, 30), clock(2, 15))
    };
    let mut now = at("2026-01-01T00:00:00Z");
    let mut held = 0;
    while now < at("2027-01-01T00:00:00Z") {
        for urgency in [Urgency::Ordinary, Urgency::Urgent] {
            let answer = rules.next_allowed(now, &zone, urgency);
            let goes = answer.instant(now);
            assert!(goes >= now && goes <= now.plus_days(4), "{now} {urgency:?} {answer:?}");
            assert!(
                !within(zone.civil(goes).time(), clock(21, 30), clock(2, 15)),
                "{now} {urgency:?} {answer:?}"
            );
            assert_eq!(rules.next_allowed(goes, &zone, urgency), Allowed::Now, "{now} {urgency:?}");
            held += usize::from(answer != Allowed::Now);
        }
        now = now.plus_minutes(45);
    }
    assert!(held > 5_000, "{held}");
}

#[test]
fn rules_are_stored_as_readable_text_and_missing_parts_take_the_defaults() {
    let rules =
        SendingRules { snooze_until: Some(at("2027-01-01T00:00:00Z")), ..quiet(clock(20, 0), clock(7, 0)) };
    let json = serde_json::to_string(&rules).unwrap();
    assert!(json.contains(r#""from":"10:00""#) && json.contains(r#""quiet":"20:00-07:00""#), "{json}");
    assert_eq!(serde_json::from_str::<SendingRules>(&json).unwrap(), rules);
    assert_eq!(serde_json::from_str::<SendingRules>("{}").unwrap(), SendingRules::default());
    assert!(serde_json::from_str::<SendingRules>(r#"{"quiet":"20:00"}"#).is_err());
    assert!(serde_json::from_str::<SendingRules>(r#"{"from":"24:00"}"#).is_err());
}

#[test]
fn the_spread_is_steady_even_and_inside_the_window() {
    let hour = Duration::from_hours(1);
    assert_eq!(spread("member-1", hour), spread("member-1", hour));
    assert_eq!(spread("member-1", Duration::ZERO), Duration::ZERO);
    let mut quarters = [0_u32; 4];
    for n in 0..4_000 {
        let place = spread(&format!("member-{n}"), hour);
        assert!(place < hour);
        quarters[usize::try_from(place.as_secs() / 900).unwrap()] += 1;
    }
    assert!(quarters.iter().all(|count| (900..1_100).contains(count)), "{quarters:?}");
}

#[test]
fn typed_hours_come_back_in_one_spelling() {
    for (typed, written) in [
        ("mon-fri 9:00-17:00", "mon-fri 09:00-17:00"),
        ("tue,thu 14-16", "tue,thu 14:00-16:00"),
        ("sun-thu 08:00-12:00", "mon-thu,sun 08:00-12:00"),
        ("Mon 9-12, 13-17; sat 10 - 12", "mon 09:00-12:00, 13:00-17:00; sat 10:00-12:00"),
        ("weekdays 9am to 5pm", "mon-fri 09:00-17:00"),
        ("mon 9-12, 11-14, 14-15", "mon 09:00-15:00"),
        ("mon 9-12 tue 13-15", "mon 09:00-12:00; tue 13:00-15:00"),
        ("every day 0-24", "mon-sun 00:00-24:00"),
        ("fri 22:00-0:00", "fri 22:00-24:00"),
        ("every monday from 9 to 11", "mon 09:00-11:00"),
        ("mon, tue, thu, sat, sun 8-9", "mon,tue,thu,sat,sun 08:00-09:00"),
    ] {
        let hours: Availability = typed.parse().unwrap_or_else(|e| panic!("{typed}: {e}"));
        assert_eq!(hours.to_string(), written, "{typed}");
        assert_eq!(hours.to_string().parse::<Availability>(), Ok(hours), "{typed}");
    }
    assert_eq!(Availability::try_from(String::new()), Ok(Availability::default()));
}

#[test]
fn refused_hours_say_what_to_type() {
    let refused = |typed: &str| typed.parse::<Availability>().unwrap_err();
    assert_eq!(refused(""), HoursError::Empty);
    assert_eq!(refused("mon 25:00-26:00"), HoursError::Time("25:00".into()));
    assert_eq!(refused("mon 9:75-10"), HoursError::Time("9:75".into()));
    assert_eq!(refused("mon 9"), HoursError::Time("9".into()));
    assert_eq!(refused("mon 9-5"), HoursError::Backwards("9-5".into()));
    assert_eq!(refused("9-17"), HoursError::NoDays("9-17".into()));
    assert_eq!(refused("mon,tue"), HoursError::NoHours("mon, tue".into()));
    assert_eq!(refused("mon-fry 9-17"), HoursError::Day("fry".into()));
    assert!(refused("soon").to_string().ends_with('.'));
}

#[test]
fn a_week_mask_holds_the_utc_hours_that_are_fully_covered() {
    let hours = |text: &str| text.parse::<Availability>().unwrap();
    let mask = |text: &str, zone: &str, on: Date| {
        hours(text).to_week_mask(&Zone::parse(zone).unwrap(), on).iter().collect::<Vec<_>>()
    };
    let winter = jiff::civil::date(2027, 1, 6);
    assert_eq!(mask("mon 9-12", "Europe/Berlin", winter), [8, 9, 10]);
    assert_eq!(mask("mon 9-12", "Europe/Berlin", jiff::civil::date(2027, 7, 7)), [7, 8, 9]);
    // A half-hour zone covers fewer whole hours; Tokyo's Monday morning is Sunday night in UTC.
    assert_eq!(mask("mon 9-12", "Asia/Kolkata", winter), [4, 5]);
    assert_eq!(mask("mon 8-10", "Asia/Tokyo", winter), [0, 167]);
    assert_eq!(mask("mon 9:30-11", "UTC", winter), [10]);
    assert_eq!(mask("mon 22-24; tue 0-1", "UTC", winter), [22, 23, 24]);
    assert_eq!(mask("daily 0-24", "Australia/Lord_Howe", winter).len(), 168);
    // The week of a clock change: Sunday 28 March 2027, 02:00 to 03:00 does not exist in Berlin.
    assert_eq!(mask("sun 1-4", "Europe/Berlin", jiff::civil::date(2027, 3, 28)), [144, 145]);
    assert_eq!(hours("mon-fri 9-17").minutes_a_week(), 2_400);
    assert_eq!(hours("mon 9-17").windows(Weekday::Monday), [Window { from: 540, to: 1_020 }]);
}

#[test]
fn a_snooze_can_be_typed_as_a_day_or_as_a_length() {
    // Wednesday 6 January 2027, 11:00 in Berlin.
    let now = at("2027-01-06T10:00:00Z");
    for (typed, expected) in [
        ("3 days", "2027-01-09T10:00:00Z"),
        ("for a week", "2027-01-13T10:00:00Z"),
        ("1 month", "2027-02-06T10:00:00Z"),
        ("12 hours", "2027-01-06T22:00:00Z"),
        ("12 weeks", "2027-03-31T09:00:00Z"),
        ("tomorrow", "2027-01-06T23:00:00Z"),
        ("friday", "2027-01-07T23:00:00Z"),
        ("Wednesday", "2027-01-12T23:00:00Z"),
        ("until next week", "2027-01-10T23:00:00Z"),
        ("2027-02-01", "2027-01-31T23:00:00Z"),
        ("3 march", "2027-03-02T23:00:00Z"),
        ("January 3rd", "2028-01-02T23:00:00Z"),
        ("tomorrow at 9", "2027-01-07T08:00:00Z"),
    ] {
        assert_eq!(parse_until(typed, now, &berlin()), Ok(at(expected)), "{typed}");
    }
    let refused = |typed: &str| parse_until(typed, now, &berlin()).unwrap_err();
    assert_eq!(refused("2027-01-03"), WhenError::Past(jiff::civil::date(2027, 1, 3)));
    assert_eq!(refused("0 days"), WhenError::Past(jiff::civil::date(2027, 1, 6)));
    assert_eq!(refused("2029-01-03"), WhenError::TooFar(jiff::civil::date(2029, 1, 3)));
    assert_eq!(refused("30 february"), WhenError::Day("30 february".into()));
    assert_eq!(refused("soon"), WhenError::Day("soon".into()));
    assert_eq!(refused(""), WhenError::Day(String::new()));
}

#[test]
fn a_meetup_can_be_typed_with_day_and_time() {
    let now = at("2027-01-06T10:00:00Z");
    for (typed, expected) in [
        ("2027-03-14 15:00", "2027-03-14T14:00:00Z"),
        ("2027-03-14T15:00", "2027-03-14T14:00:00Z"),
        ("14 March 2027 at 3 pm", "2027-03-14T14:00:00Z"),
        ("tomorrow 9:00", "2027-01-07T08:00:00Z"),
        ("friday at 15", "2027-01-08T14:00:00Z"),
        ("wednesday 15:00", "2027-01-06T14:00:00Z"),
        ("wednesday 10:00", "2027-01-13T09:00:00Z"),
        ("today 15:00", "2027-01-06T14:00:00Z"),
        ("in 2 hours", "2027-01-06T12:00:00Z"),
        ("2026-12-01 15:00", "2026-12-01T14:00:00Z"),
        // Inside the gap of 28 March 2027: an hour on.
        ("2027-03-28 02:30", "2027-03-28T01:30:00Z"),
    ] {
        assert_eq!(parse_when(typed, now, &berlin()), Ok(at(expected)), "{typed}");
    }
    let refused = |typed: &str| parse_when(typed, now, &berlin()).unwrap_err();
    assert_eq!(refused("2027-03-14"), WhenError::NoTime);
    assert_eq!(refused("friday"), WhenError::NoTime);
    assert_eq!(refused("friday 25:00"), WhenError::Time("25:00".into()));
    assert_eq!(refused("friday at noonish"), WhenError::Time("noonish".into()));
    assert_eq!(refused("2027-02-30 15:00"), WhenError::Day("2027-02-30 15:00".into()));
    let apia = Zone::parse("Pacific/Apia").unwrap();
    let lost = parse_when("2011-12-30 15:00", now, &apia);
    assert_eq!(lost, Err(WhenError::NoSuchDate(jiff::civil::date(2011, 12, 30))));
}
