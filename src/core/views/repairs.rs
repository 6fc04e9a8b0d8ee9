//! Repairs and replays, as the staff of a programme see them: who moves, which groups end, whether a run repeats.

use std::collections::BTreeSet;

use super::groups::People;
use super::proposals::{Since, changed, dated, name_of, ways, without_place};
use super::staff::Notice;
use crate::chat::{Message, Span, command};
use crate::core::command::ROOT;
use crate::core::shifts::{Shift, Shifts, Why};
use crate::domain::formation::{Changes, Moved, Plan, PlanScore};
use crate::domain::words::{PlanPurpose, Role};
use crate::store::programs::Program;

/// Moves listed at most.
const MOST_MOVES: usize = 40;

/// A proposal to put groups right.
pub(in crate::core) struct Proposed<'a> {
    pub(in crate::core) program: &'a Program,
    pub(in crate::core) plan: &'a Plan,
    pub(in crate::core) changes: &'a Changes,
    /// Whether it is proven that fewer cannot move; none after a change by hand.
    pub(in crate::core) fewest: Option<bool>,
    /// The figures before the change that was just made by hand.
    pub(in crate::core) before: Option<PlanScore>,
    pub(in crate::core) people: &'a People,
    pub(in crate::core) since: &'a Since,
    /// The places that people lose.
    pub(in crate::core) shifts: &'a Shifts,
}

/// A proposal to put groups right: who moves, and which groups end.
pub(in crate::core) fn repair(shown: &Proposed<'_>) -> Message {
    let Proposed { program, plan, changes, people, since, .. } = *shown;
    let Changes { moved, seated, closing, .. } = changes;
    let fewest = match (shown.fewest, moved.is_empty()) {
        (_, true) => "Nobody who has a place has to move.",
        (Some(true), false) => "It is proven that fewer moves are not possible.",
        (Some(false), false) => "I found no way with fewer moves.",
        (None, false) => "You have changed it by hand.",
    };
    let after = &plan.score;
    let name = since.name_of(people);
    let left_out = left_out(shown.shifts, people);
    let lines = moved.iter().chain(seated).take(MOST_MOVES).map(|change| vec![line(change, &name)]);
    let ends = closing.iter().map(|key| vec![Span::from(format!("Group {key} ends."))]);
    let heading = format!("Proposed changes to the groups of {}", program.name);
    let what = (program, PlanPurpose::Repair);
    let mut message = dated(Message::new().heading(heading), since, what, people)
        .words(format!(
            "{}{fewest} {}{left_out} Nobody has been told yet.",
            counted(changes),
            without(after, left_out.is_empty())
        ))
        .list(lines.chain(ends));
    if let Some(before) = &shown.before {
        message = message.words(changed(before, after));
    }
    message = without_place(message, program, plan, people);
    if since.left.is_empty() {
        message = message.note([
            "Change the proposal with ".into(),
            command("groups move"),
            " or ".into(),
            command("groups swap"),
            ". People who stay keep their group, its room and its meetups.".into(),
        ]);
    }
    message.actions(ways(since, what, []))
}

/// How many people each kind of change is about, as a sentence; nothing when nobody's place changes.
fn counted(changes: &Changes) -> String {
    let people = |all: &[Moved], fits: fn(&Moved) -> bool| {
        all.iter().filter(|change| fits(change)).map(|change| &change.person).collect::<BTreeSet<_>>().len()
    };
    let kinds = [
        (people(&changes.moved, |change| change.to.is_some()), "person moves", "people move"),
        (people(&changes.seated, |change| !change.as_mentor), "person gets a place", "people get a place"),
        (people(&changes.seated, |change| change.as_mentor), "mentor gets a group", "mentors get a group"),
        (people(&changes.moved, |change| change.to.is_none()), "person loses a place", "people lose a place"),
    ];
    let told: Vec<String> = kinds
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| super::count(number, one, many))
        .collect();
    if told.is_empty() { String::new() } else { format!("{}. ", told.join(", ")) }
}

/// Who has no place, as a sentence: participants and those who only offered to mentor.
fn without(score: &PlanScore, nobody_lost: bool) -> String {
    let idle = super::count(score.idle_mentors, "mentor has no group", "mentors have no group");
    let waiting = super::count(score.unplaced, "participant is", "participants are");
    match (score.unplaced, score.idle_mentors) {
        (0, 0) if nobody_lost => "Everybody has a place.".to_owned(),
        (0, 0) => "Every participant has a place.".to_owned(),
        (0, _) => format!("Every participant has a place; {idle}."),
        (_, 0) => format!("{waiting} without a place."),
        _ => format!("{waiting} without a place; {idle}."),
    }
}

fn line(change: &Moved, name_of: &dyn Fn(&str) -> String) -> Span {
    let name = name_of(&change.person);
    let role = if change.as_mentor { " as a mentor" } else { "" };
    let words = match (change.from, change.to) {
        (Some(from), Some(to)) => format!("{name}{role}: from Group {from} to Group {to}"),
        (Some(from), None) => format!("{name}{role}: out of Group {from}"),
        (None, Some(to)) => format!("{name}{role}: new in Group {to}"),
        (None, None) => format!("{name}{role}: without a group"),
    };
    words.into()
}

/// The groups are as they should be.
pub(in crate::core) fn nothing_to_repair(program: &Program, plan: &Plan, people: &People) -> Message {
    let message = Message::new().words(format!(
        "The groups of {} keep every rule, and nobody who waits fits into one of them. Nothing needs to change.",
        program.name
    ));
    without_place(message, program, plan, people)
}

/// A plan was made again.
pub(in crate::core) fn replayed(
    program: &Program,
    plan: &Plan,
    (people, edits): (usize, usize),
    same: bool,
) -> Message {
    let edits = match edits {
        0 => String::new(),
        number => format!(" and {}", super::count(number, "change by hand", "changes by hand")),
    };
    let made = format!(
        "I made the last published groups of {} again from what was kept: {}, the rules of that day, seed {}{edits}.",
        program.name,
        super::count(people, "person", "people"),
        plan.seed
    );
    Message::new().words(if same {
        format!("{made} Everybody sits where they were published: {} alike.", super::count(plan.groups.len(), "group", "groups"))
    } else {
        format!(
            "{made} This time people sit elsewhere. The program has probably changed since; the published groups \
             stay as they are. Please tell those who run this bot."
        )
    })
}

/// Who has no place instead of the one they lose, as a sentence with a blank before it; nothing when there is nobody.
fn left_out(shifts: &Shifts, people: &People) -> String {
    let names: Vec<String> = shifts
        .lost()
        .map(|shift| {
            let role = if shift.role == Role::Mentor { " as a mentor" } else { "" };
            format!("{}{role}", name_of(people)(shift.person.as_str()))
        })
        .collect();
    if names.is_empty() { String::new() } else { format!(" Left without a place: {}.", super::list(&names)) }
}

/// Which groups end, as a sentence with a blank before it; nothing when all go on.
fn ends(shifts: &Shifts) -> String {
    let names = shifts.ending();
    match names.len() {
        0 => String::new(),
        1 => format!(" {} ends.", names[0]),
        _ => format!(" {} end.", super::list(names)),
    }
}

/// Before a repair is carried out.
pub(in crate::core) fn sure(program: &Program, shifts: &Shifts, people: &People) -> String {
    format!(
        "Make these changes to the groups of {}?{}{} Those who move, and those who lose their place, are told, and rooms \
         are brought up to date.",
        program.name,
        ends(shifts),
        left_out(shifts, people)
    )
}

/// A repair was carried out; `came` people into other groups, of which `made` are new.
pub(in crate::core) fn repaired(
    program: &Program,
    (came, made): (usize, usize),
    shifts: &Shifts,
    people: &People,
) -> Message {
    let new = match made {
        0 => String::new(),
        number => format!(", and {}", super::count(number, "new group begins", "new groups begin")),
    };
    let left_out = match left_out(shifts, people) {
        none if none.is_empty() => none,
        words => format!("{words} They hear from me why, and that you look for another place."),
    };
    Message::new().words(format!(
        "The groups of {} are put right: {}{new}.{}{left_out} Those who move get a message with their group and the \
         reasons; rooms and meetups follow.",
        program.name,
        super::count(came, "person comes into a group", "people come into a group"),
        ends(shifts)
    ))
}

/// To somebody who loses a place and has no other instead; `elsewhere` they may still have a group.
pub(in crate::core) fn put_out(program: &Program, shift: &Shift, elsewhere: bool) -> Notice {
    let group = &shift.from.name;
    let fact = match shift.why {
        Why::NoMentor => format!("{group} has ended, for there is no mentor for it any more."),
        Why::TooFew => format!("{group} has ended, for too few people were left in it."),
        Why::Dissolved => format!("{group} has ended, and its people are in other groups now."),
        Why::Hours => format!(
            "You are no longer in {group}: the hours that you have in common with the others have become too few."
        ),
        Why::Rules => format!(
            "You are no longer in {group}: by the rules of the programme, not everybody in it could stay together."
        ),
    };
    let thanks = if shift.role == Role::Mentor { " Thank you for being its mentor." } else { "" };
    if elsewhere {
        return Notice::new(format!(
            "{fact}{thanks} You have a place in another group of {}; see it with {ROOT} home.",
            program.name
        ));
    }
    Notice::new(format!(
        "{fact}{thanks} For now you have no group, through no fault of yours. You stay in {}: the staff look for a place \
         for you, and I tell you as soon as there is one. See how things stand with {ROOT} home; a profile that is up to \
         date helps.",
        program.name
    ))
    .button("Check my profile", "profile".to_owned())
}
