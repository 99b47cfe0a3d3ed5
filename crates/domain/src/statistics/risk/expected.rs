//! What was to be expected of a place by its own past.
//!
//! After C. P. Farrington, N. J. Andrews, A. D. Beale and M. A. Catchpole, "A statistical algorithm for the early
//! detection of outbreaks of infectious disease" (1996): comparable periods of past years give a mean, more spread than
//! Poisson is allowed for, the error of the mean counts too, and few facts raise no alert. The limits are quantiles of
//! a negative binomial distribution, as A. Noufaily and others, "An improved algorithm for outbreak detection in multiple
//! surveillance systems" (2013) have it for small counts. No trend is fitted: the region has few years. Nor are high
//! years of the past weighed down: of five values none stands out enough.
//!
//! How far counts vary beyond chance is known badly from two to five values. So what all places together tell of it counts
//! as well, as G. K. Smyth, "Linear models and empirical Bayes methods for assessing differential expression in microarray
//! experiments" (2004), moderates variances: as so many degrees of freedom beside the place's own.

use std::iter::Sum;

use super::RiskRules;
use super::distribution::quantile;
use crate::words::words;

/// A count of a past period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Facts.
    pub count: u64,
    /// Children times days.
    pub exposure: f64,
}

words! {
    /// Where a count stands against a range.
    pub enum RangeState {
        /// Above it: more than was to be expected.
        Above = "above",
        /// In it, or there are too few facts to say more.
        Within = "within",
        /// Below it: less than was to be expected, which can mean that less is told.
        Below = "below",
        /// There is no range: the past is too short, or nothing has passed yet.
        Unknown = "unknown",
    }
}

/// The range that counts of a place lie in while nothing changes there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedRange {
    /// What was to be expected.
    pub mean: f64,
    /// The least count that is no surprise.
    pub low: u64,
    /// The greatest.
    pub high: u64,
    /// Past periods that say so.
    pub periods: usize,
}

impl ExpectedRange {
    /// Where a count stands.
    #[must_use]
    pub fn state(&self, count: u64, least_facts: u16) -> RangeState {
        if count > self.high && count >= u64::from(least_facts) {
            RangeState::Above
        } else if count < self.low && self.mean >= f64::from(least_facts) {
            RangeState::Below
        } else {
            RangeState::Within
        }
    }

    /// How far a count lies from the mean, in widths of the range on its side: beyond 1 it has left it. Farrington's
    /// exceedance score.
    #[must_use]
    pub fn score(&self, count: u64) -> f64 {
        let count = count as f64;
        let limit = if count >= self.mean { self.high } else { self.low } as f64;
        let width = (limit - self.mean).abs().max(0.5);
        (count - self.mean) / width
    }
}

/// How far counts varied in the past, against what chance and noise explain.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// Squares of Pearson's residuals, added up.
    squares: f64,
    /// Degrees of freedom: periods, less one for each place.
    degrees: f64,
}

impl Spread {
    /// That of one place.
    #[must_use]
    pub fn of(past: &[Observed], noise_variance: f64) -> Self {
        let (facts, total) = sums(past);
        let intensity = intensity(facts, total);
        let known = past.iter().filter(|period| period.exposure > 0.0);
        let squares = known.clone().map(|period| {
            let mean = intensity * period.exposure;
            (period.count as f64 - mean).powi(2) / (mean + noise_variance)
        });
        Self { squares: squares.sum(), degrees: (known.count() as f64 - 1.0).max(0.0) }
    }

    /// By how much the variance is greater than chance and noise explain, at least 1: by this spread, and by that of all places
    /// as if it had been seen in so many periods more.
    fn beyond_chance(self, of_all: Self, degrees: f64) -> f64 {
        let common = if of_all.degrees > 0.0 { of_all.squares / of_all.degrees } else { 1.0 };
        // A single place without anything from the others divides by one at least.
        let spread = (self.squares + degrees * common) / (self.degrees + degrees).max(1.0);
        if spread.is_finite() { spread.max(1.0) } else { 1.0 }
    }
}

impl Sum for Spread {
    fn sum<I: Iterator<Item = Self>>(spreads: I) -> Self {
        spreads.fold(Self::default(), |sum, one| Self {
            squares: sum.squares + one.squares,
            degrees: sum.degrees + one.degrees,
        })
    }
}

/// Facts and exposure of all periods.
fn sums(past: &[Observed]) -> (f64, f64) {
    let known = past.iter().filter(|period| period.exposure > 0.0);
    known.fold((0.0, 0.0), |(facts, total), period| (facts + period.count as f64, total + period.exposure))
}

/// Facts for each child and day. Half a fact more (Jeffreys' prior): years without a fact do not make one impossible.
fn intensity(facts: f64, exposure: f64) -> f64 {
    (facts + 0.5) / exposure
}

/// The range that is expected in a period of this exposure, by past periods; none where they are too few. `of_all` is the
/// [`Spread`] of all places.
///
/// `noise_variance` is that of protected counts, 0 for exact ones: noise is in the past and in what is compared with it.
#[must_use]
pub fn expected(
    past: &[Observed],
    exposure: f64,
    noise_variance: f64,
    of_all: Spread,
    rules: &RiskRules,
) -> Option<ExpectedRange> {
    let past: Vec<Observed> = past.iter().copied().filter(|period| period.exposure > 0.0).collect();
    if past.len() < usize::from(rules.least_history) || exposure <= 0.0 {
        return None;
    }
    let (facts, total) = sums(&past);
    let spread = Spread::of(&past, noise_variance).beyond_chance(of_all, rules.spread_degrees);
    let mean = intensity(facts, total) * exposure;
    let share = exposure / total;
    let poisson = spread * mean * (1.0 + share);
    let noise = noise_variance * (1.0 + past.len() as f64 * share * share);
    let variance = poisson + noise;
    Some(ExpectedRange {
        mean,
        low: quantile(mean, variance, 1.0 - rules.alert_probability),
        high: quantile(mean, variance, rules.alert_probability),
        periods: past.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::rules::of_tests;
    use super::*;
    use proptest::prelude::*;

    fn past(counts: &[u64]) -> Vec<Observed> {
        counts.iter().map(|count| Observed { count: *count, exposure: 1.0 }).collect()
    }

    fn state(counts: &[u64], now: u64, noise: f64) -> RangeState {
        let range = expected(&past(counts), 1.0, noise, Spread::default(), &of_tests());
        range.map_or(RangeState::Unknown, |range| range.state(now, of_tests().least_facts))
    }

    #[test]
    fn a_place_is_held_against_its_own_past() {
        use RangeState::{Above, Below, Unknown, Within};
        let table: &[(&[u64], u64, RangeState)] = &[
            (&[10, 12, 9, 11, 10], 11, Within),
            (&[10, 12, 9, 11, 10], 18, Within),
            (&[10, 12, 9, 11, 10], 25, Above),
            (&[10, 12, 9, 11, 10], 1, Below),
            // A past that varied more makes less of the same count.
            (&[2, 25, 4, 18, 3], 25, Within),
            // Few facts are no alert, however rare they were.
            (&[0, 0, 0, 0, 0], 4, Within),
            (&[0, 0, 0, 0, 0], 6, Above),
            (&[1, 0, 2], 0, Within),
            (&[10, 12], 50, Unknown),
            (&[], 50, Unknown),
        ];
        for (counts, now, expected) in table {
            assert_eq!(state(counts, *now, 0.0), *expected, "{counts:?} {now}");
        }
        assert_eq!(
            (state(&[2, 3, 2, 3, 2], 10, 0.0), state(&[2, 3, 2, 3, 2], 10, 3.0)),
            (Above, Within),
            "noise explains it"
        );
    }

    #[test]
    fn exposure_is_allowed_for() {
        let long = expected(&past(&[20, 22, 18, 20, 21]), 0.5, 0.0, Spread::default(), &of_tests()).unwrap();
        assert!((long.mean - 10.1).abs() < 0.1, "half the time, half the facts: {long:?}");
        assert_eq!(expected(&past(&[20, 22, 18, 20, 21]), 0.0, 0.0, Spread::default(), &of_tests()), None);
        assert!(long.score(long.high + 1) > 1.0 && long.score(10) < 0.2);
    }

    /// xorshift64*, for the simulation only.
    fn numbers(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// A made-up region: thirteen places with one mean, whose counts vary so many times as much as chance alone.
    struct Quiet {
        mean: f64,
        variation: f64,
        years: usize,
        spread_degrees: f64,
    }

    impl Quiet {
        /// The share of alerts where the last period had `factor` times the mean of those before.
        fn alerts(&self, factor: f64, rounds: u32) -> f64 {
            let mut next = numbers(0x5eed_0001);
            let mut draw = |mean: f64| quantile(mean, mean * self.variation, next().min(0.999_999));
            let rules = RiskRules { spread_degrees: self.spread_degrees, least_history: 2, ..of_tests() };
            let mut found = 0;
            for _ in 0..rounds {
                let pasts: Vec<Vec<Observed>> =
                    (0..13).map(|_| past(&(0..self.years).map(|_| draw(self.mean)).collect::<Vec<u64>>())).collect();
                let of_all: Spread = pasts.iter().map(|past| Spread::of(past, 0.0)).sum();
                for past in &pasts {
                    let range = expected(past, 1.0, 0.0, of_all, &rules).unwrap();
                    let state = range.state(draw(self.mean * factor), rules.least_facts);
                    found += u32::from(state == RangeState::Above);
                }
            }
            f64::from(found) / f64::from(13 * rounds)
        }
    }

    const CHANCE_ALONE: f64 = 1.0;

    #[test]
    fn false_alerts_are_as_rare_as_said_and_a_doubling_is_seen() {
        for (years, mean) in [(2, 5.0), (2, 20.0), (5, 1.0), (5, 5.0), (5, 20.0), (5, 60.0)] {
            let quiet = Quiet { mean, variation: CHANCE_ALONE, years, spread_degrees: 4.0 };
            let share = quiet.alerts(1.0, 150);
            assert!(share <= 0.01, "at a mean of {mean} {share} of quiet places are called");
        }
        let doubled = |mean, factor, years| {
            Quiet { mean, variation: CHANCE_ALONE, years, spread_degrees: 4.0 }.alerts(factor, 40)
        };
        assert!(doubled(20.0, 2.0, 5) > 0.6 && doubled(20.0, 2.0, 2) > 0.4);
        assert!(doubled(60.0, 2.0, 5) > 0.95 && doubled(60.0, 2.0, 2) > 0.9);
        assert!(doubled(5.0, 4.0, 5) > 0.6);
    }

    /// From two years of a single place one cannot tell how much it varies: all places together can.
    #[test]
    fn where_places_vary_more_than_chance_all_of_them_say_so() {
        for (variation, years, bound) in [(2.0, 2, 0.016), (2.0, 5, 0.016), (4.0, 2, 0.026), (4.0, 5, 0.02)] {
            let [alone, together] = [0.0, 4.0]
                .map(|spread_degrees| Quiet { mean: 20.0, variation, years, spread_degrees }.alerts(1.0, 200));
            println!("{variation} times chance, {years} years: {alone:.4} alone, {together:.4} together");
            assert!(together <= bound && together < 0.75 * alone, "{variation} {years}: {alone} {together}");
        }
    }

    proptest! {
        #[test]
        fn the_mean_lies_in_the_range(counts in prop::collection::vec(0u64..200, 3..8), noise in 0.0f64..10.0) {
            let range = expected(&past(&counts), 1.0, noise, Spread::default(), &of_tests()).unwrap();
            prop_assert!(range.low as f64 <= range.mean + 1.0 && range.mean <= range.high as f64 + 1.0);
            prop_assert_eq!(range.state(range.mean.round() as u64, 5), RangeState::Within);
        }

        #[test]
        fn more_noise_never_narrows_the_range(counts in prop::collection::vec(5u64..200, 4..8)) {
            // Where the past varied as Poisson counts do: else noise takes the place of spread.
            let calm: Vec<u64> = counts.iter().map(|_| counts[0]).collect();
            let wide = |noise| expected(&past(&calm), 1.0, noise, Spread::default(), &of_tests()).unwrap();
            prop_assert!(wide(3.0).high >= wide(0.0).high && wide(3.0).low <= wide(0.0).low);
        }
    }
}
