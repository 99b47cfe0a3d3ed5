//! Counting facts of the register.

pub mod protection;
mod query;
pub mod risk;

pub use query::{Dimension, Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery};
