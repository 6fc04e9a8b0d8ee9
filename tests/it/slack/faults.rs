//! Months of the council on a Slack that misbehaves, by a seed: every fault of the plan, thousands of acts. The judge
//! reads what Slack holds and what the core took: nothing lost, nothing doubled, everything acknowledged in time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use roundtable::adapters::slack::transport::api::Reach;
use roundtable::clock::{Clock as _, VirtualClock};

use super::desk::idle_as_time_passes;
use super::fake::read::field_name;
use super::fake::{CallFault, Control, Delivered, Fake, Faults, Options, SocketFault, Spot};
use crate::faults::wanted;
use crate::harness::slack::{Adapter, Setup, TEAM, config_for, copy_of_the_published_council, hasty};
use crate::harness::{days, hours};

/// Days that are lived through, unless `ROUNDTABLE_FAULT_DAYS` says otherwise.
const DAYS: i64 = 10;
/// Seed of the faults and of what people do, unless `ROUNDTABLE_FAULT_SEED` says otherwise.
const SEED: u64 = 4_711;
/// Acts of a day.
const ACTS: usize = 40;
/// People who act at the same moment.
const AT_ONCE: usize = 8;
/// How long an acknowledgement is waited for before the person tries again, or Slack delivers again.
const PATIENCE: Duration = Duration::from_millis(700);
/// How often to look whether anybody is connected.
const BEAT: Duration = Duration::from_millis(250);
/// How often somebody tries again.
const TRIES: usize = 12;
/// How often to look whether a window has opened.
const LOOKS: usize = 60;
/// What Slack allows.
const IN_TIME: Duration = Duration::from_secs(3);

/// The plan: one call in twelve fails, one delivery in twelve is disturbed.
fn plan(seed: u64) -> Faults {
    Faults::seeded(
        seed,
        &[
            (CallFault::TooMany, 8),
            (CallFault::FailedBefore, 14),
            (CallFault::FailedAfter, 12),
            (CallFault::InternalError, 8),
            (CallFault::Html, 10),
            (CallFault::DoneDropped, 12),
            (CallFault::Reset, 12),
            (CallFault::DoneHang, 3),
            (CallFault::Hang, 3),
        ],
        &[
            (SocketFault::Twice, 25),
            (SocketFault::Again, 25),
            (SocketFault::Refresh, 10),
            (SocketFault::Reset, 15),
            (SocketFault::Silent, 2),
        ],
    )
}

/// What came of all acts.
#[derive(Debug, Default)]
struct Ledger {
    sent: usize,
    repeated: usize,
    late: usize,
    forms: usize,
    lost: Vec<String>,
    slowest: Duration,
    expected: BTreeMap<String, String>,
}

struct Months {
    fake: Fake,
    adapter: Adapter,
    clock: Arc<VirtualClock>,
    people: Vec<String>,
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
    /// The profile's form: this industry is put in.
    Form(String),
}

/// What came of insisting.
struct Tried {
    tries: Vec<Delivered>,
    /// Whether a form could be filed; without a window there is nothing to file.
    filed: bool,
}

impl Months {
    async fn begin(seed: u64) -> Self {
        let (folder, store, world, at) = copy_of_the_published_council().await;
        let clock = Arc::new(VirtualClock::at(at));
        let team = world.team(TEAM);
        let people: Vec<String> = team.users.values().filter(|u| !u.is_bot).map(|u| u.id.clone()).collect();
        let options = Options { faults: plan(seed), patience: PATIENCE, ..Options::new(clock.clone()) };
        let fake = Fake::start(world, options).await;
        let patience = Duration::from_millis(500);
        let reach = Reach { timeout: patience, view_timeout: patience, ..hasty() };
        let config = config_for(&fake);
        let adapter =
            Adapter::open(Setup { store, clock: clock.clone(), session: seed + 1_000, reach, config });
        fake.connected(1).await;
        let (count, time) = (fake.count_sockets(), clock.clone());
        // The adapter looks after connections that hang by this clock, which stands still while people wait.
        let passing = tokio::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                if count() == 0 {
                    time.turn_to(time.now().plus_secs(1));
                }
            }
        });
        let chance = ChaCha12Rng::seed_from_u64(seed);
        let ledger = Ledger::default();
        Self { fake, adapter, clock, people, chance, serial: 0, ledger, passing, _folder: folder }
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
            7 if n.is_multiple_of(2) => Act::Form(format!("form {n}")),
            7 => Act::Command("inbox".into()),
            _ => {
                let all = self.fake.controls(TEAM, who);
                let come = all
                    .into_iter()
                    .find(|c| c.label == "I will come" && matches!(c.spot, Spot::Message { .. }));
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
            let done = join_all(acts.iter().map(|(who, act)| insist(&self.fake, who, act))).await;
            for ((who, act), tried) in acts.iter().zip(done) {
                if let (Act::Form(industry), true) = (act, tried.filed) {
                    self.ledger.expected.insert(format!("{who} industry"), industry.clone());
                    self.ledger.forms += 1;
                }
                self.note(who, &tried.tries);
            }
            self.idle().await;
        }
    }

    fn note(&mut self, who: &str, tries: &[Delivered]) {
        self.ledger.sent += tries.len();
        self.ledger.repeated += tries.iter().filter(|delivered| delivered.ack.is_none()).count();
        match tries.last().filter(|last| last.ack.is_some()) {
            None => self.ledger.lost.push(format!("{who}: nothing was ever acknowledged")),
            Some(last) => {
                self.ledger.late += usize::from(last.after > IN_TIME);
                self.ledger.slowest = self.ledger.slowest.max(last.after);
            }
        }
    }

    async fn idle(&self) {
        idle_as_time_passes(&self.adapter, &self.clock).await;
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
}

/// Does something again and again until it is acknowledged, as people do.
async fn insist(fake: &Fake, who: &str, act: &Act) -> Tried {
    let lobby = {
        let world = fake.world();
        let lobby = world.team(TEAM).channels.values().find(|c| c.name == "lobby");
        lobby.expect("the lobby").id.clone()
    };
    let mut tries = Vec::new();
    while tries.len() < TRIES {
        let delivered = match act {
            Act::Command(text) => fake.command(TEAM, who, &lobby, "/mentor", text).await,
            Act::Form(_) => fake.command(TEAM, who, &lobby, "/mentor", "profile").await,
            Act::Write(text) => fake.write(TEAM, who, text).await,
            Act::Press(control) => {
                let typed = serde_json::json!({ "value": control.element["value"] });
                fake.press(TEAM, who, control, &typed).await
            }
        };
        let done = delivered.ack.is_some();
        tries.push(delivered);
        if done {
            break;
        }
    }
    let mut filed = false;
    if let Act::Form(industry) = act
        && let Some(block) = opened(fake, who).await
    {
        let typed = BTreeMap::from([(block, industry.clone())]);
        while !filed && tries.len() < TRIES * 2 {
            let delivered = fake.submit(TEAM, who, &typed).await.expect("the form takes an industry");
            filed = delivered.ack.is_some();
            tries.push(delivered);
        }
    }
    Tried { tries, filed }
}

/// The field for the industry in somebody's window, once it is open; a call that fails may open none.
async fn opened(fake: &Fake, who: &str) -> Option<String> {
    for _ in 0..LOOKS {
        let block = {
            let world = fake.world();
            let blocks = world.team(TEAM).top(who).and_then(|view| view.value["blocks"].as_array().cloned());
            let ids = blocks
                .unwrap_or_default()
                .into_iter()
                .filter_map(|b| Some(b["block_id"].as_str()?.to_owned()));
            ids.into_iter().find(|id| field_name(id) == "industry")
        };
        if block.is_some() {
            return block;
        }
        tokio::time::sleep(BEAT / 10).await;
    }
    None
}

/// What Slack holds of what the core sent by itself: how many of each mark.
fn marks(fake: &Fake) -> BTreeMap<String, usize> {
    let world = fake.world();
    let posts =
        world.team(TEAM).channels.values().flat_map(|channel| &channel.posts).filter(|post| !post.deleted);
    let mut marks = BTreeMap::new();
    for id in posts.filter_map(|p| p.metadata.as_ref()?["event_payload"]["id"].as_str().map(str::to_owned)) {
        *marks.entry(id).or_default() += 1;
    }
    marks
}

impl Months {
    /// Messages lost and doubled, and acts whose effect is not there.
    async fn judge(&mut self) -> (Vec<String>, Vec<String>, usize) {
        let marks = marks(&self.fake);
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
        let doubled =
            marks.iter().filter(|(_, n)| **n > 1).map(|(id, n)| format!("{id} {n} times")).collect();
        (lost, doubled, sent.len())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_on_a_slack_that_misbehaves_lose_nothing_and_double_nothing() {
    let mut months = Months::begin(wanted("ROUNDTABLE_FAULT_SEED", SEED)).await;
    for _ in 0..wanted("ROUNDTABLE_FAULT_DAYS", DAYS) {
        months.day().await;
    }
    months.calm().await;
    let (lost, doubled, messages) = months.judge().await;
    let mut table = String::from("fault                 times\n");
    let played = months.fake.faults().played.clone();
    for (fault, times) in &played {
        let _ = writeln!(table, "{fault:<22}{times:>5}");
    }
    let Ledger { sent, repeated, late, slowest, forms, .. } = &months.ledger;
    let _ = writeln!(
        table,
        "acts {sent} (of them again because nobody acknowledged: {repeated}; forms filed: {forms}), messages {messages}, acknowledged after 3 \
         s: {late}, slowest {slowest:?}, lost {}, doubled {}",
        lost.len(),
        doubled.len()
    );
    println!("{table}");
    assert_eq!(lost, Vec::<String>::new(), "{table}");
    assert_eq!(doubled, Vec::<String>::new(), "{table}");
    assert_eq!(*late, 0, "{table}");
    assert!(played.values().sum::<u64>() > 50 && *sent > 200 && *forms > 5 && messages > 50, "{table}");
    months.fake.must_be_clean();
}
