//! Both files together: what a programme office sends, and the ways in which it goes wrong.
#![allow(clippy::format_collect)] // Short lists that read best so.

use jiff::civil::date;

use super::*;

fn programme(people: &str, rules: &str) -> Result<Programme, Both> {
    let rules = read_rules(rules.as_bytes()).unwrap();
    let list = read_people(people.as_bytes(), &rules.ignore_columns).unwrap();
    assemble(list, &rules, date(2027, 1, 4))
}

fn report(people: &str, rules: &str) -> String {
    let programme = programme(people, rules).unwrap();
    let formed = run(&programme, &Order { steps: Some(2_000), ..Order::default() }).unwrap();
    markdown(&programme, &formed, Detail::Full)
}

/// Participants of as many organisations, free at these hours.
fn participants(count: usize, hours: &str) -> String {
    (0..count).map(|number| format!("P{number},participant,Org {number},{hours}\n")).collect()
}

const HEAD: &str = "name,role,organisation,availability\n";

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in:\n{text}");
}

#[test]
fn the_example_is_formed_and_told_with_reasons_figures_and_how_to_repeat_it() {
    let (people, rules) = (include_str!("example/people.csv"), include_str!("example/rules.toml"));
    let text = report(people, rules);
    has(&text, "# Groups for Pathways");
    has(&text, "6 participants have a seat in 2 groups; nobody is without one. Every rule holds.");
    has(&text, "Seed 1, 2000 steps. The same files and the same seed give the same groups.");
    has(&text, "It is proven that no plan has more than 61 percent.");
    has(&text, "| Needs the mentors can help with |");
    has(&text, "Mira Holt, Harbour Bank (mentor)");
    has(&text, "  - Noa Reed can help Bea Moss with change.");
    has(&text, "Everybody is free on Monday at");
    assert_eq!(text, report(people, rules), "a run repeats");
    let mut lines: Vec<&str> = people.lines().collect();
    lines[1..].reverse();
    assert_eq!(text, report(&lines.join("\n"), rules), "whatever the order of the lines");
}

#[test]
fn everybody_of_the_list_is_in_the_table_of_the_plan() {
    let programme =
        programme(include_str!("example/people.csv"), include_str!("example/rules.toml")).unwrap();
    let formed = run(&programme, &Order { steps: Some(2_000), ..Order::default() }).unwrap();
    let table = csv(&programme, &formed.plan);
    assert_eq!(table.lines().count(), 9, "{table}");
    has(&table, ",mentor,mira@example.org,Mira Holt,Harbour Bank,");
}

#[test]
fn nobody_to_mentor_nobody_to_place_and_one_person_are_told_before_any_search() {
    for (people, part) in [
        (
            "name,role\nAda,participant\n",
            "Nobody in the list can mentor. Give at least one person the role mentor",
        ),
        ("name,role\nAda,mentor\n", "Nobody in the list wants a seat."),
        ("name,role,capacity\nAda,mentor,0\nBen,participant,\n", "Nobody in the list can mentor."),
    ] {
        has(&programme(people, "").unwrap_err().people.told("people.csv"), part);
    }
}

#[test]
fn too_few_people_for_a_group_is_told_with_what_would_help() {
    let text = report(&format!("{HEAD}Mia,mentor,Org M,\n{}", participants(2, "")), "");
    has(&text, "0 participants have a seat in 0 groups; 2 without one.");
    has(&text, "A group needs 4 participants and there are 2.");
    has(&text, "Allow groups of 2 participants.");
}

#[test]
fn hours_that_never_meet_are_named_as_the_one_rule_with_the_gentlest_changes() {
    let people = format!("{HEAD}Mia,mentor,Org M,mon 9-11\n{}", participants(4, "tue 9-11"));
    let text = report(&people, "[programme]\nzone = \"Europe/Berlin\"");
    has(&text, "One rule keeps them out: a group has common hours.");
    has(&text, "Form groups without asking for common hours. It wins 4 more seats.");
}

#[test]
fn each_person_hears_of_the_rule_that_the_summary_names_even_where_people_are_too_few() {
    let never = format!("{HEAD}Mia,mentor,Org M,mon 9-11\n{}", participants(3, "tue 9-11"));
    let circle = "name,role,organisation,manager\nMia,mentor,Org M,P0\nP0,participant,Org 0,P1\n\
                  P1,participant,Org 1,P2\nP2,participant,Org 2,Mia\n";
    for (people, rule, reason) in [
        (never.as_str(), "a group has common hours", "too few common hours"),
        (circle, "nobody meets people of their reporting line", "a reporting line to somebody there"),
    ] {
        let text = report(people, "");
        has(&text, &format!("One rule keeps them out: {rule}."));
        let few = "A group needs 4 participants and there are 3.";
        for name in ["P0", "P1", "P2"] {
            has(&text, &format!("- **{name}**: 1 mentor: {reason}. {few}"));
        }
        has(&text, &format!("- **Mia** (mentor): 3 participants: {reason}. {few}"));
    }
}

#[test]
fn all_from_one_organisation_is_named_as_the_rule_that_stops_them() {
    let people: String =
        (0..5).map(|n| format!("P{n},{},Acme,\n", if n == 0 { "mentor" } else { "participant" })).collect();
    has(
        &report(&format!("{HEAD}{people}"), ""),
        "One rule keeps them out: members come from different places.",
    );
}

#[test]
fn together_and_apart_at_once_is_a_contradiction_with_the_names() {
    let people = format!("{HEAD}Mia,mentor,Org M,\n{}", participants(4, ""));
    let programme = programme(&people, "apart = [[\"P0\", \"P1\"]]\ntogether = [[\"p0\", \"P1\"]]").unwrap();
    let Err(Stuck::Contradiction { words, lines }) = run(&programme, &Order::default()) else {
        panic!("a contradiction")
    };
    assert_eq!(lines, [1, 2]);
    has(
        &words,
        "P0, P1 should stay together but cannot share a group. Remove one of these ties or ease the rule",
    );
}

#[test]
fn names_in_the_rules_must_be_in_the_list_and_mean_one_person() {
    let people = "id,name,role\n1,Ada,participant\n2,Ada,mentor\n3,Ben,participant\n";
    let both = programme(people, "apart = [[\"Ada\", \"3\"],\n  [\"Bem\", \"ben\"]]").unwrap_err();
    let told = both.rules.told("rules.toml");
    has(&told, "line 1: Several people are called \"Ada\".");
    has(&told, "line 2: \"Bem\" is not in the list of people.");
}

#[test]
fn nobody_is_kept_apart_from_themselves_by_whatever_name() {
    let people = "id,name,role\n1,Ada,participant\n2,Ben,mentor\n";
    let rules = "apart = [[\"Ada\", \"ADA\"],\n [\"Ben\", \"1\", \"2\"]]\ntogether = [[\"1\", \"Ada\"]]\n\
                 [[conflicts]]\npeople = [\"Ada\", \"1\"]\n";
    let told = programme(people, rules).unwrap_err().rules.told("rules.toml");
    for part in [
        "line 1: \"ADA\" is named here already. Name each person once.",
        "line 2: \"2\" is named here already.",
        "line 3: \"Ada\" is named here already.",
        "line 5: \"1\" is named here already.",
    ] {
        has(&told, part);
    }
    assert_eq!(told.lines().count(), 4, "{told}");
}

#[test]
fn circles_strange_managers_silent_people_and_lost_wishes_are_noted() {
    let people = "name,role,manager,wishes,availability,capacity\n\
                  Ada,participant,Ben,Zoe,mon 9-12,\n\
                  Ben,participant,Ada,,mon 9-12,\n\
                  Cem,participant,Cem,,mon 9-12,\n\
                  Dee,participant,Somebody Else,,,\n\
                  Eva,mentor,,,mon 9-12,1\n\
                  Flo,mentor,,,mon 9-12,0\n";
    let notes = programme(people, "[groups]\nmin_participants = 1").unwrap().notes.join("\n");
    has(&notes, "Ada, Ben report to one another in a circle.");
    has(&notes, "Line 4: Cem is their own manager.");
    has(&notes, "1 manager is not in the list.");
    has(&notes, "1 of 6 people gave no hours; they count as free at any time.");
    has(&notes, "Line 2: a wish names \"Zoe\", whom I cannot tell in the list");
    has(&notes, "Line 7: Flo mentors with a capacity of 0");
}

#[test]
fn no_report_tells_why_two_sides_are_kept_apart() {
    let people = format!("{HEAD}Mia,mentor,Org M,\n{}", participants(5, ""));
    let rules = "[[conflicts]]\norganisations = [\"Org M\", \"Org 0\"]\nkind = \"auditor\"";
    let text = report(&people, rules);
    has(&text, "**P0**: ");
    for word in ["audit", "conflict", "competitor"] {
        assert!(!text.to_lowercase().contains(word), "{word} in {text}");
    }
}

#[test]
fn hours_hold_in_every_stretch_of_the_programme_between_clock_changes() {
    // New York has changed its clocks a fortnight before Berlin: the one common hour of winter is gone meanwhile.
    let people = "name,role,zone,availability\n\
                  Mia,mentor,Europe/Berlin,mon 15-16\n\
                  Pat,participant,America/New_York,mon 9-10\n";
    let sizes = "[groups]\nmin_participants = 1\n";
    let winter = format!("{sizes}[programme]\nstarts = \"2027-01-04\"\nends = \"2027-03-05\"");
    has(&report(people, &winter), "1 participant has a seat");
    let spring = format!("{sizes}[programme]\nstarts = \"2027-01-04\"\nends = \"2027-05-05\"");
    has(&report(people, &spring), "0 participants have a seat");
}
