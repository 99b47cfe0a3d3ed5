//! `POST /assessment-instruments/{code}/versions`.

use actix_web::{HttpResponse, post};
use qorgan_domain::assessments::check::check;
use qorgan_domain::assessments::{AssessmentCode, Definition};
use qorgan_domain::policy::Action;
use qorgan_storage::assessments::Published;

use super::definition::DefinitionJson;
use super::view::InstrumentView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldError, Issue, Problem, ProblemCode};
use crate::request::{Body, IdempotencyKey, PathId};

/// Most faults of a definition that one answer lists.
const MAX_FAULTS: usize = 100;

/// Publish a version of an instrument; the first one makes the instrument.
///
/// A version is never changed: assessments refer to it, and running drafts keep theirs. What the newest version says
/// already is not published twice.
#[utoipa::path(
    tag = "reference",
    operation_id = "instrument_publish",
    params(("code" = String, Path, example = "needs_and_safety"), IdempotencyKey),
    request_body = DefinitionJson,
    responses(
        (status = 201, body = InstrumentView, headers(("Location" = String))),
        (status = 200, description = "The newest version says the same", body = InstrumentView),
        (status = 409, description = "id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("instrument_manage"))),
)]
#[post("/assessment-instruments/{code}/versions")]
pub async fn instrument_publish(
    ctx: Ctx,
    code: PathId<String>,
    body: Body<DefinitionJson>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let definition = Definition::from(body.value);
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::InstrumentManage)?;
        let code = AssessmentCode::new(&code.0).map_err(|_| Problem::new(ProblemCode::NotFound))?;
        let today = tx.today();
        let mut faults: Vec<FieldError> = check(&definition)
            .into_iter()
            .take(MAX_FAULTS)
            .map(|fault| FieldError::new(fault.pointer, fault.invalid.into()))
            .collect();
        let repeated = tx.instrument_versions(&code)?.first().is_some_and(|newest| newest.definition == definition);
        if definition.valid_from < today && !repeated {
            faults.push(FieldError::new("/valid_from", Issue::new("date_past")));
        }
        if !faults.is_empty() {
            let problem = Problem::new(ProblemCode::ValidationFailed);
            return Err(faults.into_iter().fold(problem, Problem::with_error));
        }
        match tx.instrument_publish(&permit, &code, definition)? {
            Published::New(new) => {
                let location = format!("/api/v1/assessment-instruments/{code}");
                Answer::created(location, &InstrumentView::of(new, today, language))
            }
            Published::Repeated(known) => Answer::ok(&InstrumentView::of(known, today, language)),
        }
    })
    .await
}
