//! The plan as a table for a spreadsheet: one line for each seat, and for everybody without one.
//!
//! Invariant: nobody of the list who takes part is missing, and no cell can become a formula when a spreadsheet opens
//! the file.

use std::collections::BTreeMap;

use super::programme::Programme;
use crate::domain::formation::{Plan, PlannedGroup, Relaxation, Stop};

const HEADER: [&str; 8] = [
    "group",
    "role",
    "id",
    "name",
    "organisation",
    "fit of the group in percent",
    "stopped by",
    "what would help",
];

/// The plan as CSV.
pub fn csv(programme: &Programme, plan: &Plan) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let organisations: BTreeMap<&str, &str> = programme
        .problem
        .people
        .iter()
        .map(|person| (person.id.as_str(), person.organisation.as_str()))
        .collect();
    let mut row = |cells: [String; 8]| {
        let cells = cells.map(|cell| harmless(&cell));
        writer.write_record(&cells).expect("memory takes every line");
    };
    row(HEADER.map(str::to_owned));
    let of = |id: &str| organisations.get(id).map_or_else(String::new, |text| (*text).to_owned());
    for group in &plan.groups {
        for (id, role) in seats(group) {
            let (key, fit) = (group.key.to_string(), group.percent().to_string());
            let name = programme.name_of(id);
            row([key, role.to_owned(), id.to_owned(), name, of(id), fit, String::new(), String::new()]);
        }
    }
    for unplaced in &plan.unplaced {
        let id = unplaced.person.as_str();
        let role = if unplaced.as_mentor { "mentor" } else { "participant" };
        let why = unplaced.stopped_by.iter().map(Stop::words).collect::<Vec<_>>().join(" ");
        let help = unplaced.relax.as_ref().map(Relaxation::words).unwrap_or_default();
        let name = programme.name_of(id);
        row([String::new(), role.to_owned(), id.to_owned(), name, of(id), String::new(), why, help]);
    }
    let bytes = writer.into_inner().expect("memory takes every line");
    String::from_utf8(bytes).expect("what was text stays text")
}

/// Everybody of a group with their role.
pub(super) fn seats(group: &PlannedGroup) -> impl Iterator<Item = (&str, &'static str)> {
    let mentors = group.mentors.iter().map(|id| (id.as_str(), "mentor"));
    mentors.chain(group.participants.iter().map(|id| (id.as_str(), "participant")))
}

/// Spreadsheets take cells that begin with certain signs for formulas; an apostrophe makes them text.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_name_that_looks_like_a_formula_stays_a_name() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("Ada-Marie"), "Ada-Marie");
    }
}
