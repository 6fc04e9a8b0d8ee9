//! From question to agenda: a design where one fits, a search where none does, and the better of
//! the two where both are in doubt.
//!
//! Invariant: the agenda returned is the best of all that were made, judged by counting them.

use super::agenda::{Agenda, Origin, Tally, tally};
use super::bound::{fewest_repeats, most_fresh_rounds};
use super::catalogue::{Design, design};
use super::circle::{Circle, CircleFault};
use super::deal::Units;
use super::hunt::hunt;
use super::improve::cool;
use super::lines::{by_rows, relabel};
use super::seating::Seating;
use super::starter::Frame;
use crate::domain::formation::chance::Chance;
use crate::domain::formation::diverse::Budget;

/// Above this many people, the pool is split into parts that meet among themselves only.
const PART: usize = 2_048;
/// Above this many seats, rounds are planned one after the other only.
const JOINT: usize = 4_000;

/// Rounds of groups, as `agenda.rounds`.
type Rounds = Vec<Vec<Vec<usize>>>;

/// Plans all rounds. The same circle, seed and budget of steps give the same agenda; a search that
/// finds an agenda as good as counting allows stops before its budget does.
pub fn plan(circle: &Circle, seed: u64, budget: &mut dyn Budget) -> Result<Agenda, CircleFault> {
    circle.sizes()?;
    let (rounds, origin) = if circle.people > PART {
        (in_parts(circle, seed, budget), Origin::Searched)
    } else {
        best(circle, seed, budget)
    };
    let sum = tally(circle, &rounds);
    let keeps = sum.forbidden == 0 && sum.crowded == 0;
    Ok(Agenda {
        rounds,
        repeats: sum.repeats,
        fewest_repeats: fewest_repeats(circle, keeps),
        forbidden: sum.forbidden,
        crowded: sum.crowded,
        origin,
    })
}

/// Everything one planning needs.
struct Planner<'a> {
    circle: &'a Circle,
    sizes: Vec<usize>,
    units: Units,
    chance: Chance,
    budget: &'a mut dyn Budget,
    best: Option<(Tally, Rounds, Origin)>,
}

/// The best agenda of a pool that is planned as a whole.
fn best(circle: &Circle, seed: u64, budget: &mut dyn Budget) -> (Rounds, Origin) {
    let sizes = circle.sizes().expect("the caller has checked the circle");
    let units = Units::new(circle, sizes.len());
    let mut planner = Planner { circle, sizes, units, chance: Chance::new(seed), budget, best: None };
    planner.try_catalogue();
    planner.week_by_week();
    planner.try_starter();
    planner.all_at_once();
    planner.best.map_or((Vec::new(), Origin::Searched), |(_, rounds, origin)| (rounds, origin))
}

impl Planner<'_> {
    /// Keeps an agenda if it is better than the one kept.
    fn offer(&mut self, rounds: Rounds, origin: Origin) {
        let sum = tally(self.circle, &rounds);
        if self.best.as_ref().is_none_or(|(known, ..)| sum < *known) {
            self.best = Some((sum, rounds, origin));
        }
    }

    /// Whether nothing better can be found.
    fn is_done(&self) -> bool {
        let crowded =
            self.units.least_crowded(self.circle.per_unit, self.sizes.len()) * self.circle.rounds as u64;
        let least = fewest_repeats(self.circle, crowded == 0);
        self.best.as_ref().is_some_and(|(sum, ..)| {
            // Repeats spread as evenly as can be weigh one each.
            sum.forbidden == 0 && sum.crowded <= crowded && sum.repeats <= least && sum.weight <= sum.repeats
        })
    }

    /// Whether nobody has met before and nobody is barred, so that people may sit on any point.
    fn is_blank(&self) -> bool {
        self.circle.met.is_empty() && self.circle.never.is_empty()
    }

    /// A design for the sizes, extended when it has too few rounds.
    fn try_catalogue(&mut self) {
        if self.is_blank()
            && let Some(design) = design(&self.sizes)
        {
            self.use_design(&design, 0.2);
        }
    }

    /// A starting round for these very sizes and rounds, where counting leaves room for one.
    fn try_starter(&mut self) {
        let rounds = self.circle.rounds;
        let fresh =
            !self.is_done() && self.is_blank() && rounds > 1 && rounds <= most_fresh_rounds(self.circle);
        if !fresh || self.circle.people * rounds > JOINT {
            return;
        }
        let standing = rounds.saturating_sub(self.sizes.len());
        let frames = [
            Frame { turn: rounds, bases: 1, sizes: self.sizes.clone(), standing: 0 },
            Frame { turn: self.sizes.len(), bases: 1, sizes: self.sizes.clone(), standing },
        ];
        for (frame, until) in frames.iter().zip([0.45, 0.6]) {
            if let Some(starter) = hunt(frame, &mut self.chance, self.budget, until) {
                self.use_design(&Design { rounds: starter.rounds(), row: frame.turn }, until);
            }
            if self.is_done() {
                return;
            }
        }
    }

    /// Seats the people on a design's points, and plans the rounds it has not.
    fn use_design(&mut self, design: &Design, until: f64) {
        let mut kept: Option<(Tally, Rounds)> = None;
        let wanted = self.circle.rounds.min(design.rounds.len());
        for _ in 0..if self.units.is_free() { 1 } else { 40 } {
            let people = by_rows(&self.units, self.circle.people, design.row, &mut self.chance);
            let rounds = relabel(&design.rounds[..wanted], &people);
            let sum = tally(self.circle, &rounds);
            if kept.as_ref().is_none_or(|(known, _)| sum < *known) {
                kept = Some((sum, rounds));
            }
        }
        let Some((_, rounds)) = kept else { return };
        if rounds.len() == self.circle.rounds {
            self.offer(rounds, Origin::Designed);
        } else {
            let mut seating = Seating::new(self.circle, &self.sizes, self.units.clone());
            for round in &rounds {
                seating.push(&round.concat());
            }
            self.fill(&mut seating, until);
            self.polish(&mut seating, rounds.len(), until);
            self.offer(seating.groups(), Origin::Extended);
        }
    }

    /// One round after the other, each against all before it.
    fn week_by_week(&mut self) {
        if self.is_done() {
            return;
        }
        let mut seating = Seating::new(self.circle, &self.sizes, self.units.clone());
        self.fill(&mut seating, 0.4);
        self.offer(seating.groups(), Origin::Searched);
    }

    /// Adds the rounds that are missing.
    fn fill(&mut self, seating: &mut Seating, until: f64) {
        let from = self.budget.spent(0);
        let (done, all) = (seating.rounds(), self.circle.rounds);
        let proposals = (self.circle.people as u64 * 2_000).clamp(40_000, 4_000_000);
        for round in done..all {
            let before = seating.cost;
            seating.deal(&mut self.chance);
            let share = (round + 1 - done) as f64 / (all - done) as f64;
            let until = from + (until - from).max(0.0) * share;
            cool(seating, round..round + 1, before, proposals, &mut self.chance, self.budget, until);
        }
    }

    /// Improves all rounds from `first` on together.
    fn polish(&mut self, seating: &mut Seating, first: usize, until: f64) {
        let rounds = first..seating.rounds();
        if rounds.is_empty() || self.circle.people * self.circle.rounds > JOINT {
            return;
        }
        let proposals = (self.circle.people * rounds.len()) as u64 * 20_000;
        let goal = i64::try_from(fewest_repeats(self.circle, true)).unwrap_or(i64::MAX);
        cool(seating, rounds, goal, proposals, &mut self.chance, self.budget, until);
    }

    /// All rounds together, from fresh deals, until the budget is gone.
    fn all_at_once(&mut self) {
        if self.circle.people * self.circle.rounds > JOINT {
            return;
        }
        while self.budget.spent(0) < 1.0 && !self.is_done() {
            let mut seating = Seating::new(self.circle, &self.sizes, self.units.clone());
            for _ in 0..self.circle.rounds {
                seating.deal(&mut self.chance);
            }
            // A deal counts as work too, so that the budget always comes to its end.
            self.budget.spent((self.circle.people * self.circle.rounds) as u64 + 1);
            self.polish(&mut seating, 0, 1.0);
            self.offer(seating.groups(), Origin::Searched);
        }
    }
}

/// Splits a large pool by chance and plans the parts one after the other: with far more people
/// than anybody can meet, a part offers as many new ones.
fn in_parts(circle: &Circle, seed: u64, budget: &mut dyn Budget) -> Rounds {
    let sizes = circle.sizes().expect("the caller has checked the circle");
    let units = Units::new(circle, sizes.len());
    let parts = circle.people.div_ceil(PART);
    // Dealing whole groups keeps the sizes, and with them the rule for units.
    let round = super::deal::deal(&units, sizes.len(), &mut Chance::new(seed));
    let mut all: Rounds = vec![Vec::new(); circle.rounds];
    for part in 0..parts {
        let members: Vec<usize> = round.iter().skip(part).step_by(parts).flatten().copied().collect();
        let from = budget.spent(0);
        let mut share = |steps: u64| {
            let spent = budget.spent(steps);
            (spent - from) / (1.0 - from).max(1e-9) * (parts - part) as f64
        };
        let (rounds, _) = best(&part_of(circle, &members), seed + part as u64 + 1, &mut share);
        for (all, round) in all.iter_mut().zip(relabel(&rounds, &members)) {
            all.extend(round);
        }
    }
    all
}

/// The circle of some of the people, numbered as in the list.
fn part_of(circle: &Circle, members: &[usize]) -> Circle {
    let mut number = vec![None; circle.people];
    for (index, person) in members.iter().enumerate() {
        number[*person] = Some(index);
    }
    let inside = |pairs: &[(usize, usize)]| {
        pairs.iter().filter_map(|(a, b)| Some((number[*a]?, number[*b]?))).collect()
    };
    Circle {
        people: members.len(),
        units: members.iter().filter_map(|person| circle.units.get(*person).copied()).collect(),
        met: inside(&circle.met),
        never: inside(&circle.never),
        ..circle.clone()
    }
}
