//! What adapters bring and take back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chat::{Form, Message};

/// Something a person did on a platform.
#[derive(Debug, Clone)]
pub struct Request {
    /// `slack`, `discord` or `playground`.
    pub platform: String,
    /// The platform's id of the workspace.
    pub workspace: String,
    /// Who did it.
    pub actor: Actor,
    /// The platform's id of the room it was done in.
    pub room: Option<String>,
    /// The platform's id of this delivery; a repeated one gets the same reply and has no second effect.
    pub delivery: String,
    /// What was done.
    pub input: Input,
}

/// What a platform says about the person.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// The platform's id of the account.
    pub external_id: String,
    /// Short name.
    pub handle: String,
    /// Full name.
    pub name: String,
    /// Time zone, where the platform knows it.
    pub zone: Option<String>,
    /// E-mail address, where the platform knows it.
    pub email: Option<String>,
    /// Employer, where the platform knows it.
    pub organisation: Option<String>,
    /// Whether the platform calls the account an administrator.
    pub admin: bool,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Input {
    /// A command typed or a button pressed, without the root.
    Text(String),
    /// A form filed.
    Form {
        /// The form's command.
        command: String,
        /// Values by field name.
        values: BTreeMap<String, String>,
    },
}

/// What the person gets back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", content = "what", rename_all = "snake_case")]
pub enum Reply {
    /// For the person alone.
    Private(Message),
    /// For the room.
    Public(Message),
    /// A form to fill in.
    Form(Form),
    /// Nothing to say.
    Silent,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What the person gets back.
    pub reply: Reply,
    /// Whether it was carried out: not when it was refused, when something broke, or when there is a form to fill in
    /// first.
    pub taken: bool,
}

/// Why a command was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// Told to the person; nothing was changed.
    Refused(Box<Message>),
    /// A fault of ours; logged with a reference.
    Fault(crate::store::StoreError),
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Fault(error)
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        Self::Refused(Box::new(message))
    }
}

/// What a handler gives back.
pub type Outcome = Result<Reply, Failure>;
