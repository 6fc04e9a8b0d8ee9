//! Pulse waves, who was asked, and what was answered. No query joins the last two, and no column could.

use super::dialect::ANSWERS;
use super::tx::{all, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId, WaveId};
use crate::domain::words::{InvitationState, WaveState};

/// One pulse of a program.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct WaveRow {
    /// Id.
    pub id: WaveId,
    /// Of which program.
    pub program_id: ProgramId,
    /// Number within the program, from 1.
    pub number: i64,
    /// First day, `YYYY-MM-DD` in the program's zone.
    pub opens_on: String,
    /// Last day.
    pub closes_on: String,
    /// When it opens.
    pub opens_at: Instant,
    /// When it closes.
    pub closes_at: Instant,
    /// Where it stands.
    pub state: WaveState,
    /// The fixed tables as JSON, once it is closed.
    pub results: Option<String>,
}

/// An answer to one item: no person, no time.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct AnswerRecord {
    /// Random key.
    pub id: String,
    /// Which form.
    pub form: String,
    /// Which item.
    pub item: String,
    /// Step of the scale, or 0 to 10.
    pub score: Option<i64>,
    /// Free text.
    pub body: Option<String>,
}

impl Tx {
    /// Adds a wave; repeating it changes nothing.
    pub async fn insert_wave(&mut self, w: &WaveRow) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO waves (id, program_id, number, opens_on, closes_on, opens_at, closes_at, state, results) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &w.id,
            &w.program_id,
            w.number,
            &w.opens_on,
            &w.closes_on,
            w.opens_at,
            w.closes_at,
            w.state,
            &w.results
        )?;
        Ok(())
    }

    /// Moves a wave to a new state if it is still in `was`; false otherwise.
    pub async fn mark_wave(&mut self, w: &WaveRow, was: WaveState) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE waves SET opens_on = $3, closes_on = $4, opens_at = $5, closes_at = $6, state = $7, \
             results = $8 WHERE id = $1 AND state = $2",
            &w.id,
            was,
            &w.opens_on,
            &w.closes_on,
            w.opens_at,
            w.closes_at,
            w.state,
            &w.results
        )?;
        Ok(touched == 1)
    }

    /// The wave with this id.
    pub async fn get_wave(&mut self, id: &WaveId) -> Result<WaveRow, StoreError> {
        one!(self, WaveRow, "SELECT * FROM waves WHERE id = $1", id)
    }

    /// The wave with this id, if there is one.
    pub async fn find_wave(&mut self, id: &WaveId) -> Result<Option<WaveRow>, StoreError> {
        maybe!(self, WaveRow, "SELECT * FROM waves WHERE id = $1", id)
    }

    /// Takes away a wave that has not opened.
    pub async fn delete_planned_wave(&mut self, wave: &WaveId) -> Result<u64, StoreError> {
        run!(self, "DELETE FROM waves WHERE id = $1 AND state = 'planned'", wave)
    }

    /// A program's waves, by number.
    pub async fn list_waves_of(&mut self, program: &ProgramId) -> Result<Vec<WaveRow>, StoreError> {
        all!(self, WaveRow, "SELECT * FROM waves WHERE program_id = $1 ORDER BY number", program)
    }

    /// Invites a person; repeating it changes nothing.
    pub async fn insert_invitation(
        &mut self,
        wave: &WaveId,
        person: &PersonId,
        form: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO pulse_invitations (wave_id, person_id, form, state) VALUES ($1, $2, $3, 'invited') \
             ON CONFLICT DO NOTHING",
            wave,
            person,
            form
        )?;
        Ok(())
    }

    /// A person's invitation: form and state.
    pub async fn find_invitation(
        &mut self,
        wave: &WaveId,
        person: &PersonId,
    ) -> Result<Option<(String, InvitationState)>, StoreError> {
        maybe!(
            self,
            (String, InvitationState),
            "SELECT form, state FROM pulse_invitations WHERE wave_id = $1 AND person_id = $2",
            wave,
            person
        )
    }

    /// The open waves a person was invited to and has not answered.
    pub async fn list_open_waves_for(&mut self, person: &PersonId) -> Result<Vec<WaveRow>, StoreError> {
        all!(
            self,
            WaveRow,
            "SELECT w.* FROM waves w JOIN pulse_invitations i ON i.wave_id = w.id \
             WHERE i.person_id = $1 AND w.state = 'open' ORDER BY \
             CASE WHEN i.state = 'invited' THEN 0 ELSE 1 END, w.id",
            person
        )
    }

    /// Moves an invitation on unless it is answered; false then, so that nobody answers twice. Who said "not this
    /// time" may still change their mind.
    pub async fn mark_invitation(
        &mut self,
        wave: &WaveId,
        person: &PersonId,
        state: InvitationState,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE pulse_invitations SET state = $3 WHERE wave_id = $1 AND person_id = $2 \
             AND state <> 'answered'",
            wave,
            person,
            state
        )?;
        Ok(touched == 1)
    }

    /// How many were invited and how many answered, for each form.
    pub async fn list_response(&mut self, wave: &WaveId) -> Result<Vec<(String, i64, i64)>, StoreError> {
        all!(
            self,
            (String, i64, i64),
            "SELECT form, count(*), count(*) FILTER (WHERE state = 'answered') FROM pulse_invitations \
             WHERE wave_id = $1 GROUP BY form ORDER BY form",
            wave
        )
    }

    /// Keeps answers, each under its random key.
    pub async fn insert_answers(
        &mut self,
        wave: &WaveId,
        answers: &[AnswerRecord],
    ) -> Result<(), StoreError> {
        let rows = serde_json::to_string(answers).expect("rows hold nothing that JSON cannot say");
        let sql = ANSWERS.on(self.engine());
        run!(self, sql, wave, rows)?;
        Ok(())
    }

    /// A wave's answers in the order of their random keys.
    pub async fn list_answers(&mut self, wave: &WaveId) -> Result<Vec<AnswerRecord>, StoreError> {
        all!(
            self,
            AnswerRecord,
            "SELECT id, form, item, score, body FROM pulse_answers WHERE wave_id = $1 ORDER BY id",
            wave
        )
    }

    /// Forgets the single answers of waves that closed before the instant; their tables stay.
    pub async fn delete_answers_before(&mut self, at: Instant) -> Result<u64, StoreError> {
        run!(
            self,
            "DELETE FROM pulse_answers WHERE wave_id IN \
             (SELECT id FROM waves WHERE state = 'closed' AND closes_at < $1)",
            at
        )
    }

    /// Takes all answers of a wave out, so that they can be written anew in the order of their random keys.
    pub async fn delete_answers(&mut self, wave: &WaveId) -> Result<(), StoreError> {
        run!(self, "DELETE FROM pulse_answers WHERE wave_id = $1", wave)?;
        Ok(())
    }
}
