//! `POST /cases/{id}/transitions`: the lifecycle.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::lifecycle::{Command, Transition, decide};
use qorgan_domain::cases::{CaseAction, ClosureOutcome, EscalationTarget};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::{Case, Told};
use qorgan_storage::{Authorized, StorageError, Tx};

use super::view::CaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::stale::{Wanted, case_overtaken, case_unchanged};

request! {
    /// An action of the lifecycle, with what it needs to be told.
    #[schema(example = json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Three reviews without a new sign."}))]
    pub struct TransitionRequest {
        /// The action.
        pub action: CaseAction,
        /// Why: for `propose_closure`, `reject_closure`, `reopen` and `escalate`.
        pub reason: Option<Reason>,
        /// How the case ended: for `propose_closure`.
        pub outcome: Option<ClosureOutcome>,
        /// Where to: for `escalate`.
        pub escalate_to: Option<EscalationTarget>,
    }
}

/// Take an action of a case's lifecycle.
///
/// A refusal (409) names everything that is missing. The right depends on the action: `plan_approve` for
/// `approve_plan`, `closure_decide` for `approve_closure` and `reject_closure`, `case_reopen` for `reopen`,
/// `case_escalate` for `escalate`, `case_advance` for all others.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_transition",
    params(("id" = CaseId, Path), IfMatch, IdempotencyKey),
    request_body = TransitionRequest,
    responses(
        (status = 200, body = CaseView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_advance"))),
)]
#[post("/cases/{id}/transitions")]
pub async fn case_transition(
    ctx: Ctx,
    id: PathId<CaseId>,
    if_match: IfMatch,
    body: Body<TransitionRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let right = Action::of_lifecycle(request.action);
        let case = tx.case_for(id.0, right)?;
        case_unchanged(tx, &case, if_match, &Wanted::new(), language)?;
        let evidence = tx.case_evidence(&case)?;
        let command = command(tx, &case, &request)?;
        let transition = decide(&case.state, &evidence, &command, case.decider(tx.actor()), tx.now())?;
        if let Err(error) = write(tx, &case, &transition, request) {
            return Err(case_overtaken(tx, error, (id.0, right), if_match.0, &Wanted::new(), language));
        }
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let evidence = tx.case_evidence(&case)?;
        Ok(Answer::ok(&CaseView::of(&case, &evidence, tx, language))?.etag(case.version))
    })
    .await
}

/// The command, with the rules of time that it needs.
fn command(tx: &mut Tx<'_>, case: &Case, request: &TransitionRequest) -> Result<Command, Problem> {
    let has_reason = request.reason.is_some();
    Ok(match request.action {
        CaseAction::StartAssessment => Command::StartAssessment,
        CaseAction::CompleteAssessment => Command::CompleteAssessment,
        CaseAction::ApprovePlan => Command::ApprovePlan { review_interval_days: review_interval(tx, case)? },
        CaseAction::StartReview => Command::StartReview,
        CaseAction::Continue => Command::Continue { review_interval_days: review_interval(tx, case)? },
        CaseAction::Replan => Command::Replan,
        CaseAction::ProposeClosure => Command::ProposeClosure { outcome: request.outcome, has_reason },
        CaseAction::ApproveClosure => Command::ApproveClosure,
        CaseAction::RejectClosure => Command::RejectClosure { has_reason },
        CaseAction::Reopen => Command::Reopen { has_reason },
        CaseAction::Escalate => Command::Escalate { to: request.escalate_to, has_reason },
    })
}

fn review_interval(tx: &mut Tx<'_>, case: &Case) -> Result<u16, Problem> {
    let today = tx.today();
    Ok(tx.review_interval_days(case.state.risk_level, today)?)
}

fn write(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    transition: &Transition,
    request: TransitionRequest,
) -> Result<(), StorageError> {
    if transition.action == CaseAction::ApprovePlan {
        tx.plan_approve(case)?;
    }
    if let Some(target) = request.escalate_to.filter(|_| transition.action == CaseAction::Escalate) {
        tx.participants_escalate(case, target)?;
    }
    let told = Told { reason: request.reason, outcome: request.outcome, escalate_to: request.escalate_to };
    tx.case_transition(case, transition, &told)
}
