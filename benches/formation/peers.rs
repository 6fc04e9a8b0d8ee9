//! What others would do with the same pool: people put into groups at random, and the greedy way, hardest people
//! first, each into the best open seat. Both keep the rules about pairs, languages, hours and sizes; pairs that must
//! stay together are only preferred.
//!
//! Invariant: nothing of the solver is used here.

use super::generator::{Draft, Rng, id};
use roundtable::domain::formation::{Plan, PlannedGroup, Problem, rescore};
use roundtable::domain::week::WeekMask;

const FEWEST: usize = 3;
const MOST: usize = 5;
/// What half of a pair that must stay together is worth.
const HALF: i64 = 4_000;

/// A pool as numbers.
struct Field<'d> {
    people: &'d [Draft],
    mentors: usize,
    /// Managers up to three levels up.
    chains: Vec<Vec<usize>>,
}

/// Participants of each mentor.
type Groups = Vec<Vec<usize>>;

/// Points of a mentor and a participant.
fn lead(mentor: (usize, &Draft), other: (usize, &Draft)) -> i64 {
    let (a, b) = (mentor.1, other.1);
    let mut sum = 300 * i64::from((a.topics & b.topics).count_ones()) / i64::from(b.topics.count_ones());
    sum += b.wishes.iter().position(|wish| *wish == mentor.0).map_or(0, |place| [200, 120, 60][place]);
    sum += match i16::from(a.level) - i16::from(b.level) {
        2 | 3 => 100,
        1 | 4 => 50,
        5 => 25,
        _ => 0,
    };
    sum - if a.met.contains(&other.0) || b.met.contains(&mentor.0) { 400 } else { 0 }
}

/// Points of two participants.
fn peers((x, a): (usize, &Draft), (y, b): (usize, &Draft)) -> i64 {
    let mut sum =
        60 * i64::from((a.topics & b.topics).count_ones()) / i64::from((a.topics | b.topics).count_ones());
    sum += if a.department == b.department { 0 } else { 30 };
    sum += if (1..=2).contains(&a.level.abs_diff(b.level)) { 20 } else { 0 };
    sum - if a.met.contains(&y) || b.met.contains(&x) { 200 } else { 0 }
}

impl<'d> Field<'d> {
    fn new(people: &'d [Draft], mentors: usize) -> Self {
        let chain =
            |at: usize| std::iter::successors(people[at].manager, |up| people[*up].manager).take(3).collect();
        Self { people, mentors, chains: (0..people.len()).map(chain).collect() }
    }

    fn apart(&self, a: usize, b: usize) -> bool {
        let (x, y) = (&self.people[a], &self.people[b]);
        x.organisation == y.organisation
            || self.chains[a].contains(&b)
            || self.chains[b].contains(&a)
            || x.never == Some(b)
            || y.never == Some(a)
    }

    /// Points of a group, if its people may meet.
    fn value(&self, mentor: usize, others: &[usize]) -> Option<i64> {
        let person = |at: usize| (at, &self.people[at]);
        let (mut week, mut tongues) = (self.people[mentor].week, self.people[mentor].languages);
        let mut sum = 0;
        for (at, &who) in others.iter().enumerate() {
            week = week.and(self.people[who].week);
            tongues &= self.people[who].languages;
            if self.apart(mentor, who) || others[..at].iter().any(|other| self.apart(*other, who)) {
                return None;
            }
            sum += lead(person(mentor), person(who));
            sum += others[..at].iter().map(|other| peers(person(who), person(*other))).sum::<i64>();
            sum -= self.people[who].must.filter(|mate| !others.contains(mate)).map_or(0, |_| HALF);
        }
        let met = week != WeekMask::EMPTY && tongues != 0;
        met.then(|| sum + 40 * i64::from(week.count().min(5)))
    }

    /// The mentors who promise most for each participant, best first.
    fn candidates(&self, keep: usize, sample: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
        let one = |who: usize| {
            let mut found: Vec<(i64, usize)> = Vec::new();
            let mut look = |mentor: usize| {
                let (a, b) = (&self.people[mentor], &self.people[who]);
                let hours = a.week.and(b.week).count();
                if a.languages & b.languages != 0 && hours >= 2 && !self.apart(mentor, who) {
                    let value = 4 * lead((mentor, a), (who, b)) + 10 * i64::from(hours.min(12));
                    found.push((-value, mentor));
                }
            };
            if self.mentors <= sample {
                (0..self.mentors).for_each(&mut look);
            } else {
                (0..sample).for_each(|_| look(rng.below(self.mentors)));
                self.people[who].wishes.iter().for_each(|wish| look(*wish));
            }
            found.sort_unstable();
            found.dedup();
            found.into_iter().take(keep).map(|(_, mentor)| mentor).collect()
        };
        (self.mentors..self.people.len()).map(one).collect()
    }

    fn form(&self, greedy: bool, rng: &mut Rng) -> Groups {
        let (keep, sample) = if self.people.len() > 20_000 { (24, 300) } else { (40, 2_000) };
        let known = if greedy { self.candidates(keep, sample, rng) } else { Vec::new() };
        let candidates = |who: usize| known.get(who - self.mentors).map_or(&[][..], Vec::as_slice);
        let mut order: Vec<usize> = (self.mentors..self.people.len()).collect();
        if greedy {
            let free =
                |who: &usize| self.people[*who].week.count() + 8 * self.people[*who].languages.count_ones();
            order.sort_by_key(free);
        } else {
            (1..order.len()).rev().for_each(|last| order.swap(last, rng.below(last + 1)));
        }
        let mut groups: Groups = vec![Vec::new(); self.mentors];
        for &who in &order {
            let listed = candidates(who);
            let mut best: Option<(i64, usize)> = None;
            for turn in 0..if greedy { listed.len() + 24 } else { 200 } {
                let at = listed.get(turn).copied().unwrap_or_else(|| rng.below(self.mentors));
                let Some(gain) = self.gain(&groups, at, who) else { continue };
                // Two or three people make a group sooner than four loners.
                let push = if greedy && (1..FEWEST).contains(&groups[at].len()) { 150 } else { 0 };
                best = best.max(Some((gain + push, at)));
                if !greedy {
                    break;
                }
            }
            groups[best.map_or(usize::MAX, |(_, at)| at).min(self.mentors - 1)].extend(best.map(|_| who));
        }
        let mut waiting = vec![true; self.people.len()];
        for group in &mut groups {
            if group.len() < FEWEST {
                group.clear();
            }
            for who in group.iter() {
                waiting[*who] = false;
            }
        }
        for who in (self.mentors..self.people.len()).filter(|who| waiting[*who]) {
            let listed = candidates(who);
            let places = (0..listed.len() + 200)
                .map(|turn| listed.get(turn).copied().unwrap_or_else(|| rng.below(self.mentors)))
                .collect::<Vec<_>>();
            let open = places.into_iter().filter(|at| !groups[*at].is_empty());
            let best = open.filter_map(|at| self.gain(&groups, at, who).map(|gain| (gain, at))).max();
            if let Some((_, at)) = best {
                groups[at].push(who);
            }
        }
        groups
    }

    /// What a group gains by one more participant, if there is room and they may meet.
    fn gain(&self, groups: &Groups, mentor: usize, who: usize) -> Option<i64> {
        let here = &groups[mentor];
        if here.len() >= MOST {
            return None;
        }
        let joined: Vec<usize> = here.iter().copied().chain([who]).collect();
        let before = if here.is_empty() { Some(0) } else { self.value(mentor, here) };
        Some(self.value(mentor, &joined)? - before?)
    }
}

/// The plan of a peer: greedy, or at random.
pub fn plan(problem: &Problem, people: &[Draft], greedy: bool, seed: u64) -> Plan {
    let field = Field::new(people, people.len() / 5);
    let groups = field.form(greedy, &mut Rng::new(seed + 77));
    let mut plan = Plan::default();
    for (mentor, others) in groups.iter().enumerate().filter(|(_, others)| !others.is_empty()) {
        plan.groups.push(PlannedGroup {
            key: plan.groups.len() + 1,
            mentors: vec![id(mentor)],
            participants: others.iter().map(|at| id(*at)).collect(),
            score: 0,
            criteria: Vec::new(),
            common_hours: WeekMask::EMPTY,
            reasons: Vec::new(),
        });
    }
    rescore(problem, &mut plan);
    plan
}
