//! Temperatures, and the whole-number slopes that stand for them in a sweep.
//!
//! Invariant: only additions, products and quotients of fractions are used, which every machine
//! rounds alike; no library function that might differ takes part.

/// The bits of 1.0 as `f32`, and how far below them the bits of a weight may go.
const ONE: i32 = 127 << 23;
const DEPTH: i32 = 126 << 23;

/// One temperature: the setback that is taken about once in three times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heat {
    /// The exponent's rise per unit of gain, in units of 2^-23.
    slope: i32,
    /// The gain below which weights fall no further.
    floor: i32,
}

impl Heat {
    pub(super) fn new(degrees: f64) -> Self {
        // 2^(gain * slope / 2^23) = e^(gain / degrees)
        let slope = (std::f64::consts::LOG2_E * f64::from(1 << 23) / degrees.max(f64::MIN_POSITIVE)).round();
        let slope = (slope as i32).clamp(1, 63 << 23);
        Self { slope, floor: -DEPTH / slope }
    }

    /// The weight of one gain: 1 at 0 or above, falling by e with every degree below; next to
    /// nothing, but never 0, for the worst. (The power is a straight line between whole exponents.)
    #[inline(always)]
    pub(super) fn weight(self, gain: i32) -> f32 {
        let bits = gain.min(0).max(self.floor) * self.slope + ONE;
        f32::from_bits(bits as u32)
    }
}

/// Two to the power of `exponent`, at most 1; a straight line between whole exponents.
pub(super) fn odds(exponent: f64) -> f32 {
    let bits = (exponent.clamp(-126.0, 0.0) * f64::from(1 << 23)) as i32 + ONE;
    f32::from_bits(bits as u32)
}

/// The number whose `times`-th power is `power` (between 0 and 1), found by halving.
pub(super) fn root(power: f64, times: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let mut product = 1.0;
        for _ in 0..times {
            product *= middle;
        }
        if product < power { low = middle } else { high = middle }
    }
    high
}

/// Temperatures from the hottest to the coldest in equal proportions.
pub(super) fn ladder(hot: f64, cold: f64, rungs: usize) -> Vec<f64> {
    if rungs < 2 {
        return vec![cold; rungs];
    }
    let factor = root((cold / hot).min(1.0), rungs - 1);
    let mut degrees = hot;
    (0..rungs)
        .map(|_| {
            let rung = degrees;
            degrees *= factor;
            rung
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_falls_by_e_with_every_degree() {
        let heat = Heat::new(1_000.0);
        assert!((heat.weight(0) - 1.0).abs() < 1e-6 && (heat.weight(50_000) - 1.0).abs() < 1e-6);
        for times in 1..20_i16 {
            let exact = (-f64::from(times)).exp();
            let weight = f64::from(heat.weight(-1_000 * i32::from(times)));
            assert!((weight / exact - 1.0).abs() < 0.07, "{times}: {weight} for {exact}");
        }
        assert!(heat.weight(i32::MIN / 4) < 1e-30);
        assert!((odds(1.0) - 1.0).abs() < 1e-6 && (odds(-1.0) - 0.5).abs() < 1e-6 && odds(-1e9) < 1e-30);
    }

    #[test]
    fn a_ladder_keeps_its_ends_and_its_proportions() {
        let rungs = ladder(80.0, 5.0, 5);
        let expected = [80.0, 40.0, 20.0, 10.0, 5.0];
        assert!(rungs.iter().zip(expected).all(|(rung, wanted)| (rung - wanted).abs() < 1e-6));
        assert_eq!(ladder(3.0, 2.0, 1), [2.0]);
    }
}
