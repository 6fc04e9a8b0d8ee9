//! Which people a message names, and which account each of them has in a workspace, so that a name becomes a mention.
//! Invariant: a person without an account there is never mentioned by an account of another workspace.

use std::collections::{BTreeSet, HashMap};

use crate::chat::message::{Block, Message, Span};
use crate::domain::ids::PersonId;
use crate::domain::words::Presence;
use crate::store::{Store, StoreError};

/// Looks accounts of one platform up in the database.
#[derive(Debug, Clone)]
pub struct Book {
    platform: &'static str,
    store: Store,
}

impl Book {
    /// A book of this platform's accounts in this database.
    pub const fn new(platform: &'static str, store: Store) -> Self {
        Self { platform, store }
    }

    /// The accounts of these people in a workspace, by person; who has none there is left out.
    pub async fn accounts(&self, workspace: &str, people: &BTreeSet<String>) -> HashMap<String, String> {
        if people.is_empty() {
            return HashMap::new();
        }
        self.look(workspace, people).await.unwrap_or_else(|error| {
            // A name in plain words says who is meant as well.
            tracing::warn!(error.reason = %error, chat.platform = self.platform, "adapter.accounts_not_read");
            HashMap::new()
        })
    }

    async fn look(
        &self,
        workspace: &str,
        people: &BTreeSet<String>,
    ) -> Result<HashMap<String, String>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut found = HashMap::new();
        let Some(workspace) = tx.find_workspace(self.platform, workspace).await? else { return Ok(found) };
        for person in people {
            let account = tx.find_account_of(&PersonId::new(person.clone()), &workspace.id).await?;
            if let Some(account) = account.filter(|account| account.state == Presence::Active) {
                found.insert(person.clone(), account.external_id);
            }
        }
        Ok(found)
    }
}

/// The people whom a message names, by their ids in the core.
pub fn people_in(message: &Message) -> BTreeSet<String> {
    let mut people = BTreeSet::new();
    let mut take = |spans: &[Span]| people.extend(people_of(spans));
    for block in &message.blocks {
        match block {
            Block::Text { spans } | Block::Note { spans } => take(spans),
            Block::List { items } => items.iter().for_each(|item| take(item)),
            Block::Fields { fields } => fields.iter().for_each(|field| take(&field.value)),
            _ => {}
        }
    }
    people
}

/// The people whom a run of words names.
pub fn people_of(spans: &[Span]) -> BTreeSet<String> {
    let id = |span: &Span| match span {
        Span::Person { id, .. } => Some(id.clone()),
        _ => None,
    };
    spans.iter().filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_in_a_message_is_found_wherever_they_stand() {
        let person = |id: &str| Span::Person { id: id.to_owned(), name: "Ada".to_owned() };
        let message = Message::new()
            .text([person("p1")])
            .list([vec![person("p2")]])
            .fields([("Mentor", vec![person("p3")])])
            .note([person("p1")]);
        assert_eq!(people_in(&message).into_iter().collect::<Vec<_>>(), ["p1", "p2", "p3"]);
    }
}
