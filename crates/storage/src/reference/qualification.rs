//! When the group that qualifies facts can decide, how long it sees a file, how long organisations have: dated rules.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::register::qualification::GroupRules;
use serde::Deserialize;

use super::consilium::board_rules;
use super::load::file;
use crate::schema::qualification_rules as rules;
use crate::{StorageError, Tx};

const RULES: &str = include_str!("../../reference/qualification_rules.json");

#[derive(Deserialize)]
struct RulesFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    present_percent: i16,
    bodies_present: i16,
    preparation_days: i16,
    longest_days: i16,
    material_days: i16,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RulesFile = file(RULES, "qualification_rules.json")?;
    // An administrator's later row stays: it has another date.
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::present_percent.eq(data.present_percent),
            rules::bodies_present.eq(data.bodies_present),
            rules::preparation_days.eq(data.preparation_days),
            rules::longest_days.eq(data.longest_days),
            rules::material_days.eq(data.material_days),
            rules::source.eq(data.source),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

/// The five numbers of a rule, as columns hold them.
pub(crate) type GroupRuleColumns = (i16, i16, i16, i16, i16);

/// The rules that five columns hold.
pub(crate) fn group_rules((percent, bodies, preparation, longest, material): GroupRuleColumns) -> Option<GroupRules> {
    let board = board_rules((percent, bodies, preparation, longest))?;
    Some(GroupRules { board, material_days: u8::try_from(material).ok()? })
}

impl Tx<'_> {
    /// The rules of the group in force on a day.
    ///
    /// # Errors
    /// [`StorageError`]; no rule in force is a fault of the reference data.
    pub fn group_rules(&mut self, day: NaiveDate) -> Result<GroupRules, StorageError> {
        let found: Option<GroupRuleColumns> = rules::table
            .filter(rules::valid_from.le(day))
            .filter(rules::valid_to.is_null().or(rules::valid_to.gt(day)))
            .order(rules::valid_from.desc())
            .select((
                rules::present_percent,
                rules::bodies_present,
                rules::preparation_days,
                rules::longest_days,
                rules::material_days,
            ))
            .first(self.connection)
            .optional()?;
        found.and_then(group_rules).ok_or(StorageError::Statement("no rules of qualification are in force"))
    }
}
