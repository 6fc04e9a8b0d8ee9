//! SIGKILL between send and record, to the real program: it is killed when Discord has taken messages, of which one was
//! never answered and none is written down yet, and is started again. Every message stands exactly once in the end.
//! Nobody waits for the claims of the dead: the database is put back, as if that time had passed.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use roundtable::clock::{Clock, SystemClock};
use roundtable::domain::civil::Instant;
use roundtable::domain::ids::{NudgeId, RoomId};
use roundtable::domain::nudges::key;
use roundtable::domain::words::{NudgeKind, NudgeState};
use roundtable::store::Store;
use roundtable::store::nudges::Nudge;

use super::crashes::SEND;
use super::fake::{CallFault, Fake, Options, TOKEN};
use crate::harness::discord::{copy_of_the_published_council, until};
use crate::harness::{meddle, numbers, texts};

/// Lives that end in the middle of messages.
const KILLS: usize = 8;
/// Rooms that get messages in each life, and how many each.
const ROOMS: usize = 4;
const EACH: usize = 2;
/// Longer than a claim and the settling of doubt together, in seconds and as the database counts.
const PAST: i64 = 600;
/// The rooms of groups.
pub const OPEN_ROOMS: &str =
    "SELECT id FROM rooms WHERE external_id IS NOT NULL AND group_id IS NOT NULL ORDER BY id";
const PUT_BACK: &str = "UPDATE nudges SET lease_until = lease_until - 600000000, due_at = due_at - 600000000 \
                        WHERE state IN ('ready', 'leased', 'sending', 'in_doubt')";

/// The machine's clock and more: for Discord, time passes between the lives of the bot.
#[derive(Default)]
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now(&self) -> Instant {
        SystemClock.now().plus_secs(self.0.load(Ordering::SeqCst))
    }
}

/// The program at work; dropped, it is killed.
struct Life(Child);

impl Drop for Life {
    fn drop(&mut self) {
        // This is SIGKILL: nothing of it has a say in it.
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it is gone");
    }
}

fn begin(folder: &Path) -> Life {
    let log =
        File::options().create(true).append(true).open(folder.join("log")).expect("the log can be kept");
    let same = log.try_clone().expect("the log has two names");
    let child = Command::new(env!("CARGO_BIN_EXE_roundtable"))
        .arg("--config")
        .arg(folder.join("roundtable.toml"))
        .arg("run")
        .current_dir(folder)
        .env_clear()
        .env("DATABASE_URL", folder.join("roundtable.db"))
        .env("ROUNDTABLE_DISCORD_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(same)
        .spawn();
    Life(child.expect("the program starts"))
}

async fn open(folder: &Path) -> Store {
    Store::open(&folder.join("roundtable.db").display().to_string()).await.expect("it opens")
}

/// A message to a room that is due now.
pub fn owed(id: String, room: &str, now: Instant) -> Nudge {
    Nudge {
        key: key(NudgeKind::GroupWelcome, "kills", room, &id),
        id: NudgeId::new(id.clone()),
        kind: NudgeKind::GroupWelcome,
        program_id: None,
        subject: "kills".to_owned(),
        person_id: None,
        room_id: Some(RoomId::new(room)),
        slot: id,
        note: String::new(),
        due_at: now,
        not_after: now.plus_days(7),
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
        created_at: now,
    }
}

/// Time passes while nobody lives, and new messages become due; says their marks.
async fn between_lives(folder: &Path, rooms: &[String], life: usize) -> Vec<String> {
    let store = open(folder).await;
    meddle(&store, PUT_BACK, &[]).await;
    let now = SystemClock.now();
    let rooms = rooms.iter().enumerate().take(ROOMS);
    let all = rooms.flat_map(|(n, room)| (0..EACH).map(move |m| (format!("life{life}-room{n}-{m}"), room)));
    let owed: Vec<Nudge> = all.map(|(id, room)| owed(id, room, now)).collect();
    let mut tx = store.begin().await.expect("a transaction");
    assert_eq!(tx.insert_nudges(&owed, now).await.expect("kept"), (ROOMS * EACH) as u64);
    tx.commit().await.expect("kept");
    store.close().await;
    owed.iter().map(|nudge| nudge.id.as_str().to_owned()).collect()
}

/// Lives until all that is open is settled.
async fn live_in_peace(folder: &Path, open_states: &'static str) {
    let store = open(folder).await;
    meddle(&store, PUT_BACK, &[]).await;
    let _life = begin(folder);
    until("something stays open", || async { numbers(&store, open_states, &[]).await[0] == 0 }).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_killed_between_send_and_record_leaves_every_message_exactly_once() {
    let (folder, store, world, _) = copy_of_the_published_council().await;
    let folder = folder.path();
    // What the story itself owes is due in a year that is not this one.
    meddle(&store, "DELETE FROM nudges WHERE state = 'ready'", &[]).await;
    let rooms = texts(&store, OPEN_ROOMS, &[]).await;
    store.close().await;
    let clock = Arc::new(Ahead::default());
    let fake = Fake::start(world, Options::new(clock.clone())).await;
    let (api, gateway) = (fake.api_url(), fake.gateway_url());
    let config =
        format!("mode = \"run\"\n[discord]\nmode = \"gateway\"\napi = \"{api}\"\ngateway = \"{gateway}\"\n");
    std::fs::write(folder.join("roundtable.toml"), config).expect("it can be kept");
    let (mut expected, mut answered) = (Vec::new(), 0);
    for n in 0..KILLS {
        let new = between_lives(folder, &rooms, n).await;
        fake.faults().next_call(SEND, CallFault::DoneHang);
        let life = begin(folder);
        let hung = || fake.faults().played.get("DoneHang").copied().unwrap_or_default();
        until("no message was taken without an answer", || async { hung() > n as u64 }).await;
        // All others of the batch are answered; it is written down as a whole, and one call of it hangs.
        let taken = || fake.marks().keys().filter(|mark| new.contains(mark)).count();
        until("the other rooms got nothing", || async { taken() >= (ROOMS - 1) * EACH }).await;
        drop(life);
        answered += taken() - 1;
        expected.extend(new);
        if n % 2 == 1 {
            // Beyond Discord's memory of marks.
            clock.0.fetch_add(PAST, Ordering::SeqCst);
        }
    }
    fake.faults().stop();
    live_in_peace(folder, "SELECT count(*) FROM nudges WHERE state IN ('leased', 'sending')").await;
    live_in_peace(folder, "SELECT count(*) FROM nudges WHERE subject = 'kills' AND state <> 'done'").await;
    let held: BTreeMap<String, usize> = fake.marks();
    let once = expected.iter().filter(|mark| held.get(*mark) == Some(&1)).count();
    let doubled: Vec<_> = held.iter().filter(|(_, n)| **n > 1).collect();
    let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    assert_eq!((once, doubled), (KILLS * ROOMS * EACH, vec![]), "{}", log());
    println!("{KILLS} kills, {once} messages, {answered} of them answered and not yet written down");
    fake.must_be_clean();
}
