//! Applying a protocol deliberately, and moving a case to another version of one.

use diesel::prelude::*;
use qorgan_domain::cases::rules::{TaskRefusal, may_waive};
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::ids::ProtocolApplicationId;
use qorgan_domain::protocols::{Circumstances, Definition, ProtocolCause};
use qorgan_domain::tasks::TaskStatus;
use qorgan_domain::text::Reason;
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use super::ProtocolVersion;
use super::applications::{Application, Begun};
use super::steps::{StepTask, Wanted};
use crate::cases::{Case, CaseEvent};
use crate::schema::case_tasks;
use crate::{Authorized, StorageError, Tx};

/// Why a case was not moved to another version.
#[derive(Debug, Error)]
pub enum MoveRefusal {
    /// A step that the new version does not have cannot be waived by this actor.
    #[error("a step of the old version cannot be waived")]
    Waiver(TaskRefusal),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Tx<'_> {
    /// Applies a version of a protocol to a case because somebody decided so; `false` where the protocol runs in the
    /// case already.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn protocol_apply(
        &mut self,
        case: &Authorized<Case>,
        id: ProtocolApplicationId,
        version: &ProtocolVersion,
        reason: &Reason,
    ) -> Result<bool, StorageError> {
        let (running, known) = self.running(case)?;
        if running.iter().any(|application| application.protocol.code == version.code) {
            return Ok(false);
        }
        let begun = Begun {
            id,
            code: version.code.clone(),
            protocol_version: version.version,
            cause: ProtocolCause::Decision,
            fact: None,
        };
        self.applications_begin(case.id, std::slice::from_ref(&begun))?;
        let added = self.decided_steps(case, id, &version.definition, &known)?;
        self.application_announced(case, &begun, &added);
        self.reason_note(case, reason)?;
        self.audit(case.action(), id.as_uuid(), Some(case.id.as_uuid()));
        Ok(true)
    }

    /// Adds the steps of a definition that a case lacks, by all that is known of the case.
    fn decided_steps(
        &mut self,
        case: &Authorized<Case>,
        application: ProtocolApplicationId,
        definition: &Definition,
        known: &[StepTask],
    ) -> Result<super::steps::Added, StorageError> {
        let facts = self.case_facts(case.id)?;
        let age_years = self.age_asked(case.child_id, [definition])?;
        let circumstances = Circumstances { risk: case.state.risk_level, facts: &facts, age_years };
        let added = self.steps_add(case, &[Wanted { application, definition }], &circumstances, known)?;
        Ok(added.into_iter().next().unwrap_or_default())
    }

    /// Moves a case to another version of a protocol: steps that are open and that the new version does not have are
    /// waived for the reason, steps that it has more are added, and all others stay as they are.
    ///
    /// # Errors
    /// [`MoveRefusal::Waiver`] where a mandatory step would be waived by somebody who may not;
    /// [`StorageError::Stale`] where the application changed since it was read.
    pub fn protocol_move(
        &mut self,
        case: &Authorized<Case>,
        application: &Application,
        to: &ProtocolVersion,
        reason: &Reason,
    ) -> Result<(), MoveRefusal> {
        self.applications_lock(case.id)?;
        let known = self.step_tasks(case.id)?;
        self.application_move(application, to.version)?;
        let kept = |task: &&StepTask| to.definition.steps.iter().any(|step| step.code.as_str() == task.code);
        let dropped: Vec<&StepTask> = known
            .iter()
            .filter(|task| task.open && task.source == Some(application.id.as_uuid()) && !kept(task))
            .collect();
        let decider = case.decider(&self.actor);
        for task in &dropped {
            may_waive(decider, TaskStatus::Open, task.mandatory).map_err(MoveRefusal::Waiver)?;
        }
        self.steps_waive(case, &dropped, reason)?;
        let added = self.decided_steps(case, application.id, &to.definition, &known)?;
        let data = json!({
            "code": to.code, "from": application.protocol.version, "to": to.version,
            "tasks": added.tasks, "waived": dropped.len(), "lead_instead_of": added.instead_of,
        });
        let subject = Some(application.id.as_uuid());
        self.event(case.id, CaseEvent { kind: CaseEventKind::ProtocolMoved, section: None, subject, data });
        self.reason_note(case, reason)?;
        self.audit(case.action(), application.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(())
    }

    fn steps_waive(
        &mut self,
        case: &Authorized<Case>,
        tasks: &[&StepTask],
        reason: &Reason,
    ) -> Result<(), StorageError> {
        if tasks.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = tasks.iter().map(|task| task.id.as_uuid()).collect();
        let changed = diesel::update(case_tasks::table)
            .filter(case_tasks::id.eq_any(ids).and(case_tasks::status.eq("open")))
            .set((
                case_tasks::status.eq("waived"),
                case_tasks::waive_reason.eq(reason.as_str()),
                case_tasks::finished_by.eq(self.actor.user.as_uuid()),
                case_tasks::finished_at.eq(self.now),
                case_tasks::updated_at.eq(self.now),
                case_tasks::version.eq(case_tasks::version + 1),
            ))
            .execute(self.connection)?;
        // Somebody has finished one of them at this moment.
        if changed != tasks.len() {
            return Err(StorageError::Stale);
        }
        for task in tasks {
            let data = json!({"organisation_id": task.organisation, "mandatory": task.mandatory});
            let section: Section = task.section;
            self.event(case.id, CaseEvent::about(CaseEventKind::TaskWaived, task.id.as_uuid(), section, data));
        }
        Ok(())
    }
}
