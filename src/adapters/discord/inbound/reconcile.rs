//! Looking over what may have happened while nobody listened: guilds that are gone, rooms that vanished, people who
//! left, rights that were lost; and, where Discord tells nothing by itself, guilds that the bot was added to. Invariant:
//! what cannot be asked stays as it is known, but for rights, which end where they may have changed.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::census::{Census, There, number};
use super::envelope::{RUNS_THE_GUILD, Who, member};
use super::lifecycle::Look;
use super::work::Office;
use crate::adapters::discord::PLATFORM;
use crate::adapters::discord::permissions::{effective, listed};
use crate::core::RoomLoss;
use crate::domain::words::Presence;
use crate::store::StoreError;

/// Everything is looked over at least this often: without the intent for members nobody tells who left.
const EVERY: Duration = Duration::from_hours(6);
/// When Discord could not say in which guilds the bot is, it is asked again after this long.
const AGAIN: Duration = Duration::from_mins(5);
/// Questions are asked this far apart, so that nobody who waits for an answer has to stand in line behind them.
const BETWEEN: Duration = Duration::from_millis(120);

/// Whether a guild's news come over this connection.
pub fn is_on(guild: &str, shard: u32, shards: u32) -> bool {
    number(guild).is_some_and(|id| (id >> 22) % u64::from(shards.max(1)) == u64::from(shard))
}

/// Looks things over, one after the other.
pub struct Surveyor {
    office: Arc<Office>,
    census: Arc<dyn Census>,
    looks: mpsc::UnboundedReceiver<Look>,
    waiting: VecDeque<Look>,
    /// Whether Discord tells nothing by itself.
    untold: bool,
}

impl std::fmt::Debug for Surveyor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surveyor").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Surveyor {
    /// Looks over what it is asked to. Where Discord tells nothing by itself (`untold`), it finds out by itself in
    /// which guilds the bot is.
    pub fn new(
        office: Arc<Office>,
        census: Arc<dyn Census>,
        looks: mpsc::UnboundedReceiver<Look>,
        untold: bool,
    ) -> Self {
        Self { office, census, looks, waiting: VecDeque::new(), untold }
    }

    /// Runs until `stop` turns true.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        if !self.untold {
            // Each connection has its guilds looked over when it stands.
            every.tick().await;
        }
        loop {
            let all = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                asked = self.looks.recv() => match asked {
                    Some(look) => {
                        self.queue(look);
                        false
                    }
                    None => return,
                },
                _ = every.tick() => true,
                () = std::future::ready(()), if !self.waiting.is_empty() => false,
            };
            if all {
                let listed = tokio::select! {
                    _ = stop.wait_for(|stop| *stop) => return,
                    listed = self.queue_all() => listed,
                };
                if !listed {
                    every.reset_after(AGAIN);
                }
            }
            if let Some(look) = self.waiting.pop_front() {
                // A stop does not wait for a long list.
                tokio::select! {
                    _ = stop.wait_for(|stop| *stop) => return,
                    () = survey(&self.office, &*self.census, &look) => {}
                }
            }
        }
    }

    fn queue(&mut self, look: Look) {
        let same = |other: &Look| match (other, &look) {
            // The newer one knows more.
            (Look::Person(guild, who), Look::Person(other, newer)) => {
                guild == other && who.account == newer.account
            }
            _ => *other == look,
        };
        if let Some(known) = self.waiting.iter().position(same) {
            self.waiting[known] = look;
        } else {
            self.waiting.push_back(look);
        }
    }

    /// Has all guilds looked over; false when nobody can say now which they are.
    async fn queue_all(&mut self) -> bool {
        self.office.shelf.sweep(self.office.now()).await;
        match self.all_guilds().await {
            Ok((guilds, listed)) => {
                for guild in guilds {
                    self.queue(Look::Guild(guild));
                }
                listed
            }
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.guilds_not_listed");
                false
            }
        }
    }

    /// The guilds to look over, and whether they are all.
    async fn all_guilds(&self) -> Result<(Vec<String>, bool), StoreError> {
        let listed = !self.untold || enter_all(&self.office, &*self.census).await?;
        Ok((known_guilds(&self.office).await?, listed))
    }
}

/// Takes note of the guilds that the bot is in; false when Discord cannot say now.
async fn enter_all(office: &Office, census: &dyn Census) -> Result<bool, StoreError> {
    let Some(guilds) = census.guilds().await else { return Ok(false) };
    for guild in guilds {
        office.joined(&guild.id, &guild.name).await?;
    }
    Ok(true)
}

/// The guilds that the bot was last known to be in.
async fn known_guilds(office: &Office) -> Result<Vec<String>, StoreError> {
    let installs = office.core.store().read().await?.list_installs(PLATFORM).await?;
    Ok(installs.into_iter().filter(|i| i.state == Presence::Active).map(|i| i.workspace).collect())
}

/// A connection stands: guilds of its own that Discord did not name may be gone, and the others are looked over.
pub(super) async fn ready(
    office: &Office,
    census: &dyn Census,
    (shard, shards): (u32, u32),
    named: &[String],
) -> Result<(), StoreError> {
    let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    for guild in known_guilds(office).await? {
        if named.contains(guild.as_str()) {
            office.news.look(Look::Guild(guild));
        } else if is_on(&guild, shard, shards) && census.guild(&guild).await == There::No {
            office.removed(&guild).await?;
        }
    }
    Ok(())
}

async fn survey(office: &Office, census: &dyn Census, look: &Look) {
    let surveyed = match look {
        Look::Guild(guild) => survey_guild(office, census, guild).await,
        Look::Rooms(guild) => survey_rooms(office, census, guild).await,
        Look::Rights(guild) => survey_rights(office, guild).await,
        Look::Person(guild, who) => survey_person(office, census, guild, who).await,
    };
    if let Err(error) = surveyed {
        tracing::warn!(error.reason = %error, "discord.not_looked_over");
    }
}

async fn survey_guild(office: &Office, census: &dyn Census, guild: &str) -> Result<(), StoreError> {
    let shown = match census.guild(guild).await {
        There::Yes(shown) => Some(shown),
        // Its rooms and people went with it.
        There::No => return office.removed(guild).await,
        There::Unknown => None,
    };
    survey_rooms(office, census, guild).await?;
    survey_people(office, census, guild, shown.as_ref()).await?;
    survey_rights(office, guild).await
}

async fn survey_rooms(office: &Office, census: &dyn Census, guild: &str) -> Result<(), StoreError> {
    let opened = office.core.store().read().await?.list_opened_rooms(PLATFORM, guild).await?;
    let rooms: BTreeSet<String> = opened.into_iter().map(|opened| opened.room).collect();
    for room in rooms {
        if census.room(&room).await == There::No {
            office.core.room_lost(PLATFORM, guild, &room, RoomLoss::Deleted).await?;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(())
}

/// Who is still there and what they may; `shown` is the guild as Discord shows it.
async fn survey_people(
    office: &Office,
    census: &dyn Census,
    guild: &str,
    shown: Option<&Value>,
) -> Result<(), StoreError> {
    for person in office.core.directory(PLATFORM, guild).await? {
        match (census.member(guild, &person.account).await, shown) {
            (There::No, _) => office.left(guild, &person.account).await?,
            (There::Yes(found), Some(shown)) => {
                if let Some(who) = member(&found) {
                    office.recognise(guild, &Who { admin: runs(shown, &who), ..who }).await?;
                }
            }
            (There::Yes(_) | There::Unknown, _) => {}
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(())
}

/// What somebody may whose roles may have changed, and whether they are still there: news of that may have come since.
/// Where it cannot be found out they run nothing until their next act in the guild, with which Discord says it.
async fn survey_person(
    office: &Office,
    census: &dyn Census,
    guild: &str,
    who: &Who,
) -> Result<(), StoreError> {
    let (shown, found) = (census.guild(guild).await, census.member(guild, &who.account).await);
    match (shown, found) {
        (_, There::No) => office.left(guild, &who.account).await,
        (There::Yes(shown), There::Yes(found)) => {
            let who = member(&found).unwrap_or_else(|| who.clone());
            office.recognise(guild, &Who { admin: runs(&shown, &who), ..who }).await
        }
        _ => office.recognise(guild, &Who { admin: false, ..who.clone() }).await,
    }
}

/// Whether somebody runs a guild: as its owner, or by a role.
fn runs(guild: &Value, who: &Who) -> bool {
    let member = json!({"user": {"id": who.account}, "roles": who.roles});
    effective(guild, &member, None) & RUNS_THE_GUILD != 0
}

/// Staff hear what the bot was not allowed any more, before a room or a message fails for it.
async fn survey_rights(office: &Office, guild: &str) -> Result<(), StoreError> {
    // What cannot be looked at now is looked at again in some hours.
    let Ok(found) = office.arrange.look(guild).await else { return Ok(()) };
    if found.missing.is_empty() {
        return Ok(());
    }
    tracing::warn!(discord.guild = %guild, discord.missing = found.missing.len(), "discord.permissions_missing");
    office.core.rights_missing(PLATFORM, guild, &listed(&found.missing)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_and_those_whose_roles_say_so_run_a_guild_and_nobody_else() {
        let guild = json!({"id": "5", "owner_id": "1", "roles": [
            {"id": "5", "permissions": "1024"}, {"id": "8", "permissions": "8"}, {"id": "9", "permissions": "32"},
        ]});
        let who = |account: &str, role: &str| Who {
            account: account.into(),
            roles: vec![role.into()],
            ..Who::default()
        };
        assert!(runs(&guild, &who("1", "")) && runs(&guild, &who("2", "8")) && runs(&guild, &who("2", "9")));
        assert!(!runs(&guild, &who("2", "5")) && !runs(&guild, &who("2", "7")));
    }

    #[test]
    fn a_guild_is_on_the_connection_that_its_id_says() {
        let guild = |n: u64| (n << 22).to_string();
        assert!(is_on(&guild(7), 1, 3) && !is_on(&guild(7), 0, 3));
        assert!(is_on(&guild(7), 0, 1), "a single connection has them all");
        assert!(is_on(&guild(7), 0, 0));
        assert!(!is_on("", 0, 1) && !is_on("x", 0, 1));
    }
}
