//! Record keys and what their sum picks.

use std::ops::Add;

/// The sum of the record keys of a cell's facts, as a fraction of one: the sum modulo 1 of Thompson, Broadfoot and
/// Elazar (2013), counted exactly in units of 2⁻³².
///
/// The keys of single facts are uniform and independent, so the key of every cell that is not empty is uniform, and
/// that of a cell with one fact more is independent of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CellKey(u32);

impl CellKey {
    /// The key of a sum of record keys; whole units are dropped.
    #[must_use]
    pub const fn of_sum(sum: u64) -> Self {
        // The remainder of 2³² is what is kept: the fractional part.
        Self((sum & 0xffff_ffff) as u32)
    }

    /// The fraction, in units of 2⁻³².
    #[must_use]
    pub const fn units(self) -> u32 {
        self.0
    }
}

/// The key of two cells together that share no fact.
impl Add for CellKey {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}
