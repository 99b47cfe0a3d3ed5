//! The placements of one child: on a case, or by itself.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::{CaseId, ChildId};
use qorgan_domain::policy::Action;
use qorgan_storage::Tx;
use qorgan_storage::school_register::Placement;

use super::view::{Names, PlacementView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Language, Page, PathId};

/// List the placements of the child of a case, the latest first: one page.
///
/// Roles of education read all of it. Others see that there is a placement: what it is called, where, since when.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "case_school_placement_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<PlacementView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/in-school-register")]
pub async fn case_school_placement_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let placements = tx.placements_of_child(case.child_id, true)?;
        page(tx, placements, language)
    })
    .await
}

/// List the placements of a child of one's school, the latest first: one page.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "child_school_placement_list",
    params(("id" = ChildId, Path)),
    responses((status = 200, body = Page<PlacementView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_read"))),
)]
#[get("/children/{id}/in-school-register")]
pub async fn child_school_placement_list(ctx: Ctx, id: PathId<ChildId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let child = tx.child_for(id.0, Action::SchoolRegisterRead)?;
        let placements = tx.placements_of_child(child.id, false)?;
        page(tx, placements, language)
    })
    .await
}

fn page(tx: &mut Tx<'_>, placements: Vec<Placement>, language: Language) -> Result<Answer, Problem> {
    let names = Names::load(tx, language)?;
    let items = placements.into_iter().map(|placement| PlacementView::of(placement, &names)).collect();
    Answer::ok(&Page { items, next_cursor: None })
}
