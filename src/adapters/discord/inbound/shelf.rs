//! Forms on their way. Invariant: answers of a pulse are held in memory and nowhere else; every other form survives a
//! restart, and all are forgotten after a day.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::OwnedMutexGuard;

use crate::adapters::discord::render::FormSteps;
use crate::domain::civil::Instant;
use crate::store::discord::FormRow;
use crate::store::{Store, StoreError};

/// A form is kept this long after it was last touched.
const KEEP_HOURS: i64 = 24;
/// More forms than this are never held in memory.
const MOST: usize = 20_000;

/// A form on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Whose it is.
    pub account: String,
    /// The guild it is for.
    pub guild: String,
    /// The people whom it names.
    pub people: BTreeSet<String>,
    /// The form with everything so far.
    pub steps: FormSteps,
}

#[derive(Debug)]
struct Held {
    draft: Draft,
    at: Instant,
}

/// All forms on their way.
#[derive(Debug)]
pub struct Shelf {
    store: Store,
    held: Mutex<HashMap<String, Held>>,
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Shelf {
    /// Nothing is on it but what an earlier process left in the database.
    pub fn new(store: Store) -> Self {
        Self { store, held: Mutex::default(), turns: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else works on this form.
    pub async fn turn(&self, id: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            if turns.len() >= 1_024 {
                turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            }
            turns.entry(id.to_owned()).or_default().clone()
        };
        turn.lock_owned().await
    }

    /// Keeps a form as it stands.
    pub async fn keep(&self, id: &str, draft: &Draft, now: Instant) {
        {
            let mut held = self.held();
            if held.len() >= MOST {
                held.retain(|_, held| held.at.plus_hours(KEEP_HOURS) > now);
            }
            held.insert(id.to_owned(), Held { draft: draft.clone(), at: now });
        }
        if draft.steps.sensitive() {
            return;
        }
        let state = serde_json::to_string(draft).expect("a draft is made of texts");
        if let Err(error) = self.write(id, draft, state, now).await {
            // It stands in memory; only a restart would lose it.
            tracing::warn!(error.reason = %error, "discord.form_not_written");
        }
    }

    /// A form as it stands.
    pub async fn find(&self, id: &str) -> Option<Draft> {
        if let Some(held) = self.held().get(id) {
            return Some(held.draft.clone());
        }
        match self.read(id).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.form_not_read");
                None
            }
        }
    }

    /// The form of this command that somebody began and neither sent nor threw away.
    pub fn begun(&self, account: &str, guild: &str, command: &str) -> Option<(String, Draft)> {
        let held = self.held();
        let theirs = held.iter().filter(|(_, held)| {
            held.draft.account == account
                && held.draft.guild == guild
                && held.draft.steps.command() == command
        });
        let last = theirs.max_by_key(|(_, held)| held.at);
        last.map(|(id, held)| (id.clone(), held.draft.clone()))
    }

    /// Forgets a form.
    pub async fn forget(&self, id: &str) {
        self.held().remove(id);
        if let Err(error) = self.delete(id).await {
            tracing::warn!(error.reason = %error, "discord.form_not_forgotten");
        }
    }

    /// Forgets what was not touched for a day.
    pub async fn sweep(&self, now: Instant) {
        self.held().retain(|_, held| held.at.plus_hours(KEEP_HOURS) > now);
        let swept = async {
            let mut tx = self.store.begin().await?;
            tx.delete_forms_before(now.minus_hours(KEEP_HOURS)).await?;
            tx.commit().await
        };
        if let Err(error) = swept.await {
            tracing::warn!(error.reason = %error, "discord.old_forms_not_forgotten");
        }
    }

    async fn write(&self, id: &str, draft: &Draft, state: String, now: Instant) -> Result<(), StoreError> {
        let (guild, account) = (draft.guild.clone(), draft.account.clone());
        let mut tx = self.store.begin().await?;
        tx.mark_form(&FormRow { id: id.to_owned(), guild, account, state, updated_at: now }).await?;
        tx.commit().await
    }

    async fn read(&self, id: &str) -> Result<Option<Draft>, StoreError> {
        let row = self.store.read().await?.find_form(id).await?;
        Ok(row.and_then(|row| serde_json::from_str(&row.state).ok()))
    }

    async fn delete(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.delete_form(id).await?;
        tx.commit().await
    }
}
