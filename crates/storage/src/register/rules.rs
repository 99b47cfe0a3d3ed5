//! The rules of matching as they are kept: dated, never changed, and learned from decisions on request.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Jsonb};
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::learning::{Decided, Learned, Learning, LearningRefusal, LearningReport};
use qorgan_domain::register::matching::MatchRules;
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use crate::schema::register_match_rules as rules;
use crate::{AccessError, Permit, StorageError, Tx};

/// Rules of matching with their dates.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedMatchRules {
    /// From this day on, until later ones are in force.
    pub valid_from: NaiveDate,
    /// Until before this day, where somebody set an end.
    pub valid_to: Option<NaiveDate>,
    /// What they say.
    pub rules: MatchRules,
    /// Where they come from.
    pub source: String,
    /// Whether they are unverified: do not call them official.
    pub provisional: bool,
    /// How the weights came about, and from rules of which day they were learned; none where they were set.
    pub learned: Option<(LearningReport, NaiveDate)>,
    /// Who published them, and when; none for what came with the program.
    pub published: Option<(UserId, DateTime<Utc>)>,
}

/// Why nothing was learned.
#[derive(Debug, Error)]
pub enum LearnError {
    /// The decisions, or how to learn from them, do not do.
    #[error(transparent)]
    Refused(#[from] LearningRefusal),
    /// Other rules of that day are there.
    #[error("there are rules of that day")]
    DateTaken,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = rules)]
struct RulesRow {
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    definition: Value,
    source: String,
    provisional: bool,
    learned: Option<Value>,
    learned_on: Option<NaiveDate>,
    published_by: Option<Uuid>,
    published_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct DecidedRow {
    #[diesel(sql_type = Jsonb)]
    agreements: Value,
    #[diesel(sql_type = BigInt)]
    same: i64,
    #[diesel(sql_type = BigInt)]
    different: i64,
}

impl RulesRow {
    fn dated(self) -> Result<DatedMatchRules, StorageError> {
        let unsound = StorageError::Statement("register_match_rules holds what is no rule");
        let (Ok(definition), Ok(learned)) =
            (serde_json::from_value(self.definition), self.learned.map(serde_json::from_value).transpose())
        else {
            return Err(unsound);
        };
        Ok(DatedMatchRules {
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            rules: definition,
            source: self.source,
            provisional: self.provisional,
            learned: learned.zip(self.learned_on),
            published: self.published_by.map(UserId::from).zip(self.published_at),
        })
    }
}

impl DecidedRow {
    fn decided(self) -> Result<Decided, StorageError> {
        let agreements = serde_json::from_value(self.agreements)
            .map_err(|_| StorageError::Statement("register_match_reviews holds what is no evidence"))?;
        let count = |count: i64| usize::try_from(count).unwrap_or_default();
        Ok(Decided { agreements, same: count(self.same), different: count(self.different) })
    }
}

impl Tx<'_> {
    /// All rules of matching, the latest first.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn match_rules_list(&mut self) -> Result<Vec<DatedMatchRules>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(self.match_rules_all()?)
    }

    fn match_rules_all(&mut self) -> Result<Vec<DatedMatchRules>, StorageError> {
        let found: Vec<RulesRow> =
            rules::table.order(rules::valid_from.desc()).select(RulesRow::as_select()).load(self.connection)?;
        found.into_iter().map(RulesRow::dated).collect()
    }

    /// Rules for the days from `valid_from` on, with weights learned from all decisions on pairs that were compared alike.
    /// They begin with the rules that were set last by then, never with learned ones. Nothing is written.
    ///
    /// # Errors
    /// [`LearnError`]; also [`StorageError`] where `permit` is for another action than [`Action::MatchRulesManage`].
    pub fn match_rules_learn(
        &mut self,
        permit: &Permit,
        valid_from: NaiveDate,
        how: Learning,
    ) -> Result<DatedMatchRules, LearnError> {
        if permit.action() != Action::MatchRulesManage {
            return Err(StorageError::Statement("rules were learned with another permit").into());
        }
        let all = self.match_rules_all()?;
        let set = all.iter().find(|rules| rules.learned.is_none() && rules.valid_from <= valid_from);
        let set = set.ok_or(StorageError::Statement("no rules of matching were set"))?;
        let alike: BTreeSet<NaiveDate> =
            all.iter().filter(|it| it.rules.agrees_alike(&set.rules)).map(|it| it.valid_from).collect();
        let decided = self.match_decisions(alike.into_iter().collect())?;
        let Learned { rules, report } = set.rules.learn(&decided, how)?;
        Ok(DatedMatchRules {
            valid_from,
            valid_to: None,
            source: format!(
                "Learned on {} from {} decisions ({} for one event, {} for two), beginning with the rules of {} and a \
                 spread of {} bits",
                self.today(),
                report.same + report.different,
                report.same,
                report.different,
                set.valid_from,
                report.spread
            ),
            provisional: set.provisional,
            rules,
            learned: Some((report, set.valid_from)),
            published: Some((self.actor.user, self.now)),
        })
    }

    fn match_decisions(&mut self, rules_from: Vec<NaiveDate>) -> Result<Vec<Decided>, StorageError> {
        let found: Vec<DecidedRow> = diesel::sql_query("SELECT * FROM register_match_decisions($1)")
            .bind::<Array<Date>, _>(rules_from)
            .load(self.connection)?;
        found.into_iter().map(DecidedRow::decided).collect()
    }

    /// Publishes learned rules. False where the same were published for that day before.
    ///
    /// # Errors
    /// [`LearnError`]; also [`StorageError`] where `permit` is for another action than [`Action::MatchRulesManage`], or the
    /// rules were not learned.
    pub fn match_rules_publish(&mut self, permit: &Permit, new: &DatedMatchRules) -> Result<bool, LearnError> {
        let written = |value: Result<Value, serde_json::Error>| {
            value.map_err(|_| StorageError::Statement("rules of matching could not be written"))
        };
        let Some((report, learned_on)) = new.learned.as_ref().filter(|_| permit.action() == Action::MatchRulesManage)
        else {
            return Err(StorageError::Statement("rules were published that nobody learned").into());
        };
        let inserted = diesel::insert_into(rules::table)
            .values((
                rules::valid_from.eq(new.valid_from),
                rules::definition.eq(written(serde_json::to_value(&new.rules))?),
                rules::source.eq(&new.source),
                rules::provisional.eq(new.provisional),
                rules::learned.eq(written(serde_json::to_value(report))?),
                rules::learned_on.eq(learned_on),
                rules::published_by.eq(self.actor.user.as_uuid()),
                rules::published_at.eq(self.now),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if inserted == 0 {
            let there = self.match_rules_all()?.into_iter().find(|it| it.valid_from == new.valid_from);
            let same = there.is_some_and(|there| there.rules == new.rules && there.learned == new.learned);
            return if same { Ok(false) } else { Err(LearnError::DateTaken) };
        }
        self.audit(permit.action(), None, None);
        Ok(true)
    }
}
