//! Who and what is there, and what waits for it, on either engine: a change is told from what was known.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use roundtable::domain::ids::{AccountId, RoomId};
use roundtable::domain::words::{GroupState, NudgeKind, NudgeState, Presence};
use roundtable::store::nudges::Intent;
use roundtable::store::people::Account;
use roundtable::store::{Store, StoreError, Tx};

use super::make::{account, at, begin, council, g, nudge, p, person, pr1, room, same, w1, workspace};

pub async fn an_account_keeps_what_the_platform_says_and_goes_and_comes_once(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_workspace(&workspace("w2")).await.unwrap();
    tx.insert_account(&account("b1", "p1", "w2")).await.unwrap();
    let said = Account {
        handle: "bo".into(),
        admin: 1,
        email: Some("bo@example.org".into()),
        name: Some("Bo Süd".into()),
        ..account("ap2", "p2", "w1")
    };
    tx.mark_account(&said).await.unwrap();
    same(&tx.find_account(&w1(), "Uap2").await.unwrap().unwrap(), &said);
    let with = |accounts: Vec<Account>| accounts.into_iter().map(|a| a.id.to_string()).collect::<Vec<_>>();
    assert_eq!(with(tx.list_accounts_with_email("bo@example.org").await.unwrap()), ["ap2"]);
    assert!(tx.list_accounts_with_email("Bo@example.org").await.unwrap().is_empty());
    assert_eq!(with(tx.list_accounts_of(&p("p1")).await.unwrap()), ["ap1", "b1"]);

    let id = AccountId::new("ap1");
    let platform = tx.get_workspace(&w1()).await.unwrap().platform;
    let homes = async |tx: &mut Tx, account: &str| {
        let homes = tx.list_workspaces_with(&platform, account).await.unwrap();
        homes.into_iter().map(|workspace| workspace.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(homes(&mut tx, "Uap1").await, ["w1"]);
    assert_eq!(homes(&mut tx, "Ub1").await, ["w2"]);
    assert!(tx.list_workspaces_with("elsewhere", "Uap1").await.unwrap().is_empty());
    assert!(tx.mark_account_state(&id, Presence::Gone).await.unwrap());
    assert!(homes(&mut tx, "Uap1").await.is_empty(), "who is gone has no home there");
    assert!(!tx.mark_account_state(&id, Presence::Gone).await.unwrap(), "that was known");
    assert_eq!(tx.find_recipient(&p("p1"), Some(&pr1())).await.unwrap().unwrap().1.account, "Ub1");
    assert!(tx.mark_account_state(&id, Presence::Active).await.unwrap());
    assert_eq!(tx.find_recipient(&p("p1"), Some(&pr1())).await.unwrap().unwrap().1.account, "Uap1");

    let mut chosen = person("p3", "Cy East");
    chosen.zone_chosen = 1;
    tx.mark_person(&chosen).await.unwrap();
    assert_eq!(tx.get_person(&p("p3")).await.unwrap().zone_chosen, 1);
    tx.commit().await.unwrap();
}

pub async fn of_two_accounts_in_one_workspace_the_one_that_is_there_counts(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_account(&account("zz", "p1", "w1")).await.unwrap();
    assert_eq!(tx.find_account_of(&p("p1"), &w1()).await.unwrap().unwrap().id.as_str(), "ap1");
    tx.mark_account_state(&AccountId::new("ap1"), Presence::Gone).await.unwrap();
    assert_eq!(tx.find_account_of(&p("p1"), &w1()).await.unwrap().unwrap().id.as_str(), "zz");
}

pub async fn a_workspace_goes_and_comes_once_and_its_people_are_out_of_reach_meanwhile(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    assert!(!tx.has_account_out_of_reach(&p("p1")).await.unwrap());
    assert!(tx.mark_workspace_state(&w1(), Presence::Gone).await.unwrap());
    assert!(!tx.mark_workspace_state(&w1(), Presence::Gone).await.unwrap(), "that was known");
    assert!(tx.has_account_out_of_reach(&p("p1")).await.unwrap());
    assert!(tx.find_recipient(&p("p1"), Some(&pr1())).await.unwrap().is_none());
    tx.mark_account_state(&AccountId::new("ap1"), Presence::Gone).await.unwrap();
    assert!(!tx.has_account_out_of_reach(&p("p1")).await.unwrap(), "who is gone is not only out of reach");
    assert!(tx.mark_workspace_state(&w1(), Presence::Active).await.unwrap());
    assert!(!tx.has_account_out_of_reach(&p("p2")).await.unwrap());
    tx.mark_workspace_name(&w1(), "The Council").await.unwrap();
    assert_eq!(tx.get_workspace(&w1()).await.unwrap().name, "The Council");
}

pub async fn a_room_is_lost_once_wanted_anew_and_forgets_what_was_in_the_old_one(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_workspace(&workspace("w0")).await.unwrap();
    for (id, workspace, group) in [("r1", "w1", "g1"), ("r2", "w0", "g1"), ("r3", "w1", "g2")] {
        tx.insert_room(&room(id, workspace, Some(group), None)).await.unwrap();
    }
    let id = RoomId::new("r1");
    tx.mark_room_open(&id, "C1").await.unwrap();
    tx.mark_room_card(&id, "m1").await.unwrap();
    tx.mark_room_open(&id, "C1").await.unwrap();
    assert_eq!(
        tx.get_room(&id).await.unwrap().card_id.as_deref(),
        Some("m1"),
        "the same room keeps its card"
    );
    assert!(!tx.mark_room_wanted(&id).await.unwrap(), "it is not lost");
    assert!(tx.mark_room_lost(&id).await.unwrap());
    assert!(!tx.mark_room_lost(&id).await.unwrap(), "that was known");
    assert_eq!(tx.find_room(&w1(), "C1").await.unwrap().unwrap().state, Presence::Gone);
    assert!(tx.mark_room_wanted(&id).await.unwrap());
    let wanted = tx.get_room(&id).await.unwrap();
    assert_eq!((wanted.state, wanted.external_id, wanted.card_id), (Presence::Active, None, None));
    tx.mark_room_open(&id, "C2").await.unwrap();
    tx.mark_room_card(&id, "m2").await.unwrap();
    tx.mark_room_open(&id, "C3").await.unwrap();
    assert_eq!(tx.get_room(&id).await.unwrap().card_id, None, "a card in another room is not in this one");

    let mut over = tx.get_group(&g("g2")).await.unwrap();
    over.state = GroupState::Closed;
    tx.mark_group(&over).await.unwrap();
    let rooms: Vec<_> = tx.list_rooms_in(&pr1()).await.unwrap().into_iter().map(|r| r.id).collect();
    assert_eq!(rooms, [RoomId::new("r1"), RoomId::new("r2")], "only those of open groups");
    let twin = tx.insert_room(&room("r4", "w0", Some("g1"), None)).await;
    assert!(matches!(twin, Err(StoreError::Constraint(_))), "a group has one room in a workspace");
}

pub async fn one_card_of_a_room_is_on_its_way_at_a_time(store: Store) {
    let mut tx = begin(&store).await;
    let cards = ["n1", "n2", "n3"].map(|id| nudge(id, NudgeKind::RoomCard, None, 0));
    tx.insert_nudges(&cards, at(0)).await.unwrap();
    let (r1, [first, second, third]) = (RoomId::new("r1"), &cards);
    assert!(!tx.has_card_in_flight(&r1, &second.id).await.unwrap(), "what only waits is not on its way");
    let claimed = tx.claim_nudges(at(1), at(100), 2).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(!tx.has_card_in_flight(&r1, &first.id).await.unwrap(), "the earlier one goes first");
    assert!(tx.has_card_in_flight(&r1, &second.id).await.unwrap());
    assert!(!tx.has_card_in_flight(&RoomId::new("r2"), &second.id).await.unwrap());
    let intent = Intent { id: &claimed[1].id, attempt: claimed[1].attempt, place: "a|b|r|c".into() };
    tx.mark_intents(&[intent], at(2)).await.unwrap();
    assert!(tx.has_card_in_flight(&r1, &first.id).await.unwrap(), "a later one that is being sent counts");
    let was = NudgeState::Sending;
    tx.mark_ended(&claimed[1], was, NudgeState::InDoubt, "no answer", Some(at(50))).await.unwrap();
    assert!(tx.has_card_in_flight(&r1, &third.id).await.unwrap(), "and so does one in doubt");
}

pub async fn what_waits_for_one_reason_is_hurried_in_all_programs(store: Store) {
    let mut tx = begin(&store).await;
    let mut all = ["n1", "n2", "n3"].map(|id| nudge(id, NudgeKind::MeetupReminder, Some("p1"), 0));
    all[1].program_id = None;
    tx.insert_nudges(&all, at(0)).await.unwrap();
    for (claimed, why) in
        tx.claim_nudges(at(1), at(100), 3).await.unwrap().iter().zip(["away", "away", "something else"])
    {
        tx.mark_ready(claimed, NudgeState::Leased, at(5_000), 0, why).await.unwrap();
    }
    assert_eq!(tx.mark_all_due_now("away", at(10)).await.unwrap(), 2);
    assert_eq!(tx.mark_all_due_now("away", at(10)).await.unwrap(), 0, "what is due stays due");
    let due: Vec<_> = tx.claim_nudges(at(10), at(100), 9).await.unwrap().into_iter().map(|n| n.id).collect();
    assert_eq!(due, [all[0].id.clone(), all[1].id.clone()]);
}

pub async fn a_playground_room_says_another_topic(store: Store) {
    let mut tx = begin(&store).await;
    tx.insert_playground_room("r", "group", "group", "old", None, at(0)).await.unwrap();
    tx.insert_playground_member("r", "ada").await.unwrap();
    tx.mark_playground_topic("r", "new").await.unwrap();
    tx.mark_playground_topic("none", "new").await.unwrap();
    assert_eq!(tx.list_playground_rooms("ada").await.unwrap()[0].topic, "new");
}
