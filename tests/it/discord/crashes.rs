//! A process that dies between Discord's taking a message and the record of it: whoever starts next sends with the same
//! mark or finds what was sent, and Discord holds one message.

use std::sync::Arc;
use std::time::Duration;

use roundtable::adapters::discord::transport::Reach;
use roundtable::clock::{Clock as _, VirtualClock};
use roundtable::store::Store;

use super::fake::{CallFault, Fake, Options};
use crate::harness::discord::{Adapter, Setup, config_for, copy_of_the_published_council, hasty, until};
use crate::harness::{hours, texts};

/// What posts a message.
pub const SEND: &str = "POST /channels/{channel_id}/messages";
/// Lives that end in the middle of a message.
const CRASHES: usize = 12;
/// Days in which so many messages surely become due.
const DAYS: i64 = 40;
/// What is waited between death and the next life: within Discord's memory of marks, and beyond it.
const PAUSES: [i64; 2] = [20, 900];

/// A process with nothing in its memory, over the database as the last one left it.
async fn live(path: &str, fake: &Fake, clock: &Arc<VirtualClock>, session: u64) -> Adapter {
    let store = Store::open(path).await.expect("it opens");
    // Longer than the test looks for the message, so that the end comes before any answer.
    let reach = Reach { timeout: Duration::from_mins(1), ..hasty() };
    let config = config_for(fake);
    Adapter::open(Setup { store, clock: clock.clone(), session, reach, config })
}

/// Lives until the next message that is due was taken by Discord and not answered; says its mark. Nothing when nothing
/// is due in that time.
async fn die_after_a_message(adapter: Adapter, fake: &Fake, clock: &Arc<VirtualClock>) -> Option<String> {
    let before = fake.marks();
    fake.faults().next_call(SEND, CallFault::DoneHang);
    let (core, time) = (adapter.core.clone(), clock.clone());
    let last = clock.now().plus_secs(hours(24) * DAYS);
    let mut life = tokio::spawn(async move {
        loop {
            while core.tick().await.expect("a tick").unfinished {}
            match core.next_due().await.expect("the agenda") {
                Some(next) if next <= last => time.turn_to(next.max(time.now())),
                _ => return,
            }
        }
    });
    let taken = || fake.marks().into_keys().find(|mark| !before.contains_key(mark));
    let hung = || fake.faults().played.get("DoneHang").copied().unwrap_or_default();
    let hangs = hung();
    tokio::select! {
        () = until("no message was sent", || async { hung() > hangs }) => {}
        _ = &mut life => return None,
    }
    until("the message was not taken", || async { taken().is_some() }).await;
    // Everything is gone at once, in the middle of the call.
    life.abort();
    drop(adapter);
    let _ = life.await;
    taken()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_death_between_send_and_record_the_same_mark_is_one_message() {
    let (folder, store, world, at) = copy_of_the_published_council().await;
    let path = folder.path().join("roundtable.db").display().to_string();
    store.close().await;
    let clock = Arc::new(VirtualClock::at(at));
    let fake = Fake::start(world, Options::new(clock.clone())).await;
    let mut died = Vec::new();
    for n in 0..CRASHES {
        let adapter = live(&path, &fake, &clock, 100 + n as u64).await;
        let Some(mark) = die_after_a_message(adapter, &fake, &clock).await else { break };
        died.push(mark);
        clock.turn_to(clock.now().plus_secs(PAUSES[n % 2]));
    }
    assert_eq!(died.len(), CRASHES, "so many messages became due");
    fake.faults().stop();
    let last = live(&path, &fake, &clock, 999).await;
    last.turn_to(&clock, clock.now().plus_secs(hours(3))).await;
    let held = fake.marks();
    let done = "SELECT id FROM nudges WHERE state = 'done'";
    let done = texts(last.core.store(), done, &[]).await;
    for mark in &died {
        assert_eq!(held.get(mark), Some(&1), "{mark}");
        assert!(done.contains(mark), "{mark} is recorded in the end");
    }
    let doubled: Vec<_> = held.iter().filter(|(_, n)| **n > 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    let open =
        "SELECT kind || ' ' || state FROM nudges WHERE state IN ('in_doubt', 'dead', 'sending', 'leased')";
    assert_eq!(texts(last.core.store(), open, &[]).await, Vec::<String>::new());
    last.shut().await;
    fake.must_be_clean();
}
