//! Proposing groups. A proposal is made by the solver, checked by the verifier, and
//! nobody is told before it is published.

use std::collections::BTreeMap;

use super::proposal::{Draft, Inputs, Made, draft, kept_figures, must_be_open};
use crate::core::ctx::{Ctx, settings_of};
use crate::core::formation::{Scope, problem};
use crate::core::forming::{Formed, Order};
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{forming, groups, picture, proposals, wishes};
use crate::domain::formation::{self, Lock, Problem};
use crate::domain::words::{PlanPurpose, Role};
use crate::store::people::Person;
use crate::store::programs::Program;

pub(super) async fn show(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let staffed = ctx.program_as_staff(args.get("program")).await.ok();
    let listed = match &staffed {
        Some(program) => ctx.tx.list_groups_of(&program.id).await?,
        None => ctx.tx.list_groups_with(&ctx.me.id).await?,
    };
    if listed.is_empty() {
        let none = staffed.as_ref().map_or_else(groups::none_yet, proposals::nothing_published);
        return Err(none.into());
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
    let search = ctx.core.begin_search(&program).await?;
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
    let many = problem.people.len();
    let inputs = Inputs { problem, before: None, stopped: false };
    let order = Order { program: program.clone(), by: ctx.me.id.clone(), inputs, seed, old, people };
    let Some(formed) = ctx.core.search(search, order).await? else {
        return Ok(Reply::Private(forming::takes_longer(&program, many)));
    };
    let Formed { inputs, made, people } = formed;
    Ok(shown(ctx, &program, PlanPurpose::Form, &inputs.problem, &made, &people))
}

/// The whole proposal there is, as it is now.
pub(super) async fn proposal(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let Draft { row, plan, problem, people } = draft(ctx, &program).await?;
    let made = Made::of(&problem, plan);
    Ok(shown(ctx, &program, row.purpose, &problem, &made, &people))
}

fn shown(
    ctx: &Ctx<'_>,
    program: &Program,
    purpose: PlanPurpose,
    problem: &Problem,
    made: &Made,
    people: &BTreeMap<String, Person>,
) -> Reply {
    let locked: Vec<String> = problem.locks.iter().map(|lock| lock.person.clone()).collect();
    let standing = made.ledger.standing(&problem.rules, made.plan.bound);
    let shown = proposals::Proposed {
        program,
        plan: &made.plan,
        people,
        locked: &locked,
        standing: standing.as_ref(),
        before: None,
        purpose,
        others: 0,
        wishes: wishes::counts(problem),
    };
    Reply::Private(proposals::preview(ctx.core.content(), &shown))
}

/// How good the proposal is, as a picture. What is kept beside the groups is enough for it.
pub(super) async fn picture(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let Some((ledger, bound)) = kept_figures(&mut ctx.tx, &program).await? else {
        return Err(proposals::no_proposal().into());
    };
    match ledger.standing(&settings_of(&program).formation, bound) {
        Some(standing) => Ok(Reply::Private(picture::picture(&program, &standing))),
        None => Err(proposals::nobody_to_place(&program).into()),
    }
}

pub(super) async fn stop(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    if ctx.tx.mark_search_stopped(&program.id).await? {
        Ok(Reply::Private(forming::stopping(&program)))
    } else {
        Err(forming::nothing_to_stop(&program).into())
    }
}

/// The roles of a planned group's people.
pub(super) fn seats(group: &formation::PlannedGroup) -> impl Iterator<Item = (&str, Role)> {
    let mentors = group.mentors.iter().map(|id| (id.as_str(), Role::Mentor));
    mentors.chain(group.participants.iter().map(|id| (id.as_str(), Role::Participant)))
}
