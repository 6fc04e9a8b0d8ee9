//! From a problem to a plan: checks, locks, search, explanation.
//!
//! Invariant: everything that matters comes in as an argument; this is the one door to the solver.

use super::build::complete_locked;
use super::chance::Chance;
use super::explain;
use super::infeasible::Infeasible;
use super::locks;
use super::plan::Plan;
use super::pool::Pool;
use super::problem::{Budget, Problem};
use super::solver::{Order, Unwatched, Watch, solve};
use super::units;
use std::collections::BTreeSet;

/// How a plan is made.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// Where chance starts; the same seed gives the same plan.
    pub seed: u64,
    /// How long to search, in steps.
    pub budget: Budget,
    /// Threads for large pools; the plan does not depend on their number.
    pub threads: usize,
    /// Who looks on and may stop the search early.
    pub watch: &'a dyn Watch,
}

impl std::fmt::Debug for Setup<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, budget, threads, .. } = self;
        write!(f, "Setup {{ seed: {seed}, budget: {budget:?}, threads: {threads} }}")
    }
}

/// Forms groups. The same problem, seed and budget give the same plan whatever the order of the
/// lists in the problem. People who cannot be placed are in the plan with reasons; an error means
/// that rules, people or locks contradict each other.
pub fn form(problem: &Problem, seed: u64, budget: Budget) -> Result<Plan, Infeasible> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    form_with(problem, &Setup { seed, budget, threads, watch: &Unwatched })
}

/// Like [`form`], with a choice of threads and somebody who looks on.
pub fn form_with(problem: &Problem, setup: &Setup<'_>) -> Result<Plan, Infeasible> {
    check(problem)?;
    let mut pool = Pool::new(problem);
    units::check(&pool, problem)?;
    let mut chance = Chance::new(setup.seed);
    let locked = locks::seat(&pool, &problem.locks)?;
    let locked = complete_locked(&pool, &locked, &mut chance)?;
    let steps = setup.budget.iterations;
    let order = Order { seed: setup.seed, steps, threads: setup.threads, watch: setup.watch };
    let found = solve(&pool, &locked, &order);
    let plan = explain::plan(&mut pool, found.teams);
    Ok(Plan { seed: setup.seed, iterations: steps, bound: found.bound, ..plan })
}

/// Refuses contradicting rules and ids that several people have.
pub(super) fn check(problem: &Problem) -> Result<(), Infeasible> {
    problem.rules.check()?;
    let mut ids = BTreeSet::new();
    match problem.people.iter().map(|person| &person.id).filter(|id| !ids.insert(*id)).min() {
        Some(person) => Err(Infeasible::DuplicatePerson { person: person.clone() }),
        None => Ok(()),
    }
}
