//! Rows of a table (RFC 4180).

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use csv::{ByteRecord, ByteRecordsIntoIter, ReaderBuilder};

use super::{Column, Columns, HeaderProblems, RawRow, RowProblem};
use crate::Invalid;

/// Longest header line.
const MAX_HEADER_BYTES: u64 = 64 * 1024;
const DELIMITERS: [u8; 3] = *b";,\t";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The header line, which was looked into, and the rest.
type Whole<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

/// The rows of a table, read one after the other.
pub(super) struct CsvRows<R: Read, C> {
    /// What each column holds; nothing where it is passed over.
    columns: Vec<Option<C>>,
    records: ByteRecordsIntoIter<Quotes<Whole<R>>>,
    /// The record after the present one: the last needs a closer look.
    next: Option<ByteRecord>,
    row: u64,
}

impl<R: Read, C: Column> CsvRows<R, C> {
    /// Reads the header.
    ///
    /// # Errors
    /// What the reader answers; every column that is unknown, doubled or missing.
    pub(super) fn new(reader: R, columns: &Columns<C>) -> io::Result<Result<Self, HeaderProblems>> {
        let mut reader = BufReader::new(reader);
        let mut first = Vec::new();
        reader.by_ref().take(MAX_HEADER_BYTES).read_until(b'\n', &mut first)?;
        if first.starts_with(BYTE_ORDER_MARK) {
            first.drain(..BYTE_ORDER_MARK.len());
        }
        let delimiter = delimiter(&first);
        let quotes = Quotes { inner: Cursor::new(first).chain(reader), count: 0 };
        let table = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(quotes);
        let mut records = table.into_byte_records();
        let header = records.next().transpose().map_err(io::Error::from)?.unwrap_or_default();
        let columns = match columns.of_header(header.iter()) {
            Ok(columns) => columns,
            Err(problems) => return Ok(Err(problems)),
        };
        let next = records.next().transpose().map_err(io::Error::from)?;
        Ok(Ok(Self { columns, records, next, row: 1 }))
    }

    fn read(&mut self) -> io::Result<Option<RawRow<C>>> {
        let Some(record) = self.next.take() else { return Ok(None) };
        self.next = self.records.next().transpose().map_err(io::Error::from)?;
        self.row += 1;
        let mut raw = RawRow { row: self.row, cells: BTreeMap::new(), problems: Vec::new() };
        if self.next.is_none() && self.ends_inside_quotes(&record) {
            raw.problems.push(RowProblem::of_row(self.row, Invalid::new("quote_unclosed")));
            return Ok(Some(raw));
        }
        if record.len() != self.columns.len() {
            let invalid = Invalid::new("row_length").with("expected", self.columns.len());
            raw.problems.push(RowProblem::of_row(self.row, invalid));
            return Ok(Some(raw));
        }
        for (field, cell) in self.columns.iter().zip(record.iter()) {
            let Some(field) = field else { continue };
            match str::from_utf8(cell).map(str::trim) {
                Ok("") => {}
                Ok(text) => _ = raw.cells.insert(*field, text.to_owned()),
                Err(_) => raw.problems.push(RowProblem::of(self.row, *field, Invalid::new("not_utf8"))),
            }
        }
        Ok(Some(raw))
    }

    /// A quote that is not closed swallows all that follows into one cell: then the quotes of the file are odd in
    /// number, and the last record spreads over lines.
    fn ends_inside_quotes(&self, last: &ByteRecord) -> bool {
        self.records.reader().get_ref().count % 2 == 1 && last.as_slice().contains(&b'\n')
    }
}

impl<R: Read, C: Column> Iterator for CsvRows<R, C> {
    type Item = io::Result<RawRow<C>>;

    /// Rows without any cell, as spreadsheets leave them at the end, are passed over.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read().transpose()? {
                Ok(raw) if raw.cells.is_empty() && raw.problems.is_empty() => {}
                read => return Some(read),
            }
        }
    }
}

/// What parts the columns: of the signs that may, the one that stands most often in the header.
fn delimiter(header: &[u8]) -> u8 {
    let count = |sign: &u8| header.iter().filter(|byte| *byte == sign).count();
    // Of equals the last wins: nothing but a table of one column has none of them.
    DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// Counts the quotes on their way.
struct Quotes<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count += buffer[..read].iter().map(|byte| u64::from(*byte == b'"')).sum::<u64>();
        Ok(read)
    }
}
