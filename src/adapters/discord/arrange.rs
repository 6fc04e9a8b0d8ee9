//! How the bot stands in a server: its mentoring channel, the kind of its rooms, and what it is not allowed there. The
//! wizard and the check look here, so they cannot disagree. Invariant: looking changes nothing.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use serenity::model::id::{GuildId, UserId};

use super::permissions::{Permission, SEND, VIEW, effective, missing};
use super::transport::{Call, CallError, Rest, Route, Urgency};
use crate::config::DiscordRooms;
use crate::store::{Store, StoreError};

/// Discord's kind of a channel of text.
const TEXT: u64 = 0;
/// What a channel is called that is taken when nobody chose one.
const USUAL: &str = "mentoring";

/// A channel of text or a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Discord's id.
    pub id: String,
    /// Without `#` or `@`.
    pub name: String,
}

/// How the bot stands in a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// The server's name.
    pub name: String,
    /// The mentoring channel.
    pub home: Option<Named>,
    /// A channel was chosen that is not there any more, or that the bot does not see.
    pub home_is_lost: bool,
    /// What a group's room is.
    pub rooms: DiscordRooms,
    /// What the bot needs and is not allowed: in the mentoring channel if there is one, otherwise in the server.
    pub missing: Vec<&'static Permission>,
    /// Channels that could be the mentoring channel, the likeliest first.
    pub channels: Vec<Named>,
    /// Whoever has this role runs programmes, besides those who may manage the server.
    pub organisers: Option<Named>,
    /// Roles that could be that one, the highest first.
    pub roles: Vec<Named>,
}

/// Looks at how the bot stands in a server, and changes what an administrator chooses.
#[async_trait]
pub trait Arrange: Send + Sync {
    /// How it stands.
    async fn look(&self, guild: &str) -> Result<Arrangement, CallError>;
    /// This is the mentoring channel from now on.
    async fn choose_home(&self, guild: &str, channel: &str) -> Result<(), StoreError>;
    /// Rooms are like this from now on.
    async fn choose_rooms(&self, guild: &str, rooms: DiscordRooms) -> Result<(), StoreError>;
    /// The role of those who run programmes here, besides those who may manage the server.
    async fn organisers(&self, guild: &str) -> Result<Option<String>, StoreError>;
    /// This is the role of those who run programmes from now on.
    async fn choose_organisers(&self, guild: &str, role: Option<&str>) -> Result<(), StoreError>;
}

/// The real one.
pub struct Arranger {
    rest: Arc<Rest>,
    store: Store,
    usual: DiscordRooms,
}

impl Arranger {
    /// Asks through this client; `usual` is the kind of rooms of a server that chose none.
    pub const fn new(rest: Arc<Rest>, store: Store, usual: DiscordRooms) -> Self {
        Self { rest, store, usual }
    }
}

#[async_trait]
impl Arrange for Arranger {
    async fn look(&self, guild: &str) -> Result<Arrangement, CallError> {
        let chosen = self.chosen(guild).await.map_err(|error| not_kept(&error))?;
        let guild_id = number(guild).map(GuildId::new).ok_or_else(CallError::not_an_id)?;
        let me = self.rest.me().await?;
        let user_id = number(me).map(UserId::new).ok_or_else(CallError::not_an_id)?;
        let (server, member, channels) = tokio::try_join!(
            self.ask(Route::Guild { guild_id }),
            self.ask(Route::GuildMember { guild_id, user_id }),
            self.ask(Route::GuildChannels { guild_id }),
        )?;
        Ok(arrangement(&server, &member, &channels, &chosen))
    }

    async fn choose_home(&self, guild: &str, channel: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.mark_home_channel(guild, channel).await?;
        tx.commit().await
    }

    async fn choose_rooms(&self, guild: &str, rooms: DiscordRooms) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.mark_room_kind(guild, rooms.as_str()).await?;
        tx.commit().await
    }

    async fn organisers(&self, guild: &str) -> Result<Option<String>, StoreError> {
        self.store.read().await?.find_organisers(guild).await
    }

    async fn choose_organisers(&self, guild: &str, role: Option<&str>) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.mark_organisers(guild, role).await?;
        tx.commit().await
    }
}

impl Arranger {
    async fn ask(&self, route: Route<'_>) -> Result<Value, CallError> {
        self.rest.call(Call::get(route).urgency(Urgency::Reply)).await
    }

    async fn chosen(&self, guild: &str) -> Result<Chosen, StoreError> {
        let mut tx = self.store.read().await?;
        let rooms = tx.find_room_kind(guild).await?.and_then(|kind| rooms_called(&kind));
        Ok(Chosen {
            channel: tx.find_home_channel(guild).await?,
            rooms: rooms.unwrap_or(self.usual),
            organisers: tx.find_organisers(guild).await?,
        })
    }
}

/// What was chosen for a server.
struct Chosen {
    channel: Option<String>,
    rooms: DiscordRooms,
    organisers: Option<String>,
}

/// The kind of rooms that is called so.
pub fn rooms_called(kind: &str) -> Option<DiscordRooms> {
    DiscordRooms::ALL.into_iter().find(|rooms| rooms.as_str() == kind)
}

fn not_kept(error: &StoreError) -> CallError {
    CallError::NotSent { reason: error.to_string() }
}

/// Ids of Discord's are never zero.
fn number(id: &str) -> Option<u64> {
    id.parse().ok().filter(|id| *id != 0)
}

fn arrangement(server: &Value, member: &Value, channels: &Value, chosen: &Chosen) -> Arrangement {
    let text = |one: &&Value| one["type"] == TEXT;
    let mut texts: Vec<&Value> = channels.as_array().into_iter().flatten().filter(text).collect();
    texts.sort_by_key(|one| (!name_of(one).contains("mentor"), one["position"].as_i64().unwrap_or(0)));
    let may = |one: &Value, bits: u64| effective(server, member, Some(one)) & bits == bits;
    let home = match &chosen.channel {
        Some(chosen) => texts.iter().find(|one| one["id"] == *chosen && may(one, VIEW)),
        None => texts.iter().find(|one| name_of(one) == USUAL && may(one, VIEW)),
    };
    let has = effective(server, member, home.copied());
    let roles = roles(server);
    Arrangement {
        name: name_of(server).to_owned(),
        home: home.copied().and_then(named),
        home_is_lost: chosen.channel.is_some() && home.is_none(),
        rooms: chosen.rooms,
        missing: missing(has, chosen.rooms),
        channels: texts.iter().filter(|one| may(one, VIEW | SEND)).filter_map(|one| named(one)).collect(),
        organisers: roles.iter().find(|role| Some(&role.id) == chosen.organisers.as_ref()).cloned(),
        roles,
    }
}

/// Roles that a server gives to people: not the one that everybody has, nor those that belong to bots.
fn roles(server: &Value) -> Vec<Named> {
    let given = |role: &&Value| role["id"] != server["id"] && role["managed"] != true;
    let mut roles: Vec<&Value> = server["roles"].as_array().into_iter().flatten().filter(given).collect();
    roles.sort_by_key(|role| std::cmp::Reverse(role["position"].as_i64().unwrap_or(0)));
    roles.into_iter().filter_map(named).collect()
}

fn name_of(one: &Value) -> &str {
    one["name"].as_str().unwrap_or_default()
}

/// Id and name of something of Discord's; nothing where it has no id.
pub(super) fn named(one: &Value) -> Option<Named> {
    Some(Named { id: one["id"].as_str()?.to_owned(), name: name_of(one).to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::adapters::discord::permissions::bits;

    const THREADS: DiscordRooms = DiscordRooms::Threads;

    fn server() -> Value {
        let all = bits(THREADS).to_string();
        json!({"id": "5", "name": "Acme", "owner_id": "1", "roles": [
            {"id": "5", "name": "@everyone", "position": 0, "permissions": all},
            {"id": "20", "name": "Members", "position": 1, "permissions": "0"},
            {"id": "21", "name": "Organisers", "position": 3, "permissions": "0"},
            {"id": "22", "name": "A bot's own", "position": 2, "permissions": "0", "managed": true},
        ]})
    }

    fn channels() -> Value {
        let shut = json!([{"id": "5", "type": 0, "allow": "0", "deny": "1024"}]);
        let mute = json!([{"id": "5", "type": 0, "allow": "0", "deny": (1_u64 << 36).to_string()}]);
        json!([
            {"id": "10", "type": 0, "name": "general", "position": 0},
            {"id": "11", "type": 2, "name": "mentoring", "position": 1},
            {"id": "12", "type": 0, "name": "mentors", "position": 9, "permission_overwrites": mute},
            {"id": "13", "type": 0, "name": "board", "position": 2, "permission_overwrites": shut},
        ])
    }

    fn look(chosen: Option<&str>) -> Arrangement {
        let channel = chosen.map(str::to_owned);
        let chosen = Chosen { channel, rooms: THREADS, organisers: Some("20".into()) };
        arrangement(&server(), &json!({"user": {"id": "7"}, "roles": []}), &channels(), &chosen)
    }

    #[test]
    fn roles_that_people_are_given_are_offered_the_highest_first() {
        let found = look(None);
        assert_eq!(found.roles.iter().map(|role| &*role.id).collect::<Vec<_>>(), ["21", "20"]);
        assert_eq!(found.organisers.map(|role| role.name).as_deref(), Some("Members"));
    }

    #[test]
    fn only_channels_of_text_that_the_bot_may_write_in_are_offered_the_likeliest_first() {
        let offered = look(None).channels;
        assert_eq!(offered.iter().map(|one| &*one.id).collect::<Vec<_>>(), ["12", "10"]);
        assert_eq!((look(None).home, look(None).home_is_lost), (None, false));
        assert!(look(None).missing.is_empty());
    }

    #[test]
    fn what_is_missing_is_what_is_missing_in_the_mentoring_channel() {
        let found = look(Some("12"));
        assert_eq!(found.home.map(|home| home.name).as_deref(), Some("mentors"));
        assert_eq!(found.missing.iter().map(|one| one.name).collect::<Vec<_>>(), ["Create Private Threads"]);
        assert!(look(Some("10")).missing.is_empty());
    }

    #[test]
    fn a_channel_that_is_gone_or_hidden_is_lost() {
        assert!(look(Some("99")).home_is_lost && look(Some("13")).home_is_lost);
        assert!(!look(Some("10")).home_is_lost);
    }
}
