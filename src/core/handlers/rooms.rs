//! What staff do about rooms: opening a lost one anew, and bringing a member back. Neither welcomes anybody twice.

use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{groups, refusals};
use crate::domain::text::shortened;
use crate::domain::words::{GroupState, Presence};
use crate::store::groups::Group;
use crate::store::programs::Program;

/// An open group of a program that the person runs.
async fn staffed_group(ctx: &mut Ctx<'_>, args: &Args) -> Result<(Program, Group), Failure> {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let words = args.get("group").unwrap_or_default().trim().trim_start_matches('#').to_lowercase();
    let groups = ctx.tx.list_groups_of(&program.id).await?;
    let named =
        |g: &Group| g.number.to_string() == words || g.name.to_lowercase() == words || g.id.as_str() == words;
    let Some(group) = groups.into_iter().find(named) else {
        return Err(refusals::no_such_group(&shortened(&words)).into());
    };
    if group.state != GroupState::Open {
        return Err(refusals::group_ended(&group).into());
    }
    Ok((program, group))
}

pub(super) async fn reopen(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (program, group) = staffed_group(ctx, args).await?;
    let mut opened = false;
    for room in ctx.tx.list_rooms_of(&group.id).await? {
        opened |= ctx.core.reopen(&mut ctx.tx, &group, &room, ctx.now).await?;
    }
    if !opened {
        return Err(refusals::leading(
            format!(
                "The room of {} is not lost, so nothing was changed. To bring a member back into it, use ",
                group.name
            ),
            "groups invite",
            ".",
        )
        .into());
    }
    ctx.core.rooms_back(&mut ctx.tx, &program.id, ctx.now).await?;
    ctx.log(Some(&program), "groups reopen", group.id.as_str(), "").await?;
    Ok(Reply::Private(groups::reopened(&group)))
}

pub(super) async fn invite(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (program, group) = staffed_group(ctx, args).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    if !ctx.tx.list_members(&group.id).await?.iter().any(|m| m.person_id == person.id) {
        return Err(refusals::leading(
            format!(
                "{} is not a member of {}, so there is nothing to bring them back to. See the members with ",
                person.name, group.name
            ),
            "groups show",
            ".",
        )
        .into());
    }
    let slot = ctx.core.next_id();
    let mut invited = false;
    for room in ctx.tx.list_rooms_of(&group.id).await? {
        let account = ctx.tx.find_account_of(&person.id, &room.workspace_id).await?;
        if room.state == Presence::Active && account.is_some_and(|account| account.state == Presence::Active)
        {
            ctx.core.owe_member_update(&mut ctx.tx, &group, room.id, &slot, ctx.now).await?;
            invited = true;
        }
    }
    if !invited {
        return Err(refusals::leading(
            format!(
                "I cannot bring {} back: the room of {} is lost, or their account is switched off. Open a new room \
                 with ",
                person.name, group.name
            ),
            "groups reopen",
            ", or wait until the account is back.",
        )
        .into());
    }
    ctx.log(Some(&program), "groups invite", person.id.as_str(), "").await?;
    Ok(Reply::Private(groups::invited(&person, &group)))
}
