//! Talking to the bot in tests: `bot.says("ada", "/mentor help")`, `bot.press(..)`, `bot.fill(..)`, `bot.advance(..)`.
//! It is the playground's own room on a database of its own, never a second bot; the clock starts on the same Monday.

use std::collections::BTreeMap;
use std::sync::Arc;

use roundtable::adapters::playground::{
    LOBBY, MANAGER, PLATFORM, PROGRAM, Playground, Said, WORKSPACE, Wrong,
};
use roundtable::chat::plain::Reader;
use roundtable::chat::{Action, Form, Message};
use roundtable::clock::Ids;
use roundtable::content::Content;
use roundtable::core::{Actor, Input, Reply, Request};
use roundtable::domain::civil::{Instant, Zone};
use roundtable::store::{Engine, Store, Tx};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

/// Monday 2027-01-04, 09:00 UTC, in seconds.
const START: i64 = 1_799_053_200;

/// Days in seconds, for [`Bot::advance`].
pub const fn days(n: i64) -> i64 {
    n * 86_400
}

/// Hours in seconds, for [`Bot::advance`].
pub const fn hours(n: i64) -> i64 {
    n * 3_600
}

/// The moment at which every story begins.
pub fn start() -> Instant {
    Instant::from_secs(START)
}

/// Whether stories can be told on an engine here.
pub fn available(engine: Engine) -> bool {
    engine == Engine::Sqlite || crate::postgres::database().is_some()
}

/// Writes each story once and runs it on both engines.
macro_rules! scenarios {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($engine: roundtable::store::Engine) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story(roundtable::store::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if crate::harness::available(roundtable::store::Engine::Postgres) {
                    story(roundtable::store::Engine::Postgres).await;
                }
            }
        }
    )+};
}
pub(crate) use scenarios;

/// A statement on whichever engine the transaction is on.
macro_rules! ask {
    ($tx:expr, $query:expr, $binds:expr, $run:ident) => {
        match $tx {
            Tx::Sqlite(link) => {
                $binds.iter().fold($query, |query, bind| query.bind(*bind)).$run(&mut **link).await
            }
            Tx::Postgres(link) => {
                $binds.iter().fold($query, |query, bind| query.bind(*bind)).$run(&mut **link).await
            }
        }
    };
}

/// Where a database lives while a story is told.
enum Home {
    File(tempfile::TempDir),
    Server(String),
}

impl Home {
    fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::File(tempfile::tempdir().expect("a folder")),
            Engine::Postgres => Self::Server(crate::postgres::database().expect("a server")),
        }
    }

    fn address(&self) -> String {
        match self {
            Self::File(folder) => folder.path().join("roundtable.db").display().to_string(),
            Self::Server(address) => address.clone(),
        }
    }
}

/// A story as it stands at a point that many stories begin from, kept so that it is played only once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chapter {
    Demo,
    Published,
    Small,
    SmallGroup,
}

impl Chapter {
    const COUNT: usize = 4;
}

static CONTENT: std::sync::OnceLock<Arc<Content>> = std::sync::OnceLock::new();
static FILES: [OnceCell<Vec<u8>>; Chapter::COUNT] = [const { OnceCell::const_new() }; Chapter::COUNT];
static DATABASES: [OnceCell<String>; Chapter::COUNT] = [const { OnceCell::const_new() }; Chapter::COUNT];

fn content() -> Arc<Content> {
    CONTENT.get_or_init(|| Arc::new(Content::builtin())).clone()
}

/// The bot under test, with everybody who talks to it.
pub struct Bot {
    home: Home,
    playground: Option<Playground>,
    /// Sessions so far; each gets names of its own.
    session: u64,
    seen: BTreeMap<String, String>,
    forms: BTreeMap<String, (String, Form)>,
}

/// The first test that needs a chapter plays it; the others start from its copy.
async fn sqlite_copy(chapter: Chapter) -> &'static Vec<u8> {
    let play = || async {
        let bot = Box::pin(Bot::play(Engine::Sqlite, chapter)).await;
        let home = bot.shut().await;
        std::fs::read(home.address()).expect("the closed file")
    };
    FILES[chapter as usize].get_or_init(play).await
}

async fn postgres_copy(chapter: Chapter) -> String {
    let play = || async { Box::pin(Bot::play(Engine::Postgres, chapter)).await.shut().await.address() };
    let template = DATABASES[chapter as usize].get_or_init(play).await;
    let (server, name) = template.rsplit_once('/').expect("an address ends with a name");
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    let copy = bytes.iter().fold("story_".to_owned(), |name, byte| format!("{name}{byte:02x}"));
    let mut link = PgConnection::connect(&format!("{server}/postgres")).await.expect("the server answers");
    let sql = format!("CREATE DATABASE {copy} TEMPLATE {name}");
    link.execute(AssertSqlSafe(sql)).await.expect("the database can be copied");
    link.close().await.expect("the connection ends");
    format!("{server}/{copy}")
}

impl Bot {
    /// An empty workspace.
    pub async fn empty(engine: Engine) -> Self {
        Self::at(Home::new(engine), 1).await
    }

    /// The demo council, everybody joined, no groups yet.
    pub async fn demo(engine: Engine) -> Self {
        Self::from_copy(engine, Chapter::Demo).await
    }

    /// The demo council with its groups published.
    pub async fn published(engine: Engine) -> Self {
        Self::from_copy(engine, Chapter::Published).await
    }

    /// A program with one group's worth of people, no group yet: ada runs it, grace mentors, ben, cleo, dev and eva
    /// take part. Six employers, four zones; everybody shares 14:00 to 15:00 of Berlin.
    pub async fn small(engine: Engine) -> Self {
        Self::from_copy(engine, Chapter::Small).await
    }

    /// As [`Self::small`], with its one group published.
    pub async fn small_group(engine: Engine) -> Self {
        Self::from_copy(engine, Chapter::SmallGroup).await
    }

    async fn from_copy(engine: Engine, chapter: Chapter) -> Self {
        let home = match engine {
            Engine::Sqlite => {
                let home = Home::new(engine);
                std::fs::write(home.address(), sqlite_copy(chapter).await).expect("a copy");
                home
            }
            Engine::Postgres => Home::Server(postgres_copy(chapter).await),
        };
        let bot = Self::at(home, 100).await;
        // Names are sorted by time: what happens from here on comes after what is in the copy.
        bot.playground().advance(1).await.expect("a second passes");
        bot
    }

    async fn play(engine: Engine, chapter: Chapter) -> Self {
        let mut bot = Self::empty(engine).await;
        let demo = matches!(chapter, Chapter::Demo | Chapter::Published);
        let staff = if demo { MANAGER } else { "ada" };
        if demo {
            bot.playground().start_demo().await.expect("the demo starts");
        } else {
            bot.enrol_a_few().await;
        }
        if matches!(chapter, Chapter::Published | Chapter::SmallGroup) {
            bot.says(staff, &format!("/mentor groups preview {PROGRAM}")).await;
            bot.says(staff, &format!("/mentor groups publish {PROGRAM} yes")).await;
        }
        bot
    }

    async fn enrol_a_few(&mut self) {
        self.add("Ada Stone", "Council", "Europe/Berlin").await;
        self.found().await;
        for (name, employer, zone) in [
            ("Grace Hill", "North Bank", "Europe/Berlin"),
            ("Ben Brook", "South Rail", "Europe/Berlin"),
            ("Cleo Marsh", "East Foods", "Europe/London"),
            ("Dev Rao", "West Media", "Asia/Kolkata"),
            ("Eva Lind", "Centre Health", "America/New_York"),
        ] {
            let handle = self.add(name, employer, zone).await;
            let (role, level, topics) = match handle.as_str() {
                "grace" => ("mentor", 6, "offers=\"stakeholders, workload\" answer=48"),
                _ => ("participant", 4, "needs=\"stakeholders\""),
            };
            let profile = format!(
                "/mentor profile name=\"{name}\" level={level} {topics} interests=\"it-strategy\" \
                 availability=\"mon-fri 8:00-20:00\""
            );
            self.says(&handle, &profile).await;
            self.join(&handle, role).await;
        }
    }

    /// Founds and opens the program `pathways` as ada.
    pub async fn found(&mut self) {
        let create = "/mentor program create name=\"Pathways\" slug=pathways goal=\"Fill two posts from within\" \
                      starts=2027-01-04 ends=2028-01-03 zone=Europe/Berlin cadence=monthly waves=2";
        self.says("ada", create).await;
        self.says("ada", "/mentor program open pathways").await;
    }

    /// Joins by the person's own act: reading the charter and pressing its button.
    pub async fn join(&mut self, handle: &str, role: &str) {
        self.says(handle, &format!("/mentor join {PROGRAM} {role}")).await;
        self.press(handle, &accept()).await;
    }

    async fn at(home: Home, session: u64) -> Self {
        let playground = Some(Self::open(&home, session, start()).await);
        Self { home, playground, session, seen: BTreeMap::new(), forms: BTreeMap::new() }
    }

    async fn open(home: &Home, session: u64, start: Instant) -> Playground {
        let store = Store::open(&home.address()).await.expect("the database opens");
        store.migrate(None).await.expect("the tables are there");
        Playground::open(store, content(), Arc::new(Ids::from_seed(session)), start).await.expect("it opens")
    }

    async fn shut(mut self) -> Home {
        let playground = self.playground.take().expect("open");
        playground.core().store().close().await;
        self.home
    }

    /// Closes the database and opens the playground on it again.
    pub async fn restart(&mut self) {
        self.playground.take().expect("open").core().store().close().await;
        self.session += 1;
        self.playground = Some(Self::open(&self.home, self.session, start()).await);
    }

    /// As [`Self::restart`], but the program was away for this many seconds.
    pub async fn away(&mut self, seconds: i64) {
        let at = self.now().plus_secs(seconds);
        let mut tx = self.store().begin().await.expect("a transaction");
        tx.mark_setting("playground.clock", &at.as_micros().to_string()).await.expect("the clock is set");
        tx.commit().await.expect("kept");
        self.restart().await;
    }

    /// The room itself.
    pub fn playground(&self) -> &Playground {
        self.playground.as_ref().expect("open")
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.playground().core().store()
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.playground().now()
    }

    /// Brings somebody in and says their handle.
    pub async fn add(&mut self, name: &str, organisation: &str, zone: &str) -> String {
        self.playground().add_person(name, organisation, zone).await.expect("somebody new")
    }

    async fn reader(&self, account: &str) -> Reader {
        let people = self.playground().core().directory(PLATFORM, WORKSPACE).await.expect("people");
        let zone = people.iter().find(|p| p.account == account).and_then(|p| Zone::parse(&p.zone).ok());
        Reader { zone: zone.unwrap_or_else(Zone::utc), now: self.now(), root: "/mentor".into() }
    }

    async fn heard(&mut self, account: &str, room: &str, said: Result<Said, Wrong>) -> String {
        let reader = self.reader(account).await;
        match said {
            Ok(Said { form: Some(form), .. }) => {
                let text = reader.form(&form);
                self.forms.insert(account.to_owned(), (room.to_owned(), form));
                text
            }
            Ok(Said { reply: Some(message), .. }) => {
                self.forms.remove(account);
                reader.message(&message)
            }
            Ok(_) => String::new(),
            Err(wrong) => wrong.to_string(),
        }
    }

    /// A person types a command in the lobby; the bot's reply or form as plain text.
    pub async fn says(&mut self, account: &str, text: &str) -> String {
        self.says_in(account, LOBBY, text).await
    }

    /// A person types into a room, named by its id or its name.
    pub async fn says_in(&mut self, account: &str, room: &str, text: &str) -> String {
        let room = self.room_id(account, room).await;
        let said = self.playground().say(account, &room, text).await;
        self.heard(account, &room, said).await
    }

    async fn room_id(&self, account: &str, name: &str) -> String {
        let rooms = self.playground().rooms(account).await.expect("rooms");
        rooms.into_iter().find(|r| r.name == name || r.id == name).map_or_else(|| name.to_owned(), |r| r.id)
    }

    /// Somebody presses the latest button with this label, or chooses `Label: Entry` from a list, or picks
    /// `Label: 2027-01-31 15:00`; in whichever of their rooms it is.
    pub async fn press(&mut self, account: &str, label: &str) -> String {
        let (room, post, command) = self.button(account, label).await.unwrap_or_else(|| {
            panic!("{account} sees no button \"{label}\"");
        });
        self.press_at(account, &room, &post, &command).await
    }

    /// Presses a button found before with [`Self::button`].
    pub async fn press_at(&mut self, account: &str, room: &str, post: &str, command: &str) -> String {
        let said = self.playground().press(account, room, post, command).await;
        self.heard(account, room, said).await
    }

    /// Room, message and command of the latest button with this label.
    pub async fn button(&self, account: &str, label: &str) -> Option<(String, String, String)> {
        let mut best: Option<(Instant, String, String, String)> = None;
        for room in self.playground().rooms(account).await.expect("rooms") {
            let (posts, _) = self.playground().messages(account, &room.id, None).await.expect("messages");
            for post in posts.into_iter().rev() {
                let Some(command) = post.message.all_actions().find_map(|action| sends(action, label)) else {
                    continue;
                };
                if best.as_ref().is_none_or(|(at, id, ..)| (post.at, &post.id) > (*at, id)) {
                    best = Some((post.at, post.id, room.id.clone(), command));
                }
                break;
            }
        }
        best.map(|(_, post, room, command)| (room, post, command))
    }

    /// Files the form that is open for a person, with these values put in.
    pub async fn fill(&mut self, account: &str, values: &[(&str, &str)]) -> String {
        let (room, form) = self.forms.get(account).cloned().expect("a form is open");
        let mut all: BTreeMap<String, String> =
            form.fields.iter().map(|f| (f.name.clone(), f.value.clone())).collect();
        for (name, value) in values {
            assert!(form.field(name).is_some(), "the form has no field {name}");
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        let said = self.playground().submit(account, &room, &form.command, all).await;
        self.heard(account, &room, said).await
    }

    /// Files values under a command, as a client would that made up its own form.
    pub async fn submit(&mut self, account: &str, command: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let said = self.playground().submit(account, LOBBY, command, values).await;
        self.heard(account, LOBBY, said).await
    }

    /// The form that is open for a person.
    pub fn form(&self, account: &str) -> Option<&Form> {
        self.forms.get(account).map(|(_, form)| form)
    }

    /// Turns the clock, stopping at everything on the way.
    pub async fn advance(&mut self, seconds: i64) {
        self.playground().advance(seconds).await.expect("time passes");
    }

    /// Turns the clock to an instant ahead.
    pub async fn advance_to(&mut self, at: Instant) {
        self.advance(self.now().secs_until(at)).await;
    }

    /// Direct messages that are new since the last look, as plain text in the person's zone.
    pub async fn inbox(&mut self, account: &str) -> Vec<String> {
        self.news(account, &format!("dm-{account}")).await
    }

    /// What the bot said to all in a room since this person's last look.
    pub async fn room(&mut self, account: &str, room: &str) -> Vec<String> {
        let id = self.room_id(account, room).await;
        self.news(account, &id).await
    }

    async fn news(&mut self, account: &str, room: &str) -> Vec<String> {
        let reader = self.reader(account).await;
        let key = format!("{account} {room}");
        let seen = self.seen.get(&key).cloned().unwrap_or_default();
        let mut fresh = Vec::new();
        let mut before: Option<String> = None;
        loop {
            let (posts, more) =
                self.playground().messages(account, room, before.as_deref()).await.expect("messages");
            let reached = posts.first().is_none_or(|post| post.id <= seen);
            before = posts.first().map(|post| post.id.clone());
            fresh.extend(posts.into_iter().rev().filter(|post| post.id > seen));
            if reached || !more {
                break;
            }
        }
        if let Some(last) = fresh.first() {
            self.seen.insert(key, last.id.clone());
        }
        let told = fresh.into_iter().rev().filter(|post| post.author == "bot" && !post.private);
        told.map(|post| reader.message(&post.message)).collect()
    }

    /// Names of the rooms a person is in.
    pub async fn rooms(&self, account: &str) -> Vec<String> {
        let rooms = self.playground().rooms(account).await.expect("rooms");
        rooms.into_iter().map(|room| room.name).collect()
    }

    /// The name of the room of a person's group.
    pub async fn group_room(&self, account: &str) -> String {
        let rooms = self.rooms(account).await;
        rooms.into_iter().find(|name| name.contains("-group-")).expect("a group's room")
    }

    /// A reply as plain text in UTC.
    pub fn plain(&self, reply: &Reply) -> String {
        let reader = Reader { zone: Zone::utc(), now: self.now(), root: "/mentor".into() };
        match reply {
            Reply::Private(message) | Reply::Public(message) => reader.message(message),
            Reply::Form(form) => reader.form(form),
            Reply::Silent => String::new(),
        }
    }

    /// The first number that a statement finds; `$1` … are the binds.
    pub async fn number(&self, sql: &'static str, binds: &[&str]) -> i64 {
        let rows = self.numbers(sql, binds).await;
        *rows.first().expect("a row")
    }

    /// The numbers that a statement finds.
    pub async fn numbers(&self, sql: &'static str, binds: &[&str]) -> Vec<i64> {
        let mut tx = self.store().begin().await.expect("a transaction");
        let rows: Vec<(i64,)> = ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("numbers");
        rows.into_iter().map(|(n,)| n).collect()
    }

    /// Pairs of text and number that a statement finds.
    pub async fn pairs(&self, sql: &'static str, binds: &[&str]) -> Vec<(String, i64)> {
        let mut tx = self.store().begin().await.expect("a transaction");
        ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("pairs")
    }

    /// Texts that a statement finds.
    pub async fn texts(&self, sql: &'static str, binds: &[&str]) -> Vec<String> {
        let mut tx = self.store().begin().await.expect("a transaction");
        let rows: Vec<(String,)> = ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("texts");
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// Changes the database behind the bot's back, where a story needs a state that no command makes.
    pub async fn meddle(&self, sql: &'static str, binds: &[&str]) {
        let mut tx = self.store().begin().await.expect("a transaction");
        // A statement that gives no rows is executed all the same.
        let _: Vec<(i64,)> = ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("a change");
        tx.commit().await.expect("kept");
    }

    /// Everything the bot ever posted, oldest first.
    pub async fn said(&self) -> Vec<Spoken> {
        let kinds: BTreeMap<String, String> = self
            .texts("SELECT id || ' ' || kind FROM nudges", &[])
            .await
            .into_iter()
            .filter_map(|row| row.split_once(' ').map(|(id, kind)| (id.to_owned(), kind.to_owned())))
            .collect();
        let rows = self
            .pairs(
                "SELECT COALESCE(marker, '') || '|' || body, sent_at FROM playground_messages \
                 WHERE author = 'bot' ORDER BY id",
                &[],
            )
            .await;
        let spoken = rows.into_iter().map(|(row, at)| {
            let (marker, body) = row.split_once('|').expect("two parts");
            Spoken {
                kind: kinds.get(marker).cloned(),
                at: Instant::from_micros(at),
                message: serde_json::from_str(body).expect("a message"),
            }
        });
        spoken.collect()
    }
}

/// Something the bot said.
pub struct Spoken {
    /// The kind of its nudge; a reply has none.
    pub kind: Option<String>,
    /// When.
    pub at: Instant,
    /// The words.
    pub message: Message,
}

impl Spoken {
    /// Plain text as read in UTC at that moment.
    pub fn plain(&self) -> String {
        let reader = Reader { zone: Zone::utc(), now: self.at, root: "/mentor".into() };
        reader.message(&self.message)
    }
}

fn sends(action: &Action, label: &str) -> Option<String> {
    let (name, entry) = label.split_once(": ").unwrap_or((label, ""));
    match action {
        Action::Button { label: own, command, .. } => (own == label).then(|| command.clone()),
        Action::Select { label: own, command, options } => {
            let option = options.iter().find(|o| o.label == entry || o.value == entry)?;
            (own == name).then(|| format!("{command} {}", option.value))
        }
        Action::DateTime { label: own, command } => (own == name).then(|| format!("{command} {entry}")),
    }
}

/// A request straight into the core, as an adapter sends it.
pub fn request(account: &str, delivery: &str, input: Input) -> Request {
    Request {
        platform: PLATFORM.into(),
        workspace: WORKSPACE.into(),
        actor: Actor {
            external_id: account.into(),
            handle: account.into(),
            name: account.into(),
            ..Actor::default()
        },
        room: None,
        delivery: delivery.into(),
        input,
    }
}

/// Fails with the whole text when a part is missing.
#[track_caller]
pub fn has(text: &str, part: &str) {
    assert!(text.contains(part), "expected \"{part}\" in:\n{text}");
}

/// Fails with the whole text when a part is there.
#[track_caller]
pub fn lacks(text: &str, part: &str) {
    assert!(!text.contains(part), "did not expect \"{part}\" in:\n{text}");
}

/// The words on the button that accepts the charter.
pub fn accept() -> String {
    content().texts.charter.accept.clone()
}

/// The library and texts that every story uses.
pub fn library() -> Arc<Content> {
    content()
}
