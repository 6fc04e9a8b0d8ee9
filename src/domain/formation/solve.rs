//! From a problem to a plan: checks, several first constructions, search, explanation.
//!
//! Invariant: everything that matters comes in as an argument; this is the one door a better
//! solver has to come through.

use super::board::Board;
use super::build::{complete_locked, construct};
use super::chance::Chance;
use super::explain;
use super::guide::Guide;
use super::infeasible::Infeasible;
use super::locks;
use super::plan::Plan;
use super::pool::Pool;
use super::problem::{Budget, Problem};
use super::search::improve;
use super::team::Team;
use std::collections::BTreeSet;

/// Forms groups. The same problem, seed and budget give the same plan whatever the order of the
/// lists in the problem. People who cannot be placed are in the plan with reasons; an error means
/// that rules, people or locks contradict each other.
pub fn form(problem: &Problem, seed: u64, budget: Budget) -> Result<Plan, Infeasible> {
    problem.rules.check()?;
    let mut ids = BTreeSet::new();
    if let Some(person) = problem.people.iter().map(|person| &person.id).filter(|id| !ids.insert(*id)).min() {
        return Err(Infeasible::DuplicatePerson { person: person.clone() });
    }
    let mut pool = Pool::new(problem);
    let mut chance = Chance::new(seed);
    let guide = Guide::new(&pool, &mut chance);
    let locked = locks::seat(&pool, &problem.locks)?;
    let locked = complete_locked(&pool, &guide, &locked, &mut chance)?;
    let board = best_start(&pool, &guide, &locked, budget.iterations, &mut chance);
    let board = improve(&pool, &guide, board, budget.iterations, &mut chance);
    let teams = board.teams.into_iter().filter(|team| !team.is_empty()).collect();
    Ok(Plan { seed, iterations: budget.iterations, ..explain::plan(&mut pool, teams) })
}

/// Builds with several numbers of groups and keeps the best; in small pools each of them gets a
/// short search first, because a good construction is not always a good start.
fn best_start(pool: &Pool, guide: &Guide, locked: &[Team], iterations: u64, chance: &mut Chance) -> Board {
    let small = guide.participants.len() <= 600;
    let mut best: Option<Board> = None;
    for groups in group_counts(pool, guide, locked.len()) {
        let mut board = construct(pool, guide, locked, groups, chance);
        if small {
            board = improve(pool, guide, board, iterations / 16, chance);
        }
        if best.as_ref().is_none_or(|best| board.rank() > best.rank()) {
            best = Some(board);
        }
    }
    best.unwrap_or_else(|| Board::new(pool, locked.to_vec()))
}

/// Numbers of groups worth a try: middle sizes first, then what units and mentors suggest, then
/// the most and the fewest there can be.
fn group_counts(pool: &Pool, guide: &Guide, locked: usize) -> Vec<usize> {
    let (rules, people) = (&pool.rules, guide.participants.len());
    let seats: usize = guide.mentors.iter().map(|who| usize::from(pool.at(*who).capacity)).sum();
    let most = (people / rules.min_participants).min(seats / rules.min_mentors);
    let least = people.div_ceil(rules.max_participants).min(most);
    let crowd = guide.participants.iter().map(|who| guide.colleagues[*who as usize]).max().unwrap_or(0);
    let middle = (people / rules.ideal()).max(1);
    let leaders = guide.mentors.iter().filter(|who| !pool.at(**who).wants_seat).count();
    let wanted = [
        middle,
        middle.max(crowd.div_ceil(usize::from(rules.per_unit))),
        middle.max(leaders.div_ceil(rules.max_mentors)),
        most,
        usize::midpoint(middle.min(most), most),
        least,
    ];
    let mut counts = Vec::new();
    for count in wanted.map(|count| count.clamp(least, most).max(locked)) {
        if count > 0 && !counts.contains(&count) {
            counts.push(count);
        }
    }
    // In large pools construction is the slow part; the search corrects the number of groups.
    counts.truncate(if people > 600 { 2 } else { 6 });
    counts
}
