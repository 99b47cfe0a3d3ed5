//! The risk map: what the counts of the register say of each city and district, and how sure that is.
//!
//! Everything here is computed from counts and numbers of children alone. Where the counts are protected, so is all that
//! is made of them: nothing is shown that could not be computed from `GET /statistics/register` by the same reader.
//!
//! Three questions are kept apart:
//! * how often: a rate per 10 000 children with its interval ([`rate`]);
//! * is it more than was to be expected here, by this place's own past ([`expected`]);
//! * is it more than elsewhere in the region ([`funnel`]).
//!
//! More facts can mean more harm or more attention: a count says what became known, never what took place.

mod assess;
mod composite;
mod distribution;
mod expected;
mod funnel;
mod indicator;
mod observations;
mod plan;
mod rate;
mod rules;
mod span;

pub use assess::{Assessment, HistoryPoint, Place, Surveyed};
pub use composite::{CompositeIndex, CompositePart};
pub use expected::{ExpectedRange, Observed, RangeState, Spread, expected};
pub use funnel::{RegionRange, funnel};
pub use indicator::{Counted, Grouping, Indicator};
pub use observations::{Children, Observations};
pub use plan::{Plan, Question};
pub use rate::{Direction, Rate, Sufficiency, Trend, direction, rate, sufficiency};
pub use rules::{RiskRules, RiskRulesError, WeightedIndicator};
pub use span::{Rhythm, Span};
