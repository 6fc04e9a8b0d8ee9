//! Answering, moving, calling off and settling meetups. A move raises the meetup's sequence, withdraws what was
//! planned for the old time and tells everybody at once.

use crate::core::ctx::Ctx;
use crate::core::owe::{Debt, To};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{self, meetups, refusals};
use crate::domain::civil::{Slot, resolve};
use crate::domain::hours::parse_when;
use crate::domain::ids::PersonId;
use crate::domain::nudges::MEETUP_HORIZON_DAYS;
use crate::domain::words::{GroupState, MeetupState, NudgeKind, ProgramState, Role, Rsvp};
use crate::store::groups::Group;
use crate::store::meetups::Meetup;

/// A meetup cannot be moved nearer than this.
const MOVE_NOTICE_MINUTES: i64 = 30;

pub(super) async fn next(ctx: &mut Ctx<'_>) -> Outcome {
    let me = ctx.me.id.clone();
    let mut entries = Vec::new();
    for group in ctx.tx.list_groups_with(&me).await? {
        if let Some(meetup) = ctx.tx.find_next_meetup(&group.id, ctx.now).await? {
            let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
            let leads = facts.role_of(&me) == Some(Role::Mentor);
            entries.push((facts, leads));
        }
    }
    if entries.is_empty() {
        return Err(refusals::no_meetup_planned().into());
    }
    Ok(Reply::Private(meetups::next(&entries, ctx.core.content(), &me)))
}

/// Refuses what concerns a meetup that is over, off, or in a program that does not run.
async fn must_be_planned(ctx: &mut Ctx<'_>, meetup: &Meetup, group: &Group) -> Result<(), Failure> {
    let program = ctx.tx.get_program(&group.program_id).await?;
    if matches!(program.state, ProgramState::Closed | ProgramState::Draft)
        || group.state == GroupState::Closed
    {
        return Err(refusals::program_not_open(&program).into());
    }
    if meetup.state == MeetupState::Planned { Ok(()) } else { Err(refusals::meetup_over().into()) }
}

pub(super) async fn rsvp(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (meetup, group) = ctx.meetup(args.get("meetup")).await?;
    must_be_planned(ctx, &meetup, &group).await?;
    if meetup.ends_at() <= ctx.now {
        return Err(refusals::meetup_over().into());
    }
    let members = ctx.tx.list_members(&group.id).await?;
    if !members.iter().any(|m| m.person_id == ctx.me.id) {
        return Err(refusals::not_your_group().into());
    }
    let answer: Rsvp = args.get("answer").and_then(|a| a.parse().ok()).unwrap_or(Rsvp::Maybe);
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    ctx.tx.mark_rsvp(&meetup.id, &me, answer, now).await?;
    redraw(ctx, &meetup).await?;
    if answer == Rsvp::No {
        warn_mentors(ctx, &meetup).await?;
    }
    Ok(Reply::Private(meetups::rsvp_noted(&meetup, answer)))
}

/// When too few can come, the mentors hear it once for each date.
async fn warn_mentors(ctx: &mut Ctx<'_>, meetup: &Meetup) -> Result<(), Failure> {
    let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
    if facts.quorum().can_be_met() {
        return Ok(());
    }
    for (member, _) in
        facts.members.iter().filter(|(m, _)| m.role == Role::Mentor && m.person_id != ctx.me.id)
    {
        let debt = Debt {
            kind: NudgeKind::MeetupQuorum,
            program: Some(&meetup.program_id),
            subject: meetup.id.as_str(),
            to: To::Person(member.person_id.clone()),
            slot: &meetup.slot.to_string(),
            note: "",
            due: ctx.now,
            not_after: meetup.starts_at.minus_hours(1),
        };
        ctx.core.owe(&mut ctx.tx, debt).await?;
    }
    Ok(())
}

/// Owes one redrawing of the meetup's card and of the room's. One that waits already will show this change too.
pub(super) async fn redraw(ctx: &mut Ctx<'_>, meetup: &Meetup) -> Result<(), Failure> {
    for room in ctx.tx.list_rooms_of(&meetup.group_id).await? {
        if ctx.tx.has_ready(NudgeKind::MeetupUpdate, meetup.id.as_str(), &room.id).await? {
            continue;
        }
        let debt = Debt {
            kind: NudgeKind::MeetupUpdate,
            program: Some(&meetup.program_id),
            subject: meetup.id.as_str(),
            to: To::Room(room.id),
            slot: &ctx.core.next_id(),
            note: "",
            due: ctx.now,
            not_after: ctx.now.plus_days(3),
        };
        ctx.core.owe(&mut ctx.tx, debt).await?;
    }
    let group = ctx.tx.get_group(&meetup.group_id).await?;
    Ok(ctx.core.owe_card(&mut ctx.tx, &group).await?)
}

pub(super) async fn need(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (meetup, group) = ctx.meetup(args.get("meetup")).await?;
    must_be_planned(ctx, &meetup, &group).await?;
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    let Some(theme) = args.get("theme") else {
        let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
        return Ok(Reply::Private(meetups::need(&facts, ctx.core.content())));
    };
    ctx.tx.mark_answered(meetup.id.as_str(), &me).await?;
    if !theme.eq_ignore_ascii_case("none") {
        let Some(known) = ctx.core.content().library.named_theme(theme) else {
            return Err(meetups::no_such_theme(theme, ctx.core.content()).into());
        };
        ctx.tx.mark_meetup_need(&meetup.id, &me, &known.key, now).await?;
    }
    Ok(Reply::Private(meetups::need_noted()))
}

pub(super) async fn move_to(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (mut meetup, group) = ctx.meetup(args.get("meetup")).await?;
    ctx.must_lead(&group, Some(&meetup)).await?;
    must_be_planned(ctx, &meetup, &group).await?;
    let Some(words) = args.get("when") else {
        return Ok(Reply::Private(meetups::move_to_when(&meetup)));
    };
    let zone = ctx.me.zone.clone();
    let at = parse_when(words, ctx.now, &zone).map_err(|error| refusals::cannot_use(&error.to_string()))?;
    let program = ctx.tx.get_program(&group.program_id).await?;
    let last: jiff::civil::Date = program.ends_on.parse().unwrap_or(jiff::civil::Date::MAX);
    if at < ctx.now.plus_minutes(MOVE_NOTICE_MINUTES) {
        return Err(refusals::plain(
            "That is in the past or only minutes away. Choose a time at least half an hour from now.",
        )
        .into());
    }
    if meetup.zone.date(at) > last {
        return Err(refusals::leading(
            format!("The programme ends on {last}. Choose an earlier date, or let staff extend it with "),
            "program settings",
            ".",
        )
        .into());
    }
    let was = meetup.sequence;
    meetup.slot = Slot::new(meetup.zone.civil(at));
    meetup.starts_at = resolve(meetup.slot.civil(), &meetup.zone).instant().unwrap_or(at);
    meetup.sequence += 1;
    meetup.plan_at = meetup.starts_at.minus_days(MEETUP_HORIZON_DAYS).max(ctx.now);
    if !ctx.tx.mark_meetup(&meetup, was).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    withdraw(ctx, &meetup, "the meetup moved").await?;
    ctx.tx.delete_rsvps(&meetup.id).await?;
    tell_all(ctx, &meetup, NudgeKind::MeetupMoved, "").await?;
    redraw(ctx, &meetup).await?;
    ctx.log(Some(&program), "meetup move", meetup.id.as_str(), "").await?;
    Ok(Reply::Private(meetups::move_done(&meetup)))
}

pub(super) async fn cancel(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let (mut meetup, group) = ctx.meetup(args.get("meetup")).await?;
    ctx.must_lead(&group, Some(&meetup)).await?;
    must_be_planned(ctx, &meetup, &group).await?;
    if args.get("reason").is_none() && !filed {
        return Ok(Reply::Form(meetups::cancel_form(&meetup)));
    }
    let reason: String = args.get("reason").unwrap_or_default().chars().take(300).collect();
    let was = meetup.sequence;
    meetup.state = MeetupState::Cancelled;
    meetup.sequence += 1;
    if !ctx.tx.mark_meetup(&meetup, was).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    withdraw(ctx, &meetup, "the meetup is off").await?;
    tell_all(ctx, &meetup, NudgeKind::MeetupCancelled, &reason).await?;
    redraw(ctx, &meetup).await?;
    let program = ctx.tx.get_program(&group.program_id).await?;
    ctx.log(Some(&program), "meetup cancel", meetup.id.as_str(), &reason).await?;
    Ok(Reply::Private(meetups::cancel_done(&meetup)))
}

pub(super) async fn held(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (mut meetup, group) = if let Some(id) = args.get("meetup") {
        ctx.meetup(Some(id)).await?
    } else {
        let group = ctx.my_group(None).await?;
        let Some(meetup) = ctx.tx.find_unsettled_meetup(&group.id, ctx.now).await? else {
            return Err(refusals::no_such_meetup().into());
        };
        (meetup, group)
    };
    ctx.must_lead(&group, Some(&meetup)).await?;
    if meetup.state == MeetupState::Cancelled {
        return Err(refusals::meetup_over().into());
    }
    if meetup.starts_at > ctx.now {
        return Err(refusals::plain("This meetup has not begun yet. Tell me afterwards.").into());
    }
    let held = args.get("answer") == Some("yes");
    meetup.state = if held { MeetupState::Held } else { MeetupState::Missed };
    let was = meetup.sequence;
    if !ctx.tx.mark_meetup(&meetup, was).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    redraw(ctx, &meetup).await?;
    Ok(Reply::Private(meetups::held_noted(held)))
}

/// Withdraws what was planned about a meetup.
pub(super) async fn withdraw(ctx: &mut Ctx<'_>, meetup: &Meetup, why: &str) -> Result<(), Failure> {
    ctx.tx.mark_withdrawn(meetup.id.as_str(), why).await?;
    Ok(())
}

/// Tells every member but the one who did it.
async fn tell_all(ctx: &mut Ctx<'_>, meetup: &Meetup, kind: NudgeKind, note: &str) -> Result<(), Failure> {
    for member in ctx.tx.list_members(&meetup.group_id).await? {
        if member.person_id != ctx.me.id {
            owe_change(ctx, meetup, &member.person_id, kind, note).await?;
        }
    }
    Ok(())
}

/// Owes a person the news of a change.
pub(super) async fn owe_change(
    ctx: &mut Ctx<'_>,
    meetup: &Meetup,
    person: &PersonId,
    kind: NudgeKind,
    note: &str,
) -> Result<(), Failure> {
    let debt = Debt {
        kind,
        program: Some(&meetup.program_id),
        subject: meetup.id.as_str(),
        to: To::Person(person.clone()),
        slot: &format!("{} {}", meetup.slot, meetup.sequence),
        note,
        due: ctx.now,
        not_after: meetup.starts_at.max(ctx.now.plus_hours(12)),
    };
    ctx.core.owe(&mut ctx.tx, debt).await?;
    Ok(())
}
