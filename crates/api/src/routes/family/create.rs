//! `POST /cases/{id}/family`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::children::PersonName;
use qorgan_domain::family::FamilyRelation;
use qorgan_domain::ids::{CaseId, FamilyMemberId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::Case;
use qorgan_storage::family::{Contact, FamilyDetails, NewMember};
use qorgan_storage::{AccessError, Authorized, Denial, Tx};
use uuid::Uuid;

use super::view::{FamilyMemberView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};
use crate::routes::stage::stage_problem;

request! {
    /// Somebody of the family of the child.
    #[schema(example = json!({
        "relation": "mother", "last_name": "Сапарова", "first_name": "Гүлнар", "contact": "by telephone, in the evening",
        "lives_with_child": true
    }))]
    pub struct FamilyMemberRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same person.
        pub id: Option<FamilyMemberId>,
        /// What they are to the child.
        pub relation: FamilyRelation,
        /// Last name.
        pub last_name: Option<PersonName>,
        /// First name.
        pub first_name: Option<PersonName>,
        /// Patronymic.
        pub patronymic: Option<PersonName>,
        /// How to reach them.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
        pub contact: Option<Contact>,
        /// Whether they live with the child.
        pub lives_with_child: Option<bool>,
        /// What else matters.
        pub note: Option<Narrative>,
        /// Whether they are the alleged perpetrator. Kept in the section `investigation`: read there and by the
        /// organisation that says so.
        pub alleged_perpetrator: Option<bool>,
    }
}

/// Record somebody of the family of the child.
///
/// Name, contact and the rest stand in the section `social`: read by social services and guardianship, by the case
/// manager of the lead, and by the organisation that wrote them. Participants see the relation alone.
#[utoipa::path(
    tag = "family",
    operation_id = "family_member_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = FamilyMemberRequest,
    responses(
        (status = 201, body = FamilyMemberView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "They were recorded before by this very request", body = FamilyMemberView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("family_write"))),
)]
#[post("/cases/{id}/family")]
pub async fn family_member_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<FamilyMemberRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::FamilyWrite)?;
        may_write(CasePart::Help, case.state.stage).map_err(stage_problem)?;
        let new = member_of(request)?;
        if let Some(known) = repeated(tx, &case, &new)? {
            let version = known.version;
            return Ok(Answer::ok(&known)?.etag(version));
        }
        tx.family_insert(&case, &new)?;
        let view = FamilyMemberView::from(tx.family_member_of(&case, new.id)?);
        let version = view.version;
        Ok(Answer::created(location(case.id, new.id), &view)?.etag(version))
    })
    .await
}

fn member_of(request: FamilyMemberRequest) -> Result<NewMember, Problem> {
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        return Err(Problem::field("/id", invalid));
    }
    Ok(NewMember {
        id: request.id.unwrap_or_else(|| Uuid::now_v7().into()),
        relation: request.relation,
        details: FamilyDetails {
            last_name: request.last_name,
            first_name: request.first_name,
            patronymic: request.patronymic,
            contact: request.contact,
            lives_with_child: request.lives_with_child,
            note: request.note,
        },
        alleged_perpetrator: request.alleged_perpetrator,
    })
}

/// The person of this id, if recorded with the same content by the same user. What was changed since decides nothing.
fn repeated(tx: &mut Tx<'_>, case: &Authorized<Case>, new: &NewMember) -> Result<Option<FamilyMemberView>, Problem> {
    let known = match tx.family_member_of(case, new.id) {
        Ok(known) => known,
        Err(AccessError::Denied(Denial::NotFound)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let unchanged = known.version == 1
        && known.relation == new.relation
        && known.details.as_ref() == Some(&new.details)
        && known.alleged_perpetrator == new.alleged_perpetrator;
    if known.created_by == tx.actor().user && (known.version > 1 || unchanged) {
        Ok(Some(known.into()))
    } else {
        Err(Problem::new(ProblemCode::IdTaken))
    }
}
