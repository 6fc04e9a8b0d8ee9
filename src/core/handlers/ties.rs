//! What staff know about people and organisations: who never shares a group, who always does, and whose interests
//! conflict.
//!
//! Invariant: why two sides are kept apart is told to nobody but the staff of the programme.

use std::collections::BTreeMap;

use crate::core::ctx::Ctx;
use crate::core::formation::{ORGANISATION, PERSON};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{refusals, ties};
use crate::domain::words::TieKind;
use crate::store::people::Person;
use crate::store::plans::Tie;
use crate::store::programs::Program;

/// Most ties of a program.
const MOST: usize = 2_000;

pub(super) async fn list(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let listed = shown(ctx, &program).await?;
    Ok(Reply::Private(ties::list(&program, &listed)))
}

pub(super) async fn tie(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let persons = ctx.tx.list_persons_of(&program.id).await?;
    let how = args.get("how").unwrap_or_default();
    let sides = [args.get("first").unwrap_or_default(), args.get("second").unwrap_or_default()];
    let mut found = Vec::new();
    for words in sides {
        found.push(side(ctx, &persons, words, how).await?);
    }
    found.sort();
    let [first, second] = [found[0].clone(), found[1].clone()];
    if first == second && first.starts_with(PERSON) {
        return Err(refusals::plain("That is one and the same person. Name two different sides.").into());
    }
    // What was noted once, when this was still possible, can be taken away.
    if first == second && how != "none" {
        return Err(ties::both_sides(&program, &named(&first, &people(&persons))).into());
    }
    let all = ctx.tx.list_ties(&program.id).await?;
    let old = all.iter().find(|tie| tie.first_side == first && tie.second_side == second);
    let name = |side: &str| named(side, &people(&persons));
    let (one, other) = (name(&first), name(&second));
    let Ok(kind) = how.parse::<TieKind>() else {
        let Some(old) = old else {
            return Err(refusals::leading(
                format!("{one} and {other} are neither kept apart nor together, so nothing was changed. See who is with "),
                "groups ties",
                ".",
            )
            .into());
        };
        ctx.tx.delete_tie(&program.id, &old.id).await?;
        ctx.log(Some(&program), "groups tie none", &old.id, "").await?;
        return Ok(Reply::Private(ties::untied(&one, &other)));
    };
    if old.is_none() && all.len() >= MOST {
        return Err(refusals::leading(
            format!("There are {MOST} of these already, which is as many as I keep. Take some away with "),
            "groups tie none",
            ".",
        )
        .into());
    }
    let tie = Tie {
        id: ctx.core.next_id(),
        program_id: program.id.clone(),
        kind,
        first_side: first,
        second_side: second,
        reason: args.get("why").unwrap_or_default().trim().chars().take(200).collect(),
        created_by: ctx.me.id.clone(),
        created_at: ctx.now,
    };
    ctx.tx.insert_tie(&tie).await?;
    // The log says that something was bound, and neither whom nor why.
    ctx.log(Some(&program), &format!("groups tie {kind}"), &tie.id, "").await?;
    Ok(Reply::Private(ties::tied(&program, kind, &one, &other)))
}

/// An organisation of the programme, or a person.
async fn side(ctx: &mut Ctx<'_>, persons: &[Person], words: &str, how: &str) -> Result<String, Failure> {
    let only_people = matches!(how, "apart" | "together");
    let folded = words.trim().to_lowercase();
    let organisation = persons.iter().any(|person| person.organisation.trim().to_lowercase() == folded);
    if organisation && !only_people {
        return Ok(format!("{ORGANISATION}{folded}"));
    }
    match ctx.person(words).await {
        Ok(person) => Ok(format!("{PERSON}{}", person.id)),
        Err(Failure::Refused(_)) if organisation => Err(ties::only_people(words, how).into()),
        Err(Failure::Refused(_)) if !only_people => Err(ties::nobody(words).into()),
        Err(failure) => Err(failure),
    }
}

fn people(persons: &[Person]) -> BTreeMap<&str, &Person> {
    persons.iter().map(|person| (person.id.as_str(), person)).collect()
}

/// A side in words: people by name, organisations as their people write them.
fn named(side: &str, people: &BTreeMap<&str, &Person>) -> String {
    if let Some(id) = side.strip_prefix(PERSON) {
        return people
            .get(id)
            .map_or_else(|| "somebody outside the programme".to_owned(), |p| p.name.clone());
    }
    let folded = side.strip_prefix(ORGANISATION).unwrap_or(side);
    let written = people.values().map(|person| person.organisation.trim());
    let written = written.into_iter().find(|name| name.to_lowercase() == folded);
    written.unwrap_or(folded).to_owned()
}

async fn shown(ctx: &mut Ctx<'_>, program: &Program) -> Result<Vec<ties::Shown>, Failure> {
    let persons = ctx.tx.list_persons_of(&program.id).await?;
    let people = people(&persons);
    let all = ctx.tx.list_ties(&program.id).await?;
    let shown = |tie: Tie| ties::Shown {
        first: named(&tie.first_side, &people),
        second: named(&tie.second_side, &people),
        kind: tie.kind,
        why: tie.reason,
    };
    Ok(all.into_iter().map(shown).collect())
}
