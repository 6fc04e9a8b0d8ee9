//! Pools for tests: like real ones, but everybody is made up from a seed.
//!
//! Invariant: the same numbers give the same pool.

use crate::domain::formation::{Person, Problem, Rules};
use crate::domain::week::WeekMask;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const TOPICS: [&str; 12] = [
    "budgets",
    "hiring",
    "conflict",
    "strategy",
    "speaking",
    "delegation",
    "career",
    "data",
    "sales",
    "change",
    "remote work",
    "feedback",
];
const LIKES: [&str; 10] =
    ["chess", "hiking", "music", "cooking", "sailing", "books", "cycling", "gardens", "film", "tea"];
const INDUSTRIES: [&str; 5] = ["bank", "steel", "health", "retail", "energy"];

fn some(draw: &mut impl FnMut(usize) -> usize, list: &[&str], count: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    while texts.len() < count {
        let text = list[draw(list.len()).min(draw(list.len()))].to_owned();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// A pool of `people`, the first `mentors` of them only mentors, from `units` organisations, with
/// three time zones, managers, pairs kept apart and earlier meetings.
pub fn pool(people: usize, mentors: usize, units: usize, seed: u64) -> Problem {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = move |limit: usize| usize::try_from(rng.next_u64() >> 33).unwrap_or(0) % limit;
    let mut problem = Problem::default();
    for number in 0..people {
        let mentor = number < mentors;
        let unit = number % units;
        let zone = 16 - draw(3) * 2;
        let free: Vec<usize> = (0..5 * 9).filter(|_| draw(10) < 8).collect();
        let hours = free.into_iter().map(|slot| slot / 9 * 24 + zone - 8 + slot % 9);
        problem.people.push(Person {
            id: format!("p{number:05}"),
            unit: format!("Unit {unit}"),
            industry: INDUSTRIES[unit % 5].to_owned(),
            level: u8::try_from(if mentor { 4 + draw(4) } else { 1 + draw(5) }).unwrap_or(0),
            week: WeekMask::from_hours(hours),
            needs: if mentor { Vec::new() } else { some(&mut draw, &TOPICS, 3) },
            offers: if mentor { some(&mut draw, &TOPICS, 5) } else { Vec::new() },
            interests: some(&mut draw, &LIKES, 3),
            languages: if draw(8) == 0 { vec!["en".into(), "de".into()] } else { vec!["en".into()] },
            mentor_capacity: u8::from(mentor),
            participant: !mentor,
            left_out_before: draw(12) == 0,
            ..Person::default()
        });
    }
    for number in units..people {
        // Somebody earlier of the same unit is the manager, so lines grow without circles.
        let manager = number % units + units * draw(number / units);
        problem.managers.insert(format!("p{number:05}"), format!("p{manager:05}"));
    }
    let mut pair = || (format!("p{:05}", draw(people)), format!("p{:05}", draw(people)));
    problem.never = (0..people / 15).map(|_| pair()).collect();
    problem.met = (0..people / 2).map(|_| pair()).collect();
    problem
}

/// The pool of the demonstration: 32 people of 9 organisations, 8 of them mentors.
pub fn demo() -> Problem {
    let rules = Rules { min_participants: 3, ..Rules::default() };
    Problem { rules, ..pool(32, 8, 9, 1) }
}

/// Shuffles every list of a problem; the question stays the same.
pub fn permuted(problem: &Problem, seed: u64) -> Problem {
    fn shuffle<T>(list: &mut [T], rng: &mut ChaCha8Rng) {
        for last in (1..list.len()).rev() {
            list.swap(last, usize::try_from(rng.next_u64() >> 33).unwrap_or(0) % (last + 1));
        }
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut other = problem.clone();
    shuffle(&mut other.people, &mut rng);
    shuffle(&mut other.never, &mut rng);
    shuffle(&mut other.met, &mut rng);
    shuffle(&mut other.history, &mut rng);
    shuffle(&mut other.must, &mut rng);
    shuffle(&mut other.keep, &mut rng);
    shuffle(&mut other.conflicts, &mut rng);
    shuffle(&mut other.locks, &mut rng);
    for person in &mut other.people {
        shuffle(&mut person.needs, &mut rng);
        shuffle(&mut person.offers, &mut rng);
        shuffle(&mut person.interests, &mut rng);
        shuffle(&mut person.languages, &mut rng);
    }
    other
}
