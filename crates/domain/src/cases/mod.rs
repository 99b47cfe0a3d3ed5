//! Cases: the managed work for one child, from detection to resolution.

pub mod events;
pub mod lifecycle;
#[cfg(test)]
mod lifecycle_tests;
pub mod missing;
pub mod number;
pub mod rules;
#[cfg(test)]
mod rules_tests;
pub mod vocabulary;

pub use events::CaseEventKind;
pub use missing::{Missing, MissingCode};
pub use number::CaseNumber;
pub use rules::CasePart;
pub use vocabulary::{
    CaseAction, ClosureOutcome, EscalationTarget, ParticipantRole, PlanStatus, ReviewConclusion, RiskLevel, Section,
    Stage,
};
