//! A plan beside chance: the same seats, dealt out blindly.
//!
//! Invariant: shuffling keeps mentors and sizes and knows no rule, as a drawing of lots would; it is repeatable. What
//! was drawn is kept in the ledger of a plan, so that a change by hand needs no new draw.

use super::chance::Chance;
use super::explain;
use super::plan::{Bound, Plan};
use super::pool::{Pool, Who};
use super::problem::Problem;
use super::reasons::Criterion;
use super::rules::Rules;
use super::score::{self, Measures, Scale};
use super::team::Team;
use serde::{Deserialize, Serialize};

/// Shuffles whose mean stands for chance.
const DRAWS: i64 = 5;

/// One criterion of a plan beside what chance makes of the same seats, each from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Against {
    /// The criterion.
    pub criterion: Criterion,
    /// Mean over the participants of the plan.
    pub plan: i64,
    /// Mean over the participants of shuffled seats.
    pub chance: i64,
}

/// A plan beside chance and beside what is proven to be possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Criteria that count, those of the greatest weight first.
    pub criteria: Vec<Against>,
    /// Mean score of the plan's participants, 0 to 100.
    pub plan: i64,
    /// The same after a shuffle.
    pub chance: i64,
    /// Groups that would break a hard rule after a shuffle, on average.
    pub broken: i64,
    /// The best mean score that any plan can have, where that is proven.
    pub bound: Option<i64>,
}

/// Sums over participants.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Sums {
    criteria: Vec<i64>,
    score: i64,
    people: i64,
}

impl Sums {
    /// Adds a group with its measures and score, or takes it away with a `sign` below zero.
    pub(super) fn add(&mut self, measures: &[i64], score: i64, people: usize, sign: i64) {
        let people = score::whole(people) * sign;
        self.criteria.resize(Criterion::ALL.len(), 0);
        for (sum, measure) in self.criteria.iter_mut().zip(measures) {
            *sum += measure * people;
        }
        self.score += score * people;
        self.people += people;
    }

    fn add_team(&mut self, pool: &Pool, team: &Team) {
        let (measures, score) = measured(pool, team);
        self.add(&measures, score, team.participants.len(), 1);
    }

    /// A sum as a mean from 0 to 100.
    fn mean(&self, sum: i64) -> i64 {
        (sum / self.people.max(1) + 50) / 100
    }
}

/// Measures and score of a team.
pub(super) fn measured(pool: &Pool, team: &Team) -> (Measures, i64) {
    let slots = team.slots(pool);
    let measures = score::measure(pool, &team.mentors, &team.participants, &slots);
    (measures, score::score(pool, &team.mentors, &team.participants, &slots))
}

/// What the figures of a plan rest on beside the plan itself: which criteria count, and sums over all groups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ledger {
    known: Vec<Criterion>,
    pub(super) own: Sums,
    dealt: Sums,
    /// Groups with a broken rule, over all draws.
    broken: i64,
}

impl Ledger {
    /// The ledger of a whole plan.
    pub fn of(problem: &Problem, plan: &Plan) -> Self {
        Self::in_pool(&Pool::new(problem), plan)
    }

    pub(super) fn in_pool(pool: &Pool, plan: &Plan) -> Self {
        let teams: Vec<Team> = plan
            .groups
            .iter()
            .map(|group| explain::team(pool, &group.mentors, &group.participants))
            .collect();
        let known = Criterion::ALL.into_iter().filter(|criterion| pool.is_known(*criterion)).collect();
        let mut ledger = Self { known, ..Self::default() };
        for team in &teams {
            ledger.own.add_team(pool, team);
        }
        if ledger.own.people == 0 {
            return ledger;
        }
        let mut chance = Chance::new(plan.seed);
        let mut seats: Vec<Who> = teams.iter().flat_map(|team| team.participants.iter().copied()).collect();
        for _ in 0..DRAWS {
            chance.shuffle(&mut seats);
            let mut next = seats.iter().copied();
            for team in &teams {
                let participants = next.by_ref().take(team.participants.len()).collect();
                let team = Team { participants, ..Team::led_by(team.mentors.clone()) };
                ledger.broken += i64::from(team.broken(pool).is_some());
                ledger.dealt.add_team(pool, &team);
            }
        }
        ledger
    }

    /// The shares of the criteria in a score.
    pub(super) fn scale(&self, rules: &Rules) -> Scale {
        Scale::new(rules, |criterion| self.known.contains(&criterion))
    }

    /// The plan beside chance and the bound; none for a plan without participants.
    pub fn standing(&self, rules: &Rules, bound: Option<Bound>) -> Option<Standing> {
        if self.own.people == 0 {
            return None;
        }
        let scale = self.scale(rules);
        let mut criteria: Vec<Criterion> =
            Criterion::ALL.into_iter().filter(|criterion| scale.of(*criterion) > 0).collect();
        criteria.sort_by_key(|criterion| std::cmp::Reverse(scale.of(*criterion)));
        let mean = |sums: &Sums, criterion: Criterion| {
            sums.mean(sums.criteria.get(criterion as usize).copied().unwrap_or_default())
        };
        let against = |criterion: Criterion| Against {
            criterion,
            plan: mean(&self.own, criterion),
            chance: mean(&self.dealt, criterion),
        };
        let most = |bound: Bound| (bound.total / score::whole(bound.placed.max(1)) + 50) / 100;
        Some(Standing {
            criteria: criteria.into_iter().map(against).collect(),
            plan: self.own.mean(self.own.score),
            chance: self.dealt.mean(self.dealt.score),
            broken: (self.broken + DRAWS / 2) / DRAWS,
            bound: bound.map(most),
        })
    }
}

/// Sets a plan beside chance and the bound; none for a plan without participants.
pub fn standing(problem: &Problem, plan: &Plan) -> Option<Standing> {
    Ledger::of(problem, plan).standing(&problem.rules, plan.bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::formation::pools::pool;
    use crate::domain::formation::{Budget, form};

    #[test]
    fn a_plan_stands_above_chance_and_not_above_its_bound() {
        let problem = pool(60, 12, 9, 3);
        let plan = form(&problem, 1, Budget { iterations: 4_000 }).unwrap();
        let found = standing(&problem, &plan).unwrap();
        assert!(found.plan > found.chance, "{found:?}");
        assert!(found.broken > 0, "lots know no rule: {found:?}");
        assert!(found.bound.is_none_or(|bound| bound >= found.plan), "{found:?}");
        assert!(found.criteria.len() > 5 && found.criteria[0].criterion == Criterion::Needs);
        assert_eq!(standing(&problem, &plan), Some(found), "the same plan stands in the same place");
    }

    #[test]
    fn an_empty_plan_stands_nowhere() {
        assert_eq!(standing(&Problem::default(), &Plan::default()), None);
    }
}
