//! Research.
#![allow(missing_docs, dead_code)]
mod agenda; mod bound; mod circle; mod field; mod pairs; mod starter;
pub use circle::Circle;
pub fn hunt_print(turn: usize, sizes: Vec<usize>, standing: usize, seed: u64, b: &mut dyn crate::domain::formation::diverse::Budget) -> Option<String> {
    let mut c = crate::domain::formation::chance::Chance::new(seed); let frame = starter::Frame { turn, sizes, standing };
    if !frame.is_open() { return Some("closed".into()); }
    starter::hunt(&frame, &mut c, b, 1.0).map(|s| { let mut met = std::collections::BTreeSet::new(); let mut rep = 0; for g in s.rounds().iter().flatten() { for i in 0..g.len() { for j in 0..i { let p = (g[i].min(g[j]), g[i].max(g[j])); rep += u32::from(!met.insert(p)); } } } format!("rounds {} repeats {rep} {:?}", s.rounds().len(), s.parts_()) })
}
