//! Persons as the solver knows them.
//!
//! Invariant: what a person has not said is unknown, never a guess.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::civil::Zone;
use crate::domain::formation::Person as Candidate;
use crate::domain::hours::{Availability, Weeks};
use crate::domain::settings::Settings;
use crate::domain::words::{Difference, Need};
use crate::store::people::Person;
use crate::store::programs::Program;

/// Comma-separated words as a list, lower case, without doubles.
pub(super) fn tags(text: &str) -> Vec<String> {
    let set: BTreeSet<String> =
        text.split(',').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect();
    set.into_iter().collect()
}

/// Turns persons into candidates.
pub(super) struct Reader {
    difference: Difference,
    weeks: Weeks,
}

impl Reader {
    /// For people of these zones.
    pub(super) fn new(program: &Program, settings: &Settings, zones: &BTreeSet<Zone>) -> Self {
        let first: Date = program.starts_on.parse().unwrap_or(Date::ZERO);
        let last: Date = program.ends_on.parse().unwrap_or(first);
        Self { difference: settings.difference, weeks: Weeks::new(zones, first, last) }
    }

    /// A person without role and history.
    pub(super) fn candidate(&mut self, person: &Person) -> Candidate {
        let folded = |text: &str| text.trim().to_lowercase();
        let (organisation, department) = (folded(&person.organisation), folded(&person.unit));
        let unit = match self.difference {
            Difference::Organisation => organisation.clone(),
            Difference::Unit if department.is_empty() => String::new(),
            Difference::Unit => format!("{organisation}/{department}"),
        };
        let availability = person.availability.parse::<Availability>().unwrap_or_default();
        let hours = self.weeks.hours(&availability, &person.zone).to_vec();
        Candidate {
            id: person.id.to_string(),
            unit,
            organisation,
            department,
            industry: folded(&person.industry),
            new_to_industry: person.new_to.clone(),
            region: region(&person.zone),
            level: u8::try_from(person.level.clamp(0, 7)).unwrap_or(0),
            needs: tags(&person.needs),
            offers: tags(&person.offers),
            interests: tags(&person.interests),
            languages: tags(&person.languages),
            week: hours[0],
            later_weeks: hours[1..].to_vec(),
            offsets: self.weeks.offsets(&person.zone),
            in_office: person.in_office == 1,
            office_years: u8::try_from(person.office_years).unwrap_or(0),
            wants_coach: person.need == Need::Coach,
            ..Candidate::default()
        }
    }
}

/// The part of the world that a zone names, such as `Europe`; empty for zones that name none.
fn region(zone: &Zone) -> String {
    zone.name().split_once('/').map(|(region, _)| region.to_owned()).unwrap_or_default()
}
