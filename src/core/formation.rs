//! Between the store and `domain::formation`: who is in the pool, and under which rules.
//!
//! Invariant: the reason of a tie stays in its table; no problem, and so no plan and no record of one, holds it. Who
//! would rather not be with whom is in the problem, for the solver, and in no words that are made of it.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::Reader;
use super::ctx::settings_of;
use super::facts::{Facts, Here, Wishes};
use super::shifts::key_of;
use crate::domain::civil::{Instant, Zone};
use crate::domain::formation::{Conflict, ConflictKind, Lock, Party, Plan, PlannedGroup, Problem, Violation};
use crate::domain::ids::{PersonId, ProgramId};
use crate::domain::words::{Role, TieKind};
use crate::store::groups::{Group, Member};
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

/// The problem of forming a program's groups, and everybody who holds a role in it.
pub(super) async fn problem(
    tx: &mut Tx,
    program: &Program,
    locks: Vec<Lock>,
    scope: Scope,
) -> Result<(Problem, BTreeMap<String, Person>), StoreError> {
    let facts = Facts::all(tx, program).await?;
    Ok(pose(program, locks, scope, facts))
}

/// The part of that problem that is about a few people. `zones` are those of everybody, as they divide the programme.
pub(super) async fn problem_near(
    tx: &mut Tx,
    program: &Program,
    locks: Vec<Lock>,
    scope: Scope,
    (ids, zones): (&[String], BTreeSet<Zone>),
) -> Result<(Problem, BTreeMap<String, Person>), StoreError> {
    let facts = Facts::near(tx, program, ids, zones).await?;
    Ok(pose(program, locks, scope, facts))
}

/// Puts facts as a problem.
fn pose(
    program: &Program,
    locks: Vec<Lock>,
    scope: Scope,
    facts: Facts,
) -> (Problem, BTreeMap<String, Person>) {
    let settings = settings_of(program);
    let mut reader = Reader::new(program, &settings, &facts.zones);
    let here = Here::of(&facts.members);
    let mut wishes = Wishes::of(&facts.wishes);
    // Who sits together now has met, but that is no reason to part, and neither is having met when one wishes for it.
    let met = facts.met.iter().map(|(a, b)| (a.to_string(), b.to_string()));
    let met = met.filter(|pair| !here.together.contains(pair) && !wishes.join(pair)).collect();
    let mut people = BTreeMap::new();
    let mut pool = Vec::new();
    for person in facts.persons {
        let id = person.id.to_string();
        let holds = facts.roles.get(&id).copied().unwrap_or_default();
        let led = here.led.get(&id).copied().unwrap_or(0);
        let elsewhere = facts.loads.get(&id).copied().unwrap_or(0) - led;
        let busy = if scope == Scope::Everybody { elsewhere } else { elsewhere + led };
        let free = if holds.leads { (person.capacity - busy).max(0) } else { 0 };
        let participant = holds.takes_part && (scope == Scope::Everybody || !here.seated.contains(&id));
        if participant || free > 0 {
            let mut candidate = reader.candidate(&person);
            candidate.participant = participant;
            candidate.mentor_capacity = u8::try_from(free).unwrap_or(u8::MAX);
            candidate.leads_elsewhere = u8::try_from(elsewhere.max(0)).unwrap_or(u8::MAX);
            candidate.verified_coach = holds.coaches;
            candidate.left_out_before = facts.left_out.contains(&id);
            (candidate.wishes, candidate.vetoes) = wishes.take(&id);
            pool.push(candidate);
        }
        people.insert(id, person);
    }
    let mut problem = Problem {
        people: pool,
        managers: facts.managers,
        met,
        locks,
        rules: settings.formation,
        ..Problem::default()
    };
    for tie in &facts.ties {
        bind(&mut problem, tie);
    }
    (problem, people)
}

/// The open groups of a program with their members, by number.
pub(super) async fn present_groups(
    tx: &mut Tx,
    program: &ProgramId,
) -> Result<Vec<(Group, Vec<Member>)>, StoreError> {
    let mut present = Vec::new();
    for group in tx.list_open_groups_of(program).await? {
        let members = tx.list_members(&group.id).await?;
        present.push((group, members));
    }
    Ok(present)
}

/// The open groups of a program in which a person has a place of one of these roles.
pub(super) async fn groups_held(
    tx: &mut Tx,
    program: &ProgramId,
    person: &PersonId,
    roles: &[Role],
) -> Result<Vec<Group>, StoreError> {
    let mut held = Vec::new();
    for group in tx.list_groups_with(person).await?.into_iter().filter(|g| g.program_id == *program) {
        let members = tx.list_members(&group.id).await?;
        if members.iter().any(|m| m.person_id == *person && roles.contains(&m.role)) {
            held.push(group);
        }
    }
    Ok(held)
}

/// The open groups of a program as a plan, under their numbers.
pub(super) async fn present_plan(tx: &mut Tx, program: &Program) -> Result<Plan, StoreError> {
    Ok(planned(&present_groups(tx, &program.id).await?))
}

/// Groups with their members as a plan, under their numbers.
pub(super) fn planned(present: &[(Group, Vec<Member>)]) -> Plan {
    let planned = present.iter().map(|(group, members)| {
        let of = |role: Role| {
            members.iter().filter(|m| m.role == role).map(|m| m.person_id.to_string()).collect::<Vec<_>>()
        };
        PlannedGroup {
            key: key_of(group),
            mentors: of(Role::Mentor),
            participants: of(Role::Participant),
            score: 0,
            criteria: Vec::new(),
            common_hours: crate::domain::week::WeekMask::EMPTY,
            reasons: Vec::new(),
        }
    });
    Plan { groups: planned.collect(), ..Plan::default() }
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
