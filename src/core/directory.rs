//! Who is in a workspace and what they are there, for adapters that show people.

use super::Core;
use crate::domain::words::Role;
use crate::store::StoreError;

/// A person as an adapter may show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The platform's id of the account.
    pub account: String,
    /// Name.
    pub name: String,
    /// Employer.
    pub organisation: String,
    /// "Programme manager", "Mentor", "Participant", "Administrator" or nothing.
    pub title: &'static str,
    /// IANA name of the time zone.
    pub zone: String,
}

/// A workspace that somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongs {
    /// The platform's id of the workspace.
    pub workspace: String,
    /// Its name.
    pub name: String,
}

impl Core {
    /// The workspaces of a platform in which this account is known and still is, by name: what somebody says outside
    /// of all of them is meant for one of these.
    pub async fn belongs_to(&self, platform: &str, account: &str) -> Result<Vec<Belongs>, StoreError> {
        let mut tx = self.store.read().await?;
        let workspaces = tx.list_workspaces_with(platform, account).await?;
        Ok(workspaces.into_iter().map(|row| Belongs { workspace: row.external_id, name: row.name }).collect())
    }

    /// Everybody who is active in a workspace: those who run programs first, then by name.
    pub async fn directory(&self, platform: &str, workspace: &str) -> Result<Vec<Listed>, StoreError> {
        let mut tx = self.store.read().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(Vec::new()) };
        let mut roles = std::collections::BTreeMap::new();
        for program in tx.list_programs_in(&workspace.id).await? {
            for row in tx.list_roles_in(&program.id).await? {
                let entry: &mut Vec<Role> = roles.entry(row.person_id).or_default();
                entry.push(row.role);
            }
        }
        let mut listed = Vec::new();
        for (person, account, admin) in tx.list_people_with_accounts(&workspace.id).await? {
            let held = roles.get(&person.id).map_or(&[][..], Vec::as_slice);
            let title = if held.contains(&Role::Staff) {
                "Programme manager"
            } else if held.contains(&Role::Mentor) {
                "Mentor"
            } else if held.contains(&Role::Participant) {
                "Participant"
            } else if admin {
                "Administrator"
            } else {
                ""
            };
            listed.push(Listed {
                account,
                name: person.name,
                organisation: person.organisation,
                title,
                zone: person.zone.name().to_owned(),
            });
        }
        let rank = |title: &str| usize::from(!matches!(title, "Programme manager" | "Administrator"));
        listed
            .sort_by(|a, b| (rank(a.title), &a.name, &a.account).cmp(&(rank(b.title), &b.name, &b.account)));
        Ok(listed)
    }
}
