//! How an assessment looks in JSON.

use qorgan_domain::assessments::{AnswerValue, Answers, AssessmentCode, AssessmentStatus, Finding, RiskOverride, risk};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::AssessmentId;
use qorgan_storage::cases::{AssessmentDraft, AssessmentView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::form::AnswerJson;
use crate::routes::cases::view::{AuthoredView, field, open};

/// An answer to one question.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentAnswer)]
pub struct AnswerView {
    /// The question's code.
    pub question: AssessmentCode,
    /// The answer.
    pub value: AnswerJson,
}

/// The score of a subscale.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentSubscaleScore)]
pub struct SubscaleScore {
    /// The subscale.
    pub subscale: AssessmentCode,
    /// Its score.
    pub score: i32,
}

/// The scores of an assessment.
#[derive(Serialize, ToSchema)]
pub struct AssessmentScores {
    /// The score of the whole.
    pub total: i32,
    /// The scores of the subscales.
    pub subscales: Vec<SubscaleScore>,
}

/// An assessment.
#[derive(Serialize, ToSchema)]
#[schema(as = Assessment)]
pub struct AssessmentJson {
    /// Its id.
    pub id: AssessmentId,
    /// Draft or completed.
    pub status: AssessmentStatus,
    /// The risk it found; `null` for a draft.
    pub risk_level: Option<RiskLevel>,
    /// The risk by the instrument's scores.
    pub scored_risk: Option<RiskLevel>,
    /// How the assessor's judgement differs from the scores.
    pub risk_override: Option<RiskOverride>,
    /// The risk found, where it is more than the case's: raise it, or complete the assessment stage.
    pub suggested_risk: Option<RiskLevel>,
    /// Whether completing it raised the case's risk at once: danger to life does not wait.
    pub risk_raised: bool,
    /// The instrument it was made by; `null` in free form.
    pub instrument: Option<AssessmentCode>,
    /// The instrument's version.
    pub instrument_version: Option<i32>,
    /// Author, organisation, time, section.
    #[serde(flatten)]
    pub authored: AuthoredView,
    /// What the child and the family need.
    pub needs: Option<String>,
    /// The child's own view.
    pub child_view: Option<String>,
    /// Why the assessor's judgement differs from the scores.
    pub risk_reason: Option<String>,
    /// The answers; `null` in free form, and where the section is closed to the caller.
    pub answers: Option<Vec<AnswerView>>,
    /// The scores; `null` as for the answers, and for a draft.
    pub scores: Option<AssessmentScores>,
    /// What else the scores tell.
    pub flags: Option<Vec<AssessmentCode>>,
    /// A draft's version, as in `ETag`.
    pub version: Option<i64>,
}

/// Answers as they were kept.
pub fn answers_of(text: Option<&Value>) -> Option<Answers> {
    serde_json::from_value(text?.get("answers")?.clone()).ok()
}

/// The finding as it was kept.
pub fn finding_of(text: Option<&Value>) -> Option<Finding> {
    serde_json::from_value(text?.get("finding")?.clone()).ok()
}

/// Answers as a list.
pub fn listed(answers: Answers) -> Vec<AnswerView> {
    let view = |(question, value): (AssessmentCode, AnswerValue)| AnswerView { question, value: AnswerJson(value) };
    answers.into_iter().map(view).collect()
}

impl AssessmentJson {
    /// A completed assessment of a case whose risk is `case_risk`.
    pub fn completed(assessment: AssessmentView, case_risk: RiskLevel) -> Self {
        let (authored, text) = open(assessment.content);
        let text = text.as_ref();
        let finding = finding_of(text);
        let (instrument, instrument_version) = assessment.instrument.unzip();
        Self {
            id: assessment.id,
            status: AssessmentStatus::Completed,
            risk_level: Some(assessment.risk_level),
            scored_risk: assessment.scored_risk,
            risk_override: assessment.risk_override,
            suggested_risk: risk::suggested(case_risk, assessment.risk_level),
            risk_raised: false,
            instrument,
            instrument_version,
            needs: field(text, "needs"),
            child_view: field(text, "child_view"),
            risk_reason: field(text, "risk_reason"),
            answers: answers_of(text).map(listed),
            flags: finding.as_ref().map(|finding| finding.flags.iter().cloned().collect()),
            scores: finding.map(|finding| AssessmentScores {
                total: finding.total,
                subscales: finding
                    .subscales
                    .into_iter()
                    .map(|(subscale, score)| SubscaleScore { subscale, score })
                    .collect(),
            }),
            version: None,
            authored,
        }
    }

    /// The same just after it was completed; `case_risk` is what the case had before.
    pub fn just_completed(assessment: AssessmentView, case_risk: RiskLevel) -> Self {
        let raised = risk::raised_at_once(case_risk, assessment.risk_level).is_some();
        Self { risk_raised: raised, ..Self::completed(assessment, case_risk) }
    }

    /// A draft.
    pub fn draft(draft: AssessmentDraft) -> Self {
        Self {
            id: draft.id,
            status: AssessmentStatus::Draft,
            risk_level: None,
            scored_risk: None,
            risk_override: None,
            suggested_risk: None,
            risk_raised: false,
            instrument: Some(draft.instrument.0),
            instrument_version: Some(draft.instrument.1),
            authored: AuthoredView {
                section: draft.section,
                author: draft.author.into(),
                organisation: draft.organisation.into(),
                created_at: draft.created_at,
                readable: true,
            },
            needs: None,
            child_view: None,
            risk_reason: None,
            answers: Some(listed(draft.answers)),
            scores: None,
            flags: None,
            version: Some(draft.version),
        }
    }
}
