//! JSON-stat 2.0 (json-stat.org/full): a cube whose last dimension is that of the measures.

use std::collections::{HashMap, HashSet};

use qorgan_domain::statistics::Dimension;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::labels;
use super::table::{Number, Table};

/// The code of what has no value in a dimension, as violence has no level. No vocabulary has such a code.
const NONE: &str = "_none";
/// The dimension of measures.
const MEASURE: &str = "measure";
/// Up to so many cells all values are written, zeros too; a greater cube lists what is not zero.
const DENSE: usize = 100_000;

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

type Object = Map<String, Value>;

/// The categories of one dimension that occur, in their order.
struct Axis {
    dimension: Dimension,
    codes: Vec<Option<String>>,
    places: HashMap<Option<String>, usize>,
}

impl Axis {
    fn code(value: Option<&str>) -> &str {
        value.unwrap_or(NONE)
    }

    fn position(&self, value: &Option<String>) -> usize {
        self.places.get(value).copied().unwrap_or_default()
    }
}

/// Writes the cube.
pub fn write(table: &Table) -> Value {
    let axes: Vec<Axis> = table.query.group_by().iter().enumerate().map(|(at, of)| axis(table, at, *of)).collect();
    let size: Vec<usize> = axes.iter().map(|axis| axis.codes.len()).chain([table.measures.len()]).collect();
    let mut dimensions: Object = axes.iter().map(|axis| (axis.dimension.to_string(), described(table, axis))).collect();
    dimensions.insert(MEASURE.to_owned(), measure(table));
    let id: Vec<&str> = axes.iter().map(|axis| axis.dimension.as_str()).chain([MEASURE]).collect();
    let mut role = json!({"metric": [MEASURE]});
    let is_time = |dimension: &&Dimension| dimension.unit().is_some();
    let is_place = |dimension: &&Dimension| dimension.is_place();
    for (name, dimensions) in [
        ("time", table.query.group_by().iter().filter(is_time).collect::<Vec<_>>()),
        ("geo", table.query.group_by().iter().filter(is_place).collect()),
    ] {
        if !dimensions.is_empty() {
            role[name] = json!(dimensions);
        }
    }
    let mut cube = json!({
        "version": "2.0", "class": "dataset", "label": table.title(), "source": labels::SOURCE.in_language(table.language),
        "updated": table.query.as_of(), "id": id, "size": size, "role": role, "dimension": dimensions,
        "value": values(table, &axes, &size),
        "extension": {"from": table.query.from(), "to": table.query.to(), "as_of": table.query.as_of(),
            "method": table.method, "final": table.is_final, "total": table.total, "totals": totals(table), "filters": filters(table)},
    });
    let notes = table.notes();
    if !notes.is_empty() {
        cube["note"] = json!(notes);
    }
    cube
}

fn axis(table: &Table, at: usize, dimension: Dimension) -> Axis {
    let codes: HashSet<&Option<String>> = table.rows.iter().filter_map(|row| row.values.get(at)).collect();
    let mut codes: Vec<Option<String>> = codes.into_iter().cloned().collect();
    // Rows sort by their first dimension: the others' categories come in any order.
    codes.sort_by_cached_key(|code| (code.is_none(), labels::place(dimension, code.as_deref()), code.clone()));
    let places = codes.iter().cloned().zip(0..).collect();
    Axis { dimension, codes, places }
}

fn described(table: &Table, axis: &Axis) -> Value {
    let index: Vec<&str> = axis.codes.iter().map(|code| Axis::code(code.as_deref())).collect();
    let words: Object = axis
        .codes
        .iter()
        .map(|code| (Axis::code(code.as_deref()).to_owned(), table.label(axis.dimension, code.as_deref()).into()))
        .collect();
    json!({"label": table.heading(axis.dimension), "category": {"index": index, "label": words}})
}

fn measure(table: &Table) -> Value {
    let codes: Vec<&str> = table.measures.iter().map(|measure| measure.code()).collect();
    let words: Object = table
        .measures
        .iter()
        .map(|measure| (measure.code().to_owned(), table.measure_label(*measure).into()))
        .collect();
    let units: Object = table
        .measures
        .iter()
        .map(|measure| (measure.code().to_owned(), json!({"decimals": measure.decimals()})))
        .collect();
    json!({
        "label": labels::MEASURE.in_language(table.language),
        "category": {"index": codes, "label": words, "unit": units},
    })
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

/// Row-major, the last dimension running fastest; a cell that is not among the rows has no facts.
fn values(table: &Table, axes: &[Axis], size: &[usize]) -> Value {
    let measures = table.measures.len();
    let places = table.rows.iter().flat_map(|row| {
        let place = axes
            .iter()
            .zip(&row.values)
            .fold(0, |place, (axis, value)| place * axis.codes.len() + axis.position(value));
        row.numbers.iter().enumerate().map(move |(at, number)| (place * measures + at, json(*number)))
    });
    match size.iter().try_fold(1_usize, |all, one| all.checked_mul(*one)).filter(|all| *all <= DENSE) {
        Some(all) => {
            let empty: Vec<Value> =
                table.measures.iter().map(|measure| if measure.is_count() { 0.into() } else { Value::Null }).collect();
            let mut dense: Vec<Value> = empty.into_iter().cycle().take(all).collect();
            for (place, number) in places {
                if let Some(cell) = dense.get_mut(place) {
                    *cell = number;
                }
            }
            dense.into()
        }
        None => Value::Object(places.map(|(place, number)| (place.to_string(), number)).collect()),
    }
}
