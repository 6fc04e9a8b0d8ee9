//! Forming groups: a problem goes in, a plan with reasons comes out, by a seed.
//!
//! Invariant: hard rules are never broken. The solver keeps them by construction, and [`verify`]
//! checks every plan again without sharing a line of rule code with it.

pub mod diverse;
pub mod rounds;

mod board;
mod build;
mod chance;
mod doors;
mod edit;
mod explain;
mod guide;
mod infeasible;
mod lines;
mod locks;
mod plan;
mod pool;
mod problem;
mod reasons;
mod reshape;
mod rules;
mod score;
mod search;
mod solve;
mod steps;
mod stops;
mod team;
mod trial;
mod verify;
mod violation;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod pools;
#[cfg(test)]
mod properties;

pub use edit::{move_person, rescore};
pub use infeasible::{Apart, Infeasible, LockFault};
pub use plan::{FULL_SCORE, Plan, PlanScore, PlannedGroup, Unplaced};
pub use problem::{Budget, Lock, Person, Problem};
pub use reasons::{Criterion, Reason, Telling};
pub use rules::{IndustryWish, LARGEST_GROUP, Rules, RulesFault, Weights};
pub use solve::form;
pub use stops::{Barrier, Relaxation, Stop};
pub use verify::verify;
pub use violation::Violation;
