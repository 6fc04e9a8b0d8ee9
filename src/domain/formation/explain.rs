//! Turns teams into a plan that people can read: scores, reasons, and why somebody has no seat.
//!
//! Invariant: explanations are made from the finished teams alone, so a plan edited by hand gets
//! the same words as one from the solver.

use super::plan::{Plan, PlanScore, PlannedGroup, Unplaced};
use super::pool::{Pool, Topics, Who};
use super::reasons::{Criterion, Reason};
use super::rules::IndustryWish;
use super::score;
use super::team::Team;
use super::{doors, problem::fold};
use crate::domain::week::WeekMask;
use std::collections::{BTreeMap, BTreeSet};

/// Topics named in one reason at most.
const TOPICS: usize = 4;

/// A plan of finished teams, with keys for those that have none.
pub(super) fn plan(pool: &mut Pool, mut teams: Vec<Team>) -> Plan {
    for team in &mut teams {
        team.mentors.sort_unstable();
        team.participants.sort_unstable();
    }
    teams.sort_by(|a, b| (&a.mentors, &a.participants).cmp(&(&b.mentors, &b.participants)));
    let taken: BTreeSet<usize> = teams.iter().filter_map(|team| team.key).collect();
    let mut fresh = (1..).filter(|key| !taken.contains(key));
    for team in &mut teams {
        team.key = team.key.or_else(|| fresh.next());
    }
    teams.sort_by_key(|team| team.key);
    let ids = |people: &[Who], pool: &Pool| people.iter().map(|who| pool.id(*who).to_owned()).collect();
    let groups = teams
        .iter()
        .map(|team| {
            let key = team.key.unwrap_or_default();
            describe(pool, key, ids(&team.mentors, pool), ids(&team.participants, pool))
        })
        .collect();
    finish(pool, groups, &teams)
}

/// The plan again from its groups: everything derived is written anew.
pub(super) fn again(pool: &mut Pool, groups: &[PlannedGroup]) -> Plan {
    let mut groups = groups.to_vec();
    for group in &mut groups {
        group.mentors.sort_unstable();
        group.participants.sort_unstable();
    }
    groups.sort_by_key(|group| group.key);
    let teams: Vec<Team> =
        groups.iter().map(|group| team(pool, &group.mentors, &group.participants)).collect();
    let groups = groups
        .into_iter()
        .map(|group| describe(pool, group.key, group.mentors, group.participants))
        .collect();
    finish(pool, groups, &teams)
}

fn finish(pool: &mut Pool, groups: Vec<PlannedGroup>, teams: &[Team]) -> Plan {
    let mut person_reasons = BTreeMap::new();
    for team in teams {
        for who in team.people() {
            let reasons: &mut Vec<Reason> = person_reasons.entry(pool.id(who).to_owned()).or_default();
            reasons.extend(of_person(pool, team, who));
        }
    }
    let mut seated = vec![false; pool.members.len()];
    let mut leads = vec![false; pool.members.len()];
    for team in teams {
        for who in &team.participants {
            seated[*who as usize] = true;
        }
        for who in &team.mentors {
            leads[*who as usize] = true;
        }
    }
    let mut score = PlanScore {
        worst_group: groups.iter().map(|group| group.score).min().unwrap_or(0),
        total: groups.iter().map(|g| g.score * i64::try_from(g.participants.len()).unwrap_or(0)).sum(),
        ..PlanScore::default()
    };
    let mut waiting = Vec::new();
    for who in pool.everybody() {
        let (member, at) = (pool.at(who), who as usize);
        if member.wants_seat && seated[at] {
            score.placed += 1;
        } else if member.wants_seat {
            score.unplaced += 1;
            score.left_out_again += usize::from(member.left_out);
            waiting.push((who, false));
        } else if member.capacity > 0 && !leads[at] {
            score.idle_mentors += 1;
            waiting.push((who, true));
        }
    }
    let unplaced = doors::explain(pool, teams, &waiting)
        .into_iter()
        .zip(&waiting)
        .map(|((stopped_by, relax), (who, as_mentor))| {
            let person = pool.id(*who).to_owned();
            Unplaced { person, as_mentor: *as_mentor, stopped_by, relax }
        })
        .collect();
    Plan { groups, person_reasons, unplaced, score, ..Plan::default() }
}

/// The people of a group as far as the pool knows them.
pub(super) fn team(pool: &Pool, mentors: &[String], participants: &[String]) -> Team {
    let numbers = |ids: &[String]| ids.iter().filter_map(|id| pool.number(id)).collect::<Vec<_>>();
    Team { participants: numbers(participants), ..Team::led_by(numbers(mentors)) }
}

/// One group with score and reasons. Ids outside the pool stay in the lists but count for nothing.
pub(super) fn describe(
    pool: &Pool,
    key: usize,
    mentors: Vec<String>,
    participants: Vec<String>,
) -> PlannedGroup {
    let team = team(pool, &mentors, &participants);
    let common_hours = if team.is_empty() { WeekMask::EMPTY } else { team.week(pool) };
    let slots = team.slots(pool);
    let measures = score::measure(pool, &team.mentors, &team.participants, &slots);
    let score = score::score(pool, &team.mentors, &team.participants, &slots);
    let criteria = Criterion::ALL
        .into_iter()
        .zip(measures.map(|measure| measure / 100))
        .filter(|(criterion, _)| *criterion <= Criterion::NewFaces || pool.scale.of(*criterion) > 0)
        .collect();
    let reasons = of_group(pool, &team, common_hours);
    PlannedGroup { key, mentors, participants, score, criteria, common_hours, reasons }
}

/// Topics that both people have, each once, in the words of the first person.
fn overlap(pool: &Pool, a: Who, b: Who, pick: Pick) -> Vec<String> {
    let (set, other) = pick.topics(pool, a, b);
    if set.shared(other) == 0 {
        return Vec::new();
    }
    let (own, theirs) = pick.texts(pool, a, b);
    let theirs: BTreeSet<String> = theirs.iter().map(|text| fold(text)).collect();
    // The map keeps one spelling of each topic, the same whatever the order of the list.
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    for text in own.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let key = fold(text);
        if theirs.contains(&key) {
            found.entry(key).and_modify(|kept| *kept = text.min(kept)).or_insert(text);
        }
    }
    found.into_values().map(str::to_owned).collect()
}

/// Which lists of two people to compare.
#[derive(Clone, Copy)]
enum Pick {
    NeedsToOffers,
    Interests,
}

impl Pick {
    fn texts<'p>(self, pool: &Pool<'p>, a: Who, b: Who) -> (&'p [String], &'p [String]) {
        let (a, b) = (pool.people[a as usize], pool.people[b as usize]);
        match self {
            Self::NeedsToOffers => (&a.needs, &b.offers),
            Self::Interests => (&a.interests, &b.interests),
        }
    }

    fn topics<'s>(self, pool: &'s Pool, a: Who, b: Who) -> (&'s Topics, &'s Topics) {
        let (a, b) = (pool.at(a), pool.at(b));
        match self {
            Self::NeedsToOffers => (&a.needs, &b.offers),
            Self::Interests => (&a.interests, &b.interests),
        }
    }
}

pub(super) fn of_person(pool: &Pool, team: &Team, who: Who) -> Vec<Reason> {
    let person = || pool.id(who).to_owned();
    let mut reasons = Vec::new();
    if team.participants.contains(&who) {
        for &mentor in &team.mentors {
            if pool.at(who).wants_coach && pool.at(mentor).coach {
                reasons.push(Reason::CoachForYou { coach: pool.id(mentor).to_owned(), person: person() });
            }
            if pool.at(who).new_to != 0 && pool.at(who).new_to == pool.at(mentor).industry {
                let industry = pool.people[who as usize].new_to_industry.trim().to_owned();
                let mentor = pool.id(mentor).to_owned();
                reasons.push(Reason::KnowsIndustry { mentor, person: person(), industry });
            }
            let mut needs = overlap(pool, who, mentor, Pick::NeedsToOffers);
            needs.truncate(TOPICS);
            if !needs.is_empty() {
                reasons.push(Reason::NeedsCovered {
                    mentor: pool.id(mentor).to_owned(),
                    person: person(),
                    needs,
                });
            }
        }
    } else {
        reasons.extend(served(pool, team, who));
    }
    let (mut with, mut interests) = (Vec::new(), BTreeSet::new());
    for other in team.people().filter(|other| *other != who) {
        let common = overlap(pool, who, other, Pick::Interests);
        if !common.is_empty() {
            with.push(pool.id(other).to_owned());
            interests.extend(common);
        }
    }
    if !with.is_empty() {
        let interests = interests.into_iter().take(TOPICS).collect();
        reasons.push(Reason::SharedInterests { person: person(), with, interests });
    }
    let wished = team.people().filter(|other| pool.wish(who, *other) > 0);
    let with: Vec<String> = wished.map(|other| pool.id(other).to_owned()).collect();
    if !with.is_empty() {
        reasons.push(Reason::WishKept { person: person(), with });
    }
    reasons
}

/// What a mentor can do for the participants of a team.
fn served(pool: &Pool, team: &Team, mentor: Who) -> Option<Reason> {
    let (mut people, mut needs) = (0, BTreeMap::new());
    for &who in &team.participants {
        let covered = overlap(pool, who, mentor, Pick::NeedsToOffers);
        people += usize::from(!covered.is_empty());
        for need in covered {
            needs.entry(fold(&need)).or_insert(need);
        }
    }
    let needs: Vec<String> = needs.into_values().take(TOPICS).collect();
    (people > 0).then(|| Reason::MentorServes { mentor: pool.id(mentor).to_owned(), people, needs })
}

fn of_group(pool: &Pool, team: &Team, week: WeekMask) -> Vec<Reason> {
    let mut reasons: Vec<Reason> =
        team.mentors.iter().filter_map(|mentor| served(pool, team, *mentor)).collect();
    reasons.extend(common_interests(pool, team));
    if !week.is_empty() {
        reasons.push(Reason::CommonHours { hours: week.count() });
    }
    let people: BTreeSet<Who> = team.people().collect();
    let units: BTreeSet<u32> = people.iter().map(|who| pool.at(*who).unit).collect();
    if units.len() > 1 {
        reasons.push(Reason::DistinctUnits { units: units.len(), people: people.len() });
    }
    reasons.extend(industries(pool, team));
    let pairs = score::pairs(&team.mentors, &team.participants);
    match pairs.filter(|(a, b)| pool.have_met(*a, *b)).count() {
        0 if people.len() > 1 => reasons.push(Reason::NewFaces),
        0 => {}
        pairs => reasons.push(Reason::MetBefore { pairs }),
    }
    reasons
}

fn common_interests(pool: &Pool, team: &Team) -> Option<Reason> {
    let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for who in team.people() {
        let mut own: Vec<&str> = pool.people[who as usize].interests.iter().map(|text| text.trim()).collect();
        own.sort_unstable();
        let mut seen = BTreeSet::new();
        for text in own.into_iter().filter(|text| !text.is_empty() && seen.insert(fold(text))) {
            counts.entry(fold(text)).or_insert_with(|| (0, text.to_owned())).0 += 1;
        }
    }
    let mut many: Vec<(usize, String)> = counts.into_values().filter(|(count, _)| *count > 1).collect();
    many.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let interests: Vec<String> = many.into_iter().take(TOPICS).map(|(_, text)| text).collect();
    (!interests.is_empty()).then_some(Reason::CommonInterests { interests })
}

fn industries(pool: &Pool, team: &Team) -> Option<Reason> {
    let mut counts: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for who in &team.participants {
        let text = pool.people[*who as usize].industry.trim();
        if !text.is_empty() {
            counts.entry(fold(text)).or_insert((0, text)).0 += 1;
        }
    }
    let most = counts.values().max_by_key(|(count, text)| (*count, std::cmp::Reverse(*text)));
    match (pool.rules.industry, most) {
        (IndustryWish::Same, Some((people, industry))) if *people > 1 => {
            Some(Reason::SameIndustry { industry: (*industry).to_owned(), people: *people })
        }
        (IndustryWish::Mixed, _) if counts.len() > 1 => {
            Some(Reason::MixedIndustries { industries: counts.len() })
        }
        _ => None,
    }
}
