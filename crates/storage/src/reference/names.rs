//! Names of organisations.

use std::collections::HashMap;

use diesel::prelude::*;
use qorgan_domain::ids::OrganisationId;
use uuid::Uuid;

use crate::schema::organisations;
use crate::{StorageError, Tx};

impl Tx<'_> {
    /// What organisations are called; those that are not known are left out.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn organisation_names(
        &mut self,
        ids: &[OrganisationId],
    ) -> Result<HashMap<OrganisationId, String>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Uuid> = ids.iter().map(OrganisationId::as_uuid).collect();
        let found: Vec<(Uuid, String)> = organisations::table
            .filter(organisations::id.eq_any(ids))
            .select((organisations::id, organisations::name))
            .load(self.connection)?;
        Ok(found.into_iter().map(|(id, name)| (id.into(), name)).collect())
    }
}
