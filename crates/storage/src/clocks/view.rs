//! The deadlines of a case as they are read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::clocks::{DeadlineKind, DeadlineState, EscalationLevel};
use qorgan_domain::ids::{DeadlineId, TaskId};
use qorgan_domain::policy::Action;
use uuid::Uuid;

use crate::cases::Case;
use crate::schema::{case_deadline_steps, case_deadlines};
use crate::{Authorized, StorageError, Tx, rows};

/// A deadline.
#[derive(Debug, Clone)]
pub struct DeadlineView {
    /// Its id.
    pub id: DeadlineId,
    /// What it is about.
    pub kind: DeadlineKind,
    /// The task, for that of one.
    pub task: Option<TaskId>,
    /// Where the clock stands.
    pub state: DeadlineState,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// When it will be called to mind, if that is still to come.
    pub remind_at: Option<DateTime<Utc>>,
    /// When it was met or cancelled.
    pub settled_at: Option<DateTime<Utc>>,
    /// Since when it stands still.
    pub paused_at: Option<DateTime<Utc>>,
    /// How long it stood still before, seconds.
    pub paused_seconds: i64,
    /// What was done about it, in order.
    pub steps: Vec<StepView>,
}

/// Something the worker did about a deadline.
#[derive(Debug, Clone)]
pub struct StepView {
    /// The level whose turn it was; `None` for a reminder.
    pub level: Option<EscalationLevel>,
    /// When.
    pub at: DateTime<Utc>,
    /// The level that was told: a higher one where nobody was on the level whose turn it was; `None` where nobody was
    /// above it either.
    pub told: Option<EscalationLevel>,
    /// How many people were told.
    pub recipients: i32,
}

/// Deadline, step, when, who was told, how many.
type StepRow = (Uuid, String, DateTime<Utc>, Option<String>, i32);

type Row = (
    (Uuid, String, Option<Uuid>, String, DateTime<Utc>, DateTime<Utc>),
    (Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<DateTime<Utc>>, i64),
);

/// Deadlines of a case that a page shows at most: a case has a few dozen.
const MOST: i64 = 500;

impl Tx<'_> {
    /// The deadlines of a case: those that run first, by due time.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_deadlines(&mut self, case: &Authorized<Case>) -> Result<Vec<DeadlineView>, StorageError> {
        let id = case.id.as_uuid();
        let found: Vec<Row> = case_deadlines::table
            .filter(case_deadlines::case_id.eq(id))
            .order((case_deadlines::settled_at.is_null().desc(), case_deadlines::due_at, case_deadlines::id))
            .limit(MOST)
            .select((
                (
                    case_deadlines::id,
                    case_deadlines::kind,
                    case_deadlines::task_id,
                    case_deadlines::state,
                    case_deadlines::started_at,
                    case_deadlines::due_at,
                ),
                (
                    case_deadlines::remind_at,
                    case_deadlines::settled_at,
                    case_deadlines::paused_at,
                    case_deadlines::paused_seconds,
                ),
            ))
            .load(self.connection)?;
        let steps: Vec<StepRow> = case_deadline_steps::table
            .filter(case_deadline_steps::case_id.eq(id))
            .order((case_deadline_steps::at, case_deadline_steps::step))
            .select((
                case_deadline_steps::deadline_id,
                case_deadline_steps::step,
                case_deadline_steps::at,
                case_deadline_steps::told,
                case_deadline_steps::recipients,
            ))
            .load(self.connection)?;
        self.audit(Action::CaseRead, id, Some(id));
        found.into_iter().map(|row| view_of(row, &steps)).collect()
    }
}

fn view_of(
    ((id, kind, task, state, started_at, due_at), (remind_at, settled_at, paused_at, paused_seconds)): Row,
    steps: &[StepRow],
) -> Result<DeadlineView, StorageError> {
    let state: DeadlineState = rows::parse(&state, "case_deadlines", "state", id)?;
    let steps = steps
        .iter()
        .filter(|(of, ..)| *of == id)
        .map(|(_, step, at, told, recipients)| {
            let level = Some(step.as_str()).filter(|step| *step != "reminder");
            Ok(StepView {
                level: rows::parse_optional(level, "case_deadline_steps", "step", id)?,
                at: *at,
                told: rows::parse_optional(told.as_deref(), "case_deadline_steps", "told", id)?,
                recipients: *recipients,
            })
        })
        .collect::<Result<_, StorageError>>()?;
    Ok(DeadlineView {
        id: id.into(),
        kind: rows::parse(&kind, "case_deadlines", "kind", id)?,
        task: task.map(TaskId::from),
        state,
        started_at,
        due_at,
        remind_at: remind_at.filter(|_| state == DeadlineState::Running),
        settled_at,
        paused_at,
        paused_seconds,
        steps,
    })
}
