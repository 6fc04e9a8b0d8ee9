//! How well a starter fits, in points and in reasons. Invariant: pulse hints move points, at most
//! two of them, and leave no trace in the reasons.

use super::calendar::lead_phase;
use super::kinds::{Mode, Phase, Stance};
use super::library::{Library, Starter};
use super::offer::Reason;
use super::seed::fraction;
use super::situation::Situation;

/// Points and reasons, the strongest reason first.
pub(super) struct Fit {
    pub(super) score: f64,
    pub(super) reasons: Vec<Reason>,
}

/// The theme for those who come from another industry.
const INDUSTRY_CHANGE: &str = "industry-change";

/// Adds up the fit of one starter.
///
/// Points: 4 for the booked theme, 3 for goals (times the share covered), 3 for challenges (halved
/// every 60 days), 3 for a move to another industry when somebody made one (row A25), 2 for a pulse hint, 1 for a
/// phase below its quota, 0.5 for a story in a mentor session (row D11), 0.5 for liking, 1.5 for each level of depth
/// above the first (times the share of the programme that has passed); less 1.5 for each recent use of the mode and 1
/// for each recent use of a theme; up to 0.5 of seeded chance.
///
/// `recent_modes` are those of the last starters used, then those already chosen for this offer.
pub(super) fn fit(
    library: &Library,
    situation: &Situation,
    recent_modes: &[Mode],
    starter: &Starter,
    seed: u64,
) -> Fit {
    let mut sum = Fit { score: 0.0, reasons: Vec::new() };
    add_theme(&mut sum, library, situation, starter);
    add_challenges(&mut sum, library, situation, starter);
    add_goals(&mut sum, library, situation, starter);
    if situation.new_to_industry && starter.has_theme(INDUSTRY_CHANGE) {
        sum.add(3.0, Some(Reason::MovedIndustry));
    }
    if situation.mode == Mode::Mentor && starter.stance == Stance::Tell {
        sum.add(0.5, Some(Reason::Story));
    }
    if below_quota(library, situation, starter.phase) {
        let phase = library.phase_title(starter.phase).to_owned();
        sum.add(1.0, Some(Reason::FillsPhase { phase }));
    }
    if let Some(liking) = situation.liking.get(&starter.id).filter(|liking| liking.groups >= 5) {
        let reason = (liking.mean > 0.0).then_some(Reason::LikedElsewhere);
        sum.add(0.5 * liking.mean.clamp(-1.0, 1.0), reason);
    }
    if hinted(situation, starter) {
        sum.add(2.0, None);
    }
    sum.add(depth_points(situation, starter), None);
    let mode_uses = recent_modes.iter().rev().take(2).filter(|mode| **mode == starter.main_mode());
    sum.add(-1.5 * count(mode_uses), None);
    let theme_uses = situation.last_themes.iter().rev().take(3).filter(|theme| starter.has_theme(theme));
    sum.add(-count(theme_uses), None);
    sum.add(0.5 * fraction(seed, &starter.id), None);
    sum
}

impl Fit {
    fn add(&mut self, points: f64, reason: Option<Reason>) {
        self.score += points;
        self.reasons.extend(reason);
    }
}

fn add_theme(sum: &mut Fit, library: &Library, situation: &Situation, starter: &Starter) {
    let Some(meetup) = situation.meetup_theme.as_deref().and_then(|id| library.meetup(id)) else { return };
    if starter.has_theme(&meetup.theme) || meetup.starters.contains(&starter.id) {
        sum.add(4.0, Some(Reason::FitsTheme { theme: meetup.title.clone() }));
    }
}

fn add_goals(sum: &mut Fit, library: &Library, situation: &Situation, starter: &Starter) {
    let goals = &situation.goal_themes;
    let covered: Vec<&String> = starter.themes.iter().filter(|theme| goals.contains(theme)).collect();
    if covered.is_empty() {
        return;
    }
    let distinct: std::collections::BTreeSet<&String> = goals.iter().collect();
    let themes = covered.iter().map(|key| library.theme_title(key).to_owned()).collect();
    sum.add(3.0 * count(covered.iter()) / count(distinct.iter()), Some(Reason::FitsGoals { themes }));
}

/// The freshest matching challenge counts; more of the same theme only sharpen the reason.
fn add_challenges(sum: &mut Fit, library: &Library, situation: &Situation, starter: &Starter) {
    let matching = || situation.recent_challenges.iter().filter(|recent| starter.has_theme(&recent.theme));
    let Some(freshest) = matching().min_by_key(|recent| recent.age_days) else { return };
    let points = 3.0 * 0.5_f64.powf(f64::from(freshest.age_days) / 60.0);
    // A challenge of long ago still adds a little, but it is no longer a reason worth naming.
    let reason = (freshest.age_days <= 60).then(|| Reason::FitsChallenge {
        theme: library.theme_title(&freshest.theme).to_owned(),
        raised: u32::try_from(
            matching().filter(|recent| recent.theme == freshest.theme && recent.age_days <= 60).count(),
        )
        .unwrap_or(u32::MAX),
    });
    sum.add(points, reason);
}

/// Questions go deeper as a group gets to know itself. How deep they may go at all is for `filter::unlocked_depth`.
fn depth_points(situation: &Situation, starter: &Starter) -> f64 {
    1.5 * situation.progress * f64::from(starter.depth.level().saturating_sub(1))
}

/// A phase has a quota of two starters for each meetup it leads, and of one at least.
fn below_quota(library: &Library, situation: &Situation, phase: Phase) -> bool {
    let total = situation.meetups_total;
    let led = (1..=total.min(60)).filter(|number| lead_phase(*number, total) == phase).count();
    let heard = situation.heard_by_group.iter().filter_map(|id| library.starter(id));
    heard.filter(|starter| starter.phase == phase).count() < (2 * led).max(1)
}

/// Low safety asks for trust, low peer help for peer talk and hot seats, low progress for goals.
fn hinted(situation: &Situation, starter: &Starter) -> bool {
    let hints = situation.hints;
    (hints.low_safety && starter.phase == Phase::Trust)
        || (hints.low_peer_help && (starter.main_mode() == Mode::Peer || starter.format == "hotseat"))
        || (hints.low_progress && starter.phase == Phase::Goals)
}

fn count(items: impl Iterator) -> f64 {
    f64::from(u32::try_from(items.count()).unwrap_or(u32::MAX))
}
