//! The dual simplex method: repairs rows and bars that the shares break, while no column gains.
//!
//! Invariant: the bound only falls, and whoever gives up says so.

use super::lp::{Basic, End, OUT, PIVOT, Program, number};

/// How far a share may be below zero.
const SLIP: f64 = 1e-7;
/// Steps without progress before a repair is given up.
const STALLED: usize = 3_000;

impl Program {
    /// Repairs rows and bars that the shares break while no column gains; gives up below a bound.
    pub(super) fn repair(&mut self, needed: f64, limit: u64) -> End {
        let (mut least, mut stalled) = (f64::INFINITY, 0);
        loop {
            let bound = self.bound();
            if self.work >= limit || stalled > STALLED || self.broken {
                return End::Limit;
            }
            if bound + 0.02 < needed {
                return End::Below;
            }
            // Without progress other rows get their turn, so that the same steps do not come again.
            stalled = if bound < least - 1e-9 { 0 } else { stalled + 1 };
            least = least.min(bound);
            let Some((row, sign)) = self.worst_row(stalled / 30) else { return End::Best };
            let Some(enters) = self.dual_ratio(row, sign) else { return End::Impossible };
            let direction = self.direction(enters);
            if direction[row].abs() <= PIVOT {
                if self.since == 0 {
                    return End::Limit;
                }
                self.refresh();
                continue;
            }
            self.pivot(row, enters, &direction);
        }
    }

    /// The row that is broken most, and whether its share must grow (1) or fall (-1).
    fn worst_row(&self, turn: usize) -> Option<(usize, f64)> {
        let mut worst = None;
        let mut most = SLIP;
        let shares = self.shares.iter().enumerate().cycle();
        for (row, &share) in shares.skip(turn * 7).take(self.rows()) {
            let barred = matches!(self.basic[row], Basic::Column(column) if self.barred[column as usize] > 0);
            let (broken, sign) = if barred && share > 0.0 { (share, -1.0) } else { (-share, 1.0) };
            if broken > most {
                most = broken;
                worst = Some((row, sign));
                if turn > 0 {
                    break;
                }
            }
        }
        worst
    }

    /// What enters so that a row is repaired and still no column gains.
    fn dual_ratio(&mut self, row: usize, sign: f64) -> Option<Basic> {
        let rows = self.rows();
        self.work += self.entries.len() as u64 / 1_000 + 1;
        let line = &self.inverse[row * rows..(row + 1) * rows];
        let mut choice: Option<(f64, f64, Basic)> = None;
        let mut offer = |gain: f64, step: f64, enters: Basic| {
            // A growing share needs a negative step, a falling one a positive step.
            let size = -step * sign;
            if size > 1e-6 {
                let ratio = (-gain).max(0.0) / size;
                let better = choice.is_none_or(|(least, most, _)| {
                    ratio < least - 1e-7 || ratio <= least + 1e-7 && size > most
                });
                if better {
                    choice = Some((ratio, size, enters));
                }
            }
        };
        for (room, &step) in line.iter().enumerate() {
            if self.room_row[room] == OUT {
                offer(self.room_gain(room), step, Basic::Room(number(room)));
            }
        }
        for column in 0..self.columns() {
            if self.row_of[column] == OUT && self.barred[column] == 0 {
                let step: f64 = self
                    .column(column)
                    .iter()
                    .map(|(at, times)| line[*at as usize] * f64::from(*times))
                    .sum();
                if -step * sign > 1e-6 {
                    offer(self.gain(column), step, Basic::Column(number(column)));
                }
            }
        }
        choice.map(|(_, _, enters)| enters)
    }
}
