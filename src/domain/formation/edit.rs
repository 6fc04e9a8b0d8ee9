//! Plans changed by hand: new figures, and moves that keep every hard rule.
//!
//! Invariant: a move is either lawful and returns a whole new plan, or leaves everything as it was
//! and says which rules stand against it.

use super::explain;
use super::plan::{Bound, Plan, PlanScore};
use super::pool::Pool;
use super::problem::Problem;
use super::verify::verify;
use super::violation::Violation;
use serde::{Deserialize, Serialize};

/// Writes everything derived in a plan anew: scores, reasons, common hours, the unplaced.
/// Groups, keys, seed and iterations stay; so does the bound unless the plan exceeds it, as it may
/// under other rules. Broken rules do not stop it.
pub fn rescore(problem: &Problem, plan: &mut Plan) {
    let mut pool = Pool::new(problem);
    let (seed, iterations, bound) = (plan.seed, plan.iterations, plan.bound);
    *plan = Plan { seed, iterations, ..explain::again(&mut pool, &plan.groups) };
    plan.bound = bound.and_then(|bound| still(bound, &plan.score));
}

/// A bound beside changed figures: none when they exceed it, and optimal only while they reach it.
pub(super) fn still(bound: Bound, score: &PlanScore) -> Option<Bound> {
    let weaker = score.placed < bound.placed || score.worst_group < bound.worst_group;
    let holds = score.placed <= bound.placed && (weaker || score.total <= bound.total);
    let optimal = bound.optimal && score.placed == bound.placed && score.total == bound.total;
    holds.then_some(Bound { optimal, ..bound })
}

/// A change made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A person goes to another group. Somebody with a seat as participant changes that seat; a person who mentors
    /// one group takes the mentor's role along; somebody without a seat gets one, as participant if they wished so.
    Move {
        /// Id of the person.
        person: String,
        /// Key of the group.
        group: usize,
    },
    /// Two people of one role in two groups change places.
    Swap {
        /// Id of one.
        first: String,
        /// Id of the other.
        second: String,
    },
}

impl Edit {
    /// Changes who sits where; every derived field stays as it was. Refused when the plan has no such people or
    /// groups.
    pub fn seat(&self, problem: &Problem, plan: &mut Plan) -> Result<(), Vec<Violation>> {
        match self {
            Self::Move { person, group } => seat(problem, plan, person, *group),
            Self::Swap { first, second } => exchange(plan, first, second),
        }
    }

    /// Carries the change out and returns the new plan with all its figures. Refused with the rules that it would
    /// break; rules that were broken before do not count against it.
    pub fn carry_out(&self, problem: &Problem, plan: &Plan) -> Result<Plan, Vec<Violation>> {
        let mut changed = plan.clone();
        self.seat(problem, &mut changed)?;
        rescore(problem, &mut changed);
        let before = verify(problem, plan);
        let broken: Vec<Violation> =
            verify(problem, &changed).into_iter().filter(|violation| !before.contains(violation)).collect();
        if broken.is_empty() { Ok(changed) } else { Err(broken) }
    }
}

/// Moves a person to another group and returns the new plan, see [`Edit::Move`].
pub fn move_person(
    problem: &Problem,
    plan: &Plan,
    person: &str,
    to_group: usize,
) -> Result<Plan, Vec<Violation>> {
    Edit::Move { person: person.to_owned(), group: to_group }.carry_out(problem, plan)
}

fn seat(problem: &Problem, plan: &mut Plan, person: &str, to_group: usize) -> Result<(), Vec<Violation>> {
    let Some(wish) = problem.people.iter().find(|other| other.id == person) else {
        return Err(vec![Violation::UnknownPerson { person: person.to_owned() }]);
    };
    if plan.group(to_group).is_none() {
        return Err(vec![Violation::NoSuchGroup { group: to_group }]);
    }
    let seated = plan.seat_of(person).map(|group| group.key);
    let leads = led_by(plan, person);
    let as_mentor = seated.is_none() && (leads.is_some() || !wish.participant);
    let from = if as_mentor { leads } else { seated };
    for group in &mut plan.groups {
        let list = if as_mentor { &mut group.mentors } else { &mut group.participants };
        if Some(group.key) == from {
            list.retain(|id| id != person);
        }
        if group.key == to_group && !list.iter().any(|id| id == person) {
            list.push(person.to_owned());
        }
    }
    Ok(())
}

/// The first group that a person mentors.
fn led_by(plan: &Plan, person: &str) -> Option<usize> {
    plan.groups.iter().find(|group| group.mentors.iter().any(|id| id == person)).map(|group| group.key)
}

/// Puts each of the two where the other one sits. Seats as participant come first, so that somebody who mentors one
/// group and learns in another changes the seat in which they learn.
fn exchange(plan: &mut Plan, first: &str, second: &str) -> Result<(), Vec<Violation>> {
    let place = |person: &str| match plan.seat_of(person) {
        Some(group) => Ok((group.key, false)),
        None => led_by(plan, person)
            .map(|key| (key, true))
            .ok_or_else(|| vec![Violation::UnknownPerson { person: person.to_owned() }]),
    };
    let (mut one, mut other) = (place(first)?, place(second)?);
    if one.1 != other.1 {
        // Two mentors, one of whom also learns somewhere, change the groups they lead.
        let (Some(a), Some(b)) = (led_by(plan, first), led_by(plan, second)) else {
            let (person, group) = if one.1 { (first, other.0) } else { (second, one.0) };
            return Err(vec![Violation::NotAsked { person: person.to_owned(), group, as_mentor: false }]);
        };
        (one, other) = ((a, true), (b, true));
    }
    let as_mentor = one.1;
    for group in &mut plan.groups {
        let (key, list) = (group.key, if as_mentor { &mut group.mentors } else { &mut group.participants });
        for id in list.iter_mut() {
            if id == first && key == one.0 {
                second.clone_into(id);
            } else if id == second && key == other.0 {
                first.clone_into(id);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::formation::pools::pool;
    use crate::domain::formation::{Budget, form};

    fn swap(first: &str, second: &str) -> Edit {
        Edit::Swap { first: first.into(), second: second.into() }
    }

    #[test]
    fn a_swap_is_scored_anew_or_refused_and_swapping_back_gives_the_first_plan() {
        let problem = pool(40, 8, 9, 2);
        let plan = form(&problem, 1, Budget { iterations: 1_000 }).unwrap();
        let (one, other) = (&plan.groups[0], &plan.groups[1]);
        let (mut done, mut refused) = (0, 0);
        for a in &one.participants {
            for b in &other.participants {
                match swap(a, b).carry_out(&problem, &plan) {
                    Ok(next) => {
                        done += 1;
                        assert_eq!(next.seat_of(a).map(|group| group.key), Some(other.key));
                        assert_eq!(verify(&problem, &next), []);
                        let back = swap(a, b).carry_out(&problem, &next).unwrap();
                        assert_eq!((back.groups, back.score), (plan.groups.clone(), plan.score));
                    }
                    Err(violations) => {
                        refused += 1;
                        assert!(!violations.is_empty());
                    }
                }
            }
        }
        assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
    }

    #[test]
    fn a_mentor_and_a_participant_do_not_change_places() {
        let problem = pool(40, 8, 9, 2);
        let plan = form(&problem, 1, Budget { iterations: 1_000 }).unwrap();
        let (mentor, participant) = (&plan.groups[0].mentors[0], &plan.groups[1].participants[0]);
        assert!(swap(mentor, participant).carry_out(&problem, &plan).is_err());
        assert!(swap("nobody", participant).carry_out(&problem, &plan).is_err());
    }
}
