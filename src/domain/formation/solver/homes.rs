//! Where people sat before a plan had to change.
//!
//! Invariant: places keep their numbers for as long as a search goes on.

use super::super::pool::Who;
use super::bunch::Bunch;

/// Where people sat before, for plans that should change little. Places keep their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Homes {
    /// Place of each participant; empty when nobody sat anywhere.
    pub(super) seat: Vec<u32>,
    /// Places of mentors, sorted.
    pub(super) lead: Vec<(u32, Who)>,
}

impl Homes {
    pub(super) fn is_empty(&self) -> bool {
        self.seat.is_empty()
    }

    #[inline]
    pub(super) fn has_seat(&self, at: u32, who: Who) -> bool {
        !self.seat.is_empty() && self.seat[who as usize] == at
    }

    #[inline]
    pub(super) fn has_lead(&self, at: u32, who: Who) -> bool {
        !self.seat.is_empty() && self.lead.binary_search(&(at, who)).is_ok()
    }

    /// How many of a group sat in this place before.
    pub(super) fn stay<const C: usize>(&self, at: u32, bunch: &Bunch<C>) -> i64 {
        if self.is_empty() {
            return 0;
        }
        let seats = bunch.participants().iter().filter(|who| self.has_seat(at, **who)).count();
        let leads = bunch.mentors().iter().filter(|who| self.has_lead(at, **who)).count();
        i64::try_from(seats + leads).unwrap_or(0)
    }
}
