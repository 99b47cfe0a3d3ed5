//! Counting facts of the register.

mod as_of;
mod attribute;
mod compare;
mod dimension;
mod filters;
pub mod operations;
mod period;
mod population;
pub mod protection;
mod query;
mod rates;
pub mod release;
pub mod risk;
mod source;

pub use as_of::AsOf;
pub use attribute::Attribute;
pub use compare::{Comparison, Earlier, percent};
pub use dimension::{AgeFiveYears, AgeSchoolStage, ChildAge, Dimension, FactOutcome};
pub use filters::Filters;
pub use period::PeriodUnit;
pub use population::{ChildPopulation, TerritoryPopulation};
pub use query::{StatisticsMeasure, StatisticsMethod, StatisticsParameters, StatisticsQuery};
pub use rates::Denominators;
pub use source::Source;
