//! Words that somebody types to the bot in their own conversation. Invariant: the answer is marked with the message that
//! it answers, so that a second try changes nothing.

use super::envelope::Who;
use super::homes::Home;
use super::words;
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::chat::message::MAX_COMMAND_BYTES;
use crate::chat::messenger::{Outcome, Place};
use crate::core::{Input, Reply};
use crate::store::inbox::Parcel;

/// When nobody says how long to wait.
const AGAIN_SECS: i64 = 5;

impl Office {
    /// Words that somebody typed to the bot.
    pub(super) async fn carry_typed(&self, parcel: &Parcel, who: Who, text: &str, room: &str) -> End {
        self.meets.met(&who.account, room).await;
        let place = Place::Direct(who.account.clone());
        let marker = parcel.delivery.trim_start_matches("m:");
        let (guild, message) = match self.homes.find(&who.account, None).await {
            Ok(Home::Guild(guild)) => {
                let input = Input::Text(text.to_owned());
                let told = self.ask_as(&guild, &who, false, None, &parcel.delivery, input).await;
                let message = match told.reply {
                    Reply::Private(message) | Reply::Public(message) => message,
                    // Only a press can open a window.
                    Reply::Form(form) => {
                        let fits = text.trim().len() <= MAX_COMMAND_BYTES;
                        words::open_form(if fits { text.trim() } else { &form.command })
                    }
                    Reply::Silent => return End::Done,
                };
                (guild, message)
            }
            Ok(Home::OneOf(guilds)) => {
                let first = guilds.first().map(|guild| guild.workspace.clone()).unwrap_or_default();
                (first, words::which(&guilds, text.trim()))
            }
            Ok(Home::None) => (String::new(), words::known_nowhere()),
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.guild_not_found");
                return End::Again(AGAIN_SECS);
            }
        };
        match self.messenger.send(&guild, &place, marker, &message).await {
            Outcome::NotYet { retry_at, .. } => {
                End::Again(retry_at.map_or(AGAIN_SECS, |at| self.now().secs_until(at).max(0) + 1))
            }
            Outcome::Sent { .. } => End::Done,
            _ => {
                tracing::info!("discord.typed_words_not_answered");
                End::Done
            }
        }
    }
}
