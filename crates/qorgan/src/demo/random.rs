//! Chance that is the same every time.

/// A generator of numbers that look random and depend on nothing but its seed: SplitMix64 (Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014). Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

/// What all made-up data comes from; another number makes another region.
const SEED: u64 = 0x51_6f72_6761_6e01;
/// The odd constant by which SplitMix64 walks: 2^64 divided by the golden ratio.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// A stream of its own for one thing, so that a change of one thing leaves the others as they are.
    pub(crate) fn stream(kind: &str, index: usize) -> Self {
        Self::seeded(SEED, kind, index)
    }

    /// The same in another world.
    pub(crate) fn seeded(seed: u64, kind: &str, index: usize) -> Self {
        let mut random = Self(seed);
        for byte in kind.bytes().chain(index.to_be_bytes()) {
            random.0 ^= u64::from(byte);
            random.0 = random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STRIDE);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to less than `bound`; 0 where the bound is 0. The bias is below 2^-32 for our small bounds.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let scaled = (self.next() >> 32) * u64::from(bound);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// A place in a list of this length; 0 where it is empty.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        u32::try_from(length).map_or(0, |length| self.below(length) as usize)
    }

    /// One of several; there must be one.
    pub(crate) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.place(among.len())]
    }

    /// The place of one of several, each as likely as its weight.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        0
    }

    /// Puts a list into another order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.place(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_splitmix64() {
        // The first outputs for the seed 1234567, as published with other implementations of the algorithm.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_stream_repeats_and_differs_from_others() {
        let numbers = |kind, index| -> Vec<u32> {
            let mut random = Random::stream(kind, index);
            (0..8).map(|_| random.below(1_000_000)).collect()
        };
        assert_eq!(numbers("case", 1), numbers("case", 1));
        assert_ne!(numbers("case", 1), numbers("case", 2));
        assert_ne!(numbers("case", 1), numbers("fact", 1));
    }

    #[test]
    fn bounds_and_weights_hold() {
        let mut random = Random::stream("test", 0);
        let mut seen = [0_u32; 3];
        for _ in 0..3_000 {
            assert!((5..=7).contains(&random.between(5, 7)));
            seen[random.weighted([1, 0, 3].into_iter())] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((600..900).contains(&seen[0]), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
