//! How the change feed looks in JSON.

use chrono::{DateTime, Utc};
use qorgan_storage::sync::Change;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changes)]
pub struct ChangesView {
    /// What changed, in order.
    pub items: Vec<ChangeView>,
    /// What to send as `since` next time; never `null`. It moves on even where there is no item.
    pub next_cursor: String,
    /// Whether to ask again at once. Where not, everything that is settled has been told: ask again later.
    pub more: bool,
}

/// Something that changed: a pointer, never content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// What kind of record: `case`, `child`, `signal`, `fact`, `organisation`, `reference`, or what kind of part:
    /// `task`, `note`, `assessment`, `plan`, `review`, `report`. There may be others; pass over what is not known.
    #[schema(example = "task")]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// The record that it is a part of: read the part there.
    pub parent: Option<PointerView>,
    /// What happened, such as `case.task_completed`; `appeared`: it came into your sight, read it whole, with what hangs
    /// on it; `gone`: it went out of your sight, remove it, with what hangs on it.
    #[schema(example = "case.task_completed")]
    pub change: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The present version, where the record has versions: whoever holds it need not read.
    pub version: Option<i64>,
}

/// A record, by kind and id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pointer)]
pub struct PointerView {
    /// What kind.
    #[schema(example = "case")]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            kind: change.kind,
            id: change.id,
            parent: change.parent.map(|(kind, id)| PointerView { kind, id }),
            change: change.change,
            at: change.at,
            version: change.version,
        }
    }
}
