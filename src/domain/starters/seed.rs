//! Seeded chance. Invariant: the same ids give the same numbers on every machine and every call.

use sha2::{Digest, Sha256};

/// The seed of an offer: the first eight bytes of SHA-256 over both ids.
pub fn seed_for(group_id: &str, meetup_id: &str) -> u64 {
    first_eight(Sha256::new().chain_update(group_id).chain_update([0]).chain_update(meetup_id))
}

/// A number from 0 up to but not including 1, for one thing under one seed.
pub(super) fn fraction(seed: u64, about: &str) -> f64 {
    let bits = first_eight(Sha256::new().chain_update(seed.to_be_bytes()).chain_update(about)) >> 32;
    f64::from(u32::try_from(bits).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
}

fn first_eight(hasher: Sha256) -> u64 {
    hasher.finalize().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
