//! `POST /statistics/releases/{id}/withdraw`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::ReleaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::release::{ReleaseAction, next};
use qorgan_domain::text::Reason;

use super::view::ReleaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// Why a release is given up.
    #[schema(as = ReleaseWithdrawRequest, example = json!({"reason": "An agency corrects its facts first."}))]
    pub struct WithdrawRequest {
        /// Why. No names of children.
        pub reason: Reason,
    }
}

/// Give up a proposed release, so that its period can be proposed anew: after an agency corrected its facts, as of a later
/// day.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_withdraw",
    params(("id" = ReleaseId, Path), IfMatch, IdempotencyKey),
    request_body = WithdrawRequest,
    responses(
        (status = 200, body = ReleaseView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_manage"))),
)]
#[post("/statistics/releases/{id}/withdraw")]
pub async fn release_withdraw(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    if_match: IfMatch,
    body: Body<WithdrawRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.release_for(id.0, Action::ReleaseManage)?;
        let status = tx.release_hold(id.0)?;
        let release = tx.release_for(id.0, Action::ReleaseManage)?;
        unchanged(release.version, if_match)?;
        next(status, ReleaseAction::Withdraw)
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal.code()))?;
        tx.release_withdraw(&release, &request.reason)?;
        let release = tx.release_for(id.0, Action::ReleaseRead)?;
        let version = release.version;
        Ok(Answer::ok(&ReleaseView::of(&release, tx.actor()))?.etag(version))
    })
    .await
}
