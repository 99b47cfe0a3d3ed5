//! Who may approve a plan, by risk: dated reference data, because an order may change it.

use std::collections::BTreeMap;

use super::RiskLevel;

/// What the approval of a plan at one risk asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalRule {
    /// A supervisor over the lead organisation must do it.
    pub supervisor: bool,
    /// Somebody other than the plan's author must do it.
    pub other_than_author: bool,
}

impl ApprovalRule {
    /// Whoever may approve plans at all.
    pub const NONE: Self = Self { supervisor: false, other_than_author: false };
    /// Four eyes, one pair of them a supervisor's.
    pub const STRICT: Self = Self { supervisor: true, other_than_author: true };
}

/// The rules in force, by risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRules(BTreeMap<RiskLevel, ApprovalRule>);

impl ApprovalRules {
    /// The rules of the reference data.
    pub fn new(rules: impl IntoIterator<Item = (RiskLevel, ApprovalRule)>) -> Self {
        Self(rules.into_iter().collect())
    }

    /// The rule at a risk. Where the data says nothing the strictest holds: a gap must not open a door.
    #[must_use]
    pub fn of(&self, risk: RiskLevel) -> ApprovalRule {
        self.0.get(&risk).copied().unwrap_or(ApprovalRule::STRICT)
    }
}

impl Default for ApprovalRules {
    /// As domain.md has it, and the reference data that comes with the program: at high and critical risk a supervisor
    /// who did not write the plan.
    fn default() -> Self {
        let rule = |risk: RiskLevel| if risk >= RiskLevel::High { ApprovalRule::STRICT } else { ApprovalRule::NONE };
        Self::new(RiskLevel::ALL.iter().map(|risk| (*risk, rule(*risk))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_four_eyes_look_at_a_grave_risk() {
        let strict: Vec<_> =
            RiskLevel::ALL.iter().filter(|risk| ApprovalRules::default().of(**risk) == ApprovalRule::STRICT).collect();
        assert_eq!(strict, [&RiskLevel::High, &RiskLevel::Critical]);
        assert_eq!(ApprovalRules::default().of(RiskLevel::Low), ApprovalRule::NONE);
    }

    #[test]
    fn a_gap_in_the_data_opens_no_door() {
        let rules = ApprovalRules::new([(RiskLevel::High, ApprovalRule::NONE)]);
        assert_eq!(rules.of(RiskLevel::High), ApprovalRule::NONE);
        assert_eq!(rules.of(RiskLevel::Low), ApprovalRule::STRICT);
    }
}
