//! Which starters may be offered at all. Invariant: no level of widening lifts the group's own
//! history, its bans, the depth limit or the rule that coaches ask (row D10).

use super::kinds::{AnsweredBy, Depth, Mode, Need, Phase, Stance};
use super::library::Starter;
use super::offer::Widening;
use super::situation::Situation;

/// Days after which a skipped starter may come back.
const SKIP_REST_DAYS: u32 = 90;

/// The deepest level this group is ready for today.
pub(super) fn unlocked_depth(situation: &Situation) -> Depth {
    if situation.hints.low_safety || situation.meetup_number <= 1 {
        Depth::LIGHT
    } else if situation.new_member_joined || situation.progress < 0.30 {
        Depth::PERSONAL
    } else {
        Depth::VULNERABLE
    }
}

/// Everything but the phase: history, mode, depth, needs, bans, rest, minutes.
pub(super) fn is_allowed(starter: &Starter, situation: &Situation, widening: Option<Widening>) -> bool {
    let id = &starter.id;
    let member_rule_lifted = widening >= Some(Widening::MemberHistory);
    !situation.heard_by_group.contains(id)
        && !situation.banned.contains(id)
        && situation.skipped.get(id).is_none_or(|days| *days >= SKIP_REST_DAYS)
        && (member_rule_lifted || !half_of_members_know(starter, situation))
        && suits_mode(starter, situation.mode)
        && starter.depth <= unlocked_depth(situation)
        && starter.needs.is_none_or(|need| is_met(need, situation))
        && situation.minutes_left.is_none_or(|left| starter.minutes <= left)
}

/// Half or more of the members met it elsewhere within 24 months.
fn half_of_members_know(starter: &Starter, situation: &Situation) -> bool {
    let know = situation.heard_by_members.get(&starter.id).copied().unwrap_or(0);
    know > 0 && u64::from(know) * 2 >= u64::from(situation.members)
}

/// A mentor session may borrow coach and peer questions (row D12); a coach session only asks
/// (row D10); a peer circle has no mentor who could answer; a reverse pair has its own shelf.
fn suits_mode(starter: &Starter, mode: Mode) -> bool {
    let any_of = |modes: &[Mode]| starter.modes.iter().any(|own| modes.contains(own));
    match mode {
        Mode::Mentor => any_of(&[Mode::Mentor, Mode::Coach, Mode::Peer]),
        Mode::Coach => starter.stance == Stance::Ask && any_of(&[Mode::Coach, Mode::Peer]),
        Mode::Peer => starter.answered_by != AnsweredBy::Mentor && any_of(&[Mode::Peer, Mode::Coach]),
        Mode::Reverse => any_of(&[Mode::Reverse]),
    }
}

fn is_met(need: Need, situation: &Situation) -> bool {
    let ready = situation.ready;
    match need {
        Need::Goal => ready.goals,
        Need::Action => ready.actions,
        Need::Challenge => ready.challenge,
        Need::History => ready.history,
    }
}

/// Phases that the first choice may come from.
pub(super) fn lead_phases(situation: &Situation, widening: Option<Widening>) -> Vec<Phase> {
    with_neighbours(vec![situation.lead_phase], widening)
}

/// Phases that the other choices may come from: those whose window is open now.
pub(super) fn open_phases(situation: &Situation, widening: Option<Widening>) -> Vec<Phase> {
    let open = Phase::ALL.iter().copied().filter(|phase| phase.is_open_at(situation.progress));
    with_neighbours(open.collect(), widening)
}

fn with_neighbours(mut phases: Vec<Phase>, widening: Option<Widening>) -> Vec<Phase> {
    if widening.is_some() {
        let more: Vec<Phase> = phases.iter().flat_map(|phase| phase.neighbours()).collect();
        phases.extend(more);
    }
    phases
}
