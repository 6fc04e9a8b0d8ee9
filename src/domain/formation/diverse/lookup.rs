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

/// Eight entries at a time, from four registers that hold the first 32 groups.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(super) struct Wide(pub(super) pulp::x86::V3);

/// How many table entries [`Wide`] can reach.
#[cfg(target_arch = "x86_64")]
pub(super) const REACH: usize = 32;

#[cfg(target_arch = "x86_64")]
impl Lookup for Wide {
    type Held = [core::arch::x86_64::__m256i; 4];

    #[inline(always)]
    fn hold(self, table: &[i32; TABLE]) -> Self::Held {
        let (parts, _) = table.as_chunks::<8>();
        let cast = pulp::bytemuck::cast;
        [cast(parts[0]), cast(parts[1]), cast(parts[2]), cast(parts[3])]
    }

    #[inline(always)]
    fn find(self, held: Self::Held, _: &[i32; TABLE], groups: &[i32; LANES]) -> [i32; LANES] {
        let halves: [[i32; 8]; 2] = pulp::bytemuck::cast(*groups);
        pulp::bytemuck::cast([self.eight(held, halves[0]), self.eight(held, halves[1])])
    }
}

#[cfg(target_arch = "x86_64")]
impl Wide {
    #[inline(always)]
    fn eight(self, held: [core::arch::x86_64::__m256i; 4], groups: [i32; 8]) -> [i32; 8] {
        let (avx, avx2) = (self.0.avx, self.0.avx2);
        let groups = pulp::bytemuck::cast(groups);
        // Written out: a closure would be compiled without the wide instructions.
        let found = [
            avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[0], groups)),
            avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[1], groups)),
            avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[2], groups)),
            avx._mm256_castsi256_ps(avx2._mm256_permutevar8x32_epi32(held[3], groups)),
        ];
        // A blend looks at the sign, so the deciding bit of the group's number is moved there.
        let bit_3 = avx._mm256_castsi256_ps(avx2._mm256_slli_epi32::<28>(groups));
        let bit_4 = avx._mm256_castsi256_ps(avx2._mm256_slli_epi32::<27>(groups));
        let low = avx._mm256_blendv_ps(found[0], found[1], bit_3);
        let high = avx._mm256_blendv_ps(found[2], found[3], bit_3);
        pulp::bytemuck::cast(avx._mm256_blendv_ps(low, high, bit_4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn both_ways_find_the_same_where_the_processor_allows() {
        let Some(arch) = pulp::x86::V3::try_new() else { return };
        let mut table = [-7; TABLE];
        for (index, entry) in table[..REACH].iter_mut().enumerate() {
            *entry = 1_000 + i32::try_from(index * index).expect("small");
        }
        for shift in 0..REACH {
            let groups: [i32; LANES] =
                std::array::from_fn(|lane| i32::try_from((lane * 5 + shift) % REACH).expect("small"));
            let wide = Wide(arch);
            let found = wide.find(wide.hold(&table), &table, &groups);
            assert_eq!(found, Plain.find((), &table, &groups));
            assert_eq!(found[0], table[shift]);
        }
    }
}
