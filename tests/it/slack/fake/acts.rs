//! What people do in Slack, and how Slack tells the app: envelopes over a socket or signed posts, timed, and sent
//! again where Slack sends again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::controls::{Control, state_of};
use super::world::{APP, Kind, Post, ReplyUrl, SIGNING_SECRET, Trigger};
use super::{Fake, SocketFault, signed, talk, views, wire};

/// How deliveries come.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Through sockets.
    Socket,
    /// As signed posts to these addresses: events, commands, interactions.
    Http {
        /// `http://host:port/path` of each.
        events: String,
        /// Of slash commands.
        commands: String,
        /// Of everything pressed and filed.
        interactions: String,
    },
}

/// Where a control is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// In a message.
    Message {
        /// Conversation.
        channel: String,
        /// Message.
        ts: String,
    },
    /// In the home tab.
    Home,
    /// In a modal.
    View(String),
}

/// What became of a delivery.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// What came back with the acknowledgement; `None` when none came in time.
    pub ack: Option<Value>,
    /// How long the acknowledgement took.
    pub after: Duration,
    /// How often it was sent.
    pub sent: u32,
}

/// How often Slack sends an event again.
const RETRIES: u32 = 3;

impl Fake {
    /// Somebody types a slash command.
    pub async fn command(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Delivered {
        let (trigger, url) = self.means(team, user, Some((channel, None)));
        let payload = {
            let world = self.world();
            let t = world.team(team);
            let (u, c) = (&t.users[user], &t.channels[channel]);
            json!({
                "token": "verification", "team_id": u.team, "team_domain": "example", "channel_id": channel,
                "channel_name": if c.kind == Kind::Im { "directmessage" } else { &c.name }, "user_id": user,
                "user_name": u.name, "command": command, "text": text, "api_app_id": APP,
                "is_enterprise_install": "false", "response_url": url, "trigger_id": trigger,
            })
        };
        let delivered = self.deliver(team, "slash_commands", payload, true).await;
        if let Some(ack) = delivered.ack.as_ref().filter(|ack| ack.as_object().is_some_and(|a| !a.is_empty()))
        {
            self.show_ack(team, user, channel, ack);
        }
        delivered
    }

    fn show_ack(&self, team: &str, user: &str, channel: &str, ack: &Value) {
        let mut world = self.world();
        if let Err(wrong) = talk::wrong_words(ack) {
            world.find_fault(format!("the answer to a command: {wrong:?}"));
        }
        let (ts, seen) = (world.ts(self.shared.now()), world.next());
        let only = (ack["response_type"] != "in_channel").then(|| user.to_owned());
        let post = Post {
            ts,
            seen,
            user: world.team(team).bot_user.clone(),
            text: ack["text"].as_str().unwrap_or_default().to_owned(),
            blocks: ack["blocks"].as_array().cloned().unwrap_or_default(),
            only,
            through: Some(user.to_owned()),
            ..Post::default()
        };
        world.team_mut(team).channel_mut(channel).posts.push(post);
    }

    /// A trigger, and a `response_url` where there is a conversation to answer in.
    fn means(&self, team: &str, user: &str, place: Option<(&str, Option<&str>)>) -> (String, String) {
        let now = self.shared.now();
        let mut world = self.world();
        let trigger = format!("{}.{}.{}", world.next(), team.to_lowercase(), user.to_lowercase());
        let since = Trigger { team: team.to_owned(), user: user.to_owned(), at: now, used: false };
        world.triggers.insert(trigger.clone(), since);
        let Some((channel, message)) = place else { return (trigger, String::new()) };
        let id = world.id('R');
        let url = ReplyUrl {
            team: team.to_owned(),
            channel: channel.to_owned(),
            user: user.to_owned(),
            message: message.map(str::to_owned),
            at: now,
            uses: 0,
        };
        world.replies.insert(id.clone(), url);
        (trigger, format!("http://{}/reply/{id}", self.shared.http))
    }

    /// Somebody presses a button, chooses from a list or picks a time: `typed` is what the element then holds.
    pub async fn press(&self, team: &str, user: &str, control: &Control, typed: &Value) -> Delivered {
        let place = match &control.spot {
            Spot::Message { channel, ts } => Some((channel.as_str(), Some(ts.as_str()))),
            _ => None,
        };
        let (trigger, url) = self.means(team, user, place);
        let payload = self.pressed(team, user, control, typed, &trigger, &url);
        self.deliver(team, "interactive", payload, false).await
    }

    fn pressed(
        &self,
        team: &str,
        user: &str,
        control: &Control,
        typed: &Value,
        trigger: &str,
        url: &str,
    ) -> Value {
        let now = self.shared.now();
        let world = self.world();
        let t = world.team(team);
        let mut action = json!({
            "type": control.element["type"], "action_id": control.element["action_id"],
            "block_id": control.block_id, "action_ts": format!("{}.000000", now.as_micros() / 1_000_000),
        });
        for key in ["text", "placeholder", "style"] {
            if let Some(value) = control.element.get(key) {
                action[key] = value.clone();
            }
        }
        for (key, value) in typed.as_object().into_iter().flatten() {
            action[key] = value.clone();
        }
        let mut payload = self.basics(&world, team, user, "block_actions");
        payload["trigger_id"] = json!(trigger);
        payload["actions"] = json!([action]);
        match &control.spot {
            Spot::Message { channel, ts } => {
                let c = &t.channels[channel];
                let post = c.posts.iter().find(|p| p.ts == *ts).expect("the message was seen a moment ago");
                payload["container"] = json!({
                    "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": post.only.is_some(),
                });
                payload["channel"] = json!({ "id": channel, "name": c.name });
                payload["response_url"] = json!(url);
                let mut state = serde_json::Map::new();
                if typed.get("value").is_none() {
                    state.insert(
                        control.block_id.clone(),
                        json!({ (control.element["action_id"].as_str().unwrap_or_default()): typed }),
                    );
                }
                payload["state"] = json!({ "values": state });
                if post.only.is_none() {
                    payload["message"] = json!({
                        "type": "message", "user": post.user, "ts": ts, "text": post.text, "blocks": post.blocks,
                        "bot_id": t.bot_id, "team": team,
                    });
                }
            }
            Spot::Home | Spot::View(_) => {
                let view = match &control.spot {
                    Spot::View(id) => &t.views[id],
                    _ => &t.homes[user],
                };
                payload["container"] = json!({ "type": "view", "view_id": view.id });
                payload["view"] = views::shown(view, t);
            }
        }
        payload
    }

    fn basics(&self, world: &super::World, team: &str, user: &str, kind: &str) -> Value {
        let u = &world.team(team).users[user];
        json!({
            "type": kind, "team": { "id": u.team, "domain": "example" }, "api_app_id": APP, "token": "verification",
            "user": { "id": user, "username": u.name, "name": u.name, "team_id": u.team },
            "enterprise": null, "is_enterprise_install": false,
        })
    }

    /// Somebody files the modal on top of their screen with these words by block; an error when the client itself
    /// would not send it.
    pub async fn submit(
        &self,
        team: &str,
        user: &str,
        typed: &BTreeMap<String, String>,
    ) -> Result<Delivered, String> {
        let id = {
            let mut world = self.world();
            let t = world.team_mut(team);
            let view = t.top(user).ok_or("no form is open")?;
            let (id, state) = (view.id.clone(), state_of(&view.value, typed)?);
            t.views.get_mut(&id).expect("it is on top").state = state;
            id
        };
        Ok(self.file(team, user, &id).await)
    }

    /// Sends a view as it stands.
    pub async fn file(&self, team: &str, user: &str, view: &str) -> Delivered {
        let (trigger, _) = self.means(team, user, None);
        let payload = {
            let world = self.world();
            let mut payload = self.basics(&world, team, user, "view_submission");
            let t = world.team(team);
            assert_eq!(t.views[view].user, user, "nobody files what is on another's screen");
            payload["trigger_id"] = json!(trigger);
            payload["view"] = views::shown(&t.views[view], t);
            payload["response_urls"] = json!([]);
            payload
        };
        let delivered = self.deliver(team, "interactive", payload, true).await;
        if let Some(ack) = &delivered.ack {
            self.after_submit(team, user, view, ack);
        }
        delivered
    }

    fn after_submit(&self, team: &str, user: &str, id: &str, ack: &Value) {
        let mut world = self.world();
        let view = &ack["view"];
        if view.is_object()
            && let Err(wrong) = views::wrong_view(view, super::blocks::Surface::Modal)
        {
            world.find_fault(format!("the answer to a submission: {wrong:?}"));
        }
        match ack["response_action"].as_str() {
            Some("errors") => {
                let errors: BTreeMap<String, String> =
                    serde_json::from_value(ack["errors"].clone()).unwrap_or_default();
                let seen = world.next();
                let known = world.team_mut(team).views.get_mut(id).expect("it was sent");
                let inputs: Vec<String> = known.value["blocks"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|b| b["type"] == "input")
                    .filter_map(|b| b["block_id"].as_str().map(str::to_owned))
                    .collect();
                let stray: Vec<&String> = errors.keys().filter(|block| !inputs.contains(block)).collect();
                let wrong = (!stray.is_empty() || errors.is_empty())
                    .then(|| format!("errors for blocks that are no inputs: {stray:?}"));
                known.errors = errors;
                known.seen = seen;
                world.findings.extend(wrong);
            }
            Some("update") => views::replace(&mut world, team, id, view.clone()),
            Some("push") => {
                views::put(&mut world, team, user, view.clone());
            }
            Some("clear") => close_stack(&mut world, team, user, true),
            None => close_stack(&mut world, team, user, false),
            Some(other) => world.find_fault(format!("the answer to a submission: unknown action {other}")),
        }
    }

    /// Somebody closes the modal without filing it.
    pub async fn close(&self, team: &str, user: &str) -> Option<Delivered> {
        let payload = {
            let mut world = self.world();
            let view = world.team(team).top(user)?.clone();
            let mut payload = self.basics(&world, team, user, "view_closed");
            payload["view"] = views::shown(&view, world.team(team));
            payload["is_cleared"] = json!(false);
            close_stack(&mut world, team, user, false);
            if view.value["notify_on_close"] != true {
                return None;
            }
            payload
        };
        Some(self.deliver(team, "interactive", payload, false).await)
    }

    /// Somebody looks at the app's home tab.
    pub async fn open_home(&self, team: &str, user: &str) -> Delivered {
        let now = self.shared.now();
        let (channel, view) = {
            let mut world = self.world();
            let channel = world.direct(team, &[user.to_owned()], now);
            let t = world.team(team);
            (channel, t.homes.get(user).map(|home| views::shown(home, t)))
        };
        let mut event = json!({
            "type": "app_home_opened", "user": user, "channel": channel, "tab": "home",
            "event_ts": format!("{}.000000", now.as_micros() / 1_000_000),
        });
        if let Some(view) = view {
            event["view"] = view;
        }
        self.event(team, event).await
    }

    /// Somebody writes to the bot.
    pub async fn write(&self, team: &str, user: &str, text: &str) -> Delivered {
        let now = self.shared.now();
        let (channel, ts) = {
            let mut world = self.world();
            let channel = world.direct(team, &[user.to_owned()], now);
            let (ts, seen) = (world.ts(now), world.next());
            let post = Post {
                ts: ts.clone(),
                seen,
                user: user.to_owned(),
                text: text.to_owned(),
                ..Post::default()
            };
            world.team_mut(team).channel_mut(&channel).posts.push(post);
            (channel, ts)
        };
        let event = json!({
            "type": "message", "channel": channel, "channel_type": "im", "user": user, "text": text, "ts": ts,
            "event_ts": ts, "team": team, "client_msg_id": format!("c-{ts}"),
        });
        self.event(team, event).await
    }

    /// Something happens that Slack tells about; sent again while it is not acknowledged.
    pub async fn event(&self, team: &str, event: Value) -> Delivered {
        let id = self.world().id('E');
        let payload = json!({
            "token": "verification", "team_id": team, "context_team_id": team, "api_app_id": APP, "event": event,
            "type": "event_callback", "event_id": format!("Ev{id}"),
            "event_time": self.shared.now().as_micros() / 1_000_000, "is_ext_shared_channel": false,
            "authorizations": [{ "team_id": team, "user_id": self.world().team(team).bot_user, "is_bot": true }],
        });
        self.deliver(team, "events_api", payload, false).await
    }

    /// Delivers and waits for the acknowledgement, with whatever goes wrong on the way.
    pub async fn deliver(&self, team: &str, kind: &str, payload: Value, answerable: bool) -> Delivered {
        let mode = self.shared.mode.lock().expect("nobody panics with the mode in hand").clone();
        let mut last = Delivered::default();
        for attempt in 0..=RETRIES {
            let fault = self.faults().of_delivery();
            last = match &mode {
                Mode::Socket => self.over_socket(kind, &payload, answerable, attempt, fault).await,
                Mode::Http { .. } => self.over_http(&mode, kind, &payload, attempt, fault).await,
            };
            last.sent = attempt + 1;
            if last.ack.is_some() || kind != "events_api" {
                break;
            }
        }
        let surprises = self.shared.hub.take_surprises();
        let late = last.ack.is_some() && last.after > Duration::from_secs(3);
        let mut world = self.world();
        world.findings.extend(surprises);
        if late {
            world.find_fault(format!("{team} {kind}: acknowledged after {:?}", last.after));
        }
        drop(world);
        last
    }

    fn envelope(&self, kind: &str, payload: &Value, answerable: bool, attempt: u32) -> Value {
        let id = self.world().id('N');
        let mut envelope = json!({
            "envelope_id": format!("env-{id}"), "type": kind, "payload": payload,
            "accepts_response_payload": answerable,
        });
        if kind == "events_api" {
            envelope["retry_attempt"] = json!(attempt);
            envelope["retry_reason"] = json!(if attempt == 0 { "" } else { "timeout" });
        }
        envelope
    }

    async fn over_socket(
        &self,
        kind: &str,
        payload: &Value,
        answerable: bool,
        attempt: u32,
        fault: Option<SocketFault>,
    ) -> Delivered {
        let hub = &self.shared.hub;
        hub.connected(1).await;
        let envelope = self.envelope(kind, payload, answerable, attempt);
        let id = envelope["envelope_id"].as_str().unwrap_or_default().to_owned();
        let wait = hub.expect(&id);
        let sent_at = Instant::now();
        let mut through = hub.send(&envelope);
        if fault == Some(SocketFault::Twice) {
            through = hub.send(&envelope).or(through);
        }
        if let (Some(fault), Some(through)) = (fault, through) {
            hub.disturb(through, fault);
        }
        let answer = tokio::time::timeout(self.shared.patience, wait).await;
        let Ok(Ok((ack, at))) = answer else { return Delivered::default() };
        let ack_for_nobody = !answerable && !ack.is_null();
        if ack_for_nobody {
            self.world().find_fault(format!("{kind}: a payload in an acknowledgement that takes none"));
        }
        if fault == Some(SocketFault::Again) {
            let again = self.envelope(kind, payload, answerable, attempt + 1);
            let wait = hub.expect(again["envelope_id"].as_str().unwrap_or_default());
            hub.send(&again);
            // The second answer is the same news; only that it is acknowledged matters.
            let _ = tokio::time::timeout(self.shared.patience, wait).await;
        }
        Delivered { ack: Some(ack), after: at - sent_at, sent: 1 }
    }

    async fn over_http(
        &self,
        mode: &Mode,
        kind: &str,
        payload: &Value,
        attempt: u32,
        fault: Option<SocketFault>,
    ) -> Delivered {
        let Mode::Http { events, commands, interactions } = mode else { return Delivered::default() };
        let json_form = payload.to_string();
        let (url, media, body) = match kind {
            "events_api" => (events, "application/json", json_form),
            "slash_commands" => {
                let pairs: Vec<(&str, &str)> = payload
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
                    .collect();
                (commands, "application/x-www-form-urlencoded", wire::form(&pairs))
            }
            _ => (interactions, "application/x-www-form-urlencoded", wire::form(&[("payload", &json_form)])),
        };
        let times = if matches!(fault, Some(SocketFault::Twice | SocketFault::Again)) { 2 } else { 1 };
        let mut delivered = Delivered::default();
        for turn in 0..times {
            let now = self.shared.now().as_micros() / 1_000_000;
            let mut headers = vec![
                ("content-type", media.to_owned()),
                ("x-slack-request-timestamp", now.to_string()),
                ("x-slack-signature", signed::signature(SIGNING_SECRET, now, body.as_bytes())),
            ];
            if attempt + turn > 0 {
                headers.push(("x-slack-retry-num", (attempt + turn).to_string()));
                headers.push(("x-slack-retry-reason", "http_timeout".to_owned()));
            }
            let sent_at = Instant::now();
            let answer =
                tokio::time::timeout(self.shared.patience, signed::post(url, &headers, body.as_bytes()))
                    .await;
            if let Ok(Some((200, body))) = answer
                && delivered.ack.is_none()
            {
                let ack = serde_json::from_str(&body).unwrap_or(Value::Null);
                delivered = Delivered { ack: Some(ack), after: sent_at.elapsed(), sent: 1 };
            }
        }
        delivered
    }
}

/// Takes the top view away, or all of them.
fn close_stack(world: &mut super::World, team: &str, user: &str, all: bool) {
    let team = world.team_mut(team);
    let stack = team.stacks.entry(user.to_owned()).or_default();
    let gone: Vec<String> = if all { std::mem::take(stack) } else { stack.pop().into_iter().collect() };
    for id in gone {
        team.views.get_mut(&id).expect("what is on a stack is there").closed = true;
    }
}
