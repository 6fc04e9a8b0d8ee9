//! Pulses: opening a wave, taking answers without a name, closing it and fixing its tables. Who answered and what was
//! answered are written to two tables that share no key.

use std::time::Duration;

use crate::core::Core;
use crate::core::ctx::Ctx;
use crate::core::owe::{Debt, To};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::rhythm::allowed_from;
use crate::core::views::{pulses, refusals};
use crate::domain::civil::Instant;
use crate::domain::hours::spread;
use crate::domain::ids::WaveId;
use crate::domain::pulses::{
    Answer, AnswerRow, Asked, FormId, PulseForm, REMINDER_DAYS, ResultTables, Thresholds, WINDOW_DAYS, tables,
};
use crate::domain::words::{InvitationState, NudgeKind, Role, WaveState};
use crate::store::programs::Program;
use crate::store::pulses::{AnswerRecord, WaveRow};
use crate::store::{StoreError, Tx};

/// How far invitations are spread, so that ten thousand people are not written to in one minute.
const SPREAD: Duration = Duration::from_hours(2);

/// A pulse opened early needs this many days to the one before it, so that nobody is asked twice in a row.
const DAYS_APART: i64 = 60;

/// Gives a wave its whole window from now on.
pub(in crate::core) fn open_from(wave: &mut WaveRow, program: &Program, now: Instant) {
    wave.opens_at = now;
    wave.opens_on = program.zone.date(now).to_string();
    wave.closes_at = now.plus_days(i64::from(WINDOW_DAYS));
    wave.closes_on = program.zone.date(wave.closes_at).to_string();
}

/// Opens a wave: everybody in the program is invited and reminded twice at most.
pub(in crate::core) async fn open_wave(
    core: &Core,
    tx: &mut Tx,
    program: &Program,
    mut wave: WaveRow,
    now: Instant,
) -> Result<bool, StoreError> {
    wave.state = WaveState::Open;
    if !tx.mark_wave(&wave, WaveState::Planned).await? {
        return Ok(false);
    }
    let roles = tx.list_roles_in(&program.id).await?;
    let mut forms = std::collections::BTreeMap::new();
    for row in roles {
        let form = match row.role {
            Role::Participant => FormId::Participant,
            Role::Mentor | Role::Coach => FormId::Mentor,
            _ => continue,
        };
        // Somebody who is both speaks as a participant: that form asks about the own group.
        let entry = forms.entry(row.person_id).or_insert(form);
        if form == FormId::Participant {
            *entry = form;
        }
    }
    for person in tx.list_persons_of(&program.id).await? {
        let Some(form) = forms.get(&person.id) else { continue };
        tx.insert_invitation(&wave.id, &person.id, form.key()).await?;
        let offset = spread(&format!("{}{}", wave.id, person.id), SPREAD);
        let days = std::iter::once((NudgeKind::PulseInvite, 0))
            .chain(REMINDER_DAYS.into_iter().map(|day| (NudgeKind::PulseReminder, i64::from(day))));
        for ((kind, day), n) in days.zip(0..) {
            let due = allowed_from(&person, now.plus_days(day)) + offset;
            let debt = Debt {
                kind,
                program: Some(&program.id),
                subject: wave.id.as_str(),
                to: To::Person(person.id.clone()),
                slot: &n.to_string(),
                note: "",
                due,
                not_after: wave.closes_at.minus_hours(12),
            };
            core.owe(tx, debt).await?;
        }
    }
    let debt = Debt {
        kind: NudgeKind::PulseClose,
        program: Some(&program.id),
        subject: wave.id.as_str(),
        to: To::Nobody,
        slot: &wave.closes_on,
        note: "",
        due: wave.closes_at,
        not_after: wave.closes_at.plus_days(400),
    };
    core.owe(tx, debt).await?;
    Ok(true)
}

/// Closes a wave: the answers are written anew in the order of their random keys, the tables are fixed, staff are
/// told.
pub(in crate::core) async fn close_wave(
    core: &Core,
    tx: &mut Tx,
    program: &Program,
    mut wave: WaveRow,
) -> Result<bool, StoreError> {
    let answers = tx.list_answers(&wave.id).await?;
    tx.delete_answers(&wave.id).await?;
    tx.insert_answers(&wave.id, &answers).await?;
    let response = tx.list_response(&wave.id).await?;
    let results: Vec<ResultTables> = response
        .iter()
        .filter_map(|(form, invited, answered)| {
            let form = core.content().form(FormId::from_key(form)?)?;
            Some(form_tables(form, &answers, *invited, *answered, &wave))
        })
        .collect();
    wave.state = WaveState::Closed;
    wave.results = serde_json::to_string(&results).ok();
    if !tx.mark_wave(&wave, WaveState::Open).await? {
        return Ok(false);
    }
    tx.mark_withdrawn(wave.id.as_str(), "the pulse has closed").await?;
    core.tell_staff(tx, &program.id, NudgeKind::PulseResults, wave.id.as_str(), "results", "").await?;
    Ok(true)
}

fn form_tables(
    form: &PulseForm,
    answers: &[AnswerRecord],
    invited: i64,
    answered: i64,
    wave: &WaveRow,
) -> ResultTables {
    let rows: Vec<AnswerRow> = answers
        .iter()
        .filter(|answer| answer.form == form.id.key())
        .map(|answer| AnswerRow {
            item: answer.item.clone(),
            score: answer.score.and_then(|score| u8::try_from(score).ok()),
            text: answer.body.clone(),
        })
        .collect();
    let asked = Asked {
        invited: u32::try_from(invited).unwrap_or(0),
        answered: u32::try_from(answered).unwrap_or(0),
    };
    let seed = crate::domain::starters::seed_for(wave.id.as_str(), form.id.key());
    tables(form, &rows, asked, Thresholds::default(), seed)
}

pub(super) fn preview(ctx: &Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    if filed {
        return Ok(Reply::Private(pulses::preview_done()));
    }
    let id = args.get("form").and_then(FormId::from_key).unwrap_or(FormId::Participant);
    match ctx.core.content().form(id) {
        Some(form) => Ok(Reply::Form(pulses::form(form, None))),
        None => Err(pulses::none_open().into()),
    }
}

/// The wave meant, and how the person was invited to it.
async fn my_wave(ctx: &mut Ctx<'_>, args: &Args) -> Result<(WaveRow, FormId), Failure> {
    let wave = match args.get("wave") {
        Some(id) => ctx.tx.find_wave(&WaveId::new(id.to_lowercase())).await?,
        None => ctx.tx.list_open_waves_for(&ctx.me.id).await?.into_iter().next(),
    };
    let Some(wave) = wave.filter(|wave| wave.state == WaveState::Open) else {
        return Err(pulses::none_open().into());
    };
    match ctx.tx.find_invitation(&wave.id, &ctx.me.id).await? {
        None => Err(pulses::none_open().into()),
        Some((_, InvitationState::Answered)) => Err(pulses::answered_already().into()),
        Some((form, _)) => Ok((wave, FormId::from_key(&form).unwrap_or(FormId::Participant))),
    }
}

pub(super) async fn answer(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let (wave, id) = my_wave(ctx, args).await?;
    let Some(questions) = ctx.core.content().form(id) else { return Err(pulses::none_open().into()) };
    let mut form = pulses::form(questions, Some(&wave));
    if !filed {
        return Ok(Reply::Form(form));
    }
    let mut rows = Vec::new();
    for field in &mut form.fields {
        let typed = ctx.answers.get(&field.name).cloned().unwrap_or_default();
        field.value.clone_from(&typed);
        let read = if typed.trim().is_empty() || typed == "cannot-say" {
            Ok(Answer::CannotSay)
        } else {
            questions.read(&field.name, &typed)
        };
        match read {
            Ok(answer) => rows.extend(answer.row(&field.name)),
            Err(fault) => field.error = Some(fault.to_string()),
        }
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    if rows.is_empty() {
        return Err(pulses::empty().into());
    }
    let me = ctx.me.id.clone();
    if !ctx.tx.mark_invitation(&wave.id, &me, InvitationState::Answered).await? {
        return Err(pulses::answered_already().into());
    }
    stop_asking(ctx, &wave).await?;
    let records: Vec<AnswerRecord> = rows
        .into_iter()
        .map(|row| AnswerRecord {
            id: ctx.core.ids.random(),
            form: id.key().to_owned(),
            item: row.item,
            score: row.score.map(i64::from),
            body: row.text,
        })
        .collect();
    ctx.tx.insert_answers(&wave.id, &records).await?;
    Ok(Reply::Private(pulses::answered()))
}

/// Reminders stop at once.
async fn stop_asking(ctx: &mut Ctx<'_>, wave: &WaveRow) -> Result<(), Failure> {
    let me = ctx.me.id.clone();
    ctx.tx.mark_withdrawn_for(wave.id.as_str(), &me, "the person has answered or said not this time").await?;
    ctx.tx.mark_answered(wave.id.as_str(), &me).await?;
    Ok(())
}

pub(super) async fn skip(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (wave, _) = my_wave(ctx, args).await?;
    let me = ctx.me.id.clone();
    ctx.tx.mark_invitation(&wave.id, &me, InvitationState::Declined).await?;
    stop_asking(ctx, &wave).await?;
    Ok(Reply::Private(pulses::skipped()))
}

pub(super) async fn open(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    if program.state != crate::domain::words::ProgramState::Open {
        return Err(refusals::program_not_open(&program).into());
    }
    let waves = ctx.tx.list_waves_of(&program.id).await?;
    if waves.iter().any(|w| w.state == WaveState::Open) {
        return Err(refusals::leading(
            "A pulse is open already. It closes by itself, or with ",
            "pulse close",
            ".",
        )
        .into());
    }
    if waves.iter().any(|w| w.state == WaveState::Closed && w.closes_at > ctx.now.minus_days(DAYS_APART)) {
        return Err(refusals::leading(
            format!(
                "The last pulse closed less than {DAYS_APART} days ago. People answer better when they are not asked \
                 too often. See the date of the next one with "
            ),
            format!("program show {}", program.slug),
            ".",
        )
        .into());
    }
    let Some(mut wave) = waves.into_iter().find(|w| w.state == WaveState::Planned) else {
        return Err(pulses::none_planned().into());
    };
    ctx.tx.mark_withdrawn(wave.id.as_str(), "the pulse was opened by hand").await?;
    open_from(&mut wave, &program, ctx.now);
    let (core, now) = (ctx.core, ctx.now);
    open_wave(core, &mut ctx.tx, &program, wave.clone(), now).await?;
    ctx.log(Some(&program), "pulse open", wave.id.as_str(), args.get("reason").unwrap_or_default()).await?;
    Ok(Reply::Private(pulses::opened(&wave)))
}

pub(super) async fn close(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let waves = ctx.tx.list_waves_of(&program.id).await?;
    let Some(wave) = waves.into_iter().find(|w| w.state == WaveState::Open) else {
        return Err(pulses::none_to_close().into());
    };
    let core = ctx.core;
    close_wave(core, &mut ctx.tx, &program, wave.clone()).await?;
    ctx.log(Some(&program), "pulse close", wave.id.as_str(), args.get("reason").unwrap_or_default()).await?;
    Ok(Reply::Private(pulses::closed(&wave)))
}

pub(super) async fn results(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as(args.get("program"), &[Role::Staff, Role::Sponsor]).await?;
    let number = args.get("number").and_then(|n| n.parse::<i64>().ok());
    let waves = ctx.tx.list_waves_of(&program.id).await?;
    let wave =
        waves.into_iter().rfind(|w| w.state == WaveState::Closed && number.is_none_or(|n| w.number == n));
    let Some(wave) = wave else { return Err(pulses::no_results().into()) };
    let mut tables: Vec<ResultTables> =
        wave.results.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    if !ctx.standing.is_in(&program.id, Role::Staff) {
        // Comments are read by staff first; a sponsor sees figures.
        for table in &mut tables {
            table.texts.clear();
        }
    }
    Ok(Reply::Private(pulses::results(&program, &wave, &tables)))
}
