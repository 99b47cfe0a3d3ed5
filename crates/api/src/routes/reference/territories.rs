//! `GET /territories`.

use actix_web::{HttpResponse, get};

use super::view::TerritoryView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::Page;

/// List all territories, by KATO code: one page.
#[utoipa::path(
    tag = "territory",
    operation_id = "territory_list",
    responses((status = 200, body = Page<TerritoryView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/territories")]
pub async fn territory_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let items = tx.territory_list()?.into_iter().map(|row| TerritoryView::of(row, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
