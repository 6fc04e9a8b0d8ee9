//! A linear program over sets: choose shares of columns so that no row is used more than it may be.
//!
//! Invariant: whatever happens to the last digits, a bound is read from the multipliers alone and
//! holds for every choice of columns that the multipliers price correctly; callers check that.

/// Smallest pivot.
pub(super) const PIVOT: f64 = 1e-9;
/// How far a share may be below zero.
const SLIP: f64 = 1e-7;
/// Pivots after which the inverse is computed anew.
const FRESH: u32 = 120;
/// Steps without progress before a repair is given up.
const STALLED: usize = 3_000;
/// Columns looked at more closely after each look at all of them.
const CLOSER: usize = 24;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing left to improve.
    Best,
    /// No choice keeps all rows.
    Impossible,
    /// The bound fell below what is needed.
    Below,
    /// The work allowed is used up.
    Limit,
}

/// What is in the basis: a column, or the room of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basic {
    Column(u32),
    Room(u32),
}

/// The basis of a program, to come back to.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    basic: Vec<Basic>,
    inverse: Vec<f64>,
}

/// Maximises the sum of shares times values while each row holds at most its limit.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) limits: Vec<f64>,
    /// Limits made unequal by a hair, against standing still.
    pub(super) ragged: Vec<f64>,
    pub(super) values: Vec<f64>,
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
    /// How many reasons there are not to use a column.
    barred: Vec<u16>,
    /// Row of each column in the basis.
    pub(super) row_of: Vec<u32>,
    pub(super) room_row: Vec<u32>,
    pub(super) basic: Vec<Basic>,
    pub(super) inverse: Vec<f64>,
    pub(super) shares: Vec<f64>,
    /// Multipliers of the rows.
    pub(super) duals: Vec<f64>,
    pub(super) since: u32,
    /// Work done, in units of about a microsecond.
    pub(super) work: u64,
    tolerance: f64,
    /// Whether the basis was lost; only a climb from the rooms is safe then.
    pub(super) broken: bool,
}

pub(super) const OUT: u32 = u32::MAX;

impl Program {
    /// A program with these rows and no column; values are trusted to a billionth of `largest`.
    pub(super) fn new(limits: Vec<f64>, largest: f64) -> Self {
        let rows = limits.len();
        let mut program = Self {
            ragged: limits.iter().zip(0..).map(|(limit, row)| limit + hair(row)).collect(),
            limits,
            values: Vec::new(),
            starts: vec![0],
            entries: Vec::new(),
            barred: Vec::new(),
            row_of: Vec::new(),
            room_row: Vec::new(),
            basic: (0..rows).map(|row| Basic::Room(number(row))).collect(),
            inverse: Vec::new(),
            shares: Vec::new(),
            duals: Vec::new(),
            since: 0,
            work: 0,
            // Well below the hairs that tell columns apart, well above the last digits.
            tolerance: 1e-5 + largest * 1e-12,
            broken: false,
        };
        program.refresh();
        program
    }

    pub(super) fn rows(&self) -> usize {
        self.limits.len()
    }

    pub(super) fn columns(&self) -> usize {
        self.values.len()
    }

    /// How much a row may hold.
    pub(super) fn limit(&self, row: usize) -> f64 {
        self.limits[row]
    }

    /// Adds a column that is not used yet.
    pub(super) fn add_column(&mut self, rows: impl Iterator<Item = (usize, f32)>, value: f64) {
        self.entries.extend(rows.map(|(row, times)| (number(row), times)));
        self.starts.push(self.entries.len());
        // Unequal by a hair as well: it can only lift the bound, by less than a point in all.
        let mixed = (self.values.len() as u64 + 1).wrapping_mul(0xD134_2543_DE82_EF95) >> 40;
        self.values.push(value + 0.004 * (mixed as f64 / f64::from(1 << 24)));
        self.barred.push(0);
        self.row_of.push(OUT);
    }

    /// Adds rows that hold some columns once each and may hold one; their rooms join the basis.
    pub(super) fn add_rows(&mut self, count: usize, holds: impl Fn(usize, usize) -> bool) {
        let first = self.rows();
        let (mut starts, mut entries) = (vec![0], Vec::with_capacity(self.entries.len() * 5 / 4));
        for column in 0..self.columns() {
            entries.extend_from_slice(self.column(column));
            let held = (0..count).filter(|row| holds(*row, column));
            entries.extend(held.map(|row| (number(first + row), 1.0)));
            starts.push(entries.len());
        }
        (self.starts, self.entries) = (starts, entries);
        for row in first..first + count {
            self.limits.push(1.0);
            self.ragged.push(1.0 + hair(row));
            self.basic.push(Basic::Room(number(row)));
        }
        self.refresh();
    }

    /// Changes the value of a column; shares stay, multipliers follow.
    pub(super) fn lift(&mut self, column: usize, by: f64) {
        self.values[column] += by;
        self.measure();
    }

    pub(super) fn bar(&mut self, column: usize) {
        self.barred[column] += 1;
    }

    pub(super) fn unbar(&mut self, column: usize) {
        self.barred[column] -= 1;
    }

    /// The share of a column.
    pub(super) fn share(&self, column: usize) -> f64 {
        match self.row_of[column] {
            OUT => 0.0,
            row => self.shares[row as usize],
        }
    }

    /// Columns with a share, in order.
    pub(super) fn used(&self) -> Vec<(usize, f64)> {
        let column = |basic: &Basic| match basic {
            Basic::Column(column) => Some(*column as usize),
            Basic::Room(_) => None,
        };
        let mut used: Vec<(usize, f64)> =
            self.basic.iter().filter_map(column).map(|column| (column, self.share(column))).collect();
        used.retain(|(_, share)| *share > 1e-4);
        used.sort_unstable_by_key(|(column, _)| *column);
        used
    }

    /// The bound that the multipliers give if no column is worth more than its rows.
    pub(super) fn bound(&self) -> f64 {
        self.duals.iter().zip(&self.limits).map(|(dual, limit)| dual.max(0.0) * limit).sum()
    }

    pub(super) fn save(&self) -> Basis {
        Basis { basic: self.basic.clone(), inverse: self.inverse.clone() }
    }

    /// Goes back to a basis, which may know fewer rows.
    pub(super) fn load(&mut self, basis: &Basis) {
        self.basic.clone_from(&basis.basic);
        self.broken = false;
        if self.basic.len() == self.rows() {
            self.inverse.clone_from(&basis.inverse);
            self.index();
            self.measure();
        } else {
            self.basic.extend((self.basic.len()..self.limits.len()).map(|row| Basic::Room(number(row))));
            self.refresh();
        }
    }

    pub(super) fn column(&self, column: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[column]..self.starts[column + 1]]
    }

    /// What a column is worth beyond its rows.
    #[inline]
    pub(super) fn gain(&self, column: usize) -> f64 {
        let price: f64 = self
            .column(column)
            .iter()
            .map(|(row, times)| self.duals[*row as usize] * f64::from(*times))
            .sum();
        self.values[column] - price
    }

    /// What unused room in a row is worth beyond its price: a hair less than nothing, so that no two
    /// ways to leave room are worth the same.
    #[inline]
    pub(super) fn room_gain(&self, row: usize) -> f64 {
        room_value(row) - self.duals[row]
    }

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
    fn direction(&mut self, enters: Basic) -> Vec<f64> {
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
    fn pivot(&mut self, row: usize, enters: Basic, direction: &[f64]) {
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

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(OUT - 1)
}

/// What unused room in a row is worth.
pub(super) fn room_value(row: usize) -> f64 {
    -1_000.0 * hair(row)
}

/// A tiny number that differs from row to row.
fn hair(row: usize) -> f64 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    1e-6 * (1.0 + mixed as f64 / f64::from(1 << 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(columns: &[(&[usize], f64)]) -> Program {
        let mut program = Program::new(vec![1.0; 4], 10.0);
        for (rows, value) in columns {
            program.add_column(rows.iter().map(|row| (*row, 1.0)), *value);
        }
        program
    }

    #[test]
    fn a_fractional_optimum_is_found_and_bounded() {
        let mut triangle = program(&[(&[0, 1], 2.0), (&[1, 2], 2.0), (&[0, 2], 2.0), (&[3], 1.0)]);
        assert_eq!(triangle.climb(10_000), End::Best);
        assert!((triangle.bound() - 4.0).abs() < 0.02, "{}", triangle.bound());
        assert!((triangle.share(0) - 0.5).abs() < 1e-3);
    }

    #[test]
    fn a_barred_column_leaves_and_a_new_row_is_kept() {
        let mut triangle = program(&[(&[0, 1], 2.0), (&[1, 2], 2.0), (&[0, 2], 2.5), (&[3], 1.0)]);
        assert_eq!(triangle.climb(10_000), End::Best);
        let basis = triangle.save();
        triangle.bar(2);
        assert_eq!(triangle.repair(0.0, 10_000), End::Best);
        assert!((triangle.bound() - 3.0).abs() < 0.02);
        triangle.unbar(2);
        triangle.load(&basis);
        triangle.add_rows(1, |_, column| column < 3);
        assert_eq!(triangle.repair(0.0, 10_000), End::Best);
        assert!((triangle.bound() - 3.5).abs() < 0.02, "one of the triangle, the dearest");
        assert_eq!(triangle.repair(9.0, 10_000), End::Below);
    }
}
