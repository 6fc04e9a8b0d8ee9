//! Discord in the table of platforms.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

use super::{Ground, Ready, Running, Task, seed};
use crate::adapters::discord::inbound::Inbound;
use crate::adapters::discord::transport::Reach;
use crate::adapters::discord::{Discord, DiscordFault, PLATFORM};
use crate::app::AppError;
use crate::chat::Messenger;
use crate::config::DiscordMode;
use crate::core::Core;

struct ReadyDiscord {
    discord: Discord,
    gateway: bool,
}

struct RunningDiscord {
    inbound: Arc<Inbound>,
    gateway: bool,
    task: Task<DiscordFault>,
}

/// Discord, when the config switches it on.
pub(super) fn ready(ground: &Ground<'_>) -> Result<Option<Box<dyn Ready>>, AppError> {
    let Ground { config, store, clock, ids } = *ground;
    if !config.discord.is_on() {
        return Ok(None);
    }
    let reach = Reach { seed: seed(&**ids), ..Reach::default() };
    let discord = Discord::new(config.discord.clone(), reach, store.clone(), clock.clone(), ids.clone())
        .map_err(|fault| AppError::Platform(fault.to_string()))?;
    let gateway = config.discord.mode == DiscordMode::Gateway;
    Ok(Some(Box::new(ReadyDiscord { discord, gateway })))
}

impl Ready for ReadyDiscord {
    fn name(&self) -> &'static str {
        PLATFORM
    }

    fn messenger(&self) -> Arc<dyn Messenger> {
        self.discord.messenger()
    }

    fn start(self: Box<Self>, core: Arc<Core>, stop: watch::Receiver<bool>) -> Box<dyn Running> {
        let Self { discord, gateway } = *self;
        let inbound = discord.inbound(core.clone());
        let served = inbound.clone();
        let task = Task::spawn("Discord", async move { discord.serve(core, served, stop).await });
        Box::new(RunningDiscord { inbound, gateway, task })
    }
}

#[async_trait]
impl Running for RunningDiscord {
    async fn ended(&self) -> Result<(), AppError> {
        self.task.ended().await
    }

    fn connections(&self) -> Vec<(String, usize, usize)> {
        let lines = self.inbound.standing().lines;
        if !self.gateway {
            return Vec::new();
        }
        if lines.is_empty() {
            // None was begun yet: the program is not ready to hear anybody.
            return vec![("discord".to_owned(), 1, 0)];
        }
        let up = lines.iter().filter(|line| line.connected).count();
        vec![("discord".to_owned(), lines.len(), up)]
    }
}
