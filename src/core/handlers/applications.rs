//! Applying to be a mentor (row D14): staff see the application beside the set criteria and decide.
//!
//! Invariant: only who has accepted the charter applies, so an approval makes a mentor at once.

use std::collections::BTreeSet;

use super::profile::topic_list;
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{applications as view, people, refusals, staff};
use crate::domain::applications::MOST_HOURS;
use crate::domain::starters::Library;
use crate::domain::text::one_line;
use crate::domain::words::{ProgramState, ReviewState, Role};
use crate::store::applications::Application;
use crate::store::people::Person;
use crate::store::programs::Program;

pub(super) async fn apply(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let program = ctx.program(args.get("program")).await?;
    if program.state != ProgramState::Open {
        return Err(refusals::program_not_open(&program).into());
    }
    if ctx.standing.is_in(&program.id, Role::Mentor) {
        return Err(view::mentor_already(&program).into());
    }
    if ctx.tx.list_charters(&program.id, &ctx.me.id).await?.is_empty() {
        if !super::people::must_apply(ctx, &program, Role::Mentor.as_str()) {
            return Err(view::charter_first(&program).into());
        }
        let content = ctx.core.content();
        return Ok(Reply::Private(people::charter_to_accept(content, &program, Role::Mentor.as_str(), true)));
    }
    let library = &ctx.core.content().library;
    let earlier = ctx.tx.list_applications_of(&program.id, &ctx.me.id).await?.pop();
    let mut form = view::form(&program, &ctx.me, library, earlier.as_ref());
    if !args.has_other_than("program") && !filed {
        return Ok(Reply::Form(form));
    }
    let mut application = Application {
        id: ctx.core.next_id(),
        program_id: program.id.clone(),
        person_id: ctx.me.id.clone(),
        experience: String::new(),
        strengths: String::new(),
        why: String::new(),
        hours: 0,
        state: ReviewState::Waiting,
        reason: String::new(),
        checked_by: None,
        checked_at: None,
        created_at: ctx.now,
    };
    for field in &mut form.fields {
        if let Some(given) = args.get(&field.name).or(filed.then_some("")) {
            one_line(given).trim().clone_into(&mut field.value);
        }
        field.error = set(&mut application, library, &field.name, &field.value).err();
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    // One waits at a time: a second one takes the place of the first.
    ctx.tx.delete_waiting_application(&program.id, &application.person_id).await?;
    ctx.tx.insert_application(&application).await?;
    let note = staff::application_waiting(&program, &ctx.me.name);
    super::review::tell_staff(ctx, &program, "application", &note).await?;
    ctx.log(Some(&program), "role apply", &application.id, "").await?;
    Ok(Reply::Private(view::sent(&program)))
}

/// Puts one value into the application, or says why it cannot be.
fn set(application: &mut Application, library: &Library, field: &str, given: &str) -> Result<(), String> {
    let text = |most: usize| match given.chars().count() {
        0 => Err("Please write a sentence or two.".to_owned()),
        count if count > most => Err(format!("Please use at most {most} characters.")),
        _ => Ok(given.to_owned()),
    };
    match field {
        "experience" => application.experience = text(600)?,
        "why" => application.why = text(400)?,
        "strengths" => {
            application.strengths = topic_list(library, given)?;
            if application.strengths.is_empty() {
                return Err("Please name at least one topic.".to_owned());
            }
        }
        "hours" => {
            let hours = given.parse().ok().filter(|hours| (1..=MOST_HOURS).contains(hours));
            application.hours =
                hours.ok_or_else(|| format!("Write a whole number from 1 to {MOST_HOURS}."))?;
        }
        _ => {}
    }
    Ok(())
}

/// What the participants of a program want help with.
pub(super) async fn asked(ctx: &mut Ctx<'_>, program: &Program) -> Result<BTreeSet<String>, Failure> {
    let roles = ctx.tx.list_roles_in(&program.id).await?.into_iter();
    let participants: BTreeSet<_> =
        roles.filter(|r| r.role == Role::Participant).map(|r| r.person_id).collect();
    let library = &ctx.core.content().library;
    let persons = ctx.tx.list_persons_of(&program.id).await?.into_iter();
    Ok(persons.filter(|p| participants.contains(&p.id)).flat_map(|p| library.topics(&p.needs)).collect())
}

/// Makes somebody a mentor who applied.
pub(super) async fn approve(
    ctx: &mut Ctx<'_>,
    program: &Program,
    mut person: Person,
    application: &Application,
) -> Outcome {
    if person.offers.is_empty() {
        person.offers.clone_from(&application.strengths);
        person.updated_at = ctx.now;
        ctx.tx.mark_person(&person).await?;
    }
    super::roles::insert(ctx, program, &person, Role::Mentor).await?;
    let news = view::approved_news(program);
    let subject = (application.id.as_str(), "decided");
    ctx.core.tell_person(&mut ctx.tx, program, &person.id, subject, &news, ctx.now).await?;
    Ok(Reply::Private(view::approved(program, &person)))
}

/// Ends an application whose person staff have made a mentor without it, and says whether there was one. They are told.
pub(super) async fn settle(ctx: &mut Ctx<'_>, program: &Program, person: &Person) -> Result<bool, Failure> {
    let mut told = false;
    for mut application in ctx.tx.list_applications_of(&program.id, &person.id).await? {
        application.state = ReviewState::Approved;
        (application.checked_by, application.checked_at) = (Some(ctx.me.id.clone()), Some(ctx.now));
        if ctx.tx.mark_application(&application).await? {
            let subject = (application.id.as_str(), "decided");
            let news = view::approved_news(program);
            ctx.core.tell_person(&mut ctx.tx, program, &person.id, subject, &news, ctx.now).await?;
            told = true;
        }
    }
    Ok(told)
}
