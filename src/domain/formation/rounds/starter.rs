//! Designs from starting rounds: people sit in rows of equal length, and each round is the one
//! before with everybody moved on by one column. People left over from the rows keep their group;
//! rounds that the moving on would not change can be added.
//!
//! Invariant: a starter is only as good as its differences; [`Starter::faults`] counts how many of
//! them come twice, and a starter without faults gives rounds without repeats.

/// The frame of a starter: how many columns the rows have, and who sits where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Columns of each row; also the number of rounds that each starting round gives.
    pub(super) turn: usize,
    /// How many starting rounds there are.
    pub(super) bases: usize,
    /// Sizes of the groups.
    pub(super) sizes: Vec<usize>,
    /// Rounds beside those; only with as many groups as columns, each with one member per row.
    pub(super) standing: usize,
}

impl Frame {
    pub(super) fn people(&self) -> usize {
        self.sizes.iter().sum()
    }

    pub(super) fn rows(&self) -> usize {
        self.people() / self.turn
    }

    /// Whether a starter in this frame could be without faults, by counting.
    pub(super) fn is_open(&self) -> bool {
        let (rows, people) = (self.rows(), self.people());
        let still = people - rows * self.turn;
        let square = still == 0
            && self.bases == 1
            && self.sizes.iter().all(|size| *size == rows)
            && self.sizes.len() == self.turn;
        let mixed = rows * rows.saturating_sub(1) / 2 * self.turn + rows * ((self.turn - 1) / 2);
        let pairs = |size: usize| size * (size - 1) / 2;
        let moved = self.bases * self.sizes.iter().map(|size| pairs(*size)).sum::<usize>();
        let wanted = moved + self.standing * pairs(rows.max(1));
        still <= self.sizes.len() && (square || self.standing == 0) && wanted <= mixed + rows * still
    }
}

/// Starting rounds and the rounds that the moving on leaves as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Starter {
    frame: Frame,
    /// People of the starting rounds, group after group: `row * turn + column`, the rest last.
    seats: Vec<usize>,
    /// Group of each seat, and where each group begins.
    group_of: Vec<usize>,
    starts: Vec<usize>,
    /// Columns by row, one list for every standing round.
    standing: Vec<Vec<usize>>,
    /// How often each difference between two rows comes.
    counts: Vec<u16>,
    faults: i64,
}

impl Starter {
    /// A starter from its parts.
    pub(super) fn new(frame: Frame, seats: Vec<usize>, standing: Vec<Vec<usize>>) -> Self {
        let classes = frame.rows() + frame.people() % frame.turn;
        let mut starts = vec![0];
        let mut group_of = Vec::with_capacity(seats.len());
        let sizes = std::iter::repeat_n(&frame.sizes, frame.bases).flatten();
        for (group, size) in sizes.enumerate() {
            starts.push(starts[group] + size);
            group_of.resize(starts[group + 1], group);
        }
        let counts = vec![0; classes * classes * frame.turn];
        let mut starter = Self { frame, seats, group_of, starts, standing, counts, faults: 0 };
        for group in 0..starter.starts.len() - 1 {
            starter.count_group(group, true);
        }
        for round in 0..starter.standing.len() {
            starter.count_standing(round, true);
        }
        starter
    }

    /// Differences that come more than once; 0 means no pair meets twice.
    pub(super) fn faults(&self) -> i64 {
        self.faults
    }

    /// All rounds: each starting round moved through every column, then the standing ones.
    pub(super) fn rounds(&self) -> Vec<Vec<Vec<usize>>> {
        let (turn, moving) = (self.frame.turn, self.frame.rows() * self.frame.turn);
        let moved = move |person: usize, by: usize| {
            if person < moving { person / turn * turn + (person % turn + by) % turn } else { person }
        };
        let groups: Vec<&[usize]> =
            self.starts.windows(2).map(|ends| &self.seats[ends[0]..ends[1]]).collect();
        let bases = groups.chunks(self.frame.sizes.len());
        let turning = bases.flat_map(|base| {
            (0..turn).map(move |by| {
                base.iter().map(|group| group.iter().map(|person| moved(*person, by)).collect()).collect()
            })
        });
        let standing = self.standing.iter().map(|columns| {
            let group =
                |by: usize| columns.iter().enumerate().map(move |(row, at)| row * turn + (at + by) % turn);
            (0..turn).map(|by| group(by).collect()).collect()
        });
        turning.chain(standing).collect()
    }

    /// Takes one pair of people into the count, or out of it.
    fn count(&mut self, a: usize, b: usize, add: bool) {
        let (turn, rows) = (self.frame.turn, self.frame.rows());
        let classes = rows + self.frame.people() % turn;
        let class =
            |person: usize| if person < rows * turn { person / turn } else { rows + person - rows * turn };
        let (low, high) = (a.min(b), a.max(b));
        let (row, other) = (class(low), class(high));
        let (mut apart, mut room) = (0, 1);
        if row >= rows {
            // Two who both keep their group would meet in every round.
            room = 0;
        } else if other < rows {
            apart = (high % turn + turn - low % turn) % turn;
            if row == other {
                apart = apart.min(turn - apart);
                // Half-way round, moving on brings the same pair back: it would meet twice.
                room = u16::from(apart * 2 != turn);
            }
        }
        let count = &mut self.counts[(row * classes + other) * turn + apart];
        if add {
            self.faults += i64::from(*count >= room);
            *count += 1;
        } else {
            *count -= 1;
            self.faults -= i64::from(*count >= room);
        }
    }

    fn count_group(&mut self, group: usize, add: bool) {
        let (start, end) = (self.starts[group], self.starts[group + 1]);
        for first in start..end {
            for second in first + 1..end {
                self.count(self.seats[first], self.seats[second], add);
            }
        }
    }

    fn count_standing(&mut self, round: usize, add: bool) {
        let turn = self.frame.turn;
        for row in 0..self.standing[round].len() {
            for other in row + 1..self.standing[round].len() {
                let (a, b) = (self.standing[round][row], self.standing[round][other]);
                self.count(row * turn + a, other * turn + b, add);
            }
        }
    }

    /// Exchanges two seats of different groups and recounts.
    pub(super) fn exchange(&mut self, a: usize, b: usize) {
        let (first, second) = (self.group_of[a], self.group_of[b]);
        self.count_group(first, false);
        self.count_group(second, false);
        self.seats.swap(a, b);
        self.count_group(first, true);
        self.count_group(second, true);
    }

    /// Whether two seats belong to different groups.
    pub(super) fn are_apart(&self, a: usize, b: usize) -> bool {
        self.group_of[a] != self.group_of[b]
    }

    /// The column of a row in a standing round.
    pub(super) fn column(&self, round: usize, row: usize) -> usize {
        self.standing[round][row]
    }

    /// Sets one column of a standing round and recounts.
    pub(super) fn set_column(&mut self, round: usize, row: usize, to: usize) {
        self.count_standing(round, false);
        self.standing[round][row] = to;
        self.count_standing(round, true);
    }
}
