//! The gateway: sessions that begin, break and are resumed, shards that hear what is theirs, and everything that goes
//! wrong with them. A session keeps what it told, so that a resumed one misses nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::people::GUILD_MEMBERS;
use super::world::{APP, TOKEN};
use super::{Fake, Shared, payloads};
use crate::slack::fake::wire;

/// How long a test waits for the bot to connect.
const CONNECTS_WITHIN: Duration = Duration::from_secs(90);
/// Bytes of one payload of the bot.
const MOST_BYTES: usize = 4_096;
/// Payloads of the bot on one connection in a minute.
const MOST_PAYLOADS: usize = 120;
/// Intents that need Discord's leave.
const PRIVILEGED: u64 = GUILD_MEMBERS | 1 << 8 | 1 << 15;
/// All intents that exist.
const INTENTS: u64 = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

enum Order {
    Say(String),
    Close(u16),
    Reset,
    Silence,
}

struct Session {
    shard: (u64, u64),
    intents: u64,
    told: Vec<String>,
    orders: Option<mpsc::UnboundedSender<Order>>,
}

#[derive(Default)]
struct State {
    sessions: BTreeMap<String, Session>,
    next: u64,
    identified: usize,
    resumed: usize,
}

/// The sessions of the bot.
pub struct Hub {
    state: Mutex<State>,
    count: watch::Sender<usize>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { state: Mutex::default(), count: watch::channel(0).0 }
    }
}

/// Which shard hears of a server.
pub fn shard_of(guild: &str, count: u64) -> u64 {
    guild.parse::<u64>().map_or(0, |id| (id >> 22) % count.max(1))
}

/// The intent that a session must have to be told this; none for what everybody is told.
fn gate(name: &str, in_guild: bool, about_bot: bool) -> u64 {
    match name {
        "GUILD_MEMBER_UPDATE" | "THREAD_MEMBERS_UPDATE" if about_bot => 0,
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_REMOVE" | "GUILD_MEMBER_UPDATE" => GUILD_MEMBERS,
        "THREAD_MEMBERS_UPDATE" => 1,
        "GUILD_BAN_ADD" | "GUILD_BAN_REMOVE" => 1 << 2,
        name if name.starts_with("GUILD_SCHEDULED_EVENT") => 1 << 16,
        name if name.starts_with("MESSAGE_") => 1 << if in_guild { 9 } else { 12 },
        name if name.starts_with("GUILD_") || name.starts_with("CHANNEL_") || name.starts_with("THREAD_") => {
            1
        }
        _ => 0,
    }
}

impl Hub {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the sessions in hand")
    }

    /// Sessions that hear.
    pub fn count(&self) -> usize {
        self.state().sessions.values().filter(|s| s.orders.is_some()).count()
    }

    /// How many sessions were begun.
    pub fn identified(&self) -> usize {
        self.state().identified
    }

    fn publish(&self) {
        // Counted with the channel in hand, so that an older count never comes after a newer one.
        self.count.send_modify(|told| *told = self.count());
    }

    /// Tells every session that is concerned; one that is away hears it when it comes back.
    pub fn tell(&self, guild: Option<&str>, name: &str, data: &Value, _shards: u16) {
        let about_bot = data["user"]["id"] == APP || data["id"] == APP;
        let need = gate(name, guild.is_some(), about_bot);
        for session in self.state().sessions.values_mut() {
            let here = guild.map_or(0, |guild| shard_of(guild, session.shard.1)) == session.shard.0;
            if here && session.intents & need == need {
                session.tell(name, data);
            }
        }
    }

    /// Does this to every session that hears; they hear nothing from then on.
    fn order_all(&self, order: impl Fn() -> Order, forget: bool) {
        let mut state = self.state();
        for session in state.sessions.values_mut() {
            if let Some(orders) = session.orders.take() {
                let _ = orders.send(order());
            }
        }
        if forget {
            state.sessions.clear();
        }
        drop(state);
        self.publish();
    }

    /// Closes every connection with a code.
    pub fn close_all(&self, code: u16) {
        self.order_all(|| Order::Close(code), false);
    }
}

impl Session {
    fn tell(&mut self, name: &str, data: &Value) {
        let text = json!({ "op": 0, "t": name, "s": self.told.len() + 1, "d": data }).to_string();
        if let Some(orders) = &self.orders {
            let _ = orders.send(Order::Say(text.clone()));
        }
        self.told.push(text);
    }
}

impl Fake {
    /// Sessions that hear now.
    pub fn sessions(&self) -> usize {
        self.shared.hub.count()
    }

    /// The same, for a task of its own.
    pub fn count_sessions(&self) -> impl Fn() -> usize + Send + use<> {
        let shared = self.shared.clone();
        move || shared.hub.count()
    }

    /// Sessions that were begun and sessions that were resumed, so far.
    pub fn beginnings(&self) -> (usize, usize) {
        let state = self.shared.hub.state();
        (state.identified, state.resumed)
    }

    /// Waits until so many sessions hear.
    pub async fn connected(&self, least: usize) {
        let mut count = self.shared.hub.count.subscribe();
        let enough = count.wait_for(|count| *count >= least);
        let in_time = tokio::time::timeout(CONNECTS_WITHIN, enough).await;
        assert!(in_time.is_ok_and(|count| count.is_ok()), "the bot does not connect");
    }

    /// Waits until a session hears for every shard.
    pub async fn all_connected(&self) {
        self.connected(usize::from(self.shared.shards())).await;
    }

    /// From now on the bot has to use so many shards.
    pub fn wants_shards(&self, shards: u16) {
        self.shared.shards.store(shards, std::sync::atomic::Ordering::Relaxed);
    }

    /// Closes every connection with a code.
    pub fn close_gateway(&self, code: u16) {
        self.shared.hub.close_all(code);
    }

    /// Resets every connection.
    pub fn reset_gateway(&self) {
        self.shared.hub.order_all(|| Order::Reset, false);
    }

    /// Asks every connection to come again, as before a deployment.
    pub fn ask_to_reconnect(&self) {
        self.shared.hub.order_all(|| Order::Say(json!({ "op": 7, "d": null }).to_string()), false);
    }

    /// Ends every session; what happens until the next one begins is lost.
    pub fn invalidate(&self) {
        self.shared.hub.order_all(|| Order::Say(json!({ "op": 9, "d": false }).to_string()), true);
    }

    /// Goes silent on every connection without closing it.
    pub fn go_silent(&self) {
        self.shared.hub.order_all(|| Order::Silence, false);
    }

    /// Lets the gateway tell something.
    pub fn tell(&self, guild: Option<&str>, name: &str, data: &Value) {
        self.shared.hub.tell(guild, name, data, self.shared.shards());
    }
}

/// Takes connections for as long as the fake lives.
pub async fn listen(shared: Arc<Shared>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(line(shared.clone(), stream));
    }
}

/// What becomes of a connection after a payload of the bot.
enum Next {
    Go,
    Answer(Value),
    Close(u16),
}

async fn line(shared: Arc<Shared>, stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let interval = u64::try_from(shared.heartbeat.as_millis()).unwrap_or(41_250);
    let hello = json!({ "op": 10, "d": { "heartbeat_interval": interval, "_trace": [] } });
    let _ = socket.send(Message::Text(hello.to_string().into())).await;
    let (orders, mut taken) = mpsc::unbounded_channel();
    let (mut session, mut payloads) = (None, Vec::new());
    loop {
        tokio::select! {
            order = taken.recv() => match order {
                Some(Order::Say(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Order::Silence) => return silence(socket).await,
                Some(Order::Reset) => {
                    wire::reset(socket.get_ref());
                    return;
                }
                Some(Order::Close(code)) => return close(socket, code).await,
                None => return,
            },
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    match heard(&shared, &text, &mut session, &mut payloads, &orders) {
                        Next::Go => {}
                        Next::Answer(value) => {
                            let _ = socket.send(Message::Text(value.to_string().into())).await;
                        }
                        Next::Close(code) => {
                            gone(&shared, session.as_deref(), &orders, false);
                            return close(socket, code).await;
                        }
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    let ends = frame.is_some_and(|f| matches!(u16::from(f.code), 1000 | 1001));
                    gone(&shared, session.as_deref(), &orders, ends);
                    return;
                }
                Some(Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    gone(&shared, session.as_deref(), &orders, false);
}

async fn close(mut socket: WebSocketStream<TcpStream>, code: u16) {
    let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
    let _ = socket.close(Some(frame)).await;
    // The other side closes in its turn.
    while socket.next().await.is_some_and(|frame| frame.is_ok()) {}
}

/// Reads what comes and says nothing, until the other side gives up.
async fn silence(mut socket: WebSocketStream<TcpStream>) {
    while socket.next().await.is_some_and(|frame| frame.is_ok()) {}
}

/// A connection has ended. A session that was resumed on another one meanwhile, or was told to come again, is not its
/// own any more.
fn gone(shared: &Shared, session: Option<&str>, own: &mpsc::UnboundedSender<Order>, ends: bool) {
    let Some(id) = session else { return };
    let mut state = shared.hub.state();
    let Some(known) = state.sessions.get_mut(id) else { return };
    if known.orders.as_ref().is_none_or(|orders| !orders.same_channel(own)) {
        return;
    }
    known.orders = None;
    if ends {
        state.sessions.remove(id);
    }
    drop(state);
    shared.hub.publish();
}

fn heard(
    shared: &Shared,
    text: &str,
    session: &mut Option<String>,
    payloads: &mut Vec<tokio::time::Instant>,
    orders: &mpsc::UnboundedSender<Order>,
) -> Next {
    let now = tokio::time::Instant::now();
    payloads.retain(|at| now - *at < Duration::from_mins(1));
    payloads.push(now);
    if payloads.len() > MOST_PAYLOADS {
        shared.world().find_fault("gateway: more than 120 payloads in a minute");
        return Next::Close(4008);
    }
    let Some(payload) = serde_json::from_str::<Value>(text).ok().filter(|_| text.len() <= MOST_BYTES) else {
        shared.world().find_fault("gateway: a payload that is too long or no JSON");
        return Next::Close(4002);
    };
    match payload["op"].as_u64() {
        Some(1) => Next::Answer(json!({ "op": 11 })),
        Some(2) if session.is_some() => Next::Close(4005),
        Some(2) => identify(shared, &payload["d"], session, orders),
        Some(6) => resume(shared, &payload["d"], session, orders),
        Some(3 | 4 | 8) if session.is_some() => Next::Go,
        Some(3 | 4 | 8) => Next::Close(4003),
        _ => {
            shared.world().find_fault(format!("gateway: op {}", payload["op"]));
            Next::Close(4001)
        }
    }
}

fn identify(
    shared: &Shared,
    data: &Value,
    session: &mut Option<String>,
    orders: &mpsc::UnboundedSender<Order>,
) -> Next {
    let planned = {
        let mut faults = shared.faults();
        (!faults.next.identify.is_empty()).then(|| faults.next.identify.remove(0))
    };
    if let Some(code) = planned {
        return Next::Close(code);
    }
    let mut world = shared.world();
    let token = data["token"].as_str().unwrap_or_default();
    if token.trim_start_matches("Bot ") != TOKEN || world.revoked {
        return Next::Close(4004);
    }
    if data["properties"]["os"].as_str().is_none() {
        world.find_fault("gateway: a session without properties");
    }
    let (number, of) = (data["shard"][0].as_u64().unwrap_or(0), data["shard"][1].as_u64().unwrap_or(1));
    if number >= of {
        return Next::Close(4010);
    }
    if of < u64::from(shared.shards()) {
        return Next::Close(4011);
    }
    let Some(intents) = data["intents"].as_u64().filter(|intents| intents & !INTENTS == 0) else {
        return Next::Close(4013);
    };
    if intents & PRIVILEGED & !world.privileged != 0 {
        return Next::Close(4014);
    }
    let mine: Vec<String> = world
        .guilds
        .values()
        .filter(|g| g.members.contains_key(APP) && shard_of(&g.id, of) == number)
        .map(|g| g.id.clone())
        .collect();
    let mut state = shared.hub.state();
    state.identified += 1;
    state.next += 1;
    let id = format!("session-{}", state.next);
    // A new session of a shard takes the place of the old one.
    state.sessions.retain(|_, old| old.shard != (number, of));
    let mut fresh = Session { shard: (number, of), intents, told: Vec::new(), orders: Some(orders.clone()) };
    let waiting: Vec<Value> = mine.iter().map(|id| json!({ "id": id, "unavailable": true })).collect();
    fresh.tell(
        "READY",
        &json!({
            "v": 10, "user": payloads::own(&world), "guilds": waiting, "session_id": id, "shard": [number, of],
            "resume_gateway_url": format!("ws://{}", shared.socket), "application": { "id": APP, "flags": 0 },
            "session_type": "normal", "user_settings": {}, "private_channels": [], "presences": [],
            "relationships": [], "auth": {}, "_trace": [],
        }),
    );
    if intents & 1 != 0 {
        for guild in &mine {
            fresh.tell("GUILD_CREATE", &payloads::guild_create(&world, guild, shared.incomplete));
        }
    }
    state.sessions.insert(id.clone(), fresh);
    drop(state);
    drop(world);
    *session = Some(id);
    shared.hub.publish();
    Next::Go
}

fn resume(
    shared: &Shared,
    data: &Value,
    session: &mut Option<String>,
    orders: &mpsc::UnboundedSender<Order>,
) -> Next {
    let token = data["token"].as_str().unwrap_or_default();
    if token.trim_start_matches("Bot ") != TOKEN || shared.world().revoked {
        return Next::Close(4004);
    }
    let refused = {
        let mut faults = shared.faults();
        let refused = faults.next.refused_resumes > 0;
        faults.next.refused_resumes = faults.next.refused_resumes.saturating_sub(1);
        refused
    };
    let id = data["session_id"].as_str().unwrap_or_default();
    let mut state = shared.hub.state();
    if refused {
        state.sessions.remove(id);
    }
    let heard = data["seq"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let Some(known) = state.sessions.get_mut(id).filter(|known| heard <= known.told.len()) else {
        return Next::Answer(json!({ "op": 9, "d": false }));
    };
    known.orders = Some(orders.clone());
    for text in &known.told[heard..] {
        let _ = orders.send(Order::Say(text.clone()));
    }
    let resumed =
        json!({ "op": 0, "t": "RESUMED", "s": known.told.len() + 1, "d": { "_trace": [] } }).to_string();
    let _ = orders.send(Order::Say(resumed.clone()));
    known.told.push(resumed);
    state.resumed += 1;
    drop(state);
    *session = Some(id.to_owned());
    shared.hub.publish();
    Next::Go
}
