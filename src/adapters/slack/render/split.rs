//! A message in pieces that each fit into one Slack block.

use super::limits;
use crate::adapters::common::split::Measure;
use crate::chat::{Block, Message};

/// How much one block of Slack's may hold.
const BLOCK: Measure = Measure {
    piece: limits::PIECE,
    frame: 0,
    heading: limits::HEADER,
    entries: limits::ENTRIES,
    fields: limits::FIELDS,
    elements: limits::ELEMENTS,
    widest: 84,
    of: limits::escaped_char,
};

/// The message as blocks that each fit; empty ones and files are not among them.
pub fn pieces(message: &Message) -> Vec<Block> {
    crate::adapters::common::split::pieces(message, &BLOCK)
}
