//! Whose token speaks in which workspace: tokens of the environment, and those of installations. Invariant: a token of
//! the environment wins over an installation, and a token that no longer stands is not handed out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;

use super::PLATFORM;
use super::plain::{As, Plain};
use super::seal::Keys;
use super::transport::{CallError, Tokens};
use crate::clock::Clock;
use crate::config::Secret;
use crate::domain::civil::Instant;
use crate::domain::words::Presence;
use crate::store::{Store, StoreError};

/// How long an opened token is remembered, in seconds: another process may have replaced it.
const MEMORY_SECS: i64 = 30;

/// Who a bot token belongs to, as Slack says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The workspace's id.
    pub workspace: String,
    /// The workspace's name.
    pub name: String,
    /// The bot's account.
    pub bot_account: String,
    /// The bot's handle.
    pub handle: String,
    /// The id by which Slack tells more about the bot.
    pub bot_id: Option<String>,
    /// What the token may do, when Slack said so.
    pub scopes: Option<Vec<String>>,
}

/// Asks Slack whose token this is.
pub async fn identify(plain: &Plain, token: &Secret) -> Result<Identity, CallError> {
    let answer = plain.form("auth.test", As::Token(token), &[]).await?;
    let text = |key: &str| answer.body[key].as_str().unwrap_or_default().to_owned();
    // Without a workspace it is a token for a whole organisation, or none of a bot.
    if text("team_id").is_empty() || answer.body["is_enterprise_install"] == Value::Bool(true) {
        return Err(CallError::refused("team_access_not_granted"));
    }
    Ok(Identity {
        workspace: text("team_id"),
        name: text("team"),
        bot_account: text("user_id"),
        handle: text("user"),
        bot_id: answer.body["bot_id"].as_str().map(str::to_owned),
        scopes: answer.scopes,
    })
}

/// All tokens there are.
pub struct TokenSource {
    store: Store,
    clock: Arc<dyn Clock>,
    keys: Option<Arc<Keys>>,
    fixed: Mutex<HashMap<String, Secret>>,
    opened: Mutex<HashMap<String, (Instant, Secret)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TokenSource {
    /// A source that knows installations, when there are keys to open their tokens.
    pub fn new(store: Store, clock: Arc<dyn Clock>, keys: Option<Arc<Keys>>) -> Self {
        Self { store, clock, keys, fixed: Mutex::default(), opened: Mutex::default() }
    }

    /// Takes a token of the environment, whose workspace Slack has told.
    pub fn settle(&self, workspace: &str, token: Secret) {
        locked(&self.fixed).insert(workspace.to_owned(), token);
    }

    /// Forgets what is remembered of a workspace: its app was installed again, or taken away. A token of the
    /// environment is forgotten only when it is `gone`.
    pub fn forget(&self, workspace: &str, gone: bool) {
        locked(&self.opened).remove(workspace);
        if gone {
            locked(&self.fixed).remove(workspace);
        }
    }

    /// The ids of all workspaces in which the bot can speak, in order.
    pub async fn workspaces(&self) -> Result<Vec<String>, StoreError> {
        let mut found: Vec<String> = locked(&self.fixed).keys().cloned().collect();
        if self.keys.is_some() {
            let installs = self.store.read().await?.list_installs(PLATFORM).await?;
            found.extend(installs.into_iter().filter(|i| i.state == Presence::Active).map(|i| i.workspace));
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn remembered(&self, workspace: &str) -> Option<Secret> {
        let now = self.clock.now();
        let opened = locked(&self.opened);
        let (at, token) = opened.get(workspace)?;
        (at.secs_until(now) < MEMORY_SECS).then(|| token.clone())
    }

    async fn open_install(&self, workspace: &str) -> Result<Option<Secret>, StoreError> {
        let Some(keys) = &self.keys else { return Ok(None) };
        let found = self.store.read().await?.find_install(PLATFORM, workspace).await?;
        let Some(install) = found.filter(|install| install.state == Presence::Active) else {
            return Ok(None);
        };
        match keys.open(workspace, &install.token) {
            Ok(token) => {
                locked(&self.opened).insert(workspace.to_owned(), (self.clock.now(), token.clone()));
                Ok(Some(token))
            }
            Err(error) => {
                tracing::error!(slack.workspace = workspace, error.reason = %error, "slack.token_not_opened");
                Ok(None)
            }
        }
    }
}

#[async_trait]
impl Tokens for TokenSource {
    async fn bot_token(&self, workspace: &str) -> Option<Secret> {
        let fixed = locked(&self.fixed).get(workspace).cloned();
        if let Some(token) = fixed.or_else(|| self.remembered(workspace)) {
            return Some(token);
        }
        match self.open_install(workspace).await {
            Ok(token) => token,
            Err(error) => {
                tracing::error!(slack.workspace = workspace, error.reason = %error, "slack.token_not_read");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Ids, VirtualClock};
    use crate::store::installs::Install;

    fn at(secs: i64) -> Instant {
        Instant::from_secs(1_800_000_000 + secs)
    }

    async fn install(store: &Store, keys: &Keys, workspace: &str, token: &str) {
        let token = keys.seal(workspace, &Secret::new(token), &Ids::from_seed(1));
        let install = Install {
            platform: PLATFORM.into(),
            workspace: workspace.into(),
            name: "Acme".into(),
            app_id: "A1".into(),
            bot_account: "UBOT".into(),
            token,
            scopes: String::new(),
            state: Presence::Active,
            installed_at: at(0),
            updated_at: at(0),
        };
        let mut tx = store.begin().await.unwrap();
        tx.mark_install(&install).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn source() -> (tempfile::TempDir, Store, Arc<VirtualClock>, Arc<Keys>, TokenSource) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("t.db").to_string_lossy()).await.unwrap();
        store.migrate(None).await.unwrap();
        let clock = Arc::new(VirtualClock::at(at(0)));
        let keys = Arc::new(Keys::new(&Secret::new("k".repeat(32))));
        let source = TokenSource::new(store.clone(), clock.clone(), Some(keys.clone()));
        (folder, store, clock, keys, source)
    }

    async fn token(source: &TokenSource, workspace: &str) -> Option<String> {
        source.bot_token(workspace).await.map(|token| token.expose().to_owned())
    }

    #[tokio::test]
    async fn a_token_comes_from_the_environment_first_and_then_from_an_installation() {
        let (_folder, store, _clock, keys, source) = source().await;
        install(&store, &keys, "T1", "xoxb-installed").await;
        install(&store, &keys, "T2", "xoxb-two").await;
        source.settle("T1", Secret::new("xoxb-fixed"));
        assert_eq!(token(&source, "T1").await.as_deref(), Some("xoxb-fixed"));
        assert_eq!(token(&source, "T2").await.as_deref(), Some("xoxb-two"));
        assert_eq!(token(&source, "T3").await, None);
        assert_eq!(source.workspaces().await.unwrap(), ["T1", "T2"]);
        source.forget("T1", true);
        assert_eq!(token(&source, "T1").await.as_deref(), Some("xoxb-installed"));
    }

    #[tokio::test]
    async fn a_replaced_token_is_taken_after_a_while_or_at_once_when_told() {
        let (_folder, store, clock, keys, source) = source().await;
        install(&store, &keys, "T1", "xoxb-old").await;
        assert_eq!(token(&source, "T1").await.as_deref(), Some("xoxb-old"));
        install(&store, &keys, "T1", "xoxb-new").await;
        assert_eq!(token(&source, "T1").await.as_deref(), Some("xoxb-old"));
        source.forget("T1", false);
        assert_eq!(token(&source, "T1").await.as_deref(), Some("xoxb-new"));
        install(&store, &keys, "T1", "xoxb-newest").await;
        clock.turn_to(at(MEMORY_SECS));
        assert_eq!(token(&source, "T1").await.as_deref(), Some("xoxb-newest"));
    }

    #[tokio::test]
    async fn an_installation_that_is_gone_or_sealed_with_another_key_gives_no_token() {
        let (_folder, store, _clock, keys, source) = source().await;
        install(&store, &keys, "T1", "xoxb-a").await;
        let mut tx = store.begin().await.unwrap();
        tx.mark_install_gone(PLATFORM, "T1", at(1)).await.unwrap();
        tx.commit().await.unwrap();
        install(&store, &Keys::new(&Secret::new("another key of a good length ...")), "T2", "xoxb-b").await;
        assert_eq!(token(&source, "T1").await, None);
        assert_eq!(token(&source, "T2").await, None);
        assert_eq!(source.workspaces().await.unwrap(), ["T2"], "it is installed, only unreadable");
        let blind = TokenSource::new(store.clone(), Arc::new(VirtualClock::at(at(0))), None);
        install(&store, &keys, "T3", "xoxb-c").await;
        assert_eq!(token(&blind, "T3").await, None);
    }
}
