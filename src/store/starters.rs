//! Starter offers, what was heard by whom, and bans. Only a starter that was used counts as heard.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, MeetupId, PersonId};
use crate::domain::words::OfferState;

/// Three choices for a meetup, and what became of them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OfferRow {
    /// For which meetup.
    pub meetup_id: MeetupId,
    /// Of which group.
    pub group_id: GroupId,
    /// The choices with their reasons, as JSON.
    pub choices: String,
    /// Where it stands.
    pub state: OfferState,
    /// The starter that was picked.
    pub picked: Option<String>,
    /// The mentor's own question.
    pub own_text: Option<String>,
    /// Who decided; none when silence did.
    pub decided_by: Option<PersonId>,
    /// When it was made.
    pub offered_at: Instant,
    /// When it was decided.
    pub decided_at: Option<Instant>,
}

impl Tx {
    /// Keeps an offer; false when the meetup has one already.
    pub async fn insert_offer(&mut self, o: &OfferRow) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO starter_offers (meetup_id, group_id, choices, state, picked, own_text, decided_by, \
             offered_at, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &o.meetup_id,
            &o.group_id,
            &o.choices,
            o.state,
            &o.picked,
            &o.own_text,
            &o.decided_by,
            o.offered_at,
            o.decided_at
        )?;
        Ok(touched == 1)
    }

    /// Writes what became of an offer.
    pub async fn mark_offer(&mut self, o: &OfferRow) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE starter_offers SET choices = $2, state = $3, picked = $4, own_text = $5, decided_by = $6, \
             decided_at = $7 WHERE meetup_id = $1",
            &o.meetup_id,
            &o.choices,
            o.state,
            &o.picked,
            &o.own_text,
            &o.decided_by,
            o.decided_at
        )?;
        Ok(())
    }

    /// The offer for a meetup.
    pub async fn find_offer(&mut self, meetup: &MeetupId) -> Result<Option<OfferRow>, StoreError> {
        maybe!(self, OfferRow, "SELECT * FROM starter_offers WHERE meetup_id = $1", meetup)
    }

    /// A group's offers, oldest first.
    pub async fn list_offers_of(&mut self, group: &GroupId) -> Result<Vec<OfferRow>, StoreError> {
        all!(
            self,
            OfferRow,
            "SELECT * FROM starter_offers WHERE group_id = $1 ORDER BY offered_at, meetup_id",
            group
        )
    }

    /// Notes that a group and its present members heard a starter.
    pub async fn insert_heard(
        &mut self,
        group: &GroupId,
        starter: &str,
        meetup: &MeetupId,
        at: Instant,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO starters_heard (group_id, starter_id, meetup_id, heard_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            group,
            starter,
            meetup,
            at
        )?;
        run!(
            self,
            "INSERT INTO starters_heard_by (person_id, starter_id, heard_at) \
             SELECT person_id, $2, $3 FROM members WHERE group_id = $1 AND left_at IS NULL \
             ON CONFLICT (person_id, starter_id) DO UPDATE SET heard_at = excluded.heard_at",
            group,
            starter,
            at
        )?;
        Ok(())
    }

    /// Starters a group has heard.
    pub async fn list_heard(&mut self, group: &GroupId) -> Result<Vec<(String, Instant)>, StoreError> {
        all!(
            self,
            (String, Instant),
            "SELECT starter_id, heard_at FROM starters_heard WHERE group_id = $1 ORDER BY heard_at, starter_id",
            group
        )
    }

    /// How many present members of a group heard each starter since the instant, in any group.
    pub async fn list_heard_by_members(
        &mut self,
        group: &GroupId,
        since: Instant,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        all!(
            self,
            (String, i64),
            "SELECT h.starter_id, count(*) FROM starters_heard_by h JOIN members m ON m.person_id = h.person_id \
             WHERE m.group_id = $1 AND m.left_at IS NULL AND h.heard_at >= $2 GROUP BY h.starter_id \
             ORDER BY h.starter_id",
            group,
            since
        )
    }

    /// Never offers a starter to a group again.
    pub async fn insert_ban(
        &mut self,
        group: &GroupId,
        starter: &str,
        by: &PersonId,
        at: Instant,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO starter_bans (group_id, starter_id, banned_by, banned_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            group,
            starter,
            by,
            at
        )?;
        Ok(())
    }

    /// Starters a group never wants to see.
    pub async fn list_bans(&mut self, group: &GroupId) -> Result<Vec<String>, StoreError> {
        let rows = all!(
            self,
            (String,),
            "SELECT starter_id FROM starter_bans WHERE group_id = $1 ORDER BY starter_id",
            group
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}
