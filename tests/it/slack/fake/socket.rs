//! Socket Mode: sockets that come and go, envelopes that are sent to one of them, acknowledgements that are timed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::{APP, Shared};

/// How long a test waits for the bot to connect.
const CONNECTS_WITHIN: Duration = Duration::from_secs(90);
/// A socket that was asked to reconnect is closed after a moment, as Slack does after ten seconds. The client may leave
/// its end open when an acknowledgement was just on its way.
const LEAVES_AFTER: Duration = Duration::from_secs(2);
/// Sockets that one app may have.
const MOST_SOCKETS: usize = 10;
/// Deliveries that are lost in a silent socket before Slack gives it up.
const LOST_IN_SILENCE: u32 = 2;

enum Order {
    Say(String),
    Leave(String),
    Close,
    Reset,
    Silence,
}

struct Line {
    orders: mpsc::UnboundedSender<Order>,
    /// How many more deliveries go into this socket although nobody hears them.
    silent: Option<u32>,
    /// Asked to go; it gets nothing new.
    leaving: bool,
}

#[derive(Default)]
struct State {
    lines: BTreeMap<u64, Line>,
    tickets: BTreeSet<String>,
    waiting: HashMap<String, oneshot::Sender<(Value, Instant)>>,
    known: BTreeSet<String>,
    next: u64,
    turn: u64,
    surprises: Vec<String>,
}

/// The sockets of the app.
pub struct Hub {
    state: Mutex<State>,
    count: watch::Sender<usize>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { state: Mutex::default(), count: watch::channel(0).0 }
    }
}

impl Hub {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the sockets in hand")
    }

    /// A ticket for one new socket.
    pub fn ticket(&self) -> String {
        let mut state = self.state();
        state.next += 1;
        let ticket = format!("ticket-{}", state.next);
        state.tickets.insert(ticket.clone());
        ticket
    }

    /// Sockets that can be used.
    pub fn count(&self) -> usize {
        self.state().lines.values().filter(|line| !line.leaving && line.silent.is_none()).count()
    }

    fn tell(&self) {
        // Counted with the channel in hand, so that an older count never comes after a newer one.
        self.count.send_modify(|told| *told = self.count());
    }

    /// Waits until so many sockets can be used.
    pub async fn connected(&self, least: usize) {
        let mut count = self.count.subscribe();
        let enough = count.wait_for(|count| *count >= least);
        let in_time = tokio::time::timeout(CONNECTS_WITHIN, enough).await;
        if !in_time.is_ok_and(|count| count.is_ok()) {
            let state = self.state();
            let lines: Vec<_> = state.lines.values().map(|line| (line.leaving, line.silent)).collect();
            panic!(
                "the bot does not connect; sockets (leaving, silent): {lines:?}, tickets {}",
                state.tickets.len()
            );
        }
    }

    fn order_all(&self, order: impl Fn() -> Order, leaving: bool) {
        for line in self.state().lines.values_mut() {
            line.leaving |= leaving;
            let _ = line.orders.send(order());
        }
        self.tell();
    }

    /// Closes everything.
    pub fn close_all(&self) {
        self.order_all(|| Order::Close, true);
    }

    /// Resets everything.
    pub fn reset_all(&self) {
        self.order_all(|| Order::Reset, true);
    }

    /// Asks everybody to reconnect.
    pub fn refresh(&self, reason: &str) {
        let text =
            json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "fake" } }).to_string();
        self.order_all(|| Order::Leave(text.clone()), true);
    }

    /// The socket whose turn it is.
    fn choose(state: &mut State) -> Option<u64> {
        state.turn += 1;
        let usable: Vec<u64> = state.lines.iter().filter(|(_, l)| !l.leaving).map(|(id, _)| *id).collect();
        let at = usize::try_from(state.turn).unwrap_or(0) % usable.len().max(1);
        usable.get(at).copied()
    }

    /// Sends an envelope into one socket; which one, if there is any.
    pub fn send(&self, envelope: &Value) -> Option<u64> {
        let mut state = self.state();
        let id = Self::choose(&mut state)?;
        state.known.insert(envelope["envelope_id"].as_str().unwrap_or_default().to_owned());
        let line = state.lines.get_mut(&id).expect("it was just chosen");
        let _ = line.orders.send(Order::Say(envelope.to_string()));
        if let Some(left) = line.silent.as_mut() {
            *left = left.saturating_sub(1);
            if *left == 0 {
                state.lines.remove(&id);
            }
        }
        Some(id)
    }

    /// What will come back for an envelope.
    pub fn expect(&self, envelope: &str) -> oneshot::Receiver<(Value, Instant)> {
        let (answer, wait) = oneshot::channel();
        self.state().waiting.insert(envelope.to_owned(), answer);
        wait
    }

    /// Does this to a socket.
    pub fn disturb(&self, id: u64, what: super::SocketFault) {
        let mut state = self.state();
        let Some(line) = state.lines.get_mut(&id) else { return };
        match what {
            super::SocketFault::Reset => {
                line.leaving = true;
                let _ = line.orders.send(Order::Reset);
            }
            super::SocketFault::Silent => {
                line.silent = Some(LOST_IN_SILENCE);
                let _ = line.orders.send(Order::Silence);
            }
            super::SocketFault::Refresh => {
                line.leaving = true;
                let text = json!({ "type": "disconnect", "reason": "refresh_requested", "debug_info": {} });
                let _ = line.orders.send(Order::Leave(text.to_string()));
            }
            _ => {}
        }
        drop(state);
        self.tell();
    }

    /// Acknowledgements that nobody waited for and other oddities.
    pub fn take_surprises(&self) -> Vec<String> {
        std::mem::take(&mut self.state().surprises)
    }

    fn acknowledged(&self, text: &str) {
        let at = Instant::now();
        let mut state = self.state();
        let Ok(ack) = serde_json::from_str::<Value>(text) else {
            return state.surprises.push("an acknowledgement that is not JSON".into());
        };
        let id = ack["envelope_id"].as_str().unwrap_or_default().to_owned();
        if !state.known.contains(&id) {
            state.surprises.push(format!("an acknowledgement of the unknown envelope {id:?}"));
        }
        let odd = ack.as_object().is_some_and(|map| map.keys().any(|k| k != "envelope_id" && k != "payload"));
        if odd {
            state.surprises.push("an acknowledgement with more than envelope_id and payload".into());
        }
        if let Some(waiting) = state.waiting.remove(&id) {
            let _ = waiting.send((ack.get("payload").cloned().unwrap_or(Value::Null), at));
        }
    }
}

/// Takes sockets for as long as the fake lives.
pub async fn listen(shared: Arc<Shared>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(line(shared.clone(), stream));
    }
}

#[allow(clippy::result_large_err)] // The shape that the handshake asks for.
async fn line(shared: Arc<Shared>, stream: TcpStream) {
    let check = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let query = request.uri().query().unwrap_or_default();
        let ticket = super::wire::pairs(query).into_iter().find(|(k, _)| k == "ticket").map(|(_, v)| v);
        let mut state = shared.hub.state();
        if state.lines.len() < MOST_SOCKETS && ticket.is_some_and(|ticket| state.tickets.remove(&ticket)) {
            Ok(response)
        } else {
            let mut refused = ErrorResponse::new(None);
            *refused.status_mut() = tokio_tungstenite::tungstenite::http::StatusCode::FORBIDDEN;
            Err(refused)
        }
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, check).await else { return };
    let (orders, mut taken) = mpsc::unbounded_channel();
    let own = orders.downgrade();
    let id = {
        let mut state = shared.hub.state();
        state.next += 1;
        let id = state.next;
        state.lines.insert(id, Line { orders, silent: None, leaving: false });
        id
    };
    let hello = json!({
        "type": "hello", "num_connections": shared.hub.count(), "connection_info": { "app_id": APP },
        "debug_info": { "host": "fake", "started": "", "build_number": 1, "approximate_connection_time": 18_060 },
    });
    let _ = socket.send(Message::Text(hello.to_string().into())).await;
    shared.hub.tell();
    loop {
        tokio::select! {
            order = taken.recv() => match order {
                Some(Order::Say(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Order::Leave(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                    let own = own.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(LEAVES_AFTER).await;
                        if let Some(orders) = own.upgrade() {
                            let _ = orders.send(Order::Close);
                        }
                    });
                }
                Some(Order::Silence) => return silence(taken).await,
                Some(Order::Reset) => {
                    super::wire::reset(socket.get_ref());
                    break;
                }
                Some(Order::Close) | None => {
                    let _ = socket.close(None).await;
                    break;
                }
            },
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => shared.hub.acknowledged(&text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    shared.hub.state().lines.remove(&id);
    shared.hub.tell();
}

/// Holds the socket open, deaf and dumb, until Slack itself has forgotten it.
async fn silence(mut orders: mpsc::UnboundedReceiver<Order>) {
    while let Some(order) = orders.recv().await {
        if matches!(order, Order::Close | Order::Reset) {
            return;
        }
    }
    // Forgotten on this side; the other side finds out by its own pings.
    tokio::time::sleep(CONNECTS_WITHIN).await;
}
