//! Reading nudges: what is on its way, what people got lately, and how things stand.

use std::collections::BTreeMap;

use super::super::dialect::{OPEN_REQUESTS, SENT};
use super::super::tx::{all, json, maybe, one};
use super::super::{StoreError, Tx};
use super::Nudge;
use crate::domain::civil::Instant;
use crate::domain::ids::{NudgeId, PersonId, ProgramId, RoomId};
use crate::domain::words::{NudgeKind, NudgeState};

/// Messages sent to a person in 24 hours, 7 days and 30 days, and the requests among them that wait for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// In the last 24 hours.
    pub day: i64,
    /// In the last 7 days.
    pub week: i64,
    /// In the last 30 days.
    pub month: i64,
    /// Subjects of open requests, and until when each is open.
    pub open: Vec<(String, Instant)>,
}

#[derive(sqlx::FromRow)]
struct SentRow {
    person_id: PersonId,
    day: i64,
    week: i64,
    month: i64,
}

impl Tx {
    /// Whether a nudge of a kind about a subject waits for a room.
    pub async fn has_ready(
        &mut self,
        kind: NudgeKind,
        subject: &str,
        room: &RoomId,
    ) -> Result<bool, StoreError> {
        let (count,) = one!(
            self,
            (i64,),
            "SELECT count(*) FROM nudges WHERE subject = $1 AND kind = $2 AND room_id = $3 AND state = 'ready'",
            subject,
            kind,
            room
        )?;
        Ok(count > 0)
    }

    /// Whether another nudge of a kind about a subject is on its way to a room.
    pub async fn has_in_flight(
        &mut self,
        kind: NudgeKind,
        subject: &str,
        room: &RoomId,
        except: &NudgeId,
    ) -> Result<bool, StoreError> {
        let (count,) = one!(
            self,
            (i64,),
            "SELECT count(*) FROM nudges WHERE subject = $1 AND kind = $2 AND room_id = $3 AND id <> $4 \
             AND state IN ('leased', 'sending', 'in_doubt')",
            subject,
            kind,
            room,
            except
        )?;
        Ok(count > 0)
    }

    /// Whether another nudge for a room's standing card is on its way. Of two that were taken together the earlier
    /// one goes first.
    pub async fn has_card_in_flight(&mut self, room: &RoomId, except: &NudgeId) -> Result<bool, StoreError> {
        let (count,) = one!(
            self,
            (i64,),
            "SELECT count(*) FROM nudges WHERE room_id = $1 AND kind = 'room.card' AND id <> $2 \
             AND state IN ('leased', 'sending', 'in_doubt') AND (state <> 'leased' OR id < $2)",
            room,
            except
        )?;
        Ok(count > 0)
    }

    /// What is due next, with its kind.
    pub async fn find_next_nudge(&mut self) -> Result<Option<Nudge>, StoreError> {
        maybe!(self, Nudge, "SELECT * FROM nudges WHERE state = 'ready' ORDER BY due_at, id LIMIT 1")
    }

    /// How much was sent to people lately, by person. Who got nothing and has no open request is left out.
    pub async fn list_sent(
        &mut self,
        people: &[&PersonId],
        now: Instant,
    ) -> Result<BTreeMap<PersonId, Sent>, StoreError> {
        let (ids, engine) = (json(people), self.engine());
        let (day, week, month) = (now.minus_days(1), now.minus_days(7), now.minus_days(30));
        let counts = all!(self, SentRow, SENT.on(engine), &ids, day, week, month)?;
        let open = all!(self, (PersonId, String, Instant), OPEN_REQUESTS.on(engine), &ids, now)?;
        let mut sent: BTreeMap<PersonId, Sent> = BTreeMap::new();
        for SentRow { person_id, day, week, month } in counts {
            sent.insert(person_id, Sent { day, week, month, open: Vec::new() });
        }
        for (person, subject, until) in open {
            sent.entry(person).or_default().open.push((subject, until));
        }
        Ok(sent)
    }

    /// The latest message of a kind about a subject in each room, to be updated in place.
    pub async fn list_posts(&mut self, kind: NudgeKind, subject: &str) -> Result<Vec<Nudge>, StoreError> {
        all!(
            self,
            Nudge,
            "SELECT * FROM nudges WHERE kind = $1 AND subject = $2 AND state = 'done' \
             AND remote_id IS NOT NULL ORDER BY id",
            kind,
            subject
        )
    }

    /// The nudge with this key.
    pub async fn find_nudge(&mut self, key: &str) -> Result<Option<Nudge>, StoreError> {
        maybe!(self, Nudge, "SELECT * FROM nudges WHERE key = $1", key)
    }

    /// How many nudges of a program stand where, and why: (state, kind, reason, count).
    pub async fn list_health(
        &mut self,
        program: &ProgramId,
        since: Instant,
    ) -> Result<Vec<(NudgeState, NudgeKind, Option<String>, i64)>, StoreError> {
        all!(
            self,
            (NudgeState, NudgeKind, Option<String>, i64),
            "SELECT state, kind, reason, count(*) FROM nudges WHERE program_id = $1 \
             AND (state <> 'done' OR done_at >= $2) GROUP BY state, kind, reason ORDER BY state, kind, reason",
            program,
            since
        )
    }

    /// How many nudges stand where, in all programs.
    pub async fn list_nudge_counts(&mut self) -> Result<Vec<(NudgeState, i64)>, StoreError> {
        all!(self, (NudgeState, i64), "SELECT state, count(*) FROM nudges GROUP BY state ORDER BY state")
    }

    /// The oldest nudge that should have been sent by `now`.
    pub async fn find_oldest_due(&mut self, now: Instant) -> Result<Option<Instant>, StoreError> {
        let (at,) = one!(
            self,
            (Option<Instant>,),
            "SELECT min(due_at) FROM nudges WHERE state = 'ready' AND due_at <= $1",
            now
        )?;
        Ok(at)
    }
}
