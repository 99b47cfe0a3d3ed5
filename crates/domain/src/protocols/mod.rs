//! Protocols («алгоритм действий»): dated lists of steps that a kind of fact calls for, by agency, with deadlines.
//!
//! A [`Definition`] is data: [`validate`] names everything that is wrong with one, [`matches`] tells whether an event
//! calls for it, [`instantiate`] makes of it the tasks of a case. Which steps a case still lacks says [`to_add`].
//! Source: domain.md "Protocols"; measures 4, 24, 25 and 26 of the roadmap.

mod addition;
mod code;
mod definition;
mod instantiate;
#[cfg(test)]
mod tests;
mod trigger;
mod validate;

pub use addition::{Addition, KnownTask, to_add};
pub use code::{ProtocolCode, StepCode};
pub use definition::{Condition, Definition, Step, Titles, Trigger};
pub use instantiate::{Addressing, PlannedTask, Routing, instantiate};
pub use trigger::{CaseFact, Circumstances, holds, matches};
pub use validate::{Fault, validate, validate_period};

use crate::words::words;

words! {
    /// Why a protocol came to apply to a case.
    pub enum ProtocolCause {
        /// A fact was reported that it is for.
        Fact = "fact",
        /// The risk that it is for was seen: when the case was opened, or later.
        Risk = "risk",
        /// Somebody decided so.
        Decision = "decision",
    }
}
