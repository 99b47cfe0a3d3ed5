//! Counting facts of the register: cells of counts only, never a row about a child.

mod count;
mod dimensions;
pub mod operations;
mod protected;

pub use count::{CountRow, Counts};
