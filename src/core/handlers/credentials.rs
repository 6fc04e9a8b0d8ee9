//! A coach's credential: handed in by the person, to be checked by staff (row D2).
//!
//! Invariant: a credential is seen by its person and by the staff to whom it was handed in, and by nobody else.

use super::programs::read_date;
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{credentials as view, refusals, staff};
use crate::domain::credentials::{MOST_HOURS, carries_label, check_dates};
use crate::domain::ids::PersonId;
use crate::domain::text::one_line;
use crate::domain::words::{ProgramState, ReviewState};
use crate::store::credentials::Credential;
use crate::store::people::Person;
use crate::store::programs::Program;

pub(super) async fn credential(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let program = ctx.program(args.get("program")).await?;
    if program.state == ProgramState::Closed {
        return Err(refusals::program_not_open(&program).into());
    }
    let earlier = ctx.tx.list_credentials_of(&program.id, &ctx.me.id).await?.pop();
    let mut form = view::form(&program, earlier.as_ref());
    if !args.has_other_than("program") && !filed {
        return Ok(Reply::Form(form));
    }
    let mut credential = Credential {
        id: ctx.core.next_id(),
        program_id: program.id.clone(),
        person_id: ctx.me.id.clone(),
        issuer: String::new(),
        level: String::new(),
        hours: 0,
        awarded_on: String::new(),
        expires_on: String::new(),
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
        field.error = set(&mut credential, &field.name, &field.value).err();
    }
    if let (Ok(awarded), Ok(expires)) = (read_date(&credential.awarded_on), read_date(&credential.expires_on))
        && let Err((name, words)) = check_dates(awarded, expires, program.zone.date(ctx.now))
        && let Some(field) = form.fields.iter_mut().find(|field| field.name == name)
    {
        field.error = Some(words.to_owned());
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    // One waits at a time: what was mistyped is handed in again.
    for earlier in ctx.tx.list_credentials_of(&program.id, &credential.person_id).await? {
        ctx.tx.delete_waiting_credential(&earlier.id).await?;
    }
    ctx.tx.insert_credential(&credential).await?;
    let note = staff::credential_waiting(&program, &ctx.me.name);
    super::review::tell_staff(ctx, &program, "credential", &note).await?;
    ctx.log(Some(&program), "role credential", &credential.id, "").await?;
    Ok(Reply::Private(view::handed_in(&program, &credential)))
}

/// Puts one value into the credential, or says why it cannot be.
fn set(credential: &mut Credential, field: &str, given: &str) -> Result<(), String> {
    let text = |most: usize, what: &str| match given.chars().count() {
        0 => Err(format!("Please fill in {what}.")),
        count if count > most => Err(format!("Please use at most {most} characters.")),
        _ => Ok(given.to_owned()),
    };
    match field {
        "issuer" => credential.issuer = text(80, "who awarded it")?,
        "level" => credential.level = text(60, "its level")?,
        "hours" => {
            let hours = given.parse().ok().filter(|hours| (1..=MOST_HOURS).contains(hours));
            credential.hours =
                hours.ok_or_else(|| format!("Write a whole number from 1 to {MOST_HOURS}."))?;
        }
        "awarded" => credential.awarded_on = read_date(given)?.to_string(),
        "expires" => credential.expires_on = read_date(given)?.to_string(),
        _ => {}
    }
    Ok(())
}

/// Tells a person that their credential is good.
pub(super) async fn approve(
    ctx: &mut Ctx<'_>,
    program: &Program,
    person: &Person,
    credential: &Credential,
) -> Outcome {
    let news = view::approved_news(program, credential);
    let subject = (credential.id.as_str(), "decided");
    ctx.core.tell_person(&mut ctx.tx, program, &person.id, subject, &news, ctx.now).await?;
    Ok(Reply::Private(view::approved(program, person, credential)))
}

/// Whether a person may be called a coach in a program today.
pub(super) async fn may_be_called_coach(
    ctx: &mut Ctx<'_>,
    program: &Program,
    person: &PersonId,
) -> Result<bool, Failure> {
    let today = program.zone.date(ctx.now);
    let all = ctx.tx.list_credentials_of(&program.id, person).await?;
    Ok(all.iter().any(|c| carries_label(c.state, c.hours, &c.expires_on, today)))
}
