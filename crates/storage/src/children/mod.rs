//! The shared index of children: full records within reach, masked candidates beyond it; doubles, and their merging.

mod backfill;
mod candidates;
mod likeness;
mod load;
mod match_reviews;
mod merge;
mod names;
mod search;
mod write;

pub use backfill::fill_lookups;
pub use candidates::{Candidate, LinkableChild};
pub use likeness::Identified;
pub use load::Child;
pub use match_reviews::{AskedPair, ChildMatchReview, ChildMatchReviewKey, PairError, PairedChild};
pub use names::{GivenName, NameHeld};
pub use write::{ChildAmendment, NewChild};
