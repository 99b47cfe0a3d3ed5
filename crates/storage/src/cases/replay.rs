//! A case made anew from its events, to be compared with what the tables keep.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::happened::Moved;
use qorgan_domain::cases::model::{CaseModel, Misfit};
use qorgan_domain::cases::{
    CaseAction, CaseEventKind, ClosureOutcome, EscalationTarget, Event, Happened, PlannedTask, RiskLevel, Stage,
};
use qorgan_domain::ids::{CaseId, OrganisationId, PlanId, TaskId, UserId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use crate::schema::case_events;
use crate::{StorageError, rows};

/// Why a case could not be made of its events.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// An event does not fit what was before it.
    #[error("event {event} of the case does not fit: {misfit}")]
    Misfit {
        /// The event.
        event: Uuid,
        /// How.
        misfit: Misfit,
    },
    /// An event lacks something, or the database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<diesel::result::Error> for ReplayError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// Folds the events of a case that the connection sees, in their order.
///
/// # Errors
/// [`ReplayError`]; also where the case has no events.
pub fn replay(connection: &mut PgConnection, case: CaseId) -> Result<CaseModel, ReplayError> {
    type Row = (Uuid, String, Option<Uuid>, Value, Option<Uuid>, DateTime<Utc>);
    let found: Vec<Row> = case_events::table
        .filter(case_events::case_id.eq(case.as_uuid()))
        // What the worker noted changes no state and has no actor.
        .filter(case_events::actor_id.is_not_null())
        .order(case_events::seq)
        .select((
            case_events::id,
            case_events::kind,
            case_events::subject_id,
            case_events::data,
            case_events::actor_id,
            case_events::at,
        ))
        .load(connection)?;
    let ids: Vec<Uuid> = found.iter().map(|(id, ..)| *id).collect();
    let events = found
        .into_iter()
        .map(|(id, kind, subject, data, actor, at)| {
            let kind: CaseEventKind = rows::parse(&kind, "case_events", "kind", id)?;
            let happened = happened(id, kind, subject, data)?;
            Ok(Event { at, actor: actor.unwrap_or_default().into(), happened })
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    CaseModel::replay(&events)
        .map_err(|(at, misfit)| ReplayError::Misfit { event: ids.get(at).copied().unwrap_or_default(), misfit })
}

#[derive(Deserialize)]
struct OpenedData {
    risk_level: RiskLevel,
    manager_id: Option<UserId>,
    lead_id: OrganisationId,
}

#[derive(Deserialize)]
struct ManagerData {
    manager_id: UserId,
}

#[derive(Deserialize)]
struct RiskData {
    risk_level: Option<RiskLevel>,
}

#[derive(Deserialize)]
struct FoundRiskData {
    risk_level: RiskLevel,
}

#[derive(Deserialize)]
struct OrganisationData {
    organisation_id: OrganisationId,
}

#[derive(Deserialize)]
struct PlanData {
    goals: u64,
    goals_without_tasks: u64,
    tasks: Vec<PlannedTaskData>,
}

#[derive(Deserialize)]
struct PlannedTaskData {
    id: TaskId,
    #[serde(flatten)]
    task: TaskData,
}

#[derive(Deserialize)]
struct TaskData {
    organisation_id: OrganisationId,
    mandatory: bool,
}

impl TaskData {
    const fn of(&self, id: TaskId) -> PlannedTask {
        PlannedTask { id, organisation: self.organisation_id, mandatory: self.mandatory }
    }
}

#[derive(Deserialize)]
struct MovedData {
    action: CaseAction,
    from: Stage,
    to: Stage,
    risk_level: RiskLevel,
    review_due_on: Option<NaiveDate>,
    outcome: Option<ClosureOutcome>,
    escalated_to: Option<EscalationTarget>,
}

/// An event as the fold reads it.
fn happened(id: Uuid, kind: CaseEventKind, subject: Option<Uuid>, data: Value) -> Result<Happened, StorageError> {
    let about = || subject.ok_or(StorageError::Corrupt { table: "case_events", column: "subject_id", row: id });
    Ok(match kind {
        CaseEventKind::Opened => {
            let OpenedData { risk_level, manager_id, lead_id } = read(id, data)?;
            Happened::Opened { lead: lead_id, risk_level, manager: manager_id }
        }
        CaseEventKind::ManagerAssigned => {
            Happened::ManagerAssigned { manager: read::<ManagerData>(id, data)?.manager_id }
        }
        CaseEventKind::Amended => Happened::Amended { risk_level: read::<RiskData>(id, data)?.risk_level },
        CaseEventKind::ParticipantAdded => {
            Happened::ParticipantAdded { organisation: read::<OrganisationData>(id, data)?.organisation_id }
        }
        CaseEventKind::AssessmentRecorded => {
            Happened::AssessmentRecorded { risk_level: read::<FoundRiskData>(id, data)?.risk_level }
        }
        CaseEventKind::PlanDrafted => {
            let PlanData { goals, goals_without_tasks, tasks } = read(id, data)?;
            let tasks = tasks.iter().map(|planned| planned.task.of(planned.id)).collect();
            Happened::PlanDrafted { plan: PlanId::from(about()?), goals, goals_without_tasks, tasks }
        }
        CaseEventKind::TaskAdded => Happened::TaskAdded(read::<TaskData>(id, data)?.of(about()?.into())),
        CaseEventKind::TaskCompleted => Happened::TaskCompleted(about()?.into()),
        CaseEventKind::TaskWaived => Happened::TaskWaived(about()?.into()),
        CaseEventKind::ReviewRecorded => Happened::ReviewRecorded,
        CaseEventKind::ReportFiled => Happened::ReportFiled,
        CaseEventKind::Transitioned => {
            let MovedData { action, from, to, risk_level, review_due_on, outcome, escalated_to } = read(id, data)?;
            Happened::Moved(Moved { action, from, to, risk_level, review_due_on, outcome, escalated_to })
        }
        other => Happened::Other(other),
    })
}

fn read<T: DeserializeOwned>(event: Uuid, data: Value) -> Result<T, StorageError> {
    serde_json::from_value(data).map_err(|_| StorageError::Corrupt { table: "case_events", column: "data", row: event })
}
