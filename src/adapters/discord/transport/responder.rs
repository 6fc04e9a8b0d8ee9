//! Answers to interactions, by the token that came with them. Invariant: an answer goes before everything else and
//! mentions nobody unless its body says so.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use serenity::model::id::{ApplicationId, InteractionId};

use super::call::{Call, Route, Upload};
use super::courier::id;
use super::fault::CallError;
use super::limiter::Urgency;
use super::rest::Rest;

/// Discord waits three seconds for a first answer; a call that takes longer is worth nothing.
const FIRST_WITHIN: Duration = Duration::from_millis(2_500);

/// Answers interactions. One serves all servers.
#[derive(Clone)]
pub struct Responder {
    rest: Arc<Rest>,
}

impl Responder {
    /// A responder over this client.
    pub const fn new(rest: Arc<Rest>) -> Self {
        Self { rest }
    }

    /// The first answer, of any kind; within three seconds of the interaction. Where nobody knows whether it arrived it
    /// is given again, because Discord takes one and says of the other that there is one already.
    pub async fn callback(
        &self,
        interaction: &str,
        token: &str,
        mut body: Value,
        files: Vec<Upload>,
    ) -> Result<Value, CallError> {
        let route = Route::InteractionResponse { interaction_id: id::<InteractionId>(interaction)?, token };
        // Messages only: 4 and 7 carry one.
        if matches!(body["type"].as_u64(), Some(4 | 7)) && body["data"].is_object() {
            quiet(&mut body["data"]);
        }
        let call = Call::post(route, body).files(files).urgency(Urgency::Reply);
        self.rest.call(call.repeatable().within(FIRST_WITHIN)).await
    }

    /// Changes the first answer, also one that was only promised.
    pub async fn edit_original(
        &self,
        application: &str,
        token: &str,
        mut body: Value,
        files: Vec<Upload>,
    ) -> Result<Value, CallError> {
        let application_id = id::<ApplicationId>(application)?;
        let route = Route::WebhookOriginalInteractionResponse { application_id, token };
        quiet(&mut body);
        self.rest.call(Call::patch(route, body).files(files).urgency(Urgency::Reply)).await
    }

    /// One more message.
    pub async fn follow_up(
        &self,
        application: &str,
        token: &str,
        mut body: Value,
        files: Vec<Upload>,
    ) -> Result<Value, CallError> {
        let route =
            Route::WebhookFollowupMessages { application_id: id::<ApplicationId>(application)?, token };
        quiet(&mut body);
        self.rest.call(Call::post(route, body).files(files).urgency(Urgency::Reply)).await
    }

    /// Takes the first answer away.
    pub async fn delete_original(&self, application: &str, token: &str) -> Result<Value, CallError> {
        let application_id = id::<ApplicationId>(application)?;
        let route = Route::WebhookOriginalInteractionResponse { application_id, token };
        self.rest.call(Call::delete(route).urgency(Urgency::Reply)).await
    }
}

/// Nobody is mentioned who was not meant to be.
fn quiet(message: &mut Value) {
    if message.get("allowed_mentions").is_none() {
        message["allowed_mentions"] = json!({ "parse": [] });
    }
}
