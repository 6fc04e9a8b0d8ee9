//! What a person is looking for, and who helps best with it (rows D7, D8).
//!
//! Invariant: the answer is what groups are formed with from then on, until the person changes it.

use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::seeks as view;
use crate::domain::words::{Need, Role, Seek};

pub(super) async fn seek(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let Some(seek) = args.get("what").and_then(|word| word.parse::<Seek>().ok()) else {
        return Ok(Reply::Private(view::question(&ctx.me)));
    };
    ctx.me.need = seek.need();
    ctx.me.updated_at = ctx.now;
    ctx.tx.mark_person(&ctx.me).await?;
    let mut without_coach = Vec::new();
    if ctx.me.need == Need::Coach {
        let mine = ctx.standing.roles.iter().filter(|row| row.role == Role::Participant);
        for id in mine.map(|row| row.program_id.clone()).collect::<Vec<_>>() {
            if !ctx.tx.list_roles_in(&id).await?.iter().any(|row| row.role == Role::Coach) {
                without_coach.push(ctx.tx.get_program(&id).await?.name);
            }
        }
    }
    Ok(Reply::Private(view::answered(seek, &without_coach)))
}
