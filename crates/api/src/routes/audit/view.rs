//! How an event of the audit log looks in JSON.

use chrono::{DateTime, Utc};
use qorgan_domain::ids::{AuditEventId, CaseId, OrganisationId, SessionId, UserId};
use qorgan_storage::audit::AuditRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One event: who did, or tried, what to which record. Codes and ids only, never content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub struct AuditEventView {
    /// Its id.
    id: AuditEventId,
    /// When.
    at: DateTime<Utc>,
    /// Who; `null` before there is a session, and for commands of the operator.
    actor_id: Option<UserId>,
    /// The actor's organisation at that time.
    organisation_id: Option<OrganisationId>,
    /// In which session.
    session_id: Option<SessionId>,
    /// What: an action of the permission table, or `login`, `refresh`, `token`, `password`.
    #[schema(example = "case_read")]
    action: String,
    /// What kind of record.
    #[schema(example = "case")]
    resource_kind: String,
    /// Which record; of a log-in the account, where the name was known.
    resource_id: Option<Uuid>,
    /// The case that it belongs to.
    case_id: Option<CaseId>,
    /// `done` or `refused`.
    #[schema(example = "done")]
    outcome: String,
    /// The code of the refusal; `owner` for what a command of the operator did.
    reason: Option<String>,
    /// The request, as in `X-Request-Id`.
    request_id: Option<String>,
    /// The records that a list or a search showed.
    subjects: Vec<Uuid>,
}

impl From<AuditRow> for AuditEventView {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id.into(),
            at: row.at,
            actor_id: row.actor_id.map(Into::into),
            organisation_id: row.organisation_id.map(Into::into),
            session_id: row.session_id.map(Into::into),
            action: row.action,
            resource_kind: row.resource_kind,
            resource_id: row.resource_id,
            case_id: row.case_id.map(Into::into),
            outcome: row.outcome,
            reason: row.reason,
            request_id: row.request_id,
            subjects: row.subjects,
        }
    }
}
