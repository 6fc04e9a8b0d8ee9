//! What is known about the people of a program before groups are formed: read for everybody, or for a few of them.
//!
//! Invariant: what is read for a few is what would be read about them for everybody.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::civil::Zone;
use crate::domain::formation::Plan;
use crate::domain::ids::PersonId;
use crate::domain::words::{Role, WishKind};
use crate::store::groups::Member;
use crate::store::people::{ManagerRow, Person};
use crate::store::plans::Tie;
use crate::store::programs::{Program, RoleRow};
use crate::store::wishes::Wish;
use crate::store::{StoreError, Tx};

/// What a person does in a program.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Holds {
    pub(super) takes_part: bool,
    /// As mentor or as coach.
    pub(super) leads: bool,
    /// Staff have looked at their training and made them a coach.
    pub(super) coaches: bool,
}

/// Facts about people.
pub(super) struct Facts {
    pub(super) persons: Vec<Person>,
    /// Zones of everybody in the program.
    pub(super) zones: BTreeSet<Zone>,
    /// What each person does in the program.
    pub(super) roles: BTreeMap<String, Holds>,
    /// Who sits in open groups of the program.
    pub(super) members: Vec<Member>,
    /// How many groups each person mentors, over all programs.
    pub(super) loads: BTreeMap<String, i64>,
    /// Who had no place in the last groups, and so comes first now.
    pub(super) left_out: BTreeSet<String>,
    pub(super) managers: BTreeMap<String, String>,
    pub(super) met: Vec<(PersonId, PersonId)>,
    pub(super) ties: Vec<Tie>,
    pub(super) wishes: Vec<Wish>,
}

impl Facts {
    /// About everybody in a program.
    pub(super) async fn all(tx: &mut Tx, program: &Program) -> Result<Self, StoreError> {
        let persons = tx.list_persons_of(&program.id).await?;
        Ok(Self {
            zones: persons.iter().map(|person| person.zone.clone()).collect(),
            persons,
            roles: roles(&tx.list_roles_in(&program.id).await?),
            members: tx.list_members_in(&program.id).await?,
            loads: texts(tx.list_mentor_loads().await?),
            left_out: left_out(tx, program).await?,
            managers: lines(tx.list_managers().await?),
            met: tx.list_met(&program.id).await?,
            ties: tx.list_ties(&program.id).await?,
            wishes: tx.list_wishes_in(&program.id).await?,
        })
    }

    /// About a few people of a program, in which people have these zones.
    pub(super) async fn near(
        tx: &mut Tx,
        program: &Program,
        ids: &[String],
        mut zones: BTreeSet<Zone>,
    ) -> Result<Self, StoreError> {
        let persons = tx.list_persons_among(&program.id, ids).await?;
        zones.extend(persons.iter().map(|person| person.zone.clone()));
        Ok(Self {
            zones,
            persons,
            roles: roles(&tx.list_roles_among(&program.id, ids).await?),
            members: tx.list_members_among(&program.id, ids).await?,
            loads: texts(tx.list_mentor_loads_among(ids).await?),
            left_out: left_out(tx, program).await?,
            managers: lines(tx.list_managers_above(ids).await?),
            met: tx.list_met_among(ids).await?,
            ties: tx.list_ties(&program.id).await?,
            wishes: tx.list_wishes_among(&program.id, ids).await?,
        })
    }
}

fn texts(loads: Vec<(PersonId, i64)>) -> BTreeMap<String, i64> {
    loads.into_iter().map(|(id, n)| (id.to_string(), n)).collect()
}

fn lines(rows: Vec<ManagerRow>) -> BTreeMap<String, String> {
    rows.into_iter().map(|(person, manager)| (person.to_string(), manager.to_string())).collect()
}

fn roles(rows: &[RoleRow]) -> BTreeMap<String, Holds> {
    let mut roles: BTreeMap<String, Holds> = BTreeMap::new();
    for row in rows {
        let holds = roles.entry(row.person_id.to_string()).or_default();
        holds.takes_part |= row.role == Role::Participant;
        holds.leads |= matches!(row.role, Role::Mentor | Role::Coach);
        holds.coaches |= row.role == Role::Coach;
    }
    roles
}

async fn left_out(tx: &mut Tx, program: &Program) -> Result<BTreeSet<String>, StoreError> {
    let last = tx.find_published_plan(&program.id).await?;
    let plan = last.and_then(|row| serde_json::from_str::<Plan>(&row.body).ok()).unwrap_or_default();
    let waited = plan.unplaced.into_iter().filter(|unplaced| !unplaced.as_mentor);
    Ok(waited.map(|unplaced| unplaced.person).collect())
}

/// What the open groups of a program hold.
#[derive(Default)]
pub(super) struct Here {
    /// Who takes part in one.
    pub(super) seated: BTreeSet<String>,
    /// How many each person mentors.
    pub(super) led: BTreeMap<String, i64>,
    /// Pairs, the smaller id first.
    pub(super) together: BTreeSet<(String, String)>,
}

impl Here {
    pub(super) fn of(members: &[Member]) -> Self {
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

/// Wishes by person.
pub(super) struct Wishes {
    with: BTreeMap<String, Vec<String>>,
    without: BTreeMap<String, Vec<String>>,
    /// Pairs of whom one wishes for the other and neither against it, the smaller id first.
    joined: BTreeSet<(String, String)>,
}

impl Wishes {
    pub(super) fn of(wishes: &[Wish]) -> Self {
        let mut all = Self { with: BTreeMap::new(), without: BTreeMap::new(), joined: BTreeSet::new() };
        let mut parted = BTreeSet::new();
        for wish in wishes {
            let (person, other) = (wish.person_id.to_string(), wish.other_id.to_string());
            let (a, b) = (person.clone(), other.clone());
            let pair = if a < b { (a, b) } else { (b, a) };
            let (list, pairs) = match wish.kind {
                WishKind::With => (&mut all.with, &mut all.joined),
                WishKind::Not => (&mut all.without, &mut parted),
            };
            list.entry(person).or_default().push(other);
            pairs.insert(pair);
        }
        all.joined.retain(|pair| !parted.contains(pair));
        all
    }

    /// Whether a pair is wished for.
    pub(super) fn join(&self, pair: &(String, String)) -> bool {
        self.joined.contains(pair)
    }

    /// With whom a person would like to be, and with whom rather not.
    pub(super) fn take(&mut self, id: &str) -> (Vec<String>, Vec<String>) {
        (self.with.remove(id).unwrap_or_default(), self.without.remove(id).unwrap_or_default())
    }
}
