//! Files of signals: what a row holds, how it is checked, what is wrong with it.
//!
//! How files are read is [`crate::lists`]' matter; the names of the columns are [`ImportField`]. What only the database
//! knows (a territory, an organisation, whether a row came before) is checked by who takes the batches.

mod field;
mod row;

use std::io::Read;

use chrono::NaiveDate;

use crate::lists::{self, Reading, TextEncoding};

pub use crate::lists::{BATCH, FeedError, HeaderProblems, Imported, ListFormat as ImportFormat, RowProblem};
pub use field::ImportField;
pub use row::{ImportAddressee, ImportDefaults, ImportRow, RawRow, check};

/// Most rows of a file: what a region's raid or screening brings many times over.
pub const MAX_ROWS: u64 = 50_000;

/// Reads a file and hands its right rows on, at most [`BATCH`] at once, in their order; `take` answers what is wrong
/// with some of them after all.
///
/// # Errors
/// [`FeedError`].
pub fn feed<E>(
    format: ImportFormat,
    reader: impl Read,
    defaults: ImportDefaults,
    today: NaiveDate,
    take: impl FnMut(Vec<ImportRow>) -> Result<Vec<RowProblem>, E>,
) -> Result<Imported, FeedError<E>> {
    let reading = Reading { format, encoding: TextEncoding::Utf8, max_rows: MAX_ROWS };
    let columns = ImportField::columns(defaults.channel.is_some());
    lists::feed(reading, reader, &columns, |raw| check(raw, defaults, today), take)
}

#[cfg(test)]
mod tests;
