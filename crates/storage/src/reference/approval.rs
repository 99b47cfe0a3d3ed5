//! Loads who may approve a plan, by risk.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::cases::{ApprovalRule, ApprovalRules, RiskLevel};
use serde::Deserialize;

use super::load::file;
use uuid::Uuid;

use crate::schema::approval_rules;
use crate::{StorageError, Tx, rows};

const FILE: &str = include_str!("../../reference/approval_rules.json");

#[derive(Deserialize)]
struct ApprovalFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    rules: BTreeMap<RiskLevel, ApprovalItem>,
}

/// What approval asks for at one risk, as the file and the query for evidence write it.
#[derive(Deserialize)]
pub struct ApprovalItem {
    supervisor: bool,
    other_than_author: bool,
}

/// The rules as the domain takes them.
pub fn rules(items: BTreeMap<RiskLevel, ApprovalItem>) -> ApprovalRules {
    ApprovalRules::new(items.into_iter().map(|(risk, item)| {
        (risk, ApprovalRule { supervisor: item.supervisor, other_than_author: item.other_than_author })
    }))
}

impl Tx<'_> {
    /// The rules in force today.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn approval_rules(&mut self) -> Result<ApprovalRules, StorageError> {
        let today = self.today();
        let found: Vec<(String, bool, bool)> = approval_rules::table
            .filter(approval_rules::valid_from.le(today))
            .filter(approval_rules::valid_to.is_null().or(approval_rules::valid_to.gt(today)))
            .order(approval_rules::valid_from)
            .select((approval_rules::risk_level, approval_rules::supervisor, approval_rules::other_than_author))
            .load(self.connection)?;
        // The latest of a risk comes last and stays.
        let rules = found.into_iter().map(|(risk, supervisor, other_than_author)| {
            let risk = rows::parse(&risk, "approval_rules", "risk_level", Uuid::nil())?;
            Ok((risk, ApprovalRule { supervisor, other_than_author }))
        });
        Ok(ApprovalRules::new(rules.collect::<Result<Vec<_>, StorageError>>()?))
    }
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: ApprovalFile = file(FILE, "approval_rules.json")?;
    let rows: Vec<_> = data
        .rules
        .iter()
        .map(|(risk, rule)| {
            (
                approval_rules::risk_level.eq(risk.as_str()),
                approval_rules::supervisor.eq(rule.supervisor),
                approval_rules::other_than_author.eq(rule.other_than_author),
                approval_rules::valid_from.eq(data.valid_from),
                approval_rules::source.eq(&data.source),
                approval_rules::provisional.eq(data.provisional),
            )
        })
        .collect();
    // A later row stays: it has another date.
    diesel::insert_into(approval_rules::table).values(&rows).on_conflict_do_nothing().execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_is_the_domains_default() {
        let data: ApprovalFile = serde_json::from_str(FILE).unwrap();
        assert!(data.provisional);
        assert_eq!(data.rules.len(), RiskLevel::ALL.len());
        assert_eq!(rules(data.rules), ApprovalRules::default());
    }
}
