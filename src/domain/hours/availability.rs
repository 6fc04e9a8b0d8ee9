//! The hours of a week in which a person has time, in that person's own zone.
//!
//! Invariant: the windows of a day are sorted, do not touch and lie inside the day, so two equal
//! availabilities are written the same way.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::domain::civil::words::{DAY_MINUTES, clock_minutes, clock_name, weekday, weekday_name};
use crate::domain::civil::{Instant, Zone};
use crate::domain::week::WeekMask;

/// Minutes since midnight, `from` before `to`, up to 1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// First minute.
    pub from: u16,
    /// First minute after it.
    pub to: u16,
}

/// Windows for each weekday, Monday first; stored as the text that people type.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Availability {
    days: [Vec<Window>; 7],
}

/// Why hours were refused. Each text says what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Nothing was typed.
    #[error("When do you have time? Type something like \"mon-fri 9:00-17:00\".")]
    Empty,
    /// A word that is no weekday.
    #[error("\"{0}\" is not a weekday I know. Type days as mon, tue, wed, thu, fri, sat, sun.")]
    Day(String),
    /// A text that is no time of day.
    #[error("\"{0}\" is not a time of day. Type times from 0:00 to 24:00, such as 9:00-17:00.")]
    Time(String),
    /// A window that ends before it starts.
    #[error(
        "\"{0}\" ends before it starts. Use 24-hour times, and split a night at midnight: fri 20-24; sat 0-2."
    )]
    Backwards(String),
    /// Times without days before them.
    #[error("Which days is \"{0}\" for? Type the days first, such as \"mon-fri 9:00-17:00\".")]
    NoDays(String),
    /// Days without times after them.
    #[error("Which hours on {0}? Type the hours after the days, such as \"mon-fri 9:00-17:00\".")]
    NoHours(String),
}

impl Availability {
    /// The windows of a weekday, in order.
    pub fn windows(&self, day: Weekday) -> &[Window] {
        &self.days[index(day)]
    }

    /// Whether there is no window at all.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    /// Minutes of all windows in a week.
    pub fn minutes_a_week(&self) -> u32 {
        self.days.iter().flatten().map(|window| u32::from(window.to - window.from)).sum()
    }

    /// Adds a window; the ends are held to the day, and an empty window changes nothing.
    pub fn add(&mut self, day: Weekday, window: Window) {
        let window = Window { to: window.to.min(DAY_MINUTES), ..window };
        if window.from >= window.to {
            return;
        }
        let windows = &mut self.days[index(day)];
        windows.push(window);
        windows.sort();
        let mut merged: Vec<Window> = Vec::with_capacity(windows.len());
        for window in windows.drain(..) {
            match merged.last_mut() {
                Some(last) if window.from <= last.to => last.to = last.to.max(window.to),
                _ => merged.push(window),
            }
        }
        *windows = merged;
    }

    /// The UTC hours that are fully covered in the UTC week of `on` (Monday to Sunday). It depends on the
    /// week, because clock changes move a person's hours against UTC.
    pub fn to_week_mask(&self, zone: &Zone, on: Date) -> WeekMask {
        let back = i64::from(on.weekday().to_monday_zero_offset());
        let midnight = Offset::UTC.to_timestamp(on.to_datetime(Time::midnight()));
        let monday = midnight.map_or(Instant::EPOCH, Instant::from).minus_days(back);
        // Quarter by quarter, because zones differ by quarter-hours and clocks change inside an hour.
        let covered = |at: Instant| {
            let civil = zone.civil(at);
            let from = u16::from(civil.hour().unsigned_abs()) * 60 + u16::from(civil.minute().unsigned_abs());
            let windows = self.windows(civil.weekday());
            windows.iter().any(|window| window.from <= from && from + 15 <= window.to)
        };
        let hours = (0..168_usize).zip(0_i64..).filter(|(_, hour)| {
            let start = monday.plus_hours(*hour);
            (0..4).all(|quarter| covered(start.plus_minutes(15 * quarter)))
        });
        WeekMask::from_hours(hours.map(|(hour, _)| hour))
    }
}

fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn day_at(index: usize) -> Weekday {
    i8::try_from(index % 7)
        .ok()
        .and_then(|n| Weekday::from_monday_zero_offset(n).ok())
        .unwrap_or(Weekday::Monday)
}

impl FromStr for Availability {
    type Err = HoursError;

    /// Reads `mon-fri 9:00-17:00`, `tue,thu 14-16; sat 10-12`, `weekdays 9am to 5pm`, `daily 0-24`.
    fn from_str(text: &str) -> Result<Availability, HoursError> {
        let plain = text.to_lowercase().replace(['\u{2013}', '\u{2014}'], "-").replace(" to ", "-");
        let plain = plain.replace(" -", "-").replace("- ", "-").replace(" am", "am").replace(" pm", "pm");
        let mut found = Availability::default();
        let (mut days, mut hours_seen): (Vec<Weekday>, bool) = (Vec::new(), true);
        let mut said = String::new();
        for word in plain.split([' ', ',', ';', '\n', '\t', '\r']).filter(|word| !word.is_empty()) {
            if matches!(word, "and" | "at" | "on" | "from" | "every" | "each") {
                continue;
            }
            if word.starts_with(|c: char| c.is_ascii_digit()) || clock_minutes(word).is_some() {
                if days.is_empty() {
                    return Err(HoursError::NoDays(word.to_owned()));
                }
                let window = read_window(word)?;
                for day in &days {
                    found.add(*day, window);
                }
                hours_seen = true;
            } else {
                if hours_seen {
                    days.clear();
                    said.clear();
                }
                days.extend(read_days(word)?);
                said = if said.is_empty() { word.to_owned() } else { format!("{said}, {word}") };
                hours_seen = false;
            }
        }
        if !hours_seen {
            return Err(HoursError::NoHours(said));
        }
        if found.is_empty() { Err(HoursError::Empty) } else { Ok(found) }
    }
}

fn read_window(word: &str) -> Result<Window, HoursError> {
    let (from, to) = word.split_once('-').ok_or_else(|| HoursError::Time(word.to_owned()))?;
    let minutes = |part: &str| clock_minutes(part).ok_or_else(|| HoursError::Time(part.to_owned()));
    let (from, mut to_minutes) = (minutes(from)?, minutes(to)?);
    if to_minutes == 0 {
        to_minutes = DAY_MINUTES;
    }
    if from < to_minutes {
        Ok(Window { from, to: to_minutes })
    } else {
        Err(HoursError::Backwards(word.to_owned()))
    }
}

fn read_days(word: &str) -> Result<Vec<Weekday>, HoursError> {
    let bad = |part: &str| HoursError::Day(part.to_owned());
    match word {
        "weekdays" | "weekday" | "workdays" => return Ok((0..5).map(day_at).collect()),
        "weekend" | "weekends" => return Ok(vec![Weekday::Saturday, Weekday::Sunday]),
        "daily" | "always" | "day" | "everyday" => return Ok((0..7).map(day_at).collect()),
        _ => {}
    }
    let Some((first, last)) = word.split_once('-') else {
        return Ok(vec![weekday(word).ok_or_else(|| bad(word))?]);
    };
    let first = index(weekday(first).ok_or_else(|| bad(first))?);
    let last = index(weekday(last).ok_or_else(|| bad(last))?);
    // Sunday to Thursday runs over the end of the week.
    Ok((0..=(last + 7 - first) % 7).map(|step| day_at(first + step)).collect())
}

impl fmt::Display for Availability {
    /// Days with the same windows stand together: `mon-fri 09:00-17:00; sat 10:00-12:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: Vec<(Vec<usize>, &[Window])> = Vec::new();
        for (day, windows) in self.days.iter().enumerate().filter(|(_, windows)| !windows.is_empty()) {
            match groups.iter_mut().find(|(_, same)| *same == windows.as_slice()) {
                Some((days, _)) => days.push(day),
                None => groups.push((vec![day], windows)),
            }
        }
        let groups = groups.iter().map(|(days, windows)| {
            let spans = windows.iter().map(|w| format!("{}-{}", clock_name(w.from), clock_name(w.to)));
            format!("{} {}", day_text(days), spans.collect::<Vec<_>>().join(", "))
        });
        f.write_str(&groups.collect::<Vec<_>>().join("; "))
    }
}

/// `mon`, `mon-fri`, `mon,wed`, `mon-thu,sun`: three or more days in a row become a span.
fn day_text(days: &[usize]) -> String {
    let short = |day: usize| &weekday_name(day_at(day))[..3];
    let runs = days.chunk_by(|day, next| day + 1 == *next);
    let spans = runs.map(|run| match run {
        [first, _, .., last] => format!("{}-{}", short(*first), short(*last)),
        run => run.iter().map(|day| short(*day)).collect::<Vec<_>>().join(","),
    });
    spans.collect::<Vec<_>>().join(",")
}

impl TryFrom<String> for Availability {
    type Error = HoursError;
    /// An empty text is a person who has not said anything yet.
    fn try_from(text: String) -> Result<Availability, HoursError> {
        if text.is_empty() { Ok(Availability::default()) } else { text.parse() }
    }
}

impl From<Availability> for String {
    fn from(hours: Availability) -> String {
        hours.to_string()
    }
}
