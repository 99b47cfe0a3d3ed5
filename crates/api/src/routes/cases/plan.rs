//! `/cases/{id}/plan`: goals and tasks.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, PlanStatus, Section};
use qorgan_domain::ids::{CaseId, GoalId, OrganisationId, PlanId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::text::Title;
use qorgan_storage::Tx;
use qorgan_storage::cases::{NewGoal, NewPlan, NewTask, PlanView};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::location;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Page, PathId};
use crate::routes::stage::stage_problem;
use crate::routes::tasks::view::TaskView;

request! {
    /// A plan. It becomes the case's draft and replaces a draft that was there.
    #[schema(example = json!({"goals": [{"title": "The child is safe and examined", "tasks": [
        {"title": "Medical examination", "organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab",
         "due_on": "2030-01-31", "section": "medical"}]}]}))]
    pub struct PlanRequest {
        /// What is to be reached, in order.
        pub goals: Vec<GoalRequest>,
    }

    /// A goal of a plan.
    pub struct GoalRequest {
        /// What is to be reached.
        pub title: Title,
        /// How.
        pub tasks: Vec<TaskRequest>,
    }

    /// A task of a goal.
    pub struct TaskRequest {
        /// What is to be done.
        pub title: Title,
        /// By whom: it becomes a participant when the plan is approved.
        pub organisation_id: OrganisationId,
        /// Until when.
        pub due_on: NaiveDate,
        /// Whether the case cannot be closed without it; `true` where absent.
        pub mandatory: Option<bool>,
        /// The section that will protect its result; `general` where absent.
        pub section: Option<Section>,
    }
}

/// A revision of the plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanJson {
    /// Its id.
    pub id: PlanId,
    /// 1, 2, …
    pub revision: i32,
    /// Draft, approved or superseded.
    pub status: PlanStatus,
    /// Who wrote it.
    pub author_id: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Its goals, in order.
    pub goals: Vec<GoalJson>,
}

/// A goal of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Goal)]
pub struct GoalJson {
    /// Its id.
    pub id: GoalId,
    /// What is to be reached.
    pub title: String,
    /// How.
    pub tasks: Vec<TaskView>,
}

impl From<PlanView> for PlanJson {
    fn from(plan: PlanView) -> Self {
        let goals = plan.goals.into_iter().map(|goal| GoalJson {
            id: goal.id,
            title: goal.title,
            tasks: goal.tasks.into_iter().map(TaskView::from).collect(),
        });
        Self {
            id: plan.id,
            revision: plan.revision,
            status: plan.status,
            author_id: plan.author,
            created_at: plan.created_at,
            approved_by: plan.approved.map(|(user, _)| user),
            approved_at: plan.approved.map(|(_, at)| at),
            goals: goals.collect(),
        }
    }
}

/// Write the plan of a case as its draft. It takes effect by the action `approve_plan`.
#[utoipa::path(
    tag = "cases",
    operation_id = "plan_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = PlanRequest,
    responses((status = 201, body = PlanJson), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("plan_write"))),
)]
#[post("/cases/{id}/plan")]
pub async fn plan_create(ctx: Ctx, id: PathId<CaseId>, body: Body<PlanRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::PlanWrite)?;
        may_write(CasePart::Plan, case.state.stage).map_err(stage_problem)?;
        let plan = NewPlan { id: PlanId::from_uuid(Uuid::now_v7()), goals: goals(tx, request)? };
        tx.plan_insert(&case, &plan)?;
        let written = tx.plan_list(&case)?.into_iter().find(|written| written.id == plan.id);
        let view = written.map(PlanJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/plan", location(case.id)), &view)
    })
    .await
}

/// Read the plan's revisions, the newest first. Older ones stay as they were.
#[utoipa::path(
    tag = "cases",
    operation_id = "plan_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<PlanJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/plan")]
pub async fn plan_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.plan_list(&case)?.into_iter().map(PlanJson::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

/// The goals with their organisations looked up, or every wrong field.
fn goals(tx: &mut Tx<'_>, request: PlanRequest) -> Result<Vec<NewGoal>, Problem> {
    let today = tx.today();
    let ids = request.goals.iter().flat_map(|goal| goal.tasks.iter().map(|task| task.organisation_id)).collect();
    let known: HashMap<OrganisationId, OrganisationRef> =
        tx.organisation_refs(ids)?.into_iter().map(|organisation| (organisation.id, organisation)).collect();
    let mut errors = FieldErrors::new();
    let mut goals = Vec::with_capacity(request.goals.len());
    for (goal_at, goal) in request.goals.into_iter().enumerate() {
        let mut tasks = Vec::with_capacity(goal.tasks.len());
        for (task_at, task) in goal.tasks.into_iter().enumerate() {
            let goals_pointer = Pointer::ROOT.key("goals");
            let goal_pointer = goals_pointer.index(goal_at);
            let tasks_pointer = goal_pointer.key("tasks");
            let at = tasks_pointer.index(task_at);
            if task.due_on < today {
                errors.push(&at.key("due_on"), Issue::new("date_past"));
            }
            match known.get(&task.organisation_id) {
                None => errors.push(&at.key("organisation_id"), Issue::new("unknown_organisation")),
                Some(organisation) => tasks.push(NewTask {
                    title: task.title,
                    organisation: organisation.clone(),
                    due_on: task.due_on,
                    mandatory: task.mandatory.unwrap_or(true),
                    section: task.section.unwrap_or(Section::General),
                }),
            }
        }
        goals.push(NewGoal { title: goal.title, tasks });
    }
    if errors.is_empty() { Ok(goals) } else { Err(Problem::validation(errors)) }
}
