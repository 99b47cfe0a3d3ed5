//! `POST /cases/{id}/participants`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::{CaseId, OrganisationId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;

use super::view::{CaseView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};
use crate::routes::stage::stage_problem;

request! {
    /// An organisation that is to work on the case.
    #[schema(example = json!({"organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "Medical examination needed"}))]
    pub struct ParticipantRequest {
        /// The organisation.
        pub organisation_id: OrganisationId,
        /// Why.
        pub reason: Reason,
    }
}

/// Make another organisation a participant of the case: it sees the case from then on.
#[utoipa::path(
    tag = "cases",
    operation_id = "participant_add",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = ParticipantRequest,
    responses(
        (status = 201, body = CaseView, headers(("Location" = String))),
        (status = 409, description = "already_participant"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("participant_add"))),
)]
#[post("/cases/{id}/participants")]
pub async fn participant_add(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<ParticipantRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::ParticipantAdd)?;
        may_write(CasePart::Participant, case.state.stage).map_err(stage_problem)?;
        let organisation = tx
            .organisation_ref(request.organisation_id)?
            .ok_or_else(|| Problem::field("/organisation_id", Issue::new("unknown_organisation")))?;
        if tx.participants_add(&case, &[organisation], request.reason.as_str())? == 0 {
            return Err(Problem::new(ProblemCode::AlreadyParticipant));
        }
        tx.audit(Action::ParticipantAdd, request.organisation_id.as_uuid(), Some(case.id.as_uuid()));
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let evidence = tx.case_evidence(&case)?;
        Answer::created(location(case.id), &CaseView::of(&case, &evidence, tx, language))
    })
    .await
}
