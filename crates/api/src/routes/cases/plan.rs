//! `/cases/{id}/plan`: goals and tasks.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::revision::{Continued, may_continue};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, FamilyRole, PlanStatus, Section};
use qorgan_domain::ids::{CaseId, GoalId, OrganisationId, PlanId, TaskId, UserId, client_uuid};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::text::Title;
use qorgan_storage::Tx;
use qorgan_storage::cases::{NewGoal, NewPlan, NewTask, PlanView, Task};
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
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same plan.
        pub id: Option<PlanId>,
        /// What is to be reached, in order.
        pub goals: Vec<GoalRequest>,
    }

    /// A goal of a plan.
    pub struct GoalRequest {
        /// An id chosen by the client (UUIDv7).
        pub id: Option<GoalId>,
        /// What is to be reached.
        pub title: Title,
        /// How.
        pub tasks: Vec<TaskRequest>,
    }

    /// A task of a goal.
    pub struct TaskRequest {
        /// An id chosen by the client (UUIDv7).
        pub id: Option<TaskId>,
        /// An open task of an earlier plan of the case that goes on in this one: it is settled when this plan is
        /// approved. Open tasks that no plan continues stay open.
        pub continues: Option<TaskId>,
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
        /// The service that is to be used.
        pub service: Option<Title>,
        /// Who of the family takes part, or is concerned.
        pub family_member: Option<FamilyRole>,
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
    /// Draft, approved, superseded or returned.
    pub status: PlanStatus,
    /// Who wrote it.
    pub author_id: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Who returned it to its author.
    pub returned_by: Option<UserId>,
    /// When it was returned.
    pub returned_at: Option<DateTime<Utc>>,
    /// Why it was returned.
    pub return_reason: Option<String>,
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
            returned_by: plan.returned.as_ref().map(|returned| returned.by),
            returned_at: plan.returned.as_ref().map(|returned| returned.at),
            return_reason: plan.returned.map(|returned| returned.reason),
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
    responses(
        (status = 201, body = PlanJson),
        (status = 200, description = "It was written before by this very request", body = PlanJson),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("plan_write"))),
)]
#[post("/cases/{id}/plan")]
pub async fn plan_create(ctx: Ctx, id: PathId<CaseId>, body: Body<PlanRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::PlanWrite)?;
        let known = tx.plan_list(&case)?;
        if let Some(answer) = repeated(tx, &known, &request)? {
            return Ok(answer);
        }
        may_write(CasePart::Plan, case.state.stage).map_err(stage_problem)?;
        let plan = new_plan(tx, &known, request)?;
        tx.plan_insert(&case, &plan)?;
        let written = tx.plan_list(&case)?.into_iter().find(|written| written.id == plan.id);
        let view = written.map(PlanJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/plan", location(case.id)), &view)
    })
    .await
}

/// The answer with the plan of this id, if the same user wrote it with the same content.
fn repeated(tx: &Tx<'_>, known: &[PlanView], request: &PlanRequest) -> Result<Option<Answer>, Problem> {
    let Some(plan) = known.iter().find(|plan| Some(plan.id) == request.id) else { return Ok(None) };
    if plan.author != tx.actor().user || !same(plan, request) {
        return Err(Problem::new(ProblemCode::IdTaken));
    }
    Answer::ok(&PlanJson::from(plan.clone())).map(Some)
}

fn same(plan: &PlanView, request: &PlanRequest) -> bool {
    let task = |(known, sent): (&Task, &TaskRequest)| {
        sent.id.is_none_or(|id| id == known.id)
            && known.title == sent.title.as_str()
            && known.organisation.0.id == sent.organisation_id
            && known.due_on == sent.due_on
            && known.mandatory == sent.mandatory.unwrap_or(true)
            && known.section == sent.section.unwrap_or(Section::General)
            && known.continues == sent.continues
            && known.service.as_deref() == sent.service.as_ref().map(Title::as_str)
            && known.family_member == sent.family_member
    };
    // Tasks come back by their due date, not in the order in which they were sent.
    plan.goals.len() == request.goals.len()
        && plan.goals.iter().zip(&request.goals).all(|(known, sent)| {
            known.title == sent.title.as_str()
                && sent.id.is_none_or(|id| id == known.id)
                && known.tasks.len() == sent.tasks.len()
                && known.tasks.iter().all(|one| sent.tasks.iter().any(|other| task((one, other))))
                && sent.tasks.iter().all(|other| known.tasks.iter().any(|one| task((one, other))))
        })
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

/// The plan with everything looked up that it names, or every wrong field.
fn new_plan(tx: &mut Tx<'_>, known: &[PlanView], request: PlanRequest) -> Result<NewPlan, Problem> {
    let ids = request.goals.iter().flat_map(|goal| goal.tasks.iter().map(|task| task.organisation_id)).collect();
    let organisations = tx.organisation_refs(ids)?;
    let mut check = Check {
        today: tx.today(),
        organisations: organisations.into_iter().map(|organisation| (organisation.id, organisation)).collect(),
        tasks: known.iter().flat_map(|plan| &plan.goals).flat_map(|goal| &goal.tasks).map(|t| (t.id, t)).collect(),
        ids: HashSet::new(),
        continued: HashSet::new(),
        errors: FieldErrors::new(),
    };
    let id = check.chosen(request.id, &Pointer::ROOT.key("id"));
    let at_goals = Pointer::ROOT.key("goals");
    let mut goals = Vec::with_capacity(request.goals.len());
    for (goal_at, goal) in request.goals.into_iter().enumerate() {
        let at = at_goals.index(goal_at);
        let id = check.chosen(goal.id, &at.key("id"));
        let at_tasks = at.key("tasks");
        let tasks = goal.tasks.into_iter().enumerate();
        let tasks = tasks.filter_map(|(task_at, task)| check.task(task, &at_tasks.index(task_at))).collect();
        goals.push(NewGoal { id, title: goal.title, tasks });
    }
    if check.errors.is_empty() { Ok(NewPlan { id, goals }) } else { Err(Problem::validation(check.errors)) }
}

/// What the parts of a plan are checked against.
struct Check<'a> {
    today: NaiveDate,
    organisations: HashMap<OrganisationId, OrganisationRef>,
    /// The tasks of the case's plans.
    tasks: HashMap<TaskId, &'a Task>,
    /// Ids that the request chose.
    ids: HashSet<Uuid>,
    /// Tasks that the request continues.
    continued: HashSet<TaskId>,
    errors: FieldErrors,
}

impl Check<'_> {
    /// The id that the client chose, or a new one.
    fn chosen<T: From<Uuid> + Into<Uuid> + Copy>(&mut self, id: Option<T>, at: &Pointer<'_>) -> T {
        let Some(id) = id else { return T::from(Uuid::now_v7()) };
        if let Err(invalid) = client_uuid(id.into()) {
            self.errors.push(at, invalid);
        } else if !self.ids.insert(id.into()) {
            self.errors.push(at, Issue::new("id_repeated"));
        }
        id
    }

    fn task(&mut self, task: TaskRequest, at: &Pointer<'_>) -> Option<NewTask> {
        let id = self.chosen(task.id, &at.key("id"));
        let mandatory = task.mandatory.unwrap_or(true);
        if task.due_on < self.today {
            self.errors.push(&at.key("due_on"), Issue::new("date_past"));
        }
        if let Some(continued) = task.continues {
            self.continues(continued, mandatory, &at.key("continues"));
        }
        let Some(organisation) = self.organisations.get(&task.organisation_id).cloned() else {
            self.errors.push(&at.key("organisation_id"), Issue::new("unknown_organisation"));
            return None;
        };
        Some(NewTask {
            id,
            continues: task.continues,
            service: task.service,
            family_member: task.family_member,
            title: task.title,
            organisation,
            due_on: task.due_on,
            mandatory,
            section: task.section.unwrap_or(Section::General),
        })
    }

    fn continues(&mut self, continued: TaskId, mandatory: bool, at: &Pointer<'_>) {
        let Some(known) = self.tasks.get(&continued) else {
            self.errors.push(at, Issue::new("unknown_task"));
            return;
        };
        let known = Continued { status: known.status, active: known.active, mandatory: known.mandatory };
        if let Err(invalid) = may_continue(known, mandatory) {
            self.errors.push(at, invalid);
        } else if !self.continued.insert(continued) {
            self.errors.push(at, Issue::new("id_repeated"));
        }
    }
}
