//! TEMP research
use super::budget::Budget;
use super::heat::{Heat, ladder};
use super::instance::Instance;
use super::sizes;
use super::state::State;
use super::walk::Walker;

pub struct Conf { pub mode: String, pub rungs: usize, pub hi: f64, pub lo: f64, pub resize: Option<bool>, pub trace: bool }

fn frac(w: &mut Walker<'_>) -> f64 { w.chance.below(1 << 30) as f64 / (1 << 30) as f64 }

pub fn research(it: &Instance, seed: u64, conf: &Conf, budget: &mut dyn Budget) -> (i64, Vec<usize>) {
    let n = it.people();
    let same = it.limits().iter().all(|l| l.least == l.most);
    let mut w = Walker::new(it, seed, conf.resize.unwrap_or(!same));
    let plan = sizes::plan(it);
    let mut s = State::random(it, &plan, &mut w.chance);
    let mut best = s.clone(); w.climb(&mut best);
    // calibration
    let mut sum = 0.0; let mut c = 0.0;
    for _ in 0..2000 { let (x, y) = (w.chance.below(n), w.chance.below(n)); if s.groups[x] != s.groups[y] { sum += f64::from(s.gain(it, x, y).abs()); c += 1.0; } }
    let mut t: f64 = sum / c; let mut th = t; let mut tl;
    loop { let rate = w.walk(&mut s, Heat::new(t), n); if rate > conf.hi { th = t; } tl = t; if rate < conf.lo || budget.spent((n * n) as u64) > 0.1 { break; } t *= 0.96; }
    let upd = |w: &mut Walker<'_>, s: &mut State, best: &mut State| { w.climb(s); if s.value > best.value { best.clone_from(s); true } else { false } };
    upd(&mut w, &mut s, &mut best);
    if conf.trace { eprintln!("calib th={th:.1} tl={tl:.2} f={} share={:.3}", best.value, budget.spent(0)); }
    if conf.mode == "pt" {
        let m = conf.rungs; let mut ts = ladder(th, tl, m); let ev = |k: &str, d: f64| std::env::var(k).map_or(d, |v| v.parse::<f64>().unwrap());
        let (chunk, adapt, ce, cn) = ((n as f64 * ev("CH", 1.0)) as usize, ev("AD", 0.0), ev("CE", 4.0) as u64, ev("CN", (m / 2) as f64) as usize); let mut win = vec![0.0f64; m];
        let mut reps: Vec<State> = (0..m).map(|_| State::random(it, &plan, &mut w.chance)).collect();
        for i in 0..m { let b = budget.spent(0); let share = 0.1 / m as f64; loop { let fr = (budget.spent(0) - b) / share; if fr >= 1.0 { break; }
            let t = th * (ts[i] / th).powf(fr); w.walk(&mut reps[i], Heat::new(t), n); budget.spent((n * n) as u64); } }
        let mut sw = vec![0u64; m]; let mut last = vec![0i64; m]; let mut rates = vec![0.0; m]; let mut round = 0u64;
        while budget.spent((n * chunk * m) as u64) < 1.0 {
            for i in 0..m { rates[i] += w.walk(&mut reps[i], Heat::new(ts[i]), chunk); }
            for i in 0..m - 1 { let d = (1.0 / ts[i] - 1.0 / ts[i + 1]) * (reps[i + 1].value - reps[i].value) as f64;
                // hotter i, colder i+1: swap if the hotter one is better
                if d >= 0.0 || frac(&mut w) < d.exp() { reps.swap(i, i + 1); sw[i] += 1; win[i] += 1.0; } }
            if adapt > 0.0 && round % 100 == 99 && budget.spent(0) < adapt {
                let mean = win[..m - 1].iter().sum::<f64>() / (m - 1) as f64; let mut gaps: Vec<f64> = (0..m - 1).map(|i| (ts[i] / ts[i + 1]).ln() * ((win[i] + 10.0) / (mean + 10.0)).powf(0.5)).collect();
                let total: f64 = gaps.iter().sum(); let want = (ts[0] / ts[m - 1]).ln(); let mut t = ts[0]; for i in 0..m - 1 { gaps[i] *= want / total; t *= (-gaps[i]).exp(); if i + 1 < m - 1 { ts[i + 1] = t; } }
                win.fill(0.0); }

            if round % ce == 0 { for i in m - cn..m { if reps[i].value as f64 > best.value as f64 * 0.985 && reps[i].value != last[i] { last[i] = reps[i].value; let mut q = reps[i].clone(); if upd(&mut w, &mut q, &mut best) && conf.trace { eprintln!("  {:.3} best {} sizes {:?}", budget.spent(0), best.value, best.sizes); } } } }
            round += 1;
        }
        if conf.trace { for i in 0..m { eprintln!("  T={:.1} rate={:.4} swap={:.3} f={}", ts[i], rates[i] / round as f64, sw[i] as f64 / round as f64, reps[i].value); } eprintln!("rounds {round}"); }
    } else if conf.mode == "mem" {
        let p = std::env::var("P").map_or(8, |v| v.parse::<usize>().unwrap()); let kids = std::env::var("KIDS").map_or(40, |v| v.parse::<usize>().unwrap());
        let ct = std::env::var("CT").map_or(0.4, |v| v.parse::<f64>().unwrap()); let first = std::env::var("FIRST").map_or(0.3, |v| v.parse::<f64>().unwrap());
        let b0 = budget.spent(0); let mut pop: Vec<State> = vec![];
        let anneal = |w: &mut Walker<'_>, s: &mut State, from: f64, share: f64, budget: &mut dyn Budget| { let b = budget.spent(0); loop { let fr = (budget.spent((16 * n) as u64) - b) / share; if fr >= 1.0 { break; } let t = from * (tl / from).powf(fr); w.walk(s, Heat::new(t), 16); } w.climb(s); };
        for _ in 0..p { let mut s = State::random(it, &plan, &mut w.chance); anneal(&mut w, &mut s, th, (1.0 - b0) * first / p as f64, budget); upd(&mut w, &mut s, &mut best); pop.push(s); }
        if conf.trace { eprintln!("pop {:?}", pop.iter().map(|s| s.value).collect::<Vec<_>>()); }
        let from = tl * (th / tl).powf(ct); let mut gen_no = 0;
        while budget.spent(0) < 1.0 {
            let i = w.chance.below(p); let j = (i + 1 + w.chance.below(p - 1)) % p;
            let mut child = cross(it, &pop[i], &pop[j], &mut w);
            let v0 = child.value;
            anneal(&mut w, &mut child, from, (1.0 - b0) * (1.0 - first) / kids as f64, budget); upd(&mut w, &mut child, &mut best);
            let _ = v0; gen_no += 1;
            // replace: nearest to child of same value → drop; else worse parent
            let dup = pop.iter().any(|s| s.value == child.value);
            if conf.trace { eprintln!("gen {gen_no} parents {} {} start {} child {} best {} dup {dup}", pop[i].value, pop[j].value, v0, child.value, best.value); }
            if dup { continue; }
            let rep = match std::env::var("REP").as_deref() { Ok("worst") => (0..p).min_by_key(|q| pop[*q].value).unwrap(), _ => if pop[i].value < pop[j].value { i } else { j } };
            if child.value > pop[rep].value || std::env::var("REP").as_deref() == Ok("always") { pop[rep] = child; }
        }
    } else {
        let mut rows = 0u64; let b = budget.spent(0); loop { let fr = (budget.spent((64 * n) as u64) - b) / (1.0 - b); if fr >= 0.985 { break; } let t = th * (tl / th).powf(fr); w.walk(&mut s, Heat::new(t), 64); rows += 64; }
        upd(&mut w, &mut s, &mut best); if conf.trace { eprintln!("rows {rows} f={}", best.value); }
    }
    (best.value, best.seats(it).iter().map(|g| *g as usize).collect())
}

fn cross(it: &Instance, a: &State, b: &State, w: &mut Walker<'_>) -> State {
    let n = it.people(); let k = it.limits().len(); let mut seat = vec![-1i32; n]; let mut used = vec![false; k]; // slots by target group
    let sizes = a.sizes.clone();
    let mut members = [vec![vec![]; k], vec![vec![]; k]]; for (q, s) in [a, b].iter().enumerate() { for x in 0..n { members[q][s.groups[x] as usize].push(x); } }
    let turn0 = w.chance.below(2);
    for turn in 0..k {
        let q = (turn + turn0) % 2; let mut bestg = None; let mut bv = -1.0f64;
        for g in 0..k { if members[q][g].is_empty() { continue; } let c = members[q][g].iter().filter(|x| seat[**x] < 0).count(); if c == 0 { continue; }
            // a free slot of the same size
            let slot = (0..k).filter(|s| !used[*s] && sizes[*s] >= c).min_by_key(|s| sizes[*s].abs_diff(members[q][g].len())); let Some(slot) = slot else { continue };
            let v = c as f64 / sizes[slot].max(members[q][g].len()) as f64 + 0.05 * w.chance.below(100) as f64 / 100.0; if v > bv { bv = v; bestg = Some((g, slot)); } }
        let Some((g, slot)) = bestg else { break }; used[slot] = true;
        for x in members[q][g].clone() { if seat[x] < 0 { seat[x] = slot as i32; } } members[q][g].clear();
    }
    let mut left: Vec<usize> = (0..n).filter(|x| seat[*x] < 0).collect(); w.chance.shuffle(&mut left);
    let mut have = vec![0; k]; for x in 0..n { if seat[x] >= 0 { have[seat[x] as usize] += 1; } }
    for g in 0..k { while have[g] < sizes[g] { let x = left.pop().unwrap(); seat[x] = g as i32; have[g] += 1; } }
    State::new(it, &seat)
}
