//! Carrying out a repair: members change groups, rooms and meetups follow, groups that are left with nobody end.
//!
//! Invariant: whoever stays keeps group, room and meetups, and hears nothing but who comes and goes in the room; whoever
//! loses a place hears of it, and why.

use std::collections::BTreeMap;

use super::meetups::redraw;
use super::proposal::Draft;
use super::publish::{last_number, make_group, open_rooms, tell_members};
use crate::core::ctx::Ctx;
use crate::core::formation::present_groups;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::shifts::{Shifts, key_of, seats};
use crate::core::views::repairs;
use crate::domain::formation::PlannedGroup;
use crate::domain::ids::PersonId;
use crate::domain::settings::Settings;
use crate::domain::words::{GroupState, MeetupState, Role};
use crate::store::groups::{Group, Member};
use crate::store::meetups::Meetup;
use crate::store::programs::Program;

/// What a draft that puts groups right takes from those who sit in them.
pub(super) async fn shifts_of(
    ctx: &mut Ctx<'_>,
    program: &Program,
    settings: &Settings,
    draft: &Draft,
) -> Result<Shifts, Failure> {
    let present = present_groups(&mut ctx.tx, &program.id).await?;
    Ok(Shifts::between(&present, &draft.plan, settings.formation.min_participants))
}

pub(super) async fn carry_out(
    ctx: &mut Ctx<'_>,
    program: &Program,
    settings: &Settings,
    draft: &Draft,
) -> Outcome {
    let shifts = shifts_of(ctx, program, settings, draft).await?;
    let open = ctx.tx.list_open_groups_of(&program.id).await?;
    let mut changed = 0;
    for group in &open {
        match draft.plan.group(key_of(group)) {
            Some(planned) => changed += change_members(ctx, program, draft, planned, group, &shifts).await?,
            None => end(ctx, group.clone()).await?,
        }
    }
    let mut number = last_number(ctx, program).await?;
    let mut made = 0;
    for planned in &draft.plan.groups {
        if !open.iter().any(|group| key_of(group) == planned.key) {
            number += 1;
            make_group(ctx, program, settings, draft, planned, number, &shifts).await?;
            made += 1;
        }
    }
    for shift in shifts.lost() {
        let elsewhere = draft.plan.groups.iter().flat_map(seats).any(|(id, _)| id == shift.person.as_str());
        let news = repairs::put_out(program, shift, elsewhere);
        let slot = format!("out of {}", shift.from.id);
        let subject = (draft.row.id.as_str(), slot.as_str());
        ctx.core.tell_person(&mut ctx.tx, program, &shift.person, subject, &news, ctx.now).await?;
    }
    Ok(Reply::Private(repairs::repaired(program, (changed, made), &shifts, &draft.people)))
}

/// Gives a group the members of the plan, and says how many came.
async fn change_members(
    ctx: &mut Ctx<'_>,
    program: &Program,
    draft: &Draft,
    planned: &PlannedGroup,
    group: &Group,
    shifts: &Shifts,
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
    let gone: Vec<&str> = before.keys().map(String::as_str).filter(|id| !after.contains_key(id)).collect();
    for person in &gone {
        ctx.tx.mark_member_left(&group.id, &PersonId::new(*person), now).await?;
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
    tell_members(ctx, program, draft, planned, group, shifts, is_fresh).await?;
    let came: Vec<&str> = after.keys().filter(|person| is_fresh(person)).copied().collect();
    ctx.core.tell_rooms(&mut ctx.tx, group, &came, &gone, now).await?;
    plan_again(ctx, group).await?;
    Ok(came.len())
}

/// Who came is asked and reminded like everybody else, and cards name who leads now; for the others nothing is planned
/// twice.
async fn plan_again(ctx: &mut Ctx<'_>, group: &Group) -> Result<(), Failure> {
    for meetup in ctx.tx.list_meetups_of(&group.id).await? {
        if meetup.state == MeetupState::Planned && meetup.starts_at > ctx.now {
            if meetup.planned_sequence == meetup.sequence {
                redraw(ctx, &meetup).await?;
            }
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
