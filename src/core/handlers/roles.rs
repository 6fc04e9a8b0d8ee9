//! Giving and taking roles. Participants and mentors join by their own act; staff can take those roles but not give
//! them without the charter.

use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{a_role, programs, refusals};
use crate::domain::words::Role;

fn role(args: &Args) -> Role {
    args.get("role").and_then(|word| word.parse().ok()).unwrap_or(Role::Participant)
}

pub(super) async fn grant(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let role = role(args);
    let own_act = matches!(role, Role::Participant | Role::Mentor);
    if own_act && ctx.tx.list_charters(&program.id, &person.id).await?.is_empty() {
        return Err(refusals::leading(
            format!(
                "{} has not accepted the charter, and nobody can do that for somebody else. Ask them to type ",
                person.name
            ),
            format!("join {} {role}", program.slug),
            ".",
        )
        .into());
    }
    if role == Role::Coach {
        return Err(refusals::plain(
            "The label coach needs a checked credential with 125 hours of training or more, and I cannot keep \
             credentials yet. Grant mentor instead; a mentor may use coaching questions too.",
        )
        .into());
    }
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    if !ctx.tx.insert_role(&program.id, &person.id, role, &me, now).await? {
        return Err(refusals::leading(
            format!(
                "{} is {} in {} already, so nothing was changed. To end that, use ",
                person.name,
                a_role(role),
                program.name
            ),
            "role revoke",
            ".",
        )
        .into());
    }
    ctx.log(Some(&program), &format!("role grant {role}"), person.id.as_str(), "").await?;
    Ok(Reply::Private(programs::granted(&program, &person.name, role)))
}

pub(super) async fn revoke(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let role = role(args);
    if role == Role::Staff {
        let staff = ctx.tx.list_roles_in(&program.id).await?.iter().filter(|r| r.role == Role::Staff).count();
        if staff == 1 {
            return Err(refusals::leading(
                format!(
                    "{} is the only one on the staff of {}. Give somebody else that role first, with ",
                    person.name, program.name
                ),
                "role grant",
                ".",
            )
            .into());
        }
    }
    if !ctx.tx.delete_role(&program.id, &person.id, role).await? {
        return Err(refusals::leading(
            format!(
                "{} is not {} in {}, so nothing was changed. To give the role, use ",
                person.name,
                a_role(role),
                program.name
            ),
            "role grant",
            ".",
        )
        .into());
    }
    super::people::leave_groups(ctx, &program, &person, &[role]).await?;
    ctx.log(Some(&program), &format!("role revoke {role}"), person.id.as_str(), "").await?;
    Ok(Reply::Private(programs::revoked(&program, &person.name, role)))
}
