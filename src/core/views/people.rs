//! Joining, profiles, the charter and peace of mind.

use crate::chat::{Action, Choice, Field, FieldKind, Form, Message, Span, TimeStyle, bold, command, time};
use crate::content::Content;
use crate::domain::civil::{Instant, Zone};
use crate::domain::starters::Library;
use crate::domain::words::Need;
use crate::store::people::Person;
use crate::store::programs::Program;

/// Changed answers of a profile that are told at most.
const MOST_CHANGES: usize = 8;
/// Fields whose answers are not repeated.
const PRIVATE: [&str; 2] = ["need", "manager"];

/// The charter with a button to accept it. Where mentors apply, it is the first step of that.
pub(in crate::core) fn charter_to_accept(
    content: &Content,
    program: &Program,
    role: &str,
    applies: bool,
) -> Message {
    let charter = &content.texts.charter;
    let accept = format!("charter accept {} {role} {}", program.slug, charter.version);
    let message = charter_text(content, program);
    let message = if applies {
        let message = if role == "both" { message.words(role_words("participant")) } else { message };
        message.text([
            format!(
                "The mentors of {} apply, and its staff choose them. The charter comes first; once you have accepted \
                 it, four short questions follow, as with ",
                program.name
            )
            .into(),
            command(format!("role apply {}", program.slug)),
            ", and the staff answer you.".into(),
        ])
    } else {
        message.words(role_words(role))
    };
    message.actions([Action::primary(&*charter.accept, accept), Action::button("Not now", "program show")])
}

fn role_words(role: &str) -> &'static str {
    match role {
        "mentor" => {
            "You are about to join as a mentor: you share what you have lived through, you keep \
             what you hear to yourself, and you never mentor anybody whose work you judge."
        }
        "both" => {
            "You are about to join as a mentor of one group and a participant in another. Many \
             people learn most that way."
        }
        _ => {
            "You are about to join as a participant: you bring a problem, a story or a question to \
             every meetup."
        }
    }
}

/// The charter.
pub(in crate::core) fn charter_text(content: &Content, program: &Program) -> Message {
    let charter = &content.texts.charter;
    let clauses = charter.clauses.iter().map(|c| vec![bold(&*c.title), format!(". {}", c.text).into()]);
    Message::new()
        .heading(format!("{}: {}", program.name, charter.title))
        .words(charter.opening.clone())
        .list(clauses)
        .note([format!("Version {} of {}.", charter.version, charter.date.strftime("%-d %B %Y")).into()])
}

/// The charter as accepted.
pub(in crate::core) fn charter_accepted(
    content: &Content,
    program: &Program,
    accepted: &[(String, Instant)],
) -> Message {
    let message = charter_text(content, program);
    match accepted.first() {
        None => message.words("You have not accepted it yet.").text([
            "Join with ".into(),
            command(format!("join {}", program.slug)),
            ".".into(),
        ]),
        Some((version, at)) => message.text([
            format!("You accepted version {version} on ").into(),
            time(*at, TimeStyle::Date),
            ".".into(),
        ]),
    }
}

/// As what somebody takes part, as joining calls it.
pub(in crate::core) fn as_what(role: &str) -> &'static str {
    match role {
        "both" => "a mentor and a participant",
        "mentor" => "a mentor",
        _ => "a participant",
    }
}

/// Somebody joined.
pub(in crate::core) fn joined(program: &Program, person: &Person, role: &str) -> Message {
    let takes_part = role != "mentor";
    let role = as_what(role);
    let message = Message::new().heading(format!("Welcome to {}", program.name)).words(format!(
        "You are in as {role}. The staff will form groups and tell you yours, with the reasons."
    ));
    let message = if takes_part { super::seeks::asked(message) } else { message };
    if person.profile_at.is_none() {
        message
            .words("One thing helps most to find you a good group: two minutes for your profile.")
            .actions([Action::primary("Fill in my profile", "profile")])
    } else {
        message.actions([Action::button("Check my profile", "profile")])
    }
}

/// Somebody left.
pub(in crate::core) fn left(program: &Program) -> Message {
    Message::new()
        .words(format!("You have left {}. Nothing more will be sent to you about it.", program.name))
        .text([
            "You are welcome back at any time with ".into(),
            command(format!("join {}", program.slug)),
            ".".into(),
        ])
}

fn yes_or_no() -> FieldKind {
    FieldKind::Select { options: vec![Choice::new("no", "No"), Choice::new("yes", "Yes")] }
}

/// The profile form with what is known.
pub(in crate::core) fn profile_form(person: &Person, library: &Library, manager: &str) -> Form {
    let text = |max| FieldKind::Text { max, multiline: false };
    let topics = |name: &str, label: &str, stored: &str| {
        let suggestions = library.themes.iter().map(|theme| theme.title.clone()).collect();
        Field::new(name, label, FieldKind::Tags { suggestions })
            .value(library.shown_topics(stored))
            .hint("Words separated by commas")
    };
    let levels = [
        ("0", "I would rather not say"),
        ("1", "First post"),
        ("2", "Specialist"),
        ("3", "Team lead"),
        ("4", "Manager"),
        ("5", "Head of a department"),
        ("6", "CIO or equal"),
        ("7", "Chief executive"),
    ];
    let needs = [
        (Need::Mentor, "Someone who has held the role and shares how (mentor)"),
        (Need::Coach, "Someone trained who asks and does not tell (coach)"),
        (Need::Peers, "People at my stage (peers)"),
    ];
    Form {
        title: "Your profile".into(),
        command: "profile".into(),
        intro: vec!["Staff use this to find you a good group. Change it whenever you like.".into()],
        submit: "Save".into(),
        fields: vec![
            Field::new("name", "Your name", text(80)).value(&*person.name).required(),
            Field::new("organisation", "Your employer", text(80)).value(&*person.organisation).required(),
            Field::new("unit", "Business unit or department", text(80)).value(&*person.unit),
            Field::new("industry", "Industry", text(60)).value(&*person.industry),
            Field::new("new_to", "New to an industry? To which?", text(60))
                .value(&*person.new_to)
                .hint("Leave it empty if you are not; it brings you a mentor and questions that help"),
            Field::new(
                "level",
                "Career level",
                FieldKind::Select { options: levels.map(|(v, l)| Choice::new(v, l)).to_vec() },
            )
            .value(person.level.to_string()),
            Field::new("years", "Years as head of IT (CIO), in all", FieldKind::Number { min: 0, max: 60 })
                .value(person.office_years.to_string())
                .hint("0 if you never were"),
            Field::new("office", "Are you head of IT at present?", yes_or_no())
                .value(if person.in_office == 1 { "yes" } else { "no" }),
            Field::new(
                "need",
                "What would help you most?",
                FieldKind::Select { options: needs.map(|(v, l)| Choice::new(v.as_str(), l)).to_vec() },
            )
            .value(person.need.as_str()),
            topics("needs", "Topics you want help with", &person.needs),
            topics("offers", "Topics you can help others with", &person.offers),
            topics("interests", "Topics you like to talk about", &person.interests),
            Field::new("languages", "Languages you can talk in", text(60))
                .value(&*person.languages)
                .hint("Two letters each, such as en, de"),
            Field::new("zone", "Time zone", FieldKind::Zone { suggestions: Zone::all().to_vec() })
                .value(person.zone.name())
                .required(),
            Field::new("availability", "Weekly hours for meetups, in your time", text(120))
                .value(&*person.availability)
                .hint("Such as mon-fri 9:00-17:00")
                .required(),
            Field::new("capacity", "Groups you could mentor at once", FieldKind::Number { min: 0, max: 5 })
                .value(person.capacity.to_string())
                .hint("0 if you do not want to mentor"),
            Field::new(
                "answer",
                "As a mentor: within how many hours do you promise to answer?",
                FieldKind::Number { min: 0, max: 336 },
            )
            .value(person.answer_hours.to_string())
            .hint("0 for no promise"),
            Field::new("manager", "Who appraises you?", text(80))
                .value(manager)
                .hint("Used only to keep you out of each other's group"),
            Field::new("found", "May others of your programme find you as a peer?", yes_or_no())
                .value(if person.findable == 1 { "yes" } else { "no" })
                .hint("By career level and topics you want help with; they see your name, employer and what you share"),
        ],
    }
}

/// The profile is saved; the forms before and after tell what is different now.
pub(in crate::core) fn profile_saved(person: &Person, before: &Form, after: &Form) -> Message {
    let changed: Vec<Vec<Span>> =
        before.fields.iter().zip(&after.fields).filter_map(|(old, new)| change(old, new)).collect();
    let more = changed.len().saturating_sub(MOST_CHANGES);
    let mut message = Message::new()
        .words("Your profile is saved. You can change it at any time.")
        .list(changed.into_iter().take(MOST_CHANGES));
    if more > 0 {
        message = message.words(format!("And {}.", super::count(more, "more answer", "more answers")));
    }
    let advice = match person.need {
        Need::Coach => {
            "You asked for a coach. A coach is trained to ask and does not tell; only people with a \
             checked credential are called so. Staff will look for one."
        }
        Need::Mentor => {
            "You asked for a mentor. A mentor has held the role and shares what worked and what did not."
        }
        Need::Peers => {
            "You asked for peers. Your group will be people at a stage like yours, with a mentor to \
             keep it going."
        }
    };
    message.note([advice.into()])
}

/// What is different in one field, if anything is. What may be about other people or one's state stays unsaid.
fn change(old: &Field, new: &Field) -> Option<Vec<Span>> {
    if old.value == new.value {
        return None;
    }
    let words = if PRIVATE.contains(&&*new.name) {
        " Changed.".to_owned()
    } else {
        format!(" {} → {}", answer(old), answer(new))
    };
    let mark = if new.label.ends_with('?') { "" } else { ":" };
    Some(vec![bold(format!("{}{mark}", new.label)), words.into()])
}

/// The answer in a field as it is shown.
fn answer(field: &Field) -> &str {
    let label = match &field.kind {
        FieldKind::Select { options } => options.iter().find(|option| option.value == field.value),
        _ => None,
    };
    match label {
        Some(option) => &option.label,
        None if field.value.is_empty() => "nothing",
        None => &field.value,
    }
}

/// A snooze begins.
pub(in crate::core) fn snoozed(until: Instant) -> Message {
    Message::new().text([
        "Ordinary messages wait until ".into(),
        time(until, TimeStyle::DateTime),
        ". Only a meetup that moved or was called off still reaches you. End it with ".into(),
        command("snooze off"),
        ".".into(),
    ])
}

/// How to snooze.
pub(in crate::core) fn snooze_choices(person: &Person, now: Instant) -> Message {
    let message = match person.snooze_until.filter(|until| *until > now) {
        Some(until) => Message::new().text([
            "You are snoozed until ".into(),
            time(until, TimeStyle::DateTime),
            ".".into(),
        ]),
        None => Message::new().words(
            "For how long should I hold ordinary messages back? No reason \
             needed.",
        ),
    };
    message.actions([
        Action::button("1 day", "snooze 1 day"),
        Action::button("1 week", "snooze 1 week"),
        Action::button("4 weeks", "snooze 4 weeks"),
        Action::button("Not at all", "snooze off"),
    ])
}

/// The person's hours.
pub(in crate::core) fn hours(person: &Person) -> Message {
    let quiet = match (&person.quiet_from, &person.quiet_to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "none".to_owned(),
    };
    let muted = if person.muted.is_empty() { "nothing".to_owned() } else { person.muted.replace(',', ", ") };
    Message::new()
        .fields([
            ("Time zone", vec![person.zone.name().into()]),
            (
                "I write to you",
                vec![format!("{} to {} on your working days", person.send_from, person.send_to).into()],
            ),
            ("Quiet hours", vec![quiet.into()]),
            ("You stopped", vec![muted.into()]),
        ])
        .note([
            "Change it with ".into(),
            command("zone"),
            ", ".into(),
            command("quiet 18:00-08:00"),
            ", ".into(),
            command("mute"),
            " and ".into(),
            command("unmute"),
            "; pause everything with ".into(),
            command("snooze"),
            ".".into(),
        ])
}

/// The zone was set; shown so that a mistake is seen at once.
pub(in crate::core) fn zone_set(person: &Person, now: Instant) -> Message {
    let civil = person.zone.civil(now);
    Message::new()
        .words(format!(
            "Your time zone is {}. It is {} there now. Meetups and messages follow it from here on.",
            person.zone.name(),
            civil.strftime("%A, %H:%M")
        ))
        .note([
            "Your device calls this moment ".into(),
            time(now, TimeStyle::Full),
            ". If the two do not agree, name a city: ".into(),
            command("zone Europe/Lisbon"),
            ".".into(),
        ])
}
