//! Counting facts of the register.

mod attribute;
pub mod protection;
mod query;

pub use attribute::Attribute;
pub use query::{Dimension, Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery};
