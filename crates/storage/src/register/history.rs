//! A fact as it read at a moment, and all that it ever read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Action;

use super::load::VersionRow;
use super::{Fact, FactVersion};
use crate::schema::{register_fact_versions as versions, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx};

/// A version of a fact with who made it, by id and by the name colleagues see.
pub type AuthoredVersion = (FactVersion, (UserId, String));

impl Tx<'_> {
    /// A fact as it read at a moment: the version in force then. The right to it is the present one.
    ///
    /// # Errors
    /// As [`Tx::fact_for`]; [`Denial::NotFound`] where it was not entered yet.
    pub fn fact_as_of(&mut self, fact: Authorized<Fact>, moment: DateTime<Utc>) -> Result<Fact, AccessError> {
        let row: Option<VersionRow> = versions::table
            .filter(versions::fact_id.eq(fact.id.as_uuid()))
            .filter(versions::recorded_at.le(moment))
            .filter(versions::superseded_at.is_null().or(versions::superseded_at.gt(moment)))
            .select(VersionRow::as_select())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(row) = row else { return Err(AccessError::Denied(Denial::NotFound)) };
        Ok(Fact { current: row.into_version()?, ..fact.into_inner() })
    }

    /// Every version of a fact with who made it, the first one first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn fact_versions(&mut self, fact: &Authorized<Fact>) -> Result<Vec<AuthoredVersion>, StorageError> {
        let rows: Vec<(VersionRow, uuid::Uuid, String)> = versions::table
            .inner_join(users::table.on(users::id.eq(versions::actor_id)))
            .filter(versions::fact_id.eq(fact.id.as_uuid()))
            .order(versions::version)
            .select((VersionRow::as_select(), users::id, users::display_name))
            .load(self.connection)?;
        self.audit(Action::RegisterRead, fact.id.as_uuid(), None);
        rows.into_iter().map(|(row, user, name)| Ok((row.into_version()?, (user.into(), name)))).collect()
    }
}
