//! Everything that can be asked of a case, decided on its model: the rules of the lifecycle and of its parts together.
//! The program asks the same rules one by one, each where the work is done.

use chrono::{DateTime, Utc};

use super::happened::{Happened, Moved, PlannedTask};
use super::lifecycle::{self, Decider, Refusal};
use super::model::CaseModel;
use super::rules::{TaskRefusal, may_complete, may_waive, may_write};
use super::{CaseAction, CasePart, Missing, RiskLevel, Stage};
use crate::ids::{OrganisationId, PlanId, TaskId, UserId};

/// Something that is asked of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseCommand {
    /// Take an action of the lifecycle.
    Act(lifecycle::Command),
    /// Name the case manager.
    AssignManager(UserId),
    /// Change the risk.
    SetRisk(RiskLevel),
    /// Make an organisation a participant.
    AddParticipant(OrganisationId),
    /// Record a completed assessment.
    RecordAssessment(RiskLevel),
    /// Write a plan: its tasks, goal by goal.
    DraftPlan {
        /// Its id.
        plan: PlanId,
        /// The tasks of each goal.
        goals: Vec<Vec<PlannedTask>>,
    },
    /// Add a task that comes from no plan.
    AddTask(PlannedTask),
    /// Report a task as done.
    CompleteTask(TaskId),
    /// Waive a task.
    WaiveTask(TaskId),
    /// Record a review.
    RecordReview,
    /// File a report to the unified register.
    FileReport,
}

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandRefusal {
    /// The lifecycle says what is missing.
    Lifecycle(Refusal),
    /// Not in this stage.
    Stage(Missing),
    /// The rules of tasks.
    Task(TaskRefusal),
    /// The case has no such task, or the task's plan was never approved.
    NoSuchTask,
    /// The organisation takes part already.
    AlreadyParticipant,
    /// The case is closed.
    Closed,
}

/// Decides on a command: what happens by it, or why nothing does.
///
/// # Errors
/// [`CommandRefusal`].
pub fn decide(
    case: &CaseModel,
    command: &CaseCommand,
    decider: Decider,
    now: DateTime<Utc>,
) -> Result<Vec<Happened>, CommandRefusal> {
    let may = |part| may_write(part, case.state.stage).map_err(CommandRefusal::Stage);
    let open = || if case.state.stage == Stage::Closed { Err(CommandRefusal::Closed) } else { Ok(()) };
    Ok(match command {
        CaseCommand::Act(action) => act(case, action, decider, now)?,
        CaseCommand::AssignManager(manager) => {
            may(CasePart::Master)?;
            vec![Happened::ManagerAssigned { manager: *manager }]
        }
        CaseCommand::SetRisk(risk) => {
            may(CasePart::Master)?;
            vec![Happened::Amended { risk_level: Some(*risk) }]
        }
        CaseCommand::AddParticipant(organisation) => {
            may(CasePart::Participant)?;
            let added = comes(case, std::iter::once(*organisation));
            if added.is_empty() {
                return Err(CommandRefusal::AlreadyParticipant);
            }
            added
        }
        CaseCommand::RecordAssessment(risk_level) => {
            may(CasePart::Assessment)?;
            vec![Happened::AssessmentRecorded { risk_level: *risk_level }]
        }
        CaseCommand::DraftPlan { plan, goals } => {
            may(CasePart::Plan)?;
            vec![Happened::PlanDrafted {
                plan: *plan,
                goals: goals.len() as u64,
                goals_without_tasks: goals.iter().filter(|tasks| tasks.is_empty()).count() as u64,
                tasks: goals.concat(),
            }]
        }
        CaseCommand::AddTask(task) => {
            open()?;
            let mut happened = vec![Happened::TaskAdded(*task)];
            happened.extend(comes(case, std::iter::once(task.organisation)));
            happened
        }
        CaseCommand::CompleteTask(task) => {
            may(CasePart::Task)?;
            may_complete(counting(case, *task)?.status).map_err(CommandRefusal::Task)?;
            vec![Happened::TaskCompleted(*task)]
        }
        CaseCommand::WaiveTask(task) => {
            may(CasePart::Task)?;
            let known = counting(case, *task)?;
            may_waive(decider, known.status, known.mandatory).map_err(CommandRefusal::Task)?;
            vec![Happened::TaskWaived(*task)]
        }
        CaseCommand::RecordReview => {
            may(CasePart::Review)?;
            vec![Happened::ReviewRecorded]
        }
        CaseCommand::FileReport => {
            open()?;
            vec![Happened::ReportFiled]
        }
    })
}

fn counting(case: &CaseModel, task: TaskId) -> Result<&super::model::TaskModel, CommandRefusal> {
    case.tasks.get(&task).filter(|task| case.counts(task)).ok_or(CommandRefusal::NoSuchTask)
}

fn act(
    case: &CaseModel,
    command: &lifecycle::Command,
    decider: Decider,
    now: DateTime<Utc>,
) -> Result<Vec<Happened>, CommandRefusal> {
    let transition =
        lifecycle::decide(&case.state, &case.evidence(), command, decider, now).map_err(CommandRefusal::Lifecycle)?;
    let (outcome, escalated_to) = match command {
        lifecycle::Command::ProposeClosure { outcome, .. } => (*outcome, None),
        lifecycle::Command::Escalate { to, .. } => (None, *to),
        _ => (None, None),
    };
    let mut happened = Vec::new();
    if transition.action == CaseAction::ApprovePlan
        && let Some(draft) = case.plans.last()
    {
        // Whoever has a task in the plan takes part from its approval on.
        let holders = case.tasks.values().filter(|task| task.plan == Some(draft.id)).map(|task| task.organisation);
        happened.extend(comes(case, holders));
    }
    happened.push(Happened::Moved(Moved {
        action: transition.action,
        from: transition.from,
        to: transition.to,
        risk_level: transition.state.risk_level,
        review_due_on: transition.state.review_due_on,
        outcome,
        escalated_to,
    }));
    Ok(happened)
}

/// The organisations that are no participants yet, each once.
fn comes(case: &CaseModel, organisations: impl Iterator<Item = OrganisationId>) -> Vec<Happened> {
    let new: std::collections::BTreeSet<OrganisationId> =
        organisations.filter(|organisation| !case.participants.contains_key(organisation)).collect();
    new.into_iter().map(|organisation| Happened::ParticipantAdded { organisation }).collect()
}
