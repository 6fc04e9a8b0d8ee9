//! How much of the permitted rate a fan-out of the whole bot reaches against the strict Discord with its limits on, and
//! how often it is sent away. It prints a line for each; what it asserts is never a time.
//! `cargo nextest run --run-ignored only discord::load --no-capture`

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use roundtable::adapters::discord::transport::Reach;
use roundtable::chat::Message;
use roundtable::chat::messenger::{Outcome, Place};
use roundtable::clock::Clock as _;
use roundtable::store::Store;
use tokio::task::JoinSet;

use super::workload::{FEW, MANY, Workload};
use crate::harness::discord::{Adapter, GUILD, Setup, config_for};

/// Sends under way at the same time.
const AT_ONCE: usize = 200;

/// Does all of it through the port of the core, as the dispatcher does.
async fn fan_out(work: Workload) -> String {
    let stage = work.stage().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roundtable.db").display().to_string();
    let store = Store::open(&path).await.expect("it opens");
    store.migrate(None).await.expect("the tables are there");
    let mut tx = store.begin().await.expect("a transaction");
    for (account, channel) in &stage.people {
        tx.mark_direct("discord", "@me", account, channel).await.expect("kept");
    }
    tx.commit().await.expect("kept");
    let (clock, config) = (stage.clock.clone(), config_for(&stage.fake));
    let setup = Setup { store, clock: clock.clone(), session: 1, reach: Reach::default(), config };
    let adapter = Adapter::open(setup);
    stage.fake.connected(1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let rooms = (0..work.messages).map(|n| Place::Room(stage.channels[n % work.channels].clone()));
    let people = stage.people.iter().map(|(account, _)| Place::Direct(account.clone()));
    let places: Arc<Vec<Place>> = Arc::new(rooms.chain(people).collect());
    let before = stage.fake.pace().1;
    let (next, late) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (places, next, late) = (places.clone(), next.clone(), late.clone());
        let (port, clock) = (adapter.messenger.clone(), clock.clone());
        senders.spawn(async move {
            while let Some(n) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|n| *n < places.len()) {
                loop {
                    let sent = port.send(GUILD, &places[n], &format!("f{n}"), &Message::say("Hello")).await;
                    match sent {
                        Outcome::Sent { .. } => break,
                        Outcome::NotYet { retry_at, .. } => {
                            late.fetch_add(1, Ordering::Relaxed);
                            let wait = retry_at.map_or(1, |at| clock.now().secs_until(at).max(0));
                            tokio::time::sleep(Duration::from_secs(wait.unsigned_abs().min(30))).await;
                        }
                        other => panic!("{n}: {other:?}"),
                    }
                }
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.expect("without a panic");
    }
    let (held, line) = stage.told("The whole bot");
    let refused = stage.fake.pace().1 - before;
    assert_eq!(held, work.len(), "each exactly once");
    assert!(refused < 10, "fewer than ten are sent away: {refused}");
    adapter.shut().await;
    stage.fake.must_be_clean();
    format!("{line}, put off by the bot itself {}", late.load(Ordering::Relaxed))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: it runs at Discord's own rate"]
async fn a_fan_out_reaches_the_permitted_rate_and_is_hardly_ever_sent_away() {
    for work in [FEW, MANY] {
        println!("{}", fan_out(work).await);
    }
}
