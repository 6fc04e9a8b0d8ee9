//! The rules asked as bluntly as possible, to hold the verifier and the solver against: slow, and easy to believe.

use super::{Conflict, Party, Person, Problem};
use std::collections::BTreeSet;

/// Everybody above somebody, by repeated widening: slow, obvious, and safe in circles.
pub(super) fn above(problem: &Problem) -> BTreeSet<(String, String)> {
    let mut above: BTreeSet<(String, String)> =
        problem.managers.iter().map(|(person, manager)| (person.clone(), manager.clone())).collect();
    loop {
        let mut wider = above.clone();
        for (a, b) in &above {
            let further = above.iter().filter(|(c, _)| c == b);
            wider.extend(further.map(|(_, d)| (a.clone(), d.clone())));
        }
        if wider.len() == above.len() {
            return above;
        }
        above = wider;
    }
}

/// Whether two people clash by a newer rule about pairs.
fn clash(problem: &Problem, a: &Person, b: &Person) -> bool {
    let key = |text: &str| text.trim().to_lowercase();
    let is = |person: &Person, party: &Party| match party {
        Party::Person(id) => person.id == *id,
        Party::Organisation(name) => !key(name).is_empty() && key(&person.organisation) == key(name),
    };
    let conflict = |c: &Conflict| is(a, &c.first) && is(b, &c.second) || is(b, &c.first) && is(a, &c.second);
    let rules = &problem.rules;
    let boss = |person: &Person| problem.managers.get(&person.id).filter(|boss| **boss != person.id);
    problem.conflicts.iter().any(conflict)
        || rules.forbid_vetoes && (a.vetoes.contains(&b.id) || b.vetoes.contains(&a.id))
        || rules.same_manager_apart && boss(a).is_some() && boss(a) == boss(b)
}

/// Hours of a stretch at which all mentors and enough others can start.
fn slots(problem: &Problem, mentors: &[&Person], others: &[&Person], stretch: usize) -> usize {
    let free = |person: &Person, hour: usize| {
        (0..problem.rules.slot_hours as usize).all(|later| {
            let hour = (hour + later) % 168;
            match person.later_weeks.first() {
                Some(week) if stretch > 0 => week.contains(hour),
                _ => person.week.contains(hour),
            }
        })
    };
    let enough = |hour: usize| {
        let come = others.iter().filter(|person| free(person, hour)).count();
        100 * come >= usize::from(problem.rules.quorum_percent) * others.len()
    };
    (0..168).filter(|hour| mentors.iter().all(|person| free(person, *hour)) && enough(*hour)).count()
}

/// Whether the zones fit into some window of the allowed width, tried minute by minute.
fn zones_fit(limit: u8, people: &[&Person], stretch: usize) -> bool {
    let zones: Vec<i32> = people
        .iter()
        .filter_map(|person| person.offsets.get(stretch).or(person.offsets.last()))
        .map(|at| i32::from(*at))
        .collect();
    let inside =
        |start: i32| zones.iter().all(|zone| (zone - start).rem_euclid(1_440) <= i32::from(limit) * 60);
    zones.is_empty() || (0..1_440).any(inside)
}

/// Whether a group is lawful, asked as bluntly as possible: one question for each pair and hour.
pub(super) fn lawful(
    problem: &Problem,
    lines: &BTreeSet<(String, String)>,
    mentors: &[&Person],
    others: &[&Person],
) -> bool {
    let rules = &problem.rules;
    let all: Vec<&Person> = mentors.iter().chain(others).copied().collect();
    let key = |text: &str| text.trim().to_lowercase();
    let apart = |a: &Person, b: &Person| {
        let pair = |x: &str, y: &str| problem.never.contains(&(x.to_owned(), y.to_owned()));
        let line = |x: &Person, y: &Person| lines.contains(&(x.id.clone(), y.id.clone()));
        a.id == b.id
            || line(a, b)
            || line(b, a)
            || pair(&a.id, &b.id)
            || pair(&b.id, &a.id)
            || clash(problem, a, b)
    };
    let crowd = |limit: u8, text: fn(&Person) -> &String| {
        let count = |a: &Person| all.iter().filter(|b| key(text(a)) == key(text(b))).count();
        limit == 0 || all.iter().all(|a| key(text(a)).is_empty() || count(a) <= usize::from(limit))
    };
    let speaks = |person: &Person, word: &str| {
        person.languages.is_empty() || person.languages.iter().any(|text| key(text) == word)
    };
    let silent = all.iter().all(|person| person.languages.is_empty());
    let talk = silent || ["en", "de", "fr"].iter().any(|word| all.iter().all(|person| speaks(person, word)));
    let stretches = usize::from(problem.people.iter().any(|person| !person.later_weeks.is_empty()));
    let hours = (0..=stretches).map(|stretch| slots(problem, mentors, others, stretch)).min().unwrap();
    let has = |id: &String| all.iter().any(|person| person.id == *id);
    let known = |id: &String| problem.people.iter().any(|person| person.id == *id);
    (rules.min_participants..=rules.max_participants).contains(&others.len())
        && (rules.min_mentors..=rules.max_mentors).contains(&mentors.len())
        && mentors.iter().all(|person| person.mentor_capacity > 0)
        && others.iter().all(|person| person.participant)
        && !(0..all.len()).any(|a| (0..a).any(|b| apart(all[a], all[b])))
        && crowd(rules.per_unit, |person| &person.unit)
        && crowd(rules.per_organisation, |person| &person.organisation)
        && crowd(rules.per_department, |person| &person.department)
        && talk
        && hours >= usize::try_from(rules.min_common_hours).unwrap()
        && rules.max_zone_spread.is_none_or(|limit| (0..2).all(|stretch| zones_fit(limit, &all, stretch)))
        && problem.must.iter().all(|(a, b)| !known(a) || !known(b) || has(a) == has(b))
}

/// The most participants that lawful groups can seat: tries every group around every open choice.
pub(super) fn most_placed(problem: &Problem) -> usize {
    fn best(groups: &[(u32, Vec<usize>)], used: u32, spent: &mut [u8], from: usize) -> usize {
        let mut most = 0;
        for (at, (seats, mentors)) in groups.iter().enumerate().skip(from) {
            if used & seats == 0 && mentors.iter().all(|mentor| spent[*mentor] > 0) {
                let change = |spent: &mut [u8], by: fn(u8) -> u8| {
                    for mentor in mentors {
                        spent[*mentor] = by(spent[*mentor]);
                    }
                };
                change(spent, |left| left - 1);
                let more = best(groups, used | seats, spent, at + 1);
                change(spent, |left| left + 1);
                most = most.max(more + seats.count_ones() as usize);
            }
        }
        most
    }
    let (people, lines) = (&problem.people, above(problem));
    let (mentors, others): (Vec<usize>, Vec<usize>) =
        (0..people.len()).partition(|at| people[*at].mentor_capacity > 0);
    let mut groups = Vec::new();
    for lead in mentors {
        for mask in 1_u32..1 << others.len() {
            let seats: Vec<&Person> = others
                .iter()
                .enumerate()
                .filter(|(bit, _)| mask >> bit & 1 == 1)
                .map(|(_, at)| &people[*at])
                .collect();
            if seats.len() <= problem.rules.max_participants
                && lawful(problem, &lines, &[&people[lead]], &seats)
            {
                groups.push((mask, vec![lead]));
            }
        }
    }
    let mut spent: Vec<u8> = people.iter().map(|person| person.mentor_capacity).collect();
    best(&groups, 0, &mut spent, 0)
}
