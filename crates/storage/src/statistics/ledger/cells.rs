//! Cells of a query, exact and with their keys. They go no further than this folder's callers, which show or protect them.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Date, Jsonb, Nullable, Text, Timestamptz};
use qorgan_domain::statistics::{Attribute, Dimension, StatisticsQuery};

use super::super::conditions::conditions;
use super::super::count::NOT_COUNTED;
use super::super::dimensions::keys_expression;
use crate::{StorageError, Tx};

/// A cell as it comes from the database.
#[derive(QueryableByName)]
pub(in super::super) struct KeyedCell {
    /// The values of the dimensions, in their order.
    #[diesel(sql_type = Array<Nullable<Text>>)]
    pub(in super::super) keys: Vec<Option<String>>,
    #[diesel(sql_type = BigInt)]
    pub(in super::super) facts: i64,
    /// The sum of the record keys, modulo 2³².
    #[diesel(sql_type = BigInt)]
    pub(in super::super) cell_key: i64,
}

#[derive(QueryableByName)]
struct Settled {
    #[diesel(sql_type = Bool)]
    settled: bool,
}

impl Tx<'_> {
    /// The cells of a query that are not empty, in no particular order.
    pub(in super::super) fn cells(&mut self, query: &StatisticsQuery) -> Result<Vec<KeyedCell>, StorageError> {
        let (statement, filters) = statement(query);
        let attributes: Vec<&str> = query.attributes().iter().map(|attribute| attribute.as_str()).collect();
        Ok(sql_query(statement)
            .bind::<Array<Text>, _>(attributes)
            .bind::<Date, _>(query.from())
            .bind::<Date, _>(query.to())
            .bind::<Timestamptz, _>(query.as_of().end())
            .bind::<Jsonb, _>(filters)
            .load(self.connection)?)
    }

    /// Whether the numbers of a day stand for ever. Waits for who still writes in a day that is over, so what is counted
    /// afterwards has it. To be asked before the count, in a statement of its own; [`Tx::register_counts`] does so.
    ///
    /// # Errors
    /// [`StorageError`]; [`StorageError::Collision`] where who writes takes longer than a lock is waited for.
    pub fn register_day_settled(&mut self, day: NaiveDate) -> Result<bool, StorageError> {
        let row: Settled =
            sql_query("SELECT register_day_settled($1) AS settled").bind::<Date, _>(day).get_result(self.connection)?;
        Ok(row.settled)
    }
}

/// The statement of a count, and the document of filters that it binds.
fn statement(query: &StatisticsQuery) -> (String, serde_json::Value) {
    let (conditions, filters) = conditions(query, "$5");
    // Without the status the ledger gives counted facts only.
    let by_status = query.attributes().contains(&Attribute::Status);
    let counted = if by_status && query.filters().values(Dimension::Status).is_none() {
        format!(" AND v.status <> ALL ('{{{}}}')", NOT_COUNTED.join(","))
    } else {
        String::new()
    };
    let sql = format!(
        "SELECT {} AS keys, sum(v.facts)::bigint AS facts, (sum(v.cell_key) % 4294967296)::bigint AS cell_key \
         FROM register_counted($1, $2, $3, $4) v WHERE $5::jsonb IS NOT NULL{counted}{conditions} GROUP BY 1",
        keys_expression(query.group_by())
    );
    (sql, filters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::statistics::{Filters, StatisticsParameters};

    fn query(group_by: &[Dimension], filters: Filters) -> StatisticsQuery {
        let day = |text: &str| text.parse().unwrap();
        let parameters = StatisticsParameters {
            group_by: group_by.to_vec(),
            from: day("2025-01-01"),
            to: day("2025-12-31"),
            as_of: Some(day("2026-03-31").into()),
            filters,
        };
        StatisticsQuery::new(parameters, day("2026-04-01")).unwrap()
    }

    #[test]
    fn what_is_not_counted_is_asked_for_by_name() {
        let with = |group_by, statuses: &[&str]| {
            let filters = Filters::default();
            let filters =
                if statuses.is_empty() { filters } else { filters.narrowed(Dimension::Status, statuses).unwrap() };
            statement(&query(group_by, filters)).0
        };
        let excluded = "AND v.status <> ALL ('{annulled,merged}')";
        assert!(with(&[Dimension::Status], &[]).contains(excluded));
        assert!(!with(&[Dimension::Sex], &[]).contains("v.status"));
        assert!(!with(&[Dimension::Status], &["merged"]).contains(excluded));
    }
}
