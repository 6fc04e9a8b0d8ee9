//! Groups: the proposal that staff look at, and what members hear when it becomes real.

use std::collections::BTreeMap;

use crate::chat::{Action, Message, Span, TimeStyle, bold, command, italic, time};
use crate::content::Content;
use crate::core::ctx::settings_of;
use crate::domain::civil::Instant;
use crate::domain::formation::{Plan, PlannedGroup, Reason, Telling};
use crate::domain::ids::GroupId;
use crate::domain::starters::lower_first;
use crate::domain::words::Role;
use crate::store::groups::{Group, Member};
use crate::store::meetups::Meetup;
use crate::store::people::Person;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

/// People by id, to show names.
pub(in crate::core) type People = BTreeMap<String, Person>;

/// Groups in full are listed up to this many; above it a table stands for them.
const MOST_IN_FULL: usize = 12;

/// One line under the name of a group's room.
pub(in crate::core) const fn room_topic() -> &'static str {
    "Private to this group. What is said here stays here."
}

fn name_of(people: &People) -> impl Fn(&str) -> String + '_ {
    |id: &str| people.get(id).map_or_else(|| "somebody outside the programme".to_owned(), |p| p.name.clone())
}

fn with_unit(people: &People, id: &str) -> String {
    people.get(id).map_or_else(String::new, |p| {
        if p.organisation.is_empty() { p.name.clone() } else { format!("{} ({})", p.name, p.organisation) }
    })
}

/// A proposal, with the reasons for each group and for everybody without a place.
pub(in crate::core) fn preview(
    content: &Content,
    program: &Program,
    plan: &Plan,
    people: &People,
    locked: &[String],
) -> Message {
    let score = &plan.score;
    let without = match score.unplaced {
        0 => String::new(),
        number => format!("; {number} without a place"),
    };
    let mut message = Message::new().heading(format!("Proposed groups for {}", program.name)).words(format!(
        "{} in {}{without}. Nobody has been told yet. Seed {}.",
        super::count(score.placed, "person has a place", "people have a place"),
        super::count(plan.groups.len(), "group", "groups"),
        plan.seed
    ));
    for group in plan.groups.iter().take(MOST_IN_FULL) {
        let reasons = reasons(content, program, &group.reasons, people, None);
        message = one_proposed(message, group, people, locked, &reasons);
    }
    if plan.groups.len() > MOST_IN_FULL {
        let rows = plan.groups.iter().skip(MOST_IN_FULL).map(|g| {
            let mentors: Vec<String> = g.mentors.iter().map(|id| name_of(people)(id)).collect();
            vec![
                g.key.to_string(),
                mentors.join(", "),
                g.participants.len().to_string(),
                format!("{} %", g.percent()),
            ]
        });
        message = message.table(["Group", "Mentor", "Participants", "Fit"], rows.collect());
    }
    let unplaced = plan.unplaced.iter().take(25).map(|u| {
        let why: Vec<String> = u.stopped_by.iter().map(crate::domain::formation::Stop::words).collect();
        let relax = u.relax.as_ref().map(|r| format!(" {}", r.words())).unwrap_or_default();
        let role = if u.as_mentor { " as a mentor" } else { "" };
        let why = why.join(" ");
        vec![bold(format!("{}{role}", name_of(people)(&u.person))), format!(": {why}{relax}").into()]
    });
    let unplaced: Vec<_> = unplaced.collect();
    if !unplaced.is_empty() {
        message = message.text([bold("Without a place")]).list(unplaced);
    }
    let slug = &program.slug;
    message
        .note([
            "Move somebody with ".into(),
            command("groups move"),
            ", keep somebody with ".into(),
            command("groups lock"),
            ".".into(),
        ])
        .actions([
            Action::primary("Publish", format!("groups publish {slug}")),
            Action::button(
                "Try another arrangement",
                format!("groups preview {slug} {}", plan.seed.wrapping_add(1) % 1_000_000),
            ),
        ])
}

/// Reasons as sentences: to a member of the group, who is called "you", or to staff.
pub(in crate::core) fn reasons<'r>(
    content: &Content,
    program: &Program,
    reasons: impl IntoIterator<Item = &'r Reason>,
    people: &People,
    reader: Option<&str>,
) -> Vec<String> {
    let title_of = |topic: &str| lower_first(content.library.theme_title(topic));
    let difference = settings_of(program).difference;
    let telling =
        Telling { reader, name_of: &name_of(people), title_of: &title_of, unit: difference.as_str() };
    reasons.into_iter().map(|reason| reason.words(&telling)).collect()
}

fn one_proposed(
    message: Message,
    group: &PlannedGroup,
    people: &People,
    locked: &[String],
    reasons: &[String],
) -> Message {
    let shown = |id: &String| {
        let pin = if locked.contains(id) { ", kept" } else { "" };
        format!("{}{pin}", with_unit(people, id))
    };
    let mentors: Vec<String> = group.mentors.iter().map(shown).collect();
    let participants: Vec<String> = group.participants.iter().map(shown).collect();
    message
        .text([bold(format!("Group {}", group.key)), format!(", fit {} %", group.percent()).into()])
        .fields([
            ("Mentor", vec![super::list(&mentors).into()]),
            ("Participants", vec![super::list(&participants).into()]),
        ])
        .note([reasons.join(" ").into()])
}

/// Nothing to propose.
pub(in crate::core) fn nobody_to_place(program: &Program) -> Message {
    super::refusals::plain(format!(
        "There is nobody in {} who still needs a place. People join with the command join; then \
         propose groups again.",
        program.name
    ))
}

/// There is no proposal to work on.
pub(in crate::core) fn no_proposal() -> Message {
    super::refusals::plain("There is no proposal yet.").text([
        "Make one with ".into(),
        command("groups preview"),
        ".".into(),
    ])
}

/// The rules cannot hold together.
pub(in crate::core) fn infeasible(why: &str) -> Message {
    super::refusals::plain(format!("These groups cannot be formed. {why}")).text([
        "Change the rules with ".into(),
        command("program settings"),
        ", or start over without locks: ".into(),
        command("groups preview fresh=yes"),
        ".".into(),
    ])
}

/// A change that a rule forbids.
pub(in crate::core) fn forbidden(violations: &[String]) -> Message {
    let items = violations.iter().map(|v| vec![Span::from(v.as_str())]);
    super::refusals::plain("That would break a rule, so the proposal stays as it is:")
        .list(items)
        .words("Move somebody else, or change the rules first.")
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

/// Groups that a person sees.
pub(in crate::core) fn show(groups: &[Shown]) -> Message {
    let mut message = Message::new().heading("Groups");
    for (group, members, next) in groups.iter().take(MOST_IN_FULL) {
        let names = |role: Role| {
            let names: Vec<&str> =
                members.iter().filter(|(m, _)| m.role == role).map(|(_, p)| p.name.as_str()).collect();
            super::list(&names)
        };
        let next = next
            .as_ref()
            .map_or_else(|| vec!["none booked".into()], |m| vec![time(m.starts_at, TimeStyle::DateTime)]);
        message = message.text([bold(&*group.name)]).fields([
            ("Mentor", vec![names(Role::Mentor).into()]),
            ("Participants", vec![names(Role::Participant).into()]),
            ("Next meetup", next),
        ]);
    }
    if groups.len() > MOST_IN_FULL {
        message = message.note([format!("And {} more.", groups.len() - MOST_IN_FULL).into()]);
    }
    message
}

/// No groups to show.
pub(in crate::core) fn none_yet() -> Message {
    super::refusals::in_no_group()
}

/// A person's group and why, on the day it becomes real (rows C46, C47).
pub(in crate::core) async fn matched(
    tx: &mut Tx,
    program: &Program,
    group: &Group,
    person: &Person,
    reasons: &str,
    now: Instant,
) -> Result<Message, StoreError> {
    let members = tx.list_members_with_persons(&group.id).await?;
    let next = tx.find_next_meetup(&group.id, now).await?;
    let mine = members.iter().find(|(m, _)| m.person_id == person.id).map(|(m, _)| m.role);
    let others = members.iter().filter(|(m, _)| m.person_id != person.id).map(|(m, p)| {
        let what = if m.role == Role::Mentor { "mentor, " } else { "" };
        let organisation = if p.organisation.is_empty() { "independent" } else { &p.organisation };
        vec![bold(&*p.name), format!(" ({what}{organisation})").into()]
    });
    let role = if mine == Some(Role::Mentor) { "a mentor" } else { "a participant" };
    let mut message = Message::new()
        .heading(format!("You are in {} of {}", group.name, program.name))
        .words(format!("You take part as {role}. With you are:"))
        .list(others);
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
            .text(["Your first meetup: ".into(), time(meetup.starts_at, TimeStyle::DateTime), ".".into()])
            .actions(super::meetups::rsvp_buttons(&meetup)),
        None => message,
    })
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
        message =
            message.text(["First meetup: ".into(), time(meetup.starts_at, TimeStyle::DateTime), ".".into()]);
        if !starters.is_empty() {
            message = message.text([bold("To think about until then")]).list(starters);
        }
    }
    Ok(message)
}

/// A lost room is opened anew, to the one who asked for it.
pub(in crate::core) fn reopened(group: &Group) -> Message {
    Message::new().words(format!(
        "I am opening a new room for {} and bring everybody in. What waited for the room follows.",
        group.name
    ))
}

/// A member is brought back, to the one who asked for it.
pub(in crate::core) fn invited(person: &Person, group: &Group) -> Message {
    Message::new().words(format!("I am bringing {} back into the room of {}.", person.name, group.name))
}
