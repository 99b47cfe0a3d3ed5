//! The risk that an assessment finds: the instrument's word and the assessor's.
//!
//! A screen is an aid: who has seen the child may judge otherwise. Upwards and downwards a reason is written down, and
//! a judgement below the instrument's is marked, so that nobody takes it for the screen's own result.

use crate::Invalid;
use crate::cases::RiskLevel;
use crate::words::words;

words! {
    /// How the assessor's judgement differs from the instrument's.
    pub enum RiskOverride {
        /// The assessor sees a greater danger.
        Raised = "raised",
        /// The assessor sees a lesser danger.
        Lowered = "lowered",
    }
}

/// The risk found, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskFound {
    /// What the scores stand for.
    pub scored: RiskLevel,
    /// What the assessment finds.
    pub risk_level: RiskLevel,
    /// How the assessor's judgement differs, if it does.
    pub overridden: Option<RiskOverride>,
}

/// Settles the risk that an assessment finds.
///
/// # Errors
/// `risk_reason_needed` where the assessor's judgement differs and no reason is given.
pub fn settle(scored: RiskLevel, judged: Option<RiskLevel>, has_reason: bool) -> Result<RiskFound, Invalid> {
    let risk_level = judged.unwrap_or(scored);
    let overridden = match risk_level.cmp(&scored) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(RiskOverride::Raised),
        std::cmp::Ordering::Less => Some(RiskOverride::Lowered),
    };
    if overridden.is_some() && !has_reason {
        return Err(Invalid::new("risk_reason_needed"));
    }
    Ok(RiskFound { scored, risk_level, overridden })
}

/// The risk that a case should have after a finding, where that is more than it has.
#[must_use]
pub fn suggested(case: RiskLevel, found: RiskLevel) -> Option<RiskLevel> {
    (found > case).then_some(found)
}

/// The risk that a case gets with the finding itself, before anybody decides on it: danger to life does not wait for
/// the end of the assessment.
#[must_use]
pub fn raised_at_once(case: RiskLevel, found: RiskLevel) -> Option<RiskLevel> {
    suggested(case, found).filter(|risk| *risk == RiskLevel::Critical)
}
