//! The unified register: what happened, counted once.

pub mod change;
pub mod detection;
pub mod import;
pub mod matching;
mod nature;
mod number;
pub mod qualification;
pub mod reconciliation;
pub mod school_signal;
mod vocabulary;

pub use change::{Change, ChangeKind, ChangeRefusal, FactContent, FactState};
pub use nature::{Nature, check_relation};
pub use number::FactNumber;
pub use vocabulary::{AgeGroup, ChildRole, FactKind, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
