//! `GET /register/reconciliations/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ReconciliationId;
use qorgan_domain::policy::Action;

use super::view::SummaryView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a reconciliation: how many rows matched, differ, are known to one side only.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_get",
    params(("id" = ReconciliationId, Path)),
    responses((status = 200, body = SummaryView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_read"))),
)]
#[get("/register/reconciliations/{id}")]
pub async fn reconciliation_get(ctx: Ctx, id: PathId<ReconciliationId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let list = tx.reconciliation_for(id.0, Action::ReconciliationRead)?;
        let counts = tx.reconciliation_counts(&list)?;
        Ok(Answer::ok(&SummaryView::of(&list, &counts))?.etag(list.version))
    })
    .await
}
