//! How long to search, told from outside.
//!
//! Invariant: the search knows no clock; all it ever learns is the share of its budget that is
//! gone, and with [`Steps`] that share depends on nothing but the work done.

/// What ends a search. A clock, a count of steps or a cancel button can stand behind it.
pub trait Budget {
    /// Takes note of `steps` more steps (one step is one look at one exchange of two people) and
    /// says which share of the budget is gone: 0 at first, 1 or more means stop.
    fn spent(&mut self, steps: u64) -> f64;
}

/// A budget counted in steps: the same number gives the same grouping on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    most: u64,
    done: u64,
}

impl Steps {
    /// A budget of this many steps; about a billion of them pass in a second on one core.
    pub fn new(most: u64) -> Self {
        Self { most, done: 0 }
    }
}

impl Budget for Steps {
    fn spent(&mut self, steps: u64) -> f64 {
        self.done = self.done.saturating_add(steps);
        if self.done >= self.most { 1.0 } else { self.done as f64 / self.most as f64 }
    }
}

impl<F: FnMut(u64) -> f64> Budget for F {
    fn spent(&mut self, steps: u64) -> f64 {
        self(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_out_once_and_for_all() {
        let mut steps = Steps::new(10);
        assert!(steps.spent(0) < f64::EPSILON);
        assert!((steps.spent(5) - 0.5).abs() < f64::EPSILON);
        assert!(steps.spent(5) >= 1.0 && steps.spent(u64::MAX) >= 1.0);
        assert!(Steps::new(0).spent(0) >= 1.0);
    }
}
