//! Two facts become one, and one becomes two: reversible, and every report is kept.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::{age_on, is_child_on};
use qorgan_domain::ids::{FactId, ReportId};
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::change::{may_merge, split_target};
use qorgan_domain::register::detection::channel_of;
use qorgan_domain::register::{Change, ChangeKind, ChangeRefusal, FactStatus};
use qorgan_domain::text::Reason;
use uuid::Uuid;

use super::reports::Report;
use super::versions::Locked;
use super::{ChangeError, Fact, FactChange, FactVersion};
use crate::schema::{register_facts as facts, register_match_reviews as reviews, register_reports as reports};
use crate::{AccessError, Authorized, Denial, StorageError, Tx};

#[derive(QueryableByName)]
struct OriginRow {
    #[diesel(sql_type = SqlUuid)]
    report_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    origin: Uuid,
    #[diesel(sql_type = Bool)]
    origin_merged: bool,
}

#[derive(QueryableByName)]
struct MovedRow {
    #[diesel(sql_type = Integer)]
    moved: i32,
}

fn change(change: Change, reason: &Reason) -> FactChange {
    FactChange { change, reason: reason.clone(), protocol_number: None }
}

impl Tx<'_> {
    /// Merges a fact into another one, which then has the reports of both. Both must stand as they were loaded.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn fact_merge(
        &mut self,
        fact: &Authorized<Fact>,
        into: &Authorized<Fact>,
        reason: &Reason,
    ) -> Result<FactVersion, ChangeError> {
        may_merge((fact.id, &fact.current.content()), (into.id, &into.current.content()))
            .map_err(ChangeError::Refused)?;
        let locked = self.facts_lock(&[fact.id, into.id])?;
        let merged = self.version_add_locked(fact, &change(Change::Merge { into: into.id }, reason), &locked)?;
        self.version_add_locked(into, &change(Change::Absorb, reason), &locked)?;
        let all: Vec<Uuid> = self.report_origins(fact.id)?.into_iter().map(|row| row.report_id).collect();
        self.reports_move(fact.id, into.id, &all, "merge", &locked)?;
        self.pair_settle(fact.id, into.id, "same", reason)?;
        Ok(merged)
    }

    /// Takes reports out of a fact: back to the fact that they came with, or to a new one. Answers that fact.
    ///
    /// # Errors
    /// [`ChangeError`]; of a report that the caller does not see nothing is known here.
    pub fn fact_split(
        &mut self,
        fact: &Authorized<Fact>,
        taken: &[ReportId],
        reason: &Reason,
    ) -> Result<FactId, ChangeError> {
        let taken: Vec<Uuid> = taken.iter().map(ReportId::as_uuid).collect();
        let (origins, target) = self.split_plan(fact.id, &taken)?;
        let locked = match target {
            Some(other) => {
                self.facts_open(fact.id)?;
                self.facts_lock(&[fact.id, other])?
            }
            None => self.facts_lock(&[fact.id])?,
        };
        // A report may have joined before the lock.
        if self.split_plan(fact.id, &taken)? != (origins, target) {
            return Err(StorageError::Stale.into());
        }
        let other = match target {
            Some(other) => {
                let other = self.fact_opened(other, fact.action())?;
                self.version_add_locked(&other, &change(Change::GiveBack, reason), &locked)?;
                other.id
            }
            None => self.fact_of_reports(&taken, reason, &locked)?,
        };
        self.version_add_locked(fact, &change(Change::Split, reason), &locked)?;
        self.reports_move(fact.id, other, &taken, "split", &locked)?;
        self.pair_settle(other, fact.id, "different", reason)?;
        Ok(other)
    }

    /// Opens to this unit of work what hangs together with a fact that the caller reaches.
    pub(super) fn facts_open(&mut self, fact: FactId) -> Result<(), StorageError> {
        diesel::sql_query("SELECT facts_open($1)").bind::<SqlUuid, _>(fact.as_uuid()).execute(self.connection)?;
        Ok(())
    }

    /// A fact that was opened, with the right that opened it.
    pub(super) fn fact_opened(&mut self, fact: FactId, action: Action) -> Result<Authorized<Fact>, StorageError> {
        let fact = self.fact_load(fact)?.ok_or(StorageError::Statement("a fact that was opened is not visible"))?;
        Ok(Authorized::new(fact, action))
    }

    /// How many reports the fact has, and where those named would go.
    fn split_plan(&mut self, fact: FactId, taken: &[Uuid]) -> Result<(usize, Option<FactId>), ChangeError> {
        // Row security leaves out what the caller does not see.
        let seen: i64 = reports::table
            .filter(reports::fact_id.eq(fact.as_uuid()).and(reports::id.eq_any(taken)))
            .count()
            .get_result(self.connection)?;
        if usize::try_from(seen) != Ok(taken.len()) {
            return Err(ChangeError::Refused(ChangeRefusal::ForeignReport));
        }
        let origins = self.report_origins(fact)?;
        let all: Vec<_> = origins
            .iter()
            .map(|row| (taken.contains(&row.report_id), FactId::from_uuid(row.origin), row.origin_merged))
            .collect();
        Ok((origins.len(), split_target(&all).map_err(ChangeError::Refused)?))
    }

    fn report_origins(&mut self, fact: FactId) -> Result<Vec<OriginRow>, StorageError> {
        Ok(diesel::sql_query("SELECT report_id, origin, origin_merged FROM fact_report_origins($1)")
            .bind::<SqlUuid, _>(fact.as_uuid())
            .load(self.connection)?)
    }

    /// A new fact that says what the first of some reports says.
    fn fact_of_reports(&mut self, taken: &[Uuid], reason: &Reason, locked: &Locked) -> Result<FactId, ChangeError> {
        let report = self.report_first(taken)?;
        let child = self.child_for_link(report.child_id)?;
        let child = child.ok_or(StorageError::Statement("the child of a report is not to be found"))?;
        if !is_child_on(child.birth_date, report.occurred_on) {
            return Err(ChangeError::NotAChild);
        }
        let age_years =
            i16::try_from(age_on(child.birth_date, report.occurred_on)).map_err(|_| ChangeError::NotAChild)?;
        let number = self.fact_number(&report.kato)?;
        let id = FactId::from_uuid(Uuid::now_v7());
        diesel::insert_into(facts::table)
            .values((
                facts::id.eq(id.as_uuid()),
                facts::number.eq(number.to_string()),
                facts::child_id.eq(report.child_id.as_uuid()),
                facts::current_version.eq(1),
                facts::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let channel = self.signal_channel(None, Some(report.id))?;
        let Report { nature, occurred_on, kato, setting, relation, organisation, .. } = report;
        let version = FactVersion {
            version: 1,
            nature,
            occurred_on,
            kato,
            setting,
            relation,
            sex: child.sex,
            age_years,
            channel: channel_of(channel, &organisation.0.agency),
            organisation_kato: organisation.0.kato,
            agency: organisation.0.agency,
            status: FactStatus::Registered,
            change: ChangeKind::GivenBack,
            merged_into: None,
            protocol_number: None,
            reason: Some(reason.as_str().to_owned()),
            recorded_at: locked.at,
        };
        self.version_insert(id, &version)?;
        self.audit(Action::FactMerge, id.as_uuid(), None);
        self.publish("register.fact_given_back", ResourceKind::Register, id.as_uuid())?;
        Ok(id)
    }

    fn reports_move(
        &mut self,
        from: FactId,
        to: FactId,
        moved: &[Uuid],
        cause: &str,
        locked: &Locked,
    ) -> Result<(), StorageError> {
        let row: MovedRow = diesel::sql_query("SELECT register_reports_move($1, $2, $3, $4, $5) AS moved")
            .bind::<SqlUuid, _>(from.as_uuid())
            .bind::<SqlUuid, _>(to.as_uuid())
            .bind::<Array<SqlUuid>, _>(moved)
            .bind::<Text, _>(cause)
            .bind::<Timestamptz, _>(locked.at)
            .get_result(self.connection)?;
        if usize::try_from(row.moved) == Ok(moved.len()) { Ok(()) } else { Err(StorageError::Stale) }
    }

    /// What a merger or a split says of a pair that was put before a person: it is not proposed again.
    fn pair_settle(&mut self, one: FactId, other: FactId, status: &str, reason: &Reason) -> Result<(), StorageError> {
        let pair = [one.as_uuid(), other.as_uuid()];
        diesel::update(reviews::table)
            .filter(reviews::older_id.eq_any(pair).and(reviews::newer_id.eq_any(pair)))
            .filter(reviews::status.ne(status))
            .set((
                reviews::status.eq(status),
                reviews::decided_by.eq(self.actor.user.as_uuid()),
                reviews::decided_at.eq(self.now),
                reviews::reason.eq(reason.as_str()),
                reviews::version.eq(reviews::version + 1),
                reviews::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// The fact that another one is to be merged into, with the right to that.
    ///
    /// # Errors
    /// As [`Tx::fact_for`].
    pub fn fact_to_merge_into(&mut self, id: FactId) -> Result<Authorized<Fact>, AccessError> {
        match self.fact_for(id, Action::FactMerge) {
            // Whoever may not change the target learns no more of it than that.
            Err(AccessError::Denied(_)) => Err(AccessError::Denied(Denial::NotFound)),
            found => found,
        }
    }
}
