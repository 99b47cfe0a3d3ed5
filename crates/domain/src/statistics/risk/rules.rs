//! What the map takes for granted: dated reference data.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Indicator;

/// An indicator in the composite index.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightedIndicator {
    /// Which.
    pub indicator: Indicator,
    /// How much it counts, against the others.
    pub weight: f64,
}

/// The parameters of the risk map, as they stand in the reference data.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskRules {
    /// How many years back a period is compared with its own past.
    pub history_years: u8,
    /// For months: so many months before and after the same month of a past year are compared with too.
    pub months_around: u8,
    /// With fewer past periods no range is expected.
    pub least_history: u8,
    /// The probability up to which counts lie in the expected range, on either side.
    pub alert_probability: f64,
    /// The same for the comparison with the region.
    pub region_probability: f64,
    /// Fewer facts than these are never called more than expected, nor is a place that expects fewer called below.
    pub least_facts: u16,
    /// Half-width of intervals, in standard errors: 1.96 for 95 %.
    pub interval_z: f64,
    /// The greatest relative standard error of a rate that says enough.
    pub sufficient_error: f64,
    /// The greatest of one that says something.
    pub limited_error: f64,
    /// As how many periods of its own the spread of all places together counts for that of one place (degrees of freedom);
    /// 0: not at all.
    pub spread_degrees: f64,
    /// What the composite index is made of.
    pub parts: Vec<WeightedIndicator>,
}

/// A parameter that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the parameter {0} of the risk map makes no sense")]
pub struct RiskRulesError(pub &'static str);

impl RiskRules {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`RiskRulesError`] with the first that makes no sense.
    pub fn checked(self) -> Result<Self, RiskRulesError> {
        let probability = |value: f64| value > 0.5 && value < 1.0;
        let indicators: Vec<Indicator> = self.parts.iter().map(|part| part.indicator).collect();
        let twice = (1..indicators.len()).any(|at| indicators[..at].contains(&indicators[at]));
        let weighed = self.parts.iter().all(|part| part.weight.is_finite() && part.weight > 0.0);
        let sensible = [
            ("history_years", (1..=10).contains(&self.history_years)),
            ("months_around", self.months_around <= 2),
            ("least_history", self.least_history >= 2),
            ("alert_probability", probability(self.alert_probability)),
            ("region_probability", probability(self.region_probability)),
            ("interval_z", self.interval_z > 0.0 && self.interval_z < 5.0),
            ("sufficient_error", self.sufficient_error > 0.0 && self.sufficient_error < self.limited_error),
            ("limited_error", self.limited_error.is_finite()),
            ("spread_degrees", (0.0..=100.0).contains(&self.spread_degrees)),
            ("parts", !indicators.contains(&Indicator::Composite) && !twice && weighed && !indicators.is_empty()),
        ];
        match sensible.into_iter().find(|(_, sensible)| !sensible) {
            Some((name, _)) => Err(RiskRulesError(name)),
            None => Ok(self),
        }
    }
}

#[cfg(test)]
pub(super) fn of_tests() -> RiskRules {
    let part = |indicator, weight| WeightedIndicator { indicator, weight };
    RiskRules {
        history_years: 5,
        months_around: 1,
        least_history: 3,
        alert_probability: 0.995,
        region_probability: 0.999,
        least_facts: 5,
        interval_z: 1.96,
        sufficient_error: 0.25,
        limited_error: 0.5,
        spread_degrees: 4.0,
        parts: vec![part(Indicator::Physical, 1.0), part(Indicator::Sexual, 3.0), part(Indicator::Attempt, 2.0)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_make_no_sense_are_named() {
        assert!(of_tests().checked().is_ok());
        type Change = fn(&mut RiskRules);
        let table: [(Change, &str); 7] = [
            (|rules| rules.history_years = 0, "history_years"),
            (|rules| rules.alert_probability = 1.0, "alert_probability"),
            (|rules| rules.sufficient_error = 0.6, "sufficient_error"),
            (|rules| rules.spread_degrees = -1.0, "spread_degrees"),
            (|rules| rules.parts.clear(), "parts"),
            (|rules| rules.parts[0].weight = 0.0, "parts"),
            (|rules| rules.parts[0].indicator = Indicator::Composite, "parts"),
        ];
        for (change, name) in table {
            let mut rules = of_tests();
            change(&mut rules);
            assert_eq!(rules.checked(), Err(RiskRulesError(name)));
        }
    }
}
