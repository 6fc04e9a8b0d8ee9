//! Making a plan again from what was kept of it, to show that nothing but inputs, rules and seed decided.

use serde_json::from_str;

use super::proposal::{Inputs, whole_plan};
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{proposals, refusals, repairs};
use crate::domain::formation::{self, Budget, Edit, Plan, Setup, Unwatched, repair};

/// Who sits where: group, mentors, participants.
type Seats = Vec<(usize, Vec<String>, Vec<String>)>;

fn seats(plan: &Plan) -> Seats {
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    let mut seats: Seats =
        plan.groups.iter().map(|g| (g.key, sorted(&g.mentors), sorted(&g.participants))).collect();
    seats.sort();
    seats
}

pub(super) async fn replay(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    let Some(row) = ctx.tx.find_published_plan(&program.id).await? else {
        return Err(proposals::nothing_published(&program).into());
    };
    let input = ctx.tx.find_plan_input(&row.id).await?;
    let (Some(input), Some(plan)) = (input, whole_plan(&mut ctx.tx, &row).await?) else {
        return Err(proposals::not_recorded(&program).into());
    };
    let (Ok(inputs), Ok(edits)) = (from_str::<Inputs>(&input.problem), from_str::<Vec<Edit>>(&row.edits))
    else {
        return Err(proposals::not_recorded(&program).into());
    };
    if inputs.stopped {
        return Err(proposals::stopped(&program).into());
    }
    let steps = u64::try_from(input.iterations).unwrap_or(0);
    let (people, changes, seed) = (inputs.problem.people.len(), edits.len(), plan.seed);
    let again = again(inputs, edits, seed, steps).await?;
    let same = again.is_some_and(|again| seats(&again) == seats(&plan));
    Ok(Reply::Private(repairs::replayed(&program, &plan, (people, changes), same)))
}

/// The plan made anew; none when its inputs contradict each other now.
async fn again(inputs: Inputs, edits: Vec<Edit>, seed: u64, steps: u64) -> Result<Option<Plan>, Failure> {
    let made = tokio::task::spawn_blocking(move || {
        let Inputs { problem, before, .. } = inputs;
        let budget = Budget { iterations: steps };
        let mut plan = match before {
            None => formation::form(&problem, seed, budget).ok()?,
            Some(before) => {
                let setup = Setup { seed, budget, threads: 1, watch: &Unwatched };
                repair(&problem, &before, &setup).ok()?.plan
            }
        };
        for edit in &edits {
            edit.seat(&problem, &mut plan).ok()?;
        }
        Some(plan)
    });
    made.await.map_err(|_| refusals::try_again().into())
}
