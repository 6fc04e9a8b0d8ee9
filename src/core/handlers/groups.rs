//! Proposing groups and working on the proposal. A proposal is made by the solver, checked by the verifier, and
//! nobody is told before it is published.

use std::collections::BTreeMap;

use crate::core::ctx::Ctx;
use crate::core::formation::problem;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{groups, refusals};
use crate::domain::formation::{self, Budget, Lock, Plan, Problem, Violation};
use crate::domain::ids::PlanId;
use crate::domain::words::{PlanState, ProgramState, Role};
use crate::store::groups::PlanRow;
use crate::store::people::Person;
use crate::store::programs::Program;

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

/// What the log calls a move that puts people of one unit together.
pub(super) const UNIT_OVERRIDE: &str = "groups move against the unit rule";

/// A proposal that is being worked on.
pub(super) struct Draft {
    pub(super) row: PlanRow,
    pub(super) plan: Plan,
    pub(super) problem: Problem,
    pub(super) people: BTreeMap<String, Person>,
}

/// The proposal of a program, with the pool as it is now.
pub(super) async fn draft(ctx: &mut Ctx<'_>, program: &Program) -> Result<Draft, Failure> {
    let Some(row) = ctx.tx.find_draft_plan(&program.id).await? else {
        return Err(groups::no_proposal().into());
    };
    let locks: Vec<Lock> = serde_json::from_str(&row.locks).unwrap_or_default();
    let Ok(plan) = serde_json::from_str::<Plan>(&row.body) else {
        return Err(groups::no_proposal().into());
    };
    let (problem, people) = problem(&mut ctx.tx, program, locks).await?;
    Ok(Draft { row, plan, problem, people })
}

fn must_be_open(program: &Program) -> Result<(), Failure> {
    if program.state == ProgramState::Open { Ok(()) } else { Err(refusals::program_not_open(program).into()) }
}

pub(super) fn name_of(people: &BTreeMap<String, Person>) -> impl Fn(&str) -> String + '_ {
    |id: &str| people.get(id).map_or_else(|| "somebody".to_owned(), |person| person.name.clone())
}

pub(super) async fn preview(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    must_be_open(&program)?;
    let old = ctx.tx.find_draft_plan(&program.id).await?;
    let locks: Vec<Lock> = match &old {
        Some(row) if args.get("fresh").is_none() => serde_json::from_str(&row.locks).unwrap_or_default(),
        _ => Vec::new(),
    };
    let (problem, people) = problem(&mut ctx.tx, &program, locks).await?;
    if !problem.people.iter().any(|person| person.participant) {
        return Err(groups::nobody_to_place(&program).into());
    }
    let seed = args.get("seed").and_then(|s| s.parse::<u64>().ok()).unwrap_or(1);
    let plan = solve(problem.clone(), seed).await?.map_err(|why| {
        let name = name_of(&people);
        groups::infeasible(&why.words(&name))
    })?;
    let locked: Vec<String> = problem.locks.iter().map(|lock| lock.person.clone()).collect();
    let mut tx = ctx.core.store().begin().await?;
    let looked_at = old.as_ref().map(|row| (row.id.clone(), row.version));
    if tx.find_draft_plan(&program.id).await?.map(|row| (row.id, row.version)) != looked_at {
        return Err(refusals::changed_meanwhile().into());
    }
    if let Some(mut row) = old {
        row.state = PlanState::Dropped;
        tx.mark_plan(&row).await?;
    }
    let row = PlanRow {
        id: PlanId::new(ctx.core.next_id()),
        program_id: program.id.clone(),
        seed: i64::try_from(seed).unwrap_or(i64::MAX),
        state: PlanState::Draft,
        locks: serde_json::to_string(&problem.locks).unwrap_or_default(),
        body: serde_json::to_string(&plan).unwrap_or_default(),
        version: 1,
        created_by: ctx.me.id.clone(),
        created_at: ctx.now,
    };
    tx.insert_plan(&row).await?;
    tx.commit().await?;
    Ok(Reply::Private(groups::preview(ctx.core.content(), &program, &plan, &people, &locked)))
}

/// Solving takes a core for a while, so it leaves the async threads alone.
async fn solve(problem: Problem, seed: u64) -> Result<Result<Plan, formation::Infeasible>, Failure> {
    let budget = Budget::for_people(problem.people.len());
    let solved = tokio::task::spawn_blocking(move || formation::form(&problem, seed, budget)).await;
    solved.map_err(|_| refusals::try_again().into())
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
        return Err(refusals::plain(format!(
            "There is no group {group} in the proposal. See it with groups preview."
        ))
        .into());
    }
    if seat != Some(group) {
        draft.plan = moved(&draft, &id, group)?;
    }
    let as_mentor = draft.plan.group(group).is_some_and(|g| g.mentors.contains(&id));
    draft.problem.locks.retain(|lock| lock.person != id);
    draft.problem.locks.push(Lock { person: id, group, as_mentor });
    keep(ctx, &program, draft).await
}

pub(super) async fn move_to(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let mut draft = draft(ctx, &program).await?;
    let group = args.get("group").and_then(|g| g.parse().ok()).unwrap_or(0);
    let reason = args.get("reason").unwrap_or_default().trim().to_owned();
    let id = person.id.to_string();
    match formation::move_person(&draft.problem, &draft.plan, &id, group) {
        Ok(plan) => draft.plan = plan,
        Err(violations) if reason.is_empty() || !violations.iter().all(Violation::is_unit) => {
            return Err(refuse(&draft, &violations));
        }
        Err(_) => {
            // Staff may put people of one unit together; nothing else gives way, and the reason is kept (row A7).
            let mut wider = draft.problem.clone();
            wider.rules.per_unit = u8::MAX;
            draft.plan =
                formation::move_person(&wider, &draft.plan, &id, group).map_err(|v| refuse(&draft, &v))?;
            ctx.log(Some(&program), UNIT_OVERRIDE, &id, &reason).await?;
        }
    }
    keep(ctx, &program, draft).await
}

fn moved(draft: &Draft, person: &str, group: usize) -> Result<Plan, Failure> {
    formation::move_person(&draft.problem, &draft.plan, person, group).map_err(|v| refuse(draft, &v))
}

fn refuse(draft: &Draft, violations: &[Violation]) -> Failure {
    let name = name_of(&draft.people);
    let words: Vec<String> = violations.iter().map(|v| v.words(&name)).collect();
    groups::forbidden(&words).into()
}

/// Keeps the changed proposal unless somebody else changed it meanwhile.
async fn keep(ctx: &mut Ctx<'_>, program: &Program, mut draft: Draft) -> Outcome {
    draft.row.locks = serde_json::to_string(&draft.problem.locks).unwrap_or_default();
    draft.row.body = serde_json::to_string(&draft.plan).unwrap_or_default();
    if !ctx.tx.mark_plan(&draft.row).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    let locked: Vec<String> = draft.problem.locks.iter().map(|lock| lock.person.clone()).collect();
    Ok(Reply::Private(groups::preview(ctx.core.content(), program, &draft.plan, &draft.people, &locked)))
}

/// The roles of a planned group's people.
pub(super) fn seats(group: &formation::PlannedGroup) -> impl Iterator<Item = (&str, Role)> {
    let mentors = group.mentors.iter().map(|id| (id.as_str(), Role::Mentor));
    mentors.chain(group.participants.iter().map(|id| (id.as_str(), Role::Participant)))
}
