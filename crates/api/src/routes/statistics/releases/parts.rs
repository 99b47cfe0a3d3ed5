//! `GET /statistics/releases/{id}/parts` and `…/parts/{part}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::{ReleaseId, ReleasePartId};
use qorgan_domain::policy::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{PartFullView, PartView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// The parts of a release.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleaseParts)]
pub struct PartsView {
    /// One for every agency and every city or district of its organisations: at most a few hundred.
    items: Vec<PartView>,
}

/// List the parts of a release: those that the caller answers for. The statistics office sees all.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_part_list",
    params(("id" = ReleaseId, Path)),
    responses((status = 200, body = PartsView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_part_read"))),
)]
#[get("/statistics/releases/{id}/parts")]
pub async fn release_part_list(ctx: Ctx, id: PathId<ReleaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        tx.authorize(Action::ReleasePartRead)?;
        let release = tx.release_for(id.0, Action::ReleaseRead)?;
        let parts = tx.release_parts(&release)?;
        Answer::ok(&PartsView { items: parts.iter().map(PartView::from).collect() })
    })
    .await
}

/// Read the part of an agency in a release, with its numbers.
///
/// They are exact counts of the facts that organisations of the agency in this city or district reported first, which whoever
/// answers for the part may read fact by fact.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_part_get",
    params(("id" = ReleaseId, Path), ("part" = ReleasePartId, Path)),
    responses((status = 200, body = PartFullView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_part_read"))),
)]
#[get("/statistics/releases/{id}/parts/{part}")]
pub async fn release_part_get(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    part: PathId<ReleasePartId, 1>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let part = tx.release_part_for(id.0, part.0, Action::ReleasePartRead)?;
        let tables = tx.release_part_tables(&part)?;
        Ok(Answer::ok(&PartFullView::of(&part, &tables, language))?.etag(part.version()))
    })
    .await
}
