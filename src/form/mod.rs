//! Forming groups from plain files, without any chat: a list of people and a file of rules go in, a plan with reasons
//! comes out.
//!
//! Invariant: pure. Bytes, the present day and whoever watches are handed in; nothing here opens a file or looks at a
//! clock.

mod columns;
mod fault;
mod hours;
mod people;
mod plan;
mod programme;
mod report;
mod rules;
mod run;
mod slips;
mod table;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use columns::Column;
pub use fault::{Fault, Faults, MOST_FAULTS};
pub use people::{Entry, read as read_people};
pub use plan::csv;
pub use programme::{Both, Programme, assemble};
pub use report::{Detail, markdown};
pub use rules::{RulesFile, read as read_rules};
pub use run::{Formed, Order, Stuck, run};
pub use table::{MOST_BYTES, MOST_PEOPLE, too_large};
