//! Puts an offer together: one starter from the lead phase, two of best fit. Invariant: same library,
//! situation and seed give the same offer; the rules are widened one step at a time and only if needed.

use std::cmp::Ordering;

use super::calendar::progress_at;
use super::filter::{is_allowed, lead_phases, open_phases};
use super::kinds::{Mode, Phase};
use super::library::{Library, Starter};
use super::offer::{Choice, Offer, Reason, Slot, Widening};
use super::score::{Fit, fit};
use super::situation::Situation;

/// Choices in a full offer.
const PLACES: usize = 3;
/// From this share of the programme on, the last place goes to core themes not yet offered.
const COVER_FROM: f64 = 0.30;
/// By this share every core theme should have been offered.
const COVER_BY: f64 = 0.75;
/// Every session of a reverse pair asks for this (row E17).
const FEEDBACK: &str = "feedback-on-it";
/// From the usual rules to the widest.
const STEPS: [Option<Widening>; 3] = [None, Some(Widening::NeighbourPhases), Some(Widening::MemberHistory)];

/// Three starters for a meetup, the proposal first; see `seed_for` for the seed.
pub fn offer(library: &Library, situation: &Situation, seed: u64) -> Offer {
    let mut shelf = Shelf { library, situation, seed, picked: Vec::new(), widened: None };
    shelf.fill_lead();
    while shelf.picked.len() < PLACES {
        if !shelf.fill_best() {
            shelf.widened = Some(Widening::ShelfLow);
            break;
        }
    }
    shelf.mix_modes();
    shelf.close()
}

struct Picked<'a> {
    starter: &'a Starter,
    slot: Slot,
    fit: Fit,
    /// Put here to keep a promise (core themes, feedback); not to be swapped for another mode.
    kept: bool,
}

struct Shelf<'a> {
    library: &'a Library,
    situation: &'a Situation,
    seed: u64,
    picked: Vec<Picked<'a>>,
    widened: Option<Widening>,
}

impl<'a> Shelf<'a> {
    /// Place 1: the best of the lead phase, whatever its window.
    fn fill_lead(&mut self) {
        for step in STEPS {
            let phases = lead_phases(self.situation, step);
            if let Some(mut best) = self.best(&phases, step, |_| true) {
                best.slot = Slot::LeadPhase;
                let phase = self.library.phase_title(best.starter.phase).to_owned();
                let reason = if best.starter.phase == self.situation.lead_phase {
                    Reason::LeadPhase { phase }
                } else {
                    Reason::Neighbour { phase }
                };
                // A booked theme, a goal or a challenge says more to a mentor than the stage does.
                let at = best.fit.reasons.iter().take_while(|reason| is_personal(reason)).count();
                best.fit.reasons.insert(at, reason);
                self.take(best, step);
                return;
            }
        }
    }

    /// One more place: a promise that is due, else the best fit. False when nothing is left.
    fn fill_best(&mut self) -> bool {
        if let Some(best) = self.promised() {
            self.take(best, None);
            return true;
        }
        for step in STEPS {
            let phases = open_phases(self.situation, step);
            if let Some(best) = self.best(&phases, step, |_| true) {
                self.take(best, step);
                return true;
            }
        }
        false
    }

    /// Feedback on IT for reverse pairs; core themes not yet offered for everybody else.
    fn promised(&self) -> Option<Picked<'a>> {
        if self.situation.mode == Mode::Reverse {
            let has_it = self.picked.iter().any(|picked| picked.starter.has_theme(FEEDBACK));
            let mut best =
                (!has_it).then(|| self.best(Phase::ALL, None, |s| s.has_theme(FEEDBACK))).flatten()?;
            best.fit.reasons.insert(0, Reason::FeedbackOnIt);
            best.kept = true;
            return Some(best);
        }
        let missing = self.missing_core_themes();
        let meetups_left = self.meetups_until_cover();
        let due = self.situation.progress >= COVER_FROM || missing.len() > meetups_left;
        let last_place = self.picked.len() + 1 == PLACES;
        let hurried = missing.len() >= meetups_left;
        if missing.is_empty() || !due || !(last_place || hurried) {
            return None;
        }
        let phases = open_phases(self.situation, None);
        let covers = |s: &Starter| missing.iter().filter(|theme| s.has_theme(theme)).count();
        let two = hurried.then(|| self.best(&phases, None, |s| covers(s) >= 2)).flatten();
        let mut best = two.or_else(|| self.best(&phases, None, |s| covers(s) >= 1))?;
        if let Some(theme) = missing.iter().find(|theme| best.starter.has_theme(theme)) {
            let theme = self.library.theme_title(theme).to_owned();
            best.fit.reasons.insert(0, Reason::NewTheme { theme });
        }
        best.kept = true;
        Some(best)
    }

    /// Core themes that neither earlier offers nor this one carry.
    fn missing_core_themes(&self) -> Vec<&'a str> {
        let offered = |theme: &str| {
            self.situation.offered_themes.contains(theme)
                || self.picked.iter().any(|picked| picked.starter.has_theme(theme))
        };
        self.library.core_themes().filter(|theme| !offered(theme)).collect()
    }

    /// Meetups from this one on that start before three quarters are over; at least one.
    fn meetups_until_cover(&self) -> usize {
        let total = self.situation.meetups_total;
        let left = (self.situation.meetup_number..=total).take_while(|n| progress_at(*n, total) <= COVER_BY);
        left.count().max(1)
    }

    /// If all three have one main mode, swaps the last free place for the best of another mode.
    fn mix_modes(&mut self) {
        let modes = |picked: &[Picked]| picked.iter().map(|p| p.starter.main_mode()).collect::<Vec<_>>();
        let all = modes(&self.picked);
        let Some(first) = all.first().copied().filter(|_| all.len() == PLACES) else { return };
        let free = self.picked.iter().rposition(|picked| picked.slot == Slot::BestFit && !picked.kept);
        let Some(at) = free.filter(|_| all.iter().all(|mode| *mode == first)) else { return };
        let phases = open_phases(self.situation, None);
        if let Some(mut other) = self.best(&phases, None, |s| s.main_mode() != first) {
            let reason = Reason::OtherMode { mode: other.starter.main_mode() };
            let place = other.fit.reasons.iter().take_while(|reason| is_personal(reason)).count();
            other.fit.reasons.insert(place, reason);
            self.picked[at] = other;
        }
    }

    /// The best starter of these phases that passes all rules and is not picked yet.
    fn best(
        &self,
        phases: &[Phase],
        step: Option<Widening>,
        wanted: impl Fn(&Starter) -> bool,
    ) -> Option<Picked<'a>> {
        let chosen = self.picked.iter().map(|picked| picked.starter.main_mode());
        let recent: Vec<Mode> = self.situation.last_modes.iter().copied().chain(chosen).collect();
        let taken = |starter: &Starter| self.picked.iter().any(|picked| picked.starter.id == starter.id);
        self.library
            .starters
            .iter()
            .filter(|s| phases.contains(&s.phase) && is_allowed(s, self.situation, step) && !taken(s))
            .filter(|starter| wanted(starter))
            .map(|starter| Picked {
                starter,
                slot: Slot::BestFit,
                fit: fit(self.library, self.situation, &recent, starter, self.seed),
                kept: false,
            })
            .min_by(better_first)
    }

    fn take(&mut self, picked: Picked<'a>, step: Option<Widening>) {
        self.widened = self.widened.max(step);
        self.picked.push(picked);
    }

    fn close(self) -> Offer {
        let choices = self.picked.into_iter().map(|picked| {
            let mut reasons = picked.fit.reasons;
            if reasons.is_empty() {
                reasons.push(Reason::Fresh);
            }
            Choice { starter: picked.starter.id.clone(), slot: picked.slot, score: picked.fit.score, reasons }
        });
        Offer { choices: choices.collect(), widened: self.widened }
    }
}

/// True for reasons that come from the group's own wishes.
fn is_personal(reason: &Reason) -> bool {
    matches!(reason, Reason::FitsTheme { .. } | Reason::FitsGoals { .. } | Reason::FitsChallenge { .. })
}

/// Higher score first; ties go to the lighter starter, then to the id.
fn better_first(a: &Picked, b: &Picked) -> Ordering {
    b.fit
        .score
        .total_cmp(&a.fit.score)
        .then_with(|| a.starter.depth.cmp(&b.starter.depth))
        .then_with(|| a.starter.id.cmp(&b.starter.id))
}
