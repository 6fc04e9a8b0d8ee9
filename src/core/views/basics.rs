//! Help, glossary and what this is.

use crate::chat::{Message, Span, bold, command};
use crate::content::Content;
use crate::core::access::{Standing, Who};
use crate::core::command::{Kind, Spec, TABLE};

/// Everything the person may do, one line each.
pub(in crate::core) fn help(standing: &Standing) -> Message {
    let mine: Vec<&Spec> = TABLE.iter().filter(|spec| standing.may(spec.who)).collect();
    let is_staff = |spec: &&&Spec| {
        ["program ", "groups ", "role ", "admin "].iter().any(|family| spec.path.starts_with(family))
            && !matches!(spec.who, Who::Anyone | Who::Member | Who::LeadsGroup)
    };
    let people: Vec<_> = mine.iter().filter(|spec| !is_staff(spec)).map(|spec| one_line(spec)).collect();
    let staff: Vec<_> = mine.iter().filter(is_staff).map(|spec| one_line(spec)).collect();
    let message = Message::new()
        .heading("What you can do here")
        .words("Type a command, or use the buttons I send you.")
        .list(people);
    let message = if staff.is_empty() {
        message
    } else {
        message.text([bold("For those who run programmes")]).list(staff)
    };
    message.note(["For one command in detail: ".into(), command("help join"), ".".into()])
}

/// The commands that begin with one word, such as `groups`.
pub(in crate::core) fn help_family(word: &str, family: &[&Spec]) -> Message {
    Message::new()
        .heading(format!("Commands that begin with {word}"))
        .list(family.iter().map(|spec| one_line(spec)))
        .note(["For one of them in detail: ".into(), command(format!("help {}", family[0].path)), ".".into()])
}

fn one_line(spec: &Spec) -> Vec<Span> {
    vec![command(spec.path), " ".into(), spec.summary.into()]
}

/// One command in detail.
pub(in crate::core) fn help_on(spec: &Spec) -> Message {
    let args = spec.args.iter().map(|arg| {
        let needed = if arg.required { ", needed" } else { "" };
        let options = match arg.kind {
            Kind::Choice(options) => format!(" One of: {}.", options.join(", ")),
            _ => String::new(),
        };
        vec![bold(arg.name), format!(" ({}{needed}): {}.{options}", arg.kind.name(), arg.help).into()]
    });
    let message = Message::new()
        .heading(spec.path)
        .words(spec.summary)
        .text(["Type it like this: ".into(), command(spec.usage())])
        .list(args);
    if spec.args.len() > 1 {
        message.note([
            "Arguments are given in this order, those of several words in quotes, or in any order as name=value.".into(),
        ])
    } else {
        message
    }
}

/// What this bot is and what it stores.
pub(in crate::core) fn about(content: &Content) -> Message {
    let stored = content.texts.privacy.iter().map(|p| vec![bold(&*p.title), format!(". {}", p.text).into()]);
    Message::new()
        .heading("Roundtable")
        .words(format!(
            "I run group mentoring: I form groups of peers around mentors, plan their meetups, send starters and \
             reminders, and ask twice a year how it goes. Version {}.",
            env!("CARGO_PKG_VERSION")
        ))
        .list(stored)
}

/// All words of the glossary.
pub(in crate::core) fn glossary(content: &Content) -> Message {
    let terms =
        content.glossary.terms.iter().map(|term| {
            vec![command(format!("glossary {}", term.id)), " ".into(), term.title.as_str().into()]
        });
    Message::new().heading("Words we use").list(terms)
}

/// One word of the glossary.
pub(in crate::core) fn term(content: &Content, word: &str) -> Option<Message> {
    let term = content.glossary.find(word)?;
    let message = Message::new().heading(&*term.title).words(term.text.clone());
    let see: Vec<_> = term.see.iter().map(|id| vec![command(format!("glossary {id}"))]).collect();
    Some(if see.is_empty() { message } else { message.words("See also:").list(see) })
}

/// A word that is not in the glossary.
pub(in crate::core) fn no_such_term(content: &Content, word: &str) -> Message {
    let near = content
        .glossary
        .terms
        .iter()
        .min_by_key(|term| strsim::damerau_levenshtein(&term.id, &word.to_lowercase()))
        .filter(|term| strsim::damerau_levenshtein(&term.id, &word.to_lowercase()) <= 2);
    let word = crate::domain::text::shortened(word);
    let message = super::refusals::plain(format!("I have no entry for \"{word}\"."));
    match near {
        Some(term) => {
            message.text(["Did you mean ".into(), command(format!("glossary {}", term.id)), "?".into()])
        }
        None => message.text(["See all words with ".into(), command("glossary"), ".".into()]),
    }
}
