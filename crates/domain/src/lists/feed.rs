//! A file in batches.

use std::collections::BTreeSet;
use std::io::{self, Read};

use super::csv_rows::CsvRows;
use super::ndjson_rows::NdjsonRows;
use super::{BATCH, Column, Columns, Decoded, HeaderProblems, ListFormat, RawRow, RowProblem, TextEncoding};
use crate::Invalid;

/// How a file is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// How its rows are written.
    pub format: ListFormat,
    /// How its letters are written.
    pub encoding: TextEncoding,
    /// Most rows that it may have.
    pub max_rows: u64,
}

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
    /// It has more rows than it may.
    TooLong(Invalid),
    /// It could not be read.
    Read(io::Error),
    /// Who took the batches failed.
    Taker(E),
}

/// Reads a file, checks each row by itself, and hands the right ones on, at most [`BATCH`] at once, in their order; `take`
/// answers what is wrong with some of them after all.
///
/// # Errors
/// [`FeedError`].
pub fn feed<C: Column, T, E>(
    reading: Reading,
    reader: impl Read,
    columns: &Columns<C>,
    mut check: impl FnMut(RawRow<C>) -> Result<T, Vec<RowProblem>>,
    mut take: impl FnMut(Vec<T>) -> Result<Vec<RowProblem>, E>,
) -> Result<Imported, FeedError<E>> {
    let mut done = Imported::default();
    let mut batch = Vec::with_capacity(BATCH);
    for raw in rows(reading, Decoded::new(reader, reading.encoding), columns)? {
        let raw = raw.map_err(FeedError::Read)?;
        done.rows += 1;
        if done.rows > reading.max_rows {
            return Err(FeedError::TooLong(Invalid::new("too_many_items").with("max", reading.max_rows)));
        }
        match check(raw) {
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

type Rows<'a, C> = Box<dyn Iterator<Item = io::Result<RawRow<C>>> + 'a>;

fn rows<'a, C: Column, E>(
    reading: Reading,
    reader: impl Read + 'a,
    columns: &'a Columns<C>,
) -> Result<Rows<'a, C>, FeedError<E>> {
    match reading.format {
        ListFormat::Ndjson => Ok(Box::new(NdjsonRows::new(reader, columns))),
        ListFormat::Csv => {
            let table = CsvRows::new(reader, columns).map_err(FeedError::Read)?;
            Ok(Box::new(table.map_err(FeedError::Header)?))
        }
    }
}
