//! `/cases/{id}/protocols`: the protocols that apply to a case.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::identity::{AgencyCode, Role};
use qorgan_domain::ids::{CaseId, FactId, ProtocolApplicationId, UserId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::protocols::{ProtocolCause, ProtocolCode, StepCode};
use qorgan_domain::tasks::TaskStatus;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::Case;
use qorgan_storage::protocols::{ApplicationView, MoveRefusal, ProtocolVersion, StepView};
use qorgan_storage::{Authorized, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::location;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, Language, Page, PathId};
use crate::routes::protocols::view::title;
use crate::routes::stage::stage_problem;
use crate::routes::tasks::refused;
use crate::routes::tasks::view::TaskView;
use crate::routes::version::unchanged;

request! {
    /// A protocol to be applied because somebody decided so.
    #[schema(example = json!({"code": "neglect", "reason": "The neighbours' account points to neglect as well."}))]
    pub struct ApplicationRequest {
        /// An id chosen by the client (UUIDv7): a repeat is the same application.
        pub id: Option<ProtocolApplicationId>,
        /// The protocol.
        pub code: ProtocolCode,
        /// The version; the one in force where absent.
        pub version: Option<i32>,
        /// Why: kept as a general note.
        pub reason: Reason,
    }

    /// The version that a case is to go by.
    #[schema(example = json!({"to_version": 2, "reason": "The new order asks for a second visit."}))]
    pub struct MoveRequest {
        /// The version.
        pub to_version: i32,
        /// Why: kept as a general note, and with each step that is waived by it.
        pub reason: Reason,
    }
}

/// A version of a protocol as it applies to a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProtocolApplication)]
pub struct ApplicationJson {
    /// Its id.
    id: ProtocolApplicationId,
    /// The protocol.
    code: ProtocolCode,
    /// The version that the case goes by.
    protocol_version: i32,
    /// What it is called, in the language of the answer.
    title: String,
    /// Whether no authority has issued it.
    provisional: bool,
    /// Why it applies.
    cause: ProtocolCause,
    /// The fact that called for it.
    fact_id: Option<FactId>,
    /// Who reported the fact, saw the risk or decided.
    applied_by: UserId,
    /// When it came to apply.
    applied_at: DateTime<Utc>,
    /// When it ended: with the case, or when the protocol began anew.
    ended_at: Option<DateTime<Utc>>,
    /// How far its steps are.
    progress: ProgressJson,
    /// The steps of the version.
    steps: Vec<StepJson>,
    /// Tasks of steps that the version does not have any more.
    former_tasks: Vec<TaskView>,
    /// Its version as a record, as in `ETag`.
    version: i64,
}

/// How far the steps of a protocol are in a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProtocolProgress)]
pub struct ProgressJson {
    /// Steps that were called for.
    called_for: usize,
    /// Of these, done.
    done: usize,
    /// Of these, waived.
    waived: usize,
    /// Mandatory ones that are neither done nor waived.
    mandatory_open: usize,
}

/// A step with what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProtocolApplicationStep)]
pub struct StepJson {
    /// The step.
    code: StepCode,
    /// What is to be done, in the language of the answer.
    title: String,
    /// The agency that it is for.
    agency: AgencyCode,
    /// By whom there.
    role: Option<Role>,
    /// The steps that come before it.
    after: Vec<StepCode>,
    /// Whether it fell to another agency's organisation, the lead, because nobody is on duty for its own.
    lead_instead: bool,
    /// Its task; none where the step was not called for.
    task: Option<TaskView>,
}

impl StepJson {
    fn of(view: StepView, language: Language) -> Self {
        let StepView { step, task } = view;
        Self {
            title: title(&step.titles, language),
            lead_instead: task.as_ref().is_some_and(|task| task.organisation.0.agency != step.agency),
            code: step.code,
            agency: step.agency,
            role: step.role,
            after: step.after,
            task: task.map(TaskView::from),
        }
    }
}

impl ApplicationJson {
    fn of(view: ApplicationView, language: Language) -> Self {
        let ApplicationView { application, steps, former } = view;
        let tasks = || steps.iter().filter_map(|step| step.task.as_ref());
        let count = |status| tasks().filter(|task| task.status == status).count();
        Self {
            id: application.id,
            protocol_version: application.protocol.version,
            title: title(&application.protocol.definition.titles, language),
            provisional: application.protocol.provisional,
            code: application.protocol.code,
            cause: application.cause,
            fact_id: application.fact_id,
            applied_by: application.applied_by,
            applied_at: application.applied_at,
            ended_at: application.ended_at,
            progress: ProgressJson {
                called_for: tasks().count(),
                done: count(TaskStatus::Done),
                waived: count(TaskStatus::Waived),
                mandatory_open: tasks().filter(|task| task.mandatory && task.status == TaskStatus::Open).count(),
            },
            former_tasks: former.into_iter().map(TaskView::from).collect(),
            steps: steps.into_iter().map(|step| StepJson::of(step, language)).collect(),
            version: application.version,
        }
    }
}

/// Read the protocols that apply or applied to a case, with their steps and how far these are.
#[utoipa::path(
    tag = "cases",
    operation_id = "protocol_application_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<ApplicationJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/protocols")]
pub async fn protocol_application_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.protocol_applications(&case)?;
        let items = items.into_iter().map(|view| ApplicationJson::of(view, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

/// Apply a protocol to a case deliberately: its steps become tasks, their organisations participants.
///
/// 409 `domain_rule` because of `protocol_runs` where the protocol applies to the case already.
#[utoipa::path(
    tag = "cases",
    operation_id = "protocol_application_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = ApplicationRequest,
    responses(
        (status = 201, body = ApplicationJson, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The protocol was applied before by this very request", body = ApplicationJson),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("protocol_apply"))),
)]
#[post("/cases/{id}/protocols")]
pub async fn protocol_application_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<ApplicationRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::ProtocolApply)?;
        if let Some(chosen) = request.id {
            client_uuid(chosen.as_uuid()).map_err(|invalid| Problem::field("/id", invalid))?;
            if let Some(known) = tx.protocol_application(&case, chosen)? {
                let same = known.protocol.code == request.code && known.cause == ProtocolCause::Decision;
                return if same { answer(tx, id.0, chosen, language, false) } else { Err(ProblemCode::IdTaken.into()) };
            }
        }
        may_write(CasePart::AddedTask, case.state.stage).map_err(stage_problem)?;
        let version = version(tx, &case, &request)?;
        let new = request.id.unwrap_or_else(|| ProtocolApplicationId::from_uuid(Uuid::now_v7()));
        if !tx.protocol_apply(&case, new, &version, &request.reason)? {
            return Err(Problem::new(ProblemCode::DomainRule).because("protocol_runs"));
        }
        answer(tx, id.0, new, language, true)
    })
    .await
}

/// The version that a request means.
fn version(tx: &mut Tx<'_>, case: &Authorized<Case>, request: &ApplicationRequest) -> Result<ProtocolVersion, Problem> {
    let versions = tx.protocol_versions(&request.code)?;
    let today = tx.today();
    // Reading reference data was tried last; what is tried is to apply a protocol.
    tx.case_for(case.id, Action::ProtocolApply)?;
    let found = match request.version {
        Some(number) => come_into_force(&versions, number, today)
            .ok_or_else(|| Problem::field("/version", Issue::new("unknown_protocol_version"))),
        None => ProtocolVersion::in_force(&versions, today)
            .ok_or_else(|| Problem::field("/code", Issue::new("unknown_protocol"))),
    };
    found.cloned()
}

fn come_into_force(versions: &[ProtocolVersion], number: i32, today: chrono::NaiveDate) -> Option<&ProtocolVersion> {
    versions.iter().find(|version| version.version == number && version.valid_from <= today)
}

/// Move a case to another version of a protocol.
///
/// Steps that are open and that the other version does not have are waived for the reason (mandatory ones: by a
/// supervisor only), steps that it has more are added with due times from now on, and all others stay as they are.
#[utoipa::path(
    tag = "cases",
    operation_id = "protocol_application_move",
    params(("id" = CaseId, Path), ("application_id" = ProtocolApplicationId, Path), IfMatch, IdempotencyKey),
    request_body = MoveRequest,
    responses(
        (status = 200, body = ApplicationJson, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("protocol_apply"))),
)]
#[post("/cases/{id}/protocols/{application_id}/move")]
pub async fn protocol_application_move(
    ctx: Ctx,
    id: PathId<CaseId>,
    application_id: PathId<ProtocolApplicationId, 1>,
    if_match: IfMatch,
    body: Body<MoveRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::ProtocolApply)?;
        let application = tx.protocol_application(&case, application_id.0)?;
        let application = application.ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        unchanged(application.version, if_match)?;
        may_write(CasePart::AddedTask, case.state.stage).map_err(stage_problem)?;
        let rule = |code: &str| Problem::new(ProblemCode::DomainRule).because(code);
        if application.ended_at.is_some() {
            return Err(rule("protocol_ended"));
        }
        if application.protocol.version == request.to_version {
            return Err(rule("protocol_version_same"));
        }
        let versions = tx.protocol_versions(&application.protocol.code)?;
        let case = tx.case_for(case.id, Action::ProtocolApply)?;
        let to = come_into_force(&versions, request.to_version, tx.today())
            .ok_or_else(|| Problem::field("/to_version", Issue::new("unknown_protocol_version")))?;
        tx.protocol_move(&case, &application, to, &request.reason).map_err(|refusal| match refusal {
            MoveRefusal::Waiver(refusal) => refused(refusal),
            MoveRefusal::Storage(error) => error.into(),
        })?;
        answer(tx, id.0, application.id, language, false)
    })
    .await
}

fn answer(
    tx: &mut Tx<'_>,
    case: CaseId,
    id: ProtocolApplicationId,
    language: Language,
    created: bool,
) -> Result<Answer, Problem> {
    let case = tx.case_for(case, Action::CaseRead)?;
    let found = tx.protocol_applications(&case)?.into_iter().find(|view| view.application.id == id);
    let view = found.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    let version = view.application.version;
    let view = ApplicationJson::of(view, language);
    let place = format!("{}/protocols", location(case.id));
    let answer = if created { Answer::created(place, &view)? } else { Answer::ok(&view)? };
    Ok(answer.etag(version))
}
