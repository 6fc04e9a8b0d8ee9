//! Groups and members.

use super::people::Person;
use super::tx::{all, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, PersonId, ProgramId};
use crate::domain::words::{GroupState, Lead, Role};

/// A group.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Group {
    /// Id.
    pub id: GroupId,
    /// Of which program.
    pub program_id: ProgramId,
    /// Number within the program, from 1.
    pub number: i64,
    /// Name to show.
    pub name: String,
    /// Where it stands.
    pub state: GroupState,
    /// Who leads its meetups.
    pub lead: Lead,
    /// `mentor`, `coach`, `peer` or `reverse`.
    pub mode: String,
    /// Its rhythm in stored form; empty before it has one.
    pub cadence: String,
    /// Since when it exists.
    pub created_at: Instant,
    /// When it ended.
    pub closed_at: Option<Instant>,
    /// What it has set out to do together, in its own words; empty before it says so.
    pub purpose: String,
}

/// A member of a group.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Member {
    /// Which group.
    pub group_id: GroupId,
    /// Who.
    pub person_id: PersonId,
    /// As what.
    pub role: Role,
    /// Since when.
    pub joined_at: Instant,
    /// Until when.
    pub left_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct MemberPerson {
    #[sqlx(flatten)]
    member: Member,
    #[sqlx(flatten)]
    person: Person,
}

impl Tx {
    /// Adds a group.
    pub async fn insert_group(&mut self, g: &Group) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO groups (id, program_id, number, name, state, lead, mode, cadence, created_at, closed_at, \
             purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &g.id,
            &g.program_id,
            g.number,
            &g.name,
            g.state,
            g.lead,
            &g.mode,
            &g.cadence,
            g.created_at,
            g.closed_at,
            &g.purpose
        )?;
        Ok(())
    }

    /// Writes everything about a group that can change.
    pub async fn mark_group(&mut self, g: &Group) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE groups SET name = $2, state = $3, lead = $4, mode = $5, cadence = $6, closed_at = $7, \
             purpose = $8 WHERE id = $1",
            &g.id,
            &g.name,
            g.state,
            g.lead,
            &g.mode,
            &g.cadence,
            g.closed_at,
            &g.purpose
        )?;
        Ok(())
    }

    /// The group with this id.
    pub async fn get_group(&mut self, id: &GroupId) -> Result<Group, StoreError> {
        one!(self, Group, "SELECT * FROM groups WHERE id = $1", id)
    }

    /// The group with this id, if there is one.
    pub async fn find_group(&mut self, id: &GroupId) -> Result<Option<Group>, StoreError> {
        maybe!(self, Group, "SELECT * FROM groups WHERE id = $1", id)
    }

    /// A program's groups, by number.
    pub async fn list_groups_of(&mut self, program: &ProgramId) -> Result<Vec<Group>, StoreError> {
        all!(self, Group, "SELECT * FROM groups WHERE program_id = $1 ORDER BY number", program)
    }

    /// A program's groups that have not ended, by number.
    pub async fn list_open_groups_of(&mut self, program: &ProgramId) -> Result<Vec<Group>, StoreError> {
        all!(
            self,
            Group,
            "SELECT * FROM groups WHERE program_id = $1 AND state = 'open' ORDER BY number",
            program
        )
    }

    /// The open groups a person is in, oldest first.
    pub async fn list_groups_with(&mut self, person: &PersonId) -> Result<Vec<Group>, StoreError> {
        all!(
            self,
            Group,
            "SELECT g.* FROM groups g JOIN members m ON m.group_id = g.id \
             WHERE m.person_id = $1 AND m.left_at IS NULL AND g.state = 'open' ORDER BY g.id",
            person
        )
    }

    /// In how many open groups a person is, and in how many of them they may lead.
    pub async fn count_groups(&mut self, person: &PersonId) -> Result<(i64, i64), StoreError> {
        one!(
            self,
            (i64, i64),
            "SELECT count(*), count(*) FILTER (WHERE m.role = 'mentor' OR g.lead = 'rotating') FROM members m \
             JOIN groups g ON g.id = m.group_id \
             WHERE m.person_id = $1 AND m.left_at IS NULL AND g.state = 'open'",
            person
        )
    }

    /// Adds a member, or takes back one who left.
    pub async fn insert_member(&mut self, m: &Member) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO members (group_id, person_id, role, joined_at, left_at) VALUES ($1, $2, $3, $4, NULL) \
             ON CONFLICT (group_id, person_id) DO UPDATE SET role = excluded.role, \
             joined_at = excluded.joined_at, left_at = NULL",
            &m.group_id,
            &m.person_id,
            m.role,
            m.joined_at
        )?;
        Ok(())
    }

    /// When somebody with this role last left a group; none when nobody did.
    pub async fn find_last_leave(
        &mut self,
        group: &GroupId,
        role: Role,
    ) -> Result<Option<Instant>, StoreError> {
        let last: Option<(Option<Instant>,)> = maybe!(
            self,
            (Option<Instant>,),
            "SELECT max(left_at) FROM members WHERE group_id = $1 AND role = $2",
            group,
            role
        )?;
        Ok(last.and_then(|(at,)| at))
    }

    /// Notes that a member left; false when the person was not in the group.
    pub async fn mark_member_left(
        &mut self,
        group: &GroupId,
        person: &PersonId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE members SET left_at = $3 WHERE group_id = $1 AND person_id = $2 AND left_at IS NULL",
            group,
            person,
            at
        )?;
        Ok(touched == 1)
    }

    /// A group's present members: mentors first, then by id.
    pub async fn list_members(&mut self, group: &GroupId) -> Result<Vec<Member>, StoreError> {
        all!(
            self,
            Member,
            "SELECT * FROM members WHERE group_id = $1 AND left_at IS NULL \
             ORDER BY CASE WHEN role = 'mentor' THEN 0 ELSE 1 END, person_id",
            group
        )
    }

    /// A group's present members with who they are: mentors first, then by id.
    pub async fn list_members_with_persons(
        &mut self,
        group: &GroupId,
    ) -> Result<Vec<(Member, Person)>, StoreError> {
        let rows = all!(
            self,
            MemberPerson,
            "SELECT m.*, p.* FROM members m JOIN persons p ON p.id = m.person_id \
             WHERE m.group_id = $1 AND m.left_at IS NULL \
             ORDER BY CASE WHEN m.role = 'mentor' THEN 0 ELSE 1 END, m.person_id",
            group
        )?;
        Ok(rows.into_iter().map(|row| (row.member, row.person)).collect())
    }

    /// Present members of all open groups of a program.
    pub async fn list_members_in(&mut self, program: &ProgramId) -> Result<Vec<Member>, StoreError> {
        all!(
            self,
            Member,
            "SELECT m.* FROM members m JOIN groups g ON g.id = m.group_id \
             WHERE g.program_id = $1 AND g.state = 'open' AND m.left_at IS NULL \
             ORDER BY m.group_id, CASE WHEN m.role = 'mentor' THEN 0 ELSE 1 END, m.person_id",
            program
        )
    }

    /// Pairs of people who have been in one group before, each pair once.
    pub async fn list_met(&mut self, program: &ProgramId) -> Result<Vec<(PersonId, PersonId)>, StoreError> {
        all!(
            self,
            (PersonId, PersonId),
            "SELECT DISTINCT a.person_id, b.person_id FROM members a \
             JOIN members b ON b.group_id = a.group_id AND a.person_id < b.person_id \
             WHERE a.person_id IN (SELECT person_id FROM roles WHERE program_id = $1) \
             AND b.person_id IN (SELECT person_id FROM roles WHERE program_id = $1) ORDER BY 1, 2",
            program
        )
    }

    /// How many open groups each person mentors, over all programs.
    pub async fn list_mentor_loads(&mut self) -> Result<Vec<(PersonId, i64)>, StoreError> {
        all!(
            self,
            (PersonId, i64),
            "SELECT m.person_id, count(*) FROM members m JOIN groups g ON g.id = m.group_id \
             WHERE m.role = 'mentor' AND m.left_at IS NULL AND g.state = 'open' GROUP BY m.person_id"
        )
    }
}
