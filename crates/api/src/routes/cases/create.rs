//! `POST /cases`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::{CaseId, ChildId, SignalId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::signals::{TriageCommand, TriageDecision, triage};
use qorgan_domain::text::{Narrative, Title};
use qorgan_storage::Tx;
use qorgan_storage::cases::{Case, NewCase};
use uuid::Uuid;

use super::opening::open_case;
use super::view::{CaseView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Language};
use crate::routes::register::{CaseFactRequest, await_others, check, insert, reported};

request! {
    /// A case to be opened. It is led by the caller's organisation.
    #[schema(example = json!({
        "child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "title": "Bruises seen at school",
        "description": "Second time this month; the child avoids questions about home.", "risk_level": "high"
    }))]
    pub struct CaseRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same case.
        pub id: Option<CaseId>,
        /// The child.
        pub child_id: ChildId,
        /// A line.
        pub title: Title,
        /// What is known.
        pub description: Narrative,
        /// The risk as it looks now.
        pub risk_level: RiskLevel,
        /// The signal it comes from; it is accepted with it.
        pub signal_id: Option<SignalId>,
        /// On what grounds.
        pub grounds: Option<Narrative>,
        /// Facts of violence or suicidal behaviour: each is reported to the unified register with the case.
        #[schema(required = false)]
        pub facts: Vec<CaseFactRequest>,
    }
}

/// Open a case for a child, perhaps from a signal.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_create",
    params(IdempotencyKey),
    request_body = CaseRequest,
    responses(
        (status = 201, body = CaseView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The case was opened before by this very request", body = CaseView),
        (status = 409, description = "not_a_child"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_open"))),
)]
#[post("/cases")]
pub async fn case_create(ctx: Ctx, body: Body<CaseRequest>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::CaseOpen)?;
        if let Some(case) = repeated(tx, &request)? {
            return answer(tx, case, language, false);
        }
        let case = open(tx, request)?;
        answer(tx, case, language, true)
    })
    .await
}

/// Opens the case and reports its facts: all that is wrong with any of them is said before anything is written.
fn open(tx: &mut Tx<'_>, request: CaseRequest) -> Result<CaseId, Problem> {
    let child = request.child_id;
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| CaseId::from_uuid(Uuid::now_v7()));
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let at_facts = Pointer::ROOT.key("facts");
    let mut reports = Vec::with_capacity(request.facts.len());
    for (place, fact) in request.facts.into_iter().enumerate() {
        let report = fact.into_report(child, id);
        let nature = check(tx, &report, &at_facts.index(place), &mut errors)?;
        reports.extend(nature.map(|nature| (report, nature)));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let child = tx.child_for_link(child)?.ok_or_else(|| Problem::field("/child_id", Issue::new("unknown_child")))?;
    let new = NewCase {
        id,
        child: child.id,
        signal: request.signal_id,
        title: request.title,
        description: request.description,
        grounds: request.grounds,
        risk_level: request.risk_level,
        manage: true,
    };
    match request.signal_id {
        None => open_case(tx, new)?.id,
        Some(signal) => open_from_signal(tx, new, signal)?,
    };
    if reports.is_empty() {
        return Ok(id);
    }
    await_others(tx, reports.iter().map(|(report, _)| report))?;
    for (report, nature) in reports {
        insert(tx, report, nature, reported(&child), Vec::new())?;
    }
    Ok(id)
}

/// Opens a case from a signal, which is accepted with it.
fn open_from_signal(tx: &mut Tx<'_>, new: NewCase, signal_id: SignalId) -> Result<CaseId, Problem> {
    let signal = tx.signal_for(signal_id, Action::SignalTriage)?;
    let command =
        TriageCommand { decision: TriageDecision::Accept, case_id: None, child_id: Some(new.child), reason: None };
    let decision =
        triage(signal.status, signal.child_id, command).map_err(|_| Problem::new(ProblemCode::SignalAlreadyDecided))?;
    let child = new.child;
    let case = open_case(tx, new)?;
    tx.signal_decide(&signal, &decision, None, Some(case.id), Some(child))?;
    Ok(case.id)
}

/// The case of this id, if it was opened with the same content by the same user.
fn repeated(tx: &mut Tx<'_>, request: &CaseRequest) -> Result<Option<CaseId>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    let case = match tx.case_for(id, Action::CaseRead) {
        Ok(case) => case,
        Err(error) => {
            let problem = Problem::from(error);
            // Not known to the caller: either it is new, or the insert will say that the id is taken.
            return if problem.code() == ProblemCode::NotFound { Ok(None) } else { Err(problem) };
        }
    };
    let same_child = tx.children_same(case.child_id, request.child_id)?;
    if case.opened_by == tx.actor().user && same_child && same(&case, request) {
        Ok(Some(case.id))
    } else {
        Err(Problem::new(ProblemCode::IdTaken))
    }
}

/// Whether the case began with what the request says. Risk and title may have changed since: what
/// cannot change decides.
fn same(case: &Case, request: &CaseRequest) -> bool {
    case.signal_id == request.signal_id
        && (case.version > 1
            || (case.title == request.title.as_str()
                && case.description == request.description.as_str()
                && case.state.risk_level == request.risk_level
                && case.grounds.as_deref() == request.grounds.as_ref().map(Narrative::as_str)))
}

fn answer(tx: &mut Tx<'_>, id: CaseId, language: Language, created: bool) -> Result<Answer, Problem> {
    let case = tx.case_for(id, Action::CaseRead)?;
    let evidence = tx.case_evidence(&case)?;
    let view = CaseView::of(&case, &evidence, tx, language);
    let answer = if created { Answer::created(location(id), &view)? } else { Answer::ok(&view)? };
    Ok(answer.etag(case.version))
}
