//! Statistics of the operation: cells from the functions of the database, noise and shares from the domain.

mod cells;
mod names;
mod order;
mod people;
mod workload;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Jsonb, Text, Timestamptz};
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::policy::Action;
use qorgan_domain::register::FactStatus;
use qorgan_domain::statistics::operations::{
    Figures, MeasureUnit, OperationsFilters, OperationsQuery, OperationsReport, OperationsRule, Shown, figures,
};
use serde_json::{Map, Value, json};

use cells::{CellRow, Cells};
pub use names::Named;
pub use workload::WorkloadAsked;

use crate::{Permit, StorageError, Tx};

/// No new fact of a child: a mistake, a copy, or what was looked into and did not happen.
const NO_NEW_FACT: [&str; 3] =
    [FactStatus::Annulled.as_str(), FactStatus::Merged.as_str(), FactStatus::NotConfirmed.as_str()];

const CASES: &str = "SELECT * FROM case_cells($1, $7, $2, $3, $4, $5, $6)";
const DEADLINES: &str = "SELECT * FROM deadline_cells($1, $2, $3, $4, $5, $6)";
const RECURRENCE: &str = "SELECT * FROM recurrence_cells($1, $2, $3, $4, $5, $6, $7, $8)";
const SIGNALS: &str = "SELECT * FROM signal_cells($1, $2, $3, $4, $5, $6)";

/// One row: the value of every dimension, and the numbers in the order of the measures.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationsRow {
    /// The values; none where a record has no such value, as an open case has no outcome.
    pub keys: Vec<Option<String>>,
    /// The numbers.
    pub figures: Figures,
}

/// A table of the operation, ready to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationsTable {
    /// The rows that are not empty.
    pub rows: Vec<OperationsRow>,
    /// All records together: counted by themselves, since a case may stand in several rows.
    pub total: Figures,
    /// Names of the organisations and people among the values.
    pub names: BTreeMap<String, Named>,
}

impl Tx<'_> {
    /// Counts what a query asks for. `shown` says whether exactly, within the actor's reach, or protected, of the whole
    /// region; a protected query must have passed the domain's `guard`.
    ///
    /// # Errors
    /// [`StorageError`]; also where `permit` is for another action than what is to be shown.
    pub fn operations_table(
        &mut self,
        permit: &Permit,
        query: &OperationsQuery,
        rule: &OperationsRule,
        shown: &Shown,
    ) -> Result<OperationsTable, StorageError> {
        permitted(permit, shown)?;
        let cells = Cells::of(self.operations_cells(query, rule, shown)?)?;
        let row = |keys: Option<&Vec<Option<String>>>| {
            figures(query.report(), |kind| cells.tally(keys, kind), shown, query.mixes_times(keys.is_none()))
        };
        let total = row(None);
        let mut rows: Vec<OperationsRow> = if query.group_by().is_empty() {
            vec![OperationsRow { keys: Vec::new(), figures: total.clone() }]
        } else {
            cells.keys().map(|keys| OperationsRow { keys: keys.clone(), figures: row(Some(keys)) }).collect()
        };
        if shown.is_protected() && !query.group_by().is_empty() {
            rows.retain(|row| tells_something(query.report(), &row.figures));
        }
        order::sort(&mut rows, query.group_by());
        let names = self.operations_names(query.group_by(), &rows)?;
        self.audit(permit.action(), None, None);
        Ok(OperationsTable { rows, total, names })
    }

    fn operations_cells(
        &mut self,
        query: &OperationsQuery,
        rule: &OperationsRule,
        shown: &Shown,
    ) -> Result<Vec<CellRow>, StorageError> {
        let dimensions: Vec<&str> = query.group_by().iter().map(|dimension| dimension.as_str()).collect();
        let asked = sql_query(match query.report() {
            OperationsReport::Cases => CASES,
            OperationsReport::Timeliness => DEADLINES,
            OperationsReport::Recurrence => RECURRENCE,
            OperationsReport::Detection => SIGNALS,
        })
        .bind::<Bool, _>(shown.is_protected())
        .bind::<Array<Text>, _>(dimensions)
        .bind::<Timestamptz, _>(start_of_day(query.from()))
        .bind::<Timestamptz, _>(end_of_day(query.to()))
        .bind::<Timestamptz, _>(end_of_day(query.as_of()))
        .bind::<Jsonb, _>(narrowed(query.filters()));
        let found = match query.report() {
            OperationsReport::Cases => asked.bind::<Text, _>(query.counted().as_str()).load(self.connection),
            OperationsReport::Recurrence => asked
                .bind::<Integer, _>(i32::from(rule.recurrence_months))
                .bind::<Array<Text>, _>(NO_NEW_FACT.to_vec())
                .load(self.connection),
            OperationsReport::Timeliness | OperationsReport::Detection => asked.load(self.connection),
        };
        Ok(found?)
    }
}

/// Exact counts and protected ones are rights of their own; the functions of the database ask again.
fn permitted(permit: &Permit, shown: &Shown) -> Result<(), StorageError> {
    let needed = if shown.is_protected() { Action::OperationsProtected } else { Action::OperationsExact };
    if permit.action() == needed {
        Ok(())
    } else {
        Err(StorageError::Statement("statistics of the operation were asked for with another permit"))
    }
}

/// A cell that is shown as empty is left out, whether it is or not.
fn tells_something(report: OperationsReport, figures: &Figures) -> bool {
    let counts = report.measures().iter().zip(figures).filter(|(measure, _)| measure.unit() == MeasureUnit::Count);
    counts.into_iter().any(|(_, figure)| figure.is_some_and(|figure| figure > 0.0))
}

/// The values that narrow, by dimension. A territory goes by its prefix, which is digits only.
fn narrowed(filters: &OperationsFilters) -> Value {
    let mut values: Map<String, Value> =
        filters.given().map(|(dimension, value)| (dimension.to_string(), Value::String(value))).collect();
    if let Some(territory) = &filters.territory {
        values.insert("territory".to_owned(), json!(territory.prefix()));
    }
    Value::Object(values)
}

/// The first moment of a day of Kazakhstan.
fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    day.pred_opt().map_or(DateTime::<Utc>::MIN_UTC, end_of_day)
}
