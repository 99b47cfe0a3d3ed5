//! How the calendar, rules and deadlines look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::clocks::{Allowance, DeadlineKind, DeadlineState, EscalationLevel, EscalationStep};
use qorgan_domain::ids::{DeadlineId, DeadlineRuleId, TaskId, UserId};
use qorgan_storage::clocks::{CalendarDay, DeadlineView, DutyContact, PublishedRule, StepView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request::Language;
use crate::routes::cases::view::PersonView;

/// A day of the working calendar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarDay)]
pub struct CalendarDayView {
    /// The day.
    pub day: NaiveDate,
    /// Whether people work on it.
    pub working: bool,
    /// Whether it differs from the rule of the week, or says the same with a reason.
    pub exception: bool,
    /// Why, in the language of the answer.
    #[schema(example = "Nauryz")]
    pub title: Option<String>,
    /// The act or announcement it comes from.
    pub source: Option<String>,
    /// Whether that is unverified: do not call it official.
    pub provisional: bool,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl CalendarDayView {
    /// The view in one language; Russian where a title has none in that.
    pub fn of(day: CalendarDay, language: Language) -> Self {
        let other = match language {
            Language::Ru => None,
            Language::Kk => day.title_kk,
            Language::En => day.title_en,
        };
        let exception = !day.withdrawn;
        Self {
            day: day.day,
            working: day.working,
            exception,
            title: exception.then(|| other.unwrap_or(day.title_ru)),
            source: exception.then_some(day.source),
            provisional: exception && day.provisional,
            version: day.version,
        }
    }
}

/// A rule of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadlineRule)]
pub struct DeadlineRuleView {
    /// Its id.
    pub id: DeadlineRuleId,
    /// What has a deadline.
    pub code: DeadlineKind,
    /// At which risk.
    pub risk_level: RiskLevel,
    /// From this day on.
    pub valid_from: NaiveDate,
    /// Until before this day.
    pub valid_to: Option<NaiveDate>,
    /// How long it may take; `null` for tasks, which bring their own due time.
    pub allowance: Option<Allowance>,
    /// It may never take longer than this.
    pub at_latest: Option<Allowance>,
    /// How long before the due time it is called to mind.
    pub remind_before: Allowance,
    /// Who is told once it is late.
    pub escalation: Vec<EscalationStep>,
    /// In these stages of the case the clock stands still.
    pub pause_stages: Vec<Stage>,
    /// The act it comes from.
    pub source: String,
    /// Whether that is unverified: do not call it official.
    pub provisional: bool,
    /// Who published it; `null` for what came with the program.
    pub published_by: Option<UserId>,
    /// When.
    pub published_at: Option<DateTime<Utc>>,
}

impl From<PublishedRule> for DeadlineRuleView {
    fn from(rule: PublishedRule) -> Self {
        Self {
            id: rule.id,
            code: rule.kind,
            risk_level: rule.risk_level,
            valid_from: rule.valid_from,
            valid_to: rule.valid_to,
            allowance: rule.rule.allowance,
            at_latest: rule.rule.at_latest,
            remind_before: rule.rule.remind_before,
            escalation: rule.rule.escalation,
            pause_stages: rule.rule.pause_stages,
            source: rule.source,
            provisional: rule.provisional,
            published_by: rule.published.map(|(by, _)| by),
            published_at: rule.published.map(|(_, at)| at),
        }
    }
}

/// A deadline of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deadline)]
pub struct DeadlineJson {
    /// Its id.
    pub id: DeadlineId,
    /// What it is about.
    pub kind: DeadlineKind,
    /// The task, for that of one.
    pub task_id: Option<TaskId>,
    /// Where the clock stands.
    pub state: DeadlineState,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// Whether it runs and is late now.
    pub overdue: bool,
    /// Whether it was met, but late.
    pub met_late: bool,
    /// When it will be called to mind, if that is still to come.
    pub remind_at: Option<DateTime<Utc>>,
    /// When it was met or cancelled.
    pub settled_at: Option<DateTime<Utc>>,
    /// Since when it stands still.
    pub paused_at: Option<DateTime<Utc>>,
    /// How long it stood still before, seconds; that was added to the due time.
    pub paused_seconds: i64,
    /// Who was told of it, in order.
    pub steps: Vec<DeadlineStepView>,
}

/// Somebody was told of a deadline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadlineStep)]
pub struct DeadlineStepView {
    /// The level whose turn it was; `null` for the reminder before the due time.
    pub level: Option<EscalationLevel>,
    /// When.
    pub at: DateTime<Utc>,
    /// The level that was told: the next where nobody is on that level, `null` where nobody is above it either.
    pub told: Option<EscalationLevel>,
    /// How many people were told.
    pub recipients: i32,
}

impl From<StepView> for DeadlineStepView {
    fn from(step: StepView) -> Self {
        Self { level: step.level, at: step.at, told: step.told, recipients: step.recipients }
    }
}

impl DeadlineJson {
    /// The view at a moment.
    pub fn of(deadline: DeadlineView, now: DateTime<Utc>) -> Self {
        let late = |moment: DateTime<Utc>| moment >= deadline.due_at;
        Self {
            overdue: deadline.state == DeadlineState::Running && late(now),
            met_late: deadline.state == DeadlineState::Met && deadline.settled_at.is_some_and(late),
            id: deadline.id,
            kind: deadline.kind,
            task_id: deadline.task,
            state: deadline.state,
            started_at: deadline.started_at,
            due_at: deadline.due_at,
            remind_at: deadline.remind_at,
            settled_at: deadline.settled_at,
            paused_at: deadline.paused_at,
            paused_seconds: deadline.paused_seconds,
            steps: deadline.steps.into_iter().map(DeadlineStepView::from).collect(),
        }
    }
}

/// Somebody whom a crisis wakes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DutyContact)]
pub struct DutyContactView {
    /// Who.
    pub user: PersonView,
    /// Since when.
    pub valid_from: NaiveDate,
}

impl From<DutyContact> for DutyContactView {
    fn from(contact: DutyContact) -> Self {
        Self { user: contact.user.into(), valid_from: contact.valid_from }
    }
}
