//! Giving and taking roles. Participants, mentors and coaches accept the charter by their own act; staff can take those
//! roles but not give them without it. Nobody is called a coach without a checked credential (row D2).

use super::credentials::may_be_called_coach;
use crate::core::ctx::Ctx;
use crate::core::formation::groups_held;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::staff::Notice;
use crate::core::views::{a_role, credentials, programs, refusals};
use crate::domain::words::Role;
use crate::store::people::Person;
use crate::store::programs::Program;

fn role(args: &Args) -> Role {
    args.get("role").and_then(|word| word.parse().ok()).unwrap_or(Role::Participant)
}

pub(super) async fn grant(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let person = ctx.person(args.get("person").unwrap_or_default()).await?;
    let role = role(args);
    let own_act = matches!(role, Role::Participant | Role::Mentor | Role::Coach);
    if own_act && ctx.tx.list_charters(&program.id, &person.id).await?.is_empty() {
        let joins_as = if role == Role::Coach { Role::Mentor } else { role };
        return Err(refusals::leading(
            format!(
                "{} has not accepted the charter, and nobody can do that for somebody else. Ask them to type ",
                person.name
            ),
            format!("join {} {joins_as}", program.slug),
            ".",
        )
        .into());
    }
    if role == Role::Coach && !may_be_called_coach(ctx, &program, &person.id).await? {
        return Err(credentials::not_a_coach(&program, &person).into());
    }
    if !insert(ctx, &program, &person, role).await? {
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
    // Who applied hears the answer to that.
    let told = role == Role::Mentor && super::applications::settle(ctx, &program, &person).await?;
    if !told {
        tell(ctx, &program, &person, &programs::granted_news(&program, role)).await?;
    }
    ctx.log(Some(&program), &format!("role grant {role}"), person.id.as_str(), "").await?;
    Ok(Reply::Private(programs::granted(&program, &person.name, role)))
}

/// Tells somebody what staff did about their roles; who did it themselves knows.
async fn tell(ctx: &mut Ctx<'_>, program: &Program, person: &Person, news: &Notice) -> Result<(), Failure> {
    if person.id == ctx.me.id {
        return Ok(());
    }
    let slot = ctx.core.next_id();
    let subject = (person.id.as_str(), slot.as_str());
    Ok(ctx.core.tell_person(&mut ctx.tx, program, &person.id, subject, news, ctx.now).await?)
}

/// Gives a role; who is to lead a group gets room for one. False when the person had it.
pub(super) async fn insert(
    ctx: &mut Ctx<'_>,
    program: &Program,
    person: &Person,
    role: Role,
) -> Result<bool, Failure> {
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    if !ctx.tx.insert_role(&program.id, &person.id, role, &me, now).await? {
        return Ok(false);
    }
    if matches!(role, Role::Mentor | Role::Coach) && person.capacity == 0 {
        ctx.tx.mark_person(&Person { capacity: 1, updated_at: now, ..person.clone() }).await?;
    }
    Ok(true)
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
    let roles = ctx.tx.list_roles_of(&person.id).await?;
    let here: Vec<Role> = roles.into_iter().filter(|r| r.program_id == program.id).map(|r| r.role).collect();
    if !here.contains(&role) {
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
    let rest: Vec<Role> = here.into_iter().filter(|held| *held != role).collect();
    let places = places(role, &rest);
    let held = groups_held(&mut ctx.tx, &program.id, &person.id, places).await?;
    let groups: Vec<String> = held.into_iter().map(|group| group.name).collect();
    if !groups.is_empty() && args.get("confirm") != Some("yes") {
        let words = programs::revoke_sure(&program, &person.name, role, &groups);
        let command = format!("role revoke {role} {} {} yes", person.id, program.slug);
        return Ok(Reply::Private(refusals::confirm(words, "Take the role", command)));
    }
    ctx.tx.delete_role(&program.id, &person.id, role).await?;
    super::people::leave_groups(ctx, &program, &person, places, Some(role)).await?;
    tell(ctx, &program, &person, &programs::revoked_news(&program, role, &groups, &rest)).await?;
    ctx.log(Some(&program), &format!("role revoke {role}"), person.id.as_str(), "").await?;
    Ok(Reply::Private(programs::revoked(&program, &person.name, role, &groups)))
}

/// The places in groups that end with a role, beside the others that its person has. A coach leads from a mentor's
/// place, and so does who is both.
fn places(role: Role, rest: &[Role]) -> &'static [Role] {
    match role {
        Role::Participant => &[Role::Participant],
        Role::Mentor | Role::Coach if !rest.iter().any(|r| matches!(r, Role::Mentor | Role::Coach)) => {
            &[Role::Mentor]
        }
        _ => &[],
    }
}
