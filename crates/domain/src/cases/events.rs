//! What happens to a case, as it stands in its timeline.

use crate::words::words;

words! {
    /// Kinds of events of a case. An event carries codes and ids, never content.
    pub enum CaseEventKind {
        /// The case was opened.
        Opened = "opened",
        /// A signal was linked to it.
        SignalLinked = "signal_linked",
        /// Title, description, grounds or risk changed.
        Amended = "amended",
        /// A case manager was named.
        ManagerAssigned = "manager_assigned",
        /// An organisation became a participant.
        ParticipantAdded = "participant_added",
        /// An assessment was recorded.
        AssessmentRecorded = "assessment_recorded",
        /// A plan was written.
        PlanDrafted = "plan_drafted",
        /// A protocol came to apply to it.
        ProtocolApplied = "protocol_applied",
        /// It was moved to another version of a protocol.
        ProtocolMoved = "protocol_moved",
        /// A plan was sent back to its author.
        PlanReturned = "plan_returned",
        /// A task of an earlier plan goes on in the one that was approved.
        TaskContinued = "task_continued",
        /// A task was added that comes from no plan.
        TaskAdded = "task_added",
        /// A task was done.
        TaskCompleted = "task_completed",
        /// A task was waived.
        TaskWaived = "task_waived",
        /// A task goes on in the case into which this one was merged.
        TaskCarriedOver = "task_carried_over",
        /// A deadline passed and somebody was told.
        DeadlineMissed = "deadline_missed",
        /// Crisis management began.
        CrisisStarted = "crisis_started",
        /// An agency that must be told has nobody on duty here.
        DutyMissing = "duty_missing",
        /// A review was recorded.
        ReviewRecorded = "review_recorded",
        /// A note was written.
        NoteWritten = "note_written",
        /// Somebody of the family was recorded.
        FamilyMemberAdded = "family_member_added",
        /// What is known of somebody of the family changed.
        FamilyMemberChanged = "family_member_changed",
        /// A decision of somebody of the family on help was recorded.
        ConsentRecorded = "consent_recorded",
        /// An appointment with a service was made.
        AppointmentMade = "appointment_made",
        /// An appointment was kept, missed or cancelled.
        AppointmentSettled = "appointment_settled",
        /// The child was placed on the in-school register.
        SchoolPlacementMade = "school_placement_made",
        /// A placement on the in-school register was corrected.
        SchoolPlacementAmended = "school_placement_amended",
        /// The child was removed from the in-school register.
        SchoolPlacementEnded = "school_placement_ended",
        /// A document was attached.
        AttachmentAdded = "attachment_added",
        /// An attached document was withdrawn.
        AttachmentWithdrawn = "attachment_withdrawn",
        /// A report to the unified register named the case.
        ReportFiled = "report_filed",
        /// Another child was linked to the case.
        ChildLinked = "child_linked",
        /// The link to another child was ended.
        ChildUnlinked = "child_unlinked",
        /// The case was merged into another one, or another one into it.
        Merged = "merged",
        /// The child was looked at again after closure.
        FollowUpRecorded = "follow_up_recorded",
        /// It was put on the agenda of a consilium.
        ConsiliumScheduled = "consilium_scheduled",
        /// A consilium decided on it.
        ConsiliumDecided = "consilium_decided",
        /// An action of the lifecycle was taken.
        Transitioned = "transitioned",
    }
}
