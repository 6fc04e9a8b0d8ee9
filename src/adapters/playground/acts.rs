//! What a person does in the playground: talking, pressing, filing forms. A press counts only if the message shows
//! that button to that person; plain talk in rooms never reaches the bot.

use std::collections::BTreeMap;

use super::room::{decode, direct_room, encode};
use super::{BOT, Event, LOBBY, PLATFORM, Playground, WORKSPACE};
use crate::chat::{Action, Form, Message};
use crate::core::{Actor, Input, Reply, Request};
use crate::domain::civil::Zone;
use crate::domain::text::one_line;
use crate::store::StoreError;
use crate::store::playground::PostRow;

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// A form to fill in.
    pub form: Option<Form>,
    /// The bot's reply, as it was put into the room.
    pub reply: Option<Message>,
}

/// Why an act is not possible.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// Told to the person.
    #[error("{0}")]
    Refused(String),
    /// A fault of ours.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn refused<T>(words: &str) -> Result<T, Wrong> {
    Err(Wrong::Refused(words.to_owned()))
}

/// The longest message in the playground, in characters.
const MOST_CHARACTERS: usize = 4_000;

impl Playground {
    /// Somebody types into a room. A line that begins with `/` is a command; so is every line to the bot itself.
    pub async fn say(&self, account: &str, room: &str, text: &str) -> Result<Said, Wrong> {
        let _turn = self.turn.lock().await;
        let actor = self.actor(account).await?;
        self.must_be_in(account, room).await?;
        let text = text.trim();
        if text.is_empty() {
            return refused("There is nothing to send yet. Type something first.");
        }
        if text.starts_with('/') || room == direct_room(account) {
            if !text.starts_with('/') {
                self.post(room, account, None, &Message::new().words(text)).await?;
            }
            return self.ask(actor, room, Input::Text(text.to_owned())).await;
        }
        if text.chars().count() > MOST_CHARACTERS {
            return refused("A message can have 4,000 characters at most. Please shorten it.");
        }
        self.post(room, account, None, &Message::new().words(text)).await?;
        Ok(Said { form: None, reply: None })
    }

    /// Somebody presses a button, chooses from a list or picks a time.
    pub async fn press(
        &self,
        account: &str,
        room: &str,
        message: &str,
        command: &str,
    ) -> Result<Said, Wrong> {
        let _turn = self.turn.lock().await;
        let actor = self.actor(account).await?;
        self.must_be_in(account, room).await?;
        let mut tx = self.store.read().await?;
        let post = tx.find_playground_post(message, account).await?;
        drop(tx);
        let Some(post) = post.filter(|post| post.room_id == room && post.author == BOT) else {
            return refused("That message is gone. Reload the page and try again.");
        };
        if !decode(&post.body).all_actions().any(|action| offers(action, command)) {
            return refused("That button has changed since you saw it. Look at the message again.");
        }
        self.ask(actor, room, Input::Text(command.to_owned())).await
    }

    /// Somebody files a form.
    pub async fn submit(
        &self,
        account: &str,
        room: &str,
        command: &str,
        values: BTreeMap<String, String>,
    ) -> Result<Said, Wrong> {
        let _turn = self.turn.lock().await;
        let actor = self.actor(account).await?;
        self.must_be_in(account, room).await?;
        self.ask(actor, room, Input::Form { command: command.to_owned(), values }).await
    }

    /// Brings a new person into the workspace and says the account's id.
    pub async fn add_person(&self, name: &str, organisation: &str, zone: &str) -> Result<String, Wrong> {
        let _turn = self.turn.lock().await;
        let name = one_line(name);
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return refused("Please give a name that can be seen, of at most 80 characters.");
        }
        let zone = Zone::parse(zone).map_err(|error| Wrong::Refused(error.to_string()))?;
        let taken = self.core.directory(PLATFORM, WORKSPACE).await?;
        let account = free_handle(name, &taken.iter().map(|p| p.account.as_str()).collect::<Vec<_>>());
        let actor = Actor {
            external_id: account.clone(),
            handle: account.clone(),
            name: name.to_owned(),
            zone: Some(zone.name().to_owned()),
            email: None,
            organisation: Some(one_line(organisation).trim().chars().take(80).collect()),
            admin: taken.is_empty(),
        };
        let mut tx = self.store.begin().await?;
        tx.insert_playground_member(LOBBY, &account).await?;
        let room = direct_room(&account);
        let now = self.now();
        let topic = "Only you and the bot see this.";
        tx.insert_playground_room(&room, "dm", "Roundtable", topic, None, now).await?;
        tx.insert_playground_member(&room, &account).await?;
        tx.commit().await?;
        // The first contact makes the person known to the core.
        self.ask(actor, &room, Input::Text(format!("zone {}", zone.name()))).await?;
        self.tell(Event::State);
        Ok(account)
    }

    async fn ask(&self, actor: Actor, room: &str, input: Input) -> Result<Said, Wrong> {
        let account = actor.external_id.clone();
        let request = Request {
            platform: PLATFORM.to_owned(),
            workspace: WORKSPACE.to_owned(),
            actor,
            room: Some(room.to_owned()),
            delivery: self.ids.next(self.now()),
            input,
        };
        let reply = self.core.handle(request).await;
        let said = match reply {
            Reply::Private(message) => {
                self.post(room, BOT, Some(&account), &message).await?;
                Said { form: None, reply: Some(message) }
            }
            Reply::Public(message) => {
                self.post(room, BOT, None, &message).await?;
                Said { form: None, reply: Some(message) }
            }
            Reply::Form(form) => Said { form: Some(form), reply: None },
            Reply::Silent => Said { form: None, reply: None },
        };
        self.settle_all().await?;
        self.tell(Event::State);
        Ok(said)
    }

    async fn post(
        &self,
        room: &str,
        author: &str,
        visible_to: Option<&str>,
        message: &Message,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let row = PostRow {
            id: self.ids.next(now),
            room_id: room.to_owned(),
            author: author.to_owned(),
            visible_to: visible_to.map(str::to_owned),
            sent_at: now,
            edited: 0,
            marker: None,
            body: encode(message),
        };
        let mut tx = self.store.begin().await?;
        tx.insert_playground_message(&row).await?;
        tx.commit().await?;
        self.tell(Event::Room(room.to_owned()));
        Ok(())
    }

    /// What the platform says about an account.
    async fn actor(&self, account: &str) -> Result<Actor, Wrong> {
        let people = self.core.directory(PLATFORM, WORKSPACE).await?;
        let Some(person) = people.into_iter().find(|person| person.account == account) else {
            return refused("Nobody by that name is here. Choose somebody from the list.");
        };
        Ok(Actor {
            external_id: person.account.clone(),
            handle: person.account,
            name: person.name,
            zone: Some(person.zone),
            email: None,
            organisation: Some(person.organisation),
            admin: false,
        })
    }

    async fn must_be_in(&self, account: &str, room: &str) -> Result<(), Wrong> {
        let members = self.store.read().await?.list_playground_members(room).await?;
        if members.iter().any(|member| member == account) {
            Ok(())
        } else {
            refused("You are not in that room.")
        }
    }
}

/// Whether an action can send this command.
fn offers(action: &Action, command: &str) -> bool {
    match action {
        Action::Button { command: own, .. } => own == command,
        Action::Select { command: own, options, .. } => {
            options.iter().any(|option| command == format!("{own} {}", option.value))
        }
        Action::DateTime { command: own, .. } => {
            command.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with(' '))
        }
    }
}

/// A short name from the first name, with a number when it is taken.
fn free_handle(name: &str, taken: &[&str]) -> String {
    let first: String = name
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .flat_map(char::to_lowercase)
        .take(20)
        .collect();
    let base = if first.is_empty() || first == BOT { "person".to_owned() } else { first };
    if !taken.contains(&base.as_str()) {
        return base;
    }
    let numbered = (2..10_000).map(|n| format!("{base}{n}"));
    numbered.into_iter().find(|handle| !taken.contains(&handle.as_str())).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_come_from_the_first_name_and_stay_unique() {
        assert_eq!(free_handle("Ada Example", &[]), "ada");
        assert_eq!(free_handle("Ada Other", &["ada", "ada2"]), "ada3");
        assert_eq!(free_handle("李 小", &[]), "person");
        assert_eq!(free_handle("Bot", &[]), "person");
    }

    #[test]
    fn only_what_an_action_offers_can_be_pressed() {
        let pick = Action::DateTime { label: String::new(), command: "meetup move 1".into() };
        assert!(offers(&pick, "meetup move 1 2027-01-02 10:00"));
        assert!(!offers(&pick, "meetup move 12 2027-01-02 10:00"));
        assert!(!offers(&Action::button("x", "leave a"), "leave a yes"));
    }
}
