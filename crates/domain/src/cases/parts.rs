//! Which part of a case an event is about: what the change feed points to besides the case.

use super::CaseEventKind;

/// The kind of part that the subject of an event is, for the kinds of events that are about a part. Of any other event
/// the feed says that the case changed.
pub const PARTS: &[(CaseEventKind, &str)] = &[
    (CaseEventKind::AssessmentRecorded, "assessment"),
    (CaseEventKind::PlanDrafted, "plan"),
    (CaseEventKind::TaskAdded, "task"),
    (CaseEventKind::TaskCompleted, "task"),
    (CaseEventKind::TaskWaived, "task"),
    (CaseEventKind::ReviewRecorded, "review"),
    (CaseEventKind::NoteWritten, "note"),
    (CaseEventKind::ReportFiled, "report"),
];

/// The kind of part that an event of this kind is about.
#[must_use]
pub fn part_of(kind: CaseEventKind) -> Option<&'static str> {
    PARTS.iter().find(|(known, _)| *known == kind).map(|(_, part)| *part)
}
