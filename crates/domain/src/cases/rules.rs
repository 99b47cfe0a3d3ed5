//! Rules of a case's parts outside its lifecycle: when they may be written, who may waive a task.

use chrono::{DateTime, TimeDelta, Utc};

use super::lifecycle::Decider;
use super::{EscalationTarget, Missing, MissingCode, Stage};
use crate::Invalid;
use crate::ids::TaskId;
use crate::tasks::{TaskOrigin, TaskStatus};
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
        /// The family, consents, appointments, placements on the in-school register.
        Help = "help",
        /// Results and waivers of tasks.
        Task = "task",
        /// Results and waivers of tasks that come from no plan: a protocol, a decision, crisis management.
        AddedTask = "added_task",
    }
}

/// In which stages a part may be written.
#[must_use]
pub const fn writable_in(part: CasePart) -> &'static [Stage] {
    match part {
        CasePart::Master | CasePart::Participant | CasePart::Note | CasePart::Help | CasePart::AddedTask => {
            super::lifecycle::OPEN_STAGES
        }
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

/// So far may the clock of a device run ahead of the server's.
pub const CLOCK_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// So many days may a text wait on a device for a connection.
pub const DRAFT_DAYS: i64 = 90;

/// Checks when a text was written on a device without connection. It says nothing of when it came: that is the
/// server's to say.
///
/// # Errors
/// `time_future`; `time_too_old` with `days`.
pub fn draft_time(written_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Invalid> {
    if written_at > now + CLOCK_AHEAD {
        return Err(Invalid::new("time_future"));
    }
    if written_at < now - TimeDelta::days(DRAFT_DAYS) {
        return Err(Invalid::new("time_too_old").with("days", DRAFT_DAYS));
    }
    Ok(())
}

/// Why a task cannot be finished or waived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskRefusal {
    /// It is done or waived already.
    NotOpen(TaskStatus),
    /// A mandatory task is waived by a supervisor only.
    MandatoryNeedsSupervisor,
    /// Tasks that come before it are neither done nor waived.
    Blocked(Vec<TaskId>),
}

impl CasePart {
    /// The part of a case that a task of this origin is written as: a plan's tasks wait for the plan, others count at
    /// once.
    #[must_use]
    pub const fn of_task(origin: TaskOrigin) -> Self {
        match origin {
            TaskOrigin::Plan => Self::Task,
            TaskOrigin::Protocol | TaskOrigin::Consilium | TaskOrigin::Crisis | TaskOrigin::Merge => Self::AddedTask,
        }
    }
}

/// Whether the tasks that a task comes after let it be done; `open` are those of them that are neither done nor waived.
///
/// # Errors
/// [`TaskRefusal::Blocked`].
pub fn may_follow(open: Vec<TaskId>) -> Result<(), TaskRefusal> {
    if open.is_empty() { Ok(()) } else { Err(TaskRefusal::Blocked(open)) }
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
