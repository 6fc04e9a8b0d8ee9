//! Carrying out a repair: members change groups, rooms and meetups follow, groups that are left with nobody end.
//!
//! Invariant: whoever stays keeps group, room and meetups, and hears nothing but who is welcomed in the room.

use std::collections::BTreeMap;

use super::groups::seats;
use super::proposal::Draft;
use super::publish::{last_number, make_group, open_rooms, tell_members};
use crate::core::ctx::Ctx;
use crate::core::owe::{Debt, To};
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::repairs;
use crate::domain::formation::PlannedGroup;
use crate::domain::ids::PersonId;
use crate::domain::settings::Settings;
use crate::domain::words::{GroupState, MeetupState, NudgeKind, Role};
use crate::store::groups::{Group, Member};
use crate::store::meetups::Meetup;
use crate::store::programs::Program;

pub(super) async fn carry_out(
    ctx: &mut Ctx<'_>,
    program: &Program,
    settings: &Settings,
    draft: &Draft,
) -> Outcome {
    let open: Vec<Group> = ctx
        .tx
        .list_groups_of(&program.id)
        .await?
        .into_iter()
        .filter(|group| group.state == GroupState::Open)
        .collect();
    let planned_for = |group: &Group| draft.plan.group(usize::try_from(group.number).unwrap_or(usize::MAX));
    let mut changed = 0;
    for group in &open {
        match planned_for(group) {
            Some(planned) => changed += change_members(ctx, program, draft, planned, group).await?,
            None => end(ctx, group.clone()).await?,
        }
    }
    let mut number = last_number(ctx, program).await?;
    let mut made = 0;
    for planned in &draft.plan.groups {
        if !open.iter().any(|group| usize::try_from(group.number) == Ok(planned.key)) {
            number += 1;
            make_group(ctx, program, settings, draft, planned, number).await?;
            made += 1;
        }
    }
    Ok(Reply::Private(repairs::repaired(program, changed, made)))
}

/// Gives a group the members of the plan, and says how many came.
async fn change_members(
    ctx: &mut Ctx<'_>,
    program: &Program,
    draft: &Draft,
    planned: &PlannedGroup,
    group: &Group,
) -> Result<usize, Failure> {
    let now = ctx.now;
    let before: BTreeMap<String, Role> = ctx
        .tx
        .list_members(&group.id)
        .await?
        .into_iter()
        .filter(|member| matches!(member.role, Role::Mentor | Role::Participant))
        .map(|member| (member.person_id.to_string(), member.role))
        .collect();
    let after: BTreeMap<&str, Role> = seats(planned).collect();
    let gone: Vec<&String> = before.keys().filter(|id| !after.contains_key(id.as_str())).collect();
    for person in &gone {
        ctx.tx.mark_member_left(&group.id, &PersonId::new(person.as_str()), now).await?;
    }
    let is_fresh = |person: &str| before.get(person) != after.get(person);
    for (person, role) in after.iter().filter(|(person, _)| is_fresh(person)) {
        let member = Member {
            group_id: group.id.clone(),
            person_id: PersonId::new(*person),
            role: *role,
            joined_at: now,
            left_at: None,
        };
        ctx.tx.insert_member(&member).await?;
    }
    if gone.is_empty() && !after.keys().any(|person| is_fresh(person)) {
        return Ok(0);
    }
    open_rooms(ctx, program, group).await?;
    ctx.core.owe_card(&mut ctx.tx, group).await?;
    tell_members(ctx, program, draft, planned, group, is_fresh).await?;
    let came: Vec<&str> = after.keys().filter(|person| is_fresh(person)).copied().collect();
    welcome(ctx, group, &came).await?;
    plan_again(ctx, group).await?;
    Ok(came.len())
}

/// Who came is welcomed in the group's room.
async fn welcome(ctx: &mut Ctx<'_>, group: &Group, came: &[&str]) -> Result<(), Failure> {
    if came.is_empty() {
        return Ok(());
    }
    let slot = format!("newcomers {}", ctx.now);
    let note = came.join(",");
    // A room that is still to be opened begins with a welcome to everybody.
    let rooms = ctx.tx.list_rooms_of(&group.id).await?.into_iter();
    for room in rooms.filter(|room| room.external_id.is_some()) {
        let debt = Debt {
            kind: NudgeKind::GroupWelcome,
            program: Some(&group.program_id),
            subject: group.id.as_str(),
            to: To::Room(room.id),
            slot: &slot,
            note: &note,
            // They are let in first.
            due: ctx.now.plus_secs(60),
            not_after: ctx.now.plus_days(14),
        };
        ctx.core.owe(&mut ctx.tx, debt).await?;
    }
    Ok(())
}

/// Who came is asked and reminded like everybody else; for the others nothing is planned twice.
async fn plan_again(ctx: &mut Ctx<'_>, group: &Group) -> Result<(), Failure> {
    for meetup in ctx.tx.list_meetups_of(&group.id).await? {
        if meetup.state == MeetupState::Planned && meetup.starts_at > ctx.now {
            let again = Meetup { planned_sequence: meetup.sequence - 1, ..meetup.clone() };
            ctx.tx.mark_meetup(&again, meetup.sequence).await?;
        }
    }
    Ok(())
}

/// A group that the plan does not go on with: its members leave it, and what was planned for it falls away.
async fn end(ctx: &mut Ctx<'_>, mut group: Group) -> Result<(), Failure> {
    for member in ctx.tx.list_members(&group.id).await? {
        ctx.tx.mark_member_left(&group.id, &member.person_id, ctx.now).await?;
    }
    // What was on its way to the group, its welcome for one, is of no use any more.
    ctx.tx.mark_withdrawn(group.id.as_str(), "the group has ended").await?;
    for room in ctx.tx.list_rooms_of(&group.id).await?.into_iter().filter(|room| room.external_id.is_some()) {
        let slot = format!("ended {}", ctx.now);
        ctx.core.owe_member_update(&mut ctx.tx, &group, room.id, &slot, ctx.now).await?;
    }
    group.state = GroupState::Closed;
    group.closed_at = Some(ctx.now);
    ctx.tx.mark_group(&group).await?;
    Ok(())
}
