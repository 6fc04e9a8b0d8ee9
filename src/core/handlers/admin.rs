//! What waits, what was held back and why.

use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::staff::{self, Health};
use crate::domain::words::Role;

pub(super) async fn health(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let programs = if let Some(named) = args.get("program") {
        if ctx.standing.admin {
            vec![ctx.program(Some(named)).await?]
        } else {
            vec![ctx.program_as_staff(Some(named)).await?]
        }
    } else {
        let all = ctx.tx.list_programs_in(&ctx.workspace.id).await?;
        let standing = &ctx.standing;
        all.into_iter().filter(|p| standing.admin || standing.is_in(&p.id, Role::Staff)).collect()
    };
    let since = ctx.now.minus_days(30);
    let mut all = Vec::new();
    for program in programs {
        let counts = ctx.tx.list_health(&program.id, since).await?;
        let mut acts = Vec::new();
        for act in ctx.tx.list_acts(&program.id, 8).await? {
            let who = ctx.tx.find_person(&act.actor_id).await?.map(|p| p.name).unwrap_or_default();
            acts.push((act, who));
        }
        all.push(Health { program, counts, acts });
    }
    let oldest = ctx.tx.find_oldest_due(ctx.now).await?;
    Ok(Reply::Private(staff::health(&all, oldest, ctx.now)))
}
