//! `/cases/{id}/follow-up-checks`: some months after closure somebody looks whether the child is safe.

use actix_web::{HttpResponse, get, post};
use chrono::NaiveDate;
use qorgan_domain::calendar::local_date;
use qorgan_domain::cases::follow_up::{FollowUpFinding, check_day_ok, may_check};
use qorgan_domain::cases::{CaseAction, Section};
use qorgan_domain::ids::{CaseId, FollowUpCheckId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::{Case, FollowUpView, NewContent, NewFollowUp};
use qorgan_storage::{Authorized, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sections::writes_in;
use super::view::{AuthoredView, CaseView, field, location, open, text_of};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Language, PathId};

request! {
    /// What was found when the child was looked at again.
    #[schema(example = json!({"checked_on": "2026-05-20", "safe": "yes", "summary": "Goes to school gladly; the family keeps the appointments."}))]
    pub struct FollowUpRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same check.
        pub id: Option<FollowUpCheckId>,
        /// When the child was looked at.
        pub checked_on: NaiveDate,
        /// Whether the child was found safe.
        pub safe: FollowUpFinding,
        /// What was seen; every participant reads it.
        pub summary: Narrative,
        /// Whether you propose to open the case again; no where absent.
        pub reopen_proposed: Option<bool>,
    }
}

/// A check after closure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FollowUpCheck)]
pub struct FollowUpJson {
    /// Its id.
    pub id: FollowUpCheckId,
    /// When the child was looked at.
    pub checked_on: NaiveDate,
    /// Whether the child was found safe.
    pub safe: FollowUpFinding,
    /// Whether it was proposed to open the case again.
    pub reopen_proposed: bool,
    /// Whether the case is expected to be opened again: the child was not safe, or it was proposed.
    pub reopening_expected: bool,
    /// Author, organisation, time, section.
    #[serde(flatten)]
    pub authored: AuthoredView,
    /// What was seen.
    pub summary: Option<String>,
}

/// A check that was recorded, and what can be done now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FollowUpRecorded)]
pub struct FollowUpAnswer {
    /// The check.
    #[serde(flatten)]
    pub check: FollowUpJson,
    /// The actions of the lifecycle that the caller can take now: `reopen` where it is expected and you may.
    pub allowed_actions: Vec<CaseAction>,
}

/// The checks of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowUpChecks {
    /// Newest first.
    pub items: Vec<FollowUpJson>,
}

impl From<FollowUpView> for FollowUpJson {
    fn from(check: FollowUpView) -> Self {
        let (authored, text) = open(check.content);
        Self {
            id: check.id,
            checked_on: check.checked_on,
            safe: check.safe,
            reopen_proposed: check.reopen_proposed,
            reopening_expected: check.safe.expects_reopening(check.reopen_proposed),
            summary: field(text.as_ref(), "summary"),
            authored,
        }
    }
}

/// Record the check after the closure of a case.
///
/// A child who is not safe refuses nothing: the answer says that the case is expected to be opened again and whether
/// you may. Until a check finds the child safe, the case stays on the worklist `follow_up_due`.
#[utoipa::path(
    tag = "cases",
    operation_id = "follow_up_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = FollowUpRequest,
    responses(
        (status = 201, body = FollowUpAnswer, headers(("Location" = String))),
        (status = 200, description = "The check was recorded before by this very request", body = FollowUpAnswer),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("follow_up_write"))),
)]
#[post("/cases/{id}/follow-up-checks")]
pub async fn follow_up_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<FollowUpRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::FollowUpWrite)?;
        if let Some(check) = repeated(tx, &case, &request)? {
            return Answer::ok(&answer(tx, &case, check, language)?);
        }
        may_check(case.state.stage, case.merged_into.is_some())
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal))?;
        writes_in(tx, Section::General)?;
        let new = checked(tx, &case, &request)?;
        tx.follow_up_insert(&case, &new)?;
        let written = tx.follow_up_list(&case)?.into_iter().find(|check| check.id == new.id);
        let written = written.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        let view = answer(tx, &case, written, language)?;
        Answer::created(format!("{}/follow-up-checks", location(case.id)), &view)
    })
    .await
}

/// The check to be recorded; everything that is wrong with it is said at once.
fn checked(tx: &Tx<'_>, case: &Case, request: &FollowUpRequest) -> Result<NewFollowUp, Problem> {
    let mut errors = FieldErrors::new();
    let closed_on = local_date(case.closed_at.unwrap_or(case.state.stage_since));
    if let Err(invalid) = check_day_ok(request.checked_on, closed_on, tx.today()) {
        errors.push(&Pointer::ROOT.key("checked_on"), invalid);
    }
    let id = request.id.unwrap_or_else(|| FollowUpCheckId::from_uuid(Uuid::now_v7()));
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let body = text_of("summary", request.summary.as_str());
    Ok(NewFollowUp {
        id,
        checked_on: request.checked_on,
        safe: request.safe,
        reopen_proposed: request.reopen_proposed.unwrap_or(false),
        content: NewContent { section: Section::General, body },
    })
}

/// The check of this id, if the same user recorded it with the same content.
fn repeated(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    request: &FollowUpRequest,
) -> Result<Option<FollowUpView>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    let Some(check) = tx.follow_up_list(case)?.into_iter().find(|check| check.id == id) else { return Ok(None) };
    let user = tx.actor().user;
    let said = FollowUpJson::from(check.clone());
    let same = said.authored.author.id == user
        && said.checked_on == request.checked_on
        && said.safe == request.safe
        && said.reopen_proposed == request.reopen_proposed.unwrap_or(false)
        && said.summary.as_deref() == Some(request.summary.as_str());
    if same { Ok(Some(check)) } else { Err(Problem::new(ProblemCode::IdTaken)) }
}

fn answer(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    check: FollowUpView,
    language: Language,
) -> Result<FollowUpAnswer, Problem> {
    let evidence = tx.case_evidence(case)?;
    let allowed_actions = CaseView::of(case, &evidence, tx, language).allowed_actions;
    Ok(FollowUpAnswer { check: check.into(), allowed_actions })
}

/// List the checks after the closure of a case, newest first.
#[utoipa::path(
    tag = "cases",
    operation_id = "follow_up_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = FollowUpChecks)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/follow-up-checks")]
pub async fn follow_up_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.follow_up_list(&case)?.into_iter().map(FollowUpJson::from).collect();
        Answer::ok(&FollowUpChecks { items })
    })
    .await
}
