//! How a table of counts looks in JSON.

use chrono::NaiveDate;
use qorgan_domain::statistics::{Dimension, StatisticsQuery};
use qorgan_storage::statistics::CountRow;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::labels;
use crate::request::Language;

/// Name of the only measure.
const COUNT: &str = "count";

/// A dimension or a measure: its code, by which rows name it, and its name for people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsColumn)]
pub struct ColumnView {
    /// The code.
    #[schema(example = "territory")]
    pub code: &'static str,
    /// The name in the language of the answer.
    #[schema(example = "City or district")]
    pub label: &'static str,
}

/// How counts were made.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatisticsMethod {
    /// As they stand in the register.
    Exact,
}

/// A table of counts of the register.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statistics)]
pub struct StatisticsView {
    /// By what facts are grouped, in the order asked for.
    pub dimensions: Vec<ColumnView>,
    /// What is counted.
    pub measures: Vec<ColumnView>,
    /// One row a cell that is not empty: a member for every dimension (`null` where a fact has no such value) and
    /// `count`.
    #[schema(value_type = Vec<Object>, example = json!([{"month": "2026-03", "main_form": "bullying", "count": 12}]))]
    pub rows: Vec<Map<String, Value>>,
    /// All facts counted: the sum of the rows.
    #[schema(example = 12)]
    pub total: i64,
    /// First day of the events.
    pub from: NaiveDate,
    /// Last day of the events.
    pub to: NaiveDate,
    /// The register as it read at the end of this day.
    pub as_of: NaiveDate,
    /// How the counts were made.
    pub method: StatisticsMethod,
}

impl StatisticsView {
    /// The table that answers a query.
    #[must_use]
    pub fn of(query: &StatisticsQuery, counts: Vec<CountRow>, language: Language) -> Self {
        let column = |dimension: &Dimension| ColumnView {
            code: dimension.as_str(),
            label: labels::dimension(*dimension).in_language(language),
        };
        Self {
            dimensions: query.group_by().iter().map(column).collect(),
            measures: vec![ColumnView { code: COUNT, label: labels::COUNT.in_language(language) }],
            total: counts.iter().map(|row| row.count).sum(),
            rows: counts.into_iter().map(row).collect(),
            from: query.from(),
            to: query.to(),
            as_of: query.as_of(),
            method: StatisticsMethod::Exact,
        }
    }
}

fn row(CountRow { keys, count }: CountRow) -> Map<String, Value> {
    let mut row: Map<String, Value> =
        keys.into_iter().map(|(dimension, value)| (dimension.to_string(), value.into())).collect();
    row.insert(COUNT.to_owned(), count.into());
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::statistics::{Filters, StatisticsParameters};
    use serde_json::json;

    #[test]
    fn the_table_has_the_members_of_the_contract() {
        let today: NaiveDate = "2026-03-31".parse().unwrap();
        let parameters = StatisticsParameters {
            group_by: vec![Dimension::Month, Dimension::Level],
            from: "2026-01-01".parse().unwrap(),
            to: today,
            as_of: None,
            filters: Filters::default(),
        };
        let query = StatisticsQuery::new(parameters, today).unwrap();
        let count = |level: Option<&str>, count| CountRow {
            keys: [(Dimension::Month, Some("2026-03".to_owned())), (Dimension::Level, level.map(str::to_owned))].into(),
            count,
        };
        let view = StatisticsView::of(&query, vec![count(Some("attempt"), 2), count(None, 5)], Language::En);
        let table = serde_json::to_value(view).unwrap();
        assert_eq!(table["dimensions"][1], json!({"code": "level", "label": "Level of suicidal behaviour"}));
        assert_eq!(table["measures"], json!([{"code": "count", "label": "Facts"}]));
        assert_eq!(table["rows"][0], json!({"month": "2026-03", "level": "attempt", "count": 2}));
        assert_eq!(table["rows"][1], json!({"month": "2026-03", "level": null, "count": 5}));
        assert_eq!(
            (&table["total"], &table["method"], &table["as_of"]),
            (&json!(7), &json!("exact"), &json!("2026-03-31"))
        );
    }
}
