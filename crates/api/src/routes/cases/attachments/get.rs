//! `GET /cases/{id}/attachments/{attachment_id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::{AttachmentId, CaseId};
use qorgan_domain::policy::Action;

use super::view::AttachmentJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read what is known of a document of a case; its content is at `…/content`.
#[utoipa::path(
    tag = "cases",
    operation_id = "attachment_get",
    params(("id" = CaseId, Path), ("attachment_id" = AttachmentId, Path)),
    responses((status = 200, body = AttachmentJson, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/attachments/{attachment_id}")]
pub async fn attachment_get(
    ctx: Ctx,
    id: PathId<CaseId>,
    attachment: PathId<AttachmentId, 1>,
) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let view = tx.attachment_of(&case, attachment.0)?;
        let version = view.version;
        Ok(Answer::ok(&AttachmentJson::from(view))?.etag(version))
    })
    .await
}
