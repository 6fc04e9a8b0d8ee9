//! Forming groups: a problem goes in, a plan with reasons comes out, by a seed.
//!
//! Invariant: hard rules are never broken. The solver keeps them by construction, and [`verify`]
//! checks every plan again without sharing a line of rule code with it.

mod against;
mod bonds;
mod build;
mod chance;
mod diagnosis;
pub mod diverse;
mod doors;
mod edit;
mod explain;
mod facts;
mod infeasible;
mod law;
mod lines;
mod locks;
mod names;
mod plan;
mod pool;
mod problem;
mod reasons;
mod repair;
pub mod rounds;
mod rules;
mod score;
mod sheets;
mod solve;
mod solver;
mod stops;
mod team;
mod units;
mod verify;
mod violation;
mod weigh;

#[cfg(test)]
mod blunt;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod pools;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod properties;

pub use against::{Against, Ledger, Standing, standing};
pub use diagnosis::{Diagnosis, Eased, RuleName, diagnose};
pub use edit::{Edit, move_person, rescore};
pub use facts::{Conflict, ConflictKind, Meeting, Party};
pub use infeasible::{Apart, Clash, Infeasible, LockFault, Tie};
pub use plan::{Bound, FULL_SCORE, Plan, PlanScore, PlannedGroup, Unplaced};
pub use problem::{Budget, Lock, Person, Problem};
pub use reasons::{Criterion, Reason, Telling};
pub use repair::{Changes, Moved, Repair, repair};
pub use rules::{IndustryWish, LARGEST_GROUP, Rules, RulesFault, Weights};
pub use sheets::{Excerpt, Sheet, gather, sheets};
pub use solve::{Setup, form, form_with};
pub use solver::{Phase, Progress, Unwatched, Watch};
pub use stops::{Barrier, Relaxation, Stop};
pub use verify::verify;
pub use violation::Violation;
