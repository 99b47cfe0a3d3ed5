//! Weights of the rules of matching, learned from what people decided.
//!
//! A decision is an answer to a question that the rules themselves asked: pairs come before a person because of how they
//! agree, never because of what they are. So shares of agreements among decided pairs are no estimate of how often one
//! event, or two, agree so (in the queue, whatever agrees in one field tends to differ in another); but the odds of "one
//! event", *given* how a pair agrees, are the same in the queue as outside of it. They are a sum of weights (Fellegi and
//! Sunter 1969), and weights under which such answers are likeliest are those of a logistic regression (Prentice and
//! Pyke, *Logistic disease incidence models and case-control studies*, Biometrika 66, 1979: sampling by what was seen
//! moves the constant alone).
//!
//! The weights that somebody set are believed to be right within some bits, [`Learning::spread`]: what a few decisions say
//! moves them little, what many say moves them to where the decisions are (the mode of the posterior under normal priors).
//! Nothing here draws lots, and the same decisions give the same weights whatever their order.
//!
//! Learning starts from rules that were set, never from learned ones: a decision would count once more each time.

mod regression;
mod thresholds;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::matching::{Agreement, MatchField, MatchOutcome, MatchRules};

/// Fewer decisions teach nothing.
pub const LEAST_DECISIONS: usize = 50;

/// Fewer of one answer teach nothing: what is never answered cannot be told from the other.
pub const LEAST_OF_EACH: usize = 10;

/// No weight moves further in one learning, in bits: whatever moves it further is no slip of the weights, and a person
/// should look at the rules.
pub const MOST_MOVED: f64 = 4.0;

/// Between these the spread lies, in bits: below, nothing is ever learned; above, nothing is believed before.
pub const SPREADS: (f64, f64) = (0.01, 10.0);

/// How a decided pair agreed, field by field.
pub type Agreements = BTreeMap<MatchField, Agreement>;

/// Pairs that agreed in one way, and how often they were decided to be what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// How they agreed.
    pub agreements: Agreements,
    /// Decided to be one event.
    pub same: usize,
    /// Decided to be two.
    pub different: usize,
}

/// How to learn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Learning {
    /// How far off the weights that were set are believed to be, in bits: the standard deviation of the prior, within
    /// [`SPREADS`].
    pub spread: f64,
}

impl Default for Learning {
    fn default() -> Self {
        Self { spread: 1.0 }
    }
}

/// Why nothing is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LearningRefusal {
    /// There are not enough decisions, or hardly any of one answer.
    #[error("{same} decisions for one event and {different} for two are too few")]
    TooFew {
        /// Decided to be one event.
        same: usize,
        /// Decided to be two.
        different: usize,
    },
    /// The spread is none that one can learn with.
    #[error("the spread must lie between {} and {} bits", SPREADS.0, SPREADS.1)]
    Spread,
    /// The decisions lead to no sound rules: the rules that they start from are not sound.
    #[error("the rules that learning starts from are not sound")]
    Unsound,
}

impl LearningRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooFew { .. } => "too_few_decisions",
            Self::Spread => "spread_out_of_range",
            Self::Unsound => "match_rules_unsound",
        }
    }
}

/// What the decisions said of one weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LearnedWeight {
    /// The field.
    pub field: MatchField,
    /// How it agreed.
    pub agreement: Agreement,
    /// Pairs that agreed so and were decided to be one event.
    pub same: usize,
    /// Pairs that agreed so and were decided to be two.
    pub different: usize,
    /// The weight that was set, in bits.
    pub set: f64,
    /// The weight learned, in bits.
    pub learned: f64,
}

/// A threshold before and after.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LearnedThreshold {
    /// As it was set, in bits.
    pub set: f64,
    /// As it is after learning.
    pub learned: f64,
}

/// What would have become of the decided pairs without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcomes {
    /// One event, and joined by itself.
    pub same_matched: usize,
    /// One event, put before a person.
    pub same_reviewed: usize,
    /// One event, counted as two without anybody being asked.
    pub same_missed: usize,
    /// Two events, and joined by themselves: a fact would have been lost.
    pub different_matched: usize,
    /// Two events, put before a person.
    pub different_reviewed: usize,
    /// Two events, and nobody asked.
    pub different_apart: usize,
}

/// What was learned, and from what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearningReport {
    /// Decided to be one event.
    pub same: usize,
    /// Decided to be two.
    pub different: usize,
    /// How far off the weights that were set were believed to be, in bits.
    pub spread: f64,
    /// Binary logarithm of the odds of one event where the weights add up to nothing, as the decisions say.
    pub prior: f64,
    /// Every weight that decisions may move.
    pub weights: Vec<LearnedWeight>,
    /// From where on a report joins a fact. Never lower than it was set: see [`thresholds`].
    pub automatic: LearnedThreshold,
    /// From where on a person is asked. Never higher than it was set.
    pub review: LearnedThreshold,
    /// What the rules that were set would have made of the decided pairs.
    pub before: Outcomes,
    /// What the learned ones would make of them.
    pub after: Outcomes,
}

/// Rules with learned weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The rules: windows, and what goes together, as they were.
    pub rules: MatchRules,
    /// How they came about.
    pub report: LearningReport,
}

impl MatchRules {
    /// Whether a comparison under other rules says the same by its agreements: "near" means a day within the same window,
    /// forms of the same pairs.
    #[must_use]
    pub fn agrees_alike(&self, other: &Self) -> bool {
        self.windows == other.windows && self.compatible == other.compatible
    }

    /// Rules whose weights are those under which the decisions are likeliest, given what was set; see [the module](self).
    ///
    /// Agreements that the rules give no weight keep none, and one that is not known keeps its own: that somebody did
    /// not say something tells nothing.
    ///
    /// # Errors
    /// [`LearningRefusal`].
    pub fn learn(&self, decided: &[Decided], how: Learning) -> Result<Learned, LearningRefusal> {
        if !(SPREADS.0..=SPREADS.1).contains(&how.spread) {
            return Err(LearningRefusal::Spread);
        }
        self.check().map_err(|_| LearningRefusal::Unsound)?;
        let sum = |count: fn(&Decided) -> usize| decided.iter().map(count).sum::<usize>();
        let (same, different) = (sum(|it| it.same), sum(|it| it.different));
        if same + different < LEAST_DECISIONS || same.min(different) < LEAST_OF_EACH {
            return Err(LearningRefusal::TooFew { same, different });
        }
        let places = self.learnable();
        let prior = -self.automatic.midpoint(self.review);
        let fitted = regression::fit(&self.samples(&places, decided), &self.start(&places, prior, how));
        let weights = self.learned_weights(&places, &fitted[1..], decided);
        let mut rules = self.clone();
        for line in &weights {
            if let Some(weight) = rules.weights.get_mut(&line.field).and_then(|it| it.get_mut(&line.agreement)) {
                *weight = line.learned;
            }
        }
        let (automatic, review) = thresholds::learned(&rules, decided);
        (rules.automatic, rules.review) = (automatic, review);
        rules.check().map_err(|_| LearningRefusal::Unsound)?;
        let report = LearningReport {
            same,
            different,
            spread: how.spread,
            prior: rounded(fitted[0]),
            weights,
            automatic: LearnedThreshold { set: self.automatic, learned: automatic },
            review: LearnedThreshold { set: self.review, learned: review },
            before: self.outcomes(decided),
            after: rules.outcomes(decided),
        };
        Ok(Learned { rules, report })
    }

    /// What became of each weight, with the decisions that were about it.
    fn learned_weights(
        &self,
        places: &[(MatchField, Agreement)],
        fitted: &[f64],
        decided: &[Decided],
    ) -> Vec<LearnedWeight> {
        let line = |((field, agreement), fitted): (&(MatchField, Agreement), &f64)| {
            let set = self.weight(*field, *agreement);
            let agreeing = || decided.iter().filter(|it| it.agreements.get(field) == Some(agreement));
            LearnedWeight {
                field: *field,
                agreement: *agreement,
                same: agreeing().map(|it| it.same).sum(),
                different: agreeing().map(|it| it.different).sum(),
                set,
                learned: rounded(fitted.clamp(set - MOST_MOVED, set + MOST_MOVED)),
            }
        };
        places.iter().zip(fitted).map(line).collect()
    }

    /// The weights that decisions may move.
    fn learnable(&self) -> Vec<(MatchField, Agreement)> {
        let all = self.weights.iter().flat_map(|(field, levels)| levels.keys().map(|agreement| (*field, *agreement)));
        all.filter(|(_, agreement)| *agreement != Agreement::Unknown).collect()
    }

    /// The decided pairs for the regression: the constant, then what agrees among `places`.
    fn samples(&self, places: &[(MatchField, Agreement)], decided: &[Decided]) -> Vec<regression::Sample> {
        let agreeing = |it: &Decided| {
            let holds = |(field, agreement): &(MatchField, Agreement)| it.agreements.get(field) == Some(agreement);
            let held = places.iter().enumerate().filter(|(_, place)| holds(place)).map(|(place, _)| place + 1);
            std::iter::once(0).chain(held).collect()
        };
        let fixed = |it: &Decided| {
            let unknown = it.agreements.iter().filter(|(_, agreement)| **agreement == Agreement::Unknown);
            unknown.map(|(field, agreement)| self.weight(*field, *agreement)).sum()
        };
        decided
            .iter()
            .map(|it| regression::Sample {
                features: agreeing(it),
                offset: fixed(it),
                yes: it.same as f64,
                no: it.different as f64,
            })
            .collect()
    }

    /// What is believed before: of the constant hardly anything, of the weights what was set.
    fn start(&self, places: &[(MatchField, Agreement)], prior: f64, how: Learning) -> Vec<regression::Belief> {
        /// In bits. The queue may be full of pairs of one event, or of two: only its decisions say.
        const PRIOR_SPREAD: f64 = 10.0;
        let constant = regression::Belief { mean: prior, spread: PRIOR_SPREAD };
        let weight = |(field, agreement): &(MatchField, Agreement)| regression::Belief {
            mean: self.weight(*field, *agreement),
            spread: how.spread,
        };
        std::iter::once(constant).chain(places.iter().map(weight)).collect()
    }

    /// The score of a pair that agreed so.
    fn score_of(&self, agreements: &Agreements) -> f64 {
        agreements.iter().map(|(field, agreement)| self.weight(*field, *agreement)).sum()
    }

    /// What these rules make of pairs; all of them were near enough to be put before a person.
    fn outcomes(&self, decided: &[Decided]) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for it in decided {
            let agreement = |field| it.agreements.get(&field).copied().unwrap_or(Agreement::Unknown);
            let (same, different) = match self.outcome(self.score_of(&it.agreements), true, agreement) {
                MatchOutcome::Matched => (&mut outcomes.same_matched, &mut outcomes.different_matched),
                MatchOutcome::Review => (&mut outcomes.same_reviewed, &mut outcomes.different_reviewed),
                MatchOutcome::New => (&mut outcomes.same_missed, &mut outcomes.different_apart),
            };
            *same += it.same;
            *different += it.different;
        }
        outcomes
    }
}

/// To a hundredth of a bit: finer is nothing but noise, and nobody reads it.
fn rounded(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests;
