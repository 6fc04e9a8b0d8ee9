//! Persons and their accounts. A person is one human being; an account is that person in one workspace.

use super::dialect::{CALLED, RECIPIENTS};
use super::tx::{all, json, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::{Instant, Zone};
use crate::domain::ids::{AccountId, PersonId, ProgramId, WorkspaceId};
use crate::domain::words::{Need, Presence};

/// A human being. Lists are comma-separated words.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Name to show.
    pub name: String,
    /// Employer.
    pub organisation: String,
    /// Business unit or department.
    pub unit: String,
    /// Industry.
    pub industry: String,
    /// Career level 1 (first post) to 7 (chief executive); 0 unknown.
    pub level: i64,
    /// What helps most.
    pub need: Need,
    /// Interests.
    pub interests: String,
    /// Wants to learn.
    pub needs: String,
    /// Can offer.
    pub offers: String,
    /// Languages, two-letter codes.
    pub languages: String,
    /// Time zone.
    pub zone: Zone,
    /// 1 when the person chose the zone, so that the platform's word does not count any more.
    pub zone_chosen: i64,
    /// Weekly windows in the own zone, in words.
    pub availability: String,
    /// Groups this person may mentor.
    pub capacity: i64,
    /// Promise to answer within this many hours; 0 for none.
    pub answer_hours: i64,
    /// The person who appraises this one.
    pub manager_id: Option<PersonId>,
    /// Sending hours begin, `HH:MM`.
    pub send_from: String,
    /// Sending hours end, `HH:MM`.
    pub send_to: String,
    /// Working days, `1111100` from Monday.
    pub workdays: String,
    /// Quiet hours begin, `HH:MM`.
    pub quiet_from: Option<String>,
    /// Quiet hours end, `HH:MM`.
    pub quiet_to: Option<String>,
    /// Nothing ordinary before this instant.
    pub snooze_until: Option<Instant>,
    /// Nudge kinds this person stopped, comma-separated.
    pub muted: String,
    /// When the profile was last filled in.
    pub profile_at: Option<Instant>,
    /// Since when the person is known.
    pub created_at: Instant,
    /// Last change.
    pub updated_at: Instant,
    /// Years as head of IT, in all; 0 for none, or not said.
    pub office_years: i64,
    /// 1 for somebody who heads IT at present.
    pub in_office: i64,
    /// The industry that the person is new to; empty for nobody new.
    pub new_to: String,
    /// 1 for somebody who agreed to be found by peers.
    pub findable: i64,
}

/// A person in one workspace.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Whose it is.
    pub person_id: PersonId,
    /// Where it is.
    pub workspace_id: WorkspaceId,
    /// The platform's id.
    pub external_id: String,
    /// The platform's short name.
    pub handle: String,
    /// 1 when the platform calls this account an administrator.
    pub admin: i64,
    /// Whether it can be spoken to.
    pub state: Presence,
    /// The platform's id of the direct conversation, if known.
    pub dm_room: Option<String>,
    /// Since when it is known.
    pub created_at: Instant,
    /// E-mail address in small letters; shown to nobody, only in the export.
    pub email: Option<String>,
    /// The name that the platform said last.
    pub name: Option<String>,
}

/// Where a person can be reached.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reach {
    /// Whose it is.
    pub person_id: PersonId,
    /// Platform of the workspace.
    pub platform: String,
    /// The platform's id of the workspace.
    pub workspace: String,
    /// Id of the workspace.
    pub workspace_id: WorkspaceId,
    /// The platform's id of the account.
    pub account: String,
}

/// Who manages whom.
pub type ManagerRow = (PersonId, PersonId);

#[derive(sqlx::FromRow)]
struct Recipient {
    #[sqlx(flatten)]
    person: Person,
    #[sqlx(flatten)]
    reach: Reach,
}

/// The person with this id who has an account in a workspace, or with this account.
const MENTIONED: &str = "SELECT p.* FROM persons p JOIN accounts a ON a.person_id = p.id \
     WHERE a.workspace_id = $1 AND a.external_id = $2 UNION ALL \
     SELECT p.* FROM persons p JOIN accounts a ON a.person_id = p.id \
     WHERE a.workspace_id = $1 AND p.id = $2 LIMIT 1";

/// All names of a workspace. The patterns are bound as in [`CALLED`] and leave nobody out.
const EVERY_NAME: &str = "SELECT p.id, p.name, a.handle, a.external_id FROM persons p \
     JOIN accounts a ON a.person_id = p.id WHERE a.workspace_id = $1 AND $2 <> '' AND $3 <> ''";

/// Words as a pattern that stands for themselves.
fn escaped(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

impl Tx {
    /// The account with this platform's id.
    pub async fn find_account(
        &mut self,
        workspace: &WorkspaceId,
        external_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        maybe!(
            self,
            Account,
            "SELECT * FROM accounts WHERE workspace_id = $1 AND external_id = $2",
            workspace,
            external_id
        )
    }

    /// Adds an account.
    pub async fn insert_account(&mut self, a: &Account) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO accounts (id, person_id, workspace_id, external_id, handle, admin, state, dm_room, \
             created_at, email, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &a.id,
            &a.person_id,
            &a.workspace_id,
            &a.external_id,
            &a.handle,
            a.admin,
            a.state,
            &a.dm_room,
            a.created_at,
            &a.email,
            &a.name
        )?;
        Ok(())
    }

    /// Writes what a platform says about an account.
    pub async fn mark_account(&mut self, a: &Account) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE accounts SET handle = $2, admin = $3, email = $4, name = $5 WHERE id = $1",
            &a.id,
            &a.handle,
            a.admin,
            &a.email,
            &a.name
        )?;
        Ok(())
    }

    /// Notes that an account went or came back; false when that was known.
    pub async fn mark_account_state(&mut self, id: &AccountId, state: Presence) -> Result<bool, StoreError> {
        let touched = run!(self, "UPDATE accounts SET state = $2 WHERE id = $1 AND state <> $2", id, state)?;
        Ok(touched == 1)
    }

    /// A person's accounts, oldest first.
    pub async fn list_accounts_of(&mut self, person: &PersonId) -> Result<Vec<Account>, StoreError> {
        all!(self, Account, "SELECT * FROM accounts WHERE person_id = $1 ORDER BY id", person)
    }

    /// The accounts with this e-mail address in small letters, oldest first.
    pub async fn list_accounts_with_email(&mut self, email: &str) -> Result<Vec<Account>, StoreError> {
        all!(self, Account, "SELECT * FROM accounts WHERE email = $1 ORDER BY id", email)
    }

    /// Whether a person has an account that could be reached if its workspace were connected.
    pub async fn has_account_out_of_reach(&mut self, person: &PersonId) -> Result<bool, StoreError> {
        let (count,) = one!(
            self,
            (i64,),
            "SELECT count(*) FROM accounts a JOIN workspaces w ON w.id = a.workspace_id \
             WHERE a.person_id = $1 AND a.state = 'active' AND w.state = 'gone'",
            person
        )?;
        Ok(count > 0)
    }

    /// Number of accounts in a workspace.
    pub async fn count_accounts(&mut self, workspace: &WorkspaceId) -> Result<i64, StoreError> {
        let (count,) =
            one!(self, (i64,), "SELECT count(*) FROM accounts WHERE workspace_id = $1", workspace)?;
        Ok(count)
    }

    /// The person with this id.
    pub async fn get_person(&mut self, id: &PersonId) -> Result<Person, StoreError> {
        one!(self, Person, "SELECT * FROM persons WHERE id = $1", id)
    }

    /// The person with this id, if there is one.
    pub async fn find_person(&mut self, id: &PersonId) -> Result<Option<Person>, StoreError> {
        maybe!(self, Person, "SELECT * FROM persons WHERE id = $1", id)
    }

    /// People of a workspace whose name, or a word of it, begins with the words, or whose handle or id they are; at
    /// most `limit`, exact ones first, then by name.
    pub async fn list_persons_called(
        &mut self,
        workspace: &WorkspaceId,
        words: &str,
        limit: i64,
    ) -> Result<Vec<Person>, StoreError> {
        // A mention names the account itself, and what is made by the bot names the person.
        if let Some(person) = maybe!(&mut *self, Person, MENTIONED, workspace, words)? {
            return Ok(vec![person]);
        }
        let wanted = words.to_lowercase();
        // The engines differ in what they take for the same letter, so the words are compared here; for plain letters
        // the engine leaves out who cannot be meant.
        let sql = if wanted.is_ascii() { CALLED.on(self.engine()) } else { EVERY_NAME };
        let (near, as_given) = (format!("%{}%", escaped(&wanted)), escaped(&wanted));
        let named = all!(&mut *self, (PersonId, String, String, String), sql, workspace, near, as_given)?;
        let mut found: Vec<(bool, String, PersonId)> = named
            .into_iter()
            .filter_map(|(id, name, handle, external)| {
                let name = name.to_lowercase();
                let is = name == wanted
                    || handle.to_lowercase() == wanted
                    || id.as_str() == words
                    || external == words;
                let begins = name.starts_with(&wanted) || name.contains(&format!(" {wanted}"));
                (is || begins).then_some((!is, name, id))
            })
            .collect();
        found.sort();
        let mut people: Vec<Person> = Vec::new();
        for (_, _, id) in found {
            if people.len() >= usize::try_from(limit).unwrap_or(0) {
                break;
            }
            // With two accounts in the workspace a person was found twice.
            if people.iter().all(|person| person.id != id) {
                people.push(self.get_person(&id).await?);
            }
        }
        Ok(people)
    }

    /// Adds a person.
    pub async fn insert_person(&mut self, p: &Person) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO persons (id, name, organisation, unit, industry, level, need, interests, needs, offers, \
             languages, zone, availability, capacity, answer_hours, manager_id, send_from, send_to, workdays, \
             quiet_from, quiet_to, snooze_until, muted, profile_at, created_at, updated_at, zone_chosen, \
             office_years, in_office, new_to, findable) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
             $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)",
            &p.id,
            &p.name,
            &p.organisation,
            &p.unit,
            &p.industry,
            p.level,
            p.need,
            &p.interests,
            &p.needs,
            &p.offers,
            &p.languages,
            &p.zone,
            &p.availability,
            p.capacity,
            p.answer_hours,
            &p.manager_id,
            &p.send_from,
            &p.send_to,
            &p.workdays,
            &p.quiet_from,
            &p.quiet_to,
            p.snooze_until,
            &p.muted,
            p.profile_at,
            p.created_at,
            p.updated_at,
            p.zone_chosen,
            p.office_years,
            p.in_office,
            &p.new_to,
            p.findable
        )?;
        Ok(())
    }

    /// Writes everything about a person that can change.
    pub async fn mark_person(&mut self, p: &Person) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE persons SET name = $2, organisation = $3, unit = $4, industry = $5, level = $6, need = $7, \
             interests = $8, needs = $9, offers = $10, languages = $11, zone = $12, availability = $13, \
             capacity = $14, answer_hours = $15, manager_id = $16, send_from = $17, send_to = $18, \
             workdays = $19, quiet_from = $20, quiet_to = $21, snooze_until = $22, muted = $23, \
             profile_at = $24, updated_at = $25, zone_chosen = $26, office_years = $27, in_office = $28, \
             new_to = $29, findable = $30 WHERE id = $1",
            &p.id,
            &p.name,
            &p.organisation,
            &p.unit,
            &p.industry,
            p.level,
            p.need,
            &p.interests,
            &p.needs,
            &p.offers,
            &p.languages,
            &p.zone,
            &p.availability,
            p.capacity,
            p.answer_hours,
            &p.manager_id,
            &p.send_from,
            &p.send_to,
            &p.workdays,
            &p.quiet_from,
            &p.quiet_to,
            p.snooze_until,
            &p.muted,
            p.profile_at,
            p.updated_at,
            p.zone_chosen,
            p.office_years,
            p.in_office,
            &p.new_to,
            p.findable
        )?;
        Ok(())
    }

    /// Everybody who holds a role in a program, by id.
    pub async fn list_persons_of(&mut self, program: &ProgramId) -> Result<Vec<Person>, StoreError> {
        all!(
            self,
            Person,
            "SELECT p.* FROM persons p WHERE p.id IN (SELECT person_id FROM roles WHERE program_id = $1) \
             ORDER BY p.id",
            program
        )
    }

    /// Everybody in a workspace, by id.
    pub async fn list_persons_in(&mut self, workspace: &WorkspaceId) -> Result<Vec<Person>, StoreError> {
        all!(
            self,
            Person,
            "SELECT p.* FROM persons p WHERE p.id IN \
             (SELECT person_id FROM accounts WHERE workspace_id = $1 AND state = 'active') ORDER BY p.id",
            workspace
        )
    }

    /// Everybody active in a workspace with the platform's id of the account and whether it is an administrator's.
    pub async fn list_people_with_accounts(
        &mut self,
        workspace: &WorkspaceId,
    ) -> Result<Vec<(Person, String, bool)>, StoreError> {
        let mut accounts = all!(
            &mut *self,
            Account,
            "SELECT * FROM accounts WHERE workspace_id = $1 AND state = 'active'",
            workspace
        )?;
        // In our own order, for an engine may sort text by the rules of a language. The oldest account stands for
        // a person who has two here.
        accounts.sort_by(|a, b| (&a.person_id, &a.id).cmp(&(&b.person_id, &b.id)));
        accounts.dedup_by(|a, b| a.person_id == b.person_id);
        let people = self.list_persons_in(workspace).await?;
        Ok(people
            .into_iter()
            .filter_map(|person| {
                let at = accounts.binary_search_by(|a| a.person_id.cmp(&person.id)).ok()?;
                Some((person, accounts[at].external_id.clone(), accounts[at].admin == 1))
            })
            .collect())
    }

    /// Every reporting line that is known: (person, manager).
    pub async fn list_managers(&mut self) -> Result<Vec<ManagerRow>, StoreError> {
        all!(self, ManagerRow, "SELECT id, manager_id FROM persons WHERE manager_id IS NOT NULL ORDER BY id")
    }

    /// A person and where they can be reached: first in the workspaces of a program, then in the oldest other one.
    pub async fn find_recipient(
        &mut self,
        person: &PersonId,
        program: Option<&ProgramId>,
    ) -> Result<Option<(Person, Reach)>, StoreError> {
        Ok(self.list_recipients(&[person], program).await?.pop())
    }

    /// People by id and where each can be reached, as in [`Tx::find_recipient`]; who cannot be reached is left out.
    pub async fn list_recipients(
        &mut self,
        people: &[&PersonId],
        program: Option<&ProgramId>,
    ) -> Result<Vec<(Person, Reach)>, StoreError> {
        let sql = RECIPIENTS.on(self.engine());
        let mut rows = all!(self, Recipient, sql, json(people), program)?;
        rows.dedup_by(|next, first| next.person.id == first.person.id);
        Ok(rows.into_iter().map(|row| (row.person, row.reach)).collect())
    }

    /// The account of a person in one workspace; of several, one that is there.
    pub async fn find_account_of(
        &mut self,
        person: &PersonId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Account>, StoreError> {
        maybe!(
            self,
            Account,
            "SELECT * FROM accounts WHERE person_id = $1 AND workspace_id = $2 \
             ORDER BY CASE WHEN state = 'active' THEN 0 ELSE 1 END, id LIMIT 1",
            person,
            workspace
        )
    }
}
