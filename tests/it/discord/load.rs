//! How much of the permitted rate a fan-out reaches against the strict Discord with its limits on, and how often it is
//! sent away. It prints a table; what it asserts is never a time.
//! `cargo nextest run --run-ignored only discord::load --no-capture`

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use roundtable::adapters::discord::transport::Reach;
use roundtable::chat::Message;
use roundtable::chat::messenger::{Outcome, Place};
use roundtable::clock::Clock;
use roundtable::domain::civil::Instant;
use roundtable::store::Store;
use tokio::task::JoinSet;
use tokio::time::Instant as Monotonic;

use super::fake::{Fake, Kind, Options, User};
use crate::harness::discord::{Adapter, GUILD, Setup, config_for, world};
use crate::harness::start;

/// Messages to channels, unless `ROUNDTABLE_FANOUT` says otherwise, and the channels they are spread over.
const MESSAGES: usize = 5_000;
const CHANNELS: usize = 100;
/// Direct messages to people whose conversation is known.
const DIRECT: usize = 500;
/// Sends under way at the same time.
const AT_ONCE: usize = 200;
/// What Discord permits the whole bot in a second.
const PERMITTED: f64 = 50.0;

/// Runs at the speed of the machine's clock, from the Monday morning on which all stories begin.
pub(super) struct Running(pub(super) Monotonic);

impl Clock for Running {
    fn now(&self) -> Instant {
        let passed = i64::try_from(self.0.elapsed().as_micros()).expect("a test is short");
        Instant::from_micros(start().as_micros() + passed)
    }
}

fn wanted() -> usize {
    let said = std::env::var_os("ROUNDTABLE_FANOUT").and_then(|value| value.to_str()?.parse().ok());
    said.unwrap_or(MESSAGES)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: it runs at Discord's own rate"]
async fn a_fan_out_reaches_the_permitted_rate_and_is_hardly_ever_sent_away() {
    let clock = Arc::new(Running(Monotonic::now()));
    let mut world = world();
    let channels: Vec<String> = (0..CHANNELS)
        .map(|n| world.add_channel(Some(GUILD), Kind::Text, &format!("c{n}"), start()))
        .collect();
    let people: Vec<String> = (0..DIRECT).map(|n| (310_000_000_000_000_000 + n).to_string()).collect();
    for (n, id) in people.iter().enumerate() {
        world.enter(GUILD, User { id: id.clone(), name: format!("p{n}"), ..User::default() });
        world.direct(id, start());
    }
    let known: Vec<(String, String)> = people
        .iter()
        .map(|id| (id.clone(), world.direct_of(id).expect("it was just opened").id.clone()))
        .collect();
    let options = Options { limited: true, kept: false, ..Options::new(clock.clone()) };
    let fake = Fake::start(world, options).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roundtable.db").display().to_string();
    let store = Store::open(&path).await.expect("it opens");
    store.migrate(None).await.expect("the tables are there");
    let mut tx = store.begin().await.expect("a transaction");
    for (account, channel) in &known {
        tx.mark_direct("discord", "@me", account, channel).await.expect("kept");
    }
    tx.commit().await.expect("kept");
    let config = config_for(&fake);
    let setup = Setup { store, clock: clock.clone(), session: 1, reach: Reach::default(), config };
    let adapter = Adapter::open(setup);
    fake.connected(1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let places: Vec<Place> = (0..wanted())
        .map(|n| Place::Room(channels[n % CHANNELS].clone()))
        .chain(known.iter().map(|(account, _)| Place::Direct(account.clone())))
        .collect();
    let (before, began, count) = (fake.pace(), Monotonic::now(), places.len());
    let (places, next, late) =
        (Arc::new(places), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
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
    let took = began.elapsed().as_secs_f64();
    let (passed, refused) = fake.pace();
    #[allow(clippy::cast_precision_loss)] // A few thousand.
    let rate = count as f64 / took;
    println!(
        "{count} messages over {CHANNELS} channels and {DIRECT} people in {took:.1} s: {rate:.1} a second, {:.1} % of \
         the permitted {PERMITTED:.0}; {} calls let through, {} sent away with 429, put off by the bot itself {}",
        100.0 * rate / PERMITTED,
        passed - before.0,
        refused - before.1,
        late.load(Ordering::Relaxed),
    );
    let held: usize = {
        let world = fake.world();
        world.channels.values().flat_map(|c| &c.messages).filter(|m| m.nonce.is_some()).count()
    };
    assert_eq!(held, count, "each exactly once");
    assert!(refused - before.1 < 10, "fewer than ten are sent away: {}", refused - before.1);
    adapter.shut().await;
    fake.must_be_clean();
}
