//! Filing a report: the fact it tells of, the fact's first version and the report, in one unit of work.

use chrono::{Datelike, NaiveDate, SubsecRound};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use qorgan_domain::cases::{CaseEventKind, Stage};
use qorgan_domain::children::{Sex, age_on, is_child_on};
use qorgan_domain::ids::{ChildId, FactId, ReportId, SignalId};
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::detection::channel_of;
use qorgan_domain::register::matching::MatchOutcome;
use qorgan_domain::register::{ChangeKind, ChildRole, FactNumber, FactStatus, Nature, Relation, Setting};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Narrative;
use thiserror::Error;
use uuid::Uuid;

use super::matching::Found;
use super::{ExternalReference, Fact, FactVersion, Matching, Report};
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
    /// Other records that may be the child: near their facts a person decides.
    pub children_alike: Vec<ChildId>,
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
    /// Whether somebody must act on it now. What is entered as history calls for nothing: no school is told.
    pub calls_for_action: bool,
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
    /// How it was found.
    pub matching: Matching,
    /// The signal by which the school of the child was told.
    pub signal: Option<SignalId>,
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
    /// `of_the_child`: the case, if any, is about the same child, under whichever of its records.
    fn check(&self, of_the_child: bool) -> Result<i16, FilingError> {
        if let Some(case) = self.case {
            if case.state.stage == Stage::Closed {
                return Err(FilingError::CaseClosed);
            }
            if !of_the_child {
                return Err(FilingError::CaseOfOtherChild);
            }
        }
        if !is_child_on(self.child.birth_date, self.occurred_on) {
            return Err(FilingError::NotAChild);
        }
        i16::try_from(age_on(self.child.birth_date, self.occurred_on)).map_err(|_| FilingError::NotAChild)
    }

    fn same_as(&self, report: &Report) -> bool {
        report.child_role == self.child_role
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
    /// Files a report: it joins the fact that it tells of, or makes one, and where it may tell of a known one a match
    /// review asks a person. Suicidal behaviour of a child whom nobody helps yet is told to its school.
    ///
    /// # Errors
    /// [`FilingError`]; also [`StorageError`] where `permit` is for another action than [`Action::ReportFile`].
    pub fn report_insert(&mut self, permit: &Permit, new: &NewReport<'_>) -> Result<FiledReport, FilingError> {
        if permit.action() != Action::ReportFile {
            return Err(StorageError::Statement("a report was filed with another permit").into());
        }
        self.report_match_begin([(new.occurred_on, new.external_refs.as_slice())])?;
        if let Some(id) = new.id
            && let Some(filed) = self.report_repeated(id, new)?
        {
            return Ok(filed);
        }
        let case_child = new.case.map_or(new.child.id, |case| case.child_id);
        let age_years = new.check(self.children_same(case_child, new.child.id)?)?;
        let found = self.report_match(new)?;
        let (report, fact, signal) = match found.joins() {
            Some((fact, _)) => {
                let report = self.report_row_insert(new, fact, found.outcome)?;
                let fact = self.fact_load(fact)?;
                (report, fact.ok_or(StorageError::Statement("a fact is not visible to its reporter"))?, None)
            }
            None => self.report_on_new_fact(new, age_years, &found)?,
        };
        self.report_announce(&report, &fact, new)?;
        if let Some(case) = new.case {
            let reported = CaseChange::FactReported { fact: fact.id, nature: new.nature.clone() };
            self.case_follow(case, &case.state, &reported)?;
        }
        let matching = self.matching_told(found, &fact, &new.content())?;
        Ok(FiledReport { report, fact, matching, signal, repeated: false })
    }

    fn report_on_new_fact(
        &mut self,
        new: &NewReport<'_>,
        age_years: i16,
        found: &Found,
    ) -> Result<(Report, Fact, Option<SignalId>), FilingError> {
        let number = self.fact_number(&new.kato)?;
        let signal = if found.told_before() { None } else { self.school_signal(new, number)? };
        let fact = self.fact_insert(new, number, age_years, signal)?;
        let report = self.report_row_insert(new, fact.id, found.outcome)?;
        if found.outcome == MatchOutcome::Review {
            self.match_reviews_open(found, &fact, report.id)?;
        }
        Ok((report, fact, signal))
    }

    /// The report of this id, if the caller's organisation filed it before.
    fn report_repeated(&mut self, id: ReportId, new: &NewReport<'_>) -> Result<Option<FiledReport>, FilingError> {
        // Two sendings at once: the second waits for the first and then finds its report.
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4209))")
            .bind::<Text, _>(id.to_string())
            .execute(self.connection)?;
        let Some(report) = self.report_of_own(id)? else { return Ok(None) };
        if !new.same_as(&report) || !self.children_same(report.child_id, new.child.id)? {
            return Err(FilingError::IdTaken);
        }
        let fact = self.fact_load(report.fact_id)?;
        let fact = fact.ok_or(StorageError::Statement("the fact of a visible report is not visible"))?;
        self.audit(Action::ReportFile, id.as_uuid(), report.case_id.map(|case| case.as_uuid()));
        // Who was told of what then is not asked again.
        let matching = Matching { outcome: report.outcome, candidates: Vec::new(), differences: Vec::new() };
        Ok(Some(FiledReport { report, fact, matching, signal: None, repeated: true }))
    }

    /// Without RETURNING: row security shows a fact only once it has a report.
    fn fact_insert(
        &mut self,
        new: &NewReport<'_>,
        number: FactNumber,
        age_years: i16,
        signal: Option<SignalId>,
    ) -> Result<Fact, StorageError> {
        let organisation = self.actor.organisation.clone();
        let channel = channel_of(self.signal_channel(new.case.map(|case| case.id), None)?, &organisation.agency);
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
                organisation_kato: organisation.kato.clone(),
                channel,
                status: FactStatus::Registered,
                change: ChangeKind::Registered,
                merged_into: None,
                protocol_number: None,
                reason: None,
                recorded_at: self.now.trunc_subsecs(6),
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
                facts::signal_id.eq(signal.map(|signal| signal.as_uuid())),
            ))
            .execute(self.connection)?;
        self.version_insert(fact.id, &fact.current)?;
        Ok(fact)
    }

    pub(super) fn fact_number(&mut self, kato: &Kato) -> Result<FactNumber, StorageError> {
        let year = self.today().year();
        let sequence = diesel::select(next_number("fact", year)).get_result::<i64>(self.connection)?;
        u64::try_from(sequence)
            .ok()
            .and_then(|sequence| FactNumber::new(kato, year, sequence).ok())
            .ok_or(StorageError::Statement("next_number gave what is no number"))
    }

    fn report_row_insert(
        &mut self,
        new: &NewReport<'_>,
        fact: FactId,
        outcome: MatchOutcome,
    ) -> Result<Report, FilingError> {
        let report = Report {
            id: new.id.unwrap_or_else(|| ReportId::from_uuid(Uuid::now_v7())),
            fact_id: fact,
            outcome,
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
                    reports::match_outcome.eq(report.outcome.as_str()),
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
