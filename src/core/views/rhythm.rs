//! A group's rhythm: the form that sets it and what came of it. A rhythm is always shown with its next dates, so that
//! a mistake is seen before anybody plans by it.

use crate::chat::{Choice, Field, FieldKind, Form, Message, TimeStyle, time};
use crate::domain::cadence::Cadence;
use crate::domain::civil::{Instant, Zone};
use crate::domain::starters::lower_first;
use crate::store::groups::Group;

/// A rhythm as a person would type it: the first part of its stored form.
fn typed_rhythm(cadence: &Cadence) -> String {
    let stored = cadence.to_string();
    stored.split(';').next().unwrap_or_default().trim().to_owned()
}

/// The form that sets a group's rhythm.
pub(in crate::core) fn schedule_form(
    group: &Group,
    cadence: Option<&Cadence>,
    place: &str,
    zone: &str,
) -> Form {
    let words = cadence.map_or_else(|| "monthly".to_owned(), typed_rhythm);
    let minutes = cadence.map_or(75, Cadence::minutes);
    let leads =
        [("mentor", "The mentor"), ("rotating", "Participants in turn"), ("shared", "Everybody together")];
    let modes = [
        ("mentor", "Mentor: shares experience and stories"),
        ("coach", "Coach: asks and does not tell"),
        ("peer", "Peers: members ask each other"),
    ];
    Form {
        title: "When does the group meet?".into(),
        command: format!("meetup schedule {}", group.id),
        intro: vec![
            format!(
                "A new rhythm replaces the planned meetups of {}, and everybody is \
                 told. Other changes apply to the planned ones.",
                group.name
            )
            .into(),
        ],
        submit: "Set the rhythm".into(),
        fields: vec![
            Field::new("cadence", "How often and when", FieldKind::Text { max: 120, multiline: false })
                .required()
                .value(words)
                .hint(
                    "Such as fortnightly on tuesday at 15:00, first monday at 9:00, quarterly on \
                     the first tuesday at 15:00",
                ),
            Field::new(
                "zone",
                "Time zone of that time",
                FieldKind::Zone { suggestions: Zone::all().to_vec() },
            )
            .required()
            .value(zone),
            Field::new("minutes", "Length in minutes", FieldKind::Number { min: 15, max: 480 })
                .value(minutes.to_string()),
            Field::new(
                "lead",
                "Who leads",
                FieldKind::Select { options: leads.map(|(v, l)| Choice::new(v, l)).to_vec() },
            )
            .value(group.lead.as_str()),
            Field::new(
                "mode",
                "How do starters speak?",
                FieldKind::Select { options: modes.map(|(v, l)| Choice::new(v, l)).to_vec() },
            )
            .value(&*group.mode),
            Field::new("place", "Room, address or call link", FieldKind::Text { max: 200, multiline: false })
                .value(place),
        ],
    }
}

/// A rhythm was set, with the next five firings.
pub(in crate::core) fn scheduled(group: &Group, cadence: &Cadence, slots: &[Instant]) -> Message {
    let next = slots.iter().take(5).map(|at| vec![time(*at, TimeStyle::DateTime)]);
    Message::new()
        .heading(format!("{} meets {}", group.name, lower_first(&cadence.words())))
        .words(format!(
            "{} are booked to the end of the programme, the closing one included. The next ones:",
            super::count(slots.len(), "meetup", "meetups")
        ))
        .list(next)
}

/// Everything but the rhythm changed.
pub(in crate::core) fn rhythm_kept(group: &Group) -> Message {
    Message::new().words(format!(
        "Saved. {} keeps its rhythm, and its planned meetups follow the \
         change.",
        group.name
    ))
}
