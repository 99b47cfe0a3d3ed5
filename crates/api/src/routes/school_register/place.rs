//! Placing a pupil on the in-school register: `POST /cases/{id}/in-school-register`, `POST /children/{id}/in-school-register`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::children::ChildMergeRefusal;
use qorgan_domain::ids::{CaseId, ChildId, PlacementId, client_uuid};
use qorgan_domain::policy::{Action, Subject, Verdict, decide};
use qorgan_domain::school_register::{Candidate, PlacementState, Span, Submitter, may_place};
use qorgan_domain::text::{Narrative, Text};
use qorgan_storage::Tx;
use qorgan_storage::children::Child;
use qorgan_storage::school_register::{NewPlacement, PlacementRecord};
use uuid::Uuid;

use super::refusal::{check, refused, written};
use super::view::{Names, PlacementView, answer_with, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Language, PathId};
use crate::routes::stage::stage_problem;

/// The code of a ground.
pub type GroundCode = Text<1, 60>;
/// The number of a protocol.
pub type ProtocolNumber = Text<1, 50>;

request! {
    /// A placement on the in-school register, by a decision of the school's council.
    #[schema(example = json!({
        "ground": "truancy", "placed_on": "2026-09-15", "decided_on": "2026-09-14", "protocol_number": "3",
        "submitted_by": "class_teacher", "parents_informed_on": "2026-09-10", "review_on": "2026-12-15",
        "plan": "Weekly talks with the social pedagogue; help with mathematics."
    }))]
    pub struct PlacementRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same placement.
        pub id: Option<PlacementId>,
        /// The code of the ground; see `/in-school-register/grounds`.
        #[schema(value_type = String, min_length = 1, max_length = 60)]
        pub ground: GroundCode,
        /// The first day on the register.
        pub placed_on: NaiveDate,
        /// When the school's council decided.
        pub decided_on: NaiveDate,
        /// The number of its protocol.
        #[schema(value_type = String, min_length = 1, max_length = 50)]
        pub protocol_number: ProtocolNumber,
        /// Who brought the matter before it.
        pub submitted_by: Submitter,
        /// When the parents were informed.
        pub parents_informed_on: Option<NaiveDate>,
        /// When the council looks at it again.
        pub review_on: Option<NaiveDate>,
        /// What was decided; section `education`.
        pub decision: Option<Narrative>,
        /// The individual plan; section `education`.
        pub plan: Option<Narrative>,
    }
}

/// Place the child of a case on the in-school register of its school.
///
/// The child must belong to a school that the caller acts for, be under 18 on that day, and stand on no other register.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "case_school_placement_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = PlacementRequest,
    responses(
        (status = 201, body = PlacementView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "It was recorded before by this very request", body = PlacementView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_write"))),
)]
#[post("/cases/{id}/in-school-register")]
pub async fn case_school_placement_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<PlacementRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::SchoolRegisterWrite)?;
        may_write(CasePart::Help, case.state.stage).map_err(stage_problem)?;
        let child = tx.child_survivor(case.child_id)?;
        let child = tx.children_visible(&[child])?.pop().ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        place(tx, request, &child, Some(case.id), language)
    })
    .await
}

/// Place a child on the in-school register of its school, without a case.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "child_school_placement_create",
    params(("id" = ChildId, Path), IdempotencyKey),
    request_body = PlacementRequest,
    responses(
        (status = 201, body = PlacementView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "It was recorded before by this very request", body = PlacementView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_write"))),
)]
#[post("/children/{id}/in-school-register")]
pub async fn child_school_placement_create(
    ctx: Ctx,
    id: PathId<ChildId>,
    body: Body<PlacementRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let child = tx.child_for(id.0, Action::SchoolRegisterWrite)?;
        if child.merged_into.is_some() {
            return Err(Problem::new(ProblemCode::DomainRule).because(ChildMergeRefusal::Merged));
        }
        place(tx, request, &child, None, language)
    })
    .await
}

fn place(
    tx: &mut Tx<'_>,
    request: PlacementRequest,
    child: &Child,
    case: Option<CaseId>,
    language: Language,
) -> Result<Answer, Problem> {
    let names = Names::load(tx, language)?;
    let mut errors = FieldErrors::new();
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let (id, record) = record_of(request);
    check(tx, &record, &names, &[], &mut errors)?;
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    if let Some(id) = id
        && repeated(tx, id, child.id, &record)?
    {
        let (view, version) = answer_with(tx, id, &names)?;
        return Ok(Answer::ok(&view)?.etag(version));
    }
    let school = child.organisation.as_ref();
    let acts_for_school = school.is_some_and(|school| {
        decide(tx.actor(), Action::SchoolRegisterWrite, &Subject::Placement(school)) == Verdict::Allowed
    });
    let candidate = Candidate { birth_date: child.birth_date, school, acts_for_school };
    let others = tx.placement_days(child.id, None)?;
    let school = may_place(&candidate, record.state.span.from, &others).map_err(refused)?.clone();
    let id = id.unwrap_or_else(|| Uuid::now_v7().into());
    let permit = tx.authorize(Action::SchoolRegisterWrite)?;
    let new = NewPlacement { id, child_id: child.id, case_id: case, school, record };
    tx.placement_insert(&permit, &new).map_err(written)?;
    let (view, version) = answer_with(tx, id, &names)?;
    Ok(Answer::created(location(id), &view)?.etag(version))
}

fn record_of(request: PlacementRequest) -> (Option<PlacementId>, PlacementRecord) {
    let span = Span { from: request.placed_on, until: None };
    let record = PlacementRecord {
        ground: request.ground.into_string(),
        state: PlacementState { span, annulled: false },
        decided_on: request.decided_on,
        protocol_number: request.protocol_number.into_string(),
        submitted_by: request.submitted_by,
        parents_informed_on: request.parents_informed_on,
        review_on: request.review_on,
        decision: request.decision.map(Narrative::into_string),
        plan: request.plan.map(Narrative::into_string),
        removal: None,
    };
    (request.id, record)
}

/// Whether this very placement was recorded before: the first version decides, for later ones may have changed it.
fn repeated(tx: &mut Tx<'_>, id: PlacementId, child: ChildId, record: &PlacementRecord) -> Result<bool, Problem> {
    let placement = match tx.placement_for(id, Action::SchoolRegisterRead) {
        Ok(placement) => placement,
        Err(error) => {
            let problem = Problem::from(error);
            // Not known to the caller: it is new, or the insert will find the id taken.
            return if problem.code() == ProblemCode::NotFound { Ok(false) } else { Err(problem) };
        }
    };
    let first = tx.placement_versions(&placement)?.into_iter().next();
    let same = placement.child_id == child
        && placement.created_by == tx.actor().user
        && first.is_some_and(|first| first.record == *record);
    if same { Ok(true) } else { Err(Problem::new(ProblemCode::IdTaken)) }
}
