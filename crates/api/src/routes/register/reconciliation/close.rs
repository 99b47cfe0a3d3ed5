//! `POST /register/reconciliations/{id}/close`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::ReconciliationId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::reconciliation::{ReconciliationStatus, ResolutionRefusal};

use super::view::SummaryView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// Nothing has to be told.
    #[schema(example = json!({}))]
    pub struct CloseRequest {
    }
}

/// Close a reconciliation. Nothing of it is settled any more; what its rows say is erased after `erase_after`.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_close",
    params(("id" = ReconciliationId, Path), IfMatch, IdempotencyKey),
    request_body = CloseRequest,
    responses(
        (status = 200, body = SummaryView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_write"))),
)]
#[post("/register/reconciliations/{id}/close")]
pub async fn reconciliation_close(
    ctx: Ctx,
    id: PathId<ReconciliationId>,
    if_match: IfMatch,
    body: Body<CloseRequest>,
) -> Result<HttpResponse, Problem> {
    ctx.post(body.sha256, move |tx| {
        let list = tx.reconciliation_for(id.0, Action::ReconciliationWrite)?;
        unchanged(list.version, if_match)?;
        if list.status == ReconciliationStatus::Closed {
            return Err(Problem::new(ProblemCode::DomainRule).because(ResolutionRefusal::Closed.code()));
        }
        tx.reconciliation_close(&list)?;
        let list = tx.reconciliation_for(id.0, Action::ReconciliationRead)?;
        let counts = tx.reconciliation_counts(&list)?;
        Ok(Answer::ok(&SummaryView::of(&list, &counts))?.etag(list.version))
    })
    .await
}
