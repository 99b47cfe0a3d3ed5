//! The reference data of the in-school register: legal regimes and grounds.

use actix_web::{HttpResponse, get};

use super::view::{GroundView, RegimeView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::Page;

/// List the legal regimes, with what each is called from which day to which: one page.
#[utoipa::path(
    tag = "reference",
    operation_id = "legal_regime_list",
    responses((status = 200, body = Page<RegimeView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/legal-regimes")]
pub async fn legal_regime_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let items = tx.legal_regime_list()?.into_iter().map(|row| RegimeView::of(row, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

/// List the grounds on which pupils are placed on the in-school register and removed from it: one page.
#[utoipa::path(
    tag = "reference",
    operation_id = "school_register_ground_list",
    responses((status = 200, body = Page<GroundView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/in-school-register/grounds")]
pub async fn school_register_ground_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let items = tx.school_register_ground_list()?.into_iter().map(|row| GroundView::of(row, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
