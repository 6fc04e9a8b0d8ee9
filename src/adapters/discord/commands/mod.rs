//! Commands as Discord has them: one root with everything below it, made from the core's table, and the way back from
//! what somebody chose and typed there to the line that the core reads. Invariant: every row of the table is in the
//! tree exactly once, and what is read back is a line that the core reads as that row with those values.

mod differs;
mod path;
mod read;
mod tree;
mod typed;

#[cfg(test)]
mod tests;

pub use differs::differs;
pub use read::{Focused, choices, focused, read};
pub use tree::{size, tree};
pub use typed::typed;
