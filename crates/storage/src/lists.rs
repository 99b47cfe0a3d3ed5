//! What imports of any kind of list share: repeats are known, and two imports of one source wait for one another.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use crate::{StorageError, Tx};

diesel::define_sql_function! {
    fn pg_advisory_xact_lock(key: BigInt);
}
diesel::define_sql_function! {
    fn hashtextextended(text: Text, seed: BigInt) -> BigInt;
}

/// Seed of the locks by which imports of one source wait for one another.
const IMPORT_LOCK: i64 = 4217;

/// By what a row is known again: its id in its source, or else what it says.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum RowKey {
    External(String),
    Content([u8; 32]),
}

impl RowKey {
    pub fn of(external_id: Option<String>, content_hash: [u8; 32]) -> Self {
        external_id.map_or(Self::Content(content_hash), Self::External)
    }
}

/// Rows that came before, with the hash of what they said: of the database or of this file.
pub type KnownRows = HashMap<RowKey, Vec<u8>>;

/// What a row is, seen from what came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Fresh,
    Repeated,
    /// A row of its id said something else.
    Changed,
}

/// Compares a row with what came before, and notes it in `seen` where it is fresh.
pub fn standing(known: &KnownRows, seen: &mut KnownRows, key: &RowKey, hash: &[u8; 32]) -> Standing {
    match known.get(key).or_else(|| seen.get(key)) {
        Some(before) if before.as_slice() == hash => Standing::Repeated,
        Some(_) => Standing::Changed,
        None => {
            seen.insert(key.clone(), hash.to_vec());
            Standing::Fresh
        }
    }
}

/// The keys of rows, as a query asks for them: ids, and hashes of those without.
pub fn asked<'a>(keys: impl Iterator<Item = &'a RowKey>) -> (Vec<&'a str>, Vec<&'a [u8]>) {
    let (mut ids, mut hashes) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            RowKey::External(id) => ids.push(id.as_str()),
            RowKey::Content(hash) => hashes.push(hash.as_slice()),
        }
    }
    (ids, hashes)
}

/// Rows as a query answers them. A hash of another length is of no row that this program wrote.
pub fn known_rows(rows: impl Iterator<Item = (Option<String>, Vec<u8>)>) -> KnownRows {
    rows.filter_map(|(id, hash)| {
        let key = match id {
            Some(id) => RowKey::External(id),
            None => RowKey::Content(hash.as_slice().try_into().ok()?),
        };
        Some((key, hash))
    })
    .collect()
}

impl Tx<'_> {
    /// Two imports of one source would meet in the middle of each other: the second waits, and finds all repeated.
    pub(crate) fn import_lock(&mut self, kind: &str, source: &str) -> Result<(), StorageError> {
        // A long file before ours is no reason to give up as soon as a user's click would.
        sql_query("SET LOCAL lock_timeout = '60s'").execute(self.connection)?;
        let name = format!("{kind} {} {source}", self.actor.organisation.id);
        diesel::select(pg_advisory_xact_lock(hashtextextended(name, IMPORT_LOCK))).execute(self.connection)?;
        Ok(())
    }
}
