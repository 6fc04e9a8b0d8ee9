//! Every count and length that Discord allows, written once. Lengths are UTF-16 units, the strictest way to count.

use crate::adapters::common::clip;
use crate::adapters::common::split::Measure;

/// The text of a post; a little below the 2,000, so that a mention can be put before it.
pub const CONTENT: usize = 1_970;
/// The text of an embed.
pub const DESCRIPTION: usize = 4_096;
/// All texts of an answer together.
pub const ANSWER: usize = 4_000;
/// Components of an answer, nested ones too.
pub const COMPONENTS: usize = 40;
/// Rows of a post.
pub const ROWS: usize = 5;
/// Buttons in one row.
pub const BUTTONS: usize = 5;
/// Entries of a select.
pub const OPTIONS: usize = 25;
/// Label, description and value of an entry.
pub const OPTION: usize = 100;
/// Words on a button.
pub const LABEL: usize = 80;
/// Grey words in an empty select.
pub const PLACEHOLDER: usize = 150;
/// What a component carries.
pub const ID: usize = 100;
/// Title of a modal, and label of its inputs.
pub const TITLE: usize = 45;
/// Inputs of a modal.
pub const INPUTS: usize = 5;
/// Grey words in an empty text input.
pub const HINT: usize = 100;
/// What can be typed into a text input.
pub const INPUT: usize = 4_000;
/// A link; longer ones stay words.
pub const URL: usize = 512;
/// Files of a message.
pub const FILES: usize = 10;
/// One file, in bytes, where nobody has paid for more.
pub const FILE_BYTES: usize = 10 * 1024 * 1024;
/// All files of a message; the request may have 25 MiB.
pub const ALL_FILES_BYTES: usize = 24 * 1024 * 1024;
/// What a picture shows, in words.
pub const ALT: usize = 1_024;

/// How much one piece of text may hold: a piece fits into any place on its own.
pub const PIECE: Measure = Measure {
    piece: 1_800,
    frame: 10,
    heading: 150,
    entries: 60,
    fields: 25,
    elements: 25,
    // A phone shows about forty columns, a card in a window about sixty.
    widest: 56,
    of: escaped_char,
};

/// The most units that a character takes once it is escaped.
pub const fn escaped_char(c: char) -> usize {
    match c {
        '\\' | '`' | '*' | '_' | '~' | '|' | '<' | '[' | ']' | ':' | '/' | '@' => 2,
        c => c.len_utf16(),
    }
}

/// Length as the strictest reader counts it: UTF-16 units.
pub fn units(text: &str) -> usize {
    clip::length(text, char::len_utf16)
}

/// Text for a place that knows no markup, of at most `max` units, with `…` where it is cut.
pub fn cut(text: &str, max: usize) -> String {
    clip::cut(text, max, char::len_utf16)
}

/// Words of people for a place that knows no markup: without control characters, at most `max` units, never blank.
pub fn bare(text: &str, max: usize) -> String {
    let text = crate::chat::plain::clean(text);
    if text.trim().is_empty() { "–".to_owned() } else { cut(text.trim(), max) }
}
