//! Holiday rules against dates from printed calendars, and the calendars that ship.

use jiff::civil::date;

use super::*;

fn shipped() -> Calendars {
    toml::from_str(include_str!("../../../config/holidays.toml")).unwrap()
}

#[test]
fn easter_falls_on_the_dates_of_the_church_calendar() {
    for (year, month, day) in [
        (1818, 3, 22),
        (1943, 4, 25),
        (1954, 4, 18),
        (1981, 4, 19),
        (2000, 4, 23),
        (2008, 3, 23),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2027, 3, 28),
        (2028, 4, 16),
        (2038, 4, 25),
        (2049, 4, 18),
    ] {
        assert_eq!(easter(year), Some(date(year, month, day)));
    }
    assert!((1583..4_100).all(|year| easter(year).is_some_and(|day| day.weekday() == Weekday::Sunday)));
}

#[test]
fn shipped_calendars_know_their_holidays_of_2027() {
    let calendars = shipped();
    for (key, on, name) in [
        ("international", date(2027, 1, 1), "New Year's Day"),
        ("us", date(2027, 1, 18), "Martin Luther King Jr. Day"),
        ("us", date(2027, 5, 31), "Memorial Day"),
        ("us", date(2027, 11, 25), "Thanksgiving Day"),
        ("uk-england", date(2027, 3, 26), "Good Friday"),
        ("uk-england", date(2027, 8, 30), "Summer bank holiday"),
        ("uk-england", date(2027, 12, 27), "Christmas Day (substitute day)"),
        ("de", date(2027, 5, 6), "Ascension Day"),
        ("de", date(2027, 5, 17), "Whit Monday"),
        ("fr", date(2027, 7, 14), "National Day"),
        ("nl", date(2027, 4, 27), "King's Day"),
        ("es", date(2027, 12, 8), "Immaculate Conception"),
        ("in", date(2027, 1, 26), "Republic Day"),
        ("jp", date(2027, 7, 19), "Marine Day"),
        ("ca", date(2027, 5, 24), "Victoria Day"),
        ("ca", date(2026, 5, 18), "Victoria Day"),
        ("ca", date(2027, 10, 11), "Thanksgiving"),
        ("au", date(2027, 3, 29), "Easter Monday"),
    ] {
        assert_eq!(calendars.get(key).and_then(|calendar| calendar.is_holiday(on)), Some(name), "{key} {on}");
    }
    let de = calendars.get("de").unwrap();
    assert_eq!(de.is_holiday(date(2027, 5, 7)), None);
    assert_eq!(de.year(2027).len(), 9);
    assert_eq!(calendars.get("us").unwrap().year(2027).len(), 11);
    assert_eq!(calendars.get("us").unwrap().year(2020).len(), 10);
}

#[test]
fn every_shipped_calendar_has_its_own_key_a_title_and_days_every_year() {
    let calendars = shipped();
    let mut keys: Vec<&str> = calendars.calendars.iter().map(|calendar| calendar.key.as_str()).collect();
    assert_eq!(keys.len(), 11);
    for calendar in &calendars.calendars {
        assert!(!calendar.title.is_empty());
        for year in 2026..2038 {
            assert!(calendar.year(year).len() >= 3, "{} {year}", calendar.key);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 11);
}

#[test]
fn several_calendars_are_asked_in_order_and_unknown_keys_are_empty() {
    let calendars = shipped();
    assert_eq!(
        calendars.holiday(&["atlantis", "us", "de"], date(2027, 12, 26)),
        Some("Second Day of Christmas")
    );
    assert_eq!(calendars.holiday(&["atlantis"], date(2027, 12, 25)), None);
    assert_eq!(calendars.holiday::<&str>(&[], date(2027, 12, 25)), None);
}

#[test]
fn a_rule_that_cannot_be_read_names_the_holiday_and_what_it_needs() {
    let read = |day: &str| {
        let text =
            format!("[[calendar]]\nkey = \"k\"\ntitle = \"t\"\ndays = [{{ name = \"Party\", {day} }}]");
        toml::from_str::<Calendars>(&text).map_err(|refused| refused.to_string())
    };
    for day in [
        "fixed = \"02-30\"",
        "fixed = \"soon\"",
        "weekday = \"first monday\"",
        "weekday = \"sixth monday\", month = 1",
        "weekday = \"first monday\", month = 13",
        "weekday = \"first monday\", month = 1, start = 31",
        "easter = 400",
        "date = \"2027-13-01\"",
        "fixed = \"01-01\", easter = 1",
        "from = 2020",
    ] {
        let refused = read(day).expect_err(day);
        assert!(refused.contains("Party") && refused.contains("needs"), "{day}: {refused}");
    }
    assert!(read("fixed = \"01-01\", colour = \"red\"").is_err());
    let leap = read("fixed = \"02-29\"").unwrap();
    assert_eq!(leap.calendars[0].year(2027), []);
    assert_eq!(leap.calendars[0].is_holiday(date(2028, 2, 29)), Some("Party"));
    let fifth = read("weekday = \"fifth monday\", month = 2").unwrap();
    assert_eq!(fifth.calendars[0].year(2027), []);
}
