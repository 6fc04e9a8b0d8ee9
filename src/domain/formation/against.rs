//! A plan beside chance: the same seats, dealt out blindly.
//!
//! Invariant: shuffling keeps mentors and sizes and knows no rule, as a drawing of lots would; it is repeatable.

use super::chance::Chance;
use super::plan::{Bound, Plan};
use super::pool::{Pool, Who};
use super::problem::Problem;
use super::reasons::Criterion;
use super::score;
use super::team::Team;

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
#[derive(Default)]
struct Sums {
    criteria: [i64; Criterion::ALL.len()],
    score: i64,
    people: i64,
}

impl Sums {
    fn add(&mut self, pool: &Pool, team: &Team) {
        let people = score::whole(team.participants.len());
        let slots = team.slots(pool);
        let measures = score::measure(pool, &team.mentors, &team.participants, &slots);
        for (sum, measure) in self.criteria.iter_mut().zip(measures) {
            *sum += measure * people;
        }
        self.score += score::score(pool, &team.mentors, &team.participants, &slots) * people;
        self.people += people;
    }

    /// A sum as a mean from 0 to 100.
    fn mean(&self, sum: i64) -> i64 {
        (sum / self.people.max(1) + 50) / 100
    }
}

/// Sets a plan beside chance and the bound; none for a plan without participants.
pub fn standing(problem: &Problem, plan: &Plan) -> Option<Standing> {
    let pool = Pool::new(problem);
    let numbers = |ids: &[String]| ids.iter().filter_map(|id| pool.number(id)).collect::<Vec<Who>>();
    let teams: Vec<Team> = plan
        .groups
        .iter()
        .map(|group| Team {
            participants: numbers(&group.participants),
            ..Team::led_by(numbers(&group.mentors))
        })
        .collect();
    let mut own = Sums::default();
    for team in &teams {
        own.add(&pool, team);
    }
    if own.people == 0 {
        return None;
    }
    let (mut dealt, mut broken) = (Sums::default(), 0);
    let mut chance = Chance::new(plan.seed);
    let mut seats: Vec<Who> = teams.iter().flat_map(|team| team.participants.iter().copied()).collect();
    for _ in 0..DRAWS {
        chance.shuffle(&mut seats);
        let mut next = seats.iter().copied();
        for team in &teams {
            let participants = next.by_ref().take(team.participants.len()).collect();
            let team = Team { participants, ..Team::led_by(team.mentors.clone()) };
            broken += i64::from(team.broken(&pool).is_some());
            dealt.add(&pool, &team);
        }
    }
    let mut criteria: Vec<Criterion> =
        Criterion::ALL.into_iter().filter(|criterion| pool.scale.of(*criterion) > 0).collect();
    criteria.sort_by_key(|criterion| std::cmp::Reverse(pool.scale.of(*criterion)));
    let against = |criterion: Criterion| Against {
        criterion,
        plan: own.mean(own.criteria[criterion as usize]),
        chance: dealt.mean(dealt.criteria[criterion as usize]),
    };
    let most = |bound: Bound| (bound.total / score::whole(bound.placed.max(1)) + 50) / 100;
    Some(Standing {
        criteria: criteria.into_iter().map(against).collect(),
        plan: own.mean(own.score),
        chance: dealt.mean(dealt.score),
        broken: (broken + DRAWS / 2) / DRAWS,
        bound: plan.bound.map(most),
    })
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
