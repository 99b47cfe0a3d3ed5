//! Dated data of the statistics of the operation: from when times are told, how long recurrence counts, how much work a
//! specialist may have.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Date, Integer};
use qorgan_domain::identity::Role;
use qorgan_domain::statistics::operations::{Norm, Norms, OperationsRule};
use serde::Deserialize;
use uuid::Uuid;

use super::load::file;
use crate::schema::{operations_rules as rules, workload_norms as norms};
use crate::{StorageError, Tx, rows};

const FILE: &str = include_str!("../../reference/operations_rules.json");

#[derive(Deserialize)]
struct RuleFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    smallest_for_time: i16,
    recurrence_months: i16,
    workload_norms: NormFile,
}

#[derive(Deserialize)]
struct NormFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    norms: Vec<NormItem>,
}

#[derive(Deserialize)]
struct NormItem {
    role: Role,
    open_cases: i16,
    high_risk_cases: i16,
    children: Option<i32>,
}

/// Writes them. A later row of an administrator has another date and stays.
pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RuleFile = file(FILE, "operations_rules.json")?;
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::smallest_for_time.eq(data.smallest_for_time),
            rules::recurrence_months.eq(data.recurrence_months),
            rules::source.eq(&data.source),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    let NormFile { source, provisional, valid_from, norms: items } = &data.workload_norms;
    let all: Vec<_> = items
        .iter()
        .map(|item| {
            (
                norms::role.eq(item.role.as_str()),
                norms::valid_from.eq(valid_from),
                norms::open_cases.eq(item.open_cases),
                norms::high_risk_cases.eq(item.high_risk_cases),
                norms::children.eq(item.children),
                norms::source.eq(source),
                norms::provisional.eq(provisional),
            )
        })
        .collect();
    diesel::insert_into(norms::table).values(all).on_conflict_do_nothing().execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// The rule for statistics as of a day; days before the first rule have the first.
    ///
    /// # Errors
    /// [`StorageError`]; no rule at all is a fault of the reference data.
    pub fn operations_rule(&mut self, day: NaiveDate) -> Result<OperationsRule, StorageError> {
        let distance = diesel::dsl::sql::<Integer>("abs(valid_from - ").bind::<Date, _>(day).sql(")");
        let found: Option<(i16, i16)> = rules::table
            .order((rules::valid_from.le(day).desc(), distance.asc()))
            .select((rules::smallest_for_time, rules::recurrence_months))
            .first(self.connection)
            .optional()?;
        let (smallest, months) = found.ok_or(StorageError::Statement("no rule of the operation is in force"))?;
        Ok(OperationsRule { smallest_for_time: smallest.unsigned_abs(), recurrence_months: months.unsigned_abs() })
    }

    /// How much work a specialist of each role may have, by the norms in force on a day.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn workload_norms(&mut self, day: NaiveDate) -> Result<Norms, StorageError> {
        let found: Vec<(String, i16, i16, Option<i32>)> = norms::table
            .filter(norms::valid_from.le(day).and(norms::valid_to.is_null().or(norms::valid_to.gt(day))))
            .order((norms::role, norms::valid_from))
            .select((norms::role, norms::open_cases, norms::high_risk_cases, norms::children))
            .load(self.connection)?;
        let norm = |(role, open, high, children): (String, i16, i16, Option<i32>)| {
            let role: Role = rows::parse(&role, "workload_norms", "role", Uuid::nil())?;
            let norm = Norm {
                open_cases: u32::from(open.unsigned_abs()),
                high_risk_cases: u32::from(high.unsigned_abs()),
                children: children.map(i32::unsigned_abs),
            };
            Ok((role, norm))
        };
        // Of two rows in force the later one stands.
        Ok(Norms(found.into_iter().map(norm).collect::<Result<BTreeMap<_, _>, StorageError>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::policy::{Action, roles_that_may_ever};

    #[test]
    fn the_shipped_norms_are_provisional_and_of_roles_that_manage_cases() {
        let data: RuleFile = serde_json::from_str(FILE).unwrap();
        assert!(data.provisional && data.workload_norms.provisional);
        assert!(data.smallest_for_time >= 10, "a median of few is the time of one");
        let manage = roles_that_may_ever(Action::CaseOpen);
        assert!(data.workload_norms.norms.iter().all(|norm| manage.contains(&norm.role)));
    }
}
