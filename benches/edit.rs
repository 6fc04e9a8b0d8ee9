//! How long staff wait for a change by hand: move, swap and lock through `Core::handle` in a proposal for 10,000 people
//! on a SQLite file. `cargo bench --bench edit [-- PEOPLE]`
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

mod common;

use std::time::{Duration, Instant};

use common::{Bench, percentile};
use roundtable::core::Reply;

const ROUNDS: usize = 300;

#[tokio::main]
async fn main() {
    let people = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(10_000);
    let bench = Bench::new().await;
    bench.program(people).await;
    let begun = Instant::now();
    let reply = bench.says("boss", "groups preview").await;
    println!("groups preview: {:.1} s", begun.elapsed().as_secs_f64());
    assert!(matches!(&reply, Reply::Private(message) if !message.blocks.is_empty()));
    println!("| change | done | refused by a rule | median | p99 | worst |");
    println!("|---|---:|---:|---:|---:|---:|");
    let (all, groups) = (people - 1, people / 9);
    let account = |n: usize| format!("u{}", n % all / 8 * 8 + 1 + n % 7);
    for change in ["groups move", "groups swap", "groups lock"] {
        let (mut times, mut done) = (Vec::with_capacity(ROUNDS), 0);
        for round in 0..ROUNDS {
            let one = account(round * 37);
            let text = match change {
                "groups move" => format!("{change} {one} {}", 1 + round * 7 % groups),
                "groups swap" => format!("{change} {one} {}", account(round * 101 + 4_001)),
                _ => format!("{change} {one}"),
            };
            let begun = Instant::now();
            let reply = bench.says("boss", &text).await;
            times.push(begun.elapsed());
            done += usize::from(format!("{reply:?}").contains("Proposed groups"));
        }
        report(change, done, times);
    }
}

fn report(label: &str, done: usize, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |d: Duration| format!("{:.1} ms", d.as_secs_f64() * 1e3);
    let worst = times.last().copied().unwrap_or_default();
    println!(
        "| {label} | {done} | {} | {} | {} | {} |",
        times.len() - done,
        ms(percentile(&times, 0.5)),
        ms(percentile(&times, 0.99)),
        ms(worst)
    );
}
