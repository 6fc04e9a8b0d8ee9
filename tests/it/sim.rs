//! A seeded simulator in one process: the same scripted year, a platform in memory whose faults take virtual time,
//! cores that are dropped at a random await point, clocks that jump, and two replicas on one database. The judge is
//! the same as for real kills; where the clock jumps it is the agreement of the database with the platform.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use roundtable::chat::messenger::Found;
use roundtable::chat::{Message, Messenger, Outcome, Place, RoomRequest};
use roundtable::clock::{Clock as _, Ids, VirtualClock};
use roundtable::content::Content;
use roundtable::core::{Core, Tick};
use roundtable::domain::civil::Instant;
use roundtable::store::{Store, StoreError};

use super::platform::{Call, Fault, Script, State, name_of, text_of};
use super::story::{self, PLATFORM, Seen, Story};

/// How long one test looks for new seeds, in seconds, unless `ROUNDTABLE_SIM_SECONDS` says otherwise.
const BUDGET: u64 = 6;
/// Every test tries at least this many seeds, however slow the machine is.
const FEWEST_SEEDS: u64 = 3;
/// The simulated part of the year: two meetups, and the days around them; it ends at night.
const HOURS: i64 = 45 * 24 + 14;
/// After the end nobody crashes any more, and what is in doubt is settled in this many minutes at most.
const MOST_MINUTES_TO_SETTLE: usize = 600;
/// A call that is late reaches the platform this much later, by the clock of the story: less than the 30 seconds
/// after which doubt is settled, more than the time a call is given.
const LATE_SECS: i64 = 20;

/// The platform in memory. What is late is stored when the clock has come to it.
struct Memory {
    state: Mutex<State>,
    late: Mutex<Vec<(Instant, Call)>>,
    clock: Arc<VirtualClock>,
    honesty: Honesty,
}

/// What a messenger makes of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Honesty {
    /// It says so.
    Honest,
    /// It says that nothing happened, as a job queue that tries again would.
    SaysNotYet,
    /// It says that all went well.
    SaysSent,
}

impl Memory {
    fn new(script: Script, clock: Arc<VirtualClock>, honesty: Honesty) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State::new(script)), late: Mutex::new(Vec::new()), clock, honesty })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        let mut state = self.state.lock().expect("nobody panics with the log in hand");
        let now = self.clock.now();
        self.late.lock().expect("nobody panics with the list in hand").retain(|(at, call)| {
            if *at <= now {
                state.store(call);
            }
            *at > now
        });
        state
    }

    fn call(&self, verb: &str, place: &str, marker: &str) -> Call {
        let at = self.clock.now().as_micros();
        Call { verb: verb.into(), place: place.into(), marker: marker.into(), at, ..Call::default() }
    }

    async fn change(&self, call: Call) -> Outcome {
        // The caller may be dropped before the call leaves, and after it arrived.
        tokio::task::yield_now().await;
        let outcome = self.decide(call);
        tokio::task::yield_now().await;
        match (self.honesty, outcome) {
            (Honesty::SaysNotYet, Outcome::InDoubt { reason }) => {
                Outcome::NotYet { retry_at: Some(self.clock.now().plus_secs(1)), reason }
            }
            (Honesty::SaysSent, Outcome::InDoubt { .. }) => Outcome::Sent { remote_id: "room:none".into() },
            (_, outcome) => outcome,
        }
    }

    fn decide(&self, call: Call) -> Outcome {
        let mut state = self.state();
        let now = self.clock.now();
        let doubt = |why: &str| Outcome::InDoubt { reason: why.to_owned() };
        match state.fault() {
            Some(Fault::TooMany) => {
                return Outcome::NotYet { retry_at: Some(now.plus_secs(2)), reason: "too many calls".into() };
            }
            Some(Fault::FailedBefore) => return doubt("failed"),
            // Only what may not be repeated is looked for before it is tried again.
            Some(Fault::StoredLate) if call.verb == "send" => {
                self.late
                    .lock()
                    .expect("nobody panics with the list in hand")
                    .push((now.plus_secs(LATE_SECS), call));
                return doubt("no answer in time");
            }
            Some(_) => {
                state.store(&call);
                return doubt("stored and not told");
            }
            None => {}
        }
        match state.store(&call) {
            Some(remote_id) => Outcome::Sent { remote_id },
            None => Outcome::Refused { reason: "there is no such place".into() },
        }
    }
}

#[async_trait]
impl Messenger for Memory {
    async fn send(&self, _workspace: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        self.change(Call { text: text_of(message), ..self.call("send", name_of(place), marker) }).await
    }

    async fn update(&self, _workspace: &str, place: &Place, remote_id: &str, message: &Message) -> Outcome {
        self.change(Call { text: text_of(message), ..self.call("update", name_of(place), remote_id) }).await
    }

    async fn open_room(&self, _workspace: &str, request: &RoomRequest) -> Outcome {
        let call = self.call("open", &request.name, &request.marker);
        self.change(Call { members: request.members.join(","), ..call }).await
    }

    async fn set_members(&self, _workspace: &str, room: &str, members: &[String]) -> Outcome {
        self.change(Call { members: members.join(","), ..self.call("members", room, "") }).await
    }

    async fn set_card(
        &self,
        _workspace: &str,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Outcome {
        let text = format!("{topic}\n{}", text_of(message));
        self.change(match card {
            Some(card) => Call { text, ..self.call("update", room, card) },
            None => Call { text, ..self.call("send", room, marker) },
        })
        .await
    }

    async fn find(&self, _workspace: &str, place: &Place, marker: &str, since: Instant) -> Found {
        tokio::task::yield_now().await;
        let call = Call { at: since.as_micros(), ..self.call("find", name_of(place), marker) };
        let mut state = self.state();
        if state.fails_to_read(marker) {
            return Found::Unreadable;
        }
        state.find(&call, Duration::ZERO).map_or(Found::No, |e| Found::Yes { remote_id: e.remote_id.clone() })
    }
}

/// A future that is dropped when it has been polled so many times: a crash in the middle of anything.
struct Cut<F> {
    inner: Option<Pin<Box<F>>>,
    polls: u64,
}

impl<F: Future> Future for Cut<F> {
    /// `None` when it was cut off.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let left = self.polls;
        self.polls = left.saturating_sub(1);
        let Some(inner) = self.inner.as_mut().filter(|_| left > 0) else {
            self.inner = None;
            return Poll::Ready(None);
        };
        inner.as_mut().poll(context).map(Some)
    }
}

fn cut_after<F: Future>(polls: u64, inner: F) -> Cut<F> {
    Cut { inner: Some(Box::pin(inner)), polls }
}

/// How a year is disturbed.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    crashes: bool,
    jumps: bool,
    replicas: usize,
    honesty: Honesty,
}

/// Nothing but the platform's faults.
const QUIET: Trouble = Trouble { crashes: false, jumps: false, replicas: 1, honesty: Honesty::Honest };

/// One simulated world.
struct World {
    clock: Arc<VirtualClock>,
    platform: Arc<Memory>,
    cores: Vec<Core>,
    chance: ChaCha12Rng,
    trouble: Trouble,
    crashes: usize,
}

impl World {
    fn new(store: &Store, content: &Arc<Content>, script: Script, seed: u64, trouble: Trouble) -> Self {
        let clock = Arc::new(VirtualClock::at(story::start()));
        let platform = Memory::new(script, clock.clone(), trouble.honesty);
        let cores = (0..trouble.replicas)
            .map(|replica| {
                let ids = Arc::new(Ids::from_seed(seed * 10 + replica as u64 + 1));
                Core::new(store.clone(), content.clone(), clock.clone(), ids)
                    .with_messenger(PLATFORM, platform.clone())
            })
            .collect();
        Self { clock, platform, cores, chance: ChaCha12Rng::seed_from_u64(seed), trouble, crashes: 0 }
    }

    /// Every replica ticks at the same time; any of them may be cut off.
    async fn tick(&mut self) -> bool {
        let cuts: Vec<u64> = self
            .cores
            .iter()
            .map(|_| {
                let dies = self.trouble.crashes && self.chance.next_u64().is_multiple_of(2);
                if dies { self.chance.next_u64() % 50 } else { u64::MAX }
            })
            .collect();
        let ticks = self.cores.iter().zip(cuts).map(|(core, polls)| cut_after(polls, core.tick()));
        let mut unfinished = false;
        for done in futures_util::future::join_all(ticks).await {
            match done {
                Some(Ok(Tick { unfinished: more, .. })) => unfinished |= more,
                // Two writers may run into each other; the next tick does what was left.
                Some(Err(StoreError::Unavailable(_))) => unfinished = true,
                Some(Err(error)) => panic!("a tick failed: {error}"),
                None => {
                    self.crashes += 1;
                    unfinished = true;
                }
            }
        }
        unfinished
    }

    async fn live(&mut self, story: &Story) {
        let end = story::start().plus_hours(HOURS);
        loop {
            let now = self.clock.now();
            for step in story.steps.iter().filter(|step| step.at == now.as_micros()) {
                // The platform delivers to every replica at once.
                futures_util::future::join_all(self.cores.iter().map(|core| core.handle(step.request())))
                    .await;
            }
            let mut turns = 0;
            while self.tick().await {
                turns += 1;
                assert!(turns < 2_000, "the dispatcher turns in circles at {now:?}");
            }
            if now >= end {
                return self.settle().await;
            }
            let due = self.cores[0].next_due().await.expect("the database answers").unwrap_or(end);
            let step = story.steps.iter().map(|step| step.at).find(|at| *at > now.as_micros());
            let mut next = step.map_or(due, |at| due.min(Instant::from_micros(at)));
            if self.trouble.jumps && self.chance.next_u64().is_multiple_of(12) {
                let long = self.chance.next_u64().is_multiple_of(12);
                next = if long { now.plus_days(30) } else { now.plus_hours(1) };
            }
            if next == now {
                // Another replica holds what is due; it was told so by the database.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            self.clock.turn_to(next.max(now).min(end));
        }
    }
}

impl World {
    /// Minute by minute until nothing is on its way.
    async fn settle(&mut self) {
        self.trouble.crashes = false;
        for _ in 0..MOST_MINUTES_TO_SETTLE {
            let rows = story::nudges(self.cores[0].store()).await;
            if !rows.iter().any(|row| ["leased", "sending", "in_doubt"].contains(&row.state.as_str())) {
                return;
            }
            self.clock.turn_to(self.clock.now().plus_minutes(1));
            while self.tick().await {}
        }
        panic!("some doubt is never settled");
    }
}

/// A founded year that can be copied.
struct Founded {
    folder: tempfile::TempDir,
    content: Arc<Content>,
    story: Story,
}

impl Founded {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let content = Arc::new(Content::builtin());
        let store = story::open(&folder.path().join("founded.db").display().to_string()).await;
        let plot = story::found(&store, &content).await;
        store.close().await;
        Self { folder, content, story: plot }
    }

    async fn copy(&self, name: &str) -> Store {
        let path = self.folder.path().join(format!("{name}.db"));
        copy_file(&self.folder.path().join("founded.db"), &path);
        story::open(&path.display().to_string()).await
    }

    /// What people see when nothing goes wrong.
    async fn undisturbed(&self) -> Seen {
        let store = self.copy("undisturbed").await;
        let mut world = World::new(&store, &self.content, Script::faultless(), 1, QUIET);
        world.live(&self.story).await;
        let seen = story::seen(&world.platform.state());
        assert!(seen.posts.len() > 40, "two months have more than {} messages", seen.posts.len());
        seen
    }
}

fn copy_file(from: &Path, to: &Path) {
    std::fs::copy(from, to).expect("the database file can be copied");
}

/// Seeds until the time is up.
fn seeds() -> impl Iterator<Item = u64> {
    let began = tokio::time::Instant::now();
    let said = std::env::var_os("ROUNDTABLE_SIM_SECONDS").and_then(|value| value.to_str()?.parse().ok());
    let budget = Duration::from_secs(said.unwrap_or(BUDGET));
    (1..).take_while(move |seed| *seed <= FEWEST_SEEDS || began.elapsed() < budget)
}

/// What the database says was sent is on the platform once, and nothing else is.
async fn must_agree(store: &Store, platform: &Memory, what: &str) {
    let rows = story::nudges(store).await;
    let state = platform.state();
    let mut posts: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in state.log.iter().filter(|entry| entry.call.verb == "send") {
        let before = posts.insert(&entry.call.marker, &entry.remote_id);
        assert_eq!(before, None, "{what}: a message was stored twice");
    }
    for story::Row { id, kind, state, reason, remote_id } in rows {
        let post = posts.remove(id.as_str());
        let changes_another = ["room.open", "room.members", "room.card", "meetup.update", "meetup.card"]
            .contains(&kind.as_str());
        match state.as_str() {
            "done" if post.is_none() => {
                assert!(changes_another || remote_id.is_none(), "{what}: {kind} {id} was never stored");
            }
            "done" => assert_eq!(post, remote_id.as_deref(), "{what}: {kind} {id} has another message's id"),
            "ready" | "skipped" => {
                assert_eq!(post, None, "{what}: {kind} {id} is {state} and was stored: {reason:?}");
                assert!(
                    state == "ready" || reason.is_some(),
                    "{what}: {kind} {id} was skipped without a reason"
                );
            }
            other => panic!("{what}: {kind} {id} is left {other}: {reason:?}"),
        }
    }
    assert_eq!(posts.pop_first(), None, "{what}: the platform has what the database does not know");
}

#[tokio::test]
async fn crashes_at_any_await_point_lose_nothing_and_send_nothing_twice() {
    let founded = Founded::new().await;
    let undisturbed = founded.undisturbed().await;
    let (mut crashes, mut last) = (0, 0);
    for seed in seeds() {
        let store = founded.copy(&seed.to_string()).await;
        let trouble = Trouble { crashes: true, ..QUIET };
        let mut world = World::new(&store, &founded.content, Script::seeded(seed), seed, trouble);
        world.live(&founded.story).await;
        let what = format!("seed {seed}");
        story::judge(&world.platform.state(), &undisturbed).must_be_clean(&what);
        must_agree(&store, &world.platform, &what).await;
        (crashes, last) = (crashes + world.crashes, seed);
    }
    println!("{last} seeds, {crashes} crashes");
    assert!(crashes > 20, "only {crashes} crashes");
}

#[tokio::test]
async fn whatever_the_clock_does_the_database_and_the_platform_agree_and_nothing_is_sent_twice() {
    let founded = Founded::new().await;
    let undisturbed = founded.undisturbed().await;
    for seed in seeds() {
        let store = founded.copy(&format!("jump-{seed}")).await;
        let trouble = Trouble { crashes: true, jumps: true, ..QUIET };
        let mut world = World::new(&store, &founded.content, Script::seeded(seed), seed, trouble);
        world.live(&founded.story).await;
        let what = format!("seed {seed}");
        must_agree(&store, &world.platform, &what).await;
        let seen = story::seen(&world.platform.state());
        let twice = seen
            .posts
            .iter()
            .find(|(key, count)| **count > undisturbed.posts.get(*key).copied().unwrap_or(1));
        assert_eq!(twice, None, "{what}: a place got the same words more often than in a quiet year");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_on_one_database_send_everything_once_between_them() {
    let Some(first) = crate::postgres::database() else { return };
    let content = Arc::new(Content::builtin());
    let undisturbed = Founded::new().await.undisturbed().await;
    let mut address = Some(first);
    for seed in seeds() {
        let store =
            story::open(&address.take().unwrap_or_else(|| crate::postgres::database().expect("Postgres")))
                .await;
        let plot = story::found(&store, &content).await;
        let trouble = Trouble { crashes: seed % 2 == 0, replicas: 2, ..QUIET };
        let mut world = World::new(&store, &content, Script::seeded(seed), seed, trouble);
        world.live(&plot).await;
        let what = format!("seed {seed}");
        story::judge(&world.platform.state(), &undisturbed).must_be_clean(&what);
        must_agree(&store, &world.platform, &what).await;
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_no_half_begun_transaction_to_the_next_one() {
    let Some(address) = crate::postgres::database() else { return };
    let store = story::open(&address).await;
    for round in 0..200_u64 {
        let _ = cut_after(round % 5, store.read()).await;
        let _ = cut_after(round / 5 % 5, store.begin()).await;
        let mut tx = store.begin().await.expect("a writing transaction begins");
        tx.mark_setting("round", &round.to_string()).await.expect("it can write");
        tx.commit().await.expect("it can commit");
        let mut tx = store.read().await.expect("a reading transaction begins");
        let seen = tx.find_setting("round").await.expect("it can read");
        assert_eq!(seen, Some(round.to_string()), "what was committed is there for all");
    }
}

#[tokio::test]
async fn the_judge_sees_what_is_lost_and_what_is_doubled() {
    let founded = Founded::new().await;
    let undisturbed = founded.undisturbed().await;
    let store = founded.copy("whole").await;
    let mut world = World::new(&store, &founded.content, Script::faultless(), 1, QUIET);
    world.live(&founded.story).await;
    let mut state = world.platform.state();
    story::judge(&state, &undisturbed).must_be_clean("an undisturbed year");
    let at = state.log.iter().position(|entry| entry.call.verb == "send").expect("something was sent");
    let gone = state.log.remove(at);
    assert_eq!(story::judge(&state, &undisturbed).lost.len(), 1);
    state.log.push(gone.clone());
    state.log.push(gone);
    let verdict = story::judge(&state, &undisturbed);
    assert_eq!((verdict.doubled.len(), verdict.extra.len(), verdict.lost.len()), (1, 1, 0));
}

#[tokio::test]
async fn a_bot_that_took_doubt_for_a_yes_or_a_no_would_be_found_out() {
    let founded = Founded::new().await;
    let undisturbed = founded.undisturbed().await;
    for honesty in [Honesty::SaysNotYet, Honesty::SaysSent] {
        let store = founded.copy(&format!("{honesty:?}")).await;
        let mut world =
            World::new(&store, &founded.content, Script::seeded(3), 3, Trouble { honesty, ..QUIET });
        world.live(&founded.story).await;
        let mut state = world.platform.state();
        // A message that was never posted cannot be changed; the judge would stop there.
        let posted: Vec<String> = state.log.iter().map(|entry| entry.remote_id.clone()).collect();
        state.log.retain(|entry| entry.call.verb != "update" || posted.contains(&entry.call.marker));
        let verdict = story::judge(&state, &undisturbed);
        let caught = if honesty == Honesty::SaysSent { &verdict.lost } else { &verdict.doubled };
        assert!(!caught.is_empty(), "{honesty:?} went unnoticed");
    }
}
