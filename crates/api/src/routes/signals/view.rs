//! How signals look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::{Iin, PersonName, Sex};
use qorgan_domain::ids::{CaseId, ChildId, OrganisationId, SignalId, UserId};
use qorgan_domain::policy::{Action, Actor, Verdict, decide, may_ever};
use qorgan_domain::signals::{SignalChannel, SignalStatus, TriageDecision, Urgency};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Title;
use qorgan_storage::signals::{ReportedChild, Signal};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller said of the child, before a record is linked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportedChild)]
pub struct ReportedChildView {
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Age in full years, as told.
    pub age: Option<u8>,
    /// Sex.
    pub sex: Option<Sex>,
    /// ИИН: 12 digits.
    pub iin: Option<String>,
    /// School, as told.
    pub school: Option<String>,
}

impl From<&ReportedChild> for ReportedChildView {
    fn from(child: &ReportedChild) -> Self {
        Self {
            last_name: child.last_name.clone(),
            first_name: child.first_name.clone(),
            patronymic: child.patronymic.clone(),
            birth_date: child.birth_date,
            age: child.age,
            sex: child.sex,
            iin: child.iin.as_ref().map(|iin| Iin::expose(iin).to_owned()),
            school: child.school.as_ref().map(|school| Title::as_str(school).to_owned()),
        }
    }
}

/// A signal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Signal)]
pub struct SignalView {
    /// Its id.
    pub id: SignalId,
    /// Which way it came.
    pub channel: SignalChannel,
    /// What was said.
    pub description: String,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// Where it happened (KATO).
    pub territory: Kato,
    /// The organisation it is addressed to, which decides on it.
    pub organisation_id: OrganisationId,
    /// What was said of the child.
    pub child: Option<ReportedChildView>,
    /// The record of the child, once it is known.
    pub child_id: Option<ChildId>,
    /// How soon somebody must look at it.
    pub urgency: Urgency,
    /// Where it stands.
    pub status: SignalStatus,
    /// Who filed it.
    pub filed_by: UserId,
    /// For which organisation.
    pub filed_organisation_id: OrganisationId,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom; only for those who work on signals.
    pub decided_by: Option<UserId>,
    /// Why; only for those who work on signals.
    pub decision_reason: Option<String>,
    /// The case that it opened or was linked to, where the caller may see that case.
    pub case_id: Option<CaseId>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    pub version: i64,
    /// Its id in the system it came from: a hotline's call, a row of an import.
    pub external_id: Option<String>,
    /// What the caller can decide on it now.
    pub allowed_decisions: Vec<TriageDecision>,
    /// What is known already about its child, as far as the caller may read it: told where one signal is read by
    /// somebody who can decide on it now. See `GET /signals/{id}/duplicates`.
    pub duplicates: Option<DuplicateCountView>,
}

/// How much is known already.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateCount)]
pub struct DuplicateCountView {
    /// Other signals about the same child.
    pub signals: usize,
    /// Open cases of the child.
    pub cases: usize,
}

impl SignalView {
    /// The signal as the actor sees it, who may read it.
    #[must_use]
    pub fn of(signal: &Signal, actor: &Actor) -> Self {
        // Who only files signals (the contact centre) sees the state of its own, not what was found.
        let insider = may_ever(actor, Action::SignalTriage);
        Self {
            id: signal.id,
            channel: signal.channel,
            description: signal.description.clone(),
            occurred_on: signal.occurred_on,
            territory: signal.kato.clone(),
            organisation_id: signal.addressee.id,
            child: signal.reported_child.as_ref().map(Into::into),
            child_id: signal.child_id.filter(|_| insider),
            urgency: signal.urgency,
            status: signal.status,
            filed_by: signal.filed_by,
            filed_organisation_id: signal.filed_organisation,
            received_at: signal.received_at,
            decided_at: signal.decided_at,
            decided_by: signal.decided_by.filter(|_| insider),
            decision_reason: signal.decision_reason.clone().filter(|_| insider),
            case_id: signal.case_id,
            updated_at: signal.updated_at,
            version: signal.version,
            external_id: signal.external_id.clone(),
            allowed_decisions: allowed_decisions(signal, actor),
            duplicates: None,
        }
    }
}

fn allowed_decisions(signal: &Signal, actor: &Actor) -> Vec<TriageDecision> {
    if !signal.status.is_undecided() || decide(actor, Action::SignalTriage, &signal.subject()) != Verdict::Allowed {
        return Vec::new();
    }
    let opens_cases = may_ever(actor, Action::CaseOpen);
    TriageDecision::ALL.iter().copied().filter(|decision| opens_cases || *decision != TriageDecision::Accept).collect()
}

/// The address of a signal.
#[must_use]
pub fn location(id: SignalId) -> String {
    format!("/api/v1/signals/{id}")
}
