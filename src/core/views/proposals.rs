//! Proposals of groups, as the staff of a programme see them: who sits where and why, how good that is, and who moves.

use std::collections::BTreeSet;

use super::groups::{MOST_IN_FULL, People};
use crate::chat::{Action, Message, Span, bold, command};
use crate::content::Content;
use crate::core::command::{Kind, TABLE};
use crate::core::ctx::settings_of;
use crate::domain::formation::{
    Infeasible, Plan, PlanScore, PlannedGroup, Reason, Relaxation, Standing, Stop, Telling,
};
use crate::domain::starters::lower_first;
use crate::domain::words::PlanPurpose;
use crate::store::programs::Program;

/// People without a place who are named at most.
const MOST_WITHOUT: usize = 25;
/// Ties named at most when they cannot hold.
const MOST_TIES: usize = 3;
/// Criteria shown in the table of figures.
const MOST_CRITERIA: usize = 8;

/// A proposal to show.
pub(in crate::core) struct Proposed<'a> {
    pub(in crate::core) program: &'a Program,
    pub(in crate::core) plan: &'a Plan,
    pub(in crate::core) people: &'a People,
    pub(in crate::core) since: &'a Since,
    /// Ids of those who are kept where they are.
    pub(in crate::core) locked: &'a [String],
    /// The plan beside chance and its bound.
    pub(in crate::core) standing: Option<&'a Standing>,
    /// The figures before the change that was just made.
    pub(in crate::core) before: Option<PlanScore>,
    pub(in crate::core) purpose: PlanPurpose,
    /// How many groups there are beside those of `plan`, which a change did not touch.
    pub(in crate::core) others: usize,
    /// How many wishes members have, in words.
    pub(in crate::core) wishes: Option<String>,
    /// Whether another arrangement was asked for and there is none.
    pub(in crate::core) same: bool,
}

/// What has changed since a proposal was made, so that it cannot be published as it is.
#[derive(Debug, Default)]
pub(in crate::core) struct Since {
    /// Ids of those in it who have left the programme.
    pub(in crate::core) left: BTreeSet<String>,
    /// The rules that it breaks by now, in words.
    pub(in crate::core) broken: Vec<String>,
}

impl Since {
    /// Whether nothing stands against publishing.
    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.broken.is_empty()
    }

    /// How somebody in the proposal is called.
    pub(super) fn name_of(&self, people: &People) -> impl Fn(&str) -> String {
        move |id: &str| {
            let gone = if self.left.contains(id) { " (has left)" } else { "" };
            format!("{}{gone}", name_of(people)(id))
        }
    }
}

/// Says before anything else that a proposal is out of date.
pub(super) fn dated(
    message: Message,
    since: &Since,
    (program, purpose): (&Program, PlanPurpose),
    people: &People,
) -> Message {
    let again = command(again(program, purpose));
    if !since.left.is_empty() {
        let gone = who_left(&since.left, people);
        return message.text([format!("{gone} Propose again with ").into(), again, ".".into()]);
    }
    if since.broken.is_empty() {
        return message;
    }
    let items = since.broken.iter().map(|v| vec![Span::from(v.as_str())]);
    message
        .words("By the people and rules of now, this proposal breaks a rule, so it cannot be published as it is:")
        .list(items)
        .text(["Change it by hand, or propose again with ".into(), again, ".".into()])
}

/// Who has left, as the reason why a proposal is out of date.
fn who_left(left: &BTreeSet<String>, people: &People) -> String {
    let names: Vec<String> = left.iter().map(|id| name_of(people)(id)).collect();
    let have = if names.len() == 1 { "has" } else { "have" };
    format!("This proposal is out of date: {} {have} left since it was made.", super::list(&names))
}

/// The command that makes a proposal anew.
fn again(program: &Program, purpose: PlanPurpose) -> String {
    match purpose {
        PlanPurpose::Form => format!("groups preview {}", program.slug),
        PlanPurpose::Repair => format!("groups repair {}", program.slug),
    }
}

/// A proposal with people who have left can be neither changed nor published.
pub(in crate::core) fn out_of_date(
    (program, purpose): (&Program, PlanPurpose),
    left: &BTreeSet<String>,
    people: &People,
) -> Message {
    super::refusals::plain(format!("{} Nothing was changed. Please propose again.", who_left(left, people)))
        .actions([propose_again(program, purpose)])
}

fn propose_again(program: &Program, purpose: PlanPurpose) -> Action {
    Action::primary("Propose again", again(program, purpose))
}

/// The buttons under a proposal that can be published, or the one that makes it anew.
pub(super) fn ways(
    since: &Since,
    (program, purpose): (&Program, PlanPurpose),
    more: impl IntoIterator<Item = Action>,
) -> Vec<Action> {
    if !since.is_empty() {
        return vec![propose_again(program, purpose)];
    }
    let publish = Action::primary("Publish", format!("groups publish {}", program.slug));
    std::iter::once(publish).chain(more).collect()
}

pub(super) fn name_of(people: &People) -> impl Fn(&str) -> String + '_ {
    |id: &str| people.get(id).map_or_else(|| "somebody outside the programme".to_owned(), |p| p.name.clone())
}

fn with_unit(people: &People, id: &str) -> String {
    people.get(id).map_or_else(String::new, |p| {
        if p.organisation.is_empty() { p.name.clone() } else { format!("{} ({})", p.name, p.organisation) }
    })
}

/// A proposal, with the reasons for each group and for everybody without a place.
pub(in crate::core) fn preview(content: &Content, shown: &Proposed<'_>) -> Message {
    let Proposed { program, plan, people, .. } = *shown;
    let score = &plan.score;
    let without = match score.unplaced {
        0 => String::new(),
        number => format!("; {number} without a place"),
    };
    let heading = match shown.purpose {
        PlanPurpose::Form => format!("Proposed groups for {}", program.name),
        PlanPurpose::Repair => format!("Proposed changes to the groups of {}", program.name),
    };
    let what = (program, shown.purpose);
    let message = dated(Message::new().heading(heading), shown.since, what, people);
    if plan.groups.is_empty() && shown.others == 0 {
        return empty(message, program, plan, people);
    }
    let mut message = message.words(format!(
        "{} in {}{without}. Nobody has been told yet. Seed {}.",
        super::count(score.placed, "participant has a place", "participants have a place"),
        super::count(plan.groups.len() + shown.others, "group", "groups"),
        plan.seed
    ));
    if let Some(before) = shown.before {
        message = message.words(changed(&before, score));
    }
    if shown.same {
        message = message.words(if plan.bound.is_some_and(|bound| bound.optimal) {
            "This is the arrangement that you saw before. It is proven that none is better, so asking again changes \
             nothing; move or keep people, or change the rules."
        } else {
            "This is the arrangement that you saw before: the search found none better from this seed either. To have \
             another, try a further seed, move or keep people, or change the rules."
        });
    }
    for group in plan.groups.iter().take(MOST_IN_FULL) {
        let reasons = reasons(content, program, &group.reasons, people, None);
        message = one_proposed(message, group, shown, &reasons);
    }
    if plan.groups.len() > MOST_IN_FULL {
        let rows = plan.groups.iter().skip(MOST_IN_FULL).map(|g| {
            let mentors: Vec<String> = g.mentors.iter().map(|id| shown.since.name_of(people)(id)).collect();
            vec![
                g.key.to_string(),
                mentors.join(", "),
                g.participants.len().to_string(),
                format!("{} %", g.percent()),
            ]
        });
        message = message.table(["Group", "Mentor", "Participants", "Fit"], rows.collect());
    }
    if shown.others == 0 {
        message = without_place(message, program, plan, people);
    } else {
        message = message.words(format!(
            "{} as they are.",
            super::count(shown.others, "other group stays", "other groups stay")
        ));
    }
    if let Some(wishes) = &shown.wishes {
        message = message.words(wishes);
    }
    // What is left of a proposal cannot be changed, and says nothing of how good it was.
    if shown.since.left.is_empty() {
        if let Some(standing) = shown.standing {
            message = figures(message, plan, standing);
        }
        message = message.note([
            "Move somebody with ".into(),
            command("groups move"),
            ", let two change places with ".into(),
            command("groups swap"),
            ", keep somebody with ".into(),
            command("groups lock"),
            " until ".into(),
            command("groups unlock"),
            ".".into(),
        ]);
    }
    message.actions(ways(shown.since, what, more(program, plan, shown.purpose)))
}

/// A proposal in which nobody has a place, with what stands in the way.
fn empty(message: Message, program: &Program, plan: &Plan, people: &People) -> Message {
    let message = message.words(format!(
        "By the rules as they are, no group could be formed: {} without a place. Seed {}.",
        super::count(plan.score.unplaced, "participant is", "participants are"),
        plan.seed
    ));
    without_place(message, program, plan, people)
        .actions([Action::primary("Change the settings", format!("program settings {}", program.slug))])
}

/// What can be done with a proposal beside publishing it.
fn more(program: &Program, plan: &Plan, purpose: PlanPurpose) -> Vec<Action> {
    let slug = &program.slug;
    let mut actions = vec![Action::button("As a picture", format!("groups picture {slug}"))];
    if purpose == PlanPurpose::Form {
        actions.push(Action::button(
            "Try another arrangement",
            format!("groups preview {slug} {}", plan.seed.wrapping_add(1) % 1_000_000),
        ));
    }
    actions
}

/// What a change by hand did to the figures.
pub(super) fn changed(before: &PlanScore, after: &PlanScore) -> String {
    let mean = |score: &PlanScore| {
        let people = i64::try_from(score.placed.max(1)).unwrap_or(i64::MAX);
        (score.total / people + 50) / 100
    };
    let worst = |score: &PlanScore| (score.worst_group + 50) / 100;
    let told = |was: i64, is: i64| {
        if was == is { format!("stays at {is} %") } else { format!("goes from {was} % to {is} %") }
    };
    format!(
        "The mean fit {}, the weakest group {}.",
        told(mean(before), mean(after)),
        told(worst(before), worst(after))
    )
}

/// How good a plan is, beside lots and beside what is proven to be possible.
fn figures(message: Message, plan: &Plan, standing: &Standing) -> Message {
    let proven = match (plan.bound, standing.bound) {
        (Some(bound), _) if bound.optimal => " It is proven that no arrangement is better.".to_owned(),
        (Some(_), Some(most)) if most < 100 => {
            format!(" It is proven that no arrangement has more than {most} %.")
        }
        _ => String::new(),
    };
    let lots = match standing.broken {
        0 => String::new(),
        _ => format!(
            ", and would break a rule in {}",
            super::count(usize::try_from(standing.broken).unwrap_or_default(), "group", "groups")
        ),
    };
    let rows = standing
        .criteria
        .iter()
        .take(MOST_CRITERIA)
        .map(|row| vec![row.criterion.words().to_owned(), bar(row.plan), bar(row.chance)]);
    message
        .text([bold("How good is it?")])
        .words(format!(
            "The mean fit is {} %. Drawing lots for the same places would give {} %{lots}.{proven}",
            standing.plan, standing.chance
        ))
        .table(["What counts", "This proposal", "Lots"], rows.collect())
}

/// A value from 0 to 100 as a small picture with its number.
fn bar(value: i64) -> String {
    let full = usize::try_from((value.clamp(0, 100) + 5) / 10).unwrap_or_default();
    format!("{}{} {value}", "█".repeat(full), "░".repeat(10 - full))
}

pub(super) fn without_place(message: Message, program: &Program, plan: &Plan, people: &People) -> Message {
    let unplaced: Vec<_> = plan
        .unplaced
        .iter()
        .take(MOST_WITHOUT)
        .map(|u| {
            let why: Vec<String> = u.stopped_by.iter().map(Stop::words).collect();
            let relax = u.relax.as_ref().map(|r| format!(" {}", r.words())).unwrap_or_default();
            let role = if u.as_mentor { " as a mentor" } else { "" };
            let why = why.join(" ");
            vec![bold(format!("{}{role}", name_of(people)(&u.person))), format!(": {why}{relax}").into()]
        })
        .collect();
    if unplaced.is_empty() {
        return message;
    }
    let message = message.text([bold("Without a place")]).list(unplaced);
    let advice = plan.unplaced.iter().take(MOST_WITHOUT).filter_map(|u| setting(program, u.relax.as_ref()?));
    let advice: BTreeSet<String> = advice.collect();
    if advice.is_empty() {
        return message;
    }
    let mut ways: Vec<Span> = vec!["What would help is set with ".into()];
    for (at, way) in advice.into_iter().enumerate() {
        if at > 0 {
            ways.push(" or ".into());
        }
        ways.push(command(way));
    }
    ways.push(".".into());
    message.note(ways)
}

/// The command that follows an advice; none for advice that no setting follows, or for more than a setting admits.
fn setting(program: &Program, advice: &Relaxation) -> Option<String> {
    let number = |number: usize| number.to_string();
    let (family, name, value) = match advice {
        Relaxation::LargerGroups { max_participants } => ("settings", "largest", number(*max_participants)),
        Relaxation::SmallerGroups { min_participants } => ("settings", "smallest", number(*min_participants)),
        Relaxation::MoreMentors { max_mentors } => ("settings", "mentors", number(*max_mentors)),
        Relaxation::FewerHours { min_common_hours } => {
            ("settings", "common_hours", min_common_hours.to_string())
        }
        Relaxation::MorePerUnit { per_unit } => ("settings", "per_unit", per_unit.to_string()),
        Relaxation::MorePerOrganisation { per_organisation } => {
            ("rules", "per_organisation", per_organisation.to_string())
        }
        Relaxation::MorePerDepartment { per_department } => {
            ("rules", "per_department", per_department.to_string())
        }
        Relaxation::WiderZones { hours } => ("rules", "zones", hours.to_string()),
        Relaxation::SameManager => ("rules", "same_manager", "free".to_owned()),
        Relaxation::LowerQuorum { percent } => ("rules", "quorum", percent.to_string()),
        Relaxation::AnotherMentor => return None,
    };
    let path = format!("program {family}");
    let arg = TABLE.iter().find(|spec| spec.path == path).and_then(|spec| spec.arg(name));
    let admits = arg.is_some_and(|arg| match (arg.kind, value.parse::<i64>()) {
        (Kind::Number(least, most), Ok(value)) => (least..=most).contains(&value),
        _ => true,
    });
    admits.then(|| format!("{path} {} {name}={value}", program.slug))
}

/// Reasons as sentences: to a member of the group, who is called "you", or to staff.
pub(in crate::core) fn reasons<'r>(
    content: &Content,
    program: &Program,
    reasons: impl IntoIterator<Item = &'r Reason>,
    people: &People,
    reader: Option<&str>,
) -> Vec<String> {
    let title_of = |topic: &str| lower_first(content.library.theme_title(topic));
    let difference = settings_of(program).difference;
    let telling =
        Telling { reader, name_of: &name_of(people), title_of: &title_of, unit: difference.as_str() };
    reasons.into_iter().map(|reason| reason.words(&telling)).collect()
}

fn one_proposed(message: Message, group: &PlannedGroup, shown: &Proposed<'_>, reasons: &[String]) -> Message {
    let seat = |id: &String| {
        let pin = if shown.locked.contains(id) { ", kept" } else { "" };
        if shown.since.left.contains(id) {
            return shown.since.name_of(shown.people)(id);
        }
        format!("{}{pin}", with_unit(shown.people, id))
    };
    let mentors: Vec<String> = group.mentors.iter().map(seat).collect();
    let participants: Vec<String> = group.participants.iter().map(seat).collect();
    message
        .text([bold(format!("Group {}", group.key)), format!(", fit {} %", group.percent()).into()])
        .fields([
            ("Mentor", vec![super::list(&mentors).into()]),
            ("Participants", vec![super::list(&participants).into()]),
        ])
        .note([reasons.join(" ").into()])
}

/// There is no published plan.
pub(in crate::core) fn nothing_published(program: &Program) -> Message {
    super::refusals::leading(
        format!("{} has no groups yet. Make some with ", program.name),
        "groups preview",
        ", and publish them.",
    )
}

/// The published plan is older than the records.
pub(in crate::core) fn not_recorded(program: &Program) -> Message {
    super::refusals::plain(format!(
        "What the groups of {} were made from was not kept, so they cannot be made again. The next groups that you \
         publish can.",
        program.name
    ))
}

/// The search was stopped by hand.
pub(in crate::core) fn stopped(program: &Program) -> Message {
    super::refusals::plain(format!(
        "The search for the groups of {} was stopped by hand, so it cannot be repeated to the same end. Searches that \
         run to their end can.",
        program.name
    ))
}

/// Nothing to propose.
pub(in crate::core) fn nobody_to_place(program: &Program) -> Message {
    super::refusals::leading(
        format!("There is nobody in {} who still needs a place. People join with ", program.name),
        format!("join {}", program.slug),
        "; then propose groups again.",
    )
}

/// The proposal has no group.
pub(in crate::core) fn no_group(program: &Program) -> Message {
    super::refusals::plain(
        "By the rules as they are, no group could be formed, so there is nothing to publish.",
    )
    .text([
        "See what stands in the way with ".into(),
        command(format!("groups proposal {}", program.slug)),
        ", and change it with ".into(),
        command(format!("program settings {}", program.slug)),
        ".".into(),
    ])
}

/// There is no proposal to work on.
pub(in crate::core) fn no_proposal() -> Message {
    super::refusals::plain("There is no proposal yet.").text([
        "Make one with ".into(),
        command("groups preview"),
        ".".into(),
    ])
}

/// The rules cannot hold together.
pub(in crate::core) fn infeasible(
    program: &Program,
    why: &Infeasible,
    name_of: &dyn Fn(&str) -> String,
) -> Message {
    let slug = &program.slug;
    let message = super::refusals::plain(format!("These groups cannot be formed. {}", why.words(name_of)));
    let mut steps: Vec<Span> = Vec::new();
    match why {
        Infeasible::Together(ties) => {
            steps.push("See who is kept together and apart with ".into());
            steps.push(command(format!("groups ties {slug}")));
            for (one, other) in ties.iter().flat_map(|tie| &tie.ties).take(MOST_TIES) {
                let (one, other) = (name_of(one), name_of(other));
                steps.push(format!(". Let {one} and {other} go with ").into());
                steps.push(command(format!("groups tie none \"{one}\" \"{other}\" {slug}")));
            }
            steps.push(". ".into());
        }
        Infeasible::Locks(_) => {
            steps.push("Let somebody go with ".into());
            steps.push(command("groups unlock"));
            steps.push(", or start over without locks: ".into());
            steps.push(command(format!("groups preview {slug} fresh=yes")));
            steps.push(". ".into());
        }
        Infeasible::Rules(_) | Infeasible::DuplicatePerson { .. } => {}
    }
    steps.push("The rules change with ".into());
    steps.push(command(format!("program settings {slug}")));
    steps.push(" and ".into());
    steps.push(command(format!("program rules {slug}")));
    steps.push(".".into());
    message.text(steps)
}

/// A change that a rule forbids. `kept` tells that somebody is kept where they are.
pub(in crate::core) fn forbidden(violations: &[String], kept: bool) -> Message {
    let items = violations.iter().map(|v| vec![Span::from(v.as_str())]);
    let message =
        super::refusals::plain("That would break a rule, so the proposal stays as it is:").list(items);
    if kept {
        let go = ["Let somebody go who is kept with ".into(), command("groups unlock"), ".".into()];
        return message.text(go);
    }
    message.words("Move somebody else, or change the rules first.")
}

/// The proposal has no group of this number.
pub(in crate::core) fn no_such_group(key: usize, numbers: &[i64]) -> Message {
    let all = match numbers {
        [] => "no groups".to_owned(),
        [only] => format!("group {only} alone"),
        [first, .., last] if usize::try_from(last - first).ok() == numbers.len().checked_sub(1) => {
            format!("groups {first} to {last}")
        }
        _ => {
            let shown: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            format!("groups {}", super::list(&shown))
        }
    };
    super::refusals::leading(
        format!("There is no group {key}: the proposal has {all}. See it with "),
        "groups proposal",
        ".",
    )
}
