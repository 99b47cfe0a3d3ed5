//! Grounds on which a pupil is placed or removed: dated reference data.

use chrono::NaiveDate;

use super::{GroundUse, LegalRegime, regime_on};
use crate::Invalid;

/// A ground as far as rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// What it is for.
    pub usage: GroundUse,
    /// Its code.
    pub code: String,
    /// Codes of the legal regimes under which it is a ground.
    pub regimes: Vec<String>,
    /// The first day on which it may be used.
    pub valid_from: NaiveDate,
    /// The first day on which it may not be used any more.
    pub valid_to: Option<NaiveDate>,
}

impl Ground {
    /// Whether it may be used for this on a day: in force itself, and of the regime in force.
    #[must_use]
    pub fn allowed(&self, usage: GroundUse, day: NaiveDate, regimes: &[LegalRegime]) -> bool {
        self.usage == usage
            && self.valid_from <= day
            && self.valid_to.is_none_or(|end| day < end)
            && regime_on(regimes, day).is_some_and(|regime| self.regimes.contains(&regime.code))
    }
}

/// Checks the code of a ground that is used on a day.
///
/// # Errors
/// `ground_not_allowed` (`allowed`): there is no such ground, or not on that day.
pub fn check_ground(
    code: &str,
    usage: GroundUse,
    day: NaiveDate,
    grounds: &[Ground],
    regimes: &[LegalRegime],
) -> Result<(), Invalid> {
    let allowed: Vec<&str> = grounds
        .iter()
        .filter(|ground| ground.allowed(usage, day, regimes))
        .map(|ground| ground.code.as_str())
        .collect();
    if allowed.contains(&code) {
        Ok(())
    } else {
        Err(Invalid::new("ground_not_allowed").with("allowed", allowed.join(", ")))
    }
}
