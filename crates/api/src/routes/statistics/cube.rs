//! What every table has in common that is answered in JSON-stat 2.0 (json-stat.org/full): a cube whose last dimension is
//! that of the measures.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

/// The code of what has no value in a dimension, as violence has no level. No vocabulary has such a code.
const NONE: &str = "_none";
/// The dimension of measures.
const MEASURE: &str = "measure";
/// Up to so many cells all values are written, empty ones too; a greater cube lists what is not empty.
const DENSE: usize = 100_000;

/// A member of JSON.
pub type Object = Map<String, Value>;

/// What a dimension tells of, where JSON-stat has a word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// When.
    Time,
    /// Where.
    Geo,
    /// Anything else.
    Other,
}

/// The categories of one dimension that occur, in their order.
pub struct Axis {
    code: String,
    label: String,
    role: Role,
    categories: Vec<(Option<String>, String)>,
    places: HashMap<Option<String>, usize>,
}

impl Axis {
    /// The categories that occur, ordered by what `place` makes of each; `word` has their names.
    pub fn new<'a, P: Ord>(
        (code, label, role): (&str, &str, Role),
        occurring: impl Iterator<Item = &'a Option<String>>,
        place: impl Fn(Option<&str>) -> P,
        word: impl Fn(Option<&str>) -> String,
    ) -> Self {
        let codes: HashSet<&Option<String>> = occurring.collect();
        let mut codes: Vec<Option<String>> = codes.into_iter().cloned().collect();
        // Rows sort by their first dimension: the others' categories come in any order. Those without a value are last.
        codes.sort_by_cached_key(|code| (code.is_none(), place(code.as_deref()), code.clone()));
        let places = codes.iter().cloned().zip(0..).collect();
        let categories = codes.into_iter().map(|code| (code.clone(), word(code.as_deref()))).collect();
        Self { code: code.to_owned(), label: label.to_owned(), role, categories, places }
    }

    fn described(&self) -> Value {
        let code = |category: &Option<String>| category.as_deref().unwrap_or(NONE).to_owned();
        let index: Vec<String> = self.categories.iter().map(|(category, _)| code(category)).collect();
        let words: Object =
            self.categories.iter().map(|(category, word)| (code(category), word.clone().into())).collect();
        json!({"label": self.label, "category": {"index": index, "label": words}})
    }
}

/// One kind of number.
pub struct CubeMeasure {
    /// The code.
    pub code: &'static str,
    /// The name.
    pub label: String,
    /// `decimals`, and what else JSON-stat knows of a unit.
    pub unit: Value,
    /// What a cell has that is not among the rows.
    pub empty: Value,
}

/// A table as a cube.
pub struct Cube<'a> {
    /// What it is about.
    pub label: &'a str,
    /// Where it comes from.
    pub source: &'a str,
    /// The day or moment that it tells of.
    pub as_of: Value,
    /// The dimensions, in their order.
    pub axes: Vec<Axis>,
    /// The name of the dimension of measures.
    pub measure: &'a str,
    /// The measures, in their order.
    pub measures: Vec<CubeMeasure>,
    /// What is said besides.
    pub extension: Value,
    /// What a reader must know.
    pub notes: Vec<String>,
}

impl Cube<'_> {
    /// The dataset. Each row has a value for every dimension, and a number for every measure.
    pub fn dataset<'r>(self, rows: impl Iterator<Item = (&'r [Option<String>], Vec<Value>)>) -> Value {
        let size: Vec<usize> =
            self.axes.iter().map(|axis| axis.categories.len()).chain([self.measures.len()]).collect();
        let mut dimensions: Object = self.axes.iter().map(|axis| (axis.code.clone(), axis.described())).collect();
        dimensions.insert(MEASURE.to_owned(), self.described());
        let id: Vec<&str> = self.axes.iter().map(|axis| axis.code.as_str()).chain([MEASURE]).collect();
        let mut role = json!({"metric": [MEASURE]});
        for (name, of) in [("time", Role::Time), ("geo", Role::Geo)] {
            let codes: Vec<&str> =
                self.axes.iter().filter(|axis| axis.role == of).map(|axis| axis.code.as_str()).collect();
            if !codes.is_empty() {
                role[name] = json!(codes);
            }
        }
        let mut dataset = json!({
            "version": "2.0", "class": "dataset", "label": self.label, "source": self.source, "updated": self.as_of,
            "id": id, "size": size, "role": role, "dimension": dimensions, "value": self.values(rows, &size),
            "extension": self.extension,
        });
        if !self.notes.is_empty() {
            dataset["note"] = json!(self.notes);
        }
        dataset
    }

    fn described(&self) -> Value {
        let codes: Vec<&str> = self.measures.iter().map(|measure| measure.code).collect();
        let words: Object =
            self.measures.iter().map(|measure| (measure.code.to_owned(), measure.label.clone().into())).collect();
        let units: Object =
            self.measures.iter().map(|measure| (measure.code.to_owned(), measure.unit.clone())).collect();
        json!({"label": self.measure, "category": {"index": codes, "label": words, "unit": units}})
    }

    /// Row-major, the last dimension running fastest.
    fn values<'r>(&self, rows: impl Iterator<Item = (&'r [Option<String>], Vec<Value>)>, size: &[usize]) -> Value {
        let measures = self.measures.len();
        let places = rows.flat_map(|(values, numbers)| {
            let place = self.axes.iter().zip(values).fold(0, |place, (axis, value)| {
                place * axis.categories.len() + axis.places.get(value).copied().unwrap_or_default()
            });
            numbers.into_iter().enumerate().map(move |(at, number)| (place * measures + at, number))
        });
        match size.iter().try_fold(1_usize, |all, one| all.checked_mul(*one)).filter(|all| *all <= DENSE) {
            Some(all) => {
                let empty: Vec<Value> = self.measures.iter().map(|measure| measure.empty.clone()).collect();
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
}
