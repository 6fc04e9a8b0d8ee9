//! Discord as a stage: people type, press, choose and fill in, and read what comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use roundtable::adapters::discord::PLATFORM;
use roundtable::chat::Form;
use roundtable::clock::{Clock as _, VirtualClock};
use roundtable::core::{Core, Input, Reply};
use roundtable::domain::civil::Instant;
use roundtable::store::Store;
use serde_json::Value;

use super::adapter::{Adapter, Setup, config_for, hasty, until};
use super::client::{Panel, form_of, options, picks, sends, stale, typed, used};
use super::{GUILD, enter, id_of, world};
use crate::discord::fake::read::{Eyes, Place, Sight};
use crate::discord::fake::{APP, Control, Fake, Kind, Options, rights};
use crate::harness::front::{Button, Front, Kept};
use crate::harness::{CLOCK, start};

/// Steps that the longest form has.
const MOST_STEPS: usize = 60;
/// With this begins what is wrong with a field.
const AGAIN: &str = "Please look again. ";

/// Discord with the adapter before it.
pub struct DiscordRoom {
    fake: Fake,
    adapter: Option<Adapter>,
    clock: Arc<VirtualClock>,
    kept: Kept,
    /// Forms that are open: by person.
    forms: BTreeMap<String, Form>,
}

impl Drop for DiscordRoom {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.fake.must_be_clean();
        }
    }
}

impl DiscordRoom {
    /// Opens it on a database, with Discord as it was kept.
    pub async fn open(store: Store, session: u64, mut kept: Kept) -> Self {
        let stood = {
            let mut tx = store.read().await.expect("the database is open");
            tx.find_setting(CLOCK).await.expect("it can be read").and_then(|text| text.parse().ok())
        };
        let clock = Arc::new(VirtualClock::at(stood.map_or_else(start, Instant::from_micros)));
        let held = kept.discord.take().unwrap_or_else(world);
        let fake = Fake::start(held, Options::new(clock.clone())).await;
        let config = config_for(&fake);
        let adapter = Adapter::open(Setup { store, clock: clock.clone(), session, reach: hasty(), config });
        fake.connected(1).await;
        let there = || async { fake.world().commands.values().any(|all| !all.is_empty()) };
        until("the commands are not registered", there).await;
        let forms =
            std::mem::take(&mut kept.forms).into_iter().map(|(person, (_, form))| (person, form)).collect();
        Self { fake, adapter: Some(adapter), clock, kept, forms }
    }

    /// Discord itself.
    pub const fn fake(&self) -> &Fake {
        &self.fake
    }

    /// The bot.
    pub fn adapter(&self) -> &Adapter {
        self.adapter.as_ref().expect("open")
    }

    /// Discord tells something of the server; returns when everything that follows is done.
    pub async fn happens(&self, name: &str, data: &Value) {
        let before = self.adapter().heard();
        self.fake.tell(Some(GUILD), name, data);
        self.adapter().hears(before).await;
        self.adapter().idle().await;
        self.adapter().settle().await;
    }

    /// Rooms by what stories call them.
    async fn named_rooms(&self, user: &str) -> Vec<(String, String)> {
        let ids = "SELECT external_id || ' ' || name FROM rooms WHERE external_id IS NOT NULL";
        let named: BTreeMap<String, String> = crate::harness::texts(self.core().store(), ids, &[])
            .await
            .into_iter()
            .filter_map(|row| row.split_once(' ').map(|(id, name)| (id.to_owned(), name.to_owned())))
            .collect();
        let world = self.fake.world();
        let mine = world.channels.values().filter(|c| {
            let member = c.thread.as_ref().is_none_or(|thread| thread.members.contains(user));
            member && rights::in_channel(&world, &c.id, user) & rights::VIEW != 0
        });
        let name = |channel: &crate::discord::fake::world::Channel| match channel.kind {
            Kind::Direct => format!("dm-{}", world.users[user].name),
            _ => named.get(&channel.id).unwrap_or(&channel.name).clone(),
        };
        mine.map(|channel| (channel.id.clone(), name(channel))).collect()
    }

    async fn channel(&self, account: &str, room: &str) -> Option<String> {
        let user = id_of(account);
        if room == format!("dm-{account}") {
            return Some(self.fake.direct(&user));
        }
        let rooms = self.named_rooms(&user).await;
        rooms.into_iter().find(|(id, name)| id == room || name == room).map(|(id, _)| id)
    }

    fn is_direct(&self, channel: &str) -> bool {
        self.fake.world().channel(channel).kind == Kind::Direct
    }

    fn mark(&self) -> u64 {
        self.fake.world().mark()
    }

    /// What came back for an act, once everything is done; then what is due now is sent. `asked` is the command that
    /// brought a form about.
    async fn reply(&mut self, account: &str, mark: u64, asked: Option<&str>) -> String {
        let user = id_of(account);
        let answered = || async {
            let world = self.fake.world();
            !world.interactions.values().any(|i| i.user == user && i.loading && i.answered.is_some())
        };
        self.adapter().idle().await;
        until("an answer that was promised does not come", answered).await;
        let mut texts = Vec::new();
        for Sight { place, text, .. } in self.fake.sights(&user, mark) {
            if let Place::Post { channel, id, .. } = &place
                && self.is_direct(channel)
            {
                self.kept.replies.insert(format!("{channel}/{id}"));
            }
            texts.push(text.replace(AGAIN, "  ! "));
        }
        let open = self.modal(account).is_some() || self.panel(account).is_some();
        if let Some(asked) = asked.filter(|_| open) {
            self.learn_form(account, asked).await;
        }
        self.adapter().settle().await;
        texts.join("\n")
    }

    /// The window before somebody.
    fn modal(&self, account: &str) -> Option<Value> {
        self.fake.world().screens.get(&id_of(account)).map(|screen| screen.modal.clone())
    }

    /// The latest step of a form before somebody, unless something else was answered since.
    fn panel(&self, account: &str) -> Option<Panel> {
        let user = id_of(account);
        let world = self.fake.world();
        let own = world.channels.values().flat_map(|c| c.messages.iter().map(move |m| (c, m)));
        let mine = own.filter(|(channel, message)| {
            let alone = message.only.as_deref() == Some(&*user);
            let direct = channel.kind == Kind::Direct && channel.owner == user && message.answers.is_some();
            message.author == APP && !message.deleted && (alone || direct)
        });
        let (channel, last) = mine.max_by_key(|(_, message)| message.seen)?;
        Panel::of(&channel.id, &last.id, &last.components)
    }

    /// What the fields of a form are called that shows only their words: the core knows.
    async fn learn_form(&mut self, account: &str, asked: &str) {
        let actor = roundtable::core::Actor {
            external_id: id_of(account),
            handle: account.into(),
            name: account.into(),
            ..Default::default()
        };
        let known = if self.panel(account).is_some() {
            let request = roundtable::core::Request {
                platform: PLATFORM.into(),
                workspace: GUILD.into(),
                actor,
                room: None,
                delivery: format!("look-{}", self.mark()),
                input: Input::Text(asked.to_owned()),
            };
            match self.core().handle(request).await {
                Reply::Form(form) => Some(form),
                _ => None,
            }
        } else {
            self.modal(account).and_then(|modal| form_of(&modal))
        };
        if let Some(form) = known {
            self.forms.insert(account.to_owned(), form);
        }
    }

    /// Presses something that belongs to a form.
    async fn press_on(&mut self, account: &str, control: &Control, values: &[String]) -> String {
        let (user, mark) = (id_of(account), self.mark());
        let delivered = self.fake.press(&user, control, values).await;
        assert!(delivered.ack.is_some(), "a press on a form is answered");
        self.reply(account, mark, None).await
    }

    /// Files the window before somebody; what the client refuses comes back like an error of the form.
    async fn file(&mut self, account: &str, words: &BTreeMap<String, String>) -> Result<String, String> {
        let (user, mark) = (id_of(account), self.mark());
        match self.fake.submit(&user, words).await {
            Ok(delivered) => {
                assert!(delivered.ack.is_some(), "a filed window is answered");
                Ok(self.reply(account, mark, None).await)
            }
            Err(why) => {
                let world = self.fake.world();
                let modal = &world.screens[&user].modal;
                Err(format!("{}\n  ! {why}", Eyes::of(&world, &user, self.clock.now()).modal(modal)))
            }
        }
    }

    /// Goes through the open form from where it stands, putting these values in.
    async fn go_through(&mut self, account: &str, mut todo: BTreeMap<String, String>) -> String {
        let form = self.forms.get(account).cloned().expect("a form is open");
        let mut text = String::new();
        for _ in 0..MOST_STEPS {
            if let Some(modal) = self.modal(account) {
                let before = self.panel(account).map(|panel| panel.step);
                let words = typed(&modal, &form, &todo);
                match self.file(account, &words).await {
                    Ok(said) => text = said,
                    Err(said) => return said,
                }
                todo.retain(|name, _| !words.keys().any(|id| id == name || name_of(&form, id) == Some(name)));
                let stays = self.panel(account).map(|panel| panel.step);
                if stays.is_some() && stays <= before {
                    return text;
                }
                continue;
            }
            let Some(panel) = self.panel(account) else { break };
            let here = |field: &usize| !panel.lists(*field).is_empty();
            let chosen =
                (0..form.fields.len()).filter(here).find(|i| todo.contains_key(&form.fields[*i].name));
            if let Some(field) = chosen.map(|i| (i, &form.fields[i])) {
                let wanted = todo.remove(&field.1.name).unwrap_or_default();
                let lists = panel.lists(field.0).len();
                for n in 0..lists {
                    // The message changes with every choice.
                    let Some(now) = self.panel(account) else { break };
                    let list = now.lists(field.0).swap_remove(n);
                    let values = picks(field.1, &list, &wanted);
                    if lists == 1 || !values.is_empty() {
                        text = self.press_on(account, &list, &values).await;
                    }
                }
                continue;
            }
            let window = panel.button('o').filter(|_| form.fields.iter().any(|f| todo.contains_key(&f.name)));
            if let Some(open) = window {
                text = self.press_on(account, &open, &[]).await;
                // A window that asks for nothing of it is left as it is.
                let wanted = self.modal(account).is_some_and(|modal| !typed(&modal, &form, &todo).is_empty());
                if wanted {
                    continue;
                }
                self.fake.close(&id_of(account));
            }
            let on = panel.button('n').expect("every step goes on");
            text = self.press_on(account, &on, &[]).await;
            if self.panel(account).is_some_and(|now| now.step <= panel.step) {
                return text;
            }
        }
        assert!(todo.is_empty() || self.modal(account).is_none(), "the form never asked for {todo:?}");
        self.forms.remove(account);
        text
    }
}

fn name_of<'f>(form: &'f Form, id: &str) -> Option<&'f String> {
    form.fields.get(id.parse::<usize>().ok()?).map(|field| &field.name)
}

#[async_trait]
impl Front for DiscordRoom {
    fn core(&self) -> &Core {
        &self.adapter().core
    }

    fn discord(&self) -> Option<&DiscordRoom> {
        Some(self)
    }

    fn names(&self) -> (&'static str, &'static str) {
        (PLATFORM, GUILD)
    }

    fn account(&self, handle: &str) -> String {
        id_of(handle)
    }

    async fn add(&mut self, name: &str, organisation: &str, zone: &str) -> String {
        let handle = enter(&mut self.fake.world(), name, zone);
        // Discord knows the name; employer and zone it does not know. Who writes to the bot opens the way for it.
        self.says_in(&handle, "lobby", &format!("/mentor profile organisation=\"{organisation}\"")).await;
        self.says_in(&handle, &format!("dm-{handle}"), &format!("zone {zone}")).await;
        handle
    }

    async fn start_demo(&mut self) {
        crate::harness::demo::found(self).await;
    }

    async fn says_in(&mut self, account: &str, room: &str, text: &str) -> String {
        let Some(channel) = self.channel(account, room).await else {
            return "You are not in that room.".into();
        };
        let (user, mark, text) = (id_of(account), self.mark(), text.trim());
        if text.is_empty() {
            // Discord's own client sends nothing then.
            return "There is nothing to send yet. Type something first.".into();
        }
        self.fake.close(&user);
        self.forms.remove(account);
        let line = text.strip_prefix('/').map(|rest| rest.split_once(' ').unwrap_or((rest, "")));
        let Some((name, line)) = line else {
            if !self.is_direct(&channel) {
                // The bot does not listen to talk in rooms.
                return String::new();
            }
            return self.writes(account, text).await;
        };
        let command = self.fake.world().commands.values().flatten().find(|one| one["name"] == name).cloned();
        let Some(options) = command.and_then(|command| options(&command, line)) else {
            // What the client does not let anybody say can still be written to the bot.
            return self.writes(account, line).await;
        };
        let delivered = self.fake.command(&user, &channel, name, options).await.expect("it is registered");
        assert!(delivered.ack.is_some(), "a command is answered: {text}");
        self.reply(account, mark, Some(line)).await
    }

    async fn button(&self, account: &str, label: &str) -> Option<Button> {
        let all = self.fake.controls(&id_of(account));
        let found = all.iter().filter_map(|control| Some((control, sends(control, label)?)));
        let newest = |control: &Control| control.message.parse::<u64>().unwrap_or(0);
        let (control, command) = found.max_by_key(|(control, _)| newest(control))?;
        Some((control.channel.clone(), control.message.clone(), command))
    }

    async fn press_at(&mut self, account: &str, (channel, message, command): &Button) -> String {
        let (user, mark) = (id_of(account), self.mark());
        let visible = {
            let world = self.fake.world();
            let sees = rights::in_channel(&world, channel, &user) & rights::VIEW != 0;
            let there = world.channels.get(channel).and_then(|c| c.message(message));
            sees && there.is_some_and(|m| m.only.as_ref().is_none_or(|only| *only == user))
        };
        if !visible {
            return "That message is gone. Discord shows it to somebody else only.".into();
        }
        self.fake.close(&user);
        self.forms.remove(account);
        let controls = self.fake.controls(&user);
        let mut here = controls.into_iter().filter(|c| c.channel == *channel && c.message == *message);
        let (control, values) = here
            .find_map(|control| {
                let values = used(&control, command)?;
                Some((control, values))
            })
            .unwrap_or_else(|| (stale(channel, message, command), Vec::new()));
        let delivered = self.fake.press(&user, &control, &values).await;
        assert!(delivered.ack.is_some(), "a press is answered: {command}");
        let opened = self.reply(account, mark, Some(command)).await;
        let picks = super::client::command_of(control.element["custom_id"].as_str().unwrap_or_default());
        if !picks.is_some_and(|(_, picks)| picks) {
            return opened;
        }
        let mut words = command.rsplit(' ');
        let (time, date) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        self.fill(account, &[("date", date), ("time", time)]).await
    }

    fn form(&self, account: &str) -> Option<Form> {
        self.forms.get(account).cloned()
    }

    async fn fill(&mut self, account: &str, values: &[(&str, &str)]) -> String {
        if !self.forms.contains_key(account) {
            let form = self.modal(account).and_then(|modal| form_of(&modal)).expect("a form is open");
            self.forms.insert(account.to_owned(), form);
        }
        let form = &self.forms[account];
        for (name, _) in values {
            assert!(form.field(name).is_some(), "the form has no field {name}");
        }
        let todo = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.go_through(account, todo).await
    }

    async fn submit(&mut self, account: &str, command: &str, values: &[(&str, &str)]) -> String {
        let (user, mark) = (id_of(account), self.mark());
        let channel = self.channel(account, "lobby").await.expect("the lobby");
        let rows: Vec<Value> = values
            .iter()
            .map(|(name, value)| {
                serde_json::json!({ "type": 1, "components": [{ "type": 4, "custom_id": name, "value": value }] })
            })
            .collect();
        let data = serde_json::json!({ "custom_id": format!("~f:{command}"), "components": rows });
        let delivered = self.fake.interact(5, &user, &channel, None, data).await;
        assert!(delivered.ack.is_some(), "a filed form is answered");
        self.reply(account, mark, None).await
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
        let number = |id: &String| id.parse::<u64>().unwrap_or(0);
        let seen = self.kept.seen.get(&key).map_or(0, number);
        let (fresh, last) = {
            let world = self.fake.world();
            let eyes = Eyes::of(&world, &user, self.clock.now());
            let messages = &world.channel(&channel).messages;
            let told = messages.iter().filter(|m| {
                let reply = self.kept.replies.contains(&format!("{channel}/{}", m.id)) || m.answers.is_some();
                m.author == APP
                    && m.only.is_none()
                    && !m.deleted
                    && m.kind == 0
                    && !reply
                    && number(&m.id) > seen
            });
            let fresh: Vec<String> = told.map(|m| eyes.message(m)).collect();
            (fresh, messages.last().map(|m| m.id.clone()))
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
        let all = world.channels.iter().flat_map(|(id, c)| c.messages.iter().map(move |m| (id, m)));
        let by_itself = |channel: &str, id: &str| !self.kept.replies.contains(&format!("{channel}/{id}"));
        let marked =
            all.filter(|(channel, m)| m.nonce.is_some() && !m.deleted && by_itself(channel, &m.id)).count();
        i64::try_from(marked).expect("a count")
    }

    async fn shut(mut self: Box<Self>) -> Kept {
        self.adapter.take().expect("open").shut().await;
        let mut kept = self.kept.clone();
        kept.discord = Some(self.fake.world().clone());
        kept.forms = std::mem::take(&mut self.forms)
            .into_iter()
            .map(|(person, form)| (person, (String::new(), form)))
            .collect();
        kept
    }
}

impl DiscordRoom {
    /// Somebody writes to the bot; what comes back, with a form opened where a button offers it.
    async fn writes(&mut self, account: &str, text: &str) -> String {
        let (user, mark, before) = (id_of(account), self.mark(), self.adapter().heard());
        self.fake.write(&user, text);
        self.adapter().hears(before).await;
        let said = self.reply(account, mark, None).await;
        let offer =
            self.fake.controls(&user).into_iter().find(|c| c.seen > mark && c.label == "Open the form");
        let Some(control) = offer.filter(|_| said.contains("There is a form for this")) else { return said };
        let mark = self.mark();
        let delivered = self.fake.press(&user, &control, &[]).await;
        assert!(delivered.ack.is_some(), "a press is answered");
        self.reply(account, mark, Some(text)).await
    }
}
