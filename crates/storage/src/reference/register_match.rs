//! By what rules a report joins a fact: dated reference data.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::register::matching::MatchRules;
use serde::Deserialize;

use super::load::file;
use crate::schema::register_match_rules as rules;
use crate::{StorageError, Tx};

const RULES: &str = include_str!("../../reference/register_match_rules.json");

#[derive(Deserialize)]
struct RulesFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    definition: MatchRules,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RulesFile = file(RULES, "register_match_rules.json")?;
    let definition = serde_json::to_value(&data.definition).map_err(|_| StorageError::Statement("reference data"))?;
    // A later row, learned or set by the operator, stays: it has another date.
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::definition.eq(definition),
            rules::source.eq(data.source),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// The rules of matching in force on a day, with the day from which they are. Read once in a unit of work.
    ///
    /// # Errors
    /// [`StorageError`]; no sound rules in force are a fault of the reference data.
    pub fn match_rules(&mut self, day: NaiveDate) -> Result<(NaiveDate, Arc<MatchRules>), StorageError> {
        if let Some((of, from, rules)) = &self.match_rules
            && *of == day
        {
            return Ok((*from, Arc::clone(rules)));
        }
        let found: Option<(NaiveDate, serde_json::Value)> = rules::table
            .filter(rules::valid_from.le(day))
            .filter(rules::valid_to.is_null().or(rules::valid_to.gt(day)))
            .order(rules::valid_from.desc())
            .select((rules::valid_from, rules::definition))
            .first(self.connection)
            .optional()?;
        let (from, rules) = found
            .and_then(|(from, definition)| Some((from, serde_json::from_value::<MatchRules>(definition).ok()?)))
            .filter(|(_, rules)| rules.check().is_ok())
            .ok_or(StorageError::Statement("no sound rules of matching are in force"))?;
        let rules = Arc::new(rules);
        self.match_rules = Some((day, from, Arc::clone(&rules)));
        Ok((from, rules))
    }
}
