//! One JSON object a line (NDJSON): what programs read that take a table piece by piece.

use std::io::Write;

use super::table::{Row, Table};
use super::view;
use crate::problem::Problem;

/// Writes one line a cell: codes, numbers, and how they were made.
pub struct NdjsonWriter<'t, W: Write> {
    table: &'t Table,
    out: W,
}

impl<'t, W: Write> NdjsonWriter<'t, W> {
    /// There is no header.
    pub fn begin(table: &'t Table, out: W) -> Self {
        Self { table, out }
    }

    /// Writes a cell.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn row(&mut self, row: &Row) -> Result<(), Problem> {
        let mut line = view::row(self.table, row);
        let (from, to) = self.table.period();
        let as_of = self.table.query.as_of().to_string();
        for (name, day) in [("from", from.to_string()), ("to", to.to_string()), ("as_of", as_of)] {
            line.insert(name.to_owned(), day.into());
        }
        line.insert("method".to_owned(), self.table.method.as_str().into());
        serde_json::to_writer(&mut self.out, &line).map_err(|error| Problem::internal(&error))?;
        self.out.write_all(b"\n").map_err(|error| Problem::internal(&error))
    }

    /// What was written to.
    pub fn finish(self) -> W {
        self.out
    }
}

/// The whole table.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(table: &Table) -> Result<Vec<u8>, Problem> {
    let mut writer = NdjsonWriter::begin(table, Vec::new());
    table.rows.iter().try_for_each(|row| writer.row(row))?;
    Ok(writer.finish())
}
