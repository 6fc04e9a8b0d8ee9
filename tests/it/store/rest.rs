//! Pulses, deliveries, acts, the export, the playground's tables and transactions themselves, on either engine.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use futures_util::FutureExt;
use roundtable::domain::civil::Instant;
use roundtable::domain::ids::{MeetupId, WaveId};
use roundtable::domain::words::{InvitationState, Role, Rsvp, WaveState};
use roundtable::store::audit::Act;
use roundtable::store::playground::PostRow;
use roundtable::store::pulses::AnswerRecord;
use roundtable::store::{Engine, Store};

use super::make::{
    UNUSUAL, at, begin, breaks, council, dangles, g, meetup, member, p, person, pr1, room, same, w1, wave,
    workspace,
};

fn v(id: &str) -> WaveId {
    WaveId::new(id)
}

pub async fn waves_move_on_only_from_the_state_that_was_read(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let mut second = wave("v2", "pr1", 2);
    tx.insert_wave(&wave("v1", "pr1", 1)).await.unwrap();
    tx.insert_wave(&second).await.unwrap();
    // The same number again, under another id, and the same id again: both change nothing.
    tx.insert_wave(&wave("v3", "pr1", 2)).await.unwrap();
    tx.insert_wave(&wave("v1", "pr1", 9)).await.unwrap();
    let numbers: Vec<_> =
        tx.list_waves_of(&pr1()).await.unwrap().into_iter().map(|w| (w.id.to_string(), w.number)).collect();
    assert_eq!(numbers, [("v1".to_owned(), 1), ("v2".to_owned(), 2)]);
    (second.state, second.results) = (WaveState::Closed, Some(UNUSUAL.repeat(5_000)));
    (second.opens_on, second.closes_on) = ("2027-04-01".into(), "2027-04-14".into());
    (second.opens_at, second.closes_at) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    assert!(!tx.mark_wave(&second, WaveState::Open).await.unwrap());
    assert!(tx.mark_wave(&second, WaveState::Planned).await.unwrap());
    assert!(!tx.mark_wave(&second, WaveState::Planned).await.unwrap());
    same(&tx.get_wave(&v("v2")).await.unwrap(), &second);
    same(&tx.find_wave(&v("v2")).await.unwrap().unwrap(), &second);
    assert!(tx.find_wave(&v("v3")).await.unwrap().is_none());
    assert!(tx.get_wave(&v("v3")).await.is_err());
    dangles(tx.insert_wave(&wave("v9", "pr9", 1)).await);
}

pub async fn only_a_wave_that_has_not_opened_is_taken_away(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_wave(&wave("v1", "pr1", 1)).await.unwrap();
    let mut wave = tx.get_wave(&v("v1")).await.unwrap();
    let was = wave.state;
    wave.state = roundtable::domain::words::WaveState::Open;
    tx.mark_wave(&wave, was).await.unwrap();
    assert_eq!(tx.delete_planned_wave(&v("v1")).await.unwrap(), 0);
    wave.state = roundtable::domain::words::WaveState::Planned;
    tx.mark_wave(&wave, roundtable::domain::words::WaveState::Open).await.unwrap();
    assert_eq!(tx.delete_planned_wave(&v("v1")).await.unwrap(), 1);
    assert!(tx.find_wave(&v("v1")).await.unwrap().is_none());
}

pub async fn an_invitation_is_answered_once(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    let mut open = wave("v1", "pr1", 1);
    open.state = WaveState::Open;
    tx.insert_wave(&open).await.unwrap();
    for (id, number) in [("v2", 2), ("v3", 3)] {
        tx.insert_wave(&wave(id, "pr1", number)).await.unwrap();
    }
    open = wave("v3", "pr1", 3);
    open.state = WaveState::Open;
    assert!(tx.mark_wave(&open, WaveState::Planned).await.unwrap());
    for (id, who, form) in [
        ("v1", "p1", "mentor"),
        ("v1", "p2", "participant"),
        ("v1", "p3", "participant"),
        ("v2", "p2", "participant"),
    ] {
        tx.insert_invitation(&v(id), &p(who), form).await.unwrap();
    }
    tx.insert_invitation(&v("v3"), &p("p2"), "participant").await.unwrap();
    tx.insert_invitation(&v("v1"), &p("p2"), "mentor").await.unwrap();
    let invited = Some(("participant".to_owned(), InvitationState::Invited));
    assert_eq!(tx.find_invitation(&v("v1"), &p("p2")).await.unwrap(), invited);
    assert_eq!(tx.find_invitation(&v("v1"), &p("p4")).await.unwrap(), None);
    assert!(tx.mark_invitation(&v("v1"), &p("p2"), InvitationState::Declined).await.unwrap());
    assert!(tx.mark_invitation(&v("v1"), &p("p2"), InvitationState::Answered).await.unwrap());
    assert!(!tx.mark_invitation(&v("v1"), &p("p2"), InvitationState::Answered).await.unwrap());
    assert!(!tx.mark_invitation(&v("v1"), &p("p2"), InvitationState::Declined).await.unwrap());
    assert!(!tx.mark_invitation(&v("v1"), &p("p4"), InvitationState::Answered).await.unwrap());
    // What still waits for an answer comes first.
    let waves: Vec<_> =
        tx.list_open_waves_for(&p("p2")).await.unwrap().into_iter().map(|w| w.id.to_string()).collect();
    assert_eq!(waves, ["v3", "v1"]);
    let response = tx.list_response(&v("v1")).await.unwrap();
    assert_eq!(response, [("mentor".to_owned(), 1, 0), ("participant".to_owned(), 2, 1)]);
    assert!(tx.list_response(&v("v9")).await.unwrap().is_empty());
}

/// The rows of one person's answers share nothing but wave and form, and come back in the order of their keys.
pub async fn answers_are_kept_under_keys_that_tell_nothing(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_wave(&wave("v1", "pr1", 1)).await.unwrap();
    tx.insert_wave(&wave("v2", "pr1", 2)).await.unwrap();
    let answer = |id: &str, item: &str, score, body: Option<&str>| AnswerRecord {
        id: id.into(),
        form: "participant".into(),
        item: item.into(),
        score,
        body: body.map(str::to_owned),
    };
    let mine = [
        answer("zz", "useful", Some(i64::MAX), None),
        answer("aa", "trust", Some(i64::MIN), None),
        answer("mm", "words", None, Some(UNUSUAL)),
    ];
    for one in &mine {
        tx.insert_answers(&v("v1"), std::slice::from_ref(one)).await.unwrap();
    }
    tx.insert_answers(&v("v2"), &[answer("bb", "useful", None, None)]).await.unwrap();
    breaks("pulse_answers_pkey", store_again(&store, &mine[0], tx).await);
    let mut tx = begin(&store).await;
    let [zz, aa, mm] = mine;
    assert_eq!(tx.list_answers(&v("v1")).await.unwrap(), [aa, mm, zz]);
    tx.delete_answers(&v("v1")).await.unwrap();
    assert!(tx.list_answers(&v("v1")).await.unwrap().is_empty());
    assert_eq!(tx.list_answers(&v("v2")).await.unwrap().len(), 1);
}

pub async fn answers_of_waves_that_closed_long_ago_are_forgotten(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    for (id, number, state, closes) in
        [("v1", 1, WaveState::Closed, 10), ("v2", 2, WaveState::Open, 10), ("v3", 3, WaveState::Closed, 20)]
    {
        let mut wave = wave(id, "pr1", number);
        (wave.state, wave.closes_at) = (state, at(closes));
        tx.insert_wave(&wave).await.unwrap();
        let answer =
            AnswerRecord { id: id.into(), form: "f".into(), item: "i".into(), score: Some(1), body: None };
        tx.insert_answers(&v(id), std::slice::from_ref(&answer)).await.unwrap();
    }
    assert_eq!(tx.delete_answers_before(at(10)).await.unwrap(), 0);
    assert_eq!(tx.delete_answers_before(at(20)).await.unwrap(), 1);
    assert!(tx.list_answers(&v("v1")).await.unwrap().is_empty());
    assert_eq!(tx.list_answers(&v("v2")).await.unwrap().len(), 1);
    assert_eq!(tx.list_answers(&v("v3")).await.unwrap().len(), 1);
}

async fn store_again(
    store: &Store,
    answer: &AnswerRecord,
    tx: roundtable::store::Tx,
) -> Result<(), roundtable::store::StoreError> {
    tx.commit().await.unwrap();
    begin(store).await.insert_answers(&v("v1"), std::slice::from_ref(answer)).await
}

pub async fn a_delivery_is_kept_once_and_forgotten_later(store: Store) {
    let mut tx = begin(&store).await;
    assert_eq!(tx.find_delivery(&w1(), "d1").await.unwrap(), None);
    assert!(tx.insert_delivery(&w1(), "d1", UNUSUAL, at(0)).await.unwrap());
    assert!(!tx.insert_delivery(&w1(), "d1", "another", at(1)).await.unwrap());
    assert!(tx.insert_delivery(&w1(), "d2", "", at(10)).await.unwrap());
    assert!(tx.insert_delivery(&workspace("w2").id, "d1", "other", at(20)).await.unwrap());
    assert_eq!(tx.find_delivery(&w1(), "d1").await.unwrap().as_deref(), Some(UNUSUAL));
    assert_eq!(tx.delete_deliveries_before(at(10)).await.unwrap(), 1);
    assert_eq!(tx.find_delivery(&w1(), "d1").await.unwrap(), None);
    assert_eq!(tx.find_delivery(&w1(), "d2").await.unwrap().as_deref(), Some(""));
    assert_eq!(tx.delete_deliveries_before(at(21)).await.unwrap(), 2);
}

pub async fn acts_are_listed_newest_first(store: Store) {
    let mut tx = begin(&store).await;
    let act = |id: &str, program: Option<&str>| Act {
        id: id.into(),
        at: at(0),
        actor_id: p("p1"),
        program_id: program.map(roundtable::domain::ids::ProgramId::new),
        act: "program open".into(),
        subject: "pr1".into(),
        reason: UNUSUAL.into(),
    };
    for (id, program) in
        [("1", Some("pr1")), ("2", Some("pr1")), ("3", None), ("4", Some("pr2")), ("5", Some("pr1"))]
    {
        tx.insert_act(&act(id, program)).await.unwrap();
    }
    let acts = tx.list_acts(&pr1(), 2).await.unwrap();
    assert_eq!(acts.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["5", "2"]);
    same(&acts[0], &act("5", Some("pr1")));
    breaks("audit_pkey", tx.insert_act(&act("5", None)).await);
}

pub async fn the_export_holds_people_and_groups_and_no_pulse_answers(store: Store) {
    council(&store).await;
    let mut tx = begin(&store).await;
    tx.insert_role(&pr1(), &p("p2"), Role::Mentor, &p("p1"), at(0)).await.unwrap();
    tx.insert_member(&member("g1", "p2", Role::Mentor)).await.unwrap();
    tx.insert_room(&room("r1", "w1", Some("g1"), None)).await.unwrap();
    tx.insert_meetup(&meetup("m1", "g1", 1, 0)).await.unwrap();
    tx.mark_rsvp(&MeetupId::new("m1"), &p("p2"), Rsvp::Maybe, at(0)).await.unwrap();
    tx.insert_wave(&wave("v1", "pr1", 1)).await.unwrap();
    let secret = AnswerRecord {
        id: "k".into(),
        form: "mentor".into(),
        item: "words".into(),
        score: None,
        body: Some("nobody else may read this".into()),
    };
    tx.insert_answers(&v("v1"), std::slice::from_ref(&secret)).await.unwrap();
    tx.commit().await.unwrap();
    let export = store.read().await.unwrap().export().await.unwrap();
    let lengths = [
        (export.workspaces.len(), 1),
        (export.persons.len(), 4),
        (export.accounts.len(), 4),
        (export.programs.len(), 1),
        (export.roles.len(), 1),
        (export.groups.len(), 2),
        (export.members.len(), 1),
        (export.rooms.len(), 1),
        (export.meetups.len(), 1),
        (export.rsvps.len(), 1),
        (export.waves.len(), 1),
    ];
    assert!(lengths.iter().all(|(found, expected)| found == expected), "{lengths:?}");
    let json = serde_json::to_string(&export).unwrap();
    assert!(json.contains("Ada North") && json.contains("maybe"));
    assert!(!json.contains("nobody else may read this"));
}

fn post(id: &str, author: &str, visible_to: Option<&str>) -> PostRow {
    PostRow {
        id: id.into(),
        room_id: "c1".into(),
        author: author.into(),
        visible_to: visible_to.map(str::to_owned),
        sent_at: at(id[1..].parse().unwrap()),
        edited: 0,
        marker: None,
        body: UNUSUAL.into(),
    }
}

pub async fn the_playgrounds_rooms_hold_messages_that_only_some_may_see(store: Store) {
    let mut tx = begin(&store).await;
    assert_eq!(tx.find_last_playground_message().await.unwrap(), None);
    assert!(tx.insert_playground_room("c2", "group", "zebra", "", None, at(0)).await.unwrap());
    assert!(tx.insert_playground_room("c1", "channel", "lobby", UNUSUAL, Some("mark"), at(0)).await.unwrap());
    assert!(!tx.insert_playground_room("c3", "channel", "twin", "", Some("mark"), at(0)).await.unwrap());
    assert!(!tx.insert_playground_room("c1", "channel", "twin", "", None, at(0)).await.unwrap());
    assert_eq!(tx.find_playground_room("mark").await.unwrap().as_deref(), Some("c1"));
    assert_eq!(tx.find_playground_room("none").await.unwrap(), None);
    for account in ["bo", "ada", "bo"] {
        tx.insert_playground_member("c1", account).await.unwrap();
    }
    tx.insert_playground_member("c2", "ada").await.unwrap();
    assert_eq!(tx.list_playground_members("c1").await.unwrap(), ["ada", "bo"]);

    let mut marked = post("m1", "bot", None);
    marked.marker = Some("once".into());
    for message in
        [&marked, &post("m2", "ada", None), &post("m3", "bot", Some("ada")), &post("m4", "bo", None)]
    {
        assert!(tx.insert_playground_message(message).await.unwrap());
    }
    let again = PostRow { marker: Some("once".into()), ..post("m5", "bot", None) };
    assert!(!tx.insert_playground_message(&again).await.unwrap());
    same(&tx.find_playground_message("once").await.unwrap().unwrap(), &marked);
    assert!(tx.find_playground_message("never").await.unwrap().is_none());
    assert!(tx.find_playground_post("m3", "ada").await.unwrap().is_some());
    assert!(tx.find_playground_post("m3", "bo").await.unwrap().is_none());
    assert!(tx.mark_playground_message("m2", "changed").await.unwrap());
    assert!(!tx.mark_playground_message("m9", "changed").await.unwrap());
    let changed = tx.find_playground_post("m2", "bo").await.unwrap().unwrap();
    assert_eq!((changed.body.as_str(), changed.edited), ("changed", 1));

    let seen =
        async |tx: &mut roundtable::store::Tx, account: &str, before: Option<&str>, limit| -> Vec<String> {
            let posts = tx.list_playground_messages("c1", account, before, limit).await.unwrap();
            posts.into_iter().map(|p| p.id).collect()
        };
    assert_eq!(seen(&mut tx, "ada", None, 9).await, ["m4", "m3", "m2", "m1"]);
    assert_eq!(seen(&mut tx, "bo", None, 2).await, ["m4", "m2"]);
    assert_eq!(seen(&mut tx, "ada", Some("m3"), 9).await, ["m2", "m1"]);

    let rooms = tx.list_playground_rooms("ada").await.unwrap();
    assert_eq!(rooms.iter().map(|r| (r.id.as_str(), r.unread)).collect::<Vec<_>>(), [("c1", 3), ("c2", 0)]);
    assert_eq!((rooms[0].last_at, rooms[1].last_at), (Some(at(4)), None));
    assert_eq!((rooms[0].kind.as_str(), rooms[0].topic.as_str()), ("channel", UNUSUAL));
    tx.mark_playground_read("c1", "ada", "m3").await.unwrap();
    tx.mark_playground_read("c1", "ada", "m1").await.unwrap();
    assert_eq!(tx.list_playground_rooms("ada").await.unwrap()[0].unread, 1);
    assert_eq!(tx.list_playground_rooms("bo").await.unwrap()[0].unread, 2);
    tx.delete_playground_member("c1", "bo").await.unwrap();
    assert!(tx.list_playground_rooms("bo").await.unwrap().is_empty());
    dangles(tx.insert_playground_message(&PostRow { room_id: "c9".into(), ..post("m7", "bo", None) }).await);
}

pub async fn a_dropped_transaction_leaves_nothing_and_a_reading_one_sees_one_moment(store: Store) {
    let mut tx = begin(&store).await;
    tx.insert_person(&person("p1", "Ada")).await.unwrap();
    drop(tx);
    assert!(store.read().await.unwrap().find_person(&p("p1")).await.unwrap().is_none());

    let mut reading = store.read().await.unwrap();
    assert_eq!(reading.find_setting("a").await.unwrap(), None);
    let mut tx = begin(&store).await;
    tx.mark_setting("a", "1").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reading.find_setting("a").await.unwrap(), None, "still the moment it began");
    drop(reading);
    let mut reading = store.read().await.unwrap();
    assert_eq!(reading.find_setting("a").await.unwrap().as_deref(), Some("1"));
    assert!(reading.mark_setting("a", "2").await.is_err(), "a reading transaction cannot write");
    drop(reading);
    assert_eq!(store.read().await.unwrap().find_setting("a").await.unwrap().as_deref(), Some("1"));
}

/// Readers and writers at once: every increment counts, and nobody is turned away.
pub async fn writers_take_turns_and_none_is_lost(store: Store) {
    council(&store).await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while done < 10 {
                    let mut tx = begin(&store).await;
                    let program = tx.get_program(&pr1()).await.unwrap();
                    if tx.mark_program(&program).await.unwrap() {
                        tx.commit().await.unwrap();
                        done += 1;
                    }
                }
                store.read().await.unwrap().list_groups_of(&pr1()).await.unwrap().len()
            })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.await.unwrap(), 2);
    }
    assert_eq!(store.read().await.unwrap().get_program(&pr1()).await.unwrap().version, 81);
    assert!(store.read().await.unwrap().get_group(&g("g1")).await.is_ok());
}

pub async fn who_goes_first_waits_for_no_ordinary_work_but_what_is_under_way(store: Store) {
    council(&store).await;
    // One writer on SQLite; on Postgres all connections but one.
    let many = if store.engine() == Engine::Sqlite { 1 } else { 9 };
    let mut held = Vec::new();
    for _ in 0..many {
        held.push(begin(&store).await);
    }
    let mut ordinary: Vec<_> = (0..3).map(|_| Box::pin(store.begin())).collect();
    assert!(ordinary.iter_mut().all(|waits| waits.now_or_never().is_none()), "there is no turn left");
    let mut first = Box::pin(store.begin_first());
    if store.engine() == Engine::Sqlite {
        assert!((&mut first).now_or_never().is_none(), "one transaction is under way");
        held.clear();
    }
    let mut tx = first.await.unwrap();
    let ahead = ordinary.iter_mut().filter_map(FutureExt::now_or_never).count();
    assert_eq!(ahead, 0, "they asked before and wait still");
    tx.mark_setting("who", "first").await.unwrap();
    tx.commit().await.unwrap();
    drop((ordinary, held));
    let found = begin(&store).await.find_setting("who").await.unwrap();
    assert_eq!(found.as_deref(), Some("first"));
}
