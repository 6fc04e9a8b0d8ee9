//! Credentials and applications, on either engine.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use roundtable::domain::ids::ProgramId;
use roundtable::domain::words::ReviewState;
use roundtable::store::Store;
use roundtable::store::applications::Application;
use roundtable::store::credentials::Credential;

use super::make::{UNUSUAL, at, begin, council, dangles, p, pr1, program, same};

fn credential(id: &str, person: &str) -> Credential {
    Credential {
        id: id.into(),
        program_id: pr1(),
        person_id: p(person),
        issuer: UNUSUAL.into(),
        level: "PCC".into(),
        hours: 125,
        awarded_on: "2025-03-01".into(),
        expires_on: "2028-02-29".into(),
        state: ReviewState::Waiting,
        reason: String::new(),
        checked_by: None,
        checked_at: None,
        created_at: at(1),
    }
}

pub async fn a_credential_waits_and_is_decided_about_once(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_program(&program("pr2", "p1")).await.unwrap();
    for one in [credential("c2", "p2"), credential("c1", "p2"), credential("c3", "p3")] {
        tx.insert_credential(&one).await.unwrap();
    }
    same(&tx.find_credential("c1").await.unwrap().unwrap(), &credential("c1", "p2"));
    assert!(tx.find_credential("c9").await.unwrap().is_none());
    let mut checked = credential("c1", "p2");
    (checked.state, checked.reason) = (ReviewState::Declined, UNUSUAL.into());
    (checked.checked_by, checked.checked_at) = (Some(p("p1")), Some(at(5)));
    assert!(tx.mark_credential(&checked).await.unwrap());
    let late = Credential { state: ReviewState::Approved, ..checked.clone() };
    assert!(!tx.mark_credential(&late).await.unwrap(), "decided is decided");
    same(&tx.find_credential("c1").await.unwrap().unwrap(), &checked);
    let ids = |all: Vec<Credential>| all.into_iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(ids(tx.list_credentials_in(&pr1()).await.unwrap()), ["c1", "c2", "c3"]);
    assert_eq!(ids(tx.list_credentials_of(&pr1(), &p("p2")).await.unwrap()), ["c1", "c2"]);
    assert!(tx.list_credentials_of(&ProgramId::new("pr2"), &p("p2")).await.unwrap().is_empty());
    assert!(tx.delete_waiting_credential("c2").await.unwrap());
    assert!(!tx.delete_waiting_credential("c2").await.unwrap());
    assert!(!tx.delete_waiting_credential("c1").await.unwrap(), "what was decided is kept");
    tx.commit().await.unwrap();
    dangles(begin(&store).await.insert_credential(&credential("c8", "p9")).await);
    let mut elsewhere = credential("c8", "p2");
    elsewhere.program_id = ProgramId::new("pr9");
    dangles(begin(&store).await.insert_credential(&elsewhere).await);
}

fn application(id: &str, person: &str) -> Application {
    Application {
        id: id.into(),
        program_id: pr1(),
        person_id: p(person),
        experience: UNUSUAL.into(),
        strengths: "cloud, politics".into(),
        why: "To give back".into(),
        hours: 4,
        state: ReviewState::Waiting,
        reason: String::new(),
        checked_by: None,
        checked_at: None,
        created_at: at(1),
    }
}

pub async fn an_application_waits_and_is_decided_about_once(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    for one in [application("a2", "p2"), application("a1", "p2"), application("a3", "p3")] {
        tx.insert_application(&one).await.unwrap();
    }
    same(&tx.find_application("a1").await.unwrap().unwrap(), &application("a1", "p2"));
    assert!(tx.find_application("a9").await.unwrap().is_none());
    let mut decided = application("a1", "p2");
    (decided.state, decided.reason) = (ReviewState::Declined, UNUSUAL.into());
    (decided.checked_by, decided.checked_at) = (Some(p("p1")), Some(at(5)));
    assert!(tx.mark_application(&decided).await.unwrap());
    let late = Application { state: ReviewState::Approved, ..decided.clone() };
    assert!(!tx.mark_application(&late).await.unwrap(), "decided is decided");
    same(&tx.find_application("a1").await.unwrap().unwrap(), &decided);
    let ids = |all: Vec<Application>| all.into_iter().map(|a| a.id).collect::<Vec<_>>();
    assert_eq!(ids(tx.list_applications_in(&pr1()).await.unwrap()), ["a1", "a2", "a3"]);
    assert_eq!(ids(tx.list_applications_of(&pr1(), &p("p2")).await.unwrap()), ["a1", "a2"]);
    assert!(tx.delete_waiting_application(&pr1(), &p("p2")).await.unwrap());
    assert!(!tx.delete_waiting_application(&pr1(), &p("p2")).await.unwrap());
    assert_eq!(
        ids(tx.list_applications_of(&pr1(), &p("p2")).await.unwrap()),
        ["a1"],
        "what was decided is kept"
    );
    tx.commit().await.unwrap();
    dangles(begin(&store).await.insert_application(&application("a8", "p9")).await);
}
