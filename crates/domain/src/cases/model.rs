//! A case as the sum of its events. [`CaseModel::replay`] makes of a history the state that the rules look at; what the
//! database keeps must equal it. [`INVARIANTS`] hold in every state that can be reached.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::happened::{Event, Happened, Moved, PASSED_OVER, PlannedTask};
use super::lifecycle::{CaseEvidence, CaseState, DraftPlan, ROUTES};
use super::{
    ApprovalRules, CaseAction, CaseEventKind, ClosureOutcome, EscalationTarget, ParticipantRole, PlanStatus, RiskLevel,
    Stage,
};
use crate::ids::{OrganisationId, PlanId, TaskId, UserId};
use crate::tasks::TaskStatus;

/// A case as its events tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseModel {
    /// Where it stands.
    pub state: CaseState,
    /// The organisations that work on it.
    pub participants: BTreeMap<OrganisationId, ParticipantRole>,
    /// Its plans, the oldest first.
    pub plans: Vec<PlanModel>,
    /// Its tasks: those of its plans and those from elsewhere.
    pub tasks: BTreeMap<TaskId, TaskModel>,
    /// Every task that was ever done or waived.
    pub finished: BTreeSet<TaskId>,
    /// When the latest assessment was completed, and the risk it found.
    pub last_assessment: Option<(DateTime<Utc>, RiskLevel)>,
    /// When the latest review was recorded.
    pub last_review_at: Option<DateTime<Utc>>,
    /// How many reports to the unified register name it.
    pub reports: u64,
    /// The boards it was brought to, in order.
    pub escalated_to: Vec<EscalationTarget>,
    /// The outcome proposed or decided.
    pub outcome: Option<ClosureOutcome>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The actions taken, the oldest first.
    pub path: Vec<Step>,
    /// Kinds of events that the fold neither reads nor passes over on purpose.
    pub unread: BTreeSet<CaseEventKind>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanModel {
    /// Its id.
    pub id: PlanId,
    /// Who wrote it.
    pub author: UserId,
    /// Draft, approved or superseded.
    pub status: PlanStatus,
    /// Who approved it, and the risk at that moment.
    pub approved: Option<(UserId, RiskLevel)>,
    goals: u64,
    goals_without_tasks: u64,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskModel {
    /// Who has to do it.
    pub organisation: OrganisationId,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// The plan it belongs to, if it belongs to one.
    pub plan: Option<PlanId>,
    /// Open, done or waived.
    pub status: TaskStatus,
}

/// An action that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The action.
    pub action: CaseAction,
    /// The stage it started from.
    pub from: Stage,
    /// The stage it led to.
    pub to: Stage,
    /// By whom.
    pub actor: UserId,
    /// Mandatory tasks that were open at that moment.
    pub mandatory_open: usize,
}

/// An event that does not fit what was before it: the history has a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The first event is not that the case was opened.
    #[error("the history does not begin with the opening")]
    NotOpened,
    /// It was opened a second time.
    #[error("the case was opened twice")]
    OpenedTwice,
    /// A task that no event brought.
    #[error("no event brought this task")]
    UnknownTask,
    /// A plan was approved without a draft.
    #[error("no draft was there to be approved")]
    NoDraft,
    /// An action started from another stage than the case stood in.
    #[error("the action starts from another stage")]
    OtherStage,
}

impl CaseModel {
    /// Folds a whole history.
    ///
    /// # Errors
    /// [`Misfit`], with the place of the event that does not fit.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, (usize, Misfit)> {
        let mut events = events.into_iter().enumerate();
        let mut model = match events.next() {
            Some((at, first)) => Self::begin(first).map_err(|misfit| (at, misfit))?,
            None => return Err((0, Misfit::NotOpened)),
        };
        for (at, event) in events {
            model.apply(event).map_err(|misfit| (at, misfit))?;
        }
        Ok(model)
    }

    /// The case as it stands after its first event.
    ///
    /// # Errors
    /// [`Misfit::NotOpened`].
    pub fn begin(first: &Event) -> Result<Self, Misfit> {
        let Happened::Opened { lead, risk_level, manager } = first.happened else { return Err(Misfit::NotOpened) };
        Ok(Self {
            state: CaseState {
                stage: Stage::Registered,
                stage_since: first.at,
                risk_level,
                manager,
                review_due_on: None,
                closure_proposed_by: None,
            },
            participants: BTreeMap::from([(lead, ParticipantRole::Lead)]),
            plans: Vec::new(),
            tasks: BTreeMap::new(),
            finished: BTreeSet::new(),
            last_assessment: None,
            last_review_at: None,
            reports: 0,
            escalated_to: Vec::new(),
            outcome: None,
            closed_at: None,
            path: Vec::new(),
            unread: BTreeSet::new(),
        })
    }

    /// Takes in what happened next.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        match &event.happened {
            Happened::Opened { .. } => return Err(Misfit::OpenedTwice),
            Happened::ManagerAssigned { manager } => self.state.manager = Some(*manager),
            Happened::Amended { risk_level } => self.state.risk_level = risk_level.unwrap_or(self.state.risk_level),
            Happened::ParticipantAdded { organisation } => {
                self.participants.entry(*organisation).or_insert(ParticipantRole::Participant);
            }
            Happened::AssessmentRecorded { risk_level } => self.last_assessment = Some((event.at, *risk_level)),
            Happened::PlanDrafted { plan, goals, goals_without_tasks, tasks } => {
                self.supersede(PlanStatus::Draft);
                self.plans.push(PlanModel {
                    id: *plan,
                    author: event.actor,
                    status: PlanStatus::Draft,
                    approved: None,
                    goals: *goals,
                    goals_without_tasks: *goals_without_tasks,
                });
                tasks.iter().for_each(|task| self.task_comes(task, Some(*plan)));
            }
            Happened::TaskAdded(task) => self.task_comes(task, None),
            Happened::TaskCompleted(task) => return self.task_ends(*task, TaskStatus::Done),
            Happened::TaskWaived(task) => return self.task_ends(*task, TaskStatus::Waived),
            Happened::ReviewRecorded => self.last_review_at = Some(event.at),
            Happened::ReportFiled => self.reports += 1,
            Happened::Moved(moved) => return self.moves(moved, event),
            Happened::Other(kind) => {
                if !PASSED_OVER.contains(kind) {
                    self.unread.insert(*kind);
                }
            }
        }
        Ok(())
    }

    fn supersede(&mut self, status: PlanStatus) {
        for plan in self.plans.iter_mut().filter(|plan| plan.status == status) {
            plan.status = PlanStatus::Superseded;
        }
    }

    fn task_comes(&mut self, task: &PlannedTask, plan: Option<PlanId>) {
        let PlannedTask { id, organisation, mandatory } = *task;
        self.tasks.entry(id).or_insert(TaskModel { organisation, mandatory, plan, status: TaskStatus::Open });
    }

    fn task_ends(&mut self, task: TaskId, status: TaskStatus) -> Result<(), Misfit> {
        self.tasks.get_mut(&task).ok_or(Misfit::UnknownTask)?.status = status;
        self.finished.insert(task);
        Ok(())
    }

    fn moves(&mut self, moved: &Moved, event: &Event) -> Result<(), Misfit> {
        if moved.from != self.state.stage {
            return Err(Misfit::OtherStage);
        }
        self.path.push(Step {
            action: moved.action,
            from: moved.from,
            to: moved.to,
            actor: event.actor,
            mandatory_open: self.mandatory_open().count(),
        });
        if moved.action == CaseAction::ApprovePlan {
            let risk = self.state.risk_level;
            self.supersede(PlanStatus::Approved);
            let draft = self.plans.iter_mut().rfind(|plan| plan.status == PlanStatus::Draft).ok_or(Misfit::NoDraft)?;
            draft.status = PlanStatus::Approved;
            draft.approved = Some((event.actor, risk));
        }
        if moved.to != moved.from {
            self.state.stage = moved.to;
            self.state.stage_since = event.at;
        }
        self.state.risk_level = moved.risk_level;
        self.state.review_due_on = moved.review_due_on;
        self.closure_moves(moved, event);
        if let Some(target) = moved.escalated_to
            && !self.escalated_to.contains(&target)
        {
            self.escalated_to.push(target);
        }
        Ok(())
    }

    fn closure_moves(&mut self, moved: &Moved, event: &Event) {
        match moved.action {
            CaseAction::ProposeClosure => {
                self.state.closure_proposed_by = Some(event.actor);
                self.outcome = moved.outcome;
            }
            CaseAction::RejectClosure | CaseAction::Reopen => {
                self.state.closure_proposed_by = None;
                self.outcome = None;
            }
            _ => {}
        }
        self.closed_at = (self.state.stage == Stage::Closed).then_some(event.at);
    }

    /// Whether a task counts: it comes from no plan, or its plan was approved once.
    #[must_use]
    pub fn counts(&self, task: &TaskModel) -> bool {
        let approved = |plan: PlanId| self.plans.iter().any(|known| known.id == plan && known.approved.is_some());
        task.plan.is_none_or(approved)
    }

    /// The mandatory tasks that count and are neither done nor waived.
    pub fn mandatory_open(&self) -> impl Iterator<Item = TaskId> {
        self.tasks
            .iter()
            .filter(|(_, task)| task.mandatory && task.status == TaskStatus::Open && self.counts(task))
            .map(|(id, _)| *id)
    }

    /// The evidence that the lifecycle's gates look at.
    #[must_use]
    pub fn evidence(&self) -> CaseEvidence {
        let draft = self.plans.iter().rfind(|plan| plan.status == PlanStatus::Draft);
        let done = self.tasks.values().filter(|task| task.status == TaskStatus::Done && self.counts(task));
        CaseEvidence {
            last_assessment: self.last_assessment,
            draft_plan: draft.map(|plan| DraftPlan {
                author: plan.author,
                goals: plan.goals,
                goals_without_tasks: plan.goals_without_tasks,
            }),
            tasks_done: done.count() as u64,
            mandatory_tasks_open: self.mandatory_open().collect(),
            last_review_at: self.last_review_at,
            register_reports: self.reports,
            merged: false,
            approval: ApprovalRules::default(),
        }
    }
}

/// An invariant by its name: whether a case keeps it.
pub type Invariant = (&'static str, fn(&CaseModel) -> bool);

/// What holds of every case that can be reached, by name.
pub const INVARIANTS: &[Invariant] = &[
    ("stages_follow_the_table", stages_follow_the_table),
    ("one_lead", one_lead),
    ("closed_has_outcome", closed_has_outcome),
    ("four_eyes_on_closure", four_eyes_on_closure),
    ("four_eyes_on_risk", four_eyes_on_risk),
    ("nothing_mandatory_is_dropped", nothing_mandatory_is_dropped),
    ("finished_tasks_stay_finished", finished_tasks_stay_finished),
    ("one_plan_in_force", one_plan_in_force),
    ("whoever_has_a_task_takes_part", whoever_has_a_task_takes_part),
];

/// An invariant of a step by its name: whether `after` may follow `before`.
pub type StepInvariant = (&'static str, fn(&CaseModel, &CaseModel) -> bool);

/// What holds from one state of a case to the next, by name.
pub const STEP_INVARIANTS: &[StepInvariant] = &[("history_never_shrinks", history_never_shrinks)];

fn stages_follow_the_table(case: &CaseModel) -> bool {
    let mut at = Stage::Registered;
    let along = case.path.iter().all(|step| {
        let routed = ROUTES.iter().any(|(action, from, to)| {
            *action == step.action && from.contains(&step.from) && to.unwrap_or(step.from) == step.to
        });
        let starts_here = std::mem::replace(&mut at, step.to) == step.from;
        routed && starts_here
    });
    along && at == case.state.stage
}

fn one_lead(case: &CaseModel) -> bool {
    case.participants.values().filter(|role| **role == ParticipantRole::Lead).count() == 1
}

fn closed_has_outcome(case: &CaseModel) -> bool {
    let ending = matches!(case.state.stage, Stage::ClosureProposed | Stage::Closed);
    case.outcome.is_some() == ending
        && case.state.closure_proposed_by.is_some() == ending
        && case.closed_at.is_some() == (case.state.stage == Stage::Closed)
}

fn four_eyes_on_closure(case: &CaseModel) -> bool {
    let mut proposer = None;
    case.path.iter().all(|step| match step.action {
        CaseAction::ProposeClosure => {
            proposer = Some(step.actor);
            true
        }
        CaseAction::ApproveClosure | CaseAction::RejectClosure => {
            proposer.take().is_some_and(|proposer| proposer != step.actor)
        }
        _ => true,
    })
}

fn four_eyes_on_risk(case: &CaseModel) -> bool {
    case.plans.iter().all(|plan| {
        plan.approved.is_none_or(|(approver, risk)| {
            !ApprovalRules::default().of(risk).other_than_author || approver != plan.author
        })
    })
}

fn nothing_mandatory_is_dropped(case: &CaseModel) -> bool {
    let ending = [CaseAction::ProposeClosure, CaseAction::ApproveClosure];
    case.path.iter().all(|step| step.mandatory_open == 0 || !ending.contains(&step.action))
        && (case.state.stage != Stage::Closed || case.mandatory_open().next().is_none())
}

fn finished_tasks_stay_finished(case: &CaseModel) -> bool {
    case.finished.iter().all(|task| case.tasks.get(task).is_some_and(|task| task.status.is_settled()))
}

fn one_plan_in_force(case: &CaseModel) -> bool {
    let many = |status| case.plans.iter().filter(|plan| plan.status == status).count();
    many(PlanStatus::Approved) <= 1 && many(PlanStatus::Draft) <= 1
}

fn whoever_has_a_task_takes_part(case: &CaseModel) -> bool {
    case.tasks.values().all(|task| !case.counts(task) || case.participants.contains_key(&task.organisation))
}

fn history_never_shrinks(before: &CaseModel, after: &CaseModel) -> bool {
    let same_plan = |(old, new): (&PlanModel, &PlanModel)| {
        old.id == new.id && old.author == new.author && (old.approved.is_none() || old.approved == new.approved)
    };
    after.path.starts_with(&before.path)
        && before.plans.len() <= after.plans.len()
        && before.plans.iter().zip(&after.plans).all(same_plan)
        && before.tasks.keys().all(|task| after.tasks.contains_key(task))
        && before.finished.is_subset(&after.finished)
        && before.participants.keys().all(|organisation| after.participants.contains_key(organisation))
        && before.reports <= after.reports
        && after.escalated_to.starts_with(&before.escalated_to)
}
