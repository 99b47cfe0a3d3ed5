//! When a consilium can decide, and for how long it sees its cases: dated rules.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::consilium::BoardRules;
use serde::Deserialize;

use super::load::file;
use crate::schema::consilium_rules as rules;
use crate::{StorageError, Tx};

const RULES: &str = include_str!("../../reference/consilium_rules.json");

#[derive(Deserialize)]
struct RulesFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    present_percent: i16,
    agencies_present: i16,
    preparation_days: i16,
    longest_days: i16,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RulesFile = file(RULES, "consilium_rules.json")?;
    // An administrator's later row stays: it has another date.
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::present_percent.eq(data.present_percent),
            rules::agencies_present.eq(data.agencies_present),
            rules::preparation_days.eq(data.preparation_days),
            rules::longest_days.eq(data.longest_days),
            rules::source.eq(data.source),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

/// The four numbers of a rule, as columns hold them.
pub(crate) type RuleColumns = (i16, i16, i16, i16);

/// The rules that four columns hold.
pub(crate) fn board_rules((percent, agencies, preparation, longest): RuleColumns) -> Option<BoardRules> {
    Some(BoardRules {
        present_percent: u8::try_from(percent).ok()?,
        agencies_present: u8::try_from(agencies).ok()?,
        preparation_days: u8::try_from(preparation).ok()?,
        longest_days: u8::try_from(longest).ok()?,
    })
}

impl Tx<'_> {
    /// The rules of the consilium in force on a day.
    ///
    /// # Errors
    /// [`StorageError`]; no rule in force is a fault of the reference data.
    pub fn board_rules(&mut self, day: NaiveDate) -> Result<BoardRules, StorageError> {
        let found: Option<RuleColumns> = rules::table
            .filter(rules::valid_from.le(day))
            .filter(rules::valid_to.is_null().or(rules::valid_to.gt(day)))
            .order(rules::valid_from.desc())
            .select((rules::present_percent, rules::agencies_present, rules::preparation_days, rules::longest_days))
            .first(self.connection)
            .optional()?;
        found.and_then(board_rules).ok_or(StorageError::Statement("no rules of the consilium are in force"))
    }
}
