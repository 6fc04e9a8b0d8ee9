//! Nudges, on either engine: claims are exclusive, a stale attempt changes nothing, what was sent is counted.
#![allow(clippy::unwrap_used)] // Every line of the suite is a test.

use std::collections::{BTreeMap, BTreeSet};

use roundtable::domain::civil::Instant;
use roundtable::domain::ids::RoomId;
use roundtable::domain::words::{NudgeKind, NudgeState};
use roundtable::store::nudges::{Done, Intent, Nudge, Sent};
use roundtable::store::{Store, Tx};

use super::make::{UNUSUAL, at, begin, breaks, nudge, p, pr1, same};

const REMINDER: NudgeKind = NudgeKind::MeetupReminder;

async fn insert(tx: &mut Tx, nudge: &Nudge) -> bool {
    tx.insert_nudges(std::slice::from_ref(nudge), nudge.created_at).await.unwrap() == 1
}

fn intent<'a>(nudge: &'a Nudge, place: &str) -> Intent<'a> {
    Intent { id: &nudge.id, attempt: nudge.attempt, place: place.to_owned() }
}

async fn intend(tx: &mut Tx, nudge: &Nudge, place: &str, when: Instant) -> bool {
    tx.mark_intents(&[intent(nudge, place)], when).await.unwrap() == 1
}

/// Until when `p1` has a request open that is about something else.
async fn open_request(tx: &mut Tx, subject: &str, now: i64) -> Option<Instant> {
    let person = p("p1");
    let sent = tx.list_sent(&[&person], at(now)).await.unwrap();
    let open = sent.get(&person).map(|sent| sent.open.clone()).unwrap_or_default();
    open.into_iter().filter(|(about, _)| about != subject).map(|(_, until)| until).max()
}

async fn plan(tx: &mut Tx, nudges: &[Nudge]) {
    for nudge in nudges {
        assert!(insert(tx, nudge).await, "{} is new", nudge.key);
    }
}

async fn claim_one(tx: &mut Tx, now: i64) -> Nudge {
    let mut claimed = tx.claim_nudges(at(now), at(now + 120), 1).await.unwrap();
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

async fn now_of(tx: &mut Tx, nudge: &Nudge) -> Nudge {
    tx.find_nudge(&nudge.key).await.unwrap().unwrap()
}

pub async fn a_nudge_is_planned_once_for_its_key(store: Store) {
    let mut tx = begin(&store).await;
    let mut first = nudge("n1", REMINDER, Some("p1"), 10);
    (first.note, first.not_after) = (UNUSUAL.into(), Instant::from_micros(i64::MAX));
    assert!(insert(&mut tx, &first).await);
    let mut twin = nudge("n2", REMINDER, Some("p1"), 99);
    twin.key.clone_from(&first.key);
    assert!(!insert(&mut tx, &twin).await);
    same(&now_of(&mut tx, &first).await, &first);
    assert!(tx.find_nudge("no such key").await.unwrap().is_none());
    let mut same_id = nudge("n1", REMINDER, Some("p2"), 10);
    same_id.key = "another".into();
    breaks("nudges_pkey", tx.insert_nudges(&[same_id], at(0)).await);
}

pub async fn claims_take_what_is_due_in_order_and_only_once(store: Store) {
    let mut tx = begin(&store).await;
    plan(
        &mut tx,
        &[
            nudge("n3", REMINDER, Some("p1"), 5),
            nudge("n2", REMINDER, Some("p2"), 5),
            nudge("n1", NudgeKind::MeetupCard, None, 9),
            nudge("n4", REMINDER, Some("p3"), 11),
            nudge("n5", REMINDER, Some("p4"), -5),
        ],
    )
    .await;
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().next(), Some(at(-5)));
    tx = begin(&store).await;
    same(&tx.find_next_nudge().await.unwrap().unwrap(), &nudge("n5", REMINDER, Some("p4"), -5));
    assert_eq!(tx.find_oldest_due(at(-6)).await.unwrap(), None);
    assert_eq!(tx.find_oldest_due(at(50)).await.unwrap(), Some(at(-5)));
    assert!(tx.claim_nudges(at(-6), at(100), 9).await.unwrap().is_empty());
    let ids = |nudges: &[Nudge]| nudges.iter().map(|n| n.id.to_string()).collect::<Vec<_>>();
    let first = tx.claim_nudges(at(10), at(100), 3).await.unwrap();
    assert_eq!(ids(&first), ["n5", "n2", "n3"]);
    assert!(first.iter().all(|n| n.state == NudgeState::Leased && n.attempt == 1));
    assert!(first.iter().all(|n| n.lease_until == Some(at(100))));
    assert_eq!(ids(&tx.claim_nudges(at(10), at(70), 9).await.unwrap()), ["n1"]);
    assert!(tx.claim_nudges(at(10), at(100), 9).await.unwrap().is_empty());
    // Next is the sooner of what is planned and what a lease holds.
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().next(), Some(at(11)));
    tx = begin(&store).await;
    assert_eq!(claim_one(&mut tx, 11).await.id.as_str(), "n4");
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().next(), Some(at(70)));
    tx = begin(&store).await;
    assert!(tx.find_next_nudge().await.unwrap().is_none());
    assert_eq!(tx.list_nudge_counts().await.unwrap(), [(NudgeState::Leased, 5)]);
}

pub async fn a_nudge_goes_from_claim_over_intent_to_done(store: Store) {
    let mut tx = begin(&store).await;
    plan(&mut tx, &[nudge("n1", REMINDER, Some("p1"), 0)]).await;
    let claimed = claim_one(&mut tx, 0).await;
    let place = "playground|xw1|d|Uap1";
    assert!(!tx.mark_done(&claimed, NudgeState::Sending, Some("M1"), None, at(1)).await.unwrap());
    assert!(intend(&mut tx, &claimed, place, at(1)).await);
    assert!(!intend(&mut tx, &claimed, "elsewhere", at(2)).await);
    let sending = now_of(&mut tx, &claimed).await;
    assert_eq!((sending.state, sending.place.as_deref()), (NudgeState::Sending, Some(place)));
    assert_eq!(sending.intent_at, Some(at(1)));
    assert!(tx.mark_done(&claimed, NudgeState::Sending, Some("M1"), Some(at(500)), at(2)).await.unwrap());
    assert!(!tx.mark_done(&claimed, NudgeState::Sending, Some("M2"), None, at(3)).await.unwrap());
    let done = now_of(&mut tx, &claimed).await;
    assert_eq!((done.state, done.remote_id.as_deref()), (NudgeState::Done, Some("M1")));
    assert_eq!((done.done_at, done.open_until, done.lease_until), (Some(at(2)), Some(at(500)), None));
}

/// One statement for a whole batch: what still holds its claim moves on, the rest stays as it is.
pub async fn batches_move_only_the_claims_that_still_hold(store: Store) {
    let mut tx = begin(&store).await;
    let mut odd = nudge("n2", REMINDER, Some("p2"), 0);
    (odd.note, odd.subject, odd.program_id) = (UNUSUAL.into(), UNUSUAL.into(), None);
    odd.not_after = Instant::from_micros(i64::MAX);
    let mut twin = nudge("n4", REMINDER, Some("p1"), 0);
    twin.key = nudge("n1", REMINDER, Some("p1"), 0).key;
    let rows = [
        nudge("n1", REMINDER, Some("p1"), 0),
        odd.clone(),
        nudge("n3", NudgeKind::MeetupCard, None, 0),
        twin,
    ];
    assert_eq!(tx.insert_nudges(&[], at(0)).await.unwrap(), 0);
    assert_eq!(tx.insert_nudges(&rows, at(0)).await.unwrap(), 3, "a key counts once, even within a batch");
    assert_eq!(tx.insert_nudges(&rows, at(0)).await.unwrap(), 0);
    same(&now_of(&mut tx, &odd).await, &odd);

    let claimed = tx.claim_nudges(at(0), at(120), 9).await.unwrap();
    assert!(tx.mark_ready(&claimed[0], NudgeState::Leased, at(0), 0, "given back").await.unwrap());
    let again = claim_one(&mut tx, 0).await;
    assert_eq!((again.id.as_str(), again.attempt), ("n1", 2));
    assert_eq!(tx.mark_intents(&[], at(1)).await.unwrap(), 0);
    let intents: Vec<Intent<'_>> = claimed.iter().map(|n| intent(n, UNUSUAL)).collect();
    assert_eq!(tx.mark_intents(&intents, at(1)).await.unwrap(), 2);
    assert_eq!(now_of(&mut tx, &again).await.state, NudgeState::Leased);
    let sending = now_of(&mut tx, &odd).await;
    assert_eq!(
        (sending.state, sending.place.as_deref(), sending.intent_at),
        (NudgeState::Sending, Some(UNUSUAL), Some(at(1)))
    );

    assert_eq!(tx.mark_all_done(&[], at(2)).await.unwrap(), 0);
    let done = |n: usize| Done {
        id: &claimed[n].id,
        attempt: claimed[n].attempt,
        remote_id: UNUSUAL,
        open_until: [None, Some(at(9)), None][n],
    };
    assert_eq!(tx.mark_all_done(&[done(0), done(1), done(2)], at(2)).await.unwrap(), 2);
    assert_eq!(tx.mark_all_done(&[done(1)], at(3)).await.unwrap(), 0);
    let ended = now_of(&mut tx, &odd).await;
    assert_eq!((ended.state, ended.remote_id.as_deref()), (NudgeState::Done, Some(UNUSUAL)));
    assert_eq!((ended.done_at, ended.open_until, ended.lease_until), (Some(at(2)), Some(at(9)), None));
    let card = now_of(&mut tx, &claimed[2]).await;
    assert_eq!((card.state, card.open_until), (NudgeState::Done, None));
    assert_eq!(now_of(&mut tx, &again).await.state, NudgeState::Leased);
}

pub async fn a_nudge_waits_again_or_ends_with_its_reason(store: Store) {
    let mut tx = begin(&store).await;
    plan(&mut tx, &[nudge("n1", REMINDER, Some("p1"), 0)]).await;
    let first = claim_one(&mut tx, 0).await;
    assert!(tx.mark_ready(&first, NudgeState::Leased, at(30), 1, "quiet hours").await.unwrap());
    assert!(!tx.mark_ready(&first, NudgeState::Leased, at(60), 2, "twice").await.unwrap());
    let waits = now_of(&mut tx, &first).await;
    assert_eq!((waits.state, waits.due_at, waits.tries), (NudgeState::Ready, at(30), 1));
    assert_eq!((waits.reason.as_deref(), waits.lease_until), (Some("quiet hours"), None));
    let second = claim_one(&mut tx, 30).await;
    assert_eq!(second.attempt, 2);
    let (skipped, leased) = (NudgeState::Skipped, NudgeState::Leased);
    assert!(tx.mark_ended(&second, leased, skipped, "too late", None).await.unwrap());
    assert!(!tx.mark_ended(&second, leased, NudgeState::Dead, "again", None).await.unwrap());
    let ended = now_of(&mut tx, &first).await;
    assert_eq!((ended.state, ended.reason.as_deref()), (skipped, Some("too late")));
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().next(), None);
}

/// Whoever lost the lease may try whatever they like: not one row changes.
pub async fn a_stale_attempt_changes_nothing(store: Store) {
    let mut tx = begin(&store).await;
    plan(&mut tx, &[nudge("n1", REMINDER, Some("p1"), 0)]).await;
    let stale = claim_one(&mut tx, 0).await;
    assert_eq!(tx.mark_leases_lost(at(119), at(200)).await.unwrap(), 0);
    assert_eq!(tx.mark_leases_lost(at(120), at(200)).await.unwrap(), 1);
    assert_eq!(now_of(&mut tx, &stale).await.state, NudgeState::Ready);
    assert_unmoved(&mut tx, &stale).await;
    let fresh = claim_one(&mut tx, 120).await;
    assert_unmoved(&mut tx, &stale).await;
    assert!(intend(&mut tx, &fresh, "there", at(121)).await);
    assert_unmoved(&mut tx, &stale).await;
    // The second holder dies while sending: doubt, and again nobody but the third attempt may settle it.
    assert_eq!(tx.mark_leases_lost(at(240), at(270)).await.unwrap(), 1);
    let doubtful = now_of(&mut tx, &fresh).await;
    assert_eq!((doubtful.state, doubtful.lease_until), (NudgeState::InDoubt, Some(at(270))));
    assert_eq!(doubtful.reason.as_deref(), Some("the program stopped while sending"));
    let third = tx.claim_doubtful(at(270), at(390), 5).await.unwrap().remove(0);
    assert_unmoved(&mut tx, &stale).await;
    assert_unmoved(&mut tx, &fresh).await;
    assert!(tx.mark_done(&third, NudgeState::InDoubt, Some("M1"), None, at(280)).await.unwrap());
    for old in [&stale, &fresh, &third] {
        assert_unmoved(&mut tx, old).await;
    }
}

async fn assert_unmoved(tx: &mut Tx, stale: &Nudge) {
    let before = now_of(tx, stale).await;
    let mut tried = 0;
    for was in [NudgeState::Leased, NudgeState::Sending, NudgeState::InDoubt] {
        // The pair of its own state and attempt would be no stale one.
        if before.state == was && before.attempt == stale.attempt {
            continue;
        }
        tried += 1;
        assert!(!tx.mark_done(stale, was, Some("M0"), Some(at(1)), at(1)).await.unwrap());
        assert!(!tx.mark_ready(stale, was, at(1), 9, "stale").await.unwrap());
        assert!(!tx.mark_ended(stale, was, NudgeState::Dead, "stale", Some(at(1))).await.unwrap());
    }
    assert!(tried >= 2);
    if before.attempt != stale.attempt || before.state != NudgeState::Leased {
        assert!(!intend(tx, stale, "stale", at(1)).await);
    }
    if before.attempt != stale.attempt || before.state != NudgeState::InDoubt {
        assert!(!tx.mark_doubt_again(stale, at(1)).await.unwrap());
    }
    same(&now_of(tx, stale).await, &before);
}

pub async fn doubt_is_looked_into_when_it_has_settled(store: Store) {
    let mut tx = begin(&store).await;
    plan(&mut tx, &[nudge("n1", REMINDER, Some("p1"), 0), nudge("n2", REMINDER, Some("p2"), 0)]).await;
    for claimed in tx.claim_nudges(at(0), at(120), 9).await.unwrap() {
        assert!(intend(&mut tx, &claimed, "there", at(1)).await);
        let until = Some(at(30));
        assert!(
            tx.mark_ended(&claimed, NudgeState::Sending, NudgeState::InDoubt, "a time-out", until)
                .await
                .unwrap()
        );
    }
    assert!(!tx.has_doubtful(at(29)).await.unwrap());
    assert!(tx.has_doubtful(at(30)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.get_agenda().await.unwrap().next(), Some(at(30)));
    tx = begin(&store).await;
    assert!(tx.claim_doubtful(at(29), at(150), 9).await.unwrap().is_empty());
    let first = tx.claim_doubtful(at(30), at(150), 1).await.unwrap();
    assert_eq!((first.len(), first[0].attempt, first[0].lease_until), (1, 2, Some(at(150))));
    assert_eq!(tx.claim_doubtful(at(30), at(150), 9).await.unwrap().len(), 1);
    assert!(tx.claim_doubtful(at(30), at(150), 9).await.unwrap().is_empty());
    assert!(tx.mark_doubt_again(&first[0], at(60)).await.unwrap());
    let again = now_of(&mut tx, &first[0]).await;
    assert_eq!((again.state, again.tries, again.lease_until), (NudgeState::InDoubt, 1, Some(at(60))));
    let last = tx.claim_doubtful(at(60), at(180), 9).await.unwrap().remove(0);
    assert!(!tx.mark_doubt_again(&first[0], at(90)).await.unwrap());
    assert!(tx.mark_ready(&last, NudgeState::InDoubt, at(61), 2, "not found").await.unwrap());
    assert_eq!(claim_one(&mut tx, 61).await.attempt, 4);
}

pub async fn what_is_planned_can_be_withdrawn_and_hurried(store: Store) {
    let mut tx = begin(&store).await;
    let mut other = nudge("n9", REMINDER, Some("p1"), 0);
    other.subject = "s2".into();
    plan(
        &mut tx,
        &[
            other.clone(),
            nudge("n1", REMINDER, Some("p1"), 0),
            nudge("n2", REMINDER, Some("p2"), 50),
            nudge("n3", NudgeKind::MeetupCard, None, 50),
        ],
    )
    .await;
    let r1 = RoomId::new("r1");
    assert!(tx.has_ready(NudgeKind::MeetupCard, "s1", &r1).await.unwrap());
    assert!(!tx.has_ready(NudgeKind::MeetupSoon, "s1", &r1).await.unwrap());
    assert!(!tx.has_ready(NudgeKind::MeetupCard, "s2", &r1).await.unwrap());
    assert!(!tx.has_ready(NudgeKind::MeetupCard, "s1", &RoomId::new("r2")).await.unwrap());

    let nobody = roundtable::domain::ids::NudgeId::new("n0");
    assert!(!tx.has_in_flight(NudgeKind::MeetupCard, "s1", &r1, &nobody).await.unwrap());
    let card = tx.claim_nudges(at(50), at(170), 9).await.unwrap();
    let card = card.iter().find(|claimed| claimed.kind == NudgeKind::MeetupCard).unwrap();
    assert!(tx.has_in_flight(NudgeKind::MeetupCard, "s1", &r1, &nobody).await.unwrap());
    assert!(!tx.has_in_flight(NudgeKind::MeetupCard, "s1", &r1, &card.id).await.unwrap());
    tx.mark_leases_lost(at(170), at(200)).await.unwrap();

    let held = tx.claim_nudges(at(0), at(120), 9).await.unwrap();
    assert_eq!(held.len(), 2);
    for claimed in &held {
        assert!(tx.mark_ready(claimed, NudgeState::Leased, at(900), 0, "program paused").await.unwrap());
    }
    assert_eq!(tx.mark_due_now(&pr1(), "another reason", at(10)).await.unwrap(), 0);
    assert_eq!(tx.mark_due_now(&pr1(), "program paused", at(10)).await.unwrap(), 2);
    assert_eq!(tx.mark_due_now(&pr1(), "program paused", at(10)).await.unwrap(), 0);
    assert_eq!(now_of(&mut tx, &other).await.due_at, at(10));

    assert_eq!(tx.mark_withdrawn_for("s1", &p("p2"), "left").await.unwrap(), 1);
    assert_eq!(tx.mark_withdrawn("s1", "moved").await.unwrap(), 2);
    assert_eq!(tx.mark_withdrawn("s1", "moved").await.unwrap(), 0);
    assert_eq!(now_of(&mut tx, &other).await.state, NudgeState::Ready);
    assert_eq!(tx.mark_withdrawn_in(&pr1(), &p("p9"), "gone").await.unwrap(), 0);
    let health = tx.list_health(&pr1(), at(0)).await.unwrap();
    let card = (NudgeState::Skipped, NudgeKind::MeetupCard, Some("moved".to_owned()), 1);
    assert!(health.contains(&card), "{health:?}");
    assert_eq!(health.len(), 4, "{health:?}");
}

pub async fn sent_messages_count_in_windows_of_a_day_a_week_and_a_month(store: Store) {
    let mut tx = begin(&store).await;
    let now = 40 * 86_400;
    let ages = [0, 86_399, 86_400, 7 * 86_400 - 1, 7 * 86_400, 30 * 86_400 - 1, 30 * 86_400];
    for (n, age) in ages.iter().enumerate() {
        send(&mut tx, &format!("n{n}"), "p1", Some("M"), now - age).await;
    }
    // What nobody could put off does not use up what may be sent.
    for (n, kind) in
        [NudgeKind::MeetupMoved, NudgeKind::MeetupCancelled, NudgeKind::StaffNotice].into_iter().enumerate()
    {
        assert!(!kind.is_limited());
        send_as(&mut tx, &format!("u{n}"), kind, "p1", Some("M"), now).await;
    }
    // What reached nobody, and what reached somebody else, does not count.
    send(&mut tx, "m1", "p1", None, now).await;
    send(&mut tx, "m2", "p2", Some("M"), now).await;
    plan(&mut tx, &[nudge("m3", REMINDER, Some("p1"), now)]).await;
    let (p1, p2, p9) = (p("p1"), p("p2"), p("p9"));
    let sent = tx.list_sent(&[&p1, &p2, &p9], at(now)).await.unwrap();
    let expected = [
        (p1, Sent { day: 2, week: 4, month: 6, open: Vec::new() }),
        (p2, Sent { day: 1, week: 1, month: 1, open: Vec::new() }),
    ];
    assert_eq!(sent, BTreeMap::from(expected));
    let done = tx.list_health(&pr1(), at(now - 86_400)).await.unwrap();
    let counted: i64 = done.iter().filter(|row| row.0 == NudgeState::Done).map(|row| row.3).sum();
    assert_eq!(counted, 8);
}

async fn send(tx: &mut Tx, id: &str, person: &str, remote: Option<&str>, when: i64) {
    send_as(tx, id, REMINDER, person, remote, when).await;
}

async fn send_as(tx: &mut Tx, id: &str, kind: NudgeKind, person: &str, remote: Option<&str>, when: i64) {
    plan(tx, &[nudge(id, kind, Some(person), when)]).await;
    let claimed = claim_one(tx, when).await;
    assert!(intend(tx, &claimed, "there", at(when)).await);
    assert!(tx.mark_done(&claimed, NudgeState::Sending, remote, None, at(when)).await.unwrap());
}

pub async fn what_ended_long_ago_is_forgotten_and_nothing_else(store: Store) {
    let mut tx = begin(&store).await;
    for (id, when) in [("n1", 0), ("n2", 5_000)] {
        send(&mut tx, id, "p1", Some("M"), when).await;
    }
    plan(&mut tx, &[nudge("n3", REMINDER, Some("p1"), 0), nudge("n4", REMINDER, Some("p2"), 0)]).await;
    let skipped = claim_one(&mut tx, 0).await;
    assert!(tx.mark_ended(&skipped, NudgeState::Leased, NudgeState::Skipped, "paused", None).await.unwrap());
    // Their latest moment is an hour after they are due.
    assert_eq!(tx.delete_nudges_before(at(3_600)).await.unwrap(), 0);
    assert_eq!(tx.delete_nudges_before(at(3_601)).await.unwrap(), 2);
    assert_eq!(tx.delete_nudges_before(at(3_601)).await.unwrap(), 0);
    assert_eq!(tx.list_nudge_counts().await.unwrap(), [(NudgeState::Done, 1), (NudgeState::Ready, 1)]);
}

pub async fn open_requests_wait_for_their_answer_and_posts_can_be_found_again(store: Store) {
    let mut tx = begin(&store).await;
    let mut other = nudge("n2", NudgeKind::PulseInvite, Some("p1"), 0);
    other.subject = "s2".into();
    plan(
        &mut tx,
        &[
            nudge("n1", NudgeKind::MeetupNeed, Some("p1"), 0),
            other,
            nudge("n3", NudgeKind::MeetupCard, None, 0),
        ],
    )
    .await;
    for (claimed, until) in tx.claim_nudges(at(0), at(120), 9).await.unwrap().iter().zip([50, 80, 90]) {
        assert!(intend(&mut tx, claimed, "there", at(0)).await);
        let open = claimed.person_id.is_some().then(|| at(until));
        let remote = format!("M{}", claimed.id);
        assert!(tx.mark_done(claimed, NudgeState::Sending, Some(&remote), open, at(0)).await.unwrap());
    }
    assert_eq!(open_request(&mut tx, "s9", 0).await, Some(at(80)));
    assert_eq!(open_request(&mut tx, "s2", 0).await, Some(at(50)));
    assert_eq!(open_request(&mut tx, "s2", 50).await, None);
    assert_eq!(tx.mark_answered("s2", &p("p1")).await.unwrap(), 1);
    assert_eq!(tx.mark_answered("s2", &p("p1")).await.unwrap(), 0);
    assert_eq!(open_request(&mut tx, "s9", 0).await, Some(at(50)));
    let posts = tx.list_posts(NudgeKind::MeetupCard, "s1").await.unwrap();
    assert_eq!(posts.iter().map(|n| n.remote_id.as_deref()).collect::<Vec<_>>(), [Some("Mn3")]);
    assert!(tx.list_posts(NudgeKind::MeetupCard, "s2").await.unwrap().is_empty());
}

pub async fn two_dispatchers_share_two_thousand_nudges_without_a_double(store: Store) {
    let mut tx = begin(&store).await;
    for n in 0..2_000 {
        assert!(insert(&mut tx, &nudge(&format!("n{n:04}"), REMINDER, Some("p1"), n % 7)).await);
    }
    tx.commit().await.unwrap();
    let claimer = || {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let mut tx = begin(&store).await;
                let claimed = tx.claim_nudges(at(10), at(130), 40).await.unwrap();
                tx.commit().await.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed.into_iter().map(|n| (n.id, n.attempt)));
                tokio::task::yield_now().await;
            }
        })
    };
    let (left, right) = tokio::join!(claimer(), claimer());
    let (left, right) = (left.unwrap(), right.unwrap());
    assert!(!left.is_empty() && !right.is_empty(), "both took a share: {} and {}", left.len(), right.len());
    let all: Vec<_> = left.into_iter().chain(right).collect();
    assert_eq!(all.len(), 2_000);
    assert!(all.iter().all(|(_, attempt)| *attempt == 1));
    assert_eq!(all.into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(), 2_000);
}

pub async fn two_dispatchers_never_settle_the_same_doubt(store: Store) {
    let mut tx = begin(&store).await;
    for n in 0..200 {
        assert!(insert(&mut tx, &nudge(&format!("n{n:03}"), REMINDER, Some("p1"), 0)).await);
    }
    for claimed in tx.claim_nudges(at(0), at(10), 200).await.unwrap() {
        assert!(intend(&mut tx, &claimed, "there", at(1)).await);
    }
    assert_eq!(tx.mark_leases_lost(at(10), at(40)).await.unwrap(), 200);
    tx.commit().await.unwrap();
    let settler = || {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            while begin(&store).await.has_doubtful(at(40)).await.unwrap() {
                let mut tx = begin(&store).await;
                mine.extend(tx.claim_doubtful(at(40), at(160), 20).await.unwrap().into_iter().map(|n| n.id));
                tx.commit().await.unwrap();
            }
            mine
        })
    };
    let (left, right) = tokio::join!(settler(), settler());
    let all: Vec<_> = left.unwrap().into_iter().chain(right.unwrap()).collect();
    assert_eq!(all.len(), 200);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 200);
}
