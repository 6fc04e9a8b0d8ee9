//! Looking at published groups again, once a day: people change their employer, their hours and their managers, and
//! staff bind people anew. Staff hear of a broken rule within a day, with a button that proposes the fewest changes.
//!
//! Invariant: nothing is changed here, and one state of things is told once in a month.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Core;
use super::formation::{Scope, overridden, present_plan, problem};
use super::views::staff;
use crate::domain::civil::Instant;
use crate::domain::formation::{Violation, rescore, verify};
use crate::domain::words::{NudgeKind, Role};
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

/// Staff hear at once when a mentor goes, and again when a group has been without one for so long.
const ALONE_DAYS: i64 = 7;
/// Broken rules named in one notice.
const MOST: usize = 5;

impl Core {
    /// Tells the staff of every open program which hard rules its groups break by now.
    pub(super) async fn recheck_groups(&self, now: Instant) -> Result<(), StoreError> {
        let programs = self.store.read().await?.list_open_programs().await?;
        for program in programs {
            let broken = self.broken_rules(&program, now).await?;
            if broken.is_empty() {
                continue;
            }
            let mut tx = self.store.begin().await?;
            let date = program.zone.date(now);
            let slot = format!("rules {} {:04}-{:02}", digest(&broken), date.year(), date.month());
            let note =
                staff::rules_broken(&program, &broken[..broken.len().min(MOST)], broken.len()).to_note();
            let id = program.id.as_str();
            self.tell_staff(&mut tx, &program.id, NudgeKind::StaffNotice, id, &slot, &note).await?;
            tx.commit().await?;
            self.wake_up();
        }
        Ok(())
    }

    /// The broken rules in words, sorted.
    async fn broken_rules(&self, program: &Program, now: Instant) -> Result<Vec<String>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut plan = present_plan(&mut tx, program).await?;
        if plan.groups.is_empty() {
            return Ok(Vec::new());
        }
        let (problem, people) = problem(&mut tx, program, Vec::new(), Scope::Everybody).await?;
        rescore(&problem, &mut plan);
        let excused = overridden(&mut tx, program, Instant::from_micros(i64::MIN)).await?;
        let name = |id: &str| people.get(id).map_or_else(|| "somebody".to_owned(), |p| p.name.clone());
        let mut broken: Vec<String> = verify(&problem, &plan)
            .iter()
            .filter(|violation| is_news(violation) && !excused.excuses(violation))
            .map(|violation| without_advice(&violation.words(&name)))
            .collect();
        broken.extend(alone(&mut tx, program, now).await?);
        broken.sort();
        Ok(broken)
    }
}

/// The groups that lost their last mentor a while ago.
async fn alone(tx: &mut Tx, program: &Program, now: Instant) -> Result<Vec<String>, StoreError> {
    let mut alone = Vec::new();
    for group in tx.list_open_groups_of(&program.id).await? {
        let members = tx.list_members(&group.id).await?;
        if members.is_empty() || members.iter().any(|member| member.role == Role::Mentor) {
            continue;
        }
        let last = tx.find_last_leave(&group.id, Role::Mentor).await?;
        if last.is_some_and(|last| last.plus_days(ALONE_DAYS) <= now) {
            alone.push(format!("{} still has no mentor.", group.name));
        }
    }
    Ok(alone)
}

/// Whether a broken rule is told here. Reporting lines, leavers and groups that became small are told at once, where
/// they come up.
const fn is_news(violation: &Violation) -> bool {
    matches!(
        violation,
        Violation::KeptApart { .. }
            | Violation::Conflict { .. }
            | Violation::SameManager { .. }
            | Violation::Vetoed { .. }
            | Violation::ZonesTooWide { .. }
            | Violation::OrganisationCrowded { .. }
            | Violation::DepartmentCrowded { .. }
            | Violation::UnitCrowded { .. }
            | Violation::Separated { .. }
            | Violation::NoCommonLanguage { .. }
            | Violation::TooFewHours { .. }
    )
}

/// Words about a proposal end with what to do in it; of groups that exist only the fact is told.
fn without_advice(words: &str) -> String {
    words.rsplit_once(". ").map_or_else(|| words.to_owned(), |(fact, _)| format!("{fact}."))
}

fn digest(lines: &[String]) -> String {
    let digest = Sha256::digest(lines.join("\n").as_bytes());
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::without_advice;

    #[test]
    fn of_a_broken_rule_only_the_fact_is_told() {
        let words = "Ada and Ben cannot share a group, so group 1 does not work. Choose another group.";
        assert_eq!(without_advice(words), "Ada and Ben cannot share a group, so group 1 does not work.");
        assert_eq!(without_advice("It is so."), "It is so.");
    }
}
