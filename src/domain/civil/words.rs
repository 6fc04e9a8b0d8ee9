//! Weekdays, months, ordinals and clock times as people type and read them.
//!
//! Invariant: what a `*_name` function writes, the reader of the same kind reads back.

use jiff::civil::{Time, Weekday};

/// Minutes in a day; also the clock text `24:00`, the end of a day.
pub const DAY_MINUTES: u16 = 1_440;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a weekday: `tuesday`, `Tuesdays`, or a beginning of three or more letters.
pub fn weekday(text: &str) -> Option<Weekday> {
    let lower = text.to_lowercase();
    let bare = lower.strip_suffix("days").map_or(lower.clone(), |stem| format!("{stem}day"));
    let bare = match bare.as_str() {
        "weds" => "wed",
        "tues" => "tue",
        other => other.trim_end_matches('.'),
    };
    let index = WEEKDAYS.iter().position(|name| bare.len() >= 3 && name.starts_with(bare))?;
    Weekday::from_monday_zero_offset(i8::try_from(index).ok()?).ok()
}

/// The weekday in lower case.
pub fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())]
}

/// Reads a month, 1 to 12: `march`, or a beginning of three or more letters.
pub fn month(text: &str) -> Option<u8> {
    let lower = text.to_lowercase();
    let bare = if lower == "sept" { "sep" } else { lower.trim_end_matches('.') };
    let index = MONTHS.iter().position(|name| bare.len() >= 3 && name.starts_with(bare))?;
    u8::try_from(index + 1).ok()
}

/// The month 1 to 12 in lower case; numbers outside are held to the nearest month.
pub fn month_name(month: u8) -> &'static str {
    MONTHS[usize::from(month.clamp(1, 12) - 1)]
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// `1st`, `2nd`, `11th`.
pub fn ordinal(number: u8) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Reads a clock time as minutes since midnight, 0 to 1440: `9`, `9:30`, `09.30`, `3pm`, `noon`.
pub fn clock_minutes(text: &str) -> Option<u16> {
    let lower = text.trim().to_lowercase();
    match lower.as_str() {
        "noon" | "midday" => return Some(720),
        "midnight" => return Some(0),
        _ => {}
    }
    let (digits, half) = if let Some(stem) = lower.strip_suffix("am") {
        (stem, Some(0))
    } else if let Some(stem) = lower.strip_suffix("pm") {
        (stem, Some(720))
    } else {
        (lower.strip_suffix('h').unwrap_or(&lower), None)
    };
    let digits = digits.trim();
    let (hour, minute) = digits.split_once([':', '.']).unwrap_or((digits, "00"));
    let number = |part: &str, longest| {
        let sound = (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| sound)
    };
    let (hour, minute) = (number(hour, 2)?, number(minute, 2).filter(|m| *m < 60 && minute.len() == 2)?);
    let total = match half {
        Some(half) if (1..=12).contains(&hour) => (hour % 12) * 60 + half + minute,
        Some(_) => return None,
        None => hour * 60 + minute,
    };
    (total <= DAY_MINUTES).then_some(total)
}

/// Reads a clock time of a day; `24:00` is not one.
pub fn clock(text: &str) -> Option<Time> {
    clock_minutes(text).and_then(minutes_to_time)
}

/// The time at so many minutes after midnight, below 1440.
pub fn minutes_to_time(minutes: u16) -> Option<Time> {
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    Time::new(hour, minute, 0, 0).ok()
}

/// Whole minutes since midnight, 0 to 1439.
pub fn time_to_minutes(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// `09:00`; minutes since midnight up to `24:00`.
pub fn clock_name(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
