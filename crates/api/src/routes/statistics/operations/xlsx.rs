//! A workbook of Office Open XML (ECMA-376): one sheet that says what it shows.

use qorgan_domain::statistics::operations::{MeasureUnit, OperationsMeasure};
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::sheet::Sheet;
use super::words;
use crate::problem::Problem;

/// Columns are as wide as their longest word, within these bounds, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=48;

/// Writes the sheet: title, what was counted and how, then the table under a header that stays in sight, the total last.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>, Problem> {
    workbook(sheet).map_err(|error| Problem::internal(&error))
}

fn workbook(table: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(table.title()));
    let sheet = book.add_worksheet();
    sheet.set_name(words::SHEET.in_language(table.language))?;
    let head = preamble(sheet, table)? + 1;
    header(sheet, table, head)?;
    let mut row = head + 1;
    for line in &table.rows {
        for (column, (dimension, code)) in (0_u16..).zip(table.head.dimensions.iter().zip(&line.keys)) {
            // A string is never taken for a formula.
            sheet.write_string(row, column, table.label(*dimension, code.as_deref()))?;
        }
        numbers(sheet, table, row, &line.figures, &Format::new())?;
        row += 1;
    }
    if !table.head.dimensions.is_empty() {
        let bold = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        for column in 0..values(table) {
            sheet.write_blank(row, column, &bold)?;
        }
        sheet.write_string_with_format(row, 0, words::TOTAL.in_language(table.language), &bold)?;
        numbers(sheet, table, row, &table.total, &bold)?;
    }
    sheet.set_freeze_panes(head + 1, 0)?;
    sheet.set_repeat_rows(head, head)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    book.save_to_buffer()
}

/// How many columns of values there are: four at most.
fn values(table: &Sheet) -> u16 {
    u16::try_from(table.head.dimensions.len()).unwrap_or(u16::MAX)
}

/// The lines above the table; answers with the first free row.
fn preamble(sheet: &mut Worksheet, table: &Sheet) -> Result<u32, XlsxError> {
    sheet.write_string_with_format(0, 0, table.title(), &Format::new().set_bold().set_font_size(14))?;
    let mut row = 1;
    for (name, value) in table.preamble() {
        sheet.write_string(row, 0, format!("{}: {value}", name.in_language(table.language)))?;
        row += 1;
    }
    Ok(row)
}

fn header(sheet: &mut Worksheet, table: &Sheet, row: u32) -> Result<(), XlsxError> {
    let format = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
    for (column, (at, dimension)) in (0_u16..).zip(table.head.dimensions.iter().enumerate()) {
        let heading = table.heading(*dimension);
        sheet.write_string_with_format(row, column, heading, &format)?;
        let words = table.rows.iter().filter_map(|line| line.keys.get(at));
        let longest = words.map(|code| table.label(*dimension, code.as_deref()).chars().count()).max();
        let width = longest.unwrap_or_default().max(heading.chars().count() / 2);
        // At most 48.
        sheet.set_column_width(column, width.clamp(*WIDTHS.start(), *WIDTHS.end()) as f64)?;
    }
    let format = format.set_align(FormatAlign::Right);
    for (column, measure) in (values(table)..).zip(table.head.measures) {
        sheet.write_string_with_format(row, column, table.measure(*measure), &format)?;
        sheet.set_column_width(column, 16)?;
    }
    Ok(())
}

/// What is not told stays an empty cell, which is not 0.
fn numbers(
    sheet: &mut Worksheet,
    table: &Sheet,
    row: u32,
    figures: &[Option<f64>],
    format: &Format,
) -> Result<(), XlsxError> {
    for (column, (measure, figure)) in (values(table)..).zip(table.head.measures.iter().zip(figures)) {
        let format = format.clone().set_num_format(shape(*measure));
        match figure {
            Some(figure) => sheet.write_number_with_format(row, column, *figure, &format)?,
            None => sheet.write_blank(row, column, &format)?,
        };
    }
    Ok(())
}

fn shape(measure: OperationsMeasure) -> &'static str {
    if measure.unit() == MeasureUnit::Count { "#,##0" } else { "#,##0.0" }
}
