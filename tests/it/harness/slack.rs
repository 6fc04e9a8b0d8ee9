//! Stories on Slack: people act in a strict Slack of our own, and the adapter answers through its real client. What
//! they read is taken from the blocks that were sent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use roundtable::adapters::slack::inbound::Inbound;
use roundtable::adapters::slack::transport::api::Reach;
use roundtable::adapters::slack::transport::methods::Rates;
use roundtable::adapters::slack::{PLATFORM, Slack, SlackFault, manifest};
use roundtable::chat::{Field, FieldKind, Form, Messenger};
use roundtable::clock::{Clock, Ids, VirtualClock};
use roundtable::config::{self, Secret, SlackMode, SlackWorkspace};
use roundtable::core::Core;
use roundtable::domain::civil::Instant;
use roundtable::store::Store;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::front::{Button, Front, Kept};
use super::{CLOCK, library, numbers, start};
use crate::slack::fake::read::{Eyes, Place, Sight, field_name};
use crate::slack::fake::world::{Channel, Team, User};
use crate::slack::fake::{APP_TOKEN, Control, Fake, Kind, Options, SIGNING_SECRET, Spot, World, controls};

/// The workspace of all stories.
pub const TEAM: &str = "T0STORY";
/// Far more than a test machine needs.
const HASTE: u32 = 10_000;
/// The end of the name of a button that opens a window for date and time.
const PICK: &str = ".pick";
/// Where a control is that is in a window and not in a message.
const WINDOW: &str = "window";
/// Work that takes longer than this has stopped.
const WORKS_WITHIN: Duration = Duration::from_secs(30);

/// The adapter at work, wired as the program wires it.
pub struct Adapter {
    /// The core behind it.
    pub core: Arc<Core>,
    /// The port.
    pub messenger: Arc<dyn Messenger>,
    /// The inbound side.
    pub inbound: Arc<Inbound>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<Result<(), SlackFault>>>,
}

/// How an adapter is set up for a test.
pub struct Setup {
    /// The database.
    pub store: Store,
    /// The clock that core, adapter and Slack share.
    pub clock: Arc<dyn Clock>,
    /// Seed of names.
    pub session: u64,
    /// Speed, patience and recorder.
    pub reach: Reach,
    /// Where Slack is, and how it delivers.
    pub config: config::Slack,
}

/// Socket Mode to a fake, with the tokens of the stories' workspace.
pub fn config_for(fake: &Fake) -> config::Slack {
    let workspace = SlackWorkspace {
        name: String::new(),
        bot_token: Secret::new(format!("xoxb-{}-roundtable", TEAM.to_lowercase())),
        app_token: Some(Secret::new(APP_TOKEN)),
        signing_secret: Some(Secret::new(SIGNING_SECRET)),
    };
    config::Slack {
        mode: SlackMode::Socket,
        workspaces: vec![workspace],
        api: fake.api_url(),
        ..config::Slack::default()
    }
}

/// As fast as the machine is.
pub fn hasty() -> Reach {
    Reach { rates: Rates::hastened(HASTE), ..Reach::default() }
}

impl Adapter {
    /// Opens it.
    pub fn open(setup: Setup) -> Self {
        let Setup { store, clock, session, reach, config } = setup;
        let ids = Arc::new(Ids::from_seed(session));
        let slack =
            Slack::new(config, reach, store.clone(), clock.clone(), ids.clone()).expect("certificates");
        let messenger = slack.messenger();
        let core = Core::new(store, library(), clock, ids).with_messenger(PLATFORM, messenger.clone());
        let core = Arc::new(core);
        let inbound = slack.inbound(core.clone());
        let (stop, stopped) = watch::channel(false);
        let (served, at_work) = (core.clone(), inbound.clone());
        let task = tokio::spawn(async move { slack.serve(served, at_work, stopped).await });
        Self { core, messenger, inbound, stop, task: Some(task) }
    }

    /// Waits until everything that was acknowledged is done.
    pub async fn idle(&self) {
        let open = "SELECT count(*) FROM inbox WHERE state = 'waiting'";
        let done = async {
            while numbers(self.core.store(), open, &[]).await[0] > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let in_time = tokio::time::timeout(WORKS_WITHIN, done).await;
        assert!(in_time.is_ok(), "the adapter has left something undone");
    }

    /// Sends what is due now.
    pub async fn settle(&self) {
        while self.core.tick().await.expect("a tick").unfinished {}
    }

    /// Turns the clock to an instant, stopping at everything on the way.
    pub async fn turn_to(&self, clock: &VirtualClock, target: Instant) {
        loop {
            self.settle().await;
            match self.core.next_look().await.expect("the agenda") {
                Some(next) if next <= target => clock.turn_to(next),
                _ => break,
            }
        }
        clock.turn_to(target);
    }

    /// Ends it as a stop of the program does.
    pub async fn shut(mut self) {
        self.stop.send_replace(true);
        let task = self.task.take().expect("it runs");
        let ended = tokio::time::timeout(WORKS_WITHIN, task).await.expect("it ends when it is told to");
        ended.expect("without a panic").expect("without a fault");
        self.core.store().close().await;
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// A workspace with the bot in it and a lobby that everybody is in.
pub fn world() -> World {
    let mut world = World::default();
    world.add_team(TEAM, "The council", &manifest::scopes());
    let bot = world.team(TEAM).bot_user.clone();
    world.add_channel(TEAM, "lobby", Kind::Public, &[&bot], start());
    world
}

/// The council with its groups published, as a story finds it: folder, database, Slack and the time.
pub async fn copy_of_the_published_council() -> (tempfile::TempDir, Store, World, Instant) {
    let (file, kept) = super::slack_copy(super::Chapter::Published).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roundtable.db");
    std::fs::write(&path, file).expect("a copy");
    let store = Store::open(&path.display().to_string()).await.expect("it opens");
    (folder, store, kept.world.clone().expect("Slack was kept"), start().plus_secs(1))
}

/// The id of somebody's account.
pub fn id_of(handle: &str) -> String {
    format!("U0{}", handle.to_uppercase())
}

/// Brings somebody into the workspace; who comes first runs it.
pub fn enter(world: &mut World, name: &str, zone: &str) -> String {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let team = world.team_mut(TEAM);
    let taken = |handle: &str| team.users.contains_key(&id_of(handle));
    let numbered = (2..100).map(|n| format!("{first}{n}"));
    let handle =
        std::iter::once(first.clone()).chain(numbered).find(|handle| !taken(handle)).expect("a free name");
    let is_admin = team.users.len() == 1;
    let user = User {
        id: id_of(&handle),
        team: TEAM.into(),
        name: handle.clone(),
        real_name: name.into(),
        email: format!("{handle}@council.example"),
        tz: zone.into(),
        is_admin,
        ..User::default()
    };
    team.users.insert(user.id.clone(), user);
    let lobby = team.channels.values_mut().find(|c| c.name == "lobby").expect("the lobby");
    lobby.members.insert(id_of(&handle));
    handle
}

/// Slack with the adapter before it.
pub struct SlackRoom {
    fake: Fake,
    adapter: Option<Adapter>,
    clock: Arc<VirtualClock>,
    kept: Kept,
}

impl Drop for SlackRoom {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.fake.must_be_clean();
        }
    }
}

impl SlackRoom {
    /// Opens it on a database, with Slack as it was kept.
    pub async fn open(store: Store, session: u64, mut kept: Kept) -> Self {
        let stood = {
            let mut tx = store.read().await.expect("the database is open");
            tx.find_setting(CLOCK).await.expect("it can be read").and_then(|text| text.parse().ok())
        };
        let clock = Arc::new(VirtualClock::at(stood.map_or_else(start, Instant::from_micros)));
        let fake = Fake::start(kept.world.take().unwrap_or_else(world), Options::new(clock.clone())).await;
        let config = config_for(&fake);
        let adapter = Adapter::open(Setup { store, clock: clock.clone(), session, reach: hasty(), config });
        fake.connected(1).await;
        Self { fake, adapter: Some(adapter), clock, kept }
    }

    /// Slack itself.
    pub const fn fake(&self) -> &Fake {
        &self.fake
    }

    /// The bot.
    pub fn adapter(&self) -> &Adapter {
        self.adapter.as_ref().expect("open")
    }

    /// Rooms by what stories call them.
    async fn named_rooms(&self, user: &str) -> Vec<(String, String)> {
        let ids = "SELECT external_id || ' ' || name FROM rooms WHERE external_id IS NOT NULL";
        let named: BTreeMap<String, String> = super::texts(self.core().store(), ids, &[])
            .await
            .into_iter()
            .filter_map(|row| row.split_once(' ').map(|(id, name)| (id.to_owned(), name.to_owned())))
            .collect();
        let world = self.fake.world();
        let mine = world.team(TEAM).channels.values().filter(|c| c.members.contains(user) && !c.archived);
        let name = |channel: &Channel| match channel.kind {
            Kind::Im => format!("dm-{}", world.team(TEAM).users[user].name),
            // A group message has no name of its own; the story calls it by its group's.
            _ => named.get(&channel.id).unwrap_or(&channel.name).clone(),
        };
        mine.map(|channel| (channel.id.clone(), name(channel))).collect()
    }

    async fn channel(&mut self, account: &str, room: &str) -> Option<String> {
        let user = id_of(account);
        if room == format!("dm-{account}") {
            let now = self.clock.now();
            return Some(self.fake.world().direct(TEAM, &[user], now));
        }
        let rooms = self.named_rooms(&user).await;
        rooms.into_iter().find(|(id, name)| id == room || name == room).map(|(id, _)| id)
    }

    /// What came back for an act, once everything is done; then what is due now is sent.
    async fn reply(&mut self, account: &str, mark: u64) -> String {
        self.adapter().idle().await;
        let user = id_of(account);
        let mut texts = Vec::new();
        let mut form = None;
        for sight in self.fake.sights(TEAM, &user, mark) {
            match &sight.place {
                Place::Home => {}
                Place::Modal(id) => form = Some(self.modal(&user, id, &sight).await),
                Place::Private { .. } => texts.push(sight.text),
                Place::Post { channel, ts, .. } => {
                    if self.is_direct(channel) {
                        self.kept.replies.insert(format!("{channel}/{ts}"));
                    }
                    texts.push(sight.text);
                }
            }
        }
        self.adapter().settle().await;
        form.unwrap_or_else(|| texts.join("\n"))
    }

    fn is_direct(&self, channel: &str) -> bool {
        self.fake.world().team(TEAM).channels[channel].kind == Kind::Im
    }

    /// A window that came up: a form stays open; a last word is read and closed.
    async fn modal(&self, user: &str, id: &str, sight: &Sight) -> String {
        let is_form = |value: &Value| value["submit"].is_object();
        let shown = || self.fake.world().team(TEAM).views[id].value.clone();
        if is_form(&shown()) {
            return sight.text.clone();
        }
        let saving = async {
            while shown().to_string().contains("Saving…") {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(WORKS_WITHIN, saving).await.expect("the form is answered in the end");
        let world = self.fake.world();
        let blocks = world.team(TEAM).views[id].value["blocks"].as_array().cloned().unwrap_or_default();
        Eyes::of(&world, TEAM, user, self.clock.now()).blocks(&blocks)
    }

    /// Closes what is open, as one has to before doing anything else.
    async fn close_windows(&self, user: &str) {
        while self.fake.world().team(TEAM).top(user).is_some() {
            self.fake.close(TEAM, user).await;
        }
    }

    fn mark(&self) -> u64 {
        self.fake.world().mark()
    }

    /// Files the window on top; what the client refuses comes back like an error of the form.
    async fn file(&mut self, account: &str, typed: &BTreeMap<String, String>) -> String {
        let (user, mark) = (id_of(account), self.mark());
        match self.fake.submit(TEAM, &user, typed).await {
            Ok(delivered) => {
                assert!(delivered.ack.is_some(), "a filed form is acknowledged");
                self.reply(account, mark).await
            }
            Err(why) => {
                let world = self.fake.world();
                let view = world.team(TEAM).top(&user).expect("a form is open");
                format!("{}\n  ! {why}", Eyes::of(&world, TEAM, &user, self.clock.now()).view(view))
            }
        }
    }

    /// Fields of the window on top: block by name.
    fn fields(&self, account: &str) -> BTreeMap<String, String> {
        let world = self.fake.world();
        let Some(view) = world.team(TEAM).top(&id_of(account)) else {
            return BTreeMap::new();
        };
        let blocks = view.value["blocks"].as_array().cloned().unwrap_or_default();
        let ids = blocks.iter().filter(|b| b["type"] == "input").filter_map(|b| b["block_id"].as_str());
        ids.map(|id| (field_name(id).to_owned(), id.to_owned())).collect()
    }
}

/// The place of a message in time.
fn moment(ts: &str) -> (i64, i64) {
    let (secs, rest) = ts.split_once('.').unwrap_or((ts, "0"));
    (secs.parse().unwrap_or(0), rest.parse().unwrap_or(0))
}

/// The command that a control sends when it is used as the label says.
fn sends(control: &Control, label: &str) -> Option<String> {
    let (name, entry) = label.split_once(": ").unwrap_or((label, ""));
    let (id, value) = (control.element["action_id"].as_str()?, control.element["value"].as_str());
    if control.element["type"] == "button" {
        if id.ends_with(PICK) {
            return (control.label.trim_end_matches('…') == name)
                .then(|| format!("{} {entry}", value.unwrap_or_default()));
        }
        return (control.label == label).then(|| value.unwrap_or_default().to_owned());
    }
    let option = controls::option(&control.element, entry).filter(|_| control.label == name)?;
    let command = id.split_once("choose:")?.1;
    Some(format!("{command} {}", option["value"].as_str()?))
}

#[async_trait]
impl Front for SlackRoom {
    fn core(&self) -> &Core {
        &self.adapter().core
    }

    fn slack(&self) -> Option<&SlackRoom> {
        Some(self)
    }

    fn names(&self) -> (&'static str, &'static str) {
        (PLATFORM, TEAM)
    }

    fn account(&self, handle: &str) -> String {
        id_of(handle)
    }

    async fn add(&mut self, name: &str, organisation: &str, zone: &str) -> String {
        let handle = enter(&mut self.fake.world(), name, zone);
        // Slack knows name, zone and address; the employer it does not know.
        self.says_in(&handle, "lobby", &format!("/mentor profile organisation=\"{organisation}\"")).await;
        handle
    }

    async fn start_demo(&mut self) {
        super::demo::found(self).await;
    }

    async fn says_in(&mut self, account: &str, room: &str, text: &str) -> String {
        let Some(channel) = self.channel(account, room).await else {
            return "You are not in that room.".into();
        };
        let (user, mark, text) = (id_of(account), self.mark(), text.trim());
        if text.is_empty() {
            // Slack's own client sends nothing then.
            return "There is nothing to send yet. Type something first.".into();
        }
        self.close_windows(&user).await;
        let delivered = if text.starts_with('/') {
            let (command, rest) = text.split_once(' ').unwrap_or((text, ""));
            self.fake.command(TEAM, &user, &channel, command, rest).await
        } else if self.is_direct(&channel) {
            self.fake.write(TEAM, &user, text).await
        } else {
            // The bot does not listen to talk in rooms.
            return String::new();
        };
        assert!(delivered.ack.is_some(), "a command is acknowledged");
        self.reply(account, mark).await
    }

    async fn button(&self, account: &str, label: &str) -> Option<Button> {
        let all = self.fake.controls(TEAM, &id_of(account));
        let of_window = all.iter().find_map(|control| match &control.spot {
            Spot::View(id) => Some((WINDOW.to_owned(), id.clone(), sends(control, label)?)),
            _ => None,
        });
        if of_window.is_some() {
            return of_window;
        }
        let of_messages = all.iter().filter_map(|control| match &control.spot {
            Spot::Message { channel, ts } => Some((moment(ts), channel, ts, sends(control, label)?)),
            _ => None,
        });
        let (_, channel, ts, command) = of_messages.max_by_key(|(at, ..)| *at)?;
        Some((channel.clone(), ts.clone(), command))
    }

    async fn press_at(&mut self, account: &str, (channel, ts, command): &Button) -> String {
        let (user, mark) = (id_of(account), self.mark());
        let visible = channel == WINDOW || {
            let world = self.fake.world();
            let room = world.team(TEAM).channels.get(channel).filter(|c| c.members.contains(&user));
            let post = room.and_then(|c| c.posts.iter().find(|p| p.ts == *ts && !p.deleted));
            post.is_some_and(|p| p.only.as_ref().is_none_or(|only| *only == user))
        };
        if !visible {
            return "That message is gone. Slack shows it to somebody else only.".into();
        }
        let spot = if channel == WINDOW {
            Spot::View(ts.clone())
        } else {
            // Whoever presses a button in a message has no window before it.
            self.close_windows(&user).await;
            Spot::Message { channel: channel.clone(), ts: ts.clone() }
        };
        let controls = self.fake.controls(TEAM, &user);
        let mut here = controls.into_iter().filter(|control| control.spot == spot);
        let (control, typed) = here
            .find_map(|control| {
                let typed = used(&control, command)?;
                Some((control, typed))
            })
            .unwrap_or_else(|| stale(&spot, command));
        let is_pick = control.element["action_id"].as_str().is_some_and(|id| id.ends_with(PICK));
        let delivered = self.fake.press(TEAM, &user, &control, &typed).await;
        assert!(delivered.ack.is_some(), "a press is acknowledged");
        let opened = self.reply(account, mark).await;
        if !is_pick {
            return opened;
        }
        let mut words = command.rsplit(' ');
        let (time, date) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        self.fill(account, &[("date", date), ("time", time)]).await
    }

    fn form(&self, account: &str) -> Option<Form> {
        let fields = self.fields(account);
        let world = self.fake.world();
        let view = world.team(TEAM).top(&id_of(account))?;
        let command = view.value["callback_id"].as_str()?.split_once(':')?.1.to_owned();
        let text = FieldKind::Text { max: 3_000, multiline: true };
        Some(Form {
            title: view.value["title"]["text"].as_str()?.to_owned(),
            command,
            intro: Vec::new(),
            submit: String::new(),
            fields: fields.into_keys().map(|name| Field::new(name.clone(), name, text.clone())).collect(),
        })
    }

    async fn fill(&mut self, account: &str, values: &[(&str, &str)]) -> String {
        let fields = self.fields(account);
        let block =
            |name: &str| fields.get(name).unwrap_or_else(|| panic!("the form has no field {name}")).clone();
        let typed = values.iter().map(|(name, value)| (block(name), (*value).to_owned())).collect();
        self.file(account, &typed).await
    }

    async fn submit(&mut self, account: &str, command: &str, values: &[(&str, &str)]) -> String {
        let (user, mark) = (id_of(account), self.mark());
        let inputs = |n: usize, name: &str| {
            json!({
                "type": "input", "block_id": format!("f{n}.0.{name}"), "optional": true,
                "label": { "type": "plain_text", "text": name },
                "element": { "type": "plain_text_input", "action_id": "text", "multiline": true },
            })
        };
        let blocks: Vec<Value> = values.iter().enumerate().map(|(n, (name, _))| inputs(n, name)).collect();
        let held = values.iter().enumerate().map(|(n, (name, value))| {
            let held = json!({ "text": { "type": "plain_text_input", "value": value } });
            (format!("f{n}.0.{name}"), held)
        });
        let state: serde_json::Map<String, Value> = held.collect();
        let view = json!({
            "type": "modal", "callback_id": format!("form:{command}"), "title": { "type": "plain_text", "text": "Form" },
            "submit": { "type": "plain_text", "text": "Send" }, "blocks": blocks,
        });
        let id = {
            let mut world = self.fake.world();
            let id = crate::slack::fake::put_view(&mut world, TEAM, &user, view);
            world.team_mut(TEAM).views.get_mut(&id).expect("it was just put there").state =
                Value::Object(state);
            id
        };
        let delivered = self.fake.file(TEAM, &user, &id).await;
        assert!(delivered.ack.is_some(), "a filed form is acknowledged");
        self.reply(account, mark).await
    }

    async fn advance(&mut self, seconds: i64) {
        let target = self.clock.now().plus_secs(seconds.max(0));
        self.adapter().turn_to(&self.clock, target).await;
        let mut tx = self.core().store().begin().await.expect("a transaction");
        tx.mark_setting(CLOCK, &target.as_micros().to_string()).await.expect("the clock is set");
        tx.commit().await.expect("kept");
    }

    async fn news(&mut self, account: &str, room: &str) -> Vec<String> {
        let Some(channel) = self.channel(account, room).await else {
            return Vec::new();
        };
        let (user, key) = (id_of(account), format!("{account} {channel}"));
        let seen = self.kept.seen.get(&key).map_or((0, 0), |ts| moment(ts));
        let (fresh, last) = {
            let world = self.fake.world();
            let team: &Team = world.team(TEAM);
            let eyes = Eyes::of(&world, TEAM, &user, self.clock.now());
            let posts = &team.channels[&channel].posts;
            let told = posts.iter().filter(|p| {
                let reply = self.kept.replies.contains(&format!("{channel}/{}", p.ts));
                p.user == team.bot_user && p.only.is_none() && !p.deleted && !reply && moment(&p.ts) > seen
            });
            // A file is shared beside the message that speaks of it; it is no message of its own.
            let fresh: Vec<String> =
                told.filter(|p| p.files.is_empty()).map(|p| eyes.blocks(&p.blocks)).collect();
            (fresh, posts.last().map(|p| p.ts.clone()))
        };
        if let Some(last) = last {
            self.kept.seen.insert(key, last);
        }
        fresh
    }

    async fn rooms(&self, account: &str) -> Vec<(String, String)> {
        self.named_rooms(&id_of(account)).await
    }

    async fn sent(&self) -> i64 {
        let world = self.fake.world();
        let posts = world.team(TEAM).channels.values().flat_map(|c| &c.posts);
        let marked = posts.filter(|p| p.metadata.is_some() && !p.deleted).count();
        i64::try_from(marked).expect("a count")
    }

    async fn shut(mut self: Box<Self>) -> Kept {
        self.adapter.take().expect("open").shut().await;
        let mut kept = self.kept.clone();
        kept.world = Some(self.fake.world().clone());
        kept
    }
}

/// What is sent when this control is used for this command; nothing when it cannot send it.
fn used(control: &Control, command: &str) -> Option<Value> {
    let (id, value) =
        (control.element["action_id"].as_str()?, control.element["value"].as_str().unwrap_or_default());
    if control.element["type"] == "button" {
        let fits =
            if id.ends_with(PICK) { command.starts_with(&format!("{value} ")) } else { value == command };
        return fits.then(|| json!({ "value": value }));
    }
    let own = id.split_once("choose:")?.1;
    let entry = command.strip_prefix(own)?.strip_prefix(' ')?;
    controls::chosen(&control.element, entry)
}

/// A button as it was before the message changed: somebody's screen had not caught up.
fn stale(spot: &Spot, command: &str) -> (Control, Value) {
    let element = json!({
        "type": "button", "action_id": "0-0.run", "text": { "type": "plain_text", "text": "Gone" }, "value": command,
    });
    let control =
        Control { spot: spot.clone(), seen: 0, block_id: "b0.gone".into(), element, label: "Gone".into() };
    (control, json!({ "value": command }))
}
