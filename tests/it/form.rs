//! `roundtable form` as a programme office uses it: real files, the real program, its exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const PEOPLE: &str = include_str!("../../src/form/example/people.csv");
const RULES: &str = include_str!("../../src/form/example/rules.toml");

/// Runs the program in a folder with these files.
fn form(files: &[(&str, &[u8])], args: &[&str]) -> (tempfile::TempDir, Output) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_roundtable"));
    let output =
        command.arg("form").args(args).current_dir(folder.path()).output().expect("the program runs");
    (folder, output)
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    (output.status.code().expect("it ends by itself"), text(&output.stdout), text(&output.stderr))
}

fn example() -> [(&'static str, &'static [u8]); 2] {
    [("people.csv", PEOPLE.as_bytes()), ("rules.toml", RULES.as_bytes())]
}

const BOTH: [&str; 4] = ["--people", "people.csv", "--rules", "rules.toml"];

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("the file is there")
}

#[test]
fn a_programme_office_gets_a_table_and_a_report_and_the_same_again() {
    let args = [&BOTH[..], &["--out", "spring", "--explain", "--seed", "7"]].concat();
    let (folder, output) = form(&example(), &args);
    let (code, out, err) = said(&output);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "Wrote spring.csv.\nWrote spring.md.\n", ""));
    let (table, report) = (read(folder.path(), "spring.csv"), read(folder.path(), "spring.md"));
    assert_eq!(table.lines().count(), 9, "{table}");
    assert!(report.starts_with("# Groups for Pathways\n"), "{report}");
    assert!(report.contains("Seed 7"), "{report}");
    let (again, _) = form(&example(), &args);
    assert_eq!((read(again.path(), "spring.csv"), read(again.path(), "spring.md")), (table, report));
}

#[test]
fn without_a_place_to_write_to_the_report_goes_to_the_terminal_within_the_time_given() {
    let (_folder, output) = form(&example(), &[&BOTH[..], &["--time-limit", "1"]].concat());
    let (code, out, err) = said(&output);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("### Group 1"), "{out}");
}

#[test]
fn faults_come_with_file_and_line_and_nothing_is_written() {
    let people = PEOPLE.replace("Europe/Paris", "Atlantis").replace("bea@example.org", "ada@example.org");
    let args = [&BOTH[..], &["--out", "spring"]].concat();
    let (folder, output) =
        form(&[("people.csv", people.as_bytes()), ("rules.toml", RULES.as_bytes())], &args);
    let (code, out, err) = said(&output);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("people.csv, line 5: zone: "), "{err}");
    assert!(err.contains("people.csv, line 6: \"ada@example.org\" stands on line 4 already"), "{err}");
    assert!(!folder.path().join("spring.csv").exists());

    let rules = RULES.replace("max_zone_spread", "max_zone_spred");
    let (_folder, output) =
        form(&[("people.csv", PEOPLE.as_bytes()), ("rules.toml", rules.as_bytes())], &args);
    let (code, _, err) = said(&output);
    assert_eq!(code, 2);
    assert!(err.contains("I do not know the rule max_zone_spred. Did you mean max_zone_spread?"), "{err}");
}

#[test]
fn a_plan_is_never_written_over_the_files_it_is_made_from() {
    for (args, option) in [
        (
            ["--people", "people.csv", "--rules", "rules.toml", "--out", "people"],
            "people.csv is --people people.csv",
        ),
        (
            ["--people", "people.csv", "--rules", "rules.toml", "--out", "./people"],
            "./people.csv is --people people.csv",
        ),
        (["--people", "people.csv", "--rules", "rules.md", "--out", "rules"], "rules.md is --rules rules.md"),
    ] {
        let files = [example()[0], example()[1], ("rules.md", RULES.as_bytes())];
        let (folder, output) = form(&files, &args);
        let (code, out, err) = said(&output);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains(option) && err.contains("-groups."), "{option} in {err}");
        assert_eq!(read(folder.path(), "people.csv"), PEOPLE);
        assert_eq!(read(folder.path(), "rules.md"), RULES);
        assert!(!folder.path().join("people.md").exists() && !folder.path().join("rules.csv").exists());
    }
    // Files that do not stand in the way are written anew as ever.
    let args = [&BOTH[..], &["--out", "spring"]].concat();
    let (folder, output) = form(&[example()[0], example()[1], ("spring.csv", b"old".as_slice())], &args);
    assert_eq!(said(&output).0, 0);
    assert_ne!(read(folder.path(), "spring.csv"), "old");
}

#[test]
fn all_faults_of_the_rules_come_at_once_in_plain_words() {
    let rules = RULES
        .replace("min_participants = 3", "min_participants = \"three\"")
        .replace("per_unit = 1 ", "per_unit = -1 ")
        .replace("\"North Rail\"]\nkind", "\"harbour bank\"]\nkind")
        .replace("rounds_ago", "round_ago");
    let (_folder, output) =
        form(&[("people.csv", PEOPLE.as_bytes()), ("rules.toml", rules.as_bytes())], &BOTH);
    let (code, out, err) = said(&output);
    assert_eq!((code, out.as_str()), (2, ""));
    for part in [
        "rules.toml, line 16: Here stands the text \"three\". Write a whole number, 0 or more, instead.",
        "rules.toml, line 20: Here stands -1. Write a whole number from 0 to 255 instead.",
        "One organisation stands here twice. Name two that are different.",
        "I do not know the rule round_ago. Did you mean rounds_ago?",
    ] {
        assert!(err.contains(part), "{part} in {err}");
    }
    assert_eq!(err.lines().count(), 4, "{err}");
}

#[test]
fn rules_that_contradict_each_other_end_with_1_and_the_names() {
    let rules = RULES
        .replace("together = [[\"Bea Moss\", \"Caro Wake\"]]", "together = [[\"Ada Brook\", \"Ivo Tarn\"]]");
    let (_folder, output) =
        form(&[("people.csv", PEOPLE.as_bytes()), ("rules.toml", rules.as_bytes())], &BOTH);
    let (code, out, err) = said(&output);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("These groups cannot be formed. Ada Brook, Ivo Tarn should stay together but"),
        "{err}"
    );
    assert!(err.ends_with("This stands in rules.toml, lines 4 and 6.\n"), "{err}");
}

#[test]
fn files_that_are_missing_too_large_or_in_another_encoding_are_told_with_what_to_do() {
    let big = vec![b'x'; 50 << 20];
    for (files, part) in [
        (vec![], "people.csv cannot be read: "),
        (vec![("people.csv", big.as_slice())], "people.csv, The file has 50 MB, and I read 32 MB at most."),
        (
            vec![("people.csv", b"name,role\nZo\xEB,mentor\n".as_slice())],
            "people.csv, line 2: A letter here is not",
        ),
        (vec![("people.csv", b"".as_slice())], "people.csv, There is nothing in the file."),
        (vec![("people.csv", b"name\nAda\n".as_slice())], "Nobody in the list can mentor."),
    ] {
        let (_folder, output) = form(&files, &["--people", "people.csv"]);
        let (code, out, err) = said(&output);
        assert_eq!((code, out.as_str()), (2, ""), "{part}");
        assert!(err.contains(part), "{part} in {err}");
    }
}
