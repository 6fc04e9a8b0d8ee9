//! Peers who agreed to be found, as others of their programme see them (row C7).

use crate::chat::{Message, bold, command};
use crate::content::Content;
use crate::domain::starters::Library;
use crate::store::programs::Program;

/// People shown at once, at most.
const MOST: usize = 15;

/// Somebody who agreed to be found.
pub(in crate::core) struct Peer {
    pub(in crate::core) name: String,
    pub(in crate::core) organisation: String,
    /// Topics that both have.
    pub(in crate::core) shared: Vec<String>,
}

/// Nobody has the topic, and it is none of the library's.
pub(in crate::core) fn no_such_topic(library: &Library, given: &str) -> Message {
    super::refusals::plain(format!(
        "I know no topic called \"{}\", and nobody who agreed to be found has named it. {}",
        crate::domain::text::shortened(given),
        super::topics_to_choose(library, given)
    ))
}

/// Who was found, those with most in common first.
pub(in crate::core) fn found(
    content: &Content,
    program: &Program,
    peers: &[Peer],
    findable: bool,
) -> Message {
    let message = Message::new().heading(format!("Peers in {}", program.name));
    let message = if peers.is_empty() {
        message.words("Nobody at your stage or with your topics has agreed to be found yet.").text([
            "Name another topic, or say more of what you want help with in your ".into(),
            command("profile"),
            ".".into(),
        ])
    } else {
        let lines = peers.iter().take(MOST).map(|peer| {
            let mut line = vec![bold(&*peer.name)];
            if !peer.organisation.is_empty() {
                line.push(format!(" ({})", peer.organisation).into());
            }
            if !peer.shared.is_empty() {
                let topics: Vec<&str> =
                    peer.shared.iter().map(|tag| content.library.theme_title(tag)).collect();
                line.push(format!(": {}", topics.join("; ")).into());
            }
            line
        });
        let message = message
            .words("They are at your stage, or want help with the same, and agreed to be found:")
            .list(lines);
        match peers.len().saturating_sub(MOST) {
            0 => message,
            more => message.note([format!("And {more} more. Name a topic to see fewer.").into()]),
        }
    };
    if findable {
        return message;
    }
    message.note([
        "You are not found yourself. To agree, type ".into(),
        command("profile found=yes"),
        ".".into(),
    ])
}
