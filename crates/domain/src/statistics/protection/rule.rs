//! How much is changed, and what may be asked: dated reference data.

use serde::Deserialize;

/// The parameters of protected counts, as they stand in the reference data.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRule {
    /// D: no count is changed by more.
    pub max_noise: u8,
    /// V: the variance of the change, wherever the other conditions allow it.
    pub variance: f64,
    /// No count from 1 up to below this one is ever shown.
    pub threshold: u8,
    /// Counts from 1 up to below this one, at most the threshold, are always shown as 0: what is shown then holds so many
    /// records at least. 1 hides none: they are shown as 0 or as the threshold and more, right on average.
    pub hidden_below: u8,
    /// At most so many dimensions and filters in one table, each dimension counted once; the period does not count.
    pub max_attributes: u8,
}
