//! Plans the waves of a programme. Invariant: a plan has at least two waves for every twelve months
//! (row B39), each inside the programme, at least 120 days apart, never in a freeze or at year end.

use jiff::ToSpan;
use jiff::civil::Date;
use thiserror::Error;

use super::waves::{MIN_DAYS_APART, WINDOW_DAYS, Wave, closing, days_between, shift, year_end_around};

/// Days after the start before anybody is asked: people should have met once.
const SETTLE_DAYS: i32 = 14;
/// The same where year end or a freeze leaves no later day: a week, rather than no plan.
const SETTLE_DAYS_AT_LEAST: i32 = 7;
/// Shortest programme that holds two waves: settle, 120 days, one window (about five months).
const SHORTEST_DAYS: i32 = SETTLE_DAYS + MIN_DAYS_APART + WINDOW_DAYS;
/// Longest programme that is planned at once.
const LONGEST_YEARS: i32 = 5;

/// Why no plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WaveFault {
    /// Fewer than two waves a year.
    #[error(
        "Everybody is asked how the programme is going at least twice in every 12 months, and {asked} is fewer than that. Please set the pulses per year to 2 or 3."
    )]
    TooFew {
        /// Waves per year asked for.
        asked: u32,
    },
    /// More than three waves a year.
    #[error(
        "Pulses need at least 120 days between them, so that people have something new to say, and {asked} a year leaves less. Please set the pulses per year to 2 or 3."
    )]
    TooMany {
        /// Waves per year asked for.
        asked: u32,
    },
    /// The programme is too short.
    #[error(
        "Two pulses need a programme of at least {needed} days, about five months, and this one has {days}. Please move its end to {until} or later."
    )]
    TooShort {
        /// Days the programme has.
        days: i32,
        /// Days it needs.
        needed: i32,
        /// The earliest end that works.
        until: Date,
    },
    /// The end lies before the start.
    #[error("The programme ends on {end}, before it starts on {start}. Please check both dates.")]
    EndsBeforeStart {
        /// First day.
        start: Date,
        /// Last day.
        end: Date,
    },
    /// The programme is very long.
    #[error(
        "Pulses can be planned for {years} years at once. Please choose an earlier end and plan the rest later."
    )]
    TooLong {
        /// Years that can be planned.
        years: i32,
    },
    /// A freeze ends before it begins.
    #[error("A freeze runs from {from} to {to}, which is backwards. Please swap its dates.")]
    FreezeBackwards {
        /// First day as given.
        from: Date,
        /// Last day as given.
        to: Date,
    },
    /// The freezes leave no room.
    #[error(
        "Year end and the freezes leave no room for pulse {number} of {waves}. Please shorten a freeze, or give the programme more time."
    )]
    NoRoom {
        /// The wave without a place.
        number: u32,
        /// Waves wanted.
        waves: u32,
    },
    /// A year would hold fewer than two pulses.
    #[error(
        "With these freezes the 12 months from {from} would hold fewer than two pulses. Please shorten a freeze that lies in them."
    )]
    YearTooThin {
        /// First day of the year of the programme.
        from: Date,
    },
}

/// Plans all waves from `start` to `end`, both included; `freeze` holds first and last days.
///
/// Each year of the programme has a wave around its month 6 and one around its month 12 (or every
/// four months); what is left after the last full year, or a programme of less than a year, is shared
/// out evenly. A wave that would touch a freeze or the turn of the year moves earlier, and pushes the
/// one before it if they would come too close. Three a year become two where freezes leave no room.
pub fn plan_waves(
    start: Date,
    end: Date,
    waves_per_year: u32,
    freeze: &[(Date, Date)],
) -> Result<Vec<Wave>, WaveFault> {
    check(start, end, waves_per_year, freeze)?;
    let attempt = |per_year: u32, settle: i32| {
        let first_day = shift(start, settle);
        let wishes = wishes(start, end, per_year);
        let spread: Vec<Date> = wishes.iter().map(|wish| wish.opens).collect();
        let latest: Vec<Date> = wishes.iter().map(|wish| wish.latest).collect();
        // A freeze over the first half of a year leaves no earlier day; a later one may still do.
        let opens = place(first_day, &spread, freeze).or_else(|_| place(first_day, &latest, freeze))?;
        check_years(start, end, &opens)?;
        Ok(finish(end, &opens, freeze))
    };
    let usual = attempt(waves_per_year, SETTLE_DAYS);
    usual.or_else(|fault| {
        let fewer = (waves_per_year > 2).then(|| attempt(2, SETTLE_DAYS).ok()).flatten();
        fewer.or_else(|| attempt(2, SETTLE_DAYS_AT_LEAST).ok()).ok_or(fault)
    })
}

fn check(start: Date, end: Date, per_year: u32, freeze: &[(Date, Date)]) -> Result<(), WaveFault> {
    match per_year {
        0 | 1 => return Err(WaveFault::TooFew { asked: per_year }),
        2 | 3 => {}
        _ => return Err(WaveFault::TooMany { asked: per_year }),
    }
    if end < start {
        return Err(WaveFault::EndsBeforeStart { start, end });
    }
    if end >= start.saturating_add(LONGEST_YEARS.years()) {
        return Err(WaveFault::TooLong { years: LONGEST_YEARS });
    }
    if let Some((from, to)) = freeze.iter().find(|(from, to)| to < from) {
        return Err(WaveFault::FreezeBackwards { from: *from, to: *to });
    }
    let days = days_between(start, end) + 1;
    if days < SHORTEST_DAYS {
        let until = shift(start, SHORTEST_DAYS - 1);
        return Err(WaveFault::TooShort { days, needed: SHORTEST_DAYS, until });
    }
    Ok(())
}

/// Where a wave would like to open, and where it may open at the latest.
struct Wish {
    opens: Date,
    latest: Date,
}

/// The wishes of all waves, year by year, then for the rest.
fn wishes(start: Date, end: Date, per_year: u32) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let mut from = start;
    for year in 1..=LONGEST_YEARS {
        let next = start.saturating_add(year.years());
        if next > shift(end, 1) {
            break;
        }
        share_out(from, shift(next, -1), per_year, &mut wishes);
        from = next;
    }
    let rest = u32::try_from(days_between(from, end) + 1).unwrap_or(0);
    // Rounded: a rest of six weeks needs no wave of its own, a rest of four months does.
    let extra = (rest * per_year * 2 + 365) / (2 * 365);
    let extra = if wishes.is_empty() { extra.max(2) } else { extra };
    share_out(from, end, extra, &mut wishes);
    wishes
}

/// Waves that close at even shares of the days from `from` to `to`.
fn share_out(from: Date, to: Date, waves: u32, wishes: &mut Vec<Wish>) {
    let days = i64::from(days_between(from, to)) + 1;
    for number in 1..=waves {
        let share = i32::try_from(days * i64::from(number) / i64::from(waves)).unwrap_or(0);
        let latest = shift(to, 1 - WINDOW_DAYS);
        wishes.push(Wish { opens: shift(from, share - WINDOW_DAYS), latest });
    }
}

/// Places waves from the last to the first, each as late as its wish and its follower allow.
fn place(first_day: Date, wishes: &[Date], freeze: &[(Date, Date)]) -> Result<Vec<Date>, WaveFault> {
    let waves = u32::try_from(wishes.len()).unwrap_or(u32::MAX);
    let mut opens: Vec<Date> = Vec::new();
    for (number, wish) in (1..=waves).rev().zip(wishes.iter().rev()) {
        let by_next = opens.last().map_or(*wish, |next| shift(*next, -MIN_DAYS_APART));
        let day = clear_day((*wish).min(by_next), freeze);
        if day < first_day {
            return Err(WaveFault::NoRoom { number, waves });
        }
        opens.push(day);
    }
    opens.reverse();
    Ok(opens)
}

/// The latest opening on or before `day` whose whole window is clear.
fn clear_day(mut day: Date, freeze: &[(Date, Date)]) -> Date {
    while let Some(block_starts) = blocked_from(day, freeze) {
        day = shift(block_starts, -WINDOW_DAYS);
    }
    day
}

/// First day of a freeze or year end that the window opening on `day` touches.
fn blocked_from(day: Date, freeze: &[(Date, Date)]) -> Option<Date> {
    let last = closing(day);
    let frozen = freeze.iter().find(|(from, to)| *from <= last && day <= *to).map(|(from, _)| *from);
    frozen.or_else(|| year_end_around(day).or_else(|| year_end_around(last)).map(|(from, _)| from))
}

/// Each full year of the programme holds two openings, however the freezes lie.
fn check_years(start: Date, end: Date, opens: &[Date]) -> Result<(), WaveFault> {
    for year in 0..LONGEST_YEARS {
        let from = start.saturating_add(year.years());
        let to = start.saturating_add((year + 1).years());
        if shift(end, 1) < to {
            break;
        }
        if opens.iter().filter(|day| from <= **day && **day < to).count() < 2 {
            return Err(WaveFault::YearTooThin { from });
        }
    }
    Ok(())
}

fn finish(end: Date, opens: &[Date], freeze: &[(Date, Date)]) -> Vec<Wave> {
    let next_opens = opens.iter().skip(1).map(Some).chain([None]);
    let waves = (1..).zip(opens).zip(next_opens);
    waves
        .map(|((number, opens_on), next)| {
            let bound = next.map_or(shift(end, 1 - WINDOW_DAYS), |next| shift(*next, -MIN_DAYS_APART));
            Wave {
                number,
                opens_on: *opens_on,
                closes_on: closing(*opens_on),
                open_no_later_than: clear_day(bound, freeze),
            }
        })
        .collect()
}
