//! Reference data: agencies, territories, duty organisations, rules of time.

mod load;
mod read;

pub use load::load;
pub(crate) use read::organisation_ref;
pub use read::{AgencyRow, TerritoryRow};
