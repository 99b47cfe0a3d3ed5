//! `POST /cases/{id}/attachments/{attachment_id}/withdraw`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::may_withdraw;
use qorgan_domain::ids::{AttachmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;

use super::view::AttachmentJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// Why a document is withdrawn.
    #[schema(example = json!({"reason": "Attached to the wrong case."}))]
    pub struct WithdrawRequest {
        /// Why; it is kept in the section of the document.
        #[schema(value_type = String, min_length = 3, max_length = 2000)]
        pub reason: Reason,
    }
}

/// Withdraw a document that your organisation attached: its content is no longer handed out, its record stays.
#[utoipa::path(
    tag = "cases",
    operation_id = "attachment_withdraw",
    params(("id" = CaseId, Path), ("attachment_id" = AttachmentId, Path), IfMatch, IdempotencyKey),
    request_body = WithdrawRequest,
    responses(
        (status = 200, body = AttachmentJson, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("attachment_withdraw"))),
)]
#[post("/cases/{id}/attachments/{attachment_id}/withdraw")]
pub async fn attachment_withdraw(
    ctx: Ctx,
    id: PathId<CaseId>,
    attachment: PathId<AttachmentId, 1>,
    if_match: IfMatch,
    body: Body<WithdrawRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::AttachmentWithdraw)?;
        let known = tx.attachment_of(&case, attachment.0)?;
        may_withdraw(tx.actor(), known.content.organisation.0, known.withdrawn.is_some())
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal.code()))?;
        unchanged(known.version, if_match)?;
        tx.attachment_withdraw(&case, &known, &reason)?;
        let view = tx.attachment_of(&case, attachment.0)?;
        let version = view.version;
        Ok(Answer::ok(&AttachmentJson::from(view))?.etag(version))
    })
    .await
}
