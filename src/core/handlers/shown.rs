//! What staff see of a whole proposal: its groups, or, of one that puts groups right, what changes.

use super::proposal::Made;
use crate::core::ctx::Ctx;
use crate::core::formation::{planned, present_groups};
use crate::core::request::{Outcome, Reply};
use crate::core::shifts::Shifts;
use crate::core::views::proposals::Since;
use crate::core::views::{proposals, repairs, wishes};
use crate::domain::formation::{Changes, Lock, PlanScore, Problem};
use crate::domain::words::PlanPurpose;
use crate::store::programs::Program;

/// A proposal as a whole.
pub(super) struct Whole<'a> {
    pub(super) purpose: PlanPurpose,
    pub(super) problem: &'a Problem,
    pub(super) locks: &'a [Lock],
    pub(super) made: &'a Made,
    pub(super) people: &'a std::collections::BTreeMap<String, crate::store::people::Person>,
    /// What has changed since it was made.
    pub(super) since: Since,
    /// The figures before the change that was just made by hand.
    pub(super) before: Option<PlanScore>,
    /// Whether another arrangement was asked for and there is none.
    pub(super) same: bool,
}

pub(super) async fn shown(ctx: &mut Ctx<'_>, program: &Program, whole: Whole<'_>) -> Outcome {
    let Whole { purpose, problem, locks, made, people, since, before, same } = whole;
    if purpose == PlanPurpose::Repair {
        let present = present_groups(&mut ctx.tx, &program.id).await?;
        let changes = Changes::between(problem, &planned(&present), &made.plan);
        let shifts = Shifts::between(&present, &made.plan, problem.rules.min_participants);
        let fewest = made.fewest;
        let shown = repairs::Proposed {
            program,
            plan: &made.plan,
            changes: &changes,
            fewest,
            before,
            people,
            since: &since,
            shifts: &shifts,
        };
        return Ok(Reply::Private(repairs::repair(&shown)));
    }
    let locked: Vec<String> = locks.iter().map(|lock| lock.person.clone()).collect();
    let standing = made.ledger.standing(&problem.rules, made.plan.bound);
    let shown = proposals::Proposed {
        program,
        plan: &made.plan,
        people,
        since: &since,
        locked: &locked,
        standing: standing.as_ref(),
        before,
        purpose,
        others: 0,
        wishes: wishes::counts(problem),
        same,
    };
    Ok(Reply::Private(proposals::preview(ctx.core.content(), &shown)))
}
