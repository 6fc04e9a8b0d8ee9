//! What staff look at and decide about, one by one: applications of mentors and credentials of coaches.
//!
//! Invariant: nobody decides about what is their own, and what was decided stays decided. Reasons go to the person
//! and into no log.

use super::{applications, credentials};
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::review::{self as view, Entry};
use crate::core::views::staff::Notice;
use crate::core::views::{applications as application_words, credentials as credential_words, refusals};
use crate::domain::text::one_line;
use crate::domain::words::{NudgeKind, ReviewState, Role};
use crate::store::people::Person;
use crate::store::programs::Program;

/// The longest reason.
const MOST_REASON: usize = 400;

pub(super) async fn waiting(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let mut shown = Vec::new();
    for entry in waiting_in(ctx, &program).await? {
        shown.push((ctx.tx.get_person(entry.person()).await?, entry));
    }
    let asked = applications::asked(ctx, &program).await?;
    Ok(Reply::Private(view::waiting(&program, &shown, (&ctx.core.content().library, &asked))))
}

/// What waits for the staff of a program, oldest first.
pub(super) async fn waiting_in(ctx: &mut Ctx<'_>, program: &Program) -> Result<Vec<Entry>, Failure> {
    let applications = ctx.tx.list_applications_in(&program.id).await?.into_iter().map(Entry::Application);
    let credentials = ctx.tx.list_credentials_in(&program.id).await?.into_iter().map(Entry::Credential);
    let mut all: Vec<Entry> =
        applications.chain(credentials).filter(|entry| entry.state() == ReviewState::Waiting).collect();
    all.sort_by(|a, b| a.id().cmp(b.id()));
    Ok(all)
}

pub(super) async fn record(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (mut program, mut person) = (args.get("program"), args.get("person"));
    // Staff may name somebody alone, or before the programme.
    if let Some(words) = program
        && ctx.standing.roles.iter().any(|row| row.role == Role::Staff)
        && ctx.names_person_only(words).await?
    {
        std::mem::swap(&mut program, &mut person);
    }
    let (program, person) = match person {
        Some(name) => (ctx.program_as_staff(program).await?, ctx.person(name).await?),
        None => (ctx.program(program).await?, ctx.me.clone()),
    };
    let applications = ctx.tx.list_applications_of(&program.id, &person.id).await?;
    let credentials = ctx.tx.list_credentials_of(&program.id, &person.id).await?;
    let all = applications.into_iter().map(Entry::Application);
    let mut entries = Vec::new();
    for entry in all.chain(credentials.into_iter().map(Entry::Credential)) {
        let by = match entry.checked_by() {
            Some(id) => ctx.tx.get_person(id).await?.name,
            None => String::new(),
        };
        entries.push((entry, by));
    }
    let roles = ctx.tx.list_roles_of(&person.id).await?;
    let roles: Vec<Role> = roles.into_iter().filter(|r| r.program_id == program.id).map(|r| r.role).collect();
    let mine = person.id == ctx.me.id;
    if !mine && roles.is_empty() && entries.is_empty() {
        return Err(view::no_record(&program, &person.name).into());
    }
    let shown = view::Record { program: &program, person: &person, roles: &roles, entries: &entries };
    Ok(Reply::Private(view::record(&shown, mine, program.zone.date(ctx.now))))
}

pub(super) async fn approve(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (program, person, mut entry) = entry(ctx, args).await?;
    if let Entry::Credential(credential) = &entry
        && crate::domain::credentials::has_ended(&credential.expires_on, program.zone.date(ctx.now))
    {
        return Err(view::ended(&person.name).into());
    }
    decide(ctx, &program, &mut entry, ReviewState::Approved, String::new()).await?;
    match entry {
        Entry::Application(application) => applications::approve(ctx, &program, person, &application).await,
        Entry::Credential(credential) => credentials::approve(ctx, &program, &person, &credential).await,
    }
}

pub(super) async fn decline(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let (program, person, mut entry) = entry(ctx, args).await?;
    let reason = one_line(args.get("reason").unwrap_or_default()).trim().to_owned();
    let error = match reason.chars().count() {
        0 if filed => Some("Please say why in a sentence or two: the person reads it.".to_owned()),
        count if count > MOST_REASON => Some(format!("Please use at most {MOST_REASON} characters.")),
        _ => None,
    };
    if reason.is_empty() || error.is_some() {
        return Ok(Reply::Form(view::decline_form(&person.name, entry.id(), reason, error)));
    }
    decide(ctx, &program, &mut entry, ReviewState::Declined, reason).await?;
    let news = match &entry {
        Entry::Application(application) => application_words::declined_news(&program, application),
        Entry::Credential(credential) => credential_words::declined_news(&program, credential),
    };
    let subject = (entry.id(), "decided");
    ctx.core.tell_person(&mut ctx.tx, &program, &person.id, subject, &news, ctx.now).await?;
    Ok(Reply::Private(view::declined(&person.name)))
}

/// What is meant by an id, or by the name of the person whose it is.
async fn entry(ctx: &mut Ctx<'_>, args: &Args) -> Result<(Program, Person, Entry), Failure> {
    let words = args.get("entry").unwrap_or_default().trim().to_owned();
    let mut staffed: Vec<_> =
        ctx.standing.roles.iter().filter(|r| r.role == Role::Staff).map(|r| r.program_id.clone()).collect();
    staffed.sort();
    let mut all = Vec::new();
    for id in staffed {
        let program = ctx.tx.get_program(&id).await?;
        all.extend(waiting_in(ctx, &program).await?.into_iter().map(|entry| (program.clone(), entry)));
    }
    let mut found: Vec<(Program, Entry)> = match all.iter().position(|(_, entry)| entry.id() == words) {
        Some(at) => vec![all.swap_remove(at)],
        None if is_known(ctx, &words).await? => Vec::new(),
        None => {
            let (person, number) = whose(ctx, &words).await?;
            let mut theirs = all;
            theirs.retain(|(_, entry)| *entry.person() == person.id);
            match number {
                None if theirs.len() > 1 => return Err(view::several_wait(&person.name, &theirs).into()),
                None => theirs,
                Some(number) if number <= theirs.len() => vec![theirs.swap_remove(number - 1)],
                Some(_) => return Err(view::no_such_number().into()),
            }
        }
    };
    let Some((program, entry)) = found.pop() else { return Err(view::nothing_waits().into()) };
    if *entry.person() == ctx.me.id {
        return Err(refusals::plain("That is your own. Ask somebody else on the staff to look at it.").into());
    }
    let person = ctx.tx.get_person(entry.person()).await?;
    Ok((program, person, entry))
}

/// Whose it is, and which of several things where a number stands behind the name: `Ada Example 2`.
async fn whose(ctx: &mut Ctx<'_>, words: &str) -> Result<(Person, Option<usize>), Failure> {
    let numbered = words.rsplit_once(' ').and_then(|(name, number)| {
        let number = number.parse::<usize>().ok().filter(|number| *number > 0)?;
        Some((name.trim().trim_matches('"'), number))
    });
    match (ctx.person(words).await, numbered) {
        (Err(Failure::Refused(_)), Some((name, number))) => Ok((ctx.person(name).await?, Some(number))),
        (found, _) => Ok((found?, None)),
    }
}

/// Whether this is the id of something that was handed in, now or earlier.
async fn is_known(ctx: &mut Ctx<'_>, id: &str) -> Result<bool, Failure> {
    Ok(ctx.tx.find_application(id).await?.is_some() || ctx.tx.find_credential(id).await?.is_some())
}

/// Writes the decision down, with who made it and when, and in the log that it was made.
async fn decide(
    ctx: &mut Ctx<'_>,
    program: &Program,
    entry: &mut Entry,
    state: ReviewState,
    reason: String,
) -> Result<(), Failure> {
    let (by, at) = (Some(ctx.me.id.clone()), Some(ctx.now));
    let first = match entry {
        Entry::Application(a) => {
            (a.state, a.reason, a.checked_by, a.checked_at) = (state, reason, by, at);
            ctx.tx.mark_application(a).await?
        }
        Entry::Credential(c) => {
            (c.state, c.reason, c.checked_by, c.checked_at) = (state, reason, by, at);
            ctx.tx.mark_credential(c).await?
        }
    };
    if !first {
        return Err(refusals::changed_meanwhile().into());
    }
    let act = if state == ReviewState::Approved { "role approve" } else { "role decline" };
    ctx.log(Some(program), act, entry.id(), "").await
}

/// Tells staff that something waits, at most once a day for each person and kind.
pub(super) async fn tell_staff(
    ctx: &mut Ctx<'_>,
    program: &Program,
    what: &str,
    note: &Notice,
) -> Result<(), Failure> {
    let (core, me) = (ctx.core, ctx.me.id.clone());
    let slot = format!("{what} {}", program.zone.date(ctx.now));
    let kind = NudgeKind::StaffNotice;
    core.tell_staff(&mut ctx.tx, &program.id, kind, me.as_str(), &slot, &note.to_note()).await?;
    Ok(())
}
