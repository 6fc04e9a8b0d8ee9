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
/// Where there are too many, so many are let go of at once.
const AT_ONCE: usize = 256;

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
    /// Whether the database has it as well.
    written: bool,
}

impl Held {
    fn is_fresh(&self, now: Instant) -> bool {
        is_fresh(self.at, now)
    }
}

fn is_fresh(at: Instant, now: Instant) -> bool {
    at.plus_hours(KEEP_HOURS) > now
}

/// All forms on their way.
#[derive(Debug)]
pub struct Shelf {
    store: Store,
    most: usize,
    held: Mutex<HashMap<String, Held>>,
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Shelf {
    /// Nothing is on it but what an earlier process left in the database.
    pub fn new(store: Store) -> Self {
        Self { store, most: MOST, held: Mutex::default(), turns: Mutex::default() }
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
            if held.len() >= self.most && !held.contains_key(id) {
                make_room(&mut held, self.most, now);
            }
            held.insert(id.to_owned(), Held { draft: draft.clone(), at: now, written: false });
        }
        if draft.steps.sensitive() {
            return;
        }
        let state = serde_json::to_string(draft).expect("a draft is made of texts");
        match self.write(id, draft, state, now).await {
            Ok(()) => {
                if let Some(held) = self.held().get_mut(id) {
                    held.written = true;
                }
            }
            // It stands in memory; only a restart would lose it.
            Err(error) => tracing::warn!(error.reason = %error, "discord.form_not_written"),
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

    /// The form of this command that somebody began and neither sent nor threw away, here or in an earlier process.
    pub async fn begun(
        &self,
        account: &str,
        guild: &str,
        command: &str,
        now: Instant,
    ) -> Option<(String, Draft)> {
        let held = self.last_held(account, guild, command, now);
        if held.is_some() {
            return held;
        }
        match self.last_written(account, guild, command, now).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.form_not_read");
                None
            }
        }
    }

    fn last_held(&self, account: &str, guild: &str, command: &str, now: Instant) -> Option<(String, Draft)> {
        let held = self.held();
        let theirs = held.iter().filter(|(_, held)| {
            held.is_fresh(now)
                && held.draft.account == account
                && held.draft.guild == guild
                && held.draft.steps.command() == command
        });
        let last = theirs.max_by_key(|(_, held)| held.at);
        last.map(|(id, held)| (id.clone(), held.draft.clone()))
    }

    async fn last_written(
        &self,
        account: &str,
        guild: &str,
        command: &str,
        now: Instant,
    ) -> Result<Option<(String, Draft)>, StoreError> {
        let rows = self.store.read().await?.list_forms_of(guild, account).await?;
        let mut fresh = rows.into_iter().filter(|row| is_fresh(row.updated_at, now));
        Ok(fresh.find_map(|row| {
            let draft = draft_of(&row).filter(|draft| draft.steps.command() == command)?;
            Some((row.id, draft))
        }))
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
        self.held().retain(|_, held| held.is_fresh(now));
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
        Ok(row.and_then(|row| draft_of(&row)))
    }

    async fn delete(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.delete_form(id).await?;
        tx.commit().await
    }
}

/// A form as the database has it; nothing when an earlier version wrote it otherwise.
fn draft_of(row: &FormRow) -> Option<Draft> {
    serde_json::from_str(&row.state).ok()
}

/// Makes room for one more. What the database has as well goes first, the oldest of it; it is read again when it is
/// needed. Only where there is nothing of the kind, the oldest form is lost.
fn make_room(all: &mut HashMap<String, Held>, most: usize, now: Instant) {
    all.retain(|_, held| held.is_fresh(now));
    if all.len() < most {
        return;
    }
    let mut order: Vec<(bool, Instant, String)> =
        all.iter().map(|(id, held)| (!held.written, held.at, id.clone())).collect();
    order.sort_unstable();
    let written = order.iter().take_while(|(only_here, ..)| !only_here).count();
    for (_, _, id) in order.into_iter().take(written.clamp(1, AT_ONCE)) {
        all.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Form;

    async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("shelf.db").to_string_lossy()).await.expect("opens");
        store.migrate(None).await.expect("migrates");
        (store, folder)
    }

    fn draft(account: &str, command: &str) -> Draft {
        let form = Form {
            title: "A form".into(),
            command: command.into(),
            intro: Vec::new(),
            submit: "Send".into(),
            fields: Vec::new(),
        };
        let (account, guild) = (account.to_owned(), "500".to_owned());
        Draft { account, guild, people: BTreeSet::new(), steps: FormSteps::new(&form) }
    }

    fn at(hours: i64) -> Instant {
        Instant::from_secs(1_000_000 + hours * 3_600)
    }

    #[tokio::test]
    async fn what_an_earlier_process_left_is_found_by_its_command_until_it_is_too_old() {
        let (store, _folder) = store().await;
        Shelf::new(store.clone()).keep("f1", &draft("7", "profile"), at(0)).await;
        let shelf = Shelf::new(store);
        let begun = async |account: &str, command: &str, hours| {
            shelf.begun(account, "500", command, at(hours)).await.map(|(id, _)| id)
        };
        assert_eq!(begun("7", "profile", 23).await.as_deref(), Some("f1"));
        assert_eq!(begun("7", "profile", 24).await, None);
        assert_eq!(begun("8", "profile", 0).await, None);
        assert_eq!(begun("7", "program create", 0).await, None);
        shelf.keep("f2", &draft("7", "profile"), at(1)).await;
        assert_eq!(begun("7", "profile", 2).await.as_deref(), Some("f2"));
    }

    #[tokio::test]
    async fn a_full_shelf_loses_from_memory_what_the_database_has_before_anything_else() {
        let (store, _folder) = store().await;
        let shelf = Shelf { most: 2, ..Shelf::new(store) };
        let held = || {
            let mut ids: Vec<String> = shelf.held().keys().cloned().collect();
            ids.sort();
            ids
        };
        for (n, (id, command)) in
            [("p1", "pulse answer"), ("a", "profile"), ("b", "program create")].into_iter().enumerate()
        {
            shelf.keep(id, &draft("7", command), Instant::from_secs(i64::try_from(n).expect("few"))).await;
        }
        assert_eq!(held(), ["b", "p1"]);
        assert_eq!(shelf.find("a").await, Some(draft("7", "profile")), "it is lost from memory only");
        shelf.keep("p2", &draft("8", "pulse answer"), Instant::from_secs(4)).await;
        shelf.keep("p3", &draft("9", "pulse answer"), Instant::from_secs(5)).await;
        assert_eq!(held(), ["p2", "p3"], "no more than fit are ever held");
    }
}
