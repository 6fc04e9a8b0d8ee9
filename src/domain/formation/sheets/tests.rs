//! Changes by hand sheet by sheet beside the same changes on the whole plan.

use super::*;
use crate::domain::formation::pools::pool;
use crate::domain::formation::{Budget, Lock, form, standing};

fn head(plan: &Plan) -> Plan {
    Plan { groups: Vec::new(), person_reasons: BTreeMap::new(), ..plan.clone() }
}

/// The part of a problem and its plan that a change needs.
fn excerpt(problem: &Problem, plan: &Plan, edit: &Edit) -> (Problem, Excerpt) {
    let (ledger, all) = sheets(problem, plan);
    let (movers, target): (Vec<&String>, Option<usize>) = match edit {
        Edit::Move { person, group } => (vec![person], Some(*group)),
        Edit::Swap { first, second } => (vec![first, second], None),
    };
    let ties = problem.must.iter().flat_map(|(a, b)| [(a, b), (b, a)]);
    let mates: Vec<&String> = ties.filter(|(a, _)| movers.contains(a)).map(|(_, b)| b).collect();
    let about: BTreeSet<&String> = movers.iter().chain(&mates).copied().collect();
    let near = |sheet: &Sheet| {
        Some(sheet.group.key) == target || sheet.group.members().any(|id| about.iter().any(|who| *who == id))
    };
    let (near, far): (Vec<Sheet>, Vec<Sheet>) = all.into_iter().partition(near);
    let here: BTreeSet<&str> = near
        .iter()
        .flat_map(|sheet| sheet.group.members())
        .chain(about.iter().map(|id| id.as_str()))
        .collect();
    let keys: BTreeSet<usize> = near.iter().map(|sheet| sheet.group.key).collect();
    let part = Problem {
        people: problem.people.iter().filter(|p| here.contains(p.id.as_str())).cloned().collect(),
        locks: problem.locks.iter().filter(|lock: &&Lock| keys.contains(&lock.group)).cloned().collect(),
        ..problem.clone()
    };
    let weakest_elsewhere = far.iter().map(|sheet| sheet.group.score).min();
    (part, Excerpt { head: head(plan), ledger, sheets: near, weakest_elsewhere })
}

fn edits(plan: &Plan) -> Vec<Edit> {
    let first = |group: &PlannedGroup| group.participants[0].clone();
    let mut edits = Vec::new();
    for (at, group) in plan.groups.iter().enumerate() {
        let other = &plan.groups[(at * 3 + 1) % plan.groups.len()];
        for id in group.members() {
            edits.push(Edit::Move { person: id.to_owned(), group: other.key });
        }
        edits.push(Edit::Swap { first: first(group), second: first(other) });
        edits.push(Edit::Swap { first: group.mentors[0].clone(), second: other.mentors[0].clone() });
        edits.push(Edit::Swap { first: group.mentors[0].clone(), second: first(other) });
    }
    for wish in &plan.unplaced {
        for group in &plan.groups {
            edits.push(Edit::Move { person: wish.person.clone(), group: group.key });
        }
    }
    edits.push(Edit::Move { person: "nobody".into(), group: 1 });
    edits.push(Edit::Move { person: first(&plan.groups[0]), group: 999 });
    edits
}

#[test]
fn a_change_on_an_excerpt_has_the_figures_of_the_same_change_on_the_whole_plan() {
    let (mut done, mut refused) = (0, 0);
    for seed in 1..=4 {
        let mut problem = pool(60, 10, 9, seed);
        problem.rules.max_participants += 1;
        problem.people[0].wishes = vec![problem.people[5].id.clone()];
        let plan = form(&problem, seed, Budget { iterations: 2_000 }).unwrap();
        for edit in edits(&plan) {
            let (part, mut excerpt) = excerpt(&problem, &plan, &edit);
            let before = (excerpt.head.clone(), excerpt.ledger.clone(), excerpt.sheets.clone());
            match (edit.carry_out(&problem, &plan), excerpt.carry_out(&edit, &part)) {
                (Ok(whole), Ok(keys)) => {
                    done += 1;
                    assert!(
                        keys.len() <= 2 && !keys.is_empty() || whole == plan,
                        "{edit:?} touches {keys:?}"
                    );
                    assert_eq!(excerpt.head.score, whole.score, "{edit:?}");
                    assert_eq!(excerpt.head.bound, whole.bound);
                    let ids =
                        |plan: &Plan| plan.unplaced.iter().map(|u| u.person.clone()).collect::<Vec<_>>();
                    assert_eq!(ids(&excerpt.head), ids(&whole));
                    let standing_now = excerpt.ledger.standing(&problem.rules, excerpt.head.bound).unwrap();
                    let anew = standing(&problem, &whole).unwrap();
                    assert_eq!(standing_now.plan, anew.plan);
                    let plans = |list: &[crate::domain::formation::Against]| {
                        list.iter().map(|row| (row.criterion, row.plan)).collect::<Vec<_>>()
                    };
                    assert_eq!(plans(&standing_now.criteria), plans(&anew.criteria));
                    for sheet in &excerpt.sheets {
                        assert_eq!(Some(&sheet.group), whole.group(sheet.group.key), "{edit:?}");
                    }
                }
                (Err(whole), Err(part)) => {
                    refused += 1;
                    assert_eq!(whole, part, "{edit:?}");
                    assert_eq!(before, (excerpt.head, excerpt.ledger, excerpt.sheets));
                }
                (whole, part) => panic!("{edit:?}: {whole:?}\n{part:?}"),
            }
        }
    }
    assert!(done > 40 && refused > 40, "{done} done, {refused} refused");
}

#[test]
fn a_plan_comes_back_from_its_sheets() {
    let problem = pool(60, 12, 9, 3);
    let plan = form(&problem, 1, Budget { iterations: 2_000 }).unwrap();
    let (ledger, all) = sheets(&problem, &plan);
    assert_eq!(gather(head(&plan), all), plan);
    assert_eq!(ledger.standing(&problem.rules, plan.bound), standing(&problem, &plan));
}
