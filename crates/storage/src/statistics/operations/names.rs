//! Names of organisations among the values of a table.

use std::collections::BTreeMap;

use diesel::prelude::*;
use qorgan_domain::statistics::operations::OperationsDimension;
use uuid::Uuid;

use super::OperationsRow;
use crate::schema::organisations;
use crate::{StorageError, Tx};

/// A name, in Russian and perhaps in Kazakh. Names of people have one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// In Kazakh.
    pub name_kk: Option<String>,
}

impl Tx<'_> {
    /// The names of the organisations in a table, in one query.
    pub(super) fn operations_names(
        &mut self,
        dimensions: &[OperationsDimension],
        rows: &[OperationsRow],
    ) -> Result<BTreeMap<String, Named>, StorageError> {
        let Some(at) = dimensions.iter().position(|dimension| *dimension == OperationsDimension::Organisation) else {
            return Ok(BTreeMap::new());
        };
        let mut ids: Vec<Uuid> = rows.iter().filter_map(|row| row.keys.get(at)?.as_ref()?.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let found: Vec<(Uuid, String, Option<String>)> = organisations::table
            .filter(organisations::id.eq_any(ids))
            .select((organisations::id, organisations::name, organisations::name_kk))
            .load(self.connection)?;
        Ok(found.into_iter().map(|(id, name, name_kk)| (id.to_string(), Named { name, name_kk })).collect())
    }
}
