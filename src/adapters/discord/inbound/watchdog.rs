//! Whether a session, and whether the whole of the connections, are worth waiting for. A session that is of no use any
//! more is begun anew; where even that does not help for a minute, the process ends, so that it is started again.
//! Invariant: these rules are pure, and an outage of Discord or of our own network never counts as a fault of ours.

use std::fmt;

use tokio::time::{Duration, Instant};

use super::health::Line;
use super::pulse::Reading;

/// A connection that does not stand again within this long is looked into.
pub const DOWN: Duration = Duration::from_mins(1);
/// Heartbeats go out every 41 seconds. The client itself gives up at the second one without an answer; this is a
/// little later.
pub const SILENT: Duration = Duration::from_secs(90);
/// A session that does not stand within this long is given up.
pub const UNREADY: Duration = Duration::from_secs(20);
/// The client's loop turns twice a second, except where it waits for a connection.
pub const HANGS: Duration = Duration::from_secs(20);

/// What is wrong with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The client waits for something that does not come.
    Hangs(Duration),
    /// Discord does not say that it stands.
    Unready(Duration),
    /// It is said to stand, and nothing comes.
    Silent(Duration),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hangs(time) => write!(f, "the client has hung for {} seconds", time.as_secs()),
            Self::Unready(time) => write!(f, "Discord has not taken it for {} seconds", time.as_secs()),
            Self::Silent(time) => write!(f, "it has said nothing for {} seconds", time.as_secs()),
        }
    }
}

/// What is wrong with a session that was begun at this time and whose loop turns like this.
pub fn trouble(line: &Line, begun: Instant, pulse: Reading, now: Instant) -> Option<Trouble> {
    if let Reading::Still(time) = pulse
        && time >= HANGS
    {
        return Some(Trouble::Hangs(time));
    }
    let age = |since: Instant| now.saturating_duration_since(since.max(begun));
    if line.connected {
        let quiet = age(line.last_sign);
        return (quiet >= SILENT).then_some(Trouble::Silent(quiet));
    }
    let waited = age(line.since);
    (waited >= UNREADY).then_some(Trouble::Unready(waited))
}

/// A connection that does not come up, whatever is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worry {
    /// Which.
    pub shard: usize,
    /// For how long, in seconds.
    pub secs: u64,
    /// How the last try ended.
    pub ended: Option<String>,
}

/// What Discord says when it is asked otherwise than over the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It cannot be reached either.
    Unreachable,
    /// It lets the bot begin no session now.
    Full,
    /// It answers; it wants so many shards.
    Reachable {
        /// As it recommends just now.
        shards: u32,
    },
}

/// What to do about a worry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Others have to mend it; trying goes on.
    Wait,
    /// All connections are begun anew, as many as Discord wants.
    Outgrown(u32),
    /// The process ends, with these words.
    GiveUp(String),
}

/// The worst of what is wrong, if anything.
pub fn judge(lines: &[Line], now: Instant) -> Option<Worry> {
    let down = lines.iter().enumerate().filter(|(_, line)| !line.connected);
    let worries = down.filter_map(|(shard, line)| {
        let down = now.saturating_duration_since(line.since);
        (down >= DOWN).then(|| Worry { shard, secs: down.as_secs(), ended: line.ended.clone() })
    });
    worries.max_by_key(|worry| worry.secs)
}

/// What to do, now that Discord was asked.
pub fn decide(worry: &Worry, probe: Probe, running: u32) -> Decision {
    match probe {
        Probe::Unreachable | Probe::Full => Decision::Wait,
        Probe::Reachable { shards } if shards > running => Decision::Outgrown(shards),
        Probe::Reachable { .. } => Decision::GiveUp(format!(
            "connection {} to Discord has not come up for {} seconds although Discord answers, and beginning it anew \
             did not help; a restart of the program may. The last try ended so: {}. If this comes back, try \
             `roundtable check`",
            worry.shard + 1,
            worry.secs,
            worry.ended.as_deref().unwrap_or("it has not ended yet")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::health::Lines;
    use super::*;

    fn at(begin: Instant, secs: u64) -> Instant {
        begin + Duration::from_secs(secs)
    }

    #[test]
    fn a_connection_gets_a_minute_to_come_up_counted_from_its_own_turn() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(3, begin);
        assert_eq!(judge(&lines.all(), at(begin, 59)), None);
        assert_eq!(judge(&lines.all(), at(begin, 60)), Some(Worry { shard: 0, secs: 60, ended: None }));
        lines.up(0, at(begin, 61));
        assert_eq!(judge(&lines.all(), at(begin, 64)), None, "the second began five seconds later");
        assert_eq!(judge(&lines.all(), at(begin, 65)), Some(Worry { shard: 1, secs: 60, ended: None }));
    }

    #[test]
    fn a_lost_connection_gets_a_new_minute_and_one_that_flaps_never_exhausts_it() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(1, begin);
        for round in 0..20 {
            lines.up(0, at(begin, round * 50 + 1));
            lines.down(0, at(begin, round * 50 + 2));
            assert_eq!(judge(&lines.all(), at(begin, round * 50 + 49)), None);
        }
        assert!(judge(&lines.all(), at(begin, 19 * 50 + 62)).is_some());
    }

    fn still(secs: u64) -> Reading {
        Reading::Still(Duration::from_secs(secs))
    }

    #[test]
    fn a_connection_without_events_or_answers_to_heartbeats_is_noticed_within_ninety_seconds() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(1, begin);
        lines.up(0, begin);
        lines.latency(0, Some(Duration::from_millis(3)), at(begin, 41));
        let seen = |secs| trouble(&lines.of(0).expect("a line"), begin, still(0), at(begin, secs));
        assert_eq!(seen(41 + 89), None);
        assert_eq!(seen(41 + 90), Some(Trouble::Silent(SILENT)));
        lines.heard(0, at(begin, 120));
        assert_eq!(seen(41 + 90), None);
        assert_eq!(judge(&lines.all(), at(begin, 1_000)), None, "that is for the session alone");
    }

    #[test]
    fn a_session_that_is_not_taken_or_a_client_that_waits_for_ever_is_given_up_in_time() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(1, begin);
        let seen = |begun, pulse, secs| {
            trouble(&lines.of(0).expect("a line"), at(begin, begun), pulse, at(begin, secs))
        };
        assert_eq!(seen(0, still(0), 19), None);
        assert_eq!(seen(0, still(0), 20), Some(Trouble::Unready(UNREADY)));
        assert_eq!(seen(15, still(0), 34), None, "each session has its own time");
        assert_eq!(seen(15, still(19), 34), None);
        assert_eq!(seen(15, still(20), 34), Some(Trouble::Hangs(HANGS)));
        let busy = Reading::Busy(Duration::from_mins(1));
        assert_eq!(seen(15, busy, 34), None, "who spins is for the guard to stop");
    }

    #[test]
    fn an_outage_is_waited_out_and_a_wish_for_more_connections_followed() {
        let worry = &Worry { shard: 0, secs: 60, ended: Some("it went badly".into()) };
        assert_eq!(decide(worry, Probe::Unreachable, 1), Decision::Wait);
        assert_eq!(decide(worry, Probe::Full, 1), Decision::Wait);
        assert_eq!(decide(worry, Probe::Reachable { shards: 3 }, 1), Decision::Outgrown(3));
        let Decision::GiveUp(words) = decide(worry, Probe::Reachable { shards: 1 }, 1) else {
            panic!("it goes on")
        };
        assert!(words.contains("connection 1") && words.contains("60 seconds"), "{words}");
        assert!(words.contains("it went badly"), "{words}");
    }

    proptest::proptest! {
        #[test]
        fn no_order_of_signs_makes_a_young_or_living_connection_a_worry(
            signs in proptest::collection::vec((0..3_u32, 0..3_u8, 0..59_u64), 0..40),
        ) {
            let begin = Instant::now();
            let lines = Lines::default();
            lines.begin(3, begin);
            for (shard, sign, secs) in signs {
                match sign {
                    0 => lines.up(shard, at(begin, secs)),
                    1 => lines.down(shard, at(begin, secs)),
                    _ => lines.heard(shard, at(begin, secs)),
                }
            }
            proptest::prop_assert_eq!(judge(&lines.all(), at(begin, 59)), None);
        }
    }
}
