//! JSON-stat 2.0 (json-stat.org/full): a cube of one measure.

use qorgan_domain::statistics::Dimension;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::labels;
use super::table::Table;

/// The code of what has no value in a dimension, as violence has no level. No vocabulary has such a code.
const NONE: &str = "_none";
/// The dimension of measures, and the only measure.
const MEASURE: &str = "measure";
const COUNT: &str = "count";
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
    /// Counts in row-major order; of a great cube, an object of those that are not 0.
    value: Object,
    /// What a reader of protected counts must know.
    note: Option<Vec<String>>,
    /// `from`, `to`, `as_of`, `method`, `total`.
    extension: Object,
}

type Object = Map<String, Value>;

/// The categories of one dimension that occur, in the order of the rows.
struct Axis {
    dimension: Dimension,
    codes: Vec<Option<String>>,
}

impl Axis {
    fn code(value: Option<&str>) -> &str {
        value.unwrap_or(NONE)
    }

    fn position(&self, value: &Option<String>) -> usize {
        self.codes.iter().position(|code| code == value).unwrap_or_default()
    }
}

/// Writes the cube.
pub fn write(table: &Table) -> Value {
    let axes: Vec<Axis> = table.query.group_by().iter().enumerate().map(|(at, of)| axis(table, at, *of)).collect();
    let size: Vec<usize> = axes.iter().map(|axis| axis.codes.len()).chain([1]).collect();
    let mut dimensions: Object = axes.iter().map(|axis| (axis.dimension.to_string(), described(table, axis))).collect();
    dimensions.insert(MEASURE.to_owned(), measure(table));
    let id: Vec<&str> = axes.iter().map(|axis| axis.dimension.as_str()).chain([MEASURE]).collect();
    let mut role = json!({"metric": [MEASURE]});
    for (name, dimension) in [("time", Dimension::Month), ("geo", Dimension::Territory)] {
        if table.query.group_by().contains(&dimension) {
            role[name] = json!([dimension]);
        }
    }
    let mut cube = json!({
        "version": "2.0", "class": "dataset", "label": table.title(), "source": labels::SOURCE.in_language(table.language),
        "updated": table.query.as_of(), "id": id, "size": size, "role": role, "dimension": dimensions,
        "value": values(table, &axes, &size),
        "extension": {"from": table.query.from(), "to": table.query.to(), "as_of": table.query.as_of(),
            "method": table.method, "total": table.total, "filters": filters(table)},
    });
    if let Some(note) = table.note() {
        cube["note"] = json!([note]);
    }
    cube
}

fn axis(table: &Table, at: usize, dimension: Dimension) -> Axis {
    let mut codes: Vec<Option<String>> = Vec::new();
    for (values, _) in &table.cells {
        if let Some(value) = values.get(at)
            && !codes.contains(value)
        {
            codes.push(value.clone());
        }
    }
    // Rows sort by their first dimension: the others' categories come in any order.
    codes.sort_by_cached_key(|code| (code.is_none(), labels::place(dimension, code.as_deref()), code.clone()));
    Axis { dimension, codes }
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
    let label = labels::COUNT.in_language(table.language);
    json!({
        "label": labels::MEASURE.in_language(table.language),
        "category": {"index": [COUNT], "label": {COUNT: label}, "unit": {COUNT: {"decimals": 0}}},
    })
}

fn filters(table: &Table) -> Object {
    table.filters().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// Row-major, the last dimension running fastest; a cell that is not among the rows counts 0.
fn values(table: &Table, axes: &[Axis], size: &[usize]) -> Value {
    let places = table.cells.iter().map(|(values, count)| {
        let place =
            axes.iter().zip(values).fold(0, |place, (axis, value)| place * axis.codes.len() + axis.position(value));
        (place, *count)
    });
    match size.iter().try_fold(1_usize, |all, one| all.checked_mul(*one)).filter(|all| *all <= DENSE) {
        Some(all) => {
            let mut dense = vec![0; all];
            for (place, count) in places {
                if let Some(cell) = dense.get_mut(place) {
                    *cell = count;
                }
            }
            json!(dense)
        }
        None => Value::Object(places.map(|(place, count)| (place.to_string(), count.into())).collect()),
    }
}
