//! Opening a case.

use chrono::Datelike;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use qorgan_domain::cases::{CaseEventKind, CaseNumber, RiskLevel, Stage};
use qorgan_domain::ids::{CaseId, ChildId, SignalId};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::text::{Narrative, Title};
use serde_json::json;

use super::{Case, CaseChange, CaseEvent};
use crate::schema::{case_participants, cases};
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx};

diesel::define_sql_function! {
    fn next_number(kind: Text, year: Integer) -> BigInt;
}

/// A case to be opened. It is led by the organisation of who opens it.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// Its id, perhaps chosen by the client.
    pub id: CaseId,
    /// The child.
    pub child: ChildId,
    /// The signal it comes from.
    pub signal: Option<SignalId>,
    /// A line.
    pub title: Title,
    /// What is known.
    pub description: Narrative,
    /// On what grounds.
    pub grounds: Option<Narrative>,
    /// The risk as it looks now.
    pub risk_level: RiskLevel,
    /// Whether who opens it becomes its case manager.
    pub manage: bool,
}

impl Tx<'_> {
    /// Opens a case: number, lead, manager and first event in one go.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn case_open(&mut self, permit: &Permit, new: &NewCase) -> Result<Authorized<Case>, AccessError> {
        if permit.action() != Action::CaseOpen {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let lead = self.actor.organisation.clone();
        let number = self.case_number(&lead)?;
        let manager = new.manage.then(|| self.actor.user.as_uuid());
        diesel::insert_into(cases::table)
            .values((
                cases::id.eq(new.id.as_uuid()),
                cases::number.eq(number.to_string()),
                cases::child_id.eq(new.child.as_uuid()),
                cases::signal_id.eq(new.signal.map(|signal| signal.as_uuid())),
                cases::title.eq(new.title.as_str()),
                cases::description.eq(new.description.as_str()),
                cases::grounds.eq(new.grounds.as_ref().map(Narrative::as_str)),
                cases::stage.eq(Stage::Registered.as_str()),
                cases::stage_since.eq(self.now),
                cases::risk_level.eq(new.risk_level.as_str()),
                cases::kato.eq(lead.kato.as_str()),
                cases::lead_organisation_id.eq(lead.id.as_uuid()),
                cases::manager_id.eq(manager),
                cases::opened_at.eq(self.now),
                cases::opened_by.eq(self.actor.user.as_uuid()),
                cases::updated_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        self.lead_insert(new.id, &lead, manager)?;
        self.event(
            new.id,
            CaseEvent::of(
                CaseEventKind::Opened,
                json!({
                    "risk_level": new.risk_level, "signal_id": new.signal, "manager_id": manager, "lead_id": lead.id,
                }),
            ),
        );
        self.audit(Action::CaseOpen, new.id.as_uuid(), Some(new.id.as_uuid()));
        let case = self.case_for(new.id, Action::CaseRead)?;
        self.case_follow(&case, &case.state, &CaseChange::Opened)?;
        Ok(case)
    }

    fn case_number(&mut self, lead: &OrganisationRef) -> Result<CaseNumber, StorageError> {
        let year = self.now.year();
        let sequence: i64 = diesel::select(next_number("case", year)).get_result(self.connection)?;
        CaseNumber::new(&lead.kato, year, sequence.unsigned_abs())
            .map_err(|_| StorageError::Statement("the case number series ran out"))
    }

    fn lead_insert(
        &mut self,
        case: CaseId,
        lead: &OrganisationRef,
        manager: Option<uuid::Uuid>,
    ) -> Result<(), StorageError> {
        diesel::insert_into(case_participants::table)
            .values((
                case_participants::case_id.eq(case.as_uuid()),
                case_participants::organisation_id.eq(lead.id.as_uuid()),
                case_participants::organisation_agency.eq(lead.agency.as_str()),
                case_participants::organisation_kato.eq(lead.kato.as_str()),
                case_participants::role.eq("lead"),
                case_participants::assigned_user_id.eq(manager),
                case_participants::reason.eq("opened the case"),
                case_participants::added_by.eq(self.actor.user.as_uuid()),
                case_participants::added_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}
