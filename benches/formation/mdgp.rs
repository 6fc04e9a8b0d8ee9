//! Maximally diverse grouping on files of the public benchmark set, and on generated instances of the same kinds.

use super::Options;
use super::clock::Seconds;
use roundtable::domain::formation::diverse::{Instance, Limits, group_in_lanes};
use std::fmt::Write as _;
use std::io::Read;

/// Reads one file, plain or gzip, and prints what is found; the last line is `objective VALUE`.
pub fn run(options: &Options) {
    let path = options.values("--mdgp").first().expect("--mdgp needs a file").to_string();
    let (instance, unit) = parse(&text_of(&path)).unwrap_or_else(|fault| panic!("{path}: {fault}"));
    let (value, used, groups) = solve(&instance, options.number("--seconds", 3.0), options);
    if let Some(out) = options.values("--groups").first() {
        let line = |(person, group): (usize, &usize)| format!("{person},{group}\n");
        let text: String = groups.iter().enumerate().map(line).collect();
        std::fs::write(out, text).unwrap_or_else(|fault| panic!("{out}: {fault}"));
    }
    println!("{path}: {} people, {} groups, {used:.2} s", instance.people(), instance.limits().len());
    println!("objective {}", in_units(value, unit));
}

/// Generated instances of three kinds and two sizes.
pub fn table(options: &Options) {
    println!("| instance | seconds | objective |\n|---|---:|---:|");
    for (people, groups, seconds) in [(120, 10, 1.0), (480, 20, 3.0)] {
        for kind in [Kind::Whole, Kind::Real, Kind::Points] {
            let text = generated(kind, people, groups, options.number("--seed", 1));
            let (instance, unit) = parse(&text).expect("a generated instance");
            let (value, ..) = solve(&instance, seconds, options);
            println!("| {kind:?} n={people} | {seconds} | {} |", in_units(value, unit));
        }
    }
}

fn solve(instance: &Instance, seconds: f64, options: &Options) -> (i64, f64, Vec<usize>) {
    let (seed, lanes) = (options.number("--seed", 1), options.number("--lanes", 1));
    let clock = Seconds::new(seconds);
    let ways = (lanes, options.number("--threads", 1));
    let grouping = group_in_lanes(instance, seed, ways, |_| Seconds::new(seconds));
    assert!(instance.is_valid(&grouping.groups), "a grouping breaks a bound");
    assert_eq!(instance.value(&grouping.groups), grouping.value, "a value is counted wrongly");
    (grouping.value, clock.used(), grouping.groups)
}

/// A value in the file's own unit.
fn in_units(value: i64, unit: i64) -> String {
    if unit == 1 {
        return value.to_string();
    }
    let places = unit.ilog10() as usize;
    let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let unit = unit.unsigned_abs();
    format!("{sign}{}.{:0places$}", size / unit, size % unit)
}

fn text_of(path: &str) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|fault| panic!("{path}: {fault}"));
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).expect("the file is text");
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("the file is gzip of text");
    text
}

/// `n G kind l1 u1 … lG uG`, then `i j distance` lines. Returns the instance and how many of its
/// units make one of the file's.
fn parse(text: &str) -> Result<(Instance, i64), String> {
    let mut words = text.split_ascii_whitespace();
    let mut whole = |what: &str| {
        let word = words.next().ok_or_else(|| format!("{what} is missing"))?;
        word.parse::<usize>().map_err(|_| format!("{what} should be a number, not {word}"))
    };
    let (people, groups) = (whole("the number of people")?, whole("the number of groups")?);
    words.next();
    let mut limits = Vec::new();
    for _ in 0..groups {
        let mut bound =
            || words.next().and_then(|word| word.parse().ok()).ok_or("a group's bounds are missing");
        limits.push(Limits { least: bound()?, most: bound()? });
    }
    let mut matrix = vec![0.0_f64; people * people];
    let mut places = 0;
    while let Some(first) = words.next() {
        let (Some(second), Some(apart)) = (words.next(), words.next()) else {
            return Err("the last line is cut".into());
        };
        let at =
            |word: &str| word.parse().ok().filter(|index| *index < people).ok_or(format!("no person {word}"));
        let (a, b): (usize, usize) = (at(first)?, at(second)?);
        let value: f64 = apart.parse().map_err(|_| format!("{apart} is no distance"))?;
        places =
            places.max(apart.split_once('.').map_or(0, |(_, digits)| digits.trim_end_matches('0').len()));
        matrix[a * people + b] = value;
        matrix[b * people + a] = value;
    }
    // As many decimal places as the file has, or fewer if the sums would not fit.
    for places in (0..=places.min(6)).rev() {
        let unit = 10_i64.pow(u32::try_from(places).expect("at most six"));
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        let made = Instance::new(people, limits.clone(), |a, b| {
            (matrix[a * people + b] * unit as f64).round() as i32
        });
        match made {
            Ok(instance) => return Ok((instance, unit)),
            Err(fault) if places == 0 => return Err(fault.to_string()),
            Err(_) => {}
        }
    }
    Err("no scale fits".into())
}

/// Kinds of instances: whole or real distances from 0 to 100, or distances of points in a cube.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Whole,
    Real,
    Points,
}

/// An instance with groups of one size, as a file's text.
fn generated(kind: Kind, people: usize, groups: usize, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = move |limit: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(((state >> 32) * u64::from(limit)) >> 32).expect("below the limit")
    };
    let points: Vec<[f64; 8]> =
        (0..people).map(|_| std::array::from_fn(|_| f64::from(draw(100_001)) / 1e3)).collect();
    let mut text = format!("{people} {groups} ss");
    for _ in 0..groups {
        let _ = write!(text, " {0} {0}", people / groups);
    }
    for a in 0..people {
        for b in a + 1..people {
            let apart = match kind {
                Kind::Whole => draw(101).to_string(),
                Kind::Real => format!("{:.3}", f64::from(draw(100_001)) / 1e3),
                Kind::Points => {
                    let squares = points[a].iter().zip(points[b]).map(|(x, y)| (x - y) * (x - y));
                    format!("{:.3}", squares.sum::<f64>().sqrt())
                }
            };
            let _ = write!(text, "\n{a} {b} {apart}");
        }
    }
    text
}
