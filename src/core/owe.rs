//! Writing down what the bot owes. Always in the transaction of the state that causes it.

use super::Core;
use crate::domain::civil::Instant;
use crate::domain::ids::{NudgeId, PersonId, ProgramId, RoomId};
use crate::domain::nudges::key;
use crate::domain::words::{NudgeKind, NudgeState, Role};
use crate::store::nudges::Nudge;
use crate::store::{StoreError, Tx};

/// To whom something is owed.
#[derive(Debug, Clone)]
pub(super) enum To {
    Person(PersonId),
    Room(RoomId),
    /// The core does it itself.
    Nobody,
}

/// Something to owe.
#[derive(Debug, Clone)]
pub(super) struct Debt<'a> {
    pub(super) kind: NudgeKind,
    pub(super) program: Option<&'a ProgramId>,
    pub(super) subject: &'a str,
    pub(super) to: To,
    /// The stable part of its identity.
    pub(super) slot: &'a str,
    /// A short argument of its kind.
    pub(super) note: &'a str,
    pub(super) due: Instant,
    pub(super) not_after: Instant,
}

/// What is owed later is owed on the minute: what falls into one minute is sent in one batch.
fn whole_minute(at: Instant) -> Instant {
    Instant::from_secs((at.as_secs() + 59).div_euclid(60) * 60)
}

impl Core {
    /// Owes something once; false when it was owed already.
    pub(super) async fn owe(&self, tx: &mut Tx, debt: Debt<'_>) -> Result<bool, StoreError> {
        Ok(self.owe_all(tx, [debt]).await? == 1)
    }

    /// Owes several things, each once, and says how many are new.
    pub(super) async fn owe_all<'d>(
        &self,
        tx: &mut Tx,
        debts: impl IntoIterator<Item = Debt<'d>>,
    ) -> Result<u64, StoreError> {
        let now = self.now();
        let nudges: Vec<Nudge> = debts.into_iter().map(|debt| self.nudge(&debt, now)).collect();
        tx.insert_nudges(&nudges, now).await
    }

    fn nudge(&self, debt: &Debt<'_>, now: Instant) -> Nudge {
        let (person_id, room_id, recipient) = match &debt.to {
            To::Person(id) => (Some(id.clone()), None, id.as_str()),
            To::Room(id) => (None, Some(id.clone()), id.as_str()),
            To::Nobody => (None, None, ""),
        };
        Nudge {
            id: NudgeId::new(self.next_id()),
            key: key(debt.kind, debt.subject, recipient, debt.slot),
            kind: debt.kind,
            program_id: debt.program.cloned(),
            subject: debt.subject.to_owned(),
            person_id,
            room_id,
            slot: debt.slot.to_owned(),
            note: debt.note.to_owned(),
            due_at: if debt.due > now { whole_minute(debt.due) } else { debt.due },
            not_after: debt.not_after,
            state: NudgeState::Ready,
            attempt: 0,
            tries: 0,
            lease_until: None,
            intent_at: None,
            place: None,
            remote_id: None,
            reason: None,
            open_until: None,
            done_at: None,
            created_at: now,
        }
    }

    /// Owes the same words to all staff of a program.
    pub(super) async fn tell_staff(
        &self,
        tx: &mut Tx,
        program: &ProgramId,
        kind: NudgeKind,
        subject: &str,
        slot: &str,
        note: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        for row in tx.list_roles_in(program).await?.into_iter().filter(|row| row.role == Role::Staff) {
            let debt = Debt {
                kind,
                program: Some(program),
                subject,
                to: To::Person(row.person_id),
                slot,
                note,
                due: now,
                not_after: now.plus_days(14),
            };
            self.owe(tx, debt).await?;
        }
        Ok(())
    }
}
