//! The reports of a fact.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{CaseId, ChildId, FactId, ReportId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::register::ChildRole;
use qorgan_domain::text::Narrative;
use uuid::Uuid;

use super::load::case_visible;
use super::{ExternalReference, Fact};
use crate::reference::organisation_ref;
use crate::schema::{organisations, register_reports as reports, users};
use crate::{Authorized, StorageError, Tx, rows};

/// What one agency said about a fact.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The fact it tells of.
    pub fact_id: FactId,
    /// The child.
    pub child_id: ChildId,
    /// What the child was in the event.
    pub child_role: ChildRole,
    /// The day of the event.
    pub occurred_on: NaiveDate,
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
    external_refs: serde_json::Value,
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
    Ok(Report {
        id: id.into(),
        fact_id: row.fact_id.into(),
        child_id: row.child_id.into(),
        child_role: rows::parse(&row.child_role, TABLE, "child_role", id)?,
        occurred_on: row.occurred_on,
        description: rows::parse(&row.description, TABLE, "description", id)?,
        external_refs: serde_json::from_value(row.external_refs).map_err(|_| StorageError::Corrupt {
            table: TABLE,
            column: "external_refs",
            row: id,
        })?,
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
    /// The reports of a fact that the caller may see, oldest first. Their words are personal data: audited.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn fact_reports(&mut self, fact: &Authorized<Fact>) -> Result<Vec<Report>, StorageError> {
        let reports = found!(self.connection, reports::fact_id.eq(fact.id.as_uuid()))?
            .into_iter()
            .map(into_report)
            .collect::<Result<Vec<_>, _>>()?;
        let subjects = reports.iter().map(|report| report.id.as_uuid()).collect();
        self.audit_many(Action::RegisterRead, subjects);
        Ok(reports)
    }

    /// A report of the caller's own organisation.
    pub(super) fn report_of_own(&mut self, id: ReportId) -> Result<Option<Report>, StorageError> {
        let own = self.actor.organisation.id.as_uuid();
        let filter = reports::id.eq(id.as_uuid()).and(reports::organisation_id.eq(own));
        found!(self.connection, filter)?.into_iter().next().map(into_report).transpose()
    }
}
