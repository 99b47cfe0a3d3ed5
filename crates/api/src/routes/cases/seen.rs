//! `POST /cases/{id}/seen`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Note that you have looked at a case: it leaves your worklist `new_for_me` until something new comes.
///
/// An app sends it when a person has opened the case; reading a case by itself notes nothing.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_seen",
    params(("id" = CaseId, Path)),
    responses((status = 204)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[post("/cases/{id}/seen")]
pub async fn case_seen(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        tx.case_mark_seen(&case)?;
        Ok(Answer::no_content())
    })
    .await
}
