//! What a platform must offer so that stories can be told on it. Names of people are short names everywhere; each
//! front finds its own ids.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use roundtable::adapters::playground::Playground;
use roundtable::chat::Form;
use roundtable::core::Core;

use super::discord::DiscordRoom;
use super::slack::SlackRoom;
use crate::slack::fake::World;

/// Where a control is: room, message, and the command it sends.
pub type Button = (String, String, String);

/// A platform with people who act on it and see what comes back.
#[async_trait]
pub trait Front: Send + Sync {
    /// The core behind it.
    fn core(&self) -> &Core;

    /// The playground, if it is one.
    fn playground(&self) -> Option<&Playground> {
        None
    }

    /// Slack with the adapter before it, if it is that.
    fn slack(&self) -> Option<&SlackRoom> {
        None
    }

    /// Discord with the adapter before it, if it is that.
    fn discord(&self) -> Option<&DiscordRoom> {
        None
    }

    /// Platform and workspace as the core knows them.
    fn names(&self) -> (&'static str, &'static str);

    /// The platform's id of a person's account.
    fn account(&self, handle: &str) -> String;

    /// Brings somebody in and says their short name.
    async fn add(&mut self, name: &str, organisation: &str, zone: &str) -> String;

    /// Founds the demo council.
    async fn start_demo(&mut self);

    /// Somebody types into a room, named by its id or its name; what they get back.
    async fn says_in(&mut self, account: &str, room: &str, text: &str) -> String;

    /// The latest control with this label among all messages of a person; see `Bot::press`.
    async fn button(&self, account: &str, label: &str) -> Option<Button>;

    /// Somebody uses a control that was found before.
    async fn press_at(&mut self, account: &str, button: &Button) -> String;

    /// The form that is open for a person.
    fn form(&self, account: &str) -> Option<Form>;

    /// Files the open form with these values put in.
    async fn fill(&mut self, account: &str, values: &[(&str, &str)]) -> String;

    /// Files values under a command, as a client would that made up its own form.
    async fn submit(&mut self, account: &str, command: &str, values: &[(&str, &str)]) -> String;

    /// Turns the clock, stopping at everything on the way.
    async fn advance(&mut self, seconds: i64);

    /// What the bot said to all in a room since this person's last look.
    async fn news(&mut self, account: &str, room: &str) -> Vec<String>;

    /// Rooms of a person: id and name.
    async fn rooms(&self, account: &str) -> Vec<(String, String)>;

    /// Messages that the bot sent by itself, so far.
    async fn sent(&self) -> i64;

    /// Ends it: the database is closed. What is kept outside the database comes back.
    async fn shut(self: Box<Self>) -> Kept;
}

/// What outlives a restart of the bot: the people, and what they have read and have open.
#[derive(Clone, Default)]
pub struct Kept {
    /// The last message read, by person and room.
    pub seen: BTreeMap<String, String>,
    /// Forms that are open, by person, with their room where that matters.
    pub forms: BTreeMap<String, (String, Form)>,
    /// Direct messages of Slack and Discord that were replies and not sent by the bot itself.
    pub replies: BTreeSet<String>,
    /// What Slack holds.
    pub world: Option<World>,
    /// What Discord holds.
    pub discord: Option<crate::discord::fake::World>,
}
