//! Proposing groups. A proposal is made by the solver, checked by the verifier, and
//! nobody is told before it is published.

use std::collections::BTreeSet;

use super::proposal::{Draft, Inputs, Made, broken, draft, kept_figures, must_be_open, whole_plan};
use super::shown::{Whole, shown};
use crate::core::ctx::{Ctx, settings_of};
use crate::core::formation::{Scope, problem};
use crate::core::forming::{Formed, Order};
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::proposals::Since;
use crate::core::views::{forming, groups, picture, proposals, refusals};
use crate::domain::formation::{Lock, Plan, rescore};
use crate::domain::words::{GroupState, PlanPurpose, Role};

pub(super) async fn show(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let staffed = ctx.program_as_staff(args.get("program")).await;
    let mut listed = match &staffed {
        Ok(program) => ctx.tx.list_groups_of(&program.id).await?,
        Err(_) => ctx.tx.list_groups_with(&ctx.me.id).await?,
    };
    if listed.is_empty() {
        return Err(match staffed {
            Ok(program) => proposals::nothing_published(&program).into(),
            // Which of their programmes they mean, for one.
            Err(why) if ctx.standing.is(Role::Staff) => why,
            Err(_) => refusals::in_no_group(&ctx.standing).into(),
        });
    }
    listed.sort_by_key(|group| group.state != GroupState::Open);
    let mut shown = Vec::new();
    for group in listed {
        let members = ctx.tx.list_members_with_persons(&group.id).await?;
        let next = match group.state {
            GroupState::Open => ctx.tx.find_next_meetup(&group.id, ctx.now).await?,
            GroupState::Closed => None,
        };
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
    let (mut problem, people) = problem(&mut ctx.tx, &program, locks, Scope::Waiting).await?;
    // Nobody is kept in a group who has left since.
    problem.locks.retain(|lock| people.contains_key(&lock.person));
    if !problem.people.iter().any(|person| person.participant) {
        return Err(proposals::nobody_to_place(&program).into());
    }
    let seed = args.get("seed").and_then(|s| s.parse::<u64>().ok()).unwrap_or(1);
    // Another arrangement is asked for by another seed.
    let before = match &old {
        Some(row) if u64::try_from(row.seed) != Ok(seed) => whole_plan(&mut ctx.tx, row).await?,
        _ => None,
    };
    let many = problem.people.len();
    let inputs = Inputs { problem, before: None, stopped: false };
    let order = Order { program: program.clone(), by: ctx.me.id.clone(), inputs, seed, old, people };
    let Some(formed) = ctx.core.search(search, order).await? else {
        return Ok(Reply::Private(forming::takes_longer(&program, many, PlanPurpose::Form)));
    };
    let Formed { inputs, made, people } = formed;
    let same = before.is_some_and(|before| companies(&before) == companies(&made.plan));
    let (purpose, problem, locks) = (PlanPurpose::Form, &inputs.problem, &inputs.problem.locks);
    let since = Since::default();
    let whole = Whole { purpose, problem, locks, made: &made, people: &people, since, before: None, same };
    shown(ctx, &program, whole).await
}

/// The whole proposal there is, with the people and the rules of now.
pub(super) async fn proposal(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let mut draft = draft(ctx, &program).await?;
    let then = draft.plan.score;
    rescore(&draft.problem, &mut draft.plan);
    if draft.plan.score != then {
        // What was proven then says nothing of those who have come or changed since.
        draft.plan.bound = None;
    }
    let broken = broken(ctx, &program, &draft).await?;
    let Draft { row, plan, problem, people, left, fewest } = draft;
    let since = Since { left, broken };
    let mut made = Made::of(&problem, plan);
    made.fewest = fewest;
    let (purpose, locks) = (row.purpose, &problem.locks);
    let (problem, made, people) = (&problem, &made, &people);
    let whole = Whole { purpose, problem, locks, made, people, since, before: None, same: false };
    shown(ctx, &program, whole).await
}

/// Who sits with whom, whatever the groups' numbers.
fn companies(plan: &Plan) -> BTreeSet<Vec<&str>> {
    let mut companies = BTreeSet::new();
    for group in &plan.groups {
        let mut people: Vec<&str> = group.members().collect();
        people.sort_unstable();
        companies.insert(people);
    }
    companies
}

/// How good the proposal is, as a picture. What is kept beside the groups is enough for it.
pub(super) async fn picture(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let Some((ledger, bound)) = kept_figures(&mut ctx.tx, &program).await? else {
        return Err(proposals::no_proposal().into());
    };
    match ledger.standing(&settings_of(&program).formation, bound) {
        Some(standing) => Ok(Reply::Private(picture::picture(&program, &standing))),
        None => Err(proposals::no_group(&program).into()),
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
