//! Counting facts of the register.

pub mod operations;
mod population;
pub mod protection;
mod query;

pub use population::{ChildPopulation, TerritoryPopulation};
pub use query::{Dimension, Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery};
