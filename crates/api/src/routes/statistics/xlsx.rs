//! A workbook of Office Open XML (ECMA-376): one sheet that says what it shows.

use std::io::{Seek, Write};

use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::labels;
use super::table::{Measure, Number, Row, Table};
use crate::problem::Problem;

/// Columns are as wide as their longest word, within these bounds, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=48;
/// The width of a column of numbers.
const NUMBER_WIDTH: f64 = 16.0;
/// Rows of a sheet (2²⁰), less room for what stands above and below the table.
pub const MAX_ROWS: usize = 1_048_576 - 100;

/// Writes the sheet: title, what was counted and how, then the table under a header that stays in sight.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(table: &Table) -> Result<Vec<u8>, Problem> {
    let mut out = std::io::Cursor::new(Vec::new());
    let mut writer = XlsxWriter::begin(table, false)?;
    table.rows.iter().try_for_each(|row| writer.row(row))?;
    writer.finish(&mut out)?;
    Ok(out.into_inner())
}

/// A sheet that is written row after row.
pub struct XlsxWriter<'t> {
    table: &'t Table,
    book: Workbook,
    next: u32,
    widths: Vec<usize>,
    numbers: Vec<Format>,
}

impl<'t> XlsxWriter<'t> {
    /// Writes all that stands above the rows. A large sheet keeps its rows in a temporary file instead of in memory.
    ///
    /// # Errors
    /// `internal`: a fault of the program.
    pub fn begin(table: &'t Table, large: bool) -> Result<Self, Problem> {
        Self::new(table, large).map_err(|error| Problem::internal(&error))
    }

    fn new(table: &'t Table, large: bool) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        book.set_properties(&DocProperties::new().set_title(table.title()));
        let sheet = if large { book.add_worksheet_with_constant_memory()? } else { book.add_worksheet() };
        sheet.set_name(labels::SHEET.in_language(table.language))?;
        let head = preamble(sheet, table)? + 1;
        header(sheet, table, head)?;
        sheet.set_freeze_panes(head + 1, 0)?;
        sheet.set_repeat_rows(head, head)?;
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        let headings = table.query.group_by().iter().map(|dimension| table.heading(*dimension).chars().count() / 2);
        let (widths, numbers) = (headings.collect(), table.measures.iter().map(|measure| format(*measure)).collect());
        Ok(Self { table, book, next: head + 1, widths, numbers })
    }

    /// Writes a cell.
    ///
    /// # Errors
    /// `internal`: a fault of the program.
    pub fn row(&mut self, row: &Row) -> Result<(), Problem> {
        self.put(row).map_err(|error| Problem::internal(&error))
    }

    fn put(&mut self, row: &Row) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        let mut column = 0;
        for ((dimension, code), width) in self.table.query.group_by().iter().zip(&row.values).zip(&mut self.widths) {
            let label = self.table.label(*dimension, code.as_deref());
            *width = (*width).max(label.chars().count());
            // A string is never taken for a formula.
            sheet.write_string(self.next, column, label)?;
            column += 1;
        }
        numbers(sheet, self.next, column, &row.numbers, &self.numbers)?;
        self.next += 1;
        Ok(())
    }

    /// Writes the total and the whole workbook.
    ///
    /// # Errors
    /// `internal`: nothing can be written.
    pub fn finish(mut self, out: &mut (impl Write + Seek + Send)) -> Result<(), Problem> {
        self.total().map_err(|error| Problem::internal(&error))?;
        self.book.save_to_writer(out).map_err(|error| Problem::internal(&error))
    }

    fn total(&mut self) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        let bold = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        let dimensions = u16::try_from(self.widths.len()).unwrap_or(u16::MAX);
        if dimensions > 0 {
            sheet.write_string_with_format(self.next, 0, labels::TOTAL.in_language(self.table.language), &bold)?;
            for column in 1..dimensions {
                sheet.write_blank(self.next, column, &bold)?;
            }
            let formats: Vec<Format> = self
                .numbers
                .iter()
                .map(|format| format.clone().set_bold().set_border_top(FormatBorder::Thin))
                .collect();
            numbers(sheet, self.next, dimensions, &self.table.totals, &formats)?;
        }
        for (column, width) in (0_u16..).zip(&self.widths) {
            // At most 48.
            sheet.set_column_width(column, (*width).clamp(*WIDTHS.start(), *WIDTHS.end()) as f64)?;
        }
        for column in (dimensions..).take(self.numbers.len()) {
            sheet.set_column_width(column, NUMBER_WIDTH)?;
        }
        Ok(())
    }
}

fn numbers(
    sheet: &mut Worksheet,
    row: u32,
    first: u16,
    numbers: &[Option<Number>],
    formats: &[Format],
) -> Result<(), XlsxError> {
    for (column, (number, format)) in (first..).zip(numbers.iter().zip(formats)) {
        match number {
            Some(number) => sheet.write_number_with_format(row, column, number.float(), format)?,
            None => sheet.write_blank(row, column, format)?,
        };
    }
    Ok(())
}

/// How a measure's numbers look.
fn format(measure: Measure) -> Format {
    Format::new().set_num_format(match measure.decimals() {
        0 => "#,##0",
        1 => "#,##0.0",
        _ => "#,##0.00",
    })
}

/// The lines above the table; answers with the first free row.
fn preamble(sheet: &mut Worksheet, table: &Table) -> Result<u32, XlsxError> {
    let language = table.language;
    sheet.write_string_with_format(0, 0, table.title(), &Format::new().set_bold().set_font_size(14))?;
    let (from, to) = table.period();
    let filters = table.filters().into_iter().map(|(name, value)| format!("{name}: {value}"));
    let filters = filters.collect::<Vec<_>>().join("; ");
    let none = labels::NO_FILTERS.in_language(language);
    let mut lines = vec![
        (labels::PERIOD, format!("{from} – {to}")),
        (labels::AS_OF, table.query.as_of().to_string()),
        (labels::METHOD, table.method_label().to_owned()),
        (labels::FILTERS, if filters.is_empty() { none.to_owned() } else { filters }),
    ];
    lines.extend(table.notes().into_iter().map(|note| (labels::NOTE, note)));
    let mut row = 1;
    for (name, value) in lines {
        sheet.write_string(row, 0, format!("{}: {value}", name.in_language(language)))?;
        row += 1;
    }
    Ok(row)
}

fn header(sheet: &mut Worksheet, table: &Table, row: u32) -> Result<(), XlsxError> {
    let format = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
    let mut column = 0;
    for dimension in table.query.group_by() {
        sheet.write_string_with_format(row, column, table.heading(*dimension), &format)?;
        column += 1;
    }
    let format = format.set_align(FormatAlign::Right);
    for measure in &table.measures {
        sheet.write_string_with_format(row, column, table.measure_label(*measure), &format)?;
        column += 1;
    }
    Ok(())
}
