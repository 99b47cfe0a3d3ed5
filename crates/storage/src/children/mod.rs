//! The shared index of children: full records within reach, masked candidates beyond it; doubles, and their merging.

mod backfill;
mod candidates;
mod likeness;
mod load;
mod match_review_decisions;
mod match_reviews;
mod merge;
mod names;
mod people;
mod search;
mod write;

pub use backfill::fill_lookups;
pub use candidates::{Candidate, LinkableChild};
pub use likeness::Identified;
pub use load::Child;
pub use match_review_decisions::PairError;
pub use match_reviews::{AskedPair, ChildMatchReview, ChildMatchReviewKey, PairWords, PairedChild};
pub use names::{GivenName, NameHeld};
pub(crate) use people::PeopleFound;
pub use write::{ChildAmendment, NewChild};
