//! The finer rules of forming groups, as staff set them: meetings, places in the world, colleagues, weights.
//!
//! Invariant: a set of rules is saved whole or not at all, and only if it holds together.

use crate::core::ctx::{Ctx, settings_of};
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{refusals, rules as view};
use crate::domain::formation::{IndustryWish, Rules, Weights};
use crate::domain::text::shortened;
use crate::domain::words::ProgramState;

pub(super) async fn rules(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let mut program = ctx.program_as_staff(args.get("program")).await?;
    if program.state == ProgramState::Closed {
        return Err(refusals::program_not_open(&program).into());
    }
    let mut settings = settings_of(&program);
    let mut form = view::form(&program, &settings.formation);
    if !args.has_other_than("program") && !filed {
        return Ok(Reply::Form(form));
    }
    let mut rules = settings.formation.clone();
    for field in &mut form.fields {
        if let Some(given) = args.get(&field.name) {
            given.clone_into(&mut field.value);
            field.error = set(&mut rules, &field.name, given.trim()).err();
        }
    }
    if !form.has_errors()
        && let Err(fault) = rules.check()
        && let Some(field) = form.fields.first_mut()
    {
        field.error = Some(fault.to_string());
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    settings.formation = rules;
    program.settings = settings.to_json();
    if !ctx.tx.mark_program(&program).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    ctx.log(Some(&program), "program rules", program.id.as_str(), "").await?;
    Ok(Reply::Private(view::saved(&program)))
}

/// Puts one value into the rules, or says why it cannot be.
fn set(rules: &mut Rules, field: &str, given: &str) -> Result<(), String> {
    let number = |most: u8| {
        let number = given.parse::<u8>().ok().filter(|number| *number <= most);
        number.ok_or_else(|| format!("Write a whole number from 0 to {most}."))
    };
    match field {
        "fewest_mentors" => rules.min_mentors = usize::from(number(5)?),
        "slot" => rules.slot_hours = u32::from(number(24)?),
        "quorum" => rules.quorum_percent = number(100)?,
        "zones" => rules.max_zone_spread = Some(number(24)?).filter(|hours| *hours > 0),
        "per_organisation" => rules.per_organisation = number(30)?,
        "per_department" => rules.per_department = number(30)?,
        "same_manager" => rules.same_manager_apart = given == "apart",
        "mentor_industry" => {
            rules.mentor_industry = match given {
                "same" => IndustryWish::Same,
                "ignore" => IndustryWish::Ignore,
                _ => IndustryWish::Mixed,
            };
        }
        "weights" => rules.weights = weights(&rules.weights, given)?,
        _ => {}
    }
    Ok(())
}

/// Reads `needs 50, levels 10`; what is not named stays as it is, and `usual` goes back to the defaults.
fn weights(now: &Weights, given: &str) -> Result<Weights, String> {
    let mut all = now.by_name();
    for part in given.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        if part == "usual" {
            all = Weights::default().by_name();
            continue;
        }
        let (name, number) = part.rsplit_once([' ', ':', '=']).unwrap_or((part, ""));
        let name = name.trim().trim_end_matches([':', '=']).trim().to_lowercase().replace([' ', '-'], "_");
        let Some(entry) = all.get_mut(&name) else {
            let known: Vec<&str> = all.keys().map(String::as_str).collect();
            return Err(format!(
                "I know no weight called \"{}\". Use some of: {}.",
                shortened(&name),
                known.join(", ")
            ));
        };
        let number = number.trim().parse::<u16>().ok().filter(|number| *number <= 1_000);
        let Some(number) = number else {
            return Err(format!(
                "How much should {name} count? Write a number from 0 to 1000, such as {name} 20."
            ));
        };
        *entry = number;
    }
    Ok(Weights::from_names(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_set_by_name_and_the_others_stay() {
        let usual = Weights::default();
        let set = weights(&usual, "Needs: 50, new faces 0; levels=7").unwrap();
        assert_eq!(set, Weights { needs: 50, new_faces: 0, levels: 7, ..usual.clone() });
        assert_eq!(weights(&set, "usual, hours 1"), Ok(Weights { hours: 1, ..usual.clone() }));
        assert!(weights(&usual, "shoes 3").unwrap_err().contains("Use some of: credentials, departments"));
        assert!(weights(&usual, "needs many").unwrap_err().contains("such as needs 20"));
    }

    #[test]
    fn a_spread_of_0_hours_means_no_limit() {
        let mut rules = Rules::default();
        assert_eq!(set(&mut rules, "zones", "6"), Ok(()));
        assert_eq!(rules.max_zone_spread, Some(6));
        assert_eq!(set(&mut rules, "zones", "0"), Ok(()));
        assert_eq!(rules.max_zone_spread, None);
        assert!(set(&mut rules, "zones", "25").is_err());
    }
}
