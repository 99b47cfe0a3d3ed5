//! Comma-separated values, as those of the register (RFC 4180, UTF-8 with a byte order mark).

use csv::{Terminator, WriterBuilder};
use qorgan_domain::lists::safe_cell;

use super::sheet::{Sheet, number};
use crate::problem::Problem;

/// U+FEFF in UTF-8: without it office programs in the region read Cyrillic as Windows-1251.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes one line a row: codes, words, numbers, and how they came about.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>, Problem> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(MARK.to_vec());
    let head = &sheet.head;
    let codes = head.dimensions.iter().map(ToString::to_string);
    let words = head.dimensions.iter().map(|dimension| format!("{dimension}_label"));
    let measures = head.measures.iter().map(ToString::to_string);
    let rest = ["from", "to", "as_of", "method"].map(str::to_owned);
    let names: Vec<String> = codes.chain(words).chain(measures).chain(rest).collect();
    let mut record = |fields: &[String]| writer.write_record(fields).map_err(|error| Problem::internal(&error));
    record(&names)?;
    let (from, to) = head.period.map_or_else(Default::default, |(from, to)| (from.to_string(), to.to_string()));
    let made = [from, to, head.as_of.to_string(), sheet.method().to_string()];
    for row in &sheet.rows {
        let safe = |text: &str| safe_cell(text).into_owned();
        let codes = row.keys.iter().map(|code| safe(code.as_deref().unwrap_or_default()));
        let values = head.dimensions.iter().zip(&row.keys);
        let words = values.map(|(dimension, code)| safe(&sheet.label(*dimension, code.as_deref())));
        let numbers = head.measures.iter().zip(&row.figures).map(|(measure, figure)| number(*measure, *figure));
        let line: Vec<String> = codes.chain(words).chain(numbers).chain(made.iter().cloned()).collect();
        record(&line)?;
    }
    writer.into_inner().map_err(|error| Problem::internal(&error))
}
