//! `GET /cases/{id}/closure-summary`.

use actix_web::{Either, HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::{
    CaseAction, CaseEventKind, ClosureOutcome, Missing, MissingCode, ReviewConclusion, RiskLevel, Stage,
};
use qorgan_domain::ids::{CaseId, TaskId};
use qorgan_domain::policy::Action;
use qorgan_domain::tasks::{TaskOrigin, TaskStatus};
use qorgan_storage::cases::{Case, ClosureSummary, Task};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{OrganisationNameView, ParticipantView, PersonView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::documents::{DocumentFormat, closure};
use crate::problem::Problem;
use crate::query;
use crate::request::{PathId, Query};
use crate::routes::stage::stage_problem;

query! {
    /// In what form to answer.
    pub struct SummaryQuery {
        /// `json` where absent.
        pub format: Option<DocumentFormat>,
    }
}

/// What a case came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClosureSummary)]
pub struct ClosureSummaryView {
    /// The case.
    pub case_id: CaseId,
    /// The number people use.
    pub number: String,
    /// `closure_proposed` or `closed`.
    pub stage: Stage,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed; `null` while closure is proposed.
    pub closed_at: Option<DateTime<Utc>>,
    /// What it came to.
    pub outcome: Option<ClosureOutcome>,
    /// Why it can be closed.
    pub reason: Option<String>,
    /// The organisation responsible.
    pub lead: Option<OrganisationNameView>,
    /// Who is responsible there.
    pub manager: Option<PersonView>,
    /// All organisations that work on it, the lead first.
    pub participants: Vec<ParticipantView>,
    /// What was said of the risk, in order.
    pub risk_course: Vec<RiskStepView>,
    /// How many assessments were completed.
    pub assessments: usize,
    /// How many plans were approved.
    pub plans_approved: i64,
    /// The reviews.
    pub reviews: Vec<ReviewStepView>,
    /// The tasks in numbers.
    pub tasks: TaskCountsView,
    /// The tasks one by one, without their results.
    pub task_list: Vec<TaskLineView>,
    /// How many decisions of a consilium there are.
    pub consilium_decisions: i64,
    /// How many reports to the unified register name the case, as far as the caller may see them.
    pub register_reports: i64,
    /// How often closure was proposed and refused, and how often the case was opened again.
    pub closure_steps: Vec<StepCountView>,
}

/// How high the risk was said to be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskStep)]
pub struct RiskStepView {
    /// When.
    pub at: DateTime<Utc>,
    /// By what.
    pub event: CaseEventKind,
    /// How high.
    pub risk_level: RiskLevel,
}

/// A review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewStep)]
pub struct ReviewStepView {
    /// When.
    pub at: DateTime<Utc>,
    /// What follows from it.
    pub conclusion: ReviewConclusion,
}

/// How often an action was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StepCount)]
pub struct StepCountView {
    /// The action.
    pub action: CaseAction,
    /// How often.
    pub times: usize,
}

/// Tasks in numbers.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = TaskCounts)]
pub struct TaskCountsView {
    /// Done by their due time.
    pub done_in_time: usize,
    /// Done later.
    pub done_late: usize,
    /// Waived with a reason.
    pub waived: usize,
    /// Neither done nor waived.
    pub open: usize,
}

/// A task, without its result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaskLine)]
pub struct TaskLineView {
    /// The task.
    pub id: TaskId,
    /// What was to be done.
    pub title: String,
    /// By whom.
    pub organisation: OrganisationNameView,
    /// Where it came from.
    pub origin: TaskOrigin,
    /// The last day on which it was in time.
    pub due_on: NaiveDate,
    /// Open, done or waived.
    pub status: TaskStatus,
    /// When it was done or waived.
    pub finished_at: Option<DateTime<Utc>>,
    /// Whether it was done in time; `null` where it was not done.
    pub in_time: Option<bool>,
}

impl From<&Task> for TaskLineView {
    fn from(task: &Task) -> Self {
        let finished_at = task.finished.map(|(_, at)| at);
        let done = finished_at.filter(|_| task.status == TaskStatus::Done);
        Self {
            id: task.id,
            title: task.title.clone(),
            organisation: (task.organisation.0.id, task.organisation.1.clone()).into(),
            origin: task.origin,
            due_on: task.due_on,
            status: task.status,
            finished_at,
            in_time: done.map(|at| at < task.due_at),
        }
    }
}

impl TaskCountsView {
    fn of(tasks: &[TaskLineView]) -> Self {
        tasks.iter().fold(Self::default(), |mut counts, task| {
            match (task.status, task.in_time) {
                (TaskStatus::Done, Some(false)) => counts.done_late += 1,
                (TaskStatus::Done, _) => counts.done_in_time += 1,
                (TaskStatus::Waived, _) => counts.waived += 1,
                (TaskStatus::Open, _) => counts.open += 1,
                // It goes on elsewhere and counts there.
                (TaskStatus::Continued | TaskStatus::CarriedOver, _) => {}
            }
            counts
        })
    }
}

impl ClosureSummaryView {
    fn of(case: &Case, summary: &ClosureSummary) -> Self {
        let lead = case.participants.iter().find(|participant| participant.organisation.id == case.lead.id);
        let manager = lead.and_then(|lead| lead.assigned.clone());
        let task_list: Vec<TaskLineView> = summary.tasks.iter().map(Into::into).collect();
        Self {
            case_id: case.id,
            number: case.number.clone(),
            stage: case.state.stage,
            opened_at: case.opened_at,
            closed_at: case.closed_at,
            outcome: case.closure_outcome,
            reason: case.closure_reason.clone(),
            lead: lead.map(|lead| (lead.organisation.id, lead.name.clone()).into()),
            manager: manager.map(Into::into),
            participants: case.participants.iter().map(Into::into).collect(),
            risk_course: summary
                .risk_course
                .iter()
                .map(|(at, event, risk)| RiskStepView { at: *at, event: *event, risk_level: *risk })
                .collect(),
            assessments: summary.assessments,
            plans_approved: summary.plans_approved,
            reviews: summary
                .reviews
                .iter()
                .map(|(at, conclusion)| ReviewStepView { at: *at, conclusion: *conclusion })
                .collect(),
            tasks: TaskCountsView::of(&task_list),
            task_list,
            consilium_decisions: summary.board_decisions,
            register_reports: summary.register_reports,
            closure_steps: summary
                .closures
                .iter()
                .map(|(action, times)| StepCountView { action: *action, times: *times })
                .collect(),
        }
    }
}

/// Read what a case came to, once its closure is proposed; as a document with `format=docx`, in the language of
/// `Accept-Language`.
///
/// It holds numbers, codes, days and the titles of tasks: no text of any section, and no name of a child. Every page of
/// the document says whose copy it is.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_closure_summary",
    params(("id" = CaseId, Path), SummaryQuery),
    responses(
        (status = 200, description = "The summary", content(
            (ClosureSummaryView = "application/json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        )),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/closure-summary")]
pub async fn case_closure_summary(
    ctx: Ctx,
    id: PathId<CaseId>,
    query: Query<SummaryQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let format = query.0.format.unwrap_or_default();
    let written = ctx
        .run(move |tx| {
            let case = tx.case_for(id.0, Action::CaseRead)?;
            at_its_end(case.state.stage)?;
            let summary = tx.case_closure_summary(&case)?;
            let view = ClosureSummaryView::of(&case, &summary);
            Ok(match format {
                DocumentFormat::Json => Either::Left(Answer::ok(&view)?),
                DocumentFormat::Docx => Either::Right(closure::summary(&view, tx.actor(), tx.now(), language)?),
            })
        })
        .await?;
    Ok(match written {
        Either::Left(answer) => answer.into_response(),
        Either::Right(document) => document.into_response(),
    })
}

fn at_its_end(stage: Stage) -> Result<(), Problem> {
    if matches!(stage, Stage::ClosureProposed | Stage::Closed) {
        return Ok(());
    }
    let required = format!("{},{}", Stage::ClosureProposed, Stage::Closed);
    Err(stage_problem(Missing::new(MissingCode::Stage).with("stage", stage).with("required", required)))
}
