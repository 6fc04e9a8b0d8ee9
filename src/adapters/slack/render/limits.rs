//! Every count and length that Slack allows, written once, and the only places that shorten anything. A cut never
//! falls inside a character that is drawn as one, and never hides that something is missing: it ends in `…`.

use serde_json::Value;

use crate::adapters::common::clip;

/// A header's text.
pub const HEADER: usize = 150;
/// One of a section's fields; shorter than the 2,000 allowed, because two columns are for short words.
pub const FIELD: usize = 200;
/// Fields in one section.
pub const FIELDS: usize = 10;
/// Elements in one actions block.
pub const ELEMENTS: usize = 25;
/// Words on a button.
pub const BUTTON: usize = 75;
/// What a button says to a screen reader.
pub const ACCESSIBLE: usize = 75;
/// What a button carries.
pub const VALUE: usize = 2_000;
/// A field's label, and its hint.
pub const LABEL: usize = 2_000;
/// Text of an entry of a list, its second line, and the title of a group of entries.
pub const OPTION: usize = 75;
/// What an entry of a list carries.
pub const OPTION_VALUE: usize = 150;
/// Entries of a list, or of one group of a long list; also the number of groups.
pub const OPTIONS: usize = 100;
/// Radio buttons or checkboxes under one label.
pub const RADIOS: usize = 10;
/// Grey words in an empty field.
pub const PLACEHOLDER: usize = 150;
/// A window's title and the words on its two buttons.
pub const TITLE: usize = 24;
/// What a window carries for whoever opened it.
pub const METADATA: usize = 3_000;
/// `block_id`, `action_id` and `callback_id`.
pub const ID: usize = 255;
/// What can be typed into a text field.
pub const INPUT: usize = 3_000;
/// An address.
pub const URL: usize = 3_000;
/// One error under a field; Slack names no limit.
pub const ERROR: usize = 300;
/// The top-level `text`: Slack splits a message in two a little above 4,000.
pub const TEXT: usize = 3_900;
/// The text of one block: below the 3,000 of a section.
pub const PIECE: usize = 2_800;
/// Entries in one list block, so that a long list can be split between entries.
pub const ENTRIES: usize = 60;

/// How much fits into one message or one view.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    /// Blocks.
    pub blocks: usize,
    /// Text plus a share for each container, see [`weight_of`].
    pub weight: usize,
    /// JSON in bytes.
    pub bytes: usize,
}

/// A message. Slack refuses somewhere above 11,000 characters (`msg_blocks_too_long`) and documents no number.
pub const MESSAGE: Surface = Surface { blocks: 50, weight: 10_000, bytes: 100_000 };
/// A window or a Home page; Slack refuses above 250 kB.
pub const VIEW: Surface = Surface { blocks: 100, weight: 100_000, bytes: 200_000 };

impl Surface {
    /// What is left when `by` has been put in; nothing once anything does not fit.
    pub fn less(self, by: Cost) -> Option<Surface> {
        Some(Surface {
            blocks: self.blocks.checked_sub(by.blocks)?,
            weight: self.weight.checked_sub(by.weight)?,
            bytes: self.bytes.checked_sub(by.bytes)?,
        })
    }
}

/// How much of a surface blocks take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    blocks: usize,
    weight: usize,
    bytes: usize,
}

impl Cost {
    /// Of one block. Its id is not there yet, so room for one is counted.
    pub fn of(block: &Value) -> Cost {
        Cost { blocks: 1, weight: weight_of(block) + 30, bytes: block.to_string().len() + 400 }
    }

    /// Of several blocks.
    pub fn of_all(blocks: &[Value]) -> Cost {
        blocks.iter().map(Cost::of).fold(Cost::default(), |sum, next| Cost {
            blocks: sum.blocks + next.blocks,
            weight: sum.weight + next.weight,
            bytes: sum.bytes + next.bytes,
        })
    }
}

/// All texts of a block, plus eight for each container: Slack counts containers too, in a way it does not tell.
fn weight_of(value: &Value) -> usize {
    match value {
        Value::String(text) => units(text),
        Value::Array(items) => items.iter().map(weight_of).sum(),
        Value::Object(map) => 8 + map.values().map(weight_of).sum::<usize>(),
        _ => 0,
    }
}

/// Length as the strictest reader counts it: UTF-16 units.
pub fn units(text: &str) -> usize {
    clip::length(text, char::len_utf16)
}

/// Length once `&`, `<` and `>` are escaped.
pub fn escaped(text: &str) -> usize {
    clip::length(text, escaped_char)
}

/// Units of a character once it is escaped.
pub const fn escaped_char(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        c => c.len_utf16(),
    }
}

/// Text that is no longer than `max` once escaped; cut at a word where one ends near, with `…`.
pub fn cut(text: &str, max: usize) -> String {
    clip::cut(text, max, escaped_char)
}

/// The longest beginning of at most `max` UTF-16 units, for text that is sent as it is.
pub fn raw(text: &str, max: usize) -> &str {
    clip::beginning(text, max, char::len_utf16)
}

/// Splits text that is escaped later: the first part fits into `max`, and the second is empty when all of it does.
/// The first part is never empty unless the text is.
pub fn split(text: &str, max: usize) -> (&str, &str) {
    clip::split(text, max, escaped_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_what_escaping_adds_and_ends_in_an_ellipsis() {
        assert_eq!(cut("a & b", 9), "a & b");
        assert_eq!(cut("a & b", 8), "a &…");
        assert_eq!(cut("one two three", 10), "one two…");
        assert_eq!(cut(&"x".repeat(80), 75), format!("{}…", "x".repeat(74)));
    }

    #[test]
    fn a_surface_says_when_nothing_more_fits() {
        let block = serde_json::json!({"type": "divider"});
        let mut left = Some(Surface { blocks: 2, ..MESSAGE });
        for _ in 0..2 {
            left = left.and_then(|left| left.less(Cost::of(&block)));
        }
        assert!(left.is_some_and(|left| left.blocks == 0));
        assert!(left.and_then(|left| left.less(Cost::of(&block))).is_none());
    }
}
