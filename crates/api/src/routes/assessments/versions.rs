//! `GET /assessment-instruments/{code}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::assessments::AssessmentCode;

use super::view::InstrumentView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::{Page, PathId};

/// Read all versions of an instrument, the newest first: one page.
#[utoipa::path(
    tag = "reference",
    operation_id = "instrument_versions",
    params(("code" = String, Path, example = "needs_and_safety")),
    responses((status = 200, body = Page<InstrumentView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/assessment-instruments/{code}")]
pub async fn instrument_versions(ctx: Ctx, code: PathId<AssessmentCode>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let today = tx.today();
        let found = tx.instrument_versions(&code.0)?;
        if found.is_empty() {
            return Err(Problem::new(ProblemCode::NotFound));
        }
        let items = found.into_iter().map(|one| InstrumentView::of(one, today, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
