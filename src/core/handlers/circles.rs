//! Peer circles and accountability pairs: all rounds planned at once, so that people meet new faces as long as
//! counting allows.
//!
//! Invariant: the same people, ties and numbers give the same rounds, and asking changes nothing.

use std::collections::BTreeMap;

use crate::core::ctx::Ctx;
use crate::core::formation::{Scope, problem};
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{circles as view, refusals};
use crate::domain::formation::diverse::Steps;
use crate::domain::formation::rounds::{Circle, plan};
use crate::domain::formation::{Conflict, Party, Problem};
use crate::domain::lines::Lines;

/// People planned at most; every two of them are looked at.
const MOST_PEOPLE: usize = 400;
/// Steps of the search for each seat beside each neighbour; a billion of them pass in a second.
const STEPS: u64 = 2_000;
/// Fewest and most steps of a search.
const FEWEST_STEPS: u64 = 200_000;
const MOST_STEPS: u64 = 20_000_000;

pub(super) async fn circles(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let number = |name: &str, usual: usize| args.get(name).and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (size, rounds) = (number("size", 4), number("rounds", 6));
    let (mut problem, people) = problem(&mut ctx.tx, &program, Vec::new(), Scope::Everybody).await?;
    problem.people.retain(|person| person.participant);
    let count = problem.people.len();
    if !(2..=MOST_PEOPLE).contains(&count) {
        return Err(refusals::plain(format!(
            "Circles are for 2 to {MOST_PEOPLE} participants, and {} has {count}. Ask people to join first, or found a \
             programme for a part of them.",
            program.name
        ))
        .into());
    }
    let seed = args.get("seed").and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (agenda, ids) = tokio::task::spawn_blocking(move || {
        let circle = circle(&problem, size, rounds);
        let ids: Vec<String> = problem.people.into_iter().map(|person| person.id).collect();
        (plan(&circle, seed, &mut Steps::new(steps(&circle))), ids)
    })
    .await
    .map_err(|_| refusals::try_again())?;
    let agenda = agenda.map_err(|fault| refusals::cannot_use(&fault.to_string()))?;
    let names: Vec<&str> =
        ids.iter().map(|id| people.get(id).map_or("somebody", |person| person.name.as_str())).collect();
    let asked = view::Asked { size, seed, first: number("round", 1) };
    Ok(Reply::Private(view::planned(&program, &agenda, &names, &asked)))
}

/// A budget that suits a question.
fn steps(circle: &Circle) -> u64 {
    let seats = circle.people.saturating_mul(circle.rounds).saturating_mul(circle.size);
    u64::try_from(seats).unwrap_or(u64::MAX).saturating_mul(STEPS).clamp(FEWEST_STEPS, MOST_STEPS)
}

/// The question: units and ties of the participants, by number.
fn circle(problem: &Problem, size: usize, rounds: usize) -> Circle {
    let people = &problem.people;
    let numbers: BTreeMap<&str, usize> =
        people.iter().enumerate().map(|(at, p)| (p.id.as_str(), at)).collect();
    let mut units: BTreeMap<&str, u32> = BTreeMap::new();
    let units = people.iter().map(|person| {
        let next = u32::try_from(units.len()).unwrap_or(u32::MAX);
        (!person.unit.is_empty()).then(|| *units.entry(&person.unit).or_insert(next))
    });
    let pair = |(a, b): &(String, String)| {
        Some((*numbers.get(a.as_str())?, *numbers.get(b.as_str())?)).filter(|(a, b)| a != b)
    };
    let mut never: Vec<(usize, usize)> = problem.never.iter().filter_map(pair).collect();
    let lines = Lines::new(problem.managers.iter().map(|(a, b)| (a.as_str(), b.as_str())));
    for (at, one) in people.iter().enumerate() {
        for (other_at, other) in people.iter().enumerate().skip(at + 1) {
            let conflict = |c: &Conflict| {
                let is = |party: &Party, at: usize| match party {
                    Party::Person(id) => people[at].id == *id,
                    Party::Organisation(name) => people[at].organisation == *name,
                };
                is(&c.first, at) && is(&c.second, other_at) || is(&c.second, at) && is(&c.first, other_at)
            };
            if lines.in_one_line(&one.id, &other.id) || problem.conflicts.iter().any(conflict) {
                never.push((at, other_at));
            }
        }
    }
    Circle {
        units: units.collect(),
        per_unit: usize::from(problem.rules.per_unit),
        met: problem.met.iter().filter_map(pair).collect(),
        never,
        ..Circle::new(people.len(), size, rounds)
    }
}
