//! A group's rhythm and the row of meetups that follows from it. All meetups are booked to the end of the program,
//! the closing one on day one.

use jiff::civil::Date;

use crate::core::ctx::{Ctx, settings_of};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::rhythm::{is_holiday, meetup_slots};
use crate::core::views::{refusals, rhythm};
use crate::domain::cadence::Cadence;
use crate::domain::civil::{Instant, Zone, resolve};
use crate::domain::ids::{MeetupId, PersonId};
use crate::domain::nudges::MEETUP_HORIZON_DAYS;
use crate::domain::settings::Settings;
use crate::domain::starters::theme_for;
use crate::domain::words::{GroupState, Lead, MeetupState, ProgramState, Role};
use crate::store::groups::Group;
use crate::store::meetups::Meetup;
use crate::store::programs::Program;

pub(super) async fn schedule(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let mut group = ctx.my_group(args.get("group")).await?;
    ctx.must_lead(&group, None).await?;
    let program = ctx.tx.get_program(&group.program_id).await?;
    if program.state != ProgramState::Open {
        return Err(refusals::program_not_open(&program).into());
    }
    if group.state != GroupState::Open {
        return Err(refusals::group_ended(&group).into());
    }
    let settings = settings_of(&program);
    let old: Option<Cadence> = group.cadence.parse().ok();
    let zone = old.as_ref().map_or_else(|| ctx.me.zone.clone(), |c| c.zone().clone());
    let place = ctx
        .tx
        .find_next_meetup(&group.id, ctx.now)
        .await?
        .map_or_else(|| settings.place.clone(), |meetup| meetup.place);
    let mut form = rhythm::schedule_form(&group, old.as_ref(), &place, zone.name());
    if !args.has_other_than("group") && !filed {
        return Ok(Reply::Form(form));
    }
    for field in &mut form.fields {
        if let Some(given) = args.get(&field.name) {
            given.clone_into(&mut field.value);
        }
    }
    let value = |name: &str| form.field(name).map(|f| f.value.clone()).unwrap_or_default();
    let today: Date = zone.date(ctx.now);
    let minutes = value("minutes").parse().unwrap_or(settings.minutes);
    let (cadence_error, zone_error);
    match Zone::parse(&value("zone")) {
        Err(error) => (cadence_error, zone_error) = (None, Some(error.to_string())),
        Ok(zone) => {
            let made = Cadence::parse(&value("cadence"), zone, today)
                .and_then(|c| c.with_minutes(minutes))
                .and_then(|c| c.with_skip(&settings.holidays));
            match made {
                Ok(cadence) => {
                    group.lead = value("lead").parse().unwrap_or(group.lead);
                    group.mode = value("mode");
                    if old.is_some_and(|old| same_rhythm(&old, &cadence)) {
                        return keep_rhythm(ctx, &program, group, &value("place")).await;
                    }
                    return set_rhythm(ctx, &program, &settings, group, &cadence, &value("place")).await;
                }
                Err(error) => (cadence_error, zone_error) = (Some(error.to_string()), None),
            }
        }
    }
    for (name, error) in [("cadence", cadence_error), ("zone", zone_error)] {
        if let Some(field) = form.fields.iter_mut().find(|f| f.name == name) {
            field.error = error;
        }
    }
    Ok(Reply::Form(form))
}

/// A program that ends earlier loses the meetups after its last day; the last one left is the closing one.
pub(super) async fn end_earlier(ctx: &mut Ctx<'_>, program: &Program) -> Result<(), Failure> {
    let last: Date = program.ends_on.parse().unwrap_or(Date::MAX);
    for group in ctx.tx.list_open_groups_of(&program.id).await? {
        let mut closing = None;
        for mut meetup in ctx.tx.list_meetups_of(&group.id).await? {
            if meetup.state != MeetupState::Planned || meetup.starts_at <= ctx.now {
                continue;
            }
            if meetup.slot.date() <= last {
                closing = Some(meetup);
                continue;
            }
            let was = meetup.sequence;
            meetup.state = MeetupState::Cancelled;
            meetup.sequence += 1;
            meetup.closing = 0;
            ctx.tx.mark_meetup(&meetup, was).await?;
            super::meetups::withdraw(ctx, &meetup, "the program ends before it").await?;
        }
        ctx.core.owe_card(&mut ctx.tx, &group).await?;
        if let Some(mut meetup) = closing.filter(|meetup| meetup.closing == 0) {
            meetup.closing = 1;
            let was = meetup.sequence;
            ctx.tx.mark_meetup(&meetup, was).await?;
        }
    }
    Ok(())
}

fn same_rhythm(one: &Cadence, other: &Cadence) -> bool {
    one.words() == other.words() && one.zone() == other.zone() && one.skip() == other.skip()
}

/// Lead, mode and place change without a new date for anybody.
async fn keep_rhythm(ctx: &mut Ctx<'_>, program: &Program, group: Group, place: &str) -> Outcome {
    ctx.tx.mark_group(&group).await?;
    let participants = participants_of(ctx, &group).await?;
    let now = ctx.now;
    let planned = ctx.tx.list_meetups_of(&group.id).await?.into_iter();
    let planned = planned.filter(|m| m.state == MeetupState::Planned && m.starts_at > now);
    for (index, mut meetup) in planned.enumerate() {
        meetup.lead = group.lead;
        meetup.host_id = host(&group, &participants, index);
        meetup.place = place.chars().take(200).collect();
        let was = meetup.sequence;
        ctx.tx.mark_meetup(&meetup, was).await?;
        if meetup.planned_sequence == meetup.sequence {
            super::meetups::redraw(ctx, &meetup).await?;
        }
    }
    ctx.log(Some(program), "meetup schedule", group.id.as_str(), "").await?;
    Ok(Reply::Private(rhythm::rhythm_kept(&group)))
}

async fn participants_of(ctx: &mut Ctx<'_>, group: &Group) -> Result<Vec<PersonId>, Failure> {
    let members = ctx.tx.list_members(&group.id).await?;
    Ok(members.into_iter().filter(|m| m.role == Role::Participant).map(|m| m.person_id).collect())
}

/// With rotating lead the participants host in turn.
fn host(group: &Group, participants: &[PersonId], index: usize) -> Option<PersonId> {
    (group.lead == Lead::Rotating && !participants.is_empty())
        .then(|| participants[index % participants.len()].clone())
}

async fn set_rhythm(
    ctx: &mut Ctx<'_>,
    program: &Program,
    settings: &Settings,
    mut group: Group,
    cadence: &Cadence,
    place: &str,
) -> Outcome {
    for mut meetup in ctx.tx.list_meetups_of(&group.id).await? {
        if meetup.state == MeetupState::Planned && meetup.starts_at > ctx.now {
            let was = meetup.sequence;
            meetup.state = MeetupState::Cancelled;
            meetup.sequence += 1;
            meetup.closing = 0;
            ctx.tx.mark_meetup(&meetup, was).await?;
            super::meetups::withdraw(ctx, &meetup, "the group has a new rhythm").await?;
        }
    }
    group.cadence = cadence.to_string();
    ctx.tx.mark_group(&group).await?;
    let place: String = place.chars().take(200).collect();
    let booked = book(ctx, program, settings, &group, cadence, &place).await?;
    if booked.is_empty() {
        return Err(refusals::plain(format!(
            "This rhythm has no date left before the programme ends on {}. Choose a denser one.",
            program.ends_on
        ))
        .into());
    }
    ctx.core.owe_card(&mut ctx.tx, &group).await?;
    for member in ctx.tx.list_members(&group.id).await? {
        if member.person_id != ctx.me.id
            && let Some(first) = booked.first()
        {
            super::meetups::owe_change(
                ctx,
                first,
                &member.person_id,
                crate::domain::words::NudgeKind::MeetupMoved,
                crate::core::views::calendar::WHOLE_RHYTHM,
            )
            .await?;
        }
    }
    ctx.log(Some(program), "meetup schedule", group.id.as_str(), "").await?;
    let starts: Vec<Instant> = booked.iter().map(|meetup| meetup.starts_at).collect();
    Ok(Reply::Private(rhythm::scheduled(&group, cadence, &starts)))
}

/// Books the meetups of a group from now to the end of its program.
pub(super) async fn book(
    ctx: &mut Ctx<'_>,
    program: &Program,
    settings: &Settings,
    group: &Group,
    cadence: &Cadence,
    place: &str,
) -> Result<Vec<Meetup>, Failure> {
    let content = ctx.core.content();
    let ends: Date = program.ends_on.parse().unwrap_or(Date::MAX);
    let until = resolve(ends.at(23, 59, 0, 0), cadence.zone()).instant().unwrap_or(ctx.now);
    let skip = |date: Date| is_holiday(content, &settings.holidays, date);
    let earlier = ctx.tx.list_meetups_of(&group.id).await?;
    let has_met = earlier.iter().any(|m| m.state != MeetupState::Cancelled && m.starts_at <= ctx.now);
    let slots = meetup_slots(cadence, ctx.now, until, has_met, &skip);
    let held = earlier.iter().filter(|m| m.state != MeetupState::Cancelled);
    let mut used: Vec<String> = held.clone().map(|m| m.theme.clone()).collect();
    let before = u32::try_from(held.count()).unwrap_or(0);
    let mut number = earlier.iter().map(|m| m.number).max().unwrap_or(0);
    let total = before + u32::try_from(slots.len()).unwrap_or(0);
    let participants = participants_of(ctx, group).await?;
    let mut booked = Vec::with_capacity(slots.len());
    for (index, (slot, starts_at)) in slots.iter().enumerate() {
        number += 1;
        let position = before + u32::try_from(index).unwrap_or(0) + 1;
        let theme = theme_for(&content.library, position, total, &used, &[])
            .map_or_else(String::new, |plan| plan.theme.id.clone());
        used.push(theme.clone());
        let meetup = Meetup {
            id: MeetupId::new(ctx.core.next_id()),
            group_id: group.id.clone(),
            program_id: program.id.clone(),
            number,
            closing: i64::from(index + 1 == slots.len()),
            slot: *slot,
            zone: cadence.zone().clone(),
            starts_at: *starts_at,
            minutes: i64::from(cadence.minutes()),
            theme,
            lead: group.lead,
            host_id: host(group, &participants, index),
            place: place.to_owned(),
            state: MeetupState::Planned,
            sequence: 1,
            planned_sequence: 0,
            plan_at: starts_at.minus_days(MEETUP_HORIZON_DAYS).max(ctx.now),
            created_at: ctx.now,
        };
        ctx.tx.insert_meetup(&meetup).await?;
        booked.push(meetup);
    }
    Ok(booked)
}
