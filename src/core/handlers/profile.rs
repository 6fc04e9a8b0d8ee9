//! The profile: read from a form or from typed arguments, each field checked, everything typed kept when one is
//! wrong. A changed manager is checked against the groups at once.

use std::collections::BTreeSet;

use crate::chat::Form;
use crate::core::candidates::tags;
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{people, staff};
use crate::domain::civil::Zone;
use crate::domain::hours::Availability;
use crate::domain::ids::PersonId;
use crate::domain::languages::{NoLanguage, code};
use crate::domain::starters::Library;
use crate::domain::text::{one_line, shortened};
use crate::domain::words::NudgeKind;
use crate::store::people::Person;

pub(super) async fn profile(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let mut form = current_form(ctx).await?;
    if args.is_empty() && !filed {
        return Ok(Reply::Form(form));
    }
    let before = form.clone();
    let mut person = ctx.me.clone();
    let library = &ctx.core.content().library;
    for field in &mut form.fields {
        let given = args.get(&field.name);
        if let Some(given) = given.or(filed.then_some("")) {
            given.clone_into(&mut field.value);
            field.error = set(&mut person, library, &field.name, given).err();
        }
    }
    if let Some(field) = form.fields.iter_mut().find(|f| f.name == "manager") {
        match manager_of(ctx, args, filed).await? {
            Ok(Some(manager)) => person.manager_id = manager,
            Ok(None) => {}
            Err(error) => field.error = Some(error),
        }
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    if person.zone != ctx.me.zone || (!filed && args.get("zone").is_some()) {
        person.zone_chosen = 1;
    }
    let manager_changed = person.manager_id != ctx.me.manager_id;
    person.profile_at = Some(ctx.now);
    person.updated_at = ctx.now;
    ctx.tx.mark_person(&person).await?;
    ctx.me = person;
    if manager_changed {
        recheck_lines(ctx).await?;
    }
    let after = current_form(ctx).await?;
    Ok(Reply::Private(people::profile_saved(&ctx.me, &before, &after)))
}

async fn current_form(ctx: &mut Ctx<'_>) -> Result<Form, Failure> {
    let library = &ctx.core.content().library;
    let manager = match &ctx.me.manager_id {
        Some(id) => ctx.tx.find_person(id).await?.map(|p| p.name).unwrap_or_default(),
        None => String::new(),
    };
    Ok(people::profile_form(&ctx.me, library, &manager))
}

/// Puts one value into the person, or says why it cannot be.
fn set(person: &mut Person, library: &Library, field: &str, given: &str) -> Result<(), String> {
    let given = one_line(given);
    let given = given.trim();
    let limit = |max: usize| {
        if given.chars().count() > max {
            Err(format!("Please use at most {max} characters."))
        } else {
            Ok(given.to_owned())
        }
    };
    let needed = |value: String, what: &str| {
        if value.is_empty() { Err(format!("Please fill in {what}.")) } else { Ok(value) }
    };
    match field {
        "name" => person.name = needed(limit(80)?, "your name")?,
        "organisation" => person.organisation = needed(limit(80)?, "your employer")?,
        "unit" => person.unit = limit(80)?,
        "industry" => person.industry = limit(60)?,
        "interests" => person.interests = topic_list(library, given)?,
        "needs" => person.needs = topic_list(library, given)?,
        "offers" => person.offers = topic_list(library, given)?,
        "languages" => person.languages = language_list(given)?,
        "level" => person.level = number(given, 0, 7)?,
        "new_to" => person.new_to = limit(60)?,
        "found" if !given.is_empty() => person.findable = i64::from(given == "yes"),
        "years" => person.office_years = number(given, 0, 60)?,
        "office" if !given.is_empty() => person.in_office = i64::from(given == "yes"),
        "capacity" => person.capacity = number(given, 0, 5)?,
        "answer" => person.answer_hours = number(given, 0, 336)?,
        "need" if !given.is_empty() => {
            person.need = given
                .parse()
                .map_err(|e: crate::domain::words::NotListed| format!("{e}. Choose one of them."))?;
        }
        "zone" => person.zone = Zone::parse(given).map_err(|error| error.to_string())?,
        "availability" => {
            let hours: Availability =
                given.parse().map_err(|e: crate::domain::hours::HoursError| e.to_string())?;
            if hours.is_empty() {
                return Err("Please leave at least one window open, such as tue 9:00-12:00.".to_owned());
            }
            person.availability = hours.to_string();
        }
        _ => {}
    }
    Ok(())
}

fn number(given: &str, min: i64, max: i64) -> Result<i64, String> {
    if given.is_empty() {
        return Ok(min);
    }
    given
        .parse()
        .ok()
        .filter(|n| (min..=max).contains(n))
        .ok_or_else(|| format!("Write a whole number from {min} to {max}."))
}

/// Topics as they are stored, or what is wrong with them.
pub(super) fn topic_list(library: &Library, given: &str) -> Result<String, String> {
    let words = library.topics(given);
    if words.len() > 12 {
        return Err("Please name at most 12 topics: the ones that matter most.".to_owned());
    }
    match words.iter().find(|word| word.chars().count() > 40) {
        Some(long) => Err(format!(
            "\"{}\" is long for a topic. Use a word or two, and commas in between.",
            shortened(long)
        )),
        None => Ok(words.join(", ")),
    }
}

fn language_list(given: &str) -> Result<String, String> {
    let codes: Result<Vec<String>, NoLanguage> = tags(given).iter().map(|word| code(word)).collect();
    codes.map(|codes| codes.join(", ")).map_err(|error| error.to_string())
}

type ManagerField = Result<Option<Option<PersonId>>, String>;

/// `Ok(None)`: not given; `Ok(Some(None))`: nobody.
async fn manager_of(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Result<ManagerField, Failure> {
    let given = args.get("manager").unwrap_or_default().trim().trim_start_matches('@').to_owned();
    if given.is_empty() {
        return Ok(Ok(filed.then_some(None)));
    }
    if matches!(given.as_str(), "none" | "nobody" | "-") {
        return Ok(Ok(Some(None)));
    }
    // The form repeats the name that is known, which somebody else may bear by now.
    if filed && let Some(known) = ctx.me.manager_id.clone() {
        let known = ctx.tx.get_person(&known).await?;
        if known.name == given {
            return Ok(Ok(Some(Some(known.id))));
        }
    }
    match ctx.person(&given).await {
        Ok(person) if person.id == ctx.me.id => {
            Ok(Err("You cannot be your own manager. Leave it empty if nobody here appraises you.".to_owned()))
        }
        Ok(person) => Ok(Ok(Some(Some(person.id)))),
        Err(Failure::Refused(_)) => Ok(Err(format!(
            "I know nobody by the name \"{}\" here, or more than one. Write the whole name, with the employer in brackets \
             where several have one name, or leave it empty if they do not use this workspace.",
            shortened(&given)
        ))),
        Err(fault) => Err(fault),
    }
}

/// Tells staff when a group now holds two people of one reporting line (rows A9, B12). A new manager changes the
/// line of everybody below, too.
async fn recheck_lines(ctx: &mut Ctx<'_>) -> Result<(), Failure> {
    let managers = ctx.tx.list_managers().await?;
    let line = crate::domain::lines::Lines::new(managers.iter().map(|(a, b)| (a.as_str(), b.as_str())));
    let below = line.below(ctx.me.id.as_str());
    let mut told = BTreeSet::new();
    for one in below.iter().map(|id| PersonId::new(*id)) {
        for group in ctx.tx.list_groups_with(&one).await? {
            let members = ctx.tx.list_members_with_persons(&group.id).await?;
            let Some(name) = members.iter().find(|(m, _)| m.person_id == one).map(|(_, p)| p.name.clone())
            else {
                continue;
            };
            for (member, person) in &members {
                let other = &member.person_id;
                let pair = (group.id.clone(), one.clone().min(other.clone()), one.clone().max(other.clone()));
                if *other == one || !line.in_one_line(one.as_str(), other.as_str()) || !told.insert(pair) {
                    continue;
                }
                let program = ctx.tx.get_program(&group.program_id).await?;
                let note = staff::line_in_group(&program, &group.name, &name, &person.name).to_note();
                let slot = format!("line {one} {other} {}", ctx.now);
                let (core, kind, subject) = (ctx.core, NudgeKind::StaffNotice, group.id.as_str());
                core.tell_staff(&mut ctx.tx, &program.id, kind, subject, &slot, &note).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_tidied_and_long_lists_refused() {
        let library = Library::default();
        assert_eq!(topic_list(&library, " Cloud, cloud ,Politics"), Ok("cloud, politics".to_owned()));
        let many: Vec<String> = (0..13).map(|n| format!("topic{n}")).collect();
        assert!(topic_list(&library, &many.join(",")).is_err());
    }

    #[test]
    fn languages_are_codes() {
        assert_eq!(language_list("EN, de"), Ok("de, en".to_owned()));
        assert!(language_list("english").is_err());
    }
}
