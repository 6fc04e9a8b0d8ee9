//! How many new direct messages a bot may open: Discord quarantines those that open many at once and names no number.
//! Pure: counts and time are passed in. Invariant: a day never has more than its allowance, which begins small and
//! doubles only after days on which it went well.

use crate::domain::civil::Instant;
use crate::store::discord::Openings;

/// On the first day.
const FIRST_DAY: u32 = 5;
/// Between two of them.
const APART_SECS: i64 = 20;
/// After Discord said that it was too fast.
pub const STOP_SECS: i64 = 6 * 3_600;
const DAY_SECS: i64 = 86_400;

/// The day of an instant, counted from 1970.
pub const fn day_of(now: Instant) -> i64 {
    now.as_secs().div_euclid(DAY_SECS)
}

/// How many may be opened on a day that follows `days` on which some were.
pub fn allowance(days: i64, cap: u32) -> u32 {
    let doublings = u32::try_from(days.clamp(0, 16)).unwrap_or(0);
    FIRST_DAY.saturating_mul(1 << doublings).min(cap)
}

/// Whether one may be opened now; otherwise when to ask again.
pub fn decide(openings: &Openings, cap: u32, now: Instant) -> Result<(), Instant> {
    if let Some(until) = openings.stopped_until.filter(|until| *until > now) {
        return Err(until);
    }
    if openings.today >= i64::from(allowance(openings.days, cap)) {
        return Err(Instant::from_secs((day_of(now) + 1) * DAY_SECS));
    }
    match openings.last_at.map(|last| last.plus_secs(APART_SECS)).filter(|next| *next > now) {
        Some(next) => Err(next),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_starts_slowly_and_doubles_up_to_its_cap() {
        let days: Vec<u32> = (0..6).map(|day| allowance(day, 50)).collect();
        assert_eq!(days, [5, 10, 20, 40, 50, 50]);
        assert_eq!(allowance(i64::MAX, u32::MAX), 5 << 16);
        assert_eq!(allowance(3, 0), 0);
    }

    #[test]
    fn after_too_fast_nothing_is_opened_for_hours() {
        let now = Instant::from_secs(1_000_000);
        let stopped = Openings { stopped_until: Some(now.plus_secs(STOP_SECS)), ..Openings::default() };
        assert_eq!(decide(&stopped, 50, now), Err(now.plus_secs(STOP_SECS)));
        assert_eq!(decide(&stopped, 50, now.plus_secs(STOP_SECS)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_day_has_more_than_its_allowance(cap in 0_u32..60, steps in prop::collection::vec(1_i64..4_000, 1..600)) {
            let mut now = Instant::from_secs(0);
            let mut opened: Vec<Instant> = Vec::new();
            for step in steps {
                now = now.plus_secs(step);
                let day = day_of(now);
                let earlier: std::collections::BTreeSet<i64> =
                    opened.iter().map(|at| day_of(*at)).filter(|other| *other < day).collect();
                let today = opened.iter().filter(|at| day_of(**at) == day).count();
                let days = i64::try_from(earlier.len()).unwrap();
                let openings = Openings {
                    days,
                    today: i64::try_from(today).unwrap(),
                    last_at: opened.last().copied(),
                    stopped_until: None,
                };
                match decide(&openings, cap, now) {
                    Ok(()) => {
                        prop_assert!(today < allowance(days, cap) as usize);
                        opened.push(now);
                    }
                    Err(again) => prop_assert!(again > now && again.as_secs() <= now.as_secs() + DAY_SECS),
                }
            }
            prop_assert!(opened.windows(2).all(|pair| pair[0].secs_until(pair[1]) >= APART_SECS));
        }
    }
}
