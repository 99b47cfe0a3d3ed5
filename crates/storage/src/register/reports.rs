//! The reports of a fact.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{CaseId, ChildId, FactId, ReportId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::register::matching::MatchOutcome;
use qorgan_domain::register::{ChildRole, Nature, Relation, Setting};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Narrative;
use uuid::Uuid;

use super::load::{NatureColumns, case_visible};
use super::{ExternalReference, Fact};
use crate::reference::organisation_ref;
use crate::schema::{organisations, register_report_links as links, register_reports as reports, users};
use crate::{Authorized, StorageError, Tx, rows};

/// What one agency said about a fact.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The fact it tells of.
    pub fact_id: FactId,
    /// What became of it when it was filed.
    pub outcome: MatchOutcome,
    /// The child.
    pub child_id: ChildId,
    /// What the child was in the event.
    pub child_role: ChildRole,
    /// What it was, as this reporter saw it.
    pub nature: Nature,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub kato: Kato,
    /// Where it took place.
    pub setting: Setting,
    /// What the alleged perpetrator is to the child, where the reporter said that.
    pub relation: Option<Relation>,
    /// The reporter's own words.
    pub description: Narrative,
    /// Where other systems know the event.
    pub external_refs: Vec<ExternalReference>,
    /// The case it was filed for, if the caller may see that case.
    pub case_id: Option<CaseId>,
    /// Who filed it, by id and by the name colleagues see.
    pub reported_by: (UserId, String),
    /// For which organisation, with its name.
    pub organisation: (OrganisationRef, String),
    /// When.
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reports)]
struct ReportRow {
    id: Uuid,
    fact_id: Uuid,
    child_id: Uuid,
    child_role: String,
    occurred_on: NaiveDate,
    description: String,
    kind: String,
    main_form: Option<String>,
    forms: Vec<String>,
    level: Option<String>,
    kato: String,
    setting: String,
    relation: Option<String>,
    match_outcome: String,
    case_id: Option<Uuid>,
    reported_by: Uuid,
    organisation_id: Uuid,
    organisation_agency: String,
    organisation_kato: String,
    created_at: DateTime<Utc>,
}

/// A report, whether its case is visible, the names of its author and of the author's organisation.
type Found = (ReportRow, bool, String, String);

fn into_report((row, case_visible, author, organisation): Found) -> Result<Report, StorageError> {
    const TABLE: &str = "register_reports";
    let id = row.id;
    let nature = NatureColumns {
        kind: &row.kind,
        main_form: row.main_form.as_deref(),
        forms: &row.forms,
        level: row.level.as_deref(),
    };
    Ok(Report {
        nature: nature.nature(TABLE, id)?,
        kato: rows::parse(&row.kato, TABLE, "kato", id)?,
        setting: rows::parse(&row.setting, TABLE, "setting", id)?,
        outcome: rows::parse(&row.match_outcome, TABLE, "match_outcome", id)?,
        relation: rows::parse_optional(row.relation.as_deref(), TABLE, "relation", id)?,
        id: id.into(),
        fact_id: row.fact_id.into(),
        child_id: row.child_id.into(),
        child_role: rows::parse(&row.child_role, TABLE, "child_role", id)?,
        occurred_on: row.occurred_on,
        description: rows::parse(&row.description, TABLE, "description", id)?,
        external_refs: Vec::new(),
        case_id: row.case_id.filter(|_| case_visible).map(Into::into),
        reported_by: (row.reported_by.into(), author),
        organisation: (
            organisation_ref(row.organisation_id, &row.organisation_agency, &row.organisation_kato)?,
            organisation,
        ),
        created_at: row.created_at,
    })
}

/// Reports with the names that go with them; row security leaves out those the caller may not see.
macro_rules! found {
    ($connection:expr, $filter:expr) => {
        reports::table
            .inner_join(users::table.on(users::id.eq(reports::reported_by)))
            .inner_join(organisations::table.on(organisations::id.eq(reports::organisation_id)))
            .filter($filter)
            .order((reports::created_at, reports::id))
            .select((ReportRow::as_select(), case_visible(reports::case_id), users::display_name, organisations::name))
            .load::<Found>($connection)
    };
}

impl Tx<'_> {
    /// The reports of a fact that the caller may see, oldest first; with a moment, those that the fact had then. Their
    /// words are personal data: audited.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn fact_reports(
        &mut self,
        fact: &Authorized<Fact>,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Vec<Report>, StorageError> {
        let found = match as_of {
            None => found!(self.connection, reports::fact_id.eq(fact.id.as_uuid()))?,
            Some(moment) => {
                let had = links::table
                    .filter(links::fact_id.eq(fact.id.as_uuid()).and(links::since.le(moment)))
                    .filter(links::until.is_null().or(links::until.gt(moment)))
                    .select(links::report_id);
                found!(self.connection, reports::id.eq_any(had))?
            }
        };
        let reports = self.reports_of(found)?;
        let subjects = reports.iter().map(|report| report.id.as_uuid()).collect();
        self.audit_many(Action::RegisterRead, subjects);
        Ok(reports)
    }

    /// A report of the caller's own organisation.
    pub(super) fn report_of_own(&mut self, id: ReportId) -> Result<Option<Report>, StorageError> {
        let own = self.actor.organisation.id.as_uuid();
        let filter = reports::id.eq(id.as_uuid()).and(reports::organisation_id.eq(own));
        let found = found!(self.connection, filter)?;
        Ok(self.reports_of(found)?.pop())
    }

    /// The first of some reports that the caller sees.
    pub(super) fn report_first(&mut self, ids: &[Uuid]) -> Result<Report, StorageError> {
        let found = found!(self.connection, reports::id.eq_any(ids))?;
        let first = self.reports_of(found)?.into_iter().next();
        first.ok_or(StorageError::Statement("none of the reports is visible"))
    }

    /// Reports of their rows, with the numbers by which other systems know them.
    fn reports_of(&mut self, found: Vec<Found>) -> Result<Vec<Report>, StorageError> {
        let mut reports = found.into_iter().map(into_report).collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<Uuid> = reports.iter().map(|report| report.id.as_uuid()).collect();
        let mut named = self.external_references(&ids)?;
        for report in &mut reports {
            report.external_refs = named.remove(&report.id.as_uuid()).unwrap_or_default();
        }
        Ok(reports)
    }
}
