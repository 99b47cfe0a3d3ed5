//! The one writer of versions of facts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::{age_on, is_child_on};
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::{Change, ChangeRefusal, FactState, FactStatus, Relation};
use qorgan_domain::text::{Reason, Text};
use thiserror::Error;
use uuid::Uuid;

use super::{Fact, FactVersion};
use crate::schema::{register_fact_versions as versions, register_facts as facts};
use crate::{Authorized, StorageError, Tx, rows};

/// A change of a fact, with what has to be said for it.
#[derive(Debug, Clone)]
pub struct FactChange {
    /// What is done.
    pub change: Change,
    /// Why.
    pub reason: Reason,
    /// The number of the protocol of the session that decided, where one did.
    pub protocol_number: Option<Text<1, 60>>,
}

/// Why a fact was not changed.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// The rules of the register say no.
    #[error("the register's rules refuse the change ({0})")]
    Refused(ChangeRefusal),
    /// On the day that the amendment names the person was no child.
    #[error("the person was no child on the day of the event")]
    NotAChild,
    /// The database failed, or the fact was changed meanwhile.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<diesel::result::Error> for ChangeError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// Facts locked until the unit of work ends.
pub(super) struct Locked {
    versions: HashMap<Uuid, i32>,
    /// When what is done to them now counts from: later than everything known of any.
    pub(super) at: DateTime<Utc>,
}

impl Locked {
    /// Whether a fact is locked at this version.
    pub(super) fn is_at(&self, fact: FactId, version: i32) -> bool {
        self.versions.get(&fact.as_uuid()) == Some(&version)
    }
}

#[derive(QueryableByName)]
struct LockedRow {
    #[diesel(sql_type = SqlUuid)]
    fact_id: Uuid,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Timestamptz)]
    not_before: DateTime<Utc>,
}

/// Whether a fact loaded for an action may be changed like this. What the interagency group does has actions of its
/// own; no right to read is one to write.
const fn fits(action: Action, change: &Change) -> bool {
    match change {
        Change::Amend(_) => matches!(action, Action::FactAmend),
        Change::Annul => matches!(action, Action::FactAnnul),
        Change::Merge { .. } | Change::Absorb => matches!(action, Action::FactMerge | Action::MatchReviewDecide),
        Change::Split | Change::GiveBack => matches!(action, Action::FactMerge),
        Change::OpenQualification | Change::WithdrawQualification | Change::Qualify { .. } => {
            !matches!(action, Action::RegisterRead | Action::MatchReviewRead)
        }
    }
}

impl Tx<'_> {
    /// Adds the version that a change makes, and answers it. The fact is locked until the unit of work ends; where it
    /// was changed since it was loaded, that is [`StorageError::Stale`]. Audited under the action for which the fact
    /// was loaded, and told to followers.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn fact_version_add(
        &mut self,
        fact: &Authorized<Fact>,
        change: &FactChange,
    ) -> Result<FactVersion, ChangeError> {
        let locked = self.facts_lock(&[fact.id])?;
        self.version_add_locked(fact, change, &locked)
    }

    /// Locks facts, in the order of their ids whatever the order here.
    pub(super) fn facts_lock(&mut self, ids: &[FactId]) -> Result<Locked, StorageError> {
        let ids: Vec<Uuid> = ids.iter().map(FactId::as_uuid).collect();
        let rows: Vec<LockedRow> = diesel::sql_query("SELECT * FROM register_facts_lock($1)")
            .bind::<Array<SqlUuid>, _>(ids)
            .load(self.connection)?;
        let now = self.now.trunc_subsecs(6);
        let at = rows.iter().map(|row| row.not_before).fold(now, DateTime::max);
        Ok(Locked { versions: rows.into_iter().map(|row| (row.fact_id, row.version)).collect(), at })
    }

    /// The same for a fact that is locked already, with others.
    pub(super) fn version_add_locked(
        &mut self,
        fact: &Authorized<Fact>,
        change: &FactChange,
        locked: &Locked,
    ) -> Result<FactVersion, ChangeError> {
        if !fits(fact.action(), &change.change) {
            return Err(StorageError::Statement("a fact was changed with the right to something else").into());
        }
        if !locked.is_at(fact.id, fact.current.version) {
            return Err(StorageError::Stale.into());
        }
        let state = self.fact_state(fact)?;
        let after = state.after(&change.change).map_err(ChangeError::Refused)?;
        let version = FactVersion {
            version: fact.current.version + 1,
            age_years: self.age_then(fact, after.content.occurred_on)?,
            nature: after.content.nature,
            occurred_on: after.content.occurred_on,
            kato: after.content.kato,
            setting: after.content.setting,
            relation: after.content.relation,
            sex: fact.current.sex,
            agency: fact.current.agency.clone(),
            organisation_kato: fact.current.organisation_kato.clone(),
            channel: fact.current.channel,
            status: after.status,
            change: change.change.kind(&state.content),
            merged_into: match change.change {
                Change::Merge { into } => Some(into),
                _ => None,
            },
            protocol_number: change.protocol_number.as_ref().map(|number| number.as_str().to_owned()),
            reason: Some(change.reason.as_str().to_owned()),
            recorded_at: locked.at,
        };
        self.version_succeed(fact.id, &version)?;
        self.audit(fact.action(), fact.id.as_uuid(), None);
        let topic = format!("register.fact_{}", version.change);
        self.publish(&topic, ResourceKind::Register, fact.id.as_uuid())?;
        Ok(version)
    }

    /// Where the fact stands and stood. Asked once it is locked.
    fn fact_state(&mut self, fact: &Fact) -> Result<FactState, StorageError> {
        const PASSING: [FactStatus; 2] = [FactStatus::Merged, FactStatus::UnderQualification];
        let current = &fact.current;
        let resting = if PASSING.contains(&current.status) {
            let status: String = versions::table
                .filter(versions::fact_id.eq(fact.id.as_uuid()))
                .filter(versions::status.ne_all(PASSING.map(FactStatus::as_str)))
                .order(versions::version.desc())
                .select(versions::status)
                .first(self.connection)?;
            rows::parse(&status, "register_fact_versions", "status", fact.id.as_uuid())?
        } else {
            current.status
        };
        Ok(FactState { status: current.status, resting, content: current.content() })
    }

    /// The child's age on the day of the event.
    fn age_then(&mut self, fact: &Fact, occurred_on: NaiveDate) -> Result<i16, ChangeError> {
        if occurred_on == fact.current.occurred_on {
            return Ok(fact.current.age_years);
        }
        let child = self.child_for_link(fact.child_id)?;
        let child = child.ok_or(StorageError::Statement("the child of a fact is not to be found"))?;
        if !is_child_on(child.birth_date, occurred_on) {
            return Err(ChangeError::NotAChild);
        }
        i16::try_from(age_on(child.birth_date, occurred_on)).map_err(|_| ChangeError::NotAChild)
    }

    /// Writes a version after the last one.
    fn version_succeed(&mut self, fact: FactId, version: &FactVersion) -> Result<(), StorageError> {
        self.version_insert(fact, version)?;
        let superseded = diesel::update(versions::table)
            .filter(versions::fact_id.eq(fact.as_uuid()).and(versions::version.eq(version.version - 1)))
            .set(versions::superseded_at.eq(version.recorded_at))
            .execute(self.connection)?;
        let merged_at = version.merged_into.map(|_| version.recorded_at);
        let named = diesel::update(facts::table)
            .filter(facts::id.eq(fact.as_uuid()))
            .set((
                facts::current_version.eq(version.version),
                facts::merged_into.eq(version.merged_into.map(|into| into.as_uuid())),
                facts::merged_at.eq(merged_at),
            ))
            .execute(self.connection)?;
        if superseded == 1 && named == 1 { Ok(()) } else { Err(StorageError::Stale) }
    }

    pub(super) fn version_insert(&mut self, fact: FactId, version: &FactVersion) -> Result<(), StorageError> {
        let forms: Vec<&str> = version.nature.forms().map(|form| form.as_str()).collect();
        diesel::insert_into(versions::table)
            .values((
                (
                    versions::fact_id.eq(fact.as_uuid()),
                    versions::version.eq(version.version),
                    versions::kind.eq(version.nature.kind().as_str()),
                    versions::main_form.eq(version.nature.main_form().map(|form| form.as_str())),
                    versions::forms.eq(forms),
                    versions::level.eq(version.nature.level().map(|level| level.as_str())),
                    versions::occurred_on.eq(version.occurred_on),
                    versions::kato.eq(version.kato.as_str()),
                    versions::setting.eq(version.setting.as_str()),
                    versions::relation.eq(version.relation.map(Relation::as_str)),
                    versions::sex.eq(version.sex.as_str()),
                ),
                (
                    versions::age_years.eq(version.age_years),
                    versions::agency_code.eq(version.agency.as_str()),
                    versions::organisation_kato.eq(version.organisation_kato.as_str()),
                    versions::channel.eq(version.channel.as_str()),
                    versions::status.eq(version.status.as_str()),
                    versions::change.eq(version.change.as_str()),
                    versions::merged_into.eq(version.merged_into.map(|into| into.as_uuid())),
                    versions::protocol_number.eq(version.protocol_number.as_deref()),
                    versions::actor_id.eq(self.actor.user.as_uuid()),
                    versions::reason.eq(version.reason.as_deref()),
                    versions::recorded_at.eq(version.recorded_at),
                ),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}
