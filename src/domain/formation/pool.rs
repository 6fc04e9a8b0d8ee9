//! The problem made ready for the solver: people by number, texts as numbers, lines as intervals.
//!
//! Invariant: numbers follow the order of ids, so a pool is the same whatever the order of the
//! lists in the problem; memory grows with people plus pairs, never with people squared.

use super::lines::{Line, Lines};
use super::problem::{Person, Problem, fold};
use super::rules::Rules;
use crate::domain::week::WeekMask;
use std::collections::{BTreeMap, BTreeSet};

/// Number of a person within the pool.
pub(super) type Who = u32;

/// A set of topics: sorted numbers and a 64-bit sieve that says quickly "nothing in common".
#[derive(Debug, Default)]
pub(super) struct Topics {
    pub(super) list: Box<[u32]>,
    sieve: u64,
}

impl Topics {
    fn new(texts: &[String], book: &mut BTreeMap<String, u32>) -> Self {
        let mut list = Vec::with_capacity(texts.len());
        for text in texts.iter().map(|text| fold(text)).filter(|text| !text.is_empty()) {
            let next = u32::try_from(book.len()).expect("fewer than four billion topics");
            list.push(*book.entry(text).or_insert(next));
        }
        list.sort_unstable();
        list.dedup();
        let sieve = list.iter().fold(0, |sieve, topic| sieve | 1 << (topic % 64));
        Self { list: list.into(), sieve }
    }

    pub(super) fn has(&self, topic: u32) -> bool {
        self.sieve & 1 << (topic % 64) != 0 && self.list.binary_search(&topic).is_ok()
    }

    /// How many topics are in both sets.
    pub(super) fn shared(&self, other: &Self) -> usize {
        if self.sieve & other.sieve == 0 {
            return 0;
        }
        self.list.iter().filter(|topic| other.has(**topic)).count()
    }
}

/// What the solver knows about one person.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) week: WeekMask,
    pub(super) unit: u32,
    /// 0 is unknown.
    pub(super) industry: u32,
    pub(super) level: u8,
    pub(super) needs: Topics,
    pub(super) offers: Topics,
    pub(super) interests: Topics,
    /// All ones for a person who lists no language.
    pub(super) tongues: u128,
    pub(super) lists_tongues: bool,
    pub(super) capacity: u8,
    pub(super) wants_seat: bool,
    pub(super) left_out: bool,
    line: Line,
    never: Vec<Who>,
    met: Vec<Who>,
}

/// The whole pool.
#[derive(Debug)]
pub(super) struct Pool<'p> {
    pub(super) rules: Rules,
    pub(super) people: Vec<&'p Person>,
    pub(super) members: Vec<Member>,
    numbers: BTreeMap<&'p str, Who>,
}

impl<'p> Pool<'p> {
    /// Reads a problem. Of several people with one id the first in the list counts.
    pub(super) fn new(problem: &'p Problem) -> Self {
        let mut by_id: BTreeMap<&str, &Person> = BTreeMap::new();
        for person in &problem.people {
            by_id.entry(&person.id).or_insert(person);
        }
        let people: Vec<&Person> = by_id.values().copied().collect();
        let numbers: BTreeMap<&str, Who> =
            people.iter().zip(0..).map(|(person, who)| (person.id.as_str(), who)).collect();
        let members = Self::members(&people, problem);
        let mut pool = Self { rules: problem.rules.clone(), people, members, numbers };
        pool.pair(&problem.never, |member| &mut member.never);
        pool.pair(&problem.met, |member| &mut member.met);
        pool
    }

    fn members(people: &[&Person], problem: &Problem) -> Vec<Member> {
        let (mut units, mut industries, mut topics) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let tongues = tongue_bits(people);
        let lines = Lines::new(&problem.managers, people.iter().map(|person| person.id.as_str()));
        let mut member = |person: &&Person| {
            let unit = match fold(&person.unit) {
                // A key no folded text can have: it keeps an outer space and the unique id.
                empty if empty.is_empty() => format!(" {}", person.id),
                text => text,
            };
            let next = number(units.len());
            let unit = *units.entry(unit).or_insert(next);
            let industry = match fold(&person.industry) {
                empty if empty.is_empty() => 0,
                text => {
                    let next = number(industries.len()) + 1;
                    *industries.entry(text).or_insert(next)
                }
            };
            let spoken = languages(person);
            let bits = spoken.iter().filter_map(|text| tongues.get(text)).fold(0, |all, bit| all | 1 << bit);
            Member {
                week: person.week,
                unit,
                industry,
                level: person.level,
                needs: Topics::new(&person.needs, &mut topics),
                offers: Topics::new(&person.offers, &mut topics),
                interests: Topics::new(&person.interests, &mut topics),
                tongues: if spoken.is_empty() { u128::MAX } else { bits },
                lists_tongues: !spoken.is_empty(),
                capacity: person.mentor_capacity,
                wants_seat: person.participant,
                left_out: person.left_out_before,
                line: lines.of(&person.id),
                never: Vec::new(),
                met: Vec::new(),
            }
        };
        people.iter().map(&mut member).collect()
    }

    fn pair(&mut self, pairs: &[(String, String)], list: impl Fn(&mut Member) -> &mut Vec<Who>) {
        for (first, second) in pairs {
            if let (Some(first), Some(second)) = (self.number(first), self.number(second))
                && first != second
            {
                list(self.at_mut(first)).push(second);
                list(self.at_mut(second)).push(first);
            }
        }
        for member in &mut self.members {
            let list = list(member);
            list.sort_unstable();
            list.dedup();
        }
    }

    fn at_mut(&mut self, who: Who) -> &mut Member {
        &mut self.members[who as usize]
    }

    /// The member with this number.
    pub(super) fn at(&self, who: Who) -> &Member {
        &self.members[who as usize]
    }

    /// The number of an id, if it is in the pool.
    pub(super) fn number(&self, id: &str) -> Option<Who> {
        self.numbers.get(id).copied()
    }

    /// The id of a number.
    pub(super) fn id(&self, who: Who) -> &'p str {
        &self.people[who as usize].id
    }

    /// All numbers in order.
    pub(super) fn everybody(&self) -> impl Iterator<Item = Who> + use<> {
        0..number(self.members.len())
    }

    /// Whether one of the two is above the other at any depth.
    pub(super) fn in_line(&self, a: Who, b: Who) -> bool {
        self.at(a).line.meets(&self.at(b).line)
    }

    /// Whether the two must not meet.
    pub(super) fn kept_apart(&self, a: Who, b: Who) -> bool {
        let never = &self.at(a).never;
        !never.is_empty() && never.binary_search(&b).is_ok()
    }

    /// Whether the two have shared a group before.
    pub(super) fn have_met(&self, a: Who, b: Who) -> bool {
        let met = &self.at(a).met;
        !met.is_empty() && met.binary_search(&b).is_ok()
    }
}

/// A count as a person's or text's number.
fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than four billion entries")
}

fn languages(person: &Person) -> BTreeSet<String> {
    person.languages.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).collect()
}

/// Bits for the languages that at least two people list. A language nobody else lists joins
/// nobody. Beyond 128 shared languages the rarest get no bit: that can only keep people apart
/// who might have met, never bring people together who cannot talk.
fn tongue_bits(people: &[&Person]) -> BTreeMap<String, u32> {
    let mut spoken: BTreeMap<String, usize> = BTreeMap::new();
    for text in people.iter().flat_map(|person| languages(person)) {
        *spoken.entry(text).or_default() += 1;
    }
    let mut shared: Vec<(usize, String)> =
        spoken.into_iter().filter(|(_, count)| *count > 1).map(|(text, count)| (count, text)).collect();
    shared.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    shared.into_iter().take(128).zip(0..).map(|((_, text), bit)| (text, bit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, unit: &str, languages: &[&str]) -> Person {
        Person {
            id: id.into(),
            unit: unit.into(),
            languages: languages.iter().map(|&text| text.into()).collect(),
            ..Person::default()
        }
    }

    #[test]
    fn unknown_units_are_units_of_their_own_and_case_does_not_matter() {
        let people = vec![person("a", "", &[]), person("b", " ", &[]), person("c", "Acme", &[])];
        let mut problem = Problem { people, ..Problem::default() };
        problem.people.push(person("d", "acme ", &[]));
        let pool = Pool::new(&problem);
        assert_ne!(pool.at(0).unit, pool.at(1).unit);
        assert_eq!(pool.at(2).unit, pool.at(3).unit);
    }

    #[test]
    fn a_language_that_only_one_person_lists_joins_nobody() {
        let people = vec![person("a", "", &["xx"]), person("b", "", &["en"]), person("c", "", &["EN", "de"])];
        let problem = Problem { people, ..Problem::default() };
        let pool = Pool::new(&problem);
        assert_eq!(pool.at(0).tongues, 0);
        assert_ne!(pool.at(1).tongues & pool.at(2).tongues, 0);
    }

    #[test]
    fn numbers_follow_ids_whatever_the_order_of_the_list() {
        let people = vec![person("c", "", &[]), person("a", "", &[]), person("b", "", &[])];
        let problem = Problem {
            people,
            never: vec![("c".into(), "a".into()), ("c".into(), "z".into())],
            ..Problem::default()
        };
        let pool = Pool::new(&problem);
        assert_eq!((pool.id(0), pool.number("c")), ("a", Some(2)));
        assert!(pool.kept_apart(0, 2) && pool.kept_apart(2, 0) && !pool.kept_apart(0, 1));
    }
}
