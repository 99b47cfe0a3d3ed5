//! Tasks that come from elsewhere than a plan: a protocol, a consilium's decision, crisis management.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use qorgan_domain::calendar::local_date;
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::ids::TaskId;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::tasks::TaskOrigin;
use qorgan_domain::text::Title;
use serde_json::json;
use uuid::Uuid;

use super::{Case, CaseEvent};
use crate::schema::case_tasks;
use crate::{Authorized, StorageError, Tx};

/// A task to be added to a case.
#[derive(Debug, Clone)]
pub struct AddedTask {
    /// Its id.
    pub id: TaskId,
    /// Where it comes from; never a plan.
    pub origin: TaskOrigin,
    /// The application of a protocol, or the decision, it comes from.
    pub source_id: Uuid,
    /// The step of the protocol it comes from.
    pub code: Option<String>,
    /// What is to be done.
    pub title: Title,
    /// By whom.
    pub organisation: OrganisationRef,
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// The section its result belongs to.
    pub section: Section,
    /// The tasks that must be settled before it can be done.
    pub after: Vec<TaskId>,
}

impl Tx<'_> {
    /// Adds tasks to a case; their organisations become participants for `reason`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn tasks_add(
        &mut self,
        case: &Authorized<Case>,
        tasks: &[AddedTask],
        reason: &str,
    ) -> Result<(), StorageError> {
        if tasks.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = tasks
            .iter()
            .map(|task| {
                (
                    (
                        case_tasks::id.eq(task.id.as_uuid()),
                        case_tasks::case_id.eq(case.id.as_uuid()),
                        case_tasks::origin.eq(task.origin.as_str()),
                        case_tasks::source_id.eq(task.source_id),
                        case_tasks::code.eq(task.code.as_deref()),
                        case_tasks::title.eq(task.title.as_str()),
                        case_tasks::section.eq(task.section.as_str()),
                        case_tasks::after.eq(task.after.iter().map(TaskId::as_uuid).collect::<Vec<_>>()),
                    ),
                    (
                        case_tasks::organisation_id.eq(task.organisation.id.as_uuid()),
                        case_tasks::organisation_agency.eq(task.organisation.agency.as_str()),
                        case_tasks::organisation_kato.eq(task.organisation.kato.as_str()),
                        // A limit at midnight is the end of the day before.
                        case_tasks::due_on.eq(local_date(task.due_at - TimeDelta::microseconds(1))),
                        case_tasks::due_at.eq(task.due_at),
                        case_tasks::mandatory.eq(task.mandatory),
                        case_tasks::status.eq("open"),
                        case_tasks::created_at.eq(self.now),
                        case_tasks::updated_at.eq(self.now),
                    ),
                )
            })
            .collect();
        diesel::insert_into(case_tasks::table).values(rows).execute(self.connection)?;
        for task in tasks {
            let data = json!({
                "organisation_id": task.organisation.id, "mandatory": task.mandatory, "origin": task.origin,
                "code": task.code, "due_at": task.due_at,
            });
            self.event(case.id, CaseEvent::about(CaseEventKind::TaskAdded, task.id.as_uuid(), task.section, data));
        }
        let organisations: Vec<OrganisationRef> = tasks.iter().map(|task| task.organisation.clone()).collect();
        self.participants_add(case, &organisations, reason)?;
        self.case_touch(case.id)
    }
}
