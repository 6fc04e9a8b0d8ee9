//! Workspaces, persons, accounts, programs, roles, charters and rooms, on either engine.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use roundtable::domain::civil::{Instant, Zone};
use roundtable::domain::ids::{ProgramId, RoomId, WorkspaceId};
use roundtable::domain::words::{Need, Presence, ProgramState, Role};
use roundtable::store::people::Person;
use roundtable::store::{Store, StoreError};

use super::make::{
    UNUSUAL, account, at, begin, breaks, council, dangles, g, p, person, pr1, program, room, same, w1,
    workspace,
};

pub async fn workspaces_rooms_and_settings(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    same(&tx.find_workspace("playground", "xw1").await.unwrap().unwrap(), &workspace("w1"));
    assert!(tx.find_workspace("slack", "xw1").await.unwrap().is_none());
    same(&tx.get_workspace(&w1()).await.unwrap(), &workspace("w1"));
    assert!(tx.get_workspace(&WorkspaceId::new("w9")).await.is_err());
    tx.insert_workspace(&workspace("w0")).await.unwrap();
    tx.insert_program_workspace(&pr1(), &WorkspaceId::new("w0")).await.unwrap();
    tx.insert_program_workspace(&pr1(), &WorkspaceId::new("w0")).await.unwrap();
    let spans: Vec<_> = tx.list_workspaces_of(&pr1()).await.unwrap().into_iter().map(|w| w.id).collect();
    assert_eq!(spans, [WorkspaceId::new("w0"), w1()]);

    tx.insert_room(&room("r2", "w1", Some("g1"), None)).await.unwrap();
    tx.insert_room(&room("r1", "w0", Some("g1"), None)).await.unwrap();
    tx.insert_room(&room("r3", "w1", None, Some("pr1"))).await.unwrap();
    tx.insert_room(&room("r4", "w1", None, None)).await.unwrap();
    tx.insert_room(&room("r5", "w1", None, None)).await.unwrap();
    let rooms: Vec<_> = tx.list_rooms_of(&g("g1")).await.unwrap().into_iter().map(|r| r.id).collect();
    assert_eq!(rooms, [RoomId::new("r1"), RoomId::new("r2")]);
    assert!(tx.find_room(&w1(), "C1").await.unwrap().is_none());
    tx.mark_room_open(&RoomId::new("r2"), "C1").await.unwrap();
    let open = tx.find_room(&w1(), "C1").await.unwrap().unwrap();
    assert_eq!(open.external_id.as_deref(), Some("C1"));
    same(&tx.get_room(&RoomId::new("r2")).await.unwrap(), &open);
    assert!(tx.find_room(&WorkspaceId::new("w0"), "C1").await.unwrap().is_none());

    assert_eq!(tx.find_setting("lobby").await.unwrap(), None);
    tx.mark_setting("lobby", "").await.unwrap();
    tx.mark_setting("lobby", UNUSUAL).await.unwrap();
    tx.mark_setting("other", "1").await.unwrap();
    assert_eq!(tx.find_setting("lobby").await.unwrap().as_deref(), Some(UNUSUAL));
    tx.commit().await.unwrap();
}

pub async fn named_rules_of_the_tables_keep_their_names(store: Store) {
    council(&store).await;
    let tx = || begin(&store);
    let mut twin = workspace("w2");
    twin.external_id = "xw1".into();
    breaks("workspaces_external", tx().await.insert_workspace(&twin).await);
    twin = workspace("w1");
    twin.external_id = "another".into();
    breaks("workspaces_pkey", tx().await.insert_workspace(&twin).await);
    breaks("persons_pkey", tx().await.insert_person(&person("p1", "Again")).await);
    let mut again = account("a9", "p2", "w1");
    again.external_id = "Uap1".into();
    breaks("accounts_external", tx().await.insert_account(&again).await);
    let mut program = program("pr2", "p1");
    program.slug = "slug-pr1".into();
    breaks("programs_slug", tx().await.insert_program(&program).await);
    breaks("groups_number", tx().await.insert_group(&super::make::group("g9", "pr1", 1)).await);
    let mut rooms = tx().await;
    rooms.insert_room(&room("r1", "w1", Some("g1"), None)).await.unwrap();
    rooms.insert_room(&room("r2", "w1", None, Some("pr1"))).await.unwrap();
    rooms.commit().await.unwrap();
    breaks("rooms_of_group", tx().await.insert_room(&room("r3", "w1", Some("g1"), None)).await);
    breaks("rooms_of_program", tx().await.insert_room(&room("r3", "w1", None, Some("pr1"))).await);

    // SQLite does not say which reference dangles; that it does is the same on both.
    dangles(tx().await.insert_account(&account("a9", "p9", "w1")).await);
    dangles(tx().await.insert_account(&account("a9", "p1", "w9")).await);
    dangles(tx().await.insert_program(&self::program("pr3", "p9")).await);
    dangles(tx().await.insert_program_workspace(&pr1(), &WorkspaceId::new("w9")).await);
    dangles(tx().await.insert_room(&room("r3", "w1", Some("g9"), None)).await);
    dangles(tx().await.insert_role(&pr1(), &p("p9"), Role::Staff, &p("p1"), at(0)).await);
    let mut child = person("p5", "Child");
    child.manager_id = Some(p("p9"));
    dangles(tx().await.insert_person(&child).await);
}

fn changed(was: &Person) -> Person {
    Person {
        name: UNUSUAL.into(),
        organisation: "Other".into(),
        unit: "Unit".into(),
        industry: "health".into(),
        level: i64::MAX,
        need: Need::Coach,
        interests: "a,b".into(),
        needs: "c".into(),
        offers: "d".into(),
        languages: "fr".into(),
        zone: Zone::parse("Asia/Kathmandu").unwrap(),
        availability: "sat 8:00-9:00".into(),
        capacity: i64::MIN,
        answer_hours: 12,
        manager_id: Some(p("p2")),
        send_from: "10:00".into(),
        send_to: "18:30".into(),
        workdays: "0011111".into(),
        quiet_from: Some("20:00".into()),
        quiet_to: Some("07:00".into()),
        snooze_until: Some(Instant::from_micros(i64::MAX)),
        muted: "pulses,reminders".into(),
        profile_at: Some(Instant::from_micros(i64::MIN)),
        updated_at: at(9),
        office_years: 12,
        in_office: 0,
        new_to: UNUSUAL.into(),
        findable: 0,
        ..was.clone()
    }
}

pub async fn persons_are_kept_whole_and_found_by_what_people_type(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let was = tx.get_person(&p("p1")).await.unwrap();
    same(&was, &person("p1", "Ada North"));
    let now = changed(&was);
    tx.mark_person(&now).await.unwrap();
    same(&tx.find_person(&p("p1")).await.unwrap().unwrap(), &now);
    assert!(tx.find_person(&p("p9")).await.unwrap().is_none());
    assert!(matches!(tx.get_person(&p("p9")).await, Err(StoreError::Database(_))));
    assert_eq!(tx.list_managers().await.unwrap(), [(p("p1"), p("p2"))]);

    for (id, name) in [("p5", "Ünal Öz"), ("p6", "Bo"), ("p7", "100%_sure"), ("p8", "Gone Away")] {
        tx.insert_person(&person(id, name)).await.unwrap();
        let mut account = account(&format!("a{id}"), id, "w1");
        account.admin = i64::from(id == "p6");
        account.state = if id == "p8" { Presence::Gone } else { Presence::Active };
        tx.insert_account(&account).await.unwrap();
    }
    // The same person a second time in one workspace, and somebody of another workspace.
    tx.insert_account(&account("a0p6", "p6", "w1")).await.unwrap();
    tx.insert_workspace(&workspace("w2")).await.unwrap();
    tx.insert_person(&person("q1", "Bo Elsewhere")).await.unwrap();
    tx.insert_account(&account("aq1", "q1", "w2")).await.unwrap();

    for (words, expected) in [
        ("bo", &["p6", "p2"][..]),
        ("BO S", &["p2"]),
        ("south", &["p2"]),
        ("outh", &[]),
        ("ünal", &["p5"]),
        ("ÖZ", &["p5"]),
        ("hp3", &["p3"]),
        ("HP3", &["p3"]),
        ("p4", &["p4"]),
        ("Uap4", &["p4"]),
        ("100%", &["p7"]),
        ("%", &[]),
        ("_", &[]),
        ("c_ east", &[]),
        ("שלום", &["p1"]),
        ("nobody here", &[]),
    ] {
        let found = tx.list_persons_called(&w1(), words, 10).await.unwrap();
        let ids: Vec<&str> = found.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(ids, expected, "{words}");
    }
    assert_eq!(tx.list_persons_called(&w1(), "bo", 1).await.unwrap().len(), 1);

    let everybody: Vec<_> =
        tx.list_persons_in(&w1()).await.unwrap().into_iter().map(|p| p.id.to_string()).collect();
    assert_eq!(everybody, ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]);
    let accounts = tx.list_people_with_accounts(&w1()).await.unwrap();
    let shown: Vec<_> =
        accounts.iter().map(|(p, account, admin)| (p.id.as_str(), account.as_str(), *admin)).collect();
    assert_eq!(shown.len(), 7, "{shown:?}");
    assert_eq!(shown[0], ("p1", "Uap1", false));
    assert_eq!(shown[6], ("p7", "Uap7", false));
    assert!(shown.iter().any(|one| one.0 == "p6"));
    tx.commit().await.unwrap();
}

pub async fn accounts_tell_where_a_person_can_be_reached(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    assert_eq!(tx.count_accounts(&w1()).await.unwrap(), 4);
    let mut other = account("a0", "p1", "w2");
    other.dm_room = Some("D7".into());
    tx.insert_workspace(&workspace("w2")).await.unwrap();
    tx.insert_account(&other).await.unwrap();
    same(&tx.find_account(&WorkspaceId::new("w2"), "Ua0").await.unwrap().unwrap(), &other);
    assert!(tx.find_account(&w1(), "Ua0").await.unwrap().is_none());
    same(&tx.find_account_of(&p("p1"), &WorkspaceId::new("w2")).await.unwrap().unwrap(), &other);
    assert!(tx.find_account_of(&p("p2"), &WorkspaceId::new("w2")).await.unwrap().is_none());

    // Where the program is goes before where the account is oldest.
    let (found, reach) = tx.find_recipient(&p("p1"), Some(&pr1())).await.unwrap().unwrap();
    assert_eq!(found.id, p("p1"));
    assert_eq!((reach.workspace_id.as_str(), reach.account.as_str()), ("w1", "Uap1"));
    assert_eq!((reach.platform.as_str(), reach.workspace.as_str()), ("playground", "xw1"));
    assert_eq!(tx.find_recipient(&p("p1"), None).await.unwrap().unwrap().1.workspace_id.as_str(), "w2");
    let elsewhere = ProgramId::new("pr9");
    assert_eq!(
        tx.find_recipient(&p("p1"), Some(&elsewhere)).await.unwrap().unwrap().1.workspace_id.as_str(),
        "w2"
    );
    tx.insert_person(&person("p9", "Gone Away")).await.unwrap();
    let mut gone = account("a9", "p9", "w1");
    gone.state = Presence::Gone;
    tx.insert_account(&gone).await.unwrap();
    assert!(tx.find_recipient(&p("p9"), Some(&pr1())).await.unwrap().is_none());
    let (p1, p9) = (p("p1"), p("p9"));
    let listed = tx.list_recipients(&[&p9, &p1], Some(&pr1())).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|(person, reach)| (person.id, reach.account)).collect();
    assert_eq!(listed, [(p1, reach.account)], "each once, and nobody who cannot be reached");
    tx.commit().await.unwrap();
}

pub async fn programs_change_only_from_the_version_that_was_read(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let read = tx.get_program(&pr1()).await.unwrap();
    same(&read, &program("pr1", "p1"));
    let mut first = read.clone();
    first.state = ProgramState::Open;
    first.name = UNUSUAL.into();
    first.goal = "Another".into();
    first.starts_on = "2027-02-01".into();
    first.ends_on = "2028-02-01".into();
    first.zone = Zone::parse("Pacific/Auckland").unwrap();
    first.settings = r#"{"smallest":3}"#.into();
    first.opened_at = Some(at(5));
    assert!(tx.mark_program(&first).await.unwrap());
    let mut late = read;
    late.state = ProgramState::Closed;
    assert!(!tx.mark_program(&late).await.unwrap());
    first.version += 1;
    same(&tx.get_program(&pr1()).await.unwrap(), &first);
    same(&tx.find_program("slug-pr1").await.unwrap().unwrap(), &first);
    assert!(tx.find_program("SLUG-PR1").await.unwrap().is_none());
    tx.insert_program(&program("pr2", "p2")).await.unwrap();
    tx.insert_program(&program("pr3", "p2")).await.unwrap();
    tx.insert_program_workspace(&ProgramId::new("pr2"), &w1()).await.unwrap();
    let ids: Vec<_> =
        tx.list_programs_in(&w1()).await.unwrap().into_iter().map(|p| p.id.to_string()).collect();
    assert_eq!(ids, ["pr2", "pr1"]);
    let mut second = tx.get_program(&ProgramId::new("pr2")).await.unwrap();
    second.state = ProgramState::Paused;
    assert!(tx.mark_program(&second).await.unwrap());
    let open = tx.list_open_programs().await.unwrap();
    assert!(open.iter().all(|program| program.state == ProgramState::Open));
    assert!(open.iter().any(|program| program.id == pr1()));
    assert!(!open.iter().any(|program| program.id == second.id));
    tx.commit().await.unwrap();
}

pub async fn roles_and_charters_are_kept_once(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    for (person, role) in [("p2", Role::Participant), ("p2", Role::Mentor), ("p1", Role::Staff)] {
        assert!(tx.insert_role(&pr1(), &p(person), role, &p("p1"), at(0)).await.unwrap());
        assert!(!tx.insert_role(&pr1(), &p(person), role, &p("p3"), at(1)).await.unwrap());
    }
    let held: Vec<_> = tx.list_roles_of(&p("p2")).await.unwrap().into_iter().map(|row| row.role).collect();
    assert_eq!(held, [Role::Mentor, Role::Participant]);
    let all = tx.list_roles_in(&pr1()).await.unwrap();
    let shown: Vec<_> = all.iter().map(|row| (row.person_id.as_str(), row.role)).collect();
    assert_eq!(shown, [("p1", Role::Staff), ("p2", Role::Mentor), ("p2", Role::Participant)]);
    let people: Vec<_> =
        tx.list_persons_of(&pr1()).await.unwrap().into_iter().map(|p| p.id.to_string()).collect();
    assert_eq!(people, ["p1", "p2"]);
    assert!(tx.delete_role(&pr1(), &p("p2"), Role::Mentor).await.unwrap());
    assert!(!tx.delete_role(&pr1(), &p("p2"), Role::Mentor).await.unwrap());
    assert!(!tx.delete_role(&ProgramId::new("pr9"), &p("p2"), Role::Participant).await.unwrap());

    for (version, secs) in [("1", 10), ("2", 20), ("1", 30)] {
        tx.insert_charter(&pr1(), &p("p2"), version, at(secs)).await.unwrap();
    }
    let accepted = tx.list_charters(&pr1(), &p("p2")).await.unwrap();
    assert_eq!(accepted, [("2".to_owned(), at(20)), ("1".to_owned(), at(10))]);
    assert!(tx.list_charters(&pr1(), &p("p3")).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}
