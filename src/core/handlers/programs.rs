//! Founding programs, showing them and setting them up; a program without two pulses in twelve months is refused
//! (row B39).

use jiff::civil::Date;

use super::waves::replan_waves;
use crate::content::Content;
use crate::core::ctx::{Ctx, settings_of};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{programs, refusals};
use crate::domain::civil::Zone;
use crate::domain::formation::IndustryWish;
use crate::domain::ids::ProgramId;
use crate::domain::pulses::plan_waves;
use crate::domain::settings::Settings;
use crate::domain::words::{GroupState, ProgramState, Role};
use crate::store::programs::Program;

pub(super) async fn create(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let today = ctx.me.zone.date(ctx.now);
    let start = today.checked_add(jiff::Span::new().days(7)).unwrap_or(today);
    let end =
        start.checked_add(jiff::Span::new().years(1)).and_then(jiff::civil::Date::yesterday).unwrap_or(start);
    let mut form = programs::create_form(ctx.me.zone.name(), &start.to_string(), &end.to_string());
    if args.is_empty() && !filed {
        return Ok(Reply::Form(form));
    }
    for field in &mut form.fields {
        if let Some(given) = args.get(&field.name).or(filed.then_some("")) {
            given.clone_into(&mut field.value);
        }
        if field.required && field.value.trim().is_empty() {
            field.error = Some("Please fill this in.".to_owned());
        }
    }
    let typed = form.clone();
    let value = |name: &str| typed.field(name).map(|f| f.value.clone()).unwrap_or_default();
    let slug = value("slug").to_lowercase();
    let mut errors: Vec<(&str, String)> = Vec::new();
    let slug_right = (2..=30).contains(&slug.len())
        && slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !slug_right {
        errors.push(("slug", "Use 2 to 30 small letters, digits and dashes.".to_owned()));
    } else if ctx.tx.find_program(&slug).await?.is_some() {
        errors.push(("slug", "This short name is taken. Choose another one.".to_owned()));
    }
    let zone = Zone::parse(&value("zone")).map_err(|e| errors.push(("zone", e.to_string()))).ok();
    let starts = read_date(&value("starts")).map_err(|e| errors.push(("starts", e))).ok();
    let ends = read_date(&value("ends")).map_err(|e| errors.push(("ends", e))).ok();
    let mut settings = Settings {
        difference: value("difference").parse().unwrap_or(Settings::default().difference),
        cadence: value("cadence"),
        waves_per_year: value("waves").parse().unwrap_or(2),
        ..Settings::default()
    };
    if settings.cadence.trim().is_empty() {
        settings.cadence = Settings::default().cadence;
    }
    if let (Some(starts), Some(ends), Some(zone)) = (starts, ends, &zone) {
        errors.extend(check_dates(starts, ends, &settings));
        if let Err(error) = check_cadence(&settings.cadence, zone, starts) {
            errors.push(("cadence", error));
        }
    }
    for (name, error) in errors {
        if let Some(field) = form.fields.iter_mut().find(|f| f.name == name)
            && field.error.is_none()
        {
            field.error = Some(error);
        }
    }
    let (Some(zone), false) = (zone, form.has_errors()) else { return Ok(Reply::Form(form)) };
    let program = Program {
        id: ProgramId::new(ctx.core.next_id()),
        slug,
        name: value("name").chars().take(80).collect(),
        owner_id: ctx.me.id.clone(),
        state: ProgramState::Draft,
        goal: value("goal").chars().take(300).collect(),
        starts_on: value("starts"),
        ends_on: value("ends"),
        zone,
        settings: settings.to_json(),
        version: 1,
        created_at: ctx.now,
        opened_at: None,
    };
    found(ctx, &program).await?;
    Ok(Reply::Private(programs::created(&program)))
}

async fn found(ctx: &mut Ctx<'_>, program: &Program) -> Result<(), Failure> {
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    ctx.tx.insert_program(program).await?;
    ctx.tx.insert_program_workspace(&program.id, &ctx.workspace.id).await?;
    ctx.tx.insert_role(&program.id, &me, Role::Staff, &me, now).await?;
    ctx.log(Some(program), "program create", program.id.as_str(), "").await
}

pub(super) fn read_date(text: &str) -> Result<Date, String> {
    text.trim().parse().map_err(|_| "Write the date as 2027-01-31.".to_owned())
}

fn check_dates(starts: Date, ends: Date, settings: &Settings) -> Vec<(&'static str, String)> {
    if ends < starts {
        return vec![("ends", "The last day is before the first. Choose a later one.".to_owned())];
    }
    let mut errors = Vec::new();
    if let Err(fault) = settings.check() {
        errors.push((field_at_fault(settings), fault.to_string()));
    } else if let Err(fault) = plan_waves(starts, ends, settings.waves_per_year, &freezes(settings)) {
        errors.push(("ends", fault.to_string()));
    }
    errors
}

/// The field to which a fault of the settings belongs, in the order in which they are checked.
fn field_at_fault(settings: &Settings) -> &'static str {
    let load = &settings.load;
    if !(2..=3).contains(&settings.waves_per_year) {
        "waves"
    } else if !(15..=480).contains(&settings.minutes) {
        "minutes"
    } else if load.per_day == 0 {
        "per_day"
    } else if load.per_week == 0 {
        "per_week"
    } else if load.per_month == 0 {
        "per_month"
    } else {
        "largest"
    }
}

fn check_cadence(words: &str, zone: &Zone, today: Date) -> Result<(), String> {
    let all = crate::domain::week::WeekMask::EMPTY;
    crate::core::rhythm::cadence_for_group(words, &all, zone, today).map(drop).map_err(|e| e.to_string())
}

pub(super) fn freezes(settings: &Settings) -> Vec<(Date, Date)> {
    settings
        .freeze
        .iter()
        .filter_map(|span| span.split_once(".."))
        .filter_map(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)))
        .collect()
}

pub(super) async fn show(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program(args.get("program")).await?;
    let roles = ctx.tx.list_roles_in(&program.id).await?;
    let groups = ctx.tx.list_groups_of(&program.id).await?;
    let open = groups.iter().filter(|group| group.state == GroupState::Open).count();
    let waves = ctx.tx.list_waves_of(&program.id).await?;
    let staff = ctx.standing.is_in(&program.id, Role::Staff);
    let joined = super::people::joined_any(ctx, &program);
    let settings = settings_of(&program);
    Ok(Reply::Private(programs::show(
        &program,
        &settings,
        &roles,
        (open, groups.len() - open),
        &waves,
        staff,
        joined,
    )))
}

pub(super) async fn settings(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let mut program = ctx.program_as_staff(args.get("program")).await?;
    if program.state == ProgramState::Closed {
        return Err(refusals::program_not_open(&program).into());
    }
    let before = settings_of(&program);
    let mut form = programs::settings_form(&program, &before);
    if !args.has_other_than("program") && !filed {
        return Ok(Reply::Form(form));
    }
    let mut after = before.clone();
    for field in &mut form.fields {
        if let Some(given) = args.get(&field.name) {
            given.clone_into(&mut field.value);
            field.error = set(ctx.core.content(), &mut after, &mut program, &field.name, given).err();
        }
    }
    let (starts, ends) = (read_date(&program.starts_on), read_date(&program.ends_on));
    if let (Ok(starts), Ok(ends)) = (starts, ends) {
        let mut errors = check_dates(starts, ends, &after);
        if let Err(error) = check_cadence(&after.cadence, &program.zone, starts) {
            errors.push(("cadence", error));
        }
        if let Err(fault) = after.formation.check() {
            errors.push(("largest", fault.to_string()));
        }
        for (name, error) in errors {
            if let Some(field) = form.fields.iter_mut().find(|f| f.name == name)
                && field.error.is_none()
            {
                field.error = Some(error);
            }
        }
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    program.settings = after.to_json();
    save(ctx, &mut program).await?;
    if program.state != ProgramState::Draft {
        replan_waves(ctx.core, &mut ctx.tx, &program, &after, ctx.now).await?;
        super::schedule::end_earlier(ctx, &program).await?;
    }
    if after.events != before.events {
        for group in ctx.tx.list_open_groups_of(&program.id).await? {
            ctx.core.owe_card(&mut ctx.tx, &group).await?;
        }
    }
    ctx.log(Some(&program), "program settings", program.id.as_str(), "").await?;
    Ok(Reply::Private(programs::settings_saved(&program)))
}

fn set(
    content: &Content,
    s: &mut Settings,
    program: &mut Program,
    field: &str,
    given: &str,
) -> Result<(), String> {
    let number = || given.trim().parse::<u32>().map_err(|_| "Write a whole number.".to_owned());
    let size = || number().map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    match field {
        "smallest" => s.formation.min_participants = size()?,
        "largest" => s.formation.max_participants = size()?,
        "mentors" => s.formation.max_mentors = size()?,
        "per_unit" => {
            s.formation.per_unit =
                u8::try_from(number()?).map_err(|_| "Write a number up to 30.".to_owned())?;
        }
        "common_hours" => s.formation.min_common_hours = number()?,
        "industry" => {
            s.formation.industry = match given {
                "same" => IndustryWish::Same,
                "ignore" => IndustryWish::Ignore,
                _ => IndustryWish::Mixed,
            };
        }
        "new_mentors" => s.mentors_apply = given == "apply",
        "cadence" => given.trim().clone_into(&mut s.cadence),
        "minutes" => s.minutes = number()?,
        "lead" => s.lead = given.parse().map_err(|e: crate::domain::words::NotListed| e.to_string())?,
        "place" => s.place = given.chars().take(200).collect(),
        "holidays" => {
            let keys = crate::core::candidates::tags(given);
            if let Some(other) = keys.iter().find(|key| content.holidays.get(key).is_none()) {
                let known: Vec<&str> = content.holidays.calendars.iter().map(|c| c.key.as_str()).collect();
                let other = crate::domain::text::shortened(other);
                return Err(format!(
                    "I have no calendar called \"{other}\". Use some of: {}.",
                    known.join(", ")
                ));
            }
            s.holidays = keys;
        }
        "waves" => s.waves_per_year = number()?,
        "per_day" => s.load.per_day = number()?,
        "per_week" => s.load.per_week = number()?,
        "per_month" => s.load.per_month = number()?,
        "events" => s.events = given == "show",
        "ends" => program.ends_on = read_date(given)?.to_string(),
        _ => {}
    }
    Ok(())
}

pub(super) async fn save(ctx: &mut Ctx<'_>, program: &mut Program) -> Result<(), Failure> {
    if !ctx.tx.mark_program(program).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    program.version += 1;
    Ok(())
}
