//! Applying to be a mentor in words: the form, what staff see, and what becomes of it (row D14).

use std::collections::BTreeSet;

use super::staff::Notice;
use crate::chat::{Action, Field, FieldKind, Form, Message, Span, bold};
use crate::domain::applications::{HOURS, MOST_HOURS, Offer, check};
use crate::domain::starters::Library;
use crate::store::applications::Application;
use crate::store::people::Person;
use crate::store::programs::Program;

/// The charter is accepted, and the application is asked for.
pub(in crate::core) fn asked(program: &Program, role: &str) -> Message {
    let message = if role == "both" {
        let message = Message::new().words(format!("You take part in {} from now on.", program.name));
        super::seeks::asked(message)
    } else {
        Message::new().words("Thank you for accepting the charter.")
    };
    message
        .words(format!(
            "The staff of {} choose its mentors with care. Tell them about yourself in four short answers; they \
             answer you.",
            program.name
        ))
        .actions([Action::primary("Apply as a mentor", format!("role apply {}", program.slug))])
}

/// Who is a mentor need not apply.
pub(in crate::core) fn mentor_already(program: &Program) -> Message {
    super::refusals::leading(
        format!("You are a mentor in {} already. See your record with ", program.name),
        format!("role record {}", program.slug),
        ".",
    )
}

/// Who applies has accepted the charter.
pub(in crate::core) fn charter_first(program: &Program) -> Message {
    super::refusals::leading(
        "A mentor accepts the charter first. Read it with ",
        format!("join {} mentor", program.slug),
        ".",
    )
}

/// The form of an application, with the answers of the last one.
pub(in crate::core) fn form(
    program: &Program,
    person: &Person,
    library: &Library,
    earlier: Option<&Application>,
) -> Form {
    let before = |answer: fn(&Application) -> &str| earlier.map_or("", answer);
    let strengths = earlier.map_or(&person.offers, |earlier| &earlier.strengths);
    let suggestions = library.themes.iter().map(|theme| theme.title.clone()).collect();
    let text = |max| FieldKind::Text { max, multiline: true };
    Form {
        title: "Apply as a mentor".into(),
        command: format!("role apply {}", program.slug),
        intro: vec![
            format!(
                "The staff of {} read this, together with your profile, and nobody else does.",
                program.name
            )
            .into(),
        ],
        submit: "Send".into(),
        fields: vec![
            Field::new("experience", "What have you led, and for how long?", text(600))
                .value(before(|earlier| earlier.experience.as_str()))
                .required(),
            Field::new("strengths", "What can you help others with?", FieldKind::Tags { suggestions })
                .value(library.shown_topics(strengths))
                .hint("Words separated by commas")
                .required(),
            Field::new("why", "Why do you want to be a mentor?", text(400))
                .value(before(|earlier| earlier.why.as_str()))
                .required(),
            Field::new("hours", "Hours a month you can give", FieldKind::Number { min: 1, max: MOST_HOURS })
                .value(earlier.map_or_else(String::new, |earlier| earlier.hours.to_string()))
                .hint(format!("A meetup and its preparation take about {HOURS}"))
                .required(),
        ],
    }
}

/// The application was sent.
pub(in crate::core) fn sent(program: &Program) -> Message {
    Message::new().words(format!(
        "Thank you for applying. The staff of {} look at your experience, your strengths and your time, and I tell \
         you what they say. To change your answers, apply again.",
        program.name
    ))
}

/// An application beside the criteria, for staff.
pub(super) fn for_staff(
    message: Message,
    person: &Person,
    application: &Application,
    (library, asked): (&Library, &BTreeSet<String>),
) -> Message {
    let strengths = library.topics(&application.strengths);
    let checks = check(
        &Offer {
            office_years: person.office_years,
            in_office: person.in_office == 1,
            level: person.level,
            strengths: &strengths,
            hours: application.hours,
        },
        asked,
    );
    let office = match super::review::office(person) {
        office if office.is_empty() => "years as head of IT not said".to_owned(),
        office => format!("head of IT {office}"),
    };
    let titles = |topics: &[String]| {
        topics.iter().map(|topic| library.theme_title(topic)).collect::<Vec<_>>().join("; ")
    };
    let wanted = match checks.wanted.len() {
        _ if asked.is_empty() => "No participant has named a topic so far".to_owned(),
        0 => "None that participants ask for so far".to_owned(),
        n => format!(
            "{} that participants ask for: {}",
            super::count(n, "topic", "topics"),
            titles(&checks.wanted)
        ),
    };
    let strong = format!("{}. {wanted}", titles(&strengths));
    let hours = usize::try_from(application.hours).unwrap_or_default();
    let hours = format!("{} a month", super::count(hours, "hour", "hours"));
    let line = |title: &str, fits: bool, fact: String| -> Vec<Span> {
        let mark = if fits { "fits" } else { "please ask" };
        vec![bold(format!("{title}: {mark}")), format!(". {}.", super::upper_first(&fact)).into()]
    };
    message
        .text([bold(&*person.name), " applies to be a mentor.".into()])
        .list([
            line("Experience", checks.experience, office),
            line("Strengths", !checks.wanted.is_empty(), strong),
            line("Time", checks.time, hours),
        ])
        .words(format!("Has led: {}", super::sentence(&application.experience)))
        .words(format!("Why: {}", super::sentence(&application.why)))
}

/// Somebody was made a mentor, to the one who approved.
pub(in crate::core) fn approved(program: &Program, person: &Person) -> Message {
    Message::new().words(format!(
        "{} is a mentor in {} now, and I tell them. They count when groups are formed.",
        person.name, program.name
    ))
}

/// The same, to the person.
pub(in crate::core) fn approved_news(program: &Program) -> Notice {
    Notice::new(format!(
        "You are a mentor in {} now: the staff have said yes, and are glad of it. They will form groups and tell you \
         yours. Until then, see that your profile says what you can help with.",
        program.name
    ))
    .button("Check my profile", "profile".to_owned())
}

/// Staff said no, to the person.
pub(in crate::core) fn declined_news(program: &Program, application: &Application) -> Notice {
    Notice::new(format!(
        "Thank you for offering to be a mentor in {}. The staff cannot say yes at present. They write: {} You are \
         welcome to apply again.",
        program.name,
        super::sentence(&application.reason)
    ))
    .button("Apply again", format!("role apply {}", program.slug))
}
