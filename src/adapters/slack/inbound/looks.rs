//! Drawing windows and homes with people linked. Invariant: the accounts are looked up before anything is drawn, so
//! drawing itself stays pure.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::adapters::common::mentions::{people_in, people_of};
use crate::adapters::slack::render::{self, Look};
use crate::adapters::slack::transport::Mentions;
use crate::chat::Form;
use crate::chat::message::Message;

/// Draws what a person of a workspace sees.
pub struct Looks {
    mentions: Arc<dyn Mentions>,
    root: String,
}

impl std::fmt::Debug for Looks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Looks").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Looks {
    /// `root` is the slash command, such as `/mentor`.
    pub fn new(mentions: Arc<dyn Mentions>, root: impl Into<String>) -> Self {
        Self { mentions, root: root.into() }
    }

    async fn draw(
        &self,
        workspace: &str,
        people: BTreeSet<String>,
        draw: impl FnOnce(&Look<'_>) -> Value + Send,
    ) -> Value {
        let accounts =
            if people.is_empty() { HashMap::new() } else { self.mentions.accounts(workspace, &people).await };
        let names = |person: &str| accounts.get(person).cloned();
        draw(&Look { root: &self.root, names: &names })
    }

    /// A form as a window; `room` is where it was asked for.
    pub async fn form(&self, workspace: &str, form: &Form, room: Option<&str>) -> Value {
        let people = people_of(&form.intro);
        self.draw(workspace, people, |look| render::modal(form, room.unwrap_or_default(), look)).await
    }

    /// A window that asks for date and time.
    pub async fn picker(
        &self,
        workspace: &str,
        label: &str,
        command: &str,
        zone: Option<&str>,
        room: Option<&str>,
    ) -> Value {
        let carried = room.unwrap_or_default();
        self.draw(workspace, BTreeSet::new(), |look| render::picker(label, command, zone, carried, look))
            .await
    }

    /// The last word of a window.
    pub async fn closing(&self, workspace: &str, title: &str, message: &Message) -> Value {
        self.draw(workspace, people_in(message), |look| render::closing(title, message, look)).await
    }

    /// A person's home.
    pub async fn home(&self, workspace: &str, message: &Message) -> Value {
        self.draw(workspace, people_in(message), |look| render::home(message, look)).await
    }
}
