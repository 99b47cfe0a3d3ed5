//! The composite index: how much more often than in the region the facts of several indicators become known in a place,
//! weighed and added up. 100 is the region.
//!
//! A weighted arithmetic mean of ratios, with its parts shown, as the OECD and the Joint Research Centre ask for in
//! their "Handbook on Constructing Composite Indicators" (2008). Rates of small places are drawn towards the region's
//! by R. J. Marshall's empirical Bayes estimate ("Mapping disease and mortality rates using empirical Bayes estimators",
//! 1991): otherwise the smallest places would stand at both ends by chance alone. The noise of protected counts is part
//! of the chance that is drawn in.

use super::expected::Observed;
use super::{Indicator, RiskRules};

/// One indicator in the index of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompositePart {
    /// Which.
    pub indicator: Indicator,
    /// Facts of the place.
    pub count: u64,
    /// Facts at the region's rate.
    pub expected: f64,
    /// The place's rate drawn towards the region's, over the region's: 1 is the region.
    pub ratio: f64,
    /// Its share of the index, of all that could be counted: they add up to 1.
    pub weight: f64,
    /// What it gives to the index: `100 · weight · ratio`.
    pub points: f64,
}

/// The index of a place with its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct CompositeIndex {
    /// The index.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// What it is made of, in the order of the rules. An indicator without a fact in the region is left out.
    pub parts: Vec<CompositePart>,
}

/// A rate of a place drawn towards the region's.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Drawn {
    /// Over the region's rate.
    ratio: f64,
    /// The variance of that ratio.
    variance: f64,
}

/// The index of every place. `counts` has for each part of the rules the region and the places, all in the same order.
/// None for places without children, and for all where nothing was counted.
pub(super) fn composite(
    counts: &[(Observed, Vec<Observed>)],
    noise_variance: f64,
    rules: &RiskRules,
) -> Vec<Option<CompositeIndex>> {
    let places = counts.first().map_or(0, |(_, places)| places.len());
    let drawn: Vec<Option<Vec<Option<Drawn>>>> =
        counts.iter().map(|(region, places)| draw(*region, places, noise_variance)).collect();
    let weights: f64 =
        rules.parts.iter().zip(&drawn).filter(|(_, drawn)| drawn.is_some()).map(|(part, _)| part.weight).sum();
    (0..places)
        .map(|place| {
            let mut index = CompositeIndex { value: 0.0, low: 0.0, high: 0.0, parts: Vec::new() };
            let mut variance = 0.0;
            for ((part, drawn), (region, places)) in rules.parts.iter().zip(&drawn).zip(counts) {
                let Some(drawn) = drawn else { continue };
                let here = drawn[place]?;
                let weight = part.weight / weights;
                let points = 100.0 * weight * here.ratio;
                index.value += points;
                variance += (100.0 * weight).powi(2) * here.variance;
                let expected = region.count as f64 * places[place].exposure / region.exposure;
                let (indicator, count, ratio) = (part.indicator, places[place].count, here.ratio);
                index.parts.push(CompositePart { indicator, count, expected, ratio, weight, points });
            }
            let reach = rules.interval_z * variance.sqrt();
            (index.low, index.high) = ((index.value - reach).max(0.0), index.value + reach);
            (!index.parts.is_empty()).then_some(index)
        })
        .collect()
}

/// Marshall's estimate: none where the region has no fact or no children.
fn draw(region: Observed, places: &[Observed], noise_variance: f64) -> Option<Vec<Option<Drawn>>> {
    let mean = region.count as f64 / region.exposure;
    if !(mean.is_finite() && mean > 0.0) {
        return None;
    }
    // What chance and noise alone make of the rate of a place.
    let chance = |place: &Observed| (mean * place.exposure + noise_variance) / (place.exposure * place.exposure);
    let living: Vec<&Observed> = places.iter().filter(|place| place.exposure > 0.0).collect();
    let exposure: f64 = living.iter().map(|place| place.exposure).sum();
    let weighted =
        |of: &dyn Fn(&Observed) -> f64| living.iter().map(|place| place.exposure * of(place)).sum::<f64>() / exposure;
    let observed = weighted(&|place| (place.count as f64 / place.exposure - mean).powi(2));
    // How much the places truly differ: what is seen less what chance explains.
    let between = (observed - weighted(&chance)).max(0.0);
    let estimate = |place: &Observed| {
        if place.exposure <= 0.0 {
            return None;
        }
        let kept = between / (between + chance(place));
        let rate = mean + kept * (place.count as f64 / place.exposure - mean);
        Some(Drawn { ratio: (rate / mean).max(0.0), variance: between * (1.0 - kept) / (mean * mean) })
    };
    Some(places.iter().map(estimate).collect())
}

#[cfg(test)]
mod tests {
    use super::super::rules::of_tests;
    use super::*;
    use proptest::prelude::*;

    fn counted(places: &[(u64, f64)]) -> (Observed, Vec<Observed>) {
        let places: Vec<Observed> =
            places.iter().map(|(count, exposure)| Observed { count: *count, exposure: *exposure }).collect();
        let region = Observed {
            count: places.iter().map(|place| place.count).sum(),
            exposure: places.iter().map(|place| place.exposure).sum(),
        };
        (region, places)
    }

    fn same(places: &[(u64, f64)]) -> Vec<Option<CompositeIndex>> {
        composite(&[counted(places), counted(places), counted(places)], 0.0, &of_tests())
    }

    #[test]
    fn the_region_is_a_hundred_and_small_places_are_drawn_towards_it() {
        let found = same(&[(400, 100.0), (50, 50.0), (60, 50.0), (4, 1.0), (0, 0.0), (100, 100.0)]);
        let value = |at: usize| found[at].as_ref().unwrap().value;
        assert!(value(0) > 150.0 && value(1) < 60.0, "{found:?}");
        // The same rate in a place of one child's years says less than in one of a hundred.
        assert!(value(3) < value(0) && value(3) > 100.0, "{} {}", value(3), value(0));
        assert!(found[4].is_none());
    }

    #[test]
    fn parts_are_shown_and_add_up() {
        let places = [(40, 10.0), (10, 10.0)];
        let parts = [counted(&places), counted(&[(0, 10.0), (0, 10.0)]), counted(&[(5, 10.0), (5, 10.0)])];
        let found = composite(&parts, 0.0, &of_tests());
        let first = found[0].as_ref().unwrap();
        assert_eq!(first.parts.len(), 2, "an indicator without a fact is left out: {first:?}");
        assert!((first.parts.iter().map(|part| part.weight).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((first.parts.iter().map(|part| part.points).sum::<f64>() - first.value).abs() < 1e-9);
        assert!((first.parts[0].expected - 25.0).abs() < 1e-9);
        assert!(first.low <= first.value && first.value <= first.high);
        assert!(
            composite(&[counted(&[(0, 1.0)]), counted(&[(0, 1.0)]), counted(&[(0, 1.0)])], 0.0, &of_tests())[0]
                .is_none()
        );
    }

    proptest! {
        #[test]
        fn an_estimate_lies_between_the_place_and_the_region(
            places in prop::collection::vec((0u64..200, 0.5f64..40.0), 2..14), noise in 0.0f64..6.0
        ) {
            let (region, places) = counted(&places);
            prop_assume!(region.count > 0);
            let mean = region.count as f64 / region.exposure;
            for (place, drawn) in places.iter().zip(draw(region, &places, noise).unwrap()) {
                let (own, drawn) = (place.count as f64 / place.exposure / mean, drawn.unwrap());
                prop_assert!(drawn.ratio >= own.min(1.0) - 1e-9 && drawn.ratio <= own.max(1.0) + 1e-9);
                prop_assert!(drawn.variance >= 0.0);
            }
        }
    }
}
