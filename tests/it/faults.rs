//! A script of faults, for every platform of our own making: by weights and a seed, or on demand. The same seed and the
//! same calls give the same faults, and every fault that was played is counted.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// What goes wrong with calls (`C`) and with deliveries (`D`), and what else lies in wait (`N`).
#[derive(Debug, Clone)]
pub struct Faults<C, D, N = ()> {
    chance: Option<ChaCha12Rng>,
    calls: Vec<(C, u64)>,
    deliveries: Vec<(D, u64)>,
    next_calls: Vec<(String, C)>,
    /// What a platform has in wait of its own.
    pub next: N,
    /// How often each was played.
    pub played: BTreeMap<String, u64>,
}

impl<C: Copy + Debug, D: Copy + Debug, N: Default> Faults<C, D, N> {
    /// Everything works.
    pub fn none() -> Self {
        Self {
            chance: None,
            calls: Vec::new(),
            deliveries: Vec::new(),
            next_calls: Vec::new(),
            next: N::default(),
            played: BTreeMap::new(),
        }
    }

    /// Faults with these weights in a thousand.
    pub fn seeded(seed: u64, calls: &[(C, u64)], deliveries: &[(D, u64)]) -> Self {
        Self {
            chance: Some(ChaCha12Rng::seed_from_u64(seed)),
            calls: calls.to_vec(),
            deliveries: deliveries.to_vec(),
            ..Self::none()
        }
    }

    /// From now on everything works; what was played stays counted.
    pub fn stop(&mut self) {
        self.chance = None;
        self.next_calls.clear();
        self.next = N::default();
    }

    /// The next call of this method or route fails like this; several lie in wait in order.
    pub fn next_call(&mut self, route: &str, fault: C) {
        self.next_calls.push((route.to_owned(), fault));
    }

    /// The fault of a call, counted.
    pub fn of_call(&mut self, route: &str) -> Option<C> {
        let waiting = self.next_calls.iter().position(|(own, _)| own == route);
        let fault = match waiting {
            Some(at) => Some(self.next_calls.remove(at).1),
            None => pick(self.chance.as_mut()?, &self.calls),
        }?;
        *self.played.entry(format!("{fault:?}")).or_default() += 1;
        Some(fault)
    }

    /// The fault of a delivery, counted.
    pub fn of_delivery(&mut self) -> Option<D> {
        let fault = pick(self.chance.as_mut()?, &self.deliveries)?;
        *self.played.entry(format!("delivery {fault:?}")).or_default() += 1;
        Some(fault)
    }
}

fn pick<T: Copy>(chance: &mut ChaCha12Rng, weights: &[(T, u64)]) -> Option<T> {
    if weights.is_empty() {
        return None;
    }
    let mut roll = chance.next_u64() % 1_000;
    for (what, weight) in weights {
        if roll < *weight {
            return Some(*what);
        }
        roll -= weight;
    }
    None
}

/// A number that the environment sets, or else this one.
pub fn wanted<T: FromStr>(name: &str, otherwise: T) -> T {
    let said = std::env::var_os(name).and_then(|value| value.to_str()?.parse().ok());
    said.unwrap_or(otherwise)
}
