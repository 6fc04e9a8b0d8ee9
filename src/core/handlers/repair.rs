//! Putting groups right with least change: somebody came, left or changed, and as few people as possible move.
//!
//! Invariant: a proposal to repair changes nothing before it is published, like any other.

use super::proposal::{Inputs, Made, must_be_open, name_of, propose, scope};
use crate::core::ctx::Ctx;
use crate::core::formation::{present_plan, problem};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{proposals, refusals, repairs};
use crate::domain::formation::{Budget, Infeasible, Repair, Setup, Unwatched, repair};
use crate::domain::words::PlanPurpose;

pub(super) async fn propose_repair(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    must_be_open(&program)?;
    let before = present_plan(&mut ctx.tx, &program).await?;
    if before.groups.is_empty() {
        return Err(proposals::nothing_published(&program).into());
    }
    let old = ctx.tx.find_draft_plan(&program.id).await?;
    let (problem, people) = problem(&mut ctx.tx, &program, Vec::new(), scope(PlanPurpose::Repair)).await?;
    let (inputs, repaired) = solve(Inputs { problem, before: Some(before), stopped: false }).await?;
    let repaired = repaired.map_err(|why| {
        let name = name_of(&people);
        proposals::infeasible(&why.words(&name))
    })?;
    let closing = inputs.before.iter().flat_map(|before| &before.groups);
    let closing: Vec<usize> =
        closing.map(|group| group.key).filter(|key| repaired.plan.group(*key).is_none()).collect();
    let left = inputs
        .before
        .iter()
        .flat_map(|before| &before.groups)
        .flat_map(crate::domain::formation::PlannedGroup::members);
    let leaving =
        left.filter(|id| !repaired.plan.groups.iter().any(|group| group.members().any(|m| m == *id))).count();
    let unchanged =
        repaired.moved.is_empty() && repaired.seated.is_empty() && closing.is_empty() && leaving == 0;
    if unchanged {
        return Ok(Reply::Private(repairs::nothing_to_repair(&program, &repaired.plan, &people)));
    }
    let made = Made::of(&inputs.problem, repaired.plan.clone());
    propose(ctx, &program, PlanPurpose::Repair, old, (&inputs, &made, &people)).await?;
    Ok(Reply::Private(repairs::repair(&program, &repaired, &closing, &people)))
}

/// Solving takes a core for a while, so it leaves the async threads alone.
async fn solve(inputs: Inputs) -> Result<(Inputs, Result<Repair, Infeasible>), Failure> {
    let budget = Budget::for_people(inputs.problem.people.len());
    let solved = tokio::task::spawn_blocking(move || {
        let setup = Setup { seed: 1, budget, threads: 1, watch: &Unwatched };
        let repaired = repair(&inputs.problem, &inputs.before.clone().unwrap_or_default(), &setup);
        (inputs, repaired)
    });
    solved.await.map_err(|_| refusals::try_again().into())
}
