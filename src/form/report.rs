//! The report of a plan in Markdown: what came out, how good it is, why, and what would help.
//!
//! Invariant: no reason of a conflict and no veto is told; what people wrote is shown as text, never as markup.

use std::fmt::Write as _;

use super::plan::seats;
use super::programme::Programme;
use super::run::Formed;
use crate::domain::formation::{
    Diagnosis, Plan, PlannedGroup, Relaxation, RuleName, Standing, Stop, Telling,
};
use crate::domain::week::WeekMask;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Groups and people without one.
    Short,
    /// Also the reasons for each person.
    Full,
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The report.
pub fn markdown(programme: &Programme, formed: &Formed, detail: Detail) -> String {
    let mut text = String::new();
    let plan = &formed.plan;
    summary(&mut text, programme, formed);
    if let Some(standing) = &formed.standing {
        figures(&mut text, standing, plan);
    }
    if !plan.groups.is_empty() {
        text.push_str("\n## Groups\n");
    }
    for group in &plan.groups {
        one_group(&mut text, programme, plan, group, detail);
    }
    without(&mut text, programme, plan);
    if let Some(diagnosis) = &formed.diagnosis {
        diagnosed(&mut text, diagnosis);
    }
    if !programme.notes.is_empty() {
        text.push_str("\n## Worth a second look\n\n");
        for note in &programme.notes {
            line(&mut text, &format!("- {}", safe(note)));
        }
    }
    text
}

fn line(text: &mut String, words: &str) {
    text.push_str(words);
    text.push('\n');
}

fn counted(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

fn summary(text: &mut String, programme: &Programme, formed: &Formed) {
    let (plan, score) = (&formed.plan, &formed.plan.score);
    line(text, &format!("# Groups for {}\n", safe(&programme.title)));
    let placed = counted(score.placed, "participant has a seat", "participants have a seat");
    let without = if score.unplaced == 0 {
        "nobody is without one".to_owned()
    } else {
        format!("{} without one", score.unplaced)
    };
    line(
        text,
        &format!(
            "{placed} in {}; {without}. Every rule holds.",
            counted(plan.groups.len(), "group", "groups")
        ),
    );
    let again = if formed.stopped {
        "The search was stopped early, so another run may end elsewhere; without a time limit it repeats."
    } else {
        "The same files and the same seed give the same groups."
    };
    line(text, &format!("Seed {}, {} steps. {again}", plan.seed, plan.iterations));
}

fn figures(text: &mut String, standing: &Standing, plan: &Plan) {
    line(text, "\n## How good is it?\n");
    line(
        text,
        &format!(
            "The groups fit at {} percent on average. Drawing lots for the same seats gives {} and breaks a rule in \
             {} of {} groups.",
            standing.plan,
            standing.chance,
            standing.broken,
            plan.groups.len()
        ),
    );
    match (plan.bound, standing.bound) {
        (Some(bound), _) if bound.optimal => line(text, "It is proven that no plan is better."),
        (Some(_), Some(most)) if most < 100 => {
            line(text, &format!("It is proven that no plan has more than {most} percent."));
        }
        _ => line(text, "Nothing is proven about the best plan there could be."),
    }
    line(text, "\n| What counts | Plan | Lots |\n| --- | ---: | ---: |");
    for row in &standing.criteria {
        line(text, &format!("| {} | {} | {} |", row.criterion.words(), row.plan, row.chance));
    }
}

fn one_group(text: &mut String, programme: &Programme, plan: &Plan, group: &PlannedGroup, detail: Detail) {
    line(text, &format!("\n### Group {} ({} percent)\n", group.key, group.percent()));
    for (id, role) in seats(group) {
        let person = programme.problem.people.iter().find(|person| person.id == id);
        let from = person.map(|person| person.organisation.as_str()).filter(|text| !text.is_empty());
        let from = from.map(|text| format!(", {}", safe(text))).unwrap_or_default();
        line(text, &format!("- {}{from} ({role})", safe(&programme.name_of(id))));
        if detail == Detail::Full {
            let own = plan.person_reasons.get(id).map(Vec::as_slice).unwrap_or_default();
            for reason in told(programme, own) {
                line(text, &format!("  - {}", safe(&reason)));
            }
        }
    }
    let reasons = told(programme, &group.reasons);
    if !reasons.is_empty() {
        line(text, &format!("\n{}", safe(&reasons.join(" "))));
    }
    if let Some(when) = hours(&group.common_hours) {
        line(text, &format!("\n{when}"));
    }
}

/// When everybody is free, unless that is all week.
fn hours(common: &WeekMask) -> Option<String> {
    let first = common.iter().next().filter(|_| *common != WeekMask::ALL)?;
    let count = usize::try_from(common.count()).unwrap_or(usize::MAX);
    let more = if count > 1 {
        format!(", and at {}", counted(count - 1, "more hour", "more hours"))
    } else {
        String::new()
    };
    Some(format!("Everybody is free on {} at {:02}:00 UTC{more}.", DAYS[first / 24], first % 24))
}

fn told(programme: &Programme, reasons: &[crate::domain::formation::Reason]) -> Vec<String> {
    let (name_of, title_of) = (|id: &str| programme.name_of(id), str::to_owned);
    let telling =
        Telling { reader: None, name_of: &name_of, title_of: &title_of, unit: programme.difference.as_str() };
    reasons.iter().map(|reason| reason.words(&telling)).collect()
}

fn without(text: &mut String, programme: &Programme, plan: &Plan) {
    if plan.unplaced.is_empty() {
        return;
    }
    line(text, "\n## Without a group\n");
    for unplaced in &plan.unplaced {
        let role = if unplaced.as_mentor { " (mentor)" } else { "" };
        let why = unplaced.stopped_by.iter().map(Stop::words).collect::<Vec<_>>().join(" ");
        let help = unplaced.relax.as_ref().map(|relax| format!(" What would help: {}", relax.words()));
        let name = safe(&programme.name_of(&unplaced.person));
        line(text, &format!("- **{name}**{role}: {why}{}", help.unwrap_or_default()));
    }
}

fn diagnosed(text: &mut String, diagnosis: &Diagnosis) {
    line(text, "\n## Why people are left out\n");
    match diagnosis.rules.as_slice() {
        [] => line(
            text,
            "No rule alone is to blame: there are too few people or mentors for the sizes asked for.",
        ),
        [rule] => line(text, &format!("One rule keeps them out: {}.", rule.words())),
        rules => {
            let words: Vec<&str> = rules.iter().map(|rule: &RuleName| rule.words()).collect();
            line(text, "These rules keep them out together; with any one fewer, everybody has a seat:\n");
            for word in words {
                line(text, &format!("- {word}"));
            }
        }
    }
    if diagnosis.changes.is_empty() {
        line(
            text,
            "\nNo single change I know of wins a seat. Ask more people to mentor, or ease two rules at once.",
        );
        return;
    }
    line(text, "\nThe gentlest changes, each tried:\n");
    for eased in &diagnosis.changes {
        let wins = counted(eased.wins, "more seat", "more seats");
        line(text, &format!("1. {} It wins {wins}.", Relaxation::words(&eased.change)));
    }
}

/// Text that Markdown leaves as it is, on one line.
fn safe(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '\n' | '\r' | '\t' => text.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' => {
                let _ = write!(text, "\\{letter}");
            }
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(safe("[Ada](http://x)\n<b>"), "\\[Ada\\](http://x) \\<b\\>");
    }

    #[test]
    fn hours_are_told_unless_everybody_is_always_free() {
        assert_eq!(hours(&WeekMask::ALL), None);
        assert_eq!(hours(&WeekMask::EMPTY), None);
        let found = hours(&WeekMask::from_hours([25, 26]));
        assert_eq!(found.as_deref(), Some("Everybody is free on Tuesday at 01:00 UTC, and at 1 more hour."));
    }
}
