//! Reads meetup themes and the year calendar. Invariant: each theme has three starters of its own, and
//! the calendar covers each month from 1 to 12 once.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::fault::Faults;
use super::read::{At, Doc, Source, find};
use super::shelf::{first_use, keys, known, known_format, known_theme};
use super::wording::check_length;
use crate::domain::starters::{CalendarMonth, Library, MeetupTheme, Phase};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeetup {
    id: Spanned<String>,
    title: Spanned<String>,
    phase: Spanned<String>,
    theme: Spanned<String>,
    format: Spanned<String>,
    starters: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMonth {
    month: Spanned<u32>,
    themes: Vec<Spanned<String>>,
    #[serde(default)]
    hot_seat: bool,
}

/// Adds meetup themes and calendar to the library.
pub(super) fn read(sources: &[Source], library: &mut Library, faults: &mut Faults) {
    let Some(source) = find(sources, "themes.toml", faults) else { return };
    let Some(mut doc) = Doc::parse(source, faults) else { return };
    let mut seen = BTreeMap::new();
    for At { value: raw, .. } in doc.list::<RawMeetup>("meetup", faults) {
        first_use(&mut seen, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
        let meetup = convert(raw, library, source, faults);
        library.meetups.extend(meetup);
    }
    let months = doc.list::<RawMonth>("calendar", faults);
    read_calendar(months, library, source, faults);
    doc.finish(faults);
}

fn convert(raw: RawMeetup, library: &Library, source: &Source, faults: &mut Faults) -> Option<MeetupTheme> {
    check_length(raw.title.get_ref(), 80, &source.spot_of(&raw.title), faults);
    known_theme(&raw.theme, library, source, faults);
    known_format(&raw.format, library, source, faults);
    let starters = raw.starters.get_ref();
    let mut distinct: Vec<&str> = starters.iter().map(|id| id.get_ref().as_str()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 3 {
        faults.add(
            &source.spot_of(&raw.starters),
            "A meetup theme names three different starters or more. Please add some.",
        );
    }
    for id in starters {
        if library.starter(id.get_ref()).is_none() {
            let what = format!("There is no starter called \"{}\". Please check its id.", id.get_ref());
            faults.add(&source.spot_of(id), what);
        }
    }
    let starters = starters.iter().map(|id| id.get_ref().clone()).collect();
    let phase = known("phase", &raw.phase, Phase::from_key, &keys(Phase::ALL, Phase::key), source, faults)?;
    Some(MeetupTheme {
        id: raw.id.into_inner(),
        title: raw.title.into_inner(),
        phase,
        theme: raw.theme.into_inner(),
        format: raw.format.into_inner(),
        starters,
    })
}

fn read_calendar(months: Vec<At<RawMonth>>, library: &mut Library, source: &Source, faults: &mut Faults) {
    for At { spot, value: raw } in months {
        let month = *raw.month.get_ref();
        if !(1..=12).contains(&month) {
            faults.add(
                &source.spot_of(&raw.month),
                "The calendar has the months 1 to 12. Please choose one of them.",
            );
        }
        if library.month(month).is_some() {
            faults
                .add(&source.spot_of(&raw.month), format!("Month {month} is there twice. Please keep one."));
            continue;
        }
        if matches!(month, 1 | 12) && raw.themes.is_empty() {
            faults.add(&spot, "The first and the last month need a theme. Please name one.");
        }
        for id in raw.themes.iter().filter(|id| library.meetup(id.get_ref()).is_none()) {
            let what = format!("There is no meetup theme called \"{}\". Please check its id.", id.get_ref());
            faults.add(&source.spot_of(id), what);
        }
        let themes = raw.themes.into_iter().map(Spanned::into_inner).collect();
        library.calendar.push(CalendarMonth { month, themes, hot_seat: raw.hot_seat });
    }
    for month in (1..=12).filter(|month| library.month(*month).is_none()) {
        faults.add(
            &source.spot(0),
            format!("The calendar has no month {month}. Please add a [[calendar]] entry."),
        );
    }
}
