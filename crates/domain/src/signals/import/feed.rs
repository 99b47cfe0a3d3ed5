//! A file in batches.

use std::collections::BTreeSet;
use std::io::{self, Read};

use chrono::NaiveDate;

use super::csv_rows::CsvRows;
use super::ndjson_rows::NdjsonRows;
use super::{BATCH, HeaderProblems, ImportDefaults, ImportFormat, ImportRow, MAX_ROWS, RawRow, RowProblem, check};
use crate::Invalid;

/// What came of a file.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Rows of the file that hold anything.
    pub rows: u64,
    /// Rows with at least one problem.
    pub rejected: u64,
    /// Every problem, by row.
    pub problems: Vec<RowProblem>,
}

/// Why a file was not read to its end.
#[derive(Debug)]
pub enum FeedError<E> {
    /// Its header is wrong: nothing was handed on.
    Header(HeaderProblems),
    /// It has more than [`MAX_ROWS`] rows.
    TooLong(Invalid),
    /// It could not be read.
    Read(io::Error),
    /// Who took the batches failed.
    Taker(E),
}

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
    mut take: impl FnMut(Vec<ImportRow>) -> Result<Vec<RowProblem>, E>,
) -> Result<Imported, FeedError<E>> {
    let mut done = Imported::default();
    let mut batch = Vec::with_capacity(BATCH);
    for raw in rows(format, reader, defaults)? {
        let raw = raw.map_err(FeedError::Read)?;
        done.rows += 1;
        if done.rows > MAX_ROWS {
            return Err(FeedError::TooLong(Invalid::new("too_many_items").with("max", MAX_ROWS)));
        }
        match check(raw, defaults, today) {
            Ok(row) => batch.push(row),
            Err(problems) => done.problems.extend(problems),
        }
        if batch.len() == BATCH {
            done.problems.extend(take(std::mem::take(&mut batch)).map_err(FeedError::Taker)?);
        }
    }
    if !batch.is_empty() {
        done.problems.extend(take(batch).map_err(FeedError::Taker)?);
    }
    // A stable sort: the problems of a row stay in the order of its fields.
    done.problems.sort_by_key(|problem| problem.row);
    let rejected: BTreeSet<u64> = done.problems.iter().map(|problem| problem.row).collect();
    done.rejected = u64::try_from(rejected.len()).unwrap_or(u64::MAX);
    Ok(done)
}

type Rows<'a> = Box<dyn Iterator<Item = io::Result<RawRow>> + 'a>;

fn rows<'a, E>(
    format: ImportFormat,
    reader: impl Read + 'a,
    defaults: ImportDefaults,
) -> Result<Rows<'a>, FeedError<E>> {
    match format {
        ImportFormat::Ndjson => Ok(Box::new(NdjsonRows::new(reader))),
        ImportFormat::Csv => {
            let table = CsvRows::new(reader, defaults.channel.is_some()).map_err(FeedError::Read)?;
            Ok(Box::new(table.map_err(FeedError::Header)?))
        }
    }
}
