//! `GET /classifiers/{name}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::policy::Action;

use super::labels;
use super::view::{ClassifierItemView, ClassifierView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::PathId;

/// Read a classifier: the codes of a closed vocabulary with their words.
///
/// Names: `account_kind`, `age_group`, `case_action`, `case_event_kind`, `child_role`, `closure_outcome`,
/// `escalation_target`, `fact_kind`, `fact_status`, `organisation_kind`, `participant_role`, `plan_status`, `relation`,
/// `review_conclusion`, `risk_level`, `role`, `scope`, `section`, `setting`, `sex`, `signal_channel`, `signal_status`,
/// `stage`, `suicidal_level`, `task_origin`, `task_status`, `triage_decision`, `urgency`, `violence_form`.
#[utoipa::path(
    tag = "reference",
    operation_id = "classifier_get",
    params(("name" = String, Path, example = "risk_level")),
    responses((status = 200, body = ClassifierView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/classifiers/{name}")]
pub async fn classifier_get(ctx: Ctx, name: PathId<String>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        tx.authorize(Action::ReferenceRead)?;
        let labels = labels::of(&name.0).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        Answer::ok(&ClassifierView {
            name: name.0,
            provisional: labels::PROVISIONAL,
            items: labels.iter().map(|label| ClassifierItemView::of(label, language)).collect(),
        })
    })
    .await
}
