//! A group of the search in a fixed place, so that steps copy it without asking for memory.
//!
//! Invariant: mentors come first, then participants, and nothing behind them is read.

use super::super::pool::Who;

/// At most `C` people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bunch<const C: usize> {
    /// How many mentors.
    pub(super) q: u8,
    /// How many participants.
    pub(super) k: u8,
    who: [Who; C],
}

impl<const C: usize> Bunch<C> {
    pub(super) const EMPTY: Self = Self { q: 0, k: 0, who: [0; C] };

    /// A group of these people; they must fit.
    pub(super) fn of(mentors: &[Who], participants: &[Who]) -> Self {
        let mut bunch = Self::EMPTY;
        for who in mentors {
            bunch.push_mentor(*who);
        }
        for who in participants {
            bunch.push(*who);
        }
        bunch
    }

    #[inline]
    fn ends(&self) -> (usize, usize) {
        let mentors = usize::from(self.q);
        (mentors, mentors + usize::from(self.k))
    }

    #[inline]
    pub(super) fn mentors(&self) -> &[Who] {
        &self.who[..self.ends().0]
    }

    #[inline]
    pub(super) fn participants(&self) -> &[Who] {
        let (from, to) = self.ends();
        &self.who[from..to]
    }

    #[inline]
    pub(super) fn people(&self) -> &[Who] {
        &self.who[..self.ends().1]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.q == 0 && self.k == 0
    }

    pub(super) fn has(&self, who: Who) -> bool {
        self.people().contains(&who)
    }

    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.ends().1 < C
    }

    pub(super) fn push(&mut self, who: Who) {
        let end = self.ends().1;
        self.who[end] = who;
        self.k += 1;
    }

    pub(super) fn push_mentor(&mut self, who: Who) {
        let (mentors, end) = self.ends();
        self.who[end] = self.who[mentors];
        self.who[mentors] = who;
        self.q += 1;
    }

    /// Takes a participant out; whether they were there.
    pub(super) fn drop(&mut self, who: Who) -> bool {
        let (from, to) = self.ends();
        let Some(at) = self.who[from..to].iter().position(|other| *other == who) else { return false };
        self.who[from + at] = self.who[to - 1];
        self.k -= 1;
        true
    }

    /// Takes a mentor out; whether they were there.
    pub(super) fn drop_mentor(&mut self, who: Who) -> bool {
        let (mentors, end) = self.ends();
        let Some(at) = self.who[..mentors].iter().position(|other| *other == who) else { return false };
        self.who[at] = self.who[mentors - 1];
        self.who[mentors - 1] = self.who[end - 1];
        self.q -= 1;
        true
    }

    /// Sorts mentors and participants, so that equal groups are equal.
    pub(super) fn sorted(mut self) -> Self {
        let (from, to) = self.ends();
        self.who[..from].sort_unstable();
        self.who[from..to].sort_unstable();
        self.who[to..].fill(0);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_and_go_without_a_gap() {
        let mut bunch: Bunch<8> = Bunch::of(&[9], &[1, 2, 3]);
        bunch.push_mentor(8);
        assert_eq!((bunch.mentors(), bunch.participants()), (&[9, 8][..], &[2, 3, 1][..]));
        assert!(bunch.drop(3) && !bunch.drop(3) && bunch.drop_mentor(9) && !bunch.drop_mentor(1));
        let sorted = bunch.sorted();
        assert_eq!((sorted.mentors(), sorted.participants()), (&[8][..], &[1, 2][..]));
        assert_eq!(sorted, Bunch::of(&[8], &[1, 2]));
    }
}
