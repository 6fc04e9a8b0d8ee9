//! First contact: a workspace, an account and a person become known. A person is one human being, whichever
//! workspace they write from; an account is tied to somebody known only where nobody else can be meant.

use std::collections::BTreeSet;

use super::Core;
use super::request::{Actor, Request};
use super::views::staff;
use crate::domain::civil::{Instant, Zone};
use crate::domain::ids::{AccountId, PersonId, WorkspaceId};
use crate::domain::text::one_line;
use crate::domain::words::{Need, NudgeKind, Presence, ProgramState};
use crate::store::audit::Act;
use crate::store::people::{Account, Person};
use crate::store::programs::Program;
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

impl Core {
    /// The workspace of a request. One that was gone is there again, for somebody writes from it.
    pub(super) async fn known_workspace(
        &self,
        tx: &mut Tx,
        request: &Request,
        now: Instant,
    ) -> Result<Workspace, StoreError> {
        if let Some(mut workspace) = tx.find_workspace(&request.platform, &request.workspace).await? {
            if workspace.state == Presence::Gone {
                self.workspace_back(tx, &workspace, now).await?;
                workspace.state = Presence::Active;
            }
            return Ok(workspace);
        }
        let workspace =
            new_workspace(self.next_id(), &request.platform, &request.workspace, &request.workspace, now);
        tx.insert_workspace(&workspace).await?;
        Ok(workspace)
    }

    /// The person behind an account, known or new.
    pub(super) async fn known_person(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        actor: &Actor,
        now: Instant,
    ) -> Result<(Account, Person), StoreError> {
        if let Some(mut account) = tx.find_account(&workspace.id, &actor.external_id).await? {
            if account.state == Presence::Gone {
                self.account_back(tx, workspace, &account, now).await?;
                account.state = Presence::Active;
            }
            let email = address(actor);
            if email.is_some() && email != account.email {
                account.email = email;
                tx.mark_account(&account).await?;
            }
            let person = tx.get_person(&account.person_id).await?;
            return Ok((account, person));
        }
        let moved = self.same_person(tx, workspace, actor).await?;
        let person = if let Some((person, _)) = &moved {
            person.clone()
        } else {
            let person = new_person(PersonId::new(self.next_id()), actor, now);
            tx.insert_person(&person).await?;
            person
        };
        let account = Account {
            id: AccountId::new(self.next_id()),
            person_id: person.id.clone(),
            workspace_id: workspace.id.clone(),
            external_id: actor.external_id.clone(),
            handle: actor.handle.clone(),
            admin: i64::from(actor.admin),
            state: Presence::Active,
            dm_room: None,
            created_at: now,
            email: address(actor),
            name: Some(called(actor)),
        };
        tx.insert_account(&account).await?;
        match moved {
            Some((person, programs)) => {
                let person = self.move_in(tx, workspace, &account, person, &programs, actor, now).await?;
                Ok((account, person))
            }
            None => Ok((account, person)),
        }
    }

    /// Somebody known who now writes from another workspace: the same e-mail address, every account of theirs gone,
    /// and a programme that spans both workspaces. Where two people would fit, it is neither.
    async fn same_person(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        actor: &Actor,
    ) -> Result<Option<(Person, Vec<Program>)>, StoreError> {
        let Some(email) = address(actor) else { return Ok(None) };
        let named = tx.list_accounts_with_email(&email).await?;
        let people: BTreeSet<&PersonId> = named.iter().map(|account| &account.person_id).collect();
        let [person] = people.into_iter().collect::<Vec<_>>()[..] else { return Ok(None) };
        let here = tx.list_programs_in(&workspace.id).await?;
        let mut shared: Vec<Program> = Vec::new();
        for account in tx.list_accounts_of(person).await? {
            let from = tx.get_workspace(&account.workspace_id).await?;
            if account.state == Presence::Active && from.state == Presence::Active {
                return Ok(None);
            }
            if from.id == workspace.id {
                continue;
            }
            let there = tx.list_programs_in(&from.id).await?;
            let both = here.iter().filter(|p| there.iter().any(|other| other.id == p.id));
            shared.extend(both.filter(|p| p.state != ProgramState::Closed).cloned());
        }
        shared.sort_by(|a, b| a.id.cmp(&b.id));
        shared.dedup_by(|a, b| a.id == b.id);
        if shared.is_empty() {
            return Ok(None);
        }
        Ok(Some((tx.get_person(person).await?, shared)))
    }

    /// Ties the new account: it is remembered, staff hear of it, and the person gets into the rooms here.
    #[allow(clippy::too_many_arguments)] // Who moved where, with what; a struct would only rename it.
    async fn move_in(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        account: &Account,
        mut person: Person,
        programs: &[Program],
        actor: &Actor,
        now: Instant,
    ) -> Result<Person, StoreError> {
        if person.zone_chosen == 0
            && let Some(zone) = zone(actor)
        {
            person.zone = zone;
            person.updated_at = now;
            tx.mark_person(&person).await?;
        }
        for program in programs {
            let act = Act {
                id: self.next_id(),
                at: now,
                actor_id: person.id.clone(),
                program_id: Some(program.id.clone()),
                act: "account tied".to_owned(),
                subject: account.id.to_string(),
                reason: format!(
                    "the same e-mail address, and no other account is left; now in {}",
                    workspace.name
                ),
            };
            tx.insert_act(&act).await?;
            let note = staff::moved_workspace(&person.name, &workspace.name).to_note();
            let slot = format!("tied {}", account.id);
            self.tell_staff(tx, &program.id, NudgeKind::StaffNotice, account.id.as_str(), &slot, &note)
                .await?;
        }
        for group in tx.list_groups_with(&person.id).await? {
            let Some(program) = programs.iter().find(|program| program.id == group.program_id) else {
                continue;
            };
            self.house(tx, program, &group, &workspace.id, now).await?;
        }
        Ok(person)
    }
}

/// A workspace that is seen for the first time.
pub(super) fn new_workspace(
    id: String,
    platform: &str,
    external_id: &str,
    name: &str,
    now: Instant,
) -> Workspace {
    Workspace {
        id: WorkspaceId::new(id),
        platform: platform.to_owned(),
        external_id: external_id.to_owned(),
        name: name.to_owned(),
        state: Presence::Active,
        created_at: now,
    }
}

/// The name that the platform says.
pub(super) fn name(actor: &Actor) -> String {
    one_line(&actor.name).trim().chars().take(80).collect()
}

/// The short name that the platform says.
pub(super) fn handle(actor: &Actor) -> String {
    one_line(&actor.handle).trim().chars().take(80).collect()
}

/// What somebody new is called: their name, or the short one where nothing of it can be seen.
fn called(actor: &Actor) -> String {
    Some(name(actor)).filter(|name| !name.is_empty()).unwrap_or_else(|| handle(actor))
}

/// The e-mail address in the form in which addresses are compared.
pub(super) fn address(actor: &Actor) -> Option<String> {
    let email = one_line(actor.email.as_deref()?).trim().to_lowercase();
    (email.contains('@') && email.len() <= 254).then_some(email)
}

/// The zone that the platform says, where there is such a zone.
pub(super) fn zone(actor: &Actor) -> Option<Zone> {
    actor.zone.as_deref().and_then(|zone| Zone::parse(zone).ok())
}

fn new_person(id: PersonId, actor: &Actor, now: Instant) -> Person {
    Person {
        id,
        name: called(actor),
        organisation: one_line(actor.organisation.as_deref().unwrap_or_default()).chars().take(80).collect(),
        unit: String::new(),
        industry: String::new(),
        level: 0,
        need: Need::Mentor,
        interests: String::new(),
        needs: String::new(),
        offers: String::new(),
        languages: "en".to_owned(),
        zone: zone(actor).unwrap_or_else(Zone::utc),
        zone_chosen: 0,
        availability: "mon-fri 9:00-17:00".to_owned(),
        capacity: 0,
        answer_hours: 0,
        manager_id: None,
        send_from: "10:00".to_owned(),
        send_to: "16:00".to_owned(),
        workdays: "1111100".to_owned(),
        quiet_from: None,
        quiet_to: None,
        snooze_until: None,
        muted: String::new(),
        profile_at: None,
        created_at: now,
        updated_at: now,
        office_years: 0,
        in_office: 0,
        new_to: String::new(),
        findable: 0,
    }
}
