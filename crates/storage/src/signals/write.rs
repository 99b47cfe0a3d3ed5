//! Filing a signal and deciding on it.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::cases::CaseEventKind;
use qorgan_domain::ids::{CaseId, ChildId, SignalId};
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind};
use qorgan_domain::signals::{SignalChannel, SignalStatus, Triage, Urgency};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::{Narrative, Reason};
use serde_json::json;

use super::insert::NewSignalRow;
use super::{External, ReportedChild, Signal};
use crate::cases::CaseEvent;
use crate::schema::signals;
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx};

/// A signal to be filed; territory, addressee and child were found to exist.
#[derive(Debug, Clone)]
pub struct NewSignal {
    /// Its id.
    pub id: SignalId,
    /// Which way it came.
    pub channel: SignalChannel,
    /// What was said.
    pub description: Narrative,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// Where it happened.
    pub kato: Kato,
    /// Whom it is addressed to.
    pub addressee: OrganisationRef,
    /// The record of the child, if the filer found it.
    pub child_id: Option<ChildId>,
    /// What was said of the child.
    pub reported_child: Option<ReportedChild>,
    /// How soon somebody must look at it.
    pub urgency: Urgency,
}

impl NewSignal {
    /// Whether a signal says the same: then a repeated request means that signal. A child may have been linked
    /// to it since.
    #[must_use]
    pub fn says_same_as(&self, signal: &Signal) -> bool {
        self.id == signal.id
            && self.channel == signal.channel
            && self.description.as_str() == signal.description
            && self.occurred_on == signal.occurred_on
            && self.kato == signal.kato
            && self.addressee == signal.addressee
            && self.reported_child == signal.reported_child
            && (self.child_id.is_none() || self.child_id == signal.child_id)
            && self.urgency == signal.urgency
    }
}

impl Tx<'_> {
    /// Files a signal, for the actor's organisation. None, and nothing written, where the id is taken.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the permit is for something else; [`StorageError`].
    pub fn signal_insert(&mut self, permit: &Permit, new: NewSignal) -> Result<Option<Signal>, AccessError> {
        if permit.action() != Action::SignalFile {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let signal = self.filed(new);
        let inserted = self.signal_rows_insert(&[NewSignalRow::of(&signal, None)?])?;
        self.told(permit, signal, inserted)
    }

    /// The same for a signal that has an id where it comes from. None, and nothing written, where its id is taken or
    /// its external id was filed before: [`Tx::signals_known`] tells.
    ///
    /// # Errors
    /// As [`Tx::signal_insert`].
    pub fn signal_insert_external(
        &mut self,
        permit: &Permit,
        new: NewSignal,
        external: &External,
    ) -> Result<Option<Signal>, AccessError> {
        if permit.action() != Action::SignalFile {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let mut signal = self.filed(new);
        signal.external_id = external.id.clone();
        let inserted = self.signal_rows_insert(&[NewSignalRow::of(&signal, Some(external))?])?;
        self.told(permit, signal, inserted)
    }

    fn told(&mut self, permit: &Permit, signal: Signal, inserted: usize) -> Result<Option<Signal>, AccessError> {
        if inserted == 0 {
            return Ok(None);
        }
        self.audit(permit.action(), signal.id.as_uuid(), None);
        self.publish("signal.received", ResourceKind::Signal, signal.id.as_uuid())?;
        Ok(Some(signal))
    }

    /// The signal as it will stand.
    pub(super) fn filed(&self, new: NewSignal) -> Signal {
        Signal {
            id: new.id,
            channel: new.channel,
            description: new.description.into_string(),
            occurred_on: new.occurred_on,
            kato: new.kato,
            addressee: new.addressee,
            child_id: new.child_id,
            reported_child: new.reported_child,
            urgency: new.urgency,
            status: SignalStatus::Received,
            filed_by: self.actor.user,
            filed_organisation: self.actor.organisation.id,
            received_at: self.now,
            decided_at: None,
            decided_by: None,
            decision_reason: None,
            case_id: None,
            updated_at: self.now,
            version: 1,
            external_id: None,
        }
    }

    /// Writes a decision: the case is the one that was opened or linked to, the child the one that was
    /// identified, if any. A case linked to tells of it in its timeline. Answers the signal as it stands then.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the signal was loaded for something else; [`StorageError::Stale`] where somebody else changed it meanwhile.
    pub fn signal_decide(
        &mut self,
        signal: &Authorized<Signal>,
        triage: &Triage,
        reason: Option<&Reason>,
        case: Option<CaseId>,
        child: Option<ChildId>,
    ) -> Result<Signal, AccessError> {
        if signal.action() != Action::SignalTriage {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let reason = match triage {
            Triage::Dismiss { reason } => Some(reason),
            Triage::Accept { .. } | Triage::Link { .. } => reason,
        };
        let mut decided = Signal::clone(signal);
        decided.status = triage.status();
        decided.child_id = child.or(signal.child_id);
        decided.case_id = case;
        decided.decided_at = Some(self.now);
        decided.decided_by = Some(self.actor.user);
        decided.decision_reason = reason.map(|reason| reason.as_str().to_owned());
        decided.version = signal.version + 1;
        decided.updated_at = self.now;
        let undecided = SignalStatus::ALL.iter().filter(|status| status.is_undecided()).map(|status| status.as_str());
        let written = diesel::update(signals::table)
            .filter(signals::id.eq(signal.id.as_uuid()).and(signals::version.eq(signal.version)))
            .filter(signals::status.eq_any(undecided.collect::<Vec<_>>()))
            .set((
                signals::status.eq(decided.status.as_str()),
                signals::child_id.eq(decided.child_id.map(|child| child.as_uuid())),
                signals::case_id.eq(case.map(|case| case.as_uuid())),
                signals::decided_at.eq(decided.decided_at),
                signals::decided_by.eq(decided.decided_by.map(|user| user.as_uuid())),
                signals::decision_reason.eq(&decided.decision_reason),
                signals::version.eq(decided.version),
                signals::updated_at.eq(decided.updated_at),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if written == 0 {
            return Err(StorageError::Stale.into());
        }
        if let (Triage::Link { .. }, Some(case)) = (triage, case) {
            // An opened case tells of its signal in its first event.
            self.event(case, CaseEvent::of(CaseEventKind::SignalLinked, json!({"signal_id": signal.id})));
            self.case_touch(case)?;
        }
        self.audit(Action::SignalTriage, signal.id.as_uuid(), case.map(|case| case.as_uuid()));
        self.publish("signal.decided", ResourceKind::Signal, signal.id.as_uuid())?;
        Ok(decided)
    }
}
