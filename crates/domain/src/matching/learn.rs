//! Weights from what people decided.

use super::agreement::Field;
use super::compare::Comparison;
use super::estimate::Counts;
use super::model::{FieldModel, LevelModel, Model};

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
            let seen = known.levels.iter().map(|level| (level.level, known.among_relatives(level)));
            let seen = relatives.shares(at, seen, strength);
            // Of the relatives who agree at a level, so many share the value in truth.
            let sharing: Vec<f64> =
                known.levels.iter().zip(&seen).map(|(l, seen)| seen * share_in_truth(known, l)).collect();
            field.shared = sharing.iter().sum::<f64>().clamp(0.0, MOST_SHARED);
            let rest = seen.iter().zip(&sharing).map(|(seen, sharing)| (seen - sharing).max(1e-9));
            let all: f64 = rest.clone().sum();
            let v: Vec<f64> = rest.map(|rest| (rest / all).clamp(1e-12, 1.0 - 1e-12)).collect();
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
/// Some brothers and sisters always differ.
const MOST_SHARED: f64 = 0.999;

/// The share of relatives agreeing at a level who do so because they share the value.
fn share_in_truth(field: &FieldModel, level: &LevelModel) -> f64 {
    field.shared * level.m / field.among_relatives(level)
}
