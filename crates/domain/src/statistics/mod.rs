//! Counting facts of the register.

pub mod operations;
pub mod protection;
mod query;

pub use query::{Dimension, Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery};
