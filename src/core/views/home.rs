//! The dashboard and the inbox. Every item carries its own buttons; a section without content is left out.

use super::Facts;
use crate::chat::{Action, Choice, Message, Span, TimeStyle, bold, command, time};
use crate::content::Content;
use crate::domain::civil::Instant;
use crate::domain::words::{NudgeKind, NudgeState, ProgramState, Role, Rsvp};
use crate::store::groups::{Group, Member};
use crate::store::people::Person;
use crate::store::programs::Program;
use crate::store::pulses::WaveRow;

/// Programs that are offered to join, at most.
const MOST_OFFERED: usize = 5;
/// Items of an inbox that are shown, at most: some platforms end a page there.
const MOST_WAITING: usize = 12;

/// One of the person's groups.
pub(in crate::core) struct Mine {
    pub(in crate::core) group: Group,
    pub(in crate::core) program: Program,
    pub(in crate::core) members: Vec<(Member, Person)>,
    pub(in crate::core) next: Option<Facts>,
}

/// Something that waits for the person, and since when.
pub(in crate::core) struct Waiting {
    pub(in crate::core) at: Instant,
    pub(in crate::core) message: Message,
}

/// A program that the person runs.
pub(in crate::core) struct Staffed {
    pub(in crate::core) program: Program,
    pub(in crate::core) roles: Vec<Role>,
    pub(in crate::core) groups: usize,
    pub(in crate::core) lost: Vec<Group>,
    pub(in crate::core) counts: Vec<(NudgeState, NudgeKind, Option<String>, i64)>,
    /// The latest pulse: people asked, people who answered.
    pub(in crate::core) pulse: Option<(WaveRow, (i64, i64))>,
}

/// Everything on the dashboard.
pub(in crate::core) struct Seen<'a> {
    pub(in crate::core) me: &'a Person,
    pub(in crate::core) mine: &'a [Mine],
    pub(in crate::core) waiting: &'a [Waiting],
    pub(in crate::core) staffed: &'a [Staffed],
    /// Programs that could be joined.
    pub(in crate::core) open: &'a [Program],
    pub(in crate::core) newcomer: bool,
    /// Whether the person takes part in a programme, as participant or mentor.
    pub(in crate::core) joined: bool,
    pub(in crate::core) may_found: bool,
    pub(in crate::core) content: &'a Content,
    pub(in crate::core) now: Instant,
}

/// The dashboard.
pub(in crate::core) fn home(seen: &Seen<'_>) -> Message {
    let mut message = Message::new();
    if seen.newcomer {
        message = welcome(message, seen);
    }
    if !seen.mine.is_empty() {
        let title = if seen.mine.len() == 1 { "Your group" } else { "Your groups" };
        message = message.heading(title);
        for mine in seen.mine {
            message = one_group(message, mine, seen);
        }
    }
    if !seen.waiting.is_empty() {
        message = append(message.heading("This waits for you"), seen.waiting);
    }
    for staffed in seen.staffed {
        message = one_program(message, staffed);
    }
    if seen.joined && seen.mine.is_empty() {
        message = message
            .heading("You are in")
            .words("You have no group yet. When the staff have formed the groups, I tell you yours, with the reasons.");
    }
    settings(message, seen)
}

fn welcome(message: Message, seen: &Seen<'_>) -> Message {
    let message = message.heading("Welcome").words(
        "I run group mentoring: a few people and a mentor meet regularly, talk about what their work asks of \
         them, and learn from each other. I form the groups, plan the meetups and send a good question ahead.",
    );
    let mut actions: Vec<Action> = seen
        .open
        .iter()
        .take(MOST_OFFERED - 1)
        .map(|p| {
            Action::primary(
                format!("Join {}", p.name.chars().take(60).collect::<String>()),
                format!("join {}", p.slug),
            )
        })
        .collect();
    let message = if actions.is_empty() && !seen.may_found {
        message.words("No programme is open here at the moment. You hear of one from those who run it.")
    } else {
        message
    };
    if seen.may_found {
        actions.push(Action::primary("Found a programme", "program create"));
    }
    actions.push(Action::button("What I store", "about"));
    message.actions(actions.into_iter().take(MOST_OFFERED))
}

fn one_group(message: Message, mine: &Mine, seen: &Seen<'_>) -> Message {
    let names = |role: Role| -> Vec<&str> {
        let others = mine.members.iter().filter(|(m, p)| m.role == role && p.id != seen.me.id);
        others.map(|(_, p)| p.name.as_str()).collect()
    };
    let (mentors, peers) = (names(Role::Mentor), names(Role::Participant));
    let mut fields: Vec<(&str, Vec<Span>)> = Vec::new();
    let me = mine.members.iter().find(|(_, p)| p.id == seen.me.id).map(|(m, _)| m.role);
    let mentor = match me {
        Some(Role::Mentor) if mentors.is_empty() => "you".to_owned(),
        Some(Role::Mentor) => format!("you and {}", super::list(&mentors)),
        _ if mentors.is_empty() => "none at the moment".to_owned(),
        _ => super::list(&mentors),
    };
    fields.push(("Mentor", vec![mentor.into()]));
    fields.push(("With you", vec![super::list(&peers).into()]));
    let title = vec![bold(&*mine.group.name), format!(" of {}", mine.program.name).into()];
    let Some(facts) = &mine.next else {
        return message.text(title).fields(fields).words("No meetup is planned at the moment.");
    };
    let answer = match facts.answer_of(&seen.me.id) {
        Some(Rsvp::Yes) => "you will come",
        Some(Rsvp::Maybe) => "you said maybe",
        Some(Rsvp::No) => "you cannot come",
        None => "not given yet",
    };
    fields.extend([
        (
            "Next meetup",
            vec![
                time(facts.meetup.starts_at, TimeStyle::DateTime),
                format!(", {} minutes", facts.meetup.minutes).into(),
            ],
        ),
        ("Theme", vec![facts.theme(seen.content).into()]),
        ("Place", super::meetups::place(facts)),
        ("Your answer", vec![answer.into()]),
    ]);
    message.text(title).fields(fields).actions(super::meetups::rsvp_buttons(&facts.meetup))
}

/// How a program stands, for those who run it.
fn one_program(message: Message, staffed: &Staffed) -> Message {
    let Staffed { program, .. } = staffed;
    let sum = |state: NudgeState| staffed.counts.iter().filter(|c| c.0 == state).map(|c| c.3).sum::<i64>();
    let people = |role: Role| staffed.roles.iter().filter(|r| **r == role).count();
    let mut fields: Vec<(&str, Vec<Span>)> = vec![
        ("State", vec![program.state.to_string().into()]),
        (
            "People",
            vec![
                format!(
                    "{}, {}",
                    super::count(people(Role::Participant), "participant", "participants"),
                    super::count(people(Role::Mentor), "mentor", "mentors")
                )
                .into(),
            ],
        ),
        ("Groups", vec![staffed.groups.to_string().into()]),
        (
            "Messages in 30 days",
            vec![
                format!(
                    "{} sent, {} waiting, {} given up",
                    sum(NudgeState::Done),
                    sum(NudgeState::Ready),
                    sum(NudgeState::Dead)
                )
                .into(),
            ],
        ),
    ];
    if let Some((wave, (asked, answered))) = &staffed.pulse {
        let share = if *asked > 0 { answered * 100 / asked } else { 0 };
        let words = format!("{answered} of {asked} people answered ({share} %)");
        fields
            .push(("Latest pulse", vec![format!("number {}, {}: {words}", wave.number, wave.state).into()]));
    }
    let slug = &program.slug;
    let mut actions = vec![match program.state {
        ProgramState::Draft => Action::primary("Open it", format!("program open {slug}")),
        ProgramState::Paused => Action::primary("Resume it", format!("program resume {slug}")),
        // There is nobody yet whom groups could be made of.
        _ if staffed.groups == 0 && people(Role::Participant) == 0 => {
            Action::button("Rules and dates", format!("program show {slug}"))
        }
        _ if staffed.groups == 0 => Action::primary("Propose groups", format!("groups preview {slug}")),
        _ => Action::button("All groups", format!("groups show {slug}")),
    }];
    actions.push(Action::button("Messages and log", format!("admin health {slug}")));
    actions.push(Action::button("Settings", format!("program settings {slug}")));
    let message = message.heading(format!("{}: how it stands", program.name)).fields(fields).actions(actions);
    if staffed.lost.is_empty() {
        return message;
    }
    let names: Vec<&str> = staffed.lost.iter().map(|g| g.name.as_str()).collect();
    let buttons = staffed.lost.iter().take(5).map(|g| {
        Action::primary(format!("New room for {}", g.name), format!("groups reopen {} {slug}", g.number))
    });
    message.words(format!("Lost rooms: {}. I can open new ones.", super::list(&names))).actions(buttons)
}

/// Zone, hours and peace of mind, each with a way to change it.
fn settings(message: Message, seen: &Seen<'_>) -> Message {
    let me = seen.me;
    let quiet = match (&me.quiet_from, &me.quiet_to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "none".to_owned(),
    };
    let snooze = match me.snooze_until.filter(|until| *until > seen.now) {
        Some(until) => vec!["until ".into(), time(until, TimeStyle::DateTime)],
        None => vec!["off".into()],
    };
    let muted = if me.muted.is_empty() { "nothing".to_owned() } else { me.muted.replace(',', ", ") };
    let snoozes = [
        ("1 day", "for a day"),
        ("1 week", "for a week"),
        ("4 weeks", "for four weeks"),
        ("off", "not at all"),
    ];
    let hours = ["18:00-08:00", "20:00-08:00", "22:00-07:00"];
    let mut quiets: Vec<Choice> = hours.iter().map(|h| Choice::new(*h, h.replace('-', " to "))).collect();
    quiets.push(Choice::new("off", "none"));
    message
        .heading("Your settings")
        .fields([
            ("Time zone", vec![me.zone.name().into()]),
            (
                "I write to you",
                vec![format!("{} to {} on your working days", me.send_from, me.send_to).into()],
            ),
            ("Quiet hours", vec![quiet.into()]),
            ("Snooze", snooze),
            ("You stopped", vec![muted.into()]),
        ])
        .actions([
            Action::Select {
                label: "Snooze".into(),
                command: "snooze".into(),
                options: snoozes.map(|(value, label)| Choice::new(value, label)).to_vec(),
            },
            Action::Select { label: "Quiet hours".into(), command: "quiet".into(), options: quiets },
            Action::button("Profile and time zone", "profile"),
        ])
        .note(["Everything else: ".into(), command("help"), ".".into()])
}

/// What waits, newest first, each item with its buttons.
pub(in crate::core) fn inbox(waiting: &[Waiting]) -> Message {
    if waiting.is_empty() {
        return Message::new().words("Nothing waits for you. Enjoy the quiet.");
    }
    append(Message::new().heading("This waits for you"), waiting)
}

fn append(mut message: Message, waiting: &[Waiting]) -> Message {
    for item in waiting.iter().take(MOST_WAITING) {
        // One title is enough for all of them.
        let blocks = item.message.blocks.iter().map(|block| match block {
            crate::chat::Block::Heading { text } => {
                crate::chat::Block::Text { spans: vec![bold(text.clone())] }
            }
            other => other.clone(),
        });
        message.blocks.extend(blocks);
    }
    match waiting.len().saturating_sub(MOST_WAITING) {
        0 => message,
        more => message.note([format!("And {more} more, which show when these are done.").into()]),
    }
}

/// A pulse that is not answered.
pub(in crate::core) fn pulse(program: &Program, wave: &WaveRow) -> Waiting {
    let message = Message::new()
        .text([
            format!("Pulse {} of {} waits for your answer, until ", wave.number, program.name).into(),
            time(wave.closes_at, TimeStyle::DateTime),
            ".".into(),
        ])
        .actions([
            Action::primary("Answer", format!("pulse answer {}", wave.id)),
            Action::button("Not this time", format!("pulse skip {}", wave.id)),
        ]);
    Waiting { at: wave.opens_at, message }
}

/// A meetup for which the person has not said whether they come.
pub(in crate::core) fn rsvp(facts: &Facts, since: Instant) -> Waiting {
    let message = Message::new()
        .text([
            bold(super::meetups::title(facts)),
            ": will you come? It is ".into(),
            time(facts.meetup.starts_at, TimeStyle::DateTime),
            ".".into(),
        ])
        .actions(super::meetups::rsvp_buttons(&facts.meetup));
    Waiting { at: since, message }
}

/// What people handed in and staff have to decide about.
pub(in crate::core) fn decisions(program: &Program, number: usize, since: Instant) -> Waiting {
    let what =
        super::count(number, "thing that somebody handed in waits", "things that people handed in wait");
    let message = Message::new()
        .words(format!("{}: {what} for your decision.", program.name))
        .actions([Action::primary("Look at what waits", format!("role waiting {}", program.slug))]);
    Waiting { at: since, message }
}

/// A profile that nobody filled in.
pub(in crate::core) fn empty_profile(since: Instant) -> Waiting {
    let message = Message::new()
        .words("Your profile is empty. Two minutes spent on it help most to find you a good group.")
        .actions([Action::primary("Fill in my profile", "profile")]);
    Waiting { at: since, message }
}
