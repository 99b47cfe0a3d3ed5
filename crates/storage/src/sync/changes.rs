//! A page of the change feed: pointers to what changed and to what came into, or went out of, the caller's sight.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use qorgan_domain::policy::Action;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{AccessError, StorageError, Tx};

/// So many rows of the outbox are looked at for one request, however few of them the caller may see. With a million
/// rows and a school that sees one case in two hundred, that takes under 100 ms on two busy cores.
const SCAN: i32 = 2_000;

diesel::define_sql_function! {
    fn changes_now() -> Jsonb;
}

diesel::define_sql_function! {
    fn changes_since(
        txid: Nullable<Text>, seq: Nullable<BigInt>, key: Nullable<Text>, scan: Integer, limit: Integer
    ) -> Jsonb;
}

/// A place in the order of changes: the transaction, the number in it, and what else the cursor depends on (whose it
/// is and how far that user reaches).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place(u64, i64, String);

/// From where to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// From the beginning of what is kept.
    Beginning,
    /// Nothing yet: only the present place.
    Now,
    /// What came after a place.
    After(Place),
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The kind of record or part: `case`, `child`, `task`, `note` …
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// The record that it is a part of, by kind and id.
    pub parent: Option<(String, Uuid)>,
    /// What happened: the topic, or `appeared`, or `gone`.
    pub change: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The present version of the record, where it has versions.
    pub version: Option<i64>,
}

/// A page of the feed.
#[derive(Debug, Clone)]
pub struct Changes {
    /// What changed, in order.
    pub items: Vec<Change>,
    /// Where to go on.
    pub next: Place,
    /// Whether more is known to follow already.
    pub more: bool,
}

/// Why there is no page.
#[derive(Debug, Error)]
pub enum FeedError {
    /// What lies between the cursor and the oldest change that is kept was pruned.
    #[error("the changes after the cursor are no longer kept")]
    Pruned,
    /// The cursor is another user's, or the user reaches further, or less far, than when it was given.
    #[error("the cursor was given for another reach")]
    OtherReach,
    /// The right, or the database.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StorageError> for FeedError {
    fn from(error: StorageError) -> Self {
        Self::Access(error.into())
    }
}

#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Page {
    Read { key: String, more: bool, entries: Vec<Entry>, txid: String, seq: i64 },
    Expired,
    OtherReach,
    Restored,
}

/// A row of the outbox that the session may be told of.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) topic: String,
    pub(super) kind: String,
    pub(super) id: Uuid,
    pub(super) part_kind: Option<String>,
    pub(super) part_id: Option<Uuid>,
    pub(super) at: DateTime<Utc>,
    pub(super) sight: Option<Sight>,
}

/// Whether the record came into sight or went out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sight {
    Gained,
    Lost,
}

impl Tx<'_> {
    /// What changed for the actor since a place: at most `limit` entries, in the order in which transactions and their
    /// rows were numbered, and nothing that a transaction still running could come before.
    ///
    /// Two lines decide on what is shown: the database function looks through the outbox with the rules of row
    /// security, and each record that is left is loaded under row security and asked about in the permission table.
    ///
    /// # Errors
    /// [`FeedError`].
    pub fn changes(&mut self, since: &Since, limit: i64) -> Result<Changes, FeedError> {
        self.authorize(Action::ChangesRead)?;
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let page: serde_json::Value = match since {
            Since::Now => diesel::select(changes_now()).get_result(self.connection),
            Since::Beginning => diesel::select(changes_since(None::<&str>, None::<i64>, None::<&str>, SCAN, limit))
                .get_result(self.connection),
            Since::After(Place(txid, seq, key)) => {
                diesel::select(changes_since(Some(txid.to_string()), Some(*seq), Some(key.as_str()), SCAN, limit))
                    .get_result(self.connection)
            }
        }
        .map_err(StorageError::from)?;
        let page = serde_json::from_value(page).map_err(|error| {
            tracing::error!(%error, "changes_since answered what the program does not know");
            StorageError::Statement("changes_since")
        })?;
        match page {
            Page::Expired => Err(FeedError::Pruned),
            Page::OtherReach => Err(FeedError::OtherReach),
            Page::Restored => {
                tracing::error!(
                    "the outbox was restored from another cluster: run SELECT outbox_restart() as its owner"
                );
                Err(StorageError::Statement("the outbox is of another cluster").into())
            }
            Page::Read { key, more, entries, txid, seq } => {
                let txid = txid.parse().map_err(|_| StorageError::Statement("changes_since"))?;
                let items = self.changes_shown(entries)?;
                if !items.is_empty() {
                    self.audit_many(Action::ChangesRead, items.iter().map(|item| item.id).collect());
                }
                Ok(Changes { items, next: Place(txid, seq, key), more })
            }
        }
    }
}
