//! Periods, and a probability, by which lists are compared with the register, kept and acted upon.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::Deserialize;

use super::load::file;
use crate::schema::register_list_rules as rules;
use crate::{StorageError, Tx};

const FILE: &str = include_str!("../../reference/register_list_rules.json");

#[derive(Deserialize)]
struct RuleFile {
    source: String,
    provisional: bool,
    rules: Vec<RuleItem>,
}

#[derive(Deserialize)]
struct RuleItem {
    code: String,
    #[serde(default)]
    days: Option<i32>,
    #[serde(default)]
    probability: Option<f64>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

/// A period of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPeriod {
    /// An event calls for action (a signal to the school, say) for so many days after it.
    Action,
    /// Up to so many days apart, list and register tell of one event.
    SameEvent,
    /// Up to so many days apart a person decides whether they do.
    ReviewEvent,
    /// So long the rows of a closed reconciliation are kept.
    KeepClosed,
}

/// How sure it must be that a child is the row's.
const CLOSE_CHILD: &str = "close_child";

impl ListPeriod {
    const fn code(self) -> &'static str {
        match self {
            Self::Action => "action_days",
            Self::SameEvent => "same_event_days",
            Self::ReviewEvent => "review_event_days",
            Self::KeepClosed => "keep_closed_days",
        }
    }
}

/// Writes the rules. Runs as the owner.
pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RuleFile = file(FILE, "register_list_rules.json")?;
    let rows: Vec<_> = data
        .rules
        .iter()
        .map(|item| {
            (
                rules::code.eq(&item.code),
                rules::days.eq(item.days),
                rules::probability.eq(item.probability),
                rules::valid_from.eq(item.valid_from),
                rules::valid_to.eq(item.valid_to),
                rules::source.eq(&data.source),
                rules::provisional.eq(data.provisional),
            )
        })
        .collect();
    diesel::insert_into(rules::table)
        .values(rows)
        .on_conflict((rules::code, rules::valid_from))
        .do_update()
        .set((
            rules::days.eq(excluded(rules::days)),
            rules::probability.eq(excluded(rules::probability)),
            rules::valid_to.eq(excluded(rules::valid_to)),
            rules::source.eq(excluded(rules::source)),
            rules::provisional.eq(excluded(rules::provisional)),
        ))
        .execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// A period as it is in force on a day.
    ///
    /// # Errors
    /// [`StorageError`], also where the data has a gap.
    pub fn list_period(&mut self, period: ListPeriod, on: NaiveDate) -> Result<i64, StorageError> {
        let days: Option<Option<i32>> = rules::table
            .filter(rules::code.eq(period.code()).and(rules::valid_from.le(on)))
            .filter(rules::valid_to.is_null().or(rules::valid_to.gt(on)))
            .order(rules::valid_from.desc())
            .select(rules::days)
            .first(self.connection)
            .optional()?;
        days.flatten().map(i64::from).ok_or(StorageError::Statement("register_list_rules has a gap"))
    }

    /// From which probability on a child that no other comes near is close enough for the row of a list, as it is in force
    /// on a day.
    ///
    /// # Errors
    /// [`StorageError`], also where the data has a gap.
    pub fn list_close_child(&mut self, on: NaiveDate) -> Result<f64, StorageError> {
        let probability: Option<Option<f64>> = rules::table
            .filter(rules::code.eq(CLOSE_CHILD).and(rules::valid_from.le(on)))
            .filter(rules::valid_to.is_null().or(rules::valid_to.gt(on)))
            .order(rules::valid_from.desc())
            .select(rules::probability)
            .first(self.connection)
            .optional()?;
        probability.flatten().ok_or(StorageError::Statement("register_list_rules has a gap"))
    }
}
