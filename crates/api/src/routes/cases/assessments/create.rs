//! `POST /cases/{id}/assessments`.

use actix_web::{HttpResponse, post};
use qorgan_domain::assessments::{AssessmentCode, AssessmentStatus, Completeness, Instrument};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::{AssessmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_storage::cases::{AssessmentView, Case, ContentView, NewAssessment, NewAssessmentDraft, NewContent};
use qorgan_storage::{Authorized, Tx};
use serde_json::json;
use uuid::Uuid;

use super::form::{AssessmentFields, AssessmentRequest, ByInstrument, Form, FreeForm, by_question};
use super::judged::{checked, judged};
use super::view::{AssessmentJson, answers_of};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::{Body, IdempotencyKey, PathId};
use crate::routes::cases::sections::{writes_in, writes_in_at};
use crate::routes::cases::view::location;
use crate::routes::stage::stage_problem;

/// Record a completed assessment, or begin a draft by an instrument.
///
/// A completed assessment is never changed. Where it finds danger to life (`critical`) the case's risk rises with it,
/// and crisis management begins; any other risk above the case's is answered as `suggested_risk`. A judgement that
/// differs from an instrument's scores needs a reason and is marked.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = AssessmentFields,
    responses(
        (status = 201, body = AssessmentJson, headers(("Location" = String))),
        (status = 200, description = "It was written before by this very request", body = AssessmentJson),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("assessment_write"))),
)]
#[post("/cases/{id}/assessments")]
pub async fn assessment_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<AssessmentRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::AssessmentWrite)?;
        if let Some(answer) = repeated(tx, &case, &request)? {
            return Ok(answer);
        }
        may_write(CasePart::Assessment, case.state.stage).map_err(stage_problem)?;
        let id = request.id.unwrap_or_else(|| AssessmentId::from_uuid(Uuid::now_v7()));
        match request.form {
            Form::Free(form) => free(tx, &case, id, &form),
            Form::Instrument(form) => by_instrument(tx, &case, id, form),
        }
    })
    .await
}

fn free(tx: &mut Tx<'_>, case: &Authorized<Case>, id: AssessmentId, form: &FreeForm) -> Result<Answer, Problem> {
    writes_in(tx, form.section)?;
    let body = json!({"needs": form.needs.as_str(), "child_view": form.child_view.as_str()});
    let content = NewContent { section: form.section, body };
    tx.assessment_insert(case, &NewAssessment { id, risk_level: form.risk_level, content })?;
    completed(tx, case, id, true)
}

fn by_instrument(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    id: AssessmentId,
    form: ByInstrument,
) -> Result<Answer, Problem> {
    let instrument = instrument(tx, &form.instrument, form.version)?;
    let section = instrument.definition.section;
    writes_in_at(tx, section, "/instrument")?;
    let (answers, places) = by_question(form.answers).map_err(Problem::validation)?;
    if form.status == AssessmentStatus::Draft {
        checked(&instrument, &answers, &places, Completeness::Draft)?;
        let version = instrument.version;
        let new = NewAssessmentDraft { id, instrument: (instrument.code, version), section, answers };
        tx.assessment_draft_insert(case, &new)?;
        let draft = tx.assessment_draft(case, id)?.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        let version = draft.version;
        return Ok(Answer::created(address(case.id, id), &AssessmentJson::draft(draft))?.etag(version));
    }
    checked(&instrument, &answers, &places, Completeness::Complete)?;
    let (new, screened) = judged(id, &instrument, &answers, form.risk_level, form.risk_reason.as_ref())?;
    tx.screening_insert(case, &new, &screened)?;
    completed(tx, case, id, true)
}

/// The version of the instrument that is asked for; it must have come into force, but may have been replaced since the
/// answers were gathered offline.
fn instrument(tx: &mut Tx<'_>, code: &AssessmentCode, version: Option<i32>) -> Result<Instrument, Problem> {
    let today = tx.today();
    let found = tx.instrument_find(code, version, today)?;
    let place = if version.is_some() { "/instrument_version" } else { "/instrument" };
    let found = found.ok_or_else(|| Problem::field(place, Issue::new("unknown_instrument")))?;
    if found.definition.valid_from > today {
        return Err(Problem::field(place, Issue::new("instrument_not_in_force")));
    }
    Ok(found)
}

/// The address of an assessment.
pub fn address(case: CaseId, id: AssessmentId) -> String {
    format!("{}/assessments/{id}", location(case))
}

/// The answer with an assessment that is completed. `case` is as it was before.
pub fn completed(tx: &mut Tx<'_>, case: &Authorized<Case>, id: AssessmentId, created: bool) -> Result<Answer, Problem> {
    let written = tx.assessments_find(case, &[id])?.pop().ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    let view = AssessmentJson::just_completed(written, case.state.risk_level);
    if created { Answer::created(address(case.id, id), &view) } else { Answer::ok(&view) }
}

/// The answer with the assessment of this id, if the same user wrote it with the same content.
fn repeated(tx: &mut Tx<'_>, case: &Authorized<Case>, request: &AssessmentRequest) -> Result<Option<Answer>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    let user = tx.actor().user;
    if let Some(known) = tx.assessments_find(case, &[id])?.pop() {
        return if known.content.author.0 == user && same(&known, &request.form) {
            Answer::ok(&AssessmentJson::completed(known, case.state.risk_level)).map(Some)
        } else {
            Err(Problem::new(ProblemCode::IdTaken))
        };
    }
    let Some(draft) = tx.assessment_draft(case, id)? else { return Ok(None) };
    let same = match &request.form {
        Form::Instrument(form) if form.status == AssessmentStatus::Draft => {
            // Answers may have been changed since: then what cannot change decides.
            let answers = || form.answers.iter().all(|one| draft.answers.get(&one.question) == Some(&one.value.0));
            let untouched = draft.version == 1;
            form.instrument == draft.instrument.0
                && form.version.is_none_or(|version| version == draft.instrument.1)
                && (!untouched || (form.answers.len() == draft.answers.len() && answers()))
        }
        _ => false,
    };
    if draft.author.0 != user || !same {
        return Err(Problem::new(ProblemCode::IdTaken));
    }
    let version = draft.version;
    Ok(Some(Answer::ok(&AssessmentJson::draft(draft))?.etag(version)))
}

/// Whether a completed assessment says what the request says. The author reads it in any section.
fn same(known: &AssessmentView, form: &Form) -> bool {
    let ContentView::Open(text) = &known.content.view else { return false };
    match form {
        Form::Free(form) => {
            known.instrument.is_none()
                && known.content.section == form.section
                && known.risk_level == form.risk_level
                && text["needs"] == form.needs.as_str()
                && text["child_view"] == form.child_view.as_str()
        }
        // A draft of this id was completed since.
        Form::Instrument(form) if form.status == AssessmentStatus::Draft => {
            known.instrument.as_ref().is_some_and(|(code, _)| *code == form.instrument)
        }
        Form::Instrument(form) => {
            let answers = answers_of(Some(text)).unwrap_or_default();
            let kept = |one: &super::form::AnswerRequest| answers.get(&one.question) == Some(&one.value.0);
            known.instrument.as_ref().is_some_and(|(code, version)| {
                *code == form.instrument && form.version.is_none_or(|wanted| wanted == *version)
            }) && answers.len() == form.answers.len()
                && form.answers.iter().all(kept)
                && form.risk_level.is_none_or(|risk| risk == known.risk_level)
        }
    }
}
