//! Who may be named case manager.

use diesel::prelude::*;
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::table::MAY_MANAGE_CASES;

use super::Case;
use crate::schema::{user_roles, users};
use crate::{StorageError, Tx};

impl Tx<'_> {
    /// Whether a user may manage the case: a person of the lead organisation, not disabled, with a role
    /// that manages cases.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn may_manage(&mut self, case: &Case, user: UserId) -> Result<bool, StorageError> {
        let roles: Vec<&str> = MAY_MANAGE_CASES.iter().map(|role| role.as_str()).collect();
        let fitting = users::table
            .inner_join(user_roles::table)
            .filter(users::id.eq(user.as_uuid()))
            .filter(users::organisation_id.eq(case.lead.id.as_uuid()))
            .filter(users::disabled_at.is_null())
            .filter(users::kind.eq("person"))
            .filter(user_roles::role.eq_any(roles));
        Ok(diesel::select(diesel::dsl::exists(fitting)).get_result(self.connection)?)
    }
}
