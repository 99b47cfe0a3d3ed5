//! `GET /statistics/releases/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ReleaseId;
use qorgan_domain::policy::{Action, may_ever};
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::release::ReleaseStatus;

use super::view::ReleaseFullView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a release: its period, its edition, where it stands, which tables it has.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_get",
    params(("id" = ReleaseId, Path)),
    responses((status = 200, body = ReleaseFullView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_read"))),
)]
#[get("/statistics/releases/{id}")]
pub async fn release_get(ctx: Ctx, id: PathId<ReleaseId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let release = tx.release_for(id.0, Action::ReleaseRead)?;
        let open = release.status == ReleaseStatus::Published || may_ever(tx.actor(), Action::ReleaseManage);
        let tables = if open { tx.release_tables(&release, StatisticsMethod::Protected)? } else { Vec::new() };
        let view = ReleaseFullView::of(&release, &tables, tx.actor(), language);
        Ok(Answer::ok(&view)?.etag(release.version))
    })
    .await
}
