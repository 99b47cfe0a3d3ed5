//! A place against the region: the limits of a funnel plot.
//!
//! D. J. Spiegelhalter, "Funnel plots for comparing institutional performance" (2005): a small place varies more by
//! chance, so its limits are wider. Where all places vary more than chance explains, the limits are widened by the
//! spread of the winsorised z-scores, so that what is called an exception stands out among these places.

use super::RiskRules;
use super::distribution::quantile;
use super::expected::{ExpectedRange, Observed, RangeState};

/// What the region's rate would give in a place, and where its count stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegionRange {
    /// Facts at the region's rate.
    pub mean: f64,
    /// The least count that is no exception.
    pub low: u64,
    /// The greatest.
    pub high: u64,
    /// Where the count stands.
    pub state: RangeState,
}

/// The share of places at either end whose z-scores are drawn in.
const WINSORISED: f64 = 0.1;

/// Each place against the rate of `region` (its own count and exposure), in the order of `places`; none for a place
/// without exposure.
#[must_use]
pub fn funnel(
    places: &[Observed],
    region: Observed,
    noise_variance: f64,
    rules: &RiskRules,
) -> Vec<Option<RegionRange>> {
    let base = |place: &Observed| {
        let share = place.exposure / region.exposure;
        let mean = region.count as f64 * share;
        (place.exposure > 0.0 && share.is_finite()).then_some((mean, noise_variance * (1.0 + share * share)))
    };
    let bases: Vec<Option<(f64, f64)>> = places.iter().map(base).collect();
    let scores = places.iter().zip(&bases).filter_map(|(place, base)| {
        let (mean, noise) = (*base)?;
        (mean > 0.0).then(|| (place.count as f64 - mean) / (mean + noise).sqrt())
    });
    let spread = spread(scores.collect());
    let ranges = places.iter().zip(bases);
    ranges.map(|(place, base)| base.map(|(mean, noise)| range(*place, mean, noise, spread, rules))).collect()
}

fn range(place: Observed, mean: f64, noise: f64, spread: f64, rules: &RiskRules) -> RegionRange {
    let variance = (mean + noise) * spread;
    let low = quantile(mean, variance, 1.0 - rules.region_probability);
    let high = quantile(mean, variance, rules.region_probability);
    let state = ExpectedRange { mean, low, high, periods: 0 }.state(place.count, rules.least_facts);
    RegionRange { mean, low, high, state }
}

/// The mean square of the winsorised scores, where it is more than chance explains; 1 otherwise.
fn spread(mut scores: Vec<f64>) -> f64 {
    let count = scores.len() as f64;
    if scores.len() < 3 {
        return 1.0;
    }
    scores.sort_by(f64::total_cmp);
    // Rounded up: with the thirteen places of the region one or two at either end.
    let drawn = (count * WINSORISED).ceil() as usize;
    let (low, high) = (scores[drawn.min(scores.len() - 1)], scores[scores.len() - 1 - drawn.min(scores.len() - 1)]);
    let (low, high) = (low.min(high), low.max(high));
    let mean_square = scores.iter().map(|score| score.clamp(low, high).powi(2)).sum::<f64>() / count;
    // Two standard errors above 1, as the paper has it.
    if mean_square > 1.0 + 2.0 * (2.0 / count).sqrt() { mean_square } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::rules::of_tests;
    use super::*;
    use proptest::prelude::*;

    fn states(places: &[(u64, f64)], noise: f64) -> Vec<RangeState> {
        let places: Vec<Observed> =
            places.iter().map(|(count, exposure)| Observed { count: *count, exposure: *exposure }).collect();
        let region = Observed {
            count: places.iter().map(|place| place.count).sum(),
            exposure: places.iter().map(|place| place.exposure).sum(),
        };
        let ranges = funnel(&places, region, noise, &of_tests());
        ranges.into_iter().map(|range| range.map_or(RangeState::Unknown, |range| range.state)).collect()
    }

    #[test]
    fn a_small_place_needs_more_to_stand_out() {
        use RangeState::{Above, Unknown, Within};
        let mut places = vec![(100, 100.0), (50, 50.0), (20, 20.0), (10, 10.0), (10, 10.0), (20, 20.0), (10, 10.0)];
        // Twice the region's rate in a place of one, and in one of fifty.
        places.push((2, 1.0));
        places.push((120, 50.0));
        places.push((5, 0.0));
        let found = states(&places, 0.0);
        assert_eq!(found[7..], [Within, Above, Unknown]);
        assert!(found[..7].iter().all(|state| *state == Within), "{found:?}");
    }

    #[test]
    fn where_all_places_differ_none_is_an_exception() {
        let places: Vec<(u64, f64)> = (0..12).map(|at| (if at % 2 == 0 { 60 } else { 140 }, 100.0)).collect();
        assert!(states(&places, 0.0).iter().all(|state| *state == RangeState::Within));
    }

    #[test]
    fn a_region_without_facts_has_no_exceptions() {
        assert!(states(&[(0, 1.0), (0, 2.0), (0, 3.0)], 0.0).iter().all(|state| *state == RangeState::Within));
    }

    proptest! {
        #[test]
        fn limits_widen_with_noise_and_hold_the_mean(counts in prop::collection::vec((0u64..300, 1.0f64..50.0), 4..14)) {
            let places: Vec<Observed> = counts.iter().map(|(count, exposure)| Observed { count: *count, exposure: *exposure }).collect();
            let region = Observed { count: places.iter().map(|p| p.count).sum(), exposure: places.iter().map(|p| p.exposure).sum() };
            for range in funnel(&places, region, 0.0, &of_tests()).into_iter().flatten() {
                prop_assert!(range.low as f64 <= range.mean + 1.0 && range.mean <= range.high as f64 + 1.0);
            }
        }
    }
}
