//! Coaches whose credential runs out, looked at once a day (row D2): they are told a month ahead; when it has ended, the
//! label goes, and both they and staff hear of it.
//!
//! Invariant: nobody loses a place in a group over it, and nobody becomes by it what they were not: a mentor stays a
//! mentor, and so does who leads a group.

use super::Core;
use super::formation::groups_held;
use super::owe::{Debt, To};
use super::views::credentials::{self as view, Stays};
use super::views::staff::Notice;
use crate::domain::civil::Instant;
use crate::domain::credentials::{carries_label, ends_soon};
use crate::domain::ids::PersonId;
use crate::domain::words::{NudgeKind, Role};
use crate::store::credentials::Credential;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

impl Core {
    /// Looks at the coaches of every open program.
    pub(super) async fn recheck_coaches(&self, now: Instant) -> Result<(), StoreError> {
        let mut tx = self.store.read().await?;
        let mut found = Vec::new();
        for program in tx.list_open_programs().await? {
            let roles = tx.list_roles_in(&program.id).await?.into_iter();
            let coaches: Vec<PersonId> =
                roles.filter(|r| r.role == Role::Coach).map(|r| r.person_id).collect();
            if !coaches.is_empty() {
                found.push((tx.list_credentials_in(&program.id).await?, coaches, program));
            }
        }
        drop(tx);
        for (credentials, coaches, program) in found {
            let mut tx = self.store.begin().await?;
            for coach in coaches {
                self.recheck_coach(&mut tx, &program, &credentials, &coach, now).await?;
            }
            tx.commit().await?;
            self.wake_up();
        }
        Ok(())
    }

    async fn recheck_coach(
        &self,
        tx: &mut Tx,
        program: &Program,
        credentials: &[Credential],
        coach: &PersonId,
        now: Instant,
    ) -> Result<(), StoreError> {
        let today = program.zone.date(now);
        let carries =
            |c: &&Credential| c.person_id == *coach && carries_label(c.state, c.hours, &c.expires_on, today);
        let Some(longest) = credentials.iter().filter(carries).max_by_key(|c| &c.expires_on) else {
            return self.take_label(tx, program, coach, now).await;
        };
        if ends_soon(&longest.expires_on, today) {
            let news = view::ends_soon(program, longest);
            self.tell_person(tx, program, coach, (&longest.id, "ends soon"), &news, now).await?;
        }
        Ok(())
    }

    async fn take_label(
        &self,
        tx: &mut Tx,
        program: &Program,
        coach: &PersonId,
        now: Instant,
    ) -> Result<(), StoreError> {
        if !tx.delete_role(&program.id, coach, Role::Coach).await? {
            return Ok(());
        }
        let roles = tx.list_roles_of(coach).await?;
        let is = |role: Role| roles.iter().any(|row| row.program_id == program.id && row.role == role);
        let leads = !groups_held(tx, &program.id, coach, &[Role::Mentor]).await?.is_empty();
        if leads {
            tx.insert_role(&program.id, coach, Role::Mentor, &program.owner_id, now).await?;
        }
        let stays = if leads {
            Stays::Leading
        } else if is(Role::Mentor) {
            Stays::Mentor
        } else if is(Role::Participant) {
            Stays::Participant
        } else {
            Stays::Nothing
        };
        let slot = format!("lapsed {}", program.zone.date(now));
        let name = tx.get_person(coach).await?.name;
        let (kind, note) = (NudgeKind::StaffNotice, view::lapsed(&name, stays).to_note());
        self.tell_staff(tx, &program.id, kind, coach.as_str(), &slot, &note).await?;
        let news = view::lapsed_news(program, stays);
        self.tell_person(tx, program, coach, (coach.as_str(), &slot), &news, now).await
    }

    /// Owes a person news of something of theirs, once for a subject and slot.
    pub(super) async fn tell_person(
        &self,
        tx: &mut Tx,
        program: &Program,
        person: &PersonId,
        (subject, slot): (&str, &str),
        news: &Notice,
        now: Instant,
    ) -> Result<(), StoreError> {
        let debt = Debt {
            kind: NudgeKind::PersonNotice,
            program: Some(&program.id),
            subject,
            to: To::Person(person.clone()),
            slot,
            note: &news.to_note(),
            due: now,
            not_after: now.plus_days(30),
        };
        self.owe(tx, debt).await.map(drop)
    }
}
