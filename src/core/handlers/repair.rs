//! Putting groups right with least change: somebody came, left or changed, and as few people as possible move.
//!
//! Invariant: a proposal to repair changes nothing before it is published, like any other.

use super::proposal::{Inputs, must_be_open, scope};
use super::shown::{Whole, shown};
use crate::core::ctx::Ctx;
use crate::core::formation::{present_plan, problem};
use crate::core::forming::{Formed, Order};
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::proposals::Since;
use crate::core::views::{forming, proposals, repairs};
use crate::domain::words::PlanPurpose;

/// Any seed gives the fewest moves; one seed makes the same proposal again.
const SEED: u64 = 1;

pub(super) async fn propose_repair(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    must_be_open(&program)?;
    let before = present_plan(&mut ctx.tx, &program).await?;
    if before.groups.is_empty() {
        return Err(proposals::nothing_published(&program).into());
    }
    let search = ctx.core.begin_search(&program).await?;
    let old = ctx.tx.find_draft_plan(&program.id).await?;
    let purpose = PlanPurpose::Repair;
    let (problem, people) = problem(&mut ctx.tx, &program, Vec::new(), scope(purpose)).await?;
    let many = problem.people.len();
    let inputs = Inputs { problem, before: Some(before), stopped: false };
    let order = Order { program: program.clone(), by: ctx.me.id.clone(), inputs, seed: SEED, old, people };
    let Some(formed) = ctx.core.search(search, order).await? else {
        return Ok(Reply::Private(forming::takes_longer(&program, many, purpose)));
    };
    let Formed { inputs, made, people } = formed;
    if inputs.is_unchanged(&made.plan) {
        return Ok(Reply::Private(repairs::nothing_to_repair(&program, &made.plan, &people)));
    }
    let (problem, locks) = (&inputs.problem, &inputs.problem.locks);
    let (made, people, since) = (&made, &people, Since::default());
    let whole = Whole { purpose, problem, locks, made, people, since, before: None, same: false };
    shown(ctx, &program, whole).await
}
