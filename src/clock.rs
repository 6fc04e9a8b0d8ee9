//! Where time and names come from. Both are passed in, so that a test or the playground can turn the clock and a
//! seed can repeat a run.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::domain::civil::Instant;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // The one place where ambient time comes in.
    fn now(&self) -> Instant {
        Instant::from(jiff::Timestamp::now())
    }
}

/// A clock that only moves when it is told to.
#[derive(Debug, Default)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    /// A clock that stands at `at`.
    pub const fn at(at: Instant) -> Self {
        Self(AtomicI64::new(at.as_micros()))
    }

    /// Turns the clock forward; it never goes back.
    pub fn turn_to(&self, at: Instant) {
        self.0.fetch_max(at.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Makes names of things.
pub trait IdSource: Send + Sync {
    /// A name that sorts after all earlier ones: 18 lower-case characters and digits.
    fn next(&self, now: Instant) -> String;
    /// A name that tells nothing about when it was made: 26 characters.
    fn random(&self) -> String;
    /// From now on names sort after this one too, which was made before a restart.
    fn go_past(&self, name: &str);
}

/// Time-sorted names: 48 bits of milliseconds and 40 random bits, counted up within one millisecond.
#[derive(Debug)]
pub struct Ids(Mutex<IdState>);

#[derive(Debug)]
struct IdState {
    rng: ChaCha12Rng,
    millis: u64,
    tail: u64,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TAIL_BITS: u64 = (1 << 40) - 1;

fn base32(mut value: u128, characters: usize) -> String {
    let mut out = vec![b'0'; characters];
    for place in out.iter_mut().rev() {
        *place = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    out.into_iter().map(char::from).collect()
}

impl Ids {
    /// Names from the machine's randomness.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: no name would be safe then.
    pub fn from_entropy() -> Self {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).expect("the operating system gives random bytes");
        Self(Mutex::new(IdState { rng: ChaCha12Rng::from_seed(seed), millis: 0, tail: 0 }))
    }

    /// The same names for the same seed, for tests and transcripts.
    pub fn from_seed(seed: u64) -> Self {
        Self(Mutex::new(IdState { rng: ChaCha12Rng::seed_from_u64(seed), millis: 0, tail: 0 }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, IdState> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl IdSource for Ids {
    fn next(&self, now: Instant) -> String {
        let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
        let mut state = self.state();
        if millis > state.millis {
            state.millis = millis;
            // Half the range stays free for names of the same millisecond.
            state.tail = state.rng.next_u64() & (TAIL_BITS >> 1);
        } else {
            state.tail += 1;
            if state.tail > TAIL_BITS {
                state.millis += 1;
                state.tail = 0;
            }
        }
        base32((u128::from(state.millis) << 40) | u128::from(state.tail), 18)
    }

    fn go_past(&self, name: &str) {
        let digit = |c: u8| ALPHABET.iter().position(|known| *known == c).map(|at| at as u128);
        let value = name.bytes().map(digit).try_fold(0_u128, |all, d| d.map(|d| (all << 5) | d));
        let Some(value) = value.filter(|_| name.len() == 18) else { return };
        let mut state = self.state();
        let millis = u64::try_from(value >> 40).unwrap_or(0);
        let tail = u64::try_from(value & u128::from(TAIL_BITS)).unwrap_or(0);
        if (millis, tail) > (state.millis, state.tail) {
            (state.millis, state.tail) = (millis, tail);
        }
    }

    fn random(&self) -> String {
        let mut state = self.state();
        let (high, low) = (state.rng.next_u64(), state.rng.next_u64());
        base32((u128::from(high) << 64) | u128::from(low), 26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_made_in_one_millisecond_and_later_sort_in_the_order_they_were_made() {
        let ids = Ids::from_seed(7);
        let mut made: Vec<String> = (0..1_000).map(|_| ids.next(Instant::from_secs(10))).collect();
        made.push(ids.next(Instant::from_secs(11)));
        made.push(ids.next(Instant::from_secs(9)));
        let mut sorted = made.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(made, sorted);
        assert!(made.iter().all(|id| id.len() == 18));
    }

    #[test]
    fn after_a_restart_names_go_on_behind_the_last_one() {
        let last = Ids::from_seed(1).next(Instant::from_secs(50));
        let ids = Ids::from_seed(2);
        ids.go_past(&last);
        ids.go_past("not a name");
        assert!(ids.next(Instant::from_secs(50)) > last);
    }

    #[test]
    fn a_virtual_clock_never_goes_back() {
        let clock = VirtualClock::at(Instant::from_secs(100));
        clock.turn_to(Instant::from_secs(50));
        assert_eq!(clock.now(), Instant::from_secs(100));
    }
}
