//! `GET /protocols`.

use actix_web::{HttpResponse, get};

use super::view::ProtocolView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::Page;

/// List all protocols, by code: one page.
#[utoipa::path(
    tag = "protocols",
    operation_id = "protocol_list",
    responses((status = 200, body = Page<ProtocolView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/protocols")]
pub async fn protocol_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let versions = tx.protocol_list()?;
        let today = tx.today();
        let items = versions
            .chunk_by(|one, next| one.code == next.code)
            .filter_map(|versions| ProtocolView::of(versions, today, language))
            .collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
