//! Everything that comes over the connections, on its way to the counter. Invariant: the client hands each event to a
//! task of its own, so nothing here makes another one wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use serde_json::Value;
use serenity::client::{Context, RawEventHandler};
use serenity::model::event::Event;
use serenity::prelude::Mutex;
use tokio::time::Instant;

use super::answers::Answers;
use super::envelope::{Asked, Delivery, What};
use super::plan::resume_at;
use super::receive::{Ack, Count, Reception};
use super::unpack::{Unpacked, unpack};
use super::{Inbound, reconcile};
use crate::adapters::discord::transport::fault;

/// Hears everything that comes over one connection.
pub(super) struct Ear {
    pub(super) inbound: Arc<Inbound>,
    pub(super) shards: u32,
    /// Says since when the session stands.
    pub(super) stood: Arc<OnceLock<Instant>>,
    /// Turns false when the session was given up; what it had told still counts.
    pub(super) is_current: Arc<AtomicBool>,
    /// Where the session is resumed; nowhere to write where the address is fixed.
    pub(super) resume_at: Option<Arc<Mutex<String>>>,
}

impl Ear {
    fn stands(&self, shard: u32) {
        let _ = self.stood.set(Instant::now());
        if self.is_current.load(Ordering::Relaxed) {
            self.inbound.lines.up(shard, Instant::now());
        }
    }

    /// Discord wants a session to be resumed where it says.
    async fn turn_to(&self, said: &str) {
        let Some(address) = &self.resume_at else { return };
        let mut address = address.lock().await;
        if let Some(better) = resume_at(&address, said) {
            *address = better;
        }
    }
}

#[async_trait]
impl RawEventHandler for Ear {
    async fn raw_event(&self, context: Context, event: Event) {
        let shard = context.shard_id.0;
        self.inbound.lines.heard(shard, Instant::now());
        let reception = &self.inbound.reception;
        let (kind, value) = match unpack(&event) {
            Unpacked::Event(kind, value) => (kind, value),
            Unpacked::Undecoded(kind, value) => {
                tracing::warn!(discord.event = %kind, "discord.client_could_not_decode");
                reception.count(Count::Undecoded);
                (kind, value)
            }
            Unpacked::Other => return,
        };
        drop(event);
        let delivery = Delivery::from_event(&kind, &value);
        match &delivery.what {
            What::Ready { guilds, own } => {
                tracing::info!(discord.shard = shard, discord.guilds = guilds.len(), "discord.connected");
                self.stands(shard);
                self.turn_to(value["resume_gateway_url"].as_str().unwrap_or_default()).await;
                self.inbound.is_now(own);
                let (office, census) = (&self.inbound.office, &*self.inbound.census);
                if let Err(error) = reconcile::ready(office, census, (shard, self.shards), guilds).await {
                    tracing::warn!(error.reason = %error, "discord.not_looked_over");
                }
            }
            What::Resumed => {
                tracing::info!(discord.shard = shard, "discord.resumed");
                self.stands(shard);
            }
            What::Asked(asked) => {
                let asked = asked.clone();
                if let Ack::Say(body) = reception.receive(delivery).await {
                    give(reception, &*self.inbound.answers, &asked, &body).await;
                }
            }
            _ => reception.take(delivery).await,
        }
    }
}

async fn give(reception: &Reception, answers: &dyn Answers, asked: &Asked, body: &Value) {
    let given = answers.first(asked, body).await;
    // Answered already: a repeated call of our own arrived, or another process has it.
    let taken = match &given {
        Ok(()) => true,
        Err(error) => error.is_any(&[fault::code::ALREADY_ANSWERED]),
    };
    if let Err(error) = &given {
        tracing::warn!(error.reason = %error, discord.how = asked.how.kind(), "discord.first_answer_not_taken");
    }
    reception.said(&asked.id, taken);
}
