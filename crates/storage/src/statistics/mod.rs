//! Counting facts of the register: cells of counts only, never a row about a child.

mod conditions;
mod count;
mod dimensions;
pub mod ledger;
mod protected;
mod risk;
mod stream;
mod versions;

pub use count::{CountRow, Counts};
pub use stream::ExactCell;
