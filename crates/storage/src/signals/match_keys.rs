//! What signals are compared by, for those that an earlier release filed.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::children::{Iin, name_key};
use qorgan_domain::signals::ReportedChild;
use uuid::Uuid;

use crate::StorageError;
use crate::schema::signals;

const AT_ONCE: i64 = 1000;

/// Fills in what is missing, as the owner; nothing where nothing is.
pub fn fill_match_keys(owner: &mut PgConnection) -> Result<(), StorageError> {
    let mut after = Uuid::nil();
    loop {
        let found: Vec<(Uuid, Option<serde_json::Value>)> = signals::table
            .filter(signals::reported_child.is_not_null().and(signals::match_name_key.is_null()))
            .filter(signals::id.gt(after))
            .order(signals::id)
            .limit(AT_ONCE)
            .select((signals::id, signals::reported_child))
            .load(owner)?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = *last;
        let (mut ids, mut keys, mut iins) = (Vec::new(), Vec::new(), Vec::new());
        for (id, child) in found {
            let child: ReportedChild = child
                .and_then(|child| serde_json::from_value(child).ok())
                .ok_or(StorageError::Corrupt { table: "signals", column: "reported_child", row: id })?;
            ids.push(id);
            keys.push(name_key(&child.last_name, &child.first_name, None).key);
            iins.push(child.iin.as_ref().map(|iin| Iin::expose(iin).to_owned()));
        }
        sql_query(
            "UPDATE signals s SET match_name_key = n.key, match_iin = n.iin
             FROM unnest($1, $2, $3) AS n (id, key, iin) WHERE s.id = n.id",
        )
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Nullable<Text>>, _>(iins)
        .execute(owner)?;
    }
}
