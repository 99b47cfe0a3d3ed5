//! From a protocol to the tasks of a case.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Circumstances, Definition, Step, StepCode, holds};
use crate::clocks::WorkingCalendar;
use crate::identity::{AgencyCode, Role};
use crate::policy::OrganisationRef;
use crate::words::words;

words! {
    /// Why a step of a protocol falls to an organisation.
    pub enum Addressing {
        /// It is on duty for the step's agency where the case was opened.
        Duty = "duty",
        /// It leads the case, and the step is meant for people who work with the child there.
        Lead = "lead",
        /// It leads the case, and nobody is on duty for the step's agency: it has to see that the step is done.
        LeadInstead = "lead_instead",
    }
}

/// To whom steps go.
#[derive(Debug, Clone)]
pub struct Routing {
    /// The organisation that leads the case.
    pub lead: OrganisationRef,
    /// By agency: the organisation on duty in the territory of the case.
    pub duty: BTreeMap<AgencyCode, OrganisationRef>,
}

impl Routing {
    /// The organisation that a step falls to. What is meant for a specialist (a pedagogue, a psychologist, a social
    /// worker) of the lead's own agency is the lead's; what is meant for the agency goes to its duty organisation.
    #[must_use]
    pub fn of(&self, step: &Step) -> (OrganisationRef, Addressing) {
        let for_specialist = step.role.is_some_and(|role| role != Role::Supervisor);
        if for_specialist && self.lead.agency == step.agency {
            return (self.lead.clone(), Addressing::Lead);
        }
        match self.duty.get(&step.agency) {
            Some(duty) => (duty.clone(), Addressing::Duty),
            None => (self.lead.clone(), Addressing::LeadInstead),
        }
    }
}

/// A task that a step of a protocol calls for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTask<'a> {
    /// The step.
    pub step: &'a Step,
    /// Whose it is.
    pub organisation: OrganisationRef,
    /// Why theirs.
    pub addressing: Addressing,
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// The steps, all of them planned too, that must be settled before it can be done.
    pub after: Vec<&'a StepCode>,
}

/// The tasks that a protocol calls for in these circumstances, each behind all that it waits for.
///
/// A step that waits for one that is not called for waits for what that one would have waited for. `definition` must
/// be a valid one: of steps in a circle none is planned.
#[must_use]
pub fn instantiate<'a>(
    definition: &'a Definition,
    circumstances: &Circumstances<'_>,
    start: DateTime<Utc>,
    calendar: &WorkingCalendar,
    routing: &Routing,
) -> Vec<PlannedTask<'a>> {
    // By step: what is waited for in its place, itself if it is called for.
    let mut stands_for: BTreeMap<&StepCode, Vec<&'a StepCode>> = BTreeMap::new();
    let mut planned = Vec::new();
    for step in in_order(&definition.steps) {
        let waited: BTreeSet<&'a StepCode> =
            step.after.iter().filter_map(|code| stands_for.get(code)).flatten().copied().collect();
        let after: Vec<&'a StepCode> = waited.into_iter().collect();
        if !holds(&step.only_if, circumstances) {
            stands_for.insert(&step.code, after);
            continue;
        }
        stands_for.insert(&step.code, vec![&step.code]);
        let (organisation, addressing) = routing.of(step);
        let due_at = step.due.due_at(start, calendar);
        planned.push(PlannedTask { step, organisation, addressing, due_at, after });
    }
    planned
}

/// The steps, each behind all that it comes after, otherwise as they stand. Steps in a circle are left out.
pub(super) fn in_order(steps: &[Step]) -> Vec<&Step> {
    let mut ordered: Vec<&Step> = Vec::with_capacity(steps.len());
    let mut waiting: Vec<&Step> = steps.iter().collect();
    let mut settled: BTreeSet<&StepCode> = BTreeSet::new();
    loop {
        let free = |step: &&Step| step.after.iter().all(|code| settled.contains(code));
        let Some(place) = waiting.iter().position(free) else { return ordered };
        let step = waiting.remove(place);
        settled.insert(&step.code);
        ordered.push(step);
    }
}
