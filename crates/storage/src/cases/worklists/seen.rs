//! When a user last looked at a case.

use diesel::prelude::*;
use qorgan_domain::policy::Action;

use crate::cases::Case;
use crate::schema::case_seen;
use crate::{Authorized, StorageError, Tx};

impl Tx<'_> {
    /// Notes that the actor has looked at the case now: what came before is not new any more.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_mark_seen(&mut self, case: &Authorized<Case>) -> Result<(), StorageError> {
        diesel::insert_into(case_seen::table)
            .values((
                case_seen::user_id.eq(self.actor.user.as_uuid()),
                case_seen::case_id.eq(case.id.as_uuid()),
                case_seen::seen_at.eq(self.now),
            ))
            .on_conflict((case_seen::user_id, case_seen::case_id))
            .do_update()
            .set(case_seen::seen_at.eq(self.now))
            .execute(self.connection)?;
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(())
    }
}
