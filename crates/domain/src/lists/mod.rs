//! Lists that come as files: tables (CSV) and lines of JSON, read row by row, checked, handed on in batches.
//!
//! A file is CSV (RFC 4180; `;`, `,` or tab) with a header line, or NDJSON: one JSON object a line. The names of the
//! columns are the names of the members: a [`Column`] of the kind of list. Here is no I/O of its own: [`feed`] reads from
//! what it is given. What a row means, and what only the database knows of it, is for who checks and takes the rows.
//! No problem ever repeats a value: rows are about children.

mod cells;
mod column;
mod csv_rows;
mod dates;
mod encoding;
mod feed;
mod ndjson_rows;
mod safe_cell;

use crate::Invalid;

pub use cells::{Cells, RawRow};
pub use column::{Column, Columns, OtherColumns};
pub use dates::{date, date_of_table};
pub use encoding::{Decoded, TextEncoding};
pub use feed::{FeedError, Imported, Reading, feed};
pub use safe_cell::safe_cell;

use crate::words::words;

words! {
    /// How a file of rows is written.
    pub enum ListFormat {
        /// A table with a header line.
        Csv = "csv",
        /// A JSON object a line.
        Ndjson = "ndjson",
    }
}

/// Rows that are handed on at once.
pub const BATCH: usize = 500;

/// Finds the code of a word: the name of a vocabulary (`setting`, …) and the word as people write it, in any of the
/// region's languages. `None` where nothing is called so.
pub type WordLookup = fn(&str, &str) -> Option<&'static str>;

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
    pub fn of<C: Column>(row: u64, field: C, invalid: Invalid) -> Self {
        Self { row, field: field.name().to_owned(), invalid }
    }

    /// A problem of the row as a whole.
    #[must_use]
    pub fn of_row(row: u64, invalid: Invalid) -> Self {
        Self { row, field: String::new(), invalid }
    }
}

/// What is wrong with a file as a whole: a column of its header, and the refusal.
pub type HeaderProblems = Vec<(String, Invalid)>;
