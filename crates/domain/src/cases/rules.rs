//! Rules of a case's parts outside its lifecycle: when they may be written, who may waive a task.

use super::lifecycle::Decider;
use super::{EscalationTarget, Missing, MissingCode, Stage};
use crate::tasks::TaskStatus;
use crate::words::words;

words! {
    /// The parts of a case that are written apart from its lifecycle.
    pub enum CasePart {
        /// Title, description, grounds, risk, manager.
        Master = "master",
        /// Participants.
        Participant = "participant",
        /// Assessments.
        Assessment = "assessment",
        /// The plan.
        Plan = "plan",
        /// Reviews.
        Review = "review",
        /// Notes.
        Note = "note",
        /// Results and waivers of tasks.
        Task = "task",
    }
}

/// In which stages a part may be written.
#[must_use]
pub const fn writable_in(part: CasePart) -> &'static [Stage] {
    match part {
        CasePart::Master | CasePart::Participant | CasePart::Note => super::lifecycle::OPEN_STAGES,
        CasePart::Assessment => &[Stage::Assessment, Stage::Planning, Stage::Implementation, Stage::Review],
        CasePart::Plan => &[Stage::Planning],
        CasePart::Review => &[Stage::Review],
        CasePart::Task => &[Stage::Planning, Stage::Implementation, Stage::Review],
    }
}

/// Whether a part may be written now.
///
/// # Errors
/// What stage the case would have to be in.
pub fn may_write(part: CasePart, stage: Stage) -> Result<(), Missing> {
    let allowed = writable_in(part);
    if allowed.contains(&stage) {
        return Ok(());
    }
    let required: Vec<&str> = allowed.iter().map(|stage| stage.as_str()).collect();
    Err(Missing::new(MissingCode::Stage).with("stage", stage).with("required", required.join(",")))
}

/// Why a task cannot be finished or waived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskRefusal {
    /// It is done or waived already.
    NotOpen(TaskStatus),
    /// A mandatory task is waived by a supervisor only.
    MandatoryNeedsSupervisor,
}

/// Whether a task may be reported as done.
///
/// # Errors
/// [`TaskRefusal::NotOpen`].
pub const fn may_complete(status: TaskStatus) -> Result<(), TaskRefusal> {
    match status {
        TaskStatus::Open => Ok(()),
        other => Err(TaskRefusal::NotOpen(other)),
    }
}

/// Whether somebody who may waive tasks of this case may waive this one: a mandatory one, as a supervisor over the
/// lead organisation.
///
/// # Errors
/// [`TaskRefusal`].
pub fn may_waive(decider: Decider, status: TaskStatus, mandatory: bool) -> Result<(), TaskRefusal> {
    may_complete(status)?;
    if mandatory && !decider.supervisor {
        return Err(TaskRefusal::MandatoryNeedsSupervisor);
    }
    Ok(())
}

impl EscalationTarget {
    /// The agencies whose organisations on duty take part once a case is brought there.
    #[must_use]
    pub const fn agencies(self) -> &'static [&'static str] {
        match self {
            Self::Consilium => &["UO"],
            Self::Commission => &["KDN"],
            Self::CrisisManagement => &["UZ", "DP", "UO"],
        }
    }
}
