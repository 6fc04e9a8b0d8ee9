//! The dashboard and the inbox. Both only read, and show nothing that is not there: a section without content is
//! left out.

use crate::core::ctx::Ctx;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::home::{self, Mine, Staffed, Waiting};
use crate::core::views::{self, meetups, starters};
use crate::domain::ids::MeetupId;
use crate::domain::words::{InvitationState, NudgeKind, OfferState, Presence, ProgramState, Role, WaveState};
use crate::store::groups::Group;
use crate::store::programs::Program;

/// Meetups farther away than this do not wait for an answer yet.
const ASK_DAYS: i64 = 14;
/// Ended nudges count for this long in the summary.
const HEALTH_DAYS: i64 = 30;

pub(super) async fn inbox(ctx: &mut Ctx<'_>) -> Outcome {
    let waiting = waiting(ctx, true).await?;
    Ok(Reply::Private(home::inbox(&waiting)))
}

pub(super) async fn home(ctx: &mut Ctx<'_>) -> Outcome {
    let mut mine = Vec::new();
    for group in ctx.tx.list_groups_with(&ctx.me.id).await? {
        let program = ctx.tx.get_program(&group.program_id).await?;
        let members = ctx.tx.list_members_with_persons(&group.id).await?;
        let next = match ctx.tx.find_next_meetup(&group.id, ctx.now).await? {
            Some(meetup) => Some(views::Facts::read(&mut ctx.tx, &meetup.id).await?),
            None => None,
        };
        mine.push(Mine { group, program, members, next });
    }
    let waiting = waiting(ctx, false).await?;
    let staffed = staffed(ctx).await?;
    let here = ctx.tx.list_programs_in(&ctx.workspace.id).await?;
    let standing = &ctx.standing;
    let joined =
        |p: &Program| standing.is_in(&p.id, Role::Participant) || standing.is_in(&p.id, Role::Mentor);
    let takes_part = here.iter().any(|p| p.state != ProgramState::Closed && joined(p));
    let open: Vec<_> = here.into_iter().filter(|p| p.state == ProgramState::Open && !joined(p)).collect();
    let message = home::home(&home::Seen {
        me: &ctx.me,
        mine: &mine,
        waiting: &waiting,
        staffed: &staffed,
        open: &open,
        newcomer: standing.roles.is_empty(),
        joined: takes_part,
        may_found: standing.admin && staffed.is_empty(),
        content: ctx.core.content(),
        now: ctx.now,
    });
    Ok(Reply::Private(message))
}

/// What waits for the person, newest first. Whether they come is asked with the group on the dashboard.
async fn waiting(ctx: &mut Ctx<'_>, with_rsvps: bool) -> Result<Vec<Waiting>, Failure> {
    let mut all = Vec::new();
    let me = ctx.me.id.clone();
    for wave in ctx.tx.list_open_waves_for(&me).await? {
        if let Some((_, InvitationState::Invited)) = ctx.tx.find_invitation(&wave.id, &me).await? {
            let program = ctx.tx.get_program(&wave.program_id).await?;
            if program.state == ProgramState::Open {
                all.push(home::pulse(&program, &wave));
            }
        }
    }
    for group in ctx.tx.list_groups_with(&me).await? {
        of_group(ctx, &group, with_rsvps, &mut all).await?;
    }
    let staffed: Vec<_> =
        ctx.standing.roles.iter().filter(|r| r.role == Role::Staff).map(|r| r.program_id.clone()).collect();
    for id in staffed {
        let program = ctx.tx.get_program(&id).await?;
        let decisions = super::review::waiting_in(ctx, &program).await?;
        if let Some(oldest) = decisions.first().filter(|_| program.state != ProgramState::Closed) {
            all.push(home::decisions(&program, decisions.len(), oldest.since()));
        }
    }
    // Who only runs a programme needs no profile: it is there to find a group.
    let takes_part = ctx.standing.is(Role::Participant) || ctx.standing.is(Role::Mentor);
    if ctx.me.profile_at.is_none() && takes_part {
        all.push(home::empty_profile(ctx.me.created_at));
    }
    all.sort_by_key(|item| std::cmp::Reverse(item.at));
    Ok(all)
}

/// What waits for the person in one group.
async fn of_group(
    ctx: &mut Ctx<'_>,
    group: &Group,
    with_rsvps: bool,
    all: &mut Vec<Waiting>,
) -> Result<(), Failure> {
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    if let Some(meetup) = ctx.tx.find_unsettled_meetup(&group.id, now).await?
        && meetup.ends_at() <= now
        && ctx.must_lead(group, Some(&meetup)).await.is_ok()
    {
        let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
        all.push(Waiting { at: meetup.ends_at(), message: meetups::after(&facts) });
    }
    let Some(meetup) = ctx.tx.find_next_meetup(&group.id, now).await? else { return Ok(()) };
    let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
    if with_rsvps && facts.answer_of(&me).is_none() && meetup.starts_at <= now.plus_days(ASK_DAYS) {
        let since = meetup.starts_at.minus_days(ASK_DAYS).max(meetup.created_at);
        all.push(home::rsvp(&facts, since));
    }
    if let Some(asked) = asked_for_need(ctx, &meetup.id).await? {
        all.push(Waiting { at: asked, message: meetups::need(&facts, ctx.core.content()) });
    }
    if facts.role_of(&me) == Some(Role::Mentor)
        && meetup.starts_at > now
        && let Some(offer) = ctx.tx.find_offer(&meetup.id).await?
        && offer.state == OfferState::Open
    {
        let message = starters::offer(ctx.core.content(), &facts, &offer);
        all.push(Waiting { at: offer.offered_at, message });
    }
    Ok(())
}

/// When the person was asked what they need from a meetup, if that is still open.
async fn asked_for_need(
    ctx: &mut Ctx<'_>,
    meetup: &MeetupId,
) -> Result<Option<crate::domain::civil::Instant>, Failure> {
    let asked = ctx.tx.list_posts(NudgeKind::MeetupNeed, meetup.as_str()).await?;
    let mine = asked.into_iter().rev().find(|nudge| nudge.person_id.as_ref() == Some(&ctx.me.id));
    let open = mine.filter(|nudge| nudge.open_until.is_some_and(|until| until > ctx.now));
    Ok(open.and_then(|nudge| nudge.done_at))
}

/// The programs that the person runs, in numbers.
async fn staffed(ctx: &mut Ctx<'_>) -> Result<Vec<Staffed>, Failure> {
    let mut all = Vec::new();
    let mut ids: Vec<_> =
        ctx.standing.roles.iter().filter(|r| r.role == Role::Staff).map(|r| r.program_id.clone()).collect();
    ids.sort();
    for id in ids {
        let program = ctx.tx.get_program(&id).await?;
        if program.state == ProgramState::Closed {
            continue;
        }
        let groups = ctx.tx.list_open_groups_of(&id).await?;
        let rooms = ctx.tx.list_rooms_in(&id).await?;
        let lost = groups
            .iter()
            .filter(|g| rooms.iter().any(|r| r.state == Presence::Gone && r.group_id.as_ref() == Some(&g.id)))
            .cloned()
            .collect();
        let waves = ctx.tx.list_waves_of(&id).await?;
        let pulse = match waves.into_iter().rev().find(|wave| wave.state != WaveState::Planned) {
            Some(wave) => {
                let rows = ctx.tx.list_response(&wave.id).await?;
                let sums = rows.iter().fold((0, 0), |sums, row| (sums.0 + row.1, sums.1 + row.2));
                Some((wave, sums))
            }
            None => None,
        };
        all.push(Staffed {
            roles: ctx.tx.list_roles_in(&id).await?.into_iter().map(|row| row.role).collect(),
            counts: ctx.tx.list_health(&id, ctx.now.minus_days(HEALTH_DAYS)).await?,
            groups: groups.len(),
            lost,
            pulse,
            program,
        });
    }
    Ok(all)
}
