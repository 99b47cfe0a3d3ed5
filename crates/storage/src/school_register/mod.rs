//! The in-school register: placements, their versions, the statement as of a day.
//!
//! A placement's header (which child, which school, from when to when) is open to whoever sees a case of the child; all
//! else stands in its versions, under the policy of the section `education`.

mod classify;
mod load;
mod statement;
mod write;

pub use classify::{GroundRow, RegimeRow};
pub use load::{Placement, PlacementRecord, Removal, VersionView};
pub use statement::{GroundCount, StatementFilter, StatementItem, StatementKey};
pub use write::NewPlacement;
