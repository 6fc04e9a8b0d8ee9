//! Whether the connections are worth waiting for. The client can run hot for ever after some closes, and can hang
//! while it connects; neither ends by itself, so the process has to. Invariant: these rules are pure, and an outage
//! of Discord or of our own network never counts as a fault of ours.

use tokio::time::{Duration, Instant};

use super::health::Line;

/// A connection that does not stand again within this long is looked into.
pub const DOWN: Duration = Duration::from_mins(1);
/// Heartbeats go out every 41 seconds. The client itself gives up at the second one without an answer; this is a
/// little later.
pub const SILENT: Duration = Duration::from_secs(90);

/// What is wrong with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worry {
    /// It does not come up.
    Down {
        /// Which.
        shard: usize,
        /// For how long, in seconds.
        secs: u64,
    },
    /// It is said to stand, and nothing comes.
    Silent {
        /// Which.
        shard: usize,
        /// For how long, in seconds.
        secs: u64,
    },
}

/// What Discord says when it is asked otherwise than over the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It cannot be reached either.
    Unreachable,
    /// It answers; it wants so many shards.
    Reachable {
        /// As it recommends just now.
        shards: u32,
    },
}

/// What to do about a worry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Others have to mend it; the client goes on trying.
    Wait,
    /// The process ends, with these words.
    GiveUp(String),
}

/// The worst of what is wrong, if anything.
pub fn judge(lines: &[Line], now: Instant) -> Option<Worry> {
    let worries = lines.iter().enumerate().filter_map(|(shard, line)| {
        let quiet = now.saturating_duration_since(line.last_sign);
        let stands = now.saturating_duration_since(line.since);
        if line.connected {
            (quiet >= SILENT).then_some(Worry::Silent { shard, secs: quiet.as_secs() })
        } else {
            (stands >= DOWN).then_some(Worry::Down { shard, secs: stands.as_secs() })
        }
    });
    worries.max_by_key(|worry| match worry {
        Worry::Down { secs, .. } | Worry::Silent { secs, .. } => *secs,
    })
}

/// What to do, now that Discord was asked.
pub fn decide(worry: Worry, probe: Probe, running: u32) -> Decision {
    let Probe::Reachable { shards } = probe else { return Decision::Wait };
    if shards > running {
        return Decision::GiveUp(format!(
            "Discord wants at least {shards} connections for this bot now, and {running} were begun; a restart begins \
             as many as it wants"
        ));
    }
    Decision::GiveUp(match worry {
        Worry::Down { shard, secs } => format!(
            "connection {} to Discord has not come up for {secs} seconds although Discord answers; a restart makes it \
             anew. If this comes back, look for close codes in the log above and try `roundtable check`",
            shard + 1
        ),
        Worry::Silent { shard, secs } => format!(
            "connection {} to Discord has said nothing for {secs} seconds although Discord answers; a restart makes \
             it anew",
            shard + 1
        ),
    })
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
        assert_eq!(judge(&lines.all(), at(begin, 60)), Some(Worry::Down { shard: 0, secs: 60 }));
        lines.up(0, at(begin, 61));
        assert_eq!(judge(&lines.all(), at(begin, 64)), None, "the second began five seconds later");
        assert_eq!(judge(&lines.all(), at(begin, 65)), Some(Worry::Down { shard: 1, secs: 60 }));
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

    #[test]
    fn a_connection_without_events_or_answers_to_heartbeats_is_noticed_within_ninety_seconds() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(1, begin);
        lines.up(0, begin);
        lines.latency(0, Some(Duration::from_millis(3)), at(begin, 41));
        assert_eq!(judge(&lines.all(), at(begin, 41 + 89)), None);
        assert_eq!(judge(&lines.all(), at(begin, 41 + 90)), Some(Worry::Silent { shard: 0, secs: 90 }));
        lines.heard(0, at(begin, 120));
        assert_eq!(judge(&lines.all(), at(begin, 41 + 90)), None);
    }

    #[test]
    fn an_outage_is_waited_out_and_a_missing_shard_is_named() {
        let worry = Worry::Down { shard: 0, secs: 60 };
        assert_eq!(decide(worry, Probe::Unreachable, 1), Decision::Wait);
        let Decision::GiveUp(words) = decide(worry, Probe::Reachable { shards: 3 }, 1) else {
            panic!("it goes on")
        };
        assert!(words.contains("at least 3 connections"), "{words}");
        let Decision::GiveUp(words) = decide(worry, Probe::Reachable { shards: 1 }, 1) else {
            panic!("it goes on")
        };
        assert!(words.contains("connection 1") && words.contains("60 seconds"), "{words}");
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
