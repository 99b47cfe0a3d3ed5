//! The rules of time: dated, published by an administrator, never changed.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use qorgan_domain::calendar::local_date;
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::clocks::{Allowance, DeadlineKind, DeadlineRule, EscalationStep};
use qorgan_domain::ids::{DeadlineRuleId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::schema::clock_rules;
use crate::{AccessError, Permit, StorageError, Tx, rows};

/// A rule with its dates.
#[derive(Debug, Clone)]
pub struct PublishedRule {
    /// Its id.
    pub id: DeadlineRuleId,
    /// What it is about.
    pub kind: DeadlineKind,
    /// At which risk it counts.
    pub risk_level: RiskLevel,
    /// From this day on.
    pub valid_from: NaiveDate,
    /// Until before this day.
    pub valid_to: Option<NaiveDate>,
    /// What it says.
    pub rule: DeadlineRule,
    /// The act it comes from.
    pub source: String,
    /// Whether it is unverified: do not call it official.
    pub provisional: bool,
    /// Who published it, and when; `None` for what came with the program.
    pub published: Option<(UserId, DateTime<Utc>)>,
}

/// A rule to be published.
#[derive(Debug, Clone)]
pub struct NewDeadlineRule {
    /// Its id, perhaps chosen by the client.
    pub id: DeadlineRuleId,
    /// What it is about.
    pub kind: DeadlineKind,
    /// At which risk it counts.
    pub risk_level: RiskLevel,
    /// From this day on.
    pub valid_from: NaiveDate,
    /// What it says.
    pub rule: DeadlineRule,
    /// The act it comes from.
    pub source: Title,
    /// Whether it is unverified.
    pub provisional: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = clock_rules)]
pub(super) struct RuleRow {
    pub(super) id: Uuid,
    code: String,
    risk_level: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    allowance: Option<Value>,
    at_latest: Option<Value>,
    remind_before: Value,
    escalation: Value,
    pause_stages: Vec<String>,
    source: String,
    provisional: bool,
    published_by: Option<Uuid>,
    published_at: Option<DateTime<Utc>>,
}

fn read<T: DeserializeOwned>(value: &Value, column: &'static str, row: Uuid) -> Result<T, StorageError> {
    T::deserialize(value).map_err(|_| StorageError::Corrupt { table: "clock_rules", column, row })
}

impl RuleRow {
    pub(super) fn rule(&self) -> Result<DeadlineRule, StorageError> {
        let limit = |value: &Option<Value>, column| -> Result<Option<Allowance>, StorageError> {
            value.as_ref().map(|value| read(value, column, self.id)).transpose()
        };
        Ok(DeadlineRule {
            allowance: limit(&self.allowance, "allowance")?,
            at_latest: limit(&self.at_latest, "at_latest")?,
            remind_before: read(&self.remind_before, "remind_before", self.id)?,
            escalation: read::<Vec<EscalationStep>>(&self.escalation, "escalation", self.id)?,
            pause_stages: self
                .pause_stages
                .iter()
                .map(|stage| rows::parse::<Stage>(stage, "clock_rules", "pause_stages", self.id))
                .collect::<Result<_, _>>()?,
        })
    }

    fn published(self) -> Result<PublishedRule, StorageError> {
        Ok(PublishedRule {
            id: self.id.into(),
            kind: rows::parse(&self.code, "clock_rules", "code", self.id)?,
            risk_level: rows::parse(&self.risk_level, "clock_rules", "risk_level", self.id)?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            rule: self.rule()?,
            source: self.source,
            provisional: self.provisional,
            published: self.published_by.map(UserId::from).zip(self.published_at),
        })
    }
}

/// The rules of one risk that are in force.
pub(super) struct RulesInForce(HashMap<DeadlineKind, (Uuid, DeadlineRule)>);

impl RulesInForce {
    /// The rule of a kind; that there is none is a fault of the reference data.
    pub(super) fn of(&self, kind: DeadlineKind) -> Result<&(Uuid, DeadlineRule), StorageError> {
        self.0.get(&kind).ok_or(StorageError::Statement("no rule of time is in force"))
    }
}

impl Tx<'_> {
    /// The last day on which a clock that starts now is in time, by the rule in force at a risk.
    pub(crate) fn last_day_by_rule(&mut self, kind: DeadlineKind, risk: RiskLevel) -> Result<NaiveDate, StorageError> {
        let today = self.today();
        let (_, rule) = self.rules_in_force(risk, today)?.of(kind)?.clone();
        let due = rule.due_at(self.now, &self.working_calendar(today)?);
        let due = due.ok_or(StorageError::Statement("a rule of time has no allowance"))?;
        // A limit at midnight is the end of the day before.
        Ok(local_date(due - TimeDelta::microseconds(1)))
    }

    /// The rules at a risk that are in force on a day.
    pub(super) fn rules_in_force(&mut self, risk: RiskLevel, day: NaiveDate) -> Result<RulesInForce, StorageError> {
        let found: Vec<RuleRow> = clock_rules::table
            .filter(clock_rules::risk_level.eq(risk.as_str()).and(clock_rules::valid_from.le(day)))
            .filter(clock_rules::valid_to.is_null().or(clock_rules::valid_to.gt(day)))
            .select(RuleRow::as_select())
            .load(self.connection)?;
        let rules = found
            .iter()
            .map(|row| Ok((rows::parse(&row.code, "clock_rules", "code", row.id)?, (row.id, row.rule()?))))
            .collect::<Result<_, StorageError>>()?;
        Ok(RulesInForce(rules))
    }

    /// Days until the next review at a risk, by the rule in force on a day.
    ///
    /// # Errors
    /// [`StorageError`]; no rule in force is a fault of the reference data.
    pub fn review_interval_days(&mut self, risk: RiskLevel, day: NaiveDate) -> Result<u16, StorageError> {
        let rules = self.rules_in_force(risk, day)?;
        let (_, rule) = rules.of(DeadlineKind::ReviewInterval)?;
        let calendar = self.working_calendar(day)?;
        rule.days_from(day, &calendar).ok_or(StorageError::Statement("a review interval has no allowance"))
    }

    /// The rules that are in force on a day, and those that come later.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn deadline_rule_list(&mut self, on: NaiveDate) -> Result<Vec<PublishedRule>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        let found: Vec<RuleRow> = clock_rules::table
            .filter(clock_rules::valid_to.is_null().or(clock_rules::valid_to.gt(on)))
            .select(RuleRow::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?;
        let mut rules = found.into_iter().map(RuleRow::published).collect::<Result<Vec<_>, _>>()?;
        rules.sort_by_key(|rule| (rule.kind, rule.risk_level, rule.valid_from));
        Ok(rules)
    }

    /// A published rule.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn deadline_rule(&mut self, id: DeadlineRuleId) -> Result<Option<PublishedRule>, StorageError> {
        let row: Option<RuleRow> =
            clock_rules::table.find(id.as_uuid()).select(RuleRow::as_select()).first(self.connection).optional()?;
        row.map(RuleRow::published).transpose()
    }

    /// Publishes a rule: the one that was in force then ends with the day before. Deadlines that run keep the rule they
    /// began with, unless the risk changes.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where a rule of this kind, risk and day is there.
    pub fn deadline_rule_publish(&mut self, permit: &Permit, new: &NewDeadlineRule) -> Result<(), StorageError> {
        let before = clock_rules::table
            .filter(clock_rules::code.eq(new.kind.as_str()).and(clock_rules::risk_level.eq(new.risk_level.as_str())))
            .filter(clock_rules::valid_from.lt(new.valid_from))
            .filter(clock_rules::valid_to.is_null().or(clock_rules::valid_to.gt(new.valid_from)));
        let ends: Option<Option<NaiveDate>> =
            before.select(clock_rules::valid_to).for_update().first(self.connection).optional()?;
        diesel::update(before).set(clock_rules::valid_to.eq(new.valid_from)).execute(self.connection)?;
        let stages: Vec<&str> = new.rule.pause_stages.iter().map(|stage| stage.as_str()).collect();
        diesel::insert_into(clock_rules::table)
            .values((
                clock_rules::id.eq(new.id.as_uuid()),
                clock_rules::code.eq(new.kind.as_str()),
                clock_rules::risk_level.eq(new.risk_level.as_str()),
                clock_rules::valid_from.eq(new.valid_from),
                clock_rules::valid_to.eq(ends.flatten()),
                clock_rules::allowance.eq(new.rule.allowance.map(|limit| json!(limit))),
                clock_rules::at_latest.eq(new.rule.at_latest.map(|limit| json!(limit))),
                clock_rules::remind_before.eq(json!(new.rule.remind_before)),
                clock_rules::escalation.eq(json!(new.rule.escalation)),
                clock_rules::pause_stages.eq(stages),
                clock_rules::source.eq(new.source.as_str()),
                clock_rules::provisional.eq(new.provisional),
                clock_rules::published_by.eq(self.actor.user.as_uuid()),
                clock_rules::published_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.audit(permit.action(), new.id.as_uuid(), None);
        Ok(())
    }
}
