//! A search for groups that takes longer: how far it is, and what came of it.

use std::time::Duration;

use super::staff::Notice;
use crate::chat::{Action, Message};
use crate::domain::formation::{Phase, Plan, Progress};
use crate::domain::words::PlanPurpose;
use crate::store::programs::Program;

/// The search goes on while the one who asked does something else.
pub(in crate::core) fn takes_longer(program: &Program, people: usize, purpose: PlanPurpose) -> Message {
    let work = match purpose {
        PlanPurpose::Form => "Forming groups of",
        PlanPurpose::Repair => "Putting right the groups of",
    };
    Message::new()
        .words(format!(
            "{work} {people} people takes a while. I show you in a direct message how far I am, and tell \
             you there when the proposal is ready. Nobody else has to wait for it."
        ))
        .actions([stop(program)])
}

fn stop(program: &Program) -> Action {
    Action::danger("Stop and keep the best", format!("groups stop {}", program.slug))
}

fn seconds(time: Duration) -> String {
    let seconds = usize::try_from(time.as_secs()).unwrap_or(usize::MAX);
    super::count(seconds, "second", "seconds")
}

/// The mean fit in points, and what no mean can exceed. That is rounded up: what is said to be out of reach is.
fn mean_fit(points: i64, most: Option<i64>) -> String {
    let fit = format!("{} %", (points + 50) / 100);
    match most {
        Some(most) => format!("{fit}; it is proven that more than {} % is not possible", (most + 99) / 100),
        None => fit,
    }
}

/// How far the search is.
pub(in crate::core) fn progress(
    program: &Program,
    progress: Option<Progress>,
    time: Duration,
    stopping: bool,
) -> Message {
    let message = Message::new().heading(format!("Forming groups for {}", program.name));
    let Some(now) = progress else {
        return message
            .words(format!("Reading the pool, for {} so far.", seconds(time)))
            .actions([stop(program)]);
    };
    let step = match now.phase {
        Phase::Build => "Building first groups",
        Phase::Improve => "Improving them",
        Phase::Prove => "Looking for a proof that they cannot be better",
    };
    let people = i64::try_from(now.placed.max(1)).unwrap_or(i64::MAX);
    let fit = mean_fit(now.total / people, now.bound.map(|bound| (bound + people - 1) / people));
    let message = message.fields([
        ("Step", vec![format!("{step}, {} % of it done", now.percent).into()]),
        ("Places", vec![format!("{} of {}", now.placed, now.placed + now.unplaced).into()]),
        ("Mean fit so far", vec![fit.into()]),
        ("Time", vec![seconds(time).into()]),
    ]);
    if stopping {
        return message.words("Stopping now; the best groups so far are kept.");
    }
    message.actions([stop(program)])
}

/// The proposal is there.
pub(in crate::core) fn done(
    program: &Program,
    (plan, purpose): (&Plan, PlanPurpose),
    stopped: bool,
    time: Duration,
) -> Message {
    let score = &plan.score;
    let without = match score.unplaced {
        0 => String::new(),
        number => format!("; {number} without a place"),
    };
    let how = if stopped { "was stopped and has kept its best groups" } else { "is done" };
    Message::new()
        .heading(match purpose {
            PlanPurpose::Form => format!("Groups for {} are proposed", program.name),
            PlanPurpose::Repair => format!("Changes to the groups of {} are proposed", program.name),
        })
        .words(format!(
            "The search {how}, after {}: {} in {}{without}. Nobody has been told yet.",
            seconds(time),
            super::count(score.placed, "person has a place", "people have a place"),
            super::count(plan.groups.len(), "group", "groups"),
        ))
        .actions([
            Action::primary("Show the proposal", format!("groups proposal {}", program.slug)),
            Action::button("Publish", format!("groups publish {}", program.slug)),
        ])
}

/// What came of a search, for somebody whose message could not be brought up to date.
pub(in crate::core) fn news(program: &Program, found: bool) -> Notice {
    if found {
        Notice::new("The proposal of groups that you asked for is ready. Nobody has been told yet.")
            .button("Show the proposal", format!("groups proposal {}", program.slug))
    } else {
        Notice::new(
            "The search for groups that you asked for ended without a proposal. Ask again to see why.",
        )
        .button("Propose groups", format!("groups preview {}", program.slug))
    }
}

/// The search was asked to end.
pub(in crate::core) fn stopping(program: &Program) -> Message {
    Message::new().words(format!(
        "I stop looking for better groups for {}. The best ones so far become the proposal in a moment.",
        program.name
    ))
}

/// Nothing is searched for.
pub(in crate::core) fn nothing_to_stop(program: &Program) -> Message {
    super::refusals::plain(format!(
        "No groups are being formed for {} right now, so there is nothing to stop. Begin with groups preview.",
        program.name
    ))
}

#[cfg(test)]
mod tests {
    use super::mean_fit;

    #[test]
    fn what_is_proven_stands_beside_the_fit_and_is_rounded_up() {
        assert_eq!(mean_fit(7_449, None), "74 %");
        let proven = "74 %; it is proven that more than 76 % is not possible";
        assert_eq!(mean_fit(7_449, Some(7_501)), proven);
        assert_eq!(mean_fit(7_449, Some(7_600)), proven);
    }
}
