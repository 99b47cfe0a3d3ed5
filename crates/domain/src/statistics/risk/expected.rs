//! What was to be expected of a place by its own past.
//!
//! After C. P. Farrington, N. J. Andrews, A. D. Beale and M. A. Catchpole, "A statistical algorithm for the early
//! detection of outbreaks of infectious disease" (1996): comparable periods of past years give a mean, more spread than
//! Poisson is allowed for, the error of the mean counts too, and few facts raise no alert. The limits are quantiles of
//! a negative binomial distribution, as A. Noufaily and others, "An improved algorithm for outbreak detection in multiple
//! surveillance systems" (2013) have it for small counts. No trend is fitted: the region has few years. Nor are high
//! years of the past weighed down: of five values none stands out enough.

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

/// The range that is expected in a period of this exposure, by past periods; none where they are too few.
///
/// `noise_variance` is that of protected counts, 0 for exact ones: noise is in the past and in what is compared with it.
#[must_use]
pub fn expected(past: &[Observed], exposure: f64, noise_variance: f64, rules: &RiskRules) -> Option<ExpectedRange> {
    let past: Vec<Observed> = past.iter().copied().filter(|period| period.exposure > 0.0).collect();
    if past.len() < usize::from(rules.least_history) || exposure <= 0.0 {
        return None;
    }
    let total: f64 = past.iter().map(|period| period.exposure).sum();
    let facts: f64 = past.iter().map(|period| period.count as f64).sum();
    // Half a fact more (Jeffreys' prior): years without a fact do not make one impossible.
    let intensity = (facts + 0.5) / total;
    let spread = overdispersion(&past, intensity, noise_variance);
    let mean = intensity * exposure;
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

/// By how much the past varied more than Poisson counts with this noise do: at least 1.
fn overdispersion(past: &[Observed], intensity: f64, noise_variance: f64) -> f64 {
    let squares: f64 = past
        .iter()
        .map(|period| {
            let mean = intensity * period.exposure;
            (period.count as f64 - mean).powi(2) / (mean + noise_variance)
        })
        .sum();
    // Pearson's estimate.
    let spread = squares / (past.len() as f64 - 1.0).max(1.0);
    if spread.is_finite() { spread.max(1.0) } else { 1.0 }
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
        let range = expected(&past(counts), 1.0, noise, &of_tests());
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
        let long = expected(&past(&[20, 22, 18, 20, 21]), 0.5, 0.0, &of_tests()).unwrap();
        assert!((long.mean - 10.1).abs() < 0.1, "half the time, half the facts: {long:?}");
        assert_eq!(expected(&past(&[20, 22, 18, 20, 21]), 0.0, 0.0, &of_tests()), None);
        assert!(long.score(long.high + 1) > 1.0 && long.score(10) < 0.2);
    }

    /// A Poisson count by inverting its distribution, from a number in [0, 1).
    fn poisson(mean: f64, at: f64) -> u64 {
        quantile(mean, mean, at.min(0.999_999))
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

    /// The share of alerts where the last period had `factor` times the mean of the five before.
    fn alerts(mean: f64, factor: f64, rounds: u32) -> f64 {
        let mut next = numbers(0x5eed_0001);
        let mut found = 0;
        for _ in 0..rounds {
            let history: Vec<u64> = (0..5).map(|_| poisson(mean, next())).collect();
            let now = poisson(mean * factor, next());
            found += u32::from(state(&history, now, 0.0) == RangeState::Above);
        }
        f64::from(found) / f64::from(rounds)
    }

    #[test]
    fn false_alerts_are_as_rare_as_said_and_a_doubling_is_seen() {
        for mean in [1.0, 5.0, 20.0, 60.0] {
            let share = alerts(mean, 1.0, 2_000);
            assert!(share <= 0.01, "at a mean of {mean} {share} of quiet places are called");
        }
        assert!(alerts(20.0, 2.0, 500) > 0.6, "{}", alerts(20.0, 2.0, 500));
        assert!(alerts(60.0, 2.0, 500) > 0.95);
        assert!(alerts(5.0, 4.0, 500) > 0.6);
    }

    proptest! {
        #[test]
        fn the_mean_lies_in_the_range(counts in prop::collection::vec(0u64..200, 3..8), noise in 0.0f64..10.0) {
            let range = expected(&past(&counts), 1.0, noise, &of_tests()).unwrap();
            prop_assert!(range.low as f64 <= range.mean + 1.0 && range.mean <= range.high as f64 + 1.0);
            prop_assert_eq!(range.state(range.mean.round() as u64, 5), RangeState::Within);
        }

        #[test]
        fn more_noise_never_narrows_the_range(counts in prop::collection::vec(5u64..200, 4..8)) {
            // Where the past varied as Poisson counts do: else noise takes the place of spread.
            let calm: Vec<u64> = counts.iter().map(|_| counts[0]).collect();
            let wide = |noise| expected(&past(&calm), 1.0, noise, &of_tests()).unwrap();
            prop_assert!(wide(3.0).high >= wide(0.0).high && wide(3.0).low <= wide(0.0).low);
        }
    }
}
