//! About a few people, what is otherwise read of a whole programme. Lists of ids go to the engine as JSON.

use super::dialect::{
    ABOVE, LOADS_AMONG, MEMBERS_AMONG, MET_AMONG, PERSONS_AMONG, ROLES_AMONG, WISHES_AMONG,
};
use super::groups::Member;
use super::people::{ManagerRow, Person};
use super::programs::RoleRow;
use super::tx::{all, json};
use super::wishes::Wish;
use super::{StoreError, Tx};
use crate::domain::ids::{PersonId, ProgramId};

impl Tx {
    /// Those of these people who hold a role in a program, by id.
    pub async fn list_persons_among(
        &mut self,
        program: &ProgramId,
        ids: &[String],
    ) -> Result<Vec<Person>, StoreError> {
        let sql = PERSONS_AMONG.on(self.engine());
        all!(self, Person, sql, program, json(ids))
    }

    /// Their roles in a program.
    pub async fn list_roles_among(
        &mut self,
        program: &ProgramId,
        ids: &[String],
    ) -> Result<Vec<RoleRow>, StoreError> {
        let sql = ROLES_AMONG.on(self.engine());
        all!(self, RoleRow, sql, program, json(ids))
    }

    /// Their memberships in the open groups of a program, group by group.
    pub async fn list_members_among(
        &mut self,
        program: &ProgramId,
        ids: &[String],
    ) -> Result<Vec<Member>, StoreError> {
        let sql = MEMBERS_AMONG.on(self.engine());
        all!(self, Member, sql, program, json(ids))
    }

    /// Pairs of these people who have been in one group before, each pair once.
    pub async fn list_met_among(&mut self, ids: &[String]) -> Result<Vec<(PersonId, PersonId)>, StoreError> {
        let sql = MET_AMONG.on(self.engine());
        all!(self, (PersonId, PersonId), sql, json(ids))
    }

    /// How many open groups each of them mentors, over all programs.
    pub async fn list_mentor_loads_among(
        &mut self,
        ids: &[String],
    ) -> Result<Vec<(PersonId, i64)>, StoreError> {
        let sql = LOADS_AMONG.on(self.engine());
        all!(self, (PersonId, i64), sql, json(ids))
    }

    /// Every reporting line from these people upwards: (person, manager).
    pub async fn list_managers_above(&mut self, ids: &[String]) -> Result<Vec<ManagerRow>, StoreError> {
        let sql = ABOVE.on(self.engine());
        all!(self, ManagerRow, sql, json(ids))
    }

    /// The wishes of these people in a program, oldest first.
    pub async fn list_wishes_among(
        &mut self,
        program: &ProgramId,
        ids: &[String],
    ) -> Result<Vec<Wish>, StoreError> {
        let sql = WISHES_AMONG.on(self.engine());
        all!(self, Wish, sql, program, json(ids))
    }
}
