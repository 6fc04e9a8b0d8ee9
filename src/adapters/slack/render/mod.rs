//! What Slack shows: messages as blocks, forms as windows, the dashboard as Home, and the way back from a press or a
//! filed form to a command. Pure: the same input gives the same JSON, and everything that leaves here is within
//! Slack's limits, see [`limits`].
//!
//! Words of people travel as rich text, which Slack never parses; text objects get `&`, `<` and `>` escaped.
//! `block_id`s hold a print of the whole message or form, so a changed message never inherits what was chosen in
//! the one it replaces.
//!
//! A message that is too long is cut by [`message`] and says so, with all its buttons kept; [`parts`] splits it
//! into several instead, for replies that can be more than one.

mod actions;
mod blocks;
mod fallback;
mod fields;
pub mod limits;
mod modal;
mod split;
mod state;
mod text;

#[cfg(test)]
mod checks;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub use actions::{Press, read_action};
pub use modal::{closing, modal, picker, saving};
pub use state::{modal_errors, read_state, submission, suggest};

use crate::chat::{Block, Message};

const NOTHING: &str = "There is nothing to show right now.";
const CUT: &str = "This is longer than Slack shows in one message, so some of it is left out here. Ask for a \
                   smaller part of it, such as one group or one programme, to read the rest.";
const GOES_ON: &str = "This goes on in the next message.";
/// The most messages that one reply is split into; a `response_url` takes five.
const MOST_PARTS: usize = 4;

/// What the rendering needs to know of the place.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The root command, such as `/mentor`.
    pub root: &'a str,
    /// From a person's id to the Slack account, such as `U012AB3CD`; people without one are named in plain words.
    pub names: &'a dyn Fn(&str) -> Option<String>,
}

impl Look<'_> {
    fn mention(&self, person: &str) -> Option<String> {
        let account = (self.names)(person)?;
        let fits =
            !account.is_empty() && account.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        fits.then_some(account)
    }
}

/// A message for `chat.postMessage`, `chat.update`, `chat.postEphemeral` or a `response_url`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The whole message in words, for notifications and screen readers; never empty.
    pub text: String,
    /// The blocks; never empty.
    pub blocks: Vec<Value>,
}

/// One message, whatever its length. What does not fit is left out with a sentence that says so; buttons stay.
pub fn message(message: &Message, look: &Look<'_>) -> Rendered {
    let blocks = fitted(message, look, limits::MESSAGE, CUT);
    Rendered { text: fallback::words_of(message, look), blocks }
}

/// The same message in as many parts as it takes, nearly always one, at most four; only the last may be cut.
pub fn parts(message: &Message, look: &Look<'_>) -> Vec<Rendered> {
    let pieces = split::pieces(message);
    let note = blocks::note(GOES_ON);
    let whole = limits::MESSAGE.less(limits::Cost::of(&note)).unwrap_or(limits::MESSAGE);
    let mut groups: Vec<Vec<Block>> = vec![Vec::new()];
    let mut left = whole;
    for (piece, block) in pieces.iter().zip(blocks::render(&pieces, look)) {
        let cost = limits::Cost::of(&block);
        match left.less(cost) {
            Some(less) => left = less,
            None if groups.len() < MOST_PARTS => {
                groups.push(Vec::new());
                left = whole.less(cost).unwrap_or(whole);
            }
            None => {}
        }
        groups.last_mut().expect("begins with one").push(piece.clone());
    }
    let last = groups.len() - 1;
    if last == 0 {
        return vec![self::message(message, look)];
    }
    let with_note = |(i, mut blocks): (usize, Vec<Block>)| {
        if i < last {
            blocks.push(Block::Note { spans: vec![GOES_ON.into()] });
        }
        self::message(&Message { blocks }, look)
    };
    groups.into_iter().enumerate().map(with_note).collect()
}

/// A person's dashboard for `views.publish`.
pub fn home(message: &Message, look: &Look<'_>) -> Value {
    let notice = format!(
        "There is more than fits on this page. Type {0} inbox to see what waits for you, or {0} help for single \
         commands.",
        look.root
    );
    json!({"type": "home", "callback_id": "home", "blocks": fitted(message, look, limits::VIEW, &notice)})
}

/// The blocks of a message, within a surface, with their ids.
fn fitted(message: &Message, look: &Look<'_>, surface: limits::Surface, notice: &str) -> Vec<Value> {
    let mut all = blocks::render(&split::pieces(message), look);
    if all.is_empty() {
        let files = message.blocks.iter().any(|block| matches!(block, Block::File { .. }));
        let words = if files { fallback::words_of(message, look) } else { NOTHING.to_owned() };
        all.push(blocks::paragraph(&text::unescape(&words)));
    }
    blocks::number(blocks::fit(all, surface, notice))
}
