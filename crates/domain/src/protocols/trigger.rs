//! When a protocol, or a step of it, is called for.

use super::{Condition, Trigger};
use crate::cases::RiskLevel;
use crate::register::{ChildRole, Nature};

/// A fact of a case as far as protocols look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFact {
    /// What it was.
    pub nature: Nature,
    /// What the child was in it.
    pub child_role: ChildRole,
}

/// A case as far as protocols look at it.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Its risk.
    pub risk: RiskLevel,
    /// What its facts are: the new one, or all.
    pub facts: &'a [CaseFact],
    /// Age of the child in completed years. Where it is not known every age fits: rather a step too many.
    pub age_years: Option<i32>,
}

/// Whether a case calls for a protocol: one of its facts is of the trigger's kind and has one of its forms or levels
/// (where the trigger has a kind), and its risk is one of the trigger's (where it names any). A trigger that names
/// neither is never met.
#[must_use]
pub fn matches(trigger: &Trigger, circumstances: &Circumstances<'_>) -> bool {
    let at_risk = trigger.risk_levels.is_empty() || trigger.risk_levels.contains(&circumstances.risk);
    match trigger.kind {
        None => at_risk && !trigger.risk_levels.is_empty(),
        Some(kind) => {
            at_risk
                && circumstances.facts.iter().any(|fact| {
                    let nature = &fact.nature;
                    nature.kind() == kind
                        && (trigger.forms.is_empty() || nature.forms().any(|form| trigger.forms.contains(&form)))
                        && (trigger.levels.is_empty()
                            || nature.level().is_some_and(|level| trigger.levels.contains(&level)))
                        && (trigger.child_roles.is_empty() || trigger.child_roles.contains(&fact.child_role))
                })
        }
    }
}

/// Whether a step is called for.
#[must_use]
pub fn holds(condition: &Condition, circumstances: &Circumstances<'_>) -> bool {
    let facts = || circumstances.facts.iter().map(|fact| &fact.nature);
    let age = |fits: &dyn Fn(i32) -> bool| circumstances.age_years.is_none_or(fits);
    (condition.forms.is_empty() || facts().flat_map(Nature::forms).any(|form| condition.forms.contains(&form)))
        && (condition.levels.is_empty()
            || facts().filter_map(Nature::level).any(|level| condition.levels.contains(&level)))
        && (condition.risk_levels.is_empty() || condition.risk_levels.contains(&circumstances.risk))
        && condition.age_from.is_none_or(|from| age(&|years| years >= i32::from(from)))
        && condition.age_to.is_none_or(|to| age(&|years| years <= i32::from(to)))
}
