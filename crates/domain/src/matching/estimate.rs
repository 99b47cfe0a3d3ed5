//! Weights from data, without anybody having said which records are one person.
//!
//! Expectation maximisation (Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm",
//! JRSS B 39, 1977; for record linkage Winkler 1988). u comes from pairs taken at random, of which nearly none is one
//! person. m comes from the pairs that blocking proposes: since it proposes nearly all true pairs, and pairs that it
//! does not propose are taken for two people, this is estimation over all pairs. Nothing is random: the same pairs
//! give the same weights.

use super::agreement::{Field, Level};
use super::compare::Comparison;
use super::model::{FieldModel, LevelModel, Model};

/// How weights are estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// How many pairs the weights one starts from count for m, so that a level that is rarely seen keeps its weight.
    pub strength_m: f64,
    /// The same for u.
    pub strength_u: f64,
    /// Most rounds.
    pub rounds: usize,
    /// Enough when the likelihood grows by less than this share.
    pub enough: f64,
}

impl Default for Estimate {
    fn default() -> Self {
        Self { strength_m: 200.0, strength_u: 2_000.0, rounds: 60, enough: 1e-7 }
    }
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Estimation {
    /// The model with the weights found.
    pub model: Model,
    /// How many pairs are expected to be one person.
    pub matches: f64,
    /// The logarithm of the likelihood (with what the starting weights count) after each round; it never falls.
    pub log_likelihood: Vec<f64>,
}

/// Numbers of pairs by field (further fields after the compared ones) and level.
pub(super) struct Counts(Vec<[f64; Level::ALL.len()]>);

impl Counts {
    pub(super) fn new(model: &Model) -> Self {
        Self(vec![[0.0; Level::ALL.len()]; Field::COMPARED.len() + model.extras().len()])
    }

    pub(super) fn add(&mut self, comparison: &Comparison, share: f64) {
        let levels = comparison.levels.iter().chain(&comparison.extras);
        for (counts, level) in self.0.iter_mut().zip(levels) {
            counts[*level as usize] += share;
        }
    }

    /// Shares by level of a field, the known ones counting `strength` pairs.
    pub(super) fn shares(&self, at: usize, known: impl Iterator<Item = (Level, f64)>, strength: f64) -> Vec<f64> {
        let counted: Vec<f64> = known.map(|(level, share)| self.0[at][level as usize] + strength * share).collect();
        let total: f64 = counted.iter().sum();
        counted.into_iter().map(|count| (count / total).clamp(1e-12, 1.0 - 1e-12)).collect()
    }
}

fn replaced(known: &FieldModel, shares: Vec<f64>, put: impl Fn(&mut LevelModel, f64)) -> FieldModel {
    let mut field = known.clone();
    for (level, share) in field.levels.iter_mut().zip(shares) {
        put(level, share);
    }
    field
}

impl Estimate {
    /// u from comparisons of pairs taken at random.
    #[must_use]
    pub fn random_pairs(&self, start: &Model, random: &[Comparison]) -> Model {
        let mut counts = Counts::new(start);
        // The few that are one person after all would make rare agreements look common.
        for comparison in random.iter().filter(|comparison| start.weight(comparison) < 0.0) {
            counts.add(comparison, 1.0);
        }
        let field = |_: Field, at: usize, known: &FieldModel| {
            let before = known.levels.iter().map(|level| (level.level, level.u));
            replaced(known, counts.shares(at, before, self.strength_u), |level, share| level.u = share)
        };
        start.with_shares(field, start.matches_per_record())
    }

    /// m, and how many pairs are one person, from the pairs that blocking proposes among `all_pairs`.
    ///
    /// `start` says where to begin and how many `records` a record is compared with.
    #[must_use]
    pub fn proposed_pairs(&self, start: &Model, proposed: &[Comparison], all_pairs: f64) -> Estimation {
        let per_record = all_pairs / start.records() as f64;
        // Nothing but m changes between rounds: what two people look like is worked out once.
        let background: Vec<f64> = proposed.iter().map(|comparison| start.sums(comparison).1).collect();
        let mut estimation = Estimation { model: start.clone(), matches: 0.0, log_likelihood: Vec::new() };
        for _ in 0..self.rounds {
            let mut counts = Counts::new(start);
            let (mut matches, mut likelihood) = (0.0, 0.0);
            let odds = estimation.model.prior_weight();
            let log_other = -odds.exp2().ln_1p();
            for (comparison, background) in proposed.iter().zip(&background) {
                let weight = odds + estimation.model.class_sums(comparison).0 - background;
                let odds = weight.exp2();
                let probability = if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
                counts.add(comparison, probability);
                matches += probability;
                // Against the likelihood that all are two people, which never changes.
                likelihood += if odds.is_finite() { odds.ln_1p() } else { weight * std::f64::consts::LN_2 };
            }
            likelihood += all_pairs * log_other + self.of_start(start, &estimation.model);
            let before = estimation.log_likelihood.last().copied();
            estimation.log_likelihood.push(likelihood);
            if before.is_some_and(|before| likelihood - before < self.enough * likelihood.abs()) {
                break;
            }
            estimation.matches = matches;
            let field = |field: Field, at: usize, _: &FieldModel| {
                let known = known(start, field, at);
                let before = known.levels.iter().map(|level| (level.level, level.m));
                replaced(known, counts.shares(at, before, self.strength_m), |level, share| level.m = share)
            };
            estimation.model = start.with_shares(field, matches / per_record);
        }
        estimation
    }

    /// What the weights one starts from count in the likelihood.
    fn of_start(&self, start: &Model, model: &Model) -> f64 {
        let all = |model: &Model| -> Vec<LevelModel> {
            let fields = Field::COMPARED.iter().filter_map(|field| model.field(*field));
            fields.chain(model.extras()).flat_map(|field| field.levels.clone()).collect()
        };
        let pairs = all(start).into_iter().zip(all(model));
        self.strength_m * pairs.map(|(before, now)| before.m * now.m.ln()).sum::<f64>()
    }
}

#[expect(clippy::expect_used, reason = "asked only for fields that the model has")]
fn known(start: &Model, field: Field, at: usize) -> &FieldModel {
    let extra = || start.extras().get(at - Field::COMPARED.len());
    start.field(field).or_else(extra).expect("with_shares asks only for fields that the model has")
}
