//! Refusals: why something was not done, and what to do next.

use crate::chat::{Action, Message, Span, command};
use crate::core::access::{Standing, Who};
use crate::core::command::Spec;
use crate::core::parse::Unread;
use crate::domain::words::ProgramState;
use crate::store::groups::Group;
use crate::store::people::Person;
use crate::store::programs::Program;

/// Plain words.
pub(in crate::core) fn plain(words: impl Into<String>) -> Message {
    Message::new().words(words)
}

/// Plain words that lead to a command within the same sentence, such as "See it with …".
pub(in crate::core) fn leading(words: impl Into<String>, path: impl Into<String>, end: &str) -> Message {
    Message::new().text([Span::from(Into::<String>::into(words)), command(path), end.into()])
}

/// What was typed cannot be read.
pub(in crate::core) fn unread(unread: &Unread) -> Message {
    match unread {
        Unread::TooLong => plain(
            "That is longer than the 4,000 characters I can read at once. Please shorten it and \
             send it again.",
        ),
        Unread::UnknownCommand { given, near } if near.is_empty() => {
            plain(format!("I do not know \"{given}\".")).text([
                "See ".into(),
                command("help"),
                " for what you can do.".into(),
            ])
        }
        Unread::UnknownCommand { given, near } => {
            let known = near.iter().map(|path| vec![command(*path)]);
            plain(format!("I do not know \"{given}\". Did you mean one of these?")).list(known)
        }
        Unread::Missing { spec, arg } => {
            let spec = spec.spec();
            let help = spec.arg(arg).map_or("", |arg| arg.help);
            plain(format!("This needs one more word: {arg} ({help})."))
                .text(["Type it like this: ".into(), command(spec.usage())])
        }
        Unread::NoValue { spec, arg } => {
            let spec = spec.spec();
            let help = spec.arg(arg).map_or("", |arg| arg.help);
            plain(format!("What should {arg} be ({help})?")).text([
                "Type it like this: ".into(),
                command(format!("{} {arg}=…", spec.path)),
                ".".into(),
            ])
        }
        Unread::UnknownName { spec, given } => unknown_name(spec.spec(), given),
        Unread::TooMany { spec, given } => plain(format!("I did not expect \"{given}\" here."))
            .text(["Type it like this: ".into(), command(spec.spec().usage())]),
        Unread::Bad { arg, given, hint, .. } => plain(format!("\"{given}\" does not fit {arg}. {hint}")),
    }
}

/// The command has nothing of that name; near ones are named, or all there are.
fn unknown_name(spec: &Spec, given: &str) -> Message {
    let mut near: Vec<(usize, &str)> = spec
        .args
        .iter()
        .map(|arg| (strsim::damerau_levenshtein(given, arg.name), arg.name))
        .filter(|(distance, name)| *distance <= 2.min(name.len() / 2))
        .collect();
    near.sort_unstable();
    let advice = if near.is_empty() {
        let all: Vec<&str> = spec.args.iter().map(|arg| arg.name).collect();
        format!("It takes {}.", super::list(&all))
    } else {
        let near: Vec<&str> = near.into_iter().map(|(_, name)| name).collect();
        format!("Did you mean {}?", near.join(" or "))
    };
    Message::new().text([command(spec.path), format!(" has nothing called \"{given}\". {advice}").into()])
}

/// A fault of ours.
pub(in crate::core) fn fault(reference: &str) -> Message {
    plain(format!(
        "Something broke on my side, and nothing was changed. Please try again. If it happens again, tell the \
         people who run this bot the reference {reference}."
    ))
}

/// The database is away for a moment.
pub(in crate::core) fn try_again() -> Message {
    plain("I cannot reach my notes right now, and nothing was changed. Please try again in a minute.")
}

/// The person may not run a command.
pub(in crate::core) fn may_not(spec: &Spec, standing: &Standing) -> Message {
    match spec.who {
        Who::Staff | Who::StaffOrSponsor | Who::StaffOrAdmin => staff_only(),
        Who::Admin => plain(
            "Only administrators of this workspace can found a programme. Ask one of them to do it, or to make you \
             staff of an existing programme.",
        ),
        Who::Member if standing.roles.is_empty() => not_in_program(),
        Who::LeadsGroup if standing.in_group => leaders_only(),
        Who::InGroup | Who::LeadsGroup | Who::Member => in_no_group(standing),
        Who::Anyone => plain("This is not possible right now. Please try again."),
    }
}

/// Only staff may.
pub(in crate::core) fn staff_only() -> Message {
    plain(
        "Only the staff of a programme can do this. If you should be staff, ask the people who run \
         the programme.",
    )
}

/// Only those who lead the group may.
pub(in crate::core) fn leaders_only() -> Message {
    plain(
        "Only the mentor, this meetup's host or the programme's staff can do this. Ask one of them \
         in your group's room.",
    )
}

/// The person is in no program.
pub(in crate::core) fn not_in_program() -> Message {
    plain("You are not part of such a programme.").text([
        "See ".into(),
        command("program show"),
        " for what is open, and ".into(),
        command("join"),
        " to take part.".into(),
    ])
}

/// The person is in no group: who takes part waits for one, everybody else may join.
pub(in crate::core) fn in_no_group(standing: &Standing) -> Message {
    if standing.may(Who::Member) {
        return plain(
            "You are in no group at the moment, and this is for the members of a group and for staff. When the staff of \
             your programme form groups, I tell you yours, with the reasons.",
        )
        .text([
            "Until then, see how things stand with ".into(),
            command("home"),
            ", and keep your ".into(),
            command("profile"),
            " up to date.".into(),
        ]);
    }
    plain("You are not in a group at the moment. The staff of a programme that is open form the groups.")
        .text([
            "Take part with ".into(),
            command("join"),
            ", and make it easy for them: fill in your ".into(),
            command("profile"),
            ".".into(),
        ])
}

/// Staff who are in no group say which one they mean.
pub(in crate::core) fn name_a_group() -> Message {
    leading(
        "You are in no group yourself. Name the one that you mean; see them all with ",
        "groups show",
        ".",
    )
}

/// No program fits.
pub(in crate::core) fn no_program() -> Message {
    plain("No programme is open here yet. Ask the people who run this workspace when the next one begins.")
}

/// No such program.
pub(in crate::core) fn no_such_program(given: &str, known: &[Program]) -> Message {
    let given = crate::domain::text::shortened(given);
    if known.is_empty() {
        return plain(format!("There is no programme called \"{given}\" here.")).text([
            "An administrator can found one with ".into(),
            command("program create"),
            ".".into(),
        ]);
    }
    let names: Vec<&str> = known.iter().map(|p| p.slug.as_str()).collect();
    plain(format!("There is no programme called \"{given}\" here. Use one of: {}.", names.join(", ")))
}

/// Several programs fit.
pub(in crate::core) fn which_program(programs: &[Program]) -> Message {
    let names: Vec<String> = programs.iter().map(|p| format!("{} ({})", p.slug, p.name)).collect();
    plain(format!(
        "More than one programme fits: {}. Add the short name of the one you mean, as in program={}.",
        names.join(", "),
        programs[0].slug
    ))
}

/// No such person.
pub(in crate::core) fn no_such_person(given: &str) -> Message {
    let given = crate::domain::text::shortened(given);
    plain(format!(
        "I do not know anybody called \"{given}\" here. Write the name as it is shown, in quotes if it has a space. \
         Somebody I have never met must use the bot once first."
    ))
}

/// Several people fit, each with a handle that may be empty.
pub(in crate::core) fn which_person(given: &str, found: &[Person], handles: &[String]) -> Message {
    let told = |(person, handle): (&Person, &String)| {
        let handle = if handle.is_empty() { String::new() } else { format!("handle {handle}") };
        let more: Vec<&str> =
            [&*person.organisation, &*handle].into_iter().filter(|part| !part.is_empty()).collect();
        if more.is_empty() { person.name.clone() } else { format!("{} ({})", person.name, more.join(", ")) }
    };
    let names: Vec<String> = found.iter().zip(handles).map(told).collect();
    let such = found.iter().find(|person| !person.organisation.is_empty()).map_or_else(String::new, |p| {
        format!(" or the name with the employer, such as \"{} ({})\"", p.name, p.organisation)
    });
    let given = crate::domain::text::shortened(given);
    plain(format!("\"{given}\" could be {}. Write the handle{such}.", super::list(&names)))
}

/// No such group.
pub(in crate::core) fn no_such_group(given: &str) -> Message {
    let given = crate::domain::text::shortened(given);
    plain(format!("You have no group called \"{given}\".")).text([
        "See ".into(),
        command("groups show"),
        " for the names.".into(),
    ])
}

/// The group has ended.
pub(in crate::core) fn group_ended(group: &Group) -> Message {
    leading(
        format!("{} has ended, so nothing was changed. See the others with ", group.name),
        "groups show",
        ".",
    )
}

/// Several groups fit.
pub(in crate::core) fn which_group(groups: &[Group]) -> Message {
    let names: Vec<&str> = groups.iter().map(|g| g.name.as_str()).collect();
    plain(format!("You are in {}. Say it in the group's own room, or name the group.", super::list(&names)))
}

/// Not the person's group.
pub(in crate::core) fn not_your_group() -> Message {
    plain("That belongs to a group you are not part of.").text([
        "See your own with ".into(),
        command("groups show"),
        ".".into(),
    ])
}

/// No such meetup.
pub(in crate::core) fn no_such_meetup() -> Message {
    plain("I cannot find that meetup.").text([
        "See your next ones with ".into(),
        command("meetup next"),
        ".".into(),
    ])
}

/// Nothing is planned.
pub(in crate::core) fn no_meetup_planned() -> Message {
    plain("Your group has no meetup planned.").text([
        "Your mentor can set a rhythm with ".into(),
        command("meetup schedule"),
        ".".into(),
    ])
}

/// A button of a meetup that is over or off.
pub(in crate::core) fn meetup_over() -> Message {
    plain("This meetup is over or was called off, so nothing was changed.").text([
        "See your next ones with ".into(),
        command("meetup next"),
        ".".into(),
    ])
}

/// The program is not open.
pub(in crate::core) fn program_not_open(program: &Program) -> Message {
    let name = &program.name;
    match program.state {
        ProgramState::Draft => leading(
            format!("{name} is not open yet, so nothing was changed. Its staff open it with "),
            format!("program open {}", program.slug),
            ".",
        ),
        ProgramState::Closed => leading(
            format!("{name} has ended, so nothing was changed. See what else there is with "),
            "program show",
            ".",
        ),
        ProgramState::Open | ProgramState::Paused => plain(format!(
            "{name} is {} at the moment, so nothing was changed. Its staff can tell you when it goes on.",
            program.state
        )),
    }
}

/// Somebody changed the same thing at the same time.
pub(in crate::core) fn changed_meanwhile() -> Message {
    plain(
        "Somebody else changed this a moment ago, so I did not change it again. Look at it anew and \
         repeat your step.",
    )
}

/// A value that cannot be used, in the words of whoever checked it.
pub(in crate::core) fn cannot_use(why: &str) -> Message {
    plain(why.to_owned())
}

/// Confirmation before something that cannot be undone.
pub(in crate::core) fn confirm(words: String, label: &str, command: String) -> Message {
    plain(words).actions([Action::danger(label, command)])
}
