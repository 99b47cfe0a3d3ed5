//! Organisations that work on a case.

use diesel::prelude::*;
use qorgan_domain::cases::{CaseEventKind, EscalationTarget};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::OrganisationRef;
use serde_json::json;

use super::{Case, CaseEvent};
use crate::schema::{case_participants, cases};
use crate::{Authorized, StorageError, Tx};

impl Tx<'_> {
    /// Makes organisations participants of a case; those that are already stay as they are.
    /// Answers with how many came new.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn participants_add(
        &mut self,
        case: &Authorized<Case>,
        organisations: &[OrganisationRef],
        reason: &str,
    ) -> Result<usize, StorageError> {
        let known = |organisation: &OrganisationRef| {
            case.participants.iter().any(|participant| participant.organisation.id == organisation.id)
        };
        let mut new: Vec<&OrganisationRef> = organisations.iter().filter(|organisation| !known(organisation)).collect();
        new.sort_by_key(|organisation| organisation.id);
        new.dedup_by_key(|organisation| organisation.id);
        let rows: Vec<_> = new
            .iter()
            .map(|organisation| {
                (
                    case_participants::case_id.eq(case.id.as_uuid()),
                    case_participants::organisation_id.eq(organisation.id.as_uuid()),
                    case_participants::organisation_agency.eq(organisation.agency.as_str()),
                    case_participants::organisation_kato.eq(organisation.kato.as_str()),
                    case_participants::role.eq("participant"),
                    case_participants::reason.eq(reason),
                    case_participants::added_by.eq(self.actor.user.as_uuid()),
                    case_participants::added_at.eq(self.now),
                )
            })
            .collect();
        if rows.is_empty() {
            return Ok(0);
        }
        // Somebody else may be adding the same organisation at this moment: then it is there, which is what was wanted.
        let added: Vec<uuid::Uuid> = diesel::insert_into(case_participants::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning(case_participants::organisation_id)
            .get_results(self.connection)?;
        for organisation in &added {
            let data = json!({"organisation_id": organisation, "fields": ["participants"]});
            self.event(case.id, CaseEvent::of(CaseEventKind::ParticipantAdded, data));
        }
        self.case_touch(case.id)?;
        Ok(added.len())
    }

    /// Notes that something of the case changed, without changing its version: a note by the clinic
    /// must not turn the school's edit of the title into a conflict.
    pub(crate) fn case_touch(&mut self, case: CaseId) -> Result<(), StorageError> {
        let touched = diesel::update(cases::table.find(case.as_uuid()))
            .set(cases::updated_at.eq(self.now))
            .execute(self.connection)?;
        // Who keeps the record of a consilium does not work on the case.
        if touched == 1 || self.consilium_touch(case)? {
            Ok(())
        } else {
            Err(StorageError::Statement("a case vanished"))
        }
    }
}

impl Tx<'_> {
    /// Makes the organisations on duty for a board, or for crisis management, participants: they take
    /// the case from here. Which agencies those are: domain.md "Routing" and "Risk".
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn participants_escalate(
        &mut self,
        case: &Authorized<Case>,
        target: EscalationTarget,
    ) -> Result<(), StorageError> {
        let today = self.today();
        let mut organisations = Vec::new();
        for agency in target.agencies() {
            organisations.extend(self.duty_organisation(agency, &case.kato, today)?);
        }
        self.participants_add(case, &organisations, "escalated").map(|_| ())
    }
}
