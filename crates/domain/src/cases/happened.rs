//! The events of a case as facts that a state can be made of again: what [`super::model::CaseModel`] folds.

use chrono::{DateTime, NaiveDate, Utc};

use super::{CaseAction, CaseEventKind, ClosureOutcome, EscalationTarget, RiskLevel, Stage};
use crate::ids::{OrganisationId, PlanId, TaskId, UserId};

/// Kinds of events that tell nothing of the state that the rules look at, so that the fold passes them over. A kind
/// that is neither read by the fold nor listed here is kept in [`super::model::CaseModel::unread`].
pub const PASSED_OVER: &[CaseEventKind] = &[CaseEventKind::SignalLinked, CaseEventKind::NoteWritten];

/// One event: what happened, when, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: UserId,
    /// What.
    pub happened: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// The case was opened.
    Opened {
        /// The organisation that leads it.
        lead: OrganisationId,
        /// The risk as it looked.
        risk_level: RiskLevel,
        /// The case manager, if one was named at once.
        manager: Option<UserId>,
    },
    /// A case manager was named.
    ManagerAssigned {
        /// Who.
        manager: UserId,
    },
    /// Fields of the case changed.
    Amended {
        /// The risk, where it was among them.
        risk_level: Option<RiskLevel>,
    },
    /// An organisation became a participant.
    ParticipantAdded {
        /// Which.
        organisation: OrganisationId,
    },
    /// An assessment was completed.
    AssessmentRecorded {
        /// The risk it found.
        risk_level: RiskLevel,
    },
    /// A plan was written; a draft before it is superseded.
    PlanDrafted {
        /// The plan.
        plan: PlanId,
        /// How many goals it has.
        goals: u64,
        /// How many of them have no task.
        goals_without_tasks: u64,
        /// Its tasks.
        tasks: Vec<PlannedTask>,
    },
    /// A task was added that comes from no plan.
    TaskAdded(PlannedTask),
    /// A task was done.
    TaskCompleted(TaskId),
    /// A task was waived.
    TaskWaived(TaskId),
    /// A review was recorded.
    ReviewRecorded,
    /// A report to the unified register named the case.
    ReportFiled,
    /// An action of the lifecycle was taken.
    Moved(Moved),
    /// Something that the fold does not read.
    Other(CaseEventKind),
}

/// A task as an event tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedTask {
    /// The task.
    pub id: TaskId,
    /// Who has to do it.
    pub organisation: OrganisationId,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
}

/// An action of the lifecycle and how the case stood after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The action.
    pub action: CaseAction,
    /// The stage it started from.
    pub from: Stage,
    /// The stage it led to.
    pub to: Stage,
    /// The risk afterwards.
    pub risk_level: RiskLevel,
    /// When the next review was due afterwards.
    pub review_due_on: Option<NaiveDate>,
    /// The outcome that was proposed with it.
    pub outcome: Option<ClosureOutcome>,
    /// Where the case was brought with it.
    pub escalated_to: Option<EscalationTarget>,
}
