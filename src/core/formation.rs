//! Between the store and `domain::formation`: who is in the pool, and under which rules.

use std::collections::{BTreeMap, BTreeSet};

use super::ctx::settings_of;
use crate::domain::civil::Zone;
use crate::domain::formation::{Lock, Person as Candidate, Problem};
use crate::domain::hours::Availability;
use crate::domain::settings::Settings;
use crate::domain::words::{Difference, Role};
use crate::store::people::Person;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

/// Comma-separated words as a list, lower case, without doubles.
pub(super) fn tags(text: &str) -> Vec<String> {
    let set: BTreeSet<String> =
        text.split(',').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect();
    set.into_iter().collect()
}

/// The problem of forming a program's groups. People who are in an open group of the program already have a place
/// and are left out.
pub(super) async fn problem(
    tx: &mut Tx,
    program: &Program,
    locks: Vec<Lock>,
) -> Result<(Problem, BTreeMap<String, Person>), StoreError> {
    let settings = settings_of(program);
    let mut roles: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for row in tx.list_roles_in(&program.id).await? {
        let entry = roles.entry(row.person_id.to_string()).or_default();
        match row.role {
            Role::Participant => entry.0 = true,
            Role::Mentor | Role::Coach => entry.1 = true,
            _ => {}
        }
    }
    let loads: BTreeMap<String, i64> =
        tx.list_mentor_loads().await?.into_iter().map(|(id, n)| (id.to_string(), n)).collect();
    let seated: BTreeSet<String> = tx
        .list_members_in(&program.id)
        .await?
        .into_iter()
        .filter(|m| m.role == Role::Participant)
        .map(|m| m.person_id.to_string())
        .collect();
    let today: jiff::civil::Date = program.starts_on.parse().unwrap_or(jiff::civil::Date::ZERO);
    let mut people = BTreeMap::new();
    let mut pool = Vec::new();
    for person in tx.list_persons_of(&program.id).await? {
        let id = person.id.to_string();
        let (participant, mentor) = roles.get(&id).copied().unwrap_or_default();
        let free = (person.capacity - loads.get(&id).copied().unwrap_or(0)).max(0);
        let capacity = if mentor { u8::try_from(free).unwrap_or(u8::MAX) } else { 0 };
        let participant = participant && !seated.contains(&id);
        if participant || capacity > 0 {
            pool.push(candidate(&person, &settings, participant, capacity, today));
        }
        people.insert(id, person);
    }
    let managers = tx.list_managers().await?;
    let met = tx.list_met(&program.id).await?;
    let problem = Problem {
        people: pool,
        managers: managers.into_iter().map(|(p, m)| (p.to_string(), m.to_string())).collect(),
        never: Vec::new(),
        met: met.into_iter().map(|(a, b)| (a.to_string(), b.to_string())).collect(),
        locks,
        rules: settings.formation,
        ..Problem::default()
    };
    Ok((problem, people))
}

fn candidate(
    person: &Person,
    settings: &Settings,
    participant: bool,
    mentor_capacity: u8,
    today: jiff::civil::Date,
) -> Candidate {
    let unit = match settings.difference {
        Difference::Organisation => person.organisation.trim().to_lowercase(),
        Difference::Unit => {
            let unit = person.unit.trim().to_lowercase();
            if unit.is_empty() {
                unit
            } else {
                format!("{}/{unit}", person.organisation.trim().to_lowercase())
            }
        }
    };
    let zone: &Zone = &person.zone;
    let week = person.availability.parse::<Availability>().unwrap_or_default().to_week_mask(zone, today);
    Candidate {
        id: person.id.to_string(),
        unit,
        industry: person.industry.trim().to_lowercase(),
        level: u8::try_from(person.level.clamp(0, 7)).unwrap_or(0),
        needs: tags(&person.needs),
        offers: tags(&person.offers),
        interests: tags(&person.interests),
        languages: tags(&person.languages),
        week,
        mentor_capacity,
        participant,
        left_out_before: false,
        ..Candidate::default()
    }
}
