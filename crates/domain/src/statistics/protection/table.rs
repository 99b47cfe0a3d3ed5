//! The table of noise: for every count, which change with what probability.

use thiserror::Error;

use super::entropy::{maximum_entropy, mean, narrowest};
use super::{CellKey, DisclosureRule};

/// The parameters allow no table.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NoiseTableError {
    /// Noise below the threshold cannot reach from 1 to what may be shown, or a number makes no sense.
    #[error("the disclosure rule's parameters contradict each other")]
    Contradiction,
    /// No distribution with the variance asked for, and none near it.
    #[error("no noise for the count {0} has the variance asked for")]
    NoDistribution(u16),
}

/// What may be added to one count.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) noise: Vec<i16>,
    pub(super) shares: Vec<f64>,
    /// Up to which key (itself excluded) each noise is taken, in units of 2⁻³².
    until: Vec<u64>,
}

/// Noise for every count, and every cell key: computed from a [`DisclosureRule`] alone, so the same everywhere.
///
/// A count of 0 stays 0, and so shows every other one that the rule hides. For every count `i` beyond these the noise has mean
/// 0 (what is shown is unbiased), the rule's variance (for small counts the nearest that is possible), at most the rule's size,
/// and `i + noise` is 0 or at least the threshold. Of all such distributions it is the one of maximum entropy: it tells an
/// intruder least.
#[derive(Debug, Clone, PartialEq)]
pub struct NoiseTable {
    /// The noise of the counts 1, 2, …; the last is that of all greater ones, where no condition but D binds any more.
    rows: Vec<Row>,
}

impl NoiseTable {
    /// Computes the table.
    ///
    /// # Errors
    /// [`NoiseTableError`]: the rule's parameters allow none.
    pub fn of(rule: &DisclosureRule) -> Result<Self, NoiseTableError> {
        let (most, threshold) = (i16::from(rule.max_noise), i16::from(rule.threshold));
        let hides = (1..=rule.threshold).contains(&rule.hidden_below);
        let sensible = rule.variance > 0.0 && hides && most >= threshold && most <= 50;
        if !sensible {
            return Err(NoiseTableError::Contradiction);
        }
        let rows = (1..=most + threshold).map(|count| Row::of(count, rule)).collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// The count that is shown for a cell.
    ///
    /// The key picks by inverting the distribution function: the noises stand in ascending order, each on a stretch
    /// of the keys as long as its probability.
    #[must_use]
    pub fn protect(&self, count: u64, key: CellKey) -> u64 {
        let Some(row) = self.row(count) else { return 0 };
        let at = row.until.partition_point(|until| *until <= u64::from(key.units()));
        row.noise.get(at).map_or(count, |noise| count.saturating_add_signed(i64::from(*noise)))
    }

    /// The noise of a count with its probabilities; none for a count of 0.
    pub(super) fn row(&self, count: u64) -> Option<&Row> {
        let last = self.rows.len().checked_sub(1)?;
        let at = usize::try_from(count.checked_sub(1)?).unwrap_or(usize::MAX);
        self.rows.get(at.min(last))
    }
}

impl Row {
    fn of(count: i16, rule: &DisclosureRule) -> Result<Self, NoiseTableError> {
        if count < i16::from(rule.hidden_below) {
            let shares = vec![1.0];
            return Ok(Self { noise: vec![-count], until: stretches(&shares), shares });
        }
        let (most, threshold) = (i16::from(rule.max_noise), i16::from(rule.threshold));
        let shown = |noise: &i16| count + noise == 0 || count + noise >= threshold;
        let noise: Vec<i16> = (-most..=most).filter(shown).collect();
        let smallest = narrowest(&noise);
        // Where the least that the conditions allow is more than the rule asks for, that least it is.
        let shares = if mean(&noise, &smallest, 2) >= rule.variance - 1e-9 {
            Some(smallest)
        } else {
            maximum_entropy(&noise, rule.variance)
        };
        let shares = shares.ok_or(NoiseTableError::NoDistribution(count.unsigned_abs()))?;
        Ok(Self { until: stretches(&shares), noise, shares })
    }
}

/// Where the stretch of each noise ends on the keys; the last ends with them.
fn stretches(shares: &[f64]) -> Vec<u64> {
    const KEYS: f64 = 4_294_967_296.0;
    let mut sum = 0.0;
    let mut until: Vec<u64> = shares
        .iter()
        .map(|share| {
            sum += share;
            // Between 0 and 2³²: the conversion cannot overflow.
            (sum * KEYS).round().clamp(0.0, KEYS) as u64
        })
        .collect();
    // Sums of fractions may miss one by a hair.
    if let Some(last) = shares.iter().rposition(|share| *share > 0.0) {
        until[last..].fill(KEYS as u64);
    }
    until
}
