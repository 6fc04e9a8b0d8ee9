//! The groups of a plan, one row each, so that a change by hand reads and writes the few it touches; and searches for
//! groups that are under way.
//!
//! Invariant: rows of a plan are written in the transaction that raises the plan's version.

use super::dialect::{SHEETS, WEAKEST};
use super::tx::{all, json, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, PlanId, ProgramId};

/// A group of a plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct SheetRow {
    /// Number of the group within the plan.
    pub number: i64,
    /// Its score.
    pub score: i64,
    /// Ids of its people, each with a space before and after it.
    pub members: String,
    /// The group with its reasons as JSON.
    pub body: String,
}

/// A search for groups that is under way.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Search {
    /// For which program.
    pub program_id: ProgramId,
    /// Which search.
    pub id: String,
    /// When it last gave a sign of life.
    pub seen_at: Instant,
    /// 1 when it should end with the best it has found.
    pub stop: i64,
}

/// The ids of people as [`SheetRow::members`] holds them.
pub fn spaced<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    ids.into_iter().fold(String::from(" "), |all, id| all + id + " ")
}

impl Tx {
    /// Puts all groups of a plan in the place of those it had.
    pub async fn insert_sheets(&mut self, plan: &PlanId, sheets: &[SheetRow]) -> Result<(), StoreError> {
        run!(&mut *self, "DELETE FROM plan_sheets WHERE plan_id = $1", plan)?;
        let sql = SHEETS.on(self.engine());
        run!(self, sql, plan, json(sheets))?;
        Ok(())
    }

    /// Writes a group of a plan anew.
    pub async fn mark_sheet(&mut self, plan: &PlanId, sheet: &SheetRow) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE plan_sheets SET score = $3, members = $4, body = $5 WHERE plan_id = $1 AND number = $2",
            plan,
            sheet.number,
            sheet.score,
            &sheet.members,
            &sheet.body
        )?;
        Ok(())
    }

    /// All groups of a plan, by number.
    pub async fn list_sheets(&mut self, plan: &PlanId) -> Result<Vec<SheetRow>, StoreError> {
        all!(
            self,
            SheetRow,
            "SELECT number, score, members, body FROM plan_sheets WHERE plan_id = $1 ORDER BY number",
            plan
        )
    }

    /// The groups of a plan in which a person sits, by number.
    pub async fn list_sheets_with(
        &mut self,
        plan: &PlanId,
        person: &PersonId,
    ) -> Result<Vec<SheetRow>, StoreError> {
        all!(
            self,
            SheetRow,
            "SELECT number, score, members, body FROM plan_sheets \
             WHERE plan_id = $1 AND members LIKE '% ' || $2 || ' %' ORDER BY number",
            plan,
            person
        )
    }

    /// A group of a plan, if there is one with this number.
    pub async fn find_sheet(&mut self, plan: &PlanId, number: i64) -> Result<Option<SheetRow>, StoreError> {
        maybe!(
            self,
            SheetRow,
            "SELECT number, score, members, body FROM plan_sheets WHERE plan_id = $1 AND number = $2",
            plan,
            number
        )
    }

    /// How many groups a plan has beside these, and the weakest score among them.
    pub async fn find_weakest_sheet(
        &mut self,
        plan: &PlanId,
        beside: &[i64],
    ) -> Result<(i64, Option<i64>), StoreError> {
        let sql = WEAKEST.on(self.engine());
        one!(self, (i64, Option<i64>), sql, plan, json(beside))
    }

    /// Notes that a search gave a sign of life; the last one that was begun for a program counts.
    pub async fn insert_search(&mut self, search: &Search) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO searches (program_id, id, seen_at, stop) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (program_id) DO UPDATE SET id = excluded.id, seen_at = excluded.seen_at, \
             stop = excluded.stop",
            &search.program_id,
            &search.id,
            search.seen_at,
            search.stop
        )?;
        Ok(())
    }

    /// The search that is under way for a program, if there is one.
    pub async fn find_search(&mut self, program: &ProgramId) -> Result<Option<Search>, StoreError> {
        maybe!(self, Search, "SELECT * FROM searches WHERE program_id = $1", program)
    }

    /// Notes a sign of life; false when another search has taken its place.
    pub async fn mark_search_seen(&mut self, id: &str, now: Instant) -> Result<bool, StoreError> {
        Ok(run!(self, "UPDATE searches SET seen_at = $2 WHERE id = $1", id, now)? == 1)
    }

    /// Asks the search of a program to end; false when there is none.
    pub async fn mark_search_stopped(&mut self, program: &ProgramId) -> Result<bool, StoreError> {
        Ok(run!(self, "UPDATE searches SET stop = 1 WHERE program_id = $1", program)? == 1)
    }

    /// Forgets a search that has ended.
    pub async fn delete_search(&mut self, id: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM searches WHERE id = $1", id)?;
        Ok(())
    }
}
