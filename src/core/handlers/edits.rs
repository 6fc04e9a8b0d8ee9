//! Changes by hand: people are kept, moved and swapped in a proposal.
//!
//! Invariant: a change that a hard rule forbids leaves the proposal as it was. Only people of one unit may be put
//! together, with a reason that is kept (row A7).

use super::desk::Desk;
use crate::core::ctx::Ctx;
use crate::core::formation::UNIT_OVERRIDE;
use crate::core::parse::Args;
use crate::core::request::Outcome;
use crate::core::views::refusals;
use crate::domain::formation::{Edit, Lock, Violation};

pub(super) async fn lock(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let asked = args.get("group").and_then(|g| g.parse().ok());
    let mut desk = Desk::open(ctx, &program, &[&person.id], asked).await?;
    let id = person.id.to_string();
    let seat = desk.seat_of(&id);
    let Some(group) = asked.or(seat) else {
        return Err(refusals::plain(format!(
            "{} has no place in the proposal. Name the group to keep them in.",
            person.name
        ))
        .into());
    };
    desk.must_have(ctx, group).await?;
    let before = desk.score();
    if seat != Some(group) {
        let edit = Edit::Move { person: id.clone(), group };
        desk.change(edit, false).map_err(|violations| desk.refuse(&violations))?;
    }
    let as_mentor = desk.group(group).is_some_and(|g| g.mentors.contains(&id));
    desk.lock(&Lock { person: id, group, as_mentor });
    desk.keep(ctx, &program, before).await
}

pub(super) async fn unlock(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let mut desk = Desk::open(ctx, &program, &[&person.id], None).await?;
    let before = desk.score();
    if !desk.unlock(person.id.as_str()) {
        return Err(refusals::plain(format!(
            "Nobody has kept {} in a group of the proposal, so there is nothing to undo.",
            person.name
        ))
        .into());
    }
    desk.keep(ctx, &program, before).await
}

pub(super) async fn move_to(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let group = args.get("group").and_then(|g| g.parse().ok()).unwrap_or(0);
    let mut desk = Desk::open(ctx, &program, &[&person.id], Some(group)).await?;
    desk.must_have(ctx, group).await?;
    let reason = args.get("reason").unwrap_or_default().trim().to_owned();
    let id = person.id.to_string();
    let edit = Edit::Move { person: id.clone(), group };
    let before = desk.score();
    match desk.change(edit.clone(), false) {
        Ok(()) => {}
        Err(violations) if reason.is_empty() || !violations.iter().all(Violation::is_unit) => {
            return Err(desk.refuse(&violations));
        }
        Err(_) => {
            // Staff may put people of one unit together; nothing else gives way, and the reason is kept (row A7).
            desk.change(edit, true).map_err(|violations| desk.refuse(&violations))?;
            ctx.log(Some(&program), UNIT_OVERRIDE, &id, &reason).await?;
        }
    }
    desk.keep(ctx, &program, before).await
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
    let mut desk = Desk::open(ctx, &program, &[&first.id, &second.id], None).await?;
    let before = desk.score();
    for person in [&first, &second] {
        if desk.seat_of(person.id.as_str()).is_none() {
            return Err(refusals::leading(
                format!("{} has no place in the proposal. Use ", person.name),
                "groups move",
                " to give them one.",
            )
            .into());
        }
    }
    let edit = Edit::Swap { first: first.id.to_string(), second: second.id.to_string() };
    desk.change(edit, false).map_err(|violations| desk.refuse(&violations))?;
    desk.keep(ctx, &program, before).await
}
