//! Which of the tasks that a protocol calls for a case still lacks.

use std::collections::BTreeMap;

use super::{PlannedTask, StepCode};
use crate::ids::{OrganisationId, TaskId};

/// A task of a protocol that the case has already.
#[derive(Debug, Clone)]
pub struct KnownTask {
    /// The task.
    pub id: TaskId,
    /// The step it comes from.
    pub code: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Whether it is neither done nor waived.
    pub open: bool,
    /// Whether it comes from the very application that is looked at.
    pub own: bool,
}

/// A task to be added to a case.
#[derive(Debug, Clone)]
pub struct Addition<'a> {
    /// Its id.
    pub id: TaskId,
    /// What it is.
    pub task: PlannedTask<'a>,
    /// The tasks that must be settled before it can be done.
    pub after: Vec<TaskId>,
}

/// The planned tasks that are to be added: not those which this application made before, whatever became of them, and
/// not those that the same organisation has open by another protocol. What waits for such a one waits for the task
/// that is there.
pub fn to_add<'a>(
    planned: Vec<PlannedTask<'a>>,
    known: &[KnownTask],
    mut new_id: impl FnMut() -> TaskId,
) -> Vec<Addition<'a>> {
    let mut ids: BTreeMap<&'a StepCode, TaskId> = BTreeMap::new();
    let mut additions = Vec::new();
    for task in planned {
        let code = &task.step.code;
        let there = known.iter().filter(|known| known.code == code.as_str());
        let own = there.clone().find(|known| known.own);
        let same = || there.clone().find(|known| known.open && known.organisation == task.organisation.id);
        if let Some(known) = own.or_else(same) {
            ids.insert(code, known.id);
            continue;
        }
        let id = new_id();
        ids.insert(code, id);
        let after = task.after.iter().filter_map(|code| ids.get(code)).copied().collect();
        additions.push(Addition { id, task, after });
    }
    additions
}
