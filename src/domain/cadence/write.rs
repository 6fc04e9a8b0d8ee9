//! A cadence as one stored line, and in words for people.
//!
//! Invariant: [`std::fmt::Display`] writes only what the reader next door reads back to the same cadence.

use std::fmt;

use super::{Cadence, Days, Months, Nth, Rule};
use crate::domain::civil::words::{
    capital, clock_name, list, month_name, ordinal, time_to_minutes, weekday_name,
};

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", rule_text(&self.rule, self.every))?;
        if !matches!(self.rule, Rule::Cron { .. }) {
            write!(f, " at {}", clock_name(time_to_minutes(self.at)))?;
        }
        write!(f, "; {} minutes; from {}; {}", self.minutes, self.anchor, self.zone)?;
        if self.skip.is_empty() { Ok(()) } else { write!(f, "; skip {}", self.skip.join(", ")) }
    }
}

fn rule_text(rule: &Rule, every: u32) -> String {
    match rule {
        Rule::Weekly { days } if *days == Days::ALL && every == 1 => "daily".to_owned(),
        Rule::Weekly { days } => format!("{} on {}", counted(every, "week"), day_list(*days, str::to_owned)),
        Rule::NthWeekday { nth, weekday, months } => {
            let one = format!("{nth} {}", weekday_name(*weekday));
            match quarter_or_months(*nth == Nth::Last, *months) {
                Some(span) => format!("{one} {span}"),
                None if every == 1 => format!("{one} of each month"),
                None => format!("{} on the {one}", counted(every, "month")),
            }
        }
        Rule::MonthlyDay { day, months } => {
            let one = format!("on the {}", ordinal(*day));
            match quarter_or_months(false, *months) {
                Some(span) => format!("{one} {span}"),
                None => format!("{} {one}", counted(every, "month")),
            }
        }
        Rule::Cron { expr } => format!("cron: {expr}"),
    }
}

/// `weekly`, `every 2 weeks`.
fn counted(every: u32, unit: &str) -> String {
    if every == 1 { format!("{unit}ly") } else { format!("every {every} {unit}s") }
}

fn day_list(days: Days, spell: impl Fn(&str) -> String) -> String {
    list(&days.iter().map(|day| spell(weekday_name(day))).collect::<Vec<_>>())
}

fn month_list(months: Months, spell: impl Fn(&str) -> String) -> String {
    list(&months.iter().map(|month| spell(month_name(month))).collect::<Vec<_>>())
}

/// `of each quarter` or `in march and may`; nothing for all months. The last weekday of a quarter lies
/// in its last month, every other one in its first.
fn quarter_or_months(last: bool, months: Months) -> Option<String> {
    let quarter = if last { Months::QUARTER_ENDS } else { Months::QUARTER_STARTS };
    match months {
        Months::ALL => None,
        months if months == quarter => Some("of each quarter".to_owned()),
        months => Some(format!("in {}", month_list(months, str::to_owned))),
    }
}

impl Cadence {
    /// The cadence in plain English, such as `Every second Tuesday at 15:00 (Europe/Berlin), 75 minutes`.
    pub fn words(&self) -> String {
        let at = clock_name(time_to_minutes(self.at));
        format!("{} at {at} ({}), {} minutes", self.dates_in_words(), self.zone, self.minutes)
    }

    fn dates_in_words(&self) -> String {
        let every = self.every;
        match &self.rule {
            Rule::Weekly { days } => {
                let named = match *days {
                    Days::ALL => "day".to_owned(),
                    Days::WORKDAYS => "weekday".to_owned(),
                    days => day_list(days, capital),
                };
                match every {
                    1 => format!("Every {named}"),
                    2 if days.iter().count() == 1 => format!("Every second {named}"),
                    _ => format!("Every {every} weeks on {}", day_list(*days, capital)),
                }
            }
            Rule::NthWeekday { nth, weekday, months } => {
                let one = format!("the {nth} {}", capital(weekday_name(*weekday)));
                match self.span_in_words(*nth == Nth::Last, *months) {
                    Some(span) => format!("On {one} {span}"),
                    None => format!("Every {every} months on {one}"),
                }
            }
            Rule::MonthlyDay { day, months } => {
                let one =
                    if *day == 31 { "the last day".to_owned() } else { format!("the {}", ordinal(*day)) };
                let short = if (29..31).contains(day) { ", or the last day of a shorter month," } else { "" };
                match self.span_in_words(false, *months) {
                    Some(span) => format!("On {one} {span}{short}"),
                    None => format!("Every {every} months on {one}{short}"),
                }
            }
            Rule::Cron { expr } => format!("By the cron rule \"{expr}\""),
        }
    }

    /// `of each month`, `of each quarter`, `in March and May`; nothing when every n-th month counts.
    fn span_in_words(&self, last: bool, months: Months) -> Option<String> {
        match quarter_or_months(last, months) {
            None => (self.every == 1).then(|| "of each month".to_owned()),
            Some(quarter) if quarter.ends_with("quarter") => Some(quarter),
            Some(_) => Some(format!("in {}", month_list(months, capital))),
        }
    }
}
