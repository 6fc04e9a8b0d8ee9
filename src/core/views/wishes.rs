//! Wishes about the people of a group, as the member who has them sees them.
//!
//! Invariant: nothing here is shown to anybody else; staff see numbers (`counts`).

use crate::chat::{Message, bold, command};
use crate::domain::formation::Problem;
use crate::domain::words::WishKind;
use crate::store::programs::Program;

/// A wish was kept.
pub(in crate::core) fn noted(kind: WishKind, name: &str) -> Message {
    let (fact, kept) = match kind {
        WishKind::With => {
            ("you would like to be in a group with", "Groups are formed with your wish in mind.")
        }
        WishKind::Not => (
            "you would rather not be in a group with",
            "Groups are formed with it in mind. Nobody else is told, staff of the programme included.",
        ),
    };
    Message::new().words(format!("Noted: {fact} {name}. {kept}")).text([
        "It cannot always be kept. See or change what you wished for with ".into(),
        command("wish list"),
        ".".into(),
    ])
}

/// As many as count are kept already.
pub(in crate::core) fn enough(kind: WishKind, most: usize) -> Message {
    let what = match kind {
        WishKind::With => "wishes to be with somebody",
        WishKind::Not => "wishes not to be with somebody",
    };
    super::refusals::plain(format!("You have {most} {what}, which is as many as count.")).text([
        "Take one back first, with ".into(),
        command("wish drop"),
        ".".into(),
    ])
}

/// What a member wished for.
pub(in crate::core) fn list(program: &Program, wishes: &[(WishKind, String)]) -> Message {
    let message = Message::new().heading(format!("Your wishes in {}", program.name));
    if wishes.is_empty() {
        return message.text([
            "You have none. Say with whom you would like to be in a group with ".into(),
            command("wish with"),
            ", and with whom rather not with ".into(),
            command("wish not"),
            ".".into(),
        ]);
    }
    let line = |(kind, name): &(WishKind, String)| {
        let before = match kind {
            WishKind::With => "With ",
            WishKind::Not => "Rather not with ",
        };
        vec![before.into(), bold(&**name)]
    };
    message.list(wishes.iter().map(line)).note([
        "Only you see this list. Take one back with ".into(),
        command("wish drop"),
        ".".into(),
    ])
}

/// A wish was taken back.
pub(in crate::core) fn taken_back(name: &str) -> Message {
    Message::new().words(format!("Taken back: {name} is not on your list any more."))
}

/// There is no such wish.
pub(in crate::core) fn none_about(name: &str) -> Message {
    super::refusals::plain(format!("You have no wish about {name}, so nothing was changed.")).text([
        "See what there is with ".into(),
        command("wish list"),
        ".".into(),
    ])
}

/// How many wishes of members bear on a proposal, for staff; none when there are none.
pub(in crate::core) fn counts(problem: &Problem) -> Option<String> {
    let sum =
        |of: fn(&crate::domain::formation::Person) -> usize| problem.people.iter().map(of).sum::<usize>();
    let (with, without) = (sum(|person| person.wishes.len()), sum(|person| person.vetoes.len()));
    let with_words = super::count(with, "wish to sit together", "wishes to sit together");
    let not_words = super::count(without, "wish not to", "wishes not to");
    match (with, without) {
        (0, 0) => None,
        (_, 0) => Some(format!("Members gave {with_words}.")),
        (0, _) => Some(format!(
            "Members gave {}.",
            super::count(without, "wish not to sit together", "wishes not to sit together")
        )),
        _ => Some(format!("Members gave {with_words} and {not_words}.")),
    }
    .map(|words| format!("{words} They count in the fit, and whose they are stays with their members."))
}
