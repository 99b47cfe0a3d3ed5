//! Audit rows are written in the transaction of what they tell; a refusal in one of its own.

use diesel::prelude::*;
use qorgan_domain::policy::{Action, Actor};
use uuid::Uuid;

use crate::schema::audit_events;
use crate::unit_of_work::{Attempt, Entry};
use crate::{Database, StorageError, Tx};

/// An audit row gathered in a unit of work.
#[derive(Debug, Clone)]
pub struct PendingAudit {
    action: Action,
    resource: Option<Uuid>,
    case: Option<Uuid>,
    subjects: Vec<Uuid>,
    /// The code of the refusal, where it was refused.
    refusal: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_events)]
struct NewAuditRow<'a> {
    id: Uuid,
    at: chrono::DateTime<chrono::Utc>,
    actor_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    session_id: Option<Uuid>,
    action: &'a str,
    resource_kind: &'a str,
    resource_id: Option<Uuid>,
    case_id: Option<Uuid>,
    outcome: &'a str,
    reason: Option<&'a str>,
    request_id: Option<&'a str>,
    subjects: &'a [Uuid],
}

impl Tx<'_> {
    /// Notes that the action was done to a record.
    pub fn audit(&mut self, action: Action, resource: impl Into<Option<Uuid>>, case: Option<Uuid>) {
        let resource = resource.into();
        self.audits.push(PendingAudit { action, resource, case, subjects: Vec::new(), refusal: None });
    }

    /// Notes that the action showed several records, as a list or a search does.
    pub fn audit_many(&mut self, action: Action, subjects: Vec<Uuid>) {
        self.audits.push(PendingAudit { action, resource: None, case: None, subjects, refusal: None });
    }

    /// Notes that the action was refused for a record, where the rest of the unit of work goes on.
    pub fn audit_refused(&mut self, action: Action, resource: Uuid, case: Option<Uuid>, reason: &str) {
        let refusal = Some(reason.to_owned());
        self.audits.push(PendingAudit { action, resource: Some(resource), case, subjects: Vec::new(), refusal });
    }

    pub(crate) fn flush_audits(&mut self) -> Result<(), StorageError> {
        if self.audits.is_empty() {
            return Ok(());
        }
        let audits = std::mem::take(&mut self.audits);
        let rows: Vec<NewAuditRow<'_>> = audits
            .iter()
            .map(|audit| NewAuditRow {
                id: Uuid::now_v7(),
                at: self.now,
                actor_id: Some(self.actor.user.as_uuid()),
                organisation_id: Some(self.actor.organisation.id.as_uuid()),
                session_id: Some(self.actor.session.as_uuid()),
                action: audit.action.as_str(),
                resource_kind: audit.action.resource().as_str(),
                resource_id: audit.resource,
                case_id: audit.case,
                outcome: if audit.refusal.is_none() { "done" } else { "refused" },
                reason: audit.refusal.as_deref(),
                request_id: Some(&self.request_id),
                subjects: &audit.subjects,
            })
            .collect();
        diesel::insert_into(audit_events::table).values(&rows).execute(self.connection)?;
        Ok(())
    }
}

diesel::define_sql_function! {
    fn set_config(name: diesel::sql_types::Text, value: diesel::sql_types::Text, local: diesel::sql_types::Bool) -> diesel::sql_types::Text;
}

impl Database {
    /// Audits a refused attempt. Its transaction was rolled back, but a refusal may show records (possible
    /// duplicates, say): those that `audits` gathered stand in the row.
    pub(crate) fn audit_refusal(
        &self,
        actor: &Actor,
        attempt: Attempt,
        audits: &[PendingAudit],
        entry: &Entry,
        reason: &str,
    ) -> Result<(), StorageError> {
        let subjects: Vec<Uuid> = audits.iter().flat_map(|audit| audit.subjects.iter().copied()).collect();
        self.without_session(|connection| {
            // Row security lets one sign with one's own name only.
            diesel::select(set_config("qorgan.user_id", actor.user.to_string(), true)).execute(connection)?;
            let row = NewAuditRow {
                id: Uuid::now_v7(),
                at: entry.now,
                actor_id: Some(actor.user.as_uuid()),
                organisation_id: Some(actor.organisation.id.as_uuid()),
                session_id: Some(actor.session.as_uuid()),
                action: attempt.action.as_str(),
                resource_kind: attempt.action.resource().as_str(),
                resource_id: attempt.resource,
                case_id: attempt.case,
                outcome: "refused",
                reason: Some(reason),
                request_id: Some(&entry.request_id),
                subjects: &subjects,
            };
            diesel::insert_into(audit_events::table).values(&row).execute(connection)?;
            Ok(())
        })
    }

    /// Audits an attempt to log in; `user` is known where the name was.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn audit_authentication(&self, event: &AuthenticationAudit<'_>) -> Result<(), StorageError> {
        self.without_session(|connection| write_authentication(connection, event))
    }
}

/// Audits an attempt to log in in the transaction of what came of it.
pub fn write_authentication(
    connection: &mut PgConnection,
    event: &AuthenticationAudit<'_>,
) -> Result<(), StorageError> {
    let row = NewAuditRow {
        id: Uuid::now_v7(),
        at: event.now,
        actor_id: None,
        organisation_id: None,
        session_id: event.session,
        action: event.action,
        resource_kind: "session",
        resource_id: event.user,
        case_id: None,
        outcome: if event.refusal.is_none() { "done" } else { "refused" },
        reason: event.refusal,
        request_id: Some(event.request_id),
        subjects: &[],
    };
    diesel::insert_into(audit_events::table).values(&row).execute(connection)?;
    Ok(())
}

/// An attempt to log in, to refresh or to get a token.
#[derive(Debug, Clone, Copy)]
pub struct AuthenticationAudit<'a> {
    /// `login`, `refresh`, `token`.
    pub action: &'a str,
    /// The account, if the name was known.
    pub user: Option<Uuid>,
    /// The session that was opened or named.
    pub session: Option<Uuid>,
    /// The code of the refusal, if it was refused.
    pub refusal: Option<&'a str>,
    /// When.
    pub now: chrono::DateTime<chrono::Utc>,
    /// The request's id.
    pub request_id: &'a str,
}
