//! Reading the audit log: auditors only.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::policy::Action;
use uuid::Uuid;

use crate::page::Page;
use crate::schema::audit_events;
use crate::{AccessError, StorageError, Tx};

/// Which audit events to show. Times are of the event; `before` is the key of the page before.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this case.
    pub case: Option<Uuid>,
    /// By this user.
    pub actor: Option<Uuid>,
    /// Not earlier than.
    pub from: Option<DateTime<Utc>>,
    /// Earlier than.
    pub to: Option<DateTime<Utc>>,
    /// Earlier in the log than this sequence number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

/// One event of the audit log.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
#[allow(missing_docs, reason = "named like the columns")]
pub struct AuditRow {
    pub id: Uuid,
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub actor_id: Option<Uuid>,
    pub organisation_id: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub action: String,
    pub resource_kind: String,
    pub resource_id: Option<Uuid>,
    pub case_id: Option<Uuid>,
    pub outcome: String,
    pub reason: Option<String>,
    pub request_id: Option<String>,
    pub subjects: Vec<Uuid>,
}

impl Tx<'_> {
    /// The audit log, newest first. Reading it is audited too.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn audit_list(&mut self, filter: &AuditFilter) -> Result<Page<AuditRow, i64>, AccessError> {
        self.authorize(Action::AuditRead)?;
        let mut query = audit_events::table.select(AuditRow::as_select()).into_boxed();
        if let Some(case) = filter.case {
            query = query.filter(audit_events::case_id.eq(case));
        }
        if let Some(actor) = filter.actor {
            query = query.filter(audit_events::actor_id.eq(actor));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_events::at.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit_events::at.lt(to));
        }
        if let Some(before) = filter.before {
            query = query.filter(audit_events::seq.lt(before));
        }
        let rows = query
            .order(audit_events::seq.desc())
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        self.audit(Action::AuditRead, None, filter.case);
        Ok(Page::of(rows, filter.limit, |row: &AuditRow| row.seq))
    }
}
