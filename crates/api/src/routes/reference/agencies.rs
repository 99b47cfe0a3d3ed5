//! `GET /agencies`.

use actix_web::{HttpResponse, get};

use super::view::AgencyView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::Page;

/// List all agencies, by code: one page.
#[utoipa::path(
    tag = "reference",
    operation_id = "agency_list",
    responses((status = 200, body = Page<AgencyView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/agencies")]
pub async fn agency_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let items = tx.agency_list()?.into_iter().map(|row| AgencyView::of(row, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
