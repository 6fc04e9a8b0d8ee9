//! The last touches: nobody stays out while a seat is open, and the weakest group gets help.
//!
//! Invariant: the state never ranks lower afterwards.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::ground::Ground;
use super::state::{NONE, State};

/// The new version of a group with its score.
type Change<const C: usize> = (u32, Bunch<C>, i64);

/// Seats everybody who waits and every idle mentor where a group still takes them.
pub(super) fn fill<const C: usize>(ground: &Ground<'_>, state: &mut State<C>) {
    let mut people: Vec<Who> = state.waiting.clone();
    people.sort_unstable_by_key(|who| (!ground.soul(*who).left_out, *who));
    for who in people {
        if state.seat[who as usize] == NONE {
            let with = |bunch: &mut Bunch<C>| ground.rest(who).unit.iter().all(|unit| push(bunch, *unit));
            best_place(ground, state, with);
        }
    }
    let idle: Vec<Who> = ground
        .mentors
        .iter()
        .copied()
        .filter(|who| ground.only_mentors(*who) && state.leads[*who as usize].is_empty())
        .collect();
    if ground.rules.max_mentors < 2 {
        return;
    }
    for who in idle {
        best_place(ground, state, |bunch: &mut Bunch<C>| {
            let room = bunch.has_room() && usize::from(bunch.q) < ground.rules.max_mentors;
            if room {
                bunch.push_mentor(who);
            }
            room
        });
    }
}

fn push<const C: usize>(bunch: &mut Bunch<C>, who: Who) -> bool {
    let room = bunch.has_room() && !bunch.has(who);
    if room {
        bunch.push(who);
    }
    room
}

/// Changes the group that gains most by the change, if it is lawful anywhere.
fn best_place<const C: usize>(
    ground: &Ground<'_>,
    state: &mut State<C>,
    with: impl Fn(&mut Bunch<C>) -> bool,
) {
    let mut choice: Option<(i64, u32, Bunch<C>, i64)> = None;
    for (at, bunch, worth) in state.groups() {
        let mut joined = *bunch;
        if usize::from(joined.k) > ground.rules.max_participants || !with(&mut joined) {
            continue;
        }
        let Some(new) = ground.worth(&joined, false) else { continue };
        let gain = new * i64::from(joined.k) - worth * i64::from(bunch.k);
        if choice.as_ref().is_none_or(|(most, ..)| gain > *most) {
            choice = Some((gain, at, joined, new));
        }
    }
    if let Some((_, at, bunch, worth)) = choice {
        state.take(ground, &[(at, bunch, worth)]);
    }
}

/// Lifts the weakest group by swaps of people and mentors until nothing helps or the steps are used
/// up. A swap must leave both groups better than the weakest was; of those the cheapest is taken.
pub(super) fn lift_weakest<const C: usize>(ground: &Ground<'_>, state: &mut State<C>, mut steps: u64) {
    loop {
        let Some((weak, _, floor)) = state.groups().min_by_key(|(at, _, worth)| (*worth, *at)) else {
            return;
        };
        let mut choice: Option<(i64, [Change<C>; 2])> = None;
        for other in 0..u32::try_from(state.bunches.len()).unwrap_or(0) {
            if other == weak || state.bunch(other).is_empty() {
                continue;
            }
            if steps < 40 {
                break;
            }
            swaps(ground, state, weak, other, &mut |here, there| {
                steps = steps.saturating_sub(1);
                let Some(new) = ground.worth(&here, false).filter(|new| *new > floor) else { return };
                let Some(their) = ground.worth(&there, false).filter(|new| *new > floor) else { return };
                let gain = new * i64::from(here.k) + their * i64::from(there.k);
                let lost = floor * i64::from(here.k) + state.worth[other as usize] * i64::from(there.k);
                if choice.as_ref().is_none_or(|(most, _)| gain - lost > *most) {
                    choice = Some((gain - lost, [(weak, here, new), (other, there, their)]));
                }
            });
        }
        let Some((_, changes)) = choice else { return };
        state.take(ground, &changes);
    }
}

/// All ways to swap a participant, or a mentor, between two groups.
fn swaps<const C: usize>(
    ground: &Ground<'_>,
    state: &State<C>,
    here: u32,
    there: u32,
    found: &mut impl FnMut(Bunch<C>, Bunch<C>),
) {
    let (a, b) = (*state.bunch(here), *state.bunch(there));
    let alone = |who: Who| !state.fixed[who as usize] && ground.rest(who).unit.len() == 1;
    let lead = (a.mentors()[0], b.mentors()[0]);
    for &mine in a.participants().iter().filter(|who| alone(**who) && ground.may_meet(lead.1, **who)) {
        for &theirs in b.participants().iter().filter(|who| alone(**who) && ground.may_meet(lead.0, **who)) {
            if !a.has(theirs) && !b.has(mine) {
                let (mut a, mut b) = (a, b);
                a.drop(mine);
                b.drop(theirs);
                a.push(theirs);
                b.push(mine);
                found(a, b);
            }
        }
    }
    let (mine, theirs) = lead;
    let fixed = state.is_fixed_mentor(here, mine) || state.is_fixed_mentor(there, theirs);
    if !fixed && !a.has(theirs) && !b.has(mine) {
        let (mut a, mut b) = (a, b);
        a.drop_mentor(mine);
        b.drop_mentor(theirs);
        a.push_mentor(theirs);
        b.push_mentor(mine);
        found(a, b);
    }
}
