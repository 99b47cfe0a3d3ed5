//! What is missing for an action: a code, and the numbers or ids that its message needs.

use std::fmt;

use crate::words::words;

words! {
    /// What an action of a case's lifecycle can be refused for.
    pub enum MissingCode {
        /// The case stands in another stage.
        Stage = "stage",
        /// No case manager is named.
        CaseManager = "case_manager",
        /// No assessment was completed since the assessment began.
        CompletedAssessment = "completed_assessment",
        /// No plan waits for approval.
        Plan = "plan",
        /// The plan has no goal, or a goal without a task.
        PlanTasks = "plan_tasks",
        /// A supervisor must do it.
        Supervisor = "supervisor",
        /// Somebody other than the plan's author must do it.
        OtherThanAuthor = "other_than_author",
        /// Somebody other than who proposed the closure must do it.
        OtherThanProposer = "other_than_proposer",
        /// No task is done and the review date has not come.
        TaskDoneOrReviewDue = "task_done_or_review_due",
        /// No review was recorded since the review began.
        ReviewRecorded = "review_recorded",
        /// Mandatory tasks are neither done nor waived.
        MandatoryTasks = "mandatory_tasks",
        /// No report to the unified register names the case.
        RegisterReport = "register_report",
        /// The outcome is not chosen.
        Outcome = "outcome",
        /// A reason is not given.
        Reason = "reason",
        /// Where to escalate is not said.
        EscalationTarget = "escalation_target",
        /// The case has no known child.
        Child = "child",
        /// The case to link to is not named, or is closed.
        OpenCase = "open_case",
        /// The case was merged into another one, where the work goes on.
        NotMerged = "not_merged",
    }
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What.
    pub code: MissingCode,
    /// Numbers, codes and ids for the message; never personal data.
    pub params: Vec<(&'static str, String)>,
}

impl Missing {
    /// Something missing, without parameters.
    #[must_use]
    pub const fn new(code: MissingCode) -> Self {
        Self { code, params: Vec::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }
}
