//! The inverse of a basis, computed anew now and then so that small errors do not grow.
//!
//! Invariant: after `refresh` the basis, its inverse, the shares and the multipliers agree.

use super::lp::{Basic, OUT, PIVOT, Program, number, room_value};

impl Program {
    /// Computes the inverse anew from the basis; a basis that has none starts from the rooms.
    pub(super) fn refresh(&mut self) {
        let rows = self.rows();
        self.work += (rows * rows * rows) as u64 / 1_500_000 + 1;
        if !self.invert() {
            self.broken = true;
            self.basic = (0..rows).map(|row| Basic::Room(number(row))).collect();
            let ready = self.invert();
            debug_assert!(ready, "the rooms are their own inverse");
        }
        self.since = 0;
        self.index();
        self.measure();
    }

    /// Gauss and Jordan with the largest pivot of each column; rows of the basis follow the pivots.
    fn invert(&mut self) -> bool {
        let rows = self.rows();
        let mut matrix = vec![0.0; rows * rows];
        for (at, basic) in self.basic.iter().enumerate() {
            match basic {
                Basic::Room(row) => matrix[*row as usize * rows + at] = 1.0,
                Basic::Column(column) => {
                    for (row, times) in self.column(*column as usize) {
                        matrix[*row as usize * rows + at] = f64::from(*times);
                    }
                }
            }
        }
        let mut inverse = vec![0.0; rows * rows];
        for row in 0..rows {
            inverse[row * rows + row] = 1.0;
        }
        for column in 0..rows {
            let pivot = (column..rows)
                .max_by(|a, b| matrix[a * rows + column].abs().total_cmp(&matrix[b * rows + column].abs()));
            let Some(pivot) = pivot.filter(|row| matrix[row * rows + column].abs() > PIVOT) else {
                return false;
            };
            for at in 0..rows {
                matrix.swap(pivot * rows + at, column * rows + at);
                inverse.swap(pivot * rows + at, column * rows + at);
            }
            let size = matrix[column * rows + column];
            for at in 0..rows {
                matrix[column * rows + at] /= size;
                inverse[column * rows + at] /= size;
            }
            let (own, mine): (Vec<f64>, Vec<f64>) = (
                matrix[column * rows..(column + 1) * rows].to_vec(),
                inverse[column * rows..(column + 1) * rows].to_vec(),
            );
            for row in (0..rows).filter(|row| *row != column) {
                let times = matrix[row * rows + column];
                if times != 0.0 {
                    let line = &mut matrix[row * rows..(row + 1) * rows];
                    line.iter_mut().zip(&own).for_each(|(value, own)| *value -= times * own);
                    let line = &mut inverse[row * rows..(row + 1) * rows];
                    line.iter_mut().zip(&mine).for_each(|(value, own)| *value -= times * own);
                }
            }
        }
        self.inverse = inverse;
        true
    }

    pub(super) fn index(&mut self) {
        self.row_of = vec![OUT; self.columns()];
        self.room_row = vec![OUT; self.rows()];
        for (row, basic) in self.basic.iter().enumerate() {
            match basic {
                Basic::Column(column) => self.row_of[*column as usize] = number(row),
                Basic::Room(room) => self.room_row[*room as usize] = number(row),
            }
        }
    }

    /// Shares and multipliers from the inverse.
    pub(super) fn measure(&mut self) {
        let rows = self.rows();
        self.shares = self
            .inverse
            .chunks_exact(rows.max(1))
            .map(|line| line.iter().zip(&self.ragged).map(|(value, limit)| value * limit).sum())
            .collect();
        let mut duals = vec![0.0; rows];
        for (line, basic) in self.inverse.chunks_exact(rows.max(1)).zip(&self.basic) {
            let value = match basic {
                Basic::Column(column) => self.values[*column as usize],
                Basic::Room(room) => room_value(*room as usize),
            };
            duals.iter_mut().zip(line).for_each(|(dual, at)| *dual += value * at);
        }
        self.duals = duals;
    }
}
