//! What comes in from Slack: read, kept, acknowledged, carried out. Both ways in, sockets and HTTP, end at one counter
//! ([`receive::Reception`]). Invariant: an acknowledgement never waits for the work, and the work survives a crash.
//!
//! Wiring: [`Inbound::new`] with the parts, then [`Inbound::run`] as one task, and either [`Inbound::sockets`] for
//! each app-level token as a task each, or [`Inbound::router`] on a listener. All of them take the same `stop`.

mod act;
mod answer;
pub mod envelope;
mod forms;
pub mod health;
pub mod homes;
pub mod http;
mod lifecycle;
mod looks;
pub mod profile;
pub mod receive;
mod signature;
pub mod socket;
mod words;
pub mod work;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use tokio::sync::watch;

use self::forms::Forms;
use self::health::{Pulse, SocketHealth};
use self::homes::Homes;
use self::looks::Looks;
use self::profile::Profiles;
use self::receive::Reception;
use self::socket::Sockets;
use self::work::Office;
use crate::adapters::common::inbox::{Keeper, inbox};
use crate::adapters::slack::PLATFORM;
use crate::adapters::slack::tokens::TokenSource;
use crate::adapters::slack::transport::{Courier, Mentions};
use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::config::Secret;
use crate::core::Core;

/// What the inbound side is made of.
pub struct Parts {
    /// The core, with the Slack messenger registered.
    pub core: Arc<Core>,
    /// The shared part of all senders.
    pub courier: Arc<Courier>,
    /// The same messenger that the core has.
    pub messenger: Arc<dyn Messenger>,
    /// Whose token speaks where; forgets a workspace that is gone.
    pub tokens: Arc<TokenSource>,
    /// Who has which account.
    pub mentions: Arc<dyn Mentions>,
    /// The time; the same as the courier's.
    pub clock: Arc<dyn Clock>,
    /// Names of what is made.
    pub ids: Arc<dyn IdSource>,
    /// The slash command, such as `/mentor`.
    pub root: String,
    /// Who counts as an administrator besides those whom Slack calls so: e-mail addresses and member ids.
    pub admins: Vec<String>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("core", &self.core).finish_non_exhaustive()
    }
}

/// The inbound side of all workspaces.
pub struct Inbound {
    courier: Arc<Courier>,
    tokens: Arc<TokenSource>,
    clock: Arc<dyn Clock>,
    reception: Arc<Reception>,
    homes: Arc<Homes>,
    keeper: Mutex<Option<Keeper<Office>>>,
    pulses: Mutex<Vec<Arc<Pulse>>>,
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbound").field("reception", &self.reception).finish_non_exhaustive()
    }
}

/// How the inbound side stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Connections, by app; none in HTTP mode.
    pub sockets: Vec<SocketHealth>,
    /// What was delivered since the start, by kind.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Inbound {
    /// Puts the parts together; nothing runs yet.
    pub fn new(parts: Parts) -> Self {
        let Parts { core, courier, messenger, tokens, mentions, clock, ids, root, admins } = parts;
        let store = core.store().clone();
        let looks = Arc::new(Looks::new(mentions, root));
        let profiles = Arc::new(Profiles::new(courier.api.clone(), &admins));
        let homes = Arc::new(Homes::new(core.clone(), courier.clone(), looks.clone(), ids.clone()));
        let office = Arc::new(Office::new(
            core,
            courier.clone(),
            messenger,
            looks,
            homes.clone(),
            profiles,
            tokens.clone(),
            ids.clone(),
        ));
        let (inbox, keeper) = inbox(PLATFORM, store, clock.clone(), office.clone());
        let reception = Arc::new(Reception::new(inbox, Forms::new(office), clock.clone(), ids));
        let (keeper, pulses) = (Mutex::new(Some(keeper)), Mutex::default());
        Self { courier, tokens, clock, reception, homes, keeper, pulses }
    }

    /// Carries out what is kept and publishes homes, until `stop` turns true and what is under way has ended. To be
    /// run once.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(keeper) = keeper else { return };
        tokio::join!(keeper.run(stop.clone()), self.homes.run(stop));
        self.reception.settle().await;
    }

    /// The connections of the app with this app-level token; run them with the same `stop`.
    pub fn sockets(&self, app_token: Secret) -> Sockets {
        let (sockets, pulse) =
            Sockets::new(self.courier.api.clone(), app_token, self.reception.clone(), self.clock.clone());
        self.pulses.lock().unwrap_or_else(PoisonError::into_inner).push(pulse);
        sockets
    }

    /// The route of HTTP mode, for requests signed with any of these secrets.
    pub fn router(&self, signing_secrets: &[Secret]) -> Router {
        http::router(self.reception.clone(), signing_secrets, self.clock.clone())
    }

    /// Something was sent, or a new day began: homes of all workspaces may look different now. Cheap to call often.
    pub async fn touch_homes(&self) {
        match self.tokens.workspaces().await {
            Ok(workspaces) => workspaces.iter().for_each(|workspace| self.homes.touch_all(workspace)),
            Err(error) => tracing::warn!(error.reason = %error, "slack.workspaces_not_listed"),
        }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let pulses = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        Standing {
            sockets: pulses.iter().map(|pulse| pulse.health()).collect(),
            counts: self.reception.counts(),
        }
    }
}
