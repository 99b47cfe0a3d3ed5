//! `POST /signals/{id}/triage`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::{MissingCode, RiskLevel, Stage};
use qorgan_domain::ids::{CaseId, ChildId, SignalId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::signals::{Triage, TriageCommand, TriageDecision, TriageRefusal, triage};
use qorgan_domain::text::{Reason, Title};
use qorgan_storage::cases::Case;
use qorgan_storage::signals::Signal;
use qorgan_storage::{AccessError, Authorized, Denial, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use super::accept::{self, Opening};
use super::view::SignalView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::cases::view::CaseView;
use crate::routes::version::unchanged;

request! {
    /// What is decided on a signal.
    #[schema(example = json!({
        "decision": "accept", "child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "risk_level": "high"
    }))]
    pub struct TriageRequest {
        /// Open a case, link to an open one, or dismiss.
        pub decision: TriageDecision,
        /// `link`: the open case; the caller must see it.
        pub case_id: Option<CaseId>,
        /// Why; must be given with `dismiss`.
        #[schema(value_type = Option<String>, min_length = 3, max_length = 2000)]
        pub reason: Option<Reason>,
        /// The child's record, when the signal does not name it yet or names another.
        pub child_id: Option<ChildId>,
        /// `accept`: the risk as it looks now; `medium` by default.
        pub risk_level: Option<RiskLevel>,
        /// `accept`: a line for the case; by default the first line of the signal.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
        pub title: Option<Title>,
        /// `accept`: an id for the case, chosen by the client (UUIDv7).
        pub case_id_new: Option<CaseId>,
    }
}

/// The signal as decided, and the case that it opened or was linked to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriageResult)]
pub struct TriageResultView {
    /// The signal.
    pub signal: SignalView,
    /// The case; `null` for a dismissed signal.
    pub case: Option<CaseView>,
}

/// Decide on a signal: open a case, link it to an open case, or dismiss it with a reason.
///
/// `accept` opens a case led by the caller's organisation and needs the right `case_open` too. What is missing (the
/// child, an open case) is named in a 409. The `ETag` is the signal's; that of the case is its `version`.
#[utoipa::path(
    tag = "signals",
    operation_id = "signal_triage",
    params(("id" = SignalId, Path), IfMatch, IdempotencyKey),
    request_body = TriageRequest,
    responses(
        (status = 200, body = TriageResultView, headers(("ETag" = String))),
        (status = 409, description = "signal_already_decided, transition_refused, not_a_child, id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signal_triage"))),
)]
#[post("/signals/{id}/triage")]
pub async fn signal_triage(
    ctx: Ctx,
    id: PathId<SignalId>,
    if_match: IfMatch,
    body: Body<TriageRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let signal = tx.signal_for(id.0, Action::SignalTriage)?;
        // Before the version: who comes second is told what happened, not that a number is old.
        if !signal.status.is_undecided() {
            return Err(refusal(TriageRefusal::AlreadyDecided { status: signal.status }));
        }
        unchanged(signal.version, if_match)?;
        let (signal, case) = decide(tx, &signal, request)?;
        let case = case
            .map(|case| -> Result<CaseView, Problem> {
                let evidence = tx.case_evidence(&case)?;
                tx.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
                Ok(CaseView::of(&case, &evidence, tx, language))
            })
            .transpose()?;
        let version = signal.version;
        let view = TriageResultView { signal: SignalView::of(&signal, tx.actor()), case };
        Ok(Answer::ok(&view)?.etag(version))
    })
    .await
}

fn decide(
    tx: &mut Tx<'_>,
    signal: &Authorized<Signal>,
    mut request: TriageRequest,
) -> Result<(Signal, Option<Authorized<Case>>), Problem> {
    check(tx, &mut request)?;
    let command = TriageCommand {
        decision: request.decision,
        case_id: request.case_id,
        child_id: request.child_id,
        reason: request.reason.clone(),
    };
    let decided = triage(signal.status, signal.child_id, command).map_err(refusal)?;
    let case = match &decided {
        Triage::Accept { child_id } => {
            let opening = Opening { id: request.case_id_new, risk_level: request.risk_level, title: request.title };
            Some(accept::open(tx, signal, *child_id, opening)?)
        }
        Triage::Link { case_id } => Some(open_case_to_link(tx, *case_id)?),
        Triage::Dismiss { .. } => None,
    };
    let case_id = case.as_ref().map(|case| case.id);
    let signal = tx.signal_decide(signal, &decided, request.reason.as_ref(), case_id, request.child_id)?;
    // Linking changes the case: it is read again as it stands now.
    let case = case_id.map(|id| tx.case_for(id, Action::CaseRead)).transpose()?;
    Ok((signal, case))
}

/// What only accepting takes, and whether the child exists.
fn check(tx: &mut Tx<'_>, request: &mut TriageRequest) -> Result<(), Problem> {
    let mut errors = FieldErrors::new();
    if request.decision != TriageDecision::Accept {
        let given = [
            ("risk_level", request.risk_level.is_some()),
            ("title", request.title.is_some()),
            ("case_id_new", request.case_id_new.is_some()),
        ];
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            errors.push(&Pointer::ROOT.key(field), Issue::new("not_allowed_here"));
        }
    }
    if let Some(Err(invalid)) = request.case_id_new.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&Pointer::ROOT.key("case_id_new"), invalid);
    }
    if let Some(child) = request.child_id {
        match tx.child_for_link(child)? {
            // Of a merged record the surviving one.
            Some(child) => request.child_id = Some(child.id),
            None => errors.push(&Pointer::ROOT.key("child_id"), Issue::new("unknown_child")),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

/// An open case that the caller sees. One that the caller may not know of is missing like one that is closed.
fn open_case_to_link(tx: &mut Tx<'_>, id: CaseId) -> Result<Authorized<Case>, Problem> {
    let none = || Problem::new(ProblemCode::TransitionRefused).with_missing([MissingCode::OpenCase]);
    match tx.case_for(id, Action::CaseRead) {
        Ok(case) if case.state.stage == Stage::Closed => Err(none()),
        Ok(case) => Ok(case),
        Err(AccessError::Denied(Denial::NotFound)) => Err(none()),
        Err(error) => Err(error.into()),
    }
}

/// A refusal of the domain: a record that is missing is a rule (409), a wrong field a mistake of the request (422).
fn refusal(refusal: TriageRefusal) -> Problem {
    let fields = match refusal {
        TriageRefusal::AlreadyDecided { status } => {
            return Problem::new(ProblemCode::SignalAlreadyDecided).with("signal_status", status);
        }
        TriageRefusal::Fields(fields) => fields,
    };
    let mut errors = FieldErrors::new();
    let mut missing = Vec::new();
    for (field, invalid) in fields {
        match (field, invalid.code()) {
            ("child_id", "required") => missing.push(MissingCode::Child),
            ("case_id", "required") => missing.push(MissingCode::OpenCase),
            (field, "required") => errors.push(&Pointer::ROOT.key(field), Issue::new("required_here")),
            (field, "not_allowed") => errors.push(&Pointer::ROOT.key(field), Issue::new("not_allowed_here")),
            (field, _) => errors.push(&Pointer::ROOT.key(field), invalid),
        }
    }
    if errors.is_empty() {
        Problem::new(ProblemCode::TransitionRefused).with_missing(missing)
    } else {
        Problem::validation(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::signals::SignalStatus;

    fn command(decision: TriageDecision) -> TriageCommand {
        TriageCommand { decision, case_id: None, child_id: None, reason: None }
    }

    #[test]
    fn what_is_missing_is_a_rule_and_what_is_wrong_a_field() {
        let code = |decision| {
            let problem = refusal(triage(SignalStatus::Received, None, command(decision)).unwrap_err());
            let errors = problem.errors().iter().map(|error| format!("{} {}", error.pointer(), error.code()));
            (problem.code(), errors.collect::<Vec<_>>())
        };
        assert_eq!(code(TriageDecision::Accept), (ProblemCode::TransitionRefused, vec![]));
        assert_eq!(code(TriageDecision::Link), (ProblemCode::TransitionRefused, vec![]));
        let dismissed = (ProblemCode::ValidationFailed, vec!["/reason required_here".to_owned()]);
        assert_eq!(code(TriageDecision::Dismiss), dismissed);
    }

    #[test]
    fn a_second_decision_is_told_of_the_first() {
        let problem = refusal(TriageRefusal::AlreadyDecided { status: SignalStatus::Linked });
        assert_eq!(problem.code(), ProblemCode::SignalAlreadyDecided);
    }
}
