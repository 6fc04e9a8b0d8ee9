//! Rounds of peer circles, as staff see them.

use crate::chat::{Action, Message, bold, command};
use crate::domain::formation::rounds::Agenda;
use crate::store::programs::Program;

/// Rounds shown at most.
const MOST_ROUNDS: usize = 12;
/// Groups of a round shown at most.
const MOST_GROUPS: usize = 25;

/// What was asked for.
pub(in crate::core) struct Asked {
    pub(in crate::core) size: usize,
    pub(in crate::core) seed: u64,
    /// The first round to show, from 1.
    pub(in crate::core) first: usize,
}

/// Some of the rounds, with what can be promised about all of them.
pub(in crate::core) fn planned(program: &Program, agenda: &Agenda, names: &[&str], asked: &Asked) -> Message {
    let Asked { size, seed, first } = *asked;
    let rounds = super::count(agenda.rounds.len(), "round", "rounds");
    let what = if size == 2 { "pairs".to_owned() } else { format!("circles of {size}") };
    let mut message =
        Message::new().heading(format!("Rounds of {what} for {}", program.name)).words(format!(
            "{} in {rounds} of {what}. Everybody has a place in every round. {}",
            super::count(names.len(), "participant", "participants"),
            promise(agenda)
        ));
    if agenda.forbidden + agenda.crowded > 0 {
        message = message.words(
            "Some groups cannot keep colleagues, reporting lines or ties apart. Try another size, or fewer rounds.",
        );
    }
    let all = agenda.rounds.len();
    let before = first.clamp(1, all.max(1)) - 1;
    for (number, round) in agenda.rounds.iter().enumerate().skip(before).take(MOST_ROUNDS) {
        let groups = round.iter().take(MOST_GROUPS).map(|group| {
            let names: Vec<&str> = group.iter().filter_map(|at| names.get(*at).copied()).collect();
            vec![super::list(&names).into()]
        });
        message = message.text([bold(format!("Round {}", number + 1))]).list(groups);
        if round.len() > MOST_GROUPS {
            message = message.note([format!("And {} more.", round.len() - MOST_GROUPS).into()]);
        }
    }
    let same = format!("groups circles {size} {all} {} seed=", program.slug);
    let shown = before + MOST_ROUNDS;
    if all > shown {
        message = message
            .note([format!("And {}.", super::count(all - shown, "more round", "more rounds")).into()])
            .actions([Action::button("Show the next rounds", format!("{same}{seed} round={}", shown + 1))]);
    }
    message.note([
        format!(
            "These rounds have seed {seed}; the same numbers give them again. Plan others with another seed: "
        )
        .into(),
        command(format!("{same}{}", seed.wrapping_add(1) % 1_000_000)),
        ".".into(),
    ])
}

fn promise(agenda: &Agenda) -> String {
    let meetings = |number: u64| {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        super::count(number, "meeting is of a pair", "meetings are of pairs")
    };
    match (agenda.repeats, agenda.fewest_repeats) {
        (0, _) => "Nobody meets anybody twice.".to_owned(),
        (repeats, fewest) if repeats == fewest => {
            format!("{} who met before, and counting shows that fewer is not possible.", meetings(repeats))
        }
        (repeats, 0) => format!("{} who met before; I found no way without any.", meetings(repeats)),
        (repeats, fewest) => {
            format!(
                "{} who met before; counting shows that there must be at least {fewest}.",
                meetings(repeats)
            )
        }
    }
}
