//! The lifecycle of a case: a pure function of (state, evidence, command, who decides, when).
//!
//! [`decide`] answers with the [`Transition`] to be written, or with a [`Refusal`] that names
//! everything that is missing. Source: domain.md "A case, from detection to resolution"; the steps
//! follow the Inter-Agency Guidelines for Case Management and Child Protection (2014), section 3.
//!
//! Invariants, by name:
//! * `stages_follow_the_table`: a stage changes only along [`ROUTES`];
//! * `four_eyes_on_closure`: who proposed a closure never decides on it;
//! * `four_eyes_on_risk`: a plan is approved as the rules in force ask at its risk ([`ApprovalRules`]): by default, at
//!   high or critical risk, by a supervisor who did not write it;
//! * `nothing_mandatory_is_dropped`: no case is proposed for closure, or closed, with a mandatory task open;
//! * `merged_is_final`: a case that was merged into another one is never opened again.

use chrono::{DateTime, NaiveDate, Utc};

use super::{ApprovalRules, CaseAction, ClosureOutcome, EscalationTarget, Missing, MissingCode, RiskLevel, Stage};
use crate::calendar::local_date;
use crate::identity::Role;
use crate::ids::{TaskId, UserId};
use crate::policy::{Actor, OrganisationRef, RoleGrant};

/// From which stages an action starts, and where it leads (`None`: the stage stays).
pub const ROUTES: &[(CaseAction, &[Stage], Option<Stage>)] = &[
    (CaseAction::StartAssessment, &[Stage::Registered], Some(Stage::Assessment)),
    (CaseAction::CompleteAssessment, &[Stage::Assessment], Some(Stage::Planning)),
    (CaseAction::ApprovePlan, &[Stage::Planning], Some(Stage::Implementation)),
    (CaseAction::StartReview, &[Stage::Implementation], Some(Stage::Review)),
    (CaseAction::Continue, &[Stage::Review], Some(Stage::Implementation)),
    (CaseAction::Replan, &[Stage::Review], Some(Stage::Planning)),
    (CaseAction::ProposeClosure, &[Stage::Review], Some(Stage::ClosureProposed)),
    (CaseAction::ApproveClosure, &[Stage::ClosureProposed], Some(Stage::Closed)),
    (CaseAction::RejectClosure, &[Stage::ClosureProposed], Some(Stage::Review)),
    (CaseAction::Reopen, &[Stage::Closed], Some(Stage::Assessment)),
    (CaseAction::Escalate, OPEN_STAGES, None),
];

/// Every stage of a case that is not closed.
pub const OPEN_STAGES: &[Stage] = &[
    Stage::Registered,
    Stage::Assessment,
    Stage::Planning,
    Stage::Implementation,
    Stage::Review,
    Stage::ClosureProposed,
];

/// The case itself, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseState {
    /// Where it stands.
    pub stage: Stage,
    /// Since when. What a stage asks for must have been done since.
    pub stage_since: DateTime<Utc>,
    /// How dangerous the situation is.
    pub risk_level: RiskLevel,
    /// Who is responsible for it in the lead organisation.
    pub manager: Option<UserId>,
    /// When the next review is due.
    pub review_due_on: Option<NaiveDate>,
    /// Who proposed the closure that waits for a decision.
    pub closure_proposed_by: Option<UserId>,
}

/// What has been done on the case, as far as the gates look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseEvidence {
    /// When the latest full assessment was completed (with needs and the child's own view), and the risk found since the
    /// stage began: of each instrument the latest finding, of these the greatest, so that a general assessment does
    /// not undo what a screen found.
    pub last_assessment: Option<(DateTime<Utc>, RiskLevel)>,
    /// The plan that waits for approval.
    pub draft_plan: Option<DraftPlan>,
    /// How many tasks of approved plans are done.
    pub tasks_done: u64,
    /// The mandatory tasks of approved plans that are neither done nor waived.
    pub mandatory_tasks_open: Vec<TaskId>,
    /// When the latest review was recorded.
    pub last_review_at: Option<DateTime<Utc>>,
    /// How many reports to the unified register name this case.
    pub register_reports: u64,
    /// Whether it was merged into another case.
    pub merged: bool,
    /// Who may approve the plan, by the rules in force.
    pub approval: ApprovalRules,
}

/// A plan that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPlan {
    /// Who wrote it.
    pub author: UserId,
    /// How many goals it has.
    pub goals: u64,
    /// How many of them have no task.
    pub goals_without_tasks: u64,
}

/// An action with what it needs to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin to assess the situation.
    StartAssessment,
    /// The assessment is complete: plan.
    CompleteAssessment,
    /// Approve the plan and begin to carry it out; the next review is due after `review_interval_days`.
    ApprovePlan {
        /// Days until the next review (dated reference data, by risk).
        review_interval_days: u16,
    },
    /// Look at what was achieved.
    StartReview,
    /// Go on with the plan.
    Continue {
        /// Days until the next review (dated reference data, by risk).
        review_interval_days: u16,
    },
    /// Plan anew.
    Replan,
    /// Propose to close the case.
    ProposeClosure {
        /// How it ended.
        outcome: Option<ClosureOutcome>,
        /// Why it can be closed; the text itself is kept by the storage.
        has_reason: bool,
    },
    /// Agree to the closure.
    ApproveClosure,
    /// Send the case back to review.
    RejectClosure {
        /// Whether a reason was given.
        has_reason: bool,
    },
    /// Open the case again.
    Reopen {
        /// Whether a reason was given.
        has_reason: bool,
    },
    /// Bring the case before a board, or into crisis management.
    Escalate {
        /// Where to.
        to: Option<EscalationTarget>,
        /// Whether a reason was given.
        has_reason: bool,
    },
}

impl Command {
    /// The action's name.
    #[must_use]
    pub const fn action(&self) -> CaseAction {
        match self {
            Self::StartAssessment => CaseAction::StartAssessment,
            Self::CompleteAssessment => CaseAction::CompleteAssessment,
            Self::ApprovePlan { .. } => CaseAction::ApprovePlan,
            Self::StartReview => CaseAction::StartReview,
            Self::Continue { .. } => CaseAction::Continue,
            Self::Replan => CaseAction::Replan,
            Self::ProposeClosure { .. } => CaseAction::ProposeClosure,
            Self::ApproveClosure => CaseAction::ApproveClosure,
            Self::RejectClosure { .. } => CaseAction::RejectClosure,
            Self::Reopen { .. } => CaseAction::Reopen,
            Self::Escalate { .. } => CaseAction::Escalate,
        }
    }
}

/// Who decides. Whether they may at all is the policy's question and was asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decider {
    /// The user.
    pub user: UserId,
    /// Whether the user is a supervisor over the lead organisation.
    pub supervisor: bool,
}

impl Decider {
    /// The actor before a case that `lead` leads: a supervisor counts where its scope covers the lead.
    #[must_use]
    pub fn of(actor: &Actor, lead: &OrganisationRef) -> Self {
        let supervises = |grant: &RoleGrant| grant.role == Role::Supervisor && actor.reaches(grant.scope, lead);
        Self { user: actor.user, supervisor: actor.roles.iter().any(supervises) }
    }
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The action that was taken.
    pub action: CaseAction,
    /// The stage it started from.
    pub from: Stage,
    /// The stage it led to.
    pub to: Stage,
    /// The state afterwards.
    pub state: CaseState,
}

/// Why an action is not possible now: everything that is missing, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The action.
    pub action: CaseAction,
    /// What is missing; never empty.
    pub missing: Vec<Missing>,
}

/// Decides on a command.
///
/// # Errors
/// A [`Refusal`] that names everything that is missing.
pub fn decide(
    state: &CaseState,
    evidence: &CaseEvidence,
    command: &Command,
    decider: Decider,
    now: DateTime<Utc>,
) -> Result<Transition, Refusal> {
    let action = command.action();
    let mut missing = gates(state, evidence, action, decider, now);
    if matches!(command, Command::ProposeClosure { outcome: Some(ClosureOutcome::NotConfirmed), .. }) {
        // Nothing happened, so there is nothing to report to the register.
        missing.retain(|gate| gate.code != MissingCode::RegisterReport);
    }
    missing.extend(told(command));
    let Some((_, _, target)) = ROUTES.iter().find(|(routed, from, _)| *routed == action && from.contains(&state.stage))
    else {
        return Err(Refusal { action, missing: vec![wrong_stage(state.stage, action)] });
    };
    if !missing.is_empty() {
        return Err(Refusal { action, missing });
    }
    let to = target.unwrap_or(state.stage);
    let mut next = state.clone();
    if to != state.stage {
        next.stage = to;
        next.stage_since = now;
    }
    match command {
        // What was assessed replaces the first impression.
        Command::CompleteAssessment => {
            next.risk_level = evidence.last_assessment.map_or(state.risk_level, |(_, risk)| risk);
        }
        Command::ApprovePlan { review_interval_days } | Command::Continue { review_interval_days } => {
            next.review_due_on = local_date(now).checked_add_days(chrono::Days::new(u64::from(*review_interval_days)));
        }
        Command::ProposeClosure { .. } => next.closure_proposed_by = Some(decider.user),
        Command::RejectClosure { .. } | Command::Reopen { .. } => next.closure_proposed_by = None,
        _ => {}
    }
    Ok(Transition { action, from: state.stage, to, state: next })
}

/// The actions that start from the present stage, each with what is still missing for it besides
/// what the command itself must tell. Who may take them is the policy's question.
#[must_use]
pub fn outlook(
    state: &CaseState,
    evidence: &CaseEvidence,
    decider: Decider,
    now: DateTime<Utc>,
) -> Vec<(CaseAction, Vec<Missing>)> {
    ROUTES
        .iter()
        .filter(|(_, from, _)| from.contains(&state.stage))
        .map(|(action, _, _)| (*action, gates(state, evidence, *action, decider, now)))
        .collect()
}

fn wrong_stage(stage: Stage, action: CaseAction) -> Missing {
    let wanted: Vec<&str> = ROUTES
        .iter()
        .filter(|(routed, _, _)| *routed == action)
        .flat_map(|(_, from, _)| from.iter().map(|stage| stage.as_str()))
        .collect();
    Missing::new(MissingCode::Stage).with("stage", stage).with("required", wanted.join(","))
}

/// The gates that look at the case.
fn gates(
    state: &CaseState,
    evidence: &CaseEvidence,
    action: CaseAction,
    decider: Decider,
    now: DateTime<Utc>,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut demand = |holds: bool, code: MissingCode| {
        if !holds {
            missing.push(Missing::new(code));
        }
    };
    let since = |moment: Option<DateTime<Utc>>| moment.is_some_and(|moment| moment >= state.stage_since);
    match action {
        CaseAction::StartAssessment => demand(state.manager.is_some(), MissingCode::CaseManager),
        CaseAction::CompleteAssessment => {
            demand(since(evidence.last_assessment.map(|(at, _)| at)), MissingCode::CompletedAssessment);
        }
        CaseAction::ApprovePlan => plan_gates(state, evidence, decider, &mut demand),
        CaseAction::StartReview => {
            let due = state.review_due_on.is_some_and(|due| due <= local_date(now));
            demand(due || evidence.tasks_done > 0, MissingCode::TaskDoneOrReviewDue);
        }
        CaseAction::Continue | CaseAction::Replan => {
            demand(since(evidence.last_review_at), MissingCode::ReviewRecorded);
        }
        CaseAction::ProposeClosure => {
            demand(evidence.register_reports > 0, MissingCode::RegisterReport);
            missing.extend(mandatory_tasks(evidence));
        }
        CaseAction::ApproveClosure | CaseAction::RejectClosure => {
            demand(decider.supervisor, MissingCode::Supervisor);
            demand(state.closure_proposed_by != Some(decider.user), MissingCode::OtherThanProposer);
            if action == CaseAction::ApproveClosure {
                // A fact that was reported since the proposal may have brought new ones.
                missing.extend(mandatory_tasks(evidence));
            }
        }
        CaseAction::Reopen => demand(!evidence.merged, MissingCode::NotMerged),
        CaseAction::Escalate => {}
    }
    missing
}

fn mandatory_tasks(evidence: &CaseEvidence) -> Option<Missing> {
    let ids: Vec<String> = evidence.mandatory_tasks_open.iter().map(ToString::to_string).collect();
    (!ids.is_empty())
        .then(|| Missing::new(MissingCode::MandatoryTasks).with("count", ids.len()).with("tasks", ids.join(",")))
}

fn plan_gates(
    state: &CaseState,
    evidence: &CaseEvidence,
    decider: Decider,
    demand: &mut impl FnMut(bool, MissingCode),
) {
    let Some(plan) = &evidence.draft_plan else {
        demand(false, MissingCode::Plan);
        return;
    };
    demand(plan.goals > 0 && plan.goals_without_tasks == 0, MissingCode::PlanTasks);
    let rule = evidence.approval.of(state.risk_level);
    demand(decider.supervisor || !rule.supervisor, MissingCode::Supervisor);
    demand(decider.user != plan.author || !rule.other_than_author, MissingCode::OtherThanAuthor);
}

/// What the command itself must tell.
fn told(command: &Command) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut demand = |holds: bool, code: MissingCode| {
        if !holds {
            missing.push(Missing::new(code));
        }
    };
    match command {
        Command::ProposeClosure { outcome, has_reason } => {
            demand(outcome.is_some_and(|outcome| outcome != ClosureOutcome::Merged), MissingCode::Outcome);
            demand(*has_reason, MissingCode::Reason);
        }
        Command::RejectClosure { has_reason } | Command::Reopen { has_reason } => {
            demand(*has_reason, MissingCode::Reason);
        }
        Command::Escalate { to, has_reason } => {
            demand(to.is_some(), MissingCode::EscalationTarget);
            demand(*has_reason, MissingCode::Reason);
        }
        _ => {}
    }
    missing
}
