//! From a table to the body of an answer. What may be large is written to a file as its rows come from the database, and leaves
//! when all of it was made: a client that reads slowly holds neither memory nor a connection of the database.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_LENGTH, VARY};
use tempfile::{SpooledData, SpooledTempFile};

use super::csv::CsvWriter;
use super::format::StatisticsFormat;
use super::ndjson::NdjsonWriter;
use super::table::{Row, Table};
use super::view::StatisticsView;
use super::xlsx::XlsxWriter;
use super::{csv, json_stat, ndjson, xlsx};
use crate::files::pieces;
use crate::problem::Problem;
use crate::request::Language;

/// Up to so many bytes a body stays in memory.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// A body that is ready to leave.
pub enum Body {
    /// A small one.
    Memory(Vec<u8>),
    /// A file without a name, at its beginning, and how long it is.
    File(File, u64),
}

/// Writes a table whose rows are all there.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn whole(table: &Table, format: StatisticsFormat) -> Result<Body, Problem> {
    let json = |value: serde_json::Result<Vec<u8>>| value.map_err(|error| Problem::internal(&error));
    let bytes = match format {
        StatisticsFormat::Json => json(serde_json::to_vec(&StatisticsView::of(table)))?,
        StatisticsFormat::JsonStat => json(serde_json::to_vec(&json_stat::write(table)))?,
        StatisticsFormat::Csv => csv::write(table)?,
        StatisticsFormat::Xlsx => xlsx::write(table)?,
        StatisticsFormat::Ndjson => ndjson::write(table)?,
    };
    Ok(Body::Memory(bytes))
}

/// Writes a file row after row.
pub enum RowWriter<'t> {
    /// Comma-separated values.
    Csv(Box<CsvWriter<'t, SpooledTempFile>>),
    /// A workbook.
    Xlsx(Box<XlsxWriter<'t>>),
    /// JSON, an object a line.
    Ndjson(NdjsonWriter<'t, SpooledTempFile>),
}

impl<'t> RowWriter<'t> {
    /// Begins a file; none for forms that are no file.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn begin(table: &'t Table, format: StatisticsFormat) -> Result<Option<Self>, Problem> {
        let spool = SpooledTempFile::new(IN_MEMORY);
        Ok(match format {
            StatisticsFormat::Csv => Some(Self::Csv(Box::new(CsvWriter::begin(table, spool)?))),
            StatisticsFormat::Xlsx => Some(Self::Xlsx(Box::new(XlsxWriter::begin(table, true)?))),
            StatisticsFormat::Ndjson => Some(Self::Ndjson(NdjsonWriter::begin(table, spool))),
            StatisticsFormat::Json | StatisticsFormat::JsonStat => None,
        })
    }

    /// Writes a cell.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn row(&mut self, row: &Row) -> Result<(), Problem> {
        match self {
            Self::Csv(writer) => writer.row(row),
            Self::Xlsx(writer) => writer.row(row),
            Self::Ndjson(writer) => writer.row(row),
        }
    }

    /// The whole file.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn finish(self) -> Result<Body, Problem> {
        let mut spool = match self {
            Self::Csv(writer) => writer.finish()?,
            Self::Ndjson(writer) => writer.finish(),
            Self::Xlsx(writer) => {
                let mut spool = SpooledTempFile::new(IN_MEMORY);
                writer.finish(&mut spool)?;
                spool
            }
        };
        let length = spool.seek(SeekFrom::End(0)).map_err(|error| Problem::internal(&error))?;
        spool.rewind().map_err(|error| Problem::internal(&error))?;
        Ok(match spool.into_inner() {
            SpooledData::InMemory(bytes) => Body::Memory(bytes.into_inner()),
            SpooledData::OnDisk(file) => Body::File(file, length),
        })
    }
}

/// The answer with a body; `name` is that of the file, without its ending.
pub fn respond(body: Body, format: StatisticsFormat, language: Language, name: &str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type(format.content_type()).insert_header((VARY, "accept, accept-language"));
    response.insert_header((CONTENT_LANGUAGE, language.as_str()));
    if format.is_file() {
        let name = format!("attachment; filename=\"{name}.{}\"", format.as_str());
        response.insert_header((CONTENT_DISPOSITION, name));
    }
    match body {
        Body::Memory(bytes) => response.body(bytes),
        Body::File(file, length) => response.insert_header((CONTENT_LENGTH, length)).streaming(pieces(file)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Known, Measure};
    use super::*;
    use qorgan_domain::statistics::{Dimension, Filters, StatisticsParameters, StatisticsQuery};
    use std::io::Read;

    fn table() -> Table {
        let day = |text: &str| text.parse().unwrap();
        let parameters = StatisticsParameters {
            group_by: vec![Dimension::Day, Dimension::Settlement],
            from: day("2025-01-01"),
            to: day("2025-12-31"),
            as_of: None,
            filters: Filters::default(),
        };
        let query = StatisticsQuery::new(parameters, day("2026-03-31")).unwrap();
        let table = Table::without_rows(query, vec![Measure::Count], None, Language::Kk);
        table.with_total(&Known { count: 200_000, ..Known::default() })
    }

    #[test]
    fn a_large_file_lies_on_the_disk() {
        let table = table();
        for (format, least) in [(StatisticsFormat::Csv, 8_000_000), (StatisticsFormat::Ndjson, 8_000_000)] {
            let mut writer = RowWriter::begin(&table, format).unwrap().unwrap();
            for at in 0..200_000 {
                let numbers = table.numbers(&Known { count: at, ..Known::default() });
                let values = vec![Some("2025-01-01".to_owned()), Some(format!("35{at:07}"))];
                writer.row(&Row { values, numbers }).unwrap();
            }
            let Body::File(mut file, length) = writer.finish().unwrap() else { panic!("{format:?} stayed in memory") };
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert!(length > least && text.len() as u64 == length, "{length}");
            let lines = 200_000 + usize::from(format == StatisticsFormat::Csv);
            assert_eq!(text.lines().count(), lines);
            assert!(text.ends_with('\n') && text.contains("350199999"), "the last row is there");
        }
    }
}
