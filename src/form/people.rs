//! The list of people: one line each, every cell checked.
//!
//! Invariant: an entry holds what its line says and nothing else; who is meant by a name in it is settled later.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::columns::{Column, Places, places, plain};
use super::fault::{Fault, Faults};
use super::table::{self, Row};
use crate::domain::civil::Zone;
use crate::domain::formation::Person;
use crate::domain::hours::Availability;
use crate::domain::languages::code;

/// A line of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its line.
    pub line: u64,
    /// What stands there, without hours and without people named by others.
    pub person: Person,
    /// Name to show.
    pub name: String,
    /// E-mail address in lower case, or empty.
    pub email: String,
    /// Where the person lives.
    pub zone: Option<Zone>,
    /// Weekly hours; none for somebody who has not said.
    pub availability: Option<Availability>,
    /// Hours that suit the person well.
    pub good_hours: Option<Availability>,
    /// The manager as written.
    pub manager: String,
    /// People wished for, as written.
    pub wishes: Vec<String>,
    /// People not wished for, as written.
    pub vetoes: Vec<String>,
}

/// Reads a list of people. Columns named in `ignored` are passed over.
pub fn read(bytes: &[u8], ignored: &[String]) -> Result<Vec<Entry>, Faults> {
    let (header, rows) = table::rows(table::text(bytes)?)?;
    let places = places(header.cells(), ignored, header.line)?;
    let mut faults = Faults::default();
    let mut list = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut line = Line { row, places: &places, faults: &mut faults };
        if let Some(entry) = line.entry() {
            list.push(entry);
        }
    }
    doubles(&list, |entry| entry.person.id.as_str(), "person", &mut faults);
    if places.contains_key(&Column::Id) {
        doubles(&list, |entry| entry.email.as_str(), "e-mail address", &mut faults);
    }
    faults.unless(list)
}

/// Tells of people who cannot be told apart.
fn doubles<'e>(list: &'e [Entry], key: impl Fn(&'e Entry) -> &'e str, what: &str, faults: &mut Faults) {
    let mut first: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in list.iter().filter(|entry| !key(entry).is_empty()) {
        if let Some(line) = first.get(key(entry)) {
            let words = format!(
                "\"{}\" stands on line {line} already. Each {what} has one line; take one out, or correct it.",
                key(entry)
            );
            faults.add(Fault::at(entry.line, words));
        } else {
            first.insert(key(entry), entry.line);
        }
    }
}

/// A line being read.
struct Line<'a> {
    row: &'a Row,
    places: &'a Places,
    faults: &'a mut Faults,
}

impl Line<'_> {
    fn cell(&self, column: Column) -> &str {
        self.places.get(&column).map_or("", |at| self.row.cell(*at))
    }

    fn wrong(&mut self, column: Column, what: impl Display) {
        self.faults.add(Fault::at(self.row.line, format!("{}: {what}", column.name())));
    }

    fn text(&self, column: Column) -> String {
        self.cell(column).to_owned()
    }

    /// Words between commas, semicolons or bars.
    fn list(&self, column: Column) -> Vec<String> {
        let words = self.cell(column).split([',', ';', '|', '\n']).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Languages by their codes, as in chat.
    fn languages(&mut self) -> Vec<String> {
        let mut codes = Vec::new();
        for word in self.list(Column::Languages) {
            match code(&word) {
                Ok(code) => codes.push(code),
                Err(error) => self.wrong(Column::Languages, error),
            }
        }
        codes
    }

    fn number(&mut self, column: Column, most: u8) -> Option<u8> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok().filter(|number| *number <= most);
        if number.is_none() {
            self.wrong(
                column,
                format_args!("\"{}\" is no number from 0 to {most}. Write digits.", short(&text)),
            );
        }
        number
    }

    fn flag(&mut self, column: Column) -> bool {
        match plain(self.cell(column)).as_str() {
            "" | "no" | "n" | "false" | "0" => false,
            "yes" | "y" | "true" | "1" | "x" => true,
            other => {
                let words = format!("\"{}\" is neither yes nor no. Write one of them.", short(other));
                self.wrong(column, words);
                false
            }
        }
    }

    fn parsed<T: FromStr<Err: Display>>(&mut self, column: Column) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        text.parse().map_err(|error| self.wrong(column, error)).ok()
    }

    /// Wants a seat, and groups to mentor.
    fn role(&mut self) -> (bool, u8) {
        let capacity = self.number(Column::Capacity, 100);
        match plain(self.cell(Column::Role)).as_str() {
            "" => (capacity.unwrap_or(0) == 0, capacity.unwrap_or(0)),
            "participant" | "mentee" | "peer" => (true, 0),
            "mentor" | "coach" => (false, capacity.unwrap_or(1)),
            "both" => (true, capacity.unwrap_or(1)),
            other => {
                let words = format!("\"{}\" is no role. Write participant, mentor or both.", short(other));
                self.wrong(Column::Role, words);
                (false, 0)
            }
        }
    }

    fn entry(&mut self) -> Option<Entry> {
        let (id, name) = (self.text(Column::Id), self.text(Column::Name));
        let email = self.cell(Column::Email).to_lowercase();
        if !email.is_empty() && !email.contains('@') {
            let words =
                format!("\"{}\" is no e-mail address. Write one such as name@example.org.", short(&email));
            self.wrong(Column::Email, words);
        }
        let id = [id, email.clone(), name.clone()].into_iter().find(|text| !text.is_empty());
        let Some(id) = id else {
            let what = "Nobody is named here. Fill in id, email or name, or take the line out.";
            self.faults.add(Fault::at(self.row.line, what));
            return None;
        };
        let (participant, mentor_capacity) = self.role();
        let person = Person {
            participant,
            mentor_capacity,
            industry: self.text(Column::Industry),
            new_to_industry: self.text(Column::NewTo),
            level: self.number(Column::Level, 7).unwrap_or(0),
            needs: self.list(Column::Needs),
            offers: self.list(Column::Offers),
            interests: self.list(Column::Interests),
            goals: self.list(Column::Goals),
            languages: self.languages(),
            organisation: self.text(Column::Organisation),
            unit: self.text(Column::Unit),
            department: self.text(Column::Department),
            region: self.text(Column::Region),
            left_out_before: self.flag(Column::LeftOut),
            bad_hour_before: self.flag(Column::BadHour),
            in_office: self.flag(Column::InOffice),
            office_years: self.number(Column::OfficeYears, 60).unwrap_or(0),
            verified_coach: self.flag(Column::Coach),
            wants_coach: self.flag(Column::WantsCoach),
            leads_elsewhere: self.number(Column::LeadsElsewhere, 100).unwrap_or(0),
            id: id.clone(),
            ..Person::default()
        };
        Some(Entry {
            line: self.row.line,
            name: if name.is_empty() { id } else { name },
            email,
            zone: self.parsed(Column::Zone),
            availability: self.parsed(Column::Availability),
            good_hours: self.parsed(Column::GoodHours),
            manager: self.text(Column::Manager),
            wishes: self.list(Column::Wishes),
            vetoes: self.list(Column::Vetoes),
            person,
        })
    }
}

/// What was written, without filling the screen.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str) -> String {
        read(file.as_bytes(), &[]).map_or_else(|faults| faults.told("people.csv"), |_| String::new())
    }

    #[test]
    fn a_full_line_is_read_and_a_short_one_has_sensible_defaults() {
        let file = "name,email,role,capacity,level,needs,zone,availability,manager,wants coach\n\
                    Ada,ADA@example.org,both,2,5,budgets; hiring,Europe/Berlin,mon-fri 9-17,Ben,yes\n\
                    Ben,ben@example.org,,,,,,,,\n";
        let list = read(file.as_bytes(), &[]).unwrap();
        let (ada, ben) = (&list[0], &list[1]);
        assert_eq!((ada.person.id.as_str(), ada.name.as_str()), ("ada@example.org", "Ada"));
        assert_eq!((ada.person.participant, ada.person.mentor_capacity, ada.person.level), (true, 2, 5));
        assert_eq!(ada.person.needs, ["budgets", "hiring"]);
        assert!(ada.zone.is_some() && ada.availability.is_some() && ada.person.wants_coach);
        assert_eq!((ben.person.participant, ben.person.mentor_capacity), (true, 0));
        assert!(ben.zone.is_none() && ben.availability.is_none());
    }

    #[test]
    fn every_wrong_cell_is_told_with_line_column_and_what_to_do() {
        let told = told(
            "name,email,role,capacity,level,zone,availability,coach\n\
             Ada,ada,chief,lots,9,Atlantis,mon 17-9,perhaps\n\
             ,,,,,,,x\n",
        );
        for part in [
            "line 2: email: \"ada\" is no e-mail address",
            "line 2: role: \"chief\" is no role. Write participant, mentor or both.",
            "line 2: capacity: \"lots\" is no number",
            "line 2: level: \"9\" is no number from 0 to 7",
            "line 2: zone: ",
            "line 2: availability: \"17-9\" ends before it starts",
            "line 2: coach: \"perhaps\" is neither yes nor no",
            "line 3: Nobody is named here",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn languages_are_read_as_in_chat_and_the_name_of_one_is_told_with_its_line() {
        let list = read(b"name,languages\nAda,EN; de\nBen,\n", &[]).unwrap();
        assert_eq!(list[0].person.languages, ["en", "de"]);
        assert!(list[1].person.languages.is_empty());
        assert_eq!(
            told("name,languages\nAda,en\nBen,en; English\n"),
            "people.csv, line 3: languages: \"English\" is not a language code. Use two letters, such as en or de.\n"
        );
    }

    #[test]
    fn the_same_address_twice_is_told_with_both_lines() {
        let by_mail = told("name,email\nAda,ada@example.org\nBen,ADA@example.org\n");
        assert!(by_mail.contains("line 3: \"ada@example.org\" stands on line 2 already"), "{by_mail}");
        let by_id = told("id,email\n1,ada@example.org\n2,ada@example.org\n1,\n");
        assert!(
            by_id.contains("line 3: \"ada@example.org\" stands on line 2 already. Each e-mail address"),
            "{by_id}"
        );
        assert!(by_id.contains("line 4: \"1\" stands on line 2 already"), "{by_id}");
    }
}
