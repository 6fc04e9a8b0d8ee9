//! Hours of a week as a set of 168 bits, in UTC.
//!
//! Invariant: hour 0 is Monday 00:00 to 01:00 UTC and hour 167 is Sunday 23:00; the 24 bits above
//! that are always zero, so counting and comparing never see them.

use serde::{Deserialize, Serialize};

/// Hours in a week.
pub const HOURS: usize = 168;

/// A set of hours of the week, hour 0 being Monday 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "[u64; 3]", into = "[u64; 3]")]
pub struct WeekMask([u64; 3]);

/// Bits of the last word that belong to the week: 168 - 128 = 40.
const TOP: u64 = (1 << 40) - 1;

impl WeekMask {
    /// No hour at all.
    pub const EMPTY: Self = Self([0; 3]);
    /// Every hour of the week.
    pub const ALL: Self = Self([u64::MAX, u64::MAX, TOP]);

    /// The set of the given hours; hours of 168 and above are ignored.
    pub fn from_hours(hours: impl IntoIterator<Item = usize>) -> Self {
        let mut mask = Self::EMPTY;
        for hour in hours {
            mask.set(hour);
        }
        mask
    }

    /// Adds an hour (0 to 167); any other number changes nothing.
    pub fn set(&mut self, hour: usize) {
        if hour < HOURS {
            self.0[hour / 64] |= 1 << (hour % 64);
        }
    }

    /// Whether the hour is in the set; false for 168 and above.
    #[inline]
    pub fn contains(&self, hour: usize) -> bool {
        hour < HOURS && self.0[hour / 64] & (1 << (hour % 64)) != 0
    }

    /// The hours that are in both sets.
    #[inline]
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1], self.0[2] & other.0[2]])
    }

    /// How many hours are in the set, 0 to 168.
    #[inline]
    pub const fn count(&self) -> u32 {
        self.0[0].count_ones() + self.0[1].count_ones() + self.0[2].count_ones()
    }

    /// Whether no hour is in the set.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.0[0] | self.0[1] | self.0[2] == 0
    }

    /// The hours of the set in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + use<> {
        let mask = *self;
        (0..HOURS).filter(move |hour| mask.contains(*hour))
    }
}

impl From<[u64; 3]> for WeekMask {
    /// Takes the three words, lowest hours first; bits beyond hour 167 are dropped.
    fn from([low, middle, high]: [u64; 3]) -> Self {
        Self([low, middle, high & TOP])
    }
}

impl From<WeekMask> for [u64; 3] {
    fn from(mask: WeekMask) -> Self {
        mask.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_week_has_168_hours_and_the_empty_one_none() {
        assert_eq!(WeekMask::ALL.count(), 168);
        assert_eq!(WeekMask::ALL, WeekMask::from_hours(0..HOURS));
        assert!(WeekMask::EMPTY.is_empty());
        assert_eq!(WeekMask::default(), WeekMask::EMPTY);
    }

    #[test]
    fn hours_come_back_in_order_across_the_words() {
        let mask = WeekMask::from_hours([167, 0, 64, 63, 128, 64]);
        assert_eq!(mask.iter().collect::<Vec<_>>(), [0, 63, 64, 128, 167]);
        assert_eq!(mask.count(), 5);
        assert!(mask.contains(63) && !mask.contains(65));
    }

    #[test]
    fn an_hour_outside_the_week_is_ignored() {
        let mask = WeekMask::from_hours([168, 191, 192, usize::MAX]);
        assert!(mask.is_empty());
        assert!(!WeekMask::ALL.contains(168));
    }

    #[test]
    fn stray_bits_of_stored_words_are_dropped() {
        assert_eq!(WeekMask::from([u64::MAX; 3]), WeekMask::ALL);
    }

    #[test]
    fn and_keeps_only_the_common_hours() {
        let morning = WeekMask::from_hours(8..12);
        let midday = WeekMask::from_hours(11..14);
        assert_eq!(morning.and(midday), WeekMask::from_hours([11]));
        assert!(morning.and(WeekMask::EMPTY).is_empty());
    }
}
