//! Work to measure limiters by, and the strict Discord it is done against: messages to channels, and to people whose
//! conversation is known. Invariant: what is measured is what Discord took and when, never what a client says.

use std::sync::Arc;

use roundtable::clock::Clock;
use roundtable::domain::civil::Instant;
use tokio::time::Instant as Monotonic;

use super::fake::{Fake, Kind, Options, User};
use crate::harness::discord::{GUILD, world};
use crate::harness::start;

/// What the stand-in lets the whole bot do in a second, and a channel in a window of so many seconds.
const PERMITTED: f64 = 50.0;
const WINDOW: usize = 5;
const WINDOW_SECS: f64 = 5.0;

/// Runs at the speed of the machine's clock, from the Monday morning on which all stories begin.
pub struct Running(Monotonic);

impl Clock for Running {
    fn now(&self) -> Instant {
        let passed = i64::try_from(self.0.elapsed().as_micros()).expect("a test is short");
        Instant::from_micros(start().as_micros() + passed)
    }
}

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    /// Messages to channels.
    pub messages: usize,
    /// The channels they are spread over.
    pub channels: usize,
    /// Direct messages, one each.
    pub directs: usize,
}

/// The whole bot's limit holds everybody back.
pub const MANY: Workload = Workload { messages: 5_000, channels: 100, directs: 500 };
/// The channels' own limits hold everybody back.
pub const FEW: Workload = Workload { messages: 1_000, channels: 40, directs: 0 };

/// A strict Discord with its limits on.
pub struct Stage {
    /// Discord.
    pub fake: Fake,
    /// Its clock.
    pub clock: Arc<Running>,
    /// The channels.
    pub channels: Vec<String>,
    /// Accounts, and the conversations with them.
    pub people: Vec<(String, String)>,
    work: Workload,
}

#[allow(clippy::cast_precision_loss)] // A few thousand.
const fn float(count: usize) -> f64 {
    count as f64
}

impl Workload {
    /// How many messages that is.
    pub const fn len(self) -> usize {
        self.messages + self.directs
    }

    /// The seconds from the first message to the last that the limits permit at least.
    fn least(self) -> f64 {
        let windows = self.messages.div_ceil(self.channels).div_ceil(WINDOW) - 1;
        let last = self.messages - windows * WINDOW * self.channels;
        let by_channel = float(windows) * WINDOW_SECS + (float(last) - 1.0) / PERMITTED;
        by_channel.max((float(self.len()) - 1.0) / PERMITTED)
    }

    /// A Discord in which all of it can be done.
    pub async fn stage(self) -> Stage {
        let clock = Arc::new(Running(Monotonic::now()));
        let mut world = world();
        let add = |n: usize| world.add_channel(Some(GUILD), Kind::Text, &format!("c{n}"), start());
        let channels: Vec<String> = (0..self.channels).map(add).collect();
        let mut person = |n: usize| {
            let id = (310_000_000_000_000_000 + n).to_string();
            world.enter(GUILD, User { id: id.clone(), name: format!("p{n}"), ..User::default() });
            let channel = world.direct(&id, start());
            (id, channel)
        };
        let people = (0..self.directs).map(&mut person).collect();
        let options = Options { limited: true, kept: false, ..Options::new(clock.clone()) };
        Stage { fake: Fake::start(world, options).await, clock, channels, people, work: self }
    }
}

impl Stage {
    /// The channel of each message.
    pub fn targets(&self) -> Vec<String> {
        let rooms = (0..self.work.messages).map(|n| self.channels[n % self.channels.len()].clone());
        rooms.chain(self.people.iter().map(|(_, channel)| channel.clone())).collect()
    }

    /// How many messages Discord took, and one line about how that went.
    pub fn told(&self, name: &str) -> (usize, String) {
        let mut taken: Vec<Instant> = {
            let world = self.fake.world();
            let all = world.channels.values().flat_map(|channel| &channel.messages);
            all.filter(|message| message.nonce.is_some()).map(|message| message.at).collect()
        };
        taken.sort_unstable();
        let micros = taken.last().map_or(0, |last| last.as_micros() - taken[0].as_micros());
        let secs = std::time::Duration::from_micros(micros.unsigned_abs()).as_secs_f64();
        let Workload { channels, directs, .. } = self.work;
        let line = format!(
            "{name:<18}{:>6} of {} to {channels} channels and {directs} people{secs:>8.2} s{:>7.1} a second{:>7.1} % \
             of what is permitted{:>7} answers 429",
            taken.len(),
            self.work.len(),
            float(taken.len()) / secs,
            100.0 * self.work.least() / secs * float(taken.len()) / float(self.work.len()),
            self.fake.pace().1,
        );
        (taken.len(), line)
    }
}
