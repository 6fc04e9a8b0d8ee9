//! Mentoring pools made from a seed: `-- --pool N --seed N --seconds S` prints one line with placed, unplaced,
//! violations, score and bound; `--steps N` gives a budget of steps instead, `--greedy` only builds, and `--peers`
//! prints lines for a random and a greedy peer first; `--export FILE` only writes the people as CSV.
//!
//! Invariant: every plan is checked by the verifier, and only the solver's own time counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use roundtable::domain::formation::{Budget, Person, Plan, Problem, Setup, Watch, form_with, verify};

use super::generator::{Draft, drafts, id, pool};

/// People above which the solver uses all cores.
const LARGE: usize = 12_000;
/// Seconds of processor time this process has used, where the system tells.
fn processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let ticks = text.rsplit(')').next()?.split_ascii_whitespace().skip(11).take(2);
    Some(ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// A clock that runs with the work, so that other work on the machine takes nothing away; it never
/// shows less than a third of the time by the clock on the wall.
struct Clock {
    begun: Instant,
    used: Option<f64>,
    cores: f64,
}

impl Clock {
    fn new(cores: f64) -> Self {
        Self { begun: Instant::now(), used: processor(), cores }
    }

    fn seconds(&self) -> f64 {
        let wall = self.begun.elapsed().as_secs_f64();
        match (self.used, processor()) {
            (Some(before), Some(now)) => ((now - before) / self.cores).max(wall / 3.0),
            _ => wall,
        }
    }
}

/// Stops a search that takes longer than it may.
struct Deadline {
    clock: Clock,
    limit: f64,
    stopped: AtomicBool,
}

impl Watch for Deadline {
    fn stop(&self) -> bool {
        let late = self.clock.seconds() >= self.limit;
        self.stopped.fetch_or(late, Ordering::Relaxed);
        late
    }
}

/// A plan, how long it took, and whether it was stopped by the clock.
pub struct Run {
    pub plan: Plan,
    pub wall: f64,
    pub processor: f64,
    pub stopped: bool,
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Solves a pool within some seconds of its cores: one core up to 12,000 people, above that all.
pub fn solve(problem: &Problem, seed: u64, iterations: u64, limit: f64) -> Run {
    let used = if problem.people.len() > LARGE { cores() as f64 } else { 1.0 };
    // What comes after the search takes a moment, too.
    let limit = limit * 0.95;
    let watch = Deadline { clock: Clock::new(used), limit, stopped: AtomicBool::new(false) };
    let (start, before) = (Instant::now(), processor());
    let setup = Setup { seed, budget: Budget { iterations }, threads: cores(), watch: &watch };
    let plan = form_with(problem, &setup).expect("pools from the generator hold no contradiction");
    let wall = start.elapsed().as_secs_f64();
    let processor = before.zip(processor()).map_or(wall, |(before, now)| now - before);
    Run { plan, wall, processor, stopped: watch.stopped.load(Ordering::Relaxed) }
}

/// The points of the study that these pools come from, for comparison across programmes and weights: for a mentor
/// and a participant up to 300 for needs, 200 for wishes, 100 for levels and -400 for an earlier meeting; for two
/// participants up to 60 for shared topics, 30 for departments, 20 for levels and -200; 40 for each of five common
/// hours; -4,000 for somebody who has a seat away from the person they must sit with.
pub fn points(problem: &Problem, plan: &Plan) -> i64 {
    let people: BTreeMap<&str, &Person> =
        problem.people.iter().map(|person| (person.id.as_str(), person)).collect();
    let met: BTreeSet<(&str, &str)> =
        problem.met.iter().flat_map(|(a, b)| [(a.as_str(), b.as_str()), (b.as_str(), a.as_str())]).collect();
    let must: BTreeSet<(&str, &str)> =
        problem.must.iter().flat_map(|(a, b)| [(a.as_str(), b.as_str()), (b.as_str(), a.as_str())]).collect();
    let mates: BTreeMap<&str, &str> = must.into_iter().collect();
    let whole = |count: usize| i64::try_from(count).expect("small");
    let mut sum = 0;
    for group in &plan.groups {
        let mentor = people[group.mentors[0].as_str()];
        sum += 40 * i64::from(group.common_hours.count().min(5));
        for (at, id) in group.participants.iter().enumerate() {
            let person = people[id.as_str()];
            let mate = mates.get(id.as_str());
            sum -= if mate.is_some_and(|mate| !group.participants.iter().any(|id| id == mate)) {
                4_000
            } else {
                0
            };
            let covered = person.needs.iter().filter(|need| mentor.offers.contains(need)).count();
            sum += 300 * whole(covered) / whole(person.needs.len());
            let wish = person.wishes.iter().position(|wish| *wish == mentor.id);
            sum += wish.map_or(0, |place| [200, 120, 60][place]);
            sum += match i16::from(mentor.level) - i16::from(person.level) {
                2 | 3 => 100,
                1 | 4 => 50,
                5 => 25,
                _ => 0,
            };
            sum -= if met.contains(&(&person.id, &mentor.id)) { 400 } else { 0 };
            for other in group.participants[..at].iter().map(|id| people[id.as_str()]) {
                let both = person.goals.iter().filter(|goal| other.goals.contains(goal)).count();
                sum += 60 * whole(both) / whole(person.goals.len() + other.goals.len() - both);
                sum += if person.department == other.department { 0 } else { 30 };
                sum += if (1..=2).contains(&person.level.abs_diff(other.level)) { 20 } else { 0 };
                sum -= if met.contains(&(&person.id, &other.id)) { 200 } else { 0 };
            }
        }
    }
    sum
}

/// Steps that fit into the time on this machine, found by a short trial.
pub fn steps_for(count: usize, seconds: f64) -> u64 {
    let trial = pool(1_000, 7);
    // Three times each, because others may use the machine for a while; long enough for a clock of ticks.
    let fastest = |steps| (0..3).map(|_| solve(&trial, 1, steps, 60.0).processor).fold(60.0, f64::min);
    let (base, took) = (fastest(0), fastest(2_400_000));
    let rate = 2_400_000.0 / (took - base).max(took * 0.5).max(0.01);
    // Steps take longer when the pool outgrows the caches; setting up and explaining takes its share.
    // In a small pool nearly all steps are the proof's.
    let (pace, setup) = match count {
        0..=400 => (0.4, 0.0),
        401..=2_000 => (0.8, 0.1),
        2_001..=LARGE => (0.45, 1.2 * count as f64 / 10_000.0),
        _ => (0.22 * cores() as f64, 5.5 * count as f64 / 100_000.0),
    };
    (rate * pace * (seconds * 0.9 - setup).max(0.1)) as u64
}

/// The line that describes a plan.
pub fn line(problem: &Problem, plan: &Plan) -> String {
    let score = plan.score;
    let violations = verify(problem, plan).len();
    let bound = match plan.bound {
        Some(bound) => format!(
            "{} (placed {}, weakest {}, {})",
            bound.total,
            bound.placed,
            bound.worst_group,
            if bound.optimal { "optimal" } else { "not proven optimal" }
        ),
        None => "none".to_owned(),
    };
    format!(
        "placed {} unplaced {} violations {violations} score {} bound {bound} weakest {} points {}",
        score.placed,
        score.unplaced,
        score.total,
        score.worst_group,
        points(problem, plan)
    )
}

/// Writes the people of a pool as CSV, topics as a number whose bits they are.
fn export(people: &[Draft], path: &str) {
    let mut text = "id,role,organisation,department,level,topics\n".to_owned();
    for (at, one) in people.iter().enumerate() {
        let role = if at < people.len() / 5 { "mentor" } else { "participant" };
        let line = format!(
            "{},{role},organisation {},department {},{},{}\n",
            id(at),
            one.organisation,
            one.department,
            one.level,
            one.topics
        );
        text.push_str(&line);
    }
    std::fs::write(path, text).unwrap_or_else(|fault| panic!("{path}: {fault}"));
}

/// Runs the pool that the options name and prints its line.
pub fn run(options: &super::Options) {
    let count: usize = options.number("--pool", 100);
    let seed: u64 = options.number("--seed", 1);
    if let Some(path) = options.values("--export").first() {
        return export(&drafts(count, seed), path);
    }
    let seconds: f64 = options.number("--seconds", 10.0);
    let problem = pool(count, seed);
    if options.has("--peers") {
        for (name, greedy) in [("random", false), ("greedy", true)] {
            let clock = Clock::new(1.0);
            let plan = super::peers::plan(&problem, &drafts(count, seed), greedy, seed);
            println!("{name}: {} seconds {:.2}", line(&problem, &plan), clock.seconds());
        }
    }
    let given: u64 = options.number("--steps", 0);
    let steps = if given > 0 || options.has("--greedy") { given } else { steps_for(count, seconds) };
    let Run { plan, wall, processor, stopped } = solve(&problem, seed, steps, seconds);
    let early = if stopped { " stopped" } else { "" };
    let line = line(&problem, &plan);
    println!(
        "{line} people {count} seed {seed} seconds {wall:.2} processor {processor:.2}{early} steps {steps}"
    );
}
