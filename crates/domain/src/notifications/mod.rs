//! Notices to users: what they are told. A notice holds codes and ids; its words are made when it is read.

use crate::words::words;

words! {
    /// What a user is told.
    pub enum NoticeKind {
        /// A case was assigned to the user.
        CaseAssigned = "case_assigned",
        /// A task was given to the user's organisation.
        TaskGiven = "task_given",
        /// A deadline comes near.
        DeadlineNear = "deadline_near",
        /// A deadline passed.
        DeadlineMissed = "deadline_missed",
        /// A child's life is in danger: crisis management began.
        Crisis = "crisis",
        /// An agency that a crisis must reach has nobody on duty in the territory.
        DutyMissing = "duty_missing",
        /// The user is asked to a consilium.
        ConsiliumInvitation = "consilium_invitation",
        /// The user is asked to a session of the group that qualifies facts of suicidal behaviour.
        QualificationInvitation = "qualification_invitation",
        /// That group asks the user's organisation for material.
        MaterialRequested = "material_requested",
        /// The statistics office asks the user's agency to confirm its part of a release.
        ReleaseAwaitsAnswer = "release_awaits_answer",
        /// A plan waits for a supervisor's approval.
        PlanAwaitsApproval = "plan_awaits_approval",
        /// A closure waits for a supervisor's decision.
        ClosureAwaitsApproval = "closure_awaits_approval",
        /// The user's organisation became a participant of a case.
        ParticipantAdded = "participant_added",
    }
}
