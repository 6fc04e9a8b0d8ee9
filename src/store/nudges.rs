//! Nudges: everything the bot owes anybody. A nudge is known by its key; every write after a claim is fenced by the
//! attempt and the state it expects, so that a dispatcher that lost its lease changes nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::dialect::{CLAIM, DONE, INTENTS, OPEN_REQUESTS, PLAN, SENT};
use super::open::Pools;
use super::tx::{all, json, maybe, one, run};
use super::{Store, StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{NudgeId, PersonId, ProgramId, RoomId};
use crate::domain::words::{NudgeKind, NudgeState};

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

/// A batch as one bound value, so that it costs one statement and not one for each row.
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

impl Tx {
    /// Plans nudges and says how many are new; one whose key exists already stays as it is.
    pub async fn insert_nudges(&mut self, nudges: &[Nudge], now: Instant) -> Result<u64, StoreError> {
        if nudges.is_empty() {
            return Ok(0);
        }
        let sql = PLAN.on(self.engine());
        run!(self, sql, json(nudges), now)
    }

    /// Claims at most `limit` nudges that are due at `now`, until `lease`.
    pub async fn claim_nudges(
        &mut self,
        now: Instant,
        lease: Instant,
        limit: i64,
    ) -> Result<Vec<Nudge>, StoreError> {
        let sql = CLAIM.on(self.engine());
        let mut claimed = all!(self, Nudge, sql, lease, now, limit)?;
        claimed.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
        Ok(claimed)
    }

    /// Writes down that the platform is about to be called for these, each with its place.
    pub async fn mark_intents(&mut self, intents: &[Intent<'_>], at: Instant) -> Result<u64, StoreError> {
        if intents.is_empty() {
            return Ok(0);
        }
        let sql = INTENTS.on(self.engine());
        run!(self, sql, at, json(intents))
    }

    /// Writes down that these happened after their intent. What lost its claim meanwhile stays as it is.
    pub async fn mark_all_done(&mut self, done: &[Done<'_>], at: Instant) -> Result<u64, StoreError> {
        if done.is_empty() {
            return Ok(0);
        }
        let sql = DONE.on(self.engine());
        run!(self, sql, at, json(done))
    }

    /// Writes down that it happened.
    pub async fn mark_done(
        &mut self,
        n: &Nudge,
        was: NudgeState,
        remote_id: Option<&str>,
        open_until: Option<Instant>,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET state = 'done', remote_id = $4, open_until = $5, done_at = $6, \
             lease_until = NULL, reason = NULL WHERE id = $1 AND attempt = $2 AND state = $3",
            &n.id,
            n.attempt,
            was,
            remote_id,
            open_until,
            at
        )?;
        Ok(touched == 1)
    }

    /// Ends a claim in `state` (`skipped`, `dead` or `in_doubt`) for a reason; `until` is when doubt is looked into.
    pub async fn mark_ended(
        &mut self,
        n: &Nudge,
        was: NudgeState,
        state: NudgeState,
        reason: &str,
        until: Option<Instant>,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET state = $4, reason = $5, lease_until = $6 \
             WHERE id = $1 AND attempt = $2 AND state = $3",
            &n.id,
            n.attempt,
            was,
            state,
            reason,
            until
        )?;
        Ok(touched == 1)
    }

    /// Puts a nudge back for later, with the number of failed calls so far.
    pub async fn mark_ready(
        &mut self,
        n: &Nudge,
        was: NudgeState,
        due: Instant,
        tries: i64,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET state = 'ready', due_at = $4, tries = $5, reason = $6, lease_until = NULL \
             WHERE id = $1 AND attempt = $2 AND state = $3",
            &n.id,
            n.attempt,
            was,
            due,
            tries,
            reason
        )?;
        Ok(touched == 1)
    }

    /// Claims whose lease ran out: `leased` ones go back to ready, `sending` ones become doubtful until `settle`.
    pub async fn mark_leases_lost(&mut self, now: Instant, settle: Instant) -> Result<u64, StoreError> {
        let back = run!(
            self,
            "UPDATE nudges SET state = 'ready', lease_until = NULL WHERE state = 'leased' AND lease_until <= $1",
            now
        )?;
        let doubt = run!(
            self,
            "UPDATE nudges SET state = 'in_doubt', lease_until = $2, reason = 'the program stopped while sending' \
             WHERE state = 'sending' AND lease_until <= $1",
            now,
            settle
        )?;
        Ok(back + doubt)
    }

    /// Claims doubtful nudges whose time to settle has come; the new attempt fences off everybody else.
    pub async fn claim_doubtful(
        &mut self,
        now: Instant,
        lease: Instant,
        limit: i64,
    ) -> Result<Vec<Nudge>, StoreError> {
        all!(
            self,
            Nudge,
            "UPDATE nudges SET lease_until = $2, attempt = attempt + 1 WHERE id IN \
             (SELECT id FROM nudges WHERE state = 'in_doubt' AND lease_until <= $1 ORDER BY id LIMIT $3) \
             AND state = 'in_doubt' AND lease_until <= $1 RETURNING *",
            now,
            lease,
            limit
        )
    }

    /// Whether a doubtful nudge is to be looked into at `now`.
    pub async fn has_doubtful(&mut self, now: Instant) -> Result<bool, StoreError> {
        let (count,) = one!(
            self,
            (i64,),
            "SELECT count(*) FROM nudges WHERE state = 'in_doubt' AND lease_until <= $1",
            now
        )?;
        Ok(count > 0)
    }

    /// Leaves a nudge in doubt for a further look at `later`, counting one more failed call.
    pub async fn mark_doubt_again(&mut self, n: &Nudge, later: Instant) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET lease_until = $3, tries = tries + 1 \
             WHERE id = $1 AND attempt = $2 AND state = 'in_doubt'",
            &n.id,
            n.attempt,
            later
        )?;
        Ok(touched == 1)
    }

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

    /// Withdraws what is planned about a subject and has not begun to be sent.
    pub async fn mark_withdrawn(&mut self, subject: &str, reason: &str) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET state = 'skipped', reason = $2 WHERE subject = $1 AND state = 'ready'",
            subject,
            reason
        )
    }

    /// Withdraws what is planned about a subject for one person.
    pub async fn mark_withdrawn_for(
        &mut self,
        subject: &str,
        person: &PersonId,
        reason: &str,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET state = 'skipped', reason = $3 \
             WHERE subject = $1 AND person_id = $2 AND state = 'ready'",
            subject,
            person,
            reason
        )
    }

    /// Withdraws what is planned in a program for one person.
    pub async fn mark_withdrawn_in(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
        reason: &str,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET state = 'skipped', reason = $3 \
             WHERE program_id = $1 AND person_id = $2 AND state = 'ready'",
            program,
            person,
            reason
        )
    }

    /// Makes due now what waits in a program for this reason.
    pub async fn mark_due_now(
        &mut self,
        program: &ProgramId,
        reason: &str,
        now: Instant,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET due_at = $3 WHERE program_id = $1 AND state = 'ready' AND reason = $2 \
             AND due_at > $3",
            program,
            reason,
            now
        )
    }

    /// Makes due now what waits for this reason, in all programs.
    pub async fn mark_all_due_now(&mut self, reason: &str, now: Instant) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET due_at = $2 WHERE state = 'ready' AND reason = $1 AND due_at > $2",
            reason,
            now
        )
    }

    /// Closes the open requests about a subject for a person: an answer has come.
    ///
    /// The moment of the answer is not kept: it could tell whose answer is whose.
    pub async fn mark_answered(&mut self, subject: &str, person: &PersonId) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET open_until = NULL WHERE subject = $1 AND person_id = $2 AND open_until IS NOT NULL",
            subject,
            person
        )
    }

    /// Forgets what ended long ago and says how many rows that was.
    pub async fn delete_nudges_before(&mut self, at: Instant) -> Result<u64, StoreError> {
        run!(
            self,
            "DELETE FROM nudges WHERE created_at < $1 AND not_after < $1 AND state IN ('done', 'skipped', 'dead')",
            at
        )
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
