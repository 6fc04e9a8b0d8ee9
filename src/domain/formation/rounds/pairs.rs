//! Pairs: everybody meets everybody once before anybody meets twice.
//!
//! Invariant: for an even number of people there are one fewer rounds than people and no repeat.

/// The circle method: one person stays, the others move on by one seat after every round.
pub(super) fn rounds(people: usize) -> Option<Vec<Vec<Vec<usize>>>> {
    if people < 2 || !people.is_multiple_of(2) {
        return None;
    }
    let others = people - 1;
    let round = |turn: usize| {
        let far = |step: usize| {
            let (a, b) = ((turn + step) % others, (turn + others - step) % others);
            vec![a.min(b), a.max(b)]
        };
        std::iter::once(vec![turn, others]).chain((1..people / 2).map(far)).collect()
    };
    Some((0..others).map(round).collect())
}
