//! Opens a connection to Slack until Slack says hello, and closes it. Invariant: it stands no longer than that, so
//! that it takes nothing away from a bot that is running.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use slack_morphism::clients_manager::SlackSocketModeClientsManagerFactory as _;
use slack_morphism::hyper_tokio::SlackHyperClient;
use slack_morphism::listener::SlackClientEventsListenerEnvironment;
use slack_morphism::{
    SlackApiToken, SlackApiTokenValue, SlackClientSocketModeConfig, SlackSocketModeClientListener,
    SlackSocketModeWssClientId,
};
use tokio::sync::oneshot;

use crate::config::Secret;

/// What Slack says when a connection stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hello {
    /// The app that the token belongs to.
    pub(super) app_id: String,
    /// How many connections this app has now, ours included.
    pub(super) connections: u64,
}

struct Ear(Mutex<Option<oneshot::Sender<Hello>>>);

#[async_trait]
impl SlackSocketModeClientListener for Ear {
    async fn on_message(&self, _id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let frame: Value = serde_json::from_str(&body).unwrap_or_default();
        if frame["type"] == "hello"
            && let Some(tell) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            let app_id = frame["connection_info"]["app_id"].as_str().unwrap_or_default().to_owned();
            let connections = frame["num_connections"].as_u64().unwrap_or(1);
            // Nobody may be listening any more; then nobody needs it.
            let _ = tell.send(Hello { app_id, connections });
        }
        // Anything else is not acknowledged: Slack delivers it to the bot.
        None
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {}

    async fn on_disconnect(&self, _id: &SlackSocketModeWssClientId) {}
}

/// Waits for Slack's hello, as long as `patience` lasts.
pub(super) async fn hello(
    client: Arc<SlackHyperClient>,
    app_token: &Secret,
    patience: Duration,
) -> Option<Hello> {
    let environment = Arc::new(SlackClientEventsListenerEnvironment::new(client.clone()));
    let manager = client.http_api.connector.new_clients_manager(environment);
    let (tell, told) = oneshot::channel();
    let ear = Arc::new(Ear(Mutex::new(Some(tell))));
    let config = SlackClientSocketModeConfig::new().with_max_connections_count(1);
    let token = SlackApiToken::new(SlackApiTokenValue(app_token.expose().to_owned()));
    manager.register_new_token(&config, token, ear).await.ok()?;
    manager.start().await;
    let heard = tokio::time::timeout(patience, told).await;
    manager.shutdown().await;
    heard.ok()?.ok()
}
