//! What ships. Invariant tested: the built-in set is whole, balanced and easy to read.

use super::super::*;
use crate::domain::starters::{Depth, Mode, Phase, Stance};

#[test]
fn the_builtin_texts_have_no_fault() {
    let content = Content::assemble(&builtin::sources()).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    assert_eq!(content.library.starters.len(), 120);
    assert_eq!(content.library.meetups.len(), 24);
    assert_eq!(content.library.calendar.len(), 12);
    assert_eq!(content.library.themes.len(), 14);
    assert_eq!(content.tips.len(), 30);
    assert_eq!(content.forms.len(), 3);
}

#[test]
fn every_phase_has_starters_for_every_mode_and_seven_themes_are_core() {
    let library = Content::builtin().library;
    for phase in Phase::ALL {
        for mode in Mode::ALL {
            let fits = library.starters.iter().filter(|s| s.phase == *phase && s.modes.contains(mode));
            let least = if *phase == Phase::Acquaint { 1 } else { 2 };
            assert!(fits.count() >= least, "{phase:?} {mode:?}");
        }
    }
    assert_eq!(library.core_themes().count(), 7);
}

#[test]
fn no_two_starters_ask_the_same_question_and_most_are_light() {
    let library = Content::builtin().library;
    let texts: std::collections::BTreeSet<&str> = library.starters.iter().map(|s| s.text.as_str()).collect();
    assert_eq!(texts.len(), 120);
    let light = library.starters.iter().filter(|s| s.depth == Depth::LIGHT).count();
    assert_eq!(light, 67);
}

#[test]
fn stories_are_for_mentors_only() {
    let library = Content::builtin().library;
    let tells = library.starters.iter().filter(|s| s.stance == Stance::Tell);
    assert!(tells.clone().count() > 15);
    assert!(tells.into_iter().all(|s| s.modes == [Mode::Mentor]));
}

#[test]
fn the_glossary_knows_coach_from_mentor_by_any_of_their_names() {
    let glossary = Content::builtin().glossary;
    let coach = glossary.find("Coaching").unwrap();
    assert_eq!(coach.id, "coach");
    assert!(coach.text.contains("125 hours") && coach.text.contains("does not tell"));
    assert!(glossary.find(" mentor ").unwrap().text.contains("stories"));
    assert!(glossary.find("blockchain").is_none());
}

#[test]
fn the_charter_covers_each_promise_and_says_where_to_turn() {
    let charter = Content::builtin().texts.charter;
    let ids: Vec<&str> = charter.clauses.iter().map(|clause| clause.id.as_str()).collect();
    for id in
        ["voluntary", "learning", "confidentiality", "reporting-line", "problem-not-person", "not-therapy"]
    {
        assert!(ids.contains(&id), "{id}");
    }
    assert!(charter.clauses.last().unwrap().text.contains("emergency"));
    assert_eq!((charter.version, charter.date), (1, jiff::civil::date(2026, 1, 5)));
}

#[test]
fn pulse_forms_are_short_and_say_at_once_whether_names_are_kept() {
    let content = Content::builtin();
    for form in &content.forms {
        assert_eq!((form.items.len(), form.open.len()), (8, 2));
        assert!(form.items.iter().all(|item| item.scale.len() == 5));
        assert_eq!(form.intro.contains("carry your name"), form.id.is_named());
    }
    let baseline: Vec<&str> =
        content.form(FormId::Participant).unwrap().baseline_items().map(|i| i.id.as_str()).collect();
    assert_eq!(baseline, ["p4", "p7", "p8"]);
}

#[test]
fn no_shipped_sentence_shouts() {
    for source in builtin::sources() {
        assert!(!source.text.contains('!'), "{}", source.file);
    }
}
