//! A chat platform that misbehaves on purpose: a small HTTP server on loopback that writes down what it stored and
//! fails by a seeded script, and the messenger that speaks to it. Invariant: the log only grows, and it tells what
//! people on the platform would have seen, whatever the caller was told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use roundtable::chat::messenger::Found;
use roundtable::chat::{Message, Messenger, Outcome, Place, RoomRequest};
use roundtable::clock::Clock;
use roundtable::domain::civil::Instant;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// The client gives up after this long.
pub const CLIENT_PATIENCE: Duration = Duration::from_millis(300);
/// What is no part of the story, and never goes wrong on purpose, may take this long on a busy machine.
const TOLD_WITHIN: Duration = Duration::from_secs(10);
/// What was stored shows in the history after this long.
pub const HISTORY_LAG: Duration = Duration::from_millis(100);
/// Longer than the lag by more than a busy machine needs: what 30 seconds are in production.
pub const SETTLE: Duration = Duration::from_millis(230);
/// A late answer comes this long after storing.
const LATE: Duration = Duration::from_millis(450);
/// Seconds a caller is asked to wait by a 429.
const RETRY_AFTER: i64 = 2;

/// What a client asks of the platform.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Call {
    /// `send`, `update`, `open`, `members`, `find`, or `working` from a child that has begun.
    pub verb: String,
    /// A room's or an account's name.
    pub place: String,
    /// The sender's mark, or the id of the message to change.
    pub marker: String,
    /// The whole message as JSON.
    pub text: String,
    /// Members, comma-separated.
    pub members: String,
    /// The client's time; for `find` the time since when.
    pub at: i64,
}

/// Something that the platform stored.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What was asked.
    pub call: Call,
    /// The platform's id of it.
    pub remote_id: String,
    stored: tokio::time::Instant,
}

impl Entry {
    fn shows(&self, call: &Call) -> bool {
        let same =
            self.call.verb == "send" && self.call.place == call.place && self.call.marker == call.marker;
        same && self.call.at >= call.at
    }
}

/// What goes wrong with a call that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 429 with a time to wait.
    TooMany,
    /// 500, and nothing was stored.
    FailedBefore,
    /// Stored, then the connection was dropped.
    StoredDropped,
    /// Stored, then 500.
    StoredFailed,
    /// Stored, and answered when the client had given up.
    StoredLate,
    /// The history could not be read.
    Unreadable,
}

/// The script of faults of a platform, by seed.
pub struct Script(Option<ChaCha12Rng>);

impl Script {
    /// Faults as often as the plan says: 5 % refused for now, 4 % failed before, 11 % stored and not told.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(ChaCha12Rng::seed_from_u64(seed)))
    }

    /// A platform on its best day.
    pub const fn faultless() -> Self {
        Self(None)
    }

    /// The fault of the next call that changes something.
    pub fn next(&mut self) -> Option<Fault> {
        match self.0.as_mut()?.next_u64() % 100 {
            0..5 => Some(Fault::TooMany),
            5..9 => Some(Fault::FailedBefore),
            9..13 => Some(Fault::StoredDropped),
            13..16 => Some(Fault::StoredFailed),
            16..19 => Some(Fault::StoredLate),
            _ => None,
        }
    }

    /// Whether the next look into the history fails.
    pub fn next_unreadable(&mut self) -> bool {
        self.0.as_mut().is_some_and(|rng| rng.next_u64() % 100 < 4)
    }
}

/// What a platform holds.
pub struct State {
    /// Everything stored, in order.
    pub log: Vec<Entry>,
    /// How often each fault was played.
    pub faults: BTreeMap<Fault, usize>,
    script: Script,
    unreadable: BTreeMap<String, usize>,
}

impl State {
    /// An empty platform.
    pub const fn new(script: Script) -> Self {
        Self { log: Vec::new(), faults: BTreeMap::new(), script, unreadable: BTreeMap::new() }
    }

    /// The fault to play now, counted.
    pub fn fault(&mut self) -> Option<Fault> {
        let fault = self.script.next()?;
        *self.faults.entry(fault).or_default() += 1;
        Some(fault)
    }

    /// Whether a look for this marker fails; never more than twice, for an end must be reached.
    pub fn fails_to_read(&mut self, marker: &str) -> bool {
        let fails = self.script.next_unreadable();
        let count = self.unreadable.entry(marker.to_owned()).or_default();
        if !fails || *count == 2 {
            return false;
        }
        *count += 1;
        *self.faults.entry(Fault::Unreadable).or_default() += 1;
        true
    }

    /// Stores what is asked. Rooms are found again by their marker; a message is stored as often as it is sent.
    pub fn store(&mut self, call: &Call) -> Option<String> {
        let known = |state: &Self, verb: &str, remote_id: &str| {
            state.log.iter().any(|e| e.call.verb == verb && e.remote_id == remote_id)
        };
        let remote_id = match call.verb.as_str() {
            "open" => {
                if let Some(first) =
                    self.log.iter().find(|e| e.call.verb == "open" && e.call.marker == call.marker)
                {
                    return Some(first.remote_id.clone());
                }
                // Named after the room, so that two platforms on which the same happened can be compared.
                format!("room:{}", call.place)
            }
            "send" if call.place.starts_with("room:") && !known(self, "open", &call.place) => return None,
            "send" => format!("m{}", self.log.len()),
            "update" if !known(self, "send", &call.marker) => return None,
            "members" if !known(self, "open", &call.place) => return None,
            _ => call.marker.clone(),
        };
        let entry =
            Entry { call: call.clone(), remote_id: remote_id.clone(), stored: tokio::time::Instant::now() };
        self.log.push(entry);
        Some(remote_id)
    }

    /// Looks for a message by its marker, as far as the history shows it by now.
    pub fn find(&self, call: &Call, lag: Duration) -> Option<&Entry> {
        self.log.iter().find(|entry| entry.shows(call) && entry.stored.elapsed() >= lag)
    }
}

/// The running platform. Dropping it leaves the log readable for those who hold it.
pub struct Platform {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    working: Notify,
    /// Calls that have come and have not been decided: the history is read behind them.
    undecided: AtomicUsize,
}

impl Platform {
    /// Starts on a free port.
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(script)),
            working: Notify::new(),
            undecided: AtomicUsize::new(0),
        });
        let serving = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.undecided.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(serving.clone(), stream));
            }
        });
        Self { address, shared, task }
    }

    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("nobody panics with the log in hand")
    }

    /// Waits until a child says that its work has begun.
    pub async fn working(&self) {
        self.shared.working.notified().await;
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(shared: Arc<Shared>, mut stream: TcpStream) {
    let call = read_call(&mut stream).await;
    if call.as_ref().is_some_and(|call| call.verb == "find") {
        shared.undecided.fetch_sub(1, Ordering::SeqCst);
        // A real platform has decided about a call long before anybody settles it; a busy test machine may not have.
        for _ in 0..200 {
            if shared.undecided.load(Ordering::SeqCst) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let answer = call.as_ref().map(|call| decide(&shared, call));
    if call.is_none_or(|call| call.verb != "find") {
        shared.undecided.fetch_sub(1, Ordering::SeqCst);
    }
    let Some((status, body, fault)) = answer else { return };
    match fault {
        Some(Fault::StoredDropped) => return,
        Some(Fault::StoredLate) => tokio::time::sleep(LATE).await,
        _ => {}
    }
    let text = format!(
        "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nretry-after: {RETRY_AFTER}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // The caller may be dead.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn decide(shared: &Shared, call: &Call) -> (u16, String, Option<Fault>) {
    let mut state = shared.state.lock().expect("nobody panics with the log in hand");
    match call.verb.as_str() {
        "working" => {
            shared.working.notify_one();
            (200, String::new(), None)
        }
        "find" if state.fails_to_read(&call.marker) => (500, String::new(), None),
        "find" => (200, state.find(call, HISTORY_LAG).map(|e| e.remote_id.clone()).unwrap_or_default(), None),
        _ => {
            let fault = state.fault();
            match fault {
                Some(Fault::TooMany) => return (429, String::new(), fault),
                Some(Fault::FailedBefore) => return (500, String::new(), fault),
                _ => {}
            }
            match state.store(call) {
                None => (404, String::new(), None),
                Some(_) if fault == Some(Fault::StoredFailed) => (500, String::new(), fault),
                Some(remote_id) => (200, remote_id, fault),
            }
        }
    }
}

/// The call in a request; `None` when the caller died in the middle of it.
async fn read_call(stream: &mut TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    let mut part = [0_u8; 4096];
    loop {
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1)?.lines().next()?.trim().parse::<usize>().ok()?;
        if bytes.len() >= end + 4 + length {
            return serde_json::from_slice(&bytes[end + 4..end + 4 + length]).ok();
        }
    }
}

/// How a request can go wrong on the way.
#[derive(Debug)]
enum Broken {
    /// Nobody was there, so nothing happened.
    NotConnected,
    /// It may have arrived.
    Lost(&'static str),
}

/// Speaks to the platform over HTTP, and says honestly what it knows of each call.
pub struct HttpMessenger {
    address: SocketAddr,
    clock: Arc<dyn Clock>,
}

impl HttpMessenger {
    /// A messenger to the platform at an address; a call is stamped with the clock's time.
    pub fn new(address: SocketAddr, clock: Arc<dyn Clock>) -> Self {
        Self { address, clock }
    }

    /// Tells the platform that the child has begun to work.
    pub async fn tell_working(&self) {
        let call = Call { verb: "working".into(), ..Call::default() };
        self.ask_within(&call, TOLD_WITHIN).await.expect("the platform outlives the child");
    }

    async fn ask(&self, call: &Call) -> Result<(u16, String), Broken> {
        self.ask_within(call, CLIENT_PATIENCE).await
    }

    async fn ask_within(&self, call: &Call, patience: Duration) -> Result<(u16, String), Broken> {
        let mut stream = TcpStream::connect(self.address).await.map_err(|_| Broken::NotConnected)?;
        let exchange = async {
            let body = serde_json::to_string(call).expect("a call is plain text");
            let head = format!(
                "POST /{} HTTP/1.1\r\nhost: fake\r\ncontent-length: {}\r\n\r\n",
                call.verb,
                body.len()
            );
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .await
                .map_err(|_| Broken::Lost("not written"))?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.map_err(|_| Broken::Lost("not read"))?;
            let answer = String::from_utf8(answer).map_err(|_| Broken::Lost("not text"))?;
            let (head, body) = answer.split_once("\r\n\r\n").ok_or(Broken::Lost("cut off"))?;
            let status =
                head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or(Broken::Lost("no status"))?;
            Ok((status, body.to_owned()))
        };
        tokio::time::timeout(patience, exchange).await.unwrap_or(Err(Broken::Lost("no answer in time")))
    }

    async fn change(&self, call: Call) -> Outcome {
        outcome(self.ask(&call).await, self.clock.now())
    }

    fn call(&self, verb: &str, place: &str, marker: &str) -> Call {
        let at = self.clock.now().as_micros();
        Call { verb: verb.into(), place: place.into(), marker: marker.into(), at, ..Call::default() }
    }
}

fn outcome(answer: Result<(u16, String), Broken>, now: Instant) -> Outcome {
    let reason = |words: &str| words.to_owned();
    match answer {
        Ok((200, remote_id)) => Outcome::Sent { remote_id },
        Ok((429, _)) => {
            Outcome::NotYet { retry_at: Some(now.plus_secs(RETRY_AFTER)), reason: reason("too many calls") }
        }
        Ok((400..500, _)) => Outcome::Refused { reason: reason("the platform says no") },
        Ok(_) => Outcome::InDoubt { reason: reason("the platform failed") },
        Err(Broken::NotConnected) => Outcome::NotYet { retry_at: None, reason: reason("nobody is there") },
        Err(Broken::Lost(why)) => Outcome::InDoubt { reason: reason(why) },
    }
}

/// The name of a place on the platform.
pub fn name_of(place: &Place) -> &str {
    match place {
        Place::Room(name) | Place::Direct(name) => name,
    }
}

/// The whole of a message, buttons and all.
pub fn text_of(message: &Message) -> String {
    serde_json::to_string(message).expect("a message can be written")
}

#[async_trait]
impl Messenger for HttpMessenger {
    async fn send(&self, _workspace: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        self.change(Call { text: text_of(message), ..self.call("send", name_of(place), marker) }).await
    }

    async fn update(&self, _workspace: &str, place: &Place, remote_id: &str, message: &Message) -> Outcome {
        self.change(Call { text: text_of(message), ..self.call("update", name_of(place), remote_id) }).await
    }

    async fn open_room(&self, _workspace: &str, request: &RoomRequest) -> Outcome {
        let call = self.call("open", &request.name, &request.marker);
        self.change(Call { members: request.members.join(","), ..call }).await
    }

    async fn set_members(&self, _workspace: &str, room: &str, members: &[String]) -> Outcome {
        self.change(Call { members: members.join(","), ..self.call("members", room, "") }).await
    }

    async fn set_card(
        &self,
        _workspace: &str,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Outcome {
        let text = format!("{topic}\n{}", text_of(message));
        self.change(match card {
            Some(card) => Call { text, ..self.call("update", room, card) },
            None => Call { text, ..self.call("send", room, marker) },
        })
        .await
    }

    async fn find(&self, _workspace: &str, place: &Place, marker: &str, since: Instant) -> Found {
        let call = Call { at: since.as_micros(), ..self.call("find", name_of(place), marker) };
        match self.ask(&call).await {
            Ok((200, remote_id)) if remote_id.is_empty() => Found::No,
            Ok((200, remote_id)) => Found::Yes { remote_id },
            _ => Found::Unreadable,
        }
    }
}

#[tokio::test]
async fn nobody_at_the_address_means_surely_not_sent() {
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = port.local_addr().expect("it has an address");
    drop(port);
    let clock = Arc::new(roundtable::clock::VirtualClock::at(Instant::from_secs(0)));
    let messenger = HttpMessenger::new(address, clock);
    let place = Place::Direct("ada".into());
    let outcome = messenger.send("w", &place, "m", &Message::say("hello")).await;
    assert!(matches!(outcome, Outcome::NotYet { retry_at: None, .. }), "{outcome:?}");
}
