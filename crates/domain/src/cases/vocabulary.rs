//! The words of a case.

use crate::words::words;

words! {
    /// Where a case stands between detection and resolution.
    pub enum Stage {
        /// Opened; nobody has assessed the child's situation yet.
        Registered = "registered",
        /// The situation, the risk and the needs are being assessed.
        Assessment = "assessment",
        /// Goals and tasks are being agreed.
        Planning = "planning",
        /// The participants carry out the plan.
        Implementation = "implementation",
        /// What was achieved is looked at, and what follows is decided.
        Review = "review",
        /// Closing was proposed and waits for a supervisor.
        ClosureProposed = "closure_proposed",
        /// Resolved; the case keeps its number and its history.
        Closed = "closed",
    }

    /// How great the danger to the child is, from the least to the greatest.
    pub enum RiskLevel {
        /// Needs attention, no danger now.
        Low = "low",
        /// Harm is possible if nothing is done.
        Medium = "medium",
        /// Harm is likely or has happened and may happen again.
        High = "high",
        /// Danger to life now: starts crisis management.
        Critical = "critical",
    }

    /// A layer of confidentiality of the content of a case.
    pub enum Section {
        /// What every participant of the case reads.
        General = "general",
        /// School life and learning.
        Education = "education",
        /// What a psychologist learns and advises.
        Psychological = "psychological",
        /// Health and treatment.
        Medical = "medical",
        /// Family, housing, income, services.
        Social = "social",
        /// What the police inquire into.
        Investigation = "investigation",
    }

    /// What an organisation is to a case.
    pub enum ParticipantRole {
        /// Responsible for the case; its case manager leads.
        Lead = "lead",
        /// Works on the case with the lead.
        Participant = "participant",
    }

    /// What may be done to move a case on.
    pub enum CaseAction {
        /// Begin to assess.
        StartAssessment = "start_assessment",
        /// Finish the assessment; planning begins.
        CompleteAssessment = "complete_assessment",
        /// Approve the plan; implementation begins.
        ApprovePlan = "approve_plan",
        /// Look at what was achieved.
        StartReview = "start_review",
        /// Go on with the plan after a review.
        Continue = "continue",
        /// Make a new plan after a review.
        Replan = "replan",
        /// Propose to close the case.
        ProposeClosure = "propose_closure",
        /// Close the case, as proposed.
        ApproveClosure = "approve_closure",
        /// Send a proposed closure back to review.
        RejectClosure = "reject_closure",
        /// Open a closed case again.
        Reopen = "reopen",
        /// Bring the case to a consilium, a commission or crisis management.
        Escalate = "escalate",
    }

    /// What a closed case came to.
    pub enum ClosureOutcome {
        /// The child is safe and needs no further support.
        SafetyRestored = "safety_restored",
        /// The risk fell so far that usual services are enough.
        RiskReduced = "risk_reduced",
        /// The person is of age and services for adults took over.
        TransferredToAdultServices = "transferred_to_adult_services",
        /// The child moved out of the region.
        MovedAway = "moved_away",
        /// What was signalled did not happen.
        NotConfirmed = "not_confirmed",
        /// Something else, told in the reason.
        Other = "other",
        /// It was a duplicate, and the work goes on in another case. Never proposed: only merging gives it.
        Merged = "merged",
    }

    /// Whom a case is brought to.
    pub enum EscalationTarget {
        /// The psychological and pedagogical consilium.
        Consilium = "consilium",
        /// The commission on minors' affairs.
        Commission = "commission",
        /// Crisis management: danger to life now.
        CrisisManagement = "crisis_management",
    }

    /// Where a version of a plan stands.
    pub enum PlanStatus {
        /// Being written.
        Draft = "draft",
        /// In force.
        Approved = "approved",
        /// Replaced by a later version.
        Superseded = "superseded",
        /// Sent back to its author with a reason.
        Returned = "returned",
    }

    /// What a review concludes.
    pub enum ReviewConclusion {
        /// Go on with the plan.
        Continue = "continue",
        /// Make a new plan.
        Replan = "replan",
        /// Propose to close the case.
        ProposeClosure = "propose_closure",
    }
}

impl Stage {
    /// Whether work on the case goes on; only a closed case is not open.
    pub fn is_open(self) -> bool {
        self != Self::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_closed_is_not_open() {
        let shut: Vec<_> = Stage::ALL.iter().filter(|s| !s.is_open()).collect();
        assert_eq!(shut, [&Stage::Closed]);
    }
}
