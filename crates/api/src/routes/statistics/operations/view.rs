//! How a table of the operation looks in JSON.

use chrono::NaiveDate;
use qorgan_domain::identity::Role;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::operations::{MeasureUnit, Norms, OperationsDimension, OperationsMeasure};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::super::view::{ColumnView, ProtectionView};
use super::sheet::Sheet;

/// A measure: its code, by which rows name it, its name for people, and its unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationsMeasureColumn)]
pub struct MeasureView {
    /// The code.
    #[schema(example = "in_time_share")]
    pub code: &'static str,
    /// The name in the language of the answer.
    #[schema(example = "In time, %")]
    pub label: &'static str,
    /// `count`, `percent`, `hours` or `ratio`.
    #[schema(example = "percent")]
    pub unit: &'static str,
}

/// How much work a specialist may have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkloadNorm)]
pub struct NormView {
    /// Of which role.
    pub role: Role,
    /// Open cases to manage at once.
    #[schema(example = 25)]
    pub open_cases: u32,
    /// Of them, of high or critical risk.
    #[schema(example = 8)]
    pub high_risk_cases: u32,
    /// Children of the place for each specialist, where there is such a norm.
    #[schema(example = 500)]
    pub children: Option<u32>,
}

/// A table of the operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationsStatistics)]
pub struct OperationsView {
    /// The columns of values, in their order.
    pub dimensions: Vec<ColumnView>,
    /// The columns of numbers, in their order.
    pub measures: Vec<MeasureView>,
    /// One row a cell that is not empty, or not shown as empty: a member for every dimension (`null` where a record has no
    /// such value), its word as `<dimension>_label`, and a member for every measure (`null` where it makes no sense or is
    /// not told).
    #[schema(value_type = Vec<Object>, example = json!([{"stage": "review", "stage_label": "Review", "cases": 12, "children": 11}]))]
    pub rows: Vec<Map<String, Value>>,
    /// The measures of all records together. Rows need not add up to it: a case may stand in several rows.
    #[schema(value_type = Object, example = json!({"cases": 12, "children": 11}))]
    pub total: Map<String, Value>,
    /// First day of the period, where the table has one.
    pub from: Option<NaiveDate>,
    /// Last day of the period.
    pub to: Option<NaiveDate>,
    /// How things stood at the end of this day.
    pub as_of: NaiveDate,
    /// `exact`: what lies in the caller's reach. `protected`: the whole region.
    pub method: StatisticsMethod,
    /// What a reader must know, in the language of the answer.
    pub notes: Vec<String>,
    /// How much protected counts were changed.
    pub protection: Option<ProtectionView>,
    /// The norms that the workload was held against.
    pub norms: Option<Vec<NormView>>,
}

impl OperationsView {
    /// A table as JSON.
    #[must_use]
    pub fn of(sheet: &Sheet) -> Self {
        let head = &sheet.head;
        let column = |of: &OperationsDimension| ColumnView { code: of.as_str(), label: sheet.heading(*of) };
        let measure =
            |of: &OperationsMeasure| MeasureView { code: of.as_str(), label: sheet.measure(*of), unit: unit(*of) };
        let protection = head.rule.as_ref().map(|rule| ProtectionView {
            max_noise: rule.max_noise,
            variance: rule.variance,
            threshold: rule.threshold,
            hidden_below: rule.hidden_below,
        });
        Self {
            dimensions: head.dimensions.iter().map(column).collect(),
            measures: head.measures.iter().map(measure).collect(),
            rows: sheet.rows.iter().map(|row| line(sheet, &row.keys, &row.figures)).collect(),
            total: line(sheet, &[], &sheet.total),
            from: head.period.map(|(from, _)| from),
            to: head.period.map(|(_, to)| to),
            as_of: head.as_of,
            method: sheet.method(),
            notes: sheet.notes(),
            protection,
            norms: head.norms.as_ref().map(norms),
        }
    }
}

fn norms(norms: &Norms) -> Vec<NormView> {
    let view = |(role, norm): (&Role, &qorgan_domain::statistics::operations::Norm)| NormView {
        role: *role,
        open_cases: norm.open_cases,
        high_risk_cases: norm.high_risk_cases,
        children: norm.children,
    };
    norms.0.iter().map(view).collect()
}

/// The code of a unit.
pub(super) fn unit(measure: OperationsMeasure) -> &'static str {
    match measure.unit() {
        MeasureUnit::Count => "count",
        MeasureUnit::Percent => "percent",
        MeasureUnit::Hours => "hours",
        MeasureUnit::Ratio => "ratio",
    }
}

/// A row by the codes of its dimensions and measures, with the words of its values.
pub(super) fn line(sheet: &Sheet, keys: &[Option<String>], figures: &[Option<f64>]) -> Map<String, Value> {
    let mut line = Map::new();
    for (dimension, value) in sheet.head.dimensions.iter().zip(keys) {
        line.insert(dimension.to_string(), value.clone().into());
        line.insert(format!("{dimension}_label"), sheet.label(*dimension, value.as_deref()).into());
    }
    for (measure, figure) in sheet.head.measures.iter().zip(figures) {
        line.insert(measure.to_string(), json_number(*measure, *figure));
    }
    line
}

/// Counts are whole numbers in JSON too; they are far below 2⁵³, and never below 0.
pub(super) fn json_number(measure: OperationsMeasure, figure: Option<f64>) -> Value {
    match figure {
        Some(figure) if measure.unit() == MeasureUnit::Count => json!(figure as u64),
        other => json!(other),
    }
}
