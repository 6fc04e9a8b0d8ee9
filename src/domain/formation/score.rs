//! How well a group fits: criteria from 0 to 10,000, blended by the rules' weights.
//!
//! Invariant: all integers. Marks of participants and of pairs are summed before anything is
//! divided, so the solver can add and remove people without measuring a group anew and still
//! arrives at the same score.

use super::facts::Meeting;
use super::plan::FULL_SCORE;
use super::pool::{Pool, Topics, Who};
use super::reasons::Criterion;
use super::rules::{IndustryWish, Rules};
use super::team::Slots;

/// Neither for nor against: nothing is known.
pub(super) const NEUTRAL: i64 = FULL_SCORE / 2;
/// Common hours that earn full marks.
const PLENTY: u32 = 5;
/// Marks for the company of the first, second and third person wished for.
pub(super) const WISHES: [i64; 3] = [FULL_SCORE, FULL_SCORE * 6 / 10, FULL_SCORE * 3 / 10];
/// Marks for the company of somebody who was not wanted: twice those of a first wish, so that a seat elsewhere wins
/// where it costs little. More would tell staff, who see the fit of a group change, whose wish it was.
pub(super) const VETO: i64 = -2 * FULL_SCORE;

const COUNT: usize = Criterion::ALL.len();
/// What the shares of all criteria but wishes add up to.
pub(super) const WHOLE: i64 = 1_024;
/// Where wishes have their share.
const WISHED: usize = Criterion::Wishes as usize;
/// The largest share of wishes.
const MOST_WISHED: i64 = 2 * WHOLE;

/// A measure for each criterion, in the order of [`Criterion::ALL`].
pub(super) type Measures = [i64; COUNT];

/// Shares of the criteria in a score; they add up to [`WHOLE`], or to 0 without any weight. Wishes come on top of them:
/// they raise or lower the score of the group that they are about, and say nothing about any other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Scale([i64; COUNT]);

impl Scale {
    /// The shares that follow from the weights, where a criterion without any data has none.
    pub(super) fn new(rules: &Rules, is_known: impl Fn(Criterion) -> bool) -> Self {
        let weights =
            Criterion::ALL.map(|criterion| if is_known(criterion) { rules.weight(criterion) } else { 0 });
        let others = || (0..COUNT).filter(|at| *at != WISHED);
        let sum: i64 = others().map(|at| weights[at]).sum();
        if sum == 0 {
            let mut alone = Self::default();
            alone.0[WISHED] = if weights[WISHED] > 0 { WHOLE } else { 0 };
            return alone;
        }
        let mut shares = weights.map(|weight| weight * WHOLE / sum);
        shares[WISHED] = shares[WISHED].min(MOST_WISHED);
        let rest = WHOLE - others().map(|at| shares[at]).sum::<i64>();
        let largest = others().max_by_key(|at| (weights[*at], std::cmp::Reverse(*at))).unwrap_or(0);
        shares[largest] += rest;
        Self(shares)
    }

    /// The share of a criterion.
    pub(super) fn of(&self, criterion: Criterion) -> i64 {
        self.0[criterion as usize]
    }
}

/// Sums of marks by criterion, before anything is divided.
struct Sums {
    /// Over participants, to be divided by their number.
    people: Measures,
    /// Over pairs of members, to be divided by the number of such pairs.
    members: Measures,
    /// Over pairs of participants, to be divided by the number of such pairs.
    peers: Measures,
    /// Of the group as a whole.
    group: Measures,
}

/// Criteria that look at pairs of participants.
const PEER_CRITERIA: [Criterion; 5] =
    [Criterion::Industry, Criterion::Goals, Criterion::Spread, Criterion::Departments, Criterion::Regions];
/// Criteria that look at pairs of members.
const MEMBER_CRITERIA: [Criterion; 2] = [Criterion::Interests, Criterion::Units];

fn sums(pool: &Pool, mentors: &[Who], participants: &[Who], slots: &Slots) -> Sums {
    let mut sums = Sums { people: [0; COUNT], members: [0; COUNT], peers: [0; COUNT], group: [0; COUNT] };
    for &who in participants {
        for (criterion, mark) in marks(pool, mentors, who) {
            sums.people[criterion as usize] += mark;
        }
    }
    for (a, b) in pairs(mentors, participants) {
        sums.members[Criterion::Interests as usize] += interests(pool, a, b);
        sums.members[Criterion::Units as usize] += differ(pool.at(a).unit, pool.at(b).unit);
        sums.people[Criterion::Wishes as usize] += pool.wish(a, b) + pool.wish(b, a);
    }
    for (a, b) in pairs(&[], participants) {
        for (criterion, mark) in peers(pool, a, b) {
            sums.peers[criterion as usize] += mark;
        }
    }
    if participants.len() < 2 {
        for criterion in &PEER_CRITERIA {
            sums.group[*criterion as usize] = NEUTRAL;
        }
    }
    if mentors.len() + participants.len() < 2 {
        for criterion in &MEMBER_CRITERIA {
            sums.group[*criterion as usize] = NEUTRAL;
        }
    }
    let met = pairs(mentors, participants).map(|(a, b)| pool.met_weight(a, b)).sum();
    sums.group[Criterion::Hours as usize] = hours(slots.fewest);
    sums.group[Criterion::Size as usize] = size(&pool.rules, participants.len());
    sums.group[Criterion::NewFaces as usize] = new_faces(met);
    sums.group[Criterion::Load as usize] = load(pool, mentors);
    let sore = mentors.iter().chain(participants).filter(|who| is_sore(pool, **who, slots)).count();
    sums.group[Criterion::Fairness as usize] = fairness(sore, mentors.len() + participants.len());
    sums
}

/// Measures a group by every criterion, weighted or not, for display.
pub(super) fn measure(pool: &Pool, mentors: &[Who], participants: &[Who], slots: &Slots) -> Measures {
    let sums = sums(pool, mentors, participants, slots);
    let (people, members, peers) = divisors(mentors.len(), participants.len());
    let mut measures: Measures = std::array::from_fn(|at| {
        let mark =
            sums.people[at] / people + sums.members[at] / members + sums.peers[at] / peers + sums.group[at];
        mark.clamp(0, FULL_SCORE)
    });
    measures[WISHED] = wishes_kept(pool, mentors, participants);
    measures
}

/// How well the wishes in a group are kept, over those who have any. Whom somebody would rather not meet stays out of
/// this figure, because staff see it. Where nobody has a wish, none is missed.
fn wishes_kept(pool: &Pool, mentors: &[Who], participants: &[Who]) -> i64 {
    let people = || mentors.iter().chain(participants).copied();
    let kept = |who: Who| {
        let here = pool.at(who).wishes.iter().filter(|(other, _)| people().any(|who| who == *other));
        here.map(|(_, mark)| (*mark).max(0)).sum::<i64>().min(FULL_SCORE)
    };
    let all: Vec<i64> = people().filter(|who| pool.has_wishes(*who)).map(kept).collect();
    if all.is_empty() { FULL_SCORE } else { all.iter().sum::<i64>() / whole(all.len()) }
}

/// The score of a group: its marks blended by their shares, 0 without participants or weights.
pub(super) fn score(pool: &Pool, mentors: &[Who], participants: &[Who], slots: &Slots) -> i64 {
    if participants.is_empty() {
        return 0;
    }
    let sums = sums(pool, mentors, participants, slots);
    let blend = |marks: &Measures| -> i64 {
        Criterion::ALL.into_iter().zip(marks).map(|(criterion, mark)| pool.scale.of(criterion) * mark).sum()
    };
    let (people, members, peers) = divisors(mentors.len(), participants.len());
    total(
        blend(&sums.people) / people,
        blend(&sums.members) / members,
        blend(&sums.peers) / peers,
        blend(&sums.group),
    )
}

/// Puts the four parts of a score together.
#[inline]
pub(super) fn total(people: i64, members: i64, peers: i64, group: i64) -> i64 {
    ((people + members + peers + group) / WHOLE).clamp(0, FULL_SCORE)
}

/// What the three sums are divided by; never 0.
#[inline]
pub(super) fn divisors(mentors: usize, participants: usize) -> (i64, i64, i64) {
    let pairs = |people: usize| whole((people * people.saturating_sub(1) / 2).max(1));
    (whole(participants.max(1)), pairs(mentors + participants), pairs(participants))
}

#[inline]
pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / FULL_SCORE)
}

/// Every pair of members once.
pub(super) fn pairs<'a>(
    mentors: &'a [Who],
    participants: &'a [Who],
) -> impl Iterator<Item = (Who, Who)> + 'a {
    let all = mentors.iter().chain(participants).copied();
    let mut rest = all.clone();
    all.flat_map(move |a| {
        rest.next();
        rest.clone().map(move |b| (a, b))
    })
}

/// What a participant gets from the mentors.
pub(super) fn marks(pool: &Pool, mentors: &[Who], who: Who) -> [(Criterion, i64); 4] {
    let member = pool.at(who);
    let needs = if member.needs.list.is_empty() {
        NEUTRAL
    } else {
        let offered = |need: &&u32| mentors.iter().any(|mentor| pool.at(*mentor).offers.has(**need));
        let covered = member.needs.list.iter().filter(offered).count();
        FULL_SCORE * whole(covered) / whole(member.needs.list.len())
    };
    let steps = mentors.iter().filter_map(|mentor| level(pool.at(*mentor).level, member.level));
    [
        (Criterion::Needs, needs),
        (Criterion::MentorIndustry, mentor_industry(pool, mentors, (member.industry, member.new_to))),
        (Criterion::Levels, steps.max().unwrap_or(NEUTRAL)),
        (Criterion::Credentials, credentials(pool, mentors, member.wants_coach)),
    ]
}

/// What counts for a participant's mentor: for who is new to an industry, a mentor from there.
#[inline]
pub(super) fn mentor_wish(wish: IndustryWish, industry: u32, new_to: u32) -> (IndustryWish, u32) {
    match wish {
        IndustryWish::Same | IndustryWish::Mixed if new_to != 0 => (IndustryWish::Same, new_to),
        _ => (wish, industry),
    }
}

/// Marks for an industry that is, or is not, the same.
#[inline]
pub(super) fn wished(wish: IndustryWish, same: bool) -> i64 {
    match wish {
        IndustryWish::Ignore => NEUTRAL,
        IndustryWish::Same => FULL_SCORE * i64::from(same),
        IndustryWish::Mixed => FULL_SCORE * i64::from(!same),
    }
}

/// Whether the industry is (or is not) one of the mentors'.
fn mentor_industry(pool: &Pool, mentors: &[Who], (industry, new_to): (u32, u32)) -> i64 {
    let (wish, industry) = mentor_wish(pool.rules.mentor_industry, industry, new_to);
    let mut known =
        mentors.iter().map(|mentor| pool.at(*mentor).industry).filter(|industry| *industry != 0).peekable();
    if industry == 0 || known.peek().is_none() {
        return NEUTRAL;
    }
    wished(wish, known.any(|other| other == industry))
}

/// The step from a participant up to a mentor, if both levels are known: two or three is best.
#[inline]
pub(super) fn level(mentor: u8, participant: u8) -> Option<i64> {
    (mentor != 0 && participant != 0).then(|| match i64::from(mentor) - i64::from(participant) {
        2 | 3 => FULL_SCORE,
        1 | 4 => FULL_SCORE * 6 / 10,
        gap if gap > 4 => FULL_SCORE * 3 / 10,
        0 => FULL_SCORE * 2 / 10,
        _ => 0,
    })
}

/// A checked coach for somebody who asked for one; for everybody else the office of the mentor with the best one.
fn credentials(pool: &Pool, mentors: &[Who], wants_coach: bool) -> i64 {
    if wants_coach {
        return FULL_SCORE * i64::from(mentors.iter().any(|who| pool.at(*who).coach));
    }
    mentors.iter().map(|who| pool.at(*who).office).max().unwrap_or(0)
}

/// Marks for the office that a programme is about: seven tenths for holding it at present, and three hundredths for
/// each year in it, of which ten count. So whoever is in office comes before whoever was.
pub(super) fn office(in_office: bool, years: u8) -> i64 {
    FULL_SCORE * (70 * i64::from(in_office) + 3 * i64::from(years.min(10))) / 100
}

/// Interests in common: one earns half, two or more all.
pub(super) fn interests(pool: &Pool, a: Who, b: Who) -> i64 {
    shared(&pool.at(a).interests, &pool.at(b).interests)
}

fn shared(a: &Topics, b: &Topics) -> i64 {
    if a.list.is_empty() || b.list.is_empty() { NEUTRAL } else { NEUTRAL * whole(a.shared(b)).min(2) }
}

/// Goals in common as a share of the goals of both together.
pub(super) fn goals(a: &Topics, b: &Topics) -> i64 {
    let both = a.shared(b);
    match a.list.len() + b.list.len() - both {
        _ if a.list.is_empty() || b.list.is_empty() => NEUTRAL,
        all => FULL_SCORE * whole(both) / whole(all),
    }
}

fn differ(a: u32, b: u32) -> i64 {
    FULL_SCORE * i64::from(a != b)
}

fn known_differ(a: u32, b: u32) -> i64 {
    if a == 0 || b == 0 { NEUTRAL } else { differ(a, b) }
}

/// What two participants are to each other.
pub(super) fn peers(pool: &Pool, a: Who, b: Who) -> [(Criterion, i64); 5] {
    let (a, b) = (pool.at(a), pool.at(b));
    let mixed = known_differ(a.industry, b.industry);
    let industry = match pool.rules.industry {
        IndustryWish::Ignore => NEUTRAL,
        IndustryWish::Same => FULL_SCORE - mixed,
        IndustryWish::Mixed => mixed,
    };
    let spread = match (a.level, b.level) {
        (0, _) | (_, 0) => NEUTRAL,
        (a, b) => FULL_SCORE * i64::from((1..=2).contains(&a.abs_diff(b))),
    };
    [
        (Criterion::Industry, industry),
        (Criterion::Goals, goals(&a.goals, &b.goals)),
        (Criterion::Spread, spread),
        (Criterion::Departments, known_differ(a.known_department, b.known_department)),
        (Criterion::Regions, known_differ(a.region, b.region)),
    ]
}

/// Marks for common hours.
#[inline]
pub(super) fn hours(common: u32) -> i64 {
    FULL_SCORE * i64::from(common.min(PLENTY)) / i64::from(PLENTY)
}

/// Marks for people new to each other, by the weight of their earlier meetings.
#[inline]
pub(super) fn new_faces(met: u32) -> i64 {
    FULL_SCORE * i64::from(Meeting::FRESH) / i64::from(Meeting::FRESH + met)
}

/// Marks for mentors with little to do elsewhere.
pub(super) fn load(pool: &Pool, mentors: &[Who]) -> i64 {
    let sum: i64 = mentors.iter().map(|who| FULL_SCORE / (1 + i64::from(pool.at(*who).elsewhere))).sum();
    if mentors.is_empty() { NEUTRAL } else { sum / whole(mentors.len()) }
}

/// Whether somebody who had a bad hour before gets no good one here.
pub(super) fn is_sore(pool: &Pool, who: Who, slots: &Slots) -> bool {
    pool.at(who).owed.is_some_and(|good| slots.first.and(good).is_empty())
}

/// Marks for making good.
pub(super) fn fairness(sore: usize, members: usize) -> i64 {
    FULL_SCORE - FULL_SCORE * whole(sore) / whole(members.max(1))
}

/// Nearness to the ideal size: full marks there, none beyond the far end of the range. The marks
/// fall with the square of the distance, so two middling sizes beat a large and a small one.
pub(super) fn size(rules: &Rules, participants: usize) -> i64 {
    let ideal = rules.ideal();
    let reach = whole(rules.max_participants.saturating_sub(ideal)) + 1;
    let distance = whole(participants.abs_diff(ideal)).min(reach);
    FULL_SCORE - FULL_SCORE * distance * distance / (reach * reach)
}

#[cfg(test)]
mod tests;
