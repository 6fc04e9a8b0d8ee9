//! Making the proposed groups real: groups, private rooms, a rhythm, all meetups to the closing one, and a message
//! with the reasons to everybody. All of it in one transaction, or none of it.

use jiff::civil::Date;

use super::change;
use super::proposal::{Draft, Made, broken, draft, name_of};
use super::schedule::book;
use crate::core::ctx::{Ctx, settings_of};
use crate::core::owe::{Debt, To};
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::rhythm::cadence_for_group;
use crate::core::shifts::{Shifts, seats};
use crate::core::views::{groups, proposals, refusals, repairs};
use crate::domain::formation::{self, PlannedGroup, Reason};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::settings::Settings;
use crate::domain::words::{GroupState, NudgeKind, PlanPurpose, PlanState, ProgramState, Role};
use crate::store::groups::{Group, Member};
use crate::store::meetups::Meetup;
use crate::store::programs::Program;

pub(super) async fn publish(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as_staff(args.get("program")).await?;
    if program.state != ProgramState::Open {
        return Err(refusals::program_not_open(&program).into());
    }
    let mut draft = draft(ctx, &program).await?;
    // Whoever came since has no place in it, and is not forgotten.
    formation::rescore(&draft.problem, &mut draft.plan);
    if let Err(failure) = check(ctx, &program, &draft).await {
        // Somebody else may have published it while we looked: its people have their places by now.
        let now = ctx.tx.find_draft_plan(&program.id).await?;
        let is_ours = now.is_some_and(|row| row.id == draft.row.id && row.version == draft.row.version);
        return Err(if is_ours { failure } else { refusals::changed_meanwhile().into() });
    }
    let settings = settings_of(&program);
    if args.get("confirm") != Some("yes") {
        let words = match draft.row.purpose {
            PlanPurpose::Form => format!(
                "Publish {} groups of {}? Everybody is told their group, and private rooms are opened.",
                draft.plan.groups.len(),
                program.name
            ),
            PlanPurpose::Repair => {
                let shifts = change::shifts_of(ctx, &program, &settings, &draft).await?;
                repairs::sure(&program, &shifts, &draft.people)
            }
        };
        let command = format!("groups publish {} yes", program.slug);
        return Ok(Reply::Private(refusals::confirm(words, "Publish now", command)));
    }
    draft.row.state = PlanState::Published;
    let sheets = Made::of(&draft.problem, draft.plan.clone()).fill(&mut draft.row, &draft.people);
    if !ctx.tx.mark_plan(&draft.row).await? {
        return Err(refusals::changed_meanwhile().into());
    }
    ctx.tx.insert_sheets(&draft.row.id, &sheets).await?;
    if draft.row.purpose == PlanPurpose::Repair {
        let done = change::carry_out(ctx, &program, &settings, &draft).await?;
        log(ctx, &program, "groups repair", &draft).await?;
        return Ok(done);
    }
    let mut number = last_number(ctx, &program).await?;
    let mut made = Vec::new();
    for planned in &draft.plan.groups {
        number += 1;
        let group = make_group(ctx, &program, &settings, &draft, planned, number, &Shifts::default()).await?;
        made.push(group);
    }
    log(ctx, &program, "groups publish", &draft).await?;
    Ok(Reply::Private(groups::published(&program, &made)))
}

async fn log(ctx: &mut Ctx<'_>, program: &Program, act: &str, draft: &Draft) -> Result<(), Failure> {
    ctx.log(Some(program), act, draft.row.id.as_str(), &format!("seed {}", draft.plan.seed)).await
}

/// The highest number of a group so far.
pub(super) async fn last_number(ctx: &mut Ctx<'_>, program: &Program) -> Result<i64, Failure> {
    Ok(ctx.tx.list_groups_of(&program.id).await?.iter().map(|g| g.number).max().unwrap_or(0))
}

/// The verifier has the last word. People may have left or changed since the proposal was made.
async fn check(ctx: &mut Ctx<'_>, program: &Program, draft: &Draft) -> Result<(), Failure> {
    if !draft.left.is_empty() {
        let what = (program, draft.row.purpose);
        return Err(proposals::out_of_date(what, &draft.left, &draft.people).into());
    }
    let broken = broken(ctx, program, draft).await?;
    if !broken.is_empty() {
        return Err(proposals::forbidden(&broken, false).into());
    }
    if draft.plan.groups.is_empty() {
        return Err(proposals::no_group(program).into());
    }
    Ok(())
}

pub(super) async fn make_group(
    ctx: &mut Ctx<'_>,
    program: &Program,
    settings: &Settings,
    draft: &Draft,
    planned: &PlannedGroup,
    number: i64,
    shifts: &Shifts,
) -> Result<(Group, Vec<String>, Option<Meetup>), Failure> {
    let zone = planned
        .mentors
        .first()
        .and_then(|id| draft.people.get(id))
        .map_or_else(|| program.zone.clone(), |mentor| mentor.zone.clone());
    let today: Date = zone.date(ctx.now);
    let cadence = cadence_for_group(&settings.cadence, &planned.common_hours, &zone, today)
        .and_then(|cadence| cadence.with_minutes(settings.minutes))
        .and_then(|cadence| cadence.with_skip(&settings.holidays))
        .map_err(|error| refusals::cannot_use(&error.to_string()))?;
    let group = Group {
        id: GroupId::new(ctx.core.next_id()),
        program_id: program.id.clone(),
        number,
        name: format!("Group {number}"),
        state: GroupState::Open,
        lead: settings.lead,
        mode: "mentor".to_owned(),
        cadence: cadence.to_string(),
        created_at: ctx.now,
        closed_at: None,
        purpose: String::new(),
    };
    ctx.tx.insert_group(&group).await?;
    for (person, role) in seats(planned) {
        let member = Member {
            group_id: group.id.clone(),
            person_id: PersonId::new(person),
            role,
            joined_at: ctx.now,
            left_at: None,
        };
        ctx.tx.insert_member(&member).await?;
    }
    open_rooms(ctx, program, &group).await?;
    tell_members(ctx, program, draft, planned, &group, shifts, |_| true).await?;
    let meetups = book(ctx, program, settings, &group, &cadence, &settings.place).await?;
    let names = planned.members().map(name_of(&draft.people)).collect();
    Ok((group, names, meetups.into_iter().next()))
}

/// One private room in each workspace of the program in which the group has members.
pub(super) async fn open_rooms(ctx: &mut Ctx<'_>, program: &Program, group: &Group) -> Result<(), Failure> {
    let members = ctx.tx.list_members(&group.id).await?;
    for workspace in ctx.tx.list_workspaces_of(&program.id).await? {
        let mut any = false;
        for member in &members {
            any = any || ctx.tx.find_account_of(&member.person_id, &workspace.id).await?.is_some();
        }
        if !any {
            continue;
        }
        ctx.core.house(&mut ctx.tx, program, group, &workspace.id, ctx.now).await?;
    }
    Ok(())
}

/// Whether what a mentor gives to the group is told by what they give to this person.
fn is_told(own: &[Reason], reason: &Reason) -> bool {
    let Reason::MentorServes { mentor, .. } = reason else { return false };
    own.iter().any(|other| matches!(other, Reason::NeedsCovered { mentor: by, .. } if by == mentor))
}

pub(super) async fn tell_members(
    ctx: &mut Ctx<'_>,
    program: &Program,
    draft: &Draft,
    planned: &PlannedGroup,
    group: &Group,
    shifts: &Shifts,
    fresh: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    for (person, role) in seats(planned).filter(|(person, _)| fresh(person)) {
        // What a mentor gives is said by the group's reasons; the personal ones speak of a seat as participant.
        let own = draft.plan.person_reasons.get(person).filter(|_| role != Role::Mentor);
        let own: &[Reason] = own.map_or(&[], Vec::as_slice);
        let all = own.iter().chain(planned.reasons.iter().filter(|reason| !is_told(own, reason)));
        let mut reasons = proposals::reasons(ctx.core.content(), program, all, &draft.people, Some(person));
        reasons.dedup();
        reasons.truncate(6);
        let note = groups::match_note(shifts.origin(person, role, planned.key), &reasons);
        let debt = Debt {
            kind: NudgeKind::GroupMatch,
            program: Some(&program.id),
            subject: group.id.as_str(),
            to: To::Person(PersonId::new(person)),
            // Who comes back into a group is told again.
            slot: draft.row.id.as_str(),
            note: &note,
            due: ctx.now,
            not_after: ctx.now.plus_days(14),
        };
        ctx.core.owe(&mut ctx.tx, debt).await?;
    }
    Ok(())
}
