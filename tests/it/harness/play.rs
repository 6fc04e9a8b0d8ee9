//! Stories in the playground: its own room on a database of its own, never a second bot.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use roundtable::adapters::playground::{LOBBY, PLATFORM, Playground, Said, WORKSPACE, Wrong};
use roundtable::chat::plain::Reader;
use roundtable::chat::{Action, Form};
use roundtable::clock::Ids;
use roundtable::core::Core;
use roundtable::domain::civil::{Instant, Zone};
use roundtable::store::Store;

use super::front::{Button, Front, Kept};
use super::{library, start};

/// The playground with what its people have open and have read.
pub struct Play {
    playground: Playground,
    kept: Kept,
}

impl Play {
    /// Opens it on a database; each session gets names of its own.
    pub async fn open(store: Store, session: u64, kept: Kept) -> Self {
        let ids = Arc::new(Ids::from_seed(session));
        let playground = Playground::open(store, library(), ids, start()).await.expect("it opens");
        Self { playground, kept }
    }

    async fn reader(&self, account: &str) -> Reader {
        let people = self.core().directory(PLATFORM, WORKSPACE).await.expect("people");
        let zone = people.iter().find(|p| p.account == account).and_then(|p| Zone::parse(&p.zone).ok());
        Reader { zone: zone.unwrap_or_else(Zone::utc), now: self.playground.now(), root: "/mentor".into() }
    }

    async fn heard(&mut self, account: &str, room: &str, said: Result<Said, Wrong>) -> String {
        let reader = self.reader(account).await;
        match said {
            Ok(Said { form: Some(form), .. }) => {
                let text = reader.form(&form);
                self.kept.forms.insert(account.to_owned(), (room.to_owned(), form));
                text
            }
            Ok(Said { reply: Some(message), .. }) => {
                self.kept.forms.remove(account);
                reader.message(&message)
            }
            Ok(_) => String::new(),
            Err(wrong) => wrong.to_string(),
        }
    }

    async fn room_id(&self, account: &str, name: &str) -> String {
        let rooms = self.playground.rooms(account).await.expect("rooms");
        rooms.into_iter().find(|r| r.name == name || r.id == name).map_or_else(|| name.to_owned(), |r| r.id)
    }
}

#[async_trait]
impl Front for Play {
    fn core(&self) -> &Core {
        self.playground.core()
    }

    fn playground(&self) -> Option<&Playground> {
        Some(&self.playground)
    }

    fn names(&self) -> (&'static str, &'static str) {
        (PLATFORM, WORKSPACE)
    }

    fn account(&self, handle: &str) -> String {
        handle.to_owned()
    }

    async fn add(&mut self, name: &str, organisation: &str, zone: &str) -> String {
        self.playground.add_person(name, organisation, zone).await.expect("somebody new")
    }

    async fn start_demo(&mut self) {
        self.playground.start_demo().await.expect("the demo starts");
    }

    async fn says_in(&mut self, account: &str, room: &str, text: &str) -> String {
        let room = self.room_id(account, room).await;
        let said = self.playground.say(account, &room, text).await;
        self.heard(account, &room, said).await
    }

    async fn button(&self, account: &str, label: &str) -> Option<Button> {
        let mut best: Option<(Instant, String, String, String)> = None;
        for room in self.playground.rooms(account).await.expect("rooms") {
            let (posts, _) = self.playground.messages(account, &room.id, None).await.expect("messages");
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

    async fn press_at(&mut self, account: &str, (room, post, command): &Button) -> String {
        let said = self.playground.press(account, room, post, command).await;
        self.heard(account, room, said).await
    }

    fn form(&self, account: &str) -> Option<Form> {
        self.kept.forms.get(account).map(|(_, form)| form.clone())
    }

    async fn fill(&mut self, account: &str, values: &[(&str, &str)]) -> String {
        let (room, form) = self.kept.forms.get(account).cloned().expect("a form is open");
        let mut all: BTreeMap<String, String> =
            form.fields.iter().map(|f| (f.name.clone(), f.value.clone())).collect();
        for (name, value) in values {
            assert!(form.field(name).is_some(), "the form has no field {name}");
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        let said = self.playground.submit(account, &room, &form.command, all).await;
        self.heard(account, &room, said).await
    }

    async fn submit(&mut self, account: &str, command: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let said = self.playground.submit(account, LOBBY, command, values).await;
        self.heard(account, LOBBY, said).await
    }

    async fn advance(&mut self, seconds: i64) {
        self.playground.advance(seconds).await.expect("time passes");
    }

    async fn news(&mut self, account: &str, room: &str) -> Vec<String> {
        let room = self.room_id(account, room).await;
        let reader = self.reader(account).await;
        let key = format!("{account} {room}");
        let seen = self.kept.seen.get(&key).cloned().unwrap_or_default();
        let mut fresh = Vec::new();
        let mut before: Option<String> = None;
        loop {
            let (posts, more) =
                self.playground.messages(account, &room, before.as_deref()).await.expect("messages");
            let reached = posts.first().is_none_or(|post| post.id <= seen);
            before = posts.first().map(|post| post.id.clone());
            fresh.extend(posts.into_iter().rev().filter(|post| post.id > seen));
            if reached || !more {
                break;
            }
        }
        if let Some(last) = fresh.first() {
            self.kept.seen.insert(key, last.id.clone());
        }
        let told = fresh.into_iter().rev().filter(|post| post.author == "bot" && !post.private);
        told.map(|post| reader.message(&post.message)).collect()
    }

    async fn rooms(&self, account: &str) -> Vec<(String, String)> {
        let rooms = self.playground.rooms(account).await.expect("rooms");
        rooms.into_iter().map(|room| (room.id, room.name)).collect()
    }

    async fn sent(&self) -> i64 {
        let sql = "SELECT count(*) FROM playground_messages WHERE author = 'bot' AND marker IS NOT NULL";
        super::numbers(self.core().store(), sql, &[]).await[0]
    }

    async fn shut(self: Box<Self>) -> Kept {
        self.core().store().close().await;
        self.kept
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
