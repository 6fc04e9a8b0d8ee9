//! How well a group fits: nine criteria, each from 0 to 10,000, blended by the rules' weights.
//!
//! Invariant: all integers, and the same function serves the search and the re-scoring of a plan
//! edited by hand, so a score never depends on how a group came about.

use super::plan::FULL_SCORE;
use super::pool::{Pool, Who};
use super::reasons::Criterion;
use super::rules::IndustryWish;
use crate::domain::week::WeekMask;

/// Neither for nor against: nothing is known.
const NEUTRAL: i64 = FULL_SCORE / 2;

/// Common hours that earn full marks.
const PLENTY: u32 = 5;

/// A measure for each criterion, in the order of [`Criterion::ALL`].
pub(super) type Measures = [i64; Criterion::ALL.len()];

/// Measures a group by every criterion that has a weight; the others stay neutral.
pub(super) fn measure(pool: &Pool, mentors: &[Who], participants: &[Who], week: WeekMask) -> Measures {
    Criterion::ALL.map(|criterion| {
        if pool.rules.weight(criterion) == 0 {
            NEUTRAL
        } else {
            one(criterion, pool, mentors, participants, week)
        }
    })
}

/// Measures a group by every criterion, weighted or not, for display.
pub(super) fn measure_all(pool: &Pool, mentors: &[Who], participants: &[Who], week: WeekMask) -> Measures {
    Criterion::ALL.map(|criterion| one(criterion, pool, mentors, participants, week))
}

/// The weighted mean of the measures; 0 when no criterion has a weight.
pub(super) fn blend(pool: &Pool, measures: &Measures) -> i64 {
    let (mut sum, mut weights) = (0, 0);
    for (criterion, measure) in Criterion::ALL.into_iter().zip(measures) {
        let weight = pool.rules.weight(criterion);
        sum += weight * measure;
        weights += weight;
    }
    if weights == 0 { 0 } else { sum / weights }
}

fn one(criterion: Criterion, pool: &Pool, mentors: &[Who], participants: &[Who], week: WeekMask) -> i64 {
    match criterion {
        Criterion::Needs => needs(pool, mentors, participants),
        Criterion::Interests => interests(pool, mentors, participants),
        Criterion::Hours => FULL_SCORE * i64::from(week.count().min(PLENTY)) / i64::from(PLENTY),
        Criterion::MentorIndustry => mentor_industry(pool, mentors, participants),
        Criterion::Industry => industry(pool, participants),
        Criterion::Units => units(pool, mentors, participants),
        Criterion::Levels => levels(pool, mentors, participants),
        Criterion::Size => size(pool, participants.len()),
        Criterion::NewFaces => {
            let pairs = pairs(mentors, participants).filter(|(a, b)| pool.have_met(*a, *b)).count();
            FULL_SCORE / (1 + whole(pairs))
        }
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / FULL_SCORE)
}

/// `part` of `all` as a share of the full score; neutral without anything to share.
fn share(part: i64, all: i64) -> i64 {
    if all == 0 { NEUTRAL } else { FULL_SCORE * part / all }
}

/// Every pair of members once.
pub(super) fn pairs<'a>(
    mentors: &'a [Who],
    participants: &'a [Who],
) -> impl Iterator<Item = (Who, Who)> + 'a {
    let all = mentors.iter().chain(participants).copied();
    let mut rest = all.clone();
    all.flat_map(move |a| {
        rest.next();
        rest.clone().map(move |b| (a, b))
    })
}

/// Mean share of a participant's needs that some mentor offers.
fn needs(pool: &Pool, mentors: &[Who], participants: &[Who]) -> i64 {
    let (mut sum, mut people) = (0, 0);
    for &who in participants {
        let needs = &pool.at(who).needs;
        if needs.list.is_empty() {
            continue;
        }
        people += 1;
        let offered = |need: &&u32| mentors.iter().any(|mentor| pool.at(*mentor).offers.has(**need));
        let covered = needs.list.iter().filter(offered).count();
        sum += FULL_SCORE * whole(covered) / whole(needs.list.len());
    }
    if people == 0 { NEUTRAL } else { sum / people }
}

/// Over pairs who both name interests: one in common earns half, two or more all.
fn interests(pool: &Pool, mentors: &[Who], participants: &[Who]) -> i64 {
    let (mut sum, mut known) = (0, 0);
    for (a, b) in pairs(mentors, participants) {
        let (a, b) = (&pool.at(a).interests, &pool.at(b).interests);
        if !a.list.is_empty() && !b.list.is_empty() {
            known += 2;
            sum += whole(a.shared(b)).min(2);
        }
    }
    share(sum, known)
}

/// Share of participants whose industry is (or is not) one of the mentors'.
fn mentor_industry(pool: &Pool, mentors: &[Who], participants: &[Who]) -> i64 {
    let mentors = mentors.iter().map(|mentor| pool.at(*mentor).industry).filter(|industry| *industry != 0);
    if mentors.clone().next().is_none() {
        return NEUTRAL;
    }
    let (mut same, mut known) = (0, 0);
    for industry in participants.iter().map(|who| pool.at(*who).industry).filter(|industry| *industry != 0) {
        known += 1;
        same += i64::from(mentors.clone().any(|other| other == industry));
    }
    match pool.rules.mentor_industry {
        IndustryWish::Ignore => NEUTRAL,
        IndustryWish::Same => share(same, known),
        IndustryWish::Mixed => share(known - same, known),
    }
}

/// Different industries, or the largest number of one, among participants whose industry is known.
fn industry(pool: &Pool, participants: &[Who]) -> i64 {
    let known = participants.iter().map(|who| pool.at(*who).industry).filter(|industry| *industry != 0);
    let (mut count, mut different, mut largest) = (0, 0, 0);
    for (at, industry) in known.clone().enumerate() {
        count += 1;
        different += i64::from(!known.clone().take(at).any(|other| other == industry));
        largest = largest.max(whole(known.clone().filter(|other| *other == industry).count()));
    }
    let mark = match pool.rules.industry {
        IndustryWish::Ignore => return NEUTRAL,
        IndustryWish::Same => largest,
        IndustryWish::Mixed => different,
    };
    if count < 2 { NEUTRAL } else { share(mark - 1, count - 1) }
}

/// Different units among all members.
fn units(pool: &Pool, mentors: &[Who], participants: &[Who]) -> i64 {
    let all = mentors.iter().chain(participants).map(|who| pool.at(*who).unit);
    let different =
        all.clone().enumerate().filter(|(at, unit)| !all.clone().take(*at).any(|other| other == *unit));
    let people = whole(mentors.len() + participants.len());
    if people < 2 { NEUTRAL } else { share(whole(different.count()) - 1, people - 1) }
}

/// Mean over participants of the best step to a mentor: two or three levels up is best.
fn levels(pool: &Pool, mentors: &[Who], participants: &[Who]) -> i64 {
    let (mut sum, mut known) = (0, 0);
    for level in participants.iter().map(|who| pool.at(*who).level).filter(|level| *level != 0) {
        let steps = mentors.iter().map(|mentor| pool.at(*mentor).level).filter(|mentor| *mentor != 0);
        let best = steps.map(|mentor| match i64::from(mentor) - i64::from(level) {
            2 | 3 => FULL_SCORE,
            1 | 4 => FULL_SCORE * 6 / 10,
            gap if gap > 4 => FULL_SCORE * 3 / 10,
            0 => FULL_SCORE * 2 / 10,
            _ => 0,
        });
        if let Some(best) = best.max() {
            sum += best;
            known += 1;
        }
    }
    if known == 0 { NEUTRAL } else { sum / known }
}

/// Nearness to the ideal size: full marks there, none beyond the far end of the range. The marks
/// fall with the square of the distance, so two middling sizes beat a large and a small one.
fn size(pool: &Pool, participants: usize) -> i64 {
    let rules = &pool.rules;
    let ideal = rules.ideal();
    let reach = whole(rules.max_participants.saturating_sub(ideal)) + 1;
    let distance = whole(participants.abs_diff(ideal)).min(reach);
    FULL_SCORE - FULL_SCORE * distance * distance / (reach * reach)
}

#[cfg(test)]
mod tests {
    use super::super::problem::{Person, Problem};
    use super::*;

    fn person(id: &str, set: impl FnOnce(&mut Person)) -> Person {
        let mut person = Person { id: id.into(), week: WeekMask::ALL, ..Person::default() };
        set(&mut person);
        person
    }

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|&text| text.to_owned()).collect()
    }

    fn marks(people: Vec<Person>, mentors: &[Who], participants: &[Who], week: WeekMask) -> Measures {
        let problem = Problem { people, met: vec![("a".into(), "b".into())], ..Problem::default() };
        measure_all(&Pool::new(&problem), mentors, participants, week)
    }

    #[test]
    fn every_criterion_counts_what_it_says() {
        let people = vec![
            person("a", |p| {
                (p.offers, p.level, p.industry) = (texts(&["x", "y"]), 5, "bank".into());
                p.interests = texts(&["tea", "go"]);
            }),
            person("b", |p| {
                (p.needs, p.level, p.industry) = (texts(&["X", "z"]), 3, "bank".into());
                p.interests = texts(&["go", "tea", "ski"]);
            }),
            person("c", |p| (p.needs, p.level, p.industry) = (texts(&["y"]), 5, "steel".into())),
        ];
        let [needs, interests, hours, mentor_industry, industry, units, levels, size, new] =
            marks(people, &[0], &[1, 2], WeekMask::from_hours(0..3));
        assert_eq!((needs, interests, hours), (7_500, 10_000, 6_000));
        assert_eq!((mentor_industry, industry, units), (5_000, 10_000, 10_000));
        assert_eq!((levels, size, new), (6_000, 0, 5_000));
    }

    #[test]
    fn an_unknown_pool_is_neutral() {
        let people = vec![person("a", |_| ()), person("b", |_| ()), person("c", |_| ())];
        let marks = marks(people, &[0], &[2], WeekMask::ALL);
        assert_eq!(marks[0..2], [NEUTRAL; 2]);
        assert_eq!(marks[3..5], [NEUTRAL; 2]);
        assert_eq!(marks[6], NEUTRAL);
    }

    #[test]
    fn without_weights_the_blend_is_zero() {
        let mut problem = Problem::default();
        problem.rules.weights = super::super::rules::Weights {
            needs: 0,
            interests: 0,
            hours: 0,
            mentor_industry: 0,
            industry: 0,
            units: 0,
            levels: 0,
            size: 0,
            new_faces: 0,
        };
        assert_eq!(blend(&Pool::new(&problem), &[FULL_SCORE; 9]), 0);
    }
}
