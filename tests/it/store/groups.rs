//! Plans, groups, members, meetups and starters, on either engine.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use roundtable::domain::civil::Instant;
use roundtable::domain::ids::{MeetupId, ProgramId};
use roundtable::domain::words::{GroupState, Lead, MeetupState, OfferState, PlanState, Role, Rsvp, TieKind};
use roundtable::store::Store;
use roundtable::store::starters::OfferRow;

use super::make::{
    UNUSUAL, at, begin, breaks, council, dangles, g, group, meetup, member, p, plan, plan_input, pr1,
    program, same, tie,
};

fn m(id: &str) -> MeetupId {
    MeetupId::new(id)
}

pub async fn plans_change_only_from_the_version_that_was_read(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    assert!(tx.find_draft_plan(&pr1()).await.unwrap().is_none());
    let mut first = plan("pl1", "pr1", "p1");
    (first.seed, first.body) = (i64::MIN, UNUSUAL.repeat(2_000));
    tx.insert_plan(&first).await.unwrap();
    let mut second = plan("pl2", "pr1", "p1");
    second.seed = i64::MAX;
    tx.insert_plan(&second).await.unwrap();
    same(&tx.find_draft_plan(&pr1()).await.unwrap().unwrap(), &second);
    let stale = second.clone();
    (second.state, second.locks, second.body) = (PlanState::Dropped, "[1]".into(), "{\"a\":1}".into());
    assert!(tx.mark_plan(&second).await.unwrap());
    assert!(!tx.mark_plan(&stale).await.unwrap());
    same(&tx.find_draft_plan(&pr1()).await.unwrap().unwrap(), &first);
    second.version += 1;
    second.state = PlanState::Draft;
    assert!(tx.mark_plan(&second).await.unwrap());
    second.version += 1;
    same(&tx.find_draft_plan(&pr1()).await.unwrap().unwrap(), &second);
    breaks("plans_pkey", tx.insert_plan(&first).await);
}

pub async fn a_plan_keeps_what_it_was_made_from_until_it_is_dropped(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    assert!(tx.find_published_plan(&pr1()).await.unwrap().is_none());
    for id in ["pl1", "pl2", "pl3"] {
        tx.insert_plan(&plan(id, "pr1", "p1")).await.unwrap();
        tx.insert_plan_input(&plan_input(id)).await.unwrap();
    }
    let mut real = plan("pl2", "pr1", "p1");
    (real.state, real.edits) = (PlanState::Published, UNUSUAL.into());
    assert!(tx.mark_plan(&real).await.unwrap());
    real.version += 1;
    same(&tx.find_published_plan(&pr1()).await.unwrap().unwrap(), &real);
    assert!(tx.find_published_plan(&ProgramId::new("pr2")).await.unwrap().is_none());
    same(&tx.find_plan_input(&real.id).await.unwrap().unwrap(), &plan_input("pl2"));
    let mut dropped = plan("pl1", "pr1", "p1");
    dropped.state = PlanState::Dropped;
    assert!(tx.mark_plan(&dropped).await.unwrap());
    assert_eq!(tx.delete_dropped_inputs(&ProgramId::new("pr2")).await.unwrap(), 0);
    assert_eq!(tx.delete_dropped_inputs(&pr1()).await.unwrap(), 1);
    assert!(tx.find_plan_input(&dropped.id).await.unwrap().is_none());
    assert!(tx.find_plan_input(&real.id).await.unwrap().is_some());
    breaks("plan_inputs_pkey", tx.insert_plan_input(&plan_input("pl2")).await);
}

pub async fn two_sides_are_bound_in_one_way_at_a_time(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let (first, other) = (tie("t1", "organisation:acme", "person:p1"), tie("t2", "person:p1", "person:p2"));
    tx.insert_tie(&first).await.unwrap();
    tx.insert_tie(&other).await.unwrap();
    let mut again = tie("t3", "organisation:acme", "person:p1");
    (again.kind, again.reason, again.created_at) = (TieKind::Conflict, String::new(), at(9));
    tx.insert_tie(&again).await.unwrap();
    let listed = tx.list_ties(&pr1()).await.unwrap();
    same(&listed, &vec![other, again]);
    assert!(tx.list_ties(&ProgramId::new("pr2")).await.unwrap().is_empty());
    assert!(!tx.delete_tie(&ProgramId::new("pr2"), "t3").await.unwrap());
    assert!(tx.delete_tie(&pr1(), "t3").await.unwrap());
    assert!(!tx.delete_tie(&pr1(), "t3").await.unwrap());
    assert_eq!(tx.list_ties(&pr1()).await.unwrap().len(), 1);
}

pub async fn members_come_leave_and_come_back(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let mut first = group("g1", "pr1", 1);
    same(&tx.get_group(&g("g1")).await.unwrap(), &first);
    assert!(tx.find_group(&g("g9")).await.unwrap().is_none());
    assert!(tx.get_group(&g("g9")).await.is_err());
    (first.name, first.lead, first.mode) = (UNUSUAL.into(), Lead::Shared, "peer".into());
    first.cadence = "monthly".into();
    tx.mark_group(&first).await.unwrap();
    same(&tx.find_group(&g("g1")).await.unwrap().unwrap(), &first);
    let numbers: Vec<_> = tx.list_groups_of(&pr1()).await.unwrap().into_iter().map(|g| g.number).collect();
    assert_eq!(numbers, [1, 2]);

    for (group, person, role) in [
        ("g1", "p1", Role::Participant),
        ("g1", "p2", Role::Participant),
        ("g1", "p3", Role::Mentor),
        ("g2", "p3", Role::Mentor),
        ("g2", "p4", Role::Participant),
    ] {
        tx.insert_member(&member(group, person, role)).await.unwrap();
        assert!(tx.insert_role(&pr1(), &p(person), role, &p("p1"), at(0)).await.is_ok());
    }
    let ids = |members: &[roundtable::store::groups::Member]| -> Vec<String> {
        members.iter().map(|m| format!("{}{}", m.group_id, m.person_id)).collect()
    };
    assert_eq!(ids(&tx.list_members(&g("g1")).await.unwrap()), ["g1p3", "g1p1", "g1p2"]);
    assert_eq!(ids(&tx.list_members_in(&pr1()).await.unwrap()), ["g1p3", "g1p1", "g1p2", "g2p3", "g2p4"]);
    assert_eq!(tx.list_mentor_loads().await.unwrap(), [(p("p3"), 2)]);
    let met = [("p1", "p2"), ("p1", "p3"), ("p2", "p3"), ("p3", "p4")].map(|(a, b)| (p(a), p(b)));
    assert_eq!(tx.list_met(&pr1()).await.unwrap(), met);
    assert!(tx.list_met(&ProgramId::new("pr9")).await.unwrap().is_empty());

    assert_eq!(tx.find_last_leave(&g("g1"), Role::Participant).await.unwrap(), None);
    assert!(tx.mark_member_left(&g("g1"), &p("p1"), at(5)).await.unwrap());
    assert_eq!(tx.find_last_leave(&g("g1"), Role::Participant).await.unwrap(), Some(at(5)));
    assert_eq!(tx.find_last_leave(&g("g1"), Role::Mentor).await.unwrap(), None);
    assert!(!tx.mark_member_left(&g("g1"), &p("p1"), at(6)).await.unwrap());
    assert!(!tx.mark_member_left(&g("g1"), &p("p4"), at(6)).await.unwrap());
    let pairs = tx.list_members_with_persons(&g("g1")).await.unwrap();
    let shown: Vec<_> = pairs.iter().map(|(m, person)| (m.role, person.name.as_str())).collect();
    assert_eq!(shown, [(Role::Mentor, "Cy East"), (Role::Participant, "Bo South")]);
    assert!(tx.list_groups_with(&p("p1")).await.unwrap().is_empty());
    // Who left has still met the others.
    assert_eq!(tx.list_met(&pr1()).await.unwrap().len(), 4);
    let mut back = member("g1", "p1", Role::Mentor);
    back.joined_at = at(7);
    tx.insert_member(&back).await.unwrap();
    same(&tx.list_members(&g("g1")).await.unwrap()[0], &back);

    assert_eq!(tx.list_groups_with(&p("p3")).await.unwrap().len(), 2);
    (first.state, first.closed_at) = (GroupState::Closed, Some(at(8)));
    tx.mark_group(&first).await.unwrap();
    let left: Vec<_> =
        tx.list_groups_with(&p("p3")).await.unwrap().into_iter().map(|g| g.id.to_string()).collect();
    assert_eq!(left, ["g2"]);
    let open: Vec<_> = tx.list_open_groups_of(&pr1()).await.unwrap().into_iter().map(|g| g.number).collect();
    assert_eq!((open, tx.list_groups_of(&pr1()).await.unwrap().len()), (vec![2], 2));
    assert_eq!(ids(&tx.list_members_in(&pr1()).await.unwrap()), ["g2p3", "g2p4"]);
    assert_eq!(tx.list_mentor_loads().await.unwrap(), [(p("p3"), 1)]);
    dangles(tx.insert_member(&member("g9", "p1", Role::Mentor)).await);
}

pub async fn meetups_change_only_from_the_sequence_that_was_read(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    for (id, number, starts) in [("m1", 1, 0), ("m2", 2, 10_000), ("m3", 3, 5_000)] {
        tx.insert_meetup(&meetup(id, "g1", number, starts)).await.unwrap();
    }
    let read = tx.get_meetup(&m("m2")).await.unwrap();
    same(&read, &meetup("m2", "g1", 2, 10_000));
    assert_eq!(read.ends_at(), at(13_600));
    assert!(tx.find_meetup(&m("m9")).await.unwrap().is_none());
    let mut moved = meetup("m2", "g1", 9, 20_000);
    moved.slot = "2027-04-01T09:30".parse().unwrap();
    moved.zone = roundtable::domain::civil::Zone::utc();
    (moved.minutes, moved.closing, moved.sequence, moved.planned_sequence) = (90, 1, 2, 2);
    (moved.theme, moved.place, moved.lead) = ("end".into(), UNUSUAL.into(), Lead::Shared);
    moved.host_id = Some(p("p2"));
    assert!(tx.mark_meetup(&moved, 1).await.unwrap());
    assert!(!tx.mark_meetup(&read, 1).await.unwrap());
    same(&tx.find_meetup(&m("m2")).await.unwrap().unwrap(), &moved);

    let order: Vec<_> =
        tx.list_meetups_of(&g("g1")).await.unwrap().into_iter().map(|m| m.id.to_string()).collect();
    assert_eq!(order, ["m1", "m3", "m2"]);
    let next = async |tx: &mut roundtable::store::Tx, secs| {
        tx.find_next_meetup(&g("g1"), at(secs)).await.unwrap().map(|m| m.id.to_string())
    };
    assert_eq!(next(&mut tx, 3_599).await.as_deref(), Some("m1"));
    assert_eq!(next(&mut tx, 3_600).await.as_deref(), Some("m3"));
    assert_eq!(next(&mut tx, 25_400).await, None);
    let unsettled = async |tx: &mut roundtable::store::Tx, secs| {
        tx.find_unsettled_meetup(&g("g1"), at(secs)).await.unwrap().map(|m| m.id.to_string())
    };
    assert_eq!(unsettled(&mut tx, -1).await, None);
    assert_eq!(unsettled(&mut tx, 0).await.as_deref(), Some("m1"));
    assert_eq!(unsettled(&mut tx, 5_000).await.as_deref(), Some("m3"));
    let mut held = meetup("m3", "g1", 3, 5_000);
    held.state = MeetupState::Held;
    assert!(tx.mark_meetup(&held, 1).await.unwrap());
    assert_eq!(unsettled(&mut tx, 5_000).await.as_deref(), Some("m1"));
    breaks("meetups_number", tx.insert_meetup(&meetup("m4", "g1", 1, 0)).await);
}

pub async fn meetups_are_planned_once_for_each_sequence(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().planning, None);
    tx = begin(&store).await;
    for (id, number, starts) in [("m1", 1, 2_000), ("m2", 2, 3_000), ("m3", 3, 1_000)] {
        tx.insert_meetup(&meetup(id, "g1", number, starts)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().planning, Some(at(0)));
    tx = begin(&store).await;
    let due = async |tx: &mut roundtable::store::Tx, secs, limit| -> Vec<String> {
        let due = tx.list_meetups_to_plan(at(secs), limit).await.unwrap();
        due.into_iter().map(|m| m.id.to_string()).collect()
    };
    assert_eq!(due(&mut tx, 1_000, 9).await, ["m3", "m1"]);
    assert_eq!(due(&mut tx, 9_999, 2).await, ["m3", "m1"]);
    let mut planned = meetup("m3", "g1", 3, 1_000);
    planned.planned_sequence = 1;
    assert!(tx.mark_meetup(&planned, 1).await.unwrap());
    let mut cancelled = meetup("m1", "g1", 1, 2_000);
    cancelled.state = MeetupState::Cancelled;
    assert!(tx.mark_meetup(&cancelled, 1).await.unwrap());
    assert_eq!(due(&mut tx, 9_999, 9).await, ["m2"]);
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().planning, Some(at(2_000)));
}

pub async fn answers_and_needs_of_a_meetup_are_the_latest_ones(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_meetup(&meetup("m1", "g1", 1, 0)).await.unwrap();
    tx.insert_meetup(&meetup("m2", "g1", 2, 0)).await.unwrap();
    for (person, answer) in [("p2", Rsvp::No), ("p1", Rsvp::Maybe), ("p2", Rsvp::Yes)] {
        tx.mark_rsvp(&m("m1"), &p(person), answer, at(0)).await.unwrap();
    }
    tx.mark_rsvp(&m("m2"), &p("p1"), Rsvp::No, at(0)).await.unwrap();
    assert_eq!(tx.list_rsvps(&m("m1")).await.unwrap(), [(p("p1"), Rsvp::Maybe), (p("p2"), Rsvp::Yes)]);
    tx.delete_rsvps(&m("m1")).await.unwrap();
    assert!(tx.list_rsvps(&m("m1")).await.unwrap().is_empty());
    assert_eq!(tx.list_rsvps(&m("m2")).await.unwrap().len(), 1);
    for (id, person, theme, secs) in
        [("m1", "p1", "feedback", 9), ("m2", "p2", "money", 5), ("m1", "p1", "time", 7)]
    {
        tx.mark_meetup_need(&m(id), &p(person), theme, at(secs)).await.unwrap();
    }
    let needs = tx.list_needs_of_group(&g("g1")).await.unwrap();
    assert_eq!(needs, [(m("m2"), "money".to_owned(), at(5)), (m("m1"), "time".to_owned(), at(7))]);
    assert!(tx.list_needs_of_group(&g("g2")).await.unwrap().is_empty());
    dangles(tx.mark_rsvp(&m("m9"), &p("p1"), Rsvp::Yes, at(0)).await);
}

fn offer(id: &str, secs: i64) -> OfferRow {
    OfferRow {
        meetup_id: m(id),
        group_id: g("g1"),
        choices: "[]".into(),
        state: OfferState::Open,
        picked: None,
        own_text: None,
        decided_by: None,
        offered_at: at(secs),
        decided_at: None,
    }
}

pub async fn a_starter_is_offered_once_for_a_meetup_and_heard_by_who_is_there(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_program(&program("pr2", "p1")).await.unwrap();
    for (id, number) in [("m1", 1), ("m2", 2)] {
        tx.insert_meetup(&meetup(id, "g1", number, 0)).await.unwrap();
    }
    assert!(tx.insert_offer(&offer("m1", 5)).await.unwrap());
    assert!(tx.insert_offer(&offer("m2", 3)).await.unwrap());
    assert!(!tx.insert_offer(&OfferRow { choices: "[9]".into(), ..offer("m1", 9) }).await.unwrap());
    let mut decided = offer("m1", 5);
    (decided.state, decided.choices, decided.picked) = (OfferState::Own, "[1]".into(), Some("s-7".into()));
    (decided.own_text, decided.decided_by, decided.decided_at) =
        (Some(UNUSUAL.into()), Some(p("p3")), Some(at(6)));
    tx.mark_offer(&decided).await.unwrap();
    same(&tx.find_offer(&m("m1")).await.unwrap().unwrap(), &decided);
    assert!(tx.find_offer(&m("m9")).await.unwrap().is_none());
    let offers: Vec<_> =
        tx.list_offers_of(&g("g1")).await.unwrap().into_iter().map(|o| o.meetup_id.to_string()).collect();
    assert_eq!(offers, ["m2", "m1"]);

    for person in ["p1", "p2", "p3"] {
        tx.insert_member(&member("g1", person, Role::Participant)).await.unwrap();
    }
    tx.mark_member_left(&g("g1"), &p("p3"), at(1)).await.unwrap();
    tx.insert_member(&member("g2", "p2", Role::Participant)).await.unwrap();
    tx.insert_heard(&g("g1"), "s-1", &m("m1"), at(10)).await.unwrap();
    tx.insert_heard(&g("g1"), "s-1", &m("m2"), at(20)).await.unwrap();
    tx.insert_heard(&g("g2"), "s-2", &m("m2"), at(15)).await.unwrap();
    assert_eq!(tx.list_heard(&g("g1")).await.unwrap(), [("s-1".to_owned(), at(10))]);
    let heard = async |tx: &mut roundtable::store::Tx, group: &str, since: Instant| {
        tx.list_heard_by_members(&g(group), since).await.unwrap()
    };
    assert_eq!(heard(&mut tx, "g1", at(0)).await, [("s-1".to_owned(), 2), ("s-2".to_owned(), 1)]);
    assert_eq!(heard(&mut tx, "g1", at(16)).await, [("s-1".to_owned(), 2)]);
    assert_eq!(heard(&mut tx, "g2", at(0)).await, [("s-1".to_owned(), 1), ("s-2".to_owned(), 1)]);
    for starter in ["s-9", "s-8", "s-9"] {
        tx.insert_ban(&g("g1"), starter, &p("p1"), at(0)).await.unwrap();
    }
    assert_eq!(tx.list_bans(&g("g1")).await.unwrap(), ["s-8", "s-9"]);
    assert!(tx.list_bans(&g("g2")).await.unwrap().is_empty());
}

pub async fn groups_are_counted_with_those_a_person_may_lead(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_member(&member("g1", "p1", Role::Mentor)).await.unwrap();
    tx.insert_member(&member("g1", "p2", Role::Participant)).await.unwrap();
    tx.insert_member(&member("g2", "p2", Role::Participant)).await.unwrap();
    assert_eq!(tx.count_groups(&p("p1")).await.unwrap(), (1, 1));
    assert_eq!(tx.count_groups(&p("p2")).await.unwrap(), (2, 0));
    let mut group = tx.get_group(&g("g2")).await.unwrap();
    group.lead = roundtable::domain::words::Lead::Rotating;
    tx.mark_group(&group).await.unwrap();
    assert_eq!(tx.count_groups(&p("p2")).await.unwrap(), (2, 1));
    group.state = roundtable::domain::words::GroupState::Closed;
    tx.mark_group(&group).await.unwrap();
    tx.mark_member_left(&g("g1"), &p("p1"), at(1)).await.unwrap();
    assert_eq!(tx.count_groups(&p("p2")).await.unwrap(), (1, 0));
    assert_eq!(tx.count_groups(&p("p1")).await.unwrap(), (0, 0));
}
