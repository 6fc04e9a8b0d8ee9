//! What a handler works with: one transaction, one moment, one person. Choosing the program, group or meetup that a
//! command is about, and checking that the person may, happens here and nowhere else.

use std::collections::BTreeMap;

use super::Core;
use super::access::Standing;
use super::request::Failure;
use super::views::refusals;
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, MeetupId, PersonId};
use crate::domain::settings::Settings;
use crate::domain::words::{ProgramState, Role};
use crate::store::audit::Act;
use crate::store::groups::Group;
use crate::store::meetups::Meetup;
use crate::store::people::Person;
use crate::store::programs::Program;
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

/// A command being carried out.
pub(super) struct Ctx<'a> {
    pub(super) core: &'a Core,
    pub(super) tx: Tx,
    pub(super) now: Instant,
    pub(super) workspace: Workspace,
    pub(super) me: Person,
    pub(super) standing: Standing,
    pub(super) room: Option<String>,
    /// The values of a form as filed, for forms whose fields are not arguments.
    pub(super) answers: BTreeMap<String, String>,
}

impl Ctx<'_> {
    /// The program named, or the only one that `fits` the person.
    async fn choose_program(
        &mut self,
        named: Option<&str>,
        fits: impl Fn(&Program, &Standing) -> bool,
        nobody: fn() -> crate::chat::Message,
    ) -> Result<Program, Failure> {
        let all = self.tx.list_programs_in(&self.workspace.id).await?;
        if let Some(name) = named {
            let lower = name.to_lowercase();
            let Some(program) = all.iter().find(|p| p.slug == lower || p.name.to_lowercase() == lower) else {
                return Err(refusals::no_such_program(name, &all).into());
            };
            return if fits(program, &self.standing) { Ok(program.clone()) } else { Err(nobody().into()) };
        }
        let mut mine: Vec<Program> = all.into_iter().filter(|p| fits(p, &self.standing)).collect();
        if mine.len() > 1 {
            let alive = mine.iter().filter(|p| p.state != ProgramState::Closed).count();
            if alive == 1 {
                mine.retain(|p| p.state != ProgramState::Closed);
            }
        }
        match mine.as_slice() {
            [] => Err(nobody().into()),
            [program] => Ok(program.clone()),
            _ => Err(refusals::which_program(&mine).into()),
        }
    }

    /// A program that the person sees: any that is open here, or any they have a role in.
    pub(super) async fn program(&mut self, named: Option<&str>) -> Result<Program, Failure> {
        let fits = |program: &Program, standing: &Standing| {
            program.state != ProgramState::Draft
                || standing.admin
                || standing.roles.iter().any(|row| row.program_id == program.id)
        };
        self.choose_program(named, fits, refusals::no_program).await
    }

    /// A program in which the person holds one of these roles.
    pub(super) async fn program_as(
        &mut self,
        named: Option<&str>,
        roles: &'static [Role],
    ) -> Result<Program, Failure> {
        let fits = |program: &Program, standing: &Standing| {
            roles.iter().any(|role| standing.is_in(&program.id, *role))
        };
        let nobody: fn() -> crate::chat::Message =
            if roles.contains(&Role::Staff) { refusals::staff_only } else { refusals::not_in_program };
        self.choose_program(named, fits, nobody).await
    }

    /// A program that the person runs.
    pub(super) async fn program_as_staff(&mut self, named: Option<&str>) -> Result<Program, Failure> {
        self.program_as(named, &[Role::Staff]).await
    }

    /// The person meant by a name or handle in this workspace.
    pub(super) async fn person(&mut self, words: &str) -> Result<Person, Failure> {
        let words = words.trim().trim_start_matches('@');
        let mut found = self.tx.list_persons_called(&self.workspace.id, words, 6).await?;
        for (name, employer) in names_and_employers(words) {
            if !found.is_empty() {
                break;
            }
            let same = |one: &str, other: &str| one.trim().to_lowercase() == other.to_lowercase();
            found = self.tx.list_persons_called(&self.workspace.id, name, 25).await?;
            found.retain(|p| same(&p.name, name) && same(&p.organisation, employer));
        }
        let exact: Vec<&Person> = found
            .iter()
            .filter(|p| p.name.to_lowercase() == words.to_lowercase() || p.id.as_str() == words)
            .collect();
        match (found.as_slice(), exact.as_slice()) {
            ([], _) if self.runs_programs_of(words).await? => {
                Ok(self.tx.get_person(&PersonId::new(words)).await?)
            }
            ([], _) => Err(refusals::no_such_person(words).into()),
            ([person], _) => Ok(person.clone()),
            (_, [person]) => Ok((*person).clone()),
            _ => Err(self.unclear(words, &found).await?),
        }
    }

    /// Whether these words, in the place of a program, name a person and no program.
    pub(super) async fn names_person_only(&mut self, words: &str) -> Result<bool, Failure> {
        let lower = words.to_lowercase();
        let programs = self.tx.list_programs_in(&self.workspace.id).await?;
        if programs.iter().any(|p| p.slug == lower || p.name.to_lowercase() == lower) {
            return Ok(false);
        }
        let called = words.trim().trim_start_matches('@');
        let found = self.tx.list_persons_called(&self.workspace.id, called, 1).await?;
        Ok(!found.is_empty() || names_and_employers(called).next().is_some())
    }

    /// Several people are called so; what tells them apart is named.
    async fn unclear(&mut self, words: &str, found: &[Person]) -> Result<Failure, StoreError> {
        let mut handles = Vec::new();
        for person in found {
            let account = self.tx.find_account_of(&person.id, &self.workspace.id).await?;
            handles.push(account.map(|account| account.handle).unwrap_or_default());
        }
        Ok(refusals::which_person(words, found, &handles).into())
    }

    /// Whether these words are the id of a person, of any workspace, in a program that this person runs.
    async fn runs_programs_of(&mut self, words: &str) -> Result<bool, Failure> {
        let roles = self.tx.list_roles_of(&PersonId::new(words)).await?;
        Ok(roles.iter().any(|row| self.standing.is_in(&row.program_id, Role::Staff)))
    }

    /// The group of this room, the one named, or the only one the person is in.
    pub(super) async fn my_group(&mut self, named: Option<&str>) -> Result<Group, Failure> {
        let mine = self.tx.list_groups_with(&self.me.id).await?;
        if let Some(name) = named {
            return self.group_named(name, &mine).await;
        }
        if let Some(group) = self.group_of_room().await?
            && (mine.iter().any(|g| g.id == group.id) || self.standing.is_in(&group.program_id, Role::Staff))
        {
            return Ok(group);
        }
        match mine.as_slice() {
            [] if self.standing.is(Role::Staff) => Err(refusals::name_a_group().into()),
            [] => Err(refusals::in_no_group(&self.standing).into()),
            [group] => Ok(group.clone()),
            _ => Err(refusals::which_group(&mine).into()),
        }
    }

    async fn group_of_room(&mut self) -> Result<Option<Group>, Failure> {
        let Some(room) = self.room.clone() else { return Ok(None) };
        let Some(room) = self.tx.find_room(&self.workspace.id, &room).await? else { return Ok(None) };
        let Some(group) = room.group_id else { return Ok(None) };
        Ok(self.tx.find_group(&group).await?)
    }

    async fn group_named(&mut self, name: &str, mine: &[Group]) -> Result<Group, Failure> {
        let lower = name.trim().trim_start_matches('#').to_lowercase();
        let fits = |g: &&Group| {
            g.id.as_str() == lower || g.name.to_lowercase() == lower || g.number.to_string() == lower
        };
        if let Some(group) = mine.iter().find(fits) {
            return Ok(group.clone());
        }
        let staffed: Vec<_> = self
            .standing
            .roles
            .iter()
            .filter(|r| r.role == Role::Staff)
            .map(|r| r.program_id.clone())
            .collect();
        for program in staffed {
            let groups = self.tx.list_groups_of(&program).await?;
            if let Some(group) = groups.iter().find(fits) {
                return Ok(group.clone());
            }
        }
        Err(refusals::no_such_group(name).into())
    }

    /// The meetup named, or the next one of the person's group.
    pub(super) async fn meetup(&mut self, named: Option<&str>) -> Result<(Meetup, Group), Failure> {
        if let Some(id) = named {
            let found = self.tx.find_meetup(&MeetupId::new(id.to_lowercase())).await?;
            let Some(meetup) = found else { return Err(refusals::no_such_meetup().into()) };
            let group = self.reachable_group(&meetup.group_id).await?;
            return Ok((meetup, group));
        }
        let mut best: Option<(Meetup, Group)> = None;
        let groups = match self.my_group(None).await {
            Ok(group) => vec![group],
            Err(_) => self.tx.list_groups_with(&self.me.id).await?,
        };
        if groups.is_empty() {
            return Err(refusals::in_no_group(&self.standing).into());
        }
        for group in groups {
            if let Some(meetup) = self.tx.find_next_meetup(&group.id, self.now).await?
                && best.as_ref().is_none_or(|(other, _)| meetup.starts_at < other.starts_at)
            {
                best = Some((meetup, group));
            }
        }
        best.ok_or_else(|| refusals::no_meetup_planned().into())
    }

    /// A group that the person belongs to or runs.
    pub(super) async fn reachable_group(&mut self, id: &GroupId) -> Result<Group, Failure> {
        let group = self.tx.get_group(id).await?;
        let member = self.tx.list_members(id).await?.iter().any(|m| m.person_id == self.me.id);
        if member || self.standing.is_in(&group.program_id, Role::Staff) {
            Ok(group)
        } else {
            Err(refusals::not_your_group().into())
        }
    }

    /// Refuses unless the person leads this group: its mentor, staff, or the host of the meetup.
    pub(super) async fn must_lead(&mut self, group: &Group, meetup: Option<&Meetup>) -> Result<(), Failure> {
        let hosts = meetup.is_some_and(|m| m.host_id.as_ref() == Some(&self.me.id));
        let mentors = self
            .tx
            .list_members(&group.id)
            .await?
            .iter()
            .any(|m| m.person_id == self.me.id && m.role == Role::Mentor);
        if hosts || mentors || self.standing.is_in(&group.program_id, Role::Staff) {
            Ok(())
        } else {
            Err(refusals::leaders_only().into())
        }
    }

    /// Remembers an act.
    pub(super) async fn log(
        &mut self,
        program: Option<&Program>,
        act: &str,
        subject: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        let row = Act {
            id: self.core.next_id(),
            at: self.now,
            actor_id: self.me.id.clone(),
            program_id: program.map(|p| p.id.clone()),
            act: act.to_owned(),
            subject: subject.to_owned(),
            reason: reason.to_owned(),
        };
        Ok(self.tx.insert_act(&row).await?)
    }
}

/// Brackets that are tried as the beginning of an employer.
const MOST_BRACKETS: usize = 4;

/// "Ada Example (North Bank)" as a name and an employer, in each way in which it can be read: either may hold brackets.
fn names_and_employers(words: &str) -> impl Iterator<Item = (&str, &str)> {
    let inside = words.strip_suffix(')').unwrap_or_default();
    let split = |(at, mark): (usize, &str)| (inside[..at].trim(), inside[at + mark.len()..].trim());
    inside.match_indices(" (").map(split).filter(|(name, _)| !name.is_empty()).take(MOST_BRACKETS)
}

/// The settings of a program. What was stored was checked; what cannot be read falls back to the defaults and is
/// logged by the caller that shows them.
pub(super) fn settings_of(program: &Program) -> Settings {
    Settings::parse(&program.settings).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_an_employer_is_read_in_every_way_it_can_be() {
        let read = |words| names_and_employers(words).collect::<Vec<_>>();
        assert_eq!(read("Ada Example (North Bank)"), [("Ada Example", "North Bank")]);
        assert_eq!(
            read("Ada Example (North Bank (UK))"),
            [("Ada Example", "North Bank (UK)"), ("Ada Example (North Bank", "UK)")]
        );
        assert!(read("Ada Example").is_empty() && read("(North)").is_empty() && read("Ada (").is_empty());
        assert_eq!(read(&format!("Ada{})", " (x".repeat(99))).len(), MOST_BRACKETS);
    }
}
