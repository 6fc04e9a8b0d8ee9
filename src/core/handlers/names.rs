//! A group's own name and purpose (row C4).
//!
//! Invariant: no two groups of a programme answer to the same words, and a number is never a name.

use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{groups, refusals};
use crate::domain::text::one_line;
use crate::domain::words::GroupState;
use crate::store::groups::Group;

pub(super) async fn name(ctx: &mut Ctx<'_>, args: &Args, filed: bool) -> Outcome {
    let mut group = ctx.my_group(args.get("group")).await?;
    ctx.must_lead(&group, None).await?;
    let program = ctx.tx.get_program(&group.program_id).await?;
    if group.state != GroupState::Open {
        return Err(refusals::group_ended(&group).into());
    }
    let mut form = groups::name_form(&group);
    if !args.has_other_than("group") && !filed {
        return Ok(Reply::Form(form));
    }
    let others = ctx.tx.list_groups_of(&program.id).await?;
    for field in &mut form.fields {
        if let Some(given) = args.get(&field.name).or(filed.then_some("")) {
            one_line(given).trim().clone_into(&mut field.value);
            field.error = set(&mut group, &others, &field.name, &field.value).err();
        }
    }
    if form.has_errors() {
        return Ok(Reply::Form(form));
    }
    ctx.tx.mark_group(&group).await?;
    ctx.core.owe_card(&mut ctx.tx, &group).await?;
    ctx.log(Some(&program), "groups name", group.id.as_str(), "").await?;
    Ok(Reply::Private(groups::named(&group)))
}

/// Puts one value into the group, or says why it cannot be.
fn set(group: &mut Group, others: &[Group], field: &str, given: &str) -> Result<(), String> {
    let long = |most: usize| given.chars().count() > most;
    match field {
        "name" if given.is_empty() => Err("Please give it a name.".to_owned()),
        "name" if long(40) => Err("Please use at most 40 characters.".to_owned()),
        "name" => {
            let folded = given.to_lowercase();
            let as_number = folded.strip_prefix("group ").unwrap_or(&folded).trim_start_matches('#');
            let number = as_number.parse::<i64>().ok();
            let taken = others.iter().any(|g| g.id != group.id && g.name.to_lowercase() == folded);
            if taken || number.is_some_and(|n| n != group.number || folded == as_number) {
                return Err("Another group is called so, or could be. Choose another name.".to_owned());
            }
            given.clone_into(&mut group.name);
            Ok(())
        }
        "purpose" if long(200) => Err("Please use at most 200 characters.".to_owned()),
        "purpose" => {
            given.clone_into(&mut group.purpose);
            Ok(())
        }
        _ => Ok(()),
    }
}
