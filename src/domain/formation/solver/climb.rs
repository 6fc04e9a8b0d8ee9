//! The simplex method on a program over sets: the best column enters until none gains.
//!
//! Invariant: shares keep all rows from the first step to the last.

use super::lp::{Basic, End, OUT, PIVOT, Program, number};

/// Pivots after which the inverse is computed anew.
const FRESH: u32 = 120;
/// Columns looked at more closely after each look at all of them.
const CLOSER: usize = 24;

impl Program {
    /// Improves the shares until no column gains, from a basis that keeps all rows.
    pub(super) fn climb(&mut self, limit: u64) -> End {
        let mut closer: Vec<(f64, u32)> = Vec::new();
        self.broken = false;
        while self.work < limit {
            let mut best = self.best_of(&mut closer);
            if best.is_none() {
                self.look_at_all(&mut closer);
                best = self.best_of(&mut closer);
            }
            let room = (0..self.rows())
                .filter(|row| self.room_row[*row] == OUT && self.room_gain(*row) > self.tolerance)
                .max_by(|a, b| self.room_gain(*a).total_cmp(&self.room_gain(*b)));
            let enters = match (best, room) {
                (Some((gain, _)), Some(row)) if self.room_gain(row) > gain => Basic::Room(number(row)),
                (Some((_, column)), _) => Basic::Column(column),
                (None, Some(row)) => Basic::Room(number(row)),
                (None, None) => return End::Best,
            };
            let direction = self.direction(enters);
            let Some(row) = self.ratio(&direction) else { return End::Limit };
            self.pivot(row, enters, &direction);
        }
        End::Limit
    }

    fn look_at_all(&mut self, closer: &mut Vec<(f64, u32)>) {
        closer.clear();
        self.work += self.entries.len() as u64 / 1_500 + 1;
        let mut least = self.tolerance;
        for column in 0..self.columns() {
            if self.row_of[column] != OUT || self.barred[column] > 0 {
                continue;
            }
            let gain = self.gain(column);
            if gain > least {
                closer.push((gain, number(column)));
                if closer.len() >= 4 * CLOSER {
                    closer.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
                    closer.truncate(CLOSER);
                    least = closer[CLOSER - 1].0;
                }
            }
        }
        closer.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        closer.truncate(CLOSER);
    }

    /// The best of some columns at present; those that no longer gain go.
    fn best_of(&self, closer: &mut Vec<(f64, u32)>) -> Option<(f64, u32)> {
        closer.retain_mut(|(gain, column)| {
            *gain = self.gain(*column as usize);
            *gain > self.tolerance && self.row_of[*column as usize] == OUT
        });
        closer.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
    }

    /// How the basis answers to one more unit of a column or room.
    pub(super) fn direction(&mut self, enters: Basic) -> Vec<f64> {
        let rows = self.rows();
        let mut direction = vec![0.0; rows];
        let mut add = |at: usize, times: f64| {
            for (row, value) in direction.iter_mut().enumerate() {
                *value += self.inverse[row * rows + at] * times;
            }
        };
        match enters {
            Basic::Room(row) => add(row as usize, 1.0),
            Basic::Column(column) => {
                for (row, times) in
                    &self.entries[self.starts[column as usize]..self.starts[column as usize + 1]]
                {
                    add(*row as usize, f64::from(*times));
                }
            }
        }
        direction
    }

    /// The row that gives out first.
    fn ratio(&self, direction: &[f64]) -> Option<usize> {
        let mut choice: Option<(f64, f64, usize)> = None;
        for (row, &step) in direction.iter().enumerate() {
            if step <= PIVOT {
                continue;
            }
            let ratio = self.shares[row].max(0.0) / step;
            let better = choice.is_none_or(|(least, size, _)| {
                ratio < least - 1e-12 || ratio <= least + 1e-12 && step > size
            });
            if better {
                choice = Some((ratio, step, row));
            }
        }
        choice.map(|(_, _, row)| row)
    }

    /// Puts a column or room into the basis in place of what is in a row.
    pub(super) fn pivot(&mut self, row: usize, enters: Basic, direction: &[f64]) {
        let rows = self.rows();
        self.work += (rows * rows) as u64 / 2_000 + 1;
        let leaves = self.basic[row];
        let gain = match enters {
            Basic::Column(column) => self.gain(column as usize),
            Basic::Room(room) => self.room_gain(room as usize),
        };
        let size = direction[row];
        let (before, rest) = self.inverse.split_at_mut(row * rows);
        let (own, after) = rest.split_at_mut(rows);
        for value in &mut *own {
            *value /= size;
        }
        let step = self.shares[row] / size;
        let others = before.chunks_exact_mut(rows).zip(0..row);
        for (line, at) in others.chain(after.chunks_exact_mut(rows).zip(row + 1..)) {
            let times = direction[at];
            if times != 0.0 {
                line.iter_mut().zip(own.iter()).for_each(|(value, own)| *value -= times * own);
                self.shares[at] -= times * step;
            }
        }
        self.shares[row] = step;
        self.duals.iter_mut().zip(own.iter()).for_each(|(dual, own)| *dual += gain * own);
        match leaves {
            Basic::Column(column) => self.row_of[column as usize] = OUT,
            Basic::Room(room) => self.room_row[room as usize] = OUT,
        }
        match enters {
            Basic::Column(column) => self.row_of[column as usize] = number(row),
            Basic::Room(room) => self.room_row[room as usize] = number(row),
        }
        self.basic[row] = enters;
        self.since += 1;
        if self.since >= FRESH {
            self.refresh();
        }
    }
}
