//! Searches for groups that take longer than a request should wait, on SQLite with a platform in memory: progress is
//! shown in one message that is edited in place, a stop keeps the best so far, and others are served meanwhile.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use roundtable::chat::messenger::{Found, Messenger, Outcome, Place, RoomRequest};
use roundtable::chat::plain::Reader;
use roundtable::chat::{Action, Message};
use roundtable::clock::{Ids, VirtualClock};
use roundtable::content::Content;
use roundtable::core::{Actor, Core, Input, Reply, Request};
use roundtable::domain::civil::{Instant, Zone};
use roundtable::domain::ids::PersonId;
use roundtable::domain::words::Role;
use roundtable::store::Store;
use tokio::time::Instant as Monotonic;

use crate::store::make;

const PLATFORM: &str = "memory";
const START: Instant = Instant::from_secs(1_799_053_200);
/// Nothing here takes longer, however slow the machine is.
const PATIENCE: Duration = Duration::from_mins(4);

fn plain(message: &Message) -> String {
    Reader { zone: Zone::utc(), now: START, root: "/mentor".to_owned() }.message(message)
}

/// What was said and shown, in order.
#[derive(Default)]
struct Memory {
    said: Mutex<Vec<(&'static str, String, Message)>>,
    deaf: bool,
}

impl Memory {
    fn take(&self, how: &'static str, id: &str, message: &Message) -> Outcome {
        if self.deaf {
            return Outcome::Refused { reason: "deaf".to_owned() };
        }
        self.said.lock().expect("not poisoned").push((how, id.to_owned(), message.clone()));
        Outcome::Sent { remote_id: id.to_owned() }
    }

    fn last(&self) -> Option<(&'static str, String, Message)> {
        self.said.lock().expect("not poisoned").last().cloned()
    }
}

#[async_trait]
impl Messenger for Memory {
    async fn send(&self, _w: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        assert!(matches!(place, Place::Direct(account) if account == "boss"), "{place:?}");
        self.take("send", marker, message)
    }

    async fn update(&self, _w: &str, _place: &Place, remote_id: &str, message: &Message) -> Outcome {
        self.take("update", remote_id, message)
    }

    async fn open_room(&self, _w: &str, _request: &RoomRequest) -> Outcome {
        unreachable!("nothing is published here")
    }

    async fn set_members(&self, _w: &str, _room: &str, _members: &[String]) -> Outcome {
        unreachable!("nothing is published here")
    }

    async fn set_card(
        &self,
        _w: &str,
        _room: &str,
        _card: Option<&str>,
        _marker: &str,
        _topic: &str,
        _message: &Message,
    ) -> Outcome {
        unreachable!("nothing is published here")
    }

    async fn find(&self, _w: &str, _place: &Place, _marker: &str, _since: Instant) -> Found {
        Found::No
    }
}

struct Bench {
    core: Core,
    memory: Arc<Memory>,
    deliveries: Mutex<u32>,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// A programme of this many people that shows at once how far a search is.
    async fn of(people: usize, deaf: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("t.db").to_string_lossy()).await.expect("opens");
        store.migrate(None).await.expect("migrates");
        let memory = Arc::new(Memory { deaf, ..Memory::default() });
        let clock = Arc::new(VirtualClock::at(START));
        let core = Core::new(store, Arc::new(Content::builtin()), clock, Arc::new(Ids::from_seed(1)))
            .with_messenger(PLATFORM, memory.clone())
            .with_patience(Duration::ZERO);
        let bench = Self { core, memory, deliveries: Mutex::new(0), _folder: folder };
        bench.says("zone Europe/Berlin").await;
        let program = "program create name=Bench slug=bench goal=speed starts=2027-01-04 ends=2028-01-03 \
                       zone=Europe/Berlin cadence=monthly waves=2";
        bench.says(program).await;
        bench.says("program settings bench smallest=3 largest=6 mentors=1").await;
        bench.says("program open bench").await;
        let mut tx = bench.core.store().begin().await.expect("begins");
        let program = tx.find_program("bench").await.expect("reads").expect("exists");
        let workspace = tx.find_workspace(PLATFORM, PLATFORM).await.expect("reads").expect("exists");
        let boss = tx.find_account(&workspace.id, "boss").await.expect("reads").expect("exists").person_id;
        for n in 0..people {
            let mut person = make::person(&format!("p{n:06}"), &format!("Person {n}"));
            person.organisation = format!("Organisation {n}");
            "mon-fri 8:00-18:00".clone_into(&mut person.availability);
            "en".clone_into(&mut person.languages);
            let mentor = n.is_multiple_of(5);
            person.capacity = i64::from(mentor);
            person.manager_id = None;
            tx.insert_person(&person).await.expect("inserts");
            let role = if mentor { Role::Mentor } else { Role::Participant };
            let id = PersonId::new(format!("p{n:06}"));
            tx.insert_role(&program.id, &id, role, &boss, START).await.expect("inserts");
        }
        tx.commit().await.expect("commits");
        bench
    }

    async fn says(&self, text: &str) -> String {
        let delivery = {
            let mut deliveries = self.deliveries.lock().expect("not poisoned");
            *deliveries += 1;
            format!("d{deliveries}")
        };
        let actor = Actor {
            external_id: "boss".into(),
            handle: "boss".into(),
            name: "Boss".into(),
            zone: Some("Europe/Berlin".into()),
            admin: true,
            ..Actor::default()
        };
        let input = Input::Text(text.to_owned());
        let (platform, workspace) = (PLATFORM.to_owned(), PLATFORM.to_owned());
        let request = Request { platform, workspace, actor, room: None, delivery, input };
        match self.core.handle(request).await {
            Reply::Private(message) | Reply::Public(message) => plain(&message),
            other => panic!("{text}: {other:?}"),
        }
    }

    /// Waits for the end of what is searched for.
    async fn ended(&self) {
        let mut tx = self.core.store().read().await.expect("reads");
        let program = tx.find_program("bench").await.expect("reads").expect("exists");
        drop(tx);
        let until = Monotonic::now() + PATIENCE;
        while Monotonic::now() < until {
            let mut tx = self.core.store().read().await.expect("reads");
            if tx.find_search(&program.id).await.expect("reads").is_none() {
                return;
            }
            drop(tx);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the search does not end");
    }

    /// Waits for something said of which this holds.
    async fn hears(&self, what: impl Fn(&str) -> bool) -> (&'static str, String, Message) {
        let until = Monotonic::now() + PATIENCE;
        while Monotonic::now() < until {
            if let Some(last) = self.memory.last().filter(|(_, _, message)| what(&plain(message))) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never heard; last was {:?}", self.memory.last());
    }

    async fn groups(&self) -> usize {
        let mut tx = self.core.store().read().await.expect("reads");
        let program = tx.find_program("bench").await.expect("reads").expect("exists");
        let Some(draft) = tx.find_draft_plan(&program.id).await.expect("reads") else { return 0 };
        tx.list_sheets(&draft.id).await.expect("reads").len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_search_shows_how_far_it_is_in_one_message_serves_others_and_stops_when_asked() {
    let bench = Bench::of(3_000, false).await;
    let reply = bench.says("groups preview bench").await;
    assert!(reply.contains("Forming groups of 3000 people takes a while"), "{reply}");
    let (how, id, first) = bench.hears(|text| text.contains("Forming groups for Bench")).await;
    assert_eq!(how, "send");
    assert!(first.all_actions().any(|action| action.command() == "groups stop bench"));
    // While it goes on, others write; it holds no writer.
    let begun = Monotonic::now();
    let saved = bench.says("program settings bench place=\"Room 4\"").await;
    assert!(saved.contains("saved"), "{saved}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(bench.groups().await, 0, "there is no proposal yet");
    let stopping = bench.says("groups stop bench").await;
    assert!(stopping.contains("I stop looking for better groups for Bench"), "{stopping}");
    bench.ended().await;
    let (how, last_id, done) = bench.hears(|text| text.contains("are proposed")).await;
    assert_eq!((how, last_id), ("update", id), "one message, edited in place");
    let text = plain(&done);
    assert!(text.contains("was stopped and has kept its best groups"), "{text}");
    assert!(bench.groups().await > 300, "{text}");
    let command = done.all_actions().next().map(Action::command).expect("a button").to_owned();
    let proposal = bench.says(&command).await;
    assert!(proposal.contains("Proposed groups for Bench"), "{proposal}");
    let again = bench.says("groups stop bench").await;
    assert!(again.contains("there is nothing to stop"), "{again}");
    let said = bench.memory.said.lock().expect("not poisoned");
    assert_eq!(said.iter().filter(|(how, _, _)| *how == "send").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_can_show_nothing_owes_the_news_and_a_later_one_takes_its_place() {
    let bench = Bench::of(40, true).await;
    // Two at once: whichever was begun last is kept, and the other changes nothing.
    let (one, other) =
        tokio::join!(bench.says("groups preview bench 1"), bench.says("groups preview bench 2"));
    for reply in [one, other] {
        assert!(reply.contains("takes a while"), "{reply}");
    }
    bench.ended().await;
    let until = Monotonic::now() + PATIENCE;
    loop {
        let health = bench.says("admin health").await;
        if bench.groups().await > 0 && health.contains("Waiting: ") && !health.contains("Waiting: 0") {
            break;
        }
        assert!(Monotonic::now() < until, "{health}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut tx = bench.core.store().read().await.expect("reads");
    let program = tx.find_program("bench").await.expect("reads").expect("exists");
    let draft = tx.find_draft_plan(&program.id).await.expect("reads").expect("a proposal");
    drop(tx);
    assert!(draft.seed == 1 || draft.seed == 2);
    let proposal = bench.says("groups proposal bench").await;
    assert!(proposal.contains(&format!("Seed {}.", draft.seed)), "{proposal}");
}
