//! `roundtable form`: groups from plain files, for a programme office without a chat.
//!
//! Invariant: nothing is written unless the plan was checked, and never over what is read; files are read whole or not
//! at all.
#![allow(clippy::print_stdout, clippy::print_stderr)] // The terminal is this file's business.

use std::fs;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use crate::clock::{Clock as _, SystemClock};
use crate::domain::civil::Zone;
use crate::domain::formation::{Phase, Progress, Watch};
use crate::form::{self, Detail, Order, Stuck};

/// What `roundtable form` is given.
#[derive(Debug, Args)]
pub(super) struct Form {
    /// List of people (CSV). The first line names the columns; docs/forming-groups.md lists them.
    #[arg(long, value_name = "FILE")]
    people: PathBuf,
    /// Rules (TOML). Without them the usual rules hold.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Where chance starts; the same files and seed give the same groups.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Most seconds to search. Without it a number of steps decides, and a run repeats exactly.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    time_limit: Option<u64>,
    /// Tell the reasons for each person, and why people are left out.
    #[arg(long)]
    explain: bool,
    /// Write the plan to NAME.csv and the report to NAME.md instead of the terminal.
    #[arg(long, value_name = "NAME")]
    out: Option<PathBuf>,
}

/// Carries the command out: 0 with a plan, 1 when the rules contradict each other, 2 when a file has faults.
pub(super) fn run(order: &Form) -> ExitCode {
    match carry_out(order) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, words)) => {
            eprintln!("{}", words.trim_end());
            ExitCode::from(code)
        }
    }
}

fn carry_out(order: &Form) -> Result<(), (u8, String)> {
    let places = places(order).map_err(|words| (2, words))?;
    let programme = read(order).map_err(|words| (2, words))?;
    let people = programme.problem.people.len();
    // A limit of time comes with more steps than fit into it.
    let steps = order.time_limit.map(|_| u64::MAX >> 20);
    let (watch, patience) = (Clockwork::new(order.time_limit, people), Clockwork::new(order.time_limit, 0));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let explain = order.explain.then_some(&patience as &dyn Watch);
    let formed = form::run(&programme, &Order { seed: order.seed, steps, threads, watch: &watch, explain });
    watch.finish();
    let formed = formed.map_err(|stuck| match stuck {
        Stuck::Contradiction { words, lines } => {
            (1, format!("These groups cannot be formed. {words}{}", stands(order, &lines)))
        }
        Stuck::Unlawful(words) => {
            let words = words.join("\n");
            (1, format!("The plan did not pass its check, so it is kept back. Please report this:\n{words}"))
        }
    })?;
    let detail = if order.explain { Detail::Full } else { Detail::Short };
    let report = form::markdown(&programme, &formed, detail);
    let Some(places) = places else {
        super::show(&report);
        return Ok(());
    };
    for (path, text) in places.iter().zip([form::csv(&programme, &formed.plan), report]) {
        let wrong = |error| {
            (2, format!("{} cannot be written: {error}. Choose another place with --out.", path.display()))
        };
        fs::write(path, text).map_err(wrong)?;
        println!("Wrote {}.", path.display());
    }
    Ok(())
}

/// The lines of the rules that a contradiction is about.
fn stands(order: &Form, lines: &[u64]) -> String {
    let Some(rules) = order.rules.as_ref().filter(|_| !lines.is_empty()) else {
        return String::new();
    };
    let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("\nThis stands in {}, {word} {}.", rules.display(), numbers.join(" and "))
}

/// Where table and report go, which is never a file that is read; none without `--out`.
fn places(order: &Form) -> Result<Option<[PathBuf; 2]>, String> {
    let Some(name) = &order.out else {
        return Ok(None);
    };
    let place = |ending: &str| {
        let mut path = name.clone().into_os_string();
        path.push(ending);
        PathBuf::from(path)
    };
    let places = [place(".csv"), place(".md")];
    // What is not there yet has no canonical name, and overwrites nothing.
    for (path, there) in places.iter().filter_map(|path| Some((path, fs::canonicalize(path).ok()?))) {
        let read = [("--people", Some(&order.people)), ("--rules", order.rules.as_ref())];
        let own = read.into_iter().filter_map(|(option, input)| Some((option, input?)));
        for (option, input) in own {
            if fs::canonicalize(input).is_ok_and(|input| input == there) {
                return Err(format!(
                    "--out {} would write the plan over a file that it is made from: {} is {option} {}. Nothing was \
                     written. Choose another name, such as --out {}-groups.",
                    name.display(),
                    path.display(),
                    input.display(),
                    name.display()
                ));
            }
        }
    }
    Ok(Some(places))
}

fn read(order: &Form) -> Result<form::Programme, String> {
    let people = order.people.display().to_string();
    let rules = order.rules.as_ref().map_or_else(String::new, |path| path.display().to_string());
    let file = match &order.rules {
        Some(path) => form::read_rules(&bytes(path)?).map_err(|faults| faults.told(&rules))?,
        None => form::RulesFile::default(),
    };
    let list = form::read_people(&bytes(&order.people)?, &file.ignore_columns);
    let list = list.map_err(|faults| faults.told(&people))?;
    let today = Zone::utc().date(SystemClock.now());
    form::assemble(list, &file, today).map_err(|both| both.people.told(&people) + &both.rules.told(&rules))
}

/// A file, unless it is larger than anything that is read.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |error| format!("{} cannot be read: {error}. Check the name of the file.", path.display());
    let mut file = fs::File::open(path).map_err(wrong)?;
    let size = file.metadata().map_err(wrong)?.len();
    let most = u64::try_from(form::MOST_BYTES).unwrap_or(u64::MAX);
    if size > most {
        return Err(format!("{}, {}", path.display(), form::too_large(size)));
    }
    let mut bytes = Vec::new();
    // What grows while it is read, or has no size, is measured by its reader.
    file.by_ref().take(most + 1).read_to_end(&mut bytes).map_err(wrong)?;
    Ok(bytes)
}

/// Stops a search when its time is up, and shows on a terminal how far it has come.
struct Clockwork {
    start: Instant,
    limit: Option<Duration>,
    shows: bool,
    shown: AtomicU64,
}

impl Clockwork {
    fn new(limit: Option<u64>, people: usize) -> Self {
        let shows = people >= 1_000 && std::io::stderr().is_terminal();
        Self { start: Instant::now(), limit: limit.map(Duration::from_secs), shows, shown: AtomicU64::new(0) }
    }

    /// Takes the line of progress away.
    fn finish(&self) {
        if self.shown.load(Ordering::Relaxed) > 0 {
            eprint!("\r{:60}\r", "");
        }
    }
}

impl Watch for Clockwork {
    fn stop(&self) -> bool {
        self.limit.is_some_and(|limit| self.start.elapsed() >= limit)
    }

    fn progress(&self, progress: Progress) {
        let second = self.start.elapsed().as_secs();
        if !self.shows || self.shown.swap(second, Ordering::Relaxed) == second {
            return;
        }
        let doing = match progress.phase {
            Phase::Build => "building",
            Phase::Improve => "improving",
            Phase::Prove => "proving",
        };
        eprint!("\r{second} s, {doing}: {} placed, {} without a seat   ", progress.placed, progress.unplaced);
    }
}
