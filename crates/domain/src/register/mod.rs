//! The unified register: what happened, counted once.

mod nature;
mod number;
pub mod qualification;
mod vocabulary;

pub use nature::{Nature, check_relation};
pub use number::FactNumber;
pub use vocabulary::{AgeGroup, ChildRole, FactKind, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
