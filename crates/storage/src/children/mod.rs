//! The shared index of children: full records within reach, masked candidates beyond it.

mod candidates;
mod load;
mod write;

pub use candidates::{Candidate, ChildProbe, LinkableChild};
pub use load::Child;
pub use write::{ChildAmendment, NewChild};
