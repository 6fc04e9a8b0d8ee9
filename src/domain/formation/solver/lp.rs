//! A linear program over sets: choose shares of columns so that no row is used more than it may be.
//! `climb` improves the shares, `mend_rows` repairs rows that they break.
//!
//! Invariant: whatever happens to the last digits, a bound is read from the multipliers alone and
//! holds for every choice of columns that the multipliers price correctly; callers check that.

/// Smallest pivot.
pub(super) const PIVOT: f64 = 1e-9;

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
    pub(super) starts: Vec<usize>,
    pub(super) entries: Vec<(u32, f32)>,
    /// How many reasons there are not to use a column.
    pub(super) barred: Vec<u16>,
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
    pub(super) tolerance: f64,
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
