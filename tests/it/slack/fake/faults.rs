//! What goes wrong, chosen by a seed: the same seed and the same calls give the same faults.

use std::collections::BTreeMap;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// What goes wrong with a call of the Web API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallFault {
    /// 429 with `Retry-After`.
    TooMany,
    /// 503 before anything was done.
    FailedBefore,
    /// 502 after it was done.
    FailedAfter,
    /// Slack's `internal_error`, nothing done.
    InternalError,
    /// A page of HTML with status 200, after it was done.
    Html,
    /// Done, and the connection dropped.
    DoneDropped,
    /// The connection reset before anything was done.
    Reset,
    /// Done, and no answer ever.
    DoneHang,
    /// Nothing done, and no answer ever.
    Hang,
}

/// What goes wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SocketFault {
    /// The same envelope comes twice.
    Twice,
    /// The same thing comes again in a new envelope, as a retry, although it was acknowledged.
    Again,
    /// The socket is asked to reconnect before the delivery.
    Refresh,
    /// The socket is reset when the delivery has been sent.
    Reset,
    /// The socket goes silent: nothing is read and nothing sent any more.
    Silent,
}

/// A script of faults.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    chance: Option<ChaCha12Rng>,
    calls: Vec<(CallFault, u64)>,
    sockets: Vec<(SocketFault, u64)>,
    next_calls: Vec<(String, CallFault)>,
    /// How often each was played.
    pub played: BTreeMap<String, u64>,
}

impl Faults {
    /// Everything works.
    pub fn none() -> Self {
        Self::default()
    }

    /// Faults with these weights in a thousand.
    pub fn seeded(seed: u64, calls: &[(CallFault, u64)], sockets: &[(SocketFault, u64)]) -> Self {
        Self {
            chance: Some(ChaCha12Rng::seed_from_u64(seed)),
            calls: calls.to_vec(),
            sockets: sockets.to_vec(),
            ..Self::default()
        }
    }

    /// From now on everything works; what was played stays counted.
    pub fn stop(&mut self) {
        self.chance = None;
        self.next_calls.clear();
    }

    /// The next call of this method fails like this; several lie in wait in order.
    pub fn next_call(&mut self, method: &str, fault: CallFault) {
        self.next_calls.push((method.to_owned(), fault));
    }

    /// The fault of a call, counted.
    pub fn of_call(&mut self, method: &str) -> Option<CallFault> {
        let waiting = self.next_calls.iter().position(|(own, _)| own == method);
        let fault = match waiting {
            Some(at) => Some(self.next_calls.remove(at).1),
            None => pick(self.chance.as_mut()?, &self.calls),
        }?;
        *self.played.entry(format!("{fault:?}")).or_default() += 1;
        Some(fault)
    }

    /// The fault of a delivery, counted.
    pub fn of_delivery(&mut self) -> Option<SocketFault> {
        let fault = pick(self.chance.as_mut()?, &self.sockets)?;
        *self.played.entry(format!("socket {fault:?}")).or_default() += 1;
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
