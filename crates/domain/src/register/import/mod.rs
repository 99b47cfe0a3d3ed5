//! Tables of events: the facts of earlier years, and the lists of other bodies. What a row holds and how it is checked.
//!
//! How files are read is [`crate::lists`]' matter. Words may be codes or stand in Russian or Kazakh, as people wrote them.
//! What only the database knows (a territory by its name, a school, whether a row came before) is for who takes the rows.

mod field;
mod row;
mod words;

pub use field::FactField;
pub use row::{Demands, EventRow, RowPerson, RowPlace, RowReference, RowRules, check};

#[cfg(test)]
mod tests;
