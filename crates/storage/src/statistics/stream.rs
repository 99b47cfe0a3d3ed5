//! Exact counts cell by cell, however many there are: straight from the versions of facts, with distinct children beside
//! facts where they are asked for.

use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Jsonb, Nullable, Text, Timestamptz};
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::{Dimension, StatisticsQuery};

use super::dimensions::keys_expression;
use super::versions::from_versions;
use crate::{Permit, StorageError, Tx};

/// One cell of an exact count.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ExactCell {
    /// The value of every dimension, in the order of the query; none where a fact has no such value.
    #[diesel(sql_type = Array<Nullable<Text>>)]
    pub keys: Vec<Option<String>>,
    /// Facts.
    #[diesel(sql_type = BigInt)]
    pub facts: i64,
    /// Distinct children, by the record that stood for each in the register that is read; none unless they were asked for.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub children: Option<i64>,
}

impl Tx<'_> {
    /// Counts facts exactly and hands on cell after cell, sorted as [`Tx::register_counts`] sorts them, at most `most` of
    /// them. PostgreSQL sorts; here is one cell at a time.
    ///
    /// Answers whether the numbers stand for ever, as [`Tx::register_counts`] does.
    ///
    /// Children are distinct records as of the end of the query's day: of merged records the one that stood for them then.
    ///
    /// # Errors
    /// What `each` answers; [`StorageError`], also where `permit` is for another action than [`Action::StatisticsExact`].
    pub fn register_cells_each<E: From<StorageError>>(
        &mut self,
        permit: &Permit,
        query: &StatisticsQuery,
        children: bool,
        most: i64,
        each: &mut dyn FnMut(ExactCell) -> Result<(), E>,
    ) -> Result<bool, E> {
        if permit.action() != Action::StatisticsExact {
            return Err(StorageError::Statement("exact counts were asked for with another permit").into());
        }
        let is_final = self.register_day_settled(query.as_of_day())?;
        self.audit(Action::StatisticsExact, None, None);
        let (sql, filters) = statement(query, children);
        let cells = sql_query(sql)
            .bind::<Date, _>(query.from())
            .bind::<Date, _>(query.to())
            .bind::<Timestamptz, _>(query.as_of().end())
            .bind::<Jsonb, _>(filters)
            .bind::<BigInt, _>(most)
            .load_iter::<ExactCell, PgRowByRowLoadingMode>(self.connection)
            .map_err(StorageError::from)?;
        for cell in cells {
            each(cell.map_err(StorageError::from)?)?;
        }
        Ok(is_final)
    }
}

/// `$1` to `$4` as `from_versions`, `$5` the most cells.
fn statement(query: &StatisticsQuery, children: bool) -> (String, serde_json::Value) {
    let (from, filters) = from_versions(query);
    let keys = keys_expression(query.group_by());
    let (marks, distinct) = if children {
        ("marks AS MATERIALIZED (SELECT * FROM register_child_marks($1, $2, $3)),", "count(DISTINCT m.mark)")
    } else {
        ("", "NULL::bigint")
    };
    let from = if children { from.replacen(" v WHERE ", " v JOIN marks m USING (fact_id) WHERE ", 1) } else { from };
    let places: Vec<String> = (1..).zip(query.group_by()).map(|(at, dimension)| order(*dimension, at)).collect();
    let sorted = if places.is_empty() { String::new() } else { format!("ORDER BY {}", places.join(", ")) };
    let sql = format!(
        "WITH {marks} cells AS (SELECT {keys} AS keys, count(*) AS facts, {distinct} AS children {from} GROUP BY 1) \
         SELECT keys, facts, children FROM cells {sorted} LIMIT $5"
    );
    (sql, filters)
}

/// Values in the order of their vocabulary, otherwise of their text; facts without a value come last.
fn order(dimension: Dimension, at: usize) -> String {
    match dimension.codes() {
        Some(codes) => format!("array_position('{{{}}}'::text[], keys[{at}]) NULLS LAST", codes.join(",")),
        None => format!("keys[{at}] COLLATE \"C\" NULLS LAST"),
    }
}
