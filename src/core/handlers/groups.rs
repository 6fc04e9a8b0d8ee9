//! Proposing groups and working on the proposal. A proposal is made by the solver, checked by the verifier, and
//! nobody is told before it is published.

use super::proposal::{Inputs, draft, must_be_open, name_of, propose};
use crate::core::ctx::Ctx;
use crate::core::formation::{Scope, UNIT_OVERRIDE, problem};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{groups, proposals, refusals};
use crate::domain::formation::{self, Budget, Edit, Lock, Plan, Standing, Violation};
use crate::domain::words::{PlanPurpose, Role};

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
    let (inputs, plan, standing) = solve(inputs, seed).await?;
    let plan = plan.map_err(|why| {
        let name = name_of(&people);
        proposals::infeasible(&why.words(&name))
    })?;
    propose(ctx, &program, PlanPurpose::Form, old, (&inputs, &plan)).await?;
    let locked: Vec<String> = inputs.problem.locks.iter().map(|lock| lock.person.clone()).collect();
    let shown = proposals::Proposed {
        program: &program,
        plan: &plan,
        people: &people,
        locked: &locked,
        standing: standing.as_ref(),
        before: None,
        purpose: PlanPurpose::Form,
    };
    Ok(Reply::Private(proposals::preview(ctx.core.content(), &shown)))
}

type Solved = (Inputs, Result<Plan, formation::Infeasible>, Option<Standing>);

/// Solving takes a core for a while, so it leaves the async threads alone.
async fn solve(inputs: Inputs, seed: u64) -> Result<Solved, Failure> {
    let budget = Budget::for_people(inputs.problem.people.len());
    let solved = tokio::task::spawn_blocking(move || {
        let plan = formation::form(&inputs.problem, seed, budget);
        let standing = plan.as_ref().ok().and_then(|plan| formation::standing(&inputs.problem, plan));
        (inputs, plan, standing)
    });
    solved.await.map_err(|_| refusals::try_again().into())
}

pub(super) async fn lock(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let mut draft = draft(ctx, &program).await?;
    let id = person.id.to_string();
    let seat = draft.plan.groups.iter().find(|g| g.members().any(|m| m == id)).map(|g| g.key);
    let Some(group) = args.get("group").and_then(|g| g.parse().ok()).or(seat) else {
        return Err(refusals::plain(format!(
            "{} has no place in the proposal. Name the group to keep them in.",
            person.name
        ))
        .into());
    };
    if draft.plan.group(group).is_none() {
        return Err(refusals::leading(
            format!("There is no group {group} in the proposal. See it with "),
            "groups preview",
            ".",
        )
        .into());
    }
    let before = draft.plan.score;
    if seat != Some(group) {
        let edit = Edit::Move { person: id.clone(), group };
        draft.change(edit, None).map_err(|violations| draft.refuse(&violations))?;
    }
    let as_mentor = draft.plan.group(group).is_some_and(|g| g.mentors.contains(&id));
    draft.problem.locks.retain(|lock| lock.person != id);
    draft.problem.locks.push(Lock { person: id, group, as_mentor });
    draft.keep(ctx, &program, Some(before)).await
}

pub(super) async fn move_to(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let mut draft = draft(ctx, &program).await?;
    let group = args.get("group").and_then(|g| g.parse().ok()).unwrap_or(0);
    let reason = args.get("reason").unwrap_or_default().trim().to_owned();
    let id = person.id.to_string();
    let edit = Edit::Move { person: id.clone(), group };
    let before = draft.plan.score;
    match draft.change(edit.clone(), None) {
        Ok(()) => {}
        Err(violations) if reason.is_empty() || !violations.iter().all(Violation::is_unit) => {
            return Err(draft.refuse(&violations));
        }
        Err(_) => {
            // Staff may put people of one unit together; nothing else gives way, and the reason is kept (row A7).
            let mut wider = draft.problem.clone();
            wider.rules.per_unit = u8::MAX;
            draft.change(edit, Some(&wider)).map_err(|violations| draft.refuse(&violations))?;
            ctx.log(Some(&program), UNIT_OVERRIDE, &id, &reason).await?;
        }
    }
    draft.keep(ctx, &program, Some(before)).await
}

pub(super) async fn swap(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let first = ctx.person(args.get("person").unwrap_or_default()).await?;
    let second = ctx.person(args.get("with").unwrap_or_default()).await?;
    if first.id == second.id {
        return Err(
            refusals::plain("That is one and the same person. Name two people who change places.").into()
        );
    }
    let mut draft = draft(ctx, &program).await?;
    let before = draft.plan.score;
    for person in [&first, &second] {
        if !draft.plan.groups.iter().any(|group| group.members().any(|id| id == person.id.as_str())) {
            return Err(refusals::leading(
                format!("{} has no place in the proposal. Use ", person.name),
                "groups move",
                " to give them one.",
            )
            .into());
        }
    }
    let edit = Edit::Swap { first: first.id.to_string(), second: second.id.to_string() };
    draft.change(edit, None).map_err(|violations| draft.refuse(&violations))?;
    draft.keep(ctx, &program, Some(before)).await
}

/// The roles of a planned group's people.
pub(super) fn seats(group: &formation::PlannedGroup) -> impl Iterator<Item = (&str, Role)> {
    let mentors = group.mentors.iter().map(|id| (id.as_str(), Role::Mentor));
    mentors.chain(group.participants.iter().map(|id| (id.as_str(), Role::Participant)))
}
