//! Finding peers at the same stage or with the same challenge (row C7).
//!
//! Invariant: only who agreed is found, only within a programme of both, and only with name, employer and the topics that
//! both have.

use std::collections::BTreeSet;

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
    let library = &ctx.core.content().library;
    let topic = args.get("topic");
    let mine: BTreeSet<String> = library.topics(topic.unwrap_or(&ctx.me.needs)).into_iter().collect();
    let me = &ctx.me;
    let mut found: Vec<Peer> = Vec::new();
    for person in ctx.tx.list_persons_of(&program.id).await? {
        if person.findable != 1 || person.id == me.id || !learns.contains(&person.id) {
            continue;
        }
        let shared: Vec<String> =
            library.topics(&person.needs).into_iter().filter(|tag| mine.contains(tag)).collect();
        let same_stage = topic.is_none() && me.level != 0 && person.level == me.level;
        if same_stage || !shared.is_empty() {
            found.push(Peer { name: person.name, organisation: person.organisation, shared });
        }
    }
    if let Some(topic) = topic
        && found.is_empty()
        && mine.iter().all(|own| library.named_theme(own).is_none())
    {
        return Err(view::no_such_topic(library, topic).into());
    }
    found.sort_by(|a, b| (b.shared.len(), &a.name).cmp(&(a.shared.len(), &b.name)));
    Ok(Reply::Private(view::found(ctx.core.content(), &program, &found, me.findable == 1)))
}
