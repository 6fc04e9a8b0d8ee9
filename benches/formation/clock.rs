//! A budget of processor seconds, so that other work on the machine takes nothing away; never more
//! than twice as long by the clock on the wall.

use roundtable::domain::formation::diverse::Budget;
use std::time::Instant;

/// Steps between two looks at the clock.
const LOOK: u64 = 200_000;

/// So many seconds from now.
pub struct Seconds {
    most: f64,
    begun: Instant,
    used: Option<f64>,
    share: f64,
    unseen: u64,
}

impl Seconds {
    /// A budget that starts now.
    pub fn new(most: f64) -> Self {
        Self { most, begun: Instant::now(), used: processor(), share: 0.0, unseen: 0 }
    }

    /// Seconds used so far.
    pub fn used(&self) -> f64 {
        let wall = self.begun.elapsed().as_secs_f64();
        match (self.used, processor()) {
            (Some(before), Some(now)) => (now - before).max(wall / 2.0),
            _ => wall,
        }
    }
}

impl Budget for Seconds {
    fn spent(&mut self, steps: u64) -> f64 {
        self.unseen += steps;
        if steps == 0 || self.unseen >= LOOK {
            self.unseen = 0;
            self.share = self.used() / self.most;
        }
        self.share
    }
}

/// Seconds this thread has had a processor, where the system tells.
fn processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_ascii_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
