//! Rules of the chooser on a small made-up shelf; whole years on the real one are tested in `content`.

use super::*;

fn starter(id: &str, phase: Phase, mode: Mode, stance: Stance) -> Starter {
    Starter {
        id: id.to_owned(),
        phase,
        depth: Depth::LIGHT,
        modes: vec![mode],
        themes: vec!["plain".to_owned()],
        format: "round".to_owned(),
        minutes: 10,
        answered_by: AnsweredBy::Everyone,
        stance,
        text: "What is it?".to_owned(),
        follow_up: "Why?".to_owned(),
        needs: None,
    }
}

/// Four peer questions on challenges, one for coaches, one story for mentors, one of influence.
fn shelf() -> Library {
    let peer = |n: u32| starter(&format!("cha-{n}"), Phase::Challenges, Mode::Peer, Stance::Ask);
    let mut starters: Vec<Starter> = (1..=4).map(peer).collect();
    starters.push(starter("coa-1", Phase::Challenges, Mode::Coach, Stance::Ask));
    starters.push(starter("men-1", Phase::Challenges, Mode::Mentor, Stance::Tell));
    starters.push(starter("inf-1", Phase::Influence, Mode::Peer, Stance::Ask));
    Library { starters, ..Library::default() }
}

/// Mid-programme, where only challenges are open (progress 0.26).
fn now() -> Situation {
    let mut now = Situation::first_meetup("g", "m", 12, Mode::Mentor, 6);
    (now.meetup_number, now.progress, now.lead_phase) = (4, 0.26, Phase::Challenges);
    now
}

fn ids(offer: &Offer) -> Vec<&str> {
    offer.choices.iter().map(|choice| choice.starter.as_str()).collect()
}

#[test]
fn keys_read_back_and_titles_are_there() {
    for phase in Phase::ALL {
        assert_eq!(Phase::from_key(phase.key()), Some(*phase));
        assert!(!phase.title().is_empty());
    }
    assert_eq!(Mode::from_key("coach"), Some(Mode::Coach));
    assert_eq!(Stance::from_key("shout"), None);
    assert_eq!(Depth::new(4), None);
}

#[test]
fn the_lead_phases_of_twelve_and_of_six_meetups_are_those_of_the_year_plan() {
    let keys = |total| (1..=total).map(|n| lead_phase(n, total).key()).collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(12),
        "acquaint trust goals challenges influence relationships challenges change influence career challenges closing"
    );
    assert_eq!(keys(6), "acquaint trust goals challenges change closing");
    assert_eq!(keys(4), "acquaint goals challenges closing");
    assert_eq!(keys(2), "acquaint closing");
    assert_eq!(keys(1), "acquaint");
}

#[test]
fn progress_runs_from_nought_to_one() {
    assert!(progress_at(1, 12).abs() < f64::EPSILON);
    assert!((progress_at(12, 12) - 1.0).abs() < f64::EPSILON);
    assert!(progress_at(1, 1).abs() < f64::EPSILON);
}

#[test]
fn a_mentor_session_leads_with_a_story_and_a_coach_session_never_does() {
    assert_eq!(ids(&offer(&shelf(), &now(), 1))[0], "men-1");
    let coached = Situation { mode: Mode::Coach, ..now() };
    assert!(!ids(&offer(&shelf(), &coached, 1)).contains(&"men-1"));
}

#[test]
fn recent_modes_weigh_against_more_of_the_same() {
    let tired = Situation { mode: Mode::Coach, last_modes: vec![Mode::Peer, Mode::Peer], ..now() };
    assert_eq!(ids(&offer(&shelf(), &tired, 1))[0], "coa-1");
}

#[test]
fn a_booked_theme_outweighs_the_rest_and_says_so() {
    let mut library = shelf();
    library.starters[2].themes = vec!["special".to_owned()];
    library.meetups.push(MeetupTheme {
        id: "m-9".to_owned(),
        title: "A special day".to_owned(),
        phase: Phase::Challenges,
        theme: "special".to_owned(),
        format: "round".to_owned(),
        starters: Vec::new(),
    });
    let made = offer(&library, &Situation { meetup_theme: Some("m-9".to_owned()), ..now() }, 1);
    assert_eq!(made.choices[0].starter, "cha-3");
    assert!(made.choices[0].why().starts_with("Fits your theme: A special day."));
}

#[test]
fn a_fresh_challenge_counts_and_an_old_one_fades() {
    let mut library = shelf();
    library.starters[3].themes = vec!["workload".to_owned()];
    let raised = |age_days| RecentChallenge { theme: "workload".to_owned(), age_days };
    let fresh = Situation { recent_challenges: vec![raised(5), raised(9)], ..now() };
    let made = offer(&library, &fresh, 1);
    assert_eq!(made.choices[0].starter, "cha-4");
    assert!(made.choices[0].why().starts_with("Fits 2 recent challenges: workload."));
    let old = Situation { recent_challenges: vec![raised(400)], ..now() };
    assert_eq!(ids(&offer(&library, &old, 1))[0], "men-1");
}

#[test]
fn pulse_hints_move_the_choice_and_stay_unspoken() {
    let hinted = Situation { hints: Hints { low_peer_help: true, ..Hints::default() }, ..now() };
    let made = offer(&shelf(), &hinted, 1);
    assert!(made.choices[0].starter.starts_with("cha-"));
    let without = offer(&shelf(), &now(), 1);
    let reasons = |made: &Offer, id: &str| {
        made.choices
            .iter()
            .find(|c| c.starter == id)
            .map(|c| c.reasons.iter().map(Reason::words).collect::<Vec<_>>())
    };
    let shared = made.choices.iter().find(|c| reasons(&without, &c.starter).is_some()).unwrap();
    let words = reasons(&made, &shared.starter).unwrap().join(" ");
    assert!(!words.contains("safe") && !words.contains("pulse") && !words.contains("survey"));
}

#[test]
fn depth_counts_more_as_the_programme_goes_on_and_nothing_deep_is_asked_where_people_do_not_feel_safe() {
    let mut library = shelf();
    library.starters.truncate(1);
    let mut score = |depth, progress, low_safety| {
        library.starters[0].depth = Depth::new(depth).unwrap();
        let hints = Hints { low_safety, ..Hints::default() };
        let made = offer(&library, &Situation { progress, hints, ..now() }, 1);
        made.choices.first().map(|choice| choice.score)
    };
    let light = score(1, 0.26, false).unwrap();
    let more = [(1, 0.8, 0.0), (2, 0.26, 0.39), (2, 0.8, 1.2), (3, 0.8, 2.4)];
    for (depth, progress, points) in more {
        let found = score(depth, progress, false).unwrap() - light;
        assert!((found - points).abs() < 1e-9, "{depth} {progress}: {found}");
    }
    assert_eq!(score(2, 0.8, true), None);
}

#[test]
fn a_thin_shelf_widens_step_by_step_and_says_how_far() {
    let mut now = now();
    for id in ["cha-1", "cha-2", "cha-3", "cha-4", "coa-1"] {
        now.heard_by_group.insert(id.to_owned());
    }
    let low = offer(&shelf(), &now, 1);
    assert_eq!((ids(&low), low.widened), (vec!["men-1", "inf-1"], Some(Widening::ShelfLow)));
    now.heard_by_group.remove("coa-1");
    assert_eq!(offer(&shelf(), &now, 1).widened, Some(Widening::NeighbourPhases));
    now.heard_by_members.insert("inf-1".to_owned(), 3);
    let wide = offer(&shelf(), &now, 1);
    assert_eq!((wide.widened, wide.choices.len()), (Some(Widening::MemberHistory), 3));
    assert!(!Widening::MemberHistory.tell_staff() && Widening::ShelfLow.tell_staff());
}

#[test]
fn a_starter_that_under_half_the_members_know_is_still_offered() {
    let mut now = Situation { mode: Mode::Coach, ..now() };
    now.last_modes = vec![Mode::Peer];
    now.heard_by_members.insert("coa-1".to_owned(), 2);
    assert_eq!(ids(&offer(&shelf(), &now, 1))[0], "coa-1");
    now.heard_by_members.insert("coa-1".to_owned(), 3);
    assert!(!ids(&offer(&shelf(), &now, 1)).contains(&"coa-1"));
}

#[test]
fn a_skipped_starter_rests_for_ninety_days() {
    let mut now = Situation { mode: Mode::Coach, last_modes: vec![Mode::Peer], ..now() };
    now.skipped.insert("coa-1".to_owned(), 89);
    assert!(!ids(&offer(&shelf(), &now, 1)).contains(&"coa-1"));
    now.skipped.insert("coa-1".to_owned(), 90);
    assert!(ids(&offer(&shelf(), &now, 1)).contains(&"coa-1"));
}

#[test]
fn an_empty_shelf_gives_an_empty_offer_and_a_word_for_staff() {
    let made = offer(&Library::default(), &now(), 1);
    assert_eq!(made, Offer { choices: Vec::new(), widened: Some(Widening::ShelfLow) });
}

#[test]
fn seeds_differ_between_meetups_and_do_not_mix_up_ids() {
    assert_eq!(seed_for("g1", "m1"), seed_for("g1", "m1"));
    assert_ne!(seed_for("g1", "m1"), seed_for("g1", "m2"));
    assert_ne!(seed_for("ab", "c"), seed_for("a", "bc"));
}

#[test]
fn a_starter_that_nobody_picks_retires_after_ten_offers() {
    assert!(!should_retire(9, 0));
    assert!(should_retire(10, 1));
    assert!(!should_retire(10, 2));
}

#[test]
fn the_hint_says_that_coaches_ask_and_mentors_may_share() {
    assert!(Stance::Ask.hint().contains("Coaches ask and do not tell"));
    assert!(Stance::Tell.hint().contains("Mentors may share"));
}
