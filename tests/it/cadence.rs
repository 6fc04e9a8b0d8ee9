//! Repeating dates: typed words, exact dates, odd months, clock changes, and the stored line.
//!
//! Invariant: expected dates are literals taken from a calendar, never computed by the code under test.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};
use proptest::prelude::*;
use roundtable::domain::cadence::{Cadence, CadenceError, Days, Months, Nth, Rule};
use roundtable::domain::civil::{Instant, Slot, Zone};

fn at(text: &str) -> Instant {
    text.parse().expect("an RFC 3339 literal")
}

fn date(text: &str) -> Date {
    text.parse().expect("a date literal")
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone name literal")
}

fn berlin(text: &str, anchor: &str) -> Cadence {
    Cadence::parse(text, zone("Europe/Berlin"), date(anchor)).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn refusal(text: &str) -> CadenceError {
    Cadence::parse(text, zone("Europe/Berlin"), date("2026-11-22")).expect_err(text)
}

fn first_slots(cadence: &Cadence, n: usize) -> Vec<String> {
    let start = at("2026-11-22T00:00:00Z");
    cadence.next_slots(start, n, &|_| false).into_iter().map(|(slot, _)| slot.to_string()).collect()
}

/// What people type on Sunday 22 November 2026, and the first dates they mean.
#[rustfmt::skip]
const TYPED: &[(&str, &[&str])] = &[
    ("weekly on monday at 9:00", &["2026-11-23T09:00", "2026-11-30T09:00", "2026-12-07T09:00"]),
    ("fortnightly on tuesday at 15:00", &["2026-11-24T15:00", "2026-12-08T15:00", "2026-12-22T15:00"]),
    ("every other tuesday at 3pm", &["2026-11-24T15:00", "2026-12-08T15:00"]),
    ("every second tuesday at 3 pm", &["2026-11-24T15:00", "2026-12-08T15:00"]),
    ("every second tuesday of the month at 15:00", &["2026-12-08T15:00", "2027-01-12T15:00"]),
    ("monthly on the 15th at 10:00", &["2026-12-15T10:00", "2027-01-15T10:00", "2027-02-15T10:00"]),
    ("first tuesday at 15:00", &["2026-12-01T15:00", "2027-01-05T15:00", "2027-02-02T15:00"]),
    ("First Tuesday of each month at 15:00.", &["2026-12-01T15:00", "2027-01-05T15:00"]),
    ("last friday of each quarter at 11:00", &["2026-12-25T11:00", "2027-03-26T11:00", "2027-06-25T11:00"]),
    ("quarterly on the first tuesday at 15:00",
        &["2027-01-05T15:00", "2027-04-06T15:00", "2027-07-06T15:00", "2027-10-05T15:00"]),
    ("every 3 weeks on wed at 16:30", &["2026-11-25T16:30", "2026-12-16T16:30", "2027-01-06T16:30"]),
    ("tue and thu at 12", &["2026-11-24T12:00", "2026-11-26T12:00", "2026-12-01T12:00"]),
    ("every weekday at 9:30", &["2026-11-23T09:30", "2026-11-24T09:30"]),
    ("daily at noon", &["2026-11-22T12:00", "2026-11-23T12:00"]),
    ("weekly", &["2026-11-22T15:00", "2026-11-29T15:00"]),
    ("monthly", &["2026-11-22T15:00", "2026-12-27T15:00", "2027-01-24T15:00"]),
    ("every 2 months on the 1st at 9:00", &["2026-12-01T09:00", "2027-02-01T09:00", "2027-04-01T09:00"]),
    ("twice a year on the first monday at 10:00", &["2027-05-03T10:00", "2027-11-01T10:00", "2028-05-01T10:00"]),
    ("yearly on the 3rd in may at 9:00", &["2027-05-03T09:00", "2028-05-03T09:00"]),
    ("last day of each month at 17:00", &["2026-11-30T17:00", "2026-12-31T17:00", "2027-01-31T17:00", "2027-02-28T17:00"]),
    ("fifth friday at 10:00", &["2027-01-29T10:00", "2027-04-30T10:00", "2027-07-30T10:00"]),
    ("cron: 0 0 15 1-7 1,4,7,10 Tue *",
        &["2027-01-05T15:00", "2027-04-06T15:00", "2027-07-06T15:00", "2027-10-05T15:00"]),
    ("cron: 0 0 10 1-7 5,11 Mon *", &["2027-05-03T10:00", "2027-11-01T10:00"]),
    ("Cron: 0 0 15 1-7 * Tue", &["2026-12-01T15:00", "2027-01-05T15:00"]),
];

#[test]
fn typed_words_mean_the_dates_of_the_calendar() {
    for (text, expected) in TYPED {
        let cadence = berlin(text, "2026-11-22");
        assert_eq!(first_slots(&cadence, expected.len()), *expected, "{text}");
    }
}

#[test]
fn every_typed_cadence_survives_being_stored() {
    for (text, _) in TYPED {
        let cadence = berlin(text, "2026-11-22").with_skip(&["de", "uk-england"]).expect("sound keys");
        let stored = cadence.to_string();
        assert_eq!(stored.parse::<Cadence>(), Ok(cadence.clone()), "{stored}");
        let json = serde_json::to_string(&cadence).expect("json");
        assert_eq!(serde_json::from_str::<Cadence>(&json).expect("json"), cadence);
    }
    assert_eq!(
        berlin("fortnightly on tuesday at 15:00 for 90 minutes", "2026-11-22").to_string(),
        "every 2 weeks on tuesday at 15:00; 90 minutes; from 2026-11-22; Europe/Berlin"
    );
}

type Expected = fn(&CadenceError) -> bool;

#[test]
fn each_refusal_is_typed_and_says_what_to_type_instead() {
    let cases: &[(&str, Expected)] = &[
        ("", |e| matches!(e, CadenceError::Empty)),
        ("at 15:00", |e| matches!(e, CadenceError::Empty)),
        ("whenever we like", |e| matches!(e, CadenceError::Word(word) if word == "whenever")),
        ("weekly on monday at 25:00", |e| matches!(e, CadenceError::Time(time) if time == "25:00")),
        ("weekly on monday at", |e| matches!(e, CadenceError::Conflict(_))),
        ("monthly on the 32nd", |e| matches!(e, CadenceError::Day(_))),
        ("monthly on the 0th", |e| matches!(e, CadenceError::Day(_))),
        ("every 0 weeks on monday", |e| matches!(e, CadenceError::Every(0))),
        ("every 60 weeks on monday", |e| matches!(e, CadenceError::Every(60))),
        ("every 2 quarters on the first monday", |e| matches!(e, CadenceError::EveryRule(2))),
        ("weekly on the first monday", |e| matches!(e, CadenceError::Conflict(_))),
        ("monthly on monday and tuesday", |e| matches!(e, CadenceError::Conflict(_))),
        ("weekly on monday at 9:00 at 10:00", |e| matches!(e, CadenceError::Conflict(_))),
        ("weekly on monday for 3 minutes", |e| matches!(e, CadenceError::Minutes(_))),
        ("weekly on monday for ever", |e| matches!(e, CadenceError::Minutes(_))),
        ("weekly from soon", |e| matches!(e, CadenceError::Date(_))),
        ("on the 30th in february at 9:00", |e| matches!(e, CadenceError::Never)),
        ("on the 31st in april and june", |e| matches!(e, CadenceError::Never)),
        ("cron: 0 0 9 30 2 *", |e| matches!(e, CadenceError::Never)),
        ("cron: 0 0 9 1 1 * 2001", |e| matches!(e, CadenceError::Never)),
        ("cron: 0 * 9 * * Tue", |e| matches!(e, CadenceError::TooOften)),
        ("cron: * * * * * *", |e| matches!(e, CadenceError::TooOften)),
        ("cron: 0 0 9,15 * * Tue", |e| matches!(e, CadenceError::TooOften)),
        ("cron: 30 0 9 * * Tue", |e| matches!(e, CadenceError::Cron(_))),
        ("cron: 0 0 9 * * 2", |e| matches!(e, CadenceError::Cron(_))),
        ("cron: 0 9 * * Tue", |e| matches!(e, CadenceError::Cron(_))),
        ("cron: 0 0 99 * * Tue", |e| matches!(e, CadenceError::Cron(_))),
        ("cron:", |e| matches!(e, CadenceError::Cron(_))),
    ];
    for (text, expected) in cases {
        let refused = refusal(text);
        assert!(expected(&refused), "{text}: {refused:?}");
        let said = refused.to_string();
        assert!(said.ends_with(['.', '?']) && !said.contains('!'), "{text}: {said}");
        assert!(["Type", "Choose", "Use"].iter().any(|verb| said.contains(verb)), "{text}: {said}");
    }
    assert!(matches!("weekly on monday".parse::<Cadence>(), Err(CadenceError::Conflict(_))));
    assert!(matches!(
        "weekly on monday; from 2027-01-01; Mars/Olympus".parse::<Cadence>(),
        Err(CadenceError::Zone(_))
    ));
    let keys = berlin("weekly", "2026-11-22").with_skip(&["UK"]);
    assert_eq!(keys, Err(CadenceError::Calendar("UK".to_owned())));
}

#[test]
fn february_29_and_the_31st_move_to_the_last_day_of_a_short_month() {
    let leap = berlin("on the 29th in february at 9:00", "2027-01-01");
    let slots = first_slots(&leap, 3);
    assert_eq!(slots, ["2027-02-28T09:00", "2028-02-29T09:00", "2029-02-28T09:00"]);
    let month_end = berlin("monthly on the 31st at 9:00", "2028-01-01");
    assert_eq!(
        first_slots(&month_end, 5),
        ["2028-01-31T09:00", "2028-02-29T09:00", "2028-03-31T09:00", "2028-04-30T09:00", "2028-05-31T09:00"]
    );
    let thirtieth = berlin("monthly on the 30th at 9:00", "2027-01-01");
    assert_eq!(first_slots(&thirtieth, 3), ["2027-01-30T09:00", "2027-02-28T09:00", "2027-03-30T09:00"]);
    let cron = berlin("cron: 0 0 9 29 2 *", "2027-01-01");
    assert_eq!(first_slots(&cron, 2), ["2028-02-29T09:00", "2032-02-29T09:00"]);
}

#[test]
fn counting_every_second_week_does_not_stumble_over_week_53() {
    // 2026 has an ISO week 53 (28 December to 3 January): counting odd weeks would meet twice in a row.
    let cadence = berlin("every 2 weeks on thursday at 15:00", "2026-12-03");
    assert_eq!(
        first_slots(&cadence, 5),
        ["2026-12-03T15:00", "2026-12-17T15:00", "2026-12-31T15:00", "2027-01-14T15:00", "2027-01-28T15:00"]
    );
    // Two days of the same week count as one week, also when the count begins in its middle.
    let pair = berlin("every 2 weeks on monday and thursday at 9:00", "2026-12-03");
    assert_eq!(
        first_slots(&pair, 4),
        ["2026-12-03T09:00", "2026-12-14T09:00", "2026-12-17T09:00", "2026-12-28T09:00"]
    );
}

#[test]
fn a_quarter_that_starts_on_a_tuesday_meets_on_its_first_day() {
    // 1 July 2031 and 1 April 2031 are Tuesdays.
    let cadence = berlin("first tuesday of each quarter at 15:00", "2031-01-08");
    let slots = first_slots(&cadence, 2);
    assert_eq!(slots, ["2031-04-01T15:00", "2031-07-01T15:00"]);
}

#[test]
fn clock_changes_move_instants_but_never_slots() {
    let weekly = berlin("sundays at 2:30", "2026-03-22");
    let found = weekly.slots(at("2026-03-22T00:00:00Z"), at("2026-04-06T00:00:00Z"), &|_| false);
    let found: Vec<(String, String)> = found.iter().map(|(s, i)| (s.to_string(), i.to_string())).collect();
    let pairs = [
        ("2026-03-22T02:30", "2026-03-22T01:30:00Z"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ("2026-04-05T02:30", "2026-04-05T00:30:00Z"),
    ];
    assert_eq!(found, pairs.map(|(slot, instant)| (slot.to_owned(), instant.to_owned())));
}

#[test]
fn a_restart_inside_a_gap_or_a_repeated_hour_neither_repeats_nor_loses_a_slot() {
    let daily =
        Cadence::parse("daily at 1:30", zone("America/New_York"), date("2026-10-01")).expect("a cadence");
    let next = |now: &str| daily.next_slots(at(now), 1, &|_| false)[0].1.to_string();
    // 01:10 in the first pass, on the stroke, and 01:10 in the second pass.
    assert_eq!(next("2026-11-01T05:10:00Z"), "2026-11-01T05:30:00Z");
    assert_eq!(next("2026-11-01T05:30:00Z"), "2026-11-02T06:30:00Z");
    assert_eq!(next("2026-11-01T06:10:00Z"), "2026-11-02T06:30:00Z");
    let gap =
        Cadence::parse("daily at 2:30", zone("America/New_York"), date("2026-03-01")).expect("a cadence");
    let next = |now: &str| gap.next_slots(at(now), 1, &|_| false)[0].1.to_string();
    assert_eq!(next("2026-03-08T06:59:59Z"), "2026-03-08T07:30:00Z");
    assert_eq!(next("2026-03-08T07:10:00Z"), "2026-03-08T07:30:00Z");
    assert_eq!(next("2026-03-08T07:30:00Z"), "2026-03-09T06:30:00Z");
}

#[test]
fn a_slot_that_a_gap_carries_into_the_next_date_is_still_found_there() {
    // Nuuk, 28 March 2026: 23:00 becomes 00:00 of the 29th at 01:00 UTC, so 23:30 is 00:30 at 01:30 UTC.
    let late = Cadence::parse("daily at 23:30", zone("America/Nuuk"), date("2026-03-01")).expect("a cadence");
    let next = late.next_slots(at("2026-03-29T01:10:00Z"), 2, &|_| false);
    let found: Vec<(String, Instant)> =
        next.iter().map(|(slot, instant)| (slot.to_string(), *instant)).collect();
    let expected =
        [("2026-03-28T23:30", "2026-03-29T01:30:00Z"), ("2026-03-29T23:30", "2026-03-30T00:30:00Z")];
    assert_eq!(found, expected.map(|(slot, instant)| (slot.to_owned(), at(instant))));
}

#[test]
fn a_date_that_was_left_out_is_passed_over_once() {
    let daily = Cadence::parse("daily at 9:00", zone("Pacific/Apia"), date("2011-12-01")).expect("a cadence");
    let found = daily.slots(at("2011-12-29T00:00:00Z"), at("2012-01-01T00:00:00Z"), &|_| false);
    let slots: Vec<String> = found.iter().map(|(slot, _)| slot.to_string()).collect();
    assert_eq!(slots, ["2011-12-29T09:00", "2011-12-31T09:00", "2012-01-01T09:00"]);
}

#[test]
fn a_group_that_changes_zone_keeps_its_slots_and_gets_new_instants() {
    let here = berlin("weekly on monday at 9:00", "2027-01-01");
    let east = here.clone().with_zone(zone("Asia/Tokyo"));
    let west = here.clone().with_zone(zone("Pacific/Honolulu"));
    let first = |cadence: &Cadence| cadence.next_slots(at("2027-01-02T00:00:00Z"), 1, &|_| false)[0];
    let slot: Slot = "2027-01-04T09:00".parse().expect("a slot");
    assert_eq!(first(&here), (slot, at("2027-01-04T08:00:00Z")));
    assert_eq!(first(&east), (slot, at("2027-01-04T00:00:00Z")));
    assert_eq!(first(&west), (slot, at("2027-01-04T19:00:00Z")));
}

#[test]
fn holidays_are_passed_over_and_the_count_goes_on() {
    let cadence = berlin("fortnightly on friday at 15:00", "2026-12-11");
    let closed = |day: Date| day == date("2026-12-25");
    let found = cadence.next_slots(at("2026-12-01T00:00:00Z"), 3, &closed);
    let slots: Vec<String> = found.iter().map(|(slot, _)| slot.to_string()).collect();
    assert_eq!(slots, ["2026-12-11T15:00", "2027-01-08T15:00", "2027-01-22T15:00"]);
    assert_eq!(cadence.next_slots(at("2026-12-01T00:00:00Z"), 3, &|_| true), []);
}

#[test]
fn no_slot_lies_before_the_starting_date_and_ranges_are_half_open() {
    let cadence = berlin("daily at 9:00", "2027-01-10");
    let found = cadence.slots(at("2027-01-01T00:00:00Z"), at("2027-01-12T08:00:00Z"), &|_| false);
    let instants: Vec<Instant> = found.iter().map(|(_, instant)| *instant).collect();
    assert_eq!(instants, [at("2027-01-10T08:00:00Z"), at("2027-01-11T08:00:00Z")]);
    let next = cadence.slots(at("2027-01-12T08:00:00Z"), at("2027-01-12T08:00:01Z"), &|_| false);
    assert_eq!(next.len(), 1);
    assert_eq!(cadence.slots(at("2027-02-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), &|_| false), []);
}

#[test]
fn words_describe_the_cadence_to_people() {
    for (typed, said) in [
        ("fortnightly on tuesday at 15:00", "Every second Tuesday at 15:00 (Europe/Berlin), 75 minutes"),
        ("mon, wed and fri at 9", "Every Monday, Wednesday and Friday at 09:00 (Europe/Berlin), 75 minutes"),
        (
            "quarterly on the first tuesday for 1 hour",
            "On the first Tuesday of each quarter at 15:00 (Europe/Berlin), 60 minutes",
        ),
        (
            "last friday in march and may",
            "On the last Friday in March and May at 15:00 (Europe/Berlin), 75 minutes",
        ),
        ("monthly on the 31st", "On the last day of each month at 15:00 (Europe/Berlin), 75 minutes"),
        ("every 3 months on the 2nd", "Every 3 months on the 2nd at 15:00 (Europe/Berlin), 75 minutes"),
        ("every weekday at 8:15", "Every weekday at 08:15 (Europe/Berlin), 75 minutes"),
    ] {
        assert_eq!(berlin(typed, "2026-11-22").words(), said);
    }
}

fn any_months() -> impl Strategy<Value = Months> {
    prop_oneof![
        Just(Months::ALL),
        Just(Months::QUARTER_STARTS),
        Just(Months::QUARTER_ENDS),
        prop::collection::vec(1..=12_u8, 1..5)
            .prop_map(|months| months.into_iter().fold(Months::default(), Months::with)),
    ]
}

fn any_weekday() -> impl Strategy<Value = Weekday> {
    (0..7_i8).prop_map(|n| Weekday::from_monday_zero_offset(n).expect("0..7"))
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let nth =
        prop::sample::select(vec![Nth::First, Nth::Second, Nth::Third, Nth::Fourth, Nth::Fifth, Nth::Last]);
    prop_oneof![
        prop::collection::vec(any_weekday(), 1..8)
            .prop_map(|days| Rule::Weekly { days: days.into_iter().fold(Days::default(), Days::with) }),
        (nth, any_weekday(), any_months()).prop_map(|(nth, weekday, months)| Rule::NthWeekday {
            nth,
            weekday,
            months
        }),
        (1..=31_u8, any_months()).prop_map(|(day, months)| Rule::MonthlyDay { day, months }),
        (0..24, 0..60, 1..=28).prop_map(|(h, m, d)| Rule::Cron { expr: format!("0 {m} {h} {d} */2 *") }),
    ]
}

fn any_cadence() -> impl Strategy<Value = Cadence> {
    let zones = prop::sample::select(Zone::all().to_vec());
    let clock = (0..24_i8, 0..60_i8).prop_map(|(h, m)| Time::constant(h, m, 0, 0));
    let start = (0..4_000_i64).prop_map(|n| Date::constant(2024, 1, 1).saturating_add(n.days()));
    let parts = (any_rule(), zones, clock, start, 1..=52_u32, 5..=720_u32);
    parts.prop_filter_map("a rule that fires", |(rule, name, at, start, every, minutes)| {
        let made = Cadence::new(rule, zone(&name), at, start).ok()?.with_minutes(minutes).ok()?;
        let made = made.clone().with_every(every).unwrap_or(made);
        made.with_skip(&["de", "international"]).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_stored_is_read_back_the_same(cadence in any_cadence()) {
        prop_assert_eq!(cadence.to_string().parse::<Cadence>(), Ok(cadence));
    }

    #[test]
    fn slots_rise_strictly_with_one_a_date_at_most_and_resume_anywhere(cadence in any_cadence(), cut in 1..6_usize) {
        let from = at("2024-01-01T00:00:00Z");
        let slots = cadence.next_slots(from, 8, &|_| false);
        prop_assert!(!slots.is_empty(), "{} never fires", cadence);
        for pair in slots.windows(2) {
            prop_assert!(pair[0].0.date() < pair[1].0.date() && pair[0].1 < pair[1].1, "{:?}", pair);
        }
        // A scheduler that restarts after any slot goes on with the next one.
        if let Some((_, instant)) = slots.get(cut) {
            let resumed = cadence.next_slots(*instant, slots.len() - cut - 1, &|_| false);
            prop_assert_eq!(&resumed[..], &slots[cut + 1..]);
        }
    }

    #[test]
    fn no_typed_text_breaks_the_reader(text in "[ -~]{0,40}") {
        let read = Cadence::parse(&text, Zone::utc(), date("2027-01-01"));
        prop_assert!(read.map_or_else(|refused| !refused.to_string().is_empty(), |made| made.minutes() >= 5));
    }

    #[test]
    fn no_mix_of_known_words_breaks_the_reader(words in prop::collection::vec(prop::sample::select(vec![
        "every", "first", "last", "day", "week", "weeks", "month", "quarter", "on", "at", "9", "31st", "monday",
        "tue", "february", "for", "2", "hours", "twice", "a", "year", "from", "2027-02-28", "other", "monthly",
    ]), 0..8)) {
        if let Ok(made) = Cadence::parse(&words.join(" "), Zone::utc(), date("2027-01-01")) {
            prop_assert_eq!(made.to_string().parse::<Cadence>(), Ok(made));
        }
    }
}
