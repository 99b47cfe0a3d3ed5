//! `GET /cases/{id}/assessments/compare`.

use actix_web::{HttpResponse, get};
use qorgan_domain::assessments::compare::{Incomparable, RiskDirection, Side, compare, direction};
use qorgan_domain::assessments::{Answers, AssessmentCode, Comparability, Comparison, Finding, Instrument};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::{AssessmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_storage::cases::{AssessmentView, Case, ContentView};
use qorgan_storage::{Authorized, Tx};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::form::AnswerJson;
use super::view::{answers_of, finding_of};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::query;
use crate::request::{PathId, Query};
use crate::routes::cases::view::field;

query! {
    /// Which assessments to compare.
    pub struct AssessmentPair {
        /// The earlier one.
        pub from: AssessmentId,
        /// The later one.
        pub to: AssessmentId,
    }
}

/// The risk of both.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentRiskChange)]
pub struct RiskChange {
    /// Before.
    pub from: RiskLevel,
    /// After.
    pub to: RiskLevel,
    /// Which way it went.
    pub direction: RiskDirection,
}

/// A text that changed.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentTextChange)]
pub struct TextChange {
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// An answer that changed.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentAnswerChange)]
pub struct AnswerChangeView {
    /// The question's code.
    pub question: AssessmentCode,
    /// Before.
    pub from: Option<AnswerJson>,
    /// After.
    pub to: Option<AnswerJson>,
}

/// A score that changed.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentScoreChange)]
pub struct ScoreChangeView {
    /// The subscale; `null` for the whole.
    pub subscale: Option<AssessmentCode>,
    /// Before.
    pub from: i32,
    /// After.
    pub to: i32,
}

/// Something that cannot be compared between two versions.
#[derive(Serialize, ToSchema)]
#[schema(as = AssessmentNotComparable)]
pub struct NotComparable {
    /// The question's or the subscale's code; `null` for the score of the whole.
    pub code: Option<AssessmentCode>,
    /// Why.
    pub reason: Incomparable,
}

/// What changed between two assessments. Lists are `null` where a section is closed to the caller.
#[derive(Serialize, ToSchema)]
pub struct AssessmentComparison {
    /// The earlier one.
    pub from: AssessmentId,
    /// The later one.
    pub to: AssessmentId,
    /// How far they can be compared.
    pub comparability: Comparability,
    /// Whether the caller may read both.
    pub readable: bool,
    /// The risk of both.
    pub risk: RiskChange,
    /// Needs, where they changed.
    pub needs: Option<TextChange>,
    /// The child's own view, where it changed.
    pub child_view: Option<TextChange>,
    /// The answers that changed.
    pub answers: Option<Vec<AnswerChangeView>>,
    /// The scores that changed.
    pub scores: Option<Vec<ScoreChangeView>>,
    /// Questions that the versions ask otherwise.
    pub questions_not_comparable: Option<Vec<NotComparable>>,
    /// Scales that the versions score otherwise.
    pub scores_not_comparable: Option<Vec<NotComparable>>,
}

/// Compare two completed assessments of a case: what changed, question by question, and which way the risk went.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_compare",
    params(("id" = CaseId, Path), AssessmentPair),
    responses((status = 200, body = AssessmentComparison), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/assessments/compare")]
pub async fn assessment_compare(
    ctx: Ctx,
    id: PathId<CaseId>,
    query: Query<AssessmentPair>,
) -> Result<HttpResponse, Problem> {
    let AssessmentPair { from, to } = query.0;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let found = tx.assessments_find(&case, &[from, to])?;
        let pick = |id: AssessmentId| found.iter().find(|one| one.id == id);
        let (Some(one), Some(two)) = (pick(from), pick(to)) else {
            return Err(absent(tx, &case, &[from, to])?);
        };
        Answer::ok(&comparison(tx, one, two)?)
    })
    .await
}

/// Why a pair is not there: a draft of the caller's organisation is told from what does not exist.
fn absent(tx: &mut Tx<'_>, case: &Authorized<Case>, ids: &[AssessmentId]) -> Result<Problem, Problem> {
    for id in ids {
        if tx.assessment_draft(case, *id)?.is_some() {
            return Ok(Problem::new(ProblemCode::DomainRule).because("assessment_not_completed"));
        }
    }
    Ok(Problem::new(ProblemCode::NotFound))
}

fn comparison(tx: &mut Tx<'_>, one: &AssessmentView, two: &AssessmentView) -> Result<AssessmentComparison, Problem> {
    let mut view = AssessmentComparison {
        from: one.id,
        to: two.id,
        comparability: comparability(one, two),
        readable: false,
        risk: RiskChange {
            from: one.risk_level,
            to: two.risk_level,
            direction: direction(one.risk_level, two.risk_level),
        },
        needs: None,
        child_view: None,
        answers: None,
        scores: None,
        questions_not_comparable: None,
        scores_not_comparable: None,
    };
    let (ContentView::Open(before), ContentView::Open(after)) = (&one.content.view, &two.content.view) else {
        return Ok(view);
    };
    view.readable = true;
    view.needs = changed(before, after, "needs");
    view.child_view = changed(before, after, "child_view");
    if let (Some(from), Some(to)) = (read(tx, one, before)?, read(tx, two, after)?) {
        view.fill(compare(&from.side(), &to.side()));
    }
    Ok(view)
}

fn comparability(one: &AssessmentView, two: &AssessmentView) -> Comparability {
    match (&one.instrument, &two.instrument) {
        (None, None) => Comparability::SameVersion,
        (Some((code, version)), Some((other, later))) if code == other => {
            if version == later {
                Comparability::SameVersion
            } else {
                Comparability::OtherVersion
            }
        }
        _ => Comparability::OtherInstrument,
    }
}

fn changed(before: &Value, after: &Value, name: &str) -> Option<TextChange> {
    let (from, to) = (field(Some(before), name), field(Some(after), name));
    (from != to).then_some(TextChange { from, to })
}

/// An assessment by an instrument, ready to be compared.
struct Made {
    instrument: Instrument,
    answers: Answers,
    finding: Finding,
}

impl Made {
    fn side(&self) -> Side<'_> {
        Side { instrument: &self.instrument, answers: &self.answers, finding: &self.finding }
    }
}

/// Reads what was kept of an assessment by an instrument; nothing for one in free form.
fn read(tx: &mut Tx<'_>, assessment: &AssessmentView, text: &Value) -> Result<Option<Made>, Problem> {
    let Some((code, version)) = &assessment.instrument else { return Ok(None) };
    let today = tx.today();
    let instrument = tx.instrument_find(code, Some(*version), today)?;
    let kept = instrument.zip(answers_of(Some(text))).zip(finding_of(Some(text)));
    let Some(((instrument, answers), finding)) = kept else {
        tracing::error!(assessment = %assessment.id, "an assessment does not hold what it was made of");
        return Err(Problem::new(ProblemCode::Internal));
    };
    Ok(Some(Made { instrument, answers, finding }))
}

impl AssessmentComparison {
    fn fill(&mut self, found: Comparison) {
        let answers = found.answers.into_iter().map(|change| AnswerChangeView {
            question: change.question,
            from: change.from.map(AnswerJson),
            to: change.to.map(AnswerJson),
        });
        let scores = found.scores.into_iter().map(|change| ScoreChangeView {
            subscale: change.subscale,
            from: change.from,
            to: change.to,
        });
        let questions = found.incomparable_questions.into_iter();
        let scales = found.incomparable_scales.into_iter();
        self.answers = Some(answers.collect());
        self.scores = Some(scores.collect());
        self.questions_not_comparable =
            Some(questions.map(|(code, reason)| NotComparable { code: Some(code), reason }).collect());
        self.scores_not_comparable = Some(scales.map(|(code, reason)| NotComparable { code, reason }).collect());
    }
}
