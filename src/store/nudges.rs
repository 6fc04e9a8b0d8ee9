//! Nudges: everything the bot owes anybody. A nudge is known by its key; every write after a claim is fenced by the
//! attempt and the state it expects, so that a dispatcher that lost its lease changes nothing.

mod changes;
mod claims;
mod reading;

use serde::Serialize;

use super::open::Pools;
use super::{Store, StoreError};
use crate::domain::civil::Instant;
use crate::domain::ids::{NudgeId, PersonId, ProgramId, RoomId};
use crate::domain::words::{NudgeKind, NudgeState};

pub use reading::Sent;

/// Something owed.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct Nudge {
    /// Id; its last 25 characters mark the message on the platform.
    pub id: NudgeId,
    /// `kind|subject|recipient|slot`.
    pub key: String,
    /// What is owed.
    pub kind: NudgeKind,
    /// In which program.
    pub program_id: Option<ProgramId>,
    /// The meetup, wave, group or program it is about.
    pub subject: String,
    /// Owed to this person.
    pub person_id: Option<PersonId>,
    /// Owed to this room.
    pub room_id: Option<RoomId>,
    /// The civil slot or other stable tag of its identity.
    pub slot: String,
    /// A short argument of its kind.
    pub note: String,
    /// Earliest.
    pub due_at: Instant,
    /// Latest; after it the nudge is stale.
    pub not_after: Instant,
    /// Where it stands.
    pub state: NudgeState,
    /// Number of claims; the fence.
    pub attempt: i64,
    /// Platform calls that failed.
    pub tries: i64,
    /// Until when the claim holds.
    pub lease_until: Option<Instant>,
    /// When the platform was about to be called.
    pub intent_at: Option<Instant>,
    /// Where it went: `platform|workspace|r|room` or `platform|workspace|d|account`.
    pub place: Option<String>,
    /// The platform's id of the message.
    pub remote_id: Option<String>,
    /// Why it waits, was skipped or is dead.
    pub reason: Option<String>,
    /// Until when it waits for the person's answer.
    pub open_until: Option<Instant>,
    /// When it happened.
    pub done_at: Option<Instant>,
    /// When it was planned.
    pub created_at: Instant,
}

/// The platform is about to be called.
#[derive(Debug, Clone, Serialize)]
pub struct Intent<'a> {
    /// Which nudge.
    pub id: &'a NudgeId,
    /// The fence.
    pub attempt: i64,
    /// Where it goes.
    pub place: String,
}

/// The platform took it.
#[derive(Debug, Clone, Serialize)]
pub struct Done<'a> {
    /// Which nudge.
    pub id: &'a NudgeId,
    /// The fence.
    pub attempt: i64,
    /// The platform's id.
    pub remote_id: &'a str,
    /// Until when it waits for the person's answer.
    pub open_until: Option<Instant>,
}

/// When there is something to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Agenda {
    /// The next nudge is due.
    pub ready: Option<Instant>,
    /// The next claim ends or doubt is to be settled.
    pub held: Option<Instant>,
    /// The next meetup is to be planned.
    pub planning: Option<Instant>,
}

impl Agenda {
    /// The earliest of all.
    pub fn next(&self) -> Option<Instant> {
        [self.ready, self.held, self.planning].into_iter().flatten().min()
    }
}

const AGENDA: &str = "SELECT (SELECT min(due_at) FROM nudges WHERE state = 'ready') AS ready, \
    (SELECT min(lease_until) FROM nudges WHERE state IN ('leased', 'sending', 'in_doubt') \
     AND lease_until IS NOT NULL) AS held, \
    (SELECT min(plan_at) FROM meetups WHERE state = 'planned' AND planned_sequence < sequence) AS planning";

impl Store {
    /// What there is to do, in one look and without a transaction: it is asked after every step.
    pub async fn get_agenda(&self) -> Result<Agenda, StoreError> {
        Ok(match self.pools() {
            Pools::Sqlite { readers, .. } => sqlx::query_as(AGENDA).fetch_one(readers).await?,
            Pools::Postgres(pool) => sqlx::query_as(AGENDA).fetch_one(pool).await?,
        })
    }
}
