//! An attacker that needs no model: it makes up the past itself and learns from it how often a cell that shows so, beside what
//! other tables say, holds one record or two. That is Bayes' rule by counting.

use std::collections::BTreeMap;

use super::Score;

/// What an attacker sees of a cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clue {
    /// What the cell itself shows.
    pub(super) own: u64,
    /// What other tables say that it holds.
    pub(super) estimate: Option<f64>,
    /// Whether something shows that a single record cannot show.
    pub(super) apart: bool,
}

type Seen = (u64, i64, bool);

/// How often what was seen stood for one record, and for two.
#[derive(Default)]
pub(super) struct Learned(BTreeMap<Seen, [f64; 3]>);

impl Learned {
    fn seen(clue: Clue) -> Seen {
        // Steps of one: finer ones would leave too few made-up years in each.
        (clue.own, clue.estimate.map_or(0, |estimate| estimate.round().clamp(-12.0, 12.0) as i64), clue.apart)
    }

    /// What shows alike, whatever the estimate.
    fn alike(clue: Clue) -> Seen {
        (clue.own, i64::MAX, clue.apart)
    }

    pub(super) fn learn(&mut self, truth: u64, clue: Clue) {
        for seen in [Self::seen(clue), Self::alike(clue)] {
            self.0.entry(seen).or_default()[truth as usize] += 1.0;
        }
    }

    pub(super) fn says(&self, clue: Clue) -> u64 {
        let alike = self.0.get(&Self::alike(clue)).copied().unwrap_or([0.0, 1.0, 1.0]);
        let seen = self.0.get(&Self::seen(clue)).copied().unwrap_or_default();
        // A few years of what shows alike steady what was seldom seen.
        let weight = |truth: usize| seen[truth] + 4.0 * alike[truth] / (alike[1] + alike[2]);
        if weight(1) >= weight(2) { 1 } else { 2 }
    }
}

/// The mean of independent estimates, each weighed by the inverse of its variance.
pub(super) fn mean(estimates: &[(f64, f64)]) -> Option<f64> {
    let weights: f64 = estimates.iter().map(|(_, variance)| 1.0 / variance).sum();
    (!estimates.is_empty()).then(|| estimates.iter().map(|(value, variance)| value / variance).sum::<f64>() / weights)
}

/// Attackers that learn from the same made-up regions, each by what it looks at.
pub(super) struct Attackers {
    names: Vec<&'static str>,
    learned: Vec<Learned>,
    scores: Vec<Score>,
}

impl Attackers {
    pub(super) fn new(names: &[&'static str]) -> Self {
        let learned = names.iter().map(|_| Learned::default()).collect();
        Self { names: names.to_vec(), learned, scores: names.iter().map(|_| Score::default()).collect() }
    }

    /// Learns from a cell, or is asked about it: by one clue for each attacker.
    pub(super) fn see(&mut self, attacked: bool, truth: u64, clues: &[Clue]) {
        for (at, clue) in clues.iter().enumerate() {
            if attacked {
                self.scores[at].add(truth, self.learned[at].says(*clue));
            } else {
                self.learned[at].learn(truth, *clue);
            }
        }
    }

    /// Prints the rates, and holds what each gains over guessing, in points, to a bound.
    pub(super) fn hold(&self, most: &[f64]) {
        assert_eq!(most.len(), self.scores.len(), "a bound for each");
        for ((name, score), most) in self.names.iter().zip(&self.scores).zip(most) {
            score.print(name);
            let gain = 100.0 * (score.rate() - score.guessing());
            assert!(gain <= *most, "{name}: {gain:.1} points");
        }
    }
}
