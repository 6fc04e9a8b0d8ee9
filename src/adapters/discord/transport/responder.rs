//! Answers to interactions, by the token that came with them. Invariant: an answer goes before everything else and
//! mentions nobody unless its body says so.

use std::sync::Arc;

use serde_json::{Value, json};
use serenity::model::id::{ApplicationId, InteractionId};

use super::call::{Call, Route, Upload};
use super::courier::id;
use super::fault::CallError;
use super::limiter::Urgency;
use super::rest::Rest;

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

    /// The first answer, of any kind; within three seconds of the interaction and once only.
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
        self.rest.call(Call::post(route, body).files(files).urgency(Urgency::Reply)).await
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
