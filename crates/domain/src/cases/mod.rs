//! Cases: the managed work for one child, from detection to resolution.

pub mod approval;
pub mod attachments;
pub mod bulk;
pub mod commands;
pub mod events;
pub mod follow_up;
pub mod happened;
pub mod lifecycle;
#[cfg(test)]
mod lifecycle_tests;
pub mod links;
pub mod merge;
pub mod missing;
pub mod model;
#[cfg(test)]
mod model_tests;
pub mod number;
pub mod parts;
pub mod revision;
pub mod rules;
#[cfg(test)]
mod rules_tests;
pub mod search;
pub mod vocabulary;
pub mod worklists;

pub use approval::{ApprovalRule, ApprovalRules};
pub use attachments::{AttachmentKind, AttachmentRefusal, FileName, may_withdraw};
pub use events::CaseEventKind;
pub use happened::{Event, Happened, PlannedTask};
pub use missing::{Missing, MissingCode};
pub use number::CaseNumber;
pub use revision::FamilyRole;
pub use rules::CasePart;
pub use vocabulary::{
    CaseAction, ClosureOutcome, EscalationTarget, ParticipantRole, PlanStatus, ReviewConclusion, RiskLevel, Section,
    Stage,
};
