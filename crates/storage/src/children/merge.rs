//! Writing merges of records: see `domain::children::merge` for what they mean. Functions of the database write them,
//! since who merges two records need not be who may correct them.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::ChildMergeFacts;
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::text::Reason;
use uuid::Uuid;

use super::Child;
use crate::{AccessError, Authorized, Denial, StorageError, Tx};

diesel::define_sql_function! {
    fn child_merge(id: SqlUuid, merged: SqlUuid, version: BigInt, into: SqlUuid, reason: Text, now: Timestamptz) -> Bool;
}
diesel::define_sql_function! {
    fn child_unmerge_begin(child: SqlUuid) -> Bool;
}
diesel::define_sql_function! {
    fn child_unmerge(child: SqlUuid, version: BigInt, reason: Text, now: Timestamptz) -> Bool;
}

#[derive(QueryableByName)]
struct FactsRow {
    #[diesel(sql_type = Bool)]
    iins_differ: bool,
    #[diesel(sql_type = Bool)]
    placements_overlap: bool,
}

impl Tx<'_> {
    /// Makes everybody who would merge or place either child wait until this unit of work ends, and says what the
    /// database alone knows of both. The records are locked in the order of their ids, whichever is merged into
    /// which: so of two merges in opposite directions the second waits for the first, and finds it done. The caller
    /// has the right to both, and reads them again afterwards.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_merge_begin(&mut self, merged: ChildId, into: ChildId) -> Result<ChildMergeFacts, StorageError> {
        let row: FactsRow = sql_query("SELECT * FROM child_merge_begin($1, $2)")
            .bind::<SqlUuid, _>(merged.as_uuid())
            .bind::<SqlUuid, _>(into.as_uuid())
            .get_result(self.connection)?;
        Ok(ChildMergeFacts { iins_differ: row.iins_differ, placements_overlap: row.placements_overlap })
    }

    /// Merges one record into another, as the domain decided.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where a record was loaded for something else; [`StorageError::Stale`] where one of them
    /// changed since it was read.
    pub fn child_merge(
        &mut self,
        merged: &Authorized<Child>,
        into: &Authorized<Child>,
        reason: &Reason,
    ) -> Result<(), AccessError> {
        if merged.action() != Action::ChildMerge || into.action() != Action::ChildMerge {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let done: bool = diesel::select(child_merge(
            Uuid::now_v7(),
            merged.id.as_uuid(),
            merged.version,
            into.id.as_uuid(),
            reason.as_str(),
            self.now,
        ))
        .get_result(self.connection)
        .map_err(StorageError::from)?;
        if !done {
            return Err(StorageError::Stale.into());
        }
        self.audit(Action::ChildMerge, merged.id.as_uuid(), None);
        self.audit(Action::ChildMerge, into.id.as_uuid(), None);
        // Whoever saw one of them sees all of them now.
        for record in self.child_record_list(into.id)? {
            self.publish("child.merged", ResourceKind::Child, record.as_uuid())?;
        }
        Ok(())
    }

    /// Makes everybody wait who would merge or separate the record, and says whether a case of its side was merged with
    /// one of the other.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_unmerge_begin(&mut self, child: ChildId) -> Result<bool, StorageError> {
        Ok(diesel::select(child_unmerge_begin(child.as_uuid())).get_result(self.connection)?)
    }

    /// Separates a record, with all that was merged into it, from the one it was merged into.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the record was loaded for something else; [`StorageError::Stale`].
    pub fn child_unmerge(&mut self, child: &Authorized<Child>, reason: &Reason) -> Result<(), AccessError> {
        if child.action() != Action::ChildMerge {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let records = self.child_record_list(child.id)?;
        let done: bool = diesel::select(child_unmerge(child.id.as_uuid(), child.version, reason.as_str(), self.now))
            .get_result(self.connection)
            .map_err(StorageError::from)?;
        if !done {
            return Err(StorageError::Stale.into());
        }
        self.audit(Action::ChildMerge, child.id.as_uuid(), None);
        for record in records {
            self.publish("child.unmerged", ResourceKind::Child, record.as_uuid())?;
        }
        Ok(())
    }
}
