//! A coach's credential in words: the form, and what its person and staff hear of it (row D2).

use super::staff::Notice;
use crate::chat::{Action, Field, FieldKind, Form, Message, command};
use crate::core::command::ROOT;
use crate::domain::credentials::{COACH_HOURS, MOST_HOURS};
use crate::store::credentials::Credential;
use crate::store::people::Person;
use crate::store::programs::Program;

/// The form with which a credential is handed in.
pub(in crate::core) fn form(program: &Program, earlier: Option<&Credential>) -> Form {
    let text = |max| FieldKind::Text { max, multiline: false };
    let before = |answer: fn(&Credential) -> &str| earlier.map_or("", answer);
    Form {
        title: "Your credential as a coach".into(),
        command: format!("role credential {}", program.slug),
        intro: vec![
            format!(
                "The staff of {} check it before you may be called a coach. Only they and you see it.",
                program.name
            )
            .into(),
        ],
        submit: "Hand it in".into(),
        fields: vec![
            Field::new("issuer", "Who awarded it?", text(80))
                .value(before(|earlier| earlier.issuer.as_str()))
                .hint("Such as ICF")
                .required(),
            Field::new("level", "Its level", text(60))
                .value(before(|earlier| earlier.level.as_str()))
                .hint("Such as PCC")
                .required(),
            Field::new("hours", "Hours of formal training", FieldKind::Number { min: 1, max: MOST_HOURS })
                .value(earlier.map_or_else(String::new, |earlier| earlier.hours.to_string()))
                .hint(format!("The label coach needs {COACH_HOURS} or more"))
                .required(),
            Field::new("awarded", "Awarded on", FieldKind::Date)
                .value(before(|earlier| earlier.awarded_on.as_str()))
                .required(),
            Field::new("expires", "Valid until", FieldKind::Date)
                .value(before(|earlier| earlier.expires_on.as_str()))
                .hint("Its last day; if it has none, the day on which staff should look again")
                .required(),
        ],
    }
}

/// A credential as a phrase: "ICF PCC".
pub(super) fn named(credential: &Credential) -> String {
    format!("{} {}", credential.issuer, credential.level)
}

/// Hours and dates in a sentence.
pub(super) fn facts(credential: &Credential) -> String {
    format!(
        "{} of training, awarded on {}, valid until {}.",
        super::count(usize::try_from(credential.hours).unwrap_or_default(), "hour", "hours"),
        super::day(&credential.awarded_on),
        super::day(&credential.expires_on)
    )
}

/// What is left to wish for when the hours are too few.
fn too_few(credential: &Credential) -> Option<String> {
    (credential.hours < COACH_HOURS).then(|| {
        format!("The label coach needs {COACH_HOURS} hours of training, so this one does not carry it yet.")
    })
}

/// Nobody is called a coach without a credential.
pub(in crate::core) fn not_a_coach(program: &Program, person: &Person) -> Message {
    super::refusals::plain(format!(
        "The label coach needs a checked credential with {COACH_HOURS} hours of training or more that has not run \
         out, and {} has none in {}. Grant mentor instead; a mentor may use coaching questions too.",
        person.name, program.name
    ))
    .text(["Or ask them to hand one in with ".into(), command(format!("role credential {}", program.slug)), ".".into()])
}

/// A credential was handed in.
pub(in crate::core) fn handed_in(program: &Program, credential: &Credential) -> Message {
    let message = Message::new().words(format!(
        "Thank you. The staff of {} check it, and I tell you what they say: {}, {}",
        program.name,
        named(credential),
        facts(credential)
    ));
    let message = match too_few(credential) {
        Some(words) => message.words(words),
        None => message,
    };
    message.note([
        "See it with ".into(),
        command(format!("role record {}", program.slug)),
        "; hand it in again to correct it.".into(),
    ])
}

/// Staff found it good, to the one who said so.
pub(in crate::core) fn approved(program: &Program, person: &Person, credential: &Credential) -> Message {
    let message = Message::new().words(format!(
        "Noted: you have checked {}'s credential {}.",
        person.name,
        named(credential)
    ));
    match too_few(credential) {
        Some(words) => message.words(words),
        None => message
            .words(format!("{} may be called a coach now, if you grant the role.", person.name))
            .actions([Action::primary(
                "Make them a coach",
                format!("role grant coach {} {}", person.id, program.slug),
            )]),
    }
}

/// The same, to the person.
pub(in crate::core) fn approved_news(program: &Program, credential: &Credential) -> Notice {
    let rest = too_few(credential)
        .unwrap_or_else(|| "You may be called a coach as soon as they give you that role.".to_owned());
    Notice::new(format!(
        "The staff of {} have checked your credential {}. {rest}",
        program.name,
        named(credential)
    ))
}

/// Staff did not find it good, to the person.
pub(in crate::core) fn declined_news(program: &Program, credential: &Credential) -> Notice {
    Notice::new(format!(
        "The staff of {} could not confirm your credential {}. They say: {} You can hand it in again.",
        program.name,
        named(credential),
        super::sentence(&credential.reason)
    ))
    .button("Hand it in again", format!("role credential {}", program.slug))
}

/// A coach's credential ends soon.
pub(in crate::core) fn ends_soon(program: &Program, credential: &Credential) -> Notice {
    Notice::new(format!(
        "Your credential {} is valid until {}. From the next day on you are no longer called a coach. If it is renewed, \
         hand in the new dates.",
        named(credential),
        super::day(&credential.expires_on)
    ))
    .button("Hand in the new one", format!("role credential {}", program.slug))
}

/// What somebody is in a programme when the label coach is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Stays {
    /// A mentor with a group or more.
    Leading,
    /// A mentor without a group.
    Mentor,
    /// A participant and no mentor.
    Participant,
    /// None of these.
    Nothing,
}

/// A coach's credential has ended, to the person.
pub(in crate::core) fn lapsed_news(program: &Program, stays: Stays) -> Notice {
    let rest = match stays {
        Stays::Leading => "You stay a mentor, and your groups go on.",
        Stays::Mentor => "You stay a mentor.",
        Stays::Participant => "You take part as before.",
        Stays::Nothing => "The staff can tell you in what other way you may take part.",
    };
    Notice::new(format!(
        "Your credential as a coach has run out, so you are no longer called a coach in {}. {rest} If it is renewed, \
         hand in the new one.",
        program.name
    ))
    .button("Hand in the new one", format!("role credential {}", program.slug))
}

/// The same, to staff.
pub(in crate::core) fn lapsed(name: &str, stays: Stays) -> Notice {
    let rest = match stays {
        Stays::Leading => format!("{name} stays a mentor, and the groups go on."),
        Stays::Mentor => format!("{name} stays a mentor."),
        Stays::Participant => format!("{name} stays a participant."),
        Stays::Nothing => format!("{name} has no part in the programme now."),
    };
    Notice::new(format!(
        "{name}'s credential as a coach has run out, so the label coach is gone. {rest} I have told them. When they hand \
         in a new one, you find it with {ROOT} role waiting."
    ))
}
