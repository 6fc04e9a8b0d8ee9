//! A proposal of groups: kept group by group with what it was made from, and read as a whole with the pool of today.
//!
//! Invariant: a proposal takes the place of the one that was looked at before the long work began, and of no other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{from_str, to_string};

use crate::core::Core;
use crate::core::ctx::Ctx;
use crate::core::formation::{Scope, overridden, problem};
use crate::core::request::Failure;
use crate::core::views::{proposals, refusals};
use crate::domain::formation::{
    Bound, Changes, Ledger, Lock, Plan, PlannedGroup, Problem, Repair, Sheet, gather, sheets, verify,
};
use crate::domain::ids::{PersonId, PlanId};
use crate::domain::words::{PlanPurpose, PlanState, ProgramState};
use crate::store::people::Person;
use crate::store::plans::{PlanInput, PlanRow};
use crate::store::programs::Program;
use crate::store::sheets::{SheetRow, spaced};
use crate::store::{StoreError, Tx};

/// A proposal that is being worked on.
pub(super) struct Draft {
    pub(super) row: PlanRow,
    pub(super) plan: Plan,
    pub(super) problem: Problem,
    /// Everybody who holds a role in the program, and those in the plan who have left it since.
    pub(super) people: BTreeMap<String, Person>,
    /// Ids of those in the plan who have left the program since.
    pub(super) left: BTreeSet<String>,
    /// See [`Kept::fewest`].
    pub(super) fewest: Option<bool>,
}

/// What a plan is made from, beside seed and steps.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::core) struct Inputs {
    pub(in crate::core) problem: Problem,
    /// The groups that a repair began with.
    pub(in crate::core) before: Option<Plan>,
    /// Whether the search was stopped by hand, so that its steps cannot be told from its inputs.
    #[serde(default)]
    pub(in crate::core) stopped: bool,
}

impl Inputs {
    /// What the proposal is for.
    pub(in crate::core) const fn purpose(&self) -> PlanPurpose {
        if self.before.is_some() { PlanPurpose::Repair } else { PlanPurpose::Form }
    }

    /// Whether a plan leaves the groups that were as they were.
    pub(in crate::core) fn is_unchanged(&self, plan: &Plan) -> bool {
        self.before.as_ref().is_some_and(|before| Changes::between(&self.problem, before, plan).is_empty())
    }
}

/// What is kept of a plan beside its groups, so that a change by hand needs only those it touches.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) ledger: Ledger,
    /// Time zones of everybody, as they divide the programme.
    pub(super) zones: BTreeSet<String>,
    /// Of a repair nobody has changed by hand: whether it is proven that fewer cannot move.
    #[serde(default)]
    pub(super) fewest: Option<bool>,
}

/// A plan ready to be kept.
pub(in crate::core) struct Made {
    pub(in crate::core) plan: Plan,
    pub(super) ledger: Ledger,
    sheets: Vec<Sheet>,
    /// See [`Kept::fewest`].
    pub(super) fewest: Option<bool>,
}

impl Made {
    /// Measures a plan once more, which takes a moment for thousands of people.
    pub(in crate::core) fn of(problem: &Problem, plan: Plan) -> Self {
        let (ledger, sheets) = sheets(problem, &plan);
        Self { plan, ledger, sheets, fewest: None }
    }

    /// As [`Made::of`], for a repair.
    pub(in crate::core) fn repaired(problem: &Problem, repair: Repair) -> Self {
        Self { fewest: Some(repair.fewest), ..Self::of(problem, repair.plan) }
    }

    /// Writes the plan into its row, and says which rows its groups become.
    pub(super) fn fill(&self, row: &mut PlanRow, people: &BTreeMap<String, Person>) -> Vec<SheetRow> {
        let zones = people.values().map(|person| person.zone.name().to_owned()).collect();
        row.body = to_string(&head(&self.plan)).unwrap_or_default();
        let kept = Kept { ledger: self.ledger.clone(), zones, fewest: self.fewest };
        row.ledger = to_string(&kept).unwrap_or_default();
        self.sheets.iter().map(sheet_row).collect()
    }
}

/// A plan without its groups.
pub(super) fn head(plan: &Plan) -> Plan {
    let Plan { unplaced, score, seed, iterations, bound, .. } = plan;
    Plan {
        unplaced: unplaced.clone(),
        score: *score,
        seed: *seed,
        iterations: *iterations,
        bound: *bound,
        ..Plan::default()
    }
}

pub(super) fn sheet_row(sheet: &Sheet) -> SheetRow {
    SheetRow {
        number: i64::try_from(sheet.group.key).unwrap_or(i64::MAX),
        score: sheet.group.score,
        members: spaced(sheet.group.members()),
        body: to_string(sheet).unwrap_or_default(),
    }
}

/// Rows that cannot be read are those of another version of the program; nothing is made up in their place.
pub(super) fn read_sheets(rows: &[SheetRow]) -> Option<Vec<Sheet>> {
    rows.iter().map(|row| from_str(&row.body).ok()).collect()
}

/// A plan with all its groups; none when it cannot be read.
pub(super) async fn whole_plan(tx: &mut Tx, row: &PlanRow) -> Result<Option<Plan>, StoreError> {
    let sheets = read_sheets(&tx.list_sheets(&row.id).await?);
    Ok(from_str::<Plan>(&row.body).ok().zip(sheets).map(|(head, sheets)| gather(head, sheets)))
}

/// What the figures of a proposal rest on, and its bound; none without a proposal, or for one from before.
pub(super) async fn kept_figures(
    tx: &mut Tx,
    program: &Program,
) -> Result<Option<(Ledger, Option<Bound>)>, StoreError> {
    let Some(row) = tx.find_draft_plan(&program.id).await? else { return Ok(None) };
    let (head, kept) = (from_str::<Plan>(&row.body), from_str::<Kept>(&row.ledger));
    Ok(head.ok().zip(kept.ok()).map(|(head, kept)| (kept.ledger, head.bound)))
}

/// The proposal of a program, with the pool as it is now.
pub(super) async fn draft(ctx: &mut Ctx<'_>, program: &Program) -> Result<Draft, Failure> {
    let Some(row) = ctx.tx.find_draft_plan(&program.id).await? else {
        return Err(proposals::no_proposal().into());
    };
    let locks: Vec<Lock> = from_str(&row.locks).unwrap_or_default();
    let Some(plan) = whole_plan(&mut ctx.tx, &row).await? else {
        return Err(proposals::no_proposal().into());
    };
    let (problem, mut people) = problem(&mut ctx.tx, program, locks, scope(row.purpose)).await?;
    let left = add_left(&mut ctx.tx, seated(&plan.groups), &mut people).await?;
    let fewest = from_str::<Kept>(&row.ledger).ok().and_then(|kept| kept.fewest);
    Ok(Draft { row, plan, problem, people, left, fewest })
}

/// Ids of those who sit in these groups.
pub(super) fn seated<'g>(groups: impl IntoIterator<Item = &'g PlannedGroup>) -> Vec<String> {
    groups.into_iter().flat_map(PlannedGroup::members).map(str::to_owned).collect()
}

/// Finds those of a plan who have left the program since, adds them to its people, so that they can be named, and says
/// who they are.
pub(super) async fn add_left(
    tx: &mut Tx,
    seated: Vec<String>,
    people: &mut BTreeMap<String, Person>,
) -> Result<BTreeSet<String>, StoreError> {
    let mut left = BTreeSet::new();
    for id in seated {
        if people.contains_key(&id) {
            continue;
        }
        if let Some(person) = tx.find_person(&PersonId::new(id.as_str())).await? {
            people.insert(id.clone(), person);
        }
        left.insert(id);
    }
    Ok(left)
}

/// The rules that a proposal breaks by now, in words. People may have changed since it was made, and rules too.
pub(super) async fn broken(
    ctx: &mut Ctx<'_>,
    program: &Program,
    draft: &Draft,
) -> Result<Vec<String>, Failure> {
    let excused = overridden(&mut ctx.tx, program, draft.row.created_at).await?;
    let name = name_of(&draft.people);
    let violations = verify(&draft.problem, &draft.plan).into_iter();
    Ok(violations.filter(|v| !excused.excuses(v)).map(|v| v.words(&name)).collect())
}

/// Whom a proposal is about.
pub(super) const fn scope(purpose: PlanPurpose) -> Scope {
    match purpose {
        PlanPurpose::Form => Scope::Waiting,
        PlanPurpose::Repair => Scope::Everybody,
    }
}

pub(super) fn must_be_open(program: &Program) -> Result<(), Failure> {
    if program.state == ProgramState::Open { Ok(()) } else { Err(refusals::program_not_open(program).into()) }
}

pub(super) fn name_of(people: &BTreeMap<String, Person>) -> impl Fn(&str) -> String + '_ {
    |id: &str| people.get(id).map_or_else(|| "somebody".to_owned(), |person| person.name.clone())
}

/// Puts what a search has found in the place of the proposal that was looked at before the long work began, unless
/// another search was begun meanwhile.
pub(in crate::core) async fn keep(
    core: &Core,
    (program, by): (&Program, &PersonId),
    old: Option<PlanRow>,
    found: (&Inputs, &Made, &BTreeMap<String, Person>),
    search: &str,
) -> Result<(), Failure> {
    let mut tx = core.store().begin().await?;
    if tx.find_search(&program.id).await?.is_none_or(|now| now.id != search) {
        return Err(refusals::changed_meanwhile().into());
    }
    let (inputs, made, people) = found;
    let looked_at = old.as_ref().map(|row| (row.id.clone(), row.version));
    if tx.find_draft_plan(&program.id).await?.map(|row| (row.id, row.version)) != looked_at {
        return Err(refusals::changed_meanwhile().into());
    }
    if let Some(mut row) = old {
        row.state = PlanState::Dropped;
        tx.mark_plan(&row).await?;
        tx.delete_dropped_inputs(&program.id).await?;
    }
    let plan = &made.plan;
    let mut row = PlanRow {
        id: PlanId::new(core.next_id()),
        program_id: program.id.clone(),
        seed: i64::try_from(plan.seed).unwrap_or(i64::MAX),
        state: PlanState::Draft,
        locks: to_string(&inputs.problem.locks).unwrap_or_default(),
        body: String::new(),
        ledger: String::new(),
        purpose: inputs.purpose(),
        edits: "[]".to_owned(),
        version: 1,
        created_by: by.clone(),
        created_at: core.now(),
    };
    let sheets = made.fill(&mut row, people);
    tx.insert_plan(&row).await?;
    tx.insert_sheets(&row.id, &sheets).await?;
    let input = PlanInput {
        plan_id: row.id,
        problem: to_string(inputs).unwrap_or_default(),
        iterations: i64::try_from(plan.iterations).unwrap_or(i64::MAX),
    };
    tx.insert_plan_input(&input).await?;
    Ok(tx.commit().await?)
}
