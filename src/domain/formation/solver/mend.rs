//! A start for a repair: each group as it was, without the fewest people who must go, and with a
//! new mentor where the old one is gone.
//!
//! Invariant: every group that comes out keeps all rules; people stay in their places if they can.

use super::super::pool::Who;
use super::super::team::Team;
use super::bunch::Bunch;
use super::ground::Ground;
use super::homes::Homes;
use super::state::NONE;

/// People taken out of a group at most before it is given up.
const OUT: usize = 3;

/// Where everybody sat before; the places are the numbers of the groups.
pub(super) fn homes(ground: &Ground<'_>, before: &[Team]) -> Homes {
    let mut homes = Homes { seat: vec![NONE; ground.souls.len()], lead: Vec::new() };
    for (team, at) in before.iter().zip(0..) {
        for &who in &team.participants {
            homes.seat[who as usize] = at;
        }
        homes.lead.extend(team.mentors.iter().map(|who| (at, *who)));
    }
    homes.lead.sort_unstable();
    homes
}

/// Mends each group; locked ones that cannot be mended take their completed form.
pub(super) fn mend<const C: usize>(ground: &Ground<'_>, locked: &[Team], before: &[Team]) -> Vec<Bunch<C>> {
    let mut led = vec![0_u8; ground.souls.len()];
    let mut taken = vec![false; ground.souls.len()];
    let mut groups = vec![Bunch::EMPTY; before.len()];
    for (at, team) in locked.iter().enumerate() {
        let same = |old: &[Who], held: &[Who]| held.iter().all(|who| old.contains(who));
        let old = &before[at];
        let keeps = same(&old.mentors, &team.mentors[..team.held_mentors])
            && same(&old.participants, &team.participants[..team.held]);
        let front = |held: &[Who], all: &[Who]| -> Vec<Who> {
            held.iter().copied().chain(all.iter().copied().filter(|who| !held.contains(who))).collect()
        };
        let old: Bunch<C> = cut(
            &front(&team.mentors[..team.held_mentors], &old.mentors),
            &front(&team.participants[..team.held], &old.participants),
        );
        let free = old.people().iter().all(|who| !taken[*who as usize]);
        groups[at] = if keeps && free && ground.worth(&old, false).is_some() {
            old
        } else {
            Bunch::of(&team.mentors, &team.participants)
        };
        note(ground, &groups[at], &mut led, &mut taken);
    }
    for at in locked.len()..before.len() {
        let seats = |who: &Who| !taken[*who as usize];
        let leads = |who: &Who| led[*who as usize] < ground.soul(*who).capacity;
        let mentors: Vec<Who> = before[at].mentors.iter().copied().filter(leads).collect();
        let participants: Vec<Who> = before[at].participants.iter().copied().filter(seats).collect();
        let old: Bunch<C> = cut(&mentors, &participants);
        let idle: Vec<Who> = ground
            .mentors
            .iter()
            .copied()
            .filter(|who| led[*who as usize] == 0 && ground.soul(*who).capacity > 0)
            .collect();
        groups[at] = one(ground, &old, &idle).unwrap_or(Bunch::EMPTY);
        note(ground, &groups[at], &mut led, &mut taken);
    }
    groups
}

/// As many of the people as a group can hold.
fn cut<const C: usize>(mentors: &[Who], participants: &[Who]) -> Bunch<C> {
    let mentors = &mentors[..mentors.len().min(C)];
    Bunch::of(mentors, &participants[..participants.len().min(C - mentors.len())])
}

fn note<const C: usize>(ground: &Ground<'_>, bunch: &Bunch<C>, led: &mut [u8], taken: &mut [bool]) {
    for who in bunch.mentors() {
        led[*who as usize] += 1;
    }
    for who in bunch.participants() {
        taken[*who as usize] = true;
        debug_assert!(ground.soul(*who).wants_seat);
    }
}

/// The group with the fewest people out, under its mentors or, if they are too few, a new one.
fn one<const C: usize>(ground: &Ground<'_>, old: &Bunch<C>, idle: &[Who]) -> Option<Bunch<C>> {
    if old.k == 0 {
        return None;
    }
    for out in 0..=OUT.min(usize::from(old.k)) {
        let mut best: Option<(i64, Bunch<C>)> = None;
        let mut offer = |bunch: Bunch<C>| {
            if let Some(worth) = ground.worth(&bunch, false)
                && best.is_none_or(|(most, _)| worth > most)
            {
                best = Some((worth, bunch));
            }
        };
        without(old, out, 0, &mut |fewer: Bunch<C>| {
            offer(fewer);
            if usize::from(old.q) < ground.rules.max_mentors && fewer.has_room() {
                for &mentor in idle.iter().filter(|mentor| !fewer.has(**mentor)) {
                    let mut led = fewer;
                    led.push_mentor(mentor);
                    offer(led);
                }
            }
        });
        if let Some((_, bunch)) = best {
            return Some(bunch);
        }
    }
    None
}

/// All ways to take some participants or mentors out.
fn without<const C: usize>(bunch: &Bunch<C>, out: usize, from: usize, found: &mut impl FnMut(Bunch<C>)) {
    if out == 0 {
        found(*bunch);
        return;
    }
    let people: Vec<Who> = bunch.people().to_vec();
    let mut sorted = people;
    sorted.sort_unstable();
    for (at, &who) in sorted.iter().enumerate().skip(from) {
        let mut fewer = *bunch;
        if fewer.drop(who) || fewer.drop_mentor(who) {
            without(&fewer, out - 1, at, found);
        }
    }
}
