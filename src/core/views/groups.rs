//! Groups as they are: what staff see when they become real, and what members hear.

use std::collections::BTreeMap;

use crate::chat::{Field, FieldKind, Form, Message, Span, TimeStyle, bold, italic, time};
use crate::content::Content;
use crate::core::shifts::Shift;
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::words::{GroupState, Role};
use crate::store::groups::{Group, Member};
use crate::store::meetups::Meetup;
use crate::store::people::Person;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

/// People by id, to show names.
pub(in crate::core) type People = BTreeMap<String, Person>;

/// Groups in full are listed up to this many; above it a table stands for them.
pub(super) const MOST_IN_FULL: usize = 12;

/// One line under the name of a group's room.
pub(in crate::core) const fn room_topic() -> &'static str {
    "Private to this group. What is said here stays here."
}

/// The proposal became real.
pub(in crate::core) fn published(
    program: &Program,
    groups: &[(Group, Vec<String>, Option<Meetup>)],
) -> Message {
    let lines = groups.iter().take(40).map(|(group, names, first)| {
        let mut line = vec![bold(&*group.name), format!(": {}. First meetup ", super::list(names)).into()];
        match first {
            Some(meetup) => line.push(time(meetup.starts_at, TimeStyle::DateTime)),
            None => line.push("not booked yet".into()),
        }
        line
    });
    Message::new()
        .heading(format!("The groups of {} are real", program.name))
        .words(
            "Everybody gets a message with their group, the reasons and the first meetup. Each \
             group gets a private room with guidelines and first starters.",
        )
        .list(lines)
}

/// A group with its members and next meetup.
pub(in crate::core) type Shown = (Group, Vec<(Member, Person)>, Option<Meetup>);

/// Groups that a person sees, those that have ended last.
pub(in crate::core) fn show(groups: &[Shown]) -> Message {
    let mut message = Message::new().heading("Groups");
    for (group, members, next) in groups.iter().take(MOST_IN_FULL) {
        let ended = group.closed_at.filter(|_| group.state == GroupState::Closed);
        if let Some(at) = ended.filter(|_| members.is_empty()) {
            let on = [bold(&*group.name), " ended on ".into(), time(at, TimeStyle::Date), ".".into()];
            message = message.text(on);
            continue;
        }
        let names = |role: Role| {
            let names: Vec<&str> =
                members.iter().filter(|(m, _)| m.role == role).map(|(_, p)| p.name.as_str()).collect();
            if names.is_empty() { "none at the moment".to_owned() } else { super::list(&names) }
        };
        let last = match (ended, next) {
            (Some(at), _) => ("Ended", time(at, TimeStyle::Date)),
            (None, Some(meetup)) => ("Next meetup", time(meetup.starts_at, TimeStyle::DateTime)),
            (None, None) => ("Next meetup", "none booked".into()),
        };
        message = message.text([bold(&*group.name)]).fields([
            ("Mentor", vec![names(Role::Mentor).into()]),
            ("Participants", vec![names(Role::Participant).into()]),
            (last.0, vec![last.1]),
        ]);
        message = with_purpose(message, group);
    }
    if groups.len() > MOST_IN_FULL {
        message = message.note([format!("And {} more.", groups.len() - MOST_IN_FULL).into()]);
    }
    message
}

/// Between the parts of a stored note; no name and no reason holds it.
const PART: char = '\u{1f}';

/// What is kept until somebody is told their group: where they come from, and the reasons.
pub(in crate::core) fn match_note(origin: Option<&Shift>, reasons: &[String]) -> String {
    let from = origin.map(|shift| {
        let ended = if shift.why.ends() { ", which has ended" } else { "" };
        let room = if shift.stays { "" } else { " You are no longer in its room." };
        format!(
            "The staff have put the groups right, and you have moved here from {}{ended}.{room}",
            shift.from.name
        )
    });
    format!("{}{PART}{}", from.unwrap_or_default(), reasons.join("\n"))
}

/// A person's group and why, on the day it becomes real (rows C46, C47); `note` is as [`match_note`] wrote it.
pub(in crate::core) async fn matched(
    tx: &mut Tx,
    program: &Program,
    group: &Group,
    person: &Person,
    note: &str,
    now: Instant,
) -> Result<Message, StoreError> {
    let (from, reasons) = note.split_once(PART).unwrap_or(("", note));
    let members = tx.list_members_with_persons(&group.id).await?;
    let next = tx.find_next_meetup(&group.id, now).await?;
    let mine = members.iter().find(|(m, _)| m.person_id == person.id).map(|(m, _)| m.role);
    let roles = tx.list_roles_in(&program.id).await?;
    let is_coach = |id: &PersonId| roles.iter().any(|r| r.person_id == *id && r.role == Role::Coach);
    let others = members.iter().filter(|(m, _)| m.person_id != person.id).map(|(m, p)| {
        let what = match m.role {
            Role::Mentor => leader(p, is_coach(&p.id)),
            _ => String::new(),
        };
        let organisation = if p.organisation.is_empty() { "independent" } else { &p.organisation };
        vec![bold(&*p.name), format!(" ({what}{organisation})").into()]
    });
    let role = if mine == Some(Role::Mentor) { "a mentor" } else { "a participant" };
    let mut message =
        with_purpose(Message::new().heading(format!("You are in {} of {}", group.name, program.name)), group);
    if !from.is_empty() {
        message = message.words(from);
    }
    message = message.words(format!("You take part as {role}. With you are:")).list(others);
    let reasons: Vec<_> = reasons.lines().filter(|l| !l.is_empty()).map(|l| vec![Span::from(l)]).collect();
    if !reasons.is_empty() {
        message = message.text([bold("Why this group")]).list(reasons);
    }
    if let Some(promise) = members
        .iter()
        .find(|(m, p)| m.role == Role::Mentor && m.person_id != person.id && p.answer_hours > 0)
        .map(|(_, p)| format!("{} promises to answer within {} hours.", p.name, p.answer_hours))
    {
        message = message.note([promise.into()]);
    }
    Ok(match next {
        Some(meetup) => message
            .text([
                format!("Your {} meetup: ", first_or_next(&meetup)).into(),
                time(meetup.starts_at, TimeStyle::DateTime),
                ".".into(),
            ])
            .actions(super::meetups::rsvp_buttons(&meetup)),
        None => message,
    })
}

/// What a group's coming meetup is to it.
const fn first_or_next(meetup: &Meetup) -> &'static str {
    if meetup.number == 1 { "first" } else { "next" }
}

/// What leads somebody to lead: "coach and mentor, head of IT for 12 years, still in office, ".
fn leader(person: &Person, is_coach: bool) -> String {
    let office = super::review::office(person);
    let coach = if is_coach { "coach and " } else { "" };
    let office = if office.is_empty() { String::new() } else { format!("head of IT {office}, ") };
    format!("{coach}mentor, {office}")
}

/// The first message in a group's room: who is here, guidelines and first starters (row C47).
pub(in crate::core) async fn welcome(
    tx: &mut Tx,
    content: &Content,
    group: &GroupId,
    now: Instant,
) -> Result<Message, StoreError> {
    let group = tx.get_group(group).await?;
    let members = tx.list_members_with_persons(&group.id).await?;
    let names = |role: Role| -> Vec<&str> {
        members.iter().filter(|(m, _)| m.role == role).map(|(_, p)| p.name.as_str()).collect()
    };
    let guidelines =
        content.texts.guidelines.iter().map(|g| vec![bold(&*g.title), format!(". {}", g.text).into()]);
    let mut message = Message::new()
        .heading(format!("Welcome to {}", group.name))
        .words(format!(
            "Here are {} with {} as mentor. This room is private to you.",
            super::list(&names(Role::Participant)),
            super::list(&names(Role::Mentor))
        ))
        .list(guidelines);
    if let Some(meetup) = tx.find_next_meetup(&group.id, now).await? {
        let theme = content.library.meetup(&meetup.theme);
        let starters = theme.iter().flat_map(|t| &t.starters).filter_map(|id| content.library.starter(id));
        let starters: Vec<_> = starters.take(2).map(|s| vec![italic(&*s.text)]).collect();
        let which = super::upper_first(first_or_next(&meetup));
        message = message.text([
            format!("{which} meetup: ").into(),
            time(meetup.starts_at, TimeStyle::DateTime),
            ".".into(),
        ]);
        if !starters.is_empty() {
            message = message.text([bold("To think about until then")]).list(starters);
        }
    }
    Ok(message)
}

/// What is kept until a room hears who came and who is gone: their ids.
pub(in crate::core) fn change_note(came: &[&str], gone: &[&str]) -> String {
    format!("{}{PART}{}", came.join(","), gone.join(","))
}

/// The ids in a note that [`change_note`] wrote: who came, who is gone.
pub(in crate::core) fn read_change(note: &str) -> (Vec<&str>, Vec<&str>) {
    let (came, gone) = note.split_once(PART).unwrap_or((note, ""));
    (came.split(',').collect(), gone.split(',').collect())
}

/// Says hello to those who came later, and who is no longer in the group, in the group's room.
pub(in crate::core) fn changed(group: &Group, came: &[(Member, Person)], gone: &[Person]) -> Message {
    let title = if came.is_empty() { "A change in" } else { "New in" };
    let mut message = Message::new().heading(format!("{title} {}", group.name));
    if !gone.is_empty() {
        let names: Vec<&str> = gone.iter().map(|person| person.name.as_str()).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        message = message.words(format!("{} {are} no longer in {}.", super::list(&names), group.name));
    }
    if came.is_empty() {
        return message;
    }
    let names: Vec<String> = came
        .iter()
        .map(|(member, p)| {
            let mentor = if member.role == Role::Mentor { "your mentor from now on" } else { "" };
            let about: Vec<&str> =
                [p.organisation.as_str(), mentor].into_iter().filter(|s| !s.is_empty()).collect();
            if about.is_empty() { p.name.clone() } else { format!("{} ({})", p.name, about.join(", ")) }
        })
        .collect();
    message = message.words(format!(
        "Please welcome {}. Begin your next meetup with a round in which everybody says who they are and what they hope \
         for. What is said here stays here.",
        super::list(&names)
    ));
    with_purpose(message, group)
}

/// What a group has set out to do, where it has said so.
pub(super) fn with_purpose(message: Message, group: &Group) -> Message {
    if group.purpose.is_empty() {
        return message;
    }
    message.text([bold("What we set out to do"), format!(": {}", super::sentence(&group.purpose)).into()])
}

/// The form with which a group gets a name and a purpose.
pub(in crate::core) fn name_form(group: &Group) -> Form {
    let text = |max, multiline| FieldKind::Text { max, multiline };
    Form {
        title: "Name and purpose".into(),
        command: format!("groups name {}", group.id),
        intro: vec![
            "Best found together, in the first meetups. Both stand on top of your group's room.".into(),
        ],
        submit: "Save".into(),
        fields: vec![
            Field::new("name", "What is your group called?", text(40, false)).value(&*group.name).required(),
            Field::new("purpose", "What have you set out to do together?", text(200, true))
                .value(&*group.purpose)
                .hint("One sentence that all of you can stand behind"),
        ],
    }
}

/// A group has a name and a purpose.
pub(in crate::core) fn named(group: &Group) -> Message {
    let message = Message::new().words(format!("Saved: your group is called {}.", group.name));
    with_purpose(message, group)
}

/// A lost room is opened anew, to the one who asked for it.
pub(in crate::core) fn reopened(group: &Group) -> Message {
    Message::new().words(format!(
        "I am opening a new room for {} and bringing everybody in. What waited for the room follows.",
        group.name
    ))
}

/// A member is brought back, to the one who asked for it.
pub(in crate::core) fn invited(person: &Person, group: &Group) -> Message {
    Message::new().words(format!("I am bringing {} back into the room of {}.", person.name, group.name))
}
