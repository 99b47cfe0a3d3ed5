//! What happened in the made-up region: steps, each one unit of work of one person at one moment.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::{CaseAction, ClosureOutcome, EscalationTarget, ReviewConclusion, RiskLevel, Section};
use qorgan_domain::ids::{CaseId, ReportId, SignalId};
use qorgan_domain::register::{Nature, Relation, Setting};
use qorgan_domain::signals::{SignalChannel, Urgency};

use super::group::GroupPlan;

/// One unit of work.
pub(super) struct Step {
    pub(super) at: DateTime<Utc>,
    /// Who, by place in the staff.
    pub(super) actor: usize,
    /// Unique among all steps. It is the request id of the unit of work, so that the audit log tells whether the step
    /// was taken.
    pub(super) key: String,
    pub(super) act: Act,
}

/// What is done in a step. Children and organisations are named by their place in the plan.
pub(super) enum Act {
    RegisterChildren(Vec<usize>),
    FileSignal(Box<SignalPlan>),
    DismissSignal {
        signal: SignalId,
        reason: &'static str,
    },
    LinkSignal {
        signal: SignalId,
        case: CaseId,
    },
    OpenCase(Box<CasePlan>),
    /// Deeds on a case, one after another.
    Work {
        case: CaseId,
        deeds: Vec<Deed>,
    },
    FileReports(Vec<ReportPlan>),
    ConveneGroup(Box<GroupPlan>),
}

/// A signal to be filed.
pub(super) struct SignalPlan {
    pub(super) id: SignalId,
    pub(super) channel: SignalChannel,
    pub(super) description: String,
    pub(super) occurred_on: NaiveDate,
    pub(super) addressee: usize,
    pub(super) child: usize,
    /// Whether the filer only tells of the child, without finding its record.
    pub(super) told: bool,
    pub(super) urgency: Urgency,
}

/// A case to be opened.
pub(super) struct CasePlan {
    pub(super) id: CaseId,
    pub(super) child: usize,
    pub(super) signal: Option<SignalId>,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) grounds: Option<&'static str>,
    pub(super) risk_level: RiskLevel,
}

/// One thing done on a case.
pub(super) enum Deed {
    Note {
        section: Section,
        text: &'static str,
    },
    Assess {
        risk_level: RiskLevel,
        needs: &'static str,
        child_view: &'static str,
    },
    Plan {
        goal: &'static str,
        tasks: Vec<TaskPlan>,
    },
    /// Finishes the open task of this title, of the worker's organisation.
    Complete {
        title: &'static str,
        result: &'static str,
    },
    /// Does the open steps of protocols of the worker's organisation, as far as nothing stands before them.
    FollowProtocols,
    /// Waives what protocols have asked for and nobody did.
    WaiveProtocols {
        reason: &'static str,
    },
    /// Waives the open tasks of these titles that nobody did.
    Waive {
        titles: Vec<&'static str>,
        reason: &'static str,
    },
    Review {
        conclusion: ReviewConclusion,
        next_review_on: Option<NaiveDate>,
        summary: &'static str,
    },
    Advance(Advance),
    /// Records the mother and her consent to help.
    Family,
    /// Places the child on the in-school register.
    Place {
        ground: &'static str,
        plan: &'static str,
    },
    Report(Box<ReportPlan>),
}

/// An action of the lifecycle with what it is told.
#[derive(Default)]
pub(super) struct Told {
    pub(super) reason: Option<&'static str>,
    pub(super) outcome: Option<ClosureOutcome>,
    pub(super) escalate_to: Option<EscalationTarget>,
}

/// An action of the lifecycle.
pub(super) struct Advance {
    pub(super) action: CaseAction,
    pub(super) told: Told,
}

impl Deed {
    /// An action of the lifecycle that needs to be told nothing.
    pub(super) fn advance(action: CaseAction) -> Self {
        Self::Advance(Advance { action, told: Told::default() })
    }
}

/// A task of a plan.
pub(super) struct TaskPlan {
    pub(super) title: &'static str,
    pub(super) organisation: usize,
    pub(super) section: Section,
    pub(super) due_on: NaiveDate,
    pub(super) mandatory: bool,
}

/// A report to be filed.
pub(super) struct ReportPlan {
    pub(super) id: ReportId,
    pub(super) nature: Nature,
    pub(super) occurred_on: NaiveDate,
    pub(super) setting: Setting,
    pub(super) relation: Option<Relation>,
    pub(super) child: usize,
    pub(super) description: &'static str,
}
