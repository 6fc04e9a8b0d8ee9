//! Mentoring pools made from a seed: `-- --pool N --seed N --seconds S` prints one line with placed, unplaced,
//! violations, score and bound; `--steps N` gives a budget of steps instead, `--greedy` only builds, and `--peers`
//! prints lines for a random and a greedy peer first; `--export FILE` only writes the people as CSV. A fifth of the people mentor one group of three to five each;
//! employers, reporting lines, pairs kept apart or together, languages and hours all bind.
//!
//! Invariant: the same number and seed give the same pool on every machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use roundtable::domain::formation::{
    Budget, IndustryWish, Person, Plan, Problem, Rules, Setup, Watch, Weights, form_with, verify,
};
use roundtable::domain::week::WeekMask;

/// Hours from UTC of the zones, and how many of a hundred people live there.
const ZONES: [(i32, usize); 8] = [(-8, 10), (-5, 18), (-3, 8), (0, 16), (1, 22), (2, 10), (5, 10), (8, 6)];
const TOPICS: f64 = 24.0;
/// People above which the solver uses all cores.
const LARGE: usize = 12_000;
const LANGUAGES: [(&str, f64); 5] = [("en", 0.85), ("es", 0.25), ("de", 0.18), ("fr", 0.18), ("pt", 0.08)];

/// A small generator of its own, so that pools never change with a library.
pub struct Rng(u64, u64);

impl Rng {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        };
        let first = next();
        Self(first | 1, next())
    }

    fn bits(&mut self) -> u64 {
        let (first, mut second) = (self.0, self.1);
        let drawn = first.wrapping_add(second);
        second ^= first;
        self.0 = first.rotate_left(24) ^ second ^ (second << 16);
        self.1 = second.rotate_left(37);
        drawn
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(((self.bits() >> 32) * limit as u64) >> 32).expect("below the limit")
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }
}

/// One person before names are given; people are numbers, mentors come first.
pub struct Draft {
    pub organisation: usize,
    pub department: usize,
    pub level: u8,
    pub languages: u8,
    pub week: WeekMask,
    pub topics: u32,
    pub manager: Option<usize>,
    pub wishes: Vec<usize>,
    pub met: Vec<usize>,
    pub never: Option<usize>,
    pub must: Option<usize>,
}

fn draft(rng: &mut Rng, is_mentor: bool, organisations: usize) -> Draft {
    let organisation = ((rng.unit() * rng.unit()) * organisations as f64) as usize % organisations;
    let (mut left, mut zone) = (rng.below(100), 0);
    while left >= ZONES[zone].1 {
        left -= ZONES[zone].1;
        zone += 1;
    }
    let shift = i32::try_from(rng.below(3)).expect("small") - 1;
    let mut week = WeekMask::EMPTY;
    for day in 0..5 {
        let mut hour = 8;
        while hour < 18 {
            if rng.unit() < 0.42 {
                let length = 1 + i32::try_from(rng.below(2)).expect("small");
                for later in 0..length {
                    let utc = (day * 24 + hour + later + shift - ZONES[zone].0).rem_euclid(168);
                    week.set(usize::try_from(utc).expect("not negative"));
                }
                hour += length;
            }
            hour += 1;
        }
    }
    let mut languages = u8::from(rng.unit() < LANGUAGES[0].1);
    for (at, language) in LANGUAGES.iter().enumerate().skip(1) {
        if rng.unit() < language.1 {
            languages |= 1 << at;
        }
    }
    let wanted = if is_mentor { 4 + rng.below(5) } else { 3 + rng.below(3) };
    let mut topics = 0_u32;
    while topics.count_ones() < u32::try_from(wanted).expect("small") {
        topics |= 1 << (rng.unit() * rng.unit() * TOPICS) as u32;
    }
    let level = if is_mentor { 4 + rng.below(6) } else { 1 + rng.below(5) };
    Draft {
        organisation,
        department: rng.below(8),
        level: u8::try_from(level).expect("small"),
        languages: if languages == 0 { 2 } else { languages },
        week,
        topics,
        manager: None,
        wishes: Vec::new(),
        met: Vec::new(),
        never: None,
        must: None,
    }
}

/// Somebody senior of the same organisation becomes the manager.
fn managers(rng: &mut Rng, people: &mut [Draft], organisations: usize) {
    let mut staffs: Vec<Vec<usize>> = vec![Vec::new(); organisations];
    for (at, person) in people.iter().enumerate() {
        staffs[person.organisation].push(at);
    }
    for staff in staffs {
        for &at in &staff {
            people[at].manager = (0..6)
                .map(|_| staff[rng.below(staff.len())])
                .find(|other| people[*other].level > people[at].level);
        }
    }
}

fn ties(rng: &mut Rng, people: &mut [Draft], mentors: usize) {
    let count = people.len();
    for at in mentors..count {
        if rng.unit() < 0.35 {
            for _ in 0..=rng.below(3) {
                let mut best = (0, 0);
                for _ in 0..8 {
                    let mentor = rng.below(mentors);
                    let shared = (people[mentor].topics & people[at].topics).count_ones();
                    if shared >= best.0 {
                        best = (shared, mentor);
                    }
                }
                people[at].wishes.push(best.1);
            }
        }
        for _ in 0..rng.below(4) {
            let other = rng.below(count);
            people[at].met.push(other);
        }
        if rng.unit() < 0.03 {
            people[at].never = Some(rng.below(count));
        }
        if rng.unit() < 0.02 {
            let other = mentors + rng.below(count - mentors);
            let (a, b) = (&people[at], &people[other]);
            let free = a.must.is_none() && b.must.is_none() && other != at;
            let may = a.organisation != b.organisation && a.never != Some(other) && b.never != Some(at);
            if free && may && a.week.and(b.week).count() >= 4 && a.languages & b.languages != 0 {
                people[at].must = Some(other);
                people[other].must = Some(at);
            }
        }
    }
}

/// The rules and weights of these pools.
fn rules() -> Rules {
    Rules {
        min_participants: 3,
        max_participants: 5,
        max_mentors: 1,
        industry: IndustryWish::Ignore,
        mentor_industry: IndustryWish::Ignore,
        weights: Weights {
            needs: 300,
            wishes: 200,
            levels: 100,
            goals: 90,
            hours: 50,
            departments: 45,
            new_faces: 30,
            spread: 30,
            interests: 0,
            mentor_industry: 0,
            industry: 0,
            units: 0,
            size: 0,
            credentials: 0,
            regions: 0,
            load: 0,
            fairness: 0,
        },
        ..Rules::default()
    }
}

/// The id of a person with a number.
pub fn id(at: usize) -> String {
    format!("p{at:06}")
}

/// People of a pool before names are given.
pub fn drafts(count: usize, seed: u64) -> Vec<Draft> {
    let mut rng = Rng::new(seed);
    let (mentors, organisations) = (count / 5, (count / 12).max(8));
    let mut people: Vec<Draft> = (0..count).map(|at| draft(&mut rng, at < mentors, organisations)).collect();
    managers(&mut rng, &mut people, organisations);
    ties(&mut rng, &mut people, mentors);
    people
}

/// The pool of this many people.
pub fn pool(count: usize, seed: u64) -> Problem {
    let (people, mentors) = (drafts(count, seed), count / 5);
    let mut problem = Problem { rules: rules(), ..Problem::default() };
    for (at, draft) in people.iter().enumerate() {
        let topics: Vec<String> =
            (0..32).filter(|bit| draft.topics >> bit & 1 == 1).map(|bit| format!("topic {bit}")).collect();
        let is_mentor = at < mentors;
        let spoken = LANGUAGES.iter().enumerate().filter(|(bit, _)| draft.languages >> bit & 1 == 1);
        problem.people.push(Person {
            id: id(at),
            unit: format!("organisation {}", draft.organisation),
            department: format!("department {}", draft.department),
            level: draft.level,
            needs: if is_mentor { Vec::new() } else { topics.clone() },
            goals: if is_mentor { Vec::new() } else { topics.clone() },
            offers: if is_mentor { topics } else { Vec::new() },
            languages: spoken.map(|(_, language)| language.0.to_owned()).collect(),
            week: draft.week,
            mentor_capacity: u8::from(is_mentor),
            participant: !is_mentor,
            wishes: draft.wishes.iter().map(|at| id(*at)).collect(),
            ..Person::default()
        });
        if let Some(manager) = draft.manager {
            problem.managers.insert(id(at), id(manager));
        }
        problem.met.extend(draft.met.iter().filter(|other| **other != at).map(|other| (id(at), id(*other))));
        if let Some(other) = draft.must.filter(|other| *other > at) {
            problem.must.push((id(at), id(other)));
        }
        if let Some(other) = draft.never.filter(|other| *other != at && draft.must != Some(*other)) {
            problem.never.push((id(at), id(other)));
        }
    }
    problem
}

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
    // Twice each, because others may use the machine for a while.
    let fastest = |steps| (0..2).map(|_| solve(&trial, 1, steps, 60.0).processor).fold(60.0, f64::min);
    let (base, took) = (fastest(0), fastest(800_000));
    let rate = 800_000.0 / (took - base).max(took * 0.5).max(0.01);
    // Steps take longer when the pool outgrows the caches; setting up and explaining takes its share.
    // In a small pool nearly all steps are the proof's.
    let (pace, setup) = match count {
        0..=400 => (0.5, 0.0),
        401..=2_000 => (0.9, 0.1),
        2_001..=LARGE => (0.55, 1.2 * count as f64 / 10_000.0),
        _ => (0.3 * cores() as f64, 5.5 * count as f64 / 100_000.0),
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
        text += &format!(
            "{},{role},organisation {},department {},{},{}\n",
            id(at),
            one.organisation,
            one.department,
            one.level,
            one.topics
        );
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
