//! Asking Discord what is there. Invariant: only a clear "there is no such thing" of Discord's counts as gone; what
//! cannot be asked is unknown.

use async_trait::async_trait;
use serde_json::Value;
use serenity::model::id::{ChannelId, GuildId, UserId};

use crate::adapters::discord::arrange::{Named, named};
use crate::adapters::discord::transport::{Call, Rest, Route, Urgency, fault};

/// Discord names no more guilds at once than this.
const PAGE: usize = 200;

/// What Discord says of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum There {
    /// It is there, and this is how Discord shows it.
    Yes(Value),
    /// It surely is not.
    No,
    /// Nobody can say now.
    Unknown,
}

/// Says what is there.
#[async_trait]
pub trait Census: Send + Sync {
    /// Whether an account is a member of a guild.
    async fn member(&self, guild: &str, account: &str) -> There;
    /// Whether a channel or thread is there and can be seen.
    async fn room(&self, room: &str) -> There;
    /// Whether the bot is in a guild.
    async fn guild(&self, guild: &str) -> There;
    /// All guilds that the bot is in; nothing when nobody can say now.
    async fn guilds(&self) -> Option<Vec<Named>>;
}

#[async_trait]
impl Census for Rest {
    async fn member(&self, guild: &str, account: &str) -> There {
        let (Some(guild_id), Some(user_id)) = (number(guild), number(account)) else { return There::Unknown };
        let (guild_id, user_id) = (GuildId::new(guild_id), UserId::new(user_id));
        let gone = [fault::code::UNKNOWN_MEMBER, fault::code::UNKNOWN_USER];
        there(self, Route::GuildMember { guild_id, user_id }, &gone).await
    }

    async fn room(&self, room: &str) -> There {
        let Some(channel_id) = number(room).map(ChannelId::new) else { return There::Unknown };
        there(self, Route::Channel { channel_id }, &[fault::code::UNKNOWN_CHANNEL]).await
    }

    async fn guild(&self, guild: &str) -> There {
        let Some(guild_id) = number(guild).map(GuildId::new) else { return There::Unknown };
        // Whoever is in a guild may look at it.
        let gone = [fault::code::UNKNOWN_GUILD, fault::code::NO_ACCESS];
        there(self, Route::Guild { guild_id }, &gone).await
    }

    async fn guilds(&self) -> Option<Vec<Named>> {
        let (mut all, mut after) = (Vec::new(), 0_u64);
        loop {
            let params = vec![("limit", PAGE.to_string()), ("after", after.to_string())];
            let call = Call::get(Route::UserMeGuilds).urgency(Urgency::Bulk).params(params);
            let answer = self.call(call).await.ok()?;
            let page: Vec<Named> = answer.as_array()?.iter().filter_map(named).collect();
            let (is_last, last) = (page.len() < PAGE, page.last().and_then(|guild| number(&guild.id)));
            all.extend(page);
            if is_last {
                return Some(all);
            }
            // Pages that lead nowhere would be asked for without an end.
            after = last.filter(|last| *last > after)?;
        }
    }
}

async fn there(rest: &Rest, route: Route<'_>, gone: &[u64]) -> There {
    match rest.call(Call::get(route).urgency(Urgency::Bulk)).await {
        Ok(shown) => There::Yes(shown),
        Err(error) if error.is_any(gone) => There::No,
        Err(_) => There::Unknown,
    }
}

/// Ids of Discord's are never zero.
pub(super) fn number(id: &str) -> Option<u64> {
    id.parse().ok().filter(|id| *id != 0)
}
