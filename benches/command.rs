//! How long a person waits: commands through `Core::handle` on a SQLite file with 10,000 people.
//! `cargo bench --bench command [-- PEOPLE]`
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

mod common;

use std::time::{Duration, Instant};

use common::{Bench, percentile};

const ROUNDS: usize = 500;

#[tokio::main]
async fn main() {
    let people = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(10_000);
    let bench = Bench::new().await;
    bench.program(people).await;
    bench.says("boss", "groups preview").await;
    bench.says("boss", "groups publish bench yes").await;
    while bench.core.tick().await.expect("ticks").unfinished {}
    println!("| command | median | p99 | worst |");
    println!("|---|---:|---:|---:|");
    let mut all = Vec::new();
    for (label, text) in [
        ("help", "help"),
        ("meetup next", "meetup next"),
        ("meetup rsvp yes", "meetup rsvp yes"),
        ("profile needs=…", "profile needs=stakeholders"),
        ("snooze 3 days", "snooze 3 days"),
        ("inbox", "inbox"),
        ("groups show", "groups show"),
        ("an unknown word", "metup next"),
    ] {
        let mut times = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            // Participants only: every eighth is a mentor.
            let account = format!("u{}", (round * 37 % (people - 1)) / 8 * 8 + 1 + round % 7);
            let begun = Instant::now();
            let reply = bench.says(&account, text).await;
            times.push(begun.elapsed());
            std::hint::black_box(reply);
        }
        all.extend(times.iter().copied());
        report(label, times);
    }
    report("all of them", all);
}

fn report(label: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |d: Duration| format!("{:.2} ms", d.as_secs_f64() * 1e3);
    let worst = times.last().copied().unwrap_or_default();
    println!(
        "| {label} | {} | {} | {} |",
        ms(percentile(&times, 0.5)),
        ms(percentile(&times, 0.99)),
        ms(worst)
    );
}
