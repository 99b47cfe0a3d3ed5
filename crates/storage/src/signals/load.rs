//! Loading a signal together with the right to it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use qorgan_domain::ids::{CaseId, ChildId, OrganisationId, SignalId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef, Subject, Verdict, decide};
use qorgan_domain::signals::{ReportedChild, SignalChannel, SignalStatus, Urgency};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::reference::organisation_ref;
use crate::schema::signals;
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// Whether the session may see the case.
    fn case_visible(case: Nullable<SqlUuid>) -> Bool;
}

/// A signal.
#[derive(Clone)]
pub struct Signal {
    /// Its id.
    pub id: SignalId,
    /// Which way it came.
    pub channel: SignalChannel,
    /// What was said.
    pub description: String,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// Where it happened.
    pub kato: Kato,
    /// Whom it is addressed to.
    pub addressee: OrganisationRef,
    /// The record of the child, once linked.
    pub child_id: Option<ChildId>,
    /// What was said of the child.
    pub reported_child: Option<ReportedChild>,
    /// How soon somebody must look at it.
    pub urgency: Urgency,
    /// Where it stands.
    pub status: SignalStatus,
    /// Who filed it.
    pub filed_by: UserId,
    /// For which organisation.
    pub filed_organisation: OrganisationId,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<UserId>,
    /// Why.
    pub decision_reason: Option<String>,
    /// The case that it opened or was linked to, where the actor may see that case.
    pub case_id: Option<CaseId>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, for `ETag`.
    pub version: i64,
    /// Its id in the system it came from.
    pub external_id: Option<String>,
}

impl std::fmt::Debug for Signal {
    /// No text and no name: they are personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signal")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Signal {
    /// The signal as far as rights need it.
    #[must_use]
    pub const fn subject(&self) -> Subject<'_> {
        Subject::Signal {
            addressee: &self.addressee,
            filed_organisation: self.filed_organisation,
            filed_by: self.filed_by,
        }
    }

    /// Refuses a decision made on another version than this one.
    ///
    /// # Errors
    /// [`StorageError::Stale`].
    pub const fn at_version(&self, expected: i64) -> Result<(), StorageError> {
        if self.version == expected { Ok(()) } else { Err(StorageError::Stale) }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = signals)]
pub(super) struct SignalRow {
    id: Uuid,
    channel: String,
    description: String,
    occurred_on: Option<NaiveDate>,
    kato: String,
    organisation_id: Uuid,
    organisation_agency: String,
    organisation_kato: String,
    child_id: Option<Uuid>,
    reported_child: Option<serde_json::Value>,
    urgency: String,
    status: String,
    filed_by: Uuid,
    filed_organisation_id: Uuid,
    received_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
    decision_reason: Option<String>,
    case_id: Option<Uuid>,
    version: i64,
    updated_at: DateTime<Utc>,
    external_id: Option<String>,
}

impl SignalRow {
    /// `case_visible`: whether the actor may see the signal's case.
    pub(super) fn into_signal(self, case_visible: bool) -> Result<Signal, StorageError> {
        let id = self.id;
        let reported_child = self
            .reported_child
            .map(serde_json::from_value)
            .transpose()
            .map_err(|_| StorageError::Corrupt { table: "signals", column: "reported_child", row: id })?;
        Ok(Signal {
            id: id.into(),
            channel: rows::parse(&self.channel, "signals", "channel", id)?,
            description: self.description,
            occurred_on: self.occurred_on,
            kato: rows::parse(&self.kato, "signals", "kato", id)?,
            addressee: organisation_ref(self.organisation_id, &self.organisation_agency, &self.organisation_kato)?,
            child_id: self.child_id.map(Into::into),
            reported_child,
            urgency: rows::parse(&self.urgency, "signals", "urgency", id)?,
            status: rows::parse(&self.status, "signals", "status", id)?,
            filed_by: self.filed_by.into(),
            filed_organisation: self.filed_organisation_id.into(),
            received_at: self.received_at,
            decided_at: self.decided_at,
            decided_by: self.decided_by.map(Into::into),
            decision_reason: self.decision_reason,
            case_id: self.case_id.filter(|_| case_visible).map(Into::into),
            updated_at: self.updated_at,
            version: self.version,
            external_id: self.external_id,
        })
    }
}

impl Tx<'_> {
    /// Loads a signal with the right to do `action` to it. A reading is audited here.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn signal_for(&mut self, id: SignalId, action: Action) -> Result<Authorized<Signal>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let found: Option<(SignalRow, bool)> = signals::table
            .find(id.as_uuid())
            .select((SignalRow::as_select(), case_visible(signals::case_id)))
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some((row, case_visible)) = found else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        let signal = row.into_signal(case_visible)?;
        let signal = self.decide(action, signal, |signal| decide(actor, action, &signal.subject()))?;
        if action == Action::SignalRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(signal)
    }

    /// The signals among `ids` that the actor may read, in no particular order. The caller audits what it shows of
    /// them.
    pub(crate) fn signals_visible(&mut self, ids: &[Uuid]) -> Result<Vec<Signal>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<(SignalRow, bool)> = signals::table
            .filter(signals::id.eq_any(ids))
            .select((SignalRow::as_select(), case_visible(signals::case_id)))
            .load(self.connection)?;
        let mut signals = found
            .into_iter()
            .map(|(row, case_visible)| row.into_signal(case_visible))
            .collect::<Result<Vec<_>, _>>()?;
        // Row security does not tell apart who of an organisation filed what; the policy does.
        signals.retain(|signal| decide(&self.actor, Action::SignalRead, &signal.subject()) == Verdict::Allowed);
        Ok(signals)
    }
}
