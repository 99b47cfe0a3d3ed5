//! Releases: the numbers of a period, closed, confirmed by the agencies, published, and never changed again.
//!
//! The statistics office proposes a period and fixes the day as of which the register is read: from then on the numbers
//! stand. Every agency that reported facts of the period confirms its part or objects. The office publishes, signed, and
//! what becomes known later shows as a revision, or in a new edition that stands beside the old one.

mod canonical;
mod document;
mod lifecycle;
mod period;
mod revision;
mod table;

pub use canonical::{NotCanonical, canonical};
pub use document::{DocumentPart, DocumentTable, ReleaseDocument};
pub use lifecycle::{
    Overruling, PartAnswer, PartOutcome, PartState, Publication, ROUTES, ReleaseAction, ReleaseRefusal, ReleaseRules,
    ReleaseStatus, next, publish,
};
pub use period::{ReleasePeriod, ReleasePeriodKind, as_of_ok, last_month_end};
pub use revision::{RevisedCell, revisions};
pub use table::{FrozenCell, ReleaseTable, ReleaseTableCode};
