//! What a person would bring to sixteen others' groups, looked up at once.
//!
//! Invariant: both ways give the same numbers; the wide one only does it in registers, on
//! processors that have them (the check for that is made once, by `pulp`, when a walk is set up).

use super::instance::LANES;

/// Groups are looked up in a table of this size; a power of two, so a masked index is in range.
pub(super) const TABLE: usize = 4_096;

/// A way to look up the entries of sixteen groups in a table.
pub(super) trait Lookup: Copy {
    /// The part of the table that is kept at hand during a row.
    type Held: Copy;

    /// Takes up a table.
    fn hold(self, table: &[i32; TABLE]) -> Self::Held;

    /// Entries of the groups.
    fn find(self, held: Self::Held, table: &[i32; TABLE], groups: &[i32; LANES]) -> [i32; LANES];
}

/// One entry at a time, on any processor and for any number of groups.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain;

impl Lookup for Plain {
    type Held = ();

    #[inline(always)]
    fn hold(self, _: &[i32; TABLE]) {}

    #[inline(always)]
    fn find(self, (): (), table: &[i32; TABLE], groups: &[i32; LANES]) -> [i32; LANES] {
        groups.map(|group| table[group as usize & (TABLE - 1)])
    }
}

/// Eight entries at a time, from two or four registers that hold the first 16 or 32 groups.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(super) struct Wide<const PARTS: usize>(pub(super) pulp::x86::V3);

/// How many table entries one part of a [`Wide`] lookup reaches.
#[cfg(target_arch = "x86_64")]
pub(super) const PART: usize = 8;

#[cfg(target_arch = "x86_64")]
impl<const PARTS: usize> Lookup for Wide<PARTS> {
    type Held = [core::arch::x86_64::__m256i; PARTS];

    #[inline(always)]
    fn hold(self, table: &[i32; TABLE]) -> Self::Held {
        let (parts, _) = table.as_chunks::<PART>();
        let mut held = [pulp::bytemuck::cast(parts[0]); PARTS];
        for (held, part) in held.iter_mut().zip(parts) {
            *held = pulp::bytemuck::cast(*part);
        }
        held
    }

    #[inline(always)]
    fn find(self, held: Self::Held, _: &[i32; TABLE], groups: &[i32; LANES]) -> [i32; LANES] {
        let halves: [[i32; PART]; 2] = pulp::bytemuck::cast(*groups);
        pulp::bytemuck::cast([self.eight(held, halves[0]), self.eight(held, halves[1])])
    }
}

#[cfg(target_arch = "x86_64")]
impl<const PARTS: usize> Wide<PARTS> {
    #[inline(always)]
    fn eight(self, held: [core::arch::x86_64::__m256i; PARTS], groups: [i32; PART]) -> [i32; PART] {
        const { assert!(PARTS == 2 || PARTS == 4, "a lookup has two or four parts") };
        let (avx, avx2) = (self.0.avx, self.0.avx2);
        let groups = pulp::bytemuck::cast(groups);
        // Written out: a closure would be compiled without the wide instructions. A blend looks at
        // the sign, so the deciding bit of the group's number is moved there.
        let bit_3 = avx._mm256_castsi256_ps(avx2._mm256_slli_epi32::<28>(groups));
        let even = avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[0], groups));
        let odd = avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[1], groups));
        let low = avx._mm256_blendv_ps(even, odd, bit_3);
        if PARTS == 2 {
            return pulp::bytemuck::cast(low);
        }
        let bit_4 = avx._mm256_castsi256_ps(avx2._mm256_slli_epi32::<27>(groups));
        let even = avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[PARTS - 2], groups));
        let odd = avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[PARTS - 1], groups));
        let high = avx._mm256_blendv_ps(even, odd, bit_3);
        pulp::bytemuck::cast(avx._mm256_blendv_ps(low, high, bit_4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn all_ways_find_the_same_where_the_processor_allows() {
        let Some(arch) = pulp::x86::V3::try_new() else { return };
        let mut table = [-7; TABLE];
        for (index, entry) in table[..4 * PART].iter_mut().enumerate() {
            *entry = 1_000 + i32::try_from(index * index).expect("small");
        }
        let groups = |shift: usize, reach: usize| -> [i32; LANES] {
            std::array::from_fn(|lane| i32::try_from((lane * 5 + shift) % reach).expect("small"))
        };
        for shift in 0..4 * PART {
            let (four, wide) = (groups(shift, 4 * PART), Wide::<4>(arch));
            assert_eq!(wide.find(wide.hold(&table), &table, &four), Plain.find((), &table, &four));
            let (two, wide) = (groups(shift, 2 * PART), Wide::<2>(arch));
            assert_eq!(wide.find(wide.hold(&table), &table, &two), Plain.find((), &table, &two));
            assert_eq!(Plain.find((), &table, &four)[0], table[shift]);
        }
    }
}
