//! The adapters' tables, on either engine: deliveries to carry out, installations, and what is known of a platform.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use std::collections::BTreeSet;

use roundtable::domain::civil::Instant;
use roundtable::domain::words::Presence;
use roundtable::store::contacts::{Contact, OpenedRoom};
use roundtable::store::inbox::Parcel;
use roundtable::store::installs::Install;
use roundtable::store::{Store, Tx};

use super::make::{UNUSUAL, at, begin, breaks, same};

fn parcel(id: &str, received: i64) -> Parcel {
    Parcel {
        id: id.into(),
        platform: "slack".into(),
        workspace: "T1".into(),
        delivery: format!("Ev-{id}"),
        kind: "command".into(),
        body: UNUSUAL.into(),
        received_at: at(received),
        tries: 0,
    }
}

async fn claim(tx: &mut Tx, now: i64, until: i64, limit: i64) -> Vec<String> {
    let claimed = tx.claim_parcels("slack", at(now), at(until), limit).await.unwrap();
    claimed.into_iter().map(|p| format!("{} {}", p.id, p.tries)).collect()
}

pub async fn a_parcel_is_kept_once_for_its_delivery(store: Store) {
    let mut tx = begin(&store).await;
    let first = parcel("a", 0);
    assert!(tx.insert_parcel(&first).await.unwrap());
    assert!(!tx.insert_parcel(&Parcel { id: "b".into(), ..first.clone() }).await.unwrap());
    let elsewhere = Parcel { id: "c".into(), workspace: "T2".into(), ..first.clone() };
    assert!(tx.insert_parcel(&elsewhere).await.unwrap());
    let other = Parcel { id: "d".into(), platform: "discord".into(), ..first.clone() };
    assert!(tx.insert_parcel(&other).await.unwrap());
    let claimed = tx.claim_parcels("slack", at(0), at(60), 9).await.unwrap();
    assert_eq!(claimed, [Parcel { tries: 1, ..first.clone() }, Parcel { tries: 1, ..elsewhere }]);
    // The key stays when the work is done, and with it the memory that this was delivered.
    tx.mark_parcel_done("a", at(1)).await.unwrap();
    assert!(!tx.insert_parcel(&Parcel { id: "e".into(), ..first.clone() }).await.unwrap());
    // An id is nobody else's, whatever the delivery.
    breaks("inbox_pkey", tx.insert_parcel(&Parcel { delivery: "Ev-new".into(), ..first }).await);
}

pub async fn parcels_are_claimed_oldest_first_and_come_again_when_their_lease_runs_out(store: Store) {
    let mut tx = begin(&store).await;
    for (id, received) in [("c", 3), ("b", 1), ("a", 1), ("d", 4), ("z", 0)] {
        assert!(tx.insert_parcel(&parcel(id, received)).await.unwrap());
    }
    assert_eq!(claim(&mut tx, -1, 60, 9).await, [""; 0]);
    assert_eq!(claim(&mut tx, 4, 60, 3).await, ["z 1", "a 1", "b 1"]);
    assert_eq!(claim(&mut tx, 4, 60, 9).await, ["c 1", "d 1"]);
    assert_eq!(claim(&mut tx, 59, 60, 9).await, [""; 0]);
    tx.mark_parcel_done("z", at(5)).await.unwrap();
    tx.mark_parcel_later("a", at(100)).await.unwrap();
    tx.mark_parcel_dead("b", "gone").await.unwrap();
    assert_eq!(claim(&mut tx, 60, 90, 9).await, ["c 2", "d 2"]);
    assert_eq!(claim(&mut tx, 100, 200, 9).await, ["a 2", "c 3", "d 3"]);
    // What has ended does not come back.
    for id in ["z", "b"] {
        tx.mark_parcel_later(id, at(0)).await.unwrap();
        tx.mark_parcel_done(id, at(0)).await.unwrap();
        tx.mark_parcel_dead(id, "late").await.unwrap();
    }
    assert_eq!(claim(&mut tx, 199, 300, 9).await, [""; 0]);
    assert!(tx.claim_parcels("discord", at(999), at(1_000), 9).await.unwrap().is_empty());
}

/// Two workers that claim at the same time never hold the same delivery, and together they hold all.
pub async fn two_workers_share_the_inbox_without_a_double(store: Store) {
    let mut tx = begin(&store).await;
    for n in 0..200 {
        assert!(tx.insert_parcel(&parcel(&format!("p{n:03}"), n)).await.unwrap());
    }
    tx.commit().await.unwrap();
    let work = async |store: Store| {
        let mut mine = Vec::new();
        loop {
            let mut tx = begin(&store).await;
            let claimed = claim(&mut tx, 500, 999, 7).await;
            tx.commit().await.unwrap();
            if claimed.is_empty() {
                return mine;
            }
            mine.extend(claimed);
        }
    };
    let (left, right) = tokio::join!(work(store.clone()), work(store.clone()));
    let all: BTreeSet<&String> = left.iter().chain(&right).collect();
    assert_eq!((left.len() + right.len(), all.len()), (200, 200));
}

pub async fn ended_parcels_are_forgotten_after_a_while_and_waiting_ones_never(store: Store) {
    let mut tx = begin(&store).await;
    for (id, received) in [("old", 0), ("dead", 1), ("waits", 2), ("new", 50)] {
        assert!(tx.insert_parcel(&parcel(id, received)).await.unwrap());
    }
    tx.mark_parcel_done("old", at(5)).await.unwrap();
    tx.mark_parcel_dead("dead", "the form is gone").await.unwrap();
    tx.mark_parcel_done("new", at(55)).await.unwrap();
    assert_eq!(tx.delete_parcels(at(1)).await.unwrap(), 1);
    assert_eq!(tx.delete_parcels(at(50)).await.unwrap(), 1);
    assert_eq!(tx.delete_parcels(at(50)).await.unwrap(), 0);
    assert_eq!(claim(&mut tx, 60, 90, 9).await, ["waits 1"]);
    // A key that was forgotten is news again; one that was kept is not.
    assert!(tx.insert_parcel(&parcel("old", 60)).await.unwrap());
    assert!(!tx.insert_parcel(&Parcel { id: "again".into(), ..parcel("new", 60) }).await.unwrap());
}

fn install(workspace: &str) -> Install {
    Install {
        platform: "slack".into(),
        workspace: workspace.into(),
        name: UNUSUAL.into(),
        app_id: "A1".into(),
        bot_account: "UBOT".into(),
        token: "v1.canary".into(),
        scopes: "chat:write,commands".into(),
        state: Presence::Active,
        installed_at: at(0),
        updated_at: at(0),
    }
}

pub async fn an_installation_is_replaced_and_goes_without_its_token(store: Store) {
    let mut tx = begin(&store).await;
    assert!(tx.find_install("slack", "T1").await.unwrap().is_none());
    tx.mark_install(&install("T2")).await.unwrap();
    tx.mark_install(&install("T1")).await.unwrap();
    tx.mark_install(&Install { platform: "discord".into(), ..install("T1") }).await.unwrap();
    assert!(tx.find_install("slack", "T1").await.unwrap().unwrap() == install("T1"));
    let workspaces = |all: Vec<Install>| all.into_iter().map(|i| i.workspace).collect::<Vec<_>>();
    assert_eq!(workspaces(tx.list_installs("slack").await.unwrap()), ["T1", "T2"]);

    tx.mark_install_gone("slack", "T1", at(9)).await.unwrap();
    tx.mark_install_gone("slack", "T9", at(9)).await.unwrap();
    let gone = Install { state: Presence::Gone, token: String::new(), updated_at: at(9), ..install("T1") };
    assert!(tx.find_install("slack", "T1").await.unwrap().unwrap() == gone);
    assert_eq!(tx.find_install("discord", "T1").await.unwrap().unwrap().state, Presence::Active);

    let again = Install {
        name: "Renamed".into(),
        app_id: "A2".into(),
        bot_account: "UNEW".into(),
        token: "v1.fresh".into(),
        scopes: "commands".into(),
        installed_at: at(20),
        updated_at: at(20),
        ..install("T1")
    };
    tx.mark_install(&again).await.unwrap();
    let kept = tx.find_install("slack", "T1").await.unwrap().unwrap();
    assert!(kept == Install { installed_at: at(0), ..again });
    assert!(!format!("{kept:?}").contains("fresh"), "{kept:?}");
    assert!(format!("{kept:?}").contains("Renamed"), "{kept:?}");
}

pub async fn contacts_hold_the_direct_room_and_the_home_apart(store: Store) {
    let mut tx = begin(&store).await;
    assert!(tx.find_contact("slack", "T1", "U1").await.unwrap().is_none());
    tx.mark_direct("slack", "T1", "U1", "D1").await.unwrap();
    tx.mark_home("slack", "T1", "U2", at(1), "f0").await.unwrap();
    tx.mark_home("slack", "T1", "U1", at(2), "f1").await.unwrap();
    tx.mark_direct("slack", "T1", "U1", "D2").await.unwrap();
    tx.mark_home("slack", "T1", "U1", Instant::from_micros(i64::MAX), UNUSUAL).await.unwrap();
    tx.mark_direct("slack", "T1", "U3", "D3").await.unwrap();
    tx.mark_home("slack", "T2", "U1", at(1), "f9").await.unwrap();
    let contact = |account: &str, direct: Option<&str>, home: Option<(Instant, &str)>| Contact {
        platform: "slack".into(),
        workspace: "T1".into(),
        account: account.into(),
        direct: direct.map(str::to_owned),
        home_at: home.map(|(at, _)| at),
        home_print: home.map(|(_, print)| print.to_owned()),
    };
    let one = contact("U1", Some("D2"), Some((Instant::from_micros(i64::MAX), UNUSUAL)));
    let two = contact("U2", None, Some((at(1), "f0")));
    assert_eq!(tx.find_contact("slack", "T1", "U1").await.unwrap().as_ref(), Some(&one));
    assert_eq!(tx.find_contact("slack", "T1", "U3").await.unwrap(), Some(contact("U3", Some("D3"), None)));
    assert_eq!(tx.list_homes("slack", "T1").await.unwrap(), [one, two]);
    assert!(tx.list_homes("discord", "T1").await.unwrap().is_empty());
}

pub async fn a_room_is_known_by_its_markers_and_by_its_id(store: Store) {
    let mut tx = begin(&store).await;
    let room = |marker: &str, room: &str| OpenedRoom {
        platform: "slack".into(),
        workspace: "T1".into(),
        marker: marker.into(),
        room: room.into(),
        kind: "group".into(),
    };
    assert!(tx.insert_opened_room(&room("m1", "G1")).await.unwrap());
    assert!(!tx.insert_opened_room(&room("m1", "G2")).await.unwrap());
    // The same people in two groups: Slack gives one direct group for both.
    assert!(tx.insert_opened_room(&room("m2", "G1")).await.unwrap());
    assert!(tx.insert_opened_room(&OpenedRoom { workspace: "T2".into(), ..room("m1", "G3") }).await.unwrap());
    same(&tx.find_opened_room("slack", "T1", "m1").await.unwrap().unwrap(), &room("m1", "G1"));
    assert!(tx.find_opened_room("slack", "T1", "m3").await.unwrap().is_none());
    assert!(tx.find_opened_room("discord", "T1", "m1").await.unwrap().is_none());
    same(&tx.find_opened_room_by_id("slack", "T1", "G1").await.unwrap().unwrap(), &room("m2", "G1"));
    assert!(tx.find_opened_room_by_id("slack", "T1", "G3").await.unwrap().is_none());
    let opened = tx.list_opened_rooms("slack", "T1").await.unwrap();
    assert_eq!(opened, [room("m1", "G1"), room("m2", "G1")]);
    assert!(tx.list_opened_rooms("discord", "T1").await.unwrap().is_empty());
}
