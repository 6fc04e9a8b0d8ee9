//! Slack in the table of platforms.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

use super::{Ground, Ready, Running, Task, seed};
use crate::adapters::slack::inbound::Inbound;
use crate::adapters::slack::transport::api::Reach;
use crate::adapters::slack::{PLATFORM, Slack, SlackFault};
use crate::app::AppError;
use crate::chat::Messenger;
use crate::config::SlackMode;
use crate::core::Core;

struct ReadySlack {
    slack: Slack,
    sockets: bool,
}

struct RunningSlack {
    inbound: Arc<Inbound>,
    sockets: bool,
    task: Task<SlackFault>,
}

/// Slack, when the config switches it on.
pub(super) fn ready(ground: &Ground<'_>) -> Result<Option<Box<dyn Ready>>, AppError> {
    let Ground { config, store, clock, ids } = *ground;
    if !config.slack.is_on() {
        return Ok(None);
    }
    let reach = Reach { seed: seed(&**ids), ..Reach::default() };
    let slack = Slack::new(config.slack.clone(), reach, store.clone(), clock.clone(), ids.clone())
        .map_err(|fault| AppError::Platform(fault.to_string()))?;
    let sockets = config.slack.mode == SlackMode::Socket;
    Ok(Some(Box::new(ReadySlack { slack, sockets })))
}

impl Ready for ReadySlack {
    fn name(&self) -> &'static str {
        PLATFORM
    }

    fn messenger(&self) -> Arc<dyn Messenger> {
        self.slack.messenger()
    }

    fn start(self: Box<Self>, core: Arc<Core>, stop: watch::Receiver<bool>) -> Box<dyn Running> {
        let Self { slack, sockets } = *self;
        let inbound = slack.inbound(core.clone());
        let served = inbound.clone();
        let task = Task::spawn("Slack", async move { slack.serve(core, served, stop).await });
        Box::new(RunningSlack { inbound, sockets, task })
    }
}

#[async_trait]
impl Running for RunningSlack {
    async fn ended(&self) -> Result<(), AppError> {
        self.task.ended().await
    }

    async fn something_was_sent(&self) {
        self.inbound.touch_homes().await;
    }

    fn connections(&self) -> Vec<(String, usize, usize)> {
        let standing = self.inbound.standing();
        if self.sockets && standing.sockets.is_empty() {
            // None was opened yet: the program is not ready to hear anybody.
            return vec![("slack".to_owned(), 1, 0)];
        }
        let apps = standing.sockets.iter().enumerate();
        apps.map(|(n, socket)| (format!("slack-{}", n + 1), socket.wanted, socket.connected)).collect()
    }
}
