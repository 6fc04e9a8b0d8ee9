//! What could be typed next: the commands a person may run, and values for their arguments.

use super::Core;
use super::access::Standing;
use super::command::{Kind, Spec, TABLE};
use crate::chat::Choice;
use crate::domain::civil::Zone;
use crate::domain::words::Role;
use crate::store::StoreError;

/// The most values offered at once (Discord's limit).
pub const MOST: usize = 25;

impl Core {
    /// The commands that an account may run.
    pub async fn commands_for(
        &self,
        platform: &str,
        workspace: &str,
        account: &str,
    ) -> Result<Vec<&'static Spec>, StoreError> {
        let standing = self.standing_of(platform, workspace, account).await?;
        Ok(TABLE.iter().filter(|spec| standing.may(spec.who)).collect())
    }

    async fn standing_of(
        &self,
        platform: &str,
        workspace: &str,
        account: &str,
    ) -> Result<Standing, StoreError> {
        let mut tx = self.store.read().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else {
            return Ok(Standing::default());
        };
        let Some(account) = tx.find_account(&workspace.id, account).await? else {
            return Ok(Standing::default());
        };
        let roles = tx.list_roles_of(&account.person_id).await?;
        let (groups, led) = tx.count_groups(&account.person_id).await?;
        Ok(Standing { admin: account.admin == 1, roles, in_group: groups > 0, leads: led > 0 })
    }

    /// Values for an argument that begin with or contain what was typed.
    pub async fn complete(
        &self,
        platform: &str,
        workspace: &str,
        account: &str,
        command: &str,
        arg: &str,
        typed: &str,
    ) -> Result<Vec<Choice>, StoreError> {
        let Some(arg) = TABLE.iter().find(|spec| spec.path == command).and_then(|spec| spec.arg(arg)) else {
            return Ok(Vec::new());
        };
        let same = |text: &str| Choice::new(text, text);
        let all: Vec<Choice> = match arg.kind {
            Kind::Choice(options) => options.iter().copied().map(same).collect(),
            Kind::Zone => Zone::all().iter().map(|zone| same(zone)).collect(),
            Kind::Command => TABLE.iter().map(|spec| same(spec.path)).collect(),
            Kind::Term => {
                self.content.glossary.terms.iter().map(|t| Choice::new(&*t.id, &*t.title)).collect()
            }
            Kind::Theme => {
                self.content.library.themes.iter().map(|t| Choice::new(&*t.key, &*t.title)).collect()
            }
            Kind::Tags => return Ok(self.complete_tags(typed)),
            Kind::Program | Kind::Group | Kind::Person | Kind::Meetup => {
                self.complete_rows(platform, workspace, account, arg.kind, typed).await?
            }
            _ => Vec::new(),
        };
        Ok(matching(all, typed))
    }

    /// The last word of a comma-separated list.
    fn complete_tags(&self, typed: &str) -> Vec<Choice> {
        let (done, last) =
            typed.rsplit_once(',').map_or(("", typed), |(done, last)| (done, last.trim_start()));
        let tags = self.content.library.themes.iter().map(|t| Choice::new(&*t.key, &*t.title)).collect();
        matching(tags, last)
            .into_iter()
            .map(|choice| {
                let value =
                    if done.is_empty() { choice.value } else { format!("{}, {}", done.trim(), choice.value) };
                Choice::new(value, choice.label)
            })
            .collect()
    }

    async fn complete_rows(
        &self,
        platform: &str,
        workspace: &str,
        account: &str,
        kind: Kind,
        typed: &str,
    ) -> Result<Vec<Choice>, StoreError> {
        let mut tx = self.store.read().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(Vec::new()) };
        let Some(account) = tx.find_account(&workspace.id, account).await? else { return Ok(Vec::new()) };
        let me = account.person_id;
        match kind {
            Kind::Program => {
                let programs = tx.list_programs_in(&workspace.id).await?;
                Ok(programs.into_iter().map(|p| Choice::new(p.slug, p.name)).collect())
            }
            Kind::Person => {
                let words = typed.trim().trim_start_matches('@');
                let people = tx.list_persons_called(&workspace.id, words, 25).await?;
                let named = |name: &str| people.iter().filter(|p| p.name == name).count();
                Ok(people
                    .iter()
                    .map(|p| {
                        let label = format!("{} ({})", p.name, p.organisation);
                        Choice::new(if named(&p.name) > 1 { &label } else { &p.name }, &*label)
                    })
                    .collect())
            }
            Kind::Group => {
                let mut groups = tx.list_groups_with(&me).await?;
                for row in tx.list_roles_of(&me).await?.into_iter().filter(|row| row.role == Role::Staff) {
                    groups.extend(tx.list_open_groups_of(&row.program_id).await?);
                }
                Ok(groups.into_iter().map(|g| Choice::new(g.number.to_string(), g.name)).collect())
            }
            _ => {
                let mut choices = Vec::new();
                for group in tx.list_groups_with(&me).await? {
                    if let Some(meetup) = tx.find_next_meetup(&group.id, self.now()).await? {
                        let label =
                            format!("Meetup {} of {}, {}", meetup.number, group.name, meetup.slot.date());
                        choices.push(Choice::new(meetup.id.to_string(), label));
                    }
                }
                Ok(choices)
            }
        }
    }
}

fn matching(mut all: Vec<Choice>, typed: &str) -> Vec<Choice> {
    let typed = typed.trim().to_lowercase();
    let rank = |choice: &Choice| {
        let (value, label) = (choice.value.to_lowercase(), choice.label.to_lowercase());
        if value.starts_with(&typed) || label.starts_with(&typed) {
            Some(0)
        } else if value.contains(&typed) || label.contains(&typed) {
            Some(1)
        } else {
            None
        }
    };
    all.retain(|choice| rank(choice).is_some());
    all.sort_by_key(|choice| rank(choice).unwrap_or(2));
    all.truncate(MOST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_begin_with_what_was_typed_come_first_and_no_more_than_the_limit() {
        let all: Vec<Choice> = (0..40).map(|n| Choice::new(format!("v{n}"), "x")).collect();
        assert_eq!(matching(all, "v").len(), MOST);
        let found = matching(vec![Choice::new("a-berlin", ""), Choice::new("berlin", "")], "BER");
        assert_eq!(found[0].value, "berlin");
    }
}
