//! Between the store and `domain::formation`: who is in the pool, and under which rules.
//!
//! Invariant: the reason of a tie stays in its table; no problem, and so no plan and no record of one, holds it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::ctx::settings_of;
use crate::domain::civil::{Instant, Zone};
use crate::domain::formation::{
    Conflict, ConflictKind, Lock, Party, Person as Candidate, Plan, PlannedGroup, Problem, Violation,
};
use crate::domain::hours::{Availability, Weeks};
use crate::domain::settings::Settings;
use crate::domain::words::{Difference, GroupState, Need, Role, TieKind};
use crate::store::groups::Member;
use crate::store::people::Person;
use crate::store::plans::Tie;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

/// A side of a tie that is a person.
pub(super) const PERSON: &str = "person:";
/// A side of a tie that is an organisation.
pub(super) const ORGANISATION: &str = "organisation:";

/// What the log calls a move that puts people of one unit together.
pub(super) const UNIT_OVERRIDE: &str = "groups move against the unit rule";

/// People whom staff put together with others of their unit, each with a reason that is kept (row A7).
pub(super) struct Overridden(Vec<String>);

impl Overridden {
    /// An override excuses the person it was given for, nobody else.
    pub(super) fn excuses(&self, violation: &Violation) -> bool {
        match violation {
            Violation::UnitCrowded { people, .. } => people.iter().any(|person| self.0.contains(person)),
            _ => false,
        }
    }
}

/// The overrides in a program since an instant.
pub(super) async fn overridden(
    tx: &mut Tx,
    program: &Program,
    since: Instant,
) -> Result<Overridden, StoreError> {
    let acts = tx.list_acts(&program.id, 500).await?.into_iter();
    let acts = acts.filter(|act| act.act == UNIT_OVERRIDE && act.at >= since);
    Ok(Overridden(acts.map(|act| act.subject).collect()))
}

/// Whom a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those who have no place yet, and mentors with time.
    Waiting,
    /// Everybody, whether they have a place or not.
    Everybody,
}

/// Comma-separated words as a list, lower case, without doubles.
pub(super) fn tags(text: &str) -> Vec<String> {
    let set: BTreeSet<String> =
        text.split(',').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect();
    set.into_iter().collect()
}

/// The problem of forming a program's groups, and everybody who holds a role in it.
pub(super) async fn problem(
    tx: &mut Tx,
    program: &Program,
    locks: Vec<Lock>,
    scope: Scope,
) -> Result<(Problem, BTreeMap<String, Person>), StoreError> {
    let settings = settings_of(program);
    let roles = roles(tx, program).await?;
    let members = tx.list_members_in(&program.id).await?;
    let here = Here::of(&members);
    let loads: BTreeMap<String, i64> =
        tx.list_mentor_loads().await?.into_iter().map(|(id, n)| (id.to_string(), n)).collect();
    let left_out = left_out(tx, program).await?;
    let persons = tx.list_persons_of(&program.id).await?;
    let mut reader = Reader::new(program, &settings, &persons);
    let mut people = BTreeMap::new();
    let mut pool = Vec::new();
    for person in persons {
        let id = person.id.to_string();
        let (participant, mentor) = roles.get(&id).copied().unwrap_or_default();
        let led = here.led.get(&id).copied().unwrap_or(0);
        let elsewhere = loads.get(&id).copied().unwrap_or(0) - led;
        let busy = if scope == Scope::Everybody { elsewhere } else { elsewhere + led };
        let free = if mentor { (person.capacity - busy).max(0) } else { 0 };
        let participant = participant && (scope == Scope::Everybody || !here.seated.contains(&id));
        if participant || free > 0 {
            let mut candidate = reader.candidate(&person);
            candidate.participant = participant;
            candidate.mentor_capacity = u8::try_from(free).unwrap_or(u8::MAX);
            candidate.leads_elsewhere = u8::try_from(elsewhere.max(0)).unwrap_or(u8::MAX);
            candidate.left_out_before = left_out.contains(&id);
            pool.push(candidate);
        }
        people.insert(id, person);
    }
    let managers = tx.list_managers().await?;
    // Who sits together now has met, but that is no reason to part.
    let met = tx.list_met(&program.id).await?.into_iter().map(|(a, b)| (a.to_string(), b.to_string()));
    let met = met.filter(|pair| !here.together.contains(pair)).collect();
    let mut problem = Problem {
        people: pool,
        managers: managers.into_iter().map(|(p, m)| (p.to_string(), m.to_string())).collect(),
        met,
        locks,
        rules: settings.formation,
        ..Problem::default()
    };
    for tie in tx.list_ties(&program.id).await? {
        bind(&mut problem, &tie);
    }
    Ok((problem, people))
}

/// The open groups of a program as a plan, under their numbers.
pub(super) async fn present_plan(tx: &mut Tx, program: &Program) -> Result<Plan, StoreError> {
    let mut groups = Vec::new();
    for group in tx.list_groups_of(&program.id).await? {
        if group.state != GroupState::Open {
            continue;
        }
        let members = tx.list_members(&group.id).await?;
        let of = |role: fn(Role) -> bool| {
            members.iter().filter(|m| role(m.role)).map(|m| m.person_id.to_string()).collect::<Vec<_>>()
        };
        groups.push(PlannedGroup {
            key: usize::try_from(group.number).unwrap_or_default(),
            mentors: of(|role| role == Role::Mentor),
            participants: of(|role| role == Role::Participant),
            score: 0,
            criteria: Vec::new(),
            common_hours: crate::domain::week::WeekMask::EMPTY,
            reasons: Vec::new(),
        });
    }
    Ok(Plan { groups, ..Plan::default() })
}

/// Whether each person takes part and mentors.
async fn roles(tx: &mut Tx, program: &Program) -> Result<BTreeMap<String, (bool, bool)>, StoreError> {
    let mut roles: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for row in tx.list_roles_in(&program.id).await? {
        let entry = roles.entry(row.person_id.to_string()).or_default();
        match row.role {
            Role::Participant => entry.0 = true,
            Role::Mentor | Role::Coach => entry.1 = true,
            _ => {}
        }
    }
    Ok(roles)
}

/// Who had no place in the last groups, and so comes first now.
async fn left_out(tx: &mut Tx, program: &Program) -> Result<BTreeSet<String>, StoreError> {
    let last = tx.find_published_plan(&program.id).await?;
    let plan = last.and_then(|row| serde_json::from_str::<Plan>(&row.body).ok()).unwrap_or_default();
    Ok(plan
        .unplaced
        .into_iter()
        .filter(|unplaced| !unplaced.as_mentor)
        .map(|unplaced| unplaced.person)
        .collect())
}

/// What the open groups of a program hold.
#[derive(Default)]
struct Here {
    seated: BTreeSet<String>,
    led: BTreeMap<String, i64>,
    together: BTreeSet<(String, String)>,
}

impl Here {
    fn of(members: &[Member]) -> Self {
        let mut here = Self::default();
        for member in members {
            let id = member.person_id.to_string();
            match member.role {
                Role::Participant => drop(here.seated.insert(id)),
                Role::Mentor => *here.led.entry(id).or_default() += 1,
                _ => {}
            }
        }
        for group in members.chunk_by(|a, b| a.group_id == b.group_id) {
            for (at, one) in group.iter().enumerate() {
                for other in &group[at + 1..] {
                    let (a, b) = (one.person_id.to_string(), other.person_id.to_string());
                    here.together.insert(if a < b { (a, b) } else { (b, a) });
                }
            }
        }
        here
    }
}

fn party(side: &str) -> Option<Party> {
    let person = side.strip_prefix(PERSON).map(|id| Party::Person(id.to_owned()));
    person.or_else(|| side.strip_prefix(ORGANISATION).map(|name| Party::Organisation(name.to_owned())))
}

fn bind(problem: &mut Problem, tie: &Tie) {
    let (Some(first), Some(second)) = (party(&tie.first_side), party(&tie.second_side)) else { return };
    match (tie.kind, first, second) {
        (TieKind::Apart, Party::Person(a), Party::Person(b)) => problem.never.push((a, b)),
        (TieKind::Together, Party::Person(a), Party::Person(b)) => problem.must.push((a, b)),
        (_, first, second) => problem.conflicts.push(Conflict { first, second, kind: ConflictKind::Other }),
    }
}

/// Turns persons into candidates.
struct Reader {
    difference: Difference,
    weeks: Weeks,
}

impl Reader {
    fn new(program: &Program, settings: &Settings, persons: &[Person]) -> Self {
        let zones: BTreeSet<Zone> = persons.iter().map(|person| person.zone.clone()).collect();
        let first: Date = program.starts_on.parse().unwrap_or(Date::ZERO);
        let last: Date = program.ends_on.parse().unwrap_or(first);
        Self { difference: settings.difference, weeks: Weeks::new(&zones, first, last) }
    }

    /// A person without role and history.
    fn candidate(&mut self, person: &Person) -> Candidate {
        let folded = |text: &str| text.trim().to_lowercase();
        let (organisation, department) = (folded(&person.organisation), folded(&person.unit));
        let unit = match self.difference {
            Difference::Organisation => organisation.clone(),
            Difference::Unit if department.is_empty() => String::new(),
            Difference::Unit => format!("{organisation}/{department}"),
        };
        let availability = person.availability.parse::<Availability>().unwrap_or_default();
        let hours = self.weeks.hours(&availability, &person.zone).to_vec();
        Candidate {
            id: person.id.to_string(),
            unit,
            organisation,
            department,
            industry: folded(&person.industry),
            region: region(&person.zone),
            level: u8::try_from(person.level.clamp(0, 7)).unwrap_or(0),
            needs: tags(&person.needs),
            offers: tags(&person.offers),
            interests: tags(&person.interests),
            languages: tags(&person.languages),
            week: hours[0],
            later_weeks: hours[1..].to_vec(),
            offsets: self.weeks.offsets(&person.zone),
            wants_coach: person.need == Need::Coach,
            ..Candidate::default()
        }
    }
}

/// The part of the world that a zone names, such as `Europe`; empty for zones that name none.
fn region(zone: &Zone) -> String {
    zone.name().split_once('/').map(|(region, _)| region.to_owned()).unwrap_or_default()
}
