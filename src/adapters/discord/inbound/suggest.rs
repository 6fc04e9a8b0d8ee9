//! What could follow what somebody is typing. Invariant: a suggestion shows nothing that the person could not read by
//! running the command.

use serde_json::Value;

use super::envelope::{Asked, How};
use super::homes::Home;
use super::work::Office;
use super::zones;
use crate::adapters::discord::PLATFORM;
use crate::adapters::discord::commands;
use crate::chat::Choice;

impl Office {
    /// The suggestions, in Discord's form.
    pub(super) async fn suggest(&self, asked: &Asked) -> Value {
        let How::Suggest { data } = &asked.how else { return commands::choices(&[]) };
        let Some(focused) = commands::focused(data) else { return commands::choices(&[]) };
        let (command, arg, typed) = (focused.command, focused.arg, focused.typed);
        let guild = match (&asked.guild, asked.at_home) {
            (_, false) => return commands::choices(&[]),
            (Some(guild), true) => guild.clone(),
            (None, true) => match self.homes.find(&asked.who.account, None).await {
                Ok(Home::Guild(guild)) => guild,
                // The lists that are the same for everybody need none.
                _ => String::new(),
            },
        };
        let account = &asked.who.account;
        let found = self.core.complete(PLATFORM, &guild, account, command, arg, &typed).await;
        let mut choices = found.unwrap_or_else(|error| {
            tracing::warn!(error.reason = %error, "discord.suggestions_not_found");
            Vec::new()
        });
        if typed.trim().is_empty() && zones::is_zone(command, arg) {
            let likely: Vec<Choice> = zones::offers(&asked.locale, self.now());
            choices.retain(|choice| likely.iter().all(|first| first.value != choice.value));
            choices.splice(0..0, likely);
        }
        commands::choices(&choices)
    }
}
