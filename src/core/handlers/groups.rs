//! Proposing groups. A proposal is made by the solver, checked by the verifier, and
//! nobody is told before it is published.

use super::proposal::{Inputs, Made, must_be_open, name_of, propose};
use crate::core::ctx::Ctx;
use crate::core::formation::{Scope, problem};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{groups, proposals, refusals, wishes};
use crate::domain::formation::{self, Budget, Infeasible, Lock};
use crate::domain::words::{PlanPurpose, Role};

pub(super) async fn show(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let staffed = ctx.program_as_staff(args.get("program")).await.ok();
    let listed = match &staffed {
        Some(program) => ctx.tx.list_groups_of(&program.id).await?,
        None => ctx.tx.list_groups_with(&ctx.me.id).await?,
    };
    if listed.is_empty() {
        return Err(groups::none_yet().into());
    }
    let mut shown = Vec::new();
    for group in listed {
        let members = ctx.tx.list_members_with_persons(&group.id).await?;
        let next = ctx.tx.find_next_meetup(&group.id, ctx.now).await?;
        shown.push((group, members, next));
    }
    Ok(Reply::Private(groups::show(&shown)))
}

pub(super) async fn preview(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    must_be_open(&program)?;
    let old = ctx.tx.find_draft_plan(&program.id).await?;
    let locks: Vec<Lock> = match &old {
        Some(row) if args.get("fresh").is_none() && row.purpose == PlanPurpose::Form => {
            serde_json::from_str(&row.locks).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let (problem, people) = problem(&mut ctx.tx, &program, locks, Scope::Waiting).await?;
    if !problem.people.iter().any(|person| person.participant) {
        return Err(proposals::nobody_to_place(&program).into());
    }
    let seed = args.get("seed").and_then(|s| s.parse::<u64>().ok()).unwrap_or(1);
    let inputs = Inputs { problem, before: None };
    let (inputs, made) = solve(inputs, seed).await?;
    let made = made.map_err(|why| {
        let name = name_of(&people);
        proposals::infeasible(&why.words(&name))
    })?;
    propose(ctx, &program, PlanPurpose::Form, old, (&inputs, &made), &people).await?;
    let standing = made.ledger.standing(&inputs.problem.rules, made.plan.bound);
    let locked: Vec<String> = inputs.problem.locks.iter().map(|lock| lock.person.clone()).collect();
    let shown = proposals::Proposed {
        program: &program,
        plan: &made.plan,
        people: &people,
        locked: &locked,
        standing: standing.as_ref(),
        before: None,
        purpose: PlanPurpose::Form,
        others: 0,
        wishes: wishes::counts(&inputs.problem),
    };
    Ok(Reply::Private(proposals::preview(ctx.core.content(), &shown)))
}

/// Solving takes a core for a while, so it leaves the async threads alone.
async fn solve(inputs: Inputs, seed: u64) -> Result<(Inputs, Result<Made, Infeasible>), Failure> {
    let budget = Budget::for_people(inputs.problem.people.len());
    let solved = tokio::task::spawn_blocking(move || {
        let plan = formation::form(&inputs.problem, seed, budget);
        let made = plan.map(|plan| Made::of(&inputs.problem, plan));
        (inputs, made)
    });
    solved.await.map_err(|_| refusals::try_again().into())
}

/// The roles of a planned group's people.
pub(super) fn seats(group: &formation::PlannedGroup) -> impl Iterator<Item = (&str, Role)> {
    let mentors = group.mentors.iter().map(|id| (id.as_str(), Role::Mentor));
    mentors.chain(group.participants.iter().map(|id| (id.as_str(), Role::Participant)))
}
