//! Rounds of small groups: repeats against chance and against the bound of counting.

use super::Options;
use super::clock::Seconds;
use roundtable::domain::formation::rounds::{Agenda, Circle, known_rounds, most_fresh_rounds, plan};

/// Cells of the table: groups, size, and the most rounds without a repeat that are known.
const KNOWN: [(usize, usize, usize); 17] = [
    (4, 3, 4),
    (4, 4, 5),
    (5, 3, 7),
    (5, 4, 5),
    (5, 5, 6),
    (6, 3, 8),
    (6, 4, 7),
    (6, 5, 6),
    (6, 6, 3),
    (7, 3, 10),
    (7, 4, 9),
    (7, 5, 7),
    (7, 7, 8),
    (8, 3, 11),
    (8, 4, 10),
    (8, 8, 9),
    (10, 4, 13),
];

/// One circle: `--rounds PEOPLE SIZE ROUNDS [--units N] [--seconds S] [--seed N]`.
pub fn run(options: &Options) {
    let numbers: Vec<usize> =
        options.values("--rounds").iter().filter_map(|text| text.parse().ok()).collect();
    let [people, size, rounds] = numbers[..] else { return table(options) };
    let mut circle = Circle::new(people, size, rounds);
    let units: u32 = options.number("--units", 0);
    if units > 0 {
        circle.per_unit = 1;
        circle.units =
            (0..u32::try_from(people).expect("a small number")).map(|person| Some(person % units)).collect();
    }
    let (agenda, used) = planned(&circle, options.number("--seconds", 5.0), options);
    println!(
        "repeats {} bound {} crowded {} {:?} {used:.3} s",
        agenda.repeats, agenda.fewest_repeats, agenda.crowded, agenda.origin
    );
}

/// The cells of the table, and the two large cases.
pub fn table(options: &Options) {
    println!(
        "| groups x size | rounds | repeats by chance | repeats | bound | from | held by design | most by counting | seconds |"
    );
    println!("|---|---:|---:|---:|---:|---|---:|---:|---:|");
    for (groups, size, rounds) in KNOWN {
        row(&Circle::new(groups * size, size, rounds), options);
    }
    let mut departments = Circle::new(40, 4, 6);
    departments.units = (0..40).map(|person| Some(person % 8)).collect();
    departments.per_unit = 1;
    row(&departments, options);
    row(&Circle::new(1_000, 4, 12), options);
    row(&Circle::new(1_000, 4, 52), options);
}

fn row(circle: &Circle, options: &Options) {
    let (agenda, used) = planned(circle, options.number("--seconds", 3.0), options);
    let groups = circle.people / circle.size;
    println!(
        "| {groups}x{}{} | {} | {} | {} | {} | {:?} | {} | {} | {used:.3} |",
        circle.size,
        if circle.units.is_empty() { "" } else { ", 8 departments" },
        circle.rounds,
        by_chance(circle),
        agenda.repeats,
        agenda.fewest_repeats,
        agenda.origin,
        known_rounds(groups, circle.size),
        most_fresh_rounds(circle),
    );
}

fn planned(circle: &Circle, seconds: f64, options: &Options) -> (Agenda, f64) {
    let mut clock = Seconds::new(seconds);
    let agenda = plan(circle, options.number("--seed", 1), &mut clock).expect("a circle without faults");
    (agenda, clock.used())
}

/// Repeats of rounds dealt by chance, the mean of some deals.
fn by_chance(circle: &Circle) -> u64 {
    const DEALS: u64 = 20;
    let mut state = 88_172_645_463_325_252_u64;
    let mut sum = 0;
    for _ in 0..DEALS {
        let mut met = std::collections::HashSet::new();
        for _ in 0..circle.rounds {
            let mut people: Vec<usize> = (0..circle.people).collect();
            for last in (1..people.len()).rev() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                people.swap(last, usize::try_from(state % (last as u64 + 1)).expect("small"));
            }
            for group in people.chunks(circle.size) {
                for (index, a) in group.iter().enumerate() {
                    for b in &group[index + 1..] {
                        sum += u64::from(!met.insert((*a.min(b), *a.max(b))));
                    }
                }
            }
        }
    }
    sum / DEALS
}
