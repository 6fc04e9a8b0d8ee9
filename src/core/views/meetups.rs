//! Meetups: the card in the room, reminders, changes and what comes after.

use super::Facts;
use crate::chat::{Action, Field, FieldKind, Form, Message, Span, TimeStyle, bold, command, italic, time};
use crate::content::Content;
use crate::domain::ids::PersonId;
use crate::domain::quorum::Quorum;
use crate::domain::starters::lower_first;
use crate::domain::words::{MeetupState, Rsvp};
use crate::store::meetups::Meetup;

/// Yes, maybe, no.
pub(in crate::core) fn rsvp_buttons(meetup: &Meetup) -> Vec<Action> {
    vec![
        Action::primary("I will come", format!("meetup rsvp yes {}", meetup.id)),
        Action::button("Maybe", format!("meetup rsvp maybe {}", meetup.id)),
        Action::button("I cannot come", format!("meetup rsvp no {}", meetup.id)),
    ]
}

pub(super) fn title(facts: &Facts) -> String {
    let kind = if facts.meetup.closing == 1 { "Closing meetup" } else { "Meetup" };
    format!("{kind} {} of {}", facts.meetup.number, facts.group.name)
}

pub(super) fn place(facts: &Facts) -> Vec<Span> {
    let place = facts.meetup.place.trim();
    if place.starts_with("https://") {
        vec![Span::Link { label: "Join the call".into(), url: place.to_owned() }]
    } else if place.is_empty() {
        vec!["to be agreed in the room".into()]
    } else {
        vec![place.into()]
    }
}

/// The card in the group's room. The same function draws it anew after every answer.
pub(in crate::core) fn card(facts: &Facts, content: &Content) -> Message {
    let meetup = &facts.meetup;
    let mut fields = vec![
        (
            "When",
            vec![time(meetup.starts_at, TimeStyle::DateTime), format!(", {} minutes", meetup.minutes).into()],
        ),
        ("Theme", vec![facts.theme(content).into()]),
        ("Led by", vec![facts.led_by().into()]),
        ("Place", place(facts)),
    ];
    for (label, answer) in [("Will come", Rsvp::Yes), ("Maybe", Rsvp::Maybe), ("Cannot come", Rsvp::No)] {
        let names = facts.names_with(answer);
        if !names.is_empty() {
            fields.push((label, vec![super::list(&names).into()]));
        }
    }
    let message = Message::new().heading(title(facts)).fields(fields);
    match meetup.state {
        MeetupState::Planned => message.actions(rsvp_buttons(meetup)),
        MeetupState::Held => message.note(["This meetup took place.".into()]),
        MeetupState::Missed => message.note(["This meetup did not take place.".into()]),
        MeetupState::Cancelled => message.note(["This meetup was called off.".into()]),
    }
}

/// A day ahead, to each member.
pub(in crate::core) fn reminder(
    facts: &Facts,
    content: &Content,
    person: &PersonId,
    tip: Option<&str>,
) -> Message {
    let meetup = &facts.meetup;
    let message = Message::new()
        .heading(title(facts))
        .text([
            time(meetup.starts_at, TimeStyle::DateTime),
            ". Theme: ".into(),
            bold(facts.theme(content)),
            ".".into(),
        ])
        .fields([("Place", place(facts))]);
    let quorum = facts.quorum();
    if facts.role_of(person) == Some(crate::domain::words::Role::Mentor) && !quorum.can_be_met() {
        // The mentor needs one message here, not two.
        return quorum_missed(facts, quorum);
    }
    let message = match tip {
        Some(tip) => message.note(["For you as mentor: ".into(), tip.into()]),
        None => message,
    };
    match facts.answer_of(person) {
        Some(Rsvp::Yes) => message
            .words("You said that you will come.")
            .actions([Action::button("I cannot come after all", format!("meetup rsvp no {}", meetup.id))]),
        _ => message.words("Will you come?").actions(rsvp_buttons(meetup)),
    }
}

/// A quarter of an hour ahead, in the room.
pub(in crate::core) fn soon(facts: &Facts, content: &Content) -> Message {
    Message::new()
        .text([
            "Our meetup starts at ".into(),
            time(facts.meetup.starts_at, TimeStyle::Time),
            ". Theme: ".into(),
            bold(facts.theme(content)),
            format!(". Led by {}.", facts.led_by()).into(),
        ])
        .fields([("Place", place(facts))])
        .note(["Talk about the problem, not the person. Passing is always fine. Start on time, end on time."
            .into()])
}

/// When it is over, in the room.
pub(in crate::core) fn after(facts: &Facts) -> Message {
    let id = &facts.meetup.id;
    Message::new()
        .words(format!("Did {} take place?", lower_first(&title(facts))))
        .actions([
            Action::primary("Yes, it did", format!("meetup held yes {id}")),
            Action::button("No", format!("meetup held no {id}")),
        ])
        .note(["The mentor, the host or staff can answer.".into()])
}

/// Some days ahead: what do you need this time? (row C31)
pub(in crate::core) fn need(facts: &Facts, content: &Content) -> Message {
    let themes: Vec<_> = content
        .library
        .themes
        .iter()
        .take(24)
        .map(|theme| crate::chat::Choice::new(&*theme.key, &*theme.title))
        .collect();
    Message::new()
        .heading("What do you need this time?")
        .text([
            format!("{} is ", title(facts)).into(),
            time(facts.meetup.starts_at, TimeStyle::DateTime),
            ". Pick a topic, and the starters will lean towards it. Your mentor sees topics, not names."
                .into(),
        ])
        .actions([
            Action::Select {
                label: "Pick a topic".into(),
                command: format!("meetup need meetup={}", facts.meetup.id),
                options: themes,
            },
            Action::button("Nothing special", format!("meetup need none {}", facts.meetup.id)),
        ])
}

/// A need was noted.
pub(in crate::core) fn need_noted() -> Message {
    Message::new().words("Noted. Thank you; the starters for your next meetup will take it into account.")
}

/// Topics to choose a need from.
pub(in crate::core) fn no_such_theme(given: &str, content: &Content) -> Message {
    super::refusals::plain(format!(
        "\"{}\" is not one of the topics. {}",
        crate::domain::text::shortened(given),
        super::topics_to_choose(&content.library, given)
    ))
}

/// Too few will come, to the mentor.
pub(in crate::core) fn quorum_missed(facts: &Facts, quorum: Quorum) -> Message {
    let why = if quorum.mentors == 0 {
        "No mentor can come.".to_owned()
    } else {
        format!(
            "At most {} of {} can come; {} are needed.",
            quorum.members - quorum.no,
            quorum.members,
            quorum.needed()
        )
    };
    let id = &facts.meetup.id;
    Message::new()
        .heading(format!("{} may be too small", title(facts)))
        .text([
            why.into(),
            " It is planned for ".into(),
            time(facts.meetup.starts_at, TimeStyle::DateTime),
            ".".into(),
        ])
        .words("You can keep it, move it or call it off. If you do nothing, it takes place.")
        .actions([
            Action::DateTime { label: "Move it".into(), command: format!("meetup move {id}") },
            Action::danger("Call it off", format!("meetup cancel {id}")),
        ])
}

/// A meetup moved, to each member at once.
pub(in crate::core) fn moved(facts: &Facts) -> Message {
    Message::new()
        .heading(format!("{} has moved", title(facts)))
        .text([
            "It is now ".into(),
            time(facts.meetup.starts_at, TimeStyle::DateTime),
            ". Can you come then?".into(),
        ])
        .actions(rsvp_buttons(&facts.meetup))
}

/// A meetup is off, to each member at once.
pub(in crate::core) fn cancelled(facts: &Facts, reason: &str) -> Message {
    let message = Message::new().heading(format!("{} is called off", title(facts))).text([
        "It was planned for ".into(),
        time(facts.meetup.starts_at, TimeStyle::DateTime),
        ".".into(),
    ]);
    if reason.is_empty() { message } else { message.text(["Reason given: ".into(), italic(reason)]) }
}

/// An answer was noted.
pub(in crate::core) fn rsvp_noted(meetup: &Meetup, answer: Rsvp) -> Message {
    let words = match answer {
        Rsvp::Yes => "You will come. See you ",
        Rsvp::Maybe => "Noted: maybe. Please tell us when you know, for ",
        Rsvp::No => "Noted: you cannot come. No reason needed. The meetup is planned for ",
    };
    Message::new().text([words.into(), time(meetup.starts_at, TimeStyle::DateTime), ".".into()])
}

/// A person's next meetups.
pub(in crate::core) fn next(entries: &[(Facts, bool)], content: &Content, me: &PersonId) -> Message {
    let mut message = Message::new().heading("Your next meetups");
    for (facts, leads) in entries {
        let answer = match facts.answer_of(me) {
            Some(Rsvp::Yes) => "you will come",
            Some(Rsvp::Maybe) => "you said maybe",
            Some(Rsvp::No) => "you cannot come",
            None => "not given yet",
        };
        message = message.text([bold(title(facts))]).fields([
            (
                "When",
                vec![
                    time(facts.meetup.starts_at, TimeStyle::DateTime),
                    format!(", {} minutes", facts.meetup.minutes).into(),
                ],
            ),
            ("Theme", vec![facts.theme(content).into()]),
            ("Place", place(facts)),
            ("Your answer", vec![answer.into()]),
        ]);
        let mut actions = rsvp_buttons(&facts.meetup);
        if *leads {
            actions.push(Action::DateTime {
                label: "Move it".into(),
                command: format!("meetup move {}", facts.meetup.id),
            });
            actions.push(Action::danger("Call it off", format!("meetup cancel {}", facts.meetup.id)));
        }
        message = message.actions(actions);
    }
    message
}

/// Asks for a new date.
pub(in crate::core) fn move_to_when(meetup: &Meetup) -> Message {
    Message::new()
        .text([
            "It is planned for ".into(),
            time(meetup.starts_at, TimeStyle::DateTime),
            ". When should it be instead?".into(),
        ])
        .actions([Action::DateTime {
            label: "New date and time".into(),
            command: format!("meetup move {}", meetup.id),
        }])
}

/// A meetup was moved, to the one who did it.
pub(in crate::core) fn move_done(meetup: &Meetup) -> Message {
    Message::new().text([
        "Moved to ".into(),
        time(meetup.starts_at, TimeStyle::DateTime),
        ". Everybody in the group is told now and asked again whether they can come.".into(),
    ])
}

/// Asks once more before a meetup is called off.
pub(in crate::core) fn cancel_form(meetup: &Meetup) -> Form {
    let reason = FieldKind::Text { max: 300, multiline: true };
    Form {
        title: "Call the meetup off?".into(),
        command: format!("meetup cancel {}", meetup.id),
        intro: vec![
            "It is planned for ".into(),
            time(meetup.starts_at, TimeStyle::DateTime),
            ". Everybody in the group is told at once.".into(),
        ],
        submit: "Call it off".into(),
        fields: vec![Field::new("reason", "A word for the group", reason).hint("Optional")],
    }
}

/// A meetup was called off, to the one who did it.
pub(in crate::core) fn cancel_done(meetup: &Meetup) -> Message {
    Message::new().text([
        "The meetup of ".into(),
        time(meetup.starts_at, TimeStyle::DateTime),
        " is called off. Everybody in the group is told now.".into(),
    ])
}

/// Whether it took place was noted.
pub(in crate::core) fn held_noted(held: bool) -> Message {
    if held {
        Message::new().words("Noted: it took place. Thank you.")
    } else {
        Message::new().words("Noted: it did not take place.").text([
            "To meet sooner than planned, move the next one with ".into(),
            command("meetup move"),
            ".".into(),
        ])
    }
}
