//! The in-school register: placement of a pupil under the attention of the school, with grounds and a decision of the
//! school's council. Since 2 March 2026 it goes on as pedagogical support; what it is called when is data
//! ([`LegalRegime`]).
//!
//! Nothing is overwritten: a placement has versions ([`PlacementVersion`]), and the statement as of a past day reads
//! as it read then.

mod dates;
mod grounds;
mod regime;
mod rules;
#[cfg(test)]
mod rules_tests;
mod span;
mod statement;
#[cfg(test)]
mod statement_tests;
mod vocabulary;

pub use dates::{PlacementDates, check_dates};
pub use grounds::{Ground, check_ground};
pub use regime::{LegalRegime, regime_on};
pub use rules::{Candidate, PlacementRefusal, PlacementState, may_amend, may_place, may_remove};
pub use span::Span;
pub use statement::PlacementVersion;
pub use vocabulary::{GroundUse, PlacementChange, PlacementStatus, Submitter};
