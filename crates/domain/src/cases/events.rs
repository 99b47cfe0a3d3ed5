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
        /// A task was added that comes from no plan.
        TaskAdded = "task_added",
        /// A task was done.
        TaskCompleted = "task_completed",
        /// A task was waived.
        TaskWaived = "task_waived",
        /// A review was recorded.
        ReviewRecorded = "review_recorded",
        /// A note was written.
        NoteWritten = "note_written",
        /// A report to the unified register named the case.
        ReportFiled = "report_filed",
        /// An action of the lifecycle was taken.
        Transitioned = "transitioned",
    }
}
