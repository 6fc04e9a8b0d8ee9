//! One call, before it is made: route, body, files and who waits for it. Invariant: a call that makes something new is
//! repeated only when it says that repeating does no harm.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::Value;
pub use serenity::http::LightMethod as Verb;
pub use serenity::http::Route;

use serenity::model::id::{ChannelId, MessageId};

use super::fault::CallError;
use super::limiter::Urgency;

/// A file that goes with a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// File name with its ending.
    pub name: String,
    /// Such as `text/calendar`.
    pub media_type: String,
    /// What it shows, for those who do not see it.
    pub alt: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// A call to make.
#[derive(Clone)]
pub struct Call<'r> {
    pub(super) route: Route<'r>,
    pub(super) verb: Verb,
    pub(super) body: Option<Value>,
    pub(super) params: Vec<(&'static str, String)>,
    pub(super) files: Vec<Upload>,
    pub(super) urgency: Urgency,
    pub(super) repeatable: bool,
    /// Given up after this long, where that is sooner than with other calls.
    pub(super) within: Option<Duration>,
    /// The path where Discord has moved on from the one that the library knows.
    pub(super) path: Option<String>,
}

impl<'r> Call<'r> {
    fn new(verb: Verb, route: Route<'r>, body: Option<Value>) -> Self {
        let repeatable = verb != Verb::Post;
        let (params, files) = (Vec::new(), Vec::new());
        let urgency = Urgency::Ordinary;
        Self { route, verb, body, params, files, urgency, repeatable, within: None, path: None }
    }

    /// Reads.
    pub fn get(route: Route<'r>) -> Self {
        Self::new(Verb::Get, route, None)
    }

    /// Makes something new.
    pub fn post(route: Route<'r>, body: Value) -> Self {
        Self::new(Verb::Post, route, Some(body))
    }

    /// Changes.
    pub fn patch(route: Route<'r>, body: Value) -> Self {
        Self::new(Verb::Patch, route, Some(body))
    }

    /// Puts in place; without a body where Discord wants none.
    pub fn put(route: Route<'r>, body: Option<Value>) -> Self {
        Self::new(Verb::Put, route, body)
    }

    /// Takes away.
    pub fn delete(route: Route<'r>) -> Self {
        Self::new(Verb::Delete, route, None)
    }

    /// Pins a message. Discord has a newer path for it than the library; the older one is to go.
    pub fn pin(channel_id: ChannelId, message_id: MessageId) -> Self {
        let path = format!("channels/{channel_id}/messages/pins/{message_id}");
        Self { path: Some(path), ..Self::put(Route::ChannelPin { channel_id, message_id }, None) }
    }

    /// Says who waits; otherwise [`Urgency::Ordinary`].
    #[must_use]
    pub fn urgency(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    /// Sends files along.
    #[must_use]
    pub fn files(mut self, files: Vec<Upload>) -> Self {
        self.files = files;
        self
    }

    /// Adds to the address; names and values are letters, digits and the like.
    #[must_use]
    pub fn params(mut self, params: Vec<(&'static str, String)>) -> Self {
        self.params = params;
        self
    }

    /// Making it twice does no harm, because Discord knows it again.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Is given up after this long, or sooner where all calls are.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = Some(within);
        self
    }

    /// What it is known by when it comes again: what it is about, not what it says.
    pub(super) fn ticket(&self, path: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.verb.hash(&mut hasher);
        path.hash(&mut hasher);
        if let Some(body) = &self.body {
            for key in ["nonce", "recipient_id", "name"] {
                body[key].as_str().hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// The body with the files it announces, as the parts of a form.
    pub(super) fn form(&self) -> Result<Form, CallError> {
        let mut body = self.body.clone().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        // The answer to an interaction carries its message one level deeper.
        let message = if body["data"].is_object() { &mut body["data"] } else { &mut body };
        if !message["attachments"].is_array() {
            message["attachments"] = self.files.iter().enumerate().map(announce).collect();
        }
        let mut form =
            Form::new().part("payload_json", part(body.to_string().into_bytes(), "application/json")?);
        for (index, file) in self.files.iter().enumerate() {
            let bytes = part(file.bytes.clone(), &file.media_type)?.file_name(file.name.clone());
            form = form.part(format!("files[{index}]"), bytes);
        }
        Ok(form)
    }
}

fn announce((index, file): (usize, &Upload)) -> Value {
    let mut announced = serde_json::json!({ "id": index.to_string(), "filename": file.name });
    if let Some(alt) = &file.alt {
        announced["description"] = alt.chars().take(1_024).collect::<String>().into();
    }
    announced
}

fn part(bytes: Vec<u8>, media_type: &str) -> Result<Part, CallError> {
    Part::bytes(bytes)
        .mime_str(media_type)
        .map_err(|_| CallError::NotSent { reason: "a file has a media type that is none".to_owned() })
}
