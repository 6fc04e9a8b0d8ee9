//! Whole programmes on the built-in shelf. Invariant tested: the promises of the chooser hold for any
//! group, not only for a lucky one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::content::Content;
use crate::domain::starters::{
    Depth, Hints, Library, Mode, Offer, Phase, Ready, RecentChallenge, Situation, Slot, Stance, Widening,
    lead_phase, offer, progress_at, seed_for, theme_for,
};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Content::builtin().library);

/// One meetup of a simulated programme.
struct Met {
    situation: Situation,
    offer: Offer,
    used: Vec<String>,
}

/// Runs a programme. `takes` picks, by meetup, which choices the group uses.
fn run(group: &str, total: u32, mode: Mode, goals: &[&str], takes: impl Fn(u32) -> Vec<usize>) -> Vec<Met> {
    let library = &*LIBRARY;
    let mut met: Vec<Met> = Vec::new();
    let mut now = Situation::first_meetup(group, "m1", total, mode, 7);
    now.goal_themes = goals.iter().map(|goal| (*goal).to_owned()).collect();
    let mut themes: Vec<String> = Vec::new();
    for number in 1..=total {
        now.meetup_id = format!("m{number}");
        now.meetup_number = number;
        now.progress = progress_at(number, total);
        now.lead_phase = lead_phase(number, total);
        let late = number > 2;
        now.ready = Ready { goals: late, actions: late, challenge: late, history: number > 1 };
        let plan = theme_for(library, number, total, &themes, &now.goal_themes).unwrap();
        themes.push(plan.theme.id.clone());
        now.meetup_theme = Some(plan.theme.id.clone());
        let offered = offer(library, &now, seed_for(group, &now.meetup_id));
        let used: Vec<String> = takes(number)
            .into_iter()
            .filter_map(|at| offered.choices.get(at))
            .map(|c| c.starter.clone())
            .collect();
        met.push(Met { situation: now.clone(), offer: offered.clone(), used: used.clone() });
        for choice in &offered.choices {
            now.offered_themes.extend(library.starter(&choice.starter).unwrap().themes.iter().cloned());
        }
        for id in used {
            let starter = library.starter(&id).unwrap();
            now.last_modes.push(starter.main_mode());
            now.last_themes.push(starter.themes[0].clone());
            now.heard_by_group.insert(id);
        }
        now.last_modes = now.last_modes.iter().rev().take(2).rev().copied().collect();
        now.last_themes = now.last_themes.iter().rev().take(3).rev().cloned().collect();
        now.recent_challenges = vec![RecentChallenge { theme: plan.theme.theme.clone(), age_days: 30 }];
    }
    met
}

fn two_slots(_: u32) -> Vec<usize> {
    vec![0, 1]
}

const MODES: [Mode; 3] = [Mode::Mentor, Mode::Coach, Mode::Peer];
const GOALS: [&str; 5] = ["it-strategy", "stakeholders", "team-growth", "workload", "value-credibility"];

fn any_group_mode() -> impl Strategy<Value = Mode> {
    prop::sample::select(MODES.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_group_never_hears_a_starter_twice_in_twelve_meetups(
        group in "[a-z0-9]{8}", mode in any_group_mode(), picks in prop::collection::vec(0usize..3, 12),
    ) {
        let year = run(&group, 12, mode, &[], |n| vec![picks[n as usize - 1]]);
        let used: Vec<&String> = year.iter().flat_map(|met| &met.used).collect();
        prop_assert_eq!(used.len(), 12);
        prop_assert_eq!(used.iter().collect::<BTreeSet<_>>().len(), 12);
        for met in &year {
            prop_assert_eq!(met.offer.choices.len(), 3);
            let ids: BTreeSet<_> = met.offer.choices.iter().map(|c| &c.starter).collect();
            prop_assert_eq!(ids.len(), 3);
            prop_assert!(met.offer.choices.iter().all(|c| !met.situation.heard_by_group.contains(&c.starter)));
            prop_assert_eq!(met.offer.choices[0].slot, Slot::LeadPhase);
            prop_assert!(met.offer.choices.iter().all(|c| !c.reasons.is_empty()));
        }
    }

    #[test]
    fn a_year_touches_all_nine_phases_and_closes_with_closing(group in "[a-z0-9]{8}", mode in any_group_mode()) {
        let year = run(&group, 12, mode, &[], two_slots);
        let phase = |id: &String| LIBRARY.starter(id).unwrap().phase;
        let touched: BTreeSet<Phase> = year.iter().flat_map(|met| &met.used).map(phase).collect();
        prop_assert_eq!(touched.len(), 9);
        for met in &year {
            prop_assert_eq!(phase(&met.used[0]), met.situation.lead_phase);
        }
    }

    #[test]
    fn all_seven_core_themes_are_offered_by_three_quarters(
        group in "[a-z0-9]{8}", mode in any_group_mode(), total in 6u32..=24,
        goal in prop::sample::select(GOALS.to_vec()), picks in prop::collection::vec(0usize..3, 24),
    ) {
        let year = run(&group, total, mode, &[goal], |n| vec![picks[n as usize - 1]]);
        let early = year.iter().filter(|met| met.situation.progress <= 0.75);
        let offered: BTreeSet<&String> = early
            .flat_map(|met| &met.offer.choices)
            .flat_map(|choice| &LIBRARY.starter(&choice.starter).unwrap().themes)
            .collect();
        for core in LIBRARY.core_themes() {
            prop_assert!(offered.iter().any(|theme| *theme == core), "{} {:?} {}", core, mode, total);
        }
    }

    #[test]
    fn coach_sessions_only_ask_and_peer_circles_never_need_a_mentor(group in "[a-z0-9]{8}", total in 4u32..=16) {
        for met in run(&group, total, Mode::Coach, &[], two_slots) {
            for choice in &met.offer.choices {
                prop_assert_eq!(LIBRARY.starter(&choice.starter).unwrap().stance, Stance::Ask);
            }
        }
        for met in run(&group, total, Mode::Peer, &[], two_slots) {
            for choice in &met.offer.choices {
                prop_assert_eq!(LIBRARY.starter(&choice.starter).unwrap().stance, Stance::Ask);
            }
        }
    }

    #[test]
    fn depth_unlocks_with_time_and_locks_again_for_newcomers(
        group in "[a-z0-9]{8}", number in 1u32..=12, joined in any::<bool>(), low_safety in any::<bool>(),
    ) {
        let mut now = Situation::first_meetup(&group, "m", 12, Mode::Mentor, 7);
        (now.meetup_number, now.progress) = (number, progress_at(number, 12));
        now.lead_phase = lead_phase(number, 12);
        now.new_member_joined = joined;
        now.hints = Hints { low_safety, ..Hints::default() };
        now.ready = Ready { goals: true, actions: true, challenge: true, history: true };
        let most = if low_safety || number == 1 { 1 } else if joined || number < 5 { 2 } else { 3 };
        for choice in offer(&LIBRARY, &now, 1).choices {
            prop_assert!(LIBRARY.starter(&choice.starter).unwrap().depth <= Depth::new(most).unwrap());
        }
    }

    #[test]
    fn what_is_banned_heard_resting_or_too_long_is_never_offered(
        marks in prop::collection::vec(0u8..6, 120), number in 1u32..=12, mode in any_group_mode(),
        members in 1u32..9, minutes in 6u32..20,
    ) {
        let mut now = Situation::first_meetup("g", "m", 12, mode, members);
        (now.meetup_number, now.progress) = (number, progress_at(number, 12));
        now.lead_phase = lead_phase(number, 12);
        now.minutes_left = Some(minutes);
        for (starter, mark) in LIBRARY.starters.iter().zip(&marks) {
            let id = starter.id.clone();
            match mark {
                0 => drop(now.banned.insert(id)),
                1 => drop(now.heard_by_group.insert(id)),
                2 => drop(now.skipped.insert(id, 89)),
                3 => drop(now.heard_by_members.insert(id, members.div_ceil(2))),
                _ => {}
            }
        }
        let made = offer(&LIBRARY, &now, 3);
        prop_assert_eq!(made.choices.len() < 3, made.widened == Some(Widening::ShelfLow));
        for choice in &made.choices {
            let id = &choice.starter;
            prop_assert!(!now.banned.contains(id) && !now.heard_by_group.contains(id));
            prop_assert!(!now.skipped.contains_key(id));
            prop_assert!(LIBRARY.starter(id).unwrap().minutes <= minutes);
            let known = now.heard_by_members.contains_key(id);
            prop_assert!(!known || made.widened >= Some(Widening::MemberHistory));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_offer(group in "[a-z0-9]{8}", meetup in "[a-z0-9]{4}", number in 1u32..=12) {
        let mut now = Situation::first_meetup(&group, &meetup, 12, Mode::Mentor, 7);
        (now.meetup_number, now.progress) = (number, progress_at(number, 12));
        now.lead_phase = lead_phase(number, 12);
        let seed = seed_for(&group, &meetup);
        prop_assert_eq!(offer(&LIBRARY, &now, seed), offer(&LIBRARY, &now, seed_for(&group, &meetup)));
    }
}

#[test]
fn modes_stay_even_over_many_years_of_mentor_sessions() {
    let mut counts: BTreeMap<Mode, u32> = BTreeMap::new();
    let mut stories = 0;
    for group in 0..60 {
        let goal = GOALS[group % GOALS.len()];
        for met in run(&format!("group-{group}"), 12, Mode::Mentor, &[goal], two_slots) {
            for id in &met.used {
                let starter = LIBRARY.starter(id).unwrap();
                *counts.entry(starter.main_mode()).or_default() += 1;
                stories += u32::from(starter.stance == Stance::Tell);
            }
        }
    }
    let all: u32 = counts.values().sum();
    assert_eq!(all, 60 * 24);
    for mode in MODES {
        let share = f64::from(counts[&mode]) / f64::from(all);
        assert!((0.24..=0.44).contains(&share), "{mode:?} {share} of {counts:?}");
    }
    assert!(stories * 5 > all, "mentors get stories: {stories} of {all}");
}

#[test]
fn a_full_year_needs_no_widening() {
    for group in 0..40 {
        for mode in [Mode::Mentor, Mode::Coach, Mode::Peer] {
            for met in run(&format!("g{group}"), 12, mode, &["it-strategy"], two_slots) {
                let ok = met.offer.widened.is_none() || mode != Mode::Mentor;
                assert!(ok, "{mode:?} meetup {}: {:?}", met.situation.meetup_number, met.offer.widened);
                assert_eq!(met.offer.choices.len(), 3);
            }
        }
    }
}

#[test]
fn most_offers_mix_the_ways_of_talking() {
    let mut mixed = 0;
    let mut all = 0;
    for group in 0..30 {
        for met in run(&format!("g{group}"), 12, Mode::Mentor, &[], two_slots) {
            let modes: BTreeSet<Mode> =
                met.offer.choices.iter().map(|c| LIBRARY.starter(&c.starter).unwrap().main_mode()).collect();
            mixed += u32::from(modes.len() > 1);
            all += 1;
        }
    }
    assert_eq!(mixed, all);
}

#[test]
fn every_reverse_session_asks_what_the_executive_thinks_of_it() {
    for group in 0..20 {
        for met in run(&format!("pair-{group}"), 6, Mode::Reverse, &[], two_slots) {
            let second = met.offer.choices.get(1).map(|c| LIBRARY.starter(&c.starter).unwrap());
            let first = LIBRARY.starter(&met.offer.choices[0].starter).unwrap();
            assert_eq!(first.main_mode(), Mode::Reverse);
            let asks = first.has_theme("feedback-on-it") || second.unwrap().has_theme("feedback-on-it");
            assert!(asks, "meetup {}", met.situation.meetup_number);
        }
    }
}

#[test]
fn themes_follow_the_year_and_never_repeat_within_twenty_four_meetups() {
    for total in [2, 4, 6, 9, 12, 24] {
        let mut used: Vec<String> = Vec::new();
        for number in 1..=total {
            let plan = theme_for(&LIBRARY, number, total, &used, &[]).unwrap();
            assert!(!used.contains(&plan.theme.id), "{} of {total}: {}", number, plan.theme.id);
            used.push(plan.theme.id.clone());
            assert_eq!(
                plan.together_with.map(|t| t.title.as_str()),
                (number == 1 && total <= 4).then_some("Our group agreement")
            );
            if total >= 6 && number == 2 {
                assert_eq!(plan.theme.title, "Our group agreement");
            }
        }
        assert_eq!(LIBRARY.meetup(&used[0]).unwrap().title, "How we came to lead");
        assert_eq!(
            LIBRARY.meetup(used.last().unwrap()).unwrap().title,
            "What we learned: thanks and next steps"
        );
    }
}

#[test]
fn a_quarterly_group_has_goals_second_and_its_own_topic_third() {
    let wanted = ["divided-committee".to_owned()];
    let second = theme_for(&LIBRARY, 2, 4, &["meetup-01".into(), "meetup-02".into()], &wanted).unwrap();
    assert_eq!((second.theme.id.as_str(), second.hot_seat), ("meetup-03", true));
    let used = ["meetup-01".into(), "meetup-02".into(), "meetup-03".into()];
    let third = theme_for(&LIBRARY, 3, 4, &used, &wanted).unwrap();
    assert_eq!(third.theme.title, "Winning a divided committee");
}
