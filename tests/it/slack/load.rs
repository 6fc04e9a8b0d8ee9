//! Two measurements against the strict Slack with its published rates on: how fast deliveries are acknowledged while a
//! pulse to thousands goes out and some handlers are slow, and how much of the permitted rate a fan-out reaches. They
//! print tables; what they assert is never a time.
//! `cargo nextest run --run-ignored only slack::load --no-capture`

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use roundtable::adapters::slack::PLATFORM;
use roundtable::adapters::slack::inbound::socket::CONNECTIONS;
use roundtable::adapters::slack::transport::api::Reach;
use roundtable::adapters::slack::transport::methods::Rates;
use roundtable::clock::Clock;
use roundtable::core::{Actor, Core, Input, Reply, Request};
use roundtable::domain::civil::{Instant, Zone};
use roundtable::domain::ids::{AccountId, PersonId};
use roundtable::domain::words::{Need, Presence, Role};
use roundtable::scheduler::{self, Work};
use roundtable::store::Store;
use roundtable::store::people::{Account, Person};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant as Monotonic, MissedTickBehavior};

use super::fake::{CallFault, Delivered, Fake, Kind, Options, User};
use crate::harness::slack::{Adapter, Setup, TEAM, config_for, enter, id_of, world};
use crate::harness::{numbers, start};

/// Who gets the pulse while commands arrive.
const RECIPIENTS: usize = 5_000;
/// Commands in a second, and for how many seconds.
const PER_SECOND: u32 = 200;
const SECONDS: u32 = 20;
/// So many people type them.
const TYPISTS: usize = 1_000;
/// Direct messages of the fan-out, unless `ROUNDTABLE_FANOUT` says otherwise: four minutes at Slack's rate.
const FANOUT: usize = 1_200;
/// The messages that any sixty seconds of one workspace may hold: Slack's "several hundred", read strictly.
const PERMITTED: usize = 300;
/// A run that has not come to its end by then is stuck.
const STUCK: Duration = Duration::from_hours(1);

/// Runs at the speed of the machine's clock, from the Monday morning on which all stories begin.
struct Running(Monotonic);

impl Clock for Running {
    fn now(&self) -> Instant {
        let passed = i64::try_from(self.0.elapsed().as_micros()).expect("a test is short");
        Instant::from_micros(start().as_micros() + passed)
    }
}

/// What the scheduler drives.
struct Driver(Arc<Core>);

#[async_trait]
impl Work for Driver {
    async fn tick(&self) -> Result<bool, String> {
        self.0.tick().await.map(|tick| tick.unfinished).map_err(|error| error.to_string())
    }

    async fn next_due(&self) -> Result<Option<Instant>, String> {
        self.0.next_due().await.map_err(|error| error.to_string())
    }

    async fn woken(&self) {
        self.0.woken().await;
    }
}

/// A Slack full of people, all of them in one program, and the bot wired as the program wires it.
struct Crowd {
    fake: Arc<Fake>,
    adapter: Adapter,
    clock: Arc<Running>,
    lobby: String,
    _folder: tempfile::TempDir,
}

fn account(n: usize) -> String {
    format!("U0P{n}")
}

fn user(n: usize) -> User {
    User {
        id: account(n),
        team: TEAM.into(),
        name: format!("p{n}"),
        real_name: format!("Person {n}"),
        email: format!("p{n}@council.example"),
        tz: "Europe/Berlin".into(),
        ..User::default()
    }
}

fn person(n: usize) -> Person {
    Person {
        id: PersonId::new(format!("p{n:08}")),
        name: format!("Person {n}"),
        organisation: format!("Organisation {}", n % 97),
        unit: String::new(),
        industry: format!("Industry {}", n % 11),
        level: 3,
        need: Need::Mentor,
        interests: String::new(),
        needs: "stakeholders".into(),
        offers: "workload".into(),
        languages: "en".into(),
        zone: Zone::parse("Europe/Berlin").expect("a zone"),
        zone_chosen: 0,
        availability: "mon-fri 8:00-18:00".into(),
        capacity: 0,
        answer_hours: 0,
        manager_id: None,
        send_from: "07:00".into(),
        send_to: "19:00".into(),
        workdays: "1111100".into(),
        quiet_from: None,
        quiet_to: None,
        snooze_until: None,
        muted: String::new(),
        profile_at: Some(start()),
        created_at: start(),
        updated_at: start(),
        office_years: 0,
        in_office: 0,
        new_to: String::new(),
        findable: 0,
    }
}

impl Crowd {
    async fn gather(people: usize) -> Self {
        let clock = Arc::new(Running(Monotonic::now()));
        let mut world = world();
        enter(&mut world, "Boss Hill", "Europe/Berlin");
        let everybody = (0..people).map(user);
        world.team_mut(TEAM).users.extend(everybody.map(|user| (user.id.clone(), user)));
        let channels = &mut world.team_mut(TEAM).channels;
        let lobby = channels.values_mut().find(|c| c.kind == Kind::Public).expect("the lobby");
        lobby.members.extend((0..people).map(account));
        let lobby = lobby.id.clone();
        let patience = Duration::from_mins(1);
        let options = Options { limited: true, patience, ..Options::new(clock.clone()) };
        let fake = Arc::new(Fake::start(world, options).await);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("roundtable.db").display().to_string();
        let store = Store::open(&path).await.expect("it opens");
        store.migrate(None).await.expect("the tables are there");
        let config = config_for(&fake);
        let setup = Setup { store, clock: clock.clone(), session: 1, reach: Reach::default(), config };
        let adapter = Adapter::open(setup);
        fake.connected(CONNECTIONS as usize).await;
        let crowd = Self { fake, adapter, clock, lobby, _folder: folder };
        crowd.found(people).await;
        crowd
    }

    async fn boss(&self, n: usize, text: &str) {
        let actor = Actor {
            external_id: id_of("boss"),
            handle: "boss".into(),
            name: "Boss Hill".into(),
            zone: Some("Europe/Berlin".into()),
            admin: true,
            ..Actor::default()
        };
        let request = Request {
            platform: PLATFORM.into(),
            workspace: TEAM.into(),
            actor,
            room: None,
            delivery: format!("boss-{n}"),
            input: Input::Text(text.into()),
        };
        let reply = self.adapter.core.handle(request).await;
        assert!(matches!(reply, Reply::Private(_) | Reply::Public(_)), "{text}: {reply:?}");
    }

    /// The program, by real commands; its people straight into the tables.
    async fn found(&self, people: usize) {
        let create = "program create name=Bench slug=bench goal=speed starts=2027-01-04 ends=2028-01-03 \
                      zone=Europe/Berlin cadence=monthly waves=2";
        for (n, text) in [create, "program open bench"].into_iter().enumerate() {
            self.boss(n, text).await;
        }
        self.adapter.settle().await;
        let mut tx = self.store().begin().await.expect("a transaction");
        let workspace = tx.find_workspace(PLATFORM, TEAM).await.expect("read").expect("it is there");
        let program = tx.find_program("bench").await.expect("read").expect("it was founded");
        let boss = tx.find_account(&workspace.id, &id_of("boss")).await.expect("read").expect("there");
        for n in 0..people {
            let person = person(n);
            tx.insert_person(&person).await.expect("kept");
            let account = Account {
                id: AccountId::new(format!("a{n:08}")),
                person_id: person.id.clone(),
                workspace_id: workspace.id.clone(),
                external_id: account(n),
                handle: format!("p{n}"),
                admin: 0,
                state: Presence::Active,
                dm_room: None,
                created_at: start(),
                email: None,
                name: None,
            };
            tx.insert_account(&account).await.expect("kept");
            let role = Role::Participant;
            tx.insert_role(&program.id, &person.id, role, &boss.person_id, start()).await.expect("kept");
            tx.insert_charter(&program.id, &person.id, "1", start()).await.expect("kept");
        }
        tx.commit().await.expect("kept");
    }

    fn store(&self) -> &Store {
        self.adapter.core.store()
    }

    /// Opens the pulse; everybody's invitation is due at once and not spread over two hours.
    async fn open_pulse(&self, people: usize) -> (watch::Sender<bool>, JoinHandle<()>) {
        self.boss(100, "pulse open bench").await;
        let now = self.clock.now().as_micros().to_string();
        let due = "UPDATE nudges SET due_at = CAST($1 AS INTEGER) WHERE kind = 'pulse.invite' RETURNING 1";
        let due = self.meddle(due, &now).await;
        assert_eq!(due, people, "everybody is invited");
        let (stop, stopped) = watch::channel(false);
        let driver = Arc::new(Driver(self.adapter.core.clone()));
        let clock: Arc<dyn Clock> = self.clock.clone();
        (stop, tokio::spawn(scheduler::run(driver, clock, stopped)))
    }

    async fn meddle(&self, sql: &'static str, bind: &str) -> usize {
        let mut tx = self.store().begin().await.expect("a transaction");
        let rows: Vec<(i64,)> = match &mut tx {
            roundtable::store::Tx::Sqlite(link) => {
                sqlx::query_as(sql).bind(bind).fetch_all(&mut **link).await.expect("a change")
            }
            roundtable::store::Tx::Postgres(_) => unreachable!("measured on SQLite"),
        };
        tx.commit().await.expect("kept");
        rows.len()
    }

    /// When each marked direct message came, by the account it came to.
    fn delivered(&self) -> BTreeMap<String, Vec<i64>> {
        let world = self.fake.world();
        let team = world.team(TEAM);
        let mut came: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for channel in team.channels.values().filter(|c| c.kind == Kind::Im) {
            let Some(who) = channel.members.iter().find(|m| **m != team.bot_user) else { continue };
            let marked = channel.posts.iter().filter(|p| p.metadata.is_some() && !p.deleted);
            came.entry(who.clone()).or_default().extend(marked.map(|p| micros(&p.ts)));
        }
        came.retain(|who, _| *who != id_of("boss"));
        came
    }

    /// Posts that were refused for coming too fast: in all, and after the first ten posts.
    fn refused(&self) -> (usize, usize) {
        let world = self.fake.world();
        let posts: Vec<bool> = world
            .calls
            .iter()
            .filter(|call| call.method == "chat.postMessage")
            .map(|call| call.result == "ratelimited")
            .collect();
        let count = |posts: &[bool]| posts.iter().filter(|refused| **refused).count();
        (count(&posts), count(posts.get(10..).unwrap_or_default()))
    }

    async fn until(&self, what: &str, mut done: impl AsyncFnMut(&Self) -> bool) {
        let begun = Monotonic::now();
        while !done(self).await {
            assert!(begun.elapsed() < STUCK, "{what}: it never comes to an end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn end(self, stop: watch::Sender<bool>, scheduler: JoinHandle<()>) {
        stop.send_replace(true);
        scheduler.await.expect("without a panic");
        self.adapter.shut().await;
        // How late is printed above; here it is no finding.
        let mut findings = self.fake.take_findings();
        findings.retain(|finding| !finding.contains("acknowledged after"));
        assert_eq!(findings, Vec::<String>::new());
    }
}

/// A message's time.
fn micros(ts: &str) -> i64 {
    ts.replace('.', "").parse().expect("seconds and six more digits")
}

/// The most of these moments that any sixty seconds hold.
fn fullest_minute(sorted: &[i64]) -> usize {
    let ends = sorted.iter().enumerate();
    ends.map(|(at, end)| at + 1 - sorted.partition_point(|t| *t <= end - 60_000_000)).max().unwrap_or(0)
}

/// What a person types, by turns: reading and writing.
fn typed(n: u32) -> String {
    match n % 4 {
        0 => format!("profile industry=\"trade {n}\""),
        1 => "inbox".into(),
        2 => "meetup next".into(),
        _ => format!("profile unit=\"unit {n}\""),
    }
}

/// Sends commands at an even pace, whatever becomes of those before.
async fn rain(crowd: &Crowd) -> Vec<(usize, Delivered)> {
    let mut pace = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut drops = JoinSet::new();
    for n in 0..PER_SECOND * SECONDS {
        pace.tick().await;
        if n % (PER_SECOND / 2) == 0 {
            // Twice a second an answer takes ten seconds, and once a second nobody can be looked up.
            crowd.fake.faults().next_call("response_url", CallFault::DoneHang);
        }
        if n % PER_SECOND == 0 {
            crowd.fake.faults().next_call("users.info", CallFault::Hang);
        }
        let who = usize::try_from(n).expect("small") % TYPISTS;
        let (fake, lobby) = (crowd.fake.clone(), crowd.lobby.clone());
        drops.spawn(
            async move { (who, fake.command(TEAM, &account(who), &lobby, "/mentor", &typed(n)).await) },
        );
    }
    drops.join_all().await
}

/// Whose commands were not answered exactly once: account, typed, answered.
fn unanswered(crowd: &Crowd, sent: &BTreeMap<String, usize>) -> Vec<(String, usize, usize)> {
    let world = crowd.fake.world();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for only in world.team(TEAM).channels[&crowd.lobby].posts.iter().filter_map(|p| p.only.as_deref()) {
        *seen.entry(only).or_default() += 1;
    }
    let answers = |who: &str| seen.get(who).copied().unwrap_or(0);
    let wrong = sent.iter().filter(|(who, n)| answers(who) != **n);
    wrong.map(|(who, n)| (who.clone(), *n, answers(who))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo nextest run --run-ignored only slack::load"]
async fn every_command_is_acknowledged_while_a_pulse_goes_out_and_handlers_are_slow() {
    let crowd = Crowd::gather(RECIPIENTS).await;
    let (stop, scheduler) = crowd.open_pulse(RECIPIENTS).await;
    crowd.until("the pulse", async |crowd| crowd.delivered().len() >= 20).await;
    let begun = Monotonic::now();
    let drops = rain(&crowd).await;
    let rained = begun.elapsed();
    let waiting = "SELECT count(*) FROM inbox WHERE state = 'waiting'";
    crowd.until("the inbox", async |crowd| numbers(crowd.store(), waiting, &[]).await[0] == 0).await;
    let worked = begun.elapsed();
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for (who, _) in &drops {
        *sent.entry(account(*who)).or_default() += 1;
    }
    let lost = drops.iter().filter(|(_, drop)| drop.ack.is_none()).count();
    let busy =
        drops.iter().filter(|(_, drop)| drop.ack.as_ref().is_some_and(|ack| ack["text"].is_string())).count();
    let mut after: Vec<Duration> = drops.iter().map(|(_, drop)| drop.after).collect();
    after.sort_unstable();
    let at = |per_mille: usize| after[(after.len() - 1) * per_mille / 1_000].as_secs_f64() * 1_000.0;
    let came = crowd.delivered();
    let doubled = came.values().filter(|times| times.len() > 1).count();
    let slow = crowd.fake.faults().played.clone();
    let (refused, _) = crowd.refused();
    println!(
        "| acknowledged commands | median ms | p99 ms | worst ms | refused as busy | not acknowledged |\n\
         |---:|---:|---:|---:|---:|---:|\n| {} | {:.1} | {:.1} | {:.1} | {busy} | {lost} |\n\
         sent in {:.1} s, all carried out after {:.1} s; hanging calls {slow:?}; meanwhile {} of {RECIPIENTS} \
         invitations out, doubled {doubled}, posts refused {refused}; {}",
        drops.len() - lost,
        at(500),
        at(990),
        at(1_000),
        rained.as_secs_f64(),
        worked.as_secs_f64(),
        came.len(),
        if cfg!(debug_assertions) { "unoptimised build" } else { "optimised build" },
    );
    assert_eq!(lost, 0, "every envelope is acknowledged");
    let wrong = unanswered(&crowd, &sent);
    assert!(wrong.is_empty(), "answered not exactly once (who, typed, answered): {wrong:?}");
    assert_eq!(doubled, 0, "nobody is invited twice");
    assert!(slow.values().sum::<u64>() > 0, "slow handlers are part of it");
    crowd.end(stop, scheduler).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo nextest run --run-ignored only slack::load"]
async fn a_fan_out_reaches_everybody_once_at_nearly_the_permitted_rate() {
    let said = std::env::var_os("ROUNDTABLE_FANOUT").and_then(|value| value.to_str()?.parse().ok());
    let people = said.unwrap_or(FANOUT);
    let crowd = Crowd::gather(people).await;
    let (stop, scheduler) = crowd.open_pulse(people).await;
    let open = "SELECT count(*) FROM nudges WHERE kind = 'pulse.invite' AND state IN ('ready', 'leased', 'sending', \
                'in_doubt')";
    crowd.until("the fan-out", async |crowd| numbers(crowd.store(), open, &[]).await[0] == 0).await;
    let came = crowd.delivered();
    let mut times: Vec<i64> = came.values().flatten().copied().collect();
    times.sort_unstable();
    let span = times.last().expect("something came") - times[0];
    #[allow(clippy::cast_precision_loss)] // Counts and microseconds of one run.
    let rate = (times.len() - 1) as f64 / (span.max(1) as f64 / 60e6);
    #[allow(clippy::cast_precision_loss)]
    let share = rate / PERMITTED as f64 * 100.0;
    let ((refused, later), fullest) = (crowd.refused(), fullest_minute(&times));
    println!(
        "| direct messages | permitted a minute | aimed at | reached a minute | share | fullest 60 s | 429 | 429 after \
         the first ten |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n| {} | {PERMITTED} | {} | {rate:.1} | {share:.1} % \
         | {fullest} | {refused} | {later} |",
        times.len(),
        Rates::PUBLISHED.posts.per_minute,
    );
    let wrong: Vec<_> = came.iter().filter(|(_, times)| times.len() != 1).collect();
    assert!(wrong.is_empty(), "not delivered exactly once: {wrong:?}");
    assert_eq!(came.len(), people, "everybody was reached");
    assert_eq!(later, 0, "no post is refused after the first ten");
    assert!(fullest <= PERMITTED, "no sixty seconds hold more than is permitted: {fullest}");
    crowd.end(stop, scheduler).await;
}
