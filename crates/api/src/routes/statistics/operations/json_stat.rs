//! JSON-stat 2.0, as the tables of the register.

use qorgan_domain::statistics::operations::{MeasureUnit, OperationsDimension, OperationsMeasure};
use serde_json::{Value, json};

use super::super::cube::{Axis, Cube, CubeMeasure, Object, Role};
use super::super::labels::MEASURE;
use super::sheet::Sheet;
use super::view::{json_number, unit};
use super::words;

/// Writes the cube.
pub fn write(sheet: &Sheet) -> Value {
    let head = &sheet.head;
    let cube = Cube {
        label: sheet.title(),
        source: words::SOURCE.in_language(sheet.language),
        as_of: json!(head.as_of),
        axes: head.dimensions.iter().take(head.keys).enumerate().map(|(at, of)| axis(sheet, at, *of)).collect(),
        measure: MEASURE.in_language(sheet.language),
        measures: head.measures.iter().zip(&sheet.total).map(|(of, total)| measure(sheet, *of, *total)).collect(),
        extension: extension(sheet),
        notes: sheet.notes(),
    };
    let numbers = |figures: &[Option<f64>]| {
        let named = head.measures.iter().zip(figures);
        named.map(|(measure, figure)| json_number(*measure, *figure)).collect()
    };
    cube.dataset(sheet.rows.iter().map(|row| (row.keys.as_slice(), numbers(&row.figures))))
}

fn axis(sheet: &Sheet, at: usize, dimension: OperationsDimension) -> Axis {
    let role = match dimension {
        OperationsDimension::Month => Role::Time,
        OperationsDimension::Territory => Role::Geo,
        _ => Role::Other,
    };
    Axis::new(
        (dimension.as_str(), sheet.heading(dimension), role),
        sheet.rows.iter().filter_map(|row| row.keys.get(at)),
        |code| code.map_or(0, |code| dimension.place(code)),
        |code| sheet.label(dimension, code),
    )
}

/// A cell that is not among the rows has no records: a count of it is 0, except where a table does not tell that count.
fn measure(sheet: &Sheet, measure: OperationsMeasure, total: Option<f64>) -> CubeMeasure {
    let counts = measure.unit() == MeasureUnit::Count;
    let mut described = json!({"decimals": u8::from(!counts)});
    match measure.unit() {
        MeasureUnit::Percent => described["symbol"] = json!("%"),
        MeasureUnit::Count | MeasureUnit::Hours | MeasureUnit::Ratio => described["label"] = json!(unit(measure)),
    }
    CubeMeasure {
        code: measure.as_str(),
        label: sheet.measure(measure).to_owned(),
        unit: described,
        empty: if counts && total.is_some() { 0.into() } else { Value::Null },
    }
}

fn extension(sheet: &Sheet) -> Value {
    let head = &sheet.head;
    let totals = head.measures.iter().zip(&sheet.total);
    let totals: Object = totals.map(|(of, figure)| (of.to_string(), json_number(*of, *figure))).collect();
    let filters: Object = sheet.filters().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut extension = json!({"from": head.period.map(|(from, _)| from), "to": head.period.map(|(_, to)| to),
        "as_of": head.as_of, "method": sheet.method(), "totals": totals, "filters": filters});
    // What is said of each organisation or person besides: by its code.
    for (at, dimension) in head.dimensions.iter().enumerate().skip(head.keys) {
        let said = sheet.rows.iter().filter_map(|row| Some((row.keys.first()?.clone()?, row.keys.get(at)?.clone())));
        let said: Object = said.map(|(code, value)| (code, value.into())).collect();
        extension[dimension.as_str()] = said.into();
    }
    extension
}
