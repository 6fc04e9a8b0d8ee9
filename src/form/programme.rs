//! List and rules put together: names are looked up, hours are laid over the programme's dates, and everything that
//! deserves a second look is noted.
//!
//! Invariant: nothing of either file is dropped without a fault or a note.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::fault::{Fault, Faults};
use super::hours::place;
use super::people::Entry;
use super::rules::{Named, RulesFile, SeatRole, Set};
use crate::domain::formation::{Conflict, Lock, Meeting, Party, Problem};
use crate::domain::words::Difference;

/// A programme ready to be formed.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Name for the report.
    pub title: String,
    /// The problem.
    pub problem: Problem,
    /// Names to show, by id.
    pub names: BTreeMap<String, String>,
    /// In what the people of a group differ.
    pub difference: Difference,
    /// What deserves a second look, in sentences.
    pub notes: Vec<String>,
    /// Who stays apart by the file of rules.
    pub(super) apart: Vec<Bound>,
    /// Who stays together by the file of rules.
    pub(super) together: Vec<Bound>,
}

/// People whom the file of rules binds to one another.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// Its line there.
    pub(super) line: u64,
    /// Their ids, each once.
    pub(super) ids: Vec<String>,
}

impl Bound {
    /// Whether two people are both among them.
    pub(super) fn has(&self, one: &str, other: &str) -> bool {
        [one, other].into_iter().all(|id| self.ids.iter().any(|own| own == id))
    }
}

/// Faults of each of the two files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Both {
    /// Of the list of people.
    pub people: Faults,
    /// Of the rules.
    pub rules: Faults,
}

/// Puts list and rules together. `today` stands for the first day of a programme without dates.
pub fn assemble(list: Vec<Entry>, file: &RulesFile, today: Date) -> Result<Programme, Both> {
    let book = Book::of(&list);
    let mut faults = Faults::default();
    let mut problem = Problem { rules: file.rules(), ..Problem::default() };
    let (apart, together) = bind(file, &book, &mut problem, &mut faults);
    let mut notes = Vec::new();
    relate(&list, &book, &mut problem, &mut notes);
    let names = list.iter().map(|entry| (entry.person.id.clone(), entry.name.clone())).collect();
    let difference = file.difference();
    problem.people = place(list, file, today, &mut notes);
    circles(&problem, &names, &mut notes);
    let nobody = nobody(&problem);
    let rules = faults.unless(());
    match (nobody, rules) {
        (None, Ok(())) => {}
        (fault, rules) => {
            let people = fault.map(|what| Faults::one(Fault::whole(what))).unwrap_or_default();
            return Err(Both { people, rules: rules.err().unwrap_or_default() });
        }
    }
    let title = file.programme.name.trim();
    let title = if title.is_empty() { "the programme".to_owned() } else { title.to_owned() };
    Ok(Programme { title, problem, names, difference, notes, apart, together })
}

/// Why no group can come of a list, whatever the rules.
fn nobody(problem: &Problem) -> Option<&'static str> {
    let mentors = problem.people.iter().filter(|person| person.mentor_capacity > 0).count();
    let seats = problem.people.iter().filter(|person| person.participant).count();
    match (mentors, seats) {
        (_, 0) => {
            Some("Nobody in the list wants a seat. Give at least one person the role participant or both.")
        }
        (0, _) => Some(
            "Nobody in the list can mentor. Give at least one person the role mentor or both, with a capacity of 1 \
             or more.",
        ),
        _ => None,
    }
}

/// Finds people by id, e-mail address or name.
pub(super) struct Book<'e> {
    found: BTreeMap<String, Option<&'e str>>,
}

impl<'e> Book<'e> {
    pub(super) fn of(list: &'e [Entry]) -> Self {
        let mut found: BTreeMap<String, Option<&str>> = BTreeMap::new();
        for entry in list {
            let id = entry.person.id.as_str();
            found.entry(entry.name.to_lowercase()).and_modify(|known| *known = None).or_insert(Some(id));
        }
        // Ids and addresses belong to one person, so they count before names.
        for entry in list {
            for key in [&entry.email, &entry.person.id] {
                if !key.is_empty() {
                    found.insert(key.to_lowercase(), Some(&entry.person.id));
                }
            }
        }
        Self { found }
    }

    /// The id; `Err(true)` when several people have that name.
    pub(super) fn id(&self, text: &str) -> Result<String, bool> {
        match self.found.get(&text.trim().to_lowercase()) {
            Some(Some(id)) => Ok((*id).to_owned()),
            Some(None) => Err(true),
            None => Err(false),
        }
    }

    /// The id of a name in the rules.
    fn named(&self, name: &Named, file: &RulesFile, faults: &mut Faults) -> Option<String> {
        let text = name.get_ref();
        self.id(text)
            .map_err(|several| {
                let what = if several {
                    format!("Several people are called \"{text}\". Write the id or the e-mail address.")
                } else {
                    format!("\"{text}\" is not in the list of people. Correct the name, or take it out.")
                };
                faults.add(file.fault(&name.span(), what));
            })
            .ok()
    }

    /// The ids of people who stand together in the rules. Nobody is bound to themselves.
    fn each_once(&self, names: &[Named], file: &RulesFile, faults: &mut Faults) -> Vec<String> {
        let mut ids = Vec::new();
        let mut seen = BTreeSet::new();
        for name in names {
            let Some(id) = self.named(name, file, faults) else { continue };
            if seen.insert(id.clone()) {
                ids.push(id);
                continue;
            }
            let text = name.get_ref();
            let what = format!("\"{text}\" is named here already. Name each person once.");
            faults.add(file.fault(&name.span(), what));
        }
        ids
    }
}

/// Writes the rules about certain people into the problem, and says whom they keep apart and whom together.
fn bind(
    file: &RulesFile,
    book: &Book<'_>,
    problem: &mut Problem,
    faults: &mut Faults,
) -> (Vec<Bound>, Vec<Bound>) {
    let mut ids = |names: &[Named]| book.each_once(names, file, faults);
    let mut bound = |sets: &[Set]| -> Vec<Bound> {
        sets.iter().map(|set| Bound { line: file.line(&set.span()), ids: ids(set.get_ref()) }).collect()
    };
    let (apart, together) = (bound(&file.apart), bound(&file.together));
    problem.never.extend(apart.iter().flat_map(|set| pairs(&set.ids)));
    problem.keep = together.iter().map(|set| set.ids.clone()).collect();
    for conflict in file.conflicts.iter().map(toml::Spanned::get_ref) {
        let people = ids(&conflict.people).into_iter().map(Party::Person);
        let sides: Vec<Party> =
            people.chain(conflict.organisations.iter().cloned().map(Party::Organisation)).collect();
        let kind = conflict.kind;
        problem.conflicts.extend(pairs(&sides).into_iter().map(|(first, second)| Conflict {
            first,
            second,
            kind,
        }));
    }
    for met in &file.met {
        let rounds_ago = met.rounds_ago;
        problem.history.extend(pairs(&ids(&met.people)).into_iter().map(|(first, second)| Meeting {
            first,
            second,
            rounds_ago,
        }));
    }
    for seat in &file.locks {
        if let Some(person) = ids(std::slice::from_ref(&seat.person)).pop() {
            problem.locks.push(Lock { person, group: seat.group, as_mentor: seat.role == SeatRole::Mentor });
        }
    }
    (apart, together)
}

/// Every two of a list.
fn pairs<T: Clone>(list: &[T]) -> Vec<(T, T)> {
    let two = |at: usize| list[at + 1..].iter().map(move |other| (list[at].clone(), other.clone()));
    (0..list.len()).flat_map(two).collect()
}

/// Writes what people say of one another into the problem: managers at once, wishes into the entries' own lists.
fn relate(list: &[Entry], book: &Book<'_>, problem: &mut Problem, notes: &mut Vec<String>) {
    let mut outside = BTreeSet::new();
    for entry in list.iter().filter(|entry| !entry.manager.is_empty()) {
        let manager = book.id(&entry.manager).unwrap_or_else(|several| {
            if several {
                notes.push(format!(
                    "Line {}: several people are called \"{}\", so the manager of {} is unclear and keeps nobody \
                     apart. Write the e-mail address.",
                    entry.line, entry.manager, entry.name
                ));
                entry.person.id.clone()
            } else {
                outside.insert(entry.manager.to_lowercase());
                entry.manager.to_lowercase()
            }
        });
        if manager == entry.person.id && book.id(&entry.manager).is_ok() {
            notes.push(format!(
                "Line {}: {} is their own manager. That keeps nobody apart.",
                entry.line, entry.name
            ));
        }
        problem.managers.insert(entry.person.id.clone(), manager);
    }
    if !outside.is_empty() {
        notes.push(format!(
            "{} not in the list. People who report to the same one count as colleagues; lines above them are not \
             known. Add them with a line of their own if they matter.",
            if outside.len() == 1 { "1 manager is".to_owned() } else { format!("{} managers are", outside.len()) }
        ));
    }
    for entry in list {
        for (words, what) in [(&entry.wishes, "a wish"), (&entry.vetoes, "a veto")] {
            for word in words.iter().filter(|word| book.id(word).is_err()) {
                notes.push(format!(
                    "Line {}: {what} names \"{word}\", whom I cannot tell in the list; it counts for nothing.",
                    entry.line
                ));
            }
        }
        if entry.person.participant || entry.person.mentor_capacity > 0 {
            continue;
        }
        notes.push(format!(
            "Line {}: {} mentors with a capacity of 0 and wants no seat, so they stay out of this round.",
            entry.line, entry.name
        ));
    }
}

/// Notes people who report to one another in a circle.
fn circles(problem: &Problem, names: &BTreeMap<String, String>, notes: &mut Vec<String>) {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in problem.managers.keys() {
        let (mut path, mut passed, mut at) = (Vec::new(), BTreeSet::new(), start.as_str());
        while !done.contains(at) && passed.insert(at) {
            path.push(at);
            let Some(manager) = problem.managers.get(at) else { break };
            at = manager;
        }
        let from = path.iter().position(|id| *id == at).unwrap_or(path.len());
        // One person alone is their own manager, or the end of a line.
        if path.len() - from > 1 {
            let who: Vec<&str> =
                path[from..].iter().take(6).map(|id| names.get(*id).map_or(*id, String::as_str)).collect();
            notes.push(format!(
                "{} report to one another in a circle. They and everybody below them are kept apart; put the \
                 managers right if that is not meant.",
                who.join(", ")
            ));
        }
        done.extend(path);
    }
}
