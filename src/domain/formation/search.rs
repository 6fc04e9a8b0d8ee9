//! The search: takes steps that gain, sometimes steps that lose a little, and keeps the best board.
//!
//! Invariant: the board that comes out ranks at least as high as the one that went in, and the
//! same seed and number of steps give the same board.

use super::board::{Board, Rank};
use super::chance::Chance;
use super::guide::Guide;
use super::pool::Pool;
use super::steps::Scene;
use super::team::Team;
use super::trial::{Prices, Trial};

/// Times the search warms up again from the best board found.
const ROUNDS: u64 = 3;
/// Setbacks allowed at the start and at the end of a round, in points of all seats changed.
const HEAT: (i64, i64) = (4_000, 40);
/// Price of a waiting participant beside the points of the seat itself.
const WAITING_PRICE: i64 = 9_000;
/// Price of a seat of somebody who only mentors.
const MENTOR_PRICE: i64 = 4_000;

/// The best board so far, kept up to date by copying only what changed.
struct Best {
    teams: Vec<Team>,
    rank: Rank,
    behind: bool,
}

impl Best {
    fn of(board: &mut Board) -> Self {
        board.touched.clear();
        Self { teams: board.teams.clone(), rank: board.rank(), behind: false }
    }

    /// Must be called before each change of the board: while the board is the best, the copy is
    /// behind and has to catch up first.
    fn catch_up(&mut self, board: &mut Board) {
        if self.behind {
            self.teams.resize_with(board.teams.len(), Team::default);
            for at in board.touched.drain(..) {
                self.teams[at].clone_from(&board.teams[at]);
            }
            self.behind = false;
        }
    }

    /// Must be called after each change of the board.
    fn compare(&mut self, board: &Board) {
        let rank = board.rank();
        if rank > self.rank {
            self.rank = rank;
            self.behind = true;
        }
    }
}

/// Improves a board by this many steps.
pub(super) fn improve(
    pool: &Pool,
    guide: &Guide,
    mut board: Board,
    iterations: u64,
    chance: &mut Chance,
) -> Board {
    let mut trial = Trial::default();
    for round in 0..ROUNDS {
        let steps = iterations / ROUNDS + u64::from(round < iterations % ROUNDS);
        let mut best = Best::of(&mut board);
        run(pool, guide, &mut board, &mut best, &mut trial, steps, chance);
        best.catch_up(&mut board);
        board = Board::new(pool, best.teams);
    }
    seat_the_last(pool, &mut board, &mut trial);
    board
}

fn run(
    pool: &Pool,
    guide: &Guide,
    board: &mut Board,
    best: &mut Best,
    trial: &mut Trial,
    steps: u64,
    chance: &mut Chance,
) {
    let mut prices = Prices { waiting: WAITING_PRICE, mentor: MENTOR_PRICE, floor: 0 };
    let (mut heat, mut weak) = (HEAT.0, 0);
    for step in 0..steps {
        if step % 512 == 0 {
            heat = cooled(step, steps);
            prices.floor = board.percentile(30);
            weak = weakest(board, chance);
        }
        let mut scene = Scene { pool, guide, board, chance, trial, weak };
        if !scene.propose() {
            continue;
        }
        let Some(gain) = trial.gain(pool, board, prices) else { continue };
        // More people placed than ever outranks every score, whatever the prices say.
        let record = best.rank.0 + board.rank_waiting() < trial.seats_won(board);
        if record || gain >= 0 || -gain <= chance.setback(heat) {
            best.catch_up(board);
            trial.apply(board);
            best.compare(board);
        }
    }
}

/// The heat falls with the fourth power of what is left, close to an exponential, in whole numbers.
fn cooled(step: u64, steps: u64) -> i64 {
    let left = i64::try_from((steps - step).saturating_mul(1_000) / steps.max(1)).unwrap_or(0);
    let squared = left * left / 1_000;
    HEAT.1 + (HEAT.0 - HEAT.1) * squared / 1_000 * squared / 1_000
}

/// The weakest of all teams, or of a sample in large pools.
fn weakest(board: &Board, chance: &mut Chance) -> usize {
    let sample = board.teams.len().min(64);
    let from = chance.below(board.teams.len());
    (0..sample)
        .map(|step| (from + step) % board.teams.len())
        .filter(|at| !board.teams[*at].is_empty())
        .min_by_key(|at| board.worth[*at])
        .unwrap_or(0)
}

/// A last look at every group for everybody who still waits and for idle mentors: nobody stays
/// out while a seat is open.
fn seat_the_last(pool: &Pool, board: &mut Board, trial: &mut Trial) {
    let mut people: Vec<(u32, bool)> = board.waiting.iter().map(|who| (*who, false)).collect();
    people.sort_unstable_by_key(|(who, _)| (!pool.at(*who).left_out, *who));
    let idle = |who: &u32| super::board::only_mentors(pool, *who) && board.leads[*who as usize].is_empty();
    people.extend(pool.everybody().filter(idle).map(|who| (who, true)));
    for (who, as_mentor) in people {
        let mut choice: Option<(i64, usize)> = None;
        for at in 0..board.teams.len() {
            if board.teams[at].is_empty() || board.teams[at].barrier(pool, who, as_mentor).is_some() {
                continue;
            }
            join(trial, board, at, who, as_mentor);
            let prices = Prices { waiting: 0, mentor: 0, floor: board.weakest() };
            if let Some(gain) = trial.gain(pool, board, prices)
                && choice.is_none_or(|(most, _)| gain > most)
            {
                choice = Some((gain, at));
            }
        }
        if let Some((_, at)) = choice {
            join(trial, board, at, who, as_mentor);
            if trial.gain(pool, board, Prices { waiting: 0, mentor: 0, floor: 0 }).is_some() {
                trial.apply(board);
            }
        }
    }
}

/// A trial in which one person joins one team.
fn join(trial: &mut Trial, board: &Board, at: usize, who: u32, as_mentor: bool) {
    trial.start();
    if let Some(team) = trial.edit(board, at) {
        if as_mentor { team.mentors.push(who) } else { team.participants.push(who) }
    }
}
