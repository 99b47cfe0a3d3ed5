//! Suicidal behaviour of a child whom no case helps yet: its school is told by a signal, in the same unit of work.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::ids::SignalId;
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::register::FactNumber;
use qorgan_domain::register::school_signal::{channel_of, text_of, urgency_of};
use qorgan_domain::signals::DEFAULT_AGENCY;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::NewReport;
use crate::reference::organisation_ref;
use crate::signals::{NewSignal, takes_signals};
use crate::{AccessError, StorageError, Tx, rows};

#[derive(QueryableByName)]
struct CareRow {
    #[diesel(sql_type = Bool)]
    open_case: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_agency: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_kato: Option<String>,
    #[diesel(sql_type = Text)]
    kato: String,
}

impl Tx<'_> {
    /// Files the signal, if the report is one that the school must hear of. None, too, where nobody is there to be
    /// told: neither a school nor an organisation on duty.
    pub(super) fn school_signal(
        &mut self,
        new: &NewReport<'_>,
        number: FactNumber,
    ) -> Result<Option<SignalId>, StorageError> {
        let Some(level) = new.nature.level().filter(|_| new.case.is_none() && new.calls_for_action) else {
            return Ok(None);
        };
        let child = new.child.id.as_uuid();
        let care: Option<CareRow> = diesel::sql_query("SELECT * FROM child_care($1)")
            .bind::<SqlUuid, _>(child)
            .get_result(self.connection)
            .optional()?;
        let Some(care) = care.filter(|care| !care.open_case) else { return Ok(None) };
        let Some(addressee) = self.school_or_duty(&care, child)? else { return Ok(None) };
        let signal = NewSignal {
            id: SignalId::from_uuid(Uuid::now_v7()),
            channel: channel_of(&self.actor.organisation.agency),
            description: text_of(number),
            occurred_on: Some(new.occurred_on),
            kato: new.kato.clone(),
            addressee,
            child_id: Some(new.child.id),
            reported_child: None,
            urgency: urgency_of(level),
        };
        let attempt = self.attempt;
        let filed = self.authorize(Action::SignalFile).and_then(|permit| self.signal_insert(&permit, signal));
        self.attempt = attempt;
        match filed {
            Ok(signal) => Ok(signal.map(|signal| signal.id)),
            Err(AccessError::Storage(error)) => Err(error),
            Err(AccessError::Denied(_)) => Err(StorageError::Statement("who files reports may not file signals")),
        }
    }

    fn school_or_duty(&mut self, care: &CareRow, child: Uuid) -> Result<Option<OrganisationRef>, StorageError> {
        if let (Some(id), Some(agency), Some(kato)) =
            (care.organisation_id, &care.organisation_agency, &care.organisation_kato)
        {
            let school = organisation_ref(id, agency, kato)?;
            if takes_signals(&school) {
                return Ok(Some(school));
            }
        }
        let home: Kato = rows::parse(&care.kato, "children", "kato", child)?;
        let today = self.today();
        self.duty_organisation(DEFAULT_AGENCY, &home, today)
    }
}
