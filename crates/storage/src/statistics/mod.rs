//! Counting facts of the register: cells of counts only, never a row about a child.

mod conditions;
mod count;
mod dimensions;
mod protected;
mod risk;
mod versions;

pub use count::{CountRow, Counts};
