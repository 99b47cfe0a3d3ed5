//! Tasks: one step for one organisation, with a due date and, once done, a result under a section.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::{CaseEventKind, FamilyRole, PlanStatus, Section};
use qorgan_domain::ids::{CaseId, ContentId, GoalId, OrganisationId, TaskId, UserId};
use qorgan_domain::policy::{Action, Actor, OrganisationRef, Subject, decide};
use qorgan_domain::tasks::{TaskOrigin, TaskStatus};
use qorgan_domain::text::Reason;
use serde_json::{Value, json};
use uuid::Uuid;

use super::change::guard;
use super::{Case, CaseEvent, ContentView, NewContent};
use crate::page::Page;
use crate::reference::organisation_ref;
use crate::schema::{case_plans, case_tasks, cases, organisations};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// A task.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its case, with the number people use.
    pub case: (CaseId, String),
    /// Where it comes from.
    pub origin: TaskOrigin,
    /// Its goal, for a task of a plan.
    pub goal_id: Option<GoalId>,
    /// The step of the protocol it comes from.
    pub code: Option<String>,
    /// The application of a protocol, or the decision, it comes from.
    pub source_id: Option<Uuid>,
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
    /// The section its result belongs to.
    pub section: Section,
    /// Who has to do it, with the organisation's name.
    pub organisation: (OrganisationRef, String),
    /// The last day on which it is in time.
    pub due_on: NaiveDate,
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// Open, done or waived.
    pub status: TaskStatus,
    /// The status of its plan, for a task of a plan: it counts once the plan is approved.
    pub plan_status: Option<PlanStatus>,
    /// Whether it counts: its plan was approved, or it comes from elsewhere.
    pub active: bool,
    /// Who finished it, and when.
    pub finished: Option<(UserId, DateTime<Utc>)>,
    /// Why it was waived.
    pub waive_reason: Option<String>,
    /// The result, if there is one.
    pub result: Option<ContentView>,
    /// Its version, for `ETag`.
    pub version: i64,
    result_id: Option<ContentId>,
}

/// Which tasks to list.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// Due before this day.
    pub due_before: Option<NaiveDate>,
    /// Of the actor's organisation only.
    pub mine: bool,
    /// In this status; open where absent.
    pub status: Option<TaskStatus>,
    /// Of this case only.
    pub case: Option<CaseId>,
    /// After this key.
    pub after: Option<TaskKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a task in the list: by due date, then by id.
pub type TaskKey = (NaiveDate, Uuid);

type TaskRow = (
    (Uuid, Uuid, Option<Uuid>, String, String, Uuid, String, String),
    (String, Option<String>, Option<Uuid>, Vec<Uuid>, DateTime<Utc>),
    (NaiveDate, bool, String, Option<Uuid>, Option<DateTime<Utc>>, Option<String>, Option<Uuid>, i64),
    (Option<Uuid>, Option<String>, Option<String>),
    Option<(String, Option<DateTime<Utc>>)>,
    String,
    String,
);

/// The columns that make a [`TaskRow`].
macro_rules! task_columns {
    () => {
        (
            (
                case_tasks::id,
                case_tasks::case_id,
                case_tasks::goal_id,
                case_tasks::title,
                case_tasks::section,
                case_tasks::organisation_id,
                case_tasks::organisation_agency,
                case_tasks::organisation_kato,
            ),
            (case_tasks::origin, case_tasks::code, case_tasks::source_id, case_tasks::after, case_tasks::due_at),
            (
                case_tasks::due_on,
                case_tasks::mandatory,
                case_tasks::status,
                case_tasks::finished_by,
                case_tasks::finished_at,
                case_tasks::waive_reason,
                case_tasks::content_id,
                case_tasks::version,
            ),
            (case_tasks::continues, case_tasks::service, case_tasks::family_member),
            (case_plans::status, case_plans::approved_at).nullable(),
            cases::number,
            organisations::name,
        )
    };
}

/// Tasks with their plan, case and organisation.
macro_rules! task_source {
    () => {
        case_tasks::table
            .left_join(case_plans::table)
            .inner_join(cases::table.on(cases::id.eq(case_tasks::case_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_tasks::organisation_id)))
    };
}

impl Tx<'_> {
    /// Loads a task and its case with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of the case, [`Denial::Forbidden`].
    pub fn task_for(&mut self, id: TaskId, action: Action) -> Result<(Authorized<Case>, Task), AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let row: Option<TaskRow> = task_source!()
            .filter(case_tasks::id.eq(id.as_uuid()))
            .select(task_columns!())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(row) = row else { return Err(AccessError::Denied(Denial::NotFound)) };
        let mut task = task_of(row)?;
        self.attempt.case = Some(task.case.0.as_uuid());
        let Some(case) = self.case_load(task.case.0)? else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor: &Actor = &self.actor;
        let case = self.decide(action, case, |case| {
            decide(actor, action, &Subject::Task(&case.subject(), &task.organisation.0))
        })?;
        self.open_results(&case, std::slice::from_mut(&mut task))?;
        Ok((case, task))
    }

    pub(crate) fn tasks_of_case(&mut self, case: &Authorized<Case>) -> Result<Vec<Task>, StorageError> {
        let found: Vec<TaskRow> = task_source!()
            .filter(case_tasks::case_id.eq(case.id.as_uuid()))
            .order((case_tasks::due_on, case_tasks::id))
            .select(task_columns!())
            .load(self.connection)?;
        let mut tasks = found.into_iter().map(task_of).collect::<Result<Vec<_>, _>>()?;
        self.open_results(case, &mut tasks)?;
        Ok(tasks)
    }

    /// Puts the results in place that the actor may read.
    fn open_results(&mut self, case: &Case, tasks: &mut [Task]) -> Result<(), StorageError> {
        let ids: Vec<Uuid> = tasks.iter().filter_map(|task| task.result_id).map(|id| id.as_uuid()).collect();
        let mut texts = self.contents_visible(&ids)?;
        for task in tasks {
            if let Some(id) = task.result_id {
                let text = texts.remove(&id.as_uuid());
                task.result = Some(self.content_view(case, task.section, task.organisation.0.id, text));
            }
        }
        Ok(())
    }

    /// The tasks of approved plans that the actor may see, by due date. Results are not in the list.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn task_list(&mut self, filter: &TaskFilter) -> Result<Page<Task, TaskKey>, AccessError> {
        self.authorize(Action::CaseRead)?;
        let mut query = task_source!()
            .filter(case_tasks::plan_id.is_null().or(case_plans::approved_at.is_not_null().assume_not_null()))
            .filter(case_tasks::status.eq(filter.status.unwrap_or(TaskStatus::Open).as_str()))
            .select(task_columns!())
            .into_boxed();
        if let Some(day) = filter.due_before {
            query = query.filter(case_tasks::due_on.lt(day));
        }
        if filter.mine {
            query = query.filter(case_tasks::organisation_id.eq(self.actor.organisation.id.as_uuid()));
        }
        if let Some(case) = filter.case {
            query = query.filter(case_tasks::case_id.eq(case.as_uuid()));
        }
        if let Some((due, id)) = filter.after {
            query = query.filter(case_tasks::due_on.gt(due).or(case_tasks::due_on.eq(due).and(case_tasks::id.gt(id))));
        }
        let found: Vec<TaskRow> = query
            .order((case_tasks::due_on, case_tasks::id))
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let tasks = found.into_iter().map(task_of).collect::<Result<Vec<_>, _>>()?;
        self.audit_many(Action::CaseRead, tasks.iter().map(|task| task.id.as_uuid()).collect());
        Ok(Page::of(tasks, filter.limit, |task: &Task| (task.due_on, task.id.as_uuid())))
    }

    /// Those of some tasks that are neither done nor waived, in their order of time.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn tasks_open_among(&mut self, ids: &[TaskId]) -> Result<Vec<TaskId>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = ids.iter().map(TaskId::as_uuid).collect();
        let open: Vec<Uuid> = case_tasks::table
            .filter(case_tasks::id.eq_any(ids).and(case_tasks::status.eq("open")))
            .order(case_tasks::id)
            .select(case_tasks::id)
            .load(self.connection)?;
        Ok(open.into_iter().map(TaskId::from).collect())
    }

    /// Records that a task is done, with its result.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the task changed since it was read.
    pub fn task_complete(&mut self, case: &Authorized<Case>, task: &Task, result: &Value) -> Result<(), StorageError> {
        let content = NewContent { section: task.section, body: result.clone() };
        let content_id = self.content_insert(case, &content)?;
        let changed = diesel::update(case_tasks::table.find(task.id.as_uuid()))
            .filter(case_tasks::version.eq(task.version).and(case_tasks::status.eq("open")))
            .set((
                case_tasks::status.eq("done"),
                case_tasks::content_id.eq(content_id.as_uuid()),
                case_tasks::finished_by.eq(self.actor.user.as_uuid()),
                case_tasks::finished_at.eq(self.now),
                case_tasks::updated_at.eq(self.now),
                case_tasks::version.eq(task.version + 1),
            ))
            .execute(self.connection)?;
        guard(changed)?;
        self.task_finished(case, task, CaseEventKind::TaskCompleted)
    }

    /// Waives a task.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the task changed since it was read.
    pub fn task_waive(&mut self, case: &Authorized<Case>, task: &Task, reason: &Reason) -> Result<(), StorageError> {
        let changed = diesel::update(case_tasks::table.find(task.id.as_uuid()))
            .filter(case_tasks::version.eq(task.version).and(case_tasks::status.eq("open")))
            .set((
                case_tasks::status.eq("waived"),
                case_tasks::waive_reason.eq(reason.as_str()),
                case_tasks::finished_by.eq(self.actor.user.as_uuid()),
                case_tasks::finished_at.eq(self.now),
                case_tasks::updated_at.eq(self.now),
                case_tasks::version.eq(task.version + 1),
            ))
            .execute(self.connection)?;
        guard(changed)?;
        self.task_finished(case, task, CaseEventKind::TaskWaived)
    }

    fn task_finished(&mut self, case: &Authorized<Case>, task: &Task, kind: CaseEventKind) -> Result<(), StorageError> {
        let data = json!({"organisation_id": task.organisation.0.id, "mandatory": task.mandatory});
        self.event(case.id, CaseEvent::about(kind, task.id.as_uuid(), task.section, data));
        self.audit(case.action(), task.id.as_uuid(), Some(case.id.as_uuid()));
        self.case_touch(case.id)
    }
}

fn task_of(row: TaskRow) -> Result<Task, StorageError> {
    let (
        (id, case, goal, title, section, organisation, agency, kato),
        source,
        rest,
        revised,
        plan,
        number,
        organisation_name,
    ) = row;
    let (continues, service, family_member) = revised;
    let (origin, code, source_id, after, due_at) = source;
    let (due_on, mandatory, status, finished_by, finished_at, waive_reason, result, version) = rest;
    Ok(Task {
        id: id.into(),
        case: (case.into(), number),
        origin: rows::parse(&origin, "case_tasks", "origin", id)?,
        goal_id: goal.map(GoalId::from),
        code,
        source_id,
        after: after.into_iter().map(TaskId::from).collect(),
        continues: continues.map(TaskId::from),
        service,
        family_member: rows::parse_optional(family_member.as_deref(), "case_tasks", "family_member", id)?,
        title,
        section: rows::parse(&section, "case_tasks", "section", id)?,
        organisation: (organisation_ref(organisation, &agency, &kato)?, organisation_name),
        due_on,
        due_at,
        mandatory,
        status: rows::parse(&status, "case_tasks", "status", id)?,
        active: plan.as_ref().is_none_or(|(_, approved_at)| approved_at.is_some()),
        plan_status: rows::parse_optional(
            plan.as_ref().map(|(status, _)| status.as_str()),
            "case_plans",
            "status",
            id,
        )?,
        finished: finished_by.map(UserId::from).zip(finished_at),
        waive_reason,
        result: None,
        version,
        result_id: result.map(ContentId::from),
    })
}

impl Task {
    /// The organisation that has to do it.
    #[must_use]
    pub const fn holder(&self) -> OrganisationId {
        self.organisation.0.id
    }
}
