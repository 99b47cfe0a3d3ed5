//! Comma-separated values by RFC 4180: CRLF, a header row, quotes where needed; UTF-8 with a byte order mark, without which
//! office programs in the region read Cyrillic as Windows-1251.

use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};

use super::table::{Measure, Number, Row, Table};
use crate::problem::Problem;

/// U+FEFF in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes one line a cell: codes, words, the numbers, and what a reader needs to know of them, so that a file that is passed on
/// still tells how it was made.
pub struct CsvWriter<'t, W: Write> {
    table: &'t Table,
    made: [String; 4],
    writer: Writer<W>,
}

impl<'t, W: Write + 'static> CsvWriter<'t, W> {
    /// Writes the mark and the header.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn begin(table: &'t Table, mut out: W) -> Result<Self, Problem> {
        out.write_all(MARK).map_err(|error| Problem::internal(&error))?;
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        let dimensions = table.query.group_by();
        let codes = dimensions.iter().map(ToString::to_string);
        let words = dimensions.iter().map(|dimension| format!("{dimension}_label"));
        let measures = table.measures.iter().map(|measure| measure.code().to_owned());
        let made = ["from", "to", "as_of", "method"].map(str::to_owned);
        let head: Vec<String> = codes.chain(words).chain(measures).chain(made).collect();
        writer.write_record(&head).map_err(|error| Problem::internal(&error))?;
        let (from, to) = table.period();
        let made = [from.to_string(), to.to_string(), table.query.as_of().to_string(), table.method.to_string()];
        Ok(Self { table, made, writer })
    }

    /// Writes a cell.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn row(&mut self, row: &Row) -> Result<(), Problem> {
        let dimensions = self.table.query.group_by();
        let codes = row.values.iter().map(|code| safe(code.clone().unwrap_or_default()));
        let words = dimensions.iter().zip(&row.values).map(|(of, code)| safe(self.table.label(*of, code.as_deref())));
        let numbers = self.table.measures.iter().zip(&row.numbers).map(|(measure, number)| text(*measure, *number));
        let line: Vec<String> = codes.chain(words).chain(numbers).chain(self.made.iter().cloned()).collect();
        self.writer.write_record(&line).map_err(|error| Problem::internal(&error))
    }

    /// What was written to, with all of it.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn finish(self) -> Result<W, Problem> {
        self.writer.into_inner().map_err(|error| Problem::internal(&error))
    }
}

/// The whole table.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(table: &Table) -> Result<Vec<u8>, Problem> {
    let mut writer = CsvWriter::begin(table, Vec::new())?;
    table.rows.iter().try_for_each(|row| writer.row(row))?;
    writer.finish()
}

/// A number is no text: a minus before it is no formula.
fn text(measure: Measure, number: Option<Number>) -> String {
    match number {
        Some(Number::Whole(number)) => number.to_string(),
        Some(Number::Decimal(number)) => format!("{number:.*}", usize::from(measure.decimals())),
        None => String::new(),
    }
}

/// Text that no office program takes for a formula: an apostrophe goes before what one begins with (OWASP, "CSV
/// injection"). Names of territories and agencies are reference data, but people write them.
fn safe(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_like_a_formula() {
        for text in ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(safe(text.to_owned()), format!("'{text}"));
        }
        assert_eq!(safe("351000000".to_owned()), "351000000");
        assert_eq!(safe("Город = Караганда".to_owned()), "Город = Караганда");
    }

    #[test]
    fn numbers_have_their_decimals() {
        assert_eq!(text(Measure::Count, Some(Number::Whole(-7))), "-7");
        assert_eq!(text(Measure::Rate, Some(Number::Decimal(2.5))), "2.50");
        assert_eq!(text(Measure::Rate, None), "");
    }
}
