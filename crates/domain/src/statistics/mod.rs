//! Counting facts of the register.

mod query;

pub use query::{Dimension, Filters, StatisticsParameters, StatisticsQuery};
