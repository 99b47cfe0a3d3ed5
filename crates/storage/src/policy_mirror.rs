//! Row security's copy of the permission table: written from the domain at each migration.

use std::collections::BTreeSet;

use diesel::prelude::*;
use qorgan_domain::policy::{GrantKind, MirrorRow, mirror};

use crate::schema::policy_mirror as table;
use crate::{StorageError, rows};

/// Makes the copy equal to the domain's table. Runs as the owner, inside the migration's lock.
///
/// # Errors
/// [`StorageError`].
pub fn write(connection: &mut PgConnection) -> Result<(), StorageError> {
    connection.transaction(|connection| {
        diesel::delete(table::table).execute(connection)?;
        let rows: Vec<_> = mirror()
            .into_iter()
            .map(|row| {
                (
                    table::role.eq(row.role.as_str()),
                    table::agency.eq(row.agency),
                    table::grant_kind.eq(row.kind.as_str()),
                    table::name.eq(row.name),
                )
            })
            .collect();
        diesel::insert_into(table::table).values(&rows).execute(connection)?;
        Ok(())
    })
}

/// The copy as it stands; a test holds it equal to the domain's table.
///
/// # Errors
/// [`StorageError`].
pub fn read(connection: &mut PgConnection) -> Result<BTreeSet<MirrorRow>, StorageError> {
    let rows: Vec<(String, String, String, String)> =
        table::table.select((table::role, table::agency, table::grant_kind, table::name)).load(connection)?;
    rows.into_iter()
        .map(|(role, agency, kind, name)| {
            Ok(MirrorRow {
                role: rows::parse(&role, "policy_mirror", "role", uuid::Uuid::nil())?,
                agency,
                kind: rows::parse::<GrantKind>(&kind, "policy_mirror", "grant_kind", uuid::Uuid::nil())?,
                name,
            })
        })
        .collect()
}
