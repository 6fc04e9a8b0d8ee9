//! Conversation starters: what they are, which meetup theme comes next, and which three to offer.
//! Invariant: a starter that the group has heard, banned or lately skipped is never offered, and
//! whenever the shelf had to be widened the offer says so; nothing repeats silently.

mod calendar;
mod choose;
mod filter;
mod kinds;
mod library;
mod offer;
mod score;
mod seed;
mod situation;
mod topics;

pub use calendar::{ThemePlan, lead_phase, progress_at, theme_for};
pub use choose::offer;
pub use kinds::{AnsweredBy, Depth, Mode, Need, Phase, Stance};
pub use library::{CalendarMonth, Format, Library, MeetupTheme, Starter, Theme};
pub use offer::{Choice, Offer, Reason, Slot, Widening, lower_first};
pub use seed::seed_for;
pub use situation::{Hints, Liking, Ready, RecentChallenge, Situation};

/// True when a starter should leave the shelf: offered ten times or more, used under one time in five.
pub fn should_retire(offered: u32, used: u32) -> bool {
    offered >= 10 && u64::from(used) * 5 < u64::from(offered)
}

#[cfg(test)]
mod tests;
