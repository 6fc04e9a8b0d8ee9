//! The ways an interaction can be answered. Invariant: whatever is said this way mentions nobody by accident: who may
//! be mentioned is always written into it.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::envelope::Asked;
use crate::adapters::discord::render::Rendered;
use crate::adapters::discord::transport::{CallError, Responder, Upload};

/// Only the person sees it.
const EPHEMERAL: u64 = 1 << 6;

/// Answers interactions.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Gives the first answer.
    async fn first(&self, asked: &Asked, body: &Value) -> Result<(), CallError>;
    /// Changes the first answer, or keeps what it promised.
    async fn change(&self, asked: &Asked, body: &Value, files: Vec<Upload>) -> Result<(), CallError>;
    /// Says something more.
    async fn more(&self, asked: &Asked, body: &Value, files: Vec<Upload>) -> Result<(), CallError>;
    /// Takes the first answer back.
    async fn unsay(&self, asked: &Asked) -> Result<(), CallError>;
}

#[async_trait]
impl Answers for Responder {
    async fn first(&self, asked: &Asked, body: &Value) -> Result<(), CallError> {
        self.callback(&asked.id, &asked.token.0, body.clone(), Vec::new()).await.map(drop)
    }

    async fn change(&self, asked: &Asked, body: &Value, files: Vec<Upload>) -> Result<(), CallError> {
        self.edit_original(&asked.application, &asked.token.0, body.clone(), files).await.map(drop)
    }

    async fn more(&self, asked: &Asked, body: &Value, files: Vec<Upload>) -> Result<(), CallError> {
        self.follow_up(&asked.application, &asked.token.0, body.clone(), files).await.map(drop)
    }

    async fn unsay(&self, asked: &Asked) -> Result<(), CallError> {
        self.delete_original(&asked.application, &asked.token.0).await.map(drop)
    }
}

/// A first answer of this kind.
fn first(kind: u8, data: &Value) -> Value {
    json!({"type": kind, "data": data})
}

/// A message as the first answer: new, or in place of the message that was pressed on.
pub fn said(over: bool, data: &Value) -> Value {
    first(if over { 7 } else { 4 }, data)
}

/// "I am working on it": shown to the person alone where others could see it, and not at all over a message.
pub fn promise(over: bool, private: bool) -> Value {
    match (over, private) {
        (true, _) => json!({"type": 6}),
        (false, true) => first(5, &json!({"flags": EPHEMERAL})),
        (false, false) => json!({"type": 5}),
    }
}

/// Nothing to say about a press.
pub fn nothing() -> Value {
    json!({"type": 6})
}

/// What could follow what is being typed.
pub fn suggestions(data: &Value) -> Value {
    first(8, data)
}

/// A window.
pub fn window(modal: &Value) -> Value {
    first(9, modal)
}

/// Our answer to Discord's question whether we are there.
pub fn pong() -> Value {
    json!({"type": 1})
}

/// A few plain words to the person alone, for when nothing can be drawn.
pub fn plain(words: &str) -> Value {
    said(false, &json!({"content": words, "flags": EPHEMERAL, "allowed_mentions": {"parse": []}}))
}

/// With everybody named who may be mentioned, which is nobody in an answer to one person.
pub fn guarded(mut body: Value, mentions: &[String]) -> Value {
    if let Some(fields) = body.as_object_mut() {
        let mut allowed = json!({"parse": []});
        if !mentions.is_empty() {
            let users: Vec<&String> = mentions.iter().take(100).collect();
            allowed["users"] = json!(users);
        }
        fields.insert("allowed_mentions".to_owned(), allowed);
    }
    body
}

/// The files of a drawing, to be sent along.
pub fn uploads(rendered: &Rendered) -> Vec<Upload> {
    let upload = |file: &crate::adapters::discord::render::Attached| Upload {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        alt: Some(file.alt.clone()).filter(|alt| !alt.is_empty()),
        bytes: file.bytes.clone(),
    };
    rendered.files.iter().map(upload).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_private_among_others_and_invisible_over_a_message() {
        assert_eq!(promise(false, true), json!({"type": 5, "data": {"flags": 64}}));
        assert_eq!(promise(false, false), json!({"type": 5}));
        assert_eq!(promise(true, true), json!({"type": 6}));
    }

    #[test]
    fn nobody_is_mentioned_who_is_not_named() {
        assert_eq!(guarded(json!({}), &[])["allowed_mentions"], json!({"parse": []}));
        let some = guarded(json!({}), &["7".to_owned()]);
        assert_eq!(some["allowed_mentions"], json!({"parse": [], "users": ["7"]}));
        assert_eq!(plain("x")["data"]["allowed_mentions"], json!({"parse": []}));
    }
}
