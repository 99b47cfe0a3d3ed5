//! The protocols of a case as people see them: steps and how far they are.

use qorgan_domain::policy::Action;
use qorgan_domain::protocols::Step;
use qorgan_domain::tasks::TaskOrigin;

use super::applications::Application;
use crate::cases::{Case, Task};
use crate::{Authorized, StorageError, Tx};

/// An application with its steps.
#[derive(Debug, Clone)]
pub struct ApplicationView {
    /// The application.
    pub application: Application,
    /// The steps of its version, as they stand there.
    pub steps: Vec<StepView>,
    /// Tasks of steps that its version does not have any more.
    pub former: Vec<Task>,
}

/// A step with what became of it.
#[derive(Debug, Clone)]
pub struct StepView {
    /// The step.
    pub step: Step,
    /// Its task: its own, or one that another protocol made for the same deed. None where it was not called for.
    pub task: Option<Task>,
}

impl Tx<'_> {
    /// The protocols that apply or applied to a case, the first one first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn protocol_applications(&mut self, case: &Authorized<Case>) -> Result<Vec<ApplicationView>, StorageError> {
        let applications = self.applications_of(case.id)?;
        let mut tasks = self.tasks_of_case(case)?;
        tasks.retain(|task| task.origin == TaskOrigin::Protocol);
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(applications.into_iter().map(|application| view(application, &tasks)).collect())
    }
}

fn view(application: Application, tasks: &[Task]) -> ApplicationView {
    let steps = &application.protocol.definition.steps;
    let own = |task: &&Task| task.source_id == Some(application.id.as_uuid());
    let of_step = |step: &Step| {
        let same = tasks.iter().filter(|task| task.code.as_deref() == Some(step.code.as_str()));
        same.clone().find(own).or_else(|| same.max_by_key(|task| task.id)).cloned()
    };
    let is_step = |task: &&Task| steps.iter().any(|step| task.code.as_deref() == Some(step.code.as_str()));
    ApplicationView {
        steps: steps.iter().map(|step| StepView { step: step.clone(), task: of_step(step) }).collect(),
        former: tasks.iter().filter(own).filter(|task| !is_step(task)).cloned().collect(),
        application,
    }
}
