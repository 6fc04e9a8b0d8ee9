//! What was read for one batch of nudges, so that a group of eight costs one look at its program and not eight.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::core::views;
use crate::domain::civil::Instant;
use crate::domain::ids::{MeetupId, PersonId, ProgramId, WorkspaceId};
use crate::store::nudges::{Nudge, Sent};
use crate::store::people::{Person, Reach};
use crate::store::programs::Program;
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

/// What a person got lately.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received {
    /// Messages of 24 hours.
    pub(super) day: i64,
    /// Of 7 days.
    pub(super) week: i64,
    /// Of 30 days.
    pub(super) month: i64,
    /// Until when a request about something else is open.
    pub(super) open_until: Option<Instant>,
}

type Recipients = BTreeMap<PersonId, Arc<(Person, Reach)>>;

/// What was read for one batch.
#[derive(Default)]
pub(super) struct View {
    programs: BTreeMap<ProgramId, Arc<Program>>,
    workspaces: BTreeMap<WorkspaceId, Workspace>,
    meetups: BTreeMap<MeetupId, views::Facts>,
    /// Who is to be written to, and where, by the program that writes.
    recipients: BTreeMap<Option<ProgramId>, Recipients>,
    /// What was sent to them before this batch.
    sent: BTreeMap<PersonId, Sent>,
    /// How much this batch sends to a person, and until when a request of it is open.
    batch: BTreeMap<PersonId, (i64, Option<Instant>)>,
}

impl View {
    /// Reads at once what most of these will need.
    pub(super) async fn of(tx: &mut Tx, nudges: &[Nudge], now: Instant) -> Result<Self, StoreError> {
        let mut wanted: BTreeMap<Option<ProgramId>, BTreeSet<&PersonId>> = BTreeMap::new();
        for nudge in nudges.iter().filter(|nudge| nudge.room_id.is_none() && !nudge.kind.is_internal()) {
            if let Some(person) = &nudge.person_id {
                wanted.entry(nudge.program_id.clone()).or_default().insert(person);
            }
        }
        let mut view = Self::default();
        let everybody: BTreeSet<&PersonId> = wanted.values().flatten().copied().collect();
        if everybody.is_empty() {
            return Ok(view);
        }
        view.sent = tx.list_sent(&everybody.into_iter().collect::<Vec<_>>(), now).await?;
        for (program, people) in wanted {
            let people: Vec<&PersonId> = people.into_iter().collect();
            let found = tx.list_recipients(&people, program.as_ref()).await?;
            let found =
                found.into_iter().map(|(person, reach)| (person.id.clone(), Arc::new((person, reach))));
            view.recipients.insert(program, found.collect());
        }
        Ok(view)
    }

    /// What is about to be sent counts at once, so that one batch cannot exceed a limit.
    pub(super) fn count_sent(&mut self, nudge: &Nudge, open_until: Option<Instant>) {
        if let Some(person) = &nudge.person_id {
            let mine = self.batch.entry(person.clone()).or_default();
            mine.0 += 1;
            mine.1 = mine.1.max(open_until);
        }
    }

    /// Who a nudge is for and where to reach them.
    pub(super) fn recipient(&self, nudge: &Nudge) -> Option<Arc<(Person, Reach)>> {
        self.recipients.get(&nudge.program_id)?.get(nudge.person_id.as_ref()?).cloned()
    }

    /// What a person got lately, this batch included; `subject` is what the next message is about.
    pub(super) fn received(&self, person: &PersonId, subject: &str) -> Received {
        let none = Sent::default();
        let sent = self.sent.get(person).unwrap_or(&none);
        let (more, open) = self.batch.get(person).copied().unwrap_or_default();
        let others = sent.open.iter().filter(|(about, _)| about != subject).map(|(_, until)| *until);
        Received {
            day: sent.day + more,
            week: sent.week + more,
            month: sent.month + more,
            open_until: others.max().max(open),
        }
    }

    pub(super) async fn workspace(
        &mut self,
        tx: &mut Tx,
        id: &WorkspaceId,
    ) -> Result<&Workspace, StoreError> {
        if !self.workspaces.contains_key(id) {
            self.workspaces.insert(id.clone(), tx.get_workspace(id).await?);
        }
        Ok(&self.workspaces[id])
    }

    pub(super) async fn program(&mut self, tx: &mut Tx, id: &ProgramId) -> Result<Arc<Program>, StoreError> {
        if !self.programs.contains_key(id) {
            self.programs.insert(id.clone(), Arc::new(tx.get_program(id).await?));
        }
        Ok(self.programs[id].clone())
    }

    pub(super) async fn meetup(&mut self, tx: &mut Tx, id: &MeetupId) -> Result<&views::Facts, StoreError> {
        if !self.meetups.contains_key(id) {
            self.meetups.insert(id.clone(), views::Facts::read(tx, id).await?);
        }
        Ok(&self.meetups[id])
    }
}
