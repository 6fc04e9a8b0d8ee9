//! When a call may go, worked out without waiting: buckets that Discord names in its answers, a rate of our own for the
//! whole bot, and pauses that hold for everybody. Pure: the time is passed in. Invariant: what is under way counts as
//! used, so a bucket never gives out more than Discord said is left, and a pause holds for all whom it concerns.

mod bucket;
mod flights;
mod pace;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::answer::{Scope, Told};
use super::lane::Lane;
use bucket::Bucket;
use pace::Pace;
pub use pace::Rates;
pub use turn::{Caller, LONGEST_WAIT, Permit, Urgency, Verdict};
use turn::{Key, Seat};

/// Discord's clock is not ours.
const PAUSE_MARGIN: Duration = Duration::from_millis(50);
/// How often what is idle is swept out.
const SWEEP: Duration = Duration::from_mins(1);
/// A slot in the bot's pace is given out this long before its time; until then those who wait can still be overtaken by
/// who is more urgent.
const AHEAD: Duration = Duration::from_millis(300);
/// Which bucket a route of a channel has is remembered this long.
const REMEMBERED: Duration = Duration::from_mins(15);

/// What is known of a route, whatever it is called for.
#[derive(Debug, Clone)]
enum Known {
    /// It has this bucket, with this limit and window.
    Bucket(Arc<str>, u32, Duration),
    /// It answers without naming a bucket.
    Free,
}

/// All buckets of one process.
#[derive(Debug)]
pub struct Limiter {
    pace: Pace,
    /// From before Discord: holds for everything.
    shut_out: Duration,
    routes: HashMap<Arc<str>, Known>,
    lanes: HashMap<Lane, (Arc<str>, Duration)>,
    buckets: HashMap<Key, Bucket>,
    seats: u64,
    swept: Duration,
}

impl Limiter {
    /// A limiter that keeps these rates for the whole bot.
    pub fn new(rates: Rates) -> Self {
        Self {
            pace: Pace::new(rates),
            shut_out: Duration::ZERO,
            routes: HashMap::new(),
            lanes: HashMap::new(),
            buckets: HashMap::new(),
            seats: 0,
            swept: Duration::ZERO,
        }
    }

    /// The bucket of a lane; `None` when its route has none.
    fn key(&self, lane: &Lane) -> Option<Key> {
        let under = |name: &Arc<str>| (Arc::clone(name), Arc::clone(&lane.major));
        if let Some((name, _)) = self.lanes.get(lane) {
            return Some(under(name));
        }
        // Who waits for the first answer is not parted from it.
        let unnamed = under(&lane.route);
        match self.routes.get(&lane.route) {
            _ if self.buckets.contains_key(&unnamed) => Some(unnamed),
            Some(Known::Bucket(name, ..)) => Some(under(name)),
            Some(Known::Free) => None,
            None => Some(unnamed),
        }
    }

    /// Asks for a slot.
    pub fn ask(&mut self, now: Duration, lane: &Lane, caller: &mut Caller) -> Verdict {
        self.sweep(now);
        let until = caller.until();
        let held = self.held_until(lane);
        let key = self.key(lane);
        let seat = self.seat(caller);
        let Some(key) = key else { return self.go(now, held, lane, caller, seat, None) };
        let known = match self.routes.get(&lane.route) {
            Some(Known::Bucket(_, limit, period)) => Some((*limit, *period)),
            _ => None,
        };
        let bucket = self.buckets.entry(key.clone()).or_insert_with(|| Bucket::new(now, known));
        let free_at = bucket.earliest(now, &seat, caller.ticket);
        if held <= now && free_at.is_some_and(|at| at <= now) {
            return self.go(now, now, lane, caller, seat, Some(key));
        }
        self.pace.leave(seat);
        // Nobody knows before the first answer is there; it wakes those who wait.
        let unknown = || if now < until { until.min(now + LONGEST_WAIT) } else { until + LONGEST_WAIT };
        let at = free_at.unwrap_or_else(unknown).max(held);
        if at > until {
            bucket.leave(&seat);
            return Verdict::Later(bucket.line_up(at, caller.ticket));
        }
        bucket.sit(seat);
        Verdict::Wait(at)
    }

    /// The bucket has room from a time on; what is left is the bot's own pace.
    fn go(
        &mut self,
        now: Duration,
        from: Duration,
        lane: &Lane,
        caller: &Caller,
        seat: Seat,
        key: Option<Key>,
    ) -> Verdict {
        let from = from.max(now);
        let at = if lane.exempt { from } else { self.pace.earliest(from, seat) };
        let bucket = key.as_ref().and_then(|key| self.buckets.get_mut(key));
        let waits = at <= caller.until() && at > now + AHEAD;
        if waits {
            self.pace.sit(seat);
            if let Some(bucket) = bucket {
                bucket.sit(seat);
            }
            return Verdict::Wait(at.saturating_sub(AHEAD));
        }
        self.pace.leave(seat);
        if at > caller.until() {
            let place = self.pace.line_up(at);
            if let Some(bucket) = bucket {
                bucket.leave(&seat);
                bucket.keep(caller.ticket, place);
            }
            return Verdict::Later(place);
        }
        if let Some(bucket) = bucket {
            bucket.leave(&seat);
            bucket.take(now, caller.ticket);
        }
        let paced = (!lane.exempt).then(|| self.pace.take(at, caller.urgency));
        Verdict::Go(at, Permit { key, paced })
    }

    /// The time of a slot has come: the call goes, or is told when to try again with the same slot.
    pub fn depart(&mut self, now: Duration, permit: &mut Permit) -> Result<(), Duration> {
        permit.paced.as_mut().map_or(Ok(()), |slot| self.pace.depart(now, slot))
    }

    fn seat(&mut self, caller: &mut Caller) -> Seat {
        let number = *caller.seat.get_or_insert_with(|| {
            self.seats += 1;
            self.seats
        });
        Seat { urgency: caller.urgency, number }
    }

    /// Until when nothing of this lane may go; a slot that was given out before a pause is void.
    pub fn held_until(&self, lane: &Lane) -> Duration {
        if lane.exempt { self.shut_out } else { self.shut_out.max(self.pace.paused()) }
    }

    /// A caller that waited goes away.
    pub fn leave(&mut self, lane: &Lane, caller: &Caller) {
        let Some(number) = caller.seat else { return };
        let seat = Seat { urgency: caller.urgency, number };
        self.pace.leave(seat);
        if let Some(bucket) = self.key(lane).and_then(|key| self.buckets.get_mut(&key)) {
            bucket.leave(&seat);
        }
    }

    /// A call that got a slot was given up before it went.
    pub fn give_back(&mut self, permit: &Permit) {
        if let Some(bucket) = self.bucket_of(permit) {
            bucket.give_back();
        }
        if let Some(slot) = &permit.paced {
            self.pace.give_back(slot);
        }
    }

    /// A call brought no answer. Discord may have counted it.
    pub fn lost(&mut self, now: Duration, lane: &Lane, permit: &Permit) {
        if let Some(slot) = &permit.paced {
            self.pace.landed(now, &lane.route, slot);
        }
        if let Some(bucket) = self.bucket_of(permit) {
            bucket.landed();
        }
    }

    fn bucket_of(&mut self, permit: &Permit) -> Option<&mut Bucket> {
        self.buckets.get_mut(permit.key.as_ref()?)
    }

    /// Learns from an answer. Returns for how long the call has to wait when it was refused for being too fast.
    pub fn answered(&mut self, now: Duration, lane: &Lane, permit: &Permit, told: &Told) -> Option<Duration> {
        self.lost(now, lane, permit);
        let key = self.learn(now, lane, permit, told);
        let (scope, pause) = told.refused?;
        let end = now + pause + PAUSE_MARGIN;
        match scope {
            Scope::Global => self.pace.pause(end),
            Scope::Everything => self.shut_out = self.shut_out.max(end),
            Scope::Bucket | Scope::Shared => {
                let key = key.unwrap_or_else(|| (Arc::clone(&lane.route), Arc::clone(&lane.major)));
                if matches!(self.routes.get(&lane.route), Some(Known::Free)) {
                    self.routes.remove(&lane.route);
                }
                self.buckets.entry(key).or_insert_with(|| Bucket::new(now, None)).pause(end);
            }
        }
        Some(end.saturating_sub(now))
    }

    /// Takes over which bucket the lane has and how it stands.
    fn learn(&mut self, now: Duration, lane: &Lane, permit: &Permit, told: &Told) -> Option<Key> {
        let Some(standing) = &told.standing else {
            if (200..300).contains(&told.status) && !self.lanes.contains_key(lane) {
                self.routes.entry(Arc::clone(&lane.route)).or_insert(Known::Free);
                if matches!(self.routes.get(&lane.route), Some(Known::Free)) {
                    self.buckets.retain(|(name, _), _| *name != lane.route);
                }
            }
            return permit.key.clone();
        };
        let name: Arc<str> = match self.lanes.get(lane) {
            Some((name, _)) if **name == *standing.bucket => Arc::clone(name),
            _ => standing.bucket.as_str().into(),
        };
        self.lanes.insert(lane.clone(), (Arc::clone(&name), now));
        let key = (Arc::clone(&name), Arc::clone(&lane.major));
        if permit.key.as_ref() != Some(&key) {
            self.move_waiting(now, permit.key.as_ref(), &key);
        }
        let bucket = self.buckets.entry(key.clone()).or_insert_with(|| Bucket::new(now, None));
        bucket.learn(now, standing);
        let known = Known::Bucket(name, standing.limit, bucket.period());
        self.routes.insert(Arc::clone(&lane.route), known);
        Some(key)
    }

    /// Discord named the bucket: those who wait under the name we gave it go over, in their order.
    fn move_waiting(&mut self, now: Duration, from: Option<&Key>, to: &Key) {
        let Some((from, mut old)) = from.and_then(|key| self.buckets.remove_entry(key)) else { return };
        let waiting = old.empty();
        if !old.is_at_rest() {
            self.buckets.insert(from, old);
        }
        self.buckets.entry(to.clone()).or_insert_with(|| Bucket::new(now, None)).adopt(waiting);
    }

    /// Forgets buckets that are as good as new, and which bucket a lane had that nobody used for long.
    fn sweep(&mut self, now: Duration) {
        if now < self.swept + SWEEP {
            return;
        }
        self.swept = now;
        self.buckets.retain(|_, bucket| !bucket.is_idle(now));
        self.lanes.retain(|_, (_, seen)| *seen + REMEMBERED > now);
    }

    /// How many buckets and lanes are remembered.
    pub fn size(&self) -> (usize, usize) {
        (self.buckets.len(), self.lanes.len())
    }
}
