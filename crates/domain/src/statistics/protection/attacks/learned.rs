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

/// A cell that is learned from or attacked, with what each table says that it holds.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) attacked: bool,
    pub(super) truth: u64,
    pub(super) own: u64,
    /// By the kind of table, which says how it errs.
    pub(super) estimates: Vec<(usize, f64)>,
    pub(super) apart: bool,
}

impl Watched {
    /// How much what its tables say speaks for one record rather than two: for each table the logarithm of how much oftener cells of
    /// one show so, counted in all cells that are learned from but itself. An attacker that knows nothing of how a table errs
    /// learns that too.
    pub(super) fn weigh(all: &[Self]) -> Vec<f64> {
        let mut counted: BTreeMap<(usize, i64), [f64; 2]> = BTreeMap::new();
        let mut totals = [0.0; 2];
        for one in all.iter().filter(|one| !one.attacked) {
            let truth = (one.truth - 1) as usize;
            totals[truth] += 1.0;
            for (kind, estimate) in &one.estimates {
                counted.entry((*kind, estimate.round() as i64)).or_default()[truth] += 1.0;
            }
        }
        let share = totals.map(|total| total / (totals[0] + totals[1]));
        let weigh = |one: &Self| -> f64 {
            let weights = one.estimates.iter().map(|(kind, estimate)| {
                let mut counts = counted.get(&(*kind, estimate.round() as i64)).copied().unwrap_or_default();
                if !one.attacked {
                    counts[(one.truth - 1) as usize] -= 1.0;
                }
                // What was seldom seen says little.
                let [of_one, of_two] = [0, 1].map(|truth| (counts[truth] + 4.0 * share[truth]) / share[truth]);
                (of_one / of_two).ln()
            });
            weights.sum()
        };
        // In half steps, which is as fine as the counting of clues goes.
        all.iter().map(|one| 2.0 * weigh(one)).collect()
    }

    /// What the place, the form and other values of a cell let expect: some are more frequent than others.
    pub(super) fn of_values(values: impl IntoIterator<Item = u8>) -> Vec<(usize, f64)> {
        values.into_iter().enumerate().map(|(at, value)| (100 + at, f64::from(value))).collect()
    }

    /// The kinds and values of estimates, each of a kind of its own.
    pub(super) fn kinds(estimates: impl IntoIterator<Item = f64>) -> Vec<(usize, f64)> {
        estimates.into_iter().enumerate().collect()
    }
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

    /// What one attacker gains over guessing, in points.
    pub(super) fn gain(&self, at: usize) -> f64 {
        100.0 * (self.scores[at].rate() - self.scores[at].guessing())
    }

    /// How many of the cells of one an attacker finds, and how many of those that it takes for one are such.
    pub(super) fn named(&self, at: usize) -> (f64, f64) {
        let score = &self.scores[at];
        (score.named_rightly / score.ones, score.named_rightly / score.named.max(1.0))
    }

    /// Prints the rates, and holds what each gains over guessing, in points, to a bound.
    pub(super) fn hold(&self, most: &[f64]) {
        assert_eq!(most.len(), self.scores.len(), "a bound for each");
        for (at, (name, most)) in self.names.iter().zip(most).enumerate() {
            self.scores[at].print(name);
            let gain = self.gain(at);
            assert!(gain <= *most, "{name}: {gain:.1} points");
        }
    }
}
