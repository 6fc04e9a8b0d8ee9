//! Talking to the bot in tests: `bot.says("ada", "/mentor help")`, `bot.press(..)`, `bot.fill(..)`, `bot.advance(..)`.
//! The same words work on every stage: the playground's own room on both engines, and the real adapters before a strict
//! Slack and a strict Discord of our own. The clock starts on the same Monday everywhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use roundtable::adapters::playground::{MANAGER, PLATFORM, PROGRAM, Playground, WORKSPACE};
use roundtable::chat::plain::Reader;
use roundtable::chat::{Form, Message};
use roundtable::content::Content;
use roundtable::core::{Actor, Core, Input, Reply, Request};
use roundtable::domain::civil::{Instant, Zone};
use roundtable::store::{Engine, Store, Tx};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

mod demo;
pub mod discord;
pub mod front;
mod play;
pub mod slack;

use front::{Button, Front, Kept};

/// Where stories are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The playground on SQLite.
    Sqlite,
    /// The playground on PostgreSQL.
    Postgres,
    /// The Slack adapter on SQLite.
    Slack,
    /// The Discord adapter on SQLite.
    Discord,
}

impl From<Engine> for Stage {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite,
            Engine::Postgres => Self::Postgres,
        }
    }
}

/// Stories, and whole files of them, that are told in the playground only, with the reason. Everything else is told on
/// Slack too.
pub const PLAYGROUND_ONLY: &[(&str, &str)] = &[
    (
        "a_button_that_was_never_shown_cannot_be_pressed",
        "Slack signs what was shown; its people cannot forge a press",
    ),
    ("after_a_restart_new_messages_still_come_last", "is about the order of the playground's own tables"),
    (
        "a_newcomer_reads_what_this_is_and_joins_with_a_button",
        "Slack knows no employer, so profiles are never empty",
    ),
    (
        "a_room_has_one_standing_card_that_follows_the_next_meetup",
        "reads the playground's tables; see slack/contract.rs",
    ),
    (
        "many_changes_at_once_are_one_change_of_the_card",
        "reads the playground's tables; see slack/contract.rs",
    ),
    (
        "the_calendar_files_follow_a_meetup_by_its_name",
        "reads the playground's tables; see slack/contract.rs",
    ),
    (
        "people_come_and_go",
        "calls the core as an adapter does; Slack's own events are told in slack/lifecycle.rs",
    ),
    (
        "a_year_of_the_council_keeps_every_promise",
        "plays everybody by the playground's tables; see slack/faults.rs",
    ),
];

/// Stories that are told on Slack and cannot be told on Discord, with the reason.
pub const NOT_ON_DISCORD: &[(&str, &str)] = &[
    (
        "lines_that_are_no_commands_are_answered_too",
        "types lines that a slash command with typed options cannot carry",
    ),
    ("the_glossary_tells_mentor_and_coach_apart", "reads commands as they are typed elsewhere"),
    (
        "a_missing_word_a_wrong_word_and_an_unknown_command_are_answered_with_help",
        "reads commands as they are typed elsewhere",
    ),
];

/// Whether a story, named by its path, can be told on a stage here.
pub fn available(stage: Stage, story: &str) -> bool {
    match stage {
        Stage::Sqlite => true,
        Stage::Postgres => crate::postgres::database().is_some(),
        Stage::Slack => story.split("::").all(|part| PLAYGROUND_ONLY.iter().all(|(name, _)| *name != part)),
        Stage::Discord => {
            let elsewhere = || PLAYGROUND_ONLY.iter().chain(NOT_ON_DISCORD);
            story.split("::").all(|part| elsewhere().all(|(name, _)| *name != part))
        }
    }
}

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

/// Writes each story once and runs it on every stage.
macro_rules! scenarios {
    ($($(#[$meta:meta])* async fn $name:ident($stage:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($stage: crate::harness::Stage) $body

            async fn on_stage(stage: crate::harness::Stage) {
                if crate::harness::available(stage, module_path!()) {
                    Box::pin(story(stage)).await;
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                on_stage(crate::harness::Stage::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                on_stage(crate::harness::Stage::Postgres).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn slack() {
                on_stage(crate::harness::Stage::Slack).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn discord() {
                on_stage(crate::harness::Stage::Discord).await;
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

/// The setting in which the playground's clock, and that of stories on Slack, is kept.
const CLOCK: &str = "playground.clock";

/// Where a database lives while a story is told.
enum Home {
    File(tempfile::TempDir),
    Server(String),
}

impl Home {
    fn new(stage: Stage) -> Self {
        match stage {
            Stage::Sqlite | Stage::Slack | Stage::Discord => {
                Self::File(tempfile::tempdir().expect("a folder"))
            }
            Stage::Postgres => Self::Server(crate::postgres::database().expect("a server")),
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
static WORLDS: [OnceCell<(Vec<u8>, Kept)>; Chapter::COUNT] =
    [const { OnceCell::const_new() }; Chapter::COUNT];

static SERVERS: [OnceCell<(Vec<u8>, Kept)>; Chapter::COUNT] =
    [const { OnceCell::const_new() }; Chapter::COUNT];

fn content() -> Arc<Content> {
    CONTENT.get_or_init(|| Arc::new(Content::builtin())).clone()
}

/// The bot under test, with everybody who talks to it.
pub struct Bot {
    stage: Stage,
    home: Home,
    front: Option<Box<dyn Front>>,
    /// Sessions so far; each gets names of its own.
    session: u64,
}

/// The first test that needs a chapter plays it; the others start from its copy.
async fn sqlite_copy(chapter: Chapter) -> &'static Vec<u8> {
    let play = || async {
        let (home, _) = Box::pin(Bot::play(Stage::Sqlite, chapter)).await.shut().await;
        std::fs::read(home.address()).expect("the closed file")
    };
    FILES[chapter as usize].get_or_init(play).await
}

/// The same on Slack, with what Slack held.
async fn slack_copy(chapter: Chapter) -> &'static (Vec<u8>, Kept) {
    let play = || async {
        let (home, kept) = Box::pin(Bot::play(Stage::Slack, chapter)).await.shut().await;
        (std::fs::read(home.address()).expect("the closed file"), kept)
    };
    WORLDS[chapter as usize].get_or_init(play).await
}

/// The same on Discord, with what Discord held.
async fn discord_copy(chapter: Chapter) -> &'static (Vec<u8>, Kept) {
    let play = || async {
        let (home, kept) = Box::pin(Bot::play(Stage::Discord, chapter)).await.shut().await;
        (std::fs::read(home.address()).expect("the closed file"), kept)
    };
    SERVERS[chapter as usize].get_or_init(play).await
}

async fn postgres_copy(chapter: Chapter) -> String {
    let play = || async { Box::pin(Bot::play(Stage::Postgres, chapter)).await.shut().await.0.address() };
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
    pub async fn empty(stage: impl Into<Stage>) -> Self {
        let stage = stage.into();
        Self::at(stage, Home::new(stage), 1, Kept::default()).await
    }

    /// The demo council, everybody joined, no groups yet.
    pub async fn demo(stage: impl Into<Stage>) -> Self {
        Self::from_copy(stage.into(), Chapter::Demo).await
    }

    /// The demo council with its groups published.
    pub async fn published(stage: impl Into<Stage>) -> Self {
        Self::from_copy(stage.into(), Chapter::Published).await
    }

    /// A program with one group's worth of people, no group yet: ada runs it, grace mentors, ben, cleo, dev and eva
    /// take part. Six employers, four zones; everybody shares 14:00 to 15:00 of Berlin.
    pub async fn small(stage: impl Into<Stage>) -> Self {
        Self::from_copy(stage.into(), Chapter::Small).await
    }

    /// As [`Self::small`], with its one group published.
    pub async fn small_group(stage: impl Into<Stage>) -> Self {
        Self::from_copy(stage.into(), Chapter::SmallGroup).await
    }

    async fn from_copy(stage: Stage, chapter: Chapter) -> Self {
        let (home, kept) = match stage {
            Stage::Sqlite => {
                let home = Home::new(stage);
                std::fs::write(home.address(), sqlite_copy(chapter).await).expect("a copy");
                (home, Kept::default())
            }
            Stage::Slack => {
                let (home, (file, kept)) = (Home::new(stage), slack_copy(chapter).await);
                std::fs::write(home.address(), file).expect("a copy");
                (home, kept.clone())
            }
            Stage::Discord => {
                let (home, (file, kept)) = (Home::new(stage), discord_copy(chapter).await);
                std::fs::write(home.address(), file).expect("a copy");
                (home, kept.clone())
            }
            Stage::Postgres => (Home::Server(postgres_copy(chapter).await), Kept::default()),
        };
        let mut bot = Self::at(stage, home, 100, kept).await;
        // Names are sorted by time: what happens from here on comes after what is in the copy.
        bot.advance(1).await;
        bot
    }

    async fn play(stage: Stage, chapter: Chapter) -> Self {
        let mut bot = Self::empty(stage).await;
        let demo = matches!(chapter, Chapter::Demo | Chapter::Published);
        let staff = if demo { MANAGER } else { "ada" };
        if demo {
            bot.front_mut().start_demo().await;
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

    async fn at(stage: Stage, home: Home, session: u64, kept: Kept) -> Self {
        let front = Some(Self::open(stage, &home, session, kept).await);
        Self { stage, home, front, session }
    }

    async fn open(stage: Stage, home: &Home, session: u64, kept: Kept) -> Box<dyn Front> {
        let store = Store::open(&home.address()).await.expect("the database opens");
        store.migrate(None).await.expect("the tables are there");
        match stage {
            Stage::Sqlite | Stage::Postgres => Box::new(play::Play::open(store, session, kept).await),
            Stage::Slack => Box::new(slack::SlackRoom::open(store, session, kept).await),
            Stage::Discord => Box::new(discord::DiscordRoom::open(store, session, kept).await),
        }
    }

    async fn shut(mut self) -> (Home, Kept) {
        let kept = self.front.take().expect("open").shut().await;
        (self.home, kept)
    }

    /// Closes the database and opens the bot on it again.
    pub async fn restart(&mut self) {
        let kept = self.front.take().expect("open").shut().await;
        self.session += 1;
        self.front = Some(Self::open(self.stage, &self.home, self.session, kept).await);
    }

    /// As [`Self::restart`], but the program was away for this many seconds.
    pub async fn away(&mut self, seconds: i64) {
        let at = self.now().plus_secs(seconds);
        let mut tx = self.store().begin().await.expect("a transaction");
        tx.mark_setting(CLOCK, &at.as_micros().to_string()).await.expect("the clock is set");
        tx.commit().await.expect("kept");
        self.restart().await;
    }

    fn front(&self) -> &dyn Front {
        self.front.as_deref().expect("open")
    }

    fn front_mut(&mut self) -> &mut dyn Front {
        self.front.as_deref_mut().expect("open")
    }

    /// The playground's room, for stories of the playground only.
    pub fn playground(&self) -> &Playground {
        self.front().playground().expect("a story of the playground")
    }

    /// Slack with the adapter before it, for stories of Slack only.
    pub fn slack(&self) -> &slack::SlackRoom {
        self.front().slack().expect("a story of Slack")
    }

    /// Discord with the adapter before it, for stories of Discord only.
    pub fn discord(&self) -> &discord::DiscordRoom {
        self.front().discord().expect("a story of Discord")
    }

    /// The core.
    pub fn core(&self) -> &Core {
        self.front().core()
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.core().store()
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.core().now()
    }

    /// A request straight into the core, as the adapter sends it.
    pub fn request(&self, account: &str, delivery: &str, input: Input) -> Request {
        let (platform, workspace) = self.front().names();
        let mut request = request(account, delivery, input);
        request.platform = platform.into();
        request.workspace = workspace.into();
        request.actor.external_id = self.account(account);
        request
    }

    /// The platform's id of a person's account.
    pub fn account(&self, handle: &str) -> String {
        self.front().account(handle)
    }

    /// Platform and workspace as the core knows them.
    pub fn names(&self) -> (&'static str, &'static str) {
        self.front().names()
    }

    /// Brings somebody in and says their handle.
    pub async fn add(&mut self, name: &str, organisation: &str, zone: &str) -> String {
        self.front_mut().add(name, organisation, zone).await
    }

    /// A person types a command in the lobby; the bot's reply or form as plain text.
    pub async fn says(&mut self, account: &str, text: &str) -> String {
        self.says_in(account, "lobby", text).await
    }

    /// A person types into a room, named by its id or its name.
    pub async fn says_in(&mut self, account: &str, room: &str, text: &str) -> String {
        self.front_mut().says_in(account, room, text).await
    }

    /// Somebody presses the latest button with this label, or chooses `Label: Entry` from a list, or picks
    /// `Label: 2027-01-31 15:00`; in whichever of their rooms it is.
    pub async fn press(&mut self, account: &str, label: &str) -> String {
        let button = self.button(account, label).await;
        let button = button.unwrap_or_else(|| panic!("{account} sees no button \"{label}\""));
        self.front_mut().press_at(account, &button).await
    }

    /// Presses a button found before with [`Self::button`].
    pub async fn press_at(&mut self, account: &str, room: &str, post: &str, command: &str) -> String {
        let button = (room.to_owned(), post.to_owned(), command.to_owned());
        self.front_mut().press_at(account, &button).await
    }

    /// Room, message and command of the latest button with this label.
    pub async fn button(&self, account: &str, label: &str) -> Option<Button> {
        self.front().button(account, label).await
    }

    /// Files the form that is open for a person, with these values put in.
    pub async fn fill(&mut self, account: &str, values: &[(&str, &str)]) -> String {
        self.front_mut().fill(account, values).await
    }

    /// Files values under a command, as a client would that made up its own form.
    pub async fn submit(&mut self, account: &str, command: &str, values: &[(&str, &str)]) -> String {
        self.front_mut().submit(account, command, values).await
    }

    /// The form that is open for a person.
    pub fn form(&self, account: &str) -> Option<Form> {
        self.front().form(account)
    }

    /// Turns the clock, stopping at everything on the way.
    pub async fn advance(&mut self, seconds: i64) {
        self.front_mut().advance(seconds).await;
    }

    /// Turns the clock to an instant ahead.
    pub async fn advance_to(&mut self, at: Instant) {
        self.advance(self.now().secs_until(at)).await;
    }

    /// Direct messages that are new since the last look, as plain text in the person's zone.
    pub async fn inbox(&mut self, account: &str) -> Vec<String> {
        self.front_mut().news(account, &format!("dm-{account}")).await
    }

    /// What the bot said to all in a room since this person's last look.
    pub async fn room(&mut self, account: &str, room: &str) -> Vec<String> {
        self.front_mut().news(account, room).await
    }

    /// Names of the rooms a person is in.
    pub async fn rooms(&self, account: &str) -> Vec<String> {
        self.front().rooms(account).await.into_iter().map(|(_, name)| name).collect()
    }

    /// The platform's id of a room that a person is in.
    pub async fn room_id(&self, account: &str, name: &str) -> String {
        let rooms = self.front().rooms(account).await;
        rooms.into_iter().find(|(_, own)| own == name).expect("they are in that room").0
    }

    /// The name of the room of a person's group.
    pub async fn group_room(&self, account: &str) -> String {
        let rooms = self.rooms(account).await;
        rooms.into_iter().find(|name| name.contains("-group-")).expect("a group's room")
    }

    /// Messages that the bot sent by itself, so far.
    pub async fn sent(&self) -> i64 {
        self.front().sent().await
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
        numbers(self.store(), sql, binds).await
    }

    /// Pairs of text and number that a statement finds.
    pub async fn pairs(&self, sql: &'static str, binds: &[&str]) -> Vec<(String, i64)> {
        let mut tx = self.store().begin().await.expect("a transaction");
        ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("pairs")
    }

    /// Texts that a statement finds.
    pub async fn texts(&self, sql: &'static str, binds: &[&str]) -> Vec<String> {
        texts(self.store(), sql, binds).await
    }

    /// Changes the database behind the bot's back, where a story needs a state that no command makes.
    pub async fn meddle(&self, sql: &'static str, binds: &[&str]) {
        meddle(self.store(), sql, binds).await;
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

/// Changes a database behind everybody's back.
pub async fn meddle(store: &Store, sql: &'static str, binds: &[&str]) {
    let mut tx = store.begin().await.expect("a transaction");
    // A statement that gives no rows is executed all the same.
    let _: Vec<(i64,)> = ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("a change");
    tx.commit().await.expect("kept");
}

/// The texts that a statement finds in a database.
pub async fn texts(store: &Store, sql: &'static str, binds: &[&str]) -> Vec<String> {
    let mut tx = store.begin().await.expect("a transaction");
    let rows: Vec<(String,)> = ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("texts");
    rows.into_iter().map(|(text,)| text).collect()
}

/// The numbers that a statement finds in a database.
pub async fn numbers(store: &Store, sql: &'static str, binds: &[&str]) -> Vec<i64> {
    let mut tx = store.begin().await.expect("a transaction");
    let rows: Vec<(i64,)> = ask!(&mut tx, sqlx::query_as(sql), binds, fetch_all).expect("numbers");
    rows.into_iter().map(|(n,)| n).collect()
}

/// A request straight into the core of the playground, as its adapter sends it.
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

/// The version of the charter that people accept.
fn accept_version() -> u32 {
    content().texts.charter.version
}
