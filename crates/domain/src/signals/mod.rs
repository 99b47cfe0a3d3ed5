//! Signals: the first word of a possible danger to a child, from anyone, not yet verified.

mod triage;
mod vocabulary;

pub use triage::{Triage, TriageCommand, TriageRefusal, triage};
pub use vocabulary::{SignalChannel, SignalStatus, TriageDecision, Urgency};
