//! Whom a crisis wakes in a duty organisation.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::Action;
use uuid::Uuid;

use crate::identity::Organisation;
use crate::schema::{duty_contacts, users};
use crate::{AccessError, Authorized, StorageError, Tx};

/// Somebody who is told when a crisis begins.
#[derive(Debug, Clone)]
pub struct DutyContact {
    /// The user, with the name colleagues see.
    pub user: (UserId, String),
    /// Since when.
    pub valid_from: NaiveDate,
}

impl Tx<'_> {
    /// The contacts that are named for an organisation today. Where there are none its supervisors are told, and where
    /// it has none of these, everybody there who works on cases.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn duty_contact_list(&mut self, organisation: OrganisationId) -> Result<Vec<DutyContact>, AccessError> {
        self.authorize(Action::OrganisationRead)?;
        let today = self.today();
        let found: Vec<(Uuid, String, NaiveDate)> = duty_contacts::table
            .inner_join(users::table.on(users::id.eq(duty_contacts::user_id)))
            .filter(duty_contacts::organisation_id.eq(organisation.as_uuid()))
            .filter(duty_contacts::valid_from.le(today))
            .filter(duty_contacts::valid_to.is_null().or(duty_contacts::valid_to.gt(today)))
            .order((users::display_name, users::id))
            .select((users::id, users::display_name, duty_contacts::valid_from))
            .load(self.connection)
            .map_err(StorageError::from)?;
        let contact =
            |(user, name, valid_from): (Uuid, String, NaiveDate)| DutyContact { user: (user.into(), name), valid_from };
        Ok(found.into_iter().map(contact).collect())
    }

    /// Which of these users do not work in the organisation, or are disabled.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn duty_contacts_unfit(
        &mut self,
        organisation: OrganisationId,
        contacts: &[UserId],
    ) -> Result<Vec<UserId>, StorageError> {
        let ids: Vec<Uuid> = contacts.iter().map(UserId::as_uuid).collect();
        let fit: Vec<Uuid> = users::table
            .filter(users::id.eq_any(&ids).and(users::organisation_id.eq(organisation.as_uuid())))
            .filter(users::disabled_at.is_null())
            .select(users::id)
            .load(self.connection)?;
        Ok(contacts.iter().copied().filter(|user| !fit.contains(&user.as_uuid())).collect())
    }

    /// Names the contacts of an organisation from today on; those who are not named any more end.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn duty_contacts_name(
        &mut self,
        organisation: &Authorized<Organisation>,
        contacts: &[UserId],
    ) -> Result<(), StorageError> {
        let (action, organisation) = (organisation.action(), organisation.reference.id);
        let (today, by, now) = (self.today(), self.actor.user.as_uuid(), self.now);
        let named: Vec<Uuid> = contacts.iter().map(UserId::as_uuid).collect();
        diesel::update(duty_contacts::table)
            .filter(duty_contacts::organisation_id.eq(organisation.as_uuid()))
            .filter(duty_contacts::valid_to.is_null().and(duty_contacts::user_id.ne_all(&named)))
            .set((duty_contacts::valid_to.eq(today), duty_contacts::named_by.eq(by), duty_contacts::named_at.eq(now)))
            .execute(self.connection)?;
        let standing: Vec<Uuid> = duty_contacts::table
            .filter(duty_contacts::organisation_id.eq(organisation.as_uuid()).and(duty_contacts::valid_to.is_null()))
            .select(duty_contacts::user_id)
            .load(self.connection)?;
        let rows: Vec<_> = named
            .iter()
            .filter(|user| !standing.contains(user))
            .map(|user| {
                (
                    duty_contacts::organisation_id.eq(organisation.as_uuid()),
                    duty_contacts::user_id.eq(*user),
                    duty_contacts::valid_from.eq(today),
                    duty_contacts::named_by.eq(by),
                    duty_contacts::named_at.eq(now),
                )
            })
            .collect();
        // Who was taken off today and is named again stands in a row of today.
        diesel::insert_into(duty_contacts::table)
            .values(rows)
            .on_conflict((duty_contacts::organisation_id, duty_contacts::user_id, duty_contacts::valid_from))
            .do_update()
            .set((
                duty_contacts::valid_to.eq(None::<NaiveDate>),
                duty_contacts::named_by.eq(by),
                duty_contacts::named_at.eq(now),
            ))
            .execute(self.connection)?;
        self.audit(action, organisation.as_uuid(), None);
        Ok(())
    }
}
