//! `GET /audit/events`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::{CaseId, UserId};
use qorgan_storage::audit::AuditFilter;

use super::view::AuditEventView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldError, Issue, Problem, ProblemCode};
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which events to list.
    pub struct AuditQuery {
        /// Of this case.
        pub case_id: Option<CaseId>,
        /// By this user.
        pub actor: Option<UserId>,
        /// Not earlier than this time.
        pub from: Option<DateTime<Utc>>,
        /// Earlier than this time.
        pub to: Option<DateTime<Utc>>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<i64>>,
    }
}

/// List the audit log, newest first. Reading it is audited too.
#[utoipa::path(
    tag = "audit",
    operation_id = "audit_event_list",
    params(AuditQuery),
    responses((status = 200, body = Page<AuditEventView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("audit_read"))),
)]
#[get("/audit/events")]
pub async fn audit_event_list(ctx: Ctx, query: Query<AuditQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
        let error = FieldError::new("to", Issue::new("period_reversed"));
        return Err(Problem::new(ProblemCode::InvalidQuery).with_error(error));
    }
    let filter = AuditFilter {
        case: query.case_id.map(Into::into),
        actor: query.actor.map(Into::into),
        from: query.from,
        to: query.to,
        before: query.cursor.map(|cursor| cursor.0),
        limit: query.limit.unwrap_or_default().get(),
    };
    ctx.answer(move |tx| {
        let page = tx.audit_list(&filter)?;
        Answer::ok(&Page {
            items: page.items.into_iter().map(AuditEventView::from).collect(),
            next_cursor: next_cursor(page.next)?,
        })
    })
    .await
}
