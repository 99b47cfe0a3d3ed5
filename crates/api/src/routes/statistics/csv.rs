//! Comma-separated values by RFC 4180: CRLF, a header row, quotes where needed; UTF-8 with a byte order mark, without which
//! office programs in the region read Cyrillic as Windows-1251.

use csv::{Terminator, WriterBuilder};

use super::table::Table;
use crate::problem::Problem;

/// U+FEFF in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes one line a cell: codes, words, the count, and what a reader needs to know of it, so that a file that is
/// passed on still tells how it was made.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(table: &Table) -> Result<Vec<u8>, Problem> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(MARK.to_vec());
    let dimensions = table.query.group_by();
    let codes = dimensions.iter().map(ToString::to_string);
    let words = dimensions.iter().map(|dimension| format!("{dimension}_label"));
    let rest = ["count", "from", "to", "as_of", "method"].map(str::to_owned);
    let head: Vec<String> = codes.chain(words).chain(rest).collect();
    let mut record = |fields: &[String]| writer.write_record(fields).map_err(|error| Problem::internal(&error));
    record(&head)?;
    let (from, to) = table.period();
    let made = [from.to_string(), to.to_string(), table.query.as_of().to_string(), table.method.to_string()];
    for (values, count) in &table.cells {
        let codes = values.iter().map(|code| safe(code.clone().unwrap_or_default()));
        let words = dimensions.iter().zip(values).map(|(of, code)| safe(table.label(*of, code.as_deref())));
        let line: Vec<String> = codes.chain(words).chain([count.to_string()]).chain(made.iter().cloned()).collect();
        record(&line)?;
    }
    writer.into_inner().map_err(|error| Problem::internal(&error))
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
    use super::safe;

    #[test]
    fn nothing_begins_like_a_formula() {
        for text in ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(safe(text.to_owned()), format!("'{text}"));
        }
        assert_eq!(safe("351000000".to_owned()), "351000000");
        assert_eq!(safe("Город = Караганда".to_owned()), "Город = Караганда");
    }
}
