//! How counts are protected before others than the statistics office see them: dated rules.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Date;
use qorgan_domain::statistics::protection::DisclosureRule;
use serde::Deserialize;

use super::load::file;
use crate::schema::disclosure_rules as rules;
use crate::{StorageError, Tx};

const RULES: &str = include_str!("../../reference/disclosure_rules.json");

#[derive(Deserialize)]
struct RuleFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    max_noise: u8,
    variance: f64,
    threshold: u8,
    hidden_below: u8,
    max_attributes: u8,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RuleFile = file(RULES, "disclosure_rules.json")?;
    // An administrator's later row stays: it has another date.
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::max_noise.eq(i16::from(data.max_noise)),
            rules::variance.eq(data.variance),
            rules::threshold.eq(i16::from(data.threshold)),
            rules::hidden_below.eq(i16::from(data.hidden_below)),
            rules::max_attributes.eq(i16::from(data.max_attributes)),
            rules::source.eq(&data.source),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// The rule by which a count of the register as it read on a day is protected: the one in force then, so that the
    /// same question gets the same answer after a change of the rules too. Days before the first rule have the first.
    ///
    /// # Errors
    /// [`StorageError`]; no rule at all is a fault of the reference data.
    pub fn disclosure_rule(&mut self, day: NaiveDate) -> Result<DisclosureRule, StorageError> {
        let begun = rules::valid_from.le(day);
        let distance =
            diesel::dsl::sql::<diesel::sql_types::Integer>("abs(valid_from - ").bind::<Date, _>(day).sql(")");
        let found: Option<(i16, f64, i16, i16, i16)> = rules::table
            .order((begun.desc(), distance.asc()))
            .select((rules::max_noise, rules::variance, rules::threshold, rules::hidden_below, rules::max_attributes))
            .first(self.connection)
            .optional()?;
        found.and_then(rule).ok_or(StorageError::Statement("no rule of disclosure is in force"))
    }
}

fn rule(
    (max_noise, variance, threshold, hidden_below, max_attributes): (i16, f64, i16, i16, i16),
) -> Option<DisclosureRule> {
    Some(DisclosureRule {
        max_noise: u8::try_from(max_noise).ok()?,
        variance,
        threshold: u8::try_from(threshold).ok()?,
        hidden_below: u8::try_from(hidden_below).ok()?,
        max_attributes: u8::try_from(max_attributes).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::statistics::protection::NoiseTable;

    #[test]
    fn the_shipped_rule_makes_a_table_and_is_provisional() {
        let RuleFile { source, provisional, max_noise, variance, threshold, hidden_below, max_attributes, .. } =
            serde_json::from_str(RULES).unwrap();
        assert!(provisional && !source.is_empty());
        assert!(threshold >= 3, "no 1 or 2 is ever shown");
        assert_eq!(hidden_below, threshold, "and what is shown is no 1 or 2");
        let rule = DisclosureRule { max_noise, variance, threshold, hidden_below, max_attributes };
        assert!(NoiseTable::of(&rule).is_ok());
    }
}
