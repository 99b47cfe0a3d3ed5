//! From answers to what is written: shared by completing at once and completing a draft.

use std::collections::BTreeMap;

use qorgan_domain::assessments::answers::{purpose_text, validate};
use qorgan_domain::assessments::{
    AnswerFault, AnswerPurpose, Answers, AssessmentCode, Completeness, Instrument, risk, score,
};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::AssessmentId;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::{NewAssessment, NewContent, Screened};
use serde_json::json;

use crate::problem::{FieldError, Issue, Problem, ProblemCode};

/// Checks answers and names every wrong one by its place in the request; one that is missing, or that was kept before,
/// by its question.
///
/// # Errors
/// `validation_failed`.
pub fn checked(
    instrument: &Instrument,
    answers: &Answers,
    places: &BTreeMap<AssessmentCode, usize>,
    completeness: Completeness,
) -> Result<(), Problem> {
    let faults = validate(&instrument.definition, answers, completeness);
    if faults.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(ProblemCode::ValidationFailed);
    Err(faults.into_iter().take(100).map(|fault| field(fault, places)).fold(problem, Problem::with_error))
}

fn field(fault: AnswerFault, places: &BTreeMap<AssessmentCode, usize>) -> FieldError {
    let unknown = fault.invalid.code() == "unknown_question";
    let named = fault.invalid.params().iter().any(|(name, _)| *name == "question");
    let issue = Issue::from(fault.invalid);
    match places.get(&fault.question) {
        Some(place) if unknown => FieldError::new(format!("/answers/{place}/question"), issue),
        Some(place) => FieldError::new(format!("/answers/{place}/value"), issue),
        None if named => FieldError::new("/answers", issue),
        None => FieldError::new("/answers", issue.with("question", &fault.question)),
    }
}

/// What a completed assessment by an instrument writes. The answers were checked.
///
/// # Errors
/// `validation_failed` where the assessor's judgement differs from the scores and no reason is given.
pub fn judged(
    id: AssessmentId,
    instrument: &Instrument,
    answers: &Answers,
    judgement: Option<RiskLevel>,
    reason: Option<&Reason>,
) -> Result<(NewAssessment, Screened), Problem> {
    let definition = &instrument.definition;
    let finding = score::score(definition, answers);
    let risk = risk::settle(finding.risk_level, judgement, reason.is_some())
        .map_err(|invalid| Problem::field("/risk_reason", invalid))?;
    let needs = purpose_text(definition, answers, AnswerPurpose::Needs);
    let states_needs = needs.is_some();
    let body = json!({
        "needs": needs,
        "child_view": purpose_text(definition, answers, AnswerPurpose::ChildView),
        "answers": answers,
        "finding": finding,
        "risk_reason": reason.map(Reason::as_str),
    });
    let content = NewContent { section: definition.section, body };
    let screened = Screened { instrument: (instrument.code.clone(), instrument.version), risk, states_needs };
    Ok((NewAssessment { id, risk_level: risk.risk_level, content }, screened))
}
