//! JSON-stat 2.0 (json-stat.org/full): a cube whose last dimension is that of the measures.

use qorgan_domain::statistics::Dimension;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::cube::{Axis, Cube, CubeMeasure, Object, Role};
use super::labels;
use super::table::{Number, Table};

/// A dataset of JSON-stat 2.0.
#[derive(ToSchema)]
#[schema(as = JsonStat, example = json!({
    "version": "2.0", "class": "dataset", "id": ["sex", "measure"], "size": [2, 1],
    "dimension": {
        "sex": {"label": "Sex of the child", "category": {"index": ["male", "female"], "label": {"male": "Male", "female": "Female"}}},
        "measure": {"label": "Measure", "category": {"index": ["count"], "label": {"count": "Facts"}, "unit": {"count": {"decimals": 0}}}}
    },
    "value": [12, 9]
}))]
#[expect(dead_code, reason = "the shape, for the document; the cube is written as a whole")]
pub struct JsonStatView {
    /// `2.0`.
    version: String,
    /// `dataset`.
    class: String,
    /// What the table is about.
    label: String,
    /// The dimensions, in the order asked for, and `measure`.
    id: Vec<String>,
    /// How many categories each has.
    size: Vec<usize>,
    /// Which dimensions are time, place and measure.
    role: Object,
    /// Categories that occur, with their words; `_none` where a fact has no such value.
    dimension: Object,
    /// Numbers in row-major order, null where there is none; of a great cube, an object of those that are not 0.
    value: Object,
    /// What a reader of the numbers must know.
    note: Option<Vec<String>>,
    /// `from`, `to`, `as_of`, `method`, `total`.
    extension: Object,
}

/// Writes the cube.
pub fn write(table: &Table) -> Value {
    let cube = Cube {
        label: table.title(),
        source: labels::SOURCE.in_language(table.language),
        as_of: json!(table.query.as_of()),
        axes: table.query.group_by().iter().enumerate().map(|(at, of)| axis(table, at, *of)).collect(),
        measure: labels::MEASURE.in_language(table.language),
        measures: measures(table),
        extension: json!({"from": table.query.from(), "to": table.query.to(), "as_of": table.query.as_of(),
            "method": table.method, "final": table.is_final, "total": table.total, "totals": totals(table),
            "filters": filters(table)}),
        notes: table.notes(),
    };
    let rows = table.rows.iter();
    cube.dataset(rows.map(|row| (row.values.as_slice(), row.numbers.iter().map(|number| json(*number)).collect())))
}

fn axis(table: &Table, at: usize, dimension: Dimension) -> Axis {
    let role = match dimension {
        _ if dimension.unit().is_some() => Role::Time,
        _ if dimension.is_place() => Role::Geo,
        _ => Role::Other,
    };
    Axis::new(
        (dimension.as_str(), table.heading(dimension), role),
        table.rows.iter().filter_map(|row| row.values.get(at)),
        |code| labels::place(dimension, code),
        |code| table.label(dimension, code),
    )
}

/// A cell that is not among the rows has no facts.
fn measures(table: &Table) -> Vec<CubeMeasure> {
    let measures = table.measures.iter();
    measures
        .map(|measure| CubeMeasure {
            code: measure.code(),
            label: table.measure_label(*measure).to_owned(),
            unit: json!({"decimals": measure.decimals()}),
            empty: if measure.is_count() { 0.into() } else { Value::Null },
        })
        .collect()
}

fn totals(table: &Table) -> Object {
    let named = table.measures.iter().zip(&table.totals);
    named.map(|(measure, number)| (measure.code().to_owned(), json(*number))).collect()
}

fn json(number: Option<Number>) -> Value {
    number.map_or(Value::Null, Number::json)
}

fn filters(table: &Table) -> Object {
    table.filters().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}
