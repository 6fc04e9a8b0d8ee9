//! Plans changed by hand: new figures, and moves that keep every hard rule.
//!
//! Invariant: a move is either lawful and returns a whole new plan, or leaves everything as it was
//! and says which rules stand against it.

use super::explain;
use super::plan::{Bound, Plan};
use super::pool::Pool;
use super::problem::Problem;
use super::verify::verify;
use super::violation::Violation;

/// Writes everything derived in a plan anew: scores, reasons, common hours, the unplaced.
/// Groups, keys, seed and iterations stay; so does the bound unless the plan exceeds it, as it may
/// under other rules. Broken rules do not stop it.
pub fn rescore(problem: &Problem, plan: &mut Plan) {
    let mut pool = Pool::new(problem);
    let (seed, iterations, bound) = (plan.seed, plan.iterations, plan.bound);
    *plan = Plan { seed, iterations, ..explain::again(&mut pool, &plan.groups) };
    let score = plan.score;
    let holds = |bound: &Bound| {
        let weaker = score.placed < bound.placed || score.worst_group < bound.worst_group;
        score.placed <= bound.placed && (weaker || score.total <= bound.total)
    };
    plan.bound = bound.filter(holds).map(|bound| Bound {
        optimal: bound.optimal && score.placed == bound.placed && score.total == bound.total,
        ..bound
    });
}

/// Moves a person to another group and returns the new plan. Somebody with a seat as participant
/// changes that seat; a person who mentors one group takes the mentor's role along; somebody
/// without a seat gets one, as participant if they wished so. Refused with the rules that the
/// move would break; rules that were broken before do not count against it.
pub fn move_person(
    problem: &Problem,
    plan: &Plan,
    person: &str,
    to_group: usize,
) -> Result<Plan, Vec<Violation>> {
    let Some(wish) = problem.people.iter().find(|other| other.id == person) else {
        return Err(vec![Violation::UnknownPerson { person: person.to_owned() }]);
    };
    if plan.group(to_group).is_none() {
        return Err(vec![Violation::NoSuchGroup { group: to_group }]);
    }
    let mut moved = plan.clone();
    let seated = plan.seat_of(person).map(|group| group.key);
    let leads: Vec<usize> = plan
        .groups
        .iter()
        .filter(|group| group.mentors.iter().any(|id| id == person))
        .map(|group| group.key)
        .collect();
    let as_mentor = seated.is_none() && (!leads.is_empty() || !wish.participant);
    let from = if as_mentor { leads.first().copied() } else { seated };
    for group in &mut moved.groups {
        let list = if as_mentor { &mut group.mentors } else { &mut group.participants };
        if Some(group.key) == from {
            list.retain(|id| id != person);
        }
        if group.key == to_group && !list.iter().any(|id| id == person) {
            list.push(person.to_owned());
        }
    }
    rescore(problem, &mut moved);
    let before = verify(problem, plan);
    let broken: Vec<Violation> =
        verify(problem, &moved).into_iter().filter(|violation| !before.contains(violation)).collect();
    if broken.is_empty() { Ok(moved) } else { Err(broken) }
}
