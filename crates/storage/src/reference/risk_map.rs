//! What the risk map takes for granted: dated rules.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl as _;
use diesel::sql_types::{Date, Integer};
use diesel::upsert::excluded;
use qorgan_domain::statistics::Source;
use qorgan_domain::statistics::risk::{RiskRules, WeightedIndicator};
use serde::Deserialize;

use super::load::file;
use crate::schema::risk_map_rules as rules;
use crate::{StorageError, Tx};

const RULES: &str = include_str!("../../reference/risk_map_rules.json");

#[derive(Deserialize)]
struct RulesFile {
    source: String,
    source_ru: String,
    source_kk: String,
    provisional: bool,
    valid_from: NaiveDate,
    history_years: i16,
    months_around: i16,
    least_history: i16,
    alert_probability: f64,
    region_probability: f64,
    least_facts: i16,
    interval_z: f64,
    sufficient_error: f64,
    limited_error: f64,
    spread_degrees: f64,
    parts: Vec<WeightedIndicator>,
}

/// A row of the table, without its days.
#[derive(Queryable, Selectable)]
#[diesel(table_name = rules)]
struct RulesRow {
    history_years: i16,
    months_around: i16,
    least_history: i16,
    alert_probability: f64,
    region_probability: f64,
    least_facts: i16,
    interval_z: f64,
    sufficient_error: f64,
    limited_error: f64,
    spread_degrees: f64,
    parts: serde_json::Value,
    source: String,
    source_ru: Option<String>,
    source_kk: Option<String>,
    provisional: bool,
}

/// The rules in force on a day, with where they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedRiskRules {
    /// The rules.
    pub rules: RiskRules,
    /// Who says so.
    pub source: Source,
    /// Whether nobody has confirmed them yet.
    pub provisional: bool,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RulesFile = file(RULES, "risk_map_rules.json")?;
    let parts = serde_json::to_value(&data.parts).map_err(|_| StorageError::Statement("parts of the risk map"))?;
    // An administrator's later row stays: it has another date. A row of an older version of this program learns the languages.
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::history_years.eq(data.history_years),
            rules::months_around.eq(data.months_around),
            rules::least_history.eq(data.least_history),
            rules::alert_probability.eq(data.alert_probability),
            rules::region_probability.eq(data.region_probability),
            rules::least_facts.eq(data.least_facts),
            rules::interval_z.eq(data.interval_z),
            rules::sufficient_error.eq(data.sufficient_error),
            rules::limited_error.eq(data.limited_error),
            rules::spread_degrees.eq(data.spread_degrees),
            rules::parts.eq(parts),
            rules::source.eq(data.source),
            rules::source_ru.eq(data.source_ru),
            rules::source_kk.eq(data.source_kk),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict(rules::valid_from)
        .do_update()
        .set((rules::source_ru.eq(excluded(rules::source_ru)), rules::source_kk.eq(excluded(rules::source_kk))))
        .filter(rules::source.eq(excluded(rules::source)))
        .execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// The rules of the risk map for the register as it read on a day: those in force then, so that the same question
    /// gets the same answer after a change of the rules too. Days before the first rules have the first.
    ///
    /// # Errors
    /// [`StorageError`]; no rules at all, or some that make no sense, are a fault of the reference data.
    pub fn risk_map_rules(&mut self, day: NaiveDate) -> Result<DatedRiskRules, StorageError> {
        let begun = rules::valid_from.le(day);
        let distance = diesel::dsl::sql::<Integer>("abs(valid_from - ").bind::<Date, _>(day).sql(")");
        let found: Option<RulesRow> = rules::table
            .order((begun.desc(), distance.asc()))
            .select(RulesRow::as_select())
            .first(self.connection)
            .optional()?;
        found.and_then(dated).ok_or(StorageError::Statement("no rules of the risk map are in force"))
    }
}

fn dated(row: RulesRow) -> Option<DatedRiskRules> {
    let rules = RiskRules {
        history_years: u8::try_from(row.history_years).ok()?,
        months_around: u8::try_from(row.months_around).ok()?,
        least_history: u8::try_from(row.least_history).ok()?,
        alert_probability: row.alert_probability,
        region_probability: row.region_probability,
        least_facts: u16::try_from(row.least_facts).ok()?,
        interval_z: row.interval_z,
        sufficient_error: row.sufficient_error,
        limited_error: row.limited_error,
        spread_degrees: row.spread_degrees,
        parts: serde_json::from_value(row.parts).ok()?,
    };
    let source = Source { told: row.source, ru: row.source_ru, kk: row.source_kk };
    Some(DatedRiskRules { rules: rules.checked().ok()?, source, provisional: row.provisional })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_make_sense_and_are_provisional() {
        let RulesFile { source, provisional, parts, .. } = serde_json::from_str(RULES).unwrap();
        assert!(provisional && !source.is_empty());
        let file: RulesFile = serde_json::from_str(RULES).unwrap();
        let row = RulesRow {
            history_years: file.history_years,
            months_around: file.months_around,
            least_history: file.least_history,
            alert_probability: file.alert_probability,
            region_probability: file.region_probability,
            least_facts: file.least_facts,
            interval_z: file.interval_z,
            sufficient_error: file.sufficient_error,
            limited_error: file.limited_error,
            spread_degrees: file.spread_degrees,
            parts: serde_json::to_value(&parts).unwrap(),
            source,
            source_ru: None,
            source_kk: None,
            provisional,
        };
        let rules = dated(row).map(|dated| dated.rules).unwrap();
        assert_eq!((rules.parts, rules.spread_degrees), (parts, file.spread_degrees));
    }
}
