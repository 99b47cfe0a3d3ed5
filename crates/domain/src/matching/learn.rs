//! Weights from what people decided.

use super::agreement::Field;
use super::compare::Comparison;
use super::estimate::Counts;
use super::model::{FieldModel, Model};

/// A pair that somebody has decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// How the two records agreed.
    pub comparison: Comparison,
    /// Whether they are one person.
    pub same: bool,
}

impl Model {
    /// Learns from decisions; the weights as they are count for `strength` pairs of each class (some hundreds), so
    /// that a few decisions move them little.
    ///
    /// Decided pairs are not a fair sample: people are asked where the model doubts. Pairs of one person move m. Pairs
    /// of two people are shared between those that agree by chance, which move u, and those that agree as relatives
    /// do, which move v, as the model itself divides them; both are moved by a tenth only of what they would be
    /// otherwise, since in the queue agreement is over-represented. The thresholds and the prior stay as they are.
    #[must_use]
    pub fn learn(&self, decided: &[Decided], strength: f64) -> Self {
        let [mut same, mut strangers, mut relatives] = [(); 3].map(|()| Counts::new(self));
        for decided in decided {
            if decided.same {
                same.add(&decided.comparison, 1.0);
                continue;
            }
            let (_, u, v) = self.class_sums(&decided.comparison);
            let by_chance = (u - self.background(u, v)).exp2().min(1.0);
            strangers.add(&decided.comparison, by_chance * SHARE_OF_DIFFERENT);
            relatives.add(&decided.comparison, (1.0 - by_chance) * SHARE_OF_DIFFERENT);
        }
        let field = |_: Field, at: usize, known: &FieldModel| {
            let mut field = known.clone();
            let m = same.shares(at, known.levels.iter().map(|level| (level.level, level.m)), strength);
            let u = strangers.shares(at, known.levels.iter().map(|level| (level.level, level.u)), strength);
            let v = relatives.shares(at, known.levels.iter().map(|level| (level.level, level.v)), strength);
            for (place, level) in field.levels.iter_mut().enumerate() {
                (level.m, level.u, level.v) = (m[place], u[place], v[place]);
            }
            field
        };
        self.with_shares(field, self.matches_per_record())
    }
}

/// How much a decision "two people" moves u and v.
const SHARE_OF_DIFFERENT: f64 = 0.1;
