//! The chat platforms of a running program: a table, so that nobody else has to know which there are. Invariant: a
//! platform that this build was made without is refused with a clear word when the config asks for it, never left out
//! in silence.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::sync::watch;

use super::AppError;
use crate::adapters::common::finding::Finding;
use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::config::Config;
use crate::core::Core;
use crate::store::Store;

#[cfg(feature = "discord")]
mod discord;
#[cfg(feature = "slack")]
mod slack;

/// What every platform is made from.
pub(super) struct Ground<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a Store,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) ids: &'a Arc<dyn IdSource>,
}

/// A platform, ready to be started.
pub(super) trait Ready: Send {
    /// What the core calls it.
    fn name(&self) -> &'static str;
    /// What the core speaks through.
    fn messenger(&self) -> Arc<dyn Messenger>;
    /// Starts it for a core that has its messenger.
    fn start(self: Box<Self>, core: Arc<Core>, stop: watch::Receiver<bool>) -> Box<dyn Running>;
}

/// A platform while it runs.
#[async_trait]
pub(super) trait Running: Send + Sync {
    /// Waits for its end; why it could not go on.
    async fn ended(&self) -> Result<(), AppError>;
    /// Connections that should be up and that are, by name.
    fn connections(&self) -> Vec<(String, usize, usize)>;
    /// What people see may look different now.
    async fn something_was_sent(&self) {}
}

/// All that the config switches on.
pub(super) fn ready(ground: &Ground<'_>) -> Result<Vec<Box<dyn Ready>>, AppError> {
    missing(ground.config).map_or(Ok(()), |what| Err(AppError::Platform(what)))?;
    let mut ready: Vec<Box<dyn Ready>> = Vec::new();
    #[cfg(feature = "slack")]
    ready.extend(slack::ready(ground)?);
    #[cfg(feature = "discord")]
    ready.extend(discord::ready(ground)?);
    Ok(ready)
}

/// Waits until all have ended. The first that cannot go on is put into `fault` and ends all others with it.
pub(super) async fn ended(
    running: &[Box<dyn Running>],
    stop: &watch::Sender<bool>,
    fault: &Mutex<Option<AppError>>,
) {
    let each = running.iter().map(|platform| async {
        if let Err(error) = platform.ended().await {
            tracing::error!(error.reason = %error, "app.platform_ended");
            fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        let _ = stop.send(true);
    });
    join_all(each).await;
}

/// What `roundtable check` says about all platforms.
pub(super) async fn check(config: &Config, store: &Store) -> Vec<Finding> {
    let mut findings: Vec<Finding> = missing(config).map(Finding::fault).into_iter().collect();
    #[cfg(feature = "slack")]
    findings.extend(crate::adapters::slack::check::check(&config.slack, store).await);
    #[cfg(feature = "discord")]
    findings.extend(crate::adapters::discord::check::check(&config.discord, store).await);
    let _ = store;
    if findings.is_empty() && !config.slack.is_on() && !config.discord.is_on() {
        findings.push(Finding::note(
            "No chat platform is switched on; docs/slack.md and docs/discord.md lead you through it.",
        ));
    }
    findings
}

/// A platform that is switched on and that this build lacks.
fn missing(config: &Config) -> Option<String> {
    let all = [
        ("Slack", "slack", config.slack.is_on(), cfg!(feature = "slack")),
        ("Discord", "discord", config.discord.is_on(), cfg!(feature = "discord")),
    ];
    let (name, feature, ..) = all.into_iter().find(|(_, _, is_on, is_built)| *is_on && !is_built)?;
    Some(format!(
        "this program was built without {name}; build it with the feature {feature}, or set {feature}.mode = \"off\""
    ))
}

/// Any number that differs from process to process, for the spread of retries.
#[cfg(any(feature = "slack", feature = "discord"))]
fn seed(ids: &dyn IdSource) -> u64 {
    ids.random().bytes().fold(0_u64, |all, byte| all.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// A task of a platform, whose end is waited for once.
#[cfg(any(feature = "slack", feature = "discord"))]
struct Task<E> {
    name: &'static str,
    handle: tokio::sync::Mutex<Option<tokio::task::JoinHandle<Result<(), E>>>>,
}

#[cfg(any(feature = "slack", feature = "discord"))]
impl<E: std::fmt::Display + Send + 'static> Task<E> {
    fn spawn(name: &'static str, work: impl Future<Output = Result<(), E>> + Send + 'static) -> Self {
        Self { name, handle: tokio::sync::Mutex::new(Some(tokio::spawn(work))) }
    }

    async fn ended(&self) -> Result<(), AppError> {
        let Some(task) = self.handle.lock().await.take() else { return Ok(()) };
        match task.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(fault)) => Err(AppError::Platform(fault.to_string())),
            Err(error) => {
                Err(AppError::Platform(format!("the {} adapter ended by a fault: {error}", self.name)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(Option<&'static str>, watch::Receiver<bool>);

    #[async_trait]
    impl Running for Fake {
        async fn ended(&self) -> Result<(), AppError> {
            if let Some(what) = self.0 {
                return Err(AppError::Platform(what.to_owned()));
            }
            let _ = self.1.clone().wait_for(|stop| *stop).await;
            Ok(())
        }

        fn connections(&self) -> Vec<(String, usize, usize)> {
            Vec::new()
        }
    }

    #[tokio::test]
    async fn a_platform_that_cannot_go_on_ends_the_others_and_says_why() {
        let (stop, stopped) = watch::channel(false);
        let running: Vec<Box<dyn Running>> =
            vec![Box::new(Fake(None, stopped.clone())), Box::new(Fake(Some("the token ended"), stopped))];
        let fault = Mutex::new(None);
        ended(&running, &stop, &fault).await;
        let told = fault.into_inner().unwrap().map(|fault| fault.to_string());
        assert_eq!(told.as_deref(), Some("the token ended"));
        assert!(*stop.borrow());
    }

    #[tokio::test]
    async fn a_program_without_platforms_is_not_stopped_by_that() {
        let (stop, _stopped) = watch::channel(false);
        ended(&[], &stop, &Mutex::new(None)).await;
        assert!(!*stop.borrow());
    }
}
