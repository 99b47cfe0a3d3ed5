//! Cases: the managed work for one child, from detection to resolution.

pub mod events;
pub mod lifecycle;
pub mod missing;
pub mod number;
pub mod rules;
pub mod vocabulary;

pub use events::CaseEventKind;
pub use missing::{Missing, MissingCode};
pub use number::CaseNumber;
pub use rules::CasePart;
pub use vocabulary::{
    CaseAction, ClosureOutcome, EscalationTarget, ParticipantRole, PlanStatus, ReviewConclusion, RiskLevel, Section,
    Stage,
};
