//! How a task looks in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::{FamilyRole, PlanStatus, Section};
use qorgan_domain::ids::{CaseId, GoalId, TaskId, UserId};
use qorgan_domain::tasks::{TaskOrigin, TaskStatus};
use qorgan_storage::cases::{ContentView, Task};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::cases::view::OrganisationNameView;

/// A task: one step for one organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct TaskView {
    /// Its id.
    pub id: TaskId,
    /// Its case.
    pub case_id: CaseId,
    /// The number of its case.
    pub case_number: String,
    /// Where it comes from.
    pub origin: TaskOrigin,
    /// Its goal, for a task of a plan.
    pub goal_id: Option<GoalId>,
    /// The step of the protocol it comes from.
    pub code: Option<String>,
    /// The tasks that must be settled before it can be done.
    pub after: Vec<TaskId>,
    /// The task of an earlier plan that it continues.
    pub continues: Option<TaskId>,
    /// The service that is to be used.
    pub service: Option<String>,
    /// Who of the family takes part, or is concerned.
    pub family_member: Option<FamilyRole>,
    /// What is to be done.
    pub title: String,
    /// The section that protects its result.
    pub section: Section,
    /// Who has to do it.
    pub organisation: OrganisationNameView,
    /// The last day on which it is in time.
    pub due_on: NaiveDate,
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// Open, done, waived, or continued by a task of a later plan.
    pub status: TaskStatus,
    /// The status of its plan, for a task of a plan.
    pub plan_status: Option<PlanStatus>,
    /// Who did or waived it.
    pub finished_by: Option<UserId>,
    /// When.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it was waived.
    pub waive_reason: Option<String>,
    /// Whether the caller may read the result; `null` where there is none or it is not in this answer.
    pub result_readable: Option<bool>,
    /// The result.
    pub result: Option<String>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        let (result_readable, result) = match &task.result {
            None => (None, None),
            Some(ContentView::Closed) => (Some(false), None),
            Some(ContentView::Open(body)) => (Some(true), body["result"].as_str().map(str::to_owned)),
        };
        Self {
            id: task.id,
            case_id: task.case.0,
            case_number: task.case.1,
            origin: task.origin,
            goal_id: task.goal_id,
            code: task.code,
            after: task.after,
            continues: task.continues,
            service: task.service,
            family_member: task.family_member,
            title: task.title,
            section: task.section,
            organisation: (task.organisation.0.id, task.organisation.1).into(),
            due_on: task.due_on,
            due_at: task.due_at,
            mandatory: task.mandatory,
            status: task.status,
            plan_status: task.plan_status,
            finished_by: task.finished.map(|(user, _)| user),
            finished_at: task.finished.map(|(_, at)| at),
            waive_reason: task.waive_reason,
            result_readable,
            result,
            version: task.version,
        }
    }
}
