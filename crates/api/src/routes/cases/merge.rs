//! `POST /cases/{id}/merge`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::merge::{MergeRefusal, MergeSide, merge};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::Case;
use qorgan_storage::{AccessError, Denial, Tx};

use super::view::CaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// The case in which the work goes on.
    #[schema(example = json!({"into": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "Opened twice for the same bruises."}))]
    pub struct MergeRequest {
        /// The surviving case, of the same child.
        pub into: CaseId,
        /// Why.
        pub reason: Reason,
    }
}

/// Merge a duplicate into another case of the same child; answers with the surviving case.
///
/// Nothing is moved or lost: the merged case is closed with outcome `merged` and points to the surviving one; its
/// notes, reports, plans and participants stay readable there, and the timeline of the surviving case shows both. The
/// participants of each become participants of the other. Open tasks go on in the surviving case, as mandatory as
/// they were; its risk is the greater of the two. A merged case is never opened again. You need the right on both.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_merge",
    params(("id" = CaseId, Path), IfMatch, IdempotencyKey),
    request_body = MergeRequest,
    responses(
        (status = 200, body = CaseView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_merge"))),
)]
#[post("/cases/{id}/merge")]
pub async fn case_merge(
    ctx: Ctx,
    id: PathId<CaseId>,
    if_match: IfMatch,
    body: Body<MergeRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.case_for(id.0, Action::CaseMerge)?;
        tx.case_merge_begin(id.0, request.into)?;
        let merged = tx.case_for(id.0, Action::CaseMerge)?;
        unchanged(merged.version, if_match)?;
        let surviving = tx.case_for(request.into, Action::CaseMerge).map_err(|error| match error {
            AccessError::Denied(Denial::NotFound) => Problem::field("/into", Issue::new("unknown_case")),
            error => error.into(),
        })?;
        let decided = merge(side(tx, &merged)?, side(tx, &surviving)?).map_err(|refusals| refused(&refusals))?;
        tx.case_merge(&merged, &surviving, decided, &request.reason)?;
        let case = tx.case_for(request.into, Action::CaseRead)?;
        let evidence = tx.case_evidence(&case)?;
        Ok(Answer::ok(&CaseView::of(&case, &evidence, tx, language))?.etag(case.version))
    })
    .await
}

/// The case, with the record that stands for its child now.
fn side(tx: &mut Tx<'_>, case: &Case) -> Result<MergeSide, Problem> {
    Ok(MergeSide {
        id: case.id,
        child: tx.child_survivor(case.child_id)?,
        stage: case.state.stage,
        risk_level: case.state.risk_level,
        merged_into: case.merged_into,
    })
}

/// The first rule in `reason`, all of them in `rules`.
fn refused(refusals: &[MergeRefusal]) -> Problem {
    let problem = Problem::new(ProblemCode::DomainRule).with("rules", refusals);
    refusals.iter().take(1).fold(problem, |problem, refusal| problem.because(refusal))
}
