//! `POST /register/qualification-sessions/{id}/items/{item_id}/materials`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::{
    OrganisationId, QualificationItemId, QualificationMaterialId, QualificationSessionId, client_uuid,
};
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::GroupCommand;
use qorgan_domain::text::Narrative;
use qorgan_storage::Tx;
use qorgan_storage::register::qualification::{Material, NewMaterial, QualificationSession};
use uuid::Uuid;

use super::file_view::MaterialView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// A request for material on a fact.
    #[schema(example = json!({"organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "request": "The discharge summary of the child.", "due_on": "2030-12-05"}))]
    pub struct MaterialRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same request.
        pub id: Option<QualificationMaterialId>,
        /// Who is asked.
        pub organisation_id: OrganisationId,
        /// What for. The organisation reads this and the number of the fact, and nothing else of the file: where it has to
        /// know the child, the request names it.
        pub request: Narrative,
        /// The last day on which an answer is in time; by the rules of the session (`material_days`) where absent.
        pub due_on: Option<NaiveDate>,
    }
}

/// Ask an organisation for material on a fact of the agenda. Those who answer there are told.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_material_ask",
    params(("id" = QualificationSessionId, Path), ("item_id" = QualificationItemId, Path), IdempotencyKey),
    request_body = MaterialRequest,
    responses(
        (status = 201, body = MaterialView),
        (status = 200, description = "It was asked for before by this very request", body = MaterialView),
        (status = 409, description = "transition_refused, id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/items/{item_id}/materials")]
pub async fn qualification_material_ask(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    item_id: PathId<QualificationItemId, 1>,
    body: Body<MaterialRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        let item = session.items.iter().find(|item| item.id == item_id.0);
        let item = item.cloned().ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        if let Some(known) = repeated(tx, item.id, &request)? {
            return Answer::ok(&MaterialView::on(tx.today(), known));
        }
        let new = checked(tx, &session, &request)?;
        session.state.decide(GroupCommand::AskMaterial(item.id), tx.now())?;
        tx.material_ask(&session, &item, &new)?;
        let asked = tx.materials_of(item.id)?.into_iter().find(|material| material.id == new.id);
        let asked = asked.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        let address = format!("/api/v1/register/qualification-materials/{}", new.id);
        Answer::created(address, &MaterialView::on(tx.today(), asked))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, session: &QualificationSession, request: &MaterialRequest) -> Result<NewMaterial, Problem> {
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| Uuid::now_v7().into());
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let due_on = request.due_on.unwrap_or_else(|| session.state.rules.material_due(tx.today()));
    if due_on < tx.today() {
        errors.push(&Pointer::ROOT.key("due_on"), Issue::new("date_past"));
    }
    if tx.organisation_refs(vec![request.organisation_id])?.is_empty() {
        errors.push(&Pointer::ROOT.key("organisation_id"), Issue::new("unknown_organisation"));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    Ok(NewMaterial { id, organisation: request.organisation_id, request: request.request.clone(), due_on })
}

/// The request of this id, if it was made with the same content.
fn repeated(
    tx: &mut Tx<'_>,
    item: QualificationItemId,
    request: &MaterialRequest,
) -> Result<Option<Material>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    let known = tx.materials_of(item)?.into_iter().find(|material| material.id == id);
    match known {
        Some(known)
            if known.organisation.0 != request.organisation_id
                || known.request != request.request.as_str()
                || request.due_on.is_some_and(|day| day != known.due_on) =>
        {
            Err(Problem::new(ProblemCode::IdTaken))
        }
        known => Ok(known),
    }
}
