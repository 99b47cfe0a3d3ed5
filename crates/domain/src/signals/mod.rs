//! Signals: the first word of a possible danger to a child, from anyone, not yet verified.

mod duplicates;
mod external;
pub mod import;
mod reported;
mod routing;
mod triage;
mod vocabulary;

pub use duplicates::{DuplicateSign, SignalAbout, same_child};
pub use external::{ExternalId, ImportSource, SINGLE_SOURCE};
pub use reported::{ReportedChild, told_age};
pub use routing::{DEFAULT_AGENCY, stays_at_home};
pub use triage::{Triage, TriageCommand, TriageRefusal, triage};
pub use vocabulary::{SignalChannel, SignalStatus, TriageDecision, Urgency};
