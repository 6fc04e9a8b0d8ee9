//! Meetups, answers to "will you come?" and what members need from a meetup.

use super::tx::{all, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::{Instant, Slot, Zone};
use crate::domain::ids::{GroupId, MeetupId, PersonId, ProgramId};
use crate::domain::words::{Lead, MeetupState, Rsvp};

/// One meeting of a group.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Meetup {
    /// Id.
    pub id: MeetupId,
    /// Whose.
    pub group_id: GroupId,
    /// In which program.
    pub program_id: ProgramId,
    /// Number within the group, from 1.
    pub number: i64,
    /// 1 for the closing meetup.
    pub closing: i64,
    /// Civil date and time, its identity.
    pub slot: Slot,
    /// The zone the slot is read in.
    pub zone: Zone,
    /// When it begins.
    pub starts_at: Instant,
    /// How long it lasts.
    pub minutes: i64,
    /// Id of its theme.
    pub theme: String,
    /// Who leads it.
    pub lead: Lead,
    /// The host, when one is named.
    pub host_id: Option<PersonId>,
    /// Room, address or call link.
    pub place: String,
    /// Where it stands.
    pub state: MeetupState,
    /// Raised with every move, as in a calendar's SEQUENCE.
    pub sequence: i64,
    /// The sequence for which nudges have been planned.
    pub planned_sequence: i64,
    /// From when on nudges are to be planned.
    pub plan_at: Instant,
    /// Since when it exists.
    pub created_at: Instant,
}

impl Meetup {
    /// When it ends.
    pub fn ends_at(&self) -> Instant {
        self.starts_at.plus_minutes(self.minutes)
    }
}

impl Tx {
    /// Adds a meetup.
    pub async fn insert_meetup(&mut self, m: &Meetup) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO meetups (id, group_id, program_id, number, closing, slot, zone, starts_at, minutes, \
             theme, lead, host_id, place, state, sequence, planned_sequence, plan_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            &m.id,
            &m.group_id,
            &m.program_id,
            m.number,
            m.closing,
            m.slot,
            &m.zone,
            m.starts_at,
            m.minutes,
            &m.theme,
            m.lead,
            &m.host_id,
            &m.place,
            m.state,
            m.sequence,
            m.planned_sequence,
            m.plan_at,
            m.created_at
        )?;
        Ok(())
    }

    /// Writes everything about a meetup that can change, if its sequence is still `was`; false otherwise.
    pub async fn mark_meetup(&mut self, m: &Meetup, was: i64) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE meetups SET slot = $3, zone = $4, starts_at = $5, minutes = $6, theme = $7, lead = $8, \
             host_id = $9, place = $10, state = $11, sequence = $12, planned_sequence = $13, plan_at = $14, \
             closing = $15, number = $16 WHERE id = $1 AND sequence = $2",
            &m.id,
            was,
            m.slot,
            &m.zone,
            m.starts_at,
            m.minutes,
            &m.theme,
            m.lead,
            &m.host_id,
            &m.place,
            m.state,
            m.sequence,
            m.planned_sequence,
            m.plan_at,
            m.closing,
            m.number
        )?;
        Ok(touched == 1)
    }

    /// The meetup with this id.
    pub async fn get_meetup(&mut self, id: &MeetupId) -> Result<Meetup, StoreError> {
        one!(self, Meetup, "SELECT * FROM meetups WHERE id = $1", id)
    }

    /// The meetup with this id, if there is one.
    pub async fn find_meetup(&mut self, id: &MeetupId) -> Result<Option<Meetup>, StoreError> {
        maybe!(self, Meetup, "SELECT * FROM meetups WHERE id = $1", id)
    }

    /// A group's meetups in order of time.
    pub async fn list_meetups_of(&mut self, group: &GroupId) -> Result<Vec<Meetup>, StoreError> {
        all!(self, Meetup, "SELECT * FROM meetups WHERE group_id = $1 ORDER BY starts_at, id", group)
    }

    /// The next planned meetup of a group that has not ended at `now`.
    pub async fn find_next_meetup(
        &mut self,
        group: &GroupId,
        now: Instant,
    ) -> Result<Option<Meetup>, StoreError> {
        maybe!(
            self,
            Meetup,
            "SELECT * FROM meetups WHERE group_id = $1 AND state = 'planned' \
             AND starts_at + minutes * 60000000 > $2 ORDER BY starts_at, id LIMIT 1",
            group,
            now
        )
    }

    /// The latest meetup of a group that began before `now` and still waits for "held" or "not held".
    pub async fn find_unsettled_meetup(
        &mut self,
        group: &GroupId,
        now: Instant,
    ) -> Result<Option<Meetup>, StoreError> {
        maybe!(
            self,
            Meetup,
            "SELECT * FROM meetups WHERE group_id = $1 AND state = 'planned' AND starts_at <= $2 \
             ORDER BY starts_at DESC, id LIMIT 1",
            group,
            now
        )
    }

    /// Meetups whose nudges are to be planned at `now`, at most `limit`.
    pub async fn list_meetups_to_plan(
        &mut self,
        now: Instant,
        limit: i64,
    ) -> Result<Vec<Meetup>, StoreError> {
        all!(
            self,
            Meetup,
            "SELECT * FROM meetups WHERE state = 'planned' AND planned_sequence < sequence AND plan_at <= $1 \
             ORDER BY plan_at, id LIMIT $2",
            now,
            limit
        )
    }

    /// Keeps an answer to "will you come?".
    pub async fn mark_rsvp(
        &mut self,
        meetup: &MeetupId,
        person: &PersonId,
        answer: Rsvp,
        at: Instant,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO rsvps (meetup_id, person_id, answer, answered_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (meetup_id, person_id) DO UPDATE SET answer = excluded.answer, \
             answered_at = excluded.answered_at",
            meetup,
            person,
            answer,
            at
        )?;
        Ok(())
    }

    /// Forgets the answers: after a move everybody is asked anew.
    pub async fn delete_rsvps(&mut self, meetup: &MeetupId) -> Result<(), StoreError> {
        run!(self, "DELETE FROM rsvps WHERE meetup_id = $1", meetup)?;
        Ok(())
    }

    /// Who answered what.
    pub async fn list_rsvps(&mut self, meetup: &MeetupId) -> Result<Vec<(PersonId, Rsvp)>, StoreError> {
        all!(
            self,
            (PersonId, Rsvp),
            "SELECT person_id, answer FROM rsvps WHERE meetup_id = $1 ORDER BY person_id",
            meetup
        )
    }

    /// Keeps what a member needs from a meetup.
    pub async fn mark_meetup_need(
        &mut self,
        meetup: &MeetupId,
        person: &PersonId,
        theme: &str,
        at: Instant,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO meetup_needs (meetup_id, person_id, theme, answered_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (meetup_id, person_id) DO UPDATE SET theme = excluded.theme, \
             answered_at = excluded.answered_at",
            meetup,
            person,
            theme,
            at
        )?;
        Ok(())
    }

    /// What the members of a group said they need, over all its meetups: theme and when.
    pub async fn list_needs_of_group(
        &mut self,
        group: &GroupId,
    ) -> Result<Vec<(MeetupId, String, Instant)>, StoreError> {
        all!(
            self,
            (MeetupId, String, Instant),
            "SELECT n.meetup_id, n.theme, n.answered_at FROM meetup_needs n \
             JOIN meetups m ON m.id = n.meetup_id WHERE m.group_id = $1 ORDER BY n.answered_at, n.person_id",
            group
        )
    }
}
