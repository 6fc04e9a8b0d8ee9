//! What Discord shows: messages as posts and answers, forms as steps and modals, and the way back from a press or a
//! filed modal to a command. Pure: the same input gives the same JSON, and everything that leaves here is within
//! Discord's limits, see [`limits`].
//!
//! Two forms of a message, which are never mixed on one message: a **post** ([`message`]) is content or one embed with
//! rows below, because posts stay and are edited in place; an **answer** ([`reply`]) to somebody alone is Components V2,
//! because there several rows of buttons stay beside their words.

mod actions;
mod answer;
mod files;
mod ids;
pub mod limits;
mod modal;
mod pieces;
mod post;
mod steps;
mod text;

#[cfg(test)]
mod checks;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub use actions::{Press, Pressed, read_component};
pub use files::Attached;
pub use ids::{Act, Control};
pub use modal::{Filed, FiledFor, picker, read_modal};
pub use steps::{FormSteps, Turn};

use crate::chat::Message;

const NOTHING: &str = "There is nothing to show right now.";
const CUT: &str = "This is longer than Discord shows in one message, so some of it is left out here. Ask for a \
                   smaller part of it, such as one group or one programme, to read the rest.";
const GOES_ON: &str = "This goes on in the next message.";
/// The colour at the side of cards.
const ACCENT: u32 = 0x2f_7f_79;
/// Message flags: only for one person; Components V2.
const PRIVATE: u64 = 1 << 6;
const V2: u64 = 1 << 15;

/// What the rendering needs to know of the place.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The root command, such as `/mentor`.
    pub root: &'a str,
    /// From a person's id to the account's; people without one are named in plain words.
    pub names: &'a dyn Fn(&str) -> Option<String>,
    /// The guild's id, for a direct message: components then carry it, because the place does not tell.
    pub home: Option<&'a str>,
}

impl Look<'_> {
    fn account_of(&self, person: &str) -> Option<String> {
        (self.names)(person).filter(|account| is_id(account))
    }
}

/// Whether a text is an id of Discord's.
fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A message as Discord takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    shape: Shape,
    /// The files; file `n` is part `files[n]` of the request.
    pub files: Vec<Attached>,
    /// The accounts whose mentions are in it.
    pub mentions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Post { content: String, embeds: Vec<Value>, rows: Vec<Value> },
    Answer { components: Vec<Value> },
}

impl Rendered {
    /// The body for a new message, without nonce and allowed mentions.
    pub fn body(&self) -> Value {
        let mut body = json!({});
        match &self.shape {
            Shape::Post { content, embeds, rows } => {
                if !content.is_empty() {
                    body["content"] = json!(content);
                }
                if !embeds.is_empty() {
                    body["embeds"] = json!(embeds);
                }
                if !rows.is_empty() {
                    body["components"] = json!(rows);
                }
            }
            Shape::Answer { components } => {
                body["flags"] = json!(V2);
                body["components"] = json!(components);
            }
        }
        if !self.files.is_empty() {
            body["attachments"] = json!(files::listed(&self.files));
        }
        body
    }

    /// The same for one person alone, as the answer to an interaction.
    pub fn private(&self) -> Value {
        let mut body = self.body();
        body["flags"] = json!(body["flags"].as_u64().unwrap_or(0) | PRIVATE);
        body
    }

    /// The body that turns an earlier message of the same form into this one. What is empty is said, so that nothing
    /// old stays.
    pub fn edit(&self) -> Value {
        let attachments = files::listed(&self.files);
        match &self.shape {
            Shape::Post { content, embeds, rows } => {
                json!({"content": content, "embeds": embeds, "components": rows, "attachments": attachments})
            }
            Shape::Answer { components } => {
                json!({"flags": V2, "components": components, "attachments": attachments})
            }
        }
    }

    /// An answer with a button that leads back to a form on its way; a post stays as it is.
    #[must_use]
    pub fn leading_back_to(mut self, form: &str) -> Self {
        if let Shape::Answer { components } = &mut self.shape {
            let back = actions::button("Back to the form", &ids::control(form, 0, &Act::Show), 1);
            components.push(actions::row(&[back]));
        }
        self
    }

    /// A post that begins with a mention of an account; an answer is to somebody already and stays as it is.
    #[must_use]
    pub fn addressed_to(mut self, account: &str) -> Self {
        if let Shape::Post { content, .. } = &mut self.shape
            && is_id(account)
        {
            format!("<@{account}>\n{content}").trim_end().clone_into(content);
            if !self.mentions.iter().any(|mentioned| mentioned == account) {
                self.mentions.push(account.to_owned());
            }
        }
        self
    }
}

/// A message for a room or a direct message. What does not fit is left out with a sentence that says so; buttons stay.
pub fn message(message: &Message, look: &Look<'_>) -> Rendered {
    post::post(pieces::parts_of(message, look, true))
}

/// An answer to an interaction: one message, or a few that follow each other, in order.
pub fn reply(message: &Message, look: &Look<'_>) -> Vec<Rendered> {
    answer::answer(pieces::parts_of(message, look, false))
}
