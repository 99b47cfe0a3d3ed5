//! What protocols call for when something happens to a case, in the same transaction.

use chrono::NaiveDate;
use qorgan_domain::calendar::local_date;
use qorgan_domain::cases::lifecycle::CaseState;
use qorgan_domain::cases::{CaseAction, CaseEventKind};
use qorgan_domain::ids::{FactId, ProtocolApplicationId};
use qorgan_domain::protocols::{CaseFact, Circumstances, ProtocolCause, matches};
use serde_json::json;
use uuid::Uuid;

use super::applications::{Application, Begun};
use super::steps::{Added, StepTask, Wanted};
use super::{ProtocolVersion, steps};
use crate::cases::{Case, CaseChange, CaseEvent};
use crate::{Authorized, StorageError, Tx};

/// What happened, as far as protocols look at it.
struct Occasion {
    cause: ProtocolCause,
    /// The new fact, with the day of its event.
    fact: Option<(FactId, NaiveDate)>,
    /// The new fact, or all facts of the case.
    facts: Vec<CaseFact>,
    /// Whether nothing can apply to the case yet.
    first: bool,
}

impl Tx<'_> {
    /// Applies the protocols that a change calls for, and adds to those that run what they call for now.
    ///
    /// A protocol that runs is not begun a second time, except by a new event after all its steps are settled.
    pub(crate) fn protocols_follow(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        change: &CaseChange,
    ) -> Result<(), StorageError> {
        if matches!(change, CaseChange::Moved { action: CaseAction::ApproveClosure, .. }) {
            return self.applications_end(case.id, None);
        }
        let Some(occasion) = self.occasion(case, change)? else { return Ok(()) };
        let mut circumstances = Circumstances { risk: state.risk_level, facts: &occasion.facts, age_years: None };
        let kinds: Vec<_> = occasion.facts.iter().map(|fact| fact.nature.kind()).collect();
        let mut called = self.protocols_in_force(&kinds, state.risk_level)?;
        let by_fact = occasion.cause == ProtocolCause::Fact;
        called.retain(|version| {
            let trigger = &version.definition.trigger;
            // A risk that rises calls for what looks at the risk; all else began when the fact was reported.
            matches(trigger, &circumstances) && (by_fact || !trigger.risk_levels.is_empty())
        });
        if called.is_empty() && (occasion.first || by_fact) {
            return Ok(());
        }
        let (running, known) = if occasion.first { Default::default() } else { self.running(case)? };
        let (running, called) = self.sorted(case, &occasion, running, called, &known)?;
        if running.is_empty() && called.is_empty() {
            return Ok(());
        }
        let definitions = running.iter().map(|application| &application.protocol).chain(&called);
        circumstances.age_years =
            self.age_asked(case.child_id, definitions.map(|version| &version.definition).collect::<Vec<_>>())?;
        let begun: Vec<Begun> = called.iter().map(|version| begin(version, &occasion)).collect();
        self.applications_begin(case.id, &begun)?;
        let mut wanted: Vec<Wanted<'_>> = begun
            .iter()
            .zip(&called)
            .map(|(begun, version)| Wanted { application: begun.id, definition: &version.definition })
            .collect();
        wanted.extend(
            running.iter().map(|application| Wanted {
                application: application.id,
                definition: &application.protocol.definition,
            }),
        );
        let added = self.steps_add(case, &wanted, &circumstances, &known)?;
        for (begun, added) in begun.iter().zip(&added) {
            self.application_announced(case, begun, added);
        }
        Ok(())
    }

    fn occasion(&mut self, case: &Authorized<Case>, change: &CaseChange) -> Result<Option<Occasion>, StorageError> {
        let by_risk = |facts, first| Some(Occasion { cause: ProtocolCause::Risk, fact: None, facts, first });
        Ok(match change {
            CaseChange::Opened => by_risk(Vec::new(), true),
            CaseChange::Moved { action: CaseAction::Reopen, .. } => by_risk(Vec::new(), false),
            CaseChange::RiskChanged { from, to } if to > from => by_risk(self.case_facts(case.id)?, false),
            CaseChange::FactReported { fact, nature } => {
                self.fact_of_case(case.id, *fact)?.map(|(child_role, occurred_on)| Occasion {
                    cause: ProtocolCause::Fact,
                    fact: Some((*fact, occurred_on)),
                    facts: vec![CaseFact { nature: nature.clone(), child_role }],
                    first: false,
                })
            }
            CaseChange::RiskChanged { .. }
            | CaseChange::ManagerNamed { .. }
            | CaseChange::Moved { .. }
            | CaseChange::Merged { .. }
            | CaseChange::FollowedUp { .. } => None,
        })
    }

    /// What runs in a case, and the tasks it made. Nobody else changes either until this unit of work ends.
    pub(super) fn running(&mut self, case: &Case) -> Result<(Vec<Application>, Vec<steps::StepTask>), StorageError> {
        self.applications_lock(case.id)?;
        let mut running = self.applications_of(case.id)?;
        running.retain(|application| application.ended_at.is_none());
        Ok((running, self.step_tasks(case.id)?))
    }

    /// The running applications whose steps are to be looked at again, and the versions to begin.
    fn sorted(
        &mut self,
        case: &Case,
        occasion: &Occasion,
        running: Vec<Application>,
        called: Vec<ProtocolVersion>,
        known: &[StepTask],
    ) -> Result<(Vec<Application>, Vec<ProtocolVersion>), StorageError> {
        let is_called = |application: &Application| called.iter().any(|one| one.code == application.protocol.code);
        let (over, running): (Vec<_>, Vec<_>) = running
            .into_iter()
            .partition(|application| is_called(application) && is_over(application, occasion, known));
        if !over.is_empty() {
            let ids: Vec<ProtocolApplicationId> = over.iter().map(|application| application.id).collect();
            self.applications_end(case.id, Some(&ids))?;
        }
        let by_fact = occasion.cause == ProtocolCause::Fact;
        let again = running.iter().filter(|application| !by_fact || is_called(application)).cloned().collect();
        let runs = |version: &ProtocolVersion| running.iter().any(|one| one.protocol.code == version.code);
        Ok((again, called.into_iter().filter(|version| !runs(version)).collect()))
    }

    /// The event of an application.
    pub(super) fn application_announced(&mut self, case: &Case, begun: &Begun, added: &Added) {
        let data = json!({
            "code": begun.code, "protocol_version": begun.protocol_version, "cause": begun.cause,
            "fact_id": begun.fact, "tasks": added.tasks, "lead_instead_of": added.instead_of,
        });
        let subject = Some(begun.id.as_uuid());
        self.event(case.id, CaseEvent { kind: CaseEventKind::ProtocolApplied, section: None, subject, data });
    }
}

/// Whether nothing is left to do of an application, and what is reported happened after it began.
fn is_over(application: &Application, occasion: &Occasion, known: &[StepTask]) -> bool {
    let later = occasion.fact.is_some_and(|(_, occurred_on)| occurred_on > local_date(application.applied_at));
    let own = |task: &&StepTask| task.source == Some(application.id.as_uuid());
    later && known.iter().filter(own).all(|task| !task.open)
}

fn begin(version: &ProtocolVersion, occasion: &Occasion) -> Begun {
    // A protocol that the risk alone calls for was not called for by the fact that is reported now.
    let by_risk = version.definition.trigger.kind.is_none();
    Begun {
        id: ProtocolApplicationId::from_uuid(Uuid::now_v7()),
        code: version.code.clone(),
        protocol_version: version.version,
        cause: if by_risk { ProtocolCause::Risk } else { occasion.cause },
        fact: occasion.fact.map(|(fact, _)| fact).filter(|_| !by_risk),
    }
}
