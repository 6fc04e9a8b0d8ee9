//! Plans group by group, searches, wishes, and what is read of a few people only, on either engine.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use roundtable::domain::ids::{PlanId, ProgramId};
use roundtable::domain::words::{Role, WishKind};
use roundtable::store::Store;
use roundtable::store::sheets::{Search, SheetRow, spaced};
use roundtable::store::wishes::Wish;

use super::make::{UNUSUAL, at, begin, council, dangles, g, member, p, person, plan, pr1, same};

fn sheet(number: i64, score: i64, members: &[&str]) -> SheetRow {
    let members = spaced(members.iter().copied());
    SheetRow { number, score, members, body: format!("{{\"n\":{number},\"words\":\"{UNUSUAL}\"}}") }
}

fn ids(all: &[&str]) -> Vec<String> {
    all.iter().map(|id| (*id).to_owned()).collect()
}

pub async fn a_plan_is_read_and_written_group_by_group(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    for id in ["pl1", "pl2"] {
        tx.insert_plan(&plan(id, "pr1", "p1")).await.unwrap();
    }
    let (first, other) = (PlanId::new("pl1"), PlanId::new("pl2"));
    assert_eq!(tx.find_weakest_sheet(&first, &[]).await.unwrap(), (0, None));
    let sheets = [sheet(1, -5, &["p1", "p2"]), sheet(2, i64::MAX, &["p11"]), sheet(3, 7, &[])];
    tx.insert_sheets(&other, &[sheet(1, 0, &["p1"])]).await.unwrap();
    tx.insert_sheets(&first, &sheets[1..]).await.unwrap();
    tx.insert_sheets(&first, &sheets).await.unwrap();
    assert_eq!(tx.list_sheets(&first).await.unwrap(), sheets);
    assert_eq!(tx.list_sheets_with(&first, &p("p1")).await.unwrap(), sheets[..1], "p11 is somebody else");
    assert!(tx.list_sheets_with(&first, &p("p3")).await.unwrap().is_empty());
    assert_eq!(tx.find_weakest_sheet(&first, &[]).await.unwrap(), (3, Some(-5)));
    assert_eq!(tx.find_weakest_sheet(&first, &[1, 9]).await.unwrap(), (2, Some(7)));
    let changed = sheet(1, 3, &["p2", "p4"]);
    tx.mark_sheet(&first, &changed).await.unwrap();
    assert_eq!(tx.find_sheet(&first, 1).await.unwrap(), Some(changed));
    assert_eq!(tx.find_sheet(&first, 4).await.unwrap(), None);
    assert_eq!(tx.find_sheet(&other, 1).await.unwrap().unwrap().members, " p1 ", "another plan stays");
    dangles(tx.insert_sheets(&PlanId::new("pl9"), &[sheet(1, 0, &[])]).await);
}

pub async fn of_two_searches_the_later_one_counts_and_is_asked_to_end(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    assert!(tx.find_search(&pr1()).await.unwrap().is_none());
    assert!(!tx.mark_search_stopped(&pr1()).await.unwrap());
    for (id, seen) in [("s1", 10), ("s2", 20)] {
        let search = Search { program_id: pr1(), id: id.into(), seen_at: at(seen), stop: 0 };
        tx.insert_search(&search).await.unwrap();
        same(&tx.find_search(&pr1()).await.unwrap().unwrap(), &search);
    }
    assert!(!tx.mark_search_seen("s1", at(30)).await.unwrap(), "another took its place");
    assert!(tx.mark_search_seen("s2", at(30)).await.unwrap());
    assert!(tx.mark_search_stopped(&pr1()).await.unwrap());
    let found = tx.find_search(&pr1()).await.unwrap().unwrap();
    assert_eq!((found.seen_at, found.stop), (at(30), 1));
    tx.delete_search("s1").await.unwrap();
    assert!(tx.find_search(&pr1()).await.unwrap().is_some());
    tx.delete_search("s2").await.unwrap();
    assert!(tx.find_search(&pr1()).await.unwrap().is_none());
}

fn wish(person: &str, other: &str, kind: WishKind, when: i64) -> Wish {
    Wish { program_id: pr1(), person_id: p(person), other_id: p(other), kind, created_at: at(when) }
}

pub async fn a_person_has_one_wish_about_another_until_it_is_taken_back(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let (first, second) = (wish("p1", "p2", WishKind::With, 5), wish("p2", "p1", WishKind::Not, 6));
    let later = wish("p1", "p3", WishKind::Not, 7);
    for one in [&first, &later, &second] {
        tx.insert_wish(one).await.unwrap();
    }
    assert_eq!(tx.list_wishes_of(&pr1(), &p("p1")).await.unwrap(), [first.clone(), later.clone()]);
    assert_eq!(
        tx.list_wishes_in(&pr1()).await.unwrap(),
        [first.clone(), second.clone(), later.clone()],
        "the oldest first"
    );
    assert_eq!(tx.list_wishes_among(&pr1(), &ids(&["p2", "p4"])).await.unwrap(), [second]);
    assert!(tx.list_wishes_in(&ProgramId::new("pr2")).await.unwrap().is_empty());
    let turned = wish("p1", "p2", WishKind::Not, 8);
    tx.insert_wish(&turned).await.unwrap();
    assert_eq!(tx.list_wishes_of(&pr1(), &p("p1")).await.unwrap(), [later, turned]);
    assert!(tx.delete_wish(&pr1(), &p("p1"), &p("p2")).await.unwrap());
    assert!(!tx.delete_wish(&pr1(), &p("p1"), &p("p2")).await.unwrap());
    assert_eq!(tx.delete_wishes_of(&pr1(), &p("p1")).await.unwrap(), 2, "theirs and those about them");
    assert!(tx.list_wishes_in(&pr1()).await.unwrap().is_empty());
    dangles(tx.insert_wish(&wish("p1", "p9", WishKind::With, 1)).await);
}

pub async fn a_few_people_are_read_without_all_the_others(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let mut chain = person("p5", "Ed Lower");
    chain.manager_id = Some(p("p4"));
    tx.insert_person(&chain).await.unwrap();
    let mut above = tx.get_person(&p("p4")).await.unwrap();
    above.manager_id = Some(p("p1"));
    tx.mark_person(&above).await.unwrap();
    for (group, who, role) in [
        ("g1", "p1", Role::Participant),
        ("g1", "p2", Role::Participant),
        ("g1", "p3", Role::Mentor),
        ("g2", "p3", Role::Mentor),
    ] {
        tx.insert_member(&member(group, who, role)).await.unwrap();
        tx.insert_role(&pr1(), &p(who), role, &p("p1"), at(0)).await.unwrap();
    }
    let few = ids(&["p3", "p2", "p5", "nobody"]);
    let named = |all: Vec<roundtable::store::people::Person>| -> Vec<String> {
        all.into_iter().map(|person| person.id.to_string()).collect()
    };
    assert_eq!(named(tx.list_persons_among(&pr1(), &few).await.unwrap()), ["p2", "p3"], "who has a role");
    let mut roles: Vec<_> =
        tx.list_roles_among(&pr1(), &few).await.unwrap().into_iter().map(|r| (r.person_id, r.role)).collect();
    roles.sort_by_key(|(person, _)| person.to_string());
    assert_eq!(roles, [(p("p2"), Role::Participant), (p("p3"), Role::Mentor)]);
    let members = tx.list_members_among(&pr1(), &few).await.unwrap();
    let mut seats: Vec<String> = members.iter().map(|m| format!("{}{}", m.group_id, m.person_id)).collect();
    seats.sort();
    assert_eq!(seats, ["g1p2", "g1p3", "g2p3"]);
    assert_eq!(tx.list_met_among(&few).await.unwrap(), [(p("p2"), p("p3"))]);
    assert_eq!(tx.list_mentor_loads_among(&few).await.unwrap(), [(p("p3"), 2)]);
    assert_eq!(
        tx.list_managers_above(&ids(&["p5"])).await.unwrap(),
        [(p("p4"), p("p1")), (p("p5"), p("p4"))],
        "up to the top"
    );
    assert!(tx.list_managers_above(&ids(&["p2"])).await.unwrap().is_empty());
    tx.mark_member_left(&g("g2"), &p("p3"), at(5)).await.unwrap();
    assert_eq!(tx.list_mentor_loads_among(&few).await.unwrap(), [(p("p3"), 1)]);
}
