//! The tour of the README is a script, and its transcript is what the program says today.

use roundtable::app::script;
use roundtable::cli::script_start;

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_says_word_by_word_what_its_transcript_says() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let lines = std::fs::read_to_string(docs.join("tour.script")).expect("the script");
    let folder = tempfile::tempdir().expect("a folder");
    let said = script(&lines, &folder.path().join("tour.db"), script_start(), 1).await.expect("a transcript");
    let kept = docs.join("tour.txt");
    let known = std::fs::read_to_string(&kept).expect("the transcript");
    let first = said.lines().zip(known.lines()).position(|(one, other)| one != other);
    let hint = "look at the change, then run: target/debug/roundtable playground --script docs/tour.script > docs/tour.txt";
    assert!(said == known, "differs first at line {:?}; {hint}", first.map(|at| at + 1));
    assert!(!said.contains("\n! "), "no line of the tour is refused");
}
