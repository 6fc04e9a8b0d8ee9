//! What goes wrong, by a seed or on demand; every fault that was played is counted.

use std::collections::BTreeMap;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallFault {
    /// 429 of the route's own bucket.
    TooMany,
    /// 429 of the whole bot.
    TooManyGlobal,
    /// 429 that is somebody else's fault.
    TooManyShared,
    /// 429 of the wall in front of Discord: a page, no JSON.
    Banned,
    /// 503 before anything was done.
    FailedBefore,
    /// 502 after it was done.
    FailedAfter,
    /// 500 in JSON, nothing done.
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

/// What goes wrong with the gateway around a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GatewayFault {
    /// The same interaction is told twice, as after a resume.
    Twice,
    /// The connection is asked to come again, before the delivery.
    Reconnect,
    /// The connection is reset when the delivery has been sent.
    Reset,
    /// The connection is closed with 4000.
    Closed,
    /// The session is ended before the delivery; what happens meanwhile is lost.
    Invalid,
    /// The connection goes silent: nothing is sent any more, and heartbeats stay unanswered.
    Zombie,
    /// The connection is reset, and the session is not taken up again when the bot asks for it.
    Refused,
    /// The session is ended, and the next one is closed with 4011, on which the client spins.
    Spins,
}

/// A script of faults.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    chance: Option<ChaCha12Rng>,
    calls: Vec<(CallFault, u64)>,
    gateway: Vec<(GatewayFault, u64)>,
    next_calls: Vec<(String, CallFault)>,
    /// Close codes for the next attempts to begin a session, in order.
    pub next_identify: Vec<u16>,
    /// How many of the next attempts to resume are refused.
    pub refused_resumes: usize,
    /// How often each was played.
    pub played: BTreeMap<String, u64>,
}

impl Faults {
    /// Everything works.
    pub fn none() -> Self {
        Self::default()
    }

    /// Faults with these weights in a thousand.
    pub fn seeded(seed: u64, calls: &[(CallFault, u64)], gateway: &[(GatewayFault, u64)]) -> Self {
        Self {
            chance: Some(ChaCha12Rng::seed_from_u64(seed)),
            calls: calls.to_vec(),
            gateway: gateway.to_vec(),
            ..Self::default()
        }
    }

    /// From now on everything works; what was played stays counted.
    pub fn stop(&mut self) {
        self.chance = None;
        self.next_calls.clear();
        self.next_identify.clear();
        self.refused_resumes = 0;
    }

    /// The next call of this route, such as `POST /users/@me/channels`, fails like this; several lie in wait in order.
    pub fn next_call(&mut self, route: &str, fault: CallFault) {
        self.next_calls.push((route.to_owned(), fault));
    }

    /// The fault of a call, counted.
    pub fn of_call(&mut self, route: &str) -> Option<CallFault> {
        let waiting = self.next_calls.iter().position(|(own, _)| own == route);
        let fault = match waiting {
            Some(at) => Some(self.next_calls.remove(at).1),
            None => pick(self.chance.as_mut()?, &self.calls),
        }?;
        *self.played.entry(format!("{fault:?}")).or_default() += 1;
        Some(fault)
    }

    /// The fault of a delivery, counted.
    pub fn of_delivery(&mut self) -> Option<GatewayFault> {
        let fault = pick(self.chance.as_mut()?, &self.gateway)?;
        *self.played.entry(format!("gateway {fault:?}")).or_default() += 1;
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
