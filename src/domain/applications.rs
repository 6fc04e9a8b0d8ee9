//! What staff look at when somebody applies to be a mentor (row D14): experience, strengths, time.
//!
//! Invariant: the list only helps to decide; whatever it says, staff may approve or decline.

use std::collections::BTreeSet;

/// Years as head of IT that count as experience in any post.
const YEARS: i64 = 3;
/// Levels from head of a department on count as experience.
const LEVEL: i64 = 5;
/// Hours a month that a meetup and its preparation take.
pub const HOURS: i64 = 2;
/// More hours a month than anybody has.
pub const MOST_HOURS: i64 = 100;

/// What is known about somebody who applies.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// Years as head of IT.
    pub office_years: i64,
    /// Whether they are head of IT at present.
    pub in_office: bool,
    /// Career level, 0 unknown.
    pub level: i64,
    /// Topics they can help with.
    pub strengths: &'a [String],
    /// Hours a month.
    pub hours: i64,
}

/// How an application looks by the set criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// Whether the experience is there.
    pub experience: bool,
    /// Strengths that participants ask for; all of them while nobody asks for anything.
    pub wanted: Vec<String>,
    /// Whether the time is there.
    pub time: bool,
}

/// Looks at an application; `asked` is what participants want help with.
pub fn check(offer: &Offer<'_>, asked: &BTreeSet<String>) -> Checks {
    let wanted = offer.strengths.iter().filter(|topic| asked.is_empty() || asked.contains(*topic));
    Checks {
        experience: offer.in_office || offer.office_years >= YEARS || offer.level >= LEVEL,
        wanted: wanted.cloned().collect(),
        time: offer.hours >= HOURS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experience_is_an_office_some_years_in_it_or_a_high_post() {
        let none = Offer { office_years: 0, in_office: false, level: 4, strengths: &[], hours: 2 };
        let found = |offer| check(&offer, &BTreeSet::new()).experience;
        assert!(!found(none) && !found(Offer { office_years: 2, ..none }));
        assert!(found(Offer { office_years: 3, ..none }) && found(Offer { in_office: true, ..none }));
        assert!(found(Offer { level: 5, ..none }));
    }

    #[test]
    fn strengths_count_that_somebody_asks_for_and_two_hours_are_enough() {
        let strengths = ["cloud".to_owned(), "politics".to_owned()];
        let offer = Offer { office_years: 9, in_office: true, level: 6, strengths: &strengths, hours: 1 };
        let asked = BTreeSet::from(["politics".to_owned()]);
        assert_eq!(check(&offer, &asked).wanted, ["politics"]);
        assert_eq!(check(&offer, &BTreeSet::new()).wanted, strengths);
        assert!(!check(&offer, &asked).time && check(&Offer { hours: 2, ..offer }, &asked).time);
    }
}
