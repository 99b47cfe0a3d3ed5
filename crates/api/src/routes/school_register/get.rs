//! `GET /in-school-register/{id}` and its versions.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::ids::PlacementId;
use qorgan_domain::policy::Action;

use super::view::{Names, PlacementVersionView, PlacementView, answer_with};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Page, PathId, Query};

query! {
    /// Which versions to list.
    pub struct VersionQuery {
        /// Only the version that stood when this day ended.
        pub as_of: Option<NaiveDate>,
    }
}

/// Read a placement of a school in scope.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "school_placement_get",
    params(("id" = PlacementId, Path)),
    responses((status = 200, body = PlacementView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_read"))),
)]
#[get("/in-school-register/{id}")]
pub async fn school_placement_get(ctx: Ctx, id: PathId<PlacementId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let names = Names::load(tx, language)?;
        let (view, version) = answer_with(tx, id.0, &names)?;
        Ok(Answer::ok(&view)?.etag(version))
    })
    .await
}

/// List the versions of a placement, the first first: one page. Nothing is ever overwritten.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "school_placement_versions",
    params(("id" = PlacementId, Path), VersionQuery),
    responses((status = 200, body = Page<PlacementVersionView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_read"))),
)]
#[get("/in-school-register/{id}/versions")]
pub async fn school_placement_versions(
    ctx: Ctx,
    id: PathId<PlacementId>,
    query: Query<VersionQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let end = query.0.as_of.map(end_of_day);
    ctx.answer(move |tx| {
        let placement = tx.placement_for(id.0, Action::SchoolRegisterRead)?;
        let names = Names::load(tx, language)?;
        let mut versions = tx.placement_versions(&placement)?;
        if let Some(end) = end {
            versions.retain(|version| {
                version.recorded_at < end && version.superseded_at.is_none_or(|superseded| superseded >= end)
            });
        }
        let items = versions.into_iter().map(|version| PlacementVersionView::of(version, &names)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
