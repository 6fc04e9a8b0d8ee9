//! The problem made ready for the solver: people by number, texts as numbers, lines as intervals.
//!
//! Invariant: numbers follow the order of ids, so a pool is the same whatever the order of the
//! lists in the problem; memory grows with people plus pairs, never with people squared.

use super::against::Ledger;
use super::lines::{Line, Lines};
use super::names::{Names, languages, padded, starts, tongue_bits};
use super::problem::{Person, Problem, fold};
use super::rules::Rules;
use super::score::{self, Scale};
use super::units::{self, number};
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

    /// A sieve that is exact while the pool knows at most 64 topics.
    pub(super) fn sieve(&self) -> u64 {
        self.sieve
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
#[allow(clippy::struct_excessive_bools, reason = "facts about a person, each read on its own")]
#[derive(Debug)]
pub(super) struct Member {
    pub(super) week: WeekMask,
    pub(super) unit: u32,
    /// 0 is unknown.
    pub(super) industry: u32,
    /// The industry the person is new to, 0 for none.
    pub(super) new_to: u32,
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
    /// 0 is no limit to look at; people of unknown organisations have one of their own.
    pub(super) organisation: u32,
    pub(super) department: u32,
    /// 0 is unknown.
    pub(super) known_department: u32,
    /// 0 is unknown.
    pub(super) region: u32,
    pub(super) goals: Topics,
    /// Hours at which a meeting may start, for each stretch of the programme.
    pub(super) starts: Box<[WeekMask]>,
    /// Minutes east of UTC in each stretch; empty is unknown.
    pub(super) offsets: Box<[i16]>,
    /// Hours that spare somebody who had a bad one; none when nothing has to be made good.
    pub(super) owed: Option<WeekMask>,
    /// Marks for the company of others, by number: wishes above zero, vetoes below.
    pub(super) wishes: Vec<(Who, i64)>,
    /// Marks for the office a mentor holds or held.
    pub(super) office: i64,
    pub(super) coach: bool,
    pub(super) wants_coach: bool,
    pub(super) elsewhere: u8,
    /// Everybody who must come along, the person not included.
    pub(super) mates: Vec<Who>,
    pub(super) line: Line,
    /// Number of the direct manager, 0 for none.
    pub(super) manager: u32,
    pub(super) never: Vec<Who>,
    pub(super) rivals: Vec<Who>,
    pub(super) met: Vec<(Who, u32)>,
}

/// The whole pool.
#[derive(Debug)]
pub(super) struct Pool<'p> {
    pub(super) rules: Rules,
    pub(super) people: Vec<&'p Person>,
    pub(super) members: Vec<Member>,
    /// Stretches of the programme with clocks of their own; at least 1.
    pub(super) stretches: usize,
    /// Topics that appear in the pool.
    pub(super) topics: usize,
    /// Pairs of organisations with a conflict, smaller number first.
    pub(super) rival_organisations: BTreeSet<(u32, u32)>,
    /// Share of each criterion in a score.
    pub(super) scale: Scale,
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
        let stretches = people.iter().map(|person| person.later_weeks.len()).max().unwrap_or(0) + 1;
        let (members, topics, organisations) = Self::members(&people, problem, stretches);
        let mut pool = Self {
            rules: problem.rules.clone(),
            people,
            members,
            stretches,
            topics,
            rival_organisations: BTreeSet::new(),
            scale: Scale::default(),
            numbers,
        };
        pool.pairs(problem);
        pool.conflicts(&problem.conflicts, &organisations);
        pool.wishes();
        units::join(&mut pool, problem);
        pool.scale = Scale::new(&pool.rules, |criterion| pool.is_known(criterion));
        pool
    }

    /// Reads a part of a pool for which the criteria count as they do in the whole of it.
    pub(super) fn part(problem: &'p Problem, ledger: &Ledger) -> Self {
        let mut pool = Self::new(problem);
        pool.scale = ledger.scale(&pool.rules);
        pool
    }

    /// The members, how many topics they have, and the numbers of their organisations.
    fn members(
        people: &[&Person],
        problem: &Problem,
        stretches: usize,
    ) -> (Vec<Member>, usize, BTreeMap<String, u32>) {
        let mut book = BTreeMap::new();
        let [mut units, mut industries, mut organisations] = [const { Names::new() }; 3];
        let [mut departments, mut regions, mut bosses] = [const { Names::new() }; 3];
        let tongues = tongue_bits(people);
        let lines = Lines::new(&problem.managers, people.iter().map(|person| person.id.as_str()));
        let spread = people.iter().map(|person| person.offsets.len()).max().unwrap_or(0);
        let mut member = |person: &&Person| {
            let spoken = languages(person);
            let bits = spoken.iter().filter_map(|text| tongues.get(text)).fold(0, |all, bit| all | 1 << bit);
            let manager = problem.managers.get(&person.id).filter(|manager| **manager != person.id);
            Member {
                week: person.week,
                unit: units.own(&person.unit, &person.id),
                industry: industries.known(&person.industry),
                new_to: industries.known(&person.new_to_industry),
                level: person.level,
                needs: Topics::new(&person.needs, &mut book),
                offers: Topics::new(&person.offers, &mut book),
                interests: Topics::new(&person.interests, &mut book),
                tongues: if spoken.is_empty() { u128::MAX } else { bits },
                lists_tongues: !spoken.is_empty(),
                capacity: person.mentor_capacity,
                wants_seat: person.participant,
                left_out: person.left_out_before,
                organisation: organisations.own(&person.organisation, &person.id),
                department: departments.own(&person.department, &person.id),
                known_department: departments.known(&person.department),
                region: regions.known(&person.region),
                goals: Topics::new(&person.goals, &mut book),
                starts: starts(person, stretches, problem.rules.slot_hours),
                offsets: padded(&person.offsets, spread),
                owed: (person.bad_hour_before && !person.good_hours.is_empty()).then_some(person.good_hours),
                wishes: Vec::new(),
                office: score::office(person.in_office, person.office_years),
                coach: person.verified_coach,
                wants_coach: person.wants_coach,
                elsewhere: person.leads_elsewhere,
                mates: Vec::new(),
                line: lines.of(&person.id),
                manager: manager.map_or(0, |manager| bosses.exact(manager)),
                never: Vec::new(),
                rivals: Vec::new(),
                met: Vec::new(),
            }
        };
        let members = people.iter().map(&mut member).collect();
        (members, book.len(), organisations.0)
    }

    pub(super) fn at_mut(&mut self, who: Who) -> &mut Member {
        &mut self.members[who as usize]
    }

    /// The member with this number.
    pub(super) fn at(&self, who: Who) -> &Member {
        &self.members[who as usize]
    }

    /// Whether somebody wishes for anybody, in the pool or not.
    pub(super) fn has_wishes(&self, who: Who) -> bool {
        !self.people[who as usize].wishes.is_empty()
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

    /// How much earlier meetings of the two weigh; 0 when they never met.
    pub(super) fn met_weight(&self, a: Who, b: Who) -> u32 {
        let met = &self.at(a).met;
        met.binary_search_by_key(&b, |(other, _)| *other).map_or(0, |at| met[at].1)
    }

    /// Whether the two have shared a group before.
    pub(super) fn have_met(&self, a: Who, b: Who) -> bool {
        self.met_weight(a, b) > 0
    }

    /// What the company of another person is worth to this one.
    pub(super) fn wish(&self, a: Who, b: Who) -> i64 {
        let wishes = &self.at(a).wishes;
        wishes.binary_search_by_key(&b, |(other, _)| *other).map_or(0, |at| wishes[at].1)
    }
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
