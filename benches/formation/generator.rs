//! Mentoring pools made from a number and a seed. A fifth of the people mentor one group of three to five each;
//! employers, reporting lines, pairs kept apart or together, languages and hours all bind.
//!
//! Invariant: the same number and seed give the same pool on every machine.

use roundtable::domain::formation::{IndustryWish, Person, Problem, Rules, Weights};
use roundtable::domain::week::WeekMask;

/// Hours from UTC of the zones, and how many of a hundred people live there.
const ZONES: [(i32, usize); 8] = [(-8, 10), (-5, 18), (-3, 8), (0, 16), (1, 22), (2, 10), (5, 10), (8, 6)];
const TOPICS: f64 = 24.0;
const LANGUAGES: [(&str, f64); 5] = [("en", 0.85), ("es", 0.25), ("de", 0.18), ("fr", 0.18), ("pt", 0.08)];

/// A small generator of its own, so that pools never change with a library.
pub struct Rng(u64, u64);

impl Rng {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        };
        let first = next();
        Self(first | 1, next())
    }

    fn bits(&mut self) -> u64 {
        let (first, mut second) = (self.0, self.1);
        let drawn = first.wrapping_add(second);
        second ^= first;
        self.0 = first.rotate_left(24) ^ second ^ (second << 16);
        self.1 = second.rotate_left(37);
        drawn
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(((self.bits() >> 32) * limit as u64) >> 32).expect("below the limit")
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }
}

/// One person before names are given; people are numbers, mentors come first.
pub struct Draft {
    pub organisation: usize,
    pub department: usize,
    pub level: u8,
    pub languages: u8,
    pub week: WeekMask,
    pub topics: u32,
    pub manager: Option<usize>,
    pub wishes: Vec<usize>,
    pub met: Vec<usize>,
    pub never: Option<usize>,
    pub must: Option<usize>,
}

fn draft(rng: &mut Rng, is_mentor: bool, organisations: usize) -> Draft {
    let organisation = ((rng.unit() * rng.unit()) * organisations as f64) as usize % organisations;
    let (mut left, mut zone) = (rng.below(100), 0);
    while left >= ZONES[zone].1 {
        left -= ZONES[zone].1;
        zone += 1;
    }
    let shift = i32::try_from(rng.below(3)).expect("small") - 1;
    let mut week = WeekMask::EMPTY;
    for day in 0..5 {
        let mut hour = 8;
        while hour < 18 {
            if rng.unit() < 0.42 {
                let length = 1 + i32::try_from(rng.below(2)).expect("small");
                for later in 0..length {
                    let utc = (day * 24 + hour + later + shift - ZONES[zone].0).rem_euclid(168);
                    week.set(usize::try_from(utc).expect("not negative"));
                }
                hour += length;
            }
            hour += 1;
        }
    }
    let mut languages = u8::from(rng.unit() < LANGUAGES[0].1);
    for (at, language) in LANGUAGES.iter().enumerate().skip(1) {
        if rng.unit() < language.1 {
            languages |= 1 << at;
        }
    }
    let wanted = if is_mentor { 4 + rng.below(5) } else { 3 + rng.below(3) };
    let mut topics = 0_u32;
    while topics.count_ones() < u32::try_from(wanted).expect("small") {
        topics |= 1 << (rng.unit() * rng.unit() * TOPICS) as u32;
    }
    let level = if is_mentor { 4 + rng.below(6) } else { 1 + rng.below(5) };
    Draft {
        organisation,
        department: rng.below(8),
        level: u8::try_from(level).expect("small"),
        languages: if languages == 0 { 2 } else { languages },
        week,
        topics,
        manager: None,
        wishes: Vec::new(),
        met: Vec::new(),
        never: None,
        must: None,
    }
}

/// Somebody senior of the same organisation becomes the manager.
fn managers(rng: &mut Rng, people: &mut [Draft], organisations: usize) {
    let mut staffs: Vec<Vec<usize>> = vec![Vec::new(); organisations];
    for (at, person) in people.iter().enumerate() {
        staffs[person.organisation].push(at);
    }
    for staff in staffs {
        for &at in &staff {
            people[at].manager = (0..6)
                .map(|_| staff[rng.below(staff.len())])
                .find(|other| people[*other].level > people[at].level);
        }
    }
}

fn ties(rng: &mut Rng, people: &mut [Draft], mentors: usize) {
    let count = people.len();
    for at in mentors..count {
        if rng.unit() < 0.35 {
            for _ in 0..=rng.below(3) {
                let mut best = (0, 0);
                for _ in 0..8 {
                    let mentor = rng.below(mentors);
                    let shared = (people[mentor].topics & people[at].topics).count_ones();
                    if shared >= best.0 {
                        best = (shared, mentor);
                    }
                }
                people[at].wishes.push(best.1);
            }
        }
        for _ in 0..rng.below(4) {
            let other = rng.below(count);
            people[at].met.push(other);
        }
        if rng.unit() < 0.03 {
            people[at].never = Some(rng.below(count));
        }
        if rng.unit() < 0.02 {
            let other = mentors + rng.below(count - mentors);
            let (a, b) = (&people[at], &people[other]);
            let free = a.must.is_none() && b.must.is_none() && other != at;
            let may = a.organisation != b.organisation && a.never != Some(other) && b.never != Some(at);
            if free && may && a.week.and(b.week).count() >= 4 && a.languages & b.languages != 0 {
                people[at].must = Some(other);
                people[other].must = Some(at);
            }
        }
    }
}

/// The rules and weights of these pools.
fn rules() -> Rules {
    Rules {
        min_participants: 3,
        max_participants: 5,
        max_mentors: 1,
        industry: IndustryWish::Ignore,
        mentor_industry: IndustryWish::Ignore,
        weights: Weights {
            needs: 300,
            wishes: 200,
            levels: 100,
            goals: 90,
            hours: 50,
            departments: 45,
            new_faces: 30,
            spread: 30,
            interests: 0,
            mentor_industry: 0,
            industry: 0,
            units: 0,
            size: 0,
            credentials: 0,
            regions: 0,
            load: 0,
            fairness: 0,
        },
        ..Rules::default()
    }
}

/// The id of a person with a number.
pub fn id(at: usize) -> String {
    format!("p{at:06}")
}

/// People of a pool before names are given.
pub fn drafts(count: usize, seed: u64) -> Vec<Draft> {
    let mut rng = Rng::new(seed);
    let (mentors, organisations) = (count / 5, (count / 12).max(8));
    let mut people: Vec<Draft> = (0..count).map(|at| draft(&mut rng, at < mentors, organisations)).collect();
    managers(&mut rng, &mut people, organisations);
    ties(&mut rng, &mut people, mentors);
    people
}

/// The pool of this many people.
pub fn pool(count: usize, seed: u64) -> Problem {
    let (people, mentors) = (drafts(count, seed), count / 5);
    let mut problem = Problem { rules: rules(), ..Problem::default() };
    for (at, draft) in people.iter().enumerate() {
        let topics: Vec<String> =
            (0..32).filter(|bit| draft.topics >> bit & 1 == 1).map(|bit| format!("topic {bit}")).collect();
        let is_mentor = at < mentors;
        let spoken = LANGUAGES.iter().enumerate().filter(|(bit, _)| draft.languages >> bit & 1 == 1);
        problem.people.push(Person {
            id: id(at),
            unit: format!("organisation {}", draft.organisation),
            department: format!("department {}", draft.department),
            level: draft.level,
            needs: if is_mentor { Vec::new() } else { topics.clone() },
            goals: if is_mentor { Vec::new() } else { topics.clone() },
            offers: if is_mentor { topics } else { Vec::new() },
            languages: spoken.map(|(_, language)| language.0.to_owned()).collect(),
            week: draft.week,
            mentor_capacity: u8::from(is_mentor),
            participant: !is_mentor,
            wishes: draft.wishes.iter().map(|at| id(*at)).collect(),
            ..Person::default()
        });
        if let Some(manager) = draft.manager {
            problem.managers.insert(id(at), id(manager));
        }
        problem.met.extend(draft.met.iter().filter(|other| **other != at).map(|other| (id(at), id(*other))));
        if let Some(other) = draft.must.filter(|other| *other > at) {
            problem.must.push((id(at), id(other)));
        }
        if let Some(other) = draft.never.filter(|other| *other != at && draft.must != Some(*other)) {
            problem.never.push((id(at), id(other)));
        }
    }
    problem
}
