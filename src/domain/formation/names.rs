//! Texts as numbers and hours as starts: how people of a problem become members of a pool.
//!
//! Invariant: texts that differ only in case and outer spaces have one number.

use super::problem::{Person, fold};
use super::units::number;
use crate::domain::week::WeekMask;
use std::collections::{BTreeMap, BTreeSet};

/// Languages that can be told apart.
const LANGUAGES: usize = 64;

/// Numbers for texts, from 1.
pub(super) struct Names(pub(super) BTreeMap<String, u32>);

impl Names {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn exact(&mut self, text: &str) -> u32 {
        let next = number(self.0.len()) + 1;
        *self.0.entry(text.to_owned()).or_insert(next)
    }

    /// The number of a text, 0 for an empty one.
    pub(super) fn known(&mut self, text: &str) -> u32 {
        let text = fold(text);
        if text.is_empty() { 0 } else { self.exact(&text) }
    }

    /// The number of a text; an empty one is a thing of its own for each person, under a key that
    /// no folded text can have: it keeps an outer space and the unique id.
    pub(super) fn own(&mut self, text: &str, id: &str) -> u32 {
        let text = fold(text);
        if text.is_empty() { self.exact(&format!(" {id}")) } else { self.exact(&text) }
    }
}

/// The list made as long as asked by repeating its last entry; an empty one stays empty.
pub(super) fn padded<T: Copy>(list: &[T], length: usize) -> Box<[T]> {
    let Some(&end) = list.last() else { return Box::new([]) };
    list.iter().copied().chain(std::iter::repeat(end)).take(length.max(1)).collect()
}

/// Hours at which a meeting of some hours can start, in each stretch of the programme.
pub(super) fn starts(person: &Person, stretches: usize, hours: u32) -> Box<[WeekMask]> {
    let weeks: Vec<WeekMask> =
        std::iter::once(person.week).chain(person.later_weeks.iter().copied()).collect();
    let start = |week: &WeekMask| {
        (1..hours).fold(*week, |starts, later| {
            starts.and(WeekMask::from_hours(week.iter().map(|hour| (hour + 168 - later as usize) % 168)))
        })
    };
    padded(&weeks.iter().map(start).collect::<Vec<_>>(), stretches)
}

/// The languages a person lists, each once.
pub(super) fn languages(person: &Person) -> BTreeSet<String> {
    person.languages.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).collect()
}

/// Bits for the languages that at least two people list. A language nobody else lists joins
/// nobody. Beyond 64 shared languages the rarest get no bit: that can only keep people apart
/// who might have met, never bring people together who cannot talk.
pub(super) fn tongue_bits(people: &[&Person]) -> BTreeMap<String, u32> {
    let mut spoken: BTreeMap<String, usize> = BTreeMap::new();
    for text in people.iter().flat_map(|person| languages(person)) {
        *spoken.entry(text).or_default() += 1;
    }
    let mut shared: Vec<(usize, String)> =
        spoken.into_iter().filter(|(_, count)| *count > 1).map(|(text, count)| (count, text)).collect();
    shared.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    shared.into_iter().take(LANGUAGES).zip(0..).map(|((_, text), bit)| (text, bit)).collect()
}
