//! Whether and when a failed call is made again at once. Invariant: what may have been carried out is repeated only
//! when repeating does no harm; everything longer than a moment is left to the core's queue.

use std::time::Duration;

use super::fault::CallError;

/// Calls after the first.
const MOST: u32 = 2;
const FIRST_PAUSE_MILLIS: u64 = 200;

/// How long to wait before the next try; `None` when there is none. `random` spreads those who failed together.
pub fn pause_before(tried: u32, error: &CallError, repeatable: bool, random: u64) -> Option<Duration> {
    let safe = match error {
        CallError::NotSent { .. } => true,
        CallError::InDoubt { .. } => repeatable,
        CallError::Rate { .. } | CallError::Refused { .. } => false,
    };
    if !safe || tried > MOST {
        return None;
    }
    let base = FIRST_PAUSE_MILLIS << (tried.max(1) - 1);
    Some(Duration::from_millis(base + random % base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::common::spread::Spread;

    #[test]
    fn a_doubtful_call_is_repeated_only_when_that_does_no_harm() {
        let doubt = CallError::InDoubt { reason: "no answer".to_owned() };
        assert_eq!(pause_before(1, &doubt, false, 7), None);
        assert!(pause_before(1, &doubt, true, 7).is_some());
        let unsent = CallError::NotSent { reason: "no connection".to_owned() };
        assert!(pause_before(1, &unsent, false, 7).is_some());
        assert_eq!(pause_before(3, &unsent, true, 7), None, "the core's queue does the rest");
        let refused = CallError::refused("is_archived");
        assert_eq!(pause_before(1, &refused, true, 7), None);
    }

    #[test]
    fn pauses_double_and_are_spread_over_their_own_length() {
        let unsent = CallError::NotSent { reason: String::new() };
        let spread = Spread::new(1);
        for (tried, base) in [(1, 200), (2, 400)] {
            let pauses: Vec<u128> = (0..50)
                .map(|_| pause_before(tried, &unsent, false, spread.next()).unwrap().as_millis())
                .collect();
            assert!(pauses.iter().all(|pause| (base..2 * base).contains(pause)), "{pauses:?}");
            let distinct: std::collections::HashSet<_> = pauses.iter().collect();
            assert!(distinct.len() > 25, "{pauses:?}");
        }
    }
}
