//! Claim and complete: how many nudges a second the store's queue takes, on SQLite and on a Postgres that is given,
//! in batches as the dispatcher uses them.
//! `cargo bench --bench queue [-- postgres://…]`; `benches/queue-peer.sh` runs it beside graphile-worker on one server.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

mod common;

use std::time::Instant as Watch;

use common::START;
use roundtable::domain::ids::NudgeId;
use roundtable::domain::words::{NudgeKind, NudgeState};
use roundtable::store::nudges::{Done, Intent, Nudge};
use roundtable::store::{Engine, Store};

const NUDGES: usize = 20_000;
const BATCH: i64 = 64;

#[tokio::main]
async fn main() {
    println!("| store | nudges | claim and complete | per second |");
    println!("|---|---:|---:|---:|");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("queue.db");
    let store = Store::open(&path.to_string_lossy()).await.expect("opens");
    run("SQLite, WAL, synchronous=FULL", &store).await;
    store.close().await;
    for address in std::env::args().filter(|arg| arg.starts_with("postgres")) {
        let store = Store::open(&address).await.expect("opens");
        run("PostgreSQL, synchronous_commit=on", &store).await;
        store.close().await;
    }
}

async fn run(label: &str, store: &Store) {
    store.migrate(None).await.expect("migrates");
    fill(store).await;
    let workers = if store.engine() == Engine::Sqlite { 1 } else { 4 };
    let begun = Watch::now();
    let work = (0..workers).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut done = 0;
            loop {
                let n = one_batch(&store).await;
                if n == 0 {
                    return done;
                }
                done += n;
            }
        })
    });
    let mut done = 0;
    for worker in work.collect::<Vec<_>>() {
        done += worker.await.expect("a worker");
    }
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(done, NUDGES, "every nudge is claimed once");
    #[allow(clippy::cast_precision_loss)]
    let rate = done as f64 / took;
    println!("| {label}, {workers} worker(s), batches of {BATCH} | {done} | {took:.2} s | {rate:.0} |");
}

/// As the dispatcher does it: claim and intent in one transaction, outcomes in a second.
async fn one_batch(store: &Store) -> usize {
    let mut tx = store.begin().await.expect("begins");
    let claimed = tx.claim_nudges(START, START.plus_secs(120), BATCH).await.expect("claims");
    let intents: Vec<Intent<'_>> = claimed
        .iter()
        .map(|n| Intent { id: &n.id, attempt: n.attempt, place: "bench|bench|d|u1".to_owned() })
        .collect();
    assert_eq!(tx.mark_intents(&intents, START).await.expect("writes"), claimed.len() as u64);
    tx.commit().await.expect("commits");
    let mut tx = store.begin().await.expect("begins");
    let done: Vec<Done<'_>> = claimed
        .iter()
        .map(|n| Done { id: &n.id, attempt: n.attempt, remote_id: "1", open_until: None })
        .collect();
    assert_eq!(tx.mark_all_done(&done, START).await.expect("writes"), claimed.len() as u64);
    tx.commit().await.expect("commits");
    claimed.len()
}

async fn fill(store: &Store) {
    let mut tx = store.begin().await.expect("begins");
    let nudge = |n: usize| Nudge {
        id: NudgeId::new(format!("n{n:08}")),
        key: format!("bench|{n}"),
        kind: NudgeKind::StaffNotice,
        program_id: None,
        subject: format!("s{n}"),
        person_id: None,
        room_id: None,
        slot: String::new(),
        note: String::new(),
        due_at: START.minus_secs(i64::try_from(n).unwrap_or(0)),
        not_after: START.plus_days(1),
        state: NudgeState::Ready,
        attempt: 0,
        tries: 0,
        lease_until: None,
        intent_at: None,
        place: None,
        remote_id: None,
        reason: None,
        open_until: None,
        done_at: None,
        created_at: START,
    };
    let all: Vec<Nudge> = (0..NUDGES).map(nudge).collect();
    tx.insert_nudges(&all, START).await.expect("inserts");
    tx.commit().await.expect("commits");
}
