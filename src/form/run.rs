//! From a programme to a checked plan with everything that is told about it.
//!
//! Invariant: a plan leaves this file only after the verifier, which shares no rule code with the solver, found nothing
//! against it.

use std::collections::BTreeSet;

use super::programme::{Bound, Programme};
use crate::domain::formation::{
    Budget, Diagnosis, Infeasible, Plan, Setup, Standing, Unwatched, Violation, Watch, diagnose, form_with,
    standing, verify,
};

/// How a plan is made.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// Where chance starts.
    pub seed: u64,
    /// Steps of the search; none suits the number of people.
    pub steps: Option<u64>,
    /// Threads for large lists.
    pub threads: usize,
    /// Who looks on while the plan is made, and may stop.
    pub watch: &'a dyn Watch,
    /// Who looks on while people without a seat are explained, and may stop; nobody is explained without.
    pub explain: Option<&'a dyn Watch>,
}

impl std::fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Order {{ seed: {}, steps: {:?}, threads: {} }}", self.seed, self.steps, self.threads)
    }
}

impl Default for Order<'_> {
    fn default() -> Self {
        Self { seed: 1, steps: None, threads: 1, watch: &Unwatched, explain: Some(&Unwatched) }
    }
}

/// A plan with everything that is told about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formed {
    /// The plan.
    pub plan: Plan,
    /// The plan beside chance and its bound; none without a group.
    pub standing: Option<Standing>,
    /// Why people have no seat; none when everybody has one or nobody asked.
    pub diagnosis: Option<Diagnosis>,
    /// Whether somebody stopped the search before its steps were used up.
    pub stopped: bool,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stuck {
    /// Rules, people or seats contradict each other.
    Contradiction {
        /// In what, in sentences.
        words: String,
        /// Lines of the rules that stand against one another, where they are known.
        lines: Vec<u64>,
    },
    /// The verifier found broken rules, in sentences. The solver has a fault.
    Unlawful(Vec<String>),
}

/// Forms the groups of a programme.
pub fn run(programme: &Programme, order: &Order<'_>) -> Result<Formed, Stuck> {
    let problem = &programme.problem;
    let name_of = |id: &str| programme.name_of(id);
    let budget = order
        .steps
        .map_or_else(|| Budget::for_people(problem.people.len()), |iterations| Budget { iterations });
    let setup = Setup { seed: order.seed, budget, threads: order.threads, watch: order.watch };
    let contradiction =
        |why: Infeasible| Stuck::Contradiction { words: why.words(&name_of), lines: programme.lines(&why) };
    let plan = form_with(problem, &setup).map_err(contradiction)?;
    let stopped = order.watch.stop();
    let broken: Vec<String> =
        verify(problem, &plan).iter().map(|violation: &Violation| violation.words(&name_of)).collect();
    if !broken.is_empty() {
        return Err(Stuck::Unlawful(broken));
    }
    let diagnosis = match order.explain {
        Some(watch) => diagnose(problem, &plan, &Setup { watch, ..setup }).map_err(contradiction)?,
        None => None,
    };
    Ok(Formed { standing: standing(problem, &plan), plan, diagnosis, stopped })
}

impl Programme {
    /// The name of a person, or the id of somebody outside the list.
    pub fn name_of(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// Lines of the rules that keep people both together and apart.
    fn lines(&self, why: &Infeasible) -> Vec<u64> {
        let Infeasible::Together(ties) = why else {
            return Vec::new();
        };
        let mut lines = BTreeSet::new();
        for tie in ties {
            for (one, other) in &tie.ties {
                lines.extend(self.together.iter().filter(|set| set.has(one, other)).map(|set| set.line));
            }
            let people: BTreeSet<&str> = tie.people.iter().map(String::as_str).collect();
            let parted =
                |set: &&Bound| set.ids.iter().filter(|id| people.contains(id.as_str())).take(2).count() == 2;
            lines.extend(self.apart.iter().filter(parted).map(|set| set.line));
        }
        lines.into_iter().collect()
    }
}
