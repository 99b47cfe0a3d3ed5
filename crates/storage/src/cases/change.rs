//! Changes of the case's own row, guarded by the version that was read.

use diesel::prelude::*;
use qorgan_domain::cases::lifecycle::{CaseState, Transition};
use qorgan_domain::cases::{CaseAction, CaseEventKind, ClosureOutcome, EscalationTarget, RiskLevel, Stage};
use qorgan_domain::ids::UserId;
use qorgan_domain::text::{Narrative, Reason, Title};
use serde_json::json;

use super::{Case, CaseChange, CaseEvent};
use crate::schema::{case_participants, cases};
use crate::{Authorized, StorageError, Tx};

/// What to change; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CaseAmendment {
    /// A line.
    pub title: Option<Title>,
    /// What is known.
    pub description: Option<Narrative>,
    /// On what grounds; `Some(None)` takes them away.
    pub grounds: Option<Option<Narrative>>,
    /// The risk.
    pub risk_level: Option<RiskLevel>,
    /// The case manager.
    pub manager: Option<UserId>,
}

#[derive(AsChangeset)]
#[diesel(table_name = cases)]
struct AmendmentRow<'a> {
    title: Option<&'a str>,
    description: Option<&'a str>,
    grounds: Option<Option<&'a str>>,
    risk_level: Option<&'a str>,
    manager_id: Option<uuid::Uuid>,
    updated_at: chrono::DateTime<chrono::Utc>,
    version: i64,
}

impl Tx<'_> {
    /// Changes fields of a case.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the case changed since it was read.
    pub fn case_amend(&mut self, case: &Authorized<Case>, amendment: &CaseAmendment) -> Result<(), StorageError> {
        let fields = amendment.fields();
        if fields.is_empty() && amendment.manager.is_none() {
            // Nothing to change makes no new version.
            self.audit(case.action(), case.id.as_uuid(), Some(case.id.as_uuid()));
            return Ok(());
        }
        let row = AmendmentRow {
            title: amendment.title.as_ref().map(Title::as_str),
            description: amendment.description.as_ref().map(Narrative::as_str),
            grounds: amendment.grounds.as_ref().map(|grounds| grounds.as_ref().map(Narrative::as_str)),
            risk_level: amendment.risk_level.map(RiskLevel::as_str),
            manager_id: amendment.manager.map(|manager| manager.as_uuid()),
            updated_at: self.now,
            version: case.version + 1,
        };
        let changed = diesel::update(cases::table.find(case.id.as_uuid()))
            .filter(cases::version.eq(case.version))
            .set(&row)
            .execute(self.connection)?;
        guard(changed)?;
        if let Some(manager) = amendment.manager {
            diesel::update(case_participants::table.find((case.id.as_uuid(), case.lead.id.as_uuid())))
                .set(case_participants::assigned_user_id.eq(manager.as_uuid()))
                .execute(self.connection)?;
            let data = json!({"manager_id": manager, "fields": ["manager_id"]});
            self.event(case.id, CaseEvent::of(CaseEventKind::ManagerAssigned, data));
        }
        if !fields.is_empty() {
            let data = json!({"fields": fields, "risk_level": amendment.risk_level});
            self.event(case.id, CaseEvent::of(CaseEventKind::Amended, data));
        }
        self.audit(case.action(), case.id.as_uuid(), Some(case.id.as_uuid()));
        self.amendment_followed(case, amendment)
    }

    fn amendment_followed(&mut self, case: &Authorized<Case>, amendment: &CaseAmendment) -> Result<(), StorageError> {
        let mut state = case.state.clone();
        state.risk_level = amendment.risk_level.unwrap_or(state.risk_level);
        state.manager = amendment.manager.or(state.manager);
        self.risk_followed(case, &state)?;
        match amendment.manager {
            Some(manager) => self.case_follow(case, &state, &CaseChange::ManagerNamed { manager }),
            None => Ok(()),
        }
    }

    pub(super) fn risk_followed(&mut self, case: &Authorized<Case>, state: &CaseState) -> Result<(), StorageError> {
        let (from, to) = (case.state.risk_level, state.risk_level);
        if from == to { Ok(()) } else { self.case_follow(case, state, &CaseChange::RiskChanged { from, to }) }
    }

    /// Writes what the lifecycle decided.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the case changed since it was read.
    pub fn case_transition(
        &mut self,
        case: &Authorized<Case>,
        transition: &Transition,
        told: &Told,
    ) -> Result<(), StorageError> {
        let state = &transition.state;
        let (outcome, reason) = closure_after(case, transition, told);
        let mut escalated: Vec<&str> = case.escalated_to.iter().map(|target| target.as_str()).collect();
        if let Some(target) = told.escalate_to
            && !escalated.contains(&target.as_str())
        {
            escalated.push(target.as_str());
        }
        let changed = diesel::update(cases::table.find(case.id.as_uuid()))
            .filter(cases::version.eq(case.version).and(cases::stage.eq(transition.from.as_str())))
            .set((
                cases::stage.eq(state.stage.as_str()),
                cases::stage_since.eq(state.stage_since),
                cases::risk_level.eq(state.risk_level.as_str()),
                cases::review_due_on.eq(state.review_due_on),
                cases::closure_proposed_by.eq(state.closure_proposed_by.map(|user| user.as_uuid())),
                cases::closure_outcome.eq(outcome.map(ClosureOutcome::as_str)),
                cases::closure_reason.eq(reason),
                cases::closed_at.eq((state.stage == Stage::Closed).then_some(self.now)),
                cases::escalated_to.eq(escalated),
                cases::updated_at.eq(self.now),
                cases::version.eq(case.version + 1),
            ))
            .execute(self.connection)?;
        guard(changed)?;
        let data = json!({
            "action": transition.action, "from": transition.from, "to": transition.to,
            "outcome": told.outcome, "escalated_to": told.escalate_to,
            "risk_level": state.risk_level, "review_due_on": state.review_due_on,
            "fields": moved_fields(case, transition, told),
        });
        self.event(case.id, CaseEvent::of(CaseEventKind::Transitioned, data));
        if let Some(reason) = &told.reason
            && transition.action != CaseAction::ProposeClosure
        {
            self.reason_note(case, reason)?;
        }
        self.audit(case.action(), case.id.as_uuid(), Some(case.id.as_uuid()));
        let moved = CaseChange::Moved { action: transition.action, from: transition.from, to: transition.to };
        self.case_follow(case, state, &moved)?;
        self.risk_followed(case, state)
    }
}

/// What an action was told besides its name.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Why.
    pub reason: Option<Reason>,
    /// How the case ended.
    pub outcome: Option<ClosureOutcome>,
    /// Where it is brought to.
    pub escalate_to: Option<EscalationTarget>,
}

/// The fields of the case that an action changed, as its JSON names them.
fn moved_fields(case: &Case, transition: &Transition, told: &Told) -> Vec<&'static str> {
    let (before, after) = (&case.state, &transition.state);
    let (outcome, _) = closure_after(case, transition, told);
    let closure = outcome != case.closure_outcome || (after.stage == Stage::Closed) != (before.stage == Stage::Closed);
    let escalated = told.escalate_to.is_some_and(|target| !case.escalated_to.contains(&target));
    [
        ("stage", after.stage != before.stage),
        ("risk_level", after.risk_level != before.risk_level),
        ("review_due_on", after.review_due_on != before.review_due_on),
        ("closure", closure),
        ("escalated_to", escalated),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect()
}

/// Outcome and reason of closure after a transition: set by the proposal, kept while it waits and
/// when it is approved, gone when it is rejected or the case is opened again (the timeline keeps them).
fn closure_after<'a>(
    case: &'a Case,
    transition: &Transition,
    told: &'a Told,
) -> (Option<ClosureOutcome>, Option<&'a str>) {
    match transition.action {
        CaseAction::ProposeClosure => (told.outcome, told.reason.as_ref().map(Reason::as_str)),
        CaseAction::RejectClosure | CaseAction::Reopen => (None, None),
        _ => (case.closure_outcome, case.closure_reason.as_deref()),
    }
}

impl CaseAmendment {
    fn fields(&self) -> Vec<&'static str> {
        [
            ("title", self.title.is_some()),
            ("description", self.description.is_some()),
            ("grounds", self.grounds.is_some()),
            ("risk_level", self.risk_level.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, changed)| changed.then_some(field))
        .collect()
    }
}

pub(super) const fn guard(changed: usize) -> Result<(), StorageError> {
    if changed == 1 { Ok(()) } else { Err(StorageError::Stale) }
}
