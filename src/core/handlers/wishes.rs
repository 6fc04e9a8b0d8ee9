//! With whom members would like to be in a group, and with whom rather not.
//!
//! Invariant: a wish is shown to its own person and to nobody else; neither log nor proposal names anybody for it.

use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{refusals, wishes};
use crate::domain::words::{ProgramState, Role, WishKind};
use crate::store::wishes::Wish;

/// Wishes to be with somebody that count, and that a person may have at once.
const MOST_WITH: usize = 3;
/// People whom one may wish away at once.
const MOST_NOT: usize = 3;

const MEMBERS: &[Role] = &[Role::Participant, Role::Mentor];

pub(super) async fn wish(ctx: &mut Ctx<'_>, args: &Args, kind: WishKind) -> Outcome {
    let program = ctx.program_as(args.get("program"), MEMBERS).await?;
    if program.state == ProgramState::Closed {
        return Err(refusals::program_not_open(&program).into());
    }
    let other = ctx.person(args.get("person").unwrap_or_default()).await?;
    if other.id == ctx.me.id {
        return Err(refusals::plain("That is you. Name somebody else of the programme.").into());
    }
    let roles = ctx.tx.list_roles_of(&other.id).await?;
    if !roles.iter().any(|row| row.program_id == program.id && MEMBERS.contains(&row.role)) {
        return Err(refusals::plain(format!(
            "{} does not take part in {}. Name somebody who does.",
            other.name, program.name
        ))
        .into());
    }
    let mine = ctx.tx.list_wishes_of(&program.id, &ctx.me.id).await?;
    let most = if kind == WishKind::With { MOST_WITH } else { MOST_NOT };
    let same = mine.iter().filter(|wish| wish.kind == kind && wish.other_id != other.id).count();
    if same >= most {
        return Err(wishes::enough(kind, most).into());
    }
    let wish = Wish {
        program_id: program.id.clone(),
        person_id: ctx.me.id.clone(),
        other_id: other.id.clone(),
        kind,
        created_at: ctx.now,
    };
    ctx.tx.insert_wish(&wish).await?;
    Ok(Reply::Private(wishes::noted(kind, &other.name)))
}

pub(super) async fn list(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as(args.get("program"), MEMBERS).await?;
    let mut shown = Vec::new();
    for wish in ctx.tx.list_wishes_of(&program.id, &ctx.me.id).await? {
        shown.push((wish.kind, ctx.tx.get_person(&wish.other_id).await?.name));
    }
    Ok(Reply::Private(wishes::list(&program, &shown)))
}

pub(super) async fn take_back(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as(args.get("program"), MEMBERS).await?;
    let other = ctx.person(args.get("person").unwrap_or_default()).await?;
    if ctx.tx.delete_wish(&program.id, &ctx.me.id, &other.id).await? {
        Ok(Reply::Private(wishes::taken_back(&other.name)))
    } else {
        Err(wishes::none_about(&other.name).into())
    }
}
