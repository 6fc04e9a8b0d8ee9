//! From shares to whole groups: cuts, then branches on whether two people belong together.
//!
//! Invariant: a branch is left only when its bound shows that it holds nothing better than what is
//! needed, so an empty tree is a proof.

use super::lp::{End, Program};
use super::master::{Column, Master};
use std::collections::BTreeMap;

/// Shares closer to whole than this are whole.
const WHOLE: f64 = 1e-4;
/// Rounds of cuts, and cuts in each.
const CUTS: (usize, usize) = (14, 40);

/// How the tree ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing better than `best` exists among the columns.
    Complete,
    /// The work ran out; no better than this bound exists.
    Cut(i64),
}

/// A search for the best whole choice of columns.
pub(super) struct Tree<'t, 'm, 'g, 'p, const C: usize> {
    pub(super) master: &'t mut Master<'m, 'g, 'p, C>,
    /// A choice must be worth at least this to matter; grows with each choice found.
    pub(super) needed: i64,
    /// The best choice found.
    pub(super) best: Option<(i64, Vec<usize>)>,
    /// Stop at the first choice that is worth enough.
    pub(super) first: bool,
    pub(super) limit: u64,
    pub(super) go_on: &'t dyn Fn() -> bool,
    open: i64,
    /// By how much the values of columns are lifted at present.
    lifted: f64,
    /// Rows of each column.
    sets: Vec<Vec<usize>>,
}

impl<'t, 'm, 'g, 'p, const C: usize> Tree<'t, 'm, 'g, 'p, C> {
    pub(super) fn new(
        master: &'t mut Master<'m, 'g, 'p, C>,
        needed: i64,
        first: bool,
        work: u64,
        go_on: &'t dyn Fn() -> bool,
    ) -> Self {
        let limit = master.program.work + work;
        let rows_of = |column: &Column<C>| match column {
            Column::Group(stone) => master.rows.people(stone),
            Column::First => Vec::new(),
        };
        let sets = master.columns.iter().map(rows_of).collect();
        Self { master, needed, best: None, first, limit, go_on, open: i64::MIN, lifted: 0.0, sets }
    }

    /// Searches the whole tree.
    pub(super) fn search(&mut self) -> Proof {
        match self.master.program.climb(self.limit) {
            End::Best => {}
            _ => return Proof::Cut(i64::MAX),
        }
        match self.cut() {
            End::Below => return Proof::Complete,
            End::Limit => return Proof::Cut(floor(self.master.program.bound())),
            _ => {}
        }
        self.down(0);
        if self.open > i64::MIN { Proof::Cut(self.open.max(self.needed - 1)) } else { Proof::Complete }
    }

    /// Tightens the root by cuts until nothing is broken or little is gained.
    fn cut(&mut self) -> End {
        let sets = &self.sets;
        let program = &mut self.master.program;
        for _ in 0..CUTS.0 {
            let before = program.bound();
            if before + 0.02 < self.needed as f64 {
                return End::Below;
            }
            let cuts = triples(program, sets);
            if cuts.is_empty() {
                return End::Best;
            }
            let holds = |cut: usize, column: usize| {
                cuts[cut].iter().filter(|row| sets[column].contains(row)).count() >= 2
            };
            program.add_rows(cuts.len(), holds);
            match program.repair(self.needed as f64, self.limit) {
                End::Best => {}
                other => return other,
            }
            if before - program.bound() < 1e-6 * before.abs().min(1e7) {
                return End::Best;
            }
        }
        End::Best
    }

    fn down(&mut self, depth: usize) {
        if self.first && self.best.is_some() {
            return;
        }
        let here = floor(self.master.program.bound() - self.lifted);
        if here < self.needed {
            return;
        }
        if self.master.program.work >= self.limit || !(self.go_on)() || depth > 400 {
            self.open = self.open.max(here);
            return;
        }
        let used = self.master.program.used();
        let basis = self.master.program.save();
        if let Some((a, b)) = self.pair(&used) {
            for together in [true, false] {
                let barred = self.barred(a, b, together);
                self.with_barred(&barred, depth, here);
                self.master.program.load(&basis);
            }
        } else if let Some(&(column, _)) = used.iter().find(|(_, share)| *share < 1.0 - 1e-3) {
            // Groups that share nobody but compete for what the plan may have in all.
            self.with_taken(column, depth, here);
            self.master.program.load(&basis);
            self.with_barred(&[column], depth, here);
            self.master.program.load(&basis);
        } else {
            self.keep(&used);
        }
    }

    /// Goes down without some columns.
    fn with_barred(&mut self, barred: &[usize], depth: usize, here: i64) {
        for column in barred {
            self.master.program.bar(*column);
        }
        match self.master.program.repair(self.needed as f64 + self.lifted, self.limit) {
            End::Best => self.down(depth + 1),
            End::Limit => self.open = self.open.max(here),
            End::Below | End::Impossible => {}
        }
        for column in barred {
            self.master.program.unbar(*column);
        }
    }

    /// Goes down with a column lifted so high that it is taken whole wherever that is possible.
    fn with_taken(&mut self, column: usize, depth: usize, here: i64) {
        let lift = 4.0 * self.needed.max(1) as f64;
        self.lifted += lift;
        self.master.program.lift(column, lift);
        match self.master.program.climb(self.limit) {
            End::Best if self.master.program.share(column) > 1.0 - 1e-3 => self.down(depth + 1),
            End::Best => {}
            _ => self.open = self.open.max(here),
        }
        self.master.program.lift(column, -lift);
        self.lifted -= lift;
    }

    /// Takes a whole choice if it is worth enough.
    fn keep(&mut self, used: &[(usize, f64)]) {
        let chosen: Vec<usize> = used.iter().filter(|(_, share)| *share > 0.5).map(|(at, _)| *at).collect();
        let value: i64 = chosen
            .iter()
            .map(|column| match &self.master.columns[*column] {
                Column::Group(stone) => self.master.value(stone),
                Column::First => self.master.goal.first,
            })
            .sum();
        if value >= self.needed {
            self.needed = value + 1;
            self.best = Some((value, chosen));
        }
    }

    /// The two rows whose togetherness is most in doubt.
    fn pair(&self, used: &[(usize, f64)]) -> Option<(usize, usize)> {
        let mut pairs: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for &(column, share) in used {
            let rows = &self.sets[column];
            for (at, &a) in rows.iter().enumerate() {
                for &b in &rows[at + 1..] {
                    *pairs.entry((a.min(b), a.max(b))).or_default() += share;
                }
            }
        }
        let mut cover: BTreeMap<usize, f64> = BTreeMap::new();
        for &(column, share) in used {
            for &row in &self.sets[column] {
                *cover.entry(row).or_default() += share;
            }
        }
        // How much of a row is held by columns without the other.
        let alone = |row: usize, share: f64| {
            let once = self.master.program.limit(row) < 1.5;
            if once { cover.get(&row).map_or(0.0, |all| all - share) } else { 0.0 }
        };
        let mut choice: Option<(f64, (usize, usize))> = None;
        for ((a, b), share) in pairs {
            let doubt = (share - share.round()).abs();
            let rest = alone(a, share) + alone(b, share);
            if doubt <= WHOLE || rest <= WHOLE {
                continue;
            }
            let doubt = doubt + 0.1 * rest.min(1.0) + 0.1 * share.min(1.0);
            if choice.is_none_or(|(most, _)| doubt > most) {
                choice = Some((doubt, (a, b)));
            }
        }
        choice.map(|(_, pair)| pair)
    }

    /// Columns that a branch rules out: of those with one of the two but not both, or with both.
    /// Somebody with several groups may have one without the other.
    fn barred(&self, a: usize, b: usize, together: bool) -> Vec<usize> {
        let several = |row: usize| self.master.program.limit(row) > 1.5;
        let (many_a, many_b) = (several(a), several(b));
        (0..self.master.columns.len())
            .filter(|column| {
                let rows = &self.sets[*column];
                let (has_a, has_b) = (rows.contains(&a), rows.contains(&b));
                if together {
                    has_a && !has_b && !many_a || has_b && !has_a && !many_b
                } else {
                    has_a && has_b
                }
            })
            .collect()
    }
}

fn floor(value: f64) -> i64 {
    (value + 0.02).floor() as i64
}

/// Triples of rows of which at most one column can hold two or more, but shares hold more than one.
fn triples(program: &Program, sets: &[Vec<usize>]) -> Vec<[usize; 3]> {
    let used = program.used();
    let mut pairs: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for &(column, share) in &used {
        let mut rows = sets[column].clone();
        rows.retain(|row| (program.limit(*row) - 1.0).abs() < 1e-9);
        rows.sort_unstable();
        for (at, &a) in rows.iter().enumerate() {
            for &b in &rows[at + 1..] {
                *pairs.entry((a, b)).or_default() += share;
            }
        }
    }
    let mut beside: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &(a, b) in pairs.keys() {
        beside.entry(a).or_default().push(b);
    }
    let weight = |a: usize, b: usize| pairs.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0);
    let mut found: Vec<(f64, [usize; 3])> = Vec::new();
    for (&a, others) in &beside {
        for (at, &b) in others.iter().enumerate() {
            for &c in &others[at + 1..] {
                let sum = weight(a, b) + weight(a, c) + weight(b, c);
                if sum <= 1.02 {
                    continue;
                }
                let all = |column: usize| [a, b, c].iter().all(|row| sets[column].contains(row));
                let triple: f64 =
                    used.iter().filter(|(column, _)| all(*column)).map(|(_, share)| share).sum();
                // A column with all three was counted for each of its three pairs.
                let held = sum - 2.0 * triple;
                if held > 1.02 {
                    found.push((held, [a, b, c]));
                }
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(CUTS.1);
    found.into_iter().map(|(_, triple)| triple).collect()
}
