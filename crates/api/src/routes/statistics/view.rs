//! How a table of counts looks in JSON.

use chrono::NaiveDate;
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::{AsOf, Comparison, Dimension, StatisticsMethod, TerritoryPopulation};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::table::{Number, Row, Table};
use crate::request::Language;

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
    /// Counts from 1 up to below this one are always shown as 0, so that what is shown holds so many at least; 1 hides none.
    #[schema(example = 3)]
    pub hidden_below: u8,
}

/// A period that a table is compared with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsEarlier)]
pub struct EarlierView {
    /// Which one; its measures begin with this code.
    pub comparison: Comparison,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// A number of children that rates were made with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsPopulation)]
pub struct PopulationView {
    /// The region, city or district.
    pub territory: String,
    /// Children under 18.
    #[schema(example = 142_370)]
    pub children: u32,
    /// The day from which the number counts.
    pub valid_from: NaiveDate,
    /// Where it comes from, in the language of the answer where it was told in it.
    pub source: String,
    /// Whether it is an estimate.
    pub provisional: bool,
}

impl PopulationView {
    fn of(row: &TerritoryPopulation, language: Language) -> Self {
        Self {
            territory: row.territory.to_string(),
            children: row.children,
            valid_from: row.valid_from,
            source: language.source(&row.source).to_owned(),
            provisional: row.provisional,
        }
    }
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
    /// All facts counted: a count of its own where counts are protected. By any form the rows may add up to more.
    #[schema(example = 12)]
    pub total: i64,
    /// All facts together, by every measure.
    #[schema(example = json!({"count": 12}))]
    pub totals: Map<String, Value>,
    /// First day of the events.
    pub from: NaiveDate,
    /// Last day of the events.
    pub to: NaiveDate,
    /// The register as it read at the end of this day, or at this moment.
    pub as_of: AsOf,
    /// Whether that day, or the day of that moment, is over, so that the same question gets the same numbers for ever.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// How the counts were made.
    pub method: StatisticsMethod,
    /// What a reader of the numbers must know, in the language of the answer.
    pub note: Option<String>,
    /// The periods that it is compared with.
    pub earlier: Vec<EarlierView>,
    /// The numbers of children that rates were made with; null where rates were not asked for, empty where there are none.
    pub population: Option<Vec<PopulationView>>,
    /// How much protected counts were changed.
    pub protection: Option<ProtectionView>,
}

impl StatisticsView {
    /// A table as JSON.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let dimensions = table.query.group_by().iter();
        let column = |dimension: &Dimension| ColumnView { code: dimension.as_str(), label: table.heading(*dimension) };
        let measures = table.measures.iter();
        let measures =
            measures.map(|measure| ColumnView { code: measure.code(), label: table.measure_label(*measure) });
        let earlier = table.earlier.iter();
        let protection = |rule: &DisclosureRule| {
            let DisclosureRule { max_noise, variance, threshold, hidden_below, max_attributes: _ } = *rule;
            ProtectionView { max_noise, variance, threshold, hidden_below }
        };
        Self {
            dimensions: dimensions.map(column).collect(),
            measures: measures.collect(),
            rows: table.rows.iter().map(|cell| row(table, cell)).collect(),
            total: table.total,
            totals: numbers(table, &table.totals).collect(),
            from: table.query.from(),
            to: table.query.to(),
            as_of: table.query.as_of(),
            is_final: table.is_final,
            method: table.method,
            note: table.note(),
            earlier: earlier
                .map(|(comparison, from, to)| EarlierView { comparison: *comparison, from: *from, to: *to })
                .collect(),
            population: table
                .population
                .as_ref()
                .map(|rows| rows.iter().map(|row| PopulationView::of(row, table.language)).collect()),
            protection: table.rule.as_ref().map(protection),
        }
    }
}

fn numbers(table: &Table, numbers: &[Option<Number>]) -> impl Iterator<Item = (String, Value)> {
    let named = table.measures.iter().zip(numbers);
    named.map(|(measure, number)| (measure.code().to_owned(), number.map_or(Value::Null, Number::json)))
}

/// A cell by the codes of its dimensions and measures.
pub(super) fn row(table: &Table, row: &Row) -> Map<String, Value> {
    let values = table.query.group_by().iter().zip(&row.values);
    let values = values.map(|(dimension, value)| (dimension.to_string(), value.clone().into()));
    values.chain(numbers(table, &row.numbers)).collect()
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
