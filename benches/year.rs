//! A simulated year: monthly meetups of all groups, every nudge sent, both pulses answered by everybody through the
//! form. `cargo bench --bench year [-- 100 1000 10000]`
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Instant;

use common::{Bench, START};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut sizes: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![100, 1_000];
    }
    println!(
        "| people | groups formed in | published in | the year | messages | pulse forms | per message |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for people in sizes {
        one(people).await;
    }
}

async fn one(people: usize) {
    let bench = Bench::new().await;
    bench.program(people).await;
    let begun = Instant::now();
    bench.says("boss", "groups preview").await;
    let formed = begun.elapsed();
    let begun = Instant::now();
    bench.says("boss", "groups publish bench yes").await;
    let published = begun.elapsed();
    let begun = Instant::now();
    let end = START.plus_days(365);
    let mut answers = 0_usize;
    loop {
        while bench.core.tick().await.expect("ticks").unfinished {}
        let asked = std::mem::take(&mut *bench.silent.asked.lock().expect("not poisoned"));
        for (account, command) in asked {
            let values: BTreeMap<String, String> = (1..=8)
                .map(|n| (format!("p{n}"), "4".to_owned()))
                .chain([("rec".into(), "8".into())])
                .collect();
            let values =
                if account.trim_start_matches('u').parse::<usize>().is_ok_and(|n| n.is_multiple_of(8)) {
                    values.into_iter().map(|(k, v)| (k.replace('p', "m"), v)).collect()
                } else {
                    values
                };
            bench.files(&account, &command, values).await;
            answers += 1;
        }
        match bench.core.next_due().await.expect("reads") {
            Some(next) if next <= end => bench.clock.turn_to(next),
            _ => break,
        }
    }
    let year = begun.elapsed();
    let sent = bench.silent.sent.load(Ordering::Relaxed);
    #[allow(clippy::cast_precision_loss)]
    let each = year.as_secs_f64() * 1e6 / sent as f64;
    println!(
        "| {people} | {:.2} s | {:.2} s | {:.2} s | {sent} | {answers} | {each:.0} µs |",
        formed.as_secs_f64(),
        published.as_secs_f64(),
        year.as_secs_f64()
    );
}
