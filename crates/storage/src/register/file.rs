//! Filing a report: the fact it tells of, the fact's first version and the report, in one unit of work.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use qorgan_domain::cases::{CaseEventKind, Stage};
use qorgan_domain::children::{Sex, age_on, is_child_on};
use qorgan_domain::ids::{ChildId, FactId, ReportId};
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::{ChangeKind, ChildRole, FactNumber, FactStatus, Nature, Relation, Setting};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Narrative;
use thiserror::Error;
use uuid::Uuid;

use super::{ExternalReference, Fact, FactVersion, Report};
use crate::cases::{Case, CaseChange, CaseEvent};
use crate::schema::{register_facts as facts, register_reports as reports};
use crate::{Authorized, Permit, StorageError, Tx};

diesel::define_sql_function! {
    fn next_number(kind: Text, year: Integer) -> diesel::sql_types::BigInt;
}

/// A report to be filed.
#[derive(Debug, Clone)]
pub struct NewReport<'a> {
    /// The id that the client chose, if it chose one.
    pub id: Option<ReportId>,
    /// Violence of some forms, or suicidal behaviour of some level.
    pub nature: Nature,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub kato: Kato,
    /// Where it took place.
    pub setting: Setting,
    /// The child.
    pub child: ReportedChild,
    /// What the child was in the event.
    pub child_role: ChildRole,
    /// What the alleged perpetrator is to the child.
    pub relation: Option<Relation>,
    /// The reporter's own words.
    pub description: Narrative,
    /// The case it is filed for: one that the caller may see.
    pub case: Option<&'a Authorized<Case>>,
    /// Where other systems know the event.
    pub external_refs: Vec<ExternalReference>,
}

/// What the register takes over from the record of a child.
#[derive(Debug, Clone, Copy)]
pub struct ReportedChild {
    /// The child.
    pub id: ChildId,
    /// Its date of birth.
    pub birth_date: NaiveDate,
    /// Its sex.
    pub sex: Sex,
}

/// A report as it was filed.
#[derive(Debug, Clone)]
pub struct FiledReport {
    /// The report.
    pub report: Report,
    /// The fact it tells of.
    pub fact: Fact,
    /// Whether it had been filed before: the client sent the same report again.
    pub repeated: bool,
}

/// Why a report was not filed.
#[derive(Debug, Error)]
pub enum FilingError {
    /// The id belongs to a report of other content.
    #[error("the id belongs to another report")]
    IdTaken,
    /// The person was not born yet, or was 18 or older, on the day of the event.
    #[error("the person was no child on the day of the event")]
    NotAChild,
    /// The case it is filed for is closed.
    #[error("the case is closed")]
    CaseClosed,
    /// The case it is filed for is about another child.
    #[error("the case is about another child")]
    CaseOfOtherChild,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<diesel::result::Error> for FilingError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl NewReport<'_> {
    /// Age of the child on the day of the event, if it was a child then and the case, if any, can take the report.
    fn check(&self) -> Result<i16, FilingError> {
        if let Some(case) = self.case {
            if case.state.stage == Stage::Closed {
                return Err(FilingError::CaseClosed);
            }
            if case.child_id != self.child.id {
                return Err(FilingError::CaseOfOtherChild);
            }
        }
        if !is_child_on(self.child.birth_date, self.occurred_on) {
            return Err(FilingError::NotAChild);
        }
        i16::try_from(age_on(self.child.birth_date, self.occurred_on)).map_err(|_| FilingError::NotAChild)
    }

    fn same_as(&self, report: &Report) -> bool {
        report.child_id == self.child.id
            && report.child_role == self.child_role
            && report.description == self.description
            && report.external_refs == self.external_refs
            && report.case_id == self.case.map(|case| case.id)
            && report.occurred_on == self.occurred_on
            && report.nature == self.nature
            && report.kato == self.kato
            && report.setting == self.setting
            && report.relation == self.relation
    }
}

impl Tx<'_> {
    /// Files a report. It makes a fact of its own: reports on the same event are not matched yet.
    ///
    /// # Errors
    /// [`FilingError`]; also [`StorageError`] where `permit` is for another action than [`Action::ReportFile`].
    pub fn report_insert(&mut self, permit: &Permit, new: &NewReport<'_>) -> Result<FiledReport, FilingError> {
        if permit.action() != Action::ReportFile {
            return Err(StorageError::Statement("a report was filed with another permit").into());
        }
        if let Some(id) = new.id
            && let Some(filed) = self.report_repeated(id, new)?
        {
            return Ok(filed);
        }
        let age_years = new.check()?;
        let fact = self.fact_insert(new, age_years)?;
        let report = self.report_row_insert(new, &fact)?;
        self.report_announce(&report, &fact, new)?;
        if let Some(case) = new.case {
            let reported = CaseChange::FactReported { fact: fact.id, nature: new.nature.clone() };
            self.case_follow(case, &case.state, &reported)?;
        }
        Ok(FiledReport { report, fact, repeated: false })
    }

    /// The report of this id, if the caller's organisation filed it before.
    fn report_repeated(&mut self, id: ReportId, new: &NewReport<'_>) -> Result<Option<FiledReport>, FilingError> {
        // Two sendings at once: the second waits for the first and then finds its report.
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4209))")
            .bind::<Text, _>(id.to_string())
            .execute(self.connection)?;
        let Some(report) = self.report_of_own(id)? else { return Ok(None) };
        if !new.same_as(&report) {
            return Err(FilingError::IdTaken);
        }
        let fact = self.fact_load(report.fact_id)?;
        let fact = fact.ok_or(StorageError::Statement("the fact of a visible report is not visible"))?;
        self.audit(Action::ReportFile, id.as_uuid(), report.case_id.map(|case| case.as_uuid()));
        Ok(Some(FiledReport { report, fact, repeated: true }))
    }

    /// Without RETURNING: row security shows a fact only once it has a report.
    fn fact_insert(&mut self, new: &NewReport<'_>, age_years: i16) -> Result<Fact, StorageError> {
        let number = self.fact_number(&new.kato)?;
        let organisation = self.actor.organisation.clone();
        let fact = Fact {
            id: FactId::from_uuid(Uuid::now_v7()),
            number,
            child_id: new.child.id,
            created_at: self.now,
            current: FactVersion {
                version: 1,
                nature: new.nature.clone(),
                occurred_on: new.occurred_on,
                kato: new.kato.clone(),
                setting: new.setting,
                relation: new.relation,
                sex: new.child.sex,
                age_years,
                agency: organisation.agency.clone(),
                status: FactStatus::Registered,
                change: ChangeKind::Registered,
                merged_into: None,
                protocol_number: None,
                reason: None,
                recorded_at: self.now,
            },
            reporters: vec![organisation],
            in_visible_case: new.case.is_some(),
        };
        diesel::insert_into(facts::table)
            .values((
                facts::id.eq(fact.id.as_uuid()),
                facts::number.eq(fact.number.to_string()),
                facts::child_id.eq(fact.child_id.as_uuid()),
                facts::current_version.eq(fact.current.version),
                facts::created_at.eq(fact.created_at),
            ))
            .execute(self.connection)?;
        self.version_insert(fact.id, &fact.current)?;
        Ok(fact)
    }

    fn fact_number(&mut self, kato: &Kato) -> Result<FactNumber, StorageError> {
        let year = self.today().year();
        let sequence = diesel::select(next_number("fact", year)).get_result::<i64>(self.connection)?;
        u64::try_from(sequence)
            .ok()
            .and_then(|sequence| FactNumber::new(kato, year, sequence).ok())
            .ok_or(StorageError::Statement("next_number gave what is no number"))
    }

    fn report_row_insert(&mut self, new: &NewReport<'_>, fact: &Fact) -> Result<Report, FilingError> {
        let report = Report {
            id: new.id.unwrap_or_else(|| ReportId::from_uuid(Uuid::now_v7())),
            fact_id: fact.id,
            child_id: new.child.id,
            child_role: new.child_role,
            nature: new.nature.clone(),
            occurred_on: new.occurred_on,
            kato: new.kato.clone(),
            setting: new.setting,
            relation: new.relation,
            description: new.description.clone(),
            external_refs: new.external_refs.clone(),
            case_id: new.case.map(|case| case.id),
            reported_by: (self.actor.user, self.actor.display_name.clone()),
            organisation: (self.actor.organisation.clone(), self.actor.organisation_name.clone()),
            created_at: self.now,
        };
        let forms: Vec<&str> = report.nature.forms().map(|form| form.as_str()).collect();
        let organisation = &report.organisation.0;
        diesel::insert_into(reports::table)
            .values((
                reports::id.eq(report.id.as_uuid()),
                reports::fact_id.eq(report.fact_id.as_uuid()),
                reports::child_id.eq(report.child_id.as_uuid()),
                reports::child_role.eq(report.child_role.as_str()),
                reports::occurred_on.eq(report.occurred_on),
                reports::description.eq(report.description.as_str()),
                (
                    reports::kind.eq(report.nature.kind().as_str()),
                    reports::main_form.eq(report.nature.main_form().map(|form| form.as_str())),
                    reports::forms.eq(forms),
                    reports::level.eq(report.nature.level().map(|level| level.as_str())),
                    reports::kato.eq(report.kato.as_str()),
                    reports::setting.eq(report.setting.as_str()),
                    reports::relation.eq(report.relation.map(Relation::as_str)),
                ),
                reports::case_id.eq(report.case_id.map(|case| case.as_uuid())),
                reports::reported_by.eq(report.reported_by.0.as_uuid()),
                reports::organisation_id.eq(organisation.id.as_uuid()),
                reports::organisation_agency.eq(organisation.agency.as_str()),
                reports::organisation_kato.eq(organisation.kato.as_str()),
                reports::created_at.eq(report.created_at),
            ))
            .execute(self.connection)
            .map_err(|error| match StorageError::from(error) {
                // A report that the caller may not see has this id.
                StorageError::Duplicate { constraint } if constraint == "register_reports_pkey" => FilingError::IdTaken,
                error => error.into(),
            })?;
        self.external_references_insert(report.id.as_uuid(), &report.external_refs)?;
        Ok(report)
    }

    /// The audit row, the event of the case and the notice to followers.
    fn report_announce(&mut self, report: &Report, fact: &Fact, new: &NewReport<'_>) -> Result<(), StorageError> {
        let part = ("report", report.id.as_uuid());
        self.publish_part("register.report_filed", ResourceKind::Register, fact.id.as_uuid(), Some(part))?;
        let case = new.case.map(|case| case.id);
        if let Some(case) = case {
            let event = CaseEvent {
                kind: CaseEventKind::ReportFiled,
                section: None,
                subject: Some(report.id.as_uuid()),
                data: serde_json::json!({"fact_id": fact.id, "fact_number": fact.number}),
            };
            self.event(case, event);
        }
        self.audit(Action::ReportFile, report.id.as_uuid(), case.map(|case| case.as_uuid()));
        Ok(())
    }
}
