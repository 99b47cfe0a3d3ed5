//! `POST /in-school-register/{id}/remove`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::PlacementId;
use qorgan_domain::policy::Action;
use qorgan_domain::school_register::{PlacementChange, may_remove};
use qorgan_domain::text::Reason;
use qorgan_storage::school_register::{PlacementRecord, Removal};

use super::place::{GroundCode, ProtocolNumber};
use super::refusal::{FieldNames, check, refused, written};
use super::view::{Names, PlacementView, answer_with};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// The removal of a pupil, by a decision of the school's council.
    #[schema(example = json!({
        "ground": "lasting_improvement", "removed_on": "2026-11-20", "decided_on": "2026-11-19",
        "protocol_number": "7", "reason": "No unexcused absence since September; marks improved."
    }))]
    pub struct RemovalRequest {
        /// The code of the ground; see `/in-school-register/grounds`.
        #[schema(value_type = String, min_length = 1, max_length = 60)]
        pub ground: GroundCode,
        /// The first day off the register.
        pub removed_on: NaiveDate,
        /// When the school's council decided.
        pub decided_on: NaiveDate,
        /// The number of its protocol.
        #[schema(value_type = String, min_length = 1, max_length = 50)]
        pub protocol_number: ProtocolNumber,
        /// Why; section `education`.
        pub reason: Reason,
    }
}

/// What the fields of the removal are called in the request. Those of the placement stand already and are right.
const NAMES: FieldNames = &[("removal_ground", "ground"), ("removal_decided_on", "decided_on")];

/// Remove a pupil from the in-school register. The school that placed a pupil removes it, also after the pupil has
/// left for another.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "school_placement_remove",
    params(("id" = PlacementId, Path), IfMatch, IdempotencyKey),
    request_body = RemovalRequest,
    responses(
        (status = 200, body = PlacementView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_write"))),
)]
#[post("/in-school-register/{id}/remove")]
pub async fn school_placement_remove(
    ctx: Ctx,
    id: PathId<PlacementId>,
    if_match: IfMatch,
    body: Body<RemovalRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let placement = tx.placement_for(id.0, Action::SchoolRegisterWrite)?;
        unchanged(placement.version, if_match)?;
        let present = placement.record.clone().ok_or_else(|| Problem::new(ProblemCode::Forbidden))?;
        let state = may_remove(placement.state, request.removed_on).map_err(refused)?;
        let removal = Removal {
            ground: request.ground.into_string(),
            decided_on: request.decided_on,
            protocol_number: request.protocol_number.into_string(),
        };
        let record = PlacementRecord { state, removal: Some(removal), ..present };
        let names = Names::load(tx, language)?;
        let mut errors = FieldErrors::new();
        check(tx, &record, &names, NAMES, &mut errors)?;
        if !errors.is_empty() {
            return Err(Problem::validation(errors));
        }
        tx.placement_record(&placement, PlacementChange::Removed, &record, &request.reason).map_err(written)?;
        let (view, version) = answer_with(tx, id.0, &names)?;
        Ok(Answer::ok(&view)?.etag(version))
    })
    .await
}
