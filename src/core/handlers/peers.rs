//! Finding peers at the same stage or with the same challenge (row C7).
//!
//! Invariant: only who agreed is found, only within a programme of both, and only with name, employer and the topics that
//! both have.

use std::collections::BTreeSet;

use crate::core::candidates::tags;
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::peers::{self as view, Peer};
use crate::domain::words::Role;

pub(super) async fn peers(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let members = &[Role::Participant, Role::Mentor, Role::Coach];
    let program = ctx.program_as(args.get("program"), members).await?;
    let roles = ctx.tx.list_roles_in(&program.id).await?.into_iter();
    let learns: BTreeSet<_> = roles.filter(|r| r.role == Role::Participant).map(|r| r.person_id).collect();
    let topic = args.get("topic").map(|topic| topic.trim().to_lowercase());
    let mine: BTreeSet<String> = match &topic {
        Some(topic) => BTreeSet::from([topic.clone()]),
        None => tags(&ctx.me.needs).into_iter().collect(),
    };
    let me = &ctx.me;
    let mut found: Vec<Peer> = Vec::new();
    for person in ctx.tx.list_persons_of(&program.id).await? {
        if person.findable != 1 || person.id == me.id || !learns.contains(&person.id) {
            continue;
        }
        let shared: Vec<String> = tags(&person.needs).into_iter().filter(|tag| mine.contains(tag)).collect();
        let same_stage = topic.is_none() && me.level != 0 && person.level == me.level;
        if same_stage || !shared.is_empty() {
            found.push(Peer { name: person.name, organisation: person.organisation, shared });
        }
    }
    found.sort_by(|a, b| (b.shared.len(), &a.name).cmp(&(a.shared.len(), &b.name)));
    Ok(Reply::Private(view::found(ctx.core.content(), &program, &found, me.findable == 1)))
}
