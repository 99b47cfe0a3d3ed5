//! From what protocols call for to the tasks of a case.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use qorgan_domain::cases::Section;
use qorgan_domain::children::age_on;
use qorgan_domain::ids::{CaseId, ChildId, ProtocolApplicationId, TaskId};
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::protocols::{
    Addition, Addressing, Circumstances, Definition, KnownTask, PlannedTask, Routing, instantiate, to_add,
};
use qorgan_domain::tasks::TaskOrigin;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::cases::{AddedTask, Case};
use crate::schema::{case_tasks, children};
use crate::{Authorized, StorageError, Tx, rows};

/// Why organisations become participants.
const REASON: &str = "has steps of a protocol";

/// A task of a case that comes from a protocol, as far as protocols look at it.
#[derive(Debug, Clone)]
pub(super) struct StepTask {
    pub(super) id: TaskId,
    pub(super) source: Option<Uuid>,
    pub(super) code: String,
    pub(super) organisation: Uuid,
    pub(super) open: bool,
    pub(super) mandatory: bool,
    pub(super) section: Section,
}

/// An application whose steps are wanted.
pub(super) struct Wanted<'a> {
    pub(super) application: ProtocolApplicationId,
    pub(super) definition: &'a Definition,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// How many tasks.
    pub(super) tasks: usize,
    /// The agencies in whose place the lead has to act, because they have nobody on duty.
    pub(super) instead_of: BTreeSet<String>,
}

impl Tx<'_> {
    /// The tasks of a case that come from protocols.
    pub(super) fn step_tasks(&mut self, case: CaseId) -> Result<Vec<StepTask>, StorageError> {
        type Row = (Uuid, Option<Uuid>, Option<String>, Uuid, String, bool, String);
        let found: Vec<Row> = case_tasks::table
            .filter(case_tasks::case_id.eq(case.as_uuid()))
            .filter(case_tasks::origin.eq(TaskOrigin::Protocol.as_str()))
            .order(case_tasks::id)
            .select((
                case_tasks::id,
                case_tasks::source_id,
                case_tasks::code,
                case_tasks::organisation_id,
                case_tasks::status,
                case_tasks::mandatory,
                case_tasks::section,
            ))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|(id, source, code, organisation, status, mandatory, section)| {
                Ok(StepTask {
                    id: id.into(),
                    source,
                    code: code.unwrap_or_default(),
                    organisation,
                    open: status == "open",
                    mandatory,
                    section: rows::parse(&section, "case_tasks", "section", id)?,
                })
            })
            .collect()
    }

    /// The tasks that a definition calls for, were it to apply from now on: what is really added is made of these.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn protocol_plan<'a>(
        &mut self,
        definition: &'a Definition,
        circumstances: &Circumstances<'_>,
        lead: &OrganisationRef,
        kato: &Kato,
    ) -> Result<Vec<PlannedTask<'a>>, StorageError> {
        let routing = self.routing([definition], lead, kato)?;
        let calendar = self.working_calendar(self.today())?;
        Ok(instantiate(definition, circumstances, self.now, &calendar, &routing))
    }

    fn routing<'a>(
        &mut self,
        definitions: impl IntoIterator<Item = &'a Definition>,
        lead: &OrganisationRef,
        kato: &Kato,
    ) -> Result<Routing, StorageError> {
        let agencies: BTreeSet<_> =
            definitions.into_iter().flat_map(|definition| &definition.steps).map(|step| step.agency.clone()).collect();
        let today = self.today();
        Ok(Routing { lead: lead.clone(), duty: self.duty_organisations(agencies, kato, today)? })
    }

    /// Adds to a case what its applications call for and it lacks; answers, for each, what was added.
    pub(super) fn steps_add(
        &mut self,
        case: &Authorized<Case>,
        wanted: &[Wanted<'_>],
        circumstances: &Circumstances<'_>,
        known: &[StepTask],
    ) -> Result<Vec<Added>, StorageError> {
        let routing = self.routing(wanted.iter().map(|wanted| wanted.definition), &case.lead, &case.kato)?;
        let calendar = self.working_calendar(self.today())?;
        let mut sources: BTreeMap<TaskId, Uuid> =
            known.iter().filter_map(|task| Some((task.id, task.source?))).collect();
        let mut there: Vec<KnownTask> = known
            .iter()
            .map(|task| KnownTask {
                id: task.id,
                code: task.code.clone(),
                organisation: task.organisation.into(),
                open: task.open,
                own: false,
            })
            .collect();
        let mut tasks = Vec::new();
        let mut added = Vec::with_capacity(wanted.len());
        for Wanted { application, definition } in wanted {
            for task in &mut there {
                task.own = sources.get(&task.id) == Some(&application.as_uuid());
            }
            let planned = instantiate(definition, circumstances, self.now, &calendar, &routing);
            let additions = to_add(planned, &there, || TaskId::from_uuid(Uuid::now_v7()));
            added.push(summary(&additions));
            for addition in additions {
                sources.insert(addition.id, application.as_uuid());
                there.push(KnownTask {
                    id: addition.id,
                    code: addition.task.step.code.as_str().to_owned(),
                    organisation: addition.task.organisation.id,
                    open: true,
                    own: true,
                });
                tasks.push(task(addition, *application));
            }
        }
        self.tasks_add(case, &tasks, REASON)?;
        Ok(added)
    }

    /// The child's age today, where some step asks for it.
    pub(super) fn age_asked<'a>(
        &mut self,
        child: ChildId,
        definitions: impl IntoIterator<Item = &'a Definition>,
    ) -> Result<Option<i32>, StorageError> {
        let asked = |definition: &Definition| definition.steps.iter().any(|step| step.only_if.asks_for_age());
        if !definitions.into_iter().any(asked) {
            return Ok(None);
        }
        let born =
            children::table.find(child.as_uuid()).select(children::birth_date).first(self.connection).optional()?;
        Ok(born.map(|born| age_on(born, self.today())))
    }
}

fn summary(additions: &[Addition<'_>]) -> Added {
    let instead = additions.iter().filter(|addition| addition.task.addressing == Addressing::LeadInstead);
    Added {
        tasks: additions.len(),
        instead_of: instead.map(|addition| addition.task.step.agency.as_str().to_owned()).collect(),
    }
}

fn task(addition: Addition<'_>, application: ProtocolApplicationId) -> AddedTask {
    let Addition { id, task: PlannedTask { step, organisation, due_at, .. }, after } = addition;
    AddedTask {
        id,
        origin: TaskOrigin::Protocol,
        source_id: application.as_uuid(),
        code: Some(step.code.as_str().to_owned()),
        title: step.titles.ru.clone(),
        organisation,
        due_at,
        mandatory: step.mandatory,
        section: step.section,
        after,
    }
}
