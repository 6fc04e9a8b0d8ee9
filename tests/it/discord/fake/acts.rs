//! What people do in Discord, and how Discord tells the bot: interactions through the gateway or as signed posts,
//! timed, and everything else as events.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::controls::Control;
use super::world::{APP, Interaction, Kind, Message, World};
use super::{Call, Fake, GatewayFault, answers, payloads, refuse, rights, signed};
use crate::slack::fake::post;

/// How interactions come.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Through the gateway.
    Gateway,
    /// As signed posts to this address.
    Http(String),
}

/// What became of something that a person did.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// The first answer; `None` when none came in time.
    pub ack: Option<Value>,
    /// How long it took.
    pub after: Duration,
}

/// Discord's limit for the first answer.
const IN_TIME: Duration = Duration::from_secs(3);
/// A file may have this many bytes.
const FILE_LIMIT: u64 = 10 << 20;

impl Fake {
    /// Somebody uses a registered command with these options; an error when the client does not offer it.
    pub async fn command(
        &self,
        user: &str,
        channel: &str,
        name: &str,
        options: Value,
    ) -> Result<Delivered, String> {
        let data = self.chosen(channel, name, &options)?;
        Ok(self.interact(2, user, channel, None, data).await)
    }

    /// Somebody types in an option that completes; the choices that come back.
    pub async fn complete(
        &self,
        user: &str,
        channel: &str,
        name: &str,
        options: Value,
    ) -> Result<Delivered, String> {
        let data = self.chosen(channel, name, &options)?;
        Ok(self.interact(4, user, channel, None, data).await)
    }

    /// A registered command as the client sends it.
    fn chosen(&self, channel: &str, name: &str, options: &Value) -> Result<Value, String> {
        let world = self.world();
        let guild = world.channel(channel).guild.clone().unwrap_or_default();
        let scopes = [guild.as_str(), ""];
        let all = scopes.iter().filter_map(|scope| world.commands.get(*scope)).flatten();
        let known = all.into_iter().find(|one| one["name"] == name);
        let known = known.ok_or_else(|| format!("there is no command /{name} here"))?;
        let mut data = json!({ "id": known["id"], "name": name, "type": 1, "options": options });
        if !known["guild_id"].is_null() {
            data["guild_id"] = known["guild_id"].clone();
        }
        let named = resolved(&world, channel, &data["options"]);
        if named.as_object().is_some_and(|map| !map.is_empty()) {
            data["resolved"] = named;
        }
        Ok(data)
    }

    /// Somebody uses a control of a message; `values` are what was chosen from a list.
    pub async fn press(&self, user: &str, control: &Control, values: &[String]) -> Delivered {
        let mut data = json!({
            "component_type": control.element["type"], "custom_id": control.element["custom_id"], "id": 2,
        });
        if control.element["type"] != 2 {
            data["values"] = json!(values);
        }
        self.interact(3, user, &control.channel, Some(&control.message), data).await
    }

    /// Somebody files the form before them with these words by the ids of its fields; an error when the client itself
    /// would not send it.
    pub async fn submit(&self, user: &str, typed: &BTreeMap<String, String>) -> Result<Delivered, String> {
        let screen = self.world().screens.get(user).cloned().ok_or("no form is open")?;
        let rows = super::controls::filled(&screen.modal, typed)?;
        let data = json!({ "custom_id": screen.modal["custom_id"], "components": rows });
        Ok(self.interact(5, user, &screen.channel, screen.message.as_deref(), data).await)
    }

    /// Somebody closes the form before them; nobody is told.
    pub fn close(&self, user: &str) {
        self.world().screens.remove(user);
    }

    /// Somebody writes to the bot.
    pub fn write(&self, user: &str, text: &str) -> String {
        let now = self.shared.now();
        let (id, data) = {
            let mut world = self.world();
            let channel = world.direct(user, now);
            let (id, seen) = (world.id(now), world.next());
            let mut message = Message::by(user, id.clone(), seen, now);
            text.clone_into(&mut message.content);
            world.channel_mut(&channel).messages.push(message);
            let place = world.channel(&channel);
            (id.clone(), payloads::message(&world, place, place.message(&id).expect("it was just said")))
        };
        self.tell(None, "MESSAGE_CREATE", &data);
        id
    }

    /// Sends an interaction and waits for its first answer, with whatever goes wrong on the way.
    pub async fn interact(
        &self,
        kind: u8,
        user: &str,
        channel: &str,
        message: Option<&str>,
        data: Value,
    ) -> Delivered {
        let (id, guild, payload) = self.interaction(kind, user, channel, message, data);
        let delivered = self.deliver(&id, guild.as_deref(), &payload).await;
        if delivered.ack.is_some() && delivered.after > IN_TIME {
            self.world().find_fault(format!("kind {kind}: answered after {:?}", delivered.after));
        }
        delivered
    }

    /// Delivers the payload of an interaction.
    pub async fn deliver(&self, id: &str, guild: Option<&str>, payload: &Value) -> Delivered {
        let mode = self.shared.mode.lock().expect("nobody panics with the mode in hand").clone();
        if let Mode::Http(url) = mode {
            return self.over_http(&url, id, payload).await;
        }
        let fault = self.faults().of_delivery();
        match fault {
            Some(GatewayFault::Reconnect) => self.ask_to_reconnect(),
            Some(GatewayFault::Invalid) => self.invalidate(),
            Some(GatewayFault::Spins) => {
                self.faults().next.identify.push(4011);
                self.invalidate();
            }
            _ => self.all_connected().await,
        }
        // Whoever waited for a session to be there acts only now.
        if let Some(act) = self.world().interactions.values_mut().find(|act| act.id == id) {
            act.began = std::time::Instant::now();
        }
        let (answer, wait) = oneshot::channel();
        self.shared.waiting.lock().expect("nobody panics while waiting").insert(id.to_owned(), answer);
        let sent_at = Instant::now();
        self.tell(guild, "INTERACTION_CREATE", payload);
        match fault {
            Some(GatewayFault::Twice) => self.tell(guild, "INTERACTION_CREATE", payload),
            Some(GatewayFault::Reset) => self.reset_gateway(),
            Some(GatewayFault::Refused) => {
                self.faults().next.refused_resumes += 1;
                self.reset_gateway();
            }
            Some(GatewayFault::Closed) => self.close_gateway(4000),
            Some(GatewayFault::Zombie) => self.go_silent(),
            _ => {}
        }
        let answer = tokio::time::timeout(self.shared.patience, wait).await;
        self.shared.waiting.lock().expect("nobody panics while waiting").remove(id);
        let Ok(Ok((ack, at))) = answer else { return Delivered::default() };
        Delivered { ack: Some(ack), after: at - sent_at }
    }

    async fn over_http(&self, url: &str, id: &str, payload: &Value) -> Delivered {
        let body = payload.to_string();
        let headers = signed(self.shared.now().as_micros() / 1_000_000, body.as_bytes());
        let sent_at = Instant::now();
        let answer = tokio::time::timeout(self.shared.patience, post(url, &headers, body.as_bytes())).await;
        let Ok(Some((200, body))) = answer else { return Delivered::default() };
        let ack: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        self.answered_over_http(id, &ack);
        Delivered { ack: Some(ack), after: sent_at.elapsed() }
    }

    /// Takes what came back to a signed post as the first answer.
    fn answered_over_http(&self, id: &str, ack: &Value) {
        let mut world = self.world();
        let token = world.interactions.values().find(|i| i.id == id).map(|i| i.token.clone());
        let mut call = Call {
            world: &mut world,
            params: Vec::new(),
            query: Vec::new(),
            body: ack.clone(),
            files: Vec::new(),
            now: self.shared.now(),
            socket: self.shared.socket,
            shards: self.shared.shards(),
            identified: 0,
            news: Vec::new(),
            answered: None,
        };
        if let Err(refused) = answers::first(&mut call, &token.unwrap_or_default()) {
            let told = refuse::told(&refused);
            world.find_fault(format!(
                "the answer to a signed post: {} {}",
                told.1,
                told.2.unwrap_or_default()
            ));
        }
    }

    /// Makes an interaction: its id, its server and what Discord tells of it.
    pub fn interaction(
        &self,
        kind: u8,
        user: &str,
        channel: &str,
        message: Option<&str>,
        data: Value,
    ) -> (String, Option<String>, Value) {
        let now = self.shared.now();
        let mut world = self.world();
        let id = world.id(now);
        let place = world.channel(channel).clone();
        let token = format!("aW50ZXJhY3Rpb246{id}.of-{user}");
        let known = Interaction {
            id: id.clone(),
            token: token.clone(),
            kind,
            user: user.into(),
            channel: channel.into(),
            message: message.map(str::to_owned),
            at: now,
            began: std::time::Instant::now(),
            doubted: false,
            answered: None,
            original: None,
            loading: false,
        };
        world.interactions.insert(token.clone(), known);
        let locale = world.users.get(user).map(|u| u.locale.clone()).filter(|l| !l.is_empty());
        let may = rights::in_channel(&world, channel, APP);
        let mut payload = json!({
            "id": id, "application_id": APP, "type": kind, "token": token, "version": 1,
            "channel_id": channel, "channel": payloads::channel(&world, &place), "entitlements": [],
            "locale": locale.unwrap_or_else(|| "en-GB".into()), "attachment_size_limit": FILE_LIMIT,
            "app_permissions": (may & (u64::MAX >> 1)).to_string(),
        });
        payload["data"] = data;
        if let Some(guild) = &place.guild {
            let server = world.guild(guild);
            let mut member = payloads::member(&world, server, user);
            let own = rights::in_channel(&world, channel, user) & (u64::MAX >> 1);
            member["permissions"] = json!(own.to_string());
            payload["member"] = member;
            payload["guild_id"] = json!(guild);
            payload["guild"] = json!({ "id": guild, "locale": server.locale, "features": [] });
            payload["guild_locale"] = json!(server.locale);
            payload["context"] = json!(0);
            payload["authorizing_integration_owners"] = json!({ "0": guild });
        } else {
            payload["user"] = payloads::user_by(&world, user);
            payload["context"] = json!(1);
            payload["authorizing_integration_owners"] = json!({ "0": "0" });
        }
        if let Some(shown) = message.and_then(|id| place.message(id)) {
            payload["message"] = payloads::message(&world, &place, shown);
        }
        (id, place.guild, payload)
    }

    /// The direct conversation of somebody with the bot; opened by them if it is not there.
    pub fn direct(&self, user: &str) -> String {
        let now = self.shared.now();
        self.world().direct(user, now)
    }

    /// A text channel of a server by its name.
    pub fn channel_named(&self, guild: &str, name: &str) -> Option<String> {
        let world = self.world();
        let found = world
            .channels
            .values()
            .find(|c| c.guild.as_deref() == Some(guild) && c.name == name && c.kind != Kind::Category);
        found.map(|c| c.id.clone())
    }
}

/// Users that are named in options, as Discord shows them beside the command.
fn resolved(world: &World, channel: &str, options: &Value) -> Value {
    fn users(options: &Value, found: &mut Vec<String>) {
        for option in options.as_array().into_iter().flatten() {
            if option["type"] == 6 {
                found.extend(option["value"].as_str().map(str::to_owned));
            }
            users(&option["options"], found);
        }
    }
    let mut found = Vec::new();
    users(options, &mut found);
    if found.is_empty() {
        return json!({});
    }
    let mut named = json!({ "users": {}, "members": {} });
    for id in found {
        named["users"][&id] = payloads::user_by(world, &id);
        if let Some(guild) = world.channel(channel).guild.as_deref() {
            let mut member = payloads::member(world, world.guild(guild), &id);
            member.as_object_mut().expect("it is an object").remove("user");
            named["members"][&id] = member;
        }
    }
    named
}
