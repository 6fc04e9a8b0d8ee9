//! What is refused. Invariant tested: each fault names file and line, and all come at once.

use std::fs;

use super::super::*;

/// The built-in files with one piece of one file exchanged.
fn with(file: &str, from: &str, to: &str) -> Vec<Source> {
    let mut sources = builtin::sources();
    let source = sources.iter_mut().find(|source| source.file == file).unwrap();
    assert!(source.text.contains(from), "{from} is not in {file}");
    source.text = source.text.replacen(from, to, 1);
    sources
}

fn faults_of(sources: &[Source]) -> Vec<String> {
    Content::assemble(sources).unwrap_err().iter().map(ToString::to_string).collect()
}

/// The line on which a text stands in a built-in file.
fn line_of(file: &str, text: &str) -> usize {
    let sources = builtin::sources();
    let source = sources.iter().find(|source| source.file == file).unwrap();
    source.text.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[track_caller]
fn refuses(file: &str, from: &str, to: &str, words: &str) {
    let line = line_of(file, from.lines().next().unwrap());
    let faults = faults_of(&with(file, from, to));
    let start = format!("{file}, line {line}: ");
    assert!(faults.iter().any(|fault| fault.starts_with(&start) && fault.contains(words)), "{faults:#?}");
}

const ACQ: &str = "starters/1-acquaint.toml";

#[test]
fn a_closed_question_is_refused() {
    refuses(ACQ, "What first pulled you", "Did something pull you", "open question");
}

#[test]
fn a_question_without_its_mark_is_refused() {
    refuses(ACQ, "what keeps you here now?", "what keeps you here now", "question mark");
}

#[test]
fn a_follow_up_that_asks_for_yes_or_no_is_refused() {
    refuses(ACQ, "Which part of that would you miss most?", "Would you miss it?", "yes or no");
}

#[test]
fn a_question_of_more_than_160_characters_is_refused() {
    let long = format!("What {} now?", "and how ".repeat(25));
    refuses(ACQ, "What first pulled you into technology, and what keeps you here now?", &long, "shorten");
}

#[test]
fn an_unknown_key_is_refused_on_its_own_line() {
    refuses(ACQ, "answered_by = \"mentor\"", "answered_bye = \"mentor\"", "answered_bye");
}

#[test]
fn an_unknown_part_of_a_file_is_refused() {
    refuses("tips.toml", "[[tip]]", "[[typ]]\nid = \"x\"\n\n[[tip]]", "\"typ\" does not belong");
}

#[test]
fn a_duplicate_id_names_the_first_use() {
    let first = line_of(ACQ, "acq-01");
    refuses(ACQ, "id = \"acq-02\"", "id = \"acq-01\"", &format!("{ACQ}, line {first}"));
}

#[test]
fn unknown_references_list_what_is_known() {
    refuses(ACQ, "themes = [\"team-growth\"]", "themes = [\"team-groth\"]", "team-growth");
    refuses(ACQ, "modes = [\"peer\"]", "modes = [\"pear\"]", "mentor, coach, peer, reverse");
    refuses(ACQ, "format = \"open\"", "format = \"opem\"", "hotseat");
    refuses("themes.toml", "phase = \"trust\"", "phase = \"thrust\"", "acquaint, trust");
    refuses("themes.toml", "\"tru-01\", \"tru-05\"", "\"tru-01\", \"tru-99\"", "tru-99");
    refuses("glossary.toml", "see = [\"starter\", \"hot-seat\", \"recap\"]", "see = [\"startr\"]", "startr");
}

#[test]
fn a_story_for_coaches_is_refused() {
    refuses(ACQ, "modes = [\"mentor\"]", "modes = [\"mentor\", \"coach\"]", "ask and do not tell");
}

#[test]
fn a_scale_of_two_or_eight_labels_is_refused() {
    let file = "pulse.toml";
    let scale = "scale = [\"Never\", \"Once\", \"2 to 3 times\", \"4 to 6 times\", \"7 times or more\"]";
    refuses(file, scale, "scale = [\"No\", \"Yes\"]", "three to seven");
    refuses(
        file,
        scale,
        "scale = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\"]",
        "three to seven",
    );
}

#[test]
fn a_theme_with_fewer_than_three_starters_is_refused() {
    refuses("starters/taxonomy.toml", "key = \"workload\"", "key = \"toil\"", "needs at least 3");
    refuses(
        "themes.toml",
        "[\"tru-01\", \"tru-05\", \"acq-06\"]",
        "[\"tru-01\", \"tru-05\"]",
        "three different",
    );
}

#[test]
fn a_form_without_a_question_on_results_is_refused() {
    let mut sources = builtin::sources();
    let source = sources.iter_mut().find(|source| source.file == "pulse.toml").unwrap();
    source.text = source.text.replace("domain = \"results\"", "domain = \"climate\"");
    let faults = faults_of(&sources);
    assert_eq!(faults.iter().filter(|fault| fault.contains("asks about results")).count(), 3, "{faults:#?}");
}

#[test]
fn broken_toml_names_its_line() {
    refuses("tips.toml", "text = \"Start on time, end on time.\"", "text = Start on time", "not valid TOML");
}

#[test]
fn all_faults_come_at_once_and_in_order() {
    let mut sources = with(ACQ, "What first pulled you", "Is it true that technology pulled you");
    for source in &mut sources {
        source.text = source.text.replace("text = \"Start on time, end on time.\"", "text = \"\"");
        source.text = source.text.replace("depth = 3", "depth = 4");
    }
    let faults = Content::assemble(&sources).unwrap_err();
    assert!(faults.len() >= 8, "{faults:#?}");
    assert!(faults.is_sorted());
    let files: std::collections::BTreeSet<&str> = faults.iter().map(|fault| fault.file.as_str()).collect();
    assert!(files.contains(ACQ) && files.contains("tips.toml") && files.contains("starters/2-trust.toml"));
}

#[test]
fn a_folder_may_replace_single_files_and_brings_its_own_faults() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Content::load(dir.path()).unwrap(), Content::builtin());
    let tip = "[[tip]]\nid = \"own\"\nfor = \"mentor\"\nwhen = \"any\"\ntext = \"Listen.\"\n";
    fs::write(dir.path().join("tips.toml"), tip).unwrap();
    let content = Content::load(dir.path()).unwrap();
    assert_eq!((content.tips.len(), content.library.starters.len()), (1, 120));
    fs::create_dir(dir.path().join("starters")).unwrap();
    fs::write(dir.path().join("starters/own.toml"), "").unwrap();
    let faults = Content::load(dir.path()).unwrap_err();
    assert!(faults.iter().any(|fault| fault.what.contains("needs at least 3")), "own starters replace all");
}

#[test]
fn a_folder_that_is_not_there_is_a_fault_with_a_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let faults = Content::load(&dir.path().join("nowhere")).unwrap_err();
    assert!(faults[0].what.contains("built-in"));
}

#[test]
fn text_that_is_not_utf8_is_a_fault_and_not_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("texts.toml"), [0xff, 0xfe]).unwrap();
    let faults = Content::load(dir.path()).unwrap_err();
    assert_eq!((faults[0].file.as_str(), faults.len()), ("texts.toml", 1));
}
