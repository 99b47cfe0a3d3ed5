//! How a table of counts looks in JSON.

use chrono::NaiveDate;
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::{Dimension, StatisticsMethod};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::labels;
use super::table::{Cell, Table};

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

/// How much protected counts were changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsProtection)]
pub struct ProtectionView {
    /// No count was changed by more.
    #[schema(example = 5)]
    pub max_noise: u8,
    /// The variance of the changes.
    #[schema(example = 3.0)]
    pub variance: f64,
    /// No count from 1 up to below this one is shown.
    #[schema(example = 3)]
    pub threshold: u8,
}

/// A table of counts of the register.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statistics)]
pub struct StatisticsView {
    /// By what facts are grouped, in the order asked for.
    pub dimensions: Vec<ColumnView>,
    /// What is counted.
    pub measures: Vec<ColumnView>,
    /// One row a cell that is not empty, or not shown as empty: a member for every dimension (`null` where a fact has no such value) and
    /// `count`.
    #[schema(value_type = Vec<Object>, example = json!([{"month": "2026-03", "main_form": "bullying", "count": 12}]))]
    pub rows: Vec<Map<String, Value>>,
    /// All facts counted: the sum of the rows where they are exact, a count of its own where they are protected.
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
    /// What a reader of protected counts must know, in the language of the answer.
    pub note: Option<String>,
    /// How much protected counts were changed.
    pub protection: Option<ProtectionView>,
}

impl StatisticsView {
    /// A table as JSON.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let dimensions = table.query.group_by();
        let column = |dimension: &Dimension| ColumnView { code: dimension.as_str(), label: table.heading(*dimension) };
        let protection = |rule: &DisclosureRule| {
            let DisclosureRule { max_noise, variance, threshold, max_attributes: _ } = *rule;
            ProtectionView { max_noise, variance, threshold }
        };
        Self {
            dimensions: dimensions.iter().map(column).collect(),
            measures: vec![ColumnView { code: COUNT, label: labels::COUNT.in_language(table.language) }],
            rows: table.cells.iter().map(|cell| row(dimensions, cell)).collect(),
            total: table.total,
            from: table.query.from(),
            to: table.query.to(),
            as_of: table.query.as_of(),
            method: table.method,
            note: table.note(),
            protection: table.rule.as_ref().map(protection),
        }
    }
}

fn row(dimensions: &[Dimension], (values, count): &Cell) -> Map<String, Value> {
    let named = dimensions.iter().zip(values);
    let mut row: Map<String, Value> =
        named.map(|(dimension, value)| (dimension.to_string(), value.clone().into())).collect();
    row.insert(COUNT.to_owned(), (*count).into());
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Language;
    use qorgan_domain::statistics::{Filters, StatisticsParameters, StatisticsQuery};
    use qorgan_storage::statistics::{CountRow, Counts};
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
        let counts = Counts { rows: vec![count(Some("attempt"), 2), count(None, 5)], total: 7, is_final: true };
        let table = Table::of(query, counts, None, Language::En);
        let table = serde_json::to_value(StatisticsView::of(&table)).unwrap();
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
