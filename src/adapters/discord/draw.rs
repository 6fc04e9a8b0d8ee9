//! Drawing with people linked: what the core says, in Discord's form. Invariant: the accounts are looked up before
//! anything is drawn, so drawing itself stays pure; what is shown outside of a guild carries the guild in its buttons.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::PLATFORM;
use super::inbound::answers::uploads;
use super::render::{self, FormSteps, Look, Rendered};
use super::transport::{Draw, Drawn};
use crate::adapters::common::mentions::{Book, people_in};
use crate::chat::message::Message;
use crate::chat::messenger::Place;
use crate::store::Store;

/// Draws what people of a guild see.
#[derive(Debug, Clone)]
pub struct Artist {
    book: Book,
    root: String,
}

impl Artist {
    /// Links people by the accounts in this database; `root` is the slash command, such as `/mentor`.
    pub fn new(store: Store, root: impl Into<String>) -> Self {
        Self { book: Book::new(PLATFORM, store), root: root.into() }
    }

    async fn with<T>(
        &self,
        guild: &str,
        home: Option<&str>,
        people: BTreeSet<String>,
        draw: impl FnOnce(&Look<'_>) -> T + Send,
    ) -> T {
        let accounts: HashMap<String, String> = self.book.accounts(guild, &people).await;
        let names = |person: &str| accounts.get(person).cloned();
        draw(&Look { root: &self.root, names: &names, home })
    }

    /// An answer; `home` is the guild when it is shown outside of it.
    pub async fn reply(&self, guild: &str, home: Option<&str>, message: &Message) -> Vec<Rendered> {
        self.with(guild, home, people_in(message), |look| render::reply(message, look)).await
    }

    /// The present step of a form that is asked in steps; `people` are those whom it names.
    pub async fn panel(
        &self,
        guild: &str,
        home: Option<&str>,
        people: &BTreeSet<String>,
        form: &str,
        steps: &FormSteps,
    ) -> Rendered {
        self.with(guild, home, people.clone(), |look| steps.panel(form, look)).await
    }
}

#[async_trait]
impl Draw for Artist {
    async fn draw(&self, guild: &str, place: &Place, message: &Message) -> Drawn {
        let home = matches!(place, Place::Direct(_)).then_some(guild);
        let post = self.with(guild, home, people_in(message), |look| render::message(message, look)).await;
        Drawn { body: post.body(), edit: post.edit(), files: uploads(&post), mentions: post.mentions }
    }
}
