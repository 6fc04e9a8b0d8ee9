//! What binds or parts the people of a pool: meetings, wishes, pairs kept apart, conflicts.
//!
//! Invariant: everything about a pair is written on both people, and `clash` says the same both ways.

use super::facts::{Conflict, Meeting, Party};
use super::pool::{Member, Pool, Who};
use super::problem::{Problem, fold};
use super::reasons::Criterion;
use super::score;
use super::stops::Barrier;
use std::collections::{BTreeMap, BTreeSet};

impl Pool<'_> {
    pub(super) fn pairs(&mut self, problem: &Problem) {
        for (first, second) in &problem.never {
            if let Some((a, b)) = self.two(first, second) {
                self.at_mut(a).never.push(b);
                self.at_mut(b).never.push(a);
            }
        }
        let fresh: BTreeSet<(Who, Who)> = problem
            .met
            .iter()
            .filter_map(|(first, second)| self.two(first, second))
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect();
        let mut met: BTreeMap<(Who, Who), u32> =
            fresh.into_iter().map(|pair| (pair, Meeting::FRESH)).collect();
        for meeting in &problem.history {
            if let Some((a, b)) = self.two(&meeting.first, &meeting.second) {
                *met.entry((a.min(b), a.max(b))).or_default() += meeting.weight();
            }
        }
        for ((a, b), weight) in met {
            self.at_mut(a).met.push((b, weight));
            self.at_mut(b).met.push((a, weight));
        }
        for member in &mut self.members {
            member.never.sort_unstable();
            member.never.dedup();
            member.met.sort_unstable();
        }
    }

    /// Turns conflicts into lists of people, and pairs of organisations into numbers.
    pub(super) fn conflicts(&mut self, conflicts: &[Conflict], organisations: &BTreeMap<String, u32>) {
        let staff = |pool: &Self, name: &str| -> Vec<Who> {
            let Some(&number) = organisations.get(&fold(name)) else { return Vec::new() };
            pool.everybody().filter(|who| pool.at(*who).organisation == number).collect()
        };
        for conflict in conflicts {
            let pairs: Vec<(Who, Who)> = match (&conflict.first, &conflict.second) {
                (Party::Person(a), Party::Person(b)) => self.two(a, b).into_iter().collect(),
                (Party::Person(one), Party::Organisation(name))
                | (Party::Organisation(name), Party::Person(one)) => {
                    let one = self.number(one);
                    let others = staff(self, name);
                    one.into_iter().flat_map(|a| others.iter().map(move |b| (a, *b))).collect()
                }
                (Party::Organisation(a), Party::Organisation(b)) => {
                    if let (Some(&a), Some(&b)) = (organisations.get(&fold(a)), organisations.get(&fold(b))) {
                        self.rival_organisations.insert((a.min(b), a.max(b)));
                    }
                    Vec::new()
                }
            };
            for (a, b) in pairs.into_iter().filter(|(a, b)| a != b) {
                self.at_mut(a).rivals.push(b);
                self.at_mut(b).rivals.push(a);
            }
        }
    }

    /// Reads wishes and vetoes; a veto outweighs a wish, and a binding one is a conflict.
    pub(super) fn wishes(&mut self) {
        for who in self.everybody() {
            let person = self.people[who as usize];
            let mut marks: BTreeMap<Who, i64> = BTreeMap::new();
            for (id, mark) in person.wishes.iter().zip(score::WISHES) {
                if let Some(other) = self.number(id).filter(|other| *other != who) {
                    marks.entry(other).or_insert(mark);
                }
            }
            let vetoes: Vec<Who> = person.vetoes.iter().filter_map(|id| self.number(id)).collect();
            for other in vetoes.into_iter().filter(|other| *other != who) {
                marks.insert(other, score::VETO);
                if self.rules.forbid_vetoes {
                    self.at_mut(who).rivals.push(other);
                    self.at_mut(other).rivals.push(who);
                }
            }
            self.at_mut(who).wishes = marks.into_iter().collect();
        }
        for member in &mut self.members {
            member.rivals.sort_unstable();
            member.rivals.dedup();
        }
    }

    /// Whether the pool says anything that a criterion could measure.
    pub(super) fn is_known(&self, criterion: Criterion) -> bool {
        let any = |known: fn(&Member) -> bool| self.members.iter().any(known);
        match criterion {
            Criterion::Goals => any(|member| !member.goals.list.is_empty()),
            Criterion::Wishes => any(|member| !member.wishes.is_empty()),
            Criterion::Credentials => any(|member| member.office > 0 || member.coach || member.wants_coach),
            Criterion::Departments => any(|member| member.known_department != 0),
            Criterion::Regions => any(|member| member.region != 0),
            Criterion::Load => any(|member| member.elsewhere > 0),
            Criterion::Fairness => any(|member| member.owed.is_some()),
            _ => true,
        }
    }

    fn two(&self, first: &str, second: &str) -> Option<(Who, Who)> {
        let (a, b) = (self.number(first)?, self.number(second)?);
        (a != b).then_some((a, b))
    }

    fn in_conflict(&self, a: Who, b: Who) -> bool {
        let (first, second) = (self.at(a).organisation, self.at(b).organisation);
        !self.at(a).rivals.is_empty() && self.at(a).rivals.binary_search(&b).is_ok()
            || !self.rival_organisations.is_empty()
                && self.rival_organisations.contains(&(first.min(second), first.max(second)))
    }

    /// The first rule about pairs that keeps two people out of one group.
    pub(super) fn clash(&self, a: Who, b: Who) -> Option<Barrier> {
        let manager = self.at(a).manager;
        if self.in_line(a, b) {
            Some(Barrier::ReportingLine)
        } else if self.kept_apart(a, b) {
            Some(Barrier::KeptApart)
        } else if self.in_conflict(a, b) {
            Some(Barrier::Conflict)
        } else if self.rules.same_manager_apart && manager != 0 && manager == self.at(b).manager {
            Some(Barrier::SameManager)
        } else {
            None
        }
    }
}
