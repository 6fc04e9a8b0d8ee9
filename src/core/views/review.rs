//! What staff look at and decide about, and the record of one person.
//!
//! Invariant: a record is written for its person and for the staff of the programme, and says so.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{applications, credentials, refusals};
use crate::chat::{Action, Field, FieldKind, Form, Message, Span, TimeStyle, bold, command, time};
use crate::domain::civil::Instant;
use crate::domain::credentials::has_ended;
use crate::domain::ids::PersonId;
use crate::domain::starters::Library;
use crate::domain::words::{ReviewState, Role};
use crate::store::applications::Application;
use crate::store::credentials::Credential;
use crate::store::people::Person;
use crate::store::programs::Program;

/// Entries shown at once, at most: each has text and buttons.
const MOST: usize = 8;

/// Something that staff decide about.
pub(in crate::core) enum Entry {
    /// Of a mentor.
    Application(Application),
    /// Of a coach.
    Credential(Credential),
}

impl Entry {
    pub(in crate::core) fn id(&self) -> &str {
        match self {
            Self::Application(a) => &a.id,
            Self::Credential(c) => &c.id,
        }
    }

    pub(in crate::core) const fn person(&self) -> &PersonId {
        match self {
            Self::Application(a) => &a.person_id,
            Self::Credential(c) => &c.person_id,
        }
    }

    pub(in crate::core) const fn state(&self) -> ReviewState {
        match self {
            Self::Application(a) => a.state,
            Self::Credential(c) => c.state,
        }
    }

    pub(in crate::core) const fn since(&self) -> Instant {
        match self {
            Self::Application(a) => a.created_at,
            Self::Credential(c) => c.created_at,
        }
    }

    pub(in crate::core) const fn checked_by(&self) -> Option<&PersonId> {
        match self {
            Self::Application(a) => a.checked_by.as_ref(),
            Self::Credential(c) => c.checked_by.as_ref(),
        }
    }
}

/// What waits for staff, oldest first; `topics` are those of the library, and those participants want help with.
pub(in crate::core) fn waiting(
    program: &Program,
    all: &[(Person, Entry)],
    topics: (&Library, &BTreeSet<String>),
) -> Message {
    let message = Message::new().heading(format!("{}: this waits for you", program.name));
    if all.is_empty() {
        return message.words("Nothing that somebody handed in waits for your decision.");
    }
    let message = all.iter().take(MOST).fold(message, |message, (person, entry)| {
        let message = match entry {
            Entry::Application(application) => applications::for_staff(message, person, application, topics),
            Entry::Credential(credential) => message.text([
                bold(&*person.name),
                format!(" hands in a credential as a coach: {}. ", credentials::named(credential)).into(),
                credentials::facts(credential).into(),
            ]),
        };
        message.actions(decisions(entry.id()))
    });
    match all.len().saturating_sub(MOST) {
        0 => message,
        more => message.note([format!("And {more} more, which show when these are done.").into()]),
    }
}

fn decisions(id: &str) -> [Action; 2] {
    [
        Action::primary("Approve", format!("role approve {id}")),
        Action::button("Decline", format!("role decline {id}")),
    ]
}

/// Everything kept about one person in a program.
pub(in crate::core) struct Record<'a> {
    pub(in crate::core) program: &'a Program,
    pub(in crate::core) person: &'a Person,
    pub(in crate::core) roles: &'a [Role],
    /// Each with the name of who decided about it.
    pub(in crate::core) entries: &'a [(Entry, String)],
}

/// The record, to the person (`mine`) or to staff.
pub(in crate::core) fn record(shown: &Record<'_>, mine: bool, today: Date) -> Message {
    let (program, person) = (shown.program, shown.person);
    let title = if mine { "Your record".to_owned() } else { format!("The record of {}", person.name) };
    let roles: Vec<&str> = shown.roles.iter().map(|role| super::a_role(*role)).collect();
    let or_none = |words: String| if words.is_empty() { "not said".to_owned() } else { words };
    let mut message = Message::new().heading(format!("{title} in {}", program.name)).fields([
        (
            "Takes part as",
            vec![if roles.is_empty() { "nothing yet".into() } else { super::list(&roles).into() }],
        ),
        ("Head of IT", vec![or_none(office(person)).into()]),
        ("Industry", vec![or_none(person.industry.clone()).into()]),
    ]);
    for (entry, by) in shown.entries {
        let (mut line, verdict) = match entry {
            Entry::Application(a) => (
                vec![
                    bold("Application as a mentor"),
                    format!(": {} ", super::sentence(&a.experience)).into(),
                ],
                (a.state, a.checked_at, a.reason.as_str()),
            ),
            Entry::Credential(c) => (
                vec![bold(credentials::named(c)), format!(": {} ", credentials::facts(c)).into()],
                (c.state, c.checked_at, c.reason.as_str()),
            ),
        };
        line.extend(outcome(verdict, by));
        if let Entry::Credential(c) = entry
            && c.state == ReviewState::Approved
            && has_ended(&c.expires_on, today)
        {
            line.push(" It has run out.".into());
        }
        message = message.text(line);
    }
    if shown.entries.is_empty() {
        message = message.words("No application and no credential was handed in.");
    }
    let who = if mine { "you".to_owned() } else { person.name.clone() };
    let note = message.note([format!("Only {who} and the staff of {} see this.", program.name).into()]);
    if mine {
        note.actions([
            Action::button("Change my profile", "profile"),
            Action::button("Hand in a credential", format!("role credential {}", program.slug)),
        ])
    } else {
        note
    }
}

/// Who decided what and when.
fn outcome((state, at, reason): (ReviewState, Option<Instant>, &str), by: &str) -> Vec<Span> {
    let Some(at) = at else { return vec!["It waits for staff.".into()] };
    let when = time(at, TimeStyle::Date);
    match state {
        ReviewState::Declined => vec![
            format!("Declined by {by} on ").into(),
            when,
            format!(": {}", super::sentence(reason)).into(),
        ],
        _ => vec![format!("Approved by {by} on ").into(), when, ".".into()],
    }
}

/// Time as head of IT in words; empty when nothing was said.
pub(in crate::core) fn office(person: &Person) -> String {
    let years = usize::try_from(person.office_years).unwrap_or_default();
    let years = match years {
        0 => String::new(),
        n => format!("for {}", super::count(n, "year", "years")),
    };
    match (years.is_empty(), person.in_office == 1) {
        (true, true) => "in office".to_owned(),
        (true, false) => String::new(),
        (false, true) => format!("{years}, still in office"),
        (false, false) => format!("{years}, not any more"),
    }
}

/// The form that asks for a reason.
pub(in crate::core) fn decline_form(name: &str, id: &str, reason: String, error: Option<String>) -> Form {
    let field = Field::new("reason", "Why not, or not yet?", FieldKind::Text { max: 400, multiline: true });
    Form {
        title: "Decline kindly".into(),
        command: format!("role decline {id}"),
        intro: vec![format!("{name} reads your words. Say what is missing, and what would help.").into()],
        submit: "Decline".into(),
        fields: vec![Field { error, ..field.value(reason).required() }],
    }
}

/// It was declined, to the one who did.
pub(in crate::core) fn declined(name: &str) -> Message {
    Message::new().words(format!(
        "Declined. I tell {name}, with your words. Nobody but {name} and the staff sees them."
    ))
}

/// Nothing waits under these words.
pub(in crate::core) fn nothing_waits() -> Message {
    refusals::leading("Nothing of theirs waits for a decision. See what does with ", "role waiting", ".")
}

/// Staff see the records of those who are in their programme, or want to be.
pub(in crate::core) fn no_record(program: &Program, name: &str) -> Message {
    refusals::plain(format!(
        "{name} neither takes part in {} nor has handed anything in, so there is no record. Name somebody who does.",
        program.name
    ))
}

/// More than one thing waits under these words; each is told with the words that mean it alone.
pub(in crate::core) fn several_wait(name: &str, theirs: &[(Program, Entry)]) -> Message {
    let lines = theirs.iter().enumerate().map(|(at, (program, entry))| {
        let what = match entry {
            Entry::Application(_) => "application as a mentor".to_owned(),
            Entry::Credential(credential) => format!("credential {}", credentials::named(credential)),
        };
        vec![bold(format!("{name} {}", at + 1)), format!(": {what} in {}", program.name).into()]
    });
    let words =
        "More than one thing of theirs waits. Put the number of the one you mean behind the name, in quotes:";
    refusals::plain(words).list(lines).text([
        "Write it as in ".into(),
        command(format!("role approve \"{name} 1\"")),
        ", or use the buttons of ".into(),
        command("role waiting"),
        ".".into(),
    ])
}

/// Fewer things wait than the number says.
pub(in crate::core) fn no_such_number() -> Message {
    refusals::leading("Nothing of theirs waits under that number. See what waits with ", "role waiting", ".")
}

/// A credential ran out before it was checked.
pub(in crate::core) fn ended(name: &str) -> Message {
    refusals::plain(format!("{name}'s credential has run out meanwhile, so nothing was changed.")).text([
        "Ask for the renewed one with ".into(),
        command("role decline"),
        ".".into(),
    ])
}
