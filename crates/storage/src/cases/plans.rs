//! The plan of a case: revisions of goals with tasks. An approved revision is never changed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::cases::{CaseEventKind, PlanStatus, Section};
use qorgan_domain::ids::{GoalId, PlanId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::text::Title;
use serde_json::json;
use uuid::Uuid;

use super::{Case, Task};
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
    /// What is to be reached.
    pub title: Title,
    /// How.
    pub tasks: Vec<NewTask>,
}

/// A task to be written.
#[derive(Debug, Clone)]
pub struct NewTask {
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
    /// Draft, approved or superseded.
    pub status: PlanStatus,
    /// Who wrote it.
    pub author: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who approved it, and when.
    pub approved: Option<(UserId, DateTime<Utc>)>,
    /// Its goals.
    pub goals: Vec<GoalView>,
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
        self.goals_insert(case_id, plan)?;
        let data = json!({"revision": revision});
        self.part_written(case, CaseEventKind::PlanDrafted, plan.id.as_uuid(), Section::General, data)
    }

    fn goals_insert(&mut self, case: Uuid, plan: &NewPlan) -> Result<(), StorageError> {
        let mut goals = Vec::new();
        let mut tasks = Vec::new();
        for (position, goal) in (1_i32..).zip(&plan.goals) {
            let goal_id = Uuid::now_v7();
            goals.push((
                case_goals::id.eq(goal_id),
                case_goals::plan_id.eq(plan.id.as_uuid()),
                case_goals::case_id.eq(case),
                case_goals::position.eq(position),
                case_goals::title.eq(goal.title.as_str()),
            ));
            tasks.extend(goal.tasks.iter().map(|task| {
                (
                    case_tasks::id.eq(Uuid::now_v7()),
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
                    case_tasks::mandatory.eq(task.mandatory),
                    case_tasks::status.eq("open"),
                    case_tasks::created_at.eq(self.now),
                    case_tasks::updated_at.eq(self.now),
                )
            }));
        }
        diesel::insert_into(case_goals::table).values(&goals).execute(self.connection)?;
        diesel::insert_into(case_tasks::table).values(&tasks).execute(self.connection)?;
        Ok(())
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

    /// The plans of a case, newest revision first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn plan_list(&mut self, case: &Authorized<Case>) -> Result<Vec<PlanView>, StorageError> {
        type PlanRow = (Uuid, i32, String, Uuid, DateTime<Utc>, Option<Uuid>, Option<DateTime<Utc>>);
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
            .map(|(id, revision, status, author, created_at, approved_by, approved_at)| {
                Ok(PlanView {
                    id: id.into(),
                    revision,
                    status: rows::parse(&status, "case_plans", "status", id)?,
                    author: author.into(),
                    created_at,
                    approved: approved_by.map(UserId::from).zip(approved_at),
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
