//! The Discord adapter's tables, on either engine.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use roundtable::store::discord::{Consent, EventRow, FormRow, Openings};
use roundtable::store::{Store, Tx};

use super::make::{UNUSUAL, at, begin};

pub async fn consent_is_given_once_and_a_closed_door_opens_again(store: Store) {
    let mut tx = begin(&store).await;
    assert_eq!(tx.find_consent("1").await.unwrap(), None);
    tx.mark_direct_closed("1", at(5)).await.unwrap();
    let consent = tx.find_consent("1").await.unwrap().unwrap();
    assert_eq!(consent, Consent { closed_at: Some(at(5)), ..Consent::default() });
    tx.mark_agreed("1", at(6)).await.unwrap();
    tx.mark_agreed("1", at(7)).await.unwrap();
    let agreed = Consent { agreed_at: Some(at(6)), ..Consent::default() };
    assert_eq!(tx.find_consent("1").await.unwrap().unwrap(), agreed);
    tx.mark_direct_closed("1", at(8)).await.unwrap();
    assert_eq!(tx.find_consent("1").await.unwrap().unwrap(), Consent { closed_at: Some(at(8)), ..agreed });
    assert_eq!(tx.find_consent("2").await.unwrap(), None);
}

pub async fn a_person_is_prompted_once_in_a_while(store: Store) {
    let mut tx = begin(&store).await;
    assert!(tx.mark_prompted("1", at(100), at(0)).await.unwrap());
    assert!(!tx.mark_prompted("1", at(150), at(99)).await.unwrap());
    assert!(tx.mark_prompted("1", at(200), at(100)).await.unwrap());
    assert_eq!(tx.find_consent("1").await.unwrap().unwrap().prompted_at, Some(at(200)));
    assert!(tx.mark_prompted("2", at(100), at(0)).await.unwrap());
}

pub async fn opened_direct_messages_are_counted_by_day(store: Store) {
    let mut tx = begin(&store).await;
    assert_eq!(tx.get_openings(10).await.unwrap(), Openings::default());
    for (day, second) in [(8, 1), (8, 2), (9, 3), (10, 4), (10, 5), (10, 6)] {
        tx.mark_opening(day, 1, at(second)).await.unwrap();
    }
    tx.mark_opening(9, -1, at(7)).await.unwrap();
    let openings = Openings { days: 1, today: 3, last_at: Some(at(7)), stopped_until: None };
    assert_eq!(tx.get_openings(10).await.unwrap(), openings);
    assert_eq!(tx.get_openings(8).await.unwrap(), Openings { days: 0, today: 2, ..openings });
    tx.mark_openings_stopped(10, at(900)).await.unwrap();
    tx.mark_openings_stopped(11, at(800)).await.unwrap();
    let stopped = tx.get_openings(12).await.unwrap();
    let expected = Openings { days: 0, today: 0, stopped_until: Some(at(900)), ..openings };
    assert_eq!(stopped, expected);
    // The slow start begins anew behind the day on which it was too fast.
    tx.mark_opening(12, 1, at(20)).await.unwrap();
    assert_eq!(tx.get_openings(13).await.unwrap().days, 1);
}

pub async fn those_who_would_open_at_the_same_moment_wait_for_each_other(store: Store) {
    let open = |second: i64| {
        let store = store.clone();
        async move {
            let mut tx = begin(&store).await;
            tx.hold_openings(10).await.unwrap();
            let openings = tx.get_openings(10).await.unwrap();
            // Long enough for all others to look as well, if they could.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            if openings.today < 2 {
                tx.mark_opening(10, 1, at(second)).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    };
    futures_util::future::join_all((0..8).map(open)).await;
    let mut tx = begin(&store).await;
    assert_eq!(tx.get_openings(10).await.unwrap().today, 2);
}

pub async fn a_making_that_was_cut_short_is_known_again(store: Store) {
    let mut tx = begin(&store).await;
    assert_eq!(tx.find_making("G", "m1").await.unwrap(), None);
    assert_eq!(tx.begin_making("G", "m1", at(1)).await.unwrap(), None);
    assert_eq!(tx.find_making("G", "m1").await.unwrap(), Some(at(1)));
    assert_eq!(tx.begin_making("G", "m1", at(2)).await.unwrap(), Some(at(1)));
    assert_eq!(tx.begin_making("H", "m1", at(3)).await.unwrap(), None);
    tx.end_making("G", "m1").await.unwrap();
    assert_eq!(tx.begin_making("G", "m1", at(4)).await.unwrap(), None);
    assert_eq!(tx.begin_making("H", "m1", at(5)).await.unwrap(), Some(at(3)));
}

pub async fn rooms_homes_events_and_commands_are_remembered(store: Store) {
    let mut tx = begin(&store).await;
    for account in ["2", "1", "2"] {
        tx.mark_let_in("R", account).await.unwrap();
    }
    tx.mark_let_in("S", "3").await.unwrap();
    assert_eq!(tx.list_let_in("R").await.unwrap(), ["1", "2"]);
    tx.delete_let_in("R", "1").await.unwrap();
    assert_eq!(tx.list_let_in("R").await.unwrap(), ["2"]);

    assert_eq!(tx.find_home_channel("G").await.unwrap(), None);
    tx.mark_home_channel("G", "C1").await.unwrap();
    tx.mark_home_channel("G", "C2").await.unwrap();
    assert_eq!(tx.find_home_channel("G").await.unwrap().as_deref(), Some("C2"));
    assert_eq!(tx.find_room_kind("G").await.unwrap(), None);
    tx.mark_room_kind("G", "channels").await.unwrap();
    tx.mark_room_kind("H", "threads").await.unwrap();
    tx.delete_home_channel("G").await.unwrap();
    assert_eq!(tx.find_home_channel("G").await.unwrap(), None);
    assert_eq!(tx.find_room_kind("G").await.unwrap().as_deref(), Some("channels"), "it stays chosen");
    assert_eq!(tx.find_home_channel("H").await.unwrap(), None);
    assert_eq!(tx.find_room_kind("H").await.unwrap().as_deref(), Some("threads"));
    assert_eq!(tx.find_organisers("G").await.unwrap(), None);
    tx.mark_organisers("G", Some("R1")).await.unwrap();
    tx.mark_organisers("N", Some("R2")).await.unwrap();
    assert_eq!(tx.find_organisers("G").await.unwrap().as_deref(), Some("R1"));
    tx.mark_organisers("G", None).await.unwrap();
    assert_eq!(tx.find_organisers("G").await.unwrap(), None);
    assert_eq!(tx.find_organisers("N").await.unwrap().as_deref(), Some("R2"));

    let row = |event: &str| EventRow { event: event.into(), print: UNUSUAL.into() };
    tx.mark_event("G", "g1", &row("7")).await.unwrap();
    tx.mark_event("G", "g1", &row("8")).await.unwrap();
    assert_eq!(tx.find_event("G", "g1").await.unwrap(), Some(row("8")));
    assert_eq!(tx.find_event("H", "g1").await.unwrap(), None);
    tx.delete_event("G", "g1").await.unwrap();
    assert_eq!(tx.find_event("G", "g1").await.unwrap(), None);

    assert_eq!(tx.find_commands("global").await.unwrap(), None);
    tx.mark_commands("global", "p1", at(1)).await.unwrap();
    tx.mark_commands("global", "p2", at(2)).await.unwrap();
    assert_eq!(tx.find_commands("global").await.unwrap().as_deref(), Some("p2"));
}

pub async fn a_form_in_steps_goes_on_stays_its_owners_and_is_forgotten_in_time(store: Store) {
    let mut tx = begin(&store).await;
    let form = |id: &str, state: &str, second: i64| FormRow {
        id: id.into(),
        guild: "G".into(),
        account: "1".into(),
        state: state.into(),
        updated_at: at(second),
    };
    tx.mark_form(&form("f1", UNUSUAL, 1)).await.unwrap();
    let taken = FormRow { account: "2".into(), guild: "H".into(), ..form("f1", "canary", 5) };
    tx.mark_form(&taken).await.unwrap();
    let kept = tx.find_form("f1").await.unwrap().unwrap();
    assert!(kept == form("f1", "canary", 5), "{kept:?}");
    assert!(!format!("{kept:?}").contains("canary"), "{kept:?}");
    for (id, second) in [("f2", 6), ("f3", 7)] {
        tx.mark_form(&form(id, "x", second)).await.unwrap();
    }
    let theirs = async |tx: &mut Tx, guild: &str, account: &str| {
        let rows = tx.list_forms_of(guild, account).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(theirs(&mut tx, "G", "1").await, ["f3", "f2", "f1"]);
    assert!(theirs(&mut tx, "H", "1").await.is_empty() && theirs(&mut tx, "G", "2").await.is_empty());
    tx.delete_form("f3").await.unwrap();
    assert_eq!(tx.delete_forms_before(at(6)).await.unwrap(), 1);
    assert!(tx.find_form("f1").await.unwrap().is_none());
    assert!(tx.find_form("f2").await.unwrap().is_some());
}
