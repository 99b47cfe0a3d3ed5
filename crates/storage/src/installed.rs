//! Data that is loaded once, in many units of work: whether it is there, and how far an interrupted load came.
//!
//! All of it acts as the owner of the database. The loader gives each unit of work a request id of its own; the audit
//! row that is written in the same transaction then tells exactly which of them were committed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text, Timestamptz};

use crate::StorageError;
use crate::schema::audit_events;

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Whether the load of this name is complete.
///
/// # Errors
/// [`StorageError`].
pub fn is_complete(owner: &mut PgConnection, name: &str) -> Result<bool, StorageError> {
    let found: Answer = sql_query("SELECT EXISTS (SELECT FROM installed_data WHERE name = $1) AS answer")
        .bind::<Text, _>(name)
        .get_result(owner)?;
    Ok(found.answer)
}

/// Waits until no other program loads the data of this name, and keeps others waiting until [`release`], or until the
/// connection ends.
///
/// # Errors
/// [`StorageError`].
pub fn acquire(owner: &mut PgConnection, name: &str) -> Result<(), StorageError> {
    sql_query("SELECT pg_advisory_lock(hashtextextended($1, 4210))").bind::<Text, _>(name).execute(owner)?;
    Ok(())
}

/// Lets other programs go on.
///
/// # Errors
/// [`StorageError`].
pub fn release(owner: &mut PgConnection, name: &str) -> Result<(), StorageError> {
    sql_query("SELECT pg_advisory_unlock(hashtextextended($1, 4210))").bind::<Text, _>(name).execute(owner)?;
    Ok(())
}

/// Lets units of work act in days that are over, until [`close_past`]: counts of past days are not final meanwhile.
///
/// # Errors
/// [`StorageError`].
pub fn open_past(owner: &mut PgConnection) -> Result<(), StorageError> {
    sql_query("INSERT INTO register_open_past DEFAULT VALUES ON CONFLICT DO NOTHING").execute(owner)?;
    Ok(())
}

/// Closes what [`open_past`] opened.
///
/// # Errors
/// [`StorageError`].
pub fn close_past(owner: &mut PgConnection) -> Result<(), StorageError> {
    sql_query("DELETE FROM register_open_past").execute(owner)?;
    Ok(())
}

/// Says that the load of this name is complete.
///
/// # Errors
/// [`StorageError`].
pub fn mark_complete(owner: &mut PgConnection, name: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
    sql_query("INSERT INTO installed_data (name, completed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind::<Text, _>(name)
        .bind::<Timestamptz, _>(now)
        .execute(owner)?;
    Ok(())
}

/// The request ids that start so, of units of work that were committed. It walks the whole audit log.
///
/// # Errors
/// [`StorageError`].
pub fn committed_requests(owner: &mut PgConnection, prefix: &str) -> Result<HashSet<String>, StorageError> {
    let pattern = format!("{}%", prefix.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"));
    let found: Vec<Option<String>> = audit_events::table
        .filter(audit_events::outcome.eq("done").and(audit_events::request_id.like(pattern)))
        .select(audit_events::request_id)
        .distinct()
        .load(owner)?;
    Ok(found.into_iter().flatten().collect())
}
