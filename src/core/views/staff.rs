//! What those who run programs see: notices and health.

use crate::chat::{Action, Message, TimeStyle, bold, time};
use crate::core::command::ROOT;
use crate::core::rooms::RoomLoss;
use crate::domain::civil::Instant;
use crate::domain::words::{NudgeKind, NudgeState, Role};
use crate::store::audit::Act;
use crate::store::groups::Group;
use crate::store::people::Person;
use crate::store::programs::Program;

/// Between the parts of a stored notice; a name or reason cannot hold it.
const PART: char = '\u{1f}';

/// Something that needs staff, with a button that settles it where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::core) struct Notice {
    words: String,
    button: Option<(String, String)>,
}

impl Notice {
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), button: None }
    }

    pub(super) fn button(mut self, label: &str, command: String) -> Self {
        self.button = Some((label.to_owned(), command));
        self
    }

    /// As the note of a nudge.
    pub(in crate::core) fn to_note(&self) -> String {
        match &self.button {
            Some((label, command)) => format!("{}{PART}{label}{PART}{command}", self.words),
            None => self.words.clone(),
        }
    }
}

/// Something that needs staff, as its note says.
pub(in crate::core) fn notice(program: &Program, note: &str) -> Message {
    shown(format!("{}: please look at this", program.name), note)
}

/// News for a person about something of theirs, as its note says.
pub(in crate::core) fn news(program: &Program, note: &str) -> Message {
    shown(format!("News from {}", program.name), note)
}

fn shown(heading: String, note: &str) -> Message {
    let mut parts = note.split(PART);
    let words = parts.next().unwrap_or_default();
    let message = Message::new().heading(heading).words(words);
    match (parts.next(), parts.next()) {
        (Some(label), Some(command)) => message.actions([Action::primary(label, command)]),
        _ => message,
    }
}

/// An account is gone, and with it perhaps the person.
pub(in crate::core) fn account_gone(
    person: &Person,
    workspace: &str,
    groups: &[String],
    roles: &[Role],
    elsewhere: bool,
    slug: &str,
) -> Notice {
    let name = &person.name;
    let gone =
        format!("{name}'s account in {workspace} was switched off, so nothing is sent to it any more.");
    if elsewhere {
        return Notice::new(format!("{gone} They still get everything through their other account."));
    }
    let kept = if groups.is_empty() {
        String::new()
    } else {
        format!(" Their place in {} is kept.", super::list(groups))
    };
    let place = [Role::Participant, Role::Mentor].into_iter().find(|role| roles.contains(role));
    let words = format!(
        "{gone}{kept} If they are only away, do nothing: when the account is back, so are they. If they are \
         gone for good, take them out of the programme."
    );
    match place {
        Some(role) => {
            Notice::new(words).button("Take them out", format!("role revoke {role} {} {slug} yes", person.id))
        }
        None => Notice::new(words),
    }
}

/// A whole workspace is out of reach.
pub(in crate::core) fn workspace_gone(workspace: &str) -> Notice {
    Notice::new(format!(
        "I was disconnected from {workspace}: the app was removed there, or its token was taken back. Nothing is \
         lost. What falls due for people there waits, and what is still of use goes out when the app is \
         installed again. Ask an administrator of {workspace} to do that."
    ))
}

/// The platform lets the bot write to nobody new for a while.
pub(in crate::core) fn directs_stopped(workspace: &str) -> Notice {
    Notice::new(format!(
        "For the next hours I can write to nobody in {workspace} whom I never wrote to before: the platform says that I \
         began too many conversations. Nothing is lost. Until then people find what waits for them in their group's \
         room and with {ROOT} inbox."
    ))
}

/// The bot lacks rights in a workspace.
pub(in crate::core) fn rights_missing(workspace: &str, rights: &str) -> Notice {
    Notice::new(format!(
        "In {workspace} I am not allowed everything that I need. Missing: {rights}. What needs them waits and is not \
         lost. Please ask somebody who manages {workspace} to give them to my role."
    ))
}

/// A person came over from another workspace.
pub(in crate::core) fn moved_workspace(name: &str, workspace: &str) -> Notice {
    Notice::new(format!(
        "{name} now writes from {workspace}. The account there has the same e-mail address as the one that is \
         gone, so I took it for the same person: groups, answers and settings stay. If that is wrong, take \
         them out of the programme and tell those who run this bot."
    ))
}

/// Somebody left their group's room.
pub(in crate::core) fn left_room(person: &Person, group: &Group, slug: &str) -> Notice {
    Notice::new(format!(
        "{} has left the room of {}. Their place in the group is kept, and messages to them go on. A short word \
         often helps: perhaps it was a slip, perhaps the group does not fit.",
        person.name, group.name
    ))
    .button("Bring them back", format!("groups invite {} {} {slug}", person.id, group.number))
}

/// A group's room is gone.
pub(in crate::core) fn room_lost(group: &Group, workspace: &str, slug: &str, loss: RoomLoss) -> Notice {
    let what = match loss {
        RoomLoss::Archived => "was archived",
        RoomLoss::Removed => "is closed to me: I was taken out of it",
        RoomLoss::Deleted => "was deleted",
        RoomLoss::Unreachable => "is not there any more",
        RoomLoss::Refused => {
            return Notice::new(format!(
                "I could not open a room for {} in {workspace}: the workspace does not let me. Ask an \
                 administrator to allow private rooms for this app, then let me try again.",
                group.name
            ))
            .button("Try again", format!("groups reopen {} {slug}", group.number));
        }
    };
    Notice::new(format!(
        "The room of {} in {workspace} {what}. What I have for the room waits. I can open a new one with \
         everybody in it; what was said in the old room stays there.",
        group.name
    ))
    .button("Open a new room", format!("groups reopen {} {slug}", group.number))
}

/// A credential was handed in.
pub(in crate::core) fn credential_waiting(program: &Program, name: &str) -> Notice {
    Notice::new(format!("{name} has handed in a credential as a coach and waits for you to check it."))
        .button("Look at it", format!("role waiting {}", program.slug))
}

/// Somebody applies to be a mentor.
pub(in crate::core) fn application_waiting(program: &Program, name: &str) -> Notice {
    Notice::new(format!("{name} applies to be a mentor and waits for your answer."))
        .button("Look at it", format!("role waiting {}", program.slug))
}

/// A member left groups, or is out of them because a role was taken; some of them may have no mentor now, or too few
/// participants.
pub(in crate::core) fn member_left(
    name: &str,
    taken: Option<Role>,
    groups: &[String],
    alone: &[String],
    (left, smallest): (usize, usize),
    slug: &str,
) -> Notice {
    let mut words = match taken {
        None => format!("{name} has left {}.", super::list(groups)),
        Some(role) => {
            format!(
                "{name} is no longer {}, and so no longer in {}.",
                super::a_role(role),
                super::list(groups)
            )
        }
    };
    if !alone.is_empty() {
        let have = if alone.len() == 1 { "has" } else { "have" };
        words = format!("{words} {} {have} no mentor now.", super::list(alone));
    }
    if left < smallest {
        let which = if groups.len() == 1 { "It" } else { "One of them" };
        let people = super::count(left, "participant", "participants");
        words = format!("{words} {which} now has {people}, fewer than the {smallest} you set.");
    }
    if alone.is_empty() && left >= smallest {
        return Notice::new(words);
    }
    words.push_str(
        " I can propose the fewest changes that put that right; nobody is told before you publish them.",
    );
    Notice::new(words).button("Propose a repair", format!("groups repair {slug}"))
}

/// A reporting line inside a published group (rows A9, B12), with a button that proposes what to do.
pub(in crate::core) fn line_in_group(program: &Program, group: &str, one: &str, other: &str) -> Notice {
    Notice::new(format!(
        "{one} and {other} are both in {group}, and one of them now reports to the other. Nobody \
         mentors a person whose work they judge: please find one of them another group."
    ))
    .button("Propose a repair", format!("groups repair {}", program.slug))
}

/// Hard rules that published groups break by now, with a button that proposes what to do (rows A9, B12).
pub(in crate::core) fn rules_broken(program: &Program, broken: &[String], all: usize) -> Notice {
    let more = match all - broken.len() {
        0 => String::new(),
        number => format!(" And {number} more."),
    };
    Notice::new(format!(
        "Something has changed, and the groups no longer keep every rule. {}{more} I can propose the fewest changes \
         that put them right; nobody is told before you publish them.",
        broken.join(" ")
    ))
    .button("Propose a repair", format!("groups repair {}", program.slug))
}

/// One line of health.
pub(in crate::core) struct Health {
    pub(in crate::core) program: Program,
    pub(in crate::core) counts: Vec<(NudgeState, NudgeKind, Option<String>, i64)>,
    pub(in crate::core) acts: Vec<(Act, String)>,
}

/// What waits, what was held back and why.
pub(in crate::core) fn health(all: &[Health], oldest: Option<Instant>, now: Instant) -> Message {
    let mut message = Message::new().heading("Health");
    message = match oldest.filter(|at| *at < now.minus_minutes(5)) {
        Some(at) => message.text([
            "The oldest unsent message was due ".into(),
            time(at, TimeStyle::Relative),
            ".".into(),
        ]),
        None => message.words("Nothing is late."),
    };
    for health in all {
        let sum = |state: NudgeState| health.counts.iter().filter(|c| c.0 == state).map(|c| c.3).sum::<i64>();
        message = message
            .text([bold(&*health.program.name), format!(", {}", health.program.state).into()])
            .fields([
                ("Sent in 30 days", vec![sum(NudgeState::Done).to_string().into()]),
                ("Waiting", vec![sum(NudgeState::Ready).to_string().into()]),
                ("In doubt", vec![(sum(NudgeState::InDoubt) + sum(NudgeState::Sending)).to_string().into()]),
                ("Skipped", vec![sum(NudgeState::Skipped).to_string().into()]),
                ("Refused by the platform", vec![sum(NudgeState::Dead).to_string().into()]),
            ]);
        let rows: Vec<Vec<String>> = health
            .counts
            .iter()
            .filter_map(|(state, kind, reason, count)| {
                let why = reason.as_ref()?;
                Some(vec![
                    count.to_string(),
                    kind.in_words().to_owned(),
                    state.to_string().replace('_', " "),
                    why.clone(),
                ])
            })
            .take(20)
            .collect();
        message = message.table(["Number", "What", "State", "Why"], rows);
        let acts = health.acts.iter().map(|(act, who)| {
            let reason =
                if act.reason.is_empty() { String::new() } else { format!(" Reason: {}", act.reason) };
            vec![time(act.at, TimeStyle::DateTime), format!(" {who}: {}.{reason}", act.act).into()]
        });
        message = message.list(acts.collect::<Vec<_>>());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_hear_that_a_group_has_no_mentor_and_are_offered_a_repair() {
        let groups = ["Group 1".to_owned()];
        let said =
            |alone: &[String], left| member_left("Ada Stone", None, &groups, alone, (left, 3), "p").to_note();
        assert_eq!(said(&[], 3), "Ada Stone has left Group 1.");
        let alone = said(&groups, 3);
        assert!(alone.contains("Group 1 has no mentor now.") && alone.contains("groups repair p"), "{alone}");
        let small = said(&[], 1);
        assert!(small.contains("It now has 1 participant, fewer than the 3 you set."), "{small}");
        let taken = member_left("Ada Stone", Some(Role::Participant), &groups, &[], (3, 3), "p").to_note();
        assert_eq!(taken, "Ada Stone is no longer a participant, and so no longer in Group 1.");
    }
}
