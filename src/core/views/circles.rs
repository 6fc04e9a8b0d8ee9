//! Rounds of peer circles, as staff see them.

use crate::chat::{Message, bold, command};
use crate::domain::formation::rounds::Agenda;
use crate::store::programs::Program;

/// Rounds shown at most.
const MOST_ROUNDS: usize = 12;
/// Groups of a round shown at most.
const MOST_GROUPS: usize = 25;

/// All rounds, with what can be promised about them.
pub(in crate::core) fn planned(program: &Program, agenda: &Agenda, names: &[&str], size: usize) -> Message {
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
    for (number, round) in agenda.rounds.iter().take(MOST_ROUNDS).enumerate() {
        let groups = round.iter().take(MOST_GROUPS).map(|group| {
            let names: Vec<&str> = group.iter().filter_map(|at| names.get(*at).copied()).collect();
            vec![super::list(&names).into()]
        });
        message = message.text([bold(format!("Round {}", number + 1))]).list(groups);
        if round.len() > MOST_GROUPS {
            message = message.note([format!("And {} more.", round.len() - MOST_GROUPS).into()]);
        }
    }
    if agenda.rounds.len() > MOST_ROUNDS {
        message = message.note([format!("And {} more rounds.", agenda.rounds.len() - MOST_ROUNDS).into()]);
    }
    message.note([
        "The same numbers give the same rounds. Plan others with another seed: ".into(),
        command("groups circles"),
        ".".into(),
    ])
}

fn promise(agenda: &Agenda) -> String {
    let pairs = |number: u64| {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        super::count(number, "pair meets", "pairs meet")
    };
    match (agenda.repeats, agenda.fewest_repeats) {
        (0, _) => "Nobody meets anybody twice.".to_owned(),
        (repeats, fewest) if repeats == fewest => {
            format!("{} again, and counting shows that fewer is not possible.", pairs(repeats))
        }
        (repeats, fewest) => format!("{} again; counting shows that at least {fewest} must.", pairs(repeats)),
    }
}
