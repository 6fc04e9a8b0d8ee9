//! Help, about and glossary.

use crate::core::command::{Spec, TABLE};
use crate::core::ctx::Ctx;
use crate::core::parse::{Args, Unread, parse};
use crate::core::request::{Outcome, Reply};
use crate::core::views::{basics, refusals};

pub(super) fn help(ctx: &Ctx<'_>, args: &Args) -> Outcome {
    let Some(path) = args.get("command") else {
        return Ok(Reply::Private(basics::help(&ctx.standing)));
    };
    let path = path.to_lowercase();
    if let Some(spec) = TABLE.iter().find(|spec| spec.path == path) {
        return Ok(Reply::Private(basics::help_on(spec)));
    }
    let family: Vec<&Spec> =
        TABLE.iter().filter(|spec| spec.path.split(' ').next() == Some(&*path)).collect();
    if let Some(first) = family.first() {
        let mine: Vec<&Spec> = family.iter().copied().filter(|spec| ctx.standing.may(spec.who)).collect();
        return if mine.is_empty() {
            Err(refusals::may_not(first, &ctx.standing).into())
        } else {
            Ok(Reply::Private(basics::help_family(&path, &mine)))
        };
    }
    match parse(&path) {
        Ok(found) => Ok(Reply::Private(basics::help_on(found.spec))),
        Err(Unread::Missing { spec, .. }) => Ok(Reply::Private(basics::help_on(spec.spec()))),
        Err(unread) => Err(refusals::unread(&unread).into()),
    }
}

pub(super) fn about(ctx: &Ctx<'_>) -> Reply {
    Reply::Private(basics::about(ctx.core.content()))
}

pub(super) fn glossary(ctx: &Ctx<'_>, args: &Args) -> Outcome {
    let content = ctx.core.content();
    match args.get("term") {
        None => Ok(Reply::Private(basics::glossary(content))),
        Some(word) => match basics::term(content, word) {
            Some(message) => Ok(Reply::Private(message)),
            None => Err(basics::no_such_term(content, word).into()),
        },
    }
}
