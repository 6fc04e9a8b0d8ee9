//! A proposal on the desk of staff who move, swap and keep people. Of a large one only the groups that a change is about
//! are read, judged and written.
//!
//! Invariant: a proposal is changed only from the version that was read, and every change is recorded, so that the plan
//! can be made again from its inputs. Publishing judges the whole of it once more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{from_str, to_string};

use super::proposal::{
    Kept, Made, add_left, head, name_of, read_sheets, scope, seated, sheet_row, whole_plan,
};
use super::shown::{Whole, shown};
use crate::core::ctx::Ctx;
use crate::core::formation::{PERSON, problem, problem_near};
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::proposals::Since;
use crate::core::views::{proposals, refusals};
use crate::domain::civil::Zone;
use crate::domain::formation::{Edit, Excerpt, Lock, Plan, PlanScore, PlannedGroup, Problem, Violation};
use crate::domain::ids::PersonId;
use crate::domain::words::{PlanPurpose, TieKind};
use crate::store::people::Person;
use crate::store::plans::PlanRow;
use crate::store::programs::Program;
use crate::store::sheets::SheetRow;

/// People up to whom a proposal is read as a whole, so that what stops those who wait is told anew with each change.
const FEW: usize = 100;

/// A proposal being worked on.
pub(super) struct Desk {
    row: PlanRow,
    locks: Vec<Lock>,
    zones: BTreeSet<String>,
    /// See [`Kept::fewest`]; nothing is proven of what was changed by hand.
    fewest: Option<bool>,
    problem: Problem,
    people: BTreeMap<String, Person>,
    matter: Matter,
}

/// How much of the plan is on the desk.
enum Matter {
    Whole(Plan),
    /// Some groups, which of them were changed, and how many others there are.
    Part {
        excerpt: Box<Excerpt>,
        touched: BTreeSet<usize>,
        others: usize,
    },
}

impl Desk {
    /// The proposal of a program with what a change needs that is about these people and, perhaps, a group.
    pub(super) async fn open(
        ctx: &mut Ctx<'_>,
        program: &Program,
        movers: &[&PersonId],
        target: Option<usize>,
    ) -> Result<Self, Failure> {
        let Some(row) = ctx.tx.find_draft_plan(&program.id).await? else {
            return Err(proposals::no_proposal().into());
        };
        let locks: Vec<Lock> = from_str(&row.locks).unwrap_or_default();
        let (plan, kept) = (from_str::<Plan>(&row.body), from_str::<Kept>(&row.ledger));
        let fewest = kept.as_ref().ok().and_then(|kept| kept.fewest);
        let scope = scope(row.purpose);
        if let (Ok(plan), Ok(kept)) = (plan, kept)
            && plan.score.placed + plan.score.unplaced + plan.score.idle_mentors > FEW
        {
            let (excerpt, mates, others) =
                excerpt(ctx, program, &row, (movers, target), (plan, kept.ledger)).await?;
            let groups = || excerpt.sheets.iter().map(|sheet| &sheet.group);
            let mut ids: Vec<String> = groups().flat_map(PlannedGroup::members).map(str::to_owned).collect();
            ids.extend(movers.iter().map(ToString::to_string).chain(mates));
            ids.sort();
            ids.dedup();
            let held = |lock: &&Lock| groups().any(|group| group.key == lock.group);
            let near = locks.iter().filter(held).cloned().collect();
            let zones = kept.zones.iter().filter_map(|name| Zone::parse(name).ok()).collect();
            let (problem, mut people) =
                problem_near(&mut ctx.tx, program, near, scope, (&ids, zones)).await?;
            all_here(ctx, (program, row.purpose), seated(groups()), &mut people).await?;
            let matter = Matter::Part { excerpt: Box::new(excerpt), touched: BTreeSet::new(), others };
            return Ok(Self { row, locks, zones: kept.zones, fewest, problem, people, matter });
        }
        let Some(plan) = whole_plan(&mut ctx.tx, &row).await? else {
            return Err(proposals::no_proposal().into());
        };
        let (problem, mut people) = problem(&mut ctx.tx, program, locks.clone(), scope).await?;
        all_here(ctx, (program, row.purpose), seated(&plan.groups), &mut people).await?;
        Ok(Self { row, locks, zones: BTreeSet::new(), fewest, problem, people, matter: Matter::Whole(plan) })
    }

    fn groups(&self) -> Vec<&PlannedGroup> {
        match &self.matter {
            Matter::Whole(plan) => plan.groups.iter().collect(),
            Matter::Part { excerpt, .. } => excerpt.sheets.iter().map(|sheet| &sheet.group).collect(),
        }
    }

    /// The group with this number, if there is one.
    pub(super) fn group(&self, key: usize) -> Option<&PlannedGroup> {
        self.groups().into_iter().find(|group| group.key == key)
    }

    /// Refuses a number that no group of the proposal has, and says which there are.
    pub(super) async fn must_have(&self, ctx: &mut Ctx<'_>, key: usize) -> Result<(), Failure> {
        if self.group(key).is_some() {
            return Ok(());
        }
        let rows = ctx.tx.list_sheets(&self.row.id).await?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        Err(proposals::no_such_group(key, &numbers).into())
    }

    /// The first group in which a person sits, in whichever role.
    pub(super) fn seat_of(&self, id: &str) -> Option<usize> {
        self.groups().into_iter().find(|group| group.members().any(|m| m == id)).map(|group| group.key)
    }

    /// The figures of the whole proposal.
    pub(super) fn score(&self) -> PlanScore {
        match &self.matter {
            Matter::Whole(plan) => plan.score,
            Matter::Part { excerpt, .. } => excerpt.head.score,
        }
    }

    /// Keeps a person in a group from now on.
    pub(super) fn lock(&mut self, lock: &Lock) {
        for locks in [&mut self.locks, &mut self.problem.locks] {
            locks.retain(|other| other.person != lock.person);
            locks.push(lock.clone());
        }
    }

    /// Changes the plan, and remembers the change. With `freely` people of one unit may sit together.
    pub(super) fn change(&mut self, edit: Edit, freely: bool) -> Result<(), Vec<Violation>> {
        let mut wider;
        let problem = if freely {
            wider = self.problem.clone();
            wider.rules.per_unit = u8::MAX;
            &wider
        } else {
            &self.problem
        };
        match &mut self.matter {
            Matter::Whole(plan) => *plan = edit.carry_out(problem, plan)?,
            Matter::Part { excerpt, touched, .. } => touched.extend(excerpt.carry_out(&edit, problem)?),
        }
        let mut edits: Vec<Edit> = from_str(&self.row.edits).unwrap_or_default();
        edits.push(edit);
        self.fewest = None;
        self.row.edits = to_string(&edits).unwrap_or_default();
        Ok(())
    }

    /// Lets a person go wherever a new search puts them. False when nobody had kept them.
    pub(super) fn unlock(&mut self, person: &str) -> bool {
        let many = self.locks.len();
        for locks in [&mut self.locks, &mut self.problem.locks] {
            locks.retain(|lock| lock.person != person);
        }
        self.locks.len() < many
    }

    /// Says which rules stand against a change.
    pub(super) fn refuse(&self, violations: &[Violation]) -> Failure {
        let name = name_of(&self.people);
        let words: Vec<String> = violations.iter().map(|v| v.words(&name)).collect();
        let kept = violations.iter().any(|v| matches!(v, Violation::LockBroken { .. }));
        proposals::forbidden(&words, kept).into()
    }

    /// Keeps the changed proposal unless somebody else changed it meanwhile, and shows it with what the change did to
    /// its figures.
    pub(super) async fn keep(mut self, ctx: &mut Ctx<'_>, program: &Program, before: PlanScore) -> Outcome {
        self.row.locks = to_string(&self.locks).unwrap_or_default();
        let (excerpt, touched, others) = match self.matter {
            Matter::Part { excerpt, touched, others } => (*excerpt, touched, others),
            Matter::Whole(plan) => {
                let mut made = Made::of(&self.problem, plan);
                made.fewest = self.fewest;
                let sheets = made.fill(&mut self.row, &self.people);
                mark(ctx, &self.row).await?;
                ctx.tx.insert_sheets(&self.row.id, &sheets).await?;
                let (purpose, before) = (self.row.purpose, Some(before));
                let (problem, locks, people) = (&self.problem, &self.locks, &self.people);
                let (made, since) = (&made, Since::default());
                let whole = Whole { purpose, problem, locks, made, people, since, before, same: false };
                return shown(ctx, program, whole).await;
            }
        };
        let Excerpt { head: plan, ledger, sheets, .. } = excerpt;
        self.row.body = to_string(&head(&plan)).unwrap_or_default();
        let kept = Kept { ledger, zones: self.zones, fewest: self.fewest };
        self.row.ledger = to_string(&kept).unwrap_or_default();
        mark(ctx, &self.row).await?;
        for sheet in sheets.iter().filter(|sheet| touched.contains(&sheet.group.key)) {
            ctx.tx.mark_sheet(&self.row.id, &sheet_row(sheet)).await?;
        }
        let plan = Plan { groups: sheets.into_iter().map(|sheet| sheet.group).collect(), ..plan };
        let locked: Vec<String> = self.locks.iter().map(|lock| lock.person.clone()).collect();
        let standing = kept.ledger.standing(&self.problem.rules, plan.bound);
        let shown = proposals::Proposed {
            program,
            plan: &plan,
            people: &self.people,
            since: &Since::default(),
            locked: &locked,
            standing: standing.as_ref(),
            before: Some(before),
            purpose: self.row.purpose,
            others,
            wishes: None,
            same: false,
        };
        Ok(Reply::Private(proposals::preview(ctx.core.content(), &shown)))
    }
}

/// Refuses when somebody who sits in these groups has left the program: no change by hand makes the proposal whole.
async fn all_here(
    ctx: &mut Ctx<'_>,
    (program, purpose): (&Program, PlanPurpose),
    seated: Vec<String>,
    people: &mut BTreeMap<String, Person>,
) -> Result<(), Failure> {
    let left = add_left(&mut ctx.tx, seated, people).await?;
    if left.is_empty() {
        return Ok(());
    }
    Err(proposals::out_of_date((program, purpose), &left, people).into())
}

/// Keeps the row of a changed proposal unless somebody else changed it meanwhile.
async fn mark(ctx: &mut Ctx<'_>, row: &PlanRow) -> Result<(), Failure> {
    if ctx.tx.mark_plan(row).await? { Ok(()) } else { Err(refusals::changed_meanwhile().into()) }
}

/// The groups that a change is about, everybody who must be with those who move, and how many other groups there are.
async fn excerpt(
    ctx: &mut Ctx<'_>,
    program: &Program,
    row: &PlanRow,
    (movers, target): (&[&PersonId], Option<usize>),
    (head, ledger): (Plan, crate::domain::formation::Ledger),
) -> Result<(Excerpt, Vec<String>, usize), Failure> {
    let sides: BTreeSet<String> = movers.iter().map(|id| format!("{PERSON}{id}")).collect();
    let mut mates = Vec::new();
    for tie in ctx.tx.list_ties(&program.id).await? {
        let pairs = [(&tie.first_side, &tie.second_side), (&tie.second_side, &tie.first_side)];
        for (side, other) in pairs.into_iter().filter(|_| tie.kind == TieKind::Together) {
            if sides.contains(side) && !sides.contains(other) {
                mates.extend(other.strip_prefix(PERSON).map(str::to_owned));
            }
        }
    }
    let mut rows: BTreeMap<i64, SheetRow> = BTreeMap::new();
    let about = movers.iter().map(|id| (*id).clone()).chain(mates.iter().map(PersonId::new));
    for person in about.collect::<Vec<_>>() {
        rows.extend(
            ctx.tx.list_sheets_with(&row.id, &person).await?.into_iter().map(|row| (row.number, row)),
        );
    }
    if let Some(number) = target.and_then(|key| i64::try_from(key).ok()) {
        rows.extend(ctx.tx.find_sheet(&row.id, number).await?.map(|row| (row.number, row)));
    }
    let numbers: Vec<i64> = rows.keys().copied().collect();
    let (others, weakest_elsewhere) = ctx.tx.find_weakest_sheet(&row.id, &numbers).await?;
    let rows: Vec<SheetRow> = rows.into_values().collect();
    let Some(sheets) = read_sheets(&rows) else { return Err(proposals::no_proposal().into()) };
    let others = usize::try_from(others).unwrap_or_default();
    Ok((Excerpt { head, ledger, sheets, weakest_elsewhere }, mates, others))
}
