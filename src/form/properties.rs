//! Whatever bytes come, the readers answer with people and rules, or with faults that have lines.
//!
//! Invariant: no input makes a reader panic or run on.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Cells that have been known to make trouble.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("mon-fri 9-17".to_owned()),
        Just("Europe/Berlin".to_owned()),
        Just("both".to_owned()),
        Just("yes".to_owned()),
        Just("3".to_owned()),
        Just("ada@example.org".to_owned()),
        "[a-z]{1,6}",
        "\\PC{0,12}",
        "[\",;\t\n\r=+@-]{1,4}",
    ]
}

fn column() -> impl Strategy<Value = String> {
    let known = Column::NAMES.map(|row| row.1.to_owned()).to_vec();
    prop_oneof![9 => prop::sample::select(known), 1 => "\\PC{0,8}"]
}

fn table() -> impl Strategy<Value = String> {
    let rows = prop::collection::vec(prop::collection::vec(cell(), 0..6), 0..6);
    (prop::collection::vec(column(), 1..6), rows, prop::sample::select(vec![',', ';', '\t'])).prop_map(
        |(header, rows, separator)| {
            let mut writer = ::csv::WriterBuilder::new()
                .flexible(true)
                .delimiter(u8::try_from(separator).unwrap())
                .from_writer(Vec::new());
            writer.write_record(&header).unwrap();
            for mut row in rows {
                row.resize(header.len(), String::new());
                writer.write_record(&row).unwrap();
            }
            String::from_utf8(writer.into_inner().unwrap()).unwrap()
        },
    )
}

fn rules() -> impl Strategy<Value = String> {
    let lines = vec![
        "[groups]",
        "[groups.weights]",
        "[programme]",
        "[[conflicts]]",
        "[[met]]",
        "[[locks]]",
        "min_participants = 2",
        "max_participants = 1",
        "per_unit = 0",
        "needs = 70000",
        "people = [\"ada\", \"ben\"]",
        "organisations = [\"Acme\"]",
        "apart = [[\"ada\", \"ben\"], []]",
        "together = [[\"ada\"]]",
        "starts = \"2027-01-04\"",
        "ends = 2027-01-04",
        "person = \"ada\"",
        "group = -1",
        "kind = \"auditor\"",
        "= [",
    ];
    let line = prop_oneof![6 => prop::sample::select(lines).prop_map(str::to_owned), 1 => "\\PC{0,20}"];
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_upset_the_reader_of_people(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(faults) = read_people(&bytes, &[]) {
            prop_assert!(!faults.list().is_empty());
        }
    }

    #[test]
    fn no_bytes_upset_the_reader_of_rules(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(faults) = read_rules(&bytes) {
            prop_assert!(!faults.list().is_empty());
        }
    }

    #[test]
    fn a_table_is_read_whole_or_its_faults_have_lines_within_it(file in table()) {
        let lines = u64::try_from(file.matches('\n').count() + file.matches('\r').count()).unwrap() + 1;
        match read_people(file.as_bytes(), &[]) {
            Ok(list) => prop_assert!(list.iter().all(|entry| !entry.person.id.is_empty() && entry.line <= lines)),
            Err(faults) => {
                prop_assert!(faults.list().iter().all(|fault| fault.line.is_none_or(|line| (1..=lines).contains(&line))), "{faults:?}");
            }
        }
    }

    #[test]
    fn any_two_files_end_in_a_checked_plan_or_in_words(file in table(), rules in rules()) {
        let Ok(rules) = read_rules(rules.as_bytes()) else { return Ok(()) };
        let Ok(list) = read_people(file.as_bytes(), &rules.ignore_columns) else { return Ok(()) };
        let Ok(programme) = assemble(list, &rules, date(2027, 1, 4)) else { return Ok(()) };
        match run(&programme, &Order { steps: Some(200), ..Order::default() }) {
            Ok(formed) => {
                let seats: usize = formed.plan.groups.iter().map(|group| group.participants.len()).sum();
                prop_assert_eq!(seats, formed.plan.score.placed);
                prop_assert!(csv(&programme, &formed.plan).starts_with("group,role,id"));
                prop_assert!(markdown(&programme, &formed, Detail::Full).starts_with("# Groups"));
            }
            Err(Stuck::Contradiction { words, .. }) => prop_assert!(words.ends_with('.'), "{}", words),
            Err(Stuck::Unlawful(words)) => prop_assert!(false, "{words:?}"),
        }
    }
}
