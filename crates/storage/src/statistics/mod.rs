//! Counting facts of the register: cells of counts only, never a row about a child.

mod count;
mod dimensions;
mod protected;
mod risk;

pub use count::{CountRow, Counts};
