//! What happens to people, rooms and guilds, told to the core. Invariant: only what Discord says of a guild that it can
//! reach counts; what is told twice is told once to anybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::envelope::{Errand, Who};
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::adapters::discord::PLATFORM;
use crate::core::RoomLoss;
use crate::domain::words::Presence;
use crate::store::StoreError;
use crate::store::inbox::Parcel;
use crate::store::installs::Install;

/// The database is asked again after this long.
const AGAIN_SECS: i64 = 10;

/// What is to be looked over, because something may have happened that nobody told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The rooms and people of a guild.
    Guild(String),
    /// The rooms of a guild.
    Rooms(String),
    /// What the bot may in a guild.
    Rights(String),
    /// What somebody may in a guild, with the roles they have now.
    Person(String, Who),
}

/// What was told already, and who looks over the rest.
#[derive(Debug)]
pub struct News {
    names: Mutex<HashMap<String, String>>,
    own: Arc<Mutex<String>>,
    look: mpsc::UnboundedSender<Look>,
}

impl News {
    /// Nothing was told yet. `own` is the bot's account once it is known.
    pub fn new(own: Arc<Mutex<String>>, look: mpsc::UnboundedSender<Look>) -> Self {
        Self { names: Mutex::default(), own, look }
    }

    fn is_own(&self, account: &str) -> bool {
        !account.is_empty() && *self.own.lock().unwrap_or_else(PoisonError::into_inner) == account
    }

    fn own(&self) -> String {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a guild's name is news.
    fn learn(&self, guild: &str, name: &str) -> bool {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(guild.to_owned(), name.to_owned()).as_deref() != Some(name)
    }

    fn forget(&self, guild: &str) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(guild);
    }

    /// Has a guild looked over.
    pub fn look(&self, what: Look) {
        // Nobody is there only after the stop.
        let _ = self.look.send(what);
    }
}

impl Office {
    /// Tells the core.
    pub(super) async fn note(&self, parcel: &Parcel, errand: Errand) -> End {
        let guild = parcel.workspace.as_str();
        let told = match errand {
            Errand::Joined { name } => self.joined(guild, &name).await,
            Errand::Removed => self.removed(guild).await,
            Errand::Left { account } => self.left(guild, &account).await,
            Errand::Renamed { who } => self.renamed(guild, &who).await,
            Errand::RoomDeleted { room, parent } => self.room_deleted(guild, &room, parent).await,
            Errand::LeftRoom { room, accounts } => self.left_room(guild, &room, &accounts).await,
            // The others are carried out elsewhere.
            Errand::Act { .. } | Errand::Typed { .. } => Ok(()),
        };
        match told {
            Ok(()) => End::Done,
            Err(error) => {
                tracing::warn!(error.reason = %error, inbox.kind = %parcel.kind, "discord.news_not_taken");
                End::Again(AGAIN_SECS)
            }
        }
    }

    /// The bot is in the guild, which is called so.
    pub(super) async fn joined(&self, guild: &str, name: &str) -> Result<(), StoreError> {
        if !self.news.learn(guild, name) {
            return Ok(());
        }
        let entered = self.enter(guild, name).await;
        if entered.is_err() {
            self.news.forget(guild);
        }
        entered
    }

    async fn enter(&self, guild: &str, name: &str) -> Result<(), StoreError> {
        let name = Some(name).filter(|name| !name.is_empty());
        self.core.workspace_changed(PLATFORM, guild, name, true).await?;
        let now = self.now();
        let mut tx = self.core.store().begin().await?;
        tx.mark_install(&Install {
            platform: PLATFORM.to_owned(),
            workspace: guild.to_owned(),
            name: name.unwrap_or_default().to_owned(),
            app_id: String::new(),
            bot_account: self.news.own(),
            token: String::new(),
            scopes: String::new(),
            state: Presence::Active,
            installed_at: now,
            updated_at: now,
        })
        .await?;
        tx.commit().await
    }

    /// The bot is not in the guild any more.
    pub(super) async fn removed(&self, guild: &str) -> Result<(), StoreError> {
        self.core.workspace_changed(PLATFORM, guild, None, false).await?;
        let mut tx = self.core.store().begin().await?;
        tx.mark_install_gone(PLATFORM, guild, self.now()).await?;
        tx.commit().await?;
        self.profiles.forget(guild);
        self.news.forget(guild);
        tracing::warn!(discord.guild = %guild, "discord.removed_from_guild");
        Ok(())
    }

    /// Somebody is not in the guild any more.
    pub(super) async fn left(&self, guild: &str, account: &str) -> Result<(), StoreError> {
        if self.news.is_own(account) {
            return self.removed(guild).await;
        }
        let who = Who { account: account.to_owned(), handle: account.to_owned(), ..Who::default() };
        self.profiles.unsee(guild, account);
        self.core.account_changed(PLATFORM, guild, &self.profiles.actor(&who), false).await
    }

    async fn renamed(&self, guild: &str, who: &Who) -> Result<(), StoreError> {
        let known = self.core.belongs_to(PLATFORM, &who.account).await?;
        if known.iter().any(|home| home.workspace == guild) {
            // What their roles let them do in their own conversation must not wait for an act of theirs in the guild.
            self.news.look(Look::Person(guild.to_owned(), who.clone()));
        }
        // Whose rights were not seen since the start says them with their next act.
        let Some(fresh) = self.profiles.renamed(guild, who) else { return Ok(()) };
        let told = self.core.account_changed(PLATFORM, guild, &self.profiles.actor(&fresh), true).await;
        if told.is_err() {
            self.profiles.unsee(guild, &who.account);
        }
        told
    }

    async fn room_deleted(&self, guild: &str, room: &str, parent: bool) -> Result<(), StoreError> {
        self.core.room_lost(PLATFORM, guild, room, RoomLoss::Deleted).await?;
        if parent {
            // Threads go with their channel, and nobody says which.
            self.news.look(Look::Rooms(guild.to_owned()));
        }
        Ok(())
    }

    async fn left_room(&self, guild: &str, room: &str, accounts: &[String]) -> Result<(), StoreError> {
        if accounts.iter().any(|account| self.news.is_own(account)) {
            return self.core.room_lost(PLATFORM, guild, room, RoomLoss::Removed).await;
        }
        for account in accounts {
            self.core.member_left(PLATFORM, guild, room, account).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guilds_name_is_news_once_and_the_bot_knows_itself() {
        let (look, _looks) = mpsc::unbounded_channel();
        let own = Arc::new(Mutex::new(String::new()));
        let news = News::new(own.clone(), look);
        assert!(!news.is_own(""), "before it is known nobody is");
        "42".clone_into(&mut own.lock().expect("not poisoned"));
        assert!(news.is_own("42") && !news.is_own("7"));
        assert!(news.learn("500", "Mentoring") && !news.learn("500", "Mentoring"));
        assert!(news.learn("500", "Mentoring 2"));
        news.forget("500");
        assert!(news.learn("500", "Mentoring 2"));
    }
}
