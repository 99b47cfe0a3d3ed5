//! The plan of a case: revisions of goals with tasks. An approved revision is never changed.
//!
//! A task of a once approved plan lives on until it is done, waived, or continued by a task of a later plan: then the
//! later one takes its place when its plan is approved, so that nothing is lost and nothing asked for twice.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::cases::{CaseEventKind, FamilyRole, PlanStatus, Section};
use qorgan_domain::ids::{GoalId, PlanId, TaskId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::text::{Reason, Title};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Case, CaseEvent, Task};
use crate::reference::organisation_ref;
use crate::schema::{case_goals, case_plans, case_tasks};
use crate::{Authorized, StorageError, Tx, rows};

/// A plan to be written.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Its id, perhaps chosen by the client.
    pub id: PlanId,
    /// Its goals, in order.
    pub goals: Vec<NewGoal>,
}

/// A goal to be written.
#[derive(Debug, Clone)]
pub struct NewGoal {
    /// Its id, perhaps chosen by the client.
    pub id: GoalId,
    /// What is to be reached.
    pub title: Title,
    /// How.
    pub tasks: Vec<NewTask>,
}

/// A task to be written.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Its id, perhaps chosen by the client.
    pub id: TaskId,
    /// The task of an earlier plan that it continues.
    pub continues: Option<TaskId>,
    /// The service that is to be used.
    pub service: Option<Title>,
    /// Who of the family takes part, or is concerned.
    pub family_member: Option<FamilyRole>,
    /// What is to be done.
    pub title: Title,
    /// By whom.
    pub organisation: OrganisationRef,
    /// Until when.
    pub due_on: NaiveDate,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// The section its result belongs to.
    pub section: Section,
}

/// A plan with its goals and tasks.
#[derive(Debug, Clone)]
pub struct PlanView {
    /// Its id.
    pub id: PlanId,
    /// 1, 2, …
    pub revision: i32,
    /// Draft, approved, superseded or returned.
    pub status: PlanStatus,
    /// Who wrote it.
    pub author: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who approved it, and when.
    pub approved: Option<(UserId, DateTime<Utc>)>,
    /// Who returned it, when and why.
    pub returned: Option<ReturnedPlan>,
    /// Its goals.
    pub goals: Vec<GoalView>,
}

/// Who returned a plan to its author, when and why.
#[derive(Debug, Clone)]
pub struct ReturnedPlan {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// A goal with its tasks.
#[derive(Debug, Clone)]
pub struct GoalView {
    /// Its id.
    pub id: GoalId,
    /// What is to be reached.
    pub title: String,
    /// How.
    pub tasks: Vec<Task>,
}

#[derive(QueryableByName)]
struct ContinuedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    section: String,
    #[diesel(sql_type = SqlUuid)]
    continued_by: Uuid,
}

/// Tasks of the approved plan whose predecessor was settled after the plan was written.
const SETTLED_MEANWHILE: &str = "
    UPDATE case_tasks t
    SET status = o.status, content_id = o.content_id, finished_by = o.finished_by, finished_at = o.finished_at,
        waive_reason = o.waive_reason, version = t.version + 1, updated_at = $2
    FROM case_tasks o, case_plans p
    WHERE p.case_id = $1 AND p.status = 'approved' AND t.plan_id = p.id AND t.case_id = $1 AND t.continues = o.id
      AND t.status = 'open'
      AND o.status IN ('done', 'waived')";

/// Open tasks that go on in the approved plan.
const CONTINUED: &str = "
    UPDATE case_tasks o
    SET status = 'continued', finished_by = $2, finished_at = $3, version = o.version + 1, updated_at = $3
    FROM case_tasks t, case_plans p
    WHERE p.case_id = $1 AND p.status = 'approved' AND t.plan_id = p.id AND t.case_id = $1 AND t.continues = o.id
      AND o.status = 'open'
    RETURNING o.id, o.section, t.id AS continued_by";

impl Tx<'_> {
    /// Writes a plan as the case's draft; a draft that was there is superseded.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken, or somebody wrote a plan at the same moment.
    pub fn plan_insert(&mut self, case: &Authorized<Case>, plan: &NewPlan) -> Result<(), StorageError> {
        let case_id = case.id.as_uuid();
        diesel::update(case_plans::table)
            .filter(case_plans::case_id.eq(case_id).and(case_plans::status.eq("draft")))
            .set(case_plans::status.eq("superseded"))
            .execute(self.connection)?;
        let last: Option<i32> = case_plans::table
            .filter(case_plans::case_id.eq(case_id))
            .select(diesel::dsl::max(case_plans::revision))
            .first(self.connection)?;
        let revision = last.unwrap_or(0) + 1;
        diesel::insert_into(case_plans::table)
            .values((
                case_plans::id.eq(plan.id.as_uuid()),
                case_plans::case_id.eq(case_id),
                case_plans::revision.eq(revision),
                case_plans::status.eq("draft"),
                case_plans::author_id.eq(self.actor.user.as_uuid()),
                case_plans::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let tasks = self.goals_insert(case_id, plan)?;
        self.plan_awaits(case, plan.id.as_uuid())?;
        let data = json!({
            "revision": revision, "tasks": tasks, "goals": plan.goals.len(),
            "goals_without_tasks": plan.goals.iter().filter(|goal| goal.tasks.is_empty()).count(),
        });
        self.part_written(case, CaseEventKind::PlanDrafted, plan.id.as_uuid(), Section::General, data)
    }

    /// Answers with the tasks as the event tells of them.
    fn goals_insert(&mut self, case: Uuid, plan: &NewPlan) -> Result<Vec<Value>, StorageError> {
        let mut goals = Vec::new();
        let mut tasks = Vec::new();
        let mut told = Vec::new();
        for (position, goal) in (1_i32..).zip(&plan.goals) {
            let goal_id = goal.id.as_uuid();
            goals.push((
                case_goals::id.eq(goal_id),
                case_goals::plan_id.eq(plan.id.as_uuid()),
                case_goals::case_id.eq(case),
                case_goals::position.eq(position),
                case_goals::title.eq(goal.title.as_str()),
            ));
            tasks.extend(goal.tasks.iter().map(|task| {
                told.push(json!({"id": task.id, "organisation_id": task.organisation.id, "mandatory": task.mandatory}));
                (
                    case_tasks::id.eq(task.id.as_uuid()),
                    case_tasks::case_id.eq(case),
                    case_tasks::plan_id.eq(plan.id.as_uuid()),
                    case_tasks::goal_id.eq(goal_id),
                    case_tasks::title.eq(task.title.as_str()),
                    case_tasks::section.eq(task.section.as_str()),
                    case_tasks::organisation_id.eq(task.organisation.id.as_uuid()),
                    case_tasks::organisation_agency.eq(task.organisation.agency.as_str()),
                    case_tasks::organisation_kato.eq(task.organisation.kato.as_str()),
                    case_tasks::due_on.eq(task.due_on),
                    case_tasks::due_at.eq(end_of_day(task.due_on)),
                    case_tasks::continues.eq(task.continues.map(|id| id.as_uuid())),
                    case_tasks::service.eq(task.service.as_ref().map(Title::as_str)),
                    case_tasks::family_member.eq(task.family_member.map(FamilyRole::as_str)),
                    case_tasks::mandatory.eq(task.mandatory),
                    case_tasks::status.eq("open"),
                    case_tasks::created_at.eq(self.now),
                    case_tasks::updated_at.eq(self.now),
                )
            }));
        }
        diesel::insert_into(case_goals::table).values(&goals).execute(self.connection)?;
        diesel::insert_into(case_tasks::table).values(&tasks).execute(self.connection)?;
        Ok(told)
    }

    /// Marks the draft as approved and the plan before it as superseded; its organisations become
    /// participants. Who may approve was decided by the lifecycle.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the draft is gone.
    pub fn plan_approve(&mut self, case: &Authorized<Case>) -> Result<(), StorageError> {
        let case_id = case.id.as_uuid();
        diesel::update(case_plans::table)
            .filter(case_plans::case_id.eq(case_id).and(case_plans::status.eq("approved")))
            .set(case_plans::status.eq("superseded"))
            .execute(self.connection)?;
        let approved = diesel::update(case_plans::table)
            .filter(case_plans::case_id.eq(case_id).and(case_plans::status.eq("draft")))
            .set((
                case_plans::status.eq("approved"),
                case_plans::approved_by.eq(self.actor.user.as_uuid()),
                case_plans::approved_at.eq(self.now),
            ))
            .execute(self.connection)?;
        super::change::guard(approved)?;
        self.tasks_continue(case)?;
        let rows: Vec<(Uuid, String, String)> = case_tasks::table
            .inner_join(case_plans::table)
            .filter(case_tasks::case_id.eq(case_id).and(case_plans::status.eq("approved")))
            .select((case_tasks::organisation_id, case_tasks::organisation_agency, case_tasks::organisation_kato))
            .distinct()
            .load(self.connection)?;
        let organisations = rows
            .into_iter()
            .map(|(id, agency, kato)| organisation_ref(id, &agency, &kato))
            .collect::<Result<Vec<_>, _>>()?;
        self.participants_add(case, &organisations, "has tasks in the plan").map(|_| ())
    }

    /// Lets the tasks of the plan that was just approved take the place of those they continue. What was done or
    /// waived while the plan waited for approval is done or waived in it too.
    fn tasks_continue(&mut self, case: &Authorized<Case>) -> Result<(), StorageError> {
        sql_query(SETTLED_MEANWHILE)
            .bind::<SqlUuid, _>(case.id.as_uuid())
            .bind::<Timestamptz, _>(self.now)
            .execute(self.connection)?;
        let continued: Vec<ContinuedRow> = sql_query(CONTINUED)
            .bind::<SqlUuid, _>(case.id.as_uuid())
            .bind::<SqlUuid, _>(self.actor.user.as_uuid())
            .bind::<Timestamptz, _>(self.now)
            .load(self.connection)?;
        for task in continued {
            let section = rows::parse(&task.section, "case_tasks", "section", task.id)?;
            let data = json!({"continued_by": task.continued_by});
            self.event(case.id, CaseEvent::about(CaseEventKind::TaskContinued, task.id, section, data));
        }
        Ok(())
    }

    /// Sends the draft back to its author. Who may was decided by the domain.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where it is not the draft any more.
    pub fn plan_return(&mut self, case: &Authorized<Case>, plan: PlanId, reason: &Reason) -> Result<(), StorageError> {
        let returned = diesel::update(case_plans::table.find(plan.as_uuid()))
            .filter(case_plans::case_id.eq(case.id.as_uuid()).and(case_plans::status.eq("draft")))
            .set((
                case_plans::status.eq("returned"),
                case_plans::returned_by.eq(self.actor.user.as_uuid()),
                case_plans::returned_at.eq(self.now),
                case_plans::return_reason.eq(reason.as_str()),
            ))
            .execute(self.connection)?;
        super::change::guard(returned)?;
        self.part_written(case, CaseEventKind::PlanReturned, plan.as_uuid(), Section::General, json!({}))
    }

    /// The plans of a case, newest revision first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn plan_list(&mut self, case: &Authorized<Case>) -> Result<Vec<PlanView>, StorageError> {
        type ReturnRow = (Option<Uuid>, Option<DateTime<Utc>>, Option<String>);
        type PlanRow = (Uuid, i32, String, Uuid, DateTime<Utc>, Option<Uuid>, Option<DateTime<Utc>>, ReturnRow);
        let case_id = case.id.as_uuid();
        let plans: Vec<PlanRow> = case_plans::table
            .filter(case_plans::case_id.eq(case_id))
            .order(case_plans::revision.desc())
            .select((
                case_plans::id,
                case_plans::revision,
                case_plans::status,
                case_plans::author_id,
                case_plans::created_at,
                case_plans::approved_by,
                case_plans::approved_at,
                (case_plans::returned_by, case_plans::returned_at, case_plans::return_reason),
            ))
            .load(self.connection)?;
        let goals: Vec<(Uuid, Uuid, String)> = case_goals::table
            .filter(case_goals::case_id.eq(case_id))
            .order((case_goals::plan_id, case_goals::position))
            .select((case_goals::plan_id, case_goals::id, case_goals::title))
            .load(self.connection)?;
        let mut tasks = self.tasks_of_case(case)?;
        self.audit(Action::CaseRead, case_id, Some(case_id));
        plans
            .into_iter()
            .map(|(id, revision, status, author, created_at, approved_by, approved_at, (by, at, reason))| {
                Ok(PlanView {
                    id: id.into(),
                    revision,
                    status: rows::parse(&status, "case_plans", "status", id)?,
                    author: author.into(),
                    created_at,
                    approved: approved_by.map(UserId::from).zip(approved_at),
                    returned: by.zip(at).zip(reason).map(|((by, at), reason)| ReturnedPlan {
                        by: by.into(),
                        at,
                        reason,
                    }),
                    goals: goals
                        .iter()
                        .filter(|(plan, ..)| *plan == id)
                        .map(|(_, goal, title)| GoalView {
                            id: (*goal).into(),
                            title: title.clone(),
                            tasks: tasks
                                .extract_if(.., |task| task.goal_id.is_some_and(|id| id.as_uuid() == *goal))
                                .collect(),
                        })
                        .collect(),
                })
            })
            .collect()
    }
}
