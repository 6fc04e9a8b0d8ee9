//! Repair: a new plan after people came, left or changed, with as few people moved as possible.
//!
//! Invariant: everybody counts as moved who had a seat before and has another one, or none, now;
//! seats come first, then few moves, then scores.

use super::build::complete_locked;
use super::chance::Chance;
use super::explain;
use super::infeasible::Infeasible;
use super::locks;
use super::plan::{Plan, PlannedGroup};
use super::pool::{Pool, Who};
use super::problem::Problem;
use super::solve::{Setup, check};
use super::solver::{Order, change};
use super::team::Team;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody whose seat changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moved {
    /// Id of the person.
    pub person: String,
    /// Whether the seat is a mentor's.
    pub as_mentor: bool,
    /// Key of the group before; none for somebody who had no seat.
    pub from: Option<usize>,
    /// Key of the group now; none for somebody who has no seat any more.
    pub to: Option<usize>,
}

/// How one plan differs from another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    /// People who had a seat and have another or none now, by id.
    pub moved: Vec<Moved>,
    /// People who had no seat and have one now, by id.
    pub seated: Vec<Moved>,
    /// Keys of groups that are no more.
    pub closing: Vec<usize>,
    /// People who had a seat and have none now, those who left the programme among them.
    pub leaving: usize,
}

impl Changes {
    /// How the new plan differs from the old one. Whoever left the programme does not count as moved.
    pub fn between(problem: &Problem, old: &Plan, new: &Plan) -> Self {
        let (moved, seated) = compare(problem, old, new);
        let keys = old.groups.iter().map(|group| group.key);
        let closing = keys.filter(|key| new.group(*key).is_none()).collect();
        let people = |plan: &Plan| -> BTreeSet<String> {
            plan.groups.iter().flat_map(PlannedGroup::members).map(str::to_owned).collect()
        };
        let leaving = people(old).difference(&people(new)).count();
        Self { moved, seated, closing, leaving }
    }

    /// Whether both plans seat the same people in the same groups.
    pub fn is_empty(&self) -> bool {
        let Self { moved, seated, closing, leaving } = self;
        moved.is_empty() && seated.is_empty() && closing.is_empty() && *leaving == 0
    }
}

/// A repaired plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The new plan; groups that go on keep their keys.
    pub plan: Plan,
    /// What is different in it.
    pub changes: Changes,
    /// Whether it is proven that no plan seats as many with fewer moves.
    pub fewest: bool,
}

/// Repairs a plan for the problem as it is now. People who are gone vanish from their groups;
/// everybody else stays where they are as far as rules, sizes and free seats allow.
pub fn repair(problem: &Problem, old: &Plan, setup: &Setup<'_>) -> Result<Repair, Infeasible> {
    check(problem)?;
    let mut pool = Pool::new(problem);
    super::units::check(&pool, problem)?;
    let locked = locks::seat(&pool, &problem.locks)?;
    let keys: BTreeSet<usize> = locked.iter().filter_map(|team| team.key).collect();
    let mut chance = Chance::new(setup.seed);
    let complete = complete_locked(&pool, &locked, &mut chance)?;
    // Locked groups come first, in the order of their keys, then all others that were.
    let mut before: Vec<Team> = complete.iter().map(|team| with_key(&pool, old, team.key)).collect();
    let others = old.groups.iter().map(|group| group.key).filter(|key| !keys.contains(key));
    before.extend(others.map(|key| with_key(&pool, old, Some(key))));
    let order = Order {
        seed: setup.seed,
        steps: setup.budget.iterations,
        threads: setup.threads,
        watch: setup.watch,
    };
    let found = change(&pool, &complete, &before, &order);
    let last = old.groups.iter().map(|group| group.key).chain(keys).max().unwrap_or(0);
    let mut teams = found.teams;
    for (team, key) in teams.iter_mut().filter(|team| team.key.is_none()).zip(last + 1..) {
        team.key = Some(key);
    }
    let plan = explain::plan(&mut pool, teams);
    let plan = Plan { seed: setup.seed, iterations: setup.budget.iterations, ..plan };
    let changes = Changes::between(problem, old, &plan);
    Ok(Repair { fewest: found.proven || changes.moved.is_empty(), plan, changes })
}

/// The people of an old group who are still there in their roles.
fn with_key(pool: &Pool, old: &Plan, key: Option<usize>) -> Team {
    let Some(group) = key.and_then(|key| old.group(key)) else {
        return Team { key, ..Team::default() };
    };
    let numbers = |ids: &[String], may: fn(&Pool, Who) -> bool| -> Vec<Who> {
        let mut people: Vec<Who> =
            ids.iter().filter_map(|id| pool.number(id)).filter(|who| may(pool, *who)).collect();
        people.sort_unstable();
        people.dedup();
        people
    };
    Team {
        mentors: numbers(&group.mentors, |pool, who| pool.at(who).capacity > 0),
        participants: numbers(&group.participants, |pool, who| pool.at(who).wants_seat),
        key,
        ..Team::default()
    }
}

/// Who moved and who has a seat for the first time; people who left the programme are neither.
fn compare(problem: &Problem, old: &Plan, new: &Plan) -> (Vec<Moved>, Vec<Moved>) {
    let here: BTreeSet<&str> = problem.people.iter().map(|person| person.id.as_str()).collect();
    let (mut moved, mut seated) = (Vec::new(), Vec::new());
    for as_mentor in [false, true] {
        let (before, after) = (seats(old, as_mentor), seats(new, as_mentor));
        let everybody: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        for person in everybody.into_iter().filter(|person| here.contains(person)) {
            let keys =
                |seats: &BTreeMap<&str, BTreeSet<usize>>| seats.get(person).cloned().unwrap_or_default();
            let (was, is) = (keys(&before), keys(&after));
            let mut fresh = is.difference(&was).copied();
            for from in was.difference(&is) {
                let (from, to) = (Some(*from), fresh.next());
                moved.push(Moved { person: person.to_owned(), as_mentor, from, to });
            }
            let more =
                fresh.map(|to| Moved { person: person.to_owned(), as_mentor, from: None, to: Some(to) });
            seated.extend(more);
        }
    }
    moved.sort();
    seated.sort();
    (moved, seated)
}

/// Groups of each person in one role.
fn seats(plan: &Plan, as_mentor: bool) -> BTreeMap<&str, BTreeSet<usize>> {
    let mut seats: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for group in &plan.groups {
        for id in if as_mentor { &group.mentors } else { &group.participants } {
            seats.entry(id).or_default().insert(group.key);
        }
    }
    seats
}
