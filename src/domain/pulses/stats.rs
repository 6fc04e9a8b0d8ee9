//! Arithmetic for small samples. Invariant: intervals are 95 %, stay within their range, and no
//! function is given fewer answers than its caller may show.

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.96;

/// Wilson score interval for a share `k` of `n`, as two shares from 0 to 1.
///
/// `(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)` (Wilson 1927). For few answers it is far
/// better than the plain interval (Sauro and Lewis 2005). The whole range when `n` is 0.
pub fn wilson(k: u32, n: u32) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (size, share) = (f64::from(n), f64::from(k.min(n)) / f64::from(n));
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * size);
    let half = Z * (share * (1.0 - share) / size + z2 / (4.0 * size * size)).sqrt();
    let scale = 1.0 + z2 / size;
    (((centre - half) / scale).clamp(0.0, 1.0), ((centre + half) / scale).clamp(0.0, 1.0))
}

/// Adjusted-Wald interval of a recommendation score, on its scale from -100 to 100.
///
/// Add 3 to `n` and 3/4 each to promoters and detractors; with the new shares `p` and `d` the
/// variance is `p + d - (p - d)²` and the interval `(p - d) ± z √(variance / n)` (Rocks 2016).
pub fn adjusted_wald(promoters: u32, detractors: u32, n: u32) -> (f64, f64) {
    let size = f64::from(n) + 3.0;
    let p = (f64::from(promoters) + 0.75) / size;
    let d = (f64::from(detractors) + 0.75) / size;
    let half = Z * ((p + d - (p - d).powi(2)) / size).sqrt();
    (((p - d - half) * 100.0).max(-100.0), ((p - d + half) * 100.0).min(100.0))
}

/// Which parts of a whole may be shown so that none can be found by subtraction.
///
/// Parts under `least` answers are hidden; while the hidden ones together hold some answers, but
/// fewer than `least`, the next smallest part is hidden too (complementary suppression).
pub fn shown_parts(counts: &[u32], least: u32) -> Vec<bool> {
    let mut shown: Vec<bool> = counts.iter().map(|count| *count >= least).collect();
    loop {
        let hidden: u32 = counts.iter().zip(&shown).filter(|(_, s)| !**s).map(|(count, _)| *count).sum();
        if hidden == 0 || hidden >= least {
            return shown;
        }
        let next = (0..counts.len()).filter(|i| shown[*i]).min_by_key(|i| counts[*i]);
        match next {
            Some(at) => shown[at] = false,
            None => return shown,
        }
    }
}
