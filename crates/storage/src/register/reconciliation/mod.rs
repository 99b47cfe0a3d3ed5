//! Lists of other bodies compared with the register, and what came of each row.
//!
//! A list is compared with the facts of the whole region, and whoever compares learns of a fact beyond the own reach no
//! more than its number, that it is known, and the names of the fields that differ. Rows are personal data: they are erased
//! some time after the list is closed.

mod compare;
mod items;
mod list;
mod load;
mod resolve;
mod upload;

pub use items::{ItemFilter, ReconciliationItem};
pub use list::{ReconciliationFilter, ReconciliationKey};
pub use load::{OutcomeCount, Reconciliation};
pub use resolve::{ItemSettled, NewResolution};
pub use upload::{NewReconciliation, ReconciliationRun};
