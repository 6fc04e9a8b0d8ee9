//! What the benches share: a database with people in it, a platform that takes everything at once, and percentiles.
#![allow(dead_code)] // Each bench uses its own part.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use roundtable::chat::messenger::{Found, Messenger, Outcome, Place, RoomRequest};
use roundtable::chat::{Action, Message};
use roundtable::clock::{Ids, VirtualClock};
use roundtable::content::Content;
use roundtable::core::{Actor, Core, Input, Reply, Request};
use roundtable::domain::civil::{Instant, Zone};
use roundtable::domain::ids::{AccountId, PersonId};
use roundtable::domain::words::{Need, Presence, Role};
use roundtable::store::Store;
use roundtable::store::people::{Account, Person};

/// Monday 4 January 2027, 09:00 UTC.
pub const START: Instant = Instant::from_secs(1_799_053_200);
/// Name of the platform and its one workspace.
pub const PLATFORM: &str = "bench";

/// A platform that takes everything and remembers who was asked to answer which pulse.
#[derive(Default)]
pub struct Silent {
    pub sent: AtomicU64,
    pub asked: Mutex<Vec<(String, String)>>,
}

#[async_trait]
impl Messenger for Silent {
    async fn send(&self, _w: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        self.sent.fetch_add(1, Ordering::Relaxed);
        if let Place::Direct(account) = place {
            let command = message.all_actions().map(Action::command).find(|c| c.starts_with("pulse answer"));
            if let Some(command) = command {
                self.asked.lock().expect("not poisoned").push((account.clone(), command.to_owned()));
            }
        }
        Outcome::Sent { remote_id: marker.to_owned() }
    }

    async fn update(&self, _w: &str, _p: &Place, remote_id: &str, _m: &Message) -> Outcome {
        self.sent.fetch_add(1, Ordering::Relaxed);
        Outcome::Sent { remote_id: remote_id.to_owned() }
    }

    async fn open_room(&self, _w: &str, request: &RoomRequest) -> Outcome {
        self.sent.fetch_add(1, Ordering::Relaxed);
        Outcome::Sent { remote_id: request.marker.clone() }
    }

    async fn set_members(&self, _w: &str, room: &str, _m: &[String]) -> Outcome {
        Outcome::Sent { remote_id: room.to_owned() }
    }

    async fn set_card(
        &self,
        _w: &str,
        _room: &str,
        card: Option<&str>,
        marker: &str,
        _topic: &str,
        _m: &Message,
    ) -> Outcome {
        self.sent.fetch_add(1, Ordering::Relaxed);
        Outcome::Sent { remote_id: card.unwrap_or(marker).to_owned() }
    }

    async fn find(&self, _w: &str, _p: &Place, _marker: &str, _since: Instant) -> Found {
        Found::No
    }
}

/// A core on a fresh SQLite file with a silent platform.
pub struct Bench {
    pub core: Core,
    pub clock: Arc<VirtualClock>,
    pub silent: Arc<Silent>,
    deliveries: AtomicU64,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("bench.db").to_string_lossy()).await.expect("opens");
        store.migrate(None).await.expect("migrates");
        Self::on(store, folder)
    }

    pub fn on(store: Store, folder: tempfile::TempDir) -> Self {
        let clock = Arc::new(VirtualClock::at(START));
        let silent = Arc::new(Silent::default());
        let core = Core::new(store, Arc::new(Content::builtin()), clock.clone(), Arc::new(Ids::from_seed(1)))
            .with_messenger(PLATFORM, silent.clone())
            .with_patience(Duration::from_mins(10));
        Self { core, clock, silent, deliveries: AtomicU64::new(0), _folder: folder }
    }

    fn request(&self, account: &str, input: Input) -> Request {
        let n = self.deliveries.fetch_add(1, Ordering::Relaxed);
        Request {
            platform: PLATFORM.to_owned(),
            workspace: PLATFORM.to_owned(),
            actor: Actor {
                external_id: account.to_owned(),
                handle: account.to_owned(),
                name: account.to_owned(),
                zone: Some("Europe/Berlin".to_owned()),
                email: None,
                organisation: None,
                admin: account == "boss",
            },
            room: None,
            delivery: format!("d{n}"),
            input,
        }
    }

    /// Somebody types a command.
    pub async fn says(&self, account: &str, text: &str) -> Reply {
        self.core.handle(self.request(account, Input::Text(text.to_owned()))).await
    }

    /// Somebody files a form.
    pub async fn files(&self, account: &str, command: &str, values: BTreeMap<String, String>) -> Reply {
        self.core.handle(self.request(account, Input::Form { command: command.to_owned(), values })).await
    }

    /// A program with this many people, one in eight of them a mentor, founded by the real commands.
    pub async fn program(&self, people: usize) {
        self.says("boss", "zone Europe/Berlin").await;
        self.says(
            "boss",
            "program create name=Bench slug=bench goal=speed starts=2027-01-04 ends=2028-01-03 \
             zone=Europe/Berlin cadence=monthly waves=2",
        )
        .await;
        self.says("boss", "program settings bench smallest=4 largest=8 mentors=1").await;
        self.says("boss", "program open bench").await;
        let store = self.core.store();
        let mut tx = store.begin().await.expect("begins");
        let workspace = tx.find_workspace(PLATFORM, PLATFORM).await.expect("reads").expect("exists");
        let program = tx.find_program("bench").await.expect("reads").expect("exists");
        let boss = tx.find_account(&workspace.id, "boss").await.expect("reads").expect("exists").person_id;
        for n in 0..people {
            let person = person(n);
            tx.insert_person(&person).await.expect("inserts");
            let account = Account {
                id: AccountId::new(format!("a{n:08}")),
                person_id: person.id.clone(),
                workspace_id: workspace.id.clone(),
                external_id: format!("u{n}"),
                handle: format!("u{n}"),
                admin: 0,
                state: Presence::Active,
                dm_room: None,
                created_at: START,
                email: None,
                name: None,
            };
            tx.insert_account(&account).await.expect("inserts");
            let role = if n.is_multiple_of(8) { Role::Mentor } else { Role::Participant };
            tx.insert_role(&program.id, &person.id, role, &boss, START).await.expect("inserts");
            tx.insert_charter(&program.id, &person.id, "1", START).await.expect("inserts");
        }
        tx.commit().await.expect("commits");
    }
}

const ZONES: [&str; 4] = ["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata"];
const TOPICS: [&str; 7] =
    ["stakeholders", "workload", "it-strategy", "isolation", "team-growth", "cio-skills", "culture-politics"];

fn person(n: usize) -> Person {
    let zone = ZONES[(n / 64) % ZONES.len()];
    let topics = format!("{}, {}", TOPICS[n % 7], TOPICS[(n / 7) % 7]);
    Person {
        id: PersonId::new(format!("p{n:08}")),
        name: format!("Person {n}"),
        organisation: format!("Organisation {}", (n * 7) % 97),
        unit: String::new(),
        industry: format!("Industry {}", n % 11),
        level: i64::try_from(n % 7).unwrap_or(0),
        need: Need::Mentor,
        interests: TOPICS[(n / 3) % 7].to_owned(),
        needs: topics.clone(),
        offers: topics,
        languages: "en".to_owned(),
        zone: Zone::parse(zone).expect("a zone"),
        zone_chosen: 0,
        availability: "mon-fri 8:00-18:00".to_owned(),
        capacity: i64::from(n.is_multiple_of(8)),
        answer_hours: 0,
        manager_id: None,
        send_from: "10:00".to_owned(),
        send_to: "16:00".to_owned(),
        workdays: "1111100".to_owned(),
        quiet_from: None,
        quiet_to: None,
        snooze_until: None,
        muted: String::new(),
        profile_at: Some(START),
        created_at: START,
        updated_at: START,
        office_years: 0,
        in_office: 0,
        new_to: String::new(),
        findable: 0,
    }
}

/// The value below which this share of the sorted durations lies.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = ((sorted.len() as f64 - 1.0) * share).round() as usize;
    sorted[at]
}

/// Resident memory of this process in MiB, where the system tells.
pub fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}
