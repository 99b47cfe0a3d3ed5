//! Statistics of the operation: cases, deadlines, who comes back, signals, how the work lies on those who do it.
//!
//! They tell of the work on cases, not of harm: more signals found early must not look like more violence. Facts are
//! counted in the register ([`crate::statistics::StatisticsQuery`]).
//!
//! Whoever works on cases gets exact counts of what lies in its reach, which it could count by hand. Everybody else gets
//! the whole region, protected like the register ([`crate::statistics::protection`]).

mod guard;
mod query;
mod shown;
mod vocabulary;
mod workload;

pub use guard::guard;
pub use query::{OperationsFilters, OperationsParameters, OperationsQuery};
pub use shown::{Figures, OperationsRule, Shown, Tally, figures};
pub use vocabulary::{
    Counted, MeasureUnit, OperationsDimension, OperationsMeasure, OperationsReport, TallyKind, WorkloadLevel,
};
pub use workload::{Load, Norm, Norms, Staff, load};
