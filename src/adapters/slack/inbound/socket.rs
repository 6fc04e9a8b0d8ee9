//! Socket Mode: connections that we open, so no public address is needed. The crate connects, pings and reconnects;
//! frames come here raw. Invariant: a frame is acknowledged only after the counter took it, and nothing slow happens
//! between two frames.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use slack_morphism::clients_manager::{
    SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory as _,
};
use slack_morphism::listener::SlackClientEventsListenerEnvironment;
use slack_morphism::{
    SlackApiToken, SlackApiTokenValue, SlackClientSocketModeConfig, SlackSocketModeClientListener,
    SlackSocketModeWssClientId,
};
use tokio::sync::watch;

use super::envelope::Frame;
use super::health::Pulse;
use super::receive::{Ack, Count, Reception};
use crate::adapters::slack::transport::{CallError, SlackApi, Token, Urgency};
use crate::clock::Clock;
use crate::config::Secret;
use crate::domain::civil::Instant;

/// Connections for each app. Two, because Slack ends each of them every few hours.
pub const CONNECTIONS: u32 = 2;
const PING_SECS: u64 = 4;
const MISSED_PINGS: u64 = 2;
const RECONNECT_SECS: u64 = 5;
/// How often to look whether the connections stand.
const LOOK: Duration = Duration::from_secs(5);
/// Without any connection for this long, all are made anew: one that hangs while it connects never ends by itself.
const NONE_SECS: i64 = 30;
/// With only some of them for this long, the same.
const SOME_SECS: i64 = 180;

type Manager = dyn SlackSocketModeClientsManager + Send + Sync;

/// Why the connections cannot be opened at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SocketFault {
    /// Slack does not take the token.
    #[error(
        "Slack refused the app-level token with \"{0}\"; make one with the scope connections:write under Basic \
         Information of your Slack app, and check that Socket Mode is switched on there"
    )]
    Refused(String),
    /// The crate does not take it.
    #[error("the connections to Slack could not be prepared")]
    Unprepared,
}

/// The listener of all connections of one app.
struct Listener {
    manager: OnceLock<Weak<Manager>>,
    reception: Arc<Reception>,
    pulse: Arc<Pulse>,
    clock: Arc<dyn Clock>,
}

impl Listener {
    async fn restart(&self, id: &SlackSocketModeWssClientId) {
        if let Some(manager) = self.manager.get().and_then(Weak::upgrade) {
            manager.restart_client(id).await;
        }
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Listener {
    async fn on_message(&self, id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let now = self.clock.now();
        self.pulse.heard(now);
        let Ok(frame) = serde_json::from_str::<Value>(&body) else {
            self.reception.count(Count::Unreadable);
            return None;
        };
        match Frame::read(&frame) {
            Frame::Hello => {
                tracing::info!(slack.connection = id.token_index, "slack.connected");
                self.pulse.up(id.token_index, now);
                None
            }
            Frame::Disconnect { reason } => {
                if reason == "link_disabled" {
                    tracing::error!("Socket Mode was switched off for this Slack app; switch it on again");
                }
                tracing::info!(slack.connection = id.token_index, slack.reason = %reason, "slack.disconnecting");
                self.pulse.down(id.token_index, now);
                // What was acknowledged before goes out first; then the connection is made anew.
                self.restart(id).await;
                None
            }
            Frame::Stray => {
                self.reception.count(Count::Unreadable);
                None
            }
            Frame::Envelope { id: envelope, accepts, retries, delivery } => {
                if retries > 0 {
                    tracing::info!(slack.retries = retries, "slack.delivered_again");
                }
                let ack = self.reception.receive(delivery).await;
                acknowledgement(&envelope, accepts, ack).map(|ack| ack.to_string())
            }
        }
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {
        // It may quote what was delivered.
        tracing::warn!("slack.connection_failed");
    }

    async fn on_disconnect(&self, id: &SlackSocketModeWssClientId) {
        self.pulse.down(id.token_index, self.clock.now());
        self.restart(id).await;
    }
}

/// The frame that acknowledges an envelope, if it is to be acknowledged.
fn acknowledgement(envelope: &str, accepts: bool, ack: Ack) -> Option<Value> {
    match ack {
        Ack::Say(said) if accepts => Some(json!({"envelope_id": envelope, "payload": said})),
        Ack::Say(_) | Ack::Plain => Some(json!({"envelope_id": envelope})),
        Ack::Withhold => None,
    }
}

/// The connections of one app.
pub struct Sockets {
    api: Arc<SlackApi>,
    token: Secret,
    reception: Arc<Reception>,
    pulse: Arc<Pulse>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sockets").field("pulse", &self.pulse).finish_non_exhaustive()
    }
}

impl Sockets {
    /// For the app whose app-level token this is; it may serve several workspaces.
    pub fn new(
        api: Arc<SlackApi>,
        token: Secret,
        reception: Arc<Reception>,
        clock: Arc<dyn Clock>,
    ) -> (Self, Arc<Pulse>) {
        let pulse = Arc::new(Pulse::new(CONNECTIONS as usize, clock.now()));
        (Self { api, token, reception, pulse: pulse.clone(), clock }, pulse)
    }

    /// Keeps the connections up until `stop` turns true. Fails at once when Slack does not take the token; when
    /// Slack cannot be reached it goes on trying.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), SocketFault> {
        self.check().await?;
        let mut manager = self.connect().await?;
        while !*stop.borrow() {
            tokio::select! {
                biased;
                // An error means that nobody is left to say stop, which is a stop as well.
                _ = stop.wait_for(|stop| *stop) => break,
                () = tokio::time::sleep(LOOK) => {}
            }
            let now = self.clock.now();
            let health = self.pulse.health();
            if is_stuck(health.connected, health.short_since, now) {
                tracing::warn!(slack.connected = health.connected, "slack.connections_made_anew");
                manager.shutdown().await;
                self.pulse.all_down(now);
                manager = self.connect().await?;
            }
        }
        manager.shutdown().await;
        Ok(())
    }

    async fn check(&self) -> Result<(), SocketFault> {
        let token = Token::new("", self.token.clone());
        match self.api.call(&token, "apps.connections.open", json!({}), Urgency::Reply).await {
            Err(CallError::Refused { error, .. }) => Err(SocketFault::Refused(error)),
            Err(error) => {
                tracing::warn!(error.reason = %error, "slack.not_reached_yet");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    async fn connect(&self) -> Result<Arc<Manager>, SocketFault> {
        let client = self.api.client();
        let environment = Arc::new(SlackClientEventsListenerEnvironment::new(client.clone()));
        let manager = client.http_api.connector.new_clients_manager(environment);
        let listener = Arc::new(Listener {
            manager: OnceLock::new(),
            reception: self.reception.clone(),
            pulse: self.pulse.clone(),
            clock: self.clock.clone(),
        });
        // Weak, because the manager keeps the listener.
        let _ = listener.manager.set(Arc::downgrade(&manager));
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(CONNECTIONS)
            .with_initial_backoff_in_seconds(1)
            .with_reconnect_timeout_in_seconds(RECONNECT_SECS)
            .with_ping_interval_in_seconds(PING_SECS)
            .with_ping_failure_threshold_times(MISSED_PINGS);
        let token = SlackApiToken::new(SlackApiTokenValue(self.token.expose().to_owned()));
        manager.register_new_token(&config, token, listener).await.map_err(|_| SocketFault::Unprepared)?;
        manager.start().await;
        Ok(manager)
    }
}

fn is_stuck(connected: usize, short_since: Option<Instant>, now: Instant) -> bool {
    let patience = if connected == 0 { NONE_SECS } else { SOME_SECS };
    short_since.is_some_and(|since| since.secs_until(now) >= patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_names_its_envelope_and_says_something_only_where_slack_listens() {
        let said = || Ack::Say(json!({"response_action": "clear"}));
        assert_eq!(acknowledgement("e1", true, Ack::Plain), Some(json!({"envelope_id": "e1"})));
        assert_eq!(acknowledgement("e1", false, said()), Some(json!({"envelope_id": "e1"})));
        let with = json!({"envelope_id": "e1", "payload": {"response_action": "clear"}});
        assert_eq!(acknowledgement("e1", true, said()), Some(with));
        assert_eq!(acknowledgement("e1", true, Ack::Withhold), None);
    }

    #[test]
    fn connections_that_do_not_come_up_are_made_anew_and_those_that_stand_are_left_alone() {
        let at = Instant::from_secs;
        assert!(!is_stuck(2, None, at(1_000)));
        assert!(!is_stuck(0, Some(at(0)), at(29)));
        assert!(is_stuck(0, Some(at(0)), at(30)));
        assert!(!is_stuck(1, Some(at(0)), at(30)));
        assert!(is_stuck(1, Some(at(0)), at(180)));
    }

    #[test]
    fn a_refused_token_is_named_with_what_to_do() {
        let words = SocketFault::Refused("invalid_auth".into()).to_string();
        assert!(words.contains("invalid_auth") && words.contains("connections:write"), "{words}");
    }
}
