//! The year: how far along a meetup is, which phase leads it, which theme it should have.
//! Invariant: the first meetup is about getting acquainted and the last about closing, whatever the count.

use super::kinds::Phase;
use super::library::{Library, MeetupTheme};

/// The middle of a twelve-meetup programme, meetups 4 to 11.
const MIDDLE: [Phase; 8] = [
    Phase::Challenges,
    Phase::Influence,
    Phase::Relationships,
    Phase::Challenges,
    Phase::Change,
    Phase::Influence,
    Phase::Career,
    Phase::Challenges,
];

/// Share of the programme passed at meetup `number` (from 1) of `total`: 0 at the first, 1 at the last.
pub fn progress_at(number: u32, total: u32) -> f64 {
    if total < 2 {
        return 0.0;
    }
    f64::from(number.clamp(1, total) - 1) / f64::from(total - 1)
}

/// The phase that leads meetup `number` (from 1) of `total`.
///
/// Twelve meetups follow the table of the year; six give the table for reverse pairs; other counts
/// keep the ends and spread the middle evenly. Short programmes start with goals early.
pub fn lead_phase(number: u32, total: u32) -> Phase {
    let number = number.max(1);
    if number == 1 {
        return Phase::Acquaint;
    }
    if number >= total {
        return Phase::Closing;
    }
    match (total, number) {
        (0..=4, 2) | (5.., 3) => return Phase::Goals,
        (0..=4, _) => return Phase::Challenges,
        (_, 2) => return Phase::Trust,
        _ => {}
    }
    let places = u64::from(total) - 4;
    let at = u64::from(number - 4) * 8 / places;
    usize::try_from(at).ok().and_then(|at| MIDDLE.get(at)).copied().unwrap_or(Phase::Challenges)
}

/// What a meetup should be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThemePlan<'a> {
    /// The theme.
    pub theme: &'a MeetupTheme,
    /// A second theme for the same meetup: short programmes join the first two.
    pub together_with: Option<&'a MeetupTheme>,
    /// True when a member's own problem should be on the agenda as well.
    pub hot_seat: bool,
}

/// The theme for meetup `number` (from 1) of `total`.
///
/// `used` holds ids of themes the group has had, oldest first; `wanted` holds tags the group asked
/// for (goals, challenges), most wanted first. None only when the library has no meetup themes.
pub fn theme_for<'a>(
    library: &'a Library,
    number: u32,
    total: u32,
    used: &[String],
    wanted: &[String],
) -> Option<ThemePlan<'a>> {
    let month = month_of(number, total);
    let entry = library.month(month);
    let fixed = month <= 3 || month == 12;
    let named = entry.into_iter().flat_map(|entry| &entry.themes).filter_map(|id| library.meetup(id));
    let fresh = |theme: &&MeetupTheme| !used.contains(&theme.id);
    // Short programmes have one free meetup, so the group's own topics decide it, not the calendar.
    let own_topics_first = !fixed && total <= 5;
    let free = || free_theme(library, lead_phase(number, total), used, wanted);
    let theme = if own_topics_first {
        free().or_else(|| named.clone().find(fresh))
    } else {
        named.clone().find(fresh).or_else(free)
    };
    let theme = theme.or_else(|| longest_ago(library, used))?;
    let together_with = (number <= 1 && total <= 4)
        .then(|| library.month(2))
        .flatten()
        .and_then(|entry| entry.themes.iter().filter_map(|id| library.meetup(id)).find(fresh))
        .filter(|second| second.id != theme.id);
    let hot_seat = entry.is_some_and(|entry| entry.hot_seat) || (total <= 4 && month == 3);
    Some(ThemePlan { theme, together_with, hot_seat })
}

/// The month of a twelve-month programme that this meetup stands for.
fn month_of(number: u32, total: u32) -> u32 {
    let number = number.max(1);
    if number == 1 {
        return 1;
    }
    if number >= total {
        return 12;
    }
    if total <= 4 {
        return number + 1;
    }
    if number <= 3 {
        return number;
    }
    let places = u64::from(total) - 4;
    4 + u32::try_from(u64::from(number - 4) * 8 / places).unwrap_or(0).min(7)
}

/// The unused theme that fits best: wanted tags first, then the phase of the meetup, then file order.
fn free_theme<'a>(
    library: &'a Library,
    phase: Phase,
    used: &[String],
    wanted: &[String],
) -> Option<&'a MeetupTheme> {
    let rank =
        |theme: &MeetupTheme| wanted.iter().position(|tag| *tag == theme.theme).unwrap_or(wanted.len());
    in_the_middle(library)
        .filter(|theme| !used.contains(&theme.id))
        .min_by_key(|theme| (rank(theme), theme.phase != phase))
}

/// The theme that was used longest ago, for programmes with more meetups than themes.
fn longest_ago<'a>(library: &'a Library, used: &[String]) -> Option<&'a MeetupTheme> {
    let last_use = |theme: &MeetupTheme| used.iter().rposition(|id| *id == theme.id);
    in_the_middle(library).min_by_key(|theme| last_use(theme)).or_else(|| library.meetups.first())
}

/// Themes that are not kept for the first two meetups or the last one.
fn in_the_middle(library: &Library) -> impl Iterator<Item = &MeetupTheme> {
    let kept = |id: &String| {
        [1, 2, 12].iter().filter_map(|month| library.month(*month)).any(|entry| entry.themes.contains(id))
    };
    library.meetups.iter().filter(move |theme| !kept(&theme.id))
}
