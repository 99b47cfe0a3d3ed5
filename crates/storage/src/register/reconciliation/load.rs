//! A reconciliation with the right to it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ReconciliationId, UserId};
use qorgan_domain::policy::{Action, Actor, OrganisationRef, Subject, Verdict, decide};
use qorgan_domain::register::FactKind;
use qorgan_domain::register::reconciliation::{ReconciliationOutcome, ReconciliationStatus};
use qorgan_domain::signals::ImportSource;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::reference::organisation_ref;
use crate::schema::{register_reconciliation_items as items, register_reconciliations as lists};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

const TABLE: &str = "register_reconciliations";

/// A list that is compared with the register.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// Its id.
    pub id: ReconciliationId,
    /// What it is called.
    pub title: ImportSource,
    /// Whose list it is.
    pub agency: AgencyCode,
    /// The first and the last day of its period.
    pub period: (NaiveDate, NaiveDate),
    /// The kind of events that it lists; all where there is none.
    pub kind: Option<FactKind>,
    /// The territory that it covers; the region where there is none.
    pub kato: Option<Kato>,
    /// Where it stands.
    pub status: ReconciliationStatus,
    /// Who uploaded it.
    pub organisation: OrganisationRef,
    /// Who in person.
    pub created_by: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// From when on its rows are erased.
    pub erase_after: Option<DateTime<Utc>>,
    /// When they were.
    pub erased_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
}

/// How many items of an outcome there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeCount {
    /// The outcome.
    pub outcome: ReconciliationOutcome,
    /// All of them.
    pub all: i64,
    /// Those that are settled.
    pub resolved: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = lists)]
pub(super) struct ListRow {
    pub(super) id: Uuid,
    title: String,
    list_agency: String,
    period_from: NaiveDate,
    period_to: NaiveDate,
    kind: Option<String>,
    kato: Option<String>,
    status: String,
    organisation_id: Uuid,
    organisation_agency: String,
    organisation_kato: String,
    created_by: Uuid,
    pub(super) created_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    erase_after: Option<DateTime<Utc>>,
    erased_at: Option<DateTime<Utc>>,
    version: i64,
}

impl ListRow {
    pub(super) fn into_list(self) -> Result<Reconciliation, StorageError> {
        let id = self.id;
        Ok(Reconciliation {
            id: id.into(),
            title: rows::parse(&self.title, TABLE, "title", id)?,
            agency: rows::parse(&self.list_agency, TABLE, "list_agency", id)?,
            period: (self.period_from, self.period_to),
            kind: rows::parse_optional(self.kind.as_deref(), TABLE, "kind", id)?,
            kato: rows::parse_optional(self.kato.as_deref(), TABLE, "kato", id)?,
            status: rows::parse(&self.status, TABLE, "status", id)?,
            organisation: organisation_ref(self.organisation_id, &self.organisation_agency, &self.organisation_kato)?,
            created_by: self.created_by.into(),
            created_at: self.created_at,
            closed_at: self.closed_at,
            erase_after: self.erase_after,
            erased_at: self.erased_at,
            version: self.version,
        })
    }
}

impl Reconciliation {
    /// What the permission table says about it.
    pub(super) fn verdict(&self, actor: &Actor, action: Action) -> Verdict {
        decide(actor, action, &Subject::Reconciliation(&self.organisation))
    }
}

impl Tx<'_> {
    /// Loads a reconciliation with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn reconciliation_for(
        &mut self,
        id: ReconciliationId,
        action: Action,
    ) -> Result<Authorized<Reconciliation>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let row: Option<ListRow> = lists::table
            .find(id.as_uuid())
            .select(ListRow::as_select())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(row) = row else { return Err(AccessError::Denied(Denial::NotFound)) };
        let list = row.into_list()?;
        let actor = &self.actor;
        let list = self.decide(action, list, |list| list.verdict(actor, action))?;
        if action == Action::ReconciliationRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(list)
    }

    /// How many items of each outcome a reconciliation has; every outcome once.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn reconciliation_counts(
        &mut self,
        list: &Authorized<Reconciliation>,
    ) -> Result<Vec<OutcomeCount>, StorageError> {
        let found: Vec<(String, Option<String>, i64)> = items::table
            .filter(items::reconciliation_id.eq(list.id.as_uuid()))
            .group_by((items::outcome, items::resolution))
            .select((items::outcome, items::resolution, count_star()))
            .load(self.connection)?;
        let count = |outcome: &ReconciliationOutcome| {
            let rows = || found.iter().filter(|row| row.0 == outcome.as_str());
            OutcomeCount {
                outcome: *outcome,
                all: rows().map(|row| row.2).sum(),
                resolved: rows().filter(|row| row.1.is_some()).map(|row| row.2).sum(),
            }
        };
        Ok(ReconciliationOutcome::ALL.iter().map(count).collect())
    }
}
