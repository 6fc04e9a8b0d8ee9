//! People laid over the weeks of a programme: hours in each stretch between clock changes, offsets, units.
//!
//! Invariant: hours written in the same way in the same zone are worked out once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::people::Entry;
use super::programme::Book;
use super::rules::RulesFile;
use crate::domain::civil::Zone;
use crate::domain::formation::Person;
use crate::domain::hours::Weeks;
use crate::domain::words::Difference;

/// People with hours, offsets and units; by the dates of the programme.
pub(super) fn place(list: Vec<Entry>, file: &RulesFile, today: Date, notes: &mut Vec<String>) -> Vec<Person> {
    let (usual, utc) = (file.zone(), Zone::utc());
    let zones: BTreeSet<Zone> =
        list.iter().filter_map(|entry| entry.zone.clone()).chain(usual.clone()).collect();
    let (starts, ends) = file.days().unwrap_or((today, today));
    let mut weeks = Weeks::new(&zones, starts, ends);
    let book: BTreeMap<String, Result<String, bool>> = {
        let names = Book::of(&list);
        let words = list.iter().flat_map(|entry| entry.wishes.iter().chain(&entry.vetoes));
        words.map(|word| (word.clone(), names.id(word))).collect()
    };
    let mut silent = 0;
    let people = list.into_iter().map(|entry| {
        let zone = entry.zone.as_ref().or(usual.as_ref());
        silent += usize::from(entry.availability.is_none());
        let place = zone.unwrap_or(&utc);
        let hours = match &entry.availability {
            Some(hours) => weeks.hours(hours, place).to_vec(),
            None => weeks.all_hours(),
        };
        let good = entry.good_hours.as_ref().map(|good| weeks.hours(good, place)[0]);
        let found = |words: &[String]| words.iter().filter_map(|word| book[word].clone().ok()).collect();
        let person = entry.person;
        Person {
            unit: unit(&person, file.difference()),
            week: hours[0],
            later_weeks: hours[1..].to_vec(),
            offsets: zone.map(|zone| weeks.offsets(zone)).unwrap_or_default(),
            good_hours: good.unwrap_or_default(),
            wishes: found(&entry.wishes),
            vetoes: found(&entry.vetoes),
            ..person
        }
    });
    let people: Vec<_> = people.collect();
    if silent > 0 {
        notes.push(format!(
            "{silent} of {} people gave no hours; they count as free at any time. Fill in availability to be sure.",
            people.len()
        ));
    }
    people
}

/// What stands for the unit of difference.
fn unit(person: &Person, difference: Difference) -> String {
    match difference {
        Difference::Organisation => person.organisation.clone(),
        Difference::Unit if person.unit.is_empty() => String::new(),
        Difference::Unit => format!("{}/{}", person.organisation, person.unit),
    }
}
