//! People as mentions of Slack's.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::PLATFORM;
use super::transport::Mentions;
use crate::adapters::common::mentions;
use crate::store::Store;

/// Looks Slack accounts up in the database.
#[derive(Debug, Clone)]
pub struct Book(mentions::Book);

impl Book {
    /// A book of the Slack accounts in this database.
    pub const fn new(store: Store) -> Self {
        Self(mentions::Book::new(PLATFORM, store))
    }
}

#[async_trait]
impl Mentions for Book {
    async fn accounts(&self, workspace: &str, people: &BTreeSet<String>) -> HashMap<String, String> {
        self.0.accounts(workspace, people).await
    }
}
