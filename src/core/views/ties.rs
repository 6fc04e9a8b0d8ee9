//! Who is kept apart or together, as staff see it.

use crate::chat::{Message, Span, bold, command};
use crate::domain::text::shortened;
use crate::domain::words::TieKind;
use crate::store::programs::Program;

/// Lines shown at most.
const MOST: usize = 40;

/// A tie with its sides in words.
pub(in crate::core) struct Shown {
    pub(in crate::core) first: String,
    pub(in crate::core) second: String,
    pub(in crate::core) kind: TieKind,
    pub(in crate::core) why: String,
}

const fn verb(kind: TieKind) -> &'static str {
    match kind {
        TieKind::Apart => "never share a group",
        TieKind::Together => "stay together",
        TieKind::Conflict => "have a conflict of interest, so they never share a group",
    }
}

/// All of them.
pub(in crate::core) fn list(program: &Program, ties: &[Shown]) -> Message {
    let message = Message::new().heading(format!("Kept apart or together in {}", program.name));
    if ties.is_empty() {
        return message.text([
            "Nobody yet. Keep two people or organisations apart with ".into(),
            command("groups tie conflict"),
            ", or people together with ".into(),
            command("groups tie together"),
            ".".into(),
        ]);
    }
    let line = |tie: &Shown| {
        let why = if tie.why.is_empty() { String::new() } else { format!(" ({})", tie.why) };
        vec![
            bold(&*tie.first),
            " and ".into(),
            bold(&*tie.second),
            Span::from(format!(" {}{why}.", verb(tie.kind))),
        ]
    };
    let more = ties.len().saturating_sub(MOST);
    let message = message.list(ties.iter().take(MOST).map(line));
    let message = if more > 0 { message.note([format!("And {more} more.").into()]) } else { message };
    message.note([
        "Only staff see this list. No proposal and no message to members says why. Take one away with "
            .into(),
        command("groups tie none"),
        ".".into(),
    ])
}

/// Two sides were bound.
pub(in crate::core) fn tied(program: &Program, kind: TieKind, first: &str, second: &str) -> Message {
    Message::new().words(format!("Noted: {first} and {second} {}.", verb(kind))).text([
        "New proposals keep to it. To see whether the groups of today do, use ".into(),
        command(format!("groups repair {}", program.slug)),
        ".".into(),
    ])
}

/// Two sides are free again.
pub(in crate::core) fn untied(first: &str, second: &str) -> Message {
    Message::new().words(format!("{first} and {second} are no longer kept apart or together."))
}

/// One organisation on both sides of a conflict.
pub(in crate::core) fn both_sides(program: &Program, name: &str) -> Message {
    super::refusals::leading(
        format!(
            "{name} stands on both sides. Name two different organisations. How many people of one organisation share a \
             group is a rule of the programme: "
        ),
        format!("program rules {}", program.slug),
        ".",
    )
}

/// An organisation where only people can be named.
pub(in crate::core) fn only_people(given: &str, how: &str) -> Message {
    super::refusals::leading(
        format!(
            "\"{}\" is an organisation, and {how} is for people. To keep organisations apart, use ",
            shortened(given)
        ),
        "groups tie conflict",
        ".",
    )
}

/// Neither an organisation nor a person.
pub(in crate::core) fn nobody(given: &str) -> Message {
    super::refusals::plain(format!(
        "\"{}\" is neither an organisation of this programme nor a person here. Write the name as it stands in their \
         profile.",
        shortened(given)
    ))
}
