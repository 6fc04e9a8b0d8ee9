//! The whole inbound side over a database, with somebody who writes down every answer.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::act::Act;
use super::answers::Answers;
use super::census::There;
use super::envelope::{Asked, Delivery, What};
use super::homes::Meets;
use super::receive::Ack;
use super::*;
use crate::adapters::common::inbox::End;
use crate::adapters::discord::arrange::{Arrangement, Named};
use crate::adapters::discord::transport::{CallError, Upload};
use crate::chat::messenger::{Found, Outcome, Place, RoomRequest};
use crate::chat::{Message, Span};
use crate::clock::{Ids, VirtualClock};
use crate::content::Content;
use crate::core::Reply;
use crate::domain::civil::Instant;
use crate::domain::words::Presence;
use crate::store::Store;
use crate::store::installs::Install;

/// What was said: how, and what.
type Said = (&'static str, Value);

struct Scribe {
    said: mpsc::UnboundedSender<Said>,
    refuse: std::sync::atomic::AtomicBool,
    home: std::sync::atomic::AtomicBool,
}

impl Scribe {
    fn write(&self, how: &'static str, what: Value) -> Result<(), CallError> {
        // What comes after the test looked away is of no interest.
        let _ = self.said.send((how, what));
        if self.refuse.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(CallError::Refused { status: 404, code: 10_015, at: None });
        }
        Ok(())
    }
}

#[async_trait]
impl Answers for Scribe {
    async fn first(&self, _asked: &Asked, body: &Value) -> Result<(), CallError> {
        self.write("first", body.clone())
    }

    async fn change(&self, _asked: &Asked, body: &Value, _files: Vec<Upload>) -> Result<(), CallError> {
        self.write("change", body.clone())
    }

    async fn more(&self, _asked: &Asked, body: &Value, _files: Vec<Upload>) -> Result<(), CallError> {
        self.write("more", body.clone())
    }

    async fn unsay(&self, _asked: &Asked) -> Result<(), CallError> {
        self.write("unsay", Value::Null)
    }
}

#[async_trait]
impl Meets for Scribe {
    async fn met(&self, account: &str, room: &str) {
        let _ = self.said.send(("met", json!([account, room])));
    }

    async fn agreed(&self, _account: &str) {}
}

#[async_trait]
impl Messenger for Scribe {
    async fn send(&self, guild: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        let place = match place {
            Place::Direct(account) => format!("@{account}"),
            Place::Room(room) => room.clone(),
        };
        let _ = self
            .said
            .send(("sent", json!({"guild": guild, "to": place, "mark": marker, "message": message})));
        Outcome::Sent { remote_id: "1/2".into() }
    }

    async fn update(&self, _guild: &str, _place: &Place, _id: &str, _message: &Message) -> Outcome {
        Outcome::Refused { reason: "nobody asks for this".into() }
    }

    async fn open_room(&self, _guild: &str, _request: &RoomRequest) -> Outcome {
        Outcome::Refused { reason: "nobody asks for this".into() }
    }

    async fn set_members(&self, _guild: &str, _room: &str, _members: &[String]) -> Outcome {
        Outcome::Refused { reason: "nobody asks for this".into() }
    }

    async fn set_card(
        &self,
        _guild: &str,
        _room: &str,
        _card: Option<&str>,
        _marker: &str,
        _topic: &str,
        _message: &Message,
    ) -> Outcome {
        Outcome::Refused { reason: "nobody asks for this".into() }
    }

    async fn find(&self, _guild: &str, _place: &Place, _marker: &str, _since: Instant) -> Found {
        Found::Unreadable
    }
}

/// Everybody and everything is there but what ends in 9, and nobody has a role.
struct Ledger;

fn there(id: &str, shown: Value) -> There {
    if id.ends_with('9') { There::No } else { There::Yes(shown) }
}

#[async_trait]
impl Census for Ledger {
    async fn member(&self, _guild: &str, account: &str) -> There {
        there(account, json!({"user": {"id": account, "username": "ada", "global_name": "Ada Example"}}))
    }

    async fn room(&self, room: &str) -> There {
        there(room, json!({"id": room}))
    }

    async fn guild(&self, guild: &str) -> There {
        there(guild, json!({"id": guild, "owner_id": "1", "roles": []}))
    }

    async fn guilds(&self) -> Option<Vec<Named>> {
        let named = |id: &str, name: &str| Named { id: id.into(), name: name.into() };
        Some(vec![named("500", "Mentoring"), named("509", "Just left")])
    }
}

/// One channel to write in and one that others hide; whatever is chosen is written down.
#[async_trait]
impl Arrange for Scribe {
    async fn look(&self, _guild: &str) -> Result<Arrangement, CallError> {
        let open = Named { id: "600".into(), name: "mentors".into() };
        let home = self.home.load(std::sync::atomic::Ordering::SeqCst).then(|| open.clone());
        let (rooms, missing) = (crate::config::DiscordRooms::Threads, Vec::new());
        let name = "Acme".to_owned();
        let (organisers, roles) = (None, vec![Named { id: "800".into(), name: "Organisers".into() }]);
        let channels = vec![open];
        Ok(Arrangement { name, home, home_is_lost: false, rooms, missing, channels, organisers, roles })
    }

    async fn choose_home(&self, guild: &str, channel: &str) -> Result<(), crate::store::StoreError> {
        self.home.store(true, std::sync::atomic::Ordering::SeqCst);
        let _ = self.said.send(("home", json!([guild, channel])));
        Ok(())
    }

    async fn choose_rooms(
        &self,
        guild: &str,
        rooms: crate::config::DiscordRooms,
    ) -> Result<(), crate::store::StoreError> {
        let _ = self.said.send(("rooms", json!([guild, rooms.as_str()])));
        Ok(())
    }

    async fn organisers(&self, _guild: &str) -> Result<Option<String>, crate::store::StoreError> {
        Ok(None)
    }

    async fn choose_organisers(
        &self,
        guild: &str,
        role: Option<&str>,
    ) -> Result<(), crate::store::StoreError> {
        let _ = self.said.send(("organisers", json!([guild, role])));
        Ok(())
    }
}

pub(super) struct Scene {
    pub(super) inbound: Arc<Inbound>,
    core: Arc<Core>,
    scribe: Arc<Scribe>,
    said: mpsc::UnboundedReceiver<Said>,
    stop: watch::Sender<bool>,
    running: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Scene {
    pub(super) async fn new() -> Self {
        Self::with(false).await
    }

    /// Where Discord tells nothing by itself, or does.
    async fn with(by_request: bool) -> Self {
        let (sender, said) = mpsc::unbounded_channel();
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("discord.db").to_string_lossy()).await.expect("opens");
        store.migrate(None).await.expect("migrates");
        let clock = Arc::new(VirtualClock::at(Instant::from_secs(1_800_000_000)));
        let ids: Arc<Ids> = Arc::new(Ids::from_seed(1));
        let scribe = Arc::new(Scribe { said: sender, refuse: false.into(), home: false.into() });
        let core = Core::new(store, Arc::new(Content::builtin()), clock.clone(), ids.clone())
            .with_messenger(PLATFORM, scribe.clone());
        let core = Arc::new(core);
        let inbound = Arc::new(Inbound::new(Parts {
            core: core.clone(),
            messenger: scribe.clone(),
            answers: scribe.clone(),
            census: Arc::new(Ledger),
            meets: scribe.clone(),
            arrange: scribe.clone(),
            clock,
            ids,
            root: "/mentor".into(),
            admins: Vec::new(),
            by_request,
        }));
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn({
            let inbound = inbound.clone();
            async move { inbound.run(stopped).await }
        });
        Self { inbound, core, scribe, said, stop, running, _folder: folder }
    }

    /// Hands an interaction in, and lets Discord take the first answer.
    async fn hear(&self, value: &Value) -> Value {
        match self.inbound.reception.receive(Delivery::from_interaction(value)).await {
            Ack::Say(said) => {
                self.inbound.reception.said(value["id"].as_str().unwrap_or_default(), true);
                said
            }
            other => panic!("no answer: {other:?}"),
        }
    }

    /// The next thing that was said this way; others are passed over.
    pub(super) async fn next(&mut self, how: &str) -> Value {
        let wanted = async {
            loop {
                let (next, what) = self.said.recv().await.expect("the scribe lives");
                if next == how {
                    return what;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wanted).await.expect("it is said")
    }

    fn count(&self, name: &str) -> u64 {
        self.inbound.standing().counts[name]
    }

    pub(super) async fn end(self) {
        self.stop.send_replace(true);
        self.running.await.expect("it ends");
    }
}

fn interaction(id: u64, kind: u64, guild: Option<&str>, data: &Value) -> Value {
    let user = json!({"id": "700", "username": "ada", "global_name": "Ada Example"});
    let mut value = json!({
        "id": id.to_string(), "application_id": "42", "type": kind, "data": data, "channel_id": "600",
        "token": format!("token-{id}"), "locale": "de",
    });
    match guild {
        Some(guild) => {
            value["guild_id"] = json!(guild);
            value["member"] = json!({"user": user, "permissions": "32"});
        }
        None => value["user"] = user,
    }
    value
}

pub(super) fn slash(id: u64, guild: Option<&str>, text: &str) -> Value {
    let option = |name: &str, kind: u8, rest: Value| json!({"name": name, "type": kind, "options": rest});
    let data = match text.split_once(' ') {
        Some(("zone", zone)) => option("zone", 1, json!([{"name": "name", "type": 3, "value": zone}])),
        _ => option(text, 1, json!([])),
    };
    interaction(id, 2, guild, &json!({"id": "9", "name": "mentor", "type": 1, "options": [data]}))
}

fn press(id: u64, guild: Option<&str>, custom_id: &str, values: &[&str]) -> Value {
    let kind = if values.is_empty() { 2 } else { 3 };
    let data = json!({"custom_id": custom_id, "component_type": kind, "values": values});
    let mut value = interaction(id, 3, guild, &data);
    value["message"] = json!({"id": "800", "flags": 64});
    value
}

/// Every id of a component in an answer.
fn custom_ids(value: &Value) -> Vec<String> {
    match value {
        Value::Array(parts) => parts.iter().flat_map(custom_ids).collect(),
        Value::Object(fields) => {
            let own = fields.get("custom_id").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(custom_ids)).collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_command_is_answered_to_the_person_alone_and_somebody_new_is_asked_for_their_zone_once() {
    let mut scene = Scene::new().await;
    let said = scene.hear(&slash(1, Some("500"), "home")).await;
    assert_eq!(
        (said["type"].as_u64(), said["data"]["allowed_mentions"]["parse"].as_array().map(Vec::len)),
        (Some(4), Some(0))
    );
    assert_eq!(said["data"]["flags"].as_u64().map(|flags| flags & 64), Some(64));
    let question = scene.next("more").await;
    assert!(custom_ids(&question).contains(&"zone Europe/Berlin".to_owned()), "{question}");
    scene.hear(&slash(2, Some("500"), "home")).await;
    scene.hear(&slash(3, Some("500"), "inbox")).await;
    let rest: Vec<_> = std::iter::from_fn(|| scene.said.try_recv().ok()).collect();
    assert!(rest.iter().all(|(how, _)| *how != "more"), "asked once: {rest:?}");
    let listed = scene.core.directory(PLATFORM, "500").await.expect("a list");
    assert_eq!(listed[0].name, "Ada Example");
    assert_eq!(listed[0].title, "Administrator", "who runs the guild is known by what Discord says");
    scene.end().await;
}

#[tokio::test]
async fn the_same_interaction_delivered_again_is_answered_once() {
    let scene = Scene::new().await;
    scene.hear(&slash(1, Some("500"), "home")).await;
    let again =
        scene.inbound.reception.receive(Delivery::from_interaction(&slash(1, Some("500"), "home"))).await;
    assert_eq!(again, Ack::Nothing);
    assert_eq!((scene.count("kept"), scene.count("repeated")), (1, 1));
    scene.end().await;
}

#[tokio::test]
async fn a_guild_that_never_added_the_bot_gets_a_kind_no_and_leaves_no_trace() {
    let scene = Scene::new().await;
    let mut value = slash(1, Some("500"), "home");
    value["authorizing_integration_owners"] = json!({"1": "700"});
    let said = scene.hear(&value).await;
    assert!(said.to_string().contains("not set up in this place"), "{said}");
    assert!(scene.core.belongs_to(PLATFORM, "700").await.expect("a list").is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_stale_or_forged_component_changes_nothing_and_says_what_to_do() {
    let scene = Scene::new().await;
    for (id, custom) in [(1, "~?:x"), (2, "!noform:n0"), (3, "!"), (4, "~gzzzzzzzzzzzzzzzzzzzz:inbox")] {
        let said = scene.hear(&press(id, Some("500"), custom, &[])).await;
        let words = said.to_string();
        assert!(words.contains("nothing"), "{custom}: {words}");
    }
    scene.end().await;
}

#[tokio::test]
async fn options_of_the_wrong_kind_are_refused_and_not_guessed() {
    let scene = Scene::new().await;
    for (id, options) in [
        (
            1,
            json!([{"name": "zone", "type": 1, "options": [{"name": "name", "type": 4, "value": {"a": 1}}]}]),
        ),
        (2, json!([{"name": "no-such-command", "type": 1}])),
        (3, json!([[], null, 7])),
        (4, json!([])),
    ] {
        let data = json!({"id": "9", "name": "mentor", "type": 1, "options": options});
        let said = scene.hear(&interaction(id, 2, Some("500"), &data)).await;
        assert_eq!(said["type"].as_u64(), Some(4), "{said}");
    }
    scene.end().await;
}

#[tokio::test]
async fn in_a_conversation_the_guild_is_the_one_where_somebody_is_known() {
    let mut scene = Scene::new().await;
    let said = scene.hear(&slash(1, None, "home")).await;
    assert!(said.to_string().contains("which server you belong to"), "{said}");
    assert_eq!(said["data"]["flags"].as_u64().unwrap_or(0) & 64, 0, "nobody else is there");
    assert_eq!(scene.next("met").await, json!(["700", "600"]));
    scene.hear(&slash(2, Some("500"), "home")).await;
    let said = scene.hear(&slash(3, None, "home")).await;
    assert!(!said.to_string().contains("which server"), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn who_belongs_to_two_guilds_says_which_and_it_goes_on_there() {
    let scene = Scene::new().await;
    scene.inbound.office.core.workspace_changed(PLATFORM, "501", Some("Second"), true).await.expect("noted");
    scene.hear(&slash(1, Some("500"), "home")).await;
    scene.hear(&slash(2, Some("501"), "home")).await;
    // After a restart nobody knows where somebody was last.
    let fresh = Homes::new(scene.core.clone());
    let home = fresh.find("700", None).await.expect("found");
    assert!(matches!(home, homes::Home::OneOf(guilds) if guilds.len() == 2));
    // The list stands on a message that was drawn for the other guild.
    let said = scene.hear(&press(3, None, "~gdx:@guild inbox", &["500"])).await;
    assert_eq!(said["type"].as_u64(), Some(4));
    assert_eq!(
        scene.inbound.office.homes.find("700", None).await.expect("found"),
        homes::Home::Guild("500".into())
    );
    scene.end().await;
}

#[tokio::test]
async fn words_typed_to_the_bot_are_answered_there() {
    let mut scene = Scene::new().await;
    scene.hear(&slash(1, Some("500"), "home")).await;
    let message = json!({
        "id": "900", "channel_id": "600", "type": 0, "content": "inbox",
        "author": {"id": "700", "username": "ada"},
    });
    let delivery = Delivery::from_event("MESSAGE_CREATE", &message);
    assert_eq!(scene.inbound.reception.receive(delivery).await, Ack::Nothing);
    let sent = scene.next("sent").await;
    assert_eq!(
        (sent["guild"].as_str(), sent["to"].as_str(), sent["mark"].as_str()),
        (Some("500"), Some("@700"), Some("900"))
    );
    scene.end().await;
}

#[tokio::test]
async fn words_that_find_the_inbox_busy_are_handed_in_again_and_answered_once() {
    let mut scene = Scene::new().await;
    scene.hear(&slash(1, Some("500"), "home")).await;
    let held = scene.core.store().begin().await.expect("begins");
    let created = json!({"id": "500", "name": "Mentoring"});
    let message = json!({
        "id": "900", "channel_id": "600", "type": 0, "content": "inbox",
        "author": {"id": "700", "username": "ada"},
    });
    // The first waits with the one that writes, the second before it.
    for (kind, value) in [("GUILD_CREATE", created), ("MESSAGE_CREATE", message)] {
        let reception = scene.inbound.reception.clone();
        tokio::spawn(async move { reception.take(Delivery::from_event(kind, &value)).await });
        tokio::task::yield_now().await;
    }
    while scene.count("busy") < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(held);
    assert_eq!(scene.next("sent").await["mark"].as_str(), Some("900"));
    scene.hear(&slash(2, Some("500"), "home")).await;
    assert!(std::iter::from_fn(|| scene.said.try_recv().ok()).all(|(how, _)| how != "sent"), "once");
    scene.end().await;
}

#[tokio::test]
async fn a_form_opens_as_a_window_or_as_steps_and_has_its_effect_once() {
    let scene = Scene::new().await;
    scene.hear(&slash(1, Some("500"), "home")).await;
    let said = scene.hear(&slash(2, Some("500"), "profile")).await;
    assert_eq!(said["type"].as_u64(), Some(4), "a long form is asked in steps: {said}");
    let ids = custom_ids(&said);
    let control = |letter: &str| ids.iter().find(|id| id.contains(&format!(":{letter}"))).cloned();
    let open = control("o").or_else(|| control("n")).expect("a way on");
    let said = scene.hear(&press(3, Some("500"), &open, &[])).await;
    assert!(matches!(said["type"].as_u64(), Some(7 | 9)), "{said}");
    // Somebody else may not fill it in.
    let mut other = press(4, Some("500"), &open, &[]);
    other["member"]["user"]["id"] = json!("701");
    let said = scene.hear(&other).await;
    assert!(said.to_string().contains("sent already"), "{said}");
    let discard = control("x").expect("a way out");
    let said = scene.hear(&press(5, Some("500"), &discard, &[])).await;
    assert_eq!(said["type"].as_u64(), Some(7), "the step is changed in place: {said}");
    let said = scene.hear(&press(6, Some("500"), &open, &[])).await;
    assert!(said.to_string().contains("sent already"), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn a_window_that_nobody_opened_is_outdated() {
    let scene = Scene::new().await;
    for (id, custom) in [(1, "!form:m0"), (2, "?"), (3, "~f:no such command")] {
        let data = json!({"custom_id": custom, "components": [
            {"type": 1, "components": [{"type": 4, "custom_id": "0", "value": "x"}]},
        ]});
        let said = scene.hear(&interaction(id, 5, Some("500"), &data)).await;
        assert_eq!(said["type"].as_u64(), Some(4), "{custom}: {said}");
    }
    scene.end().await;
}

#[tokio::test]
async fn an_answer_that_discord_does_not_take_goes_to_the_persons_conversation() {
    let mut scene = Scene::new().await;
    scene.scribe.refuse.store(true, std::sync::atomic::Ordering::SeqCst);
    let value = slash(1, Some("500"), "home");
    let heard = scene.inbound.reception.receive(Delivery::from_interaction(&value)).await;
    assert!(matches!(heard, Ack::Say(_)));
    scene.inbound.reception.said("1", false);
    let sent = scene.next("sent").await;
    assert_eq!((sent["to"].as_str(), sent["mark"].as_str()), (Some("@700"), Some("1")));
    assert_eq!(scene.count("untaken"), 1);
    scene.end().await;
}

#[tokio::test]
async fn words_for_all_are_never_hidden_in_a_promise_to_one() {
    let mut scene = Scene::new().await;
    let What::Asked(asked) = Delivery::from_interaction(&slash(77, Some("500"), "home")).what else {
        panic!("somebody asks")
    };
    let office = scene.inbound.office.clone();
    let act = Act { guild: "500".into(), asked: *asked, received_at: office.now(), kept: true, over: false };
    // The promise to the one who asked goes out before the words for all are there.
    let waiter = office.desk.wait("77").expect("nobody waits yet");
    assert_eq!(office.desk.first("77", waiter, Duration::ZERO).await, None);
    let telling = tokio::spawn({
        let office = office.clone();
        let words = Message::new().text([Span::Person { id: "p1".into(), name: "Ada Example".into() }]);
        async move { office.answer(&act, "home", Reply::Public(words)).await }
    });
    office.desk.given("77", true);
    assert_eq!(scene.next("sent").await["to"], json!("600"));
    assert_eq!(scene.next("unsay").await, Value::Null);
    assert_eq!(telling.await.expect("it ends"), End::Done);
    scene.end().await;
}

#[tokio::test]
async fn zones_are_offered_by_language_before_anything_is_typed() {
    let scene = Scene::new().await;
    let data = |typed: &str| {
        json!({"id": "9", "name": "mentor", "type": 1, "options": [{"name": "profile", "type": 1, "options": [
            {"name": "zone", "type": 3, "value": typed, "focused": true},
        ]}]})
    };
    let said = scene.hear(&interaction(1, 4, Some("500"), &data(""))).await;
    assert_eq!(
        (said["type"].as_u64(), said["data"]["choices"][0]["value"].as_str()),
        (Some(8), Some("Europe/Berlin"))
    );
    let said = scene.hear(&interaction(2, 4, Some("500"), &data("tok"))).await;
    assert!(said["data"]["choices"].to_string().contains("Asia/Tokyo"), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn who_left_and_what_vanished_while_nobody_listened_is_found_out() {
    let scene = Scene::new().await;
    for guild in ["500", "509"] {
        let created = json!({"id": guild, "name": "Mentoring"});
        scene.inbound.reception.receive(Delivery::from_event("GUILD_CREATE", &created)).await;
    }
    let mut leaver = slash(1, Some("500"), "home");
    leaver["member"]["user"]["id"] = json!("709");
    scene.hear(&leaver).await;
    scene.hear(&slash(2, Some("500"), "home")).await;
    let named = vec!["500".to_owned()];
    let (office, census) = (&scene.inbound.office, &*scene.inbound.census);
    reconcile::ready(office, census, (0, 1), &named).await.expect("looked over");
    let gone = async {
        while scene.core.directory(PLATFORM, "500").await.expect("a list").len() != 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the leaver is noticed");
    let installs =
        scene.core.store().read().await.expect("reads").list_installs(PLATFORM).await.expect("a list");
    let active: Vec<_> = installs.iter().filter(|i| i.state == Presence::Active).collect();
    assert_eq!(active.len(), 1, "the guild that is gone is noticed: {installs:?}");
    scene.end().await;
}

/// What somebody is in a guild, once that is not what it was.
async fn title_after(scene: &Scene, before: &str) -> &'static str {
    let changed = async {
        loop {
            let listed = scene.core.directory(PLATFORM, "500").await.expect("a list");
            if listed[0].title != before {
                return listed[0].title;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), changed).await.expect("it changes")
}

#[tokio::test]
async fn who_lost_the_roles_to_run_a_guild_runs_it_no_more_even_in_their_own_conversation() {
    let scene = Scene::new().await;
    for told in [true, false] {
        let id = if told { 1 } else { 2 };
        scene.hear(&slash(id, Some("500"), "home")).await;
        assert_eq!(title_after(&scene, "").await, "Administrator", "Discord said so with the act");
        if told {
            let user = json!({"id": "700", "username": "ada", "global_name": "Ada Example"});
            let changed = json!({"guild_id": "500", "user": user, "roles": []});
            let delivery = Delivery::from_event("GUILD_MEMBER_UPDATE", &changed);
            scene.inbound.reception.receive(delivery).await;
        } else {
            scene.inbound.office.news.look(lifecycle::Look::Guild("500".into()));
        }
        assert_eq!(title_after(&scene, "Administrator").await, "");
        let said = scene.hear(&press(id + 2, None, "program create", &[])).await;
        assert!(said.to_string().contains("Only administrators"), "{said}");
    }
    scene.end().await;
}

#[tokio::test]
async fn where_nothing_is_told_the_guilds_of_the_bot_are_found_out_at_the_start() {
    let scene = Scene::with(true).await;
    let installs = async || {
        let mut tx = scene.core.store().read().await.expect("reads");
        tx.list_installs(PLATFORM).await.expect("a list")
    };
    let gone = |install: &Install| install.state == Presence::Gone;
    let found_out = async {
        while !installs().await.iter().any(gone) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found_out).await.expect("what is gone is noticed");
    let known: Vec<_> = installs().await.into_iter().map(|i| (i.name.clone(), gone(&i))).collect();
    assert_eq!(known, [("Mentoring".to_owned(), false), ("Just left".to_owned(), true)]);
    scene.hear(&slash(1, Some("500"), "home")).await;
    let belongs = scene.core.belongs_to(PLATFORM, "700").await.expect("a list");
    assert_eq!(belongs[0].name, "Mentoring", "and not called by its number");
    scene.end().await;
}

#[tokio::test]
async fn whoever_runs_the_guild_sets_it_up_on_one_panel_and_tries_it_out() {
    let mut scene = Scene::new().await;
    let panel = scene.hear(&slash(1, Some("500"), "setup")).await;
    assert_eq!(panel["type"], 4);
    assert!(custom_ids(&panel).contains(&"@setup channel".to_owned()), "{panel}");
    assert!(!custom_ids(&panel).contains(&"@setup test".to_owned()), "there is no channel yet");
    let panel = scene.hear(&press(2, Some("500"), "@setup channel", &["600"])).await;
    assert_eq!(panel["type"], 7, "the panel is changed in place");
    assert_eq!(scene.next("home").await, json!(["500", "600"]));
    assert!(custom_ids(&panel).contains(&"@setup test".to_owned()), "{panel}");
    let panel = scene.hear(&press(3, Some("500"), "@setup test", &[])).await;
    let sent = scene.next("sent").await;
    assert_eq!((&sent["to"], &sent["mark"]), (&json!("600"), &json!("3")));
    assert!(panel.to_string().contains("The test message is in"), "{panel}");
    scene.hear(&press(4, Some("500"), "@setup rooms channels", &[])).await;
    assert_eq!(scene.next("rooms").await, json!(["500", "channels"]));
    scene.end().await;
}

#[tokio::test]
async fn a_channel_that_is_not_offered_and_people_who_do_not_run_the_guild_change_nothing() {
    let mut scene = Scene::new().await;
    let panel = scene.hear(&press(1, Some("500"), "@setup channel", &["999"])).await;
    assert!(panel.to_string().contains("cannot use that channel"), "{panel}");
    for (id, mut asked) in
        [(2, press(2, Some("500"), "@setup channel", &["600"])), (3, slash(3, Some("500"), "setup"))]
    {
        asked["member"]["permissions"] = json!("2048");
        let said = scene.hear(&asked).await;
        assert!(said.to_string().contains("for those who may manage this server"), "{id}: {said}");
    }
    scene.hear(&press(4, Some("500"), "@setup channel", &["600"])).await;
    assert_eq!(scene.next("home").await, json!(["500", "600"]), "the first that was chosen");
    scene.end().await;
}
