//! When a call may go, worked out without waiting: every bucket is a rate with a small burst, and who cannot go soon
//! gets a place in line. Pure: the time is passed in. Invariant: a bucket never gives out more than its rate and its
//! burst, and nobody who was given a place in line loses it to somebody who came later.

use std::collections::HashMap;
use std::time::Duration;

use super::methods::{Rates, Rule, Tier, method};

#[cfg(test)]
mod tests;

/// The longest wait that is worth holding a call open for; beyond it the caller is told when to come again.
pub const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// A pause when Slack does not say how long.
pub const UNNAMED_PAUSE: Duration = Duration::from_secs(30);
/// A pause is no longer than this, whatever is said.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Slack counts whole seconds and its clock is not ours.
const PAUSE_MARGIN: Duration = Duration::from_millis(100);
/// A place in line is kept this long for who does not come.
const KEPT: Duration = Duration::from_mins(2);
/// A line from which nobody came for this long is empty.
const DEAD: Duration = Duration::from_secs(30);
/// How often what is idle is swept out.
const SWEEP: Duration = Duration::from_mins(1);
/// After a refusal for being too fast, a bucket slows to nine tenths, down to a quarter at the slowest.
const SLOWEST: u32 = 250;
const FULL: u32 = 1_000;
/// It then gains one hundredth each time this has passed in peace.
const PEACE: Duration = Duration::from_mins(2);

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person looks at the screen: goes before what waits.
    Reply,
    /// Goes in its turn, but does not queue behind bulk.
    Ordinary,
    /// One of many: queues.
    Bulk,
}

/// Which buckets a call draws from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lane {
    /// The workspace.
    pub workspace: String,
    /// The method.
    pub method: &'static str,
    /// The conversation, where that is limited on its own.
    pub channel: Option<String>,
}

impl Lane {
    /// The lane of a call; `channel` counts only for posts.
    pub fn new(workspace: &str, name: &'static str, channel: Option<&str>) -> Self {
        let channel = channel.filter(|_| method(name).tier == Tier::Post).map(str::to_owned);
        Self { workspace: workspace.to_owned(), method: name, channel }
    }

    fn keys(&self) -> impl Iterator<Item = Self> + '_ {
        let whole = Self { channel: None, ..self.clone() };
        std::iter::once(whole).chain(self.channel.is_some().then(|| self.clone()))
    }
}

/// What a caller is told. Both times count from the limiter's own beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go at this time, at most [`LONGEST_WAIT`] away; the slot is taken.
    Go(Duration),
    /// Come again at this time with the same ticket.
    Later(Duration),
}

/// All buckets of one process.
#[derive(Debug)]
pub struct Limiter {
    rates: Rates,
    buckets: HashMap<Lane, Bucket>,
    swept: Duration,
}

#[derive(Debug)]
struct Bucket {
    rule: Rule,
    /// When the next call would come, were all calls evenly spaced.
    next: Duration,
    /// No call before this.
    paused: Duration,
    /// The end of the line of those who were sent away.
    line: Duration,
    /// The last place that was given to somebody who had one before.
    bumped: Duration,
    tickets: HashMap<u64, Duration>,
    /// Thousandths of the rule that are used.
    share: u32,
    share_since: Duration,
}

impl Bucket {
    fn new(rule: Rule) -> Self {
        let zero = Duration::ZERO;
        Self {
            rule,
            next: zero,
            paused: zero,
            line: zero,
            bumped: zero,
            tickets: HashMap::new(),
            share: FULL,
            share_since: zero,
        }
    }

    fn spacing(&self) -> Duration {
        let per_minute = u64::from(self.rule.per_minute) * u64::from(self.share);
        Duration::from_micros(60_000_000 * u64::from(FULL) / per_minute.max(1))
    }

    /// When a call could go that comes now.
    fn earliest(&self, now: Duration, urgency: Urgency) -> Duration {
        let mut slack = self.spacing() * (self.rule.burst - 1);
        if urgency == Urgency::Reply {
            // It goes ahead of the slots that were given out already; those that follow make up for it.
            slack += LONGEST_WAIT;
        }
        now.max(self.next.saturating_sub(slack)).max(self.paused)
    }

    fn take(&mut self, at: Duration) {
        if self.share < FULL && at >= self.share_since + PEACE {
            self.share += FULL / 100;
            self.share_since = at;
        }
        self.next = self.next.max(at) + self.spacing();
    }

    /// A place in line, not before `at`.
    fn line_up(&mut self, at: Duration, ticket: u64) -> Duration {
        let place = match self.tickets.get(&ticket) {
            Some(place) if at <= *place => *place,
            // Its time was taken by something urgent, or by a pause: it stays ahead of the line's end.
            Some(_) => {
                let place = at.max(self.bumped);
                self.bumped = place + self.spacing();
                self.line = self.line.max(self.bumped);
                place
            }
            None => {
                let place = at.max(self.line);
                self.line = place + self.spacing();
                place
            }
        };
        self.tickets.insert(ticket, place);
        place
    }

    /// A line that nobody has come from for a while was left: those who come now need not stand behind it.
    fn drop_dead_line(&mut self, now: Duration) {
        if self.line > now && self.next.max(self.paused) + DEAD < now {
            self.line = now;
            self.tickets.clear();
        }
    }

    fn pause(&mut self, now: Duration, pause: Duration) {
        if now >= self.paused {
            // Several calls that were refused together are one mistake.
            self.share = (self.share * 9 / 10).max(SLOWEST);
        }
        self.share_since = now;
        self.paused = self.paused.max(now + pause);
        // No burst after a pause: the first slot is its end.
        self.next = self.next.max(self.paused + self.spacing() * (self.rule.burst - 1));
    }

    fn is_idle(&self, now: Duration) -> bool {
        self.next <= now
            && self.line <= now
            && self.tickets.is_empty()
            && (self.share == FULL || self.next + LONGEST_PAUSE <= now)
    }
}

impl Limiter {
    /// A limiter that keeps these rates.
    pub fn new(rates: Rates) -> Self {
        Self { rates, buckets: HashMap::new(), swept: Duration::ZERO }
    }

    fn bucket(&mut self, key: &Lane) -> &mut Bucket {
        let tier = method(key.method).tier;
        let rule = if key.channel.is_some() { self.rates.posts_in_one } else { self.rates.of(tier) };
        self.buckets.entry(key.clone()).or_insert_with(|| Bucket::new(rule))
    }

    /// Asks for a slot. `ticket` names the call, so that who was sent away is known again.
    pub fn ask(&mut self, now: Duration, lane: &Lane, urgency: Urgency, ticket: u64) -> Verdict {
        self.sweep(now);
        let keys: Vec<Lane> = lane.keys().collect();
        let mut go = now;
        let mut narrowest = 0;
        for (index, key) in keys.iter().enumerate() {
            let bucket = self.bucket(key);
            bucket.drop_dead_line(now);
            let mut at = bucket.earliest(now, urgency);
            if urgency == Urgency::Bulk {
                at = at.max(bucket.tickets.get(&ticket).copied().unwrap_or(bucket.line));
            }
            if at > go {
                (go, narrowest) = (at, index);
            }
        }
        if go > now + LONGEST_WAIT {
            return Verdict::Later(self.bucket(&keys[narrowest]).line_up(go, ticket));
        }
        for key in &keys {
            let bucket = self.bucket(key);
            if bucket.tickets.remove(&ticket).is_none() && urgency == Urgency::Bulk && bucket.line > now {
                bucket.line = bucket.line.max(go) + bucket.spacing();
            }
            // Each bucket pays at its own time: a slow conversation must not hold up the whole workspace.
            let own = bucket.earliest(now, urgency);
            bucket.take(own);
        }
        Verdict::Go(go)
    }

    /// A call that got a slot was given up before it went.
    pub fn give_back(&mut self, lane: &Lane) {
        for key in lane.keys() {
            let bucket = self.bucket(&key);
            bucket.next = bucket.next.saturating_sub(bucket.spacing());
        }
    }

    /// Slack refused a call for being too fast: nothing of this lane goes before the pause is over. Returns when
    /// this call may come again.
    pub fn pause(&mut self, now: Duration, lane: &Lane, said: Option<Duration>, ticket: u64) -> Duration {
        let pause = said.unwrap_or(UNNAMED_PAUSE).min(LONGEST_PAUSE) + PAUSE_MARGIN;
        let keys: Vec<Lane> = lane.keys().collect();
        for key in &keys {
            self.bucket(key).pause(now, pause);
        }
        let bucket = self.bucket(&keys[0]);
        let end = bucket.paused;
        bucket.line_up(end, ticket)
    }

    /// Until when nothing of this lane may go; a slot that was given out before a pause is void.
    pub fn paused_until(&mut self, lane: &Lane) -> Duration {
        lane.keys().map(|key| self.bucket(&key).paused).max().unwrap_or_default()
    }

    /// Forgets places that nobody came for, and buckets that are as good as new.
    fn sweep(&mut self, now: Duration) {
        if now < self.swept + SWEEP {
            return;
        }
        self.swept = now;
        for bucket in self.buckets.values_mut() {
            bucket.tickets.retain(|_, place| *place + KEPT > now);
        }
        self.buckets.retain(|_, bucket| !bucket.is_idle(now));
    }
}
