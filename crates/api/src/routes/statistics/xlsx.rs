//! A workbook of Office Open XML (ECMA-376): one sheet that says what it shows.

use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::labels;
use super::table::Table;
use crate::problem::Problem;

/// Columns are as wide as their longest word, within these bounds, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=48;

/// Writes the sheet: title, what was counted and how, then the table under a header that stays in sight.
///
/// # Errors
/// `internal`: a fault of the program.
pub fn write(table: &Table) -> Result<Vec<u8>, Problem> {
    workbook(table).map_err(|error| Problem::internal(&error))
}

fn workbook(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(table.title()));
    let sheet = book.add_worksheet();
    sheet.set_name(labels::SHEET.in_language(table.language))?;
    let head = preamble(sheet, table)? + 1;
    header(sheet, table, head)?;
    let end = rows(sheet, table, head + 1)?;
    let bold = Format::new().set_bold().set_border_top(FormatBorder::Thin);
    let last = columns(table) - 1;
    for column in 0..last {
        sheet.write_blank(end, column, &bold)?;
    }
    if last > 0 {
        sheet.write_string_with_format(end, 0, labels::TOTAL.in_language(table.language), &bold)?;
        sheet.write_number_with_format(end, last, number(table.total), &bold.set_num_format("#,##0"))?;
    }
    sheet.set_freeze_panes(head + 1, 0)?;
    sheet.set_repeat_rows(head, head)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    book.save_to_buffer()
}

/// Columns of the table: a dimension each, and the count.
fn columns(table: &Table) -> u16 {
    // At most eight dimensions.
    u16::try_from(table.query.group_by().len() + 1).unwrap_or(u16::MAX)
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
    lines.extend(table.note().map(|note| (labels::NOTE, note)));
    let mut row = 1;
    for (name, value) in lines {
        sheet.write_string(row, 0, format!("{}: {value}", name.in_language(language)))?;
        row += 1;
    }
    Ok(row)
}

fn header(sheet: &mut Worksheet, table: &Table, row: u32) -> Result<(), XlsxError> {
    let format = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
    let dimensions = table.query.group_by();
    for (column, (at, dimension)) in (0_u16..).zip(dimensions.iter().enumerate()) {
        let heading = table.heading(*dimension);
        sheet.write_string_with_format(row, column, heading, &format)?;
        let longest = table.cells.iter().filter_map(|(values, _)| values.get(at));
        let longest = longest.map(|code| table.label(*dimension, code.as_deref()).chars().count()).max();
        let width = longest.unwrap_or_default().max(heading.chars().count() / 2);
        // At most 48.
        sheet.set_column_width(column, width.clamp(*WIDTHS.start(), *WIDTHS.end()) as f64)?;
    }
    let last = columns(table) - 1;
    sheet.set_column_width(last, 16)?;
    let format = format.set_align(FormatAlign::Right);
    sheet.write_string_with_format(row, last, labels::COUNT.in_language(table.language), &format)?;
    Ok(())
}

/// Answers with the row after the last.
fn rows(sheet: &mut Worksheet, table: &Table, first: u32) -> Result<u32, XlsxError> {
    let format = Format::new().set_num_format("#,##0");
    let mut row = first;
    for (values, count) in &table.cells {
        for (column, (dimension, code)) in (0_u16..).zip(table.query.group_by().iter().zip(values)) {
            // A string is never taken for a formula.
            sheet.write_string(row, column, table.label(*dimension, code.as_deref()))?;
        }
        sheet.write_number_with_format(row, columns(table) - 1, number(*count), &format)?;
        row += 1;
    }
    Ok(row)
}

/// Counts are far below 2⁵³: exact as a float, which is all that a sheet knows.
fn number(count: i64) -> f64 {
    count as f64
}
