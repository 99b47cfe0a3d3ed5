//! `POST /in-school-register/{id}/amend`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::PlacementId;
use qorgan_domain::policy::Action;
use qorgan_domain::school_register::{PlacementChange, PlacementState, Span, Submitter, may_amend};
use qorgan_domain::text::{Narrative, Reason};
use qorgan_storage::school_register::{PlacementRecord, Removal};
use qorgan_storage::{Authorized, Tx};

use super::place::{GroundCode, ProtocolNumber};
use super::refusal::{check, refused, written};
use super::view::{Names, PlacementView, answer_with};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, Patch, PathId};
use crate::routes::version::unchanged;
use qorgan_storage::school_register::Placement;

request! {
    /// A correction of a placement, or its next review and plan. What is left out stays; what stood before stays
    /// readable as a version.
    #[schema(example = json!({"review_on": "2027-03-15", "plan": "Talks once a fortnight.", "reason": "Reviewed by the council, protocol 5."}))]
    pub struct AmendmentRequest {
        /// The code of the ground; see `/in-school-register/grounds`.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
        pub ground: Option<GroundCode>,
        /// The first day on the register.
        pub placed_on: Option<NaiveDate>,
        /// When the school's council decided.
        pub decided_on: Option<NaiveDate>,
        /// The number of its protocol.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
        pub protocol_number: Option<ProtocolNumber>,
        /// Who brought the matter before it.
        pub submitted_by: Option<Submitter>,
        /// When the parents were informed.
        #[schema(value_type = Option<NaiveDate>)]
        pub parents_informed_on: Patch<NaiveDate>,
        /// When the council looks at it again.
        #[schema(value_type = Option<NaiveDate>)]
        pub review_on: Patch<NaiveDate>,
        /// What was decided.
        #[schema(value_type = Option<Narrative>)]
        pub decision: Patch<Narrative>,
        /// The individual plan.
        #[schema(value_type = Option<Narrative>)]
        pub plan: Patch<Narrative>,
        /// The first day off the register, of a pupil who was removed.
        pub removed_on: Option<NaiveDate>,
        /// The code of the ground of the removal.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
        pub removal_ground: Option<GroundCode>,
        /// When the council decided on the removal.
        pub removal_decided_on: Option<NaiveDate>,
        /// The number of the protocol of the removal.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
        pub removal_protocol_number: Option<ProtocolNumber>,
        /// `true`: it was recorded by mistake and never stood. That is final.
        pub annulled: Option<bool>,
        /// Why; section `education`.
        pub reason: Reason,
    }
}

/// Correct a placement by a new version, with a reason; nothing is overwritten.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "school_placement_amend",
    params(("id" = PlacementId, Path), IfMatch, IdempotencyKey),
    request_body = AmendmentRequest,
    responses(
        (status = 200, body = PlacementView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_write"))),
)]
#[post("/in-school-register/{id}/amend")]
pub async fn school_placement_amend(
    ctx: Ctx,
    id: PathId<PlacementId>,
    if_match: IfMatch,
    body: Body<AmendmentRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let placement = tx.placement_for(id.0, Action::SchoolRegisterWrite)?;
        unchanged(placement.version, if_match)?;
        let present = placement.record.clone().ok_or_else(|| Problem::new(ProblemCode::Forbidden))?;
        let names = Names::load(tx, language)?;
        let mut errors = FieldErrors::new();
        let reason = request.reason.clone();
        let record = amended(present, request, &mut errors);
        check(tx, &record, &names, &[], &mut errors)?;
        if !errors.is_empty() {
            return Err(Problem::validation(errors));
        }
        allowed(tx, &placement, &record)?;
        let change = if record.state.annulled { PlacementChange::Annulled } else { PlacementChange::Amended };
        tx.placement_record(&placement, change, &record, &reason).map_err(written)?;
        let (view, version) = answer_with(tx, id.0, &names)?;
        Ok(Answer::ok(&view)?.etag(version))
    })
    .await
}

/// Asks the rules. The birth date is the child's, if the actor may read it; a school may have lost sight of a pupil
/// who left, and then cannot move the first day.
fn allowed(tx: &mut Tx<'_>, placement: &Authorized<Placement>, record: &PlacementRecord) -> Result<(), Problem> {
    let others = tx.placement_days(placement.child_id, Some(placement.id))?;
    let child = tx.children_visible(&[placement.child_id])?.pop();
    let birth_date = match child {
        Some(child) => child.birth_date,
        None if record.state.span.from == placement.state.span.from => placement.state.span.from,
        None => return Err(Problem::new(ProblemCode::DomainRule).because("child_of_other_school")),
    };
    may_amend(placement.state, record.state, birth_date, &others).map(drop).map_err(refused)
}

fn amended(present: PlacementRecord, request: AmendmentRequest, errors: &mut FieldErrors) -> PlacementRecord {
    let narrative = |patch: Patch<Narrative>, present: Option<String>| match patch {
        Patch::Absent => present,
        Patch::Null => None,
        Patch::Value(text) => Some(text.into_string()),
    };
    let removal_fields = [
        ("removed_on", request.removed_on.is_some()),
        ("removal_ground", request.removal_ground.is_some()),
        ("removal_decided_on", request.removal_decided_on.is_some()),
        ("removal_protocol_number", request.removal_protocol_number.is_some()),
    ];
    if present.removal.is_none() {
        for (name, _) in removal_fields.into_iter().filter(|(_, given)| *given) {
            errors.push(&Pointer::ROOT.key(name), Issue::new("not_allowed_here"));
        }
    }
    let span = Span {
        from: request.placed_on.unwrap_or(present.state.span.from),
        until: present.state.span.until.map(|until| request.removed_on.unwrap_or(until)),
    };
    let removal = present.removal.map(|removal| Removal {
        ground: request.removal_ground.map_or(removal.ground, GroundCode::into_string),
        decided_on: request.removal_decided_on.unwrap_or(removal.decided_on),
        protocol_number: request.removal_protocol_number.map_or(removal.protocol_number, ProtocolNumber::into_string),
    });
    PlacementRecord {
        ground: request.ground.map_or(present.ground, GroundCode::into_string),
        // What is annulled stays so: the rules say no to every change of it.
        state: PlacementState { span, annulled: request.annulled.unwrap_or(present.state.annulled) },
        decided_on: request.decided_on.unwrap_or(present.decided_on),
        protocol_number: request.protocol_number.map_or(present.protocol_number, ProtocolNumber::into_string),
        submitted_by: request.submitted_by.unwrap_or(present.submitted_by),
        parents_informed_on: request.parents_informed_on.apply(present.parents_informed_on),
        review_on: request.review_on.apply(present.review_on),
        decision: narrative(request.decision, present.decision),
        plan: narrative(request.plan, present.plan),
        removal,
    }
}
