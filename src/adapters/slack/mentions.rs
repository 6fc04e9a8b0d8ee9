//! Which account a person has in a workspace, so that a name becomes a mention. Invariant: a person without an account
//! there is never mentioned by an account of another workspace.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::PLATFORM;
use super::transport::Mentions;
use crate::domain::ids::PersonId;
use crate::domain::words::Presence;
use crate::store::{Store, StoreError};

/// Looks accounts up in the database.
#[derive(Debug, Clone)]
pub struct Book {
    store: Store,
}

impl Book {
    /// A book of the accounts in this database.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    async fn look(
        &self,
        workspace: &str,
        people: &BTreeSet<String>,
    ) -> Result<HashMap<String, String>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut found = HashMap::new();
        let Some(workspace) = tx.find_workspace(PLATFORM, workspace).await? else { return Ok(found) };
        for person in people {
            let account = tx.find_account_of(&PersonId::new(person.clone()), &workspace.id).await?;
            if let Some(account) = account.filter(|account| account.state == Presence::Active) {
                found.insert(person.clone(), account.external_id);
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl Mentions for Book {
    async fn accounts(&self, workspace: &str, people: &BTreeSet<String>) -> HashMap<String, String> {
        self.look(workspace, people).await.unwrap_or_else(|error| {
            // A name in plain words says who is meant as well.
            tracing::warn!(error.reason = %error, "slack.accounts_not_read");
            HashMap::new()
        })
    }
}
