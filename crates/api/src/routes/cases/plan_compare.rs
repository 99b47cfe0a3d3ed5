//! `GET /cases/{id}/plan/compare`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use qorgan_domain::cases::revision::{PlannedRevision, PlannedTask, TaskField, compare};
use qorgan_domain::ids::{CaseId, TaskId};
use qorgan_domain::policy::Action;
use qorgan_storage::cases::{PlanView, Task};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::query;
use crate::request::{PathId, Query};
use crate::routes::tasks::view::TaskView;

query! {
    /// Which revisions to compare.
    pub struct RevisionPair {
        /// The number of the earlier revision.
        pub from: i32,
        /// The number of the later revision.
        pub to: i32,
    }
}

/// A task that differs between two revisions.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanTaskChange)]
pub struct TaskChange {
    /// As the earlier revision has it.
    pub from: TaskView,
    /// As the later revision has it.
    pub to: TaskView,
    /// In what they differ.
    pub fields: Vec<TaskField>,
}

/// What changed between two revisions of a plan.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanComparison)]
pub struct PlanComparisonView {
    /// The earlier revision.
    pub from: i32,
    /// The later revision.
    pub to: i32,
    /// Goals that only the later one has, by title.
    pub goals_added: Vec<String>,
    /// Goals that only the earlier one has.
    pub goals_removed: Vec<String>,
    /// Tasks that only the later one has.
    pub tasks_added: Vec<TaskView>,
    /// Tasks that only the earlier one has. Those that are open still have to be done.
    pub tasks_removed: Vec<TaskView>,
    /// Tasks of both that differ.
    pub tasks_changed: Vec<TaskChange>,
}

/// Compare two revisions of a plan: what was added, taken out and changed.
#[utoipa::path(
    tag = "cases",
    operation_id = "plan_compare",
    params(("id" = CaseId, Path), RevisionPair),
    responses((status = 200, body = PlanComparisonView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/plan/compare")]
pub async fn plan_compare(ctx: Ctx, id: PathId<CaseId>, query: Query<RevisionPair>) -> Result<HttpResponse, Problem> {
    let RevisionPair { from, to } = query.0;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let plans = tx.plan_list(&case)?;
        let pick = |revision: i32| plans.iter().find(|plan| plan.revision == revision);
        let (Some(one), Some(two)) = (pick(from), pick(to)) else {
            return Err(Problem::new(ProblemCode::NotFound));
        };
        let tasks = || plans.iter().flat_map(|plan| &plan.goals).flat_map(|goal| &goal.tasks);
        let continues = tasks().filter_map(|task| Some((task.id, task.continues?))).collect();
        let found = compare(&planned(one), &planned(two), &continues);
        let known: BTreeMap<TaskId, &Task> = tasks().map(|task| (task.id, task)).collect();
        let view = |id: TaskId| known.get(&id).map(|task| TaskView::from((*task).clone()));
        let changed = found.tasks_changed.into_iter();
        Answer::ok(&PlanComparisonView {
            from,
            to,
            goals_added: found.goals_added,
            goals_removed: found.goals_removed,
            tasks_added: found.tasks_added.into_iter().filter_map(view).collect(),
            tasks_removed: found.tasks_removed.into_iter().filter_map(view).collect(),
            tasks_changed: changed
                .filter_map(|(from, to, fields)| Some(TaskChange { from: view(from)?, to: view(to)?, fields }))
                .collect(),
        })
    })
    .await
}

fn planned(plan: &PlanView) -> PlannedRevision {
    let tasks = plan.goals.iter().flat_map(|goal| {
        goal.tasks.iter().map(|task| PlannedTask {
            id: task.id,
            continues: task.continues,
            goal: goal.title.clone(),
            title: task.title.clone(),
            organisation: task.holder(),
            due_on: task.due_on,
            mandatory: task.mandatory,
            section: task.section,
            service: task.service.clone(),
            family_member: task.family_member,
        })
    });
    PlannedRevision {
        id: plan.id,
        goals: plan.goals.iter().map(|goal| goal.title.clone()).collect(),
        tasks: tasks.collect(),
    }
}
