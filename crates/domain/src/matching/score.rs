//! The sum of weights, explained.

use serde::Serialize;

use super::agreement::{Field, Level};
use super::compare::{Comparison, compare};
use super::frequencies::Frequencies;
use super::model::Model;
use super::person::Prepared;
use crate::words::words;

words! {
    /// What follows from a score.
    pub enum Decision {
        /// One person, so surely that nobody needs to look.
        Automatic = "auto",
        /// Perhaps one person: somebody looks.
        Review = "review",
        /// Two persons.
        Different = "different",
    }
}

/// What one field says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evidence {
    /// The field.
    pub field: Field,
    /// How far it agrees.
    pub level: Level,
    /// Bits for (positive) or against (negative) one person.
    pub weight: f64,
}

/// How likely two records are of one person, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// Binary logarithm of the odds that both are one person: the prior and all evidence added up.
    pub weight: f64,
    /// The same as a probability, 0 to 1.
    pub probability: f64,
    /// Binary logarithm of the odds before anything was compared.
    pub prior: f64,
    /// What each field says, in the order of the fields; fields that are missing in one of the two are there with
    /// weight 0. With `prior` it adds up to `weight`.
    pub evidence: Vec<Evidence>,
}

/// Odds, as a binary logarithm, to a probability.
pub(super) fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

impl Model {
    /// Compares two people and weighs the result.
    #[must_use]
    pub fn score(&self, one: &Prepared, other: &Prepared, frequencies: &Frequencies) -> Scored {
        self.weigh(&compare(one, other, frequencies))
    }

    /// Weighs a comparison and explains the sum.
    #[must_use]
    pub fn weigh(&self, comparison: &Comparison) -> Scored {
        let mut evidence = Vec::with_capacity(Field::COMPARED.len() + comparison.extras.len() + 1);
        for (at, field) in Field::COMPARED.into_iter().enumerate() {
            let level = comparison.levels[at];
            let (m, u, _) = self.logs(at, level, comparison.shares.get(at).copied());
            evidence.push(Evidence { field, level, weight: m - u });
        }
        for (at, level) in comparison.extras.iter().enumerate() {
            let (m, u, _) = self.logs_of_extra(at, *level);
            evidence.push(Evidence { field: Field::Extra, level: *level, weight: m - u });
        }
        let relatives = self.relatives(comparison);
        if relatives < -0.05 {
            evidence.push(Evidence { field: Field::Relatives, level: Level::Similar, weight: relatives });
        }
        let prior = self.prior_weight();
        let weight = prior + evidence.iter().map(|evidence| evidence.weight).sum::<f64>();
        Scored { weight, probability: probability(weight), prior, evidence }
    }

    /// The weight alone, without the explanation: for many pairs.
    #[must_use]
    pub fn weight(&self, comparison: &Comparison) -> f64 {
        let (m, background) = self.sums(comparison);
        self.prior_weight() + m - background
    }

    /// What follows from a score.
    #[must_use]
    pub fn decide(&self, scored: &Scored) -> Decision {
        self.decide_weight(scored.weight)
    }

    /// What follows from a weight.
    #[must_use]
    pub fn decide_weight(&self, weight: f64) -> Decision {
        if weight >= self.thresholds().automatic {
            Decision::Automatic
        } else if weight >= self.thresholds().review {
            Decision::Review
        } else {
            Decision::Different
        }
    }

    /// What it costs that brothers and sisters would agree in the same way.
    fn relatives(&self, comparison: &Comparison) -> f64 {
        let (_, u, v) = self.class_sums(comparison);
        u - self.background(u, v)
    }
}
