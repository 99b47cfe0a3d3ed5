//! `POST /cases/{id}/family/{member_id}/consents`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::family::{ConsentForm, ConsentStatus, may_record};
use qorgan_domain::ids::{CaseId, ConsentId, FamilyMemberId, ServiceId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_storage::Tx;
use qorgan_storage::family::{ConsentView, FamilyMember, NewConsent};
use uuid::Uuid;

use super::view::{ConsentJson, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};
use crate::routes::stage::stage_problem;

request! {
    /// A decision of somebody of the family on help.
    #[schema(example = json!({
        "status": "given", "decided_on": "2026-11-20", "form": "written",
        "service_id": "0190a000-0000-7000-8000-000000000029"
    }))]
    pub struct ConsentRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same decision.
        pub id: Option<ConsentId>,
        /// What was decided.
        pub status: ConsentStatus,
        /// When.
        pub decided_on: NaiveDate,
        /// How it was told.
        pub form: ConsentForm,
        /// On which service; on help as a whole where absent.
        pub service_id: Option<ServiceId>,
    }
}

/// Record a decision of somebody of the family on help. Nothing is overwritten: a withdrawal is another decision.
#[utoipa::path(
    tag = "family",
    operation_id = "consent_create",
    params(("id" = CaseId, Path), ("member_id" = FamilyMemberId, Path), IdempotencyKey),
    request_body = ConsentRequest,
    responses(
        (status = 201, body = ConsentJson, headers(("Location" = String))),
        (status = 200, description = "It was recorded before by this very request", body = ConsentJson),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("family_write"))),
)]
#[post("/cases/{id}/family/{member_id}/consents")]
pub async fn consent_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    member_id: PathId<FamilyMemberId, 1>,
    body: Body<ConsentRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::FamilyWrite)?;
        let member = tx.family_member_of(&case, member_id.0)?;
        may_write(CasePart::Help, case.state.stage).map_err(stage_problem)?;
        let new = checked(tx, &member, request)?;
        if let Some(known) = repeated(tx, &member, &new)? {
            return Answer::ok(&ConsentJson::from(known));
        }
        let decisions = tx.family_decisions(&case)?;
        may_record(&decisions, member.id, new.status, new.service, new.decided_on)
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal))?;
        tx.family_consent_insert(&case, &new)?;
        // The author's organisation reads what it wrote.
        let written = tx.family_member_of(&case, member.id)?.consents.into_iter().find(|consent| consent.id == new.id);
        let view = written.map(ConsentJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/consents", location(case.id, member.id)), &view)
    })
    .await
}

fn checked(tx: &mut Tx<'_>, member: &FamilyMember, request: ConsentRequest) -> Result<NewConsent, Problem> {
    let mut errors = FieldErrors::new();
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    if request.decided_on > tx.today() {
        errors.push(&Pointer::ROOT.key("decided_on"), Issue::new("date_future"));
    }
    if let Some(service) = request.service_id
        && tx.service_load(service)?.is_none()
    {
        errors.push(&Pointer::ROOT.key("service_id"), Issue::new("unknown_service"));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    Ok(NewConsent {
        id: request.id.unwrap_or_else(|| Uuid::now_v7().into()),
        member: member.id,
        status: request.status,
        decided_on: request.decided_on,
        form: request.form,
        service: request.service_id,
    })
}

/// The decision of this id, if recorded with the same content by the same user.
fn repeated(tx: &Tx<'_>, member: &FamilyMember, new: &NewConsent) -> Result<Option<ConsentView>, Problem> {
    let Some(known) = member.consents.iter().find(|consent| consent.id == new.id) else { return Ok(None) };
    let same = known.author.0 == tx.actor().user
        && known.status == new.status
        && known.decided_on == new.decided_on
        && known.form == new.form
        && known.service == new.service;
    if same { Ok(Some(known.clone())) } else { Err(Problem::new(ProblemCode::IdTaken)) }
}
