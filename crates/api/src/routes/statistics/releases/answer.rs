//! `POST /statistics/releases/{id}/parts/{part}/answer`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{ReleaseId, ReleasePartId};
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::release::{PartAnswer, ReleaseAction, next};
use qorgan_domain::text::Reason;

use super::view::PartView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What an agency says of its part.
    #[schema(as = ReleasePartAnswerRequest, example = json!({"answer": "objected", "comment": "Two facts of March were entered in April."}))]
    pub struct AnswerRequest {
        /// Right or not.
        pub answer: PartAnswer,
        /// Why; needed for an objection. No names of children.
        pub comment: Option<Reason>,
    }
}

/// Confirm the part of one's agency in a proposed release, or object.
///
/// Every answer stays, and the last one counts, until the release is published or withdrawn. An objection holds the release
/// up until it is taken back or the statistics office says why it does not follow it.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_part_answer",
    params(("id" = ReleaseId, Path), ("part" = ReleasePartId, Path), IfMatch, IdempotencyKey),
    request_body = AnswerRequest,
    responses(
        (status = 200, body = PartView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_part_answer"))),
)]
#[post("/statistics/releases/{id}/parts/{part}/answer")]
pub async fn release_part_answer(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    part: PathId<ReleasePartId, 1>,
    if_match: IfMatch,
    body: Body<AnswerRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        // Asked for before the release is held, and read again after.
        tx.release_part_for(id.0, part.0, Action::ReleasePartAnswer)?;
        let status = tx.release_hold(id.0)?;
        let found = tx.release_part_for(id.0, part.0, Action::ReleasePartAnswer)?;
        unchanged(found.version(), if_match)?;
        next(status, ReleaseAction::Answer)
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal.code()))?;
        if request.answer == PartAnswer::Objected && request.comment.is_none() {
            return Err(Problem::field("/comment", Issue::new("required_here")));
        }
        tx.release_part_answer(&found, request.answer, request.comment.as_ref())?;
        let found = tx.release_part_for(id.0, part.0, Action::ReleasePartRead)?;
        Ok(Answer::ok(&PartView::from(&*found))?.etag(found.version()))
    })
    .await
}
