//! Files of signals: what a row holds, how it is read and checked, what is wrong with it.
//!
//! A file is CSV (RFC 4180, UTF-8, `;`, `,` or tab) with a header line, or NDJSON: one JSON object a line. The names
//! of the columns are the names of the members: [`ImportField`]. Here is no I/O of its own: [`feed`] reads from what it
//! is given and hands checked rows on in batches. What only the database knows (a territory, an organisation, whether
//! a row came before) is checked by who takes the batches.

mod csv_rows;
mod feed;
mod field;
mod ndjson_rows;
mod row;

use crate::Invalid;

pub use feed::{FeedError, Imported, feed};
pub use field::ImportField;
pub use row::{ImportAddressee, ImportDefaults, ImportRow, RawRow, check};

use crate::words::words;

words! {
    /// How a file of signals is written.
    pub enum ImportFormat {
        /// A table with a header line.
        Csv = "csv",
        /// A JSON object a line.
        Ndjson = "ndjson",
    }
}

/// Most rows of a file: what a region's raid or screening brings many times over.
pub const MAX_ROWS: u64 = 50_000;
/// Rows that are handed on at once.
pub const BATCH: usize = 500;

/// What is wrong with one field of one row. It never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The row, as a spreadsheet numbers it: in CSV the header is row 1 (blank lines do not count), in NDJSON the line.
    pub row: u64,
    /// The field; empty where the row as a whole is meant.
    pub field: String,
    /// What is wrong.
    pub invalid: Invalid,
}

impl RowProblem {
    /// A problem of a field.
    #[must_use]
    pub fn of(row: u64, field: ImportField, invalid: Invalid) -> Self {
        Self { row, field: field.as_str().to_owned(), invalid }
    }

    /// A problem of the row as a whole.
    #[must_use]
    pub fn of_row(row: u64, invalid: Invalid) -> Self {
        Self { row, field: String::new(), invalid }
    }
}

/// What is wrong with a file as a whole: a column of its header, and the refusal.
pub type HeaderProblems = Vec<(String, Invalid)>;

#[cfg(test)]
mod tests;
