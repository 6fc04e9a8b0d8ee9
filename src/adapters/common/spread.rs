//! Numbers by which those who failed together do not try again together.

use std::sync::atomic::{AtomicU64, Ordering};

/// Spreads retries: the same sequence for the same beginning, no two processes alike.
#[derive(Debug)]
pub struct Spread(AtomicU64);

impl Spread {
    /// Begins at a number that differs from process to process, such as the time of its start.
    pub const fn new(begin: u64) -> Self {
        Self(AtomicU64::new(begin))
    }

    /// The next number (`SplitMix64`).
    pub fn next(&self) -> u64 {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
