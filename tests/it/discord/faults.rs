//! Months of the council on a Discord that misbehaves, by a seed: every fault of the plan, thousands of acts. The judge
//! reads what Discord holds and what the core took: nothing lost, nothing doubled, everything answered in time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use roundtable::adapters::discord::transport::Reach;
use roundtable::clock::{Clock as _, VirtualClock};
use roundtable::domain::civil::Instant;
use serde_json::Value;

use super::desk::idle_as_time_passes;
use super::fake::world::APP;
use super::fake::{CallFault, Control, Delivered, Fake, Faults, GatewayFault, Options};
use crate::faults::wanted;
use crate::harness::discord::{
    Adapter, GUILD, Setup, config_for, copy_of_the_published_council, hasty, options,
};
use crate::harness::{days, hours};

/// Days that are lived through, unless `ROUNDTABLE_FAULT_DAYS` says otherwise.
const DAYS: i64 = 6;
/// Seed of the faults and of what people do, unless `ROUNDTABLE_FAULT_SEED` says otherwise.
const SEED: u64 = 4_711;
/// Acts of a day.
const ACTS: usize = 32;
/// More faults than this have to be withstood.
const FEWEST: u64 = 30;
/// People who act at the same moment.
const AT_ONCE: usize = 8;
/// How long an answer is waited for before the person tries again.
const PATIENCE: Duration = Duration::from_millis(1_800);
/// How long a word of the bot is waited for before the person writes again.
const SPEECHLESS: Duration = Duration::from_millis(700);
/// Connections of the bot.
const SHARDS: u16 = 3;
/// How often to look.
const BEAT: Duration = Duration::from_millis(250);
/// How often somebody tries again.
const TRIES: usize = 12;
/// What Discord allows.
const IN_TIME: Duration = Duration::from_secs(3);

/// The plan: one call in twelve fails, one delivery in fifteen is disturbed.
fn plan(seed: u64) -> Faults {
    Faults::seeded(
        seed,
        &[
            (CallFault::TooMany, 8),
            (CallFault::TooManyGlobal, 2),
            (CallFault::TooManyShared, 4),
            (CallFault::FailedBefore, 14),
            (CallFault::FailedAfter, 12),
            (CallFault::InternalError, 8),
            (CallFault::Html, 6),
            (CallFault::DoneDropped, 12),
            (CallFault::Reset, 12),
            (CallFault::DoneHang, 3),
            (CallFault::Hang, 3),
        ],
        &[
            (GatewayFault::Twice, 30),
            (GatewayFault::Reconnect, 10),
            (GatewayFault::Reset, 12),
            (GatewayFault::Closed, 10),
            (GatewayFault::Invalid, 3),
            (GatewayFault::Zombie, 4),
            (GatewayFault::Refused, 4),
            (GatewayFault::Spins, 2),
        ],
    )
}

/// What came of all acts.
#[derive(Debug, Default)]
struct Ledger {
    sent: usize,
    repeated: usize,
    late: usize,
    lost: Vec<String>,
    slowest: Duration,
    expected: BTreeMap<String, String>,
}

struct Months {
    fake: Fake,
    adapter: Adapter,
    clock: Arc<VirtualClock>,
    people: Vec<String>,
    command: Value,
    chance: ChaCha12Rng,
    serial: usize,
    ledger: Ledger,
    passing: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for Months {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

/// Something that one person does now.
enum Act {
    Command(String),
    Write(String),
    Press(Control),
}

impl Months {
    async fn begin(seed: u64) -> Self {
        let (folder, store, world, at) = copy_of_the_published_council().await;
        let clock = Arc::new(VirtualClock::at(at));
        let members = world.guild(GUILD).members.keys();
        let people: Vec<String> =
            members.filter(|id| *id != APP && world.direct_of(id).is_some()).cloned().collect();
        let command = world.commands.values().flatten().next().cloned().expect("it is registered");
        let options = Options {
            faults: plan(seed),
            patience: PATIENCE,
            heartbeat: Duration::from_secs(1),
            shards: SHARDS,
            incomplete: true,
            ..Options::new(clock.clone())
        };
        let fake = Fake::start(world, options).await;
        let reach = Reach { timeout: Duration::from_millis(500), ..hasty() };
        let config = config_for(&fake);
        let adapter =
            Adapter::open(Setup { store, clock: clock.clone(), session: seed + 1_000, reach, config });
        fake.all_connected().await;
        let (count, time) = (fake.count_sessions(), clock.clone());
        let passing = tokio::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                // What was put off comes in its time, while people still try; without connections time goes faster.
                let passed = if count() < usize::from(SHARDS) { 4 * BEAT } else { BEAT };
                let passed = i64::try_from(passed.as_micros()).expect("a moment");
                time.turn_to(Instant::from_micros(time.now().as_micros() + passed));
            }
        });
        let chance = ChaCha12Rng::seed_from_u64(seed);
        let ledger = Ledger::default();
        Self { fake, adapter, clock, people, command, chance, serial: 0, ledger, passing, _folder: folder }
    }

    fn roll(&mut self, below: usize) -> usize {
        usize::try_from(self.chance.next_u64() % 1_000_000).expect("it is small") % below
    }

    fn act(&mut self, who: &str) -> Act {
        self.serial += 1;
        let n = self.serial;
        match self.roll(10) {
            0..4 => {
                self.ledger.expected.insert(format!("{who} industry"), format!("trade {n}"));
                Act::Command(format!("profile industry=\"trade {n}\""))
            }
            4..7 => {
                self.ledger.expected.insert(format!("{who} unit"), format!("unit {n}"));
                Act::Write(format!("profile unit=\"unit {n}\""))
            }
            7 => Act::Command("inbox".into()),
            _ => {
                let all = self.fake.controls(who);
                let come = all.into_iter().find(|control| control.label == "I will come");
                come.map_or(Act::Command("meetup next".into()), Act::Press)
            }
        }
    }

    /// One day: what is due goes out, and people do something, some at the same moment.
    async fn day(&mut self) {
        let target = self.clock.now().plus_secs(days(1));
        self.adapter.turn_to(&self.clock, target).await;
        let mut left = ACTS;
        while left > 0 {
            let mut chosen = BTreeSet::new();
            while chosen.len() < AT_ONCE.min(left) {
                let at = self.roll(self.people.len());
                chosen.insert(self.people[at].clone());
            }
            left -= chosen.len();
            let acts: Vec<(String, Act)> = chosen
                .into_iter()
                .map(|who| {
                    let act = self.act(&who);
                    (who, act)
                })
                .collect();
            let done = join_all(acts.iter().map(|(who, act)| self.insist(who, act))).await;
            for ((who, _), tries) in acts.iter().zip(done) {
                self.note(who, &tries);
            }
            self.idle().await;
        }
    }

    /// Does something again and again until it is answered, as people do.
    async fn insist(&self, who: &str, act: &Act) -> Vec<Delivered> {
        let lobby = self.fake.channel_named(GUILD, "lobby").expect("the lobby");
        let mut tries = Vec::new();
        while tries.len() < TRIES {
            let delivered = match act {
                Act::Command(line) => {
                    let options = options(&self.command, line).expect("the client lets everybody say it");
                    self.fake.command(who, &lobby, "mentor", options).await.expect("it is registered")
                }
                Act::Write(text) => self.write(who, text).await,
                Act::Press(control) => self.fake.press(who, control, &[]).await,
            };
            let done = delivered.ack.is_some();
            tries.push(delivered);
            if done {
                break;
            }
        }
        tries
    }

    /// Writes to the bot and waits a moment for its word: nobody acknowledges a message, and what is said while no
    /// session lives is lost.
    async fn write(&self, who: &str, text: &str) -> Delivered {
        let mark = self.fake.world().mark();
        self.fake.all_connected().await;
        self.fake.write(who, text);
        let word = async {
            while self.fake.sights(who, mark).is_empty() {
                tokio::time::sleep(BEAT / 10).await;
            }
        };
        let heard = tokio::time::timeout(SPEECHLESS, word).await;
        Delivered { ack: heard.is_ok().then_some(Value::Null), after: Duration::ZERO }
    }

    fn note(&mut self, who: &str, tries: &[Delivered]) {
        self.ledger.sent += tries.len();
        self.ledger.repeated += tries.len() - 1;
        match tries.last().filter(|last| last.ack.is_some()) {
            None => self.ledger.lost.push(format!("{who}: nothing was ever answered")),
            Some(last) => {
                self.ledger.late += usize::from(last.after > IN_TIME);
                self.ledger.slowest = self.ledger.slowest.max(last.after);
            }
        }
    }

    async fn idle(&self) {
        idle_as_time_passes(&self.adapter, &self.clock).await;
    }

    /// How many faults were played.
    fn faults(&self) -> u64 {
        self.fake.faults().played.values().sum()
    }

    /// Ends the faults and lets everything that was put off come to its end.
    async fn calm(&mut self) {
        self.fake.faults().stop();
        self.idle().await;
        for _ in 0..48 {
            let target = self.clock.now().plus_secs(hours(1));
            self.adapter.turn_to(&self.clock, target).await;
        }
    }

    /// Messages lost and doubled, and acts whose effect is not there.
    async fn judge(&mut self) -> (Vec<String>, Vec<String>, usize) {
        let marks = self.fake.marks();
        let store = self.adapter.core.store();
        let sent = "SELECT id FROM nudges WHERE state = 'done' AND remote_id IS NOT NULL AND kind NOT IN \
                    ('room.open', 'room.members', 'meetup.update', 'room.card')";
        let sent = crate::harness::texts(store, sent, &[]).await;
        let open = "SELECT kind || ' ' || state || ' ' || COALESCE(reason, '') FROM nudges WHERE state IN \
                    ('in_doubt', 'dead', 'sending', 'leased')";
        let mut lost = std::mem::take(&mut self.ledger.lost);
        lost.extend(crate::harness::texts(store, open, &[]).await);
        lost.extend(sent.iter().filter(|id| !marks.contains_key(*id)).map(|id| format!("message {id}")));
        let held = "SELECT a.external_id || ' industry|' || p.industry FROM persons p JOIN accounts a ON a.person_id = \
                    p.id UNION ALL SELECT a.external_id || ' unit|' || p.unit FROM persons p JOIN accounts a ON \
                    a.person_id = p.id";
        let held: BTreeMap<String, String> = crate::harness::texts(store, held, &[])
            .await
            .into_iter()
            .filter_map(|row| row.split_once('|').map(|(key, value)| (key.to_owned(), value.to_owned())))
            .collect();
        for (key, value) in &self.ledger.expected {
            if held.get(key) != Some(value) {
                lost.push(format!("{key}: {value}, but there is {:?}", held.get(key)));
            }
        }
        let mut doubled = Vec::new();
        for id in marks.iter().filter(|(_, n)| **n > 1).map(|(id, _)| id) {
            let row = "SELECT kind || ' ' || state || ' in ' || COALESCE(place, '?') || ', failed ' || tries || ' times, ' || \
                       COALESCE(reason, '') FROM nudges WHERE id = $1";
            let row = crate::harness::texts(store, row, &[id]).await;
            doubled.push(format!("{id} {row:?} at {:?}", held_at(&self.fake, id)));
        }
        (lost, doubled, sent.len())
    }
}

/// Where and when Discord took what carries this mark.
fn held_at(fake: &Fake, mark: &str) -> Vec<String> {
    let world = fake.world();
    let all = world.channels.values().flat_map(|channel| channel.messages.iter().map(move |m| (channel, m)));
    let marked = all.filter(|(_, message)| message.nonce.as_deref() == Some(mark) && !message.deleted);
    marked.map(|(channel, message)| format!("{:?} {} {}", channel.kind, channel.id, message.at)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_on_a_discord_that_misbehaves_lose_nothing_and_double_nothing() {
    if std::env::var_os("ROUNDTABLE_FAULT_LOG").is_some() {
        tracing_subscriber::fmt().with_env_filter("roundtable=info").with_test_writer().init();
    }
    let mut months = Months::begin(wanted("ROUNDTABLE_FAULT_SEED", SEED)).await;
    let days = wanted("ROUNDTABLE_FAULT_DAYS", DAYS);
    for _ in 0..days {
        months.day().await;
    }
    // Chance may have been kind; what was meant to be withstood has to come.
    for _ in 0..days {
        if months.faults() > FEWEST {
            break;
        }
        months.day().await;
    }
    months.calm().await;
    let (lost, doubled, messages) = months.judge().await;
    let mut table = String::from("fault                 times\n");
    let played = months.fake.faults().played.clone();
    for (fault, times) in &played {
        let _ = writeln!(table, "{fault:<22}{times:>5}");
    }
    let (begun, resumed) = months.fake.beginnings();
    let undecoded = months.adapter.inbound.standing().counts["undecoded"];
    let Ledger { sent, repeated, late, slowest, .. } = &months.ledger;
    let _ = writeln!(
        table,
        "{SHARDS} shards; sessions begun {begun}, resumed {resumed}; payloads the client could not decode {undecoded}; acts \
         {sent} (of them again because nobody answered: {repeated}), \
         messages {messages}, answered after 3 s: {late}, slowest {slowest:?}, lost {}, doubled {}",
        lost.len(),
        doubled.len()
    );
    println!("{table}");
    assert_eq!(lost, Vec::<String>::new(), "{table}");
    assert_eq!(doubled, Vec::<String>::new(), "{table}");
    assert_eq!(*late, 0, "{table}");
    assert!(months.faults() > FEWEST && *sent > 150 && messages > 30, "{table}");
    months.fake.must_be_clean();
}
