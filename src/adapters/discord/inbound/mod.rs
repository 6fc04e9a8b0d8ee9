//! What comes in from Discord: read, kept, acknowledged, carried out. Both ways in, connections and requests, end at one
//! counter ([`receive::Reception`]). Invariant: a first answer never waits for the work, and the work survives a crash.
//!
//! Wiring: [`Inbound::new`] with the parts, then [`Inbound::run`] as one task, and either [`Inbound::gateway`] as
//! another, or [`Inbound::router`] on a listener. All of them take the same `stop`.

mod act;
mod answer;
pub mod answers;
pub mod census;
mod count;
pub mod desk;
mod ear;
pub mod envelope;
mod forms;
pub mod gateway;
pub mod health;
pub mod homes;
pub mod http;
pub mod lifecycle;
pub mod plan;
pub mod profile;
pub mod pulse;
pub mod receive;
pub mod reconcile;
mod session;
mod set_up;
mod shard;
mod shelf;
mod suggest;
pub mod turns;
mod typed;
pub mod unpack;
mod wanted;
pub mod watchdog;
mod way;
mod words;
pub mod work;
mod zones;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use serenity::interactions_endpoint::Verifier;
use tokio::sync::{mpsc, watch};

use self::answers::Answers;
use self::census::Census;
use self::desk::Desk;
use self::gateway::Gateway;
use self::health::{Line, Lines};
use self::homes::{Homes, Meets};
use self::lifecycle::News;
use self::profile::Profiles;
use self::receive::Reception;
use self::reconcile::Surveyor;
use self::shelf::Shelf;
use self::work::Office;
use crate::adapters::common::inbox::{Keeper, inbox};
use crate::adapters::discord::PLATFORM;
use crate::adapters::discord::arrange::Arrange;
use crate::adapters::discord::draw::Artist;
use crate::adapters::discord::transport::Rest;
use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::config::Secret;
use crate::core::Core;

/// What the inbound side is made of.
pub struct Parts {
    /// The core, with the Discord messenger registered.
    pub core: Arc<Core>,
    /// The same messenger that the core has.
    pub messenger: Arc<dyn Messenger>,
    /// For answers to interactions.
    pub answers: Arc<dyn Answers>,
    /// For asking what is still there.
    pub census: Arc<dyn Census>,
    /// Hears of everybody who does something.
    pub meets: Arc<dyn Meets>,
    /// For setting a guild up.
    pub arrange: Arc<dyn Arrange>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names of what is made.
    pub ids: Arc<dyn IdSource>,
    /// The slash command, such as `/mentor`.
    pub root: String,
    /// Who counts as an administrator besides those who run their guild: account ids and unique names.
    pub admins: Vec<String>,
    /// Whether deliveries come by request: then Discord tells nothing by itself.
    pub by_request: bool,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("core", &self.core).finish_non_exhaustive()
    }
}

/// The inbound side of all guilds.
pub struct Inbound {
    clock: Arc<dyn Clock>,
    answers: Arc<dyn Answers>,
    census: Arc<dyn Census>,
    office: Arc<Office>,
    reception: Arc<Reception>,
    lines: Arc<Lines>,
    own: Arc<Mutex<String>>,
    workers: Mutex<Option<(Keeper<Office>, Surveyor)>>,
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbound").field("reception", &self.reception).finish_non_exhaustive()
    }
}

/// How the inbound side stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Connections, by shard; none before they are begun and none where deliveries come by request.
    pub lines: Vec<Line>,
    /// What was delivered since the start, by kind.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Inbound {
    /// Puts the parts together; nothing runs yet.
    pub fn new(parts: Parts) -> Self {
        let Parts { core, messenger, answers, census, meets, arrange, clock, ids, root, admins, by_request } =
            parts;
        let store = core.store().clone();
        let own = Arc::new(Mutex::new(String::new()));
        let (look, looks) = mpsc::unbounded_channel();
        let office = Arc::new(Office {
            looks: Artist::new(store.clone(), root),
            homes: Homes::new(core.clone()),
            shelf: Shelf::new(store.clone()),
            news: News::new(own.clone(), look),
            profiles: Profiles::new(&admins),
            desk: Arc::new(Desk::default()),
            turns: Office::turns(),
            answers: answers.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            core,
            messenger,
            meets,
            arrange,
        });
        let (inbox, keeper) = inbox(PLATFORM, store, clock.clone(), office.clone());
        let reception = Arc::new(Reception::new(inbox, office.clone(), clock.clone(), ids));
        let surveyor = Surveyor::new(office.clone(), census.clone(), looks, by_request);
        let (lines, workers) = (Arc::default(), Mutex::new(Some((keeper, surveyor))));
        Self { clock, answers, census, office, reception, lines, own, workers }
    }

    /// Carries out what is kept and looks over what nobody told, until `stop` turns true and what is under way has
    /// ended. To be run once.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((keeper, surveyor)) = workers else { return };
        tokio::join!(keeper.run(stop.clone()), surveyor.run(stop));
        self.reception.settle().await;
    }

    /// The connections of the bot with this token; run them with the same `stop`. `api` is where its calls go, and
    /// `address` is used instead of the address that Discord gives.
    pub fn gateway(
        self: &Arc<Self>,
        rest: Arc<Rest>,
        token: Secret,
        api: String,
        address: Option<String>,
        members: bool,
    ) -> Gateway {
        Gateway::new(self.clone(), rest, token, api, address, members)
    }

    /// The route for deliveries by request, signed with the key that this verifies.
    pub fn router(&self, verifier: Verifier) -> Router {
        http::router(self.reception.clone(), verifier, self.clock.clone())
    }

    /// Takes note of the bot's own account.
    pub fn is_now(&self, own: &str) {
        if !own.is_empty() {
            own.clone_into(&mut self.own.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        Standing { lines: self.lines.all(), counts: self.reception.counts() }
    }
}
